# %% [markdown]
# <!-- nnref: model=deep output=softmax -->
#
# # Handwritten digits
#
# In this notebook you train a network of three layers to read handwritten digits, from
# the pictures to more than 96% right answers on pictures that it has never seen. You
# check its gradient before you trust it, and look at its worst mistakes afterwards. You
# need the pages [Deep network: forward](../deep-network/forward.md),
# [backward](../deep-network/backward.md) and [Softmax](../softmax.md).
#
# Download it, run it, and change what you like. It needs Jupyter, and `nnref` with its
# extra `docs` ([how to install it](../index.md#local)).

# %%
import os
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgba

from nnref.activations import relu, relu_prime, softmax
from nnref.datasets import digits
from nnref.deep_network import (
    accuracy,
    activations,
    backward,
    cost,
    fit,
    forward,
    initialize,
    predict,
)
from nnref.gradient_checking import complex_step, relative_error
from nnref.initialization import he
from nnref.losses import softmax_cross_entropy_from_logits
from nnref.site.figures import colours, use_style

use_style()
# A progress bar without times, so that this page is the same at each build.
os.environ["TQDM_BAR_FORMAT"] = "{l_bar}{bar}| {n_fmt}/{total_fmt}{postfix}"

# %% [markdown]
# ## The data
#
# 13 people wrote digits on a form. Each digit became a picture of 8 times 8 pixels. A
# pixel is a number from 0 (no ink) to 1. The 64 pixels of a picture, row by row, are one
# column of $X$. (This is a part of the data set Optical Recognition of Handwritten Digits
# of the UCI Machine Learning Repository. It comes with scikit-learn.)

# %%
data = digits()
X, Y = data.X_train, data.Y_train
X_test, Y_test = data.X_test, data.Y_test

assert X.shape == (64, 1438), "one picture a column"
assert Y.shape == (10, 1438), "one row for each digit"
print("to train", X.shape, Y.shape)
print("to test ", X_test.shape, Y_test.shape)
print("to train, of each digit")
of_each = np.sum(Y, axis=1).astype(int)
print("0 to 4:", *of_each[:5])
print("5 to 9:", *of_each[5:])


# %% alt="Sixteen pictures of handwritten digits in two rows of eight, each drawn as 8 times 8 squares, the darker the more ink. Above each stands its digit. Most of them can be read at once; a few are blurred."
def draw_picture(axis, shades, colour=colours.ink):
    """Draw 64 numbers from -1 to 1 as squares, negative ones in orange."""
    shades = shades.reshape(8, 8, 1)
    rgba = np.where(shades < 0, to_rgba(colours.second), to_rgba(colour))
    rgba[:, :, 3] = np.abs(shades[:, :, 0])  # 0 is transparent
    axis.pcolormesh(rgba, linewidth=0)
    axis.set(ylim=(8, 0), aspect="equal")  # row 0 on top
    axis.set_axis_off()


def digit(Y):
    """Return the row of the largest entry in each column."""
    return np.argmax(Y, axis=0)


figure, axes = plt.subplots(2, 8, figsize=(4.4, 1.6))
for i, axis in enumerate(axes.flat):
    draw_picture(axis, X[:, i])
    axis.set_title(digit(Y)[i], pad=2)
plt.show()

# %% [markdown]
# The digit stands above each picture. In $Y$ a digit is a column with a single 1, in the
# row of the digit. (The first row is for 0.) Such a column is called
# [one-hot](../softmax.md#labels).

# %%
print("the first picture is a", digit(Y)[0])
print("as a column:", *Y[:, 0].astype(int))

# %% [markdown]
# ## The network
#
# 64 pixels go in. There are two hidden layers with ReLU, of 48 and of 24 units, and a
# softmax at the end, with one unit for each digit. So $L = 3$. The weights start at
# random, [by He's rule](../training.md#he-xavier). The lists `g` and `g_prime` hold the
# [activations and their slopes](../deep-network/forward.md#activations).

# %%
n = [64, 48, 24, 10]
L = len(n) - 1
W, b = initialize(n, he, seed=0)
g, g_prime = activations([(relu, relu_prime)] * (L - 1), softmax)

