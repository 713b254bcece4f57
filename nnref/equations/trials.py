"""The ways to read a statement: the settings that `auto` may assume, in order."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nnref.equations.evaluate import (
    NAMES,
    PARAMETERS,
    Reading,
    is_data,
)
from nnref.equations.models import Given, Settings
from nnref.equations.tree import (
    Big,
    Call,
    Cases,
    Compare,
    Derivative,
    Matrix,
    Node,
    Number,
    Part,
    Shape,
    ShapeOf,
    Statement,
    Symbol,
    Transpose,
    walk,
)


@dataclass(frozen=True)
class Trial:
    """One way to read a statement: the settings, the reading, what it assumes."""

    settings: Settings
    reading: Reading
    assuming: tuple[str, ...]


def trials_of(
    statement: Statement, declared: Mapping[str, str], given: Given = ()
) -> Iterator[Trial]:
    """Yield the settings to try, from the plainest on.

    Args:
        statement: The statement.
        declared: What the page says of its model.
        given: The values that the page gives its network.
    """
    nodes = [x for side in statement.sides for x in walk(side)]
    if statement.condition is not None:
        nodes += walk(statement.condition)
    symbols = [x for x in nodes if isinstance(x, Symbol)]
    calls = [x for x in nodes if isinstance(x, Call)]
    carriers: list[Symbol | Call] = [*symbols, *calls]
    layered = [x for x in carriers if x.layer is not None]
    kinds = _kinds(symbols, calls, declared)
    outputs = _outputs(nodes, calls, declared)
    hiddens = _hiddens(nodes, calls, declared)
    numbers = [
        int(x.text)
        for symbol in layered
        if symbol.layer is not None
        for x in walk(symbol.layer)
        if isinstance(x, Number) and x.text.isdigit() and len(x.text) < 7
    ]
    free_layer = any(
        isinstance(x, Symbol) and x.name in ("l", "L")
        for symbol in layered
        if symbol.layer is not None
        for x in walk(symbol.layer)
    ) or any(isinstance(x, Big) and x.index == "l" for x in nodes)
    binary = any(
        isinstance(x, Compare)
        and any(isinstance(y, Symbol) and y.name in ("y", "Y") for y in walk(x))
        for x in nodes
    )
    for kind in kinds:
        depths: list[tuple[int, tuple[str, ...]]]
        subscripted = False
        if kind == "logistic":
            depths = [(1, ())]
        else:
            by_subscript = [
                int(x.units[0].text)
                for x in symbols
                if x.layer is None
                and len(x.units) == 1
                and isinstance(x.units[0], Number)
                and x.units[0].text.isdigit()
                and len(x.units[0].text) < 7
                and x.name in NAMES
                and x.name not in ("x", "X", "y", "Y", "yhat", "Yhat")
            ] + [
                1
                for x in symbols
                if x.layer is None
                and len(x.units) == 1
                and any(
                    isinstance(u, Symbol) and u.name in ("l", "L")
                    for u in walk(x.units[0])
                )
                and x.name in NAMES
            ]
            subscripted = bool(by_subscript)
            if subscripted:
                numbers = [*numbers, *by_subscript]
                free_layer = free_layer or any(
                    isinstance(u, Symbol) and u.name in ("l", "L")
                    for x in symbols
                    if x.units
                    for u in walk(x.units[0])
                )
            if "L" in declared:
                depths = [(int(declared["L"]), ())]
            elif given and kind == "deep":
                depths = [(max(layer for (_, layer), _ in given), ())]
            elif kind == "shallow":
                depths = [(2, ())]
            elif not layered and not subscripted:
                depths = [(1, ("L = 1",)), (4, ())]
                if not any(x.name in ("W", "dW", "B", "dB") for x in symbols):
                    depths.reverse()
                    depths = depths[:1]
            else:
                depths = [(4, ())]
                highest = max(numbers, default=0)
                if numbers and not free_layer and 2 <= highest <= 9 and highest != 4:
                    if highest > 4:
                        depths = []
                    depths.append((highest, (f"L = {highest}",)))
        for (depth, deep), output, hidden, one in itertools.product(
            depths, outputs, hiddens, (False, True)
        ):
            if kind == "logistic" and (one or output[0] != "sigmoid" or hidden[1]):
                continue
            if kind == "shallow" and output[0] == "softmax":
                continue
            if one and output[0] == "softmax":
                continue
            if one and ("n_L" in declared or given):
                continue
            settings = Settings(
                kind,
                depth,
                hidden[0],
                output[0],
                one,
                units=int(declared.get("n_L", 0)),
                binary=binary or declared.get("labels") == "binary",
                numbers=tuple(filter(None, declared.get("numbers", "").split(","))),
                arrays=declared_arrays(declared.get("arrays", "")),
                given=given,
            )
            layerless = (
                kind != "logistic"
                and not subscripted
                and depth > 1
                and not any(x.layer is not None and x.name in NAMES for x in symbols)
                and any(
                    x.name in NAMES
                    and x.layer is None
                    and NAMES[x.name].layer is None
                    and x.name not in PARAMETER_NAMES
                    for x in symbols
                )
            )
            reading = _reading(symbols, nodes, subscripted, layerless)
            reading = replace(
                reading,
                strict=declared.get("model", "auto") != "auto",
                at_output=free_layer and _is_at_output(symbols, layered),
            )
            if output[0] == "softmax":
                # One unit says nothing: a softmax is about all of them.
                reading = replace(reading, scalars=False)
            if updated_parameter(statement):
                reading = replace(reading, batch=True, one_example=False)
            assuming = (*deep, *output[1], *hidden[1])
            if binary:
                assuming += ("labels 0 or 1",)
            if one:
                assuming += ("n^{[L]} = 1",)
            if given:
                assuming += ("the numbers of this page",)
            if reading.one_example:
                assuming += ("for one example",)
            yield Trial(settings, reading, assuming)


def _is_at_output(symbols: list[Symbol], layered: list[Any]) -> bool:
    """Tell whether labels occur, and no other layer than [L]."""
    return any(x.name in ("y", "Y") for x in symbols) and all(
        isinstance(x.layer, Symbol) and x.layer.name == "L" for x in layered
    )


def declared_arrays(text: str) -> tuple[tuple[str, int, int], ...]:
    """Read `P:3x4,Q:4x2`."""
    found = []
    for item in filter(None, text.split(",")):
        name, _, shape = item.partition(":")
        rows, _, columns = shape.partition("x")
        found.append((name, int(rows), int(columns)))
    return tuple(found)


PARAMETER_NAMES = {name for name, entry in NAMES.items() if entry.node in PARAMETERS}


def _kinds(
    symbols: list[Symbol], calls: list[Call], declared: Mapping[str, str]
) -> list[Any]:
    if "model" in declared and declared["model"] != "auto":
        return [declared["model"]]
    carriers: list[Symbol | Call] = [*symbols, *calls]
    layered = any(x.layer is not None for x in carriers)
    if layered:
        return ["deep"]
    names = {x.name for x in symbols}
    if any(x.name == "g" or x.name == "softmax" for x in calls) or names & {"C", "K"}:
        return ["deep"]
    if names & {"W", "dW", "B", "dB", "n"}:
        return ["deep"]
    numbered = any(
        x.units
        and isinstance(x.units[0], Number)
        and x.name in ("z", "a", "Z", "A", "b")
        for x in symbols
    )
    return ["deep", "logistic"] if numbered else ["logistic", "deep"]


def _outputs(
    nodes: list[Node], calls: list[Call], declared: Mapping[str, str]
) -> list[tuple[str, tuple[str, ...]]]:
    if "output" in declared:
        return [(declared["output"], ())]
    if any(x.name == "softmax" for x in calls):
        return [("softmax", ("softmax output",))]
    classes = any(
        (isinstance(x, Big) and x.index in ("j", "k", "c"))
        or (isinstance(x, Symbol) and x.name in ("C", "K"))
        or (isinstance(x, Call) and x.name == "np.sum")
        or (
            isinstance(x, Derivative)
            and isinstance(x.of, Symbol)
            and isinstance(x.by, Symbol)
            and x.of.units
            and x.by.units
            and x.of.units != x.by.units
        )
        or (
            isinstance(x, Transpose)
            and isinstance(x.of, Symbol)
            and x.of.name in ("y", "Y")
        )
        for x in nodes
    )
    if classes:
        return [("sigmoid", ()), ("softmax", ("softmax output",))]
    return [("sigmoid", ())]


def _hiddens(
    nodes: list[Node], calls: list[Call], declared: Mapping[str, str]
) -> list[tuple[str, tuple[str, ...]]]:
    if "g" in declared:
        return [(declared["g"], ())]
    hiddens: list[tuple[str, tuple[str, ...]]] = [
        ("generic", ()),
        ("sigmoid", ("sigmoid hidden layers",)),
        ("tanh", ("tanh hidden layers",)),
    ]
    names = {x.name for x in calls}
    kinked = names & {"max", "min", "relu", "leaky_relu"} or any(
        isinstance(x, Compare | Cases) for x in nodes
    )
    if kinked:
        hiddens.append(("relu", ("ReLU hidden layers",)))
        hiddens.append(("leaky_relu", ("leaky ReLU hidden layers, slope 0.01",)))
    return hiddens


def is_about_all(statement: Statement) -> bool:
    """Tell whether a statement speaks of all examples: by m, a sum, or capitals."""
    nodes = [x for side in statement.sides for x in walk(side)]
    return any(
        (isinstance(x, Symbol) and x.name in ("m", "J"))
        or (isinstance(x, Big) and x.index in ("i", ""))
        or (
            isinstance(x, Symbol)
            and is_data(x)
            and NAMES[x.name].capital
            and x.example is None
        )
        for x in nodes
    )


def _reading(
    symbols: list[Symbol], nodes: list[Node], subscripted: bool, layerless: bool
) -> Reading:
    data = [x for x in symbols if is_data(x)]
    capitals = any(NAMES[x.name].capital and x.example is None for x in data)
    plain = [x for x in data if not NAMES[x.name].capital and x.example is None]
    examples = any(x.example is not None for x in symbols) or any(
        isinstance(x, Part) and x.example is not None for x in nodes
    )
    # In a shape, m says nothing of how the small letters are meant.
    shapes = any(isinstance(x, Shape) for x in nodes) and not any(
        isinstance(x, ShapeOf) for x in nodes
    )
    explicit = (not shapes and any(x.name in ("m", "J") for x in symbols)) or any(
        isinstance(x, Big) and x.index in ("i", "") for x in nodes
    )
    explicit = explicit or any(
        isinstance(x, Call) and x.name == "np.sum" and x.options for x in nodes
    )
    batch = capitals or (explicit and not examples)
    losses = any(x.name == "Loss" and x.example is None for x in symbols)
    losses = losses or any(
        isinstance(x, Call) and x.name in ("Loss", "p") for x in nodes
    )
    one = not batch and not examples and not explicit and (bool(plain) or losses)
    matrices = any(
        x.name in PARAMETER_NAMES or x.name in ("x", "X", "dx") for x in symbols
    ) or any(x.units for x in symbols)
    columns = any(
        isinstance(x, Transpose | Matrix)
        or (isinstance(x, Call) and x.name in ("diag", "np.sum", "softmax"))
        for x in nodes
    )
    scalars = one and layerless and not matrices and not columns
    names = {x.name for x in symbols}
    unclear = bool(names & {"W", "w"}) and not names & {"X", "x"}
    return Reading(
        batch,
        one,
        scalars,
        subscripted,
        layerless,
        unclear,
        _is_imaginary(nodes),
        small_number(nodes),
    )


def _is_imaginary(nodes: list[Node]) -> bool:
    """Tell whether i is the imaginary unit: a factor, and never an index."""
    scripts: set[int] = set()
    for x in nodes:
        if isinstance(x, Symbol | Part):
            for script in (x.example, *x.units):
                if script is not None:
                    scripts |= {id(y) for y in walk(script)}
        if isinstance(x, Big) and x.index == "i":
            return False
    found = [x for x in nodes if isinstance(x, Symbol) and x.name == "i"]
    return bool(found) and not any(id(x) in scripts for x in found)


def small_number(nodes: list[Node]) -> str:
    """Return the name of the small number in a statement: epsilon or h."""
    names = {x.name for x in nodes if isinstance(x, Symbol)}
    return next((name for name in ("epsilon", "h") if name in names), "")


def updated_parameter(link: Statement) -> bool:
    """Tell whether a parameter is set to something that has it inside."""
    left, right = link.sides[:2]
    if not isinstance(left, Symbol) or left.name not in ("W", "w", "b", "B"):
        return False
    return link.relations[0] == ":=" or any(x == left for x in walk(right))
