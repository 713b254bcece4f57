r"""Decides whether a formula is right: reads it, evaluates it, and compares.

A statement is tried on each setting that `auto` may assume, the plainest first. It
holds if it does so in all instances of one of them, for all values of its indices.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np

from nnref.equations.changes import (
    changes,
    with_factor,
    with_stored_transposed,
    with_sum,
)
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
    Reading,
    Refuted,
    index_names,
    is_array,
    is_data,
    key,
    shape_text,
)
from nnref.equations.listings import Listing, compare
from nnref.equations.models import FREE, SEEDS, Instance, Settings, instance
from nnref.equations.parser import FUNCTIONS, INDICES
from nnref.equations.reader import read
from nnref.equations.tokens import ReadError
from nnref.equations.tree import (
    Add,
    Big,
    Call,
    Cases,
    Compare,
    Derivative,
    Dots,
    Matrix,
    Negative,
    Node,
    Number,
    Part,
    Power,
    Product,
    Quotient,
    Range,
    Shape,
    ShapeOf,
    Span,
    Statement,
    Symbol,
    Transpose,
    walk,
)

Kind: TypeAlias = Literal[
    "fails", "ill-typed", "not-checked", "vacuous", "holds", "definition"
]
WORST: tuple[Kind, ...] = ("fails", "ill-typed", "not-checked", "vacuous", "holds")
T = TypeVar("T")

RTOL = 1e-9
HINTS = 3  # at most, for one claim
FACTORS = {
    "1/m": "the right side is m times the left one: is 1/m missing?",
    "m": "the left side is m times the right one: is there a 1/m too many?",
    "-1": "the sides have opposite signs",
    "1/2": "the right side is twice the left one",
    "2": "the left side is twice the right one",
}
TRIES = 20_000  # combinations of indices that are tried for one instance


@dataclass(frozen=True)
class Claim:
    """What was found of one link of a chain.

    Attributes:
        latex: The claim as it is written.
        verdict: What was found.
        message: Why, in words.
        span: Where the problem is, or the claim.
        assuming: What had to be assumed.
        range: Which values of the indices were tried.
        max_error: The largest relative error.
        hints: What would make it hold.
    """

    latex: str
    verdict: Kind
    message: str = ""
    span: Span = (0, 0)
    assuming: tuple[str, ...] = ()
    range: str = ""
    max_error: float | None = None
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What was found of a formula: the worst of its claims.

    Attributes:
        latex: The formula.
        claims: One for each link of each chain.
    """

    latex: str
    claims: tuple[Claim, ...]

    @property
    def worst(self) -> Claim:
        """Return the claim that decides."""
        return worst_of(self.claims)

    @property
    def verdict(self) -> Kind:
        """Return the verdict on the whole formula."""
        return self.worst.verdict

    @property
    def message(self) -> str:
        """Return why, in words."""
        return self.worst.message

    @property
    def assuming(self) -> tuple[str, ...]:
        """Return what had to be assumed."""
        found = (text for claim in self.claims for text in claim.assuming)
        return tuple(dict.fromkeys(found))

    @property
    def range(self) -> str:
        """Return which values of the indices were tried."""
        return "; ".join(dict.fromkeys(c.range for c in self.claims if c.range))

    @property
    def max_error(self) -> float | None:
        """Return the largest relative error."""
        errors = [c.max_error for c in self.claims if c.max_error is not None]
        return max(errors, default=None)

    @property
    def hints(self) -> tuple[str, ...]:
        """Return what would make it hold."""
        return self.worst.hints

    def __str__(self) -> str:
        """Return the verdict with its reasons, as `print` shows it."""
        from nnref.equations.show import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        """Return the verdict as a notebook shows it."""
        from nnref.equations.show import as_html

        return as_html(self)


