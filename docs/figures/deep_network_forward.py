"""Figures of the page on the forward pass of a deep network."""

# ruff: noqa: E741 (l is the layer, as in the formulas)

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from nnref.activations import relu, relu_prime, tanh, tanh_prime
from nnref.deep_network import activations, forward, initialize
from nnref.site.figures import colours

SIZES = [2, 5, 4, 3, 1]  # the network of the page
EXAMPLES = 7


def network() -> Figure:
    """The units of the network, layer by layer."""
    figure, ax = plt.subplots(figsize=(4.4, 3.15))
    ax.set(xlim=(-0.55, 5.0), ylim=(-2.2, 1.75), aspect="equal")
    ax.axis("off")
    radius, step = 0.19, 0.52
    places = [
        [(1.1 * l, step * ((size - 1) / 2 - j)) for j in range(size)]
        for l, size in enumerate(SIZES)
    ]
    for before, after in pairwise(places):
        for start in before:
            for end in after:
                ax.plot(*zip(start, end, strict=True), color=colours.grid, linewidth=1)
    for l, units in enumerate(places):
        edge = colours.muted if l == 0 else colours.accent
        for place in units:
            face = colours.panel if l == 0 else colours.accent_soft
            ax.add_patch(
                Circle(place, radius, facecolor=face, edgecolor=edge, zorder=3)
            )
        ax.text(1.1 * l, -1.5, f"{l}", color=edge, fontsize=13, ha="center", va="top")
        size = f"$n^{{[{l}]}} = {SIZES[l]}$"
        ax.text(1.1 * l, -1.86, size, fontsize=11.5, ha="center", va="top")
    ax.text(-0.28, -1.22, "layer", color=colours.muted, va="top")
    names = [(0, 1.45, "input"), (2.2, 1.45, "hidden layers"), (4.4, 1.45, "output")]
    for x, y, name in names:
        ax.text(x, y, name, color=colours.muted, ha="center", va="bottom")
    ax.plot([0.9, 3.5], [1.4, 1.4], color=colours.muted, linewidth=1)
    return figure


def values() -> Figure:
    """The activations of all layers for all examples, as grids."""
    W, b = initialize(SIZES, seed=3)
    g, _ = activations([(tanh, tanh_prime)] * 3)
    X = np.random.default_rng(0).uniform(-1, 1, size=(SIZES[0], EXAMPLES))
    _, A = forward(X, W, b, g)
    figure, ax = plt.subplots(figsize=(4.4, 1.1))
    gap = 3.6
    for l, array in enumerate(A):
        left, top = l * (EXAMPLES + gap), len(array) / 2
        for (j, i), a in np.ndenumerate(array):
            corner = (left + i, top - j - 1)
            colour = colours.accent if a > 0 else colours.second
            ax.add_patch(
                Rectangle(corner, 1, 1, facecolor=colour, alpha=abs(a), linewidth=0)
            )
            ax.add_patch(
                Rectangle(corner, 1, 1, fill=False, edgecolor=colours.grid, lw=0.6)
            )
        ax.add_patch(  # example 3
            Rectangle(
                (left + 2, -top),
                1,
                len(array),
                fill=False,
                edgecolor=colours.ink,
                linewidth=1.4,
                zorder=3,
            )
        )
        middle = left + EXAMPLES / 2
        ax.text(middle, 3.1, f"$A^{{[{l}]}}$", fontsize=12, ha="center", va="bottom")
        ax.text(middle, -3.1, f"({len(array)}, {EXAMPLES})", ha="center", va="top")
        if l > 0:
            ax.annotate(
                "",
                (left - 0.3, 0),
                (left - gap + 0.3, 0),
                arrowprops={"arrowstyle": "-|>", "color": colours.muted},
            )
            ax.text(left - gap / 2, 0.6, f"{l}", color=colours.muted, ha="center")
    ax.set(xlim=(-0.5, left + EXAMPLES + 0.5), ylim=(-5.2, 5.6), aspect="equal")
    ax.axis("off")
    return figure


