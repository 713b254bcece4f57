"""Figures of the page "How equations are checked"."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from nnref.equations.evaluate import Evaluator, Reading
from nnref.equations.models import Settings, instance
from nnref.equations.reader import read
from nnref.logistic_regression import backward
from nnref.site.figures import colours

LATEX = r"dw = \frac{1}{m} X \, dZ^T"


def three_witnesses() -> Figure:
    """The first entry of dw by a formula, by the package and by calculus."""
    network = instance(Settings("logistic", L=1), 0)
    (statement,) = read(LATEX)
    everything = Reading(batch=True, one_example=False)
    by_formula = Evaluator(network, everything, {}, {}).value(statement.sides[1])
    by_package, _ = backward(network.A[0], network.A[1], network.Y)
    by_calculus = network.cost_gradient(("W", 1)).T
    boxes = (
        (0.5, 0.8, f"${LATEX}$".replace("frac", "dfrac"), "the formula", by_formula),
        (0.17, 0.17, "backward(X, A, Y)", "nnref", by_package),
        (0.83, 0.17, r"slope of $\mathcal{J}$", "calculus", by_calculus),
    )
    edges = (colours.accent, colours.third, colours.second)

    figure, axis = plt.subplots(figsize=(4.4, 2.9))
    axis.set(xlim=(-0.01, 1.01), ylim=(-0.02, 1))
    axis.axis("off")
    for place, (x, y, *_) in enumerate(boxes):
        next_x, next_y, *_ = boxes[(place + 1) % 3]
        axis.plot([x, next_x], [y, next_y], color=colours.muted, lw=1.2, zorder=1)
        middle = (x + next_x) / 2, (y + next_y) / 2
        axis.text(
            *middle,
            "=",
            ha="center",
            va="center",
            fontsize=13,
            bbox={"boxstyle": "circle,pad=0.25", "fc": colours.paper, "ec": "none"},
        )
    for (x, y, what, name, value), edge in zip(boxes, edges, strict=True):
        size = 11 if "$" in what else 9.5
        left, bottom, width, height = x - 0.17, y - 0.17, 0.34, 0.34
        box = plt.Rectangle(
            (left, bottom), width, height, fc=colours.panel, ec=edge, lw=1.4, zorder=2
        )
        axis.add_patch(box)
        style = {"ha": "center", "va": "center", "zorder": 3}
        axis.text(x, y + 0.12, name, color=edge, fontweight="bold", **style)
        axis.text(x, y, what, color=colours.ink, fontsize=size, **style)
        axis.text(x, y - 0.12, f"${value[0, 0]:.6f}$", color=colours.ink, **style)
    return figure
