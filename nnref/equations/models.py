r"""Small random networks, and derivatives of what they compute by the complex step.

An `Instance` is a network with random parameters and data. Its forward values come
from `nnref`'s own functions, and its derivatives from these by the complex step: never
from `nnref`'s `backward`, so that no error hides by being made twice.

All layer sizes differ from each other and from the number of examples, the biases are
not zero, and each hidden layer has another activation. So what holds by chance in a
special case does not hold here.
"""

# ruff: noqa: E741 (l is the layer, as in the formulas)

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from nnref import deep_network, logistic_regression, shallow_network
from nnref.activations import leaky_relu, relu, sigmoid, softmax, tanh
from nnref.losses import (
    cross_entropy_from_logits,
    softmax_cross_entropy_from_logits,
)

Kind: TypeAlias = Literal["logistic", "shallow", "deep"]
Place: TypeAlias = tuple[str, int]  # a node: its letter and its layer
Rows: TypeAlias = tuple[tuple[float, ...], ...]
Given: TypeAlias = tuple[tuple[Place, Rows], ...]  # the values of some nodes
Function: TypeAlias = Callable[[Any], Any]

STEP = 1e-30
SEEDS = (0, 1, 2)
KINK = 1e-2  # no value before a ReLU is closer to 0
HIDDEN_SIZES = (5, 4, 6, 3)
KINKED = ("relu", "leaky_relu")


def softplus(Z: Any) -> Any:
    """Return log(1 + e^z), a smooth activation of the checker's own."""
    return np.log(1 + np.exp(Z))


def sine(Z: Any) -> Any:
    """Return the sine, a smooth activation of the checker's own."""
    return np.sin(Z)


FUNCTIONS: dict[str, Function] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "softmax": softmax,
    "sine": sine,
    "softplus": softplus,
}
SIGNED = ("theta", "beta", "gamma")  # may be negative
FREE = ("alpha", "lambda", "theta", "beta", "gamma", "epsilon", "h")
GENERIC = ("tanh", "sine", "softplus", "sigmoid")


@dataclass(frozen=True)
class Settings:
    """What is said, or assumed, of a network.

    Attributes:
        kind: Which of the three models.
        L: The number of layers.
        hidden: The activation of the hidden layers; `generic`: another in each.
        output: The activation of layer L.
        one_unit: Whether the last layer has one unit only.
        units: The number of units of the last layer, if it is said.
        binary: Whether the labels are 0 or 1, and nothing between.
        widths: Sizes of layers that are said: pairs of a layer and its size.
        numbers: Names that stand for numbers.
        arrays: Names that stand for arrays, each with its shape.
        given: The values that a page gives its network: parameters, inputs, labels and
            the learning rate. X is `("A", 0)`; `("Y", 0)` and `("alpha", 0)` have
            no layer.
    """

    kind: Kind = "deep"
    L: int = 4
    hidden: str = "generic"
    output: str = "sigmoid"
    one_unit: bool = False
    units: int = 0
    binary: bool = False
    widths: tuple[tuple[int, int], ...] = ()
    numbers: tuple[str, ...] = ()
    arrays: tuple[tuple[str, int, int], ...] = ()
    given: Given = ()


@dataclass
class State:
    """The values of all nodes: as they are, or with some of them changed."""

    W: list[Any]
    b: list[Any]
    Z: list[Any]
    A: list[Any]
    from_A: bool  # whether the last activations were changed by themselves
    free: Mapping[str, Any]  # numbers that are not part of the network
    losses: Any = None  # of each example, once they were asked for


