r"""The symbols of the course: what each is called in a tree, in LaTeX and in code.

The reader's names get their values by this table, messages spell names by it, and the
page Notation lists what stands here: a test holds the two together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nnref.equations.tree import Symbol

# A line for each use of a symbol. Its columns: the name in a tree, the letter and its
# marks in LaTeX, what it stands for, the shape, the name in code, and what it means.
# What stands for a part of the network has its node, with a layer if that is fixed; d
# before the name makes it the derivative by it. A size counts something.
TABLE = r"""
[indices]
i | i | | | number | i | number of an example, from 1 to $m$
j | j | | | number | j | number of a component or a unit, from 1 on
k | k | | | number | k | number of an input of a unit, or another such count
l | l | | | number | l | number of a layer, from 0 for the input to $L$
d | d | | | that of the letter | d | before a letter: a derivative by it

[logistic-regression]
m | m | | size | number | X.shape[1] | number of examples
n_x | n_x | | size | number | X.shape[0] | number of features
X | X | | A0 | (n_x, m) | X | inputs, one example a column
x | x | ^{(i)} | A0 | (n_x, 1) | X[:, [i - 1]] | example $i$
Y | Y | | YL | (1, m) | Y | labels, 0 or 1
y | y | ^{(i)} | YL | number | Y[0, i - 1] | label of example $i$
yhat | \hat y | | AL | number | entry of A | another name for $a$, in formulas
Z | Z | | Z | (1, m) | Z | weighted sums, with the bias
z | z | ^{(i)} | Z | number | Z[0, i - 1] | weighted sum of example $i$
A | A | | A | (1, m) | A | predictions: probability that the label is 1
a | a | ^{(i)} | A | number | A[0, i - 1] | prediction for example $i$
w | w | | W | (n_x, 1) | w | weights, one for each feature
b | b | | b | number | b | bias
dw | dw | | W | (n_x, 1) | dw | derivatives of the cost by $w$
db | db | | b | number | db | derivative of the cost by $b$
dZ | dZ | | Z | (1, m) | dZ | derivatives of the losses by the $z^{(i)}$
dz | dz | ^{(i)} | Z | number | entry of dZ |
    derivative of the loss of example $i$ by $z^{(i)}$
da | da | ^{(i)} | A | number | entry of dA |
    derivative of the loss of example $i$ by $a^{(i)}$
sigma | \sigma | | | function | sigmoid |
    sigmoid: turns a number into one between 0 and 1
Loss | \mathcal{L} | ^{(i)} | | number | cross_entropy |
    loss of example $i$: how bad is $a^{(i)}$?
J | \mathcal{J} | | | number | cost | cost: the mean of all losses
y_pred | y_{\text{pred}} | ^{(i)} | | number | entry of Y_pred |
    predicted label of example $i$, 0 or 1
alpha | \alpha | | | number | alpha |
    learning rate: training subtracts $\alpha \, dw$ from $w$
e | e | | | number | np.exp(1) | the number 2.718...; its powers are undone by $\log$
reals | \mathbb{R} | ^{n_x \times m} | | (n_x, m) | X.shape |
    all arrays of real numbers of this shape

[layers]
L | L | | size | number | L | number of layers, the input not counted
n | n | ^{[l]} | size | number | n[l] | number of units in layer $l$
C | C | | size | number | n[L] | number of classes; with a softmax, $n^{[L]} = C$
Y | Y | | YL | (n^{[L]}, m) | Y | labels, one row for each output unit
y | y | _j | YL | number | Y[j - 1, i - 1] |
    label of output unit or class $j$, for one example $i$
Yhat | \hat Y | | AL | as Y | A[L] | predictions $A^{[L]}$
Z | Z | ^{[l]} | Z | (n^{[l]}, m) | Z[l] | weighted sums with bias
z | z | ^{[l](i)} | Z | (n^{[l]}, 1) | Z[l][:, [i - 1]] |
    column $i$ of $Z^{[l]}$: one example
z | z | _j^{[l]} | Z | number | Z[l][j - 1, i - 1] |
    weighted sum of unit $j$, for one example $i$
A | A | ^{[l]} | A | (n^{[l]}, m) | A[l] | activations $g^{[l]}(Z^{[l]})$
a | a | ^{[l](i)} | A | (n^{[l]}, 1) | A[l][:, [i - 1]] |
    column $i$ of $A^{[l]}$: one example
a | a | _j^{[l]} | A | number | A[l][j - 1, i - 1] |
    activation of unit $j$, for one example $i$
W | W | ^{[l]} | W | (n^{[l]}, n^{[l-1]}) | W[l] | weights of layer $l$, one unit a row
w | w | _j^{[l]} | W | (n^{[l-1]}, 1) | W[l][[j - 1]].T |
    weights of unit $j$ as a column
w | w | _{jk}^{[l]} | W | number | W[l][j - 1, k - 1] |
    weight of unit $j$ for its input $k$
b | b | ^{[l]} | b | (n^{[l]}, 1) | b[l] | biases of layer $l$, one a unit
b | b | _j^{[l]} | b | number | b[l][j - 1, 0] | bias of unit $j$
dW | dW | ^{[l]} | W | as W^{[l]} | dW[l] | derivatives of the cost
db | db | ^{[l]} | b | as b^{[l]} | db[l] | derivatives of the cost
dZ | dZ | ^{[l]} | Z | as Z^{[l]} | dZ[l] |
    column $i$: derivative of the loss of example $i$