count = 0
for layer in range(1, L + 1):
    assert W[layer].shape == (n[layer], n[layer - 1]), "a row for each unit"
    assert b[layer].shape == (n[layer], 1), "a bias for each unit"
    count += W[layer].size + b[layer].size
    print(f"layer {layer}: W {W[layer].shape!s:9} b {b[layer].shape}")
print(count, "parameters")

# %% [markdown]
# Before it has learned anything, its answers have nothing to do with the pictures. About
# one in ten is right by chance: more or less, depending on the random start.

# %%
by_chance = []
for seed in range(5):
    start = initialize(n, he, seed=seed)
    by_chance.append(accuracy(predict(X_test, *start, g), Y_test))
print("test pictures right, from five starts")
print(*(f"{share:.1%}" for share in by_chance))

# %% [markdown]
# ## Check the gradient first
#
# `backward` is the part where mistakes hide. So compare it with calculus, before the
# training. The [complex step](../gradient-checking.md#complex-step) varies each of the
# parameters alone, and looks at what the cost does. Ten pictures are enough for that.

# %%
X_few, Y_few = X[:, :10], Y[:, :10]
Z, A = forward(X_few, W, b, g)
dW, db = backward(Y_few, W, Z, A, g_prime)


def cost_with_W(layer, theta):
    """Return the cost with `theta` as the weights of a layer."""
    changed = [*W[:layer], theta, *W[layer + 1 :]]
    Z, _ = forward(X_few, changed, b, g)
    return cost(Z[-1], Y_few, softmax)


def cost_with_b(layer, theta):
    """Return the cost with `theta` as the biases of a layer."""
    changed = [*b[:layer], theta, *b[layer + 1 :]]
    Z, _ = forward(X_few, W, changed, g)
    return cost(Z[-1], Y_few, softmax)


for layer in range(1, L + 1):
    by_W = complex_step(partial(cost_with_W, layer), W[layer])
    by_b = complex_step(partial(cost_with_b, layer), b[layer])
    assert by_W.shape == dW[layer].shape == W[layer].shape, "as W"
    assert by_b.shape == db[layer].shape == b[layer].shape, "as b"
    assert relative_error(dW[layer], by_W) < 1e-14, "dW is wrong"
    assert relative_error(db[layer], by_b) < 1e-14, "db is wrong"
    print(f"layer {layer}: dW and db right to 14 digits")

# %% [markdown]
# What is left after 14 digits is rounding. The formulas are right.
#
# ## Training
#
# Take 32 pictures at a time, in random order:
# [mini-batches](../training.md#mini-batches). One pass over the 1438 pictures takes 45
# steps, the last one with what is left. There are 40 passes, and the bar counts them.

# %%
learned = fit(
    X, Y, W, b, g, g_prime,
    alpha=0.3, iterations=40, batch_size=32, progress=True,
)  # fmt: skip

# %%
right_train = accuracy(predict(X, learned.W, learned.b, g), Y)
right_test = accuracy(predict(X_test, learned.W, learned.b, g), Y_test)
print(f"training pictures {right_train:.1%} right")
print(f"test pictures     {right_test:.1%} right")

assert Y_test.shape == (10, 359), "enough pictures to tell"
assert right_test >= 0.96, "worse than promised"

# %% [markdown]
# It gets all training pictures right, and almost all of those that it has never seen.
#
# Be careful with the second number. Other pictures by the same 13 people were in the
# training data, so it has seen their handwriting. On the digits of a stranger it would do
# worse.
#
# ## The cost
#
# `costs` holds the cost of all training pictures, at the start and after each pass. The
# axis of the cost is logarithmic.

# %% alt="The cost of the training pictures against the number of passes, with a logarithmic axis of the cost. It falls from 2.4 to below 0.1 in five passes, then more slowly and with large jumps up and down until pass 20, where it drops to 0.01. From there it comes down to 0.002 with small jumps."
plt.figure()
plt.plot(learned.costs)
plt.yscale("log")
plt.xlabel("passes over the data")
plt.ylabel(r"cost $\mathcal{J}$")
plt.show()

