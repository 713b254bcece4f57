"""The figure of the page on frameworks."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnref.deep_network import initialize
from nnref.site.figures import colours

# Low values to high ones.
SHADES = [colours.second, colours.second_soft, colours.accent_soft, colours.accent]


def layouts() -> Figure:
    """Inputs, weights and biases of layer 1 as the three libraries store them."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4, 7))
    W, _ = initialize([4, 5, 3])
    b = rng.normal(size=(5, 1))

    figure, ax = plt.subplots(figsize=(4.4, 4.7))
    columns = {"nnref": 0.0, "PyTorch": 9.0, "scikit-learn": 15.2}
    for name, left in columns.items():
        ax.text(left, 9.4, name, weight="bold", color=colours.accent, fontsize=11)
    course, torch, sklearn = columns.values()

    _grid(ax, X, course, 8.6, "X", (4, 7))
    _grid(ax, X.T, torch, 8.6, "X.T", (7, 4))
    _grid(ax, X.T, sklearn, 8.6, "X.T", (7, 4))

    _grid(ax, W[1], course, -1.0, "W[1]", (5, 4))
    _grid(ax, W[1], torch, -1.0, "weight", (5, 4))
    _grid(ax, W[1].T, sklearn, -1.0, "coefs_[0]", (4, 5))

    _grid(ax, b, course + 5.6, -1.0, "b[1]", (5, 1))
    _grid(ax, b.T, torch, -9.0, "bias", (5,))
    _grid(ax, b.T, sklearn, -9.0, "intercepts_[0]", (5,))

    ax.set(xlim=(-0.3, 21.2), ylim=(-12.2, 10.4))
    ax.set_aspect("equal")
    ax.axis("off")
    return figure


def _grid(
    ax: Axes,
    values: np.ndarray,
    left: float,
    top: float,
    name: str,
    shape: tuple[int, ...],
) -> None:
    """An array as coloured cells, with its name and its shape below."""
    assert values.size == np.prod(shape), "the shape that is written belongs to it"
    limits = np.quantile(values, [0.25, 0.5, 0.75])
    rows, columns = values.shape
    for row in range(rows):
        for column in range(columns):
            shade = SHADES[int(np.searchsorted(limits, values[row, column]))]
            corner = (left + column, top - row - 1)
            ax.add_patch(
                Rectangle(
                    corner, 1, 1, facecolor=shade, edgecolor=colours.paper, linewidth=1
                )
            )
    below = top - rows - 0.25
    ax.text(left, below, name, family="monospace", fontsize=9.5, va="top")
    ax.text(left, below - 1.0, str(shape), color=colours.muted, fontsize=9.5, va="top")
