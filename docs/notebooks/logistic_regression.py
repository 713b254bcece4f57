# %% [markdown]
# <!-- nnref: model=logistic -->
#
# # Logistic regression on real data
#
# In this notebook you train logistic regression on measurements of real tumours, draw
# its decision boundary, count its mistakes, and see what a learning rate does. You need
# the page [Logistic regression](../logistic-regression.md).
#
# Download it, run it, and change what you like. It needs Jupyter, and `nnref` with its
# extra `docs` ([how to install it](../index.md#local)).

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
# A doctor takes a few cells from a lump in the breast and photographs them under a
# microscope. Ten properties of the cell nuclei are measured: radius, texture and so on.
# Each of them gives three features: the mean over the nuclei in the picture, its
# standard error ("error"), and the mean of the three largest values ("worst"). So $n_x$
# is 30. The label is 1 for a malignant tumour and 0 for a benign one. (This is the
# data set Breast Cancer Wisconsin (Diagnostic). It comes with scikit-learn.)

# %%
data = breast_cancer()
X, Y = data.X_train, data.Y_train
n_x, m = X.shape

assert X.shape == (30, 455), "one example a column"
assert Y.shape == (1, 455), "one label an example"
print("to train", X.shape, Y.shape)
print("to test ", data.X_test.shape, data.Y_test.shape)
print(f"malignant {np.mean(Y):.1%} (training data)")
print("feature         mean    std")
for name in ("mean radius", "radius error", "worst radius"):
    j = data.feature_names.index(name)
    print(f"{name:12} {data.mean[j, 0]:7.3f} {data.std[j, 0]:6.3f}")

# %% [markdown]
# The features come **standardised**: from each feature its mean (`mean`) is subtracted,
# then it is divided by its standard deviation (`std`). Both are taken from the training
# examples alone, since the test examples must not have a say in anything that is
# learned. So the means of the test data are not quite 0.
# ([Why are they scaled?](#why-the-features-are-scaled))

# %%
assert np.allclose(np.mean(X, axis=1), 0, atol=1e-12), "mean"
assert np.allclose(np.std(X, axis=1), 1), "standard deviation"

means = np.mean(data.X_test, axis=1)
print(f"test means {np.min(means):.2f} to {np.max(means):.2f}")

# %% [markdown]
# ## Two features, to see something
#
# Thirty dimensions cannot be drawn. So take two features first: the mean radius and the
# mean texture, that is, how much the grey values within a nucleus differ.

# %%
names = ["mean radius", "mean texture"]
rows = [data.feature_names.index(name) for name in names]
X_two, X_test_two = X[rows], data.X_test[rows]

small = fit(X_two, Y, alpha=0.5, iterations=500)

assert small.w.shape == (2, 1), "one weight a feature"
for name, weight in zip(names, small.w[:, 0], strict=True):
    print(f"weight of {name:12} {weight:6.3f}")
print(f"{'bias':22} {small.b:6.3f}")
right = accuracy(predict(X_test_two, small.w, small.b), data.Y_test)
print(f"test examples {right:.1%} right")

# %% [markdown]
# Both weights are positive: large nuclei and uneven ones speak for a malignant tumour.
#
# The **decision boundary** is where $z$ is 0, and so $a$ is one half. With two features
# it is a straight line, the bold one. On the thin lines $a$ is 0.1 (left) and 0.9
# (right). The function `boundary` takes the $z$ that
# [belongs to a](../logistic-regression.md#exercise-2), and asks for which second feature
# $w_1 x_1 + w_2 x_2 + b$ is that $z$.


# %% alt="Test examples in the plane of mean radius and mean texture, both standardised. Malignant ones lie mostly to the right, benign ones to the left. A straight bold line for a = 0.5 falls steeply, a little to the right, between them and separates most of them. Thin parallel lines for a = 0.1 and a = 0.9 lie to its left and to its right. Some points of each kind lie on the wrong side."
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