Z_test, A_test = forward(X_test, learned.W, learned.b, g)
print("cost at the end")
print(f"training pictures {learned.costs[-1]:.4f}")
print(f"test pictures     {cost(Z_test[-1], Y_test, softmax):.4f}")

# %% [markdown]
# The jumps come from the mini-batches: a step that is good for its 32 pictures can be bad
# for the others. And why is the cost of the test pictures so much higher, with so few
# mistakes? You will see [below](#its-worst-mistakes).
#
# ## How much is luck?
#
# 359 test pictures are not many: one more mistake is 0.3%. Split the data into training
# and test pictures in other ways, and train anew each time. (Seed 0 is the split from
# above.)

# %%
mistakes = []
for seed in range(5):
    other = digits(seed=seed)
    found = fit(
        other.X_train, other.Y_train, W, b, g, g_prime,
        alpha=0.3, iterations=40, batch_size=32,
    )  # fmt: skip
    Y_pred = predict(other.X_test, found.W, found.b, g)
    mistakes.append(np.sum(digit(Y_pred) != digit(other.Y_test)))
    share = accuracy(Y_pred, other.Y_test)
    print(f"split {seed}: {share:.1%} right, {mistakes[-1]:2} mistakes")
print(f"mean:    {1 - np.mean(mistakes) / 359:.1%} right")

# %% [markdown]
# So read "98.1%" as "about 98%, give or take one". Two networks that differ by less may
# be equally good.
#
# ## Which digits does it confuse?
#
# Count, for each true digit, how often each answer was given. Rows are true digits,
# columns are answers. All right answers are on the diagonal. A dot is 0.

# %%
Y_pred = predict(X_test, learned.W, learned.b, g)
confusion = (Y_test @ Y_pred.T).astype(int)

assert confusion.shape == (10, 10), "true digits by answers"
assert np.sum(confusion) == 359, "each test picture once"
on_diagonal = np.trace(confusion)
assert np.isclose(on_diagonal, 359 * right_test), "right answers"

print("true    answer")
print("   ", *(f"{answer:2}" for answer in range(10)))
for true, row in enumerate(confusion):
    print(f"{true:3} ", *(f"{number or '.':>2}" for number in row))

# %% [markdown]
# Why does `Y_test @ Y_pred.T` count them? It is
# [a sum over the pictures](../vectorisation.md#sum): the column of the true digit times
# the answer, transposed to a row. Each of both has a single 1. So each picture gives a
# $(10, 10)$ matrix with a single 1, in the row of its true digit and the column of its
# answer, and the product adds these up.
#
# ## Its worst mistakes
#
# The loss of a picture is minus the logarithm of the probability that the network gave
# to the true digit. Sort by it, and print the true digit and the answer with their
# probabilities. (`column` is counted from 0, as NumPy does.)

# %%
losses = softmax_cross_entropy_from_logits(Z_test[-1], Y_test)
assert losses.shape == (1, 359), "one loss a picture"

worst = np.argsort(-losses[0])[:6]
print("column  true      answer      loss")
for i in worst:
    a, true, answer = A_test[-1][:, i], digit(Y_test)[i], digit(Y_pred)[i]
    assert np.isclose(losses[0, i], -np.log(a[true])), "minus the logarithm"
    of_true = f"{true} {a[true]:.4f}"
    of_answer = f"{answer} {a[answer]:.4f}"
    print(f"{i:6}  {of_true}  {of_answer} {losses[0, i]:6.2f}")

# %% alt="The six pictures with the highest loss, each with the answer and the true digit and their probabilities. A 3 taken for a 5 with 100 percent, a 2 taken for a 1 with 100 percent, a 6 taken for a 1 with 92 percent, an 8 taken for a 1 with 53 percent, a 7 taken for a 4 with 86 percent, and a 0 taken for a 5 with 62 percent. The 3 is slanted and has no lower bow, the 2 is steep and without its foot, and the 6 and the 8 are narrow. The 7 has a bar through its stem."
figure, axes = plt.subplots(2, 3, figsize=(4.4, 3.8))
for i, axis in zip(worst, axes.flat, strict=True):
    a, true, answer = A_test[-1][:, i], digit(Y_test)[i], digit(Y_pred)[i]
    draw_picture(axis, X_test[:, i])
    said = f"answer {answer}: {a[answer]:.0%}"
    axis.set_title(f"{said}\ntrue {true}: {a[true]:.0%}")
