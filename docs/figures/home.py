"""The figure of the front page."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from nnref.datasets import breast_cancer
from nnref.gradient_checking import complex_step, relative_error
from nnref.logistic_regression import backward, cost, forward
from nnref.site.figures import colours

LEFT, WIDTH, HEIGHT = 0.0, 10.0, 1.75


def formula_code_check() -> Figure:
    """A formula, the line of code beside it, and calculus as the judge of the code."""
    data = breast_cancer()
    X, Y = data.X_train[:3], data.Y_train
    w, b = np.array([[0.5], [0.2], [-0.4]]), -0.3

    _, A = forward(X, w, b)
    by_code, _ = backward(X, A, Y)
    by_calculus = complex_step(lambda w: cost(forward(X, w, b)[0], Y), w)
    agree = relative_error(by_code, by_calculus) < 1e-12
    assert agree, "the picture claims that both agree"

    figure, axis = plt.subplots(figsize=(4.3, 3.5))
    axis.axis("off")
    axis.set(xlim=(-0.1, WIDTH + 0.1), ylim=(-0.15, 8.05))

    _box(axis, 6.1, "the formula", colours.accent)
    axis.text(3.4, 6.95, r"$dw = \frac{1}{m}\, X \, dZ^T$", fontsize=16, va="center")
    _joint(axis, 5.25, "compared by a test")

    _box(axis, 3.1, "the code", colours.accent)
    axis.text(3.4, 4.3, "dw = X @ dZ.T / m", family="monospace", fontsize=10.5)
    _numbers(axis, 3.55, by_code)
    _joint(axis, 2.25, "compared by a test")

    _box(axis, 0.1, "calculus", colours.third)
    slope = r"$\partial \mathcal{J} \; / \; \partial w$ by the complex step"
    axis.text(3.4, 1.3, slope, fontsize=10.5)
    _numbers(axis, 0.55, by_calculus)
    return figure


def _box(axis: Axes, bottom: float, title: str, colour: str) -> None:
    box = FancyBboxPatch(
        (LEFT, bottom),
        WIDTH,
        HEIGHT,
        boxstyle="round,pad=0,rounding_size=0.18",
        facecolor=colours.panel,
        edgecolor=colour,
        linewidth=1.4,
    )
    axis.add_patch(box)
    axis.text(
        0.45, bottom + HEIGHT / 2, title, color=colour, va="center", weight="bold"
    )


def _joint(axis: Axes, bottom: float, text: str) -> None:
    axis.plot([5, 5], [bottom - 0.4, bottom + 0.85], color=colours.muted, lw=1.4)
    axis.text(5.3, bottom + 0.22, text, color=colours.muted, va="center")


def _numbers(axis: Axes, y: float, dw: np.ndarray) -> None:
    shown = "   ".join(f"{entry:.6f}" for entry in dw[:, 0])
    shown = shown.replace("-", "\N{MINUS SIGN}")
    axis.text(3.4, y, shown, color=colours.ink)
