"""Figures of the page on activation functions."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from nnref.activations import (
    leaky_relu,
    leaky_relu_prime,
    relu,
    relu_prime,
    sigmoid,
    sigmoid_prime,
    tanh,
    tanh_prime,
)
from nnref.site.figures import colours

SIZE = (4.4, 2.8)  # narrow: the text is still large enough on a phone
DASHES = (0, (5, 2))


def bend() -> Figure:
    """The output of a network against its one input, for three hidden layers."""
    x = np.linspace(-3, 3, 241).reshape(1, -1)
    w_1 = np.array([[1.0], [1.0], [-1.0]])
    b_1 = np.array([[2.0], [-0.5], [-0.5]])
    w_2 = np.array([[1.0, -2.0, -1.5]])
    z_1 = w_1 @ x + b_1
    figure, ax = plt.subplots(figsize=SIZE)
    for g, colour, style in [
        (np.positive, colours.muted, (0, (1, 1))),
        (relu, colours.accent, "-"),
        (tanh, colours.second, DASHES),
    ]:
        ax.plot(x[0], (w_2 @ g(z_1))[0], color=colour, linestyle=style)
    ax.text(-2.9, 4.2, "no bend", color=colours.muted, fontsize=11)
    ax.text(-1.85, -2.9, "ReLU", color=colours.accent, fontsize=11)
    ax.text(-2.9, 0.5, "tanh", color=colours.second, fontsize=11)
    ax.set(xlabel="$x$", ylabel="output", xlim=(-3, 3))
    return figure


def sigmoid_and_slope() -> Figure:
    """The sigmoid and its derivative."""
    figure, ax = _curve_and_slope(sigmoid, sigmoid_prime, reach=6)
    ax.text(2.1, 0.76, r"$\sigma(z)$", color=colours.accent, fontsize=12)
    ax.text(2.3, 0.14, r"slope $\sigma\prime(z)$", color=colours.second, fontsize=12)
    ax.set(ylim=(-0.05, 1.08))
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1])
    return figure


def tanh_and_slope() -> Figure:
    """The hyperbolic tangent and its derivative."""
    figure, ax = _curve_and_slope(tanh, tanh_prime, reach=6)
    ax.text(1.9, 0.74, r"$\tanh(z)$", color=colours.accent, fontsize=12)
    ax.text(2.2, 0.1, r"slope $\tanh\prime(z)$", color=colours.second, fontsize=12)
    ax.set(ylim=(-1.1, 1.1))
    ax.set_yticks([-1, -0.5, 0, 0.5, 1])
    return figure


def relu_and_slope() -> Figure:
    """ReLU and its derivative, with the value at the kink."""
    figure, ax = _curve_and_slope(relu, relu_prime, reach=3)
    _kink(ax, relu_prime(0.0), 1.0)
    ax.text(1.5, 2.1, r"$\max(0, z)$", color=colours.accent, fontsize=12, ha="right")
    ax.text(1.6, 0.68, r"slope $g\prime(z)$", color=colours.second, fontsize=12)
    ax.set(ylim=(-0.3, 3))
    return figure


def leaky_relu_and_slope() -> Figure:
    """Leaky ReLU with a slope that can be seen, and its derivative."""
    z = np.linspace(-3, 3, 241)
    figure, ax = _curve_and_slope(
        lambda z: leaky_relu(z, slope=0.1),
        lambda z: leaky_relu_prime(z, slope=0.1),
        reach=3,
    )
    ax.plot(z[z < 0], leaky_relu(z[z < 0]), color=colours.third, linestyle=(0, (1, 1)))
    _kink(ax, leaky_relu_prime(0.0, slope=0.1), 1.0)
    ax.text(
        1.5, 2.1, r"$\max(0.1 z, z)$", color=colours.accent, fontsize=12, ha="right"
    )
    ax.text(1.6, 0.68, r"slope $g\prime(z)$", color=colours.second, fontsize=12)
    ax.text(-1.35, -0.32, "with 0.1", color=colours.accent, ha="right", va="top")
    ax.text(-2.9, 0.28, "with 0.01", color=colours.third, va="bottom")
    ax.annotate(
        "",
        (-2.4, -0.02),
        (-2.4, 0.3),
        arrowprops={"arrowstyle": "-", "color": colours.third, "linewidth": 0.8},
    )
    ax.set(ylim=(-0.6, 3))
    return figure


def slopes_through_layers() -> Figure:
    """The size of the derivative by Z in each layer of a network of ten layers."""
    depth, n, m = 10, 50, 100
    layers = np.arange(1, depth + 1)
    figure, ax = plt.subplots(figsize=SIZE)
    for g, g_prime, colour, style in [
        (relu, relu_prime, colours.accent, "-"),
        (tanh, tanh_prime, colours.third, (0, (1, 1))),
        (sigmoid, sigmoid_prime, colours.second, DASHES),
    ]:
        rng = np.random.default_rng(0)
        W = [rng.normal(size=(n, n)) * np.sqrt(2 / n) for _ in layers]
        A, slopes = rng.normal(size=(n, m)), []
        for weights in W:
            Z = weights @ A
            A = g(Z)
            slopes.append(g_prime(Z))
        dA = rng.normal(size=(n, m))
        sizes = []
        for weights, slope in zip(reversed(W), reversed(slopes), strict=True):
            dZ = dA * slope
            sizes.append(np.sqrt(np.mean(dZ**2)))
            dA = weights.T @ dZ
        ax.semilogy(layers, sizes[::-1], color=colour, linestyle=style, marker="o")
    ax.text(1, 2.2, "tanh", color=colours.third, fontsize=11)
    ax.text(1, 0.1, "ReLU", color=colours.accent, fontsize=11)
    ax.text(3.4, 2e-5, "sigmoid", color=colours.second, fontsize=11)
    ax.set(xlabel="layer $l$", ylabel="size of $dZ^{[l]}$", ylim=(1e-6, 10))
    ax.set_xticks(layers)
    ax.yaxis.set_minor_locator(NullLocator())
    return figure


def _curve_and_slope(
    g: Callable[[np.ndarray], np.ndarray],
    g_prime: Callable[[np.ndarray], np.ndarray],
    reach: float,
) -> tuple[Figure, Axes]:
    """Draw a function and its derivative from -reach to reach."""
    left = np.linspace(-reach, 0, 121)[:-1]
    right = np.linspace(0, reach, 121)[1:]
    both = np.concatenate([left, right])
    figure, ax = plt.subplots(figsize=SIZE)
    ax.axhline(0, color=colours.muted, linewidth=0.8)
    ax.axvline(0, color=colours.muted, linewidth=0.8)
    ax.plot(both, g(both), color=colours.accent)
    if np.isclose(g_prime(left[-1:]), g_prime(right[:1])).all():
        ax.plot(both, g_prime(both), color=colours.second, linestyle=DASHES)
    else:  # a jump is no part of the curve
        for z in (left, right):
            ax.plot(z, g_prime(z), color=colours.second, linestyle=DASHES)
    ax.set(xlabel="$z$", xlim=(-reach, reach))
    return figure, ax


def _kink(ax: Axes, chosen: float, other: float) -> None:
    """Mark the value that the derivative takes at 0, and the one it does not."""
    ax.plot(0, chosen, "o", color=colours.second, zorder=4)
    hollow = ax.plot(0, other, "o", color=colours.second, zorder=4)[0]
    hollow.set_markerfacecolor(colours.paper)
