# %% [markdown]
# <!-- nnref: model=shallow -->
#
# # How many hidden units?
#
# In this notebook you train networks with 1 to 50 hidden units on points that no
# straight line separates. You see what more units give, what they cannot give, and what
# overfitting looks like. You need the page [Shallow network](../shallow-network.md).
#
# Download it, run it, and change what you like. It needs Jupyter, and `nnref` with its
# extra `docs` ([how to install it](../index.md#local)).

# %%
import os

import matplotlib.pyplot as plt
import numpy as np

from nnref import logistic_regression
from nnref.activations import relu, relu_prime
from nnref.datasets import planar_flower
from nnref.initialization import he
from nnref.logistic_regression import accuracy
from nnref.shallow_network import fit, forward, initialize, predict
from nnref.site.figures import colours, use_style

use_style()
# A progress bar without times, so that this page is the same at each build.
os.environ["TQDM_BAR_FORMAT"] = "{l_bar}{bar}| {n_fmt}/{total_fmt}{postfix}"

# %% [markdown]
# ## The data
#
# The points are drawn at random, along the eight petals of a flower. Each has two
# features, its place in the plane, and a label, 0 or 1. You train with 400 points.
# Another 10,000 are drawn in the same way with another seed. The network never learns
# from these **fresh** points. They tell how well it does on points that it has not
# seen.

# %%
X, Y = planar_flower(400, seed=0)
X_fresh, Y_fresh = planar_flower(10_000, seed=1)

assert X.shape == (2, 400), "one point a column"
assert Y.shape == (1, 400), "one label a point"
print("to train", X.shape, Y.shape)
print("fresh   ", X_fresh.shape, Y_fresh.shape)


# %% alt="400 points in the plane form a flower with eight petals around the centre. Triangles and circles mark the two labels. Going round, the label changes from petal to petal, but at the left and at the right two neighbouring petals have the same label. Many points lie in a petal of the other label, most of all near the centre."
def draw_points(axis, X, Y, size):
    """Draw label 1 as blue circles, label 0 as orange triangles."""
    for label, marker, colour in (
        (1, "o", colours.accent),
        (0, "^", colours.second),
    ):
        axis.plot(
            *X[:, Y[0] == label],
            marker,
            color=colour,
            markersize=size,
            markeredgewidth=0,
            label=f"label {label}",
        )


figure, axis = plt.subplots(figsize=(4.4, 3.8))
draw_points(axis, X, Y, size=4)
axis.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
axis.legend(loc=(0.7, 0.87), handletextpad=0.1, borderaxespad=0)
plt.show()

# %% [markdown]
# ## How good can it get?
#
# The points are noisy: many lie in a petal of the other label. Nobody can tell them from
# those that belong there. So no model, however clever, is right about all fresh points.
# What is the best that it can reach?
#
# Here you can find out, since you can draw as many points as you like. Cut the plane into
# little squares, draw a million points, and count both labels in each square. The best
# answer at a place is the label that is more frequent there.

# %%
edges = np.linspace(-6, 6, 121)  # squares with sides of 0.1
X_many, Y_many = planar_flower(1_000_000, seed=2)
of_0, of_1 = (
    np.histogram2d(*X_many[:, Y_many[0] == label], bins=(edges, edges))[0]
    for label in (0, 1)
)


def best(X):
    """Return the more frequent label in the square of each point."""
    row, column = np.digitize(X, edges) - 1
    return np.where(of_1 > of_0, 1.0, 0.0)[row, column].reshape(1, -1)


ceiling = accuracy(best(X_fresh), Y_fresh)
best_train = accuracy(best(X), Y)
print("the best answers")
print(f"fresh points    {ceiling:.1%} right")
print(f"training points {best_train:.1%} right")

# %% [markdown]
# So 100% is out of reach. About 84.5% of the fresh points is all that there is to get.
# Call it the **ceiling**, and measure each model by it. (The second number is a little
# lower by chance, since 400 points are few.) With real data you do not know the ceiling.
#
# ## Logistic regression cannot do it
#
# Try the simplest model first. Its boundary is a straight line.

