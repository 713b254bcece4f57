"""Figures of the page "The loss from maximum likelihood"."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from nnref.logistic_regression import cost, forward
from nnref.site.figures import colours


def two_candidates() -> Figure:
    """Six labels, and the probability that each gets under two weights."""
    X = np.array([[-3.0, -1.6, 0.2, -0.5, 1.5, 2.8]])
    Y = np.array([[0.0, 0.0, 0.0, 1.0, 1.0, 1.0]])
    x_line = np.linspace(-4, 4, 161).reshape(1, -1)

    figure, axes = plt.subplots(2, 1, figsize=(4.2, 4.4), sharex=True)
    for axis, weight in zip(axes, (0.15, 1.4), strict=True):
        w, b = np.array([[weight]]), 0.0
        A = forward(X, w, b)[1]
        likelihood = np.prod(np.where(Y == 1, A, 1 - A))

        axis.plot(x_line[0], forward(x_line, w, b)[1][0], color=colours.ink, lw=1.2)
        for x, a, y in zip(X[0], A[0], Y[0], strict=True):
            colour = colours.accent if y == 1 else colours.second
            axis.plot([x, x], [1 - y, a], color=colour, lw=5, solid_capstyle="butt")
            axis.plot(x, y, "o" if y == 1 else "s", color=colour, ms=6, clip_on=False)
        axis.set(xlim=(-4, 4), ylim=(0, 1), yticks=[0, 0.5, 1])
        axis.set_ylabel("$a$", fontsize=12)
        title = f"$w = {weight}$: likelihood {likelihood:.3f}"
        axis.set_title(title, loc="left", pad=10, fontsize=11)
        axis.grid(False)
    for y, name in ((1, "label 1"), (0, "label 0")):
        axes[0].text(4.25, y, name, va="center")
    axes[1].set_xlabel("feature $x$", fontsize=11)
    return figure


def cost_over_one_weight() -> Figure:
    """Mean of squares and cross-entropy cost over the one weight."""
    X = np.array([[-2.0, -0.5, 0.5, 3.0]])
    Y = np.array([[1.0, 0.0, 0.0, 1.0]])
    b = -3.0
    weights = np.linspace(-8, 8, 641)
    squares = np.empty_like(weights)
    costs = np.empty_like(weights)
    for k, weight in enumerate(weights):
        Z, A = forward(X, np.array([[weight]]), b)
        squares[k] = np.mean((A - Y) ** 2)
        costs[k] = cost(Z, Y)

    figure, axes = plt.subplots(2, 1, figsize=(4.2, 4.2), sharex=True)
    curves = {
        "mean of the squares $(a - y)^2$": (squares, colours.second),
        "cost $\\mathcal{J}$ (cross-entropy)": (costs, colours.accent),
    }
    for axis, (title, (curve, colour)) in zip(axes, curves.items(), strict=True):
        inside = curve[1:-1]
        lowest = 1 + np.flatnonzero((inside < curve[:-2]) & (inside < curve[2:]))
        axis.plot(weights, curve, color=colour)
        axis.plot(weights[lowest], curve[lowest], "o", color=colours.ink, ms=6)
        for k in lowest:
            axis.annotate(
                f"{weights[k]:.1f}".replace("-", "\N{MINUS SIGN}"),
                (weights[k], curve[k]),
                (0, -15),
                textcoords="offset points",
                ha="center",
            )
        axis.set_title(title, loc="left", fontsize=11)
        axis.set_ylim(bottom=0)
    axes[1].set_xlabel("weight $w$", fontsize=11)
    return figure
