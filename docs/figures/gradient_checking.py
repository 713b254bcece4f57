"""Figures of the page "Gradient checking"."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from nnref.activations import relu, sigmoid, sigmoid_prime
from nnref.gradient_checking import (
    complex_step,
    relative_error,
    two_sided_difference,
)
from nnref.site.figures import colours


def two_slopes() -> Figure:
    """The tangent of a curve beside a one-sided and a two-sided chord."""
    theta, epsilon = 1.0, 1.6
    line = np.linspace(-1.6, 3.6, 200)
    left, middle, right = theta - epsilon, theta, theta + epsilon

    figure, axis = plt.subplots(figsize=(4.4, 3.0))
    axis.plot(line, sigmoid(line), color=colours.ink, lw=1.4)
    tangent = sigmoid(theta) + sigmoid_prime(theta) * (line - theta)
    near = np.abs(line - theta) < 1.75
    axis.plot(line[near], tangent[near], color=colours.muted, ls=":", lw=1.8)
    for start, colour in ((middle, colours.second), (left, colours.accent)):
        ends = np.array([start, right])
        axis.plot(ends, sigmoid(ends), color=colour, marker="o", ms=5)
    axis.text(2.75, 0.84, "one-sided", color=colours.second)
    axis.text(-0.62, 0.18, "two-sided", color=colours.accent)
    axis.text(-1.5, 0.47, "tangent", color=colours.muted)
    axis.set(xlim=(-1.6, 3.9), ylim=(0, 1.15), yticks=[0, 0.5, 1])
    names = [r"$\theta - \varepsilon$", r"$\theta$", r"$\theta + \varepsilon$"]
    axis.set_xticks([left, middle, right], names, fontsize=12)
    axis.set_ylabel("$f$", fontsize=12)
    return figure


def error_against_step() -> Figure:
    """Relative error of three methods against the step, both axes logarithmic."""
    theta = 1.0
    true = sigmoid_prime(theta)
    steps = 10.0 ** -np.arange(0, 20.25, 0.25)
    one, two, imaginary = [], [], []
    for step in steps:
        rise = sigmoid(theta + step) - sigmoid(theta)
        one.append(relative_error(true, rise / step))
        two.append(relative_error(true, two_sided_difference(sigmoid, theta, step)))
        imaginary.append(relative_error(true, complex_step(sigmoid, theta, step)))

    figure, axis = plt.subplots(figsize=(4.4, 3.4))
    curves = (
        (one, colours.second, "-"),
        (two, colours.accent, "-"),
        (imaginary, colours.third, "--"),
    )
    for errors, colour, style in curves:
        # An error of 0 has no place on a logarithmic axis.
        shown = np.maximum(errors, 3e-17)
        axis.loglog(steps, shown, color=colour, ls=style, lw=1.7)
    axis.text(2e-9, 1e-5, "one-sided", color=colours.second)
    axis.text(3e-7, 6e-13, "two-sided", color=colours.accent, ha="right")
    axis.text(1e-19, 3e-16, "complex step", color=colours.third)
    axis.set(xlim=(1e-20, 3), ylim=(1e-17, 10))
    axis.set_xticks([1e-20, 1e-15, 1e-10, 1e-5, 1])
    axis.set_yticks([1e-16, 1e-12, 1e-8, 1e-4, 1])
    axis.minorticks_off()
    axis.set_xlabel(r"step $\varepsilon$ or $h$", fontsize=11)
    axis.set_ylabel("relative error")
    return figure


def kink() -> Figure:
    """What the two-sided difference says of the slope of ReLU around its kink."""
    epsilon = 1e-6
    z = np.linspace(-2.5, 2.5, 401) * epsilon
    slopes = [two_sided_difference(relu, number, epsilon) for number in z]

    figure, axis = plt.subplots(figsize=(4.4, 2.6))
    axis.plot([-2.5, 0], [0, 0], color=colours.ink, lw=1.4)
    axis.plot([0, 2.5], [1, 1], color=colours.ink, lw=1.4)
    axis.plot(z / epsilon, slopes, color=colours.accent, ls="--")
    axis.text(-2.4, 0.09, "true slope", color=colours.ink)
    axis.text(0.25, 0.42, "two-sided", color=colours.accent)
    names = [r"$-\varepsilon$", "0", r"$\varepsilon$"]
    axis.set_xticks([-1, 0, 1], names, fontsize=12)
    axis.set(ylim=(-0.1, 1.15), yticks=[0, 0.5, 1], ylabel="slope of ReLU")
    axis.set_xlabel("$z$", fontsize=12)
    return figure