# %%
line = logistic_regression.fit(X, Y, alpha=0.5, iterations=500)


def right_by_line(X, Y):
    """Return the share of points that logistic regression gets right."""
    Y_pred = logistic_regression.predict(X, line.w, line.b)
    return accuracy(Y_pred, Y)


print(f"training points {right_by_line(X, Y):.1%} right")
print(f"fresh points    {right_by_line(X_fresh, Y_fresh):.1%} right")

longer = logistic_regression.fit(X, Y, alpha=0.5, iterations=5000)
assert np.isclose(longer.costs[-1], line.costs[-1]), "as low as it gets"

# %% [markdown]
# A coin gets 50%. This is hardly better, and more steps do not help: with ten times as
# many, the cost is the same.
#
# ## One hidden layer
#
# Now put a layer of four units with tanh in between, $n^{[1]} = 4$. The functions
# `forward`, `fit` and `predict` are those of
# [`nnref.shallow_network`][nnref.shallow_network].

# %%
n_x, n_1 = 2, 4
W1, b1, W2, b2 = initialize(n_x, n_1, seed=0)
assert W1.shape == (n_1, n_x), "a row for each hidden unit"
assert W2.shape == (1, n_1), "one output unit"

four = fit(X, Y, W1, b1, W2, b2, alpha=0.5, iterations=4000, progress=True)

# %%
Z1, A1, Z2, A2 = forward(X, four.W1, four.b1, four.W2, four.b2)
assert Z1.shape == A1.shape == (n_1, 400), "hidden units by points"
assert Z2.shape == A2.shape == (1, 400), "one prediction a point"


def right(learned, X, Y):
    """Return the share of points that a shallow network gets right."""
    Y_pred = predict(X, learned.W1, learned.b1, learned.W2, learned.b2)
    return accuracy(Y_pred, Y)


print(f"cost {four.costs[0]:.2f} before, {four.costs[-1]:.2f} after")
print(f"training points {right(four, X, Y):.1%} right")
print(f"fresh points    {right(four, X_fresh, Y_fresh):.1%} right")

# %% [markdown]
# With four hidden units it is near the ceiling already.
#
# ## From 1 to 50 hidden units
#
# Train a network of each size, each from seed 0 and with 4000 steps.


# %%
def train(X, Y, n_1, iterations=4000, seed=0):
    """Train a network with `n_1` hidden units from random weights."""
    start = initialize(2, n_1, seed=seed)
    return fit(X, Y, *start, alpha=0.5, iterations=iterations)


networks = {n_1: train(X, Y, n_1) for n_1 in (1, 2, 3, 4, 5, 20, 50)}


def show(name, cost, on_training, on_fresh):
    """Print a row of the table."""
    print(f"{name:12} {cost:>6} {on_training:9.1%} {on_fresh:7.1%}")


print("hidden units   cost  training   fresh")
known, fresh = right_by_line(X, Y), right_by_line(X_fresh, Y_fresh)
show("none", f"{line.costs[-1]:.3f}", known, fresh)
for n_1, network in networks.items():
    known, fresh = right(network, X, Y), right(network, X_fresh, Y_fresh)
    show(str(n_1), f"{network.costs[-1]:.3f}", known, fresh)
show("best answers", "", best_train, ceiling)

# %% [markdown]
# `cost` is that of the training points. The columns `training` and `fresh` are the
# shares of right answers. Now look at what each network has learned. The plane is blue
# where it answers 1, orange where it answers 0. (Every second training point is drawn.)


# %% alt="Eight small maps of the plane with the training points, each with the answers of one model as coloured regions. Without hidden units, a straight line cuts the plane in two. With one or two hidden units it is a straight line again, but one that falls from the upper left to the lower right. With three units and more, six sectors meet near the centre, and the answers take turns: those on the left and on the right are twice as wide as the others. From 3 to 50 units the maps hardly differ, but with 20 and 50 the borders are bent in places where there are few points."
def draw_regions(axis, answers, reach=4.8):
    """Colour the plane by the answers of a function of X."""
    x = np.linspace(-reach, reach, 120)
    x_1, x_2 = np.meshgrid(x, x)
    plane = np.array([x_1.ravel(), x_2.ravel()])
    A = answers(plane).reshape(x_1.shape)
    axis.set_facecolor(colours.second_soft)
    axis.contourf(x_1, x_2, A, levels=[0.5, 1], colors=colours.accent_soft)
    axis.set(xticks=[], yticks=[], aspect="equal")
    axis.spines[:].set_visible(False)
    axis.set(xlim=(-reach, reach), ylim=(-reach, reach))


