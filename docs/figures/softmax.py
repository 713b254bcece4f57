"""Figures of the page on softmax."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnref import deep_network as net
from nnref.activations import softmax, tanh, tanh_prime
from nnref.losses import softmax_cross_entropy_from_logits
from nnref.site.figures import colours

NAMES = ["cat", "dog", "bird"]
CLASSES = [colours.accent, colours.second, colours.third]
Z = np.array([[1.0], [0.5], [-1.0]])  # the scores of the example on the page
Y = np.array([[0.0], [1.0], [0.0]])  # and its label
DASHES = (0, (5, 2))
MINUS = "\N{MINUS SIGN}"
ONE_LAYER, THREE_LAYERS = (2, 3), (2, 8, 8, 3)
PASSES = 300


def steps() -> Figure:
    """Scores, their exponentials, and the probabilities, as three bar charts."""
    figure, axes = plt.subplots(1, 3, figsize=(4.2, 2.6))
    panels = [
        ("scores $z$", Z, 1),
        ("their $e^z$", np.exp(Z), 2),
        ("probabilities $a$", softmax(Z), 2),
    ]
    for ax, (title, values, digits) in zip(axes, panels, strict=True):
        ax.bar(NAMES, values[:, 0], color=CLASSES, width=0.7)
        reach = values.max()
        for x, value in enumerate(values[:, 0]):
            above = value >= 0
            ax.annotate(
                f"{value:.{digits}f}".replace("-", MINUS),
                (x, value),
                (0, 2 if above else -2),
                textcoords="offset points",
                ha="center",
                va="bottom" if above else "top",
            )
        ax.axhline(0, color=colours.muted, linewidth=0.8)
        ax.set(title=title, ylim=(-1.25 * reach if ax is axes[0] else 0, 1.18 * reach))
        _bare(ax)
    return figure


def loss_curve() -> Figure:
    """The loss against the probability of the right class."""
    a = np.linspace(0.01, 0.999, 200)
    losses = -np.log(a)
    figure, ax = plt.subplots(figsize=(4.4, 2.8))
    ax.plot(a, losses, color=colours.accent)
    for C in (2, 3, 10):
        scores, y = np.zeros((C, 1)), np.eye(C)[:, [0]]
        loss = softmax_cross_entropy_from_logits(scores, y).item()
        ax.plot(1 / C, loss, "o", color=colours.second, zorder=4)
        ax.annotate(
            rf"$C = {C}$: $\log {C}$ is {loss:.2f}",
            (1 / C, loss),
            (9, 5),
            textcoords="offset points",
            va="bottom",
            fontsize=10.5,
            color=colours.second,
        )
    ax.set(
        xlabel="probability of the right class",
        ylabel=r"loss $\mathcal{L}$",
        xlim=(0, 1),
        ylim=(0, 4.6),
    )
    return figure


def jacobian() -> Figure:
    """The derivatives of the probabilities by the scores, as a table."""
    a = softmax(Z)
    matrix = np.diag(a[:, 0]) - a @ a.T
    figure, ax = plt.subplots(figsize=(4.2, 3.0))
    for k in range(3):
        for j in range(3):
            value = matrix[k, j]
            colour = colours.accent_soft if value > 0 else colours.second_soft
            ax.add_patch(
                Rectangle((j, k), 1, 1, facecolor=colour, edgecolor=colours.paper)
            )
            text = f"{value:.2f}".replace("-", MINUS)
            ax.text(j + 0.5, k + 0.5, text, ha="center", va="center", fontsize=13)
    ax.set(xlim=(0, 3), ylim=(3, 0))
    places = np.arange(3) + 0.5
    ax.set_xticks(places, [f"$z$ of {name}" for name in NAMES])
    ax.set_yticks(places, [f"$a$ of {name}" for name in NAMES])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return figure


def pull() -> Figure:
    """The probabilities of the example, and arrows from them to the label."""
    a = softmax(Z)
    dz = a - Y
    figure, ax = plt.subplots(figsize=(4.2, 2.8))
    ax.bar(
        NAMES,
        a[:, 0],
        width=0.8,
        color=colours.accent_soft,
        edgecolor=colours.accent,
        linewidth=0.8,
    )
    for x in range(3):
        start, end = a[x, 0], Y[x, 0]
        ax.annotate(
            "",
            (x, end),
            (x, start),
            arrowprops={
                "arrowstyle": "-|>,head_width=0.25,head_length=0.45",
                "color": colours.second,
                "linewidth": 2,
                "shrinkA": 0,
                "shrinkB": 0,
                "mutation_scale": 10,
            },
        )
        short = abs(end - start) < 0.2
        ax.text(
            x + 0.06,
            start + 0.06 if short else (start + end) / 2,
            f"{dz[x, 0]:.2f}".replace("-", MINUS),
            color=colours.second,
            fontsize=11,
            va="center",
        )
    ax.set(ylabel="probability", ylim=(0, 1.06))
    ax.set_yticks([0, 0.5, 1])
    ax.grid(visible=False, axis="x")
    ax.tick_params(axis="x", length=0)
    return figure


def regions() -> Figure:
    """The most likely class in the plane, for one layer and for three layers."""
    X, labels = _three_arms()
    reach = 1.15
    ticks = np.linspace(-reach, reach, 161)
    grid = np.stack(np.meshgrid(ticks, ticks)).reshape(2, -1)
    figure, axes = plt.subplots(1, 2, figsize=(4.6, 2.45))
    titles = ["one layer", "three layers"]
    for ax, n, title in zip(axes, (ONE_LAYER, THREE_LAYERS), titles, strict=True):
        learned, g = _trained(n)
        found = net.predict(grid, learned.W, learned.b, g)
        for k, colour in enumerate(CLASSES):
            inside = found[k].reshape(ticks.size, ticks.size)
            ax.contourf(
                ticks, ticks, inside, levels=[0.5, 1.5], colors=[colour], alpha=0.25
            )
            own = labels[k] == 1
            ax.plot(*X[:, own], "o", color=colour, markersize=1.8)
        ax.set(title=title, xlim=(-reach, reach), ylim=(-reach, reach))
        ax.set_aspect("equal")
        _bare(ax)
        ax.set_xticks([])
    return figure


def costs() -> Figure:
    """The cost against the passes, for one layer and for three layers."""
    figure, ax = plt.subplots(figsize=(4.4, 2.8))
    passes = np.arange(PASSES + 1)
    one, three = _trained(ONE_LAYER)[0].costs, _trained(THREE_LAYERS)[0].costs
    ax.axhline(np.log(3), color=colours.muted, linestyle=DASHES, linewidth=1.2)
    ax.plot(passes, one, color=colours.second, linestyle=(0, (1, 1)))
    ax.plot(passes, three, color=colours.accent)
    ax.text(PASSES, 1.11, r"$\log 3$", color=colours.ink, ha="right", va="bottom")
    ax.text(PASSES, 0.53, "one layer", color=colours.second, ha="right", va="bottom")
    ax.text(PASSES, 0.1, "three layers", color=colours.accent, ha="right", va="bottom")
    ax.set(
        xlabel="passes over the data",
        ylabel=r"cost $\mathcal{J}$",
        xlim=(0, PASSES),
        ylim=(0, 1.3),
    )
    return figure


def _bare(ax: Axes) -> None:
    """Leave only the names below the axis."""
    ax.grid(visible=False)
    ax.set_yticks([])
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _three_arms(m: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Return the training data of the page: points on three arms of a spiral."""
    rng = np.random.default_rng(0)
    classes = np.arange(m) % 3
    radius = rng.uniform(0.1, 1.0, size=m)
    angle = 3.5 * radius + 2 * np.pi / 3 * classes
    angle = angle + 0.2 * rng.normal(size=m)
    X = radius * np.vstack([np.cos(angle), np.sin(angle)])
    return X, np.eye(3)[:, classes]


@cache
def _trained(n: tuple[int, ...]) -> tuple[net.Fit, list]:
    """Train a network of these sizes as the page does."""
    X, labels = _three_arms()
    hidden = [(tanh, tanh_prime)] * (len(n) - 2)
    g, g_prime = net.activations(hidden, output=softmax)
    W, b = net.initialize(list(n))
    return net.fit(X, labels, W, b, g, g_prime, 0.5, iterations=PASSES), g
