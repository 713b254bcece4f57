"""Figures of the page on the backward pass of a deep network."""

# ruff: noqa: E741 (l is the layer, as in the formulas)

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from nnref.activations import tanh, tanh_prime
from nnref.datasets import planar_flower
from nnref.deep_network import (
    activations,
    backward,
    cost,
    forward,
    initialize,
    update,
)
from nnref.site.figures import colours

Point = tuple[float, float]


def one_layer() -> Figure:
    """The forward and the backward block of one layer, and what is kept."""
    figure, ax = _canvas(4.4, 4.85)
    left, right, middle = 0.82, 3.58, 2.2
    _box(ax, (left, 3.62), right - left, 0.95, colours.accent, colours.accent_soft)
    _formula(ax, 4.32, r"$Z^{[l]} = W^{[l]} A^{[l{-}1]} + b^{[l]}$")
    _formula(ax, 3.88, r"$A^{[l]} = g^{[l]}(Z^{[l]})$")
    _arrow(ax, (0.06, 4.1), (left, 4.1), colours.accent)
    _arrow(ax, (right, 4.1), (4.34, 4.1), colours.accent)
    _label(ax, (0.41, 4.16), r"$A^{[l{-}1]}$", colours.accent)
    _label(ax, (3.96, 4.16), r"$A^{[l]}$", colours.accent)

    _arrow(ax, (middle, 3.62), (middle, 2.9), colours.third)
    ax.text(2.33, 3.28, r"$Z^{[l]},\ A^{[l{-}1]}$", color=colours.third, **_left(14))
    ax.text(2.07, 3.28, "cache", color=colours.third, **_right(12))

    _box(ax, (left, 0.7), right - left, 2.2, colours.second, colours.second_soft)
    _formula(ax, 2.62, r"$dZ^{[l]} = dA^{[l]} \odot g\prime^{[l]}(Z^{[l]})$")
    _formula(ax, 2.14, r"$dA^{[l{-}1]} = W^{[l]T} dZ^{[l]}$")
    _formula(ax, 1.62, r"$dW^{[l]} = \dfrac{1}{m}\, dZ^{[l]} A^{[l{-}1]T}$")
    _formula(ax, 1.05, r"$db^{[l]} = \dfrac{1}{m}\, \sum_i\, dz^{[l](i)}$")
    _arrow(ax, (4.34, 2.14), (right, 2.14), colours.second)
    _arrow(ax, (left, 2.14), (0.06, 2.14), colours.second)
    _label(ax, (3.97, 2.2), r"$dA^{[l]}$", colours.second)
    _label(ax, (0.4, 2.2), r"$dA^{[l{-}1]}$", colours.second)
    _arrow(ax, (middle, 0.7), (middle, 0.32), colours.second)
    ax.text(middle, 0.14, r"$dW^{[l]},\ db^{[l]}$", color=colours.second, **_middle(14))

    ax.text(0.03, 4.72, "forward", color=colours.muted, **_left(12))
    ax.text(0.03, 3.04, "backward", color=colours.muted, **_left(12))
    return figure


def chain() -> Figure:
    """The blocks of a network of three layers."""
    figure, ax = _canvas(4.6, 4.2)
    left, width, step = 0.38, 0.68, 1.23
    top, bottom, height = 3.02, 0.97, 0.84  # lower edges and height of the boxes
    y_top, y_bottom = top + height / 2, bottom + height / 2
    right = left + 2 * step + width
    end = 4.17
    _arrow(ax, (0.03, y_top), (left, y_top), colours.accent)
    _label(ax, (0.17, y_top + 0.05), "$X$", colours.accent)
    for l in (1, 2, 3):
        x = left + (l - 1) * step
        middle = x + width / 2
        _box(ax, (x, top), width, height, colours.accent, colours.accent_soft)
        ax.text(middle, top + 0.62, f"$W^{{[{l}]}}$", **_middle(14))
        ax.text(middle, top + 0.22, f"$b^{{[{l}]}}$", **_middle(14))
        above = (middle, top + height + 0.16)
        ax.text(*above, f"layer {l}", color=colours.muted, **_middle(12))

        _arrow(ax, (middle, top), (middle, bottom + height), colours.third)
        kept = [f"$Z^{{[{l}]}}$"] if l < 3 else []
        kept.append("$X$" if l == 1 else f"$A^{{[{l - 1}]}}$")
        for y, name in zip((2.62, 2.24), kept, strict=False):
            ax.text(middle + 0.06, y, name, color=colours.third, **_left(14))

        _box(ax, (x, bottom), width, height, colours.second, colours.second_soft)
        if l == 1:
            ax.text(middle, y_bottom, "$dZ^{[1]}$", **_middle(14))
        else:
            ax.text(middle, bottom + 0.62, f"$dZ^{{[{l}]}}$", **_middle(14))
            ax.text(middle, bottom + 0.22, f"$W^{{[{l}]}}$", **_middle(14))
        _arrow(ax, (middle, bottom), (middle, 0.62), colours.second)
        ax.text(middle, 0.44, f"$dW^{{[{l}]}}$", color=colours.second, **_middle(14))
        ax.text(middle, 0.14, f"$db^{{[{l}]}}$", color=colours.second, **_middle(14))
        if l < 3:
            gap = (x + width, x + step)
            _arrow(ax, (gap[0], y_top), (gap[1], y_top), colours.accent)
            _arrow(ax, (gap[1], y_bottom), (gap[0], y_bottom), colours.second)
            at = sum(gap) / 2
            _label(ax, (at, y_top + 0.05), f"$A^{{[{l}]}}$", colours.accent)
            _label(ax, (at, y_bottom + 0.05), f"$dA^{{[{l}]}}$", colours.second)
    ax.plot([right, end], [y_top, y_top], color=colours.accent, linewidth=1.6)
    _arrow(ax, (end, y_top), (end, 2.6), colours.accent)
    _label(ax, ((right + end) / 2, y_top + 0.05), "$A^{[3]}$", colours.accent)
    _box(ax, (3.76, 2.2), 0.81, 0.4, colours.second, colours.second_soft)
    ax.text(end, 2.39, "$A^{[3]} - Y$", **_middle(13))
    ax.plot([end, end], [2.2, y_bottom], color=colours.second, linewidth=1.6)
    _arrow(ax, (end, y_bottom), (right, y_bottom), colours.second)
    _label(ax, ((right + end) / 2, y_bottom + 0.05), "$dZ^{[3]}$", colours.second)
    return figure


