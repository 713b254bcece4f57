r"""Decides whether a formula is right: reads it, evaluates it, and compares.

A statement is tried on each setting that `auto` may assume, the plainest first. It
holds if it does so in all instances of one of them, for all values of its indices.
"""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np

from nnref.equations.changes import (
    changes,
    repairs,
    with_factor,
    with_mean_of_columns,
    with_stored_transposed,
    with_sum,
)
from nnref.equations.claims import (
    free_indices,
    index_values,
    shape_claim,
    speaks_of_numbers,
    speaks_of_shapes,
    value_claim,
)
from nnref.equations.definitions import defines, give, is_setting
from nnref.equations.evaluate import (
    NAMES,
    Evaluator,
    IllTyped,
    Invalid,
    NotChecked,
    OutOfRange,
    Problem,
    Refuted,
    is_data,
)
from nnref.equations.listings import Listing, compare
from nnref.equations.models import SEEDS, instance
from nnref.equations.reader import read
from nnref.equations.results import Claim, Page, Verdict, worst_of
from nnref.equations.tokens import ReadError
from nnref.equations.tree import (
    Big,
    Call,
    Derivative,
    Elementwise,
    Number,
    Statement,
    Symbol,
    walk,
)
from nnref.equations.trials import (
    PARAMETER_NAMES,
    Trial,
    is_about_all,
    trials_of,
    updated_parameter,
)

MODELS = ("auto", "logistic", "shallow", "deep")


HINTS = 3  # at most, for one claim


CHANGES = 200  # that are tried for a hint


FACTORS = {
    "1/m": "the right side is m times the left one: is 1/m missing?",
    "m": "the left side is m times the right one: is there a 1/m too many?",
    "-1": "the sides have opposite signs",
    "1/2": "the right side is twice the left one",
    "2": "the left side is twice the right one",
}


