"""Figures of the page on the shallow network."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from matplotlib.ticker import NullLocator

from nnref import logistic_regression, shallow_network
from nnref.datasets import planar_flower
from nnref.logistic_regression import accuracy
from nnref.site.figures import colours

# The examples and parameters of the page.
X = np.array([[2.0, 0.0, -1.0, 1.0], [1.0, -1.0, 0.5, 3.0]])
W1 = np.array([[1.0, -1.0], [0.5, 2.0], [-2.0, 1.0]])
B1 = np.array([[0.5], [-1.0], [1.0]])
W2 = np.array([[1.0, -2.0, 1.5]])
B2 = np.array([[0.5]])

DOTS = (0, (1, 1.2))
DASHES = (0, (5, 2))


def network() -> Figure:
    """Two inputs, three hidden units, one output unit."""
    figure, ax = plt.subplots(figsize=(4.4, 2.75))
    ax.set(xlim=(-0.6, 5.95), ylim=(-0.35, 3.75), aspect="equal")
    ax.axis("off")
    inputs = [(0.0, 2.2), (0.0, 0.8)]
    hidden = [(2.25, 2.7), (2.25, 1.5), (2.25, 0.3)]
    output = (4.4, 1.5)
    for j, unit in enumerate(hidden):
        for place in inputs:
            _arrow(ax, place, unit, strong=j == 0)
        _arrow(ax, unit, output)
    _arrow(ax, output, (5.6, 1.5), end=0.18)
    for k, place in enumerate(inputs):
        _circle(ax, place, f"$x_{k + 1}$")
    for j, place in enumerate(hidden):
        _circle(ax, place, f"$a_{j + 1}^{{[1]}}$", strong=j == 0)
    _circle(ax, output, "$a_1^{[2]}$")
    ax.text(5.62, 1.5, r"$\hat y$", fontsize=13, va="center")
    ax.text(0.95, 2.78, "$w_1^{[1]}$", color=colours.accent, fontsize=12, ha="center")
    for x, name in [(0, "layer 0\ninput"), (2.25, "layer 1\nhidden")]:
        ax.text(x, 3.8, name, color=colours.muted, ha="center", va="top")
    ax.text(4.4, 3.8, "layer 2\noutput", color=colours.muted, ha="center", va="top")
    return figure


def row_times_column() -> Figure:
    """Row 2 of W1 and column 3 of X make one entry of Z1."""
    Z1, *_ = shallow_network.forward(X, W1, B1, W2, B2)
    row, column = 1, 2
    figure, ax = plt.subplots(figsize=(4.4, 2.7))
    ax.set(xlim=(-4.05, 4.75), ylim=(-4.15, 2.75), aspect="equal")
    ax.axis("off")
    _grid(ax, X, (0, 2), {(k, column) for k in range(2)})
    _grid(ax, W1, (-2.3, -0.6), {(row, k) for k in range(2)})
    _grid(ax, Z1, (0, -0.6), {(row, column)})
    ax.text(2.5, 2.1, "$x^{(3)}$", color=colours.accent, ha="center", fontsize=11)
    ax.text(
        -2.45,
        -2.1,
        "$w_2^{[1]T}$",
        color=colours.accent,
        fontsize=12,
        ha="right",
        va="center",
    )
    ax.text(
        -0.2,
        -0.02,
        "multiply, add up, add $b_2^{[1]}$",
        color=colours.accent,
        ha="right",
        va="top",
        fontsize=9,
    )
    for name, shape, x, y in [
        ("$W^{[1]}$", W1.shape, -1.3, -3.7),
        ("$Z^{[1]}$", Z1.shape, 2.0, -3.7),
    ]:
        ax.text(x, y, f"{name}  {shape}", ha="center", va="top", fontsize=10.5)
    ax.text(-0.2, 1.0, f"$X$  {X.shape}", ha="right", va="center", fontsize=10.5)
    return figure


def boundaries() -> Figure:
    """Logistic regression beside a network with four hidden units."""
    data = planar_flower()
    line = logistic_regression.fit(*data, alpha=1.0, iterations=500)
    W1, b1, W2, b2 = _trained(4, m=400, iterations=500)
    figure, (left, right) = plt.subplots(1, 2, figsize=(4.8, 2.75))
    grid, side = _plane()
    _, A = logistic_regression.forward(grid, line.w, line.b)
    _regions(left, A, side, data)
    Z1, _, _, A2 = shallow_network.forward(grid, W1, b1, W2, b2)
    _regions(right, A2, side, data)
    for z in Z1:
        right.contour(
            *side,
            z.reshape(side[0].shape),
            [0],
            colors=[colours.muted],
            linestyles=[DASHES],
            linewidths=0.9,
        )
    left.set_title("logistic regression")
    right.set_title("4 hidden units")
    return figure


def boundaries_by_hidden_size() -> Figure:
    """What networks with few and with many hidden units learn from 100 examples."""
    data = planar_flower(m=100)
    grid, side = _plane()
    figure, axes = plt.subplots(2, 2, figsize=(4.6, 4.9))
    for ax, n_1 in zip(axes.ravel(), (1, 3, 5, 50), strict=True):
        *_, A2 = shallow_network.forward(grid, *_trained(n_1))
        _regions(ax, A2, side, data)
        ax.set_title(f"{n_1} hidden unit" + "s" * (n_1 > 1))
    return figure


def accuracy_by_hidden_size() -> Figure:
    """Share of right answers against the number of hidden units."""
    sizes = (1, 2, 3, 5, 8, 20, 50)
    figure, ax = plt.subplots(figsize=(4.4, 2.8))
    for (X, Y), colour, style, marker in [
        (planar_flower(m=100), colours.accent, "-", "o"),
        (planar_flower(m=2000, seed=1), colours.second, DASHES, "^"),
    ]:
        right = [
            accuracy(shallow_network.predict(X, *_trained(n_1)), Y) for n_1 in sizes
        ]
        ax.semilogx(sizes, right, color=colour, linestyle=style, marker=marker)
    ax.text(7.2, 0.985, "training examples", color=colours.accent, ha="right")
    ax.text(50, 0.755, "new examples", color=colours.second, ha="right")
    ax.set(xlabel="hidden units $n^{[1]}$", ylabel="right answers", ylim=(0.6, 1.03))
    ax.set_xticks(sizes, labels=[str(n_1) for n_1 in sizes])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks([0.6, 0.7, 0.8, 0.9, 1], labels=["60%", "70%", "80%", "90%", "100%"])
    return figure


@cache
def _trained(
    n_1: int, m: int = 100, iterations: int = 2000
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Train a network with some hidden units on some petals."""
    start = shallow_network.initialize(n_x=2, n_1=n_1)
    learned = shallow_network.fit(
        *planar_flower(m=m), *start, alpha=1.0, iterations=iterations
    )
    return learned.W1, learned.b1, learned.W2, learned.b2


