"""Figures of the page with a network by hand."""

from typing import Any, TypeAlias

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from nnref.activations import tanh_prime
from nnref.losses import cross_entropy
from nnref.shallow_network import backward, cost, forward
from nnref.site.figures import colours

# The examples and parameters of the page.
X = np.array([[2.0, -2.0], [1.0, 2.0]])
Y = np.array([[1.0, 0.0]])
W1 = np.array([[-0.4, -0.6], [0.2, 0.1], [-0.6, -0.2]])
B1 = np.array([[0.5], [-0.5], [0.5]])
W2 = np.array([[1.0, -1.5, 0.5]])
B2 = np.array([[-0.1]])

Z1, A1, Z2, A2 = forward(X, W1, B1, W2, B2)
DW1, DB1, DW2, DB2 = backward(X, Y, W2, Z1, A1, A2)
DZ2 = A2 - Y
DA1 = W2.T @ DZ2
DZ1 = DA1 * tanh_prime(Z1)

Rows: TypeAlias = dict[str, Any]

# Middle of each box, in inches.
HIDDEN = [(2.0, 3.1), (2.0, 1.85), (2.0, 0.6)]
OUTPUT = (3.88, 1.85)
LINE = 0.22  # from one row of numbers to the next
EXAMPLES = (colours.accent, colours.second)


def network() -> Figure:
    """The network with its parameters."""
    figure, ax = _canvas()
    _boxes(ax, _inputs(0.42), 0.42, [{"$x_1$": []}, {"$x_2$": []}])
    names = [{f"$a_{j}^{{[1]}}$": []} for j in (1, 2, 3)]
    _boxes(ax, HIDDEN, 0.6, names)
    _boxes(ax, [OUTPUT], 0.6, [{r"$a^{[2]}$": []}])
    _arrows(ax, (0.42, 0.6, 0.6), W1, W2)
    _above(ax, [*HIDDEN, OUTPUT], "b", [*B1[:, 0], B2[0, 0]])
    return figure


def forward_pass() -> Figure:
    """What each unit computes for both examples."""
    figure, ax = _canvas()
    inputs = [{f"$x_{k}$": X[k - 1]} for k in (1, 2)]
    _boxes(ax, _inputs(0.78), 0.78, inputs)
    hidden = [{"$z$": Z1[j], "$a$": A1[j]} for j in range(3)]
    _boxes(ax, HIDDEN, 1.4, hidden)
    _boxes(ax, [OUTPUT], 1.4, [{"$z$": Z2[0], "$a$": A2[0]}])
    _arrows(ax, (0.78, 1.4, 1.4))
    losses = cross_entropy(A2, Y)[0]
    below = (OUTPUT[0], 0.6)
    _boxes(ax, [below], 1.4, [{r"$\mathcal{L}$": losses}], plain=True)
    ax.annotate(
        "",
        (below[0], below[1] + 0.17),
        (OUTPUT[0], OUTPUT[1] - LINE - 0.05),
        arrowprops=_arrow("-|>"),
    )
    text = rf"$\mathcal{{J}} = {cost(Z2, Y):.3f}$"
    ax.text(below[0], 0.2, text, color=colours.ink, **_middle(11))
    _legend(ax)
    return figure


def backward_pass() -> Figure:
    """The derivatives of the losses in the units, those of the cost beside them."""
    figure, ax = _canvas()
    _boxes(ax, _inputs(0.42), 0.42, [{"$x_1$": []}, {"$x_2$": []}])
    hidden = [{"$dz$": DZ1[j], "$da$": DA1[j]} for j in range(3)]
    _boxes(ax, HIDDEN, 1.36, hidden)
    _boxes(ax, [OUTPUT], 1.32, [{"$dz$": DZ2[0]}])
    _arrows(ax, (0.42, 1.36, 1.32), DW1, DW2, back=True)
    _above(ax, [*HIDDEN, OUTPUT], "db", [*DB1[:, 0], DB2[0, 0]])
    _legend(ax)
    return figure


def _canvas() -> tuple[Figure, Axes]:
    figure, ax = plt.subplots(figsize=(4.6, 3.75))
    ax.set(xlim=(0, 4.6), ylim=(0, 3.75))
    ax.axis("off")
    return figure, ax