def prediction(network):
    """Return the function that gives A2 for points."""
    parameters = network.W1, network.b1, network.W2, network.b2
    return lambda X: forward(X, *parameters)[3]


def prediction_by_line(X):
    """Return A of logistic regression for points."""
    return logistic_regression.forward(X, line.w, line.b)[1]


figure, axes = plt.subplots(4, 2, figsize=(4.4, 8.8))
draw_regions(axes[0, 0], prediction_by_line)
axes[0, 0].set_title("no hidden unit")
for axis, n_1 in zip(axes.flat[1:], networks, strict=True):
    draw_regions(axis, prediction(networks[n_1]))
    axis.set_title(f"{n_1} hidden unit{'s' if n_1 > 1 else ''}")
for axis in axes.flat:
    draw_points(axis, X[:, ::2], Y[:, ::2], size=2)
plt.show()

# %% [markdown]
# What do you see?
#
# - **One unit** still makes one straight border, but in a better place than logistic
#   regression. There a point far on the wrong side is expensive, so it pulls at the
#   line. Here tanh levels off, and such a point pulls no more than others.
# - **Two units** draw almost the same border. Their cost is lower, since they are sure
#   only at the left and at the right, and near one half above and below.
# - **Three units** make the leap, from 69% to within a percent of the ceiling.
# - **More units** do not help with the fresh points. They only lower the cost of the
#   training points. From 3 units on, the networks get more of *these* right than even the
#   best answers do. That is not skill: it is some of the noise of these 400 points,
#   learned by heart.
#
# ## Why three?
#
# Hidden unit $j$ has the weights in row $j$ of $W^{[1]}$, and computes
#
# $$
# z_j^{[1]} = w_j^{[1]T} x + b_j^{[1]}
# $$
#
# The points $x$ where this is 0 form a straight line. On one side of it tanh is positive,
# soon near 1, on the other side negative, soon near $-1$. Draw the lines of the network
# with three units over its answers:

# %% alt="The answers of the network with three hidden units as six sectors around the centre, with three straight lines over them. One line is almost upright. The other two rise and fall at about 45 degrees. All pass close to the centre, and the borders between the sectors run along them."
three = networks[3]
figure, axis = plt.subplots(figsize=(3.6, 3.6))
draw_regions(axis, prediction(three))
angles = []
for w, b in zip(three.W1, three.b1[:, 0], strict=True):
    nearest = -b * w / np.sum(w**2)  # the point of the line nearest to 0
    assert np.isclose(w @ nearest + b, 0), "on the line"
    # The line is at right angles to w.
    along = np.array([-w[1], w[0]]) / np.sqrt(np.sum(w**2))
    ends = nearest.reshape(2, 1) + 9 * np.outer(along, [-1, 1])
    axis.plot(*ends, color=colours.ink, linewidth=1.5)
    angles.append(np.degrees(np.arctan2(along[1], along[0])) % 180)
plt.show()
print("angles of the lines:", *(f"{angle:.0f}" for angle in sorted(angles)))
print("weights in W2:", *(f"{weight:.1f}" for weight in three.W2[0]))

# %% [markdown]
# Eight petals would need four lines through the centre, if the labels took turns all
# around. But on the left and on the right two neighbours have the same label. That
# leaves six borders, at 45, 90 and 135 degrees and opposite of these: **three lines**.
# The network found them, roughly, from the points alone.
#
# How does one output unit make six sectors of them? Its three weights are much alike, so
# the majority decides: are two of the three tanh positive, or two negative? Go round the
# centre. At each line one tanh changes its sign, and here the majority turns each time.