plt.figure(figsize=(4.4, 3.4))
draw_points(X_test_two, data.Y_test)
x_1 = np.array([-2.0, 2.5])
for a in (0.1, 0.5, 0.9):
    bold = a == 0.5
    x_2 = boundary(x_1, small.w, small.b, a)
    colour = colours.ink if bold else colours.muted
    plt.plot(x_1, x_2, color=colour, linewidth=2 if bold else 1)
plt.xlim(-2, 2.5)
plt.ylim(-2.5, 5)
plt.xlabel(f"{names[0]}, standardised")
plt.ylabel(f"{names[1]}, standardised")
plt.legend(loc=(0.6, 0.64), handletextpad=0.2)
plt.show()

# %% [markdown]
# The two kinds overlap: with these two features, no straight line does without
# mistakes. So use more features.
#
# ## All 30 features
#
# Nothing in the code changes. Only $n_x$ is larger.

# %%
learned = fit(X, Y, alpha=0.1, iterations=1000, progress=True)

# %%
costs = learned.costs
assert learned.w.shape == (30, 1), "one weight a feature"
assert costs.shape == (1001,), "at the start and after each step"
assert not learned.interrupted, "nobody pressed Ctrl-C"
print(f"cost {costs[0]:.4f} before, {costs[-1]:.4f} after")

# %% [markdown]
# The cost at the start is $\log 2$, since all predictions are one half as long as $w$
# and $b$ are 0. Then it falls, fast at first:

# %% alt="The cost of training against the number of steps, from 0 to 1000. It starts at 0.69, falls below 0.15 within 50 steps and then creeps down to 0.06 without ever rising."
plt.figure()
plt.plot(costs)
plt.xlabel("steps")
plt.ylabel(r"cost $\mathcal{J}$")
plt.ylim(0, 0.75)
plt.show()

# %% [markdown]
# How steep is it still at the end? The gradient tells:

# %%
Z, A = forward(X, learned.w, learned.b)
dw, db = backward(X, A, Y)
assert dw.shape == learned.w.shape, "as w"
print(f"dw from {np.min(dw):.4f} to {np.max(dw):.4f}")
print(f"db {db:.4f}")

# %% [markdown]
# That is small, but not zero: more steps would lower the cost a little more.
#
# ## How good is it?
#
# Take the share of right answers on the test examples, which were kept aside. Compare
# it with an answer that looks at nothing.

# %%
X_test, Y_test = data.X_test, data.Y_test
right = accuracy(predict(X, learned.w, learned.b), Y)
print(f"training examples {right:.1%} right")
answers = predict(X_test, learned.w, learned.b)
print(f"test examples     {accuracy(answers, Y_test):.1%} right")
always = np.zeros_like(Y_test)
print(f"always 'benign'   {accuracy(always, Y_test):.1%} right")

# %% [markdown]
# One number hides which mistakes are made. There are two kinds: a malignant tumour that
# is missed, and a false alarm. Count all four cases:

# %%
print("predicted         benign  malignant")
for label, name in ((0, "benign"), (1, "malignant")):
    really = Y_test == label
    benign = np.sum(really & (answers == 0))
    malignant = np.sum(really & (answers == 1))
    print(f"really {name:9} {benign:7} {malignant:10}")

# %% [markdown]
# ## The most wrong examples
#
# The loss of each example says how wrong its prediction is. Sort by it, and look at the
# worst. (`column` is counted from 0, as NumPy does.)

# %%
Z_test, A_test = forward(X_test, learned.w, learned.b)
losses = cross_entropy_from_logits(Z_test, Y_test)
assert losses.shape == (1, 114), "one loss an example"

worst = np.argsort(-losses[0])[:5]
print("column  label  prediction   loss")
for i in worst:
    y, a, loss = Y_test[0, i], A_test[0, i], losses[0, i]
    print(f"{i:6} {y:6.0f} {a:11.3f} {loss:6.3f}")

# %% [markdown]
# Only the first two answers are wrong: their loss is above $\log 2$, about 0.693, that of
# an $a$ of 0.5. The other three are right, but not sure.
#
# Why is the first one so wrong? $z$ is a sum, and each feature has its term in it:
#
# $$
# z = \sum_{j=1}^{n_x} w_j x_j + b
# $$
#
# These are its three highest terms, which spoke for "malignant", and its three lowest:

