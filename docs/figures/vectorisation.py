"""Figures of the page on vectorisation."""

import time
from collections.abc import Callable, Collection

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnref.logistic_regression import forward
from nnref.site.figures import colours

Array = np.ndarray
Place = tuple[int, int]  # row and column

# The examples, weights and bias of the page.
X = np.array([[2.0, 0.0, 1.0, -1.0], [1.0, 2.0, -1.0, 0.0], [4.0, 1.0, 0.0, -2.0]])
W = np.array([[1.0], [-1.0], [0.5]])
B = -1.0

# For broadcasting.
COLUMN = np.array([[10.0], [20.0], [30.0]])
ROW = np.array([[1.0, 2.0, 3.0, 4.0]])
TABLE = np.arange(1.0, 13.0).reshape(3, 4)


def columns() -> Figure:
    """One column of X makes one entry of Z."""
    Z, _ = forward(X, W, B)
    figure, ax = _canvas((4.4, 2.4), (-4.1, 5.3), (-1.75, 3.75))
    chosen = {(row, 1) for row in range(3)}
    every = {(0, column) for column in range(3)}
    _grid(ax, W.T, (-4.0, 2.0), marked=every)
    ax.text(-2.5, 2.15, "$w^T$", fontsize=13, ha="center", va="bottom")
    ax.text(-2.5, 0.85, "(1, 3)", ha="center", va="top")
    _grid(ax, X, (0.0, 3.0), marked=chosen)
    ax.text(4.2, 1.65, "$X$", fontsize=13, va="bottom")
    ax.text(4.2, 1.5, "(3, 4)", va="top", ha="left")
    _grid(ax, Z, (0.0, -0.7), marked={(0, 1)})
    ax.text(4.2, -0.6, "$Z$", fontsize=13, va="top")
    ax.text(4.2, -1.15, "(1, 4)", va="top", ha="left")
    ax.text(1.5, 3.1, "$x^{(2)}$", color=colours.accent, ha="center", fontsize=11)
    ax.annotate(
        "",
        (1.5, -0.68),
        (1.5, -0.02),
        arrowprops={"arrowstyle": "-|>", "color": colours.accent},
    )
    ax.text(-0.3, -0.35, "multiply, add up, $+\\, b$", color=colours.accent, ha="right")
    return figure


def broadcasting() -> Figure:
    """A column and a row, and a table and a column, stretched and added."""
    figure, ax = _canvas((4.4, 2.85), (-0.2, 11.6), (0.75, 8.1))
    for top, left, right in ((8.0, COLUMN, ROW), (4.1, TABLE, COLUMN)):
        parts = [(0.0, left, "+"), (4.1, right, "=")]
        total = left + right
        for x, array, sign in parts:
            rows, width = array.shape
            real = {(r, c) for r in range(rows) for c in range(width)}
            stretched = np.broadcast_to(array, total.shape)
            _grid(ax, stretched, (x, top), size=0.82, marked=real, ghosts=True)
            _shape(ax, x, top, array)
            ax.text(x + 3.69, top - 1.23, sign, fontsize=13, ha="center", va="center")
        _grid(ax, total, (8.2, top), size=0.82, marked=set())
        _shape(ax, 8.2, top, total)
    return figure


def axes() -> Figure:
    """A sum along each of the two axes, with the axis kept."""
    figure, ax = _canvas((4.4, 3.2), (-0.1, 8.1), (-2.75, 3.8))
    _grid(ax, TABLE, (0.0, 3.0))
    down = np.sum(TABLE, axis=0, keepdims=True)
    along = np.sum(TABLE, axis=1, keepdims=True)
    _grid(ax, down, (0.0, -0.9), marked={(0, c) for c in range(4)}, second=True)
    _grid(ax, along, (5.1, 3.0), marked={(r, 0) for r in range(3)})
    for column in range(4):
        _arrow(ax, (column + 0.5, -0.02), (column + 0.5, -0.88), colours.second)
    for row in range(3):
        _arrow(ax, (4.02, row + 0.5), (5.08, row + 0.5), colours.accent)
    ax.text(
        2.0,
        -2.05,
        "axis=0: down, (1, 4)",
        color=colours.second,
        ha="center",
        va="top",
    )
    ax.text(6.25, 1.85, "axis=1:", color=colours.accent, va="bottom")
    ax.text(6.25, 1.5, "along,", color=colours.accent, va="center")
    ax.text(6.25, 1.15, "(3, 1)", color=colours.accent, va="top")
    ax.text(2.0, 3.2, "(3, 4)", color=colours.muted, ha="center", va="bottom")
    return figure


