"""Figures of the page on training."""

from functools import partial
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy import ndarray

from nnref.activations import relu, sigmoid, tanh, tanh_prime
from nnref.datasets import planar_flower
from nnref.deep_network import (
    activations,
    backward,
    cost,
    fit,
    forward,
    initialize,
    update,
)
from nnref.gradient_descent import mini_batches
from nnref.initialization import he, small_random, xavier, zeros
from nnref.site.figures import colours

SIZES = [2, 4, 1]
X, Y = planar_flower()
g, g_prime = activations([(tanh, tanh_prime)])
DASHES = (0, (5, 2))
DOTS = (0, (1, 1))


def four_curves() -> Figure:
    """Cost curves of four trainings of the same network: one good, three bad."""
    start = initialize(SIZES)
    fit_flower = partial(fit, X, Y, g=g, g_prime=g_prime, iterations=400)
    curves = [
        ("good", fit_flower(*start, alpha=0.3).costs, colours.accent),
        ("flat", fit_flower(*initialize(SIZES, zeros), alpha=0.3).costs, colours.muted),
        ("rising", _uphill(alpha=0.3, steps=400), colours.second),
        ("jumping", fit_flower(*start, alpha=10).costs, colours.fourth),
    ]
    figure, axes = plt.subplots(2, 2, figsize=(4.6, 3.6), sharex=True)
    for ax, (name, costs, colour) in zip(axes.flat, curves, strict=True):
        ax.plot(costs, color=colour, linewidth=1.5)
        ax.set_title(name, fontsize=11, color=colour)
        top = max(0.8, 1.05 * np.max(costs))
        ax.set(ylim=(0, top), xlim=(0, 400))
        ax.set_xticks([0, 200, 400])
    for ax in axes[1]:
        ax.set_xlabel("passes")
    for ax in axes[:, 0]:
        ax.set_ylabel(r"cost $\mathcal{J}$")
    return figure


def starts() -> Figure:
    """Cost curves of the same network from four starts."""
    W = [None, np.full((4, 2), 0.5), np.full((1, 4), 0.5)]
    b = [None, np.zeros((4, 1)), np.zeros((1, 1))]
    figure, ax = plt.subplots(figsize=(4.4, 3.0))
    for (W_start, b_start), colour, style in [
        (initialize(SIZES, zeros), colours.muted, DOTS),
        ((W, b), colours.second, DASHES),
        (initialize(SIZES, small_random), colours.third, "-"),
        (initialize(SIZES, xavier), colours.accent, "-"),
    ]:
        costs = fit(X, Y, W_start, b_start, g, g_prime, alpha=1, iterations=150).costs
        ax.plot(costs, color=colour, linestyle=style)
    ax.text(149, 0.72, "all zero", color=colours.muted, ha="right", fontsize=11)
    ax.text(4, 1.05, "all 0.5", color=colours.second, fontsize=11)
    ax.text(92, 0.51, "small random", color=colours.third, fontsize=11)
    ax.text(34, 0.35, "Xavier", color=colours.accent, fontsize=11, ha="right")
    ax.set(xlabel="steps", ylabel=r"cost $\mathcal{J}$", ylim=(0.3, 1.2), xlim=(0, 150))
    return figure


def sizes_through_layers() -> Figure:
    """The size of the activations in each of ten ReLU layers, for four scales."""
    depth, n = 10, 100
    layers = np.arange(depth + 1)
    X = np.random.default_rng(1).normal(size=(n, 200))
    figure, ax = plt.subplots(figsize=(4.4, 3.4))
    for method, colour, style in [
        (_standard_normal, colours.second, DASHES),
        (he, colours.accent, "-"),
        (xavier, colours.third, DOTS),
        (small_random, colours.fourth, DASHES),
    ]:
        W, b = initialize([n] * (depth + 1), method)
        _, A = forward(X, W, b, [None] + [relu] * depth)
        sizes = [np.sqrt(np.mean(values**2)) for values in A]
        ax.semilogy(layers, sizes, color=colour, linestyle=style, marker="o", ms=4)
    ax.text(4.3, 1e7, "1: too large", color=colours.second, fontsize=11, ha="right")
    ax.text(10, 6, "He", color=colours.accent, fontsize=11, ha="right")
    ax.text(10, 8e-4, "Xavier", color=colours.third, fontsize=11, ha="right")
    ax.text(4.3, 1e-8, "0.01: too small", color=colours.fourth, fontsize=11, ha="right")
    ax.set(xlabel="layer $l$", ylabel="size of $A^{[l]}$")
    ax.set_xticks(layers)
    ax.set_yticks([1e-12, 1e-8, 1e-4, 1, 1e4, 1e8])
    ax.yaxis.set_minor_locator(NullLocator())
    return figure