# %%
_, A1, _, A2 = forward(X_fresh, three.W1, three.b1, three.W2, three.b2)
assert A1.shape == (3, 10_000), "three tanh a point"
majority = np.sum(A1 > 0, axis=0, keepdims=True) >= 2
same = np.mean(majority == (A2 > 0.5))
print(f"majority and network agree on {same:.0%} of the fresh points")

# %% [markdown]
# ## Is it always three?
#
# Those weights came from seed 0. Start from other random weights, and compare with six
# units. The numbers are the shares of right answers for the fresh points.

# %%
print("units        3       3       6")
print("steps     1000    4000    1000")
for seed in range(6):
    print(f"seed {seed}", end="")
    for n_1, iterations in ((3, 1000), (3, 4000), (6, 1000)):
        network = train(X, Y, n_1, iterations, seed)
        fresh = right(network, X_fresh, Y_fresh)
        print(f"{fresh:8.1%}", end="")
    print()

# %% [markdown]
# Three units *can* do it. But some starts take longer than others, and from seed 2 they
# have not found it after 4000 steps. With six units, it is more likely that three of them
# lie well from the start. So in practice you take more units than it needs at least.
# (More on the start under [Training](../training.md#initialisation).)
#
# ## Overfitting
#
# With 400 points and 50 units, the fresh points suffer little. Now train with only 80
# points. 50 units have 201 parameters, more than there are points. Stop now and then to
# ask the fresh points.

# %%
X_few, Y_few = planar_flower(80, seed=0)
counts = [50, 100, 200, 500, 1000, 2000, 4000, 8000]


def follow(n_1):
    """Return the networks after each number of steps in `counts`."""
    parameters = initialize(2, n_1, seed=0)
    stages, done = [], 0
    for count in counts:
        more = count - done
        network = fit(X_few, Y_few, *parameters, alpha=0.5, iterations=more)
        parameters = network.W1, network.b1, network.W2, network.b2
        stages.append(network)
        done = count
    return stages


stages = {n_1: follow(n_1) for n_1 in (3, 50)}
print("          3 units       50 units")
print("steps  train  fresh   train  fresh")
for k, count in enumerate(counts):
    print(f"{count:5}", end="")
    for n_1 in (3, 50):
        network = stages[n_1][k]
        known = right(network, X_few, Y_few)
        fresh = right(network, X_fresh, Y_fresh)
        print(f"{known:7.1%} {fresh:6.1%}", end=" ")
    print()
print(f"best answers: {accuracy(best(X_few), Y_few):.1%} of the 80")
assert sum(p.size for p in initialize(2, 50)) == 201, "parameters"

# %% [markdown]
# Look at the 50 units. On the training points they get better and better, up to all of
# them. On the fresh points they get **worse** after the first steps, from 83% down to
# 78%. That is **overfitting**: the network learns the noise of its 80 points, which the
# fresh points do not share. The training points do not warn you. Only points that were
# kept aside show it.
#
# With 3 units there is less of it. They too get more than the best answers do, but they
# cannot bend around single points, and on the fresh points they stay at 82%. Here are
# both at the end, the whole plane and below it the centre. Find the island that 50 units
# made for a single point.


# %% alt="Four maps with the 80 training points, after 8000 steps. On top the whole plane, for 3 and for 50 hidden units: much alike, with borders that bend more for 50. Below the centre. With 3 units the borders are wide arcs, and a single circle lies in the region of the triangles. With 50 units a tiny island of the other colour surrounds this one circle, and another border bulges up to a single circle at the lower edge."
figure, axes = plt.subplots(2, 2, figsize=(4.4, 4.6))
for column, n_1 in enumerate((3, 50)):
    for axis, reach in zip(axes[:, column], (4.8, 1.2), strict=True):
        draw_regions(axis, prediction(stages[n_1][-1]), reach)
        draw_points(axis, X_few, Y_few, size=3)
    axes[0, column].set_title(f"{n_1} hidden units")
axes[0, 0].set_ylabel("whole plane")
axes[1, 0].set_ylabel("centre")
plt.show()