def check(
    latex: str,
    model: str = "auto",
    page: Page | None = None,
    definition: bool = False,
    listing: str = "",
    given: bool = False,
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
        given: Whether the formula gives the network of its page values, as numbers.

    Returns:
        What was found, with a claim for each link of each chain.

    Raises:
        ValueError: If `model` is none of the four.
        TypeError: If `latex` is not a string.
    """
    if not isinstance(latex, str):
        raise TypeError(f"check: latex is {latex!r}: expected a string")
    if model not in MODELS:
        raise ValueError(f"check: model is {model!r}: expected {', '.join(MODELS)}")
    page = page or Page({"model": model} if model != "auto" else {})
    try:
        if given:
            return Verdict(latex, tuple(give(latex, page)))
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
        chosen = False
        needed: dict[str, str] = {}
        needed["depth"] = str(max(map(_depth, statements)))
        if any(is_about_all(statement) for statement in statements):
            needed["reading"] = "all examples"
        for statement in statements:
            found = _check_statement(latex, statement, page, definition, needed)
            if listing and not definition:
                found = _with_listing(listing, found, statement, page)
            if chosen and any(claim.verdict == "fails" for claim in found):
                message = "what follows from a chosen value is not checked"
                found = [
                    replace(claim, verdict="not-checked", message=message, hints=())
                    for claim in found
                ]
            chosen = chosen or is_setting(statement, page)
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
    if statement.condition is None and is_setting(statement, page):
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
    if defines(statement, page, definition):
        what = latex[slice(*statement.sides[0].span)]
        first = Claim(text, "definition", f"defines {what}", statement.span)
        many = len(statement.sides) > 2
        found = _try(latex, statement, page, needed) if many else []
        return [first, *found[1:]]
    return _try(latex, statement, page, needed)


def _try(
    latex: str, statement: Statement, page: Page, needed: dict[str, str]
) -> list[Claim]:
    """Return the best that any setting gives: a claim for each link.

    `needed` is what other equations of the formula have assumed: one network has to
    do for all of them. Where a page gives its network numbers, what does not hold for
    all networks is tried on that one.
    """
    if page.given:
        anywhere = replace(page, given=())
        if not speaks_of_numbers(statement):
            # What it says, it says of all networks: this one may be an exception.
            return _tried(latex, statement, anywhere, needed)
        claims = _tried(latex, statement, anywhere, needed, hints=False)
        if worst_of(tuple(claims)).verdict in ("holds", "definition", "vacuous"):
            return claims
    return _tried(latex, statement, page, needed)


def _tried(
    latex: str,
    statement: Statement,
    page: Page,
    needed: dict[str, str],
    hints: bool = True,
) -> list[Claim]:
    best: list[Claim] = []
    best_score: tuple[int, ...] = ()
    best_trial: Trial | None = None
    for trial in trials_of(statement, page.declared, page.given):
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
    if not hints:
        return best
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
        names = link.sides[0] == statement.sides[0] and not speaks_of_shapes(link)
        if claim.verdict == "holds" and names:
            problem = _differs(shown, link, page)
        if problem:
            claim = replace(claim, verdict="fails", message=problem)
        found.append(claim)
    return found


def _differs(shown: Listing, link: Statement, page: Page) -> str:
    """Return what is wrong with a link beside a listing, or nothing."""
    free = [free_indices(link, side) for side in link.sides]

    def values(evaluator: Evaluator) -> tuple[Evaluator, Any]:
        left = evaluator.but(free=free[0])
        return left, evaluator.but(free=free[1]).value(link.sides[1])

    for trial in trials_of(link, page.declared, page.given):
        if _link("", link, page, trial).verdict != "holds":
            continue
        network = instance(trial.settings, SEEDS[0])
        found = index_values(link, network, page, trial, {}, values)
        return compare(shown, link.sides[0], [pair for _, pair in found])
    return ""


def _with_hints(
    latex: str, claim: Claim, link: Statement, page: Page, trial: Trial
) -> Claim:
    if claim.verdict not in ("fails", "ill-typed") or speaks_of_shapes(link):
        return claim
    data = [
        x
        for side in link.sides
        for x in walk(side)
        if isinstance(x, Symbol) and is_data(x)
    ]
    by_i = [any(isinstance(u, Symbol) and u.name == "i" for u in x.units) for x in data]
    # Where each letter has it, it is meant so on a page that names its model, too.
    if data and (all(by_i) if trial.reading.strict else any(by_i)):
        message = "a subscript i is a unit: an example is written x^{(i)}"
        return replace(claim, verdict="not-checked", message=message)
    sizes = (
        _holds_for_a_size(link, page, other)
        for other in ([] if page.given else trials_of(link, page.declared))
    )
    size = next(filter(None, sizes), "")
    if size:
        message = f"it holds only where {size}: a size that is not declared"
        return replace(claim, verdict="not-checked", message=message, hints=())
    return replace(claim, hints=_hints(latex, link, page, trial) or claim.hints)


def _holds_for_a_size(link: Statement, page: Page, trial: Trial) -> str:
    """Return the size for which a claim holds that counts units by numbers."""
    settings = trial.settings
    widths: dict[int, int] = {}
    nodes = [x for side in link.sides for x in walk(side)]
    last = {
        x.index: int(x.high.text)
        for x in nodes
        if isinstance(x, Big) and isinstance(x.high, Number) and x.high.text.isdigit()
    }
    for x in nodes:
        if isinstance(x, Symbol) and x.name in NAMES and len(x.units) == 1:
            entry = NAMES[x.name]
            layer = entry.layer if entry.layer != -1 else settings.L
            if layer is None and isinstance(x.layer, Number):
                layer = int(x.layer.text)
            (unit,) = x.units
            numbers = [int(unit.text)] if isinstance(unit, Number) else []
            if isinstance(unit, Symbol) and unit.name in last:
                numbers = [last[unit.name]]
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
                claim = value_claim("", statement, page, trial, seeds)
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
    if not updated_parameter(link) and holds(with_stored_transposed(link)):
        starred = any(isinstance(x, Elementwise) for s in link.sides for x in walk(s))
        product = "a matrix product, and with " if starred else ""
        found.append(
            f"it would hold with {product}W stored transposed, "
            "as (n^{[l-1]}, n^{[l]}): here it is (n^{[l]}, n^{[l-1]})"
        )
    if holds(with_sum(link)):
        found.append("it would hold with \\sum_i on the right side: is it missing?")
    if not found and holds(with_mean_of_columns(link)):
        found.append(
            "it would hold with \\frac{1}{m} \\sum_i over the columns of the right side"
        )
    tried = itertools.chain(changes(link, latex), repairs(link, latex))
    for change in itertools.islice(tried, CHANGES):
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
        replace(
            _link(latex[slice(*link.span)], link, page, trial),
            model=trial.settings.kind,
        )
        for link in _links(statement)
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
        if speaks_of_shapes(link):
            return shape_claim(text, link, page, trial)
        return value_claim(text, link, page, trial)
    except IllTyped as problem:
        return Claim(
            text, "ill-typed", problem.message, problem.span, hints=problem.hints
        )
    except (OutOfRange, Refuted) as problem:
        return Claim(text, "fails", problem.message, problem.span)
    except (NotChecked, Invalid) as problem:
        return Claim(text, "not-checked", problem.message, problem.span)