plt.show()

# %% [markdown]
# Would you have known? Some of them are hard for people too, at this size. But look at
# the probabilities: in the first two it is *sure*, and wrong. A network that says 100%
# is sure, and that is all; it may be wrong. The first three pictures make up most of
# the cost of all test pictures:

# %%
share = np.sum(losses[0, worst[:3]]) / np.sum(losses)
print(f"three of 359 pictures: {share:.0%} of the cost")

# %% [markdown]
# ## What the first layer looks for
#
# Each hidden unit of layer 1 has 64 weights, one for each pixel: a row of $W^{[1]}$.
# Draw such a row as a picture. Blue squares are positive weights: ink there makes the
# unit's $z$ larger. Orange ones are negative: ink there makes it smaller. The stronger
# the colour, the further the weight is from 0. Here are the 24 of the 48 units that
# have changed most since the start:

# %% alt="Twenty-four maps of 8 times 8 weights in blue and orange. In most of them strong blue and strong orange squares lie side by side near the middle, some of them in short bands. The squares near the left and the right edge are weaker. No map looks like a digit."
change = np.sum((learned.W[1] - W[1]) ** 2, axis=1)
assert change.shape == (n[1],), "one number a unit"
chosen = np.argsort(-change)[:24]

shades = learned.W[1] / np.max(np.abs(learned.W[1]))  # from -1 to 1
figure, axes = plt.subplots(4, 6, figsize=(4.4, 3.1))
for unit, axis in zip(chosen, axes.flat, strict=True):
    draw_picture(axis, shades[unit], colours.accent)
plt.show()

# %% [markdown]
# Do not expect little digits. Some units compare: is there ink here, and none beside it?
# That may tell an edge of a stroke. Others look like noise. 48 units share the work, and
# nothing forces one of them to stand for something that has a name.
#
# The pixels at the left and the right edge rarely have ink, and their weights stay weak.
# Three pixels have none in any training picture. Their weights never changed:

# %%
never = np.all(X == 0, axis=1)
before, after = W[1][:, never], learned.W[1][:, never]
assert np.array_equal(before, after), "these never learned"
rows, columns = np.divmod(np.flatnonzero(never), 8)
print("rows", rows, "columns", columns)

# %% [markdown]
# Why? The derivatives by the weights of pixel $j$ are column $j$ of
#
# $$
# dW^{[1]} = \frac{1}{m} dZ^{[1]} X^T
# $$
#
# Column $j$ of $X^T$ is row $j$ of $X$. If all its entries are 0, so are the derivatives.
# These weights are still the random numbers of the start.
#
# ## To try
#
# If it gets worse than 96%, the `assert` after the training stops you. Take it out then.
#
# - `batch_size=None`: how many passes does it take now to get as far? And `batch_size=1`,
#   with a smaller rate?
# - `alpha=3`, and `alpha=0.003`.
# - Other sizes: `n = [64, 200, 10]`, `[64, 32, 32, 32, 32, 10]`.
# - `zeros` of `nnref.initialization` in place of `he`:
#   [next to nothing is learned](../training.md#symmetry).
# - `(tanh, tanh_prime)` in the hidden layers, with `xavier`.
# - Write your own digit as 8 times 8 numbers from 0 to 1, `reshape(64, 1)` it, and ask
#   the network. (No wonder if it fails: see exercise 2.)
#
# ## Exercises
#
# ### Exercise 1: are the hidden layers needed?
#
# Train without hidden layers, so with a softmax alone. How many more mistakes are
# there, on each of the five splits?
#
# ### Exercise 2: one pixel to the right
#
# Move all test pictures by one pixel to the right. You read them as well as before.
# What does the network say? And what if it is trained with moved pictures as well?
# (`np.roll` moves the pixels. What leaves on one side comes in on the other, but there
# is almost no ink.)
#
# ### Exercise 3: mixed pixels
#
# Mix the 64 pixels, in the same way in all pictures. You cannot read the digits any more.
# Train with such pictures. What do you expect? And if you mix the columns of the first
# $W^{[1]}$ in the same way?
#
# ### Solutions
#
# <details markdown="1">
# <summary>Exercise 1</summary>
#
# Three to ten more, as the first cell below says. A softmax alone gets most digits right
# already. The hidden layers save 27 of its 68 mistakes. One split could be luck, but they
# win on all five.
#
# </details>
#
# <details markdown="1">
# <summary>Exercise 2</summary>
#
# Almost half of the answers are wrong. To the network, a pixel is a feature of its own.
# It does not know that one is beside the other, so what it learned about a stroke at
# one place is of little use one place further on. If it is trained with moved pictures
# too, it reads both. (Convolutional networks, in a later course, have this built in.)
#
# </details>
#
# <details markdown="1">
# <summary>Exercise 3</summary>
#
# It learns to read them. The order of the features does not matter to $W^{[1]} X$: mix
# the rows of $X$ and the columns of $W^{[1]}$ in the same way, and each product is the
# same sum in another order. So from a mixed start it becomes the same network, with
# mixed columns, and gives the same answers (as far as rounding allows). From the old start it is as if it had
# another random start, and the difference is luck. It never used which pixels are
# neighbours. You do, and that is why you are lost.
#
# </details>


