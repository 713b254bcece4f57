"""Figures of the page that derives the backward pass of two layers."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from nnref.shallow_network import backward, forward, initialize
from nnref.site.figures import colours

Point = tuple[float, float]
RADIUS = 0.24


def paths() -> Figure:
    """From a weight of the hidden layer to the loss, on two paths."""
    figure, ax = _canvas(4.4, 2.5)
    x, z, a = (0.28, 1.25), (1.2, 1.25), (2.2, 1.25)
    loss = (4.12, 1.25)
    _arrow(ax, x, z)
    _arrow(ax, z, a)
    _text(ax, (0.72, 1.5), "$w_{jk}^{[1]}$", colours.accent)
    _text(ax, (0.74, 1.0), "$x_k$", colours.second)
    _text(ax, (1.7, 0.86), r"$g^{\prime[1]}(z_j^{[1]})$", colours.second)
    for k, side in ((1, 1), (2, -1)):
        output = (3.2, 1.25 + side * 0.78)
        _arrow(ax, a, output)
        _arrow(ax, output, loss)
        at = (2.55, 1.25 + side * 0.68)
        _text(ax, at, f"$w_{{{k}j}}^{{[2]}}$", colours.second)
        at = (3.9, 1.25 + side * 0.7)
        _text(ax, at, f"$dz_{k}^{{[2]}}$", colours.second)
        _circle(ax, output, f"$z_{k}^{{[2]}}$")
    _circle(ax, x, "$x_k$")
    _circle(ax, z, "$z_j^{[1]}$")
    _circle(ax, a, "$a_j^{[1]}$")
    _circle(ax, loss, r"$\mathcal{L}$")
    return figure


def column_and_row() -> Figure:
    """The weights that leave a hidden unit: a column of W, a row of its transpose."""
    figure, ax = _canvas(4.4, 3.75)
    hidden = [(1.1, y) for y in (3.45, 2.8, 2.15)]
    output = [(3.3, y) for y in (3.25, 2.35)]
    for j, start in enumerate(hidden, start=1):
        for end in output:
            strong = j == 2
            colour = colours.accent if strong else colours.muted
            ax.plot(
                *zip(start, end, strict=True), color=colour, lw=2.2 if strong else 0.9
            )
    for j, at in enumerate(hidden, start=1):
        _circle(ax, at, f"$a_{j}$", strong=j == 2)
    for k, at in enumerate(output, start=1):
        _circle(ax, at, f"$z_{k}$")
    for at, text in (((2.5, 3.09), "$w_{12}$"), ((2.5, 2.51), "$w_{22}$")):
        gap = Rectangle((2.28, at[1] - 0.13), 0.44, 0.26, facecolor=colours.paper)
        gap.set(linewidth=0, zorder=2)
        ax.add_patch(gap)
        _text(ax, at, text, colours.accent)

    W = np.array([[f"$w_{{{k}{j}}}$" for j in (1, 2, 3)] for k in (1, 2)])
    cell, middle = 0.4, 0.95
    dz, da = (
        np.array([["$dz_1$", "$dz_2$"]]).T,
        np.array([[f"$da_{j}$" for j in (1, 2, 3)]]).T,
    )
    for texts, marked, name, left in (
        (W, {(0, 1), (1, 1)}, "$W$", 0.12),
        (W.T, {(1, 0), (1, 1)}, "$W^T$", 1.92),
        (dz, {(0, 0), (1, 0)}, "$dz$", 2.86),
        (da, {(1, 0)}, "$da$", 3.78),
    ):
        rows, columns = texts.shape
        _grid(ax, (left, middle + rows * cell / 2), cell, texts, marked)
        _text(ax, (left + columns * cell / 2, 0.15), name, colours.ink)
    _text(ax, (3.52, middle), "$=$", colours.ink)
    return figure


def sum_of_outer_products() -> Figure:
    """A matrix product as a sum of columns times rows, one for each example."""
    rng = np.random.default_rng(1)
    m = 4
    X, Y = rng.normal(size=(3, m)), np.array([[1.0, 0, 0, 1], [0, 1, 0, 1]])
    W1, b1, W2, b2 = initialize(3, 3, 2, seed=3)
    Z1, A1, _, A2 = forward(X, W1, b1, W2, b2)
    dZ2 = A2 - Y
    shares = [dZ2[:, [i]] @ A1[:, [i]].T for i in range(m)]
    total = m * backward(X, Y, W2, Z1, A1, A2)[2]
    assert np.allclose(sum(shares), total)

    figure, ax = _canvas(4.4, 3.05)
    cell, middle = 0.34, 1.97
    for array, name, left, frame in (
        (dZ2, "$dZ^{[2]}$", 0.1, (0, 1, 2, 1)),
        (A1.T, "$A^{[1]T}$", 1.6, (1, 0, 1, 3)),
        (total, "$dZ^{[2]} A^{[1]T}$", 3.1, None),
    ):
        rows, columns = array.shape
        corner = (left, middle + rows * cell / 2)
        _signs(ax, corner, cell, array, frame)
        _text(ax, (left + columns * cell / 2, 2.88), name, colours.ink)
    _text(ax, (2.86, middle), "$=$", colours.ink)
    cell, middle = 0.28, 0.64
    for i, share in enumerate(shares):
        left = 0.1 + i * 1.12
        frame = (0, 0, 2, 3) if i == 1 else None
        _signs(ax, (left, middle + cell), cell, share, frame)
        _text(ax, (left + 1.5 * cell, 0.16), f"$i = {i + 1}$", colours.ink, 12)
        if i:
            _text(ax, (left - 0.14, middle), "$+$", colours.ink)
    return figure


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty drawing whose coordinates are inches."""
    figure = plt.figure(figsize=(width, height), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.axis("off")
    return figure, ax


def _text(ax: Axes, at: Point, text: str, colour: str, size: float = 14) -> None:
    ax.text(*at, text, color=colour, ha="center", va="center", fontsize=size)


def _circle(ax: Axes, at: Point, text: str, *, strong: bool = True) -> None:
    edge = colours.accent if strong else colours.muted
    shape = Circle(at, RADIUS, facecolor=colours.panel, edgecolor=edge, zorder=3)
    ax.add_patch(shape)
    ax.text(*at, text, ha="center", va="center", fontsize=13, zorder=4)


def _arrow(ax: Axes, tail: Point, head: Point) -> None:
    """Draw an arrow between the edges of two circles."""
    start, end = np.array(tail), np.array(head)
    along = (end - start) / np.hypot(*(end - start)) * RADIUS
    style: dict[str, Any] = {
        "arrowstyle": "-|>",
        "color": colours.accent,
        "linewidth": 1.6,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    ax.annotate("", end - along, start + along, arrowprops=style)


def _grid(
    ax: Axes, corner: Point, cell: float, texts: np.ndarray, marked: set[Point]
) -> None:
    """Draw a matrix of texts, its upper left corner at a place."""
    for (row, column), text in np.ndenumerate(texts):
        chosen = (row, column) in marked
        at = (corner[0] + column * cell, corner[1] - (row + 1) * cell)
        face = colours.accent_soft if chosen else colours.panel
        edge = colours.accent if chosen else colours.muted
        box = Rectangle(at, cell, cell, facecolor=face, edgecolor=edge)
        box.set(linewidth=1.4 if chosen else 0.6, zorder=3 if chosen else 2)
        ax.add_patch(box)
        middle = (at[0] + cell / 2, at[1] + cell / 2)
        ax.text(*middle, text, ha="center", va="center", fontsize=11.5, zorder=4)


def _signs(
    ax: Axes,
    corner: Point,
    cell: float,
    array: np.ndarray,
    frame: tuple[int, int, int, int] | None,
) -> None:
    """Draw a matrix by its signs, the larger the darker, and frame a part of it."""
    for (row, column), number in np.ndenumerate(array):
        at = (corner[0] + column * cell, corner[1] - (row + 1) * cell)
        face = colours.accent if number > 0 else colours.second
        strength = min(1.0, abs(number)) * 0.5
        ax.add_patch(Rectangle(at, cell, cell, facecolor=face, alpha=strength))
        edge = Rectangle(at, cell, cell, fill=False, edgecolor=colours.muted)
        edge.set_linewidth(0.6)
        ax.add_patch(edge)
        sign = "$+$" if number > 0 else "$-$"
        _text(ax, (at[0] + cell / 2, at[1] + cell / 2), sign, colours.ink, 11)
    if frame is not None:
        row, column, rows, columns = frame
        at = (corner[0] + column * cell, corner[1] - (row + rows) * cell)
        box = Rectangle(at, columns * cell, rows * cell, fill=False, zorder=5)
        box.set(edgecolor=colours.ink, linewidth=2.2)
        ax.add_patch(box)