def product() -> Figure:
    """The arrays of one layer, drawn to scale."""
    figure, ax = plt.subplots(figsize=(4.4, 1.4))
    before, units = SIZES[1], SIZES[2]
    x = 0.0
    parts = [
        ("$Z^{[2]}$", units, EXAMPLES, colours.accent, "="),
        ("$W^{[2]}$", units, before, colours.third, ""),
        ("$A^{[1]}$", before, EXAMPLES, colours.second, "+"),
        ("$b^{[2]}$", units, 1, colours.third, ""),
    ]
    for name, rows, columns, colour, sign in parts:
        bottom = -rows / 2
        for j, i in np.ndindex(rows, columns):
            ax.add_patch(
                Rectangle(
                    (x + i, bottom + j),
                    1,
                    1,
                    facecolor=colours.panel,
                    edgecolor=colours.grid,
                    linewidth=0.8,
                )
            )
        ax.add_patch(
            Rectangle(
                (x, bottom), columns, rows, fill=False, edgecolor=colour, linewidth=1.6
            )
        )
        middle = x + columns / 2
        ax.text(middle, 2.85, name, color=colour, fontsize=12, ha="center")
        shape = f"({rows}, {columns})"
        ax.text(middle, -2.9, shape, ha="center", va="top")
        x += columns + 1.1
        if sign:
            ax.text(x + 0.15, 0, sign, fontsize=14, ha="center", va="center")
            x += 1.4
    ax.set(xlim=(-0.4, x - 0.3), ylim=(-4.0, 4.0), aspect="equal")
    ax.axis("off")
    return figure


def memory() -> Figure:
    """How many numbers forward keeps, against the number of examples."""
    W, b = initialize([784, 256, 128, 10])
    learned = sum(W[l].size + b[l].size for l in range(1, len(W)))
    g, _ = activations([(tanh, tanh_prime)] * 2)
    m = np.array([1, 10, 100, 1000, 10_000])
    Z, _ = forward(np.zeros((784, 1)), W, b, g)
    kept = 2 * m * sum(Z[l].size for l in range(1, len(Z)))
    figure, ax = plt.subplots(figsize=(4.4, 2.8))
    ax.axhline(learned, color=colours.second, linestyle=(0, (5, 2)))
    ax.loglog(m, kept, color=colours.accent, marker="o")
    ax.text(1.1, 1.35 * learned, "parameters", color=colours.second, fontsize=11)
    ax.text(60, 1.0e4, "all $Z^{[l]}$ and $A^{[l]}$", color=colours.accent, fontsize=11)
    ax.set(xlabel="examples $m$", ylabel="numbers", ylim=(3e2, 2e7))
    ax.minorticks_off()
    return figure


def zigzag() -> Figure:
    """The output of networks with one, two and three hidden layers of two units."""
    x = np.linspace(0, 1, 129).reshape(1, -1)
    figure, axes = plt.subplots(3, 1, figsize=(4.4, 3.5), sharex=True)
    for hidden, ax in enumerate(axes, start=1):
        z = _tents(x, hidden)
        ax.plot(x[0], z[0], color=colours.accent)
        layers = "hidden layer" if hidden == 1 else "hidden layers"
        ax.set_title(f"{hidden} {layers}: {2**hidden} pieces", loc="left", fontsize=9.5)
        ax.set(xlim=(0, 1), ylim=(-0.05, 1.1))
        ax.set_yticks([0, 1])
    axes[1].set_ylabel("output $z^{[L]}$")
    axes[2].set_xlabel("$x$")
    return figure


def _tents(x: np.ndarray, hidden: int) -> np.ndarray:
    """The output of a network whose hidden layers each fold the interval once."""
    tent = np.array([[2.0, -4.0]])
    copies = np.ones((2, 1))
    fold = np.array([[0.0], [-0.5]])
    W = [None, copies, *[copies @ tent] * (hidden - 1), tent]
    b = [None, *[fold] * hidden, np.zeros((1, 1))]
    g, _ = activations([(relu, relu_prime)] * hidden)
    Z, _ = forward(x, W, b, g)
    output: np.ndarray = Z[-1]
    return output
