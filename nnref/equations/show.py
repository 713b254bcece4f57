"""Shows a verdict: as text with a mark below the place, and as HTML for notebooks."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from nnref.equations.reader import read
from nnref.equations.tree import (
    Add,
    Big,
    Call,
    Cases,
    Compare,
    Derivative,
    Dots,
    Elementwise,
    Matrix,
    Negative,
    Node,
    Norm,
    Number,
    Part,
    Power,
    Product,
    Quotient,
    Shape,
    ShapeOf,
    Span,
    Statement,
    Symbol,
    Transpose,
)

if TYPE_CHECKING:
    from nnref.equations.results import Claim, Verdict

COLOURS = {
    "fails": "31",
    "ill-typed": "31",
    "not-checked": "33",
    "vacuous": "33",
    "holds": "32",
    "definition": "36",
}
# For HTML: dark enough on white, bright enough on black.
SHADES = {"31": "#d33", "33": "#b70", "32": "#292", "36": "#07a"}
WORTH_SHOWING = ("fails", "ill-typed", "not-checked")
UNBOUNDED = 1 << 30
ELLIPSIS = "…"


# How a formula was read


def spell(node: Node) -> str:
    """Write a tree with brackets and signs that leave no doubt how it was read.

    A dot is a matrix product or one with a number, a circle the elementwise product.
    """
    match node:
        case Number(text=text):
            return text
        case Symbol(name=name, layer=layer, example=example, units=units):
            name = "\N{SCRIPT CAPITAL L}" if name == "Loss" else name
            return name + _scripts(layer, example, units)
        case Part(of=of, example=example, units=units):
            return f"({spell(of)}){_scripts(None, example, units)}"
        case Call(name=name, arguments=arguments, layer=layer, primes=primes):
            name = {"sigma": "σ", "Loss": "\N{SCRIPT CAPITAL L}"}.get(name, name)
            inner = ", ".join(map(spell, arguments))
            return f"{name}{'′' * primes}{_scripts(layer, None, ())}({inner})"
        case Transpose(of=of):
            return f"{_closed(of)}ᵀ"
        case Power(base=base, exponent=exponent):
            return f"{_closed(base)}^{_closed(exponent)}"
        case Negative(of=of):
            return f"-{_factor(of)}"
        case Add(left=left, right=right, minus=minus):
            sign = "-" if minus else "+"
            other = _closed(right) if isinstance(right, Add) else spell(right)
            return f"{spell(left)} {sign} {other}"
        case Product(factors=factors):
            return " · ".join(map(_factor, factors))
        case Elementwise(left=left, right=right):
            return f"{_factor(left)} ⊙ {_factor(right)}"
        case Quotient(top=top, bottom=bottom):
            return f"{_closed(top)} / {_closed(bottom)}"
        case Derivative(of=of, by=by):
            return f"∂{_closed(of)}/∂{_closed(by)}"
        case Compare(relation=relation, left=left, right=right):
            return f"{spell(left)} {_relation(relation)} {spell(right)}"
        case Norm(of=of):
            return f"‖{spell(of)}‖"
        case Shape(sizes=sizes):
            return f"({', '.join(map(spell, sizes))})"
        case ShapeOf(of=of):
            return f"shape({spell(of)})"
        case Dots():
            return ELLIPSIS
    return _spell_large(node)


def _spell_large(node: Node) -> str:
    match node:
        case Big(kind=kind, index=index, low=low, high=high, body=body):
            limits = index
            if low is not None:
                limits += f"={spell(low)}"
            if high is not None:
                limits += f"..{spell(high)}"
            return f"{kind}[{limits}]({spell(body)})"
        case Cases(rows=rows):
            written = [
                spell(value) + (f" if {spell(condition)}" if condition else " else")
                for value, condition in rows
            ]
            return f"{{{'; '.join(written)}}}"
        case Matrix(rows=matrix):
            return f"[{'; '.join(', '.join(map(spell, row)) for row in matrix)}]"
    return type(node).__name__.lower()


def _scripts(layer: Node | None, example: Node | None, units: tuple[Node, ...]) -> str:
    written = f"_{','.join(map(spell, units))}" if units else ""
    written += f"^[{spell(layer)}]" if layer is not None else ""
    return written + (f"^({spell(example)})" if example is not None else "")


def _closed(node: Node) -> str:
    """Write a node so that it can stand beside any sign."""
    if isinstance(node, Number | Symbol | Call | Part | Norm | Matrix | Cases | Shape):
        return spell(node)
    return spell(node) if isinstance(node, Transpose) else f"({spell(node)})"


def _factor(node: Node) -> str:
    return spell(node) if isinstance(node, Power | Derivative) else _closed(node)


def _relation(relation: str) -> str:
    signs = {"approx": "≈", "le": "≤", "ge": "≥", "ne": "≠", "in": "∈"}
    return signs.get(relation, relation)


def reading(latex: str, span: Span, functions: frozenset[str] = frozenset()) -> str:
    """Return how the link that stands at a place was read, or nothing.

    Args:
        latex: The formula.
        span: The place.
        functions: Names that the page has defined as functions.
    """
    try:
        statements = read(latex, functions)
    except Exception:  # what could not be read, for whatever reason, has a message
        return ""
    start, end = span
    for statement in statements:
        if statement.span[0] <= start and end <= statement.span[1]:
            return _link(statement, span)
    return ""


def _link(statement: Statement, span: Span) -> str:
    """Write the sides of a chain that a place touches, or stands between."""
    sides = statement.sides
    touched = [
        place
        for place, side in enumerate(sides)
        if side.span[0] < max(span[1], span[0] + 1) and span[0] < side.span[1]
    ] or [0]
    first = max(0, min(touched[0], len(sides) - 2))
    last = max(touched[-1], min(first + 1, len(sides) - 1))
    written = spell(sides[first])
    for place in range(first + 1, last + 1):
        relation = _relation(statement.relations[place - 1])
        written += f" {relation} {spell(sides[place])}"
    return written


# Text


def printable(text: str) -> str:
    """Return a text without what a terminal would obey."""
    return "".join(
        " " if x in "\t\n" else x if unicodedata.category(x)[0] != "C" else "\ufffd"
        for x in text
    )


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return sum(
        0
        if unicodedata.combining(x)
        else 2
        if unicodedata.east_asian_width(x) in "WF"
        else 1
        for x in text
    )


def cut(text: str, width: int) -> str:
    """Shorten a text to so many cells; where it is cut, it says so."""
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 1:
        text = text[:-1] if cells(text) - width < 50 else text[: width + 40]
    return text + ELLIPSIS


def one_line(latex: str) -> str:
    """Write a formula on one line."""
    return printable(re.sub(r"\s+", " ", latex.strip()))


def place_of(latex: str, span: Span) -> tuple[int, int]:
    """Return the line and the column of the start of a place, both from 0."""
    start = min(max(span[0], 0), len(latex))
    line = latex.count("\n", 0, start)
    return line, start - (latex.rfind("\n", 0, start) + 1)


def caret(latex: str, span: Span, width: int = UNBOUNDED) -> tuple[str, str]:
    """Return the line of a formula that a place is on, and marks below the place."""
    line, column = place_of(latex, span)
    row = latex.split("\n")[line]
    length = min(max(span[1] - span[0], 1), max(len(row) - column, 1))
    indent = len(row) - len(row.lstrip())
    row, column = printable(row.strip()), max(column - indent, 0)
    before, inside, after = row[:column], row[column:][:length], row[column:][length:]
    inside = inside or " "
    if cells(row) > width:
        # Keep the start of the place in sight.
        room = max(width // 3, 1)
        if cells(before) > room:
            before = ELLIPSIS + before[-(room - 1) :] if room > 1 else ELLIPSIS
        inside = cut(inside, max(width - cells(before) - 1, 1))
        after = cut(after, max(width - cells(before) - cells(inside), 1))
    marks = " " * cells(before) + "^" * max(cells(inside), 1)
    return (before + inside + after).rstrip(), marks


Paint: TypeAlias = Callable[[str, str], str]


def plain(text: str, colour: str) -> str:
    """Paint nothing."""
    return text


def painted(text: str, colour: str) -> str:
    """Paint a text for a terminal."""
    return f"\033[{colour}m{text}\033[0m" if text else text


def wrapped(text: str, width: int, indent: str) -> Iterator[str]:
    """Yield the lines of a text that is set to a width."""
    import textwrap

    lines = textwrap.wrap(
        printable(text),
        min(max(width, 20), 10_000),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from lines


def explained(
    latex: str,
    claim: "Claim",
    width: int = UNBOUNDED,
    paint: Paint = plain,
    message: str = "",
    functions: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """Yield lines that say where a claim goes wrong, how it was read, and why."""
    row, marks = caret(latex, claim.span, width)
    yield row
    yield paint(marks, COLOURS[claim.verdict])
    if written := reading(latex, claim.span, functions):
        yield from wrapped(f"read as: {written}", width, "         ")
    if message := message or claim.message:
        yield from wrapped(message, width, "")
    for hint in claim.hints:
        yield from wrapped(f"hint: {hint}", width, "      ")


def details(verdict: "Verdict") -> str:
    """Return what was assumed and tried, on one line."""
    parts = []
    if verdict.assuming:
        parts.append(f"assuming {', '.join(verdict.assuming)}")
    if verdict.range:
        parts.append(f"for {verdict.range}")
    return "; ".join(parts)


def as_text(verdict: "Verdict") -> str:
    """Write a verdict with its reasons, as `print` shows it."""
    lines = [f"{verdict.verdict}: {one_line(verdict.latex)}"]
    if said := details(verdict):
        lines.append(f"  {said}")
    if verdict.max_error is not None:
        lines.append(f"  largest relative error {verdict.max_error:.1e}")
    for claim in verdict.claims:
        if claim.verdict in WORTH_SHOWING:
            lines.extend(f"  {line}" for line in explained(verdict.latex, claim))
    if len(lines) == 1 and verdict.message:
        lines.append(f"  {verdict.message}")
    return "\n".join(lines)


# HTML


def as_html(verdict: "Verdict") -> str:
    """Write a verdict as HTML, as a notebook shows it."""
    rows = [
        ("model", verdict.model),
        ("assuming", ", ".join(verdict.assuming)),
        ("tried", verdict.range),
        (
            "largest relative error",
            "" if verdict.max_error is None else f"{verdict.max_error:.1e}",
        ),
    ]
    wrong = [x for x in verdict.claims if x.verdict in WORTH_SHOWING]
    if not wrong and verdict.message:
        rows.append(("", verdict.message))
    for claim in wrong:
        rows.append(("read as", reading(verdict.latex, claim.span)))
        rows.append(("because", claim.message))
        rows += [("hint", hint) for hint in claim.hints]
    body = "".join(
        f"<tr><th style='text-align:left'>{_escaped(name)}</th>"
        f"<td style='text-align:left'>{_escaped(value)}</td></tr>"
        for name, value in rows
        if value
    )
    formula = _marked(verdict.latex, [claim.span for claim in wrong])
    colour = SHADES[COLOURS[verdict.verdict]]
    return (
        f"<div><strong style='color:{colour}'>{_escaped(verdict.verdict)}</strong> "
        f"<code style='white-space:pre-wrap'>{formula}</code>"
        + (f"<table>{body}</table>" if body else "")
        + "</div>"
    )


def _marked(latex: str, spans: list[Span]) -> str:
    """Escape a formula, with the places marked."""
    parts, at = [], 0
    for start, end in sorted(spans):
        if start < at or not start < end <= len(latex):
            continue
        parts.append(_escaped(latex[at:start]))
        parts.append(f"<mark>{_escaped(latex[start:end])}</mark>")
        at = end
    return "".join(parts) + _escaped(latex[at:])


def _escaped(text: str) -> str:
    return html.escape(text)