def valley() -> Figure:
    """Steps in a valley with three learning rates."""
    theta = np.linspace(-2.7, 2.7, 200)
    figure, axes = plt.subplots(1, 3, figsize=(4.6, 2.3), sharey=True)
    for ax, alpha, colour in zip(
        axes,
        (0.2, 0.8, 2.15),
        (colours.third, colours.accent, colours.second),
        strict=True,
    ):
        ax.plot(theta, theta**2 / 2, color=colours.muted, linewidth=1)
        here = 2.2 if alpha < 2 else 1.3
        path = [here]
        for _ in range(5):
            path.append(path[-1] - alpha * path[-1])
        places = np.array(path)
        ax.plot(places, places**2 / 2, "o", color=colour, ms=4)
        for start, end in pairwise(places):
            ax.annotate(
                "",
                (end, end**2 / 2),
                (start, start**2 / 2),
                arrowprops={"arrowstyle": "->", "color": colour, "shrinkB": 2},
            )
        ax.set_title(rf"$\alpha = {alpha}$", color=colour, fontsize=11)
        ax.set(xlabel=r"$\theta$", ylim=(-0.2, 3.8), xlim=(-2.8, 2.8))
        ax.set_xticks([-2, 0, 2])
    axes[0].set_ylabel(r"$f(\theta)$")
    return figure


def learning_rates() -> Figure:
    """Cost curves of the same network and start with three learning rates."""
    W, b = initialize(SIZES)
    figure, ax = plt.subplots(figsize=(4.4, 3.0))
    for alpha, colour, style in [
        (0.01, colours.third, DASHES),
        (1.0, colours.accent, "-"),
        (30.0, colours.second, "-"),
    ]:
        costs = fit(X, Y, W, b, g, g_prime, alpha=alpha, iterations=300).costs
        width = 1 if alpha > 1 else 2
        ax.semilogy(costs, color=colour, linestyle=style, linewidth=width)
    ax.text(110, 0.49, "0.01", color=colours.third, fontsize=11)
    ax.text(26, 0.31, "1", color=colours.accent, fontsize=11)
    ax.text(300, 7, "30", color=colours.second, ha="right", fontsize=11)
    ax.set(xlabel="steps", ylabel=r"cost $\mathcal{J}$", xlim=(0, 300), ylim=(0.27, 20))
    ax.set_yticks([0.3, 1, 3, 10], ["0.3", "1", "3", "10"])
    ax.yaxis.set_minor_locator(NullLocator())
    return figure


def batches() -> Figure:
    """Costs of mini-batches step by step, beside the cost of all examples."""
    alpha, passes, batch_size = 0.3, 10, 16
    W, b = initialize(SIZES)
    full = fit(X, Y, W, b, g, g_prime, alpha=alpha, iterations=passes).costs
    rng = np.random.default_rng(0)
    of_batches, of_all = [], [_cost(X, Y, W, b)]
    for _ in range(passes):
        for X_t, Y_t in mini_batches(X, Y, batch_size, rng):
            of_batches.append(_cost(X_t, Y_t, W, b))
            W, b = _step(X_t, Y_t, W, b, alpha)
        of_all.append(_cost(X, Y, W, b))
    steps = np.arange(len(of_batches)) * batch_size / X.shape[1]

    figure, ax = plt.subplots(figsize=(4.4, 3.2))
    ax.plot(steps, of_batches, color=colours.second, linewidth=0.7)
    ax.plot(full, color=colours.muted, linestyle=DASHES)
    ax.plot(of_all, color=colours.accent, marker="o", ms=4)
    ax.text(4.3, 0.74, "each batch", color=colours.second, fontsize=11)
    ax.text(10, 0.72, "one step a pass", color=colours.muted, ha="right", fontsize=11)
    ax.text(0.2, 0.33, "all, after each pass", color=colours.accent, fontsize=11)
    ax.set(
        xlabel="passes",
        ylabel=r"cost $\mathcal{J}$",
        xlim=(0, passes),
        ylim=(0.15, 0.8),
    )
    return figure


def _standard_normal(n_l: int, n_previous: int, rng: np.random.Generator) -> ndarray:
    return rng.normal(size=(n_l, n_previous))


def _cost(X: ndarray, Y: ndarray, W: list[ndarray], b: list[ndarray]) -> float:
    Z, _ = forward(X, W, b, g)
    return cost(Z[-1], Y, sigmoid)


def _step(
    X: ndarray, Y: ndarray, W: list[ndarray], b: list[ndarray], alpha: float
) -> tuple[list[ndarray], list[ndarray]]:
    Z, A = forward(X, W, b, g)
    return update(W, b, *backward(Y, W, Z, A, g_prime), alpha)


def _uphill(alpha: float, steps: int) -> ndarray:
    """Costs of gradient descent with the sign turned round."""
    W, b = initialize(SIZES)
    costs = [_cost(X, Y, W, b)]
    for _ in range(steps):
        W, b = _step(X, Y, W, b, -alpha)
        costs.append(_cost(X, Y, W, b))
    return np.array(costs)