def _inputs(width: float) -> list[tuple[float, float]]:
    """Return the middle of the boxes of the inputs, which begin at the left edge."""
    return [(0.02 + width / 2, 2.6), (0.02 + width / 2, 1.1)]


def _number(value: float) -> str:
    """Three decimals, or fewer where these are all."""
    text = f"{value:.3f}"
    if float(text) == 0:
        text = "0"
    elif np.isclose(value, float(f"{value:.1f}"), rtol=0, atol=1e-9):
        text = f"{float(f'{value:.1f}'):g}"
    return text.replace("-", "\N{MINUS SIGN}")


def _boxes(
    ax: Axes,
    places: list[tuple[float, float]],
    width: float,
    contents: list[Rows],
    plain: bool = False,
) -> None:
    for (x, y), rows in zip(places, contents, strict=True):
        height = LINE * len(rows) + 0.1
        box = FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.1",
            facecolor=colours.paper if plain else colours.panel,
            edgecolor=colours.grid if plain else colours.muted,
            linewidth=1,
            zorder=3,
        )
        ax.add_patch(box)
        for row, (name, numbers) in enumerate(rows.items()):
            level = y + LINE * ((len(rows) - 1) / 2 - row)
            if not len(numbers):
                ax.text(x, level, name, color=colours.ink, **_middle(12))
                continue
            left = x - width / 2
            ax.text(left + 0.06, level, name, color=colours.ink, **_left(11))
            room = (width - 0.32) / 2
            for i, (value, colour) in enumerate(zip(numbers, EXAMPLES, strict=True)):
                place = left + 0.26 + room * (i + 1)
                text = _number(value)
                ax.text(place, level, text, color=colour, **_right(9))


def _arrows(
    ax: Axes,
    widths: tuple[float, float, float],
    to_hidden: np.ndarray | None = None,
    to_output: np.ndarray | None = None,
    back: bool = False,
) -> None:
    """Join the boxes, with a number on each line if there are any."""
    for j, (x, y) in enumerate(HIDDEN):
        for k, (x_k, y_k) in enumerate(_inputs(widths[0])):
            end = (x - widths[1] / 2, y + (0.1, -0.1)[k])
            number = None if to_hidden is None else to_hidden[j, k]
            start = (x_k + widths[0] / 2, y_k)
            _join(ax, start, end, number, 0.29, "-" if back else "-|>")
        end = (OUTPUT[0] - widths[2] / 2, OUTPUT[1] + (0.1, 0, -0.1)[j])
        number = None if to_output is None else to_output[0, j]
        lift = 0.12 if back and j == 1 else 0  # there is no room on the line
        start, style = (x + widths[1] / 2, y), "<|-" if back else "-|>"
        _join(ax, start, end, number, 0.5, style, lift)


def _join(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    number: float | None,
    back: float,
    style: str,
    lift: float = 0,
) -> None:
    ax.annotate("", end, start, arrowprops=_arrow(style), zorder=1)
    if number is None:
        return
    x, y = (e + back * (s - e) for s, e in zip(start, end, strict=True))
    ax.text(
        x,
        y + lift,
        _number(number),
        color=colours.third,
        bbox={"facecolor": colours.paper, "edgecolor": "none", "pad": 0.6},
        zorder=2.5,
        **_middle(9),
    )


def _above(
    ax: Axes,
    places: list[tuple[float, float]],
    name: str,
    numbers: list[float],
) -> None:
    for (x, y), number in zip(places, numbers, strict=True):
        text = f"${name} = {_number(number)}$"
        ax.text(x, y + 0.41, text, color=colours.third, **_middle(11))


def _legend(ax: Axes) -> None:
    for i, colour in enumerate(EXAMPLES):
        text = f"example {i + 1}"
        ax.text(0.02, 3.62 - 0.2 * i, text, color=colour, **_left(9.5))


def _arrow(style: str) -> dict[str, Any]:
    return {
        "arrowstyle": style,
        "color": colours.muted,
        "linewidth": 1,
        "shrinkA": 0,
        "shrinkB": 0,
    }


def _middle(size: float) -> dict[str, Any]:
    return {"ha": "center", "va": "center", "fontsize": size}


def _left(size: float) -> dict[str, Any]:
    return {"ha": "left", "va": "center", "fontsize": size}


def _right(size: float) -> dict[str, Any]:
    return {"ha": "right", "va": "center", "fontsize": size}