# %%
i = worst[0]
terms = learned.w[:, 0] * X_test[:, i]
z = np.sum(terms) + learned.b
assert np.isclose(z, Z_test[0, i]), "terms and bias make up z"

order = np.argsort(-terms)  # the highest first
print("feature                   x_j  w_j x_j")
for j in (*order[:3], *order[-3:]):
    name = data.feature_names[j]
    print(f"{name:23} {X_test[j, i]:5.2f} {terms[j]:8.2f}")
print(f"{'z, all 30 and the bias':23} {z:14.2f}")

# %% [markdown]
# ## Learning rates
#
# The learning rate $\alpha$ is a number that you have to choose. Try one that is too
# small, one that fits, and one that is too large. The axis of the cost is logarithmic.

# %% alt="The cost against the number of steps for three learning rates, with a logarithmic cost axis. With 0.01 it falls slowly and smoothly to about 0.13. With 1 it falls quickly to about 0.05. With 100 it jumps up to about 8 at once, then comes down in many jerks, and ends about where it ends with 1."
plt.figure()
for alpha, style in ((0.01, "--"), (1.0, "-"), (100.0, ":")):
    costs = fit(X, Y, alpha=alpha, iterations=500).costs
    rises = np.sum(np.diff(costs) > 0)
    plt.plot(costs, style, label=rf"$\alpha = {alpha:g}$")
    print(f"{alpha:6}: cost {costs[-1]:.4f}, rose {rises} times")
plt.yscale("log")
plt.xlabel("steps")
plt.ylabel(r"cost $\mathcal{J}$")
plt.legend()
plt.show()

# %% [markdown]
# - **Too small**, 0.01: the cost falls at each step, but it does not get far.
# - **Right**, 1: it falls at each step, and quickly.
# - **Too large**, 100: the first step overshoots, and the cost is twelve times what it
#   was. It rises many times again, and after 500 steps it is no lower than with 1.
#
# A rule that helps: try 0.01, 0.1, 1 and so on, and take the largest rate with which
# the cost never rises.
#
# ## Why the features are scaled
#
# Undo the standardising. Now each feature has its own scale: the mean area is around
# 660, the mean smoothness around 0.1.

# %%
X_raw = X * data.std + data.mean
print("features  alpha  highest    last")
for alpha in (0.1, 1e-3, 1e-6):
    costs = fit(X_raw, Y, alpha=alpha, iterations=1000).costs
    print(f"raw      {alpha:6} {np.max(costs):8.2f} {costs[-1]:7.3f}")
costs = learned.costs
print(f"scaled   {0.1:6} {np.max(costs):8.2f} {costs[-1]:7.3f}")

# %% [markdown]
# `highest` and `last` are costs. No rate is good for all raw features at once. The
# large ones need tiny steps, and with tiny steps the weights of the small ones hardly
# move. Scaled features can share one learning rate.
#
# ## Exercises
#
# ### Exercise 1: other features
#
# Find two features that do better on the test examples than the mean radius and the
# mean texture. Is it fair to choose them by the test examples?
#
# ### Exercise 2: the bar and Ctrl-C
#
# Train with `iterations=10_000_000` and `progress=True`, and stop it after some seconds
# by the stop button of the notebook (in a terminal: Ctrl-C). What do `interrupted` and
# `len(costs)` of the result say?
#
# ### Solutions
#
# <details markdown="1">
# <summary>Exercise 1</summary>
#
# Here the largest values tell more than the means. The cell below tries the "worst"
# radius and the "worst" number of dents in the outline ("concave points").
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
# complete step. `w` and `b` are those after the last of these steps.
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
    right = accuracy(predict(X_test[rows], two.w, two.b), Y_test)
    print(f"{right:.1%} {', '.join(names)}")

# %% [markdown]
# ## Where next
#
# - [The gradient, line by line](../derivations/logistic-regression.md): where
#   `backward` comes from.
# - [Logistic regression](../logistic-regression.md#pitfalls): the mistakes that people
#   make with it.
# - [API reference](../reference/api.md): the functions used here.
