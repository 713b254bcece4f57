"""Figures of the derivation of the gradient of logistic regression."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from nnref.site.figures import colours


def chain() -> Figure:
    """The way from the parameters to the loss, and the derivatives on the way back."""
    figure, ax = plt.subplots(figsize=(4.4, 1.75))
    ax.set(xlim=(-0.45, 5.1), ylim=(-0.95, 0.9), aspect="equal")
    ax.axis("off")
    places = [0.0, 1.65, 3.2, 4.65]
    names = ["$w, b$", "$z$", "$a$", r"$\mathcal{L}$"]
    for x, name in zip(places, names, strict=True):
        circle = plt.Circle(
            (x, 0), 0.36, facecolor=colours.panel, edgecolor=colours.ink, zorder=3
        )
        ax.add_patch(circle)
        ax.text(x, 0, name, fontsize=12, ha="center", va="center", zorder=4)
    forward = ["$w^T x + b$", r"$\sigma(z)$", "loss"]
    backward = [
        r"$\frac{\partial z}{\partial w_j}$",
        r"$\frac{\partial a}{\partial z}$",
        r"$\frac{\partial \mathcal{L}}{\partial a}$",
    ]
    for k in range(3):
        left, right = places[k] + 0.3, places[k + 1] - 0.3
        middle = (left + right) / 2
        for y, tail, head, colour in [
            (0.2, left, right, colours.muted),
            (-0.2, right, left, colours.accent),
        ]:
            ax.annotate(
                "",
                (head, y),
                (tail, y),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": colour,
                    "shrinkA": 0,
                    "shrinkB": 0,
                },
            )
        ax.text(middle, 0.3, forward[k], fontsize=11, ha="center", va="bottom")
        ax.text(
            middle,
            -0.3,
            backward[k],
            color=colours.accent,
            fontsize=15,
            ha="center",
            va="top",
        )
    edge = places[0] - 0.36
    ax.text(edge, 0.7, "forward: compute", color=colours.muted, ha="left")
    edge = places[3] + 0.36
    ax.text(edge, -0.9, "backward: multiply", color=colours.accent, ha="right")
    return figure
