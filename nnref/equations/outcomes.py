"""Checks the formulas of a file in order, and holds the verdicts against what it says.

A formula that is declared wrong has to be refuted; one that cannot be checked is not.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from nnref.equations.documents import Formula, has_relation
from nnref.equations.notation import SYMBOLS, explained, spelled
from nnref.equations.parser import FUNCTIONS, INDICES
from nnref.equations.reader import read
from nnref.equations.results import Claim, Page, Verdict
from nnref.equations.tokens import ReadError
from nnref.equations.tree import Node, Symbol, walk
from nnref.equations.verdicts import check

Status: TypeAlias = Literal["right", "wrong", "open", "skipped", "mention"]
REFUTED = ("fails", "ill-typed")


@dataclass(frozen=True)
class Outcome:
    """What became of a formula.

    Attributes:
        formula: The formula.
        verdict: What was found.
        status: `right`: it holds, or is refuted as the file says. `wrong`: it is not
            as the file says. `open`: it could not be checked. `skipped`: the file says
            not to check it. `mention`: it has no relation, so it says nothing.
        message: Why, in words.
        functions: The names of functions that the page has defined.
        unknown: Of a mention, the names that are nobody's.
    """

    formula: Formula
    verdict: Verdict
    status: Status
    message: str
    functions: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()

    @property
    def line(self) -> int:
        """The line of the file that the verdict is about."""
        start = self.verdict.worst.span[0]
        return self.formula.line + self.formula.latex.count("\n", 0, start)


def examine(
    formulas: Iterable[Formula], model: Mapping[str, str] | None = None
) -> Iterator[Outcome]:
    """Check formulas one after the other, as they stand on one page.

    Args:
        formulas: The formulas of one file, in order.
        model: What to take for the model where the file declares none.

    Yields:
        What became of each.
    """
    page = Page()
    last: Mapping[str, str] = {}
    for formula in formulas:
        page.declared = formula.model or model or {}
        if formula.model is not last:
            # Another comment on the model: given values were those of the one before.
            page.given, last = (), formula.model
        functions = frozenset(page.functions)
        try:
            found = outcome(formula, page)
        except Exception as error:
            # A defect of ours is no verdict, and must not end the run.
            what = f"{type(error).__name__}: {error}"
            message = f"a defect of nnref, please report it: {what}"
            verdict = _unchecked(formula.latex, message)
            status: Status = "wrong" if formula.declared == "fails" else "open"
            found = Outcome(formula, verdict, status, message)
        yield replace(found, functions=functions)


def outcome(formula: Formula, page: Page) -> Outcome:
    """Check one formula on its page."""
    latex = formula.latex
    if formula.trouble:
        verdict = _unchecked(latex, formula.trouble)
        return Outcome(formula, verdict, "open", formula.trouble)
    if formula.declared == "skip":
        message = f"skipped: {formula.reason}"
        return Outcome(formula, _unchecked(latex, message), "skipped", message)
    if not formula.is_checked:
        verdict = _unchecked(latex, "a name, or an expression that says nothing")
        unknown = _unknown(formula, page)
        message = f"{', '.join(unknown)} is not known" if unknown else ""
        return Outcome(formula, verdict, "mention", message, unknown=unknown)
    verdict = check(
        latex,
        page=page,
        definition=formula.declared == "definition",
        given=formula.declared == "given",
        listing=formula.listing,
    )
    kind, message = verdict.verdict, verdict.message
    if formula.declared == "fails":
        if kind in REFUTED:
            return Outcome(
                formula, verdict, "right", f"refuted, as declared: {message}"
            )
        if kind == "not-checked":
            said = f"declared wrong, but that could not be shown: {message}"
        else:
            said = f"declared wrong, but the verdict is {kind}"
        return Outcome(formula, verdict, "wrong", said)
    if kind in REFUTED:
        return Outcome(formula, verdict, "wrong", message)
    status: Status = "open" if kind == "not-checked" else "right"
    if status == "open" and (meaning := _meaning(formula, page)):
        message = f"{message}. {meaning}"
    return Outcome(formula, verdict, status, message)


def _meaning(formula: Formula, page: Page) -> str:
    """Say what a formula means that is a symbol and nothing else."""
    if has_relation(formula.latex):
        return ""
    symbols = [x for x in _sides(formula, page) if isinstance(x, Symbol)]
    return explained(symbols[0]) if len(symbols) == 1 else ""


def _unknown(formula: Formula, page: Page) -> tuple[str, ...]:
    """Return the names of a formula that neither the notation nor the page has."""
    declared = page.declared.get("numbers", "") + "," + page.declared.get("arrays", "")
    known = {item.partition(":")[0] for item in declared.split(",")}
    known |= {"d", "T", *SYMBOLS, *INDICES, *FUNCTIONS, *page.definitions}
    nodes = [node for side in _sides(formula, page) for node in walk(side)]
    symbols = [node for node in nodes if isinstance(node, Symbol)]
    # What the page has defined with scripts is known by its letter.
    letters = {name.partition("_")[0] for name in page.definitions}
    found = (x.name for x in symbols if x.name not in known | letters)
    return tuple(dict.fromkeys(map(spelled, found)))


def _sides(formula: Formula, page: Page) -> list[Node]:
    """Return what stands between the relations of a formula, if it can be read."""
    try:
        statements = read(formula.latex, frozenset(page.functions))
    except ReadError:
        return []
    return [side for statement in statements for side in statement.sides]


def _unchecked(latex: str, message: str) -> Verdict:
    return Verdict(latex, (Claim(latex, "not-checked", message, (0, len(latex))),))
