"""Figures of the derivation of backpropagation for L layers."""

# ruff: noqa: E741 (l is the layer, as in the formulas)

from math import prod
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from nnref.site.figures import colours

Point = tuple[float, float]


def ladder() -> Figure:
    """Induction: the start at layer L, and the step from each layer to the next."""
    figure, ax = _canvas(4.4, 4.2)
    rungs = [("L", 3.5), ("l{+}1", 2.35), ("l", 1.15), ("1", 0.0)]
    left, width, height = 1.25, 1.15, 0.5
    middle = left + width / 2
    for name, low in rungs:
        ax.add_patch(
            FancyBboxPatch(
                (left, low),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor=colours.accent_soft,
                edgecolor=colours.accent,
                linewidth=1.4,
            )
        )
        ax.text(middle, low + 0.23, f"$dZ^{{[{name}]}}$", **_centred(14))
        _arrow(ax, (left + width, low + 0.25), (2.95, low + 0.25), colours.second)
        ax.text(
            3.02,
            low + 0.23,
            f"$dW^{{[{name}]}},\\ db^{{[{name}]}}$",
            color=colours.second,
            ha="left",
            va="center",
            fontsize=13,
        )
    _arrow(ax, (0.72, 3.75), (left, 3.75), colours.third)
    words = [(0.65, 3.73, "start", colours.third), (1.7, 1.99, "step", colours.accent)]
    for x, y, text, colour in words:
        ax.text(x, y, text, color=colour, ha="right", va="center", fontsize=13)
    # Between the rungs, steps; dots stand for the layers that are not drawn.
    _arrow(ax, (middle, 2.35), (middle, 1.65), colours.accent)
    for high, low in [(3.5, 2.85), (1.15, 0.5)]:
        _arrow(ax, (middle, high), (middle, low), colours.muted)
        ax.text(middle + 0.14, (high + low) / 2, "...", ha="left", fontsize=14)
    return figure


def one_step() -> Figure:
    """All the ways from one z of layer l to the loss."""
    figure, ax = _canvas(4.5, 3.05)
    z, a = (0.32, 1.65), (1.42, 1.65)
    after = [(2.75, 2.65), (2.75, 1.65), (2.75, 0.65)]
    loss = (4.2, 1.65)
    _arrow(ax, (z[0] + 0.29, z[1]), (a[0] - 0.29, a[1]), colours.accent)
    ax.text(0.87, 1.82, r"$g\prime$", color=colours.accent, **_low(14))
    places = [(1.98, 2.39), (2.1, 1.72), (1.98, 0.92)]
    for j, (at, label) in enumerate(zip(after, places, strict=True), start=1):
        start, end = _between(a, at)
        _arrow(ax, start, end, colours.accent)
        name = rf"$w_{{{j}k}}$"
        side = "top" if j == 3 else "bottom"
        ax.text(*label, name, color=colours.accent, ha="center", va=side, fontsize=14)
        start, end = _between(at, loss)
        ax.plot(
            *zip(start, end, strict=True),
            color=colours.second,
            linewidth=1.6,
            linestyle=(0, (2, 1.5)),
        )
        _circle(ax, at, f"$z_{j}$", colours.second)
    ax.text(3.62, 2.45, "$dz_1$", color=colours.second, **_low(14))
    ax.text(3.46, 1.72, "$dz_2$", color=colours.second, **_low(14))
    ax.text(
        3.62, 0.92, "$dz_3$", color=colours.second, ha="center", va="top", fontsize=14
    )
    _circle(ax, z, "$z_k$", colours.accent)
    _circle(ax, a, "$a_k$", colours.accent)
    _circle(ax, loss, r"$\mathcal{L}$", colours.ink)
    for x, text in [(0.87, "layer $l$"), (2.75, r"layer $l + 1$")]:
        ax.text(x, 0.0, text, color=colours.muted, **_low(12))
    return figure


def work() -> Figure:
    """The work for dz of layer 1, done in three ways, against the depth."""
    depths = list(range(2, 11))
    ways: dict[str, list[int]] = {"paths": [], "left": [], "right": []}
    for depth in depths:
        n = [10] * (depth + 1)
        ways["paths"].append((depth - 1) * prod(n[1:]))
        ways["left"].append(
            sum(n[1] * n[l] * n[l + 1] for l in range(2, depth)) + n[1] * n[depth]
        )
        ways["right"].append(sum(n[l] * n[l + 1] for l in range(1, depth)))
    figure, ax = plt.subplots(figsize=(4.4, 2.9))
    looks = [
        ("paths", colours.second, "s", "path by path", (5.9, 1e8), "right"),
        ("left", colours.third, "^", "product from the left", (10, 1.6e4), "right"),
        ("right", colours.accent, "o", "product from the right", (10, 4e1), "right"),
    ]
    for name, colour, marker, text, at, side in looks:
        ax.plot(depths, ways[name], marker=marker, markersize=4, color=colour)
        ax.text(*at, text, color=colour, ha=side, va="bottom", fontsize=11)
    ax.set(
        yscale="log",
        xlabel="number of layers $L$",
        ylabel="multiplications",
        ylim=(8, 1e12),
    )
    ax.set_xticks(depths[::2])
    return figure


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    figure, ax = plt.subplots(figsize=(width, height))
    ax.set(xlim=(0, width), ylim=(-0.05, height - 0.1), aspect="equal")
    ax.axis("off")
    return figure, ax


def _centred(size: float) -> dict[str, Any]:
    return {"ha": "center", "va": "center", "fontsize": size}


def _low(size: float) -> dict[str, Any]:
    return {"ha": "center", "va": "bottom", "fontsize": size}


def _arrow(ax: Axes, start: Point, end: Point, colour: str) -> None:
    ax.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>,head_width=0.22,head_length=0.4",
            "color": colour,
            "linewidth": 1.6,
            "shrinkA": 0,
            "shrinkB": 1,
        },
    )


def _circle(ax: Axes, at: Point, text: str, colour: str) -> None:
    ax.add_patch(
        Circle(
            at, 0.28, facecolor=colours.panel, edgecolor=colour, linewidth=1.4, zorder=3
        )
    )
    ax.text(*at, text, zorder=4, **_centred(14))


def _between(start: Point, end: Point, gap: float = 0.3) -> tuple[Point, Point]:
    """Return the ends of a line between two circles that leaves them free."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx**2 + dy**2) ** 0.5
    dx, dy = gap * dx / length, gap * dy / length
    return (start[0] + dx, start[1] + dy), (end[0] - dx, end[1] - dy)