def _plane() -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Points that cover the plane, as columns and as two tables."""
    x1, x2 = np.meshgrid(np.linspace(-4.6, 4.6, 140), np.linspace(-4.6, 4.6, 140))
    return np.vstack([x1.ravel(), x2.ravel()]), (x1, x2)


def _regions(
    ax: Axes,
    A: np.ndarray,
    side: tuple[np.ndarray, np.ndarray],
    data: tuple[np.ndarray, np.ndarray],
) -> None:
    """Colour both sides of the boundary, and draw the examples."""
    X, Y = data
    A = A.reshape(side[0].shape)
    soft = [colours.second_soft, colours.accent_soft]
    ax.contourf(*side, A, levels=[0, 0.5, 1], colors=soft, alpha=0.6)
    ax.contour(*side, A, levels=[0.5], colors=[colours.ink], linewidths=1.5)
    for label, marker, colour in [(1, "o", colours.accent), (0, "^", colours.second)]:
        kind = Y[0] == label
        x1, x2 = X[:, kind]
        ax.scatter(x1, x2, s=7, marker=marker, color=colour, linewidths=0)
    ax.set(xlim=(-4.6, 4.6), ylim=(-4.6, 4.6), aspect="equal", xticks=[], yticks=[])
    ax.set_xlabel("$x_1$", fontsize=11)
    ax.set_ylabel("$x_2$", fontsize=11)
    ax.label_outer()


def _circle(
    ax: Axes, at: tuple[float, float], text: str, *, strong: bool = False
) -> None:
    edge = colours.accent if strong else colours.ink
    shape = Circle(at, 0.42, facecolor=colours.panel, edgecolor=edge, zorder=3)
    shape.set_linewidth(1.8 if strong else 1.0)
    ax.add_patch(shape)
    ax.text(*at, text, fontsize=12, ha="center", va="center", zorder=4)


def _arrow(
    ax: Axes,
    tail: tuple[float, float],
    head: tuple[float, float],
    end: float = 0.42,
    *,
    strong: bool = False,
) -> None:
    """Draw an arrow between the edges of two circles."""
    a, b = np.array(tail), np.array(head)
    along = (b - a) / np.hypot(*(b - a))
    style = {
        "arrowstyle": "-|>",
        "color": colours.accent if strong else colours.muted,
        "linewidth": 1.6 if strong else 0.9,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    ax.annotate("", b - end * along, a + 0.42 * along, arrowprops=style)


def _grid(
    ax: Axes,
    array: np.ndarray,
    corner: tuple[float, float],
    marked: set[tuple[int, int]],
) -> None:
    """Draw an array as a table with its upper left corner at a place."""
    for (row, column), number in np.ndenumerate(array):
        x, y = corner[0] + column, corner[1] - row - 1
        chosen = (row, column) in marked
        cell = Rectangle(
            (x, y),
            1,
            1,
            facecolor=colours.accent_soft if chosen else colours.panel,
            edgecolor=colours.accent if chosen else colours.muted,
            linewidth=1.6 if chosen else 0.6,
            zorder=3 if chosen else 2,
        )
        ax.add_patch(cell)
        text = f"{number:g}".replace("-", "\N{MINUS SIGN}")
        ax.text(x + 0.5, y + 0.48, text, ha="center", va="center", zorder=4)
