# %% [markdown]
# <!-- nnref: model=logistic -->
#
# # Logistic regression on real data
#
# In this notebook you train a classifier on measurements of real tumours, look at its
# border, count its mistakes, and find out what a learning rate does. You need the page
# [Logistic regression](../logistic-regression.md); all symbols are those of that page.
#
# Download it, run it, and change what you like. All numbers below were computed when
# this page was built.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np

from nnref.datasets import breast_cancer
from nnref.logistic_regression import accuracy, backward, fit, forward, predict
from nnref.losses import cross_entropy_from_logits
from nnref.site.figures import colours, use_style

use_style()
# A progress bar without times, so that this page is the same at each build.
os.environ["TQDM_BAR_FORMAT"] = "{l_bar}{bar}| {n_fmt}/{total_fmt}{postfix}"

# %% [markdown]
# ## The data
#
# A doctor takes a few cells from a lump and photographs them under a microscope. Ten
# properties of the cell nuclei are measured: radius, texture and so on. For each of
# them there are three numbers: the mean over all nuclei in the picture, its standard
# error, and the mean of the three largest values ("worst"). That makes 30 features, and
# $n_x$ is 30. The label is 1 for a malignant tumour and 0 for a benign one.

# %%
data = breast_cancer()
X, Y = data.X_train, data.Y_train
n_x, m = X.shape

assert X.shape == (n_x, m), "one example a column"
assert Y.shape == (1, m), "one label an example"
print("to train:", X.shape, Y.shape)
print("to test: ", data.X_test.shape, data.Y_test.shape)
print(f"malignant in the training data: {np.mean(Y):.1%}")
for name in ("mean radius", "radius error", "worst radius"):
    j = data.feature_names.index(name)
    mean, deviation = data.mean[j, 0], data.std[j, 0]
    print(f"{name:13} mean {mean:6.3f}, standard deviation {deviation:.3f}")

# %% [markdown]
# The features come **standardised**: from each feature its mean is subtracted, then it
# is divided by its standard deviation. Both are taken from the training examples alone.
# The test examples must not have a say in anything that is learned. You see further
# down [why the features are scaled](#why-the-features-are-scaled).

# %%
assert np.allclose(np.mean(X, axis=1), 0, atol=1e-12), "mean 0"
assert np.allclose(np.std(X, axis=1), 1), "standard deviation 1"

means = np.mean(data.X_test, axis=1)
print(f"means of the test data: {np.min(means):.2f} to {np.max(means):.2f}")

# %% [markdown]
# ## Two features, to see something
#
# Thirty dimensions cannot be drawn. So take two features first: the radius of the
# nuclei and their texture, that is, how much the grey values differ.

# %%
names = ["mean radius", "mean texture"]
rows = [data.feature_names.index(name) for name in names]
X_two, X_test_two = X[rows], data.X_test[rows]

small = fit(X_two, Y, alpha=0.5, iterations=500)

assert small.w.shape == (2, 1), "one weight a feature"
for name, weight in zip(names, small.w[:, 0], strict=True):
    print(f"weight of {name:12} {weight:6.3f}")
print(f"bias                   {small.b:6.3f}")
right = accuracy(predict(X_test_two, small.w, small.b), data.Y_test)
print(f"test examples right: {right:.1%}")

# %% [markdown]
# Both weights are positive: large nuclei and uneven ones speak for a malignant tumour.
#
# The **decision boundary** is where $z$ is 0, and so $a$ is one half. With two features
# it is a line. The function `boundary` solves for the second feature. It draws the
# lines for the probabilities 0.1 and 0.9 as well: there, $z$ is the logarithm of $a /
# (1 - a)$.


# %% alt="Test examples in the plane of mean radius and mean texture, both standardised. Malignant ones lie mostly to the right, benign ones to the left. A straight bold line for a = 0.5 falls steeply from the upper left to the lower right and separates most of them. Thin parallel lines for a = 0.1 and a = 0.9 lie on both sides of it."
def draw_points(X, Y):
    for label, marker, colour, name in (
        (1, "o", colours.accent, "malignant (1)"),
        (0, "^", colours.second, "benign (0)"),
    ):
        chosen = Y[0] == label
        points = plt.scatter(*X[:, chosen], s=20, marker=marker, color=colour)
        points.set(label=name, zorder=3)


def boundary(x_1, w, b, a=0.5):
    """Return the second feature where the prediction is `a`."""
    z = np.log(a / (1 - a))
    return (z - b - w[0, 0] * x_1) / w[1, 0]