class Instance:
    """A network with random parameters, data and labels.

    Attributes:
        settings: What kind of network it is.
        n: The sizes of its layers, from 0 to L.
        m: The number of examples.
        Y: Labels.
        g: The activations; entry l belongs to layer l.
    """

    def __init__(self, settings: Settings, seed: int) -> None:
        """Draw a network, again if a value lies at the kink of a ReLU."""
        self.settings = settings
        self.seed = seed
        rng = np.random.default_rng([seed, settings.L, 7])
        self.n, self.m = _sizes(settings, seed)
        self.g = _functions(settings, seed)
        for _ in range(1000):
            self._draw(rng)
            hidden = self.Z[1:-1]
            if (
                settings.given
                or settings.hidden not in KINKED
                or all(np.min(np.abs(Z)) > KINK for Z in hidden)
            ):
                break
        self.base = State(self.W, self.b, self.Z, self.A, False, self.free)
        self._gradients: dict[tuple[str, Place], Any] = {}
        self._steps: dict[tuple[Place, tuple[int, int]], State] = {}
        self._numbers: dict[Place, Any] = {}

    def _draw(self, rng: np.random.Generator) -> None:
        L, n, m = self.settings.L, self.n, self.m
        # Where nothing bends the values back, they would grow from layer to layer.
        kinked = self.settings.hidden in KINKED
        self.W: list[Any] = [
            None,
            *(
                rng.normal(size=(n[l], n[l - 1]))
                * (1.5 / np.sqrt(n[l - 1]) if kinked else 1.0)
                for l in range(1, L + 1)
            ),
        ]
        self.b: list[Any] = [
            None,
            *(rng.normal(size=(n[l], 1)) for l in range(1, L + 1)),
        ]
        X = rng.normal(size=(n[0], m))
        self.Y = rng.uniform(0.1, 0.9, size=(n[L], m))
        if self.settings.output == "softmax":
            self.Y = self.Y / np.sum(self.Y, axis=0)
        if self.settings.binary and self.settings.output == "softmax":
            self.Y = np.eye(n[L])[:, rng.permutation(np.arange(m) % n[L])]
        elif self.settings.binary:
            labels = rng.permutation(np.arange(n[L] * m) % 2)
            self.Y = labels.reshape(n[L], m).astype(float)
        for (letter, layer), rows in self.settings.given:
            value = np.array(rows)
            if letter == "Y":
                self.Y = value
            elif letter == "A":
                X = value
            elif letter in "Wb":
                getattr(self, letter)[layer] = value
        self.free = {
            name: float(rng.uniform(0.2, 0.8))
            for name in (*FREE, *self.settings.numbers)
        }
        for name in SIGNED:
            self.free[name] = (0.5, -0.7, 1.3)[self.seed % 3]
        given = dict(self.settings.given)
        if ("alpha", 0) in given:
            self.free["alpha"] = given["alpha", 0][0][0]
        self.arrays = {
            name: rng.normal(size=(rows, columns))
            for name, rows, columns in self.settings.arrays
        }
        if self.settings.kind == "logistic":
            Z, A = logistic_regression.forward(X, self.W[1].T, self.b[1].item())
            self.Z: list[Any] = [None, Z]
            self.A: list[Any] = [X, A]
        elif self.settings.kind == "shallow":
            Z1, A1, Z2, A2 = shallow_network.forward(
                X, self.W[1], self.b[1], self.W[2], self.b[2], self.g[1]
            )
            self.Z, self.A = [None, Z1, Z2], [X, A1, A2]
        else:
            self.Z, self.A = deep_network.forward(X, self.W, self.b, self.g)

    def is_at_kink(self) -> bool:
        """Tell whether given values lead to where a ReLU has no slope."""
        kinked = self.settings.hidden in KINKED
        return kinked and any(np.any(np.abs(Z) < 1e-12) for Z in self.Z[1:-1])

    def changed(self, place: Place, value: Any) -> State:
        """Return the values with one node changed: all downstream of it follow."""
        letter, layer = place
        W, b = list(self.W), list(self.b)
        Z, A = list(self.Z), list(self.A)
        L = self.settings.L
        from_A = letter == "A" and layer == L
        if letter == "W":
            W[layer] = value
        elif letter == "b":
            b[layer] = value
        if letter == "A":
            A[layer] = value
        elif letter == "Z":
            Z[layer] = value
            A[layer] = self.g[layer](value)
        first = layer if letter in "Wb" else layer + 1
        if first <= L:
            rest = slice(first, None)
            Z_rest, A_rest = deep_network.forward(
                A[first - 1],
                [None, *W[rest]],
                [None, *b[rest]],
                [None, *self.g[rest]],
            )
            Z[rest], A[rest] = Z_rest[1:], A_rest[1:]
        return State(W, b, Z, A, from_A, self.free)

    def stepped(self, place: Place, position: tuple[int, int]) -> State:
        """Return the values with an imaginary step in one entry of a node."""
        key = (place, position)
        if key not in self._steps:
            array = self.node(self.base, place)
            step = np.zeros(array.shape, complex)
            step[position] = 1j * STEP
            self._steps[key] = self.changed(place, array + step)
        return self._steps[key]

    def with_free(self, name: str, value: Any) -> State:
        """Return the values with a number changed that is not in the network."""
        free = {**self.free, name: value}
        return State(self.W, self.b, self.Z, self.A, False, free)

    def node(self, state: State, place: Place) -> Any:
        """Return the array of a node."""
        letter, layer = place
        return getattr(state, letter)[layer]

    def numbers(self, place: Place) -> Any:
        """Return an array with the shape of a node, in which the entries count."""
        if place not in self._numbers:
            shape = self.node(self.base, place).shape
            self._numbers[place] = np.arange(math.prod(shape)).reshape(shape)
        return self._numbers[place]

    def losses(self, state: State) -> Any:
        """Return the loss of each example, `(1, m)`."""
        if state.losses is None:
            # A state does not change, and its losses are asked for again and again.
            state.losses = self._losses(state)
        return state.losses

    def _losses(self, state: State) -> Any:
        L = self.settings.L
        if state.from_A:
            A = state.A[L]
            if self.settings.output == "softmax":
                return -np.sum(self.Y * np.log(A), axis=0, keepdims=True)
            entries = -(self.Y * np.log(A) + (1 - self.Y) * np.log(1 - A))
            return np.sum(entries, axis=0, keepdims=True)
        if self.settings.output == "softmax":
            return softmax_cross_entropy_from_logits(state.Z[L], self.Y)
        entries = cross_entropy_from_logits(state.Z[L], self.Y)
        return np.sum(entries, axis=0, keepdims=True)

    def cost(self, state: State) -> Any:
        """Return the cost: the mean of the losses, from `nnref`."""
        if state.from_A:
            return np.sum(self.losses(state)) / self.m
        if self.settings.kind == "logistic":
            return logistic_regression.cost(state.Z[1], self.Y)
        if self.settings.kind == "shallow":
            return shallow_network.cost(state.Z[2], self.Y)
        output = self.g[self.settings.L]
        return deep_network.cost(state.Z[self.settings.L], self.Y, output)

    def loss_gradient(self, place: Place) -> Any:
        """Return, as column i, the derivative of the loss of example i by its column.

        A row is changed in all columns at once: no loss depends on another column.
        """
        key = ("loss", place)
        if key not in self._gradients:
            array = self.node(self.base, place)
            rows = []
            for row in range(array.shape[0]):
                step = np.zeros(array.shape, complex)
                step[row] = 1j * STEP
                losses = self.losses(self.changed(place, array + step))
                rows.append(np.imag(losses)[0] / STEP)
            self._gradients[key] = np.array(rows)
        return self._gradients[key]

    def cost_gradient(self, place: Place) -> Any:
        """Return the derivative of the cost by each entry of a node."""
        key = ("cost", place)
        if key not in self._gradients:
            array = self.node(self.base, place)
            result = np.zeros(array.shape)
            for index in np.ndindex(array.shape):
                cost = self.cost(self.stepped(place, index))
                result[index] = np.imag(cost) / STEP
            self._gradients[key] = result
        return self._gradients[key]

    def example_gradient(self, place: Place) -> Any:
        """Return the derivatives of all losses by each entry: `(m, *shape)`."""
        key = ("example", place)
        if key not in self._gradients:
            array = self.node(self.base, place)
            result = np.zeros((self.m, *array.shape))
            for index in np.ndindex(array.shape):
                losses = self.losses(self.stepped(place, index))
                result[(slice(None), *index)] = np.imag(losses)[0] / STEP
            self._gradients[key] = result
        return self._gradients[key]

    def updated(self, place: Place) -> Any:
        """Return a parameter after a step of gradient descent, by `nnref`'s update."""
        letter, layer = place
        layers = range(1, self.settings.L + 1)
        W, b, alpha = self.W, self.b, self.free["alpha"]
        dW: list[Any] = [None, *(self.cost_gradient(("W", l)) for l in layers)]
        db: list[Any] = [None, *(self.cost_gradient(("b", l)) for l in layers)]
        if self.settings.kind == "logistic":
            new_w, new_b = logistic_regression.update(
                W[1].T, b[1].item(), dW[1].T, db[1].item(), alpha
            )
            return new_w.T if letter == "W" else np.array([[new_b]])
        if self.settings.kind == "shallow":
            W1, b1, W2, b2 = shallow_network.update(
                W[1], b[1], W[2], b[2], dW[1], db[1], dW[2], db[2], alpha
            )
            return {"W": [None, W1, W2], "b": [None, b1, b2]}[letter][layer]
        new: Any = dict(
            zip("Wb", deep_network.update(W, b, dW, db, alpha), strict=True)
        )
        return new[letter][layer]