def paths() -> Figure:
    """One weight acts on one sum, one activation acts on all sums."""
    figure, ax = _canvas(4.4, 2.95)
    rows = (2.2, 1.5, 0.8)
    ax.text(1.0, 2.78, "one weight: one path", color=colours.muted, **_middle(11.5))
    ax.text(3.35, 2.78, "one $a_k$: many paths", color=colours.muted, **_middle(11.5))
    for y in rows:
        strong = y == rows[1]
        colour = colours.accent if strong else colours.muted
        _join(ax, (0.35, y), (1.65, 1.5), colour, 2.4 if strong else 0.9)
        _circle(ax, (0.35, y), "$a_k$" if strong else "", colour)
    _circle(ax, (1.65, 1.5), "$z_j$", colours.accent)
    ax.text(1.0, 1.6, "$w_{jk}$", color=colours.accent, ha="center", fontsize=14)
    ax.text(
        1.0,
        0.22,
        r"$\partial \mathcal{L} / \partial w_{jk} = dz_j \, a_k$",
        color=colours.second,
        **_middle(14),
    )

    for j, y in enumerate(rows, start=1):
        _join(ax, (2.75, 1.5), (4.05, y), colours.accent, 2.4)
        _circle(ax, (4.05, y), f"$z_{j}$", colours.accent)
    _circle(ax, (2.75, 1.5), "$a_k$", colours.accent)
    for j, y in ((1, 2.07), (2, 1.6), (3, 0.8)):
        ax.text(
            3.34, y, f"$w_{{{j}k}}$", color=colours.accent, ha="center", fontsize=14
        )
    ax.text(
        3.35,
        0.22,
        r"$da_k = \sum_j\, w_{jk} \, dz_j$",
        color=colours.second,
        **_middle(14),
    )
    return figure


def products() -> Figure:
    """The two matrix products of the backward pass as grids."""
    figure, ax = _canvas(4.4, 3.2)
    cell = 0.2
    n, before, m = 2, 3, 5
    y = 2.25
    _grid(ax, (0.36, y), (n, before), cell, "$dW^{[l]}$", None)
    ax.text(0.95, y, r"$= \dfrac{1}{m}$", **_middle(14))
    _grid(ax, (1.8, y), (n, m), cell, "$dZ^{[l]}$", "columns")
    _grid(ax, (2.86, y), (m, before), cell, "$A^{[l{-}1]T}$", "rows")
    ax.text(3.3, y, "adds up\nexamples", color=colours.second, **_left(12))
    y = 0.45
    _grid(ax, (0.56, y), (before, m), cell, "$dA^{[l{-}1]}$", None)
    ax.text(1.27, y, "$=$", **_middle(14))
    _grid(ax, (1.7, y), (before, n), cell, "$W^{[l]T}$", "columns")
    _grid(ax, (2.66, y), (n, m), cell, "$dZ^{[l]}$", "rows")
    ax.text(3.3, y, "adds up\nunits", color=colours.second, **_left(12))
    return figure