plt.figure(figsize=(5.2, 3.6))
draw_points(X_test_two, data.Y_test)
x_1 = np.array([-2.0, 2.5])
for a in (0.1, 0.5, 0.9):
    bold = a == 0.5
    x_2 = boundary(x_1, small.w, small.b, a)
    colour = colours.ink if bold else colours.muted
    plt.plot(x_1, x_2, color=colour, linewidth=2 if bold else 1)
plt.xlim(-2, 2.5)
plt.ylim(-2.5, 3)
plt.xlabel(f"{names[0]}, standardised")
plt.ylabel(f"{names[1]}, standardised")
plt.legend(loc="upper right")
plt.show()

# %% [markdown]
# The line is a good one, but the two kinds overlap. With these two features no line
# does without mistakes. So use more features.
#
# ## All 30 features
#
# Nothing in the code changes. Only $n_x$ is larger.

# %%
learned = fit(X, Y, alpha=0.1, iterations=1000, progress=True)

# %%
assert learned.w.shape == (30, 1), "one weight a feature"
assert learned.costs.shape == (1001,), "one at the start, one after each step"
assert not learned.interrupted, "nobody pressed Ctrl-C"
print(f"cost: {learned.costs[0]:.4f} before, {learned.costs[-1]:.4f} after")

# %% [markdown]
# The cost at the start is $\log 2$, since all predictions are one half as long as $w$
# and $b$ are 0. Then it falls, fast at first:

# %% alt="The cost of training against the number of steps, from 0 to 1000. It starts at 0.69, falls below 0.15 within 50 steps and then creeps down to 0.06 without ever rising."
plt.figure()
plt.plot(learned.costs)
plt.xlabel("steps")
plt.ylabel(r"cost $\mathcal{J}$")
plt.ylim(0, 0.75)
plt.show()

# %% [markdown]
# Are the gradients small at the end? At the lowest point they would be zero.

# %%
Z, A = forward(X, learned.w, learned.b)
dw, db = backward(X, A, Y)
assert dw.shape == learned.w.shape, "a gradient has the shape of its parameter"
print(f"dw: at most {np.max(np.abs(dw)):.4f} on either side of 0")
print(f"db: {db:.4f}")

# %% [markdown]
# They are small, but not zero. More steps would still lower the cost a little.
#
# ## How good is it?
#
# Ask for the share of right answers on the tumours that were kept aside, and compare it
# with an answer that looks at nothing.

# %%
Y_test = data.Y_test
answers = predict(data.X_test, learned.w, learned.b)
answers_train = predict(X, learned.w, learned.b)
print(f"training examples {accuracy(answers_train, Y):.1%} right")
print(f"test examples     {accuracy(answers, Y_test):.1%} right")
print(f"always 'benign'   {accuracy(np.zeros_like(Y_test), Y_test):.1%} right")

# %% [markdown]
# One number hides which mistakes are made. There are two kinds: a malignant tumour that
# is missed, and a false alarm. Count all four cases:

# %%
print("                    predicted")
print("               benign  malignant")
for label, name in ((0, "benign"), (1, "malignant")):
    benign = np.sum((Y_test == label) & (answers == 0))
    malignant = np.sum((Y_test == label) & (answers == 1))
    print(f"really {name:9} {benign:4} {malignant:9}")

# %% [markdown]
# ## The most wrong examples
#
# The loss of each example says how wrong its prediction is. Sort by it, and look at the
# worst. This is the most useful thing you can do with a classifier that makes mistakes.

# %%
Z_test, A_test = forward(data.X_test, learned.w, learned.b)
losses = cross_entropy_from_logits(Z_test, Y_test)
assert losses.shape == (1, 114), "one loss an example"

worst = np.argsort(-losses[0])[:5]
print("example  label  prediction   loss")
for i in worst:
    print(f"{i:7} {Y_test[0, i]:6.0f} {A_test[0, i]:11.3f} {losses[0, i]:6.3f}")

# %% [markdown]
# Why does it think so? $z$ is a sum, and each feature has its term in it:
#
# $$
# z = \sum_{j=1}^{n_x} w_j x_j + b
# $$
#
# So you can see which features spoke for "malignant" and which against it. These are
# the terms of the most wrong example:

# %%
i = worst[0]
terms = learned.w[:, 0] * data.X_test[:, i]
z = np.sum(terms) + learned.b
assert np.isclose(z, Z_test[0, i]), "the terms and the bias make up z"

