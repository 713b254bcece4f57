"""Figures of the page on the factor 1/m."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from nnref.activations import tanh, tanh_prime
from nnref.datasets import planar_flower
from nnref.deep_network import activations, backward, forward, initialize
from nnref.site.figures import colours

Point = tuple[float, float]

PARAMETERS, VALUES, LOSSES, COST = 0.36, 1.86, 2.78, 4.04
RADIUS = 0.27


def two_ways() -> Figure:
    """Where the factor 1/m is met on the way back from the cost, in both lists."""
    figure = plt.figure(figsize=(4.4, 4.6), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 4.4), ylim=(0, 4.6))
    ax.axis("off")
    for top, from_cost, colour, title in [
        (4.6, True, colours.accent, "list one: from the cost"),
        (2.25, False, colours.third, "list two: from the losses"),
    ]:
        ax.text(0.09, top - 0.18, title, color=colour, **_left(13))
        _lanes(ax, top - 1.32, colour, from_cost)
    return figure


def length_against_m() -> Figure:
    """The length of dW for more and more examples, right and wrong."""
    figure, ax = plt.subplots(figsize=(4.4, 2.9))
    sizes = [12, 25, 50, 100, 200, 400]
    right = np.array([_length(m) for m in sizes])
    m = np.array(sizes)
    for lengths, colour, style, label in [
        (right * m, colours.second, (0, (5, 2)), "no $1/m$"),
        (right, colours.accent, "-", "right"),
        (right / m, colours.fourth, (0, (1, 1)), "$1/m$ twice"),
    ]:
        ax.plot(m, lengths, color=colour, linestyle=style, marker="o", markersize=3.5)
        at = (m[-1] * 1.12, lengths[-1])
        ax.text(*at, label, color=colour, **_left(11))
    ax.set(xscale="log", yscale="log", xlim=(10, 1400))
    ax.set(xlabel="number of examples $m$", ylabel="length of $dW^{[1]}$")
    ax.set_xticks([12, 25, 50, 100, 200, 400], ["12", "25", "50", "100", "200", "400"])
    ax.minorticks_off()
    return figure


def _length(m: int) -> float:
    """The length of dW of layer 1 for the first m examples in a random order."""
    X, Y = planar_flower()
    order = np.random.default_rng(0).permutation(Y.shape[1])[:m]
    X, Y = X[:, order], Y[:, order]
    W, b = initialize([2, 4, 1])
    g, g_prime = activations([(tanh, tanh_prime)])
    Z, A = forward(X, W, b, g)
    dW = backward(Y, W, Z, A, g_prime)[0]
    return float(np.linalg.norm(dW[1]))


def _lanes(ax: Axes, y: float, colour: str, from_cost: bool) -> None:
    """One lane an example, from the cost back to the parameters."""
    rows = (y + 0.64, y, y - 0.64)
    first = colour if from_cost else colours.grid
    for row, name in zip(rows, ("1", "2", "m"), strict=True):
        _arrow(ax, (COST, y), (LOSSES, row), first)
        _arrow(ax, (LOSSES, row), (VALUES, row), colour)
        _arrow(ax, (VALUES, row), (PARAMETERS, y), colour)
        _node(ax, (VALUES, row), f"$z^{{({name})}}$")
        _node(ax, (LOSSES, row), rf"$\mathcal{{L}}^{{({name})}}$")
    for x in (VALUES, LOSSES):
        ax.text(x, y - 0.33, "$\\vdots$", color=colours.muted, **_middle(9))
    _node(ax, (PARAMETERS, y), "$W, b$")
    _node(ax, (COST, y), r"$\mathcal{J}$", colours.ink if from_cost else colours.grid)
    ax.text(PARAMETERS, y - 0.45, "add up", color=colour, **_middle(11.5))
    between = (COST, LOSSES) if from_cost else (VALUES, PARAMETERS)
    _factor(ax, (sum(between) / 2 + 0.02, y))


def _node(ax: Axes, at: Point, text: str, edge: str = colours.ink) -> None:
    shape = Circle(
        at, RADIUS, facecolor=colours.panel, edgecolor=edge, linewidth=1.2, zorder=3
    )
    ax.add_patch(shape)
    ink = colours.muted if edge == colours.grid else colours.ink
    ax.text(*at, text, color=ink, zorder=4, **_middle(12.5))


def _factor(ax: Axes, at: Point) -> None:
    """A gate that all three lanes pass."""
    width, height = 0.38, 1.02
    gate = FancyBboxPatch(
        (at[0] - width / 2, at[1] - height / 2),
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.08",
        facecolor=colours.second_soft,
        edgecolor=colours.second,
        linewidth=1.6,
        zorder=5,
    )
    ax.add_patch(gate)
    ax.text(*at, r"$\times \frac{1}{m}$", color=colours.second, zorder=6, **_middle(14))


def _arrow(ax: Axes, start: Point, end: Point, colour: str) -> None:
    ax.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>,head_width=0.22,head_length=0.4",
            "color": colour,
            "linewidth": 1.5,
            "shrinkA": 20,
            "shrinkB": 20,
        },
    )


def _middle(size: float) -> dict[str, Any]:
    return {"ha": "center", "va": "center", "fontsize": size}


def _left(size: float) -> dict[str, Any]:
    return {"ha": "left", "va": "center", "fontsize": size}