def speed() -> Figure:
    """The time of the forward pass, by loops and vectorised, measured now."""
    sizes = [10, 100, 1000, 10_000]
    loop, fast = np.array([_measure(m) for m in sizes]).T
    figure, ax = plt.subplots(figsize=(4.4, 3.0))
    ax.loglog(sizes, 1e3 * loop, "o-", color=colours.second)
    ax.loglog(sizes, 1e3 * fast, "s--", color=colours.accent)
    for m, slow, quick in zip(sizes, loop, fast, strict=True):
        ratio = f"{_two_digits(slow / quick):,.0f}×".replace(",", "\N{THIN SPACE}")
        middle = 1e3 * np.sqrt(slow * quick)
        ax.plot([m, m], [1e3 * quick, 1e3 * slow], color=colours.muted, linewidth=0.8)
        ax.text(m * 0.88, middle, ratio, ha="right", va="center")
    ax.text(900, 1.7e3 * loop[2], "two loops", color=colours.second, ha="right")
    ax.text(
        12_000,
        0.33e3 * fast[3],
        "vectorised",
        color=colours.accent,
        ha="right",
        va="top",
    )
    ax.set(xlabel="examples $m$", ylabel="milliseconds", xlim=(3, 16_000))
    ax.set_xticks(sizes, [f"{m:,}".replace(",", "\N{THIN SPACE}") for m in sizes])
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_ylim(0.3e3 * fast.min(), 3e3 * loop.max())
    ax.minorticks_off()
    return figure


def _measure(m: int) -> tuple[float, float]:
    """Return the seconds of the forward pass by loops and vectorised, taking turns."""
    rng = np.random.default_rng(0)
    data, w, b = rng.normal(size=(30, m)), rng.normal(size=(30, 1)), 0.5
    assert np.allclose(_forward_by_loops(data, w, b), forward(data, w, b)[1])
    slow, quick = [], []
    for _ in range(3):
        slow.append(_seconds(lambda: _forward_by_loops(data, w, b), 1))
        quick.append(_seconds(lambda: forward(data, w, b), 20))
    return min(slow), min(quick)


def _seconds(run: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) / times


def _forward_by_loops(data: Array, w: Array, b: float) -> Array:
    n_x, m = data.shape
    A = np.zeros((1, m))
    for i in range(m):
        z = b
        for j in range(n_x):
            z += w[j, 0] * data[j, i]
        A[0, i] = 1 / (1 + np.exp(-z))
    return A


def _two_digits(number: float) -> float:
    return float(f"{number:.2g}")


def _canvas(
    size: tuple[float, float],
    x: tuple[float, float],
    y: tuple[float, float],
) -> tuple[Figure, Axes]:
    figure, ax = plt.subplots(figsize=size)
    ax.set(xlim=x, ylim=y, aspect="equal")
    ax.axis("off")
    return figure, ax


def _grid(
    ax: Axes,
    values: Array,
    corner: tuple[float, float],
    *,
    size: float = 1.0,
    marked: Collection[Place] = (),
    ghosts: bool = False,
    second: bool = False,
) -> None:
    """Draw an array as cells, from its upper left corner on."""
    soft, strong = colours.accent_soft, colours.accent
    if second:
        soft, strong = colours.second_soft, colours.second
    for (row, column), value in np.ndenumerate(values):
        on = (row, column) in marked
        ghost = ghosts and not on
        x, y = corner[0] + size * column, corner[1] - size * (row + 1)
        cell = Rectangle(
            (x, y),
            size,
            size,
            facecolor=soft if on else colours.paper if ghost else colours.panel,
            edgecolor=strong if on else colours.grid if ghost else colours.muted,
            linewidth=1.5 if on else 0.7,
            zorder=3 if on else 2,
        )
        ax.add_patch(cell)
        ax.text(
            x + size / 2,
            y + size / 2,
            f"{value:g}".replace("-", "\N{MINUS SIGN}"),
            color=colours.muted if ghost else colours.ink,
            fontsize=10.5 if size == 1 else 9.5,
            ha="center",
            va="center",
            zorder=4,
        )


def _shape(ax: Axes, x: float, top: float, array: Array) -> None:
    ax.text(x + 1.64, top - 2.65, str(array.shape), ha="center", va="top")


def _arrow(
    ax: Axes,
    tail: tuple[float, float],
    head: tuple[float, float],
    colour: str,
) -> None:
    style = {"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", head, tail, arrowprops=style)
