"""Figures of the errata."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from nnref.activations import sigmoid
from nnref.site.figures import colours


def sigmoid_signs() -> Figure:
    """The sigmoid, and what a minus makes of it."""
    z = np.linspace(-4, 4, 401)
    figure, ax = plt.subplots(figsize=(4.4, 2.8))
    ax.axhspan(0, 1, color=colours.accent_soft, linewidth=0)
    for side in (z[z < -0.2], z[z > 0.2]):
        wrong = 1 / (1 - np.exp(-side))
        ax.plot(side, wrong, color=colours.second, linestyle=(0, (5, 2)))
    ax.plot(z, sigmoid(z), color=colours.accent)
    ax.text(-3.9, 0.36, r"$1 / (1 + e^{-z})$", color=colours.accent, fontsize=12)
    ax.text(1.15, 1.95, r"$1 / (1 - e^{-z})$", color=colours.second, fontsize=12)
    ax.set(xlabel="$z$", ylabel="$a$", xlim=(-4, 4), ylim=(-3, 4))
    return figure