def worst_of(claims: tuple[Claim, ...]) -> Claim:
    """Return the claim with the worst verdict.

    What is vacuous or a definition does not spoil a chain that has a link that holds.
    """
    kinds = {claim.verdict for claim in claims}
    for kind in ("fails", "ill-typed", "not-checked"):
        if kind in kinds:
            return next(claim for claim in claims if claim.verdict == kind)
    for kind in ("holds", "vacuous", "definition"):
        if kind in kinds:
            return next(claim for claim in claims if claim.verdict == kind)
    raise ValueError("no claims")


@dataclass
class Page:
    """What a page has said so far: its model, and the names it has defined."""

    declared: Mapping[str, str] = field(default_factory=dict)
    definitions: dict[str, Node] = field(default_factory=dict)
    functions: dict[str, tuple[str, Node]] = field(default_factory=dict)


def check(
    latex: str,
    model: str = "auto",
    page: Page | None = None,
    definition: bool = False,
    listing: str = "",
) -> Verdict:
    r"""Check a formula.

    Args:
        latex: The formula, without the dollar signs around it.
        model: `logistic`, `shallow`, `deep` or `auto`.
        page: What the page has said before, if the formula stands on one. Names that
            the formula defines are added to it.
        definition: Whether the formula is said to define its left side.
        listing: The function of `nnref` whose source stands beside the formula. It
            must compute what the formula says.

    Returns:
        What was found, with a claim for each link of each chain.
    """
    page = page or Page({"model": model} if model != "auto" else {})
    try:
        return _check(latex, page, definition, listing)
    except ReadError as error:
        claim = Claim(latex, "not-checked", error.message, error.span)
    except (
        ArithmeticError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        # Whatever a formula does to the checker, it is no verdict on the formula.
        message = f"the checker could not cope with this ({type(error).__name__})"
        claim = Claim(latex, "not-checked", message, (0, len(latex)))
    return Verdict(latex, (claim,))


def _check(latex: str, page: Page, definition: bool, listing: str) -> Verdict:
    """Read and check all statements of a formula."""
    statements = read(latex, frozenset(page.functions))
    claims: list[Claim] = []
    with np.errstate(all="ignore"):  # what is not finite is noticed by itself
        needed: dict[str, str] = {}
        needed["depth"] = str(max(map(_depth, statements)))
        if any(_is_about_all(statement) for statement in statements):
            needed["reading"] = "all examples"
        for statement in statements:
            found = _check_statement(latex, statement, page, definition, needed)
            if listing and not definition:
                found = _with_listing(listing, found, statement, page)
            claims += found
    return Verdict(latex, tuple(claims))


def _check_statement(
    latex: str,
    statement: Statement,
    page: Page,
    definition: bool,
    needed: dict[str, str],
) -> list[Claim]:
    text = latex[slice(*statement.span)]
    if not statement.relations:
        return [
            Claim(text, "not-checked", "there is no relation to check", statement.span)
        ]
    if statement.condition is None and _is_setting(statement):
        return [Claim(text, "definition", "a value that is chosen", statement.span)]
    names = {
        x.name for side in statement.sides for x in walk(side) if isinstance(x, Symbol)
    }
    left = statement.sides[0]
    if (
        "lambda" in names
        and isinstance(left, Symbol)
        and left.name in ("J", "dW", "dw", "W", "w")
    ):
        message = "a cost with lambda is not the one that is checked"
        return [Claim(text, "not-checked", message, statement.span)]
    if names & {"m_t", "J_t"} and names & {"m", "J"}:
        message = "a mini-batch beside all examples is not checked"
        return [Claim(text, "not-checked", message, statement.span)]
    left = statement.sides[0]
    if (
        isinstance(left, Symbol)
        and left.name in ("J", "Loss", "dw", "dW", "db", "dB")
        and any(x == left for x in walk(statement.sides[1]))
        and left != statement.sides[1]
    ):
        message = "something is added up: a loop is not checked"
        return [Claim(text, "not-checked", message, statement.span)]
    if isinstance(left, Call) and left.name == "Var":
        return [Claim(text, "definition", "how numbers are drawn", statement.span)]
    if _defines(statement, page, definition):
        what = latex[slice(*statement.sides[0].span)]
        first = Claim(text, "definition", f"defines {what}", statement.span)
        many = len(statement.sides) > 2
        found = _try(latex, statement, page, needed) if many else []
        return [first, *found[1:]]
    return _try(latex, statement, page, needed)


def _is_setting(statement: Statement) -> bool:
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
    free = sizes | {"Loss", "alpha", "epsilon", "lambda", "theta", "h", "i", "j", "k"}
    free |= {"l", "X", "x", "y", "Y", "W", "w", "b", "B"}
    if left.layer is None and not left.units:
        free |= {"z", "a"}
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


def _defines(statement: Statement, page: Page, definition: bool) -> bool:
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
        and not _small_number([*walk(right)])
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
    declared += [name for name, *_ in _arrays(page.declared.get("arrays", ""))]
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
    for trial in _trials(statement, page.declared):
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


# Settings


@dataclass(frozen=True)
class Trial:
    """One way to read a statement: the settings, the reading, what it assumes."""

    settings: Settings
    reading: Reading
    assuming: tuple[str, ...]


def _trials(statement: Statement, declared: Mapping[str, str]) -> Iterator[Trial]:
    """Yield the settings to try, from the plainest on."""
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
                if numbers and not free_layer and 1 <= highest <= 9 and highest != 4:
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
            if one and "n_L" in declared:
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
                arrays=_arrays(declared.get("arrays", "")),
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
            reading = replace(reading, strict="model" in declared)
            if output[0] == "softmax":
                # One unit says nothing: a softmax is about all of them.
                reading = replace(reading, scalars=False)
            if _updated_parameter(statement):
                reading = replace(reading, batch=True, one_example=False)
            assuming = (*deep, *output[1], *hidden[1])
            if binary:
                assuming += ("labels 0 or 1",)
            if one:
                assuming += ("n^{[L]} = 1",)
            if reading.one_example:
                assuming += ("for one example",)
            yield Trial(settings, reading, assuming)


def _arrays(text: str) -> tuple[tuple[str, int, int], ...]:
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


def _is_about_all(statement: Statement) -> bool:
    """Tell whether a statement speaks of all examples: by m, a sum, or capitals."""
    nodes = [x for side in statement.sides for x in walk(side)]
    return any(
        (isinstance(x, Symbol) and x.name in ("m", "J"))
        or (isinstance(x, Big) and x.index == "i")
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
        isinstance(x, Big) and x.index == "i" for x in nodes
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
        _small_number(nodes),
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


def _small_number(nodes: list[Node]) -> str:
    """Return the name of the small number in a statement: epsilon or h."""
    names = {x.name for x in nodes if isinstance(x, Symbol)}
    return next((name for name in ("epsilon", "h") if name in names), "")


# Trying


def _try(
    latex: str, statement: Statement, page: Page, needed: dict[str, str]
) -> list[Claim]:
    """Return the best that any setting gives: a claim for each link.

    `needed` is what other equations of the formula have assumed: one network has to
    do for all of them.
    """
    best: list[Claim] = []
    best_score: tuple[int, ...] = ()
    best_trial: Trial | None = None
    for trial in _trials(statement, page.declared):
        named = _needed(trial)
        if (
            "reading" in needed
            and trial.reading.one_example
            and _has_parameters(statement)
        ):
            # Beside a sum or m, dw is the derivative of the cost.
            trial = replace(
                trial,
                reading=replace(trial.reading, one_example=False, batch=True),
                assuming=tuple(x for x in trial.assuming if x != "for one example"),
            )
        if any(needed.get(name, value) != value for name, value in named.items()):
            continue
        if trial.settings.kind == "deep" and int(needed["depth"]) > trial.settings.L:
            continue
        claims = _run(latex, statement, page, trial)
        score = _score(claims)
        if not best or score > best_score:
            best, best_score, best_trial = claims, score, trial
        if worst_of(tuple(claims)).verdict in ("holds", "definition", "vacuous"):
            needed |= named
            return claims
    if best_trial is None:
        text = latex[slice(*statement.span)]
        message = "no model knows all of its symbols"
        return [Claim(text, "not-checked", message, statement.span)]
    return [
        _with_hints(latex, claim, link, page, best_trial)
        for claim, link in zip(best, _links(statement), strict=True)
    ]


def _needed(trial: Trial) -> dict[str, str]:
    """Return what a trial takes for granted of the activations."""
    settings = trial.settings
    if settings.kind == "logistic" or settings.L == 1:
        return {"hidden": settings.output}
    if settings.hidden == "generic":
        return {}
    return {"hidden": settings.hidden, "output": settings.output}


def _depth(statement: Statement) -> int:
    """Return the highest layer that a statement names: no network has fewer."""
    layers = [
        layer
        for side in statement.sides
        for x in walk(side)
        if isinstance(x, Symbol | Call) and (layer := x.layer) is not None
    ]
    numbers = [
        int(x.text)
        for layer in layers
        for x in walk(layer)
        if isinstance(x, Number) and x.text.isdigit() and len(x.text) < 3
    ]
    free = any(isinstance(x, Symbol) for layer in layers for x in walk(layer))
    return max([2 if free else 1, *numbers])


def _has_parameters(statement: Statement) -> bool:
    """Tell whether derivatives by parameters occur: of the cost, or of a loss?"""
    nodes = [x for side in statement.sides for x in walk(side)]
    return any(
        (isinstance(x, Symbol) and x.name in ("dW", "dw", "db", "dB"))
        or (
            isinstance(x, Derivative)
            and isinstance(x.by, Symbol)
            and x.by.name in PARAMETER_NAMES
        )
        for x in nodes
    )


def _with_listing(
    listing: str, claims: list[Claim], statement: Statement, page: Page
) -> list[Claim]:
    """Compare what holds with the function that is shown beside it."""
    shown = Listing(listing)
    if not shown.is_compared:
        return claims
    found = []
    for claim, link in zip(claims, _links(statement), strict=True):
        problem = ""
        # Only what names a quantity: the later links of a chain start in mid-air.
        if claim.verdict == "holds" and link.sides[0] == statement.sides[0]:
            problem = _differs(shown, link, page)
        if problem:
            claim = replace(claim, verdict="fails", message=problem)
        found.append(claim)
    return found


def _differs(shown: Listing, link: Statement, page: Page) -> str:
    """Return what is wrong with a link beside a listing, or nothing."""
    free = [_free(link, side) for side in link.sides]

    def values(evaluator: Evaluator) -> tuple[Evaluator, Any]:
        left = evaluator.but(free=free[0])
        return left, evaluator.but(free=free[1]).value(link.sides[1])

    for trial in _trials(link, page.declared):
        if _link("", link, page, trial).verdict != "holds":
            continue
        network = instance(trial.settings, SEEDS[0])
        found = _index_values(link, network, page, trial, {}, values)
        return compare(shown, link.sides[0], [pair for _, pair in found])
    return ""


def _free(link: Statement, side: Node) -> frozenset[str]:
    """Return the indices that one side has outside of its sums."""
    return frozenset(index_names(replace(link, sides=(side,), condition=None))[0])


def _with_hints(
    latex: str, claim: Claim, link: Statement, page: Page, trial: Trial
) -> Claim:
    if claim.verdict not in ("fails", "ill-typed") or _speaks_of_shapes(link):
        return claim
    units = (
        unit
        for side in link.sides
        for x in walk(side)
        if isinstance(x, Symbol) and is_data(x)
        for unit in x.units
    )
    if not trial.reading.strict and any(
        isinstance(unit, Symbol) and unit.name == "i" for unit in units
    ):
        message = "a subscript i is a unit: an example is written x^{(i)}"
        return replace(claim, verdict="not-checked", message=message)
    size = _holds_for_a_size(link, page, trial)
    if size:
        message = f"it holds only where {size}: a size that is not declared"
        return replace(claim, verdict="not-checked", message=message, hints=())
    return replace(claim, hints=_hints(latex, link, page, trial) or claim.hints)


def _holds_for_a_size(link: Statement, page: Page, trial: Trial) -> str:
    """Return the size for which a claim holds that counts units by numbers."""
    settings = trial.settings
    widths: dict[int, int] = {}
    for side in link.sides:
        for x in walk(side):
            if not isinstance(x, Symbol) or not is_data(x):
                continue
            entry = NAMES[x.name]
            layer = entry.layer if entry.layer != -1 else settings.L
            if layer is None and isinstance(x.layer, Number):
                layer = int(x.layer.text)
            numbers = [int(u.text) for u in x.units if isinstance(u, Number)]
            if layer is not None and layer <= settings.L and numbers:
                widths[layer] = max(widths.get(layer, 0), *numbers)
    chosen = tuple((layer, size) for layer, size in widths.items() if 1 < size < 10)
    if not chosen:
        return ""
    sized = replace(trial, settings=replace(settings, widths=chosen))
    if _link("", link, page, sized).verdict not in ("holds", "definition"):
        return ""
    names = {0: "n_x", settings.L: "n^{[L]}"}
    return ", ".join(
        f"{names.get(layer, f'n^{{[{layer}]}}')} = {size}" for layer, size in chosen
    )


def _hints(latex: str, link: Statement, page: Page, trial: Trial) -> tuple[str, ...]:
    """Return the single changes with which a claim would hold."""

    def holds(statement: Statement) -> bool:
        for seeds in (SEEDS[:1], SEEDS):
            try:
                claim = _value_claim("", statement, page, trial, seeds)
            except Problem:
                return False
            if claim.verdict != "holds":
                return False
        return True

    found: list[str] = []
    if trial.reading.asymptotic:
        return ()
    for factor, words in FACTORS.items():
        if holds(with_factor(link, factor)):
            found.append(words)
            break
    if not _updated_parameter(link) and holds(with_stored_transposed(link)):
        found.append(
            "it would hold with W stored transposed, as (n^{[l-1]}, n^{[l]}): "
            "here it is (n^{[l]}, n^{[l-1]})"
        )
    if holds(with_sum(link)):
        found.append("it would hold with \\sum_i on the right side: is it missing?")
    for change in changes(link, latex):
        if len(found) >= HINTS:
            break
        if change.kind != "number" and holds(change.statement):
            found.append(f"it would hold {change.hint}")
    return tuple(dict.fromkeys(found))


def _score(claims: list[Claim]) -> tuple[int, ...]:
    """Return how much a setting explains: a failure says more than no value."""
    order = {"not-checked": 0, "ill-typed": 1, "fails": 2}
    worst = worst_of(tuple(claims)).verdict
    right = sum(c.verdict in ("holds", "definition", "vacuous") for c in claims)
    return (order.get(worst, 3), right)


def _run(latex: str, statement: Statement, page: Page, trial: Trial) -> list[Claim]:
    """Check each link of a chain in one setting."""
    return [
        _link(latex[slice(*link.span)], link, page, trial) for link in _links(statement)
    ]


def _links(statement: Statement) -> list[Statement]:
    """Return the links of a chain, each a statement with two sides."""
    return [
        replace(
            statement,
            sides=(left, right),
            relations=(relation,),
            span=(left.span[0], right.span[1]),
        )
        for (left, right), relation in zip(
            itertools.pairwise(statement.sides), statement.relations, strict=True
        )
    ]


def _link(text: str, link: Statement, page: Page, trial: Trial) -> Claim:
    try:
        if _speaks_of_shapes(link):
            return _shape_claim(text, link, page, trial)
        return _value_claim(text, link, page, trial)
    except IllTyped as problem:
        return Claim(
            text, "ill-typed", problem.message, problem.span, hints=problem.hints
        )
    except (OutOfRange, Refuted) as problem:
        return Claim(text, "fails", problem.message, problem.span)
    except (NotChecked, Invalid) as problem:
        return Claim(text, "not-checked", problem.message, problem.span)


def _value_claim(
    text: str,
    link: Statement,
    page: Page,
    trial: Trial,
    seeds: tuple[int, ...] = SEEDS,
) -> Claim:
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
    update = _updated_parameter(link)
    seen: dict[Node, set[bool]] = {}
    errors: list[float] = []
    tried: dict[str, set[int]] = {}
    named = False

    free = [_free(link, side) for side in link.sides]

    def values(evaluator: Evaluator) -> tuple[Any, Any, Any]:
        evaluator = evaluator.but(free=free[0])
        if link.condition is not None:
            truth = evaluator.condition(link.condition)
            if not np.any(truth):
                return None, None, truth
        try:
            one = _updated(evaluator, left) if update else evaluator.value(left)
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
        for evaluator, (one, other, truth) in _index_values(
            link, network, page, trial, {}, values, seen
        ):
            if not np.any(truth):
                continue
            for name, value in evaluator.indices.items():
                tried.setdefault(name, set()).add(value)
            if is_array(truth):
                one, other = _where(truth, one), _where(truth, other)
            error = _error(one, other, relation, left, right, link)
            if error > RTOL:
                return _failure(text, link, evaluator, one, other, trial)
            errors.append(error)
            named = named or (not update and _same_origin(evaluator, left, right))
    if not errors:
        raise NotChecked("there is no case in which it could be tried", link.span)
    _at_least_two(link, tried, trial)
    for node, outcomes in seen.items():
        if len(outcomes) == 1 and len(seeds) > 1:
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
    text: str, link: Statement, evaluator: Evaluator, one: Any, other: Any, trial: Trial
) -> Claim:
    where = ", ".join(
        f"{name} = {value}"
        for name, value in evaluator.indices.items()
        if not name.startswith("(")
    )
    message = "the two sides differ"
    if is_array(one) and is_array(other) and one.shape == other.shape:
        scale = max(np.max(np.abs(one)), np.max(np.abs(other)))
        place = np.argwhere(~(np.abs(one - other) <= RTOL * scale))[0]
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


def _error(
    one: Any, other: Any, relation: str, left: Node, right: Node, link: Statement
) -> float:
    """Return the relative error between two values of the same shape."""
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


def _updated_parameter(link: Statement) -> bool:
    """Tell whether a parameter is set to something that has it inside."""
    left, right = link.sides[:2]
    if not isinstance(left, Symbol) or left.name not in ("W", "w", "b", "B"):
        return False
    return link.relations[0] == ":=" or any(x == left for x in walk(right))


def _updated(evaluator: Evaluator, left: Node) -> Any:
    assert isinstance(left, Symbol)
    place = evaluator.node_of(left)
    assert place is not None
    array = evaluator.instance.updated(place)
    if evaluator.instance.settings.kind == "logistic" and place[0] == "W":
        array = array.T
    value = evaluator.selected(array, left)
    return value[0, 0] if is_array(value) and value.shape == (1, 1) else value


def _index_values(
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


# Two names of one quantity


def _same_origin(evaluator: Evaluator, left: Node, right: Node) -> bool:
    one, other = _origin(evaluator, left), _origin(evaluator, right)
    return one is not None and one == other


def _origin(evaluator: Evaluator, node: Node) -> tuple[Any, ...] | None:
    """Return the array that a side only selects from, if it computes nothing."""
    if isinstance(node, Symbol):
        entry = NAMES.get(node.name)
        if key(node) in evaluator.definitions:
            return _origin(evaluator, evaluator.definitions[key(node)])
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


# Shapes


def _speaks_of_shapes(link: Statement) -> bool:
    return link.relations[0] in (":", "in") or any(
        isinstance(x, Shape | ShapeOf) for side in link.sides for x in walk(side)
    )


def _shape_claim(text: str, link: Statement, page: Page, trial: Trial) -> Claim:
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

            for _, (one, other) in _index_values(
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
