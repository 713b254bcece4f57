"""What a verdict rests on, in words: what a page says of an executed formula."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from nnref.equations.claims import speaks_of_shapes
from nnref.equations.evaluate import ACTIVATIONS, NAMES
from nnref.equations.listings import Listing
from nnref.equations.models import SEEDS
from nnref.equations.outcomes import Outcome
from nnref.equations.reader import read
from nnref.equations.results import Claim
from nnref.equations.show import explained
from nnref.equations.tokens import ReadError
from nnref.equations.tree import Call, Derivative, Node, Statement, Symbol, walk
from nnref.equations.trials import updated_parameter

Word: TypeAlias = Literal[
    "holds", "refuted", "definition", "skipped", "unchecked", "failed"
]

MODULES = {
    "logistic": "nnref.logistic_regression",
    "shallow": "nnref.shallow_network",
    "deep": "nnref.deep_network",
}
NETWORKS = {
    "logistic": "logistic regression",
    "shallow": "shallow network",
    "deep": "deep network",
}
# What is assumed of a formula on a page that gives its network numbers.
GIVEN = "the numbers of this page"


def word(found: Outcome) -> Word:
    """What became of a formula, in one word: the pytest plugin passes the first four.

    A formula that proves nothing, or could not be checked, is `unchecked`.
    """
    if found.status == "skipped":
        return "skipped"
    if found.status == "wrong":
        return "failed"
    if found.formula.declared == "fails":
        return "refuted"
    kind = found.verdict.verdict
    if found.status == "open" or kind == "not-checked":
        return "unchecked"
    if kind == "vacuous":
        named = found.formula.declared == "definition"
        return "definition" if named else "unchecked"
    return "holds" if kind == "holds" else "definition"


@dataclass(frozen=True)
class Evidence:
    """What was compared to come to a verdict.

    Attributes:
        word: The verdict.
        said: The verdict as a sentence, without a full stop.
        model: The networks that it was tried on.
        ranges: The values of the indices, `l = 1, ..., 4`.
        assuming: What had to be assumed.
        error: The largest relative error.
        found: What else the checker says.
        defines: The name that is defined, in LaTeX.
        beside: The function of `nnref` that stands beside the formula and computes the
            same, if there is one.
        functions: The functions of `nnref` that gave the values.
        by_calculus: Whether derivatives were taken, by the complex step.
        compared: How many equations were compared, and how many speak of shapes.
    """

    word: Word
    said: str
    model: str = ""
    ranges: str = ""
    assuming: tuple[str, ...] = ()
    error: float | None = None
    found: str = ""
    defines: str = ""
    beside: str = ""
    functions: tuple[str, ...] = ()
    by_calculus: bool = False
    compared: int = 0
    shapes: int = 0


def evidence(found: Outcome) -> Evidence:
    """Say what the verdict on a formula rests on."""
    kind, verdict = word(found), found.verdict
    if kind == "skipped":
        return Evidence(kind, "Not executed", found=found.formula.reason)
    if kind == "unchecked":
        return Evidence(kind, "Not checked", found=found.message or verdict.message)
    if kind == "definition":
        if found.formula.declared == "given":
            return Evidence(kind, "Gives the network its numbers")
        named = re.fullmatch("defines (.*)", verdict.message, re.DOTALL)
        if named:
            return Evidence(kind, "Gives a name", defines=named[1])
        return Evidence(kind, "Nothing to compare", found=sentence(verdict.message))
    statements = _read(found)
    nodes = [
        node
        for statement in statements
        for side in statement.sides
        for node in walk(side)
    ]
    in_numbers = not any(isinstance(x, Symbol | Call) for x in nodes)
    if kind in ("refuted", "failed"):
        said = "Refuted" if kind == "refuted" else "Fails"
        return Evidence(
            kind, said, model=_models(found), found=sentence(verdict.message)
        )
    held = [claim for claim in verdict.claims if claim.verdict == "holds"]
    shapes = sum(speaks_of_shapes(link) for link in _links(statements))
    networks = f" on {len(SEEDS)} random networks"
    if GIVEN in verdict.assuming:
        networks = " on the network of this page"
    elif in_numbers:
        networks = ""
    said = "The shapes fit" if shapes >= len(held) else "Holds"
    messages = [claim.message for claim in held]
    listing = found.formula.listing
    beside = listing if listing and Listing(listing).is_compared else ""
    return Evidence(
        kind,
        f"{said}{networks}",
        "" if in_numbers else _models(found),
        verdict.range,
        tuple(text for text in verdict.assuming if text != GIVEN),
        verdict.max_error,
        found=sentence("; ".join(dict.fromkeys(filter(None, messages)))),
        beside=beside,
        functions=tuple(dict.fromkeys(_functions(nodes, statements, verdict.model))),
        by_calculus=any(map(_is_derivative, nodes)),
        compared=len(held),
        shapes=shapes,
    )


def sentence(text: str) -> str:
    """A message of the checker with a capital letter."""
    return text[:1].upper() + text[1:]


def report(found: Outcome) -> list[str]:
    """The checker's own message on a formula: the place, the reading, the hints."""
    claim: Claim = found.verdict.worst
    refuted = word(found) == "refuted"
    message = claim.message if refuted else found.message
    latex, functions = found.formula.latex, found.functions
    lines = [*explained(latex, claim, message=message, functions=functions)]
    if claim.verdict == "vacuous":
        lines.append("hint: if it gives a name, declare it a definition")
    return lines