def _sizes(settings: Settings, seed: int) -> tuple[list[int], int]:
    """Return the sizes of the layers and the number of examples, all different."""
    L = settings.L
    if settings.given:
        n, m = _sizes(replace(settings, given=()), seed)
        said, count = sizes_of(settings.given, L)
        return [said.get(l, n[l]) for l in range(L + 1)], count or m
    if settings.kind == "logistic":
        n_x = dict(settings.widths).get(0, (3, 4, 5)[seed % 3])
        return [n_x, 1], (5, 3, 6)[seed % 3]
    pool = [3, 4, 5, 6, 2, 10, 11, 12, 14, 15][: L + 1]
    shift = seed % len(pool)
    n = pool[shift:] + pool[:shift]
    for layer, size in settings.widths:
        n = [size + 20 if other == size else other for other in n]
        n[layer] = size
    if settings.one_unit:
        n[L] = 1
    if settings.units:
        n = [13 if size == settings.units else size for size in n]
        n[L] = settings.units
    return n, (7, 8, 9)[seed % 3]


def sizes_of(given: Given, L: int) -> tuple[dict[int, int], int]:
    """Return the sizes of the layers that given values say, and of the examples.

    Raises:
        ValueError: If two values do not fit together.
    """
    n: dict[int, int] = {}
    examples: dict[str, int] = {}
    for (letter, layer), rows in given:
        if letter == "alpha":
            continue
        name = {"A": "X", "Y": "Y"}.get(letter, f"{letter}^{{[{layer}]}}")
        sizes = {L if letter == "Y" else layer: len(rows)}
        if letter == "W":
            sizes[layer - 1] = len(rows[0])
        for where, size in sizes.items():
            if n.setdefault(where, size) != size:
                raise ValueError(
                    f"{name} is {len(rows)} by {len(rows[0])}, "
                    f"but layer {where} has {n[where]} units"
                )
        if letter in "AY":
            examples[name] = len(rows[0])
        if letter == "b" and len(rows[0]) != 1:
            raise ValueError(f"{name} has {len(rows[0])} columns: expected 1")
    if len(set(examples.values())) > 1:
        said = " and ".join(f"{name} has {m}" for name, m in examples.items())
        raise ValueError(f"{said} examples")
    return n, next(iter(examples.values()), 0)


def _functions(settings: Settings, seed: int) -> list[Any]:
    """Return the activations: another in each layer, and another for each seed."""
    hidden = [
        GENERIC[(l + seed) % len(GENERIC)]
        if settings.hidden == "generic"
        else settings.hidden
        for l in range(settings.L - 1)
    ]
    return [None, *(FUNCTIONS[name] for name in hidden), FUNCTIONS[settings.output]]


@lru_cache(maxsize=256)
def instance(settings: Settings, seed: int) -> Instance:
    """Return the network that belongs to the settings and the seed."""
    return Instance(settings, seed)