order = np.argsort(terms)
for j in (*order[:-4:-1], *order[2::-1]):
    name, x_j = data.feature_names[j], data.X_test[j, i]
    print(f"{name:24} x = {x_j:5.2f}, term {terms[j]:+.2f}")
print(f"{'all 30 and the bias':24}               z {z:+.2f}")

# %% [markdown]
# ## Learning rates
#
# The learning rate $\alpha$ is the one number that you have to choose. Try one that is
# too small, one that fits, and one that is too large. The scale of the cost is
# logarithmic.

# %% alt="The cost against the number of steps for three learning rates, with a logarithmic cost axis. With 0.01 it falls slowly and smoothly to about 0.13. With 1 it falls quickly to about 0.05. With 100 it jumps up to about 8 at once, then comes down in many small jerks, and ends no lower than with 1."
plt.figure()
for alpha, style in ((0.01, "--"), (1.0, "-"), (100.0, ":")):
    costs = fit(X, Y, alpha=alpha, iterations=500).costs
    rises = np.sum(np.diff(costs) > 0)
    plt.plot(costs, style, label=rf"$\alpha = {alpha:g}$")
    print(f"alpha {alpha:6}: cost {costs[-1]:.4f} at the end, rose {rises} times")
plt.yscale("log")
plt.xlabel("steps")
plt.ylabel(r"cost $\mathcal{J}$")
plt.legend()
plt.show()

# %% [markdown]
# - **Too small**, 0.01: it goes down at each step, but it does not get far.
# - **Right**, 1: it goes down at each step, and quickly.
# - **Too large**, 100: the first step overshoots, and the cost is twelve times what it
#   was. It rises many times again, and after 500 steps it is no lower than with 1. Here
#   it comes down at all. Do not count on that.
#
# A rule that helps: try 0.01, 0.1, 1 and so on, and take the largest rate with which
# the cost never rises.
#
# ## Why the features are scaled
#
# Undo the standardising. Now the features have their own units: an area is near 650, a
# smoothness near 0.1.

# %%
X_raw = X * data.std + data.mean
print("features     alpha  highest cost  last cost")
for alpha in (0.1, 1e-3, 1e-6):
    costs = fit(X_raw, Y, alpha=alpha, iterations=1000).costs
    print(f"raw       {alpha:8} {np.max(costs):13.2f} {costs[-1]:10.3f}")
costs = learned.costs
print(f"scaled    {0.1:8} {np.max(costs):13.2f} {costs[-1]:10.3f}")

# %% [markdown]
# No rate is good for all raw features at once. The large ones need tiny steps, and with
# tiny steps the weights of the small ones hardly move. Scaled features can share one
# learning rate.
#
# ## Exercises
#
# Change the notebook and run it again.
#
# ### Exercise 1: other features
#
# Find two features that do better on the test examples than the mean radius and the
# mean texture. And is it fair to choose them by the test examples?
#
# ### Exercise 2: the bar and Ctrl-C
#
# Train with `iterations=10_000_000` and `progress=True`, and stop it after some
# seconds: by Ctrl-C, or in a notebook by the stop button. What do `interrupted` and
# `len(costs)` of the result say?
#
# ### Solutions
#
# <details markdown="1">
# <summary>Exercise 1</summary>
#
# Large values tell more than means. The cell below tries the "worst" radius and the
# "worst" number of dents in the outline ("concave points").
#
# To choose by the test examples is not fair. What is chosen by them fits them, and they
# no longer tell how well it does on new tumours. Choose by a part of the training
# examples, and ask the test examples once, at the end.
#
# </details>
#
# <details markdown="1">
# <summary>Exercise 2</summary>
#
# `interrupted` is `True`. `costs` holds the cost at the start, and one more for each
# step that was complete. `w` and `b` are those after the last of these steps. Nothing
# is lost.
#
# </details>

# %%
# Exercise 1
for names in (
    ("mean radius", "mean texture"),
    ("worst radius", "worst concave points"),
):
    rows = [data.feature_names.index(name) for name in names]
    two = fit(X[rows], Y, alpha=0.5, iterations=500)
    right = accuracy(predict(data.X_test[rows], two.w, two.b), Y_test)
    print(f"{right:.1%} right with {' and '.join(names)}")

# %% [markdown]
# ## Where next
#
# - [The gradient, line by line](../derivations/logistic-regression.md): where
#   `backward` comes from.
# - [Logistic regression](../logistic-regression.md#pitfalls): the mistakes that people
#   make with it.
# - [API reference](../reference/api.md): the functions used here.