def wrong_but_falling() -> Figure:
    """The cost in training with right and with wrong derivatives."""
    figure, ax = plt.subplots(figsize=(4.4, 2.9))
    for mistake, colour, style in [
        ("none", colours.accent, "-"),
        ("slope twice", colours.second, (0, (5, 2))),
        ("slope at A", colours.third, (0, (1, 1))),
        ("no slope", colours.fourth, (0, (5, 1, 1, 1))),
    ]:
        label = "right" if mistake == "none" else mistake
        ax.plot(_train(mistake), color=colour, linestyle=style, label=label)
    ax.legend(fontsize=11, loc="center right", bbox_to_anchor=(1, 0.48))
    ax.set(xlabel="steps", ylabel="cost", ylim=(0.25, 0.8))
    return figure


def _train(mistake: str) -> list[float]:
    """The costs of a network of three layers, with a mistake in `backward`."""
    X, Y = planar_flower()
    m = Y.shape[1]
    W, b = initialize([2, 8, 8, 1])
    g, g_prime = activations([(tanh, tanh_prime)] * 2)
    costs = []
    for _ in range(400):
        Z, A = forward(X, W, b, g)
        costs.append(cost(Z[3], Y))
        dW, db = backward(Y, W, Z, A, g_prime)
        if mistake != "none":
            dZ = A[3] - Y
            for l in (2, 1):
                dZ = (W[l + 1].T @ dZ) * _slope(mistake, Z[l], A[l])
                dW[l] = dZ @ A[l - 1].T / m
                db[l] = np.sum(dZ, axis=1, keepdims=True) / m
        W, b = update(W, b, dW, db, alpha=0.3)
    return costs


def _slope(mistake: str, Z: np.ndarray, A: np.ndarray) -> Any:
    if mistake == "no slope":
        return 1.0
    if mistake == "slope at A":
        return tanh_prime(A)
    return tanh_prime(Z) ** 2


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty drawing whose coordinates are inches."""
    figure = plt.figure(figsize=(width, height), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.axis("off")
    return figure, ax


def _middle(size: float) -> dict[str, Any]:
    return {"ha": "center", "va": "center", "fontsize": size}


def _left(size: float) -> dict[str, Any]:
    return {"ha": "left", "va": "center", "fontsize": size}


def _right(size: float) -> dict[str, Any]:
    return {"ha": "right", "va": "center", "fontsize": size}


def _formula(ax: Axes, y: float, text: str) -> None:
    ax.text(2.2, y, text, **_middle(14))


def _label(ax: Axes, at: Point, text: str, colour: str) -> None:
    ax.text(*at, text, color=colour, ha="center", va="bottom", fontsize=14)


def _box(
    ax: Axes, at: Point, width: float, height: float, edge: str, face: str
) -> None:
    ax.add_patch(
        FancyBboxPatch(
            at,
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.08",
            facecolor=face,
            edgecolor=edge,
            linewidth=1.4,
        )
    )


def _arrow(ax: Axes, start: Point, end: Point, colour: str) -> None:
    ax.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>,head_width=0.25,head_length=0.45",
            "color": colour,
            "linewidth": 1.6,
            "shrinkA": 0,
            "shrinkB": 1,
        },
    )


def _join(ax: Axes, start: Point, end: Point, colour: str, width: float) -> None:
    ax.plot(*zip(start, end, strict=True), color=colour, linewidth=width, zorder=1)


def _circle(ax: Axes, at: Point, text: str, colour: str) -> None:
    ax.add_patch(
        Circle(at, 0.26, facecolor=colours.panel, edgecolor=colour, linewidth=1.4)
    )
    ax.text(*at, text, **_middle(14))


def _grid(
    ax: Axes,
    centre: Point,
    shape: tuple[int, int],
    cell: float,
    name: str,
    strips: str | None,
) -> None:
    """A matrix as a grid; `strips` marks what the product adds up along."""
    rows, columns = shape
    left, low = centre[0] - columns * cell / 2, centre[1] - rows * cell / 2
    face = colours.panel if strips is None else colours.second_soft
    ax.add_patch(
        Rectangle(
            (left, low),
            columns * cell,
            rows * cell,
            facecolor=face,
            edgecolor=colours.ink,
            linewidth=1.2,
        )
    )
    for k in range(1, columns):
        x = left + k * cell
        strong = strips == "columns"
        ax.plot(
            [x, x],
            [low, low + rows * cell],
            color=colours.second if strong else colours.muted,
            linewidth=1.4 if strong else 0.4,
        )
    for k in range(1, rows):
        y = low + k * cell
        strong = strips == "rows"
        ax.plot(
            [left, left + columns * cell],
            [y, y],
            color=colours.second if strong else colours.muted,
            linewidth=1.4 if strong else 0.4,
        )
    ax.text(
        centre[0],
        low + rows * cell + 0.06,
        name,
        ha="center",
        va="bottom",
        fontsize=13.5,
    )
