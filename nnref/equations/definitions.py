"""Statements that claim nothing: they choose a value, or give a name to something."""

from nnref.equations.evaluate import (
    EXAMPLE,
    LAYER,
    NAMES,
    UNIT,
    Evaluator,
    Problem,
    key,
)
from nnref.equations.models import FREE, SEEDS, instance
from nnref.equations.parser import FUNCTIONS, INDICES
from nnref.equations.results import Page
from nnref.equations.tree import (
    Call,
    Dots,
    Matrix,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Statement,
    Symbol,
    walk,
)
from nnref.equations.trials import declared_arrays, small_number, trials_of


def is_setting(statement: Statement) -> bool:
    """Tell whether a statement supposes a value, and claims nothing.

    Such as `m = 5`, `z = 0`, `z > 0`, `l = 1, ..., L`: what is on the left is free.
    """
    if len(statement.sides) != 2 or statement.relations[0] in (":", "in", "approx"):
        return False
    left, right = statement.sides
    if not isinstance(left, Symbol) or left.example is not None:
        return False
    if isinstance(right, Dots):
        return True
    sizes = {"m", "n_x", "n", "L", "C", "K", "n_h", "n_y"}
    free = sizes | {"alpha", "epsilon", "lambda", "theta", "h", "i", "j", "k"}
    free |= {"l", "X", "x", "y", "Y", "W", "w", "b", "B"}
    if isinstance(right, Number) and statement.relations == ("=",):
        free.add("Loss")  # L = 2 is the depth
    if left.layer is None and not left.units:
        free.add("z")
    if left.name not in free:
        return False
    plain = left.layer is None and not left.units
    if left.name in FREE and plain:
        others = {x.name for x in walk(right) if isinstance(x, Symbol)}
        model = {*NAMES, *sizes, *FREE, "J", "Loss"}
        return statement.relations[0] != ":=" and not others & model
    if isinstance(right, Symbol) and right.layer is None and not right.units:
        both = {left.name, right.name}
        return plain and (both <= sizes or both <= INDICES)
    return _is_literal(right)


def _is_literal(node: Node) -> bool:
    nodes = list(walk(node))
    kinds = Number | Negative | Quotient | Product | Matrix | Power
    return all(
        isinstance(x, kinds) or (isinstance(x, Call) and x.name in ("log", "exp"))
        for x in nodes
    ) and any(isinstance(x, Number) for x in nodes)


def defines(statement: Statement, page: Page, definition: bool) -> bool:
    """Define the name on the left side, if it has no value yet."""
    left, right = statement.sides[:2]
    if statement.relations[0] not in ("=", ":="):
        return False
    if isinstance(left, Symbol) and key(left) in page.definitions and not definition:
        return False
    new = (
        isinstance(left, Call)
        and left.name == "f"
        and "f" not in page.functions
        and not any(isinstance(x, Call) and x.name == "f" for x in walk(right))
        and not small_number([*walk(right)])
    )
    if new or (definition and isinstance(left, Product | Call)):
        return _defines_function(left, right, page)
    if not isinstance(left, Symbol):
        return False
    name = key(left)
    if not name or not (left.example is None or isinstance(left.example, Symbol)):
        return False
    if name in ("J", "Loss", "m", "n", "n_x", "L") or _has_value(statement, page):
        return False
    if name in NAMES and not definition:
        return False
    if name in FREE or any(x == left for x in walk(right)):
        return False
    declared = page.declared.get("numbers", "").split(",")
    declared += [name for name, *_ in declared_arrays(page.declared.get("arrays", ""))]
    if name in declared or name in INDICES:
        return False
    page.definitions[name] = right
    return True


def _has_value(statement: Statement, page: Page) -> bool:
    """Tell whether the left side has a value in a model: then it cannot be defined."""
    left = statement.sides[0]
    assert isinstance(left, Symbol)
    if left.name not in NAMES:
        return False
    for trial in trials_of(statement, page.declared):
        network = instance(trial.settings, SEEDS[0])
        indices = {EXAMPLE: 1, UNIT: 1, "i": 1, "j": 1, "k": 1}
        if trial.reading.any_layer:
            indices[LAYER] = 1
        evaluator = Evaluator(network, trial.reading, {}, {}, indices)
        try:
            evaluator.value(left)
        except Problem:
            continue
        return True
    return False


def _defines_function(left: Node, right: Node, page: Page) -> bool:
    """Define a function, such as f(theta) = theta^3."""
    if isinstance(left, Call):
        name, arguments = left.name, left.arguments
        if left.primes or left.layer is not None or name in FUNCTIONS - {"f"}:
            return False
    else:
        assert isinstance(left, Product)
        first = left.factors[0]
        if not isinstance(first, Symbol) or first.name in NAMES or not key(first):
            return False
        name, arguments = first.name, left.factors[1:]
    if len(arguments) != 1 or not isinstance(arguments[0], Symbol):
        return False
    page.functions[name] = (arguments[0].name, right)
    return True