dA | dA | ^{[l]} | A | as A^{[l]} | dA[l] |
    column $i$: derivative of the loss of example $i$
dz | dz | ^{[l](i)} | Z | (n^{[l]}, 1) | dZ[l][:, [i - 1]] | column $i$ of $dZ^{[l]}$
dz | dz | _j^{[l]} | Z | number | dZ[l][j - 1, i - 1] |
    unit $j$ of $dz^{[l](i)}$, for one example $i$
da | da | ^{[l](i)} | A | (n^{[l]}, 1) | dA[l][:, [i - 1]] | column $i$ of $dA^{[l]}$
da | da | _j^{[l]} | A | number | dA[l][j - 1, i - 1] |
    unit $j$ of $da^{[l](i)}$, for one example $i$
tanh | \tanh | | | function | tanh |
    hyperbolic tangent: turns a number into one between $-1$ and 1
g | g | ^{[l]} | | function | g[l] |
    activation function of layer $l$, such as $\sigma$ or $\tanh$
g | g | '^{[l]} | | function | g_prime[l] | slope of $g^{[l]}$, entry by entry
Y_pred | Y_{\text{pred}} | | | as Y | Y_pred | predicted labels

[single-pages]
m_t | m_t | | size | number | X_k.shape[1] | number of examples in mini-batch $t$
J_t | \mathcal{J}_t | | | number | | cost of mini-batch $t$: the mean of its losses
theta | \theta | | | number, or any | theta | a parameter, or an array of them
epsilon | \varepsilon | | | number | epsilon | a small step
h | h | | | number | h | step of the complex step
lambda | \lambda | | | number | | price of large weights

[other-notes]
K | K | | size | number | n[L] | number of classes, $C$
n_y | n_y | | size | number | n[L] | number of output units
n_h | n_h | | size | number | n[1] | number of hidden units, with two layers
B | B | ^{[l]} | b | (n^{[l]}, 1) | b[l] | biases of layer $l$, $b^{[l]}$
dB | dB | ^{[l]} | b | as b^{[l]} | db[l] | derivatives of the cost, $db^{[l]}$
dX | dX | | A0 | as X | | column $i$: derivative of the loss of example $i$
dx | dx | ^{(i)} | A0 | (n_x, 1) | | column $i$ of $dX$
delta | \delta | ^{[l]} | | (n^{[l]}, 1) | |
    $dz^{[l]}$, in other notes the error of a layer
eta | \eta | | | number | alpha | learning rate, $\alpha$
beta | \beta | | | number | | any number
gamma | \gamma | | | number | | any number
pi | \pi | | | number | np.pi | the number 3.141...
delta | \delta | _{jk} | | number | | 1 if $j = k$, else 0
"""


@dataclass(frozen=True)
class Name:
    """What a letter stands for: a node of the network, or its derivative."""

    node: str  # W, b, Z, A, Y
    capital: bool
    derivative: bool = False
    layer: int | None = None  # the layer that it always has: 0, or -1 for the last


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a symbol, as the page lists it.

    Attributes:
        latex: The symbol with its marks: the layer, the example, the unit.
        meaning: What it means.
        shape: Its shape in LaTeX, or in words.
        code: What it is called in code, if it has a name there.
        anchor: The section of the page.
    """

    latex: str
    meaning: str
    shape: str
    code: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A symbol.

    Attributes:
        name: What it is called in a tree.
        letter: Its LaTeX without marks.
        uses: What it means, in one part of the course or in several.
        stands_for: The part of the network that it stands for, if it does.
        is_size: Whether it counts something, such as examples or units.
    """

    name: str
    letter: str
    uses: tuple[Use, ...]
    stands_for: Name | None
    is_size: bool


def _entries() -> Iterator[Entry]:
    found: dict[tuple[str, str, str], list[Use]] = {}
    anchor = ""
    for line in TABLE.replace("\n    ", " ").split("\n"):
        if line.startswith("["):
            anchor = f"notation.md#{line.strip('[]')}"
        elif line:
            columns = (column.strip() for column in line.split("|"))
            name, letter, marks, role, shape, code, meaning = columns
            use = Use(letter + marks, meaning, shape, code, anchor)
            found.setdefault((name, letter, role), []).append(use)
    layers = {"": None, "0": 0, "L": -1}
    for (name, letter, role), uses in found.items():
        stands_for = None
        if role not in ("", "size"):
            capital, derivative = letter[-1].isupper(), name[0] == "d"
            stands_for = Name(role[0], capital, derivative, layers[role[1:]])
        yield Entry(name, letter, tuple(uses), stands_for, role == "size")


SYMBOLS: Mapping[str, Entry] = MappingProxyType({x.name: x for x in _entries()})


def spelled(name: str) -> str:
    """Write a name as a reader knows it."""
    if name in SYMBOLS:
        return SYMBOLS[name].letter
    if name.endswith("hat") and len(name) > 3:
        return rf"\hat {name[:-3]}"
    return name


def explained(symbol: Symbol) -> str:
    """Say what a symbol means, and its shape; nothing, if it is not in the table."""
    entry = SYMBOLS.get(symbol.name)
    if entry is None:
        return ""
    signs = {"[": symbol.layer, "(": symbol.example, "_": symbol.units}
    fitting = [
        use
        for use in entry.uses
        if all(
            (sign in use.latex[len(entry.letter) :]) == bool(script)
            for sign, script in signs.items()
        )
    ]
    return "; or ".join(
        f"{use.latex}: {use.meaning}; shape: {use.shape}"
        for use in fitting or entry.uses
    )
