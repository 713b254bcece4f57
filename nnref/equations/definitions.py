"""Statements that claim nothing: they choose a value, or give a name to something."""

from dataclasses import replace

from nnref.equations.evaluate import (
    EXAMPLE,
    LAYER,
    NAMES,
    SIZES,
    UNIT,
    Evaluator,
    IllTyped,
    NotChecked,
    Problem,
    as_block,
    key,
)
from nnref.equations.models import FREE, SEEDS, Given, Place, instance, sizes_of
from nnref.equations.parser import FUNCTIONS, INDICES
from nnref.equations.reader import read
from nnref.equations.results import Claim, Page
from nnref.equations.tree import (
    Call,
    Defined,
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


def is_setting(statement: Statement, page: Page) -> bool:
    """Tell whether a statement supposes a value, and claims nothing.

    Such as `m = 5`, `z = 0`, `z > 0`, `l = 1, ..., L`: what is on the left is free,
    unless it belongs to a network that the page gives its values.
    """
    if len(statement.sides) != 2 or statement.relations[0] in (":", "in", "approx"):
        return False
    left, right = statement.sides
    if not isinstance(left, Symbol) or left.example is not None:
        return False
    if isinstance(right, Dots):
        return True
    sizes = {"m", "n_x", "n", "L", "C", "K", "n_h", "n_y"}
    given = {place for place, _ in page.given}
    if given and left.name in {*NAMES, *sizes}:
        return False
    if ("alpha", 0) in given and left.name == "alpha":
        return False
    free = sizes | {"alpha", "epsilon", "lambda", "theta", "h", "i", "j", "k"}
    free |= {"l", "X", "x", "y", "Y", "W", "w", "b", "B"}
    if isinstance(right, Number) and statement.relations == ("=",):
        # L = 2 is the depth: of the page's own network, if it has one.
        depth = max((layer for (_, layer), _ in page.given), default=None)
        if depth is None or right.text == str(depth):
            free.add("Loss")
    if left.layer is None and not left.units:
        free.add("z")
    if left.name not in free:
        return False
    plain = left.layer is None and not left.units
    if left.name in FREE and plain:
        others = {x.name for x in walk(right) if isinstance(x, Symbol)}
        model = {*NAMES, *sizes, *FREE, "J", "Loss"}
        return statement.relations[0] != ":=" and not others & model
    if left.name == "l" and right == Symbol(right.span, "Loss"):
        return True  # l = L, the last layer: alone on a side, L is read as the loss
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


def give(latex: str, page: Page) -> list[Claim]:
    """Give the network of a page the values that a formula states."""
    claims = []
    for statement in read(latex):
        text, span = latex[slice(*statement.span)], statement.span
        try:
            page.given = _with_value(statement, page)
            claim = Claim(text, "definition", "a value that is given", span)
        except IllTyped as problem:
            claim = Claim(text, "ill-typed", problem.message, problem.span)
        except Problem as problem:
            claim = Claim(text, "not-checked", problem.message, problem.span)
        claims.append(claim)
    return claims


def _with_value(statement: Statement, page: Page) -> Given:
    """Return the given values, and the one of a statement."""
    left, right = statement.sides[:2]
    kind = page.declared.get("model", "auto")
    if kind == "auto" or (kind != "logistic" and "g" not in page.declared):
        raise NotChecked(
            "values are given to a network that a comment names, as in "
            "`nnref: model=shallow g=tanh`",
            statement.span,
        )
    if statement.relations != ("=",) or not _is_literal(right):
        raise NotChecked("a given value is written in numbers", statement.span)
    for trial in trials_of(statement, page.declared):
        evaluator = Evaluator(instance(trial.settings, SEEDS[0]), trial.reading, {}, {})
        place = _given_place(left, evaluator)
        rows = as_block(evaluator.value(right))
        if kind == "logistic" and place[0] == "W":
            rows = rows.T
        given = dict(page.given) | {place: tuple(map(tuple, rows.tolist()))}
        result = tuple(given.items())
        try:
            sizes_of(result, trial.settings.L)
        except ValueError as error:
            raise IllTyped(str(error), statement.span) from None
        return result
    raise NotChecked("no model knows all of its symbols", statement.span)


def _given_place(left: Node, evaluator: Evaluator) -> Place:
    """Return the node that a given value belongs to."""
    if isinstance(left, Symbol) and left.name == "alpha":
        return ("alpha", 0)
    entry = NAMES.get(left.name) if isinstance(left, Symbol) else None
    if isinstance(left, Symbol) and entry is not None and not entry.derivative:
        place = evaluator.place(left, entry)
        whole = left.example is None and not left.units
        if whole and place[0] == "Y":
            return ("Y", 0)
        if whole and (place[0] in ("W", "b") or place == ("A", 0)):
            return place
    message = "only X, Y, alpha, and W and b of a layer can be given"
    raise NotChecked(message, left.span)


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
    if name in ("J", "Loss", "m", "n", "n_x", "L"):
        return False
    if (page.given and name in SIZES) or _has_value(statement, page):
        return False
    if left.units and key(replace(left, units=())) in page.definitions:
        return False  # a component of what is defined
    if name in NAMES and not definition:
        return False
    if name in FREE or any(x == left for x in walk(right)):
        return False
    declared = page.declared.get("numbers", "").split(",")
    declared += [name for name, *_ in declared_arrays(page.declared.get("arrays", ""))]
    if name in declared or name in INDICES:
        return False
    page.definitions[name] = Defined(right.span, right, left.example)
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
