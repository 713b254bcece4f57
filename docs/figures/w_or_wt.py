"""Figures of the page on the ways to store the weights."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnref.site.figures import colours

Point = tuple[float, float]

UNITS, INPUTS, EXAMPLES, CELL = 2, 3, 5, 0.17


def four_ways() -> Figure:
    """What is stored, for units as rows or columns and examples as columns or rows."""
    figure, ax = _canvas(4.4, 4.0)
    for x, title in ((1.47, "a unit is a row"), (3.46, "a unit is a column")):
        ax.text(x, 3.85, title, color=colours.accent, **_text(12))
    for y, title in ((2.95, "an example\nis a column"), (1.0, "an example\nis a row")):
        ax.text(0.26, y, title, color=colours.second, rotation=90, **_text(12))
    data = (INPUTS, EXAMPLES)
    by_rows = (EXAMPLES, INPUTS)
    W, V = (UNITS, INPUTS), (INPUTS, UNITS)
    y = 3.08
    _grid(ax, (1.0, y), W, "row", "$W$", colours.accent)
    _grid(ax, (1.9, y), data, "column", "$A$", colours.second)
    _grid(ax, (3.03, y), V, "column", "$V$", colours.accent)
    _grid(ax, (3.88, y), data, "column", "$A$", colours.second)
    ax.text(1.47, 2.3, "$Z = W A + b$", **_text(13))
    ax.text(3.46, 2.3, "$Z = V^T A + b$", **_text(13))
    y = 1.1
    _grid(ax, (1.0, y), by_rows, "row", "$R$", colours.second)
    _grid(ax, (1.9, y), W, "row", "$W$", colours.accent)
    _grid(ax, (3.03, y), by_rows, "row", "$R$", colours.second)
    _grid(ax, (3.88, y), V, "column", "$V$", colours.accent)
    ax.text(1.47, 0.18, "$Z^T = R W^T + b^T$", **_text(13))
    ax.text(3.46, 0.18, "$Z^T = R V + b^T$", **_text(13))
    for line in ([0.55, 4.36], [2.02, 2.02]), ([2.45, 2.45], [0.05, 3.7]):
        ax.plot(*line, color=colours.grid, linewidth=1)
    return figure


def flat_sum() -> Figure:
    """A column minus a column, and a column minus a flat array."""
    figure, ax = _canvas(4.4, 2.3)
    b = np.array([[5], [6], [7]])
    db = np.array([[1], [2], [3]])
    for y, right, name in ((1.6, db, "keepdims=True"), (0.55, db.ravel(), "without")):
        ax.text(0.06, y, name, color=colours.muted, family="monospace", **_left(10.5))
        _numbers(ax, (1.72, y), b, colours.ink)
        ax.text(2.08, y, "$-$", **_text(14))
        _numbers(ax, (2.6, y), np.atleast_2d(right), colours.second)
        ax.text(3.17, y, "$=$", **_text(14))
        _numbers(ax, (3.72, y), b - right, colours.accent)
    for x, text in ((1.72, "$b$"), (2.6, "$db$"), (3.72, "$b - db$")):
        ax.text(x, 2.15, text, **_text(13))
    return figure


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty drawing whose coordinates are inches."""
    figure = plt.figure(figsize=(width, height), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.axis("off")
    return figure, ax


def _grid(
    ax: Axes,
    centre: Point,
    shape: tuple[int, int],
    first: str,
    name: str,
    colour: str,
) -> None:
    """A matrix as a grid, with its first row or its first column filled."""
    rows, columns = shape
    left, top = centre[0] - columns * CELL / 2, centre[1] + rows * CELL / 2
    soft = {
        colours.accent: colours.accent_soft,
        colours.second: colours.second_soft,
    }[colour]
    for i in range(rows):
        for k in range(columns):
            filled = (i if first == "row" else k) == 0
            cell = Rectangle(
                (left + k * CELL, top - (i + 1) * CELL),
                CELL,
                CELL,
                facecolor=soft if filled else colours.panel,
                edgecolor=colours.muted,
                linewidth=0.5,
            )
            ax.add_patch(cell)
    size = (columns * CELL, rows * CELL)
    frame = Rectangle((left, top - size[1]), *size, fill=False, edgecolor=colour)
    ax.add_patch(frame)
    ax.text(centre[0], top + 0.13, name, color=colour, **_text(13))
    below = (centre[0], top - size[1] - 0.13)
    ax.text(*below, f"({rows}, {columns})", color=colours.muted, **_text(10.5))


def _numbers(ax: Axes, centre: Point, array: np.ndarray, colour: str) -> None:
    """An array as a grid with its numbers."""
    cell = 0.27
    rows, columns = array.shape
    left, top = centre[0] - columns * cell / 2, centre[1] + rows * cell / 2
    for i in range(rows):
        for k in range(columns):
            corner = (left + k * cell, top - (i + 1) * cell)
            box = Rectangle(
                corner, cell, cell, facecolor=colours.panel, edgecolor=colour
            )
            ax.add_patch(box)
            middle = (corner[0] + cell / 2, corner[1] + cell / 2)
            ax.text(*middle, f"{array[i, k]}", color=colour, **_text(11.5))


def _text(size: float) -> dict[str, Any]:
    return {"ha": "center", "va": "center", "fontsize": size}


def _left(size: float) -> dict[str, Any]:
    return {"ha": "left", "va": "center", "fontsize": size}
