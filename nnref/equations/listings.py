r"""Compares a formula with the function of `nnref` whose listing stands beside it.

Symbols are identifiers in `nnref`: the function is run on a network, and the variable
that has the name of the formula's left side must hold what the formula says. So a
formula beside the wrong function fails, and so does a function that computes something
else under that name.
"""

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from nnref.equations.evaluate import (
    NAMES,
    Evaluator,
    NotChecked,
    Problem,
    is_array,
    smooth,
)
from nnref.equations.models import Instance
from nnref.equations.tree import Call, Derivative, Node, Symbol

RTOL = 1e-9
# What a function of `nnref.activations` is called in a formula; g stands for any.
CALLED = {"sigma": "sigmoid"}


@dataclass(frozen=True)
class Listing:
    """A function of `nnref` that is shown beside formulas.

    Attributes:
        name: Its full name, such as `nnref.deep_network.forward`.
    """

    name: str

    @property
    def is_compared(self) -> bool:
        """Whether it computes quantities: `fit`, `predict` and others use these."""
        name = self.name.rpartition(".")[2]
        if self.module in ("activations", "losses"):
            return True
        if self.module == "gradient_checking":
            return name in ("two_sided_difference", "complex_step")
        return name in ("forward", "cost", "backward", "update")

    @property
    def module(self) -> str:
        """Return the name of its module, without the package."""
        return self.name.split(".")[-2]

    @property
    def function(self) -> Callable[..., Any]:
        """Return the function itself, without its shape checks."""
        module, _, name = self.name.rpartition(".")
        found = getattr(importlib.import_module(module), name)
        unwrapped: Callable[..., Any] = inspect.unwrap(found)
        return unwrapped

    def run(self, network: Instance) -> Mapping[str, Any]:
        """Run the function on a network and return its variables at the end.

        What it returns is among them, under the name `return`.
        """
        given = arguments(self, network)
        parameters = inspect.signature(self.function).parameters
        missing = [
            name
            for name, parameter in parameters.items()
            if name not in given and parameter.default is parameter.empty
        ]
        if missing:
            raise NotChecked(
                f"{self.name} takes {', '.join(missing)}, which no network has", (0, 0)
            )
        chosen = {name: given[name] for name in parameters if name in given}
        found = variables(self.function, chosen)
        # What it was given it has not computed.
        return {
            name: value
            for name, value in found.items()
            if not (name in chosen and value is chosen[name])
        }


