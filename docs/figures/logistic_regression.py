"""Figures of the page on logistic regression."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnref.activations import sigmoid, sigmoid_prime
from nnref.datasets import breast_cancer
from nnref.logistic_regression import fit, forward
from nnref.losses import cross_entropy, cross_entropy_from_logits
from nnref.site.figures import colours

SIZE = (4.4, 2.8)  # narrow: the text is still large enough on a phone


def unit() -> Figure:
    """One unit: inputs, their weighted sum z, the sigmoid of it."""
    figure, ax = plt.subplots(figsize=(4.4, 2.45))
    ax.set(xlim=(-0.35, 5.2), ylim=(-0.62, 2.42), aspect="equal")
    ax.axis("off")
    inputs = [(0, 2.0, "$x_1$", "$w_1$"), (0, 1.1, "$x_2$", "$w_2$")]
    inputs.append((0, -0.3, "$x_{n_x}$", "$w_{n_x}$"))
    for x, y, name, weight in inputs:
        _arrow(ax, (x, y), (1.95, 0.85), start=0.3, end=0.5)
        at = 0.46
        ax.text(
            x + at * 1.95,
            y + at * (0.85 - y) + 0.1,
            weight,
            color=colours.accent,
            fontsize=11,
            ha="center",
            va="bottom",
        )
        _circle(ax, (x, y), 0.3, name)
    ax.text(0, 0.4, "⋮", ha="center", va="center", fontsize=14)
    _circle(ax, (1.95, 0.85), 0.5, "$w^T x + b$")
    ax.annotate(
        "$b$",
        (1.95, 0.35),
        (1.95, -0.42),
        color=colours.accent,
        fontsize=11,
        ha="center",
        va="center",
        arrowprops={"arrowstyle": "-|>", "color": colours.muted},
    )
    _arrow(ax, (1.95, 0.85), (3.5, 0.85), start=0.5, end=0.5)
    _circle(ax, (3.5, 0.85), 0.5, "")
    curve = np.linspace(-6, 6, 60)
    ax.plot(
        3.5 + curve / 18,
        0.62 + 0.46 * sigmoid(curve),
        color=colours.accent,
        zorder=4,
    )
    ax.text(2.72, 0.95, "$z$", fontsize=11, ha="center", va="bottom")
    ax.text(3.5, 0.27, r"$\sigma$", fontsize=11, ha="center", va="top")
    _arrow(ax, (3.5, 0.85), (4.8, 0.85), start=0.5, end=0.22)
    ax.text(4.8, 0.85, "$a$", fontsize=13, ha="center", va="center")
    for x, text in [(0, "features"), (1.95, "weigh and add"), (3.5, "squeeze")]:
        top = 2.42 if x == 0 else 1.48
        ax.text(x, top, text, color=colours.muted, ha="center", va="bottom")
    ax.text(4.8, 1.18, "probability", color=colours.muted, ha="center", va="bottom")
    return figure


def sigmoid_curve() -> Figure:
    """The sigmoid and its derivative."""
    z = np.linspace(-8, 8, 161)
    figure, ax = plt.subplots(figsize=SIZE)
    ax.axhline(1, color=colours.muted, linewidth=0.8, linestyle=(0, (4, 3)))
    ax.plot(z, sigmoid(z), color=colours.accent)
    ax.plot(z, sigmoid_prime(z), color=colours.second, linestyle=(0, (5, 2)))
    ax.plot(0, sigmoid(0.0), "o", color=colours.accent)
    ax.text(0.45, 0.47, "0.5 at $z = 0$", va="top")
    ax.text(3.9, 0.92, r"$\sigma(z)$", color=colours.accent, fontsize=12, va="top")
    ax.text(2.2, 0.15, r"slope $\sigma\prime(z)$", color=colours.second, fontsize=11)
    ax.set(xlabel="$z$", xlim=(-8, 8), ylim=(-0.03, 1.08))
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    return figure


def loss_curves() -> Figure:
    """The loss of one example against the prediction a, for both labels."""
    a = np.linspace(0.006, 0.994, 200)
    figure, ax = plt.subplots(figsize=SIZE)
    ax.plot(a, cross_entropy(a, np.ones_like(a)), color=colours.accent)
    ax.plot(
        a,
        cross_entropy(a, np.zeros_like(a)),
        color=colours.second,
        linestyle=(0, (5, 2)),
    )
    ax.text(0.06, 3.6, r"$y = 1$:  $-\log a$", color=colours.accent, fontsize=11)
    ax.text(
        0.94,
        3.6,
        r"$y = 0$:  $-\log(1 - a)$",
        color=colours.second,
        fontsize=11,
        ha="right",
    )
    ax.set(xlabel="prediction $a$", ylabel="loss", xlim=(0, 1), ylim=(0, 5))
    return figure


def loss_from_z() -> Figure:
    """Cross-entropy and squared error against z, for the label 1."""
    z = np.linspace(-8, 4, 121)
    figure, ax = plt.subplots(figsize=SIZE)
    ax.plot(z, cross_entropy_from_logits(z, np.ones_like(z)), color=colours.accent)
    ax.plot(z, (sigmoid(z) - 1) ** 2, color=colours.second, linestyle=(0, (5, 2)))
    ax.text(-5.2, 5.6, "cross-entropy", color=colours.accent)
    ax.text(-7.8, 1.25, "squared error: flat", color=colours.second)
    ax.axvspan(-8, 0, color=colours.second_soft, alpha=0.35, linewidth=0)
    ax.text(-0.15, 7.5, "wrong side", color=colours.muted, ha="right")
    ax.text(0.15, 7.5, "right side", color=colours.muted)
    ax.set(xlabel="$z$", ylabel="loss for $y = 1$", xlim=(-8, 4), ylim=(0, 8.2))
    return figure


def cost_curve() -> Figure:
    """The cost during training on the real data, for three learning rates."""
    data = breast_cancer()
    figure, ax = plt.subplots(figsize=SIZE)
    rates = [
        (0.01, 0, colours.second, (0, (5, 2))),
        (0.1, 0.02, colours.accent, "-"),
        (1.0, -0.02, colours.third, (0, (1, 1))),
    ]
    for alpha, lift, colour, style in rates:
        costs = fit(data.X_train, data.Y_train, alpha=alpha, iterations=200).costs
        ax.plot(costs, color=colour, linestyle=style)
        label = rf"$\alpha = {alpha:g}$"
        height = costs[-1] + lift
        ax.text(203, height, label, color=colour, fontsize=11, va="center")
    ax.text(6, np.log(2), r"$\log 2$", fontsize=11, va="center")
    ax.set(xlabel="steps", ylabel=r"cost $\mathcal{J}$", xlim=(0, 200), ylim=(0, 0.75))
    return figure


def decision_boundary() -> Figure:
    """Two features of the test examples, and the lines of equal probability."""
    data = breast_cancer()
    rows = [
        data.feature_names.index("mean radius"),
        data.feature_names.index("mean concave points"),
    ]
    learned = fit(data.X_train[rows], data.Y_train, alpha=1.0, iterations=2000)
    x1, x2 = np.meshgrid(np.linspace(-2, 2.8, 80), np.linspace(-1.6, 2.8, 80))
    grid = np.vstack([x1.ravel(), x2.ravel()])
    _, A = forward(grid, learned.w, learned.b)
    A = A.reshape(x1.shape)

    figure, ax = plt.subplots(figsize=(4.4, 3.4))
    soft = [colours.second_soft, colours.accent_soft]
    ax.contourf(x1, x2, A, levels=[0, 0.5, 1], colors=soft, alpha=0.5)
    lines = ax.contour(
        x1,
        x2,
        A,
        levels=[0.1, 0.5, 0.9],
        colors=[colours.muted, colours.ink, colours.muted],
        linewidths=[0.9, 1.8, 0.9],
    )
    places = [(0.9, -1.05), (1.9, -1.05), (2.35, -0.65)]
    ax.clabel(lines, fmt="%.1f", fontsize=9.5, manual=places)
    X = data.X_test[rows]
    for label, marker, colour, name in [
        (1, "o", colours.accent, "malignant (1)"),
        (0, "^", colours.second, "benign (0)"),
    ]:
        of_kind = data.Y_test[0] == label
        points = ax.scatter(*X[:, of_kind], s=20, marker=marker, color=colour)
        points.set(label=name, zorder=3)
    ax.legend(loc="upper left", handletextpad=0.2)
    ax.grid(visible=False)
    ax.set(
        xlabel="mean radius, standardised",
        ylabel="mean concave points, standardised",
        xlim=(-2, 2.8),
        ylim=(-1.6, 2.8),
    )
    return figure


def _circle(
    ax: Axes,
    at: tuple[float, float],
    radius: float,
    text: str,
) -> None:
    shape = plt.Circle(
        at, radius, facecolor=colours.panel, edgecolor=colours.ink, zorder=3
    )
    ax.add_patch(shape)
    ax.text(*at, text, fontsize=11, ha="center", va="center", zorder=4)


def _arrow(
    ax: Axes,
    tail: tuple[float, float],
    head: tuple[float, float],
    start: float,
    end: float,
) -> None:
    """Draw an arrow between two circles, given their centres and radii."""
    a, b = np.array(tail), np.array(head)
    along = (b - a) / np.hypot(*(b - a))
    ax.annotate(
        "",
        b - end * along,
        a + start * along,
        arrowprops={
            "arrowstyle": "-|>",
            "color": colours.muted,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
