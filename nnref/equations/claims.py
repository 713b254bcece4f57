r"""Compares the two sides of a claim, for all values of its indices.

A claim holds if its sides agree on three random networks. Claims about shapes, and
about what happens as a small number goes to 0, are compared in ways of their own.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from nnref.equations.evaluate import (
    EXAMPLE,
    LAYER,
    NAMES,
    PARAMETERS,
    UNIT,
    Evaluator,
    IllTyped,
    Invalid,
    NotChecked,
    OutOfRange,
    Problem,
    Refuted,
    index_names,
    is_array,
    key,
    shape_text,
)
from nnref.equations.models import FREE, SEEDS, Instance, instance
from nnref.equations.results import Claim, Page
from nnref.equations.tree import (
    Add,
    Call,
    Defined,
    Derivative,
    Dots,
    Matrix,
    Negative,
    Node,
    Number,
    Part,
    Power,
    Product,
    Range,
    Shape,
    ShapeOf,
    Statement,
    Symbol,
    Transpose,
    children,
    walk,
)
from nnref.equations.trials import Trial, updated_parameter

T = TypeVar("T")


RTOL = 1e-9


TRIES = 20_000  # combinations of indices that are tried for one instance
CANCELLED = 1e-13  # what is left of terms that cancel, beside the largest
FEW = 3  # units and examples that are tried where a letter stands for any of them


def free_indices(link: Statement, side: Node) -> frozenset[str]:
    """Return the indices that one side has outside of its sums."""
    return frozenset(index_names(replace(link, sides=(side,), condition=None))[0])


def value_claim(
    text: str,
    link: Statement,
    page: Page,
    trial: Trial,
    seeds: tuple[int, ...] = SEEDS,
) -> Claim:
    """Compare the values of two sides, on the networks of some seeds."""
    left, right = link.sides
    relation = link.relations[0]
    if relation not in ("=", ":=", "approx"):
        raise NotChecked("a condition, not an equation", link.span)
    if left == right:
        return Claim(text, "vacuous", "both sides are the same", link.span)
    if relation == ":=" and isinstance(left, Symbol) and left.name in FREE:
        return _step_claim(text, link, page, trial)
    if trial.reading.asymptotic and (
        relation == "approx" or any(isinstance(x, Dots) for x in _ends(link))
    ):
        return _asymptotic_claim(text, link, page, trial)
    update = updated_parameter(link)
    seen: dict[Node, set[bool]] = {}
    errors: list[float] = []
    tried: dict[str, set[int]] = {}
    named = False

    free = [free_indices(link, side) for side in link.sides]

    def values(evaluator: Evaluator) -> tuple[Any, Any, Any]:
        evaluator = evaluator.but(free=free[0])
        evaluator.terms[0] = 0.0
        if link.condition is not None:
            truth = evaluator.condition(link.condition)
            if not np.any(truth):
                return None, None, truth
        try:
            one = updated(evaluator, left) if update else evaluator.value(left)
        except Invalid as problem:
            evaluator.but(free=free[1]).value(right)
            # The right side has a value where the left side has none.
            raise Refuted(problem.message, problem.span) from None
        try:
            other = evaluator.but(free=free[1]).value(right)
        except Invalid as problem:
            raise Refuted(problem.message, problem.span) from None
        condition = link.condition
        return one, other, condition is None or evaluator.condition(condition)

    for seed in seeds:
        network = instance(trial.settings, seed)
        if network.is_at_kink():
            raise NotChecked("a given value lies at the kink of ReLU", link.span)
        for evaluator, (one, other, truth) in index_values(
            link, network, page, trial, {}, values, seen
        ):
            if not np.any(truth):
                continue
            for name, value in evaluator.indices.items():
                tried.setdefault(name, set()).add(value)
            if is_array(truth):
                one, other = _where(truth, one), _where(truth, other)
            terms = evaluator.terms[0]
            tolerance: Any = 0.0
            given = bool(trial.settings.given)
            sign = "=" if given else relation
            error = error_of(one, other, sign, left, right, link, terms)
            if error > RTOL and given:
                tolerance = _tolerance(evaluator, one, other, relation, link)
                if np.all(np.abs(one - other) <= tolerance):
                    error = 0.0
                elif relation == "approx" and not np.any(tolerance > 0):
                    message = "approximately: to how many decimals?"
                    raise NotChecked(message, link.span)
            if error > RTOL:
                return _failure(text, link, evaluator, one, other, tolerance)
            errors.append(error)
            named = named or (not update and _same_origin(evaluator, left, right))
    if not errors:
        raise NotChecked("there is no case in which it could be tried", link.span)
    _at_least_two(link, tried, trial)
    for node, outcomes in seen.items():
        # Where a condition stands beside the equation, others may follow from it.
        counts = link.condition is None or node == link.condition
        if counts and len(outcomes) == 1 and len(seeds) > 1:
            raise NotChecked("a condition that never changes", node.span)
    if named:
        return Claim(text, "definition", "two names of one quantity", link.span)
    return Claim(
        text,
        "holds",
        "",
        link.span,
        trial.assuming,
        _range_text(tried),
        max(errors),
    )


def _step_claim(text: str, link: Statement, page: Page, trial: Trial) -> Claim:
    """Check a step of gradient descent on a number, such as theta."""
    left, right = link.sides
    slopes = [
        x for x in walk(right) if isinstance(x, Call) and x.primes == 1 and x.arguments
    ]
    if len(slopes) != 1 or slopes[0].arguments != (left,):
        return Claim(text, "definition", "a step", link.span)
    for seed in SEEDS:
        network = instance(trial.settings, seed)
        evaluator = Evaluator(network, trial.reading, page.definitions, page.functions)
        step = network.free["alpha"] * evaluator.value(slopes[0])
        expected = evaluator.value(left) - step
        if abs(expected - evaluator.value(right)) > RTOL * abs(expected):
            message = "a step of gradient descent is minus alpha times the slope"
            return Claim(text, "fails", message, link.span)
    return Claim(text, "holds", "", link.span, trial.assuming, "", 0.0)


def _ends(link: Statement) -> Iterator[Node]:
    """Yield the last terms of the sums on both sides."""
    for side in link.sides:
        yield side.right if isinstance(side, Add) else side


def _asymptotic_claim(text: str, link: Statement, page: Page, trial: Trial) -> Claim:
    """Check that two sides come together as a small number goes to 0.

    The difference must fall faster than each term that falls: what follows, or the dots
    stand for, would be of the next order. Without such a term an approximation must
    fall at all, and with the square if it steps to both sides.
    """
    name = trial.reading.asymptotic
    sides = [_without_dots(side) for side in link.sides]
    orders: set[int] = set()
    found = math.inf
    for seed in SEEDS:
        network = instance(trial.settings, seed)
        evaluators = [
            Evaluator(
                network,
                trial.reading,
                page.definitions,
                page.functions,
                state=network.with_free(name, small),
            )
            for small in (2e-2, 1e-2)
        ]
        gaps = [abs(_number(x, sides[0]) - _number(x, sides[1])) for x in evaluators]
        if gaps[0] == 0.0:
            raise NotChecked("the sides are equal, not only nearly", link.span)
        found = min(found, _order(gaps))
        for term in (term for side in sides for term in _terms(side)):
            orders.add(round(_order([abs(_number(x, term)) for x in evaluators])))
    order = 1 + max(orders, default=0)
    if (
        link.relations[0] == "approx"
        and order == 1
        and _steps_to_both_sides(link, name)
    ):
        order = 2
    if found < order - 0.1:
        message = (
            f"the difference falls with the power {max(found, 0.0):.1f} of {name}, "
            f"and not with the power {order}"
        )
        return Claim(text, "fails", message, link.span)
    message = f"the difference falls with the power {order} of {name}"
    return Claim(text, "holds", message, link.span, trial.assuming, f"{name} to 0")


def _number(evaluator: Evaluator, node: Node) -> Any:
    value = evaluator.value(node)
    if is_array(value):
        raise NotChecked("approximately equal arrays", node.span)
    return value


def _order(values: list[Any]) -> float:
    """Return the power with which a value falls as the small number is halved."""
    if values[0] == 0.0 or values[1] == 0.0:
        return math.inf if values[1] == 0.0 and values[0] != 0.0 else 0.0
    return math.log2(values[0] / values[1])


def _without_dots(side: Node) -> Node:
    """Leave out the remainder at the end of a sum."""
    if isinstance(side, Add) and isinstance(side.right, Dots):
        return side.left
    return side


def _terms(side: Node) -> list[Node]:
    """Return the terms of a sum."""
    if isinstance(side, Add):
        return [*_terms(side.left), *_terms(side.right)]
    return _terms(side.of) if isinstance(side, Negative) else [side]


def _steps_to_both_sides(link: Statement, name: str) -> bool:
    """Tell whether a small number is added and subtracted, or is imaginary."""
    nodes = [x for side in link.sides for x in walk(side)]
    signs = {
        x.minus
        for x in nodes
        if isinstance(x, Add)
        and any(isinstance(y, Symbol) and y.name == name for y in walk(x.right))
    }
    imaginary = any(isinstance(x, Call) and x.name == "Im" for x in nodes)
    return imaginary or len(signs) == 2


def _where(truth: Any, value: Any) -> Any:
    """Return the entries for which a condition is true."""
    if is_array(value) and value.shape == truth.shape:
        return value[truth].reshape(-1, 1)
    return value if is_array(value) else np.full((int(np.sum(truth)), 1), value)


def _failure(
    text: str,
    link: Statement,
    evaluator: Evaluator,
    one: Any,
    other: Any,
    tolerance: Any,
) -> Claim:
    where = ", ".join(
        f"{name} = {value}"
        for name, value in evaluator.indices.items()
        if not name.startswith("(")
    )
    message = "the two sides differ"
    if is_array(one) and is_array(other) and one.shape == other.shape:
        scale = max(np.max(np.abs(one)), np.max(np.abs(other)))
        close = np.abs(one - other) <= np.maximum(tolerance, RTOL * scale)
        place = np.argwhere(~close)[0]
        j, i = (int(x) for x in place)
        message = (
            f"entry ({j + 1}, {i + 1}) is {float(np.real(one[j, i])):.6g} on the left "
            f"and {float(np.real(other[j, i])):.6g} on the right"
        )
    elif not is_array(one) and not is_array(other):
        message = (
            f"{float(np.real(one)):.6g} on the left, "
            f"{float(np.real(other)):.6g} on the right"
        )
    if where:
        message += f" (for {where})"
    return Claim(text, "fails", message, link.span)


def error_of(
    one: Any,
    other: Any,
    relation: str,
    left: Node,
    right: Node,
    link: Statement,
    terms: float = 0.0,
) -> float:
    """Return the relative error between two values of the same shape.

    Where both are 0, it is relative to the largest of the terms that cancel.
    """
    if is_array(one) and isinstance(right, Number) and right.text == "0":
        other = np.zeros(one.shape)  # 0 stands for an array of zeros as well
    if is_array(one) != is_array(other) or (is_array(one) and one.shape != other.shape):
        raise IllTyped(
            f"the left side is {shape_text(one)}, the right side {shape_text(other)}",
            link.span,
        )
    if not (np.all(np.isfinite(one)) and np.all(np.isfinite(other))):
        raise Invalid("NaN or infinity comes out", link.span)
    scale = float(max(np.max(np.abs(one)), np.max(np.abs(other))))
    zero = any(isinstance(x, Number) and float(x.text) == 0 for x in link.sides)
    if zero or scale < CANCELLED * terms:
        scale = max(scale, terms)
    distance = float(np.max(np.abs(one - other)))
    unit = _last_digit(right)
    if unit is None:
        unit = _last_digit(left)
    if unit is not None and _is_random(link):
        # 1/m is near 0.1 for some m, and so is much else.
        unit = None
    if unit is not None and (relation == "approx" or unit < 1):
        return 0.0 if distance <= 0.5 * unit * (1 + 1e-9) else distance / scale
    if relation == "approx":
        names = {
            x.name for side in link.sides for x in walk(side) if isinstance(x, Symbol)
        }
        if distance > 0.1 * scale and "alpha" not in names:
            return distance / scale
        raise NotChecked("approximately: to how many decimals?", link.span)
    return distance / scale if scale > 0 else 0.0


def _tolerance(
    evaluator: Evaluator, one: Any, other: Any, relation: str, link: Statement
) -> Any:
    """Return by how much two values may differ, given the decimals of one side.

    A number with d decimals may be half a unit of the last one off, and what is
    computed from it by as much as that makes. In a computation all numbers are taken to
    be as precise as the most precise one. Whole numbers are exact there, and so are the
    numbers that the page gives its network, and all in a sum that is done by hand.
    """
    by_hand = not _is_random(link)
    # With another digit it is a rounded number: 0.100, where 0.1 is given.
    given = {
        repr(abs(number))
        for _, rows in evaluator.instance.settings.given
        for row in rows
        for number in row
    }
    for side, value in zip(link.sides[::-1], (other, one), strict=True):
        tolerance: Any = 0.0
        numbers = [*_numbers(side, True)]
        most = max((_decimals(number) for number, _ in numbers), default=0)
        for number, plain in numbers:
            decimals = _decimals(number) if plain else most
            if _decimals(number) == 0:
                exact = relation != "approx" or not plain
            else:
                exact = not plain and (by_hand or number.text in given)
            if not exact:
                off = float(number.text) + 0.5 * 10.0**-decimals
                moved = _replaced(side, number, Number(number.span, repr(off)))
                tolerance = tolerance + np.abs(evaluator.value(moved) - value)
        if np.any(tolerance > 0):
            return tolerance * (1 + 1e-9) + RTOL * np.max(np.abs(value))
    return 0.0


def _decimals(number: Number) -> int:
    return len(number.text.partition(".")[2])


def speaks_of_numbers(statement: Statement) -> bool:
    """Tell whether a statement has numbers of its own: not 1/m, not a square.

    A shape written in numbers, such as (3, 2), counts as well.
    """
    return any(
        plain or number.text != "1"
        for side in statement.sides
        for number, plain in _numbers(side, True)
    )


def _numbers(node: Node, plain: bool) -> Iterator[tuple[Number, bool]]:
    """Yield the written numbers, and whether each stands for itself."""
    if isinstance(node, Number):
        yield node, plain
    elif isinstance(node, Symbol | Part):
        return  # what stands in scripts counts something
    elif isinstance(node, Power):
        yield from _numbers(node.base, False)
    else:
        plain = plain and isinstance(node, Negative | Matrix | Shape | ShapeOf)
        for child in children(node):
            yield from _numbers(child, plain)


def _replaced(node: Any, old: Node, new: Node) -> Any:
    """Return a tree with one node, the very one, replaced."""
    if node is old:
        return new
    if isinstance(node, tuple):
        return tuple(_replaced(item, old, new) for item in node)
    if not isinstance(node, Node):
        return node
    parts = {name: _replaced(getattr(node, name), old, new) for name in node.__slots__}
    return type(node)(span=node.span, **parts)


def _is_random(link: Statement) -> bool:
    """Tell whether something in a link has another value in each network."""
    names = {x.name for side in link.sides for x in walk(side) if isinstance(x, Symbol)}
    return bool(names & {*NAMES, *FREE, "m", "m_t", "n", "n_x", "C", "K", "J", "Loss"})


def _last_digit(node: Node) -> float | None:
    """Return what the last digit of a written number counts: 0.01 for 1.25."""
    if isinstance(node, Negative):
        return _last_digit(node.of)
    if isinstance(node, Number):
        return float(10.0 ** -len(node.text.partition(".")[2]))
    if isinstance(node, Product) and len(node.factors) == 2:
        number, power = node.factors
        if (
            isinstance(number, Number)
            and isinstance(power, Power)
            and isinstance(power.base, Number)
            and power.base.text == "10"
        ):
            sign = -1 if isinstance(power.exponent, Negative) else 1
            digits = power.exponent.of if sign < 0 else power.exponent  # type: ignore[attr-defined]
            if isinstance(digits, Number):
                unit = _last_digit(number)
                assert unit is not None
                return unit * 10.0 ** (sign * int(digits.text))
    return None


def updated(evaluator: Evaluator, left: Node) -> Any:
    """Return a parameter after a step, as `nnref` updates it."""
    assert isinstance(left, Symbol)
    place = evaluator.node_of(left)
    assert place is not None
    given = dict(evaluator.instance.settings.given)
    if given and ("alpha", 0) not in given:
        raise NotChecked("the learning rate of this page is not given", left.span)
    array = evaluator.instance.updated(place)
    if evaluator.instance.settings.kind == "logistic" and place[0] == "W":
        array = array.T
    value = evaluator.selected(array, left)
    return value[0, 0] if is_array(value) and value.shape == (1, 1) else value


def index_values(
    link: Statement,
    network: Instance,
    page: Page,
    trial: Trial,
    tried: dict[str, set[int]],
    values: Callable[[Evaluator], T],
    seen: dict[Node, set[bool]] | None = None,
) -> Iterator[tuple[Evaluator, T]]:
    """Yield what comes out for each combination of index values that is in range."""
    free, _ = index_names(link)
    free |= _indices_of_definitions(link, page)
    if trial.reading.imaginary:
        free.discard("i")
    free -= {name for name in free if name in page.definitions}
    if trial.reading.one_example:
        free.add(EXAMPLE)
    if trial.reading.scalars:
        free.add(UNIT)
    if trial.reading.any_layer:
        free.add(LAYER)
    order = sorted(free, key=lambda name: (name not in ("l", LAYER), name))
    written = {item.index: item for item in link.ranges}
    plain = Evaluator(network, trial.reading, page.definitions, page.functions)
    plain.seen = seen if seen is not None else {}
    ranges = [
        _written_range(plain, written[name])
        if name in written
        else _range(name, network, link, trial)
        for name in order
    ]
    if math.prod(map(len, ranges)) > TRIES:
        raise NotChecked("too many combinations of indices", link.span)
    found = False
    problem: OutOfRange | None = None
    for combination in itertools.product(*ranges):
        indices = dict(zip(order, combination, strict=True))
        evaluator = plain.but(indices=indices)
        try:
            result = values(evaluator)
        except OutOfRange as error:
            # What the text writes is never cut, and what it fixes never skipped.
            if not error.indices & set(order) - set(written) and not (
                {EXAMPLE, UNIT, LAYER} & set(order) and not error.indices
            ):
                raise
            problem = error
            continue
        found = True
        for name, value in indices.items():
            tried.setdefault(name, set()).add(value)
        yield evaluator, result
    if not found and problem is not None:
        raise problem


def _indices_of_definitions(link: Statement, page: Page) -> set[str]:
    """Return the indices that stand free in what the page has defined."""
    if not page.definitions:
        return set()
    found: set[str] = set()
    names = [key(x) for side in link.sides for x in walk(side) if isinstance(x, Symbol)]
    done: set[str] = set()
    while names:
        name = names.pop()
        if name in done or name not in page.definitions:
            continue
        done.add(name)
        defined = page.definitions[name]
        assert isinstance(defined, Defined)
        sides = (defined.body,)
        # The example is said by each use.
        own = {defined.example.name} if defined.example else set()
        found |= index_names(replace(link, sides=sides, condition=None))[0] - own
        names += [key(x) for x in walk(defined.body) if isinstance(x, Symbol)]
    return found


def _written_range(evaluator: Evaluator, written: Range) -> range:
    low, high = evaluator.integer(written.low), evaluator.integer(written.high)
    if high < low:
        raise NotChecked("the range is empty", written.span)
    return range(low, high + 1)


def _range(name: str, network: Instance, link: Statement, trial: Trial) -> range:
    """Return the values that an index may have: those out of range are left out."""
    L = network.settings.L
    hidden_only = trial.settings.hidden != "generic" and L > 1
    if name == "l":
        return range(0, L if hidden_only else L + 1)
    if name == LAYER:
        if _at_output(link, trial):
            return range(L, L + 1)
        return range(1, L if hidden_only else L + 1)
    if trial.reading.scalars and name in (EXAMPLE, UNIT):
        return range(1, min(FEW, network.m) + 1)
    if name in (EXAMPLE, "i"):
        return range(1, network.m + 1)
    return range(1, max(*network.n, network.m) + 1)


def _at_output(link: Statement, trial: Trial) -> bool:
    """Tell whether symbols without a layer belong to the last one."""
    names = {x.name for side in link.sides for x in walk(side) if isinstance(x, Symbol)}
    calls = {x.name for side in link.sides for x in walk(side) if isinstance(x, Call)}
    return bool(
        names & {"y", "Y", "yhat", "Yhat", "J", "Loss", "C", "K"}
        or calls & {"Loss", "softmax", "p"}
        or trial.settings.output == "softmax"
    )


def _at_least_two(link: Statement, tried: Mapping[str, set[int]], trial: Trial) -> None:
    written = {item.index for item in link.ranges}
    for name, values in tried.items():
        if len(values) < 2 and not name.startswith("(") and name not in written:
            raise NotChecked(
                f"the index {name} has one value only: that proves too little",
                link.span,
            )


def _range_text(tried: Mapping[str, set[int]]) -> str:
    parts = []
    for name in sorted(tried):
        values = sorted(tried[name])
        if not name.startswith("("):
            parts.append(f"{name} = {values[0]}, ..., {values[-1]}")
    return ", ".join(parts)


def _same_origin(evaluator: Evaluator, left: Node, right: Node) -> bool:
    one, other = _origin(evaluator, left), _origin(evaluator, right)
    return one is not None and one == other


def _origin(evaluator: Evaluator, node: Node) -> tuple[Any, ...] | None:
    """Return the array that a side only selects from, if it computes nothing."""
    if isinstance(node, Symbol):
        entry = NAMES.get(node.name)
        if key(node) in evaluator.definitions:
            defined = evaluator.definitions[key(node)]
            assert isinstance(defined, Defined)
            same = defined.example == node.example
            return _origin(evaluator, defined.body) if same else None
        if node.name in ("J", "Loss"):
            return (node.name,)
        if entry is None:
            return ("size", node.name) if node.name in ("m", "n_x", "n") else None
        place = evaluator.place(node, entry)
        if not entry.derivative:
            return place
        if place[0] in PARAMETERS and not evaluator.reading.one_example:
            return ("d cost", place)
        return ("d loss", place)
    if isinstance(node, Derivative):
        place_by = evaluator.node_of(node.by)
        if place_by is None or not isinstance(node.of, Symbol):
            return None
        if node.of.name == "J":
            return ("d cost", place_by)
        if node.of.name == "Loss":
            if (
                place_by[0] in PARAMETERS
                and node.of.example is None
                and not evaluator.reading.one_example
            ):
                return ("d cost", place_by)
            return ("d loss", place_by)
        return None
    if isinstance(node, Transpose):
        return _origin(evaluator, node.of)
    if isinstance(node, Part):
        return _origin(evaluator, node.of)
    if isinstance(node, Call) and node.name == "Loss":
        return None
    if isinstance(node, Matrix):
        origins = {
            _origin_of_cell(evaluator, cell)
            for row in node.rows
            for cell in row
            if type(cell).__name__ != "Dots"
        }
        return origins.pop() if len(origins) == 1 else None
    return None


def _origin_of_cell(evaluator: Evaluator, cell: Node) -> tuple[Any, ...] | None:
    try:
        return _origin(evaluator, cell)
    except Problem:
        return None


def speaks_of_shapes(link: Statement) -> bool:
    """Tell whether a link says which shape something has."""
    return link.relations[0] in (":", "in") or any(
        isinstance(x, Shape | ShapeOf) for side in link.sides for x in walk(side)
    )


def shape_claim(text: str, link: Statement, page: Page, trial: Trial) -> Claim:
    """Compare the shape that something has with the one that is said."""
    left, right = link.sides
    tried: dict[str, set[int]] = {}
    names = (
        left.sizes if isinstance(left, Shape) and link.relations[0] == ":" else (left,)
    )
    _check_shape_sides(link)
    found = False
    literal = all(_is_pure_shape(side) for side in link.sides)
    for seed in SEEDS:
        network = instance(trial.settings, seed)
        for name in names:
            item = Statement((name, right), ("=",), link.ranges, None, link.span)

            def shapes(
                evaluator: Evaluator, name: Node = name
            ) -> tuple[tuple[int, ...], tuple[int, ...]]:
                return (
                    _shape_of(evaluator, name, literal),
                    _shape_of(evaluator, right, literal),
                )

            for _, (one, other) in index_values(
                item, network, page, trial, tried, shapes
            ):
                found = True
                if not _shapes_agree(one, other):
                    raise IllTyped(f"the shape is {one}, and not {other}", link.span)
    if not found:
        raise NotChecked("there is no case in which it could be tried", link.span)
    _at_least_two(link, tried, trial)
    return Claim(text, "holds", "", link.span, trial.assuming, _range_text(tried), None)


def _check_shape_sides(link: Statement) -> None:
    """Refuse what says nothing of a shape, such as an interval."""
    left, right = link.sides
    if isinstance(right, ShapeOf):
        if not isinstance(left, ShapeOf):
            raise NotChecked("a shape is expected on the left", left.span)
    elif isinstance(right, Shape):
        if (
            link.relations[0] == "in"
            and not right.space
            and not any(
                isinstance(x, Symbol) for size in right.sizes for x in walk(size)
            )
        ):
            raise NotChecked("an interval is not checked", right.span)
    elif not (_is_pure_shape(left) and _is_pure_shape(right)):
        raise NotChecked("a shape is expected here", right.span)


def _is_pure_shape(node: Node) -> bool:
    """Tell whether an expression is made of shapes alone: (4, 3) (3, 1) + (4, 1)."""
    if isinstance(node, Shape):
        return len(node.sizes) == 2
    if isinstance(node, Product):
        return all(_is_pure_shape(x) for x in node.factors)
    if isinstance(node, Add):
        return _is_pure_shape(node.left) and _is_pure_shape(node.right)
    return False


def _shape_of(evaluator: Evaluator, node: Node, literal: bool) -> tuple[int, ...]:
    """Return the shape that a side has, or says."""
    if isinstance(node, Shape):
        return tuple(evaluator.integer(size) for size in node.sizes)
    if literal and isinstance(node, Product):
        shapes = [_shape_of(evaluator, x, literal) for x in node.factors]
        result = shapes[0]
        for shape in shapes[1:]:
            if result[1] != shape[0]:
                raise IllTyped(
                    f"{result} times {shape}: the shapes do not fit", node.span
                )
            result = (result[0], shape[1])
        return result
    if literal and isinstance(node, Add):
        one = _shape_of(evaluator, node.left, literal)
        other = _shape_of(evaluator, node.right, literal)
        if one != other and other != (one[0], 1):
            raise IllTyped(f"{one} plus {other}: the shapes do not fit", node.span)
        return one
    if isinstance(node, ShapeOf):
        node = node.of
    value = evaluator.value(node)
    return value.shape if is_array(value) else ()


def _shapes_agree(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Compare two shapes: R^n are columns, and a number is (1, 1)."""
    if len(other) == 1:
        other = (other[0], 1)
    if one == ():
        return other in ((), (1, 1))
    return one == other