def variables(function: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Call a function and return its local variables as they were at its end."""
    found: dict[str, Any] = {}
    code = function.__code__

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "return" and frame.f_code is code:
            found.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        result = function(**given)
    finally:
        sys.setprofile(before)
    return {**found, "return": result}


def arguments(listing: Listing, network: Instance) -> dict[str, Any]:
    """Return what a network has for the parameters of a function, by their names."""
    L, kind = network.settings.L, listing.module
    given: dict[str, Any] = {"X": network.A[0], "Y": network.Y}
    given["alpha"] = network.free["alpha"]
    layers = range(1, L + 1)
    dW = [None, *(network.cost_gradient(("W", layer)) for layer in layers)]
    db = [None, *(network.cost_gradient(("b", layer)) for layer in layers)]
    slopes = [None, *(slope_of(g) for g in network.g[1:L]), None]
    if kind == "deep_network":
        given |= {"W": network.W, "b": network.b, "Z": network.Z, "A": network.A}
        given |= {"g": network.g, "g_prime": slopes, "dW": dW, "db": db}
        given |= {"Z_L": network.Z[L], "output": network.g[L]}
    elif kind == "shallow_network" and L == 2:
        for layer in layers:
            given |= {f"W{layer}": network.W[layer], f"b{layer}": network.b[layer]}
            given |= {f"Z{layer}": network.Z[layer], f"A{layer}": network.A[layer]}
            given |= {f"dW{layer}": dW[layer], f"db{layer}": db[layer]}
        given |= {"g": network.g[1], "g_prime": slopes[1]}
    elif kind == "logistic_regression" and L == 1:
        given |= {"w": network.W[1].T, "b": network.b[1].item()}
        given |= {"Z": network.Z[1], "A": network.A[1]}
        given |= {"dw": np.transpose(dW[1]), "db": float(db[1].item())}
    elif kind in ("activations", "losses"):
        given |= {"Z": network.Z[L], "A": network.A[L]}
    elif kind == "gradient_checking":
        given |= {"f": lambda x: smooth(x, 0), "theta": network.free["theta"]}
        given |= {"epsilon": network.free["epsilon"], "h": network.free["h"]}
    return given


def slope_of(g: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the derivative of an activation, by the complex step."""
    return lambda Z: np.imag(g(Z + 1e-30j)) / 1e-30


def compare(listing: Listing, left: Node, said: Sequence[tuple[Evaluator, Any]]) -> str:
    """Compare what a formula says with what the function beside it computes.

    Args:
        listing: The function.
        left: The left side of the formula: the name of a quantity.
        said: The values of the right side, each with its evaluator.

    Returns:
        What is wrong, or nothing.
    """
    compared = 0
    for evaluator, value in said:
        try:
            done = value_of(listing, left, evaluator)
        except Problem as problem:
            return problem.message
        if done is None:
            continue
        compared += 1
        if not equal(value, done):
            return f"{listing.name} computes something else than the formula says"
    return "" if compared else f"{listing.name} computes nothing of this name"


def value_of(listing: Listing, left: Node, evaluator: Evaluator) -> Any:
    """Return what a function computes for the left side, None for no such layer."""
    short = listing.name.rpartition(".")[2]
    if isinstance(left, Derivative) and short.endswith("_prime"):
        place = evaluator.node_of(left.by)
        if place is None or evaluator.node_of(left.of) != ("A", place[1]):
            raise NotChecked(f"{short} does not compute this", left.span)
        argument = np.array([[evaluator.value(left.by)]])
        return listing.function(argument)[0, 0]
    if isinstance(left, Call) and left.name not in ("Loss", "p", "np.sum"):
        return value_of_call(listing, left, evaluator)
    if (
        listing.module == "activations"
        and isinstance(left, Symbol)
        and left.name in ("A", "a")
    ):
        layer = evaluator.place(left, NAMES[left.name])[1]
        array = listing.function(evaluator.instance.Z[layer])
        return number(evaluator.selected(array, left))
    found = listing.run(evaluator.instance)
    if isinstance(left, Call) or (
        isinstance(left, Symbol) and left.name in ("J", "Loss")
    ):
        return value_of_loss(listing, left, found, evaluator)
    if not isinstance(left, Symbol) or left.name not in NAMES:
        raise NotChecked(
            f"the left side is nothing that {short} could compute", left.span
        )
    entry = NAMES[left.name]
    place = evaluator.place(left, entry)
    letter = f"d{entry.node}" if entry.derivative else entry.node
    for name in (letter, letter.lower(), f"{letter}{place[1]}", left.name):
        if name in found:
            array = found[name]
            break
    else:
        raise NotChecked(f"{short} computes no {left.name}", left.span)
    if isinstance(array, list):
        array = array[place[1]]
        if array is None:
            return None
    if not is_array(array):
        return array
    return number(evaluator.selected(array, left))


def number(value: Any) -> Any:
    """Return a (1, 1) array as the number that formulas take it for."""
    return value[0, 0] if is_array(value) and value.shape == (1, 1) else value


def value_of_call(listing: Listing, left: Call, evaluator: Evaluator) -> Any:
    """Return what an activation shown beside a formula makes of its argument."""
    short = listing.name.rpartition(".")[2]
    if listing.module == "gradient_checking" and left.name == "f":
        theta = evaluator.state.free
        names = ("epsilon", "h")
        chosen = {name: theta[name] for name in names}
        parameters = inspect.signature(listing.function).parameters
        steps = {name: value for name, value in chosen.items() if name in parameters}
        return listing.function(lambda x: smooth(x, 0), theta["theta"], **steps)
    name = CALLED.get(left.name, left.name)
    primed = "_prime" if left.primes == 1 else ""
    if listing.module != "activations" or (name != "g" and short != name + primed):
        raise NotChecked(f"{short} does not compute this", left.span)
    if name == "g" and short.endswith("_prime") != bool(primed):
        raise NotChecked(f"{short} does not compute this", left.span)
    argument = evaluator.value(left.arguments[0])
    block = argument if is_array(argument) else np.array([[argument]])
    value = listing.function(block)
    return value if is_array(argument) else value[0, 0]


def value_of_loss(
    listing: Listing,
    left: Call | Symbol,
    found: Mapping[str, Any],
    evaluator: Evaluator,
) -> Any:
    """Return the cost, or the loss of an example, that a function returns."""
    short = listing.name.rpartition(".")[2]
    result = found["return"]
    cost = isinstance(left, Symbol) and left.name == "J"
    if cost != (short == "cost") or (not cost and listing.module != "losses"):
        raise NotChecked(f"{short} computes neither a loss nor a cost", left.span)
    if cost:
        return result
    losses = np.sum(result, axis=0, keepdims=True)
    if isinstance(left, Symbol) and left.example is not None:
        return losses[0, evaluator.integer(left.example) - 1]
    index = evaluator.indices.get("(example)")
    return losses if index is None else losses[0, index - 1]


def equal(one: Any, other: Any) -> bool:
    """Compare two values by the tolerance of all claims."""
    if is_array(one) != is_array(other):
        return False
    if is_array(one) and one.shape != other.shape:
        return False
    scale = max(float(np.max(np.abs(one))), float(np.max(np.abs(other))))
    return float(np.max(np.abs(one - other))) <= RTOL * scale