def shape_claims(found: Outcome) -> int:
    """How many equations of a formula say which shape something has, and hold."""
    if word(found) != "holds":
        return 0
    return sum(speaks_of_shapes(link) for link in _links(_read(found)))


def _models(found: Outcome) -> str:
    models = dict.fromkeys(claim.model for claim in found.verdict.claims)
    return ", ".join(NETWORKS[name] for name in models if name in NETWORKS)


def _read(found: Outcome) -> list[Statement]:
    try:
        return [*read(found.formula.latex, found.functions)]
    except ReadError:
        return []


def _links(statements: list[Statement]) -> Iterator[Statement]:
    """The equations of a formula: a chain has one for each of its signs."""
    for statement in statements:
        pairs = itertools.pairwise(statement.sides)
        for sides, relation in zip(pairs, statement.relations, strict=True):
            yield replace(statement, sides=sides, relations=(relation,))


def _functions(
    nodes: list[Node], statements: list[Statement], models: str
) -> Iterator[str]:
    """The functions of `nnref` that gave a formula its values."""
    for model in models.split(", "):
        if model not in MODULES:
            continue
        module = MODULES[model]
        symbols = [x for x in nodes if isinstance(x, Symbol)]
        entries = [NAMES[x.name] for x in symbols if x.name in NAMES]
        if _is_forward(entries, nodes):
            yield f"{module}.forward"
        if any(x.name == "J" for x in symbols) or any(map(_is_cost_gradient, nodes)):
            yield f"{module}.cost"
        if any(len(x.sides) > 1 and updated_parameter(x) for x in statements):
            yield f"{module}.update"
    for node in nodes:
        if isinstance(node, Call) and node.name in ACTIVATIONS:
            yield f"nnref.activations.{ACTIVATIONS[node.name]}"


def _is_forward(entries: list, nodes: list[Node]) -> bool:  # type: ignore[type-arg]
    return any(x.node in "ZA" and x.layer != 0 for x in entries) or any(
        map(_is_derivative, nodes)
    )


def _is_derivative(node: Node) -> bool:
    if isinstance(node, Symbol):
        return node.name in NAMES and NAMES[node.name].derivative
    return isinstance(node, Derivative) or (isinstance(node, Call) and node.primes > 0)


def _is_cost_gradient(node: Node) -> bool:
    if not isinstance(node, Symbol) or node.name not in NAMES:
        return False
    entry = NAMES[node.name]
    return entry.derivative and entry.node in "Wb"