# %%
# Exercise 1
def train(n, X, Y, iterations=40):
    """Train layers of the sizes `n`; return the function that predicts."""
    W, b = initialize(n, he, seed=0)
    g, g_prime = activations([(relu, relu_prime)] * (len(n) - 2), softmax)
    found = fit(
        X, Y, W, b, g, g_prime,
        alpha=0.3, iterations=iterations, batch_size=32,
    )  # fmt: skip
    return lambda X: predict(X, found.W, found.b, g)


alone = []
for seed in range(5):
    other = digits(seed=seed)
    answers = train([64, 10], other.X_train, other.Y_train)(other.X_test)
    alone.append(np.sum(digit(answers) != digit(other.Y_test)))
print("mistakes, split  0  1  2  3  4 all")
for name, numbers in (("softmax alone", alone), ("three layers", mistakes)):
    print(f"{name:14}", *(f"{k:2}" for k in numbers), f"{sum(numbers):3}")


# %%
# Exercise 2
def moved(X, columns):
    """Return the pictures, moved to the right by a number of columns."""
    pictures = X.reshape(8, 8, -1)
    return np.roll(pictures, columns, axis=1).reshape(X.shape)


X_moved = moved(X_test, 1)
Y_moved = predict(X_moved, learned.W, learned.b, g)
print("moved pictures")
print(f"as trained above   {accuracy(Y_moved, Y_test):.1%} right")

X_three = np.hstack([X, moved(X, 1), moved(X, -1)])
Y_three = np.hstack([Y, Y, Y])
answers = train(n, X_three, Y_three, iterations=20)  # passes are longer now
print(f"trained with both  {accuracy(answers(X_moved), Y_test):.1%} right")
print("pictures in place")
print(f"trained with both  {accuracy(answers(X_test), Y_test):.1%} right")

# %%
# Exercise 3
order = np.random.default_rng(1).permutation(64)
W_mixed = [None, W[1][:, order], *W[2:]]
assert np.allclose(W_mixed[1] @ X[order], W[1] @ X), "the same sums"
for name, start in (("old start", W), ("mixed start", W_mixed)):
    mixed = fit(
        X[order], Y, start, b, g, g_prime,
        alpha=0.3, iterations=40, batch_size=32,
    )  # fmt: skip
    Y_mixed = predict(X_test[order], mixed.W, mixed.b, g)
    print(f"mixed pixels, {name:12} {accuracy(Y_mixed, Y_test):.1%} right")

# %% [markdown]
# ## Where next
#
# - [Deep network: backward](../deep-network/backward.md): the formulas behind `fit`.
# - [Softmax](../softmax.md): ten probabilities, and why $dZ^{[L]}$ is $A^{[L]} - Y$
#   again.
# - [How many hidden units?](planar_data.py): a network whose answers you can see whole.
# - [API reference](../reference/api.md): the functions used here.