# %% [markdown]
# What helps? Fewer units, fewer steps (the table shows both), or more data. Most of all
# more data: 50 units are not too many for 2000 points.

# %%
X_more, Y_more = planar_flower(2000, seed=0)
network = train(X_more, Y_more, 50, iterations=2000)
print(f"training points {right(network, X_more, Y_more):.1%} right")
print(f"fresh points    {right(network, X_fresh, Y_fresh):.1%} right")
print(f"ceiling         {ceiling:.1%}")

# %% [markdown]
# Now both shares are at the ceiling. (By luck they are even a little above it: a share of
# 10,000 points can be off by half a percent.)
#
# ## Exercises
#
# ### Exercise 1: one good feature
#
# The borders are three lines: the $x_2$ axis and the two diagonals. Make one feature out
# of $x_1$ and $x_2$ that changes its sign exactly at these lines. How well does logistic
# regression do with this feature alone?
#
# ### Exercise 2: ReLU
#
# Use ReLU in place of tanh, with [He's rule](../training.md#he-xavier), $\alpha = 0.2$
# and 2000 steps. (`initialize` takes `method=he`. After the parameters, `fit` takes
# `relu, relu_prime`, and `predict` takes `relu`.) How many units does it take to come
# near to the ceiling?
#
# ### Exercise 3: what a fresh point is
#
# A friend trains 50 units on the 80 points, stops where the column `fresh` is best, and
# reports that best number as the quality of the network. What is wrong with it? How would
# you do it?
#
# ### Solutions
#
# <details markdown="1">
# <summary>Exercise 1</summary>
#
# Multiply three factors that are 0 on one line each:
#
# $$
# x_1 (x_1 - x_2) (x_1 + x_2) = x_1^3 - x_1 x_2^2
# $$
#
# With it, logistic regression reaches the ceiling. Once you have found the feature,
# nothing is left for hidden units to find. That is their work: they find features by
# themselves. The cell below divides the feature by its standard deviation.
#
# </details>
#
# <details markdown="1">
# <summary>Exercise 2</summary>
#
# More than with tanh. A tanh has a line at which it changes from one side to the other.
# A ReLU only bends at its line, and it takes two of them to make one step. In the cell
# below, 20 units come near to the ceiling, and 3 do not.
#
# </details>
#
# <details markdown="1">
# <summary>Exercise 3</summary>
#
# The number of steps was chosen by these points, so they are no longer fresh. The best
# of many numbers is partly luck, and the luck does not come again. Draw a third set of
# points (with real data: set one aside). Choose by the second set, and ask the third
# once, at the end. With 10,000 fresh points the luck is small; with 100 it would not
# be.
#
# </details>

# %%
# Exercise 1
feature = X[[0]] ** 3 - X[[0]] * X[[1]] ** 2
feature_fresh = X_fresh[[0]] ** 3 - X_fresh[[0]] * X_fresh[[1]] ** 2
assert feature.shape == (1, 400), "one feature"
std = np.std(feature)
one = logistic_regression.fit(feature / std, Y, alpha=0.5, iterations=500)
Y_pred = logistic_regression.predict(feature_fresh / std, one.w, one.b)
print(f"fresh points {accuracy(Y_pred, Y_fresh):.1%} right")

# %%
# Exercise 2
print("units  training   fresh")
for n_1 in (3, 8, 20):
    start = initialize(2, n_1, method=he, seed=0)
    bent = fit(X, Y, *start, relu, relu_prime, alpha=0.2, iterations=2000)
    parameters = bent.W1, bent.b1, bent.W2, bent.b2
    known = accuracy(predict(X, *parameters, relu), Y)
    fresh = accuracy(predict(X_fresh, *parameters, relu), Y_fresh)
    print(f"{n_1:5} {known:9.1%} {fresh:7.1%}")

# %% [markdown]
# ## Where next
#
# - [Handwritten digits](digits.py): a network with more layers, on real data.
# - [Shallow network](../shallow-network.md#hidden-size): the formulas of this network.
# - [Training](../training.md): how to start, and which learning rate to take.
