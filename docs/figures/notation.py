"""Figures of the page "Notation"."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnref.datasets import breast_cancer
from nnref.site.figures import colours


def columns_are_examples() -> Figure:
    """The matrix X with its examples as columns, and Y below it."""
    data = breast_cancer()
    features, first, m, shown = [0, 1, 4], 5, 5, 1
    n_x = len(features)
    X = data.X_train[features, first : first + m]
    Y = data.Y_train[:, first : first + m]

    figure, axis = plt.subplots(figsize=(4.1, 3.2))
    axis.axis("off")
    axis.set(xlim=(-2.1, m + 1.2), ylim=(-2.35, n_x + 1.05))
    axis.set_aspect("equal")

    for i in range(m):
        ink = colours.accent if i == shown else colours.ink
        for row in range(n_x):
            place = (i, n_x - 1 - row)
            axis.add_patch(_cell(place, marked=i == shown))
            _write(axis, place, f"{X[row, i]:.1f}".replace("-", "\N{MINUS SIGN}"))
        axis.add_patch(_cell((i, -1.6), marked=i == shown))
        _write(axis, (i, -1.6), f"{Y[0, i]:.0f}")
        name = f"$x^{{({i + 1})}}$"
        axis.text(i + 0.5, n_x + 0.2, name, ha="center", va="bottom", color=ink)
        name = f"$y^{{({i + 1})}}$"
        axis.text(i + 0.5, -1.75, name, ha="center", va="top", color=ink)

    for row in range(n_x):
        feature = data.feature_names[features[row]].removeprefix("mean ")
        axis.text(
            -0.2,
            n_x - row - 0.5,
            feature,
            ha="right",
            va="center",
        )
    axis.text(-0.2, -1.1, "malignant?", ha="right", va="center")
    for name, shape, y in (("$X$", X.shape, n_x / 2), ("$Y$", Y.shape, -1.1)):
        axis.text(m + 0.3, y + 0.05, name, va="bottom", fontsize=14)
        axis.text(m + 0.3, y - 0.05, str(shape), va="top")
    return figure


def _cell(place: tuple[float, float], *, marked: bool) -> Rectangle:
    return Rectangle(
        place,
        1,
        1,
        facecolor=colours.accent_soft if marked else colours.panel,
        edgecolor=colours.accent if marked else colours.muted,
        linewidth=1.8 if marked else 0.6,
        zorder=2 if marked else 1,
    )


def _write(axis: plt.Axes, place: tuple[float, float], text: str) -> None:
    x, y = place
    axis.text(x + 0.5, y + 0.5, text, ha="center", va="center", zorder=3)
