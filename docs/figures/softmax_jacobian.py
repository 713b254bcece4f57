"""Figures of the derivation of the softmax Jacobian."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnref.activations import softmax
from nnref.site.figures import colours

NAMES = ["cat", "dog", "bird"]
CLASSES = [colours.accent, colours.second, colours.third]
Z = np.array([[1.0], [0.5], [-1.0]])  # the scores of the example on the page
MINUS = "\N{MINUS SIGN}"


def one_score() -> Figure:
    """All probabilities against the score of the dog, with their slopes."""
    scores = np.linspace(-4, 5, 200)
    columns = np.repeat(Z, scores.size, axis=1)
    columns[1] = scores
    A = softmax(columns)
    a, here = softmax(Z)[:, 0], Z[1, 0]
    slopes = -a * a[1]
    slopes[1] = a[1] * (1 - a[1])
    figure, ax = plt.subplots(figsize=(4.4, 3.0))
    ax.axvline(here, color=colours.muted, linewidth=0.8, linestyle=(0, (5, 2)))
    near = np.array([-1.1, 1.1])
    for k, colour in enumerate(CLASSES):
        ax.plot(scores, A[k], color=colour)
        ax.plot(here + near, a[k] + slopes[k] * near, color=colours.ink, linewidth=1.2)
        ax.plot(here, a[k], "o", color=colour, markersize=4.5, zorder=4)
    labels = [("cat", -3.9, 0.9, "left"), ("dog", 4.9, 0.9, "right")]
    labels.append(("bird", -3.9, 0.14, "left"))
    for (name, x, y, side), colour in zip(labels, CLASSES, strict=True):
        ax.text(x, y, name, color=colour, ha=side, va="bottom", fontsize=11)
    ax.set(
        xlabel="score $z$ of the dog",
        ylabel="probability",
        xlim=(-4, 5),
        ylim=(-0.02, 1.04),
    )
    ax.set_yticks([0, 0.5, 1])
    return figure


def difference() -> Figure:
    """The diagonal matrix, the outer product, and their difference."""
    a = softmax(Z)
    first, second = np.diag(a[:, 0]), a @ a.T
    figure, axes = plt.subplots(1, 3, figsize=(4.8, 1.95))
    panels = [
        (r"$\mathrm{diag}(a)$", first),
        (f"{MINUS} $a a^T$", second),
        ("= Jacobian", first - second),
    ]
    for ax, (title, matrix) in zip(axes, panels, strict=True):
        _table(ax, matrix)
        ax.set_title(title, fontsize=13)
    return figure


def _table(ax: Axes, matrix: np.ndarray) -> None:
    for j in range(3):
        for k in range(3):
            value = matrix[j, k]
            colour = colours.accent_soft if value > 0 else colours.panel
            if value < 0:
                colour = colours.second_soft
            ax.add_patch(
                Rectangle((k, j), 1, 1, facecolor=colour, edgecolor=colours.paper)
            )
            text = "0" if value == 0 else f"{value:.2f}".replace("-", MINUS)
            ax.text(k + 0.5, j + 0.5, text, ha="center", va="center", fontsize=10)
    ax.set(xlim=(0, 3), ylim=(3, 0), aspect="equal")
    ax.axis("off")
