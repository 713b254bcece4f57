"""The record of what was executed, for the page Agreement and the home page.

It is collected when the site is built: the formulas of every page with their verdicts,
and how many formulas, snippets and claims about shape a page has.
"""

import json
import re
import xml.etree.ElementTree as etree
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import nnref
from nnref.equations.outcomes import Outcome
from nnref.equations.show import one_line
from nnref.site.download import FENCE
from nnref.site.evidence import Evidence, Word, evidence, report, shape_claims
from nnref.site.marks import ICONS, in_words
from nnref.site.mathml import MathError, render
from nnref.site.verdicts import page_verdicts

PLACE = re.compile(r'<div data-agreement="(\w+)"></div>')
WORDS: dict[Word, str] = {
    "holds": "holds",
    "refuted": "refuted",
    "definition": "gives a name",
    "skipped": "not executed",
    "unchecked": "not checked",
    "failed": "fails",
}
CELL = re.compile(r"^# ?%%(?! *\[(?:markdown|md)\])", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A file of the site, or one whose docstrings the site shows.

    Attributes:
        path: Where it is.
        title: What a reader knows it by.
        url: The page that shows it.
        stem: What stands in the ids of its formulas, for docstrings.
        content: The page as it is rendered; only what is there is linked to.
    """

    path: Path
    title: str
    url: str
    stem: str = ""
    content: str = ""


@dataclass(frozen=True)
class Line:
    """A formula of a document, with what it rests on."""

    outcome: Outcome
    evidence: Evidence
    anchor: str  # its id on the page; none if it stands in a line of text
    shapes: int

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of `nnref` that it was held against."""
        basis = self.evidence
        return (basis.beside,) if basis.beside else basis.functions


@dataclass(frozen=True)
class Account:
    """What was found of one document."""

    document: Document
    lines: tuple[Line, ...]
    snippets: int

    @property
    def words(self) -> Counter[Word]:
        """How often each verdict occurs."""
        return Counter(line.evidence.word for line in self.lines)

    @property
    def shapes(self) -> int:
        """How many claims about shape hold."""
        return sum(line.shapes for line in self.lines)


_known: dict[Path, tuple[tuple[int, int], str, tuple[Line, ...], int]] = {}


def account(document: Document) -> Account:
    """Check a document, or remember it as long as its file does not change."""
    state = document.path.stat()
    stamp = (state.st_mtime_ns, state.st_size)
    known = _known.get(document.path)
    if known is None or known[:2] != (stamp, document.stem):
        text = document.path.read_text(encoding="utf-8")
        verdicts, _ = page_verdicts(document.path, "")
        lines = []
        number = 0
        for found in verdicts.found:
            displayed = found.formula.kind == "display"
            number += displayed
            anchor = f"formula-{document.stem}{number}" if displayed else ""
            basis, shapes = evidence(found), shape_claims(found)
            lines.append(Line(found, basis, anchor, shapes))
        count = snippets(text, document.path.suffix)
        known = (stamp, document.stem, tuple(lines), count)
        _known[document.path] = known
    return Account(document, known[2], known[3])


def snippets(text: str, suffix: str) -> int:
    """Count the snippets of a page that are run: fences of Python, or cells of code."""
    if suffix == ".py":
        return len(CELL.findall(text))
    count, ticks = 0, ""
    for line in text.splitlines():
        fence = FENCE.fullmatch(line)
        if fence is None:
            continue
        if not ticks:
            ticks = fence["ticks"]
            count += fence["info"] == "python"
        elif not fence["info"].strip() and len(fence["ticks"]) >= len(ticks):
            ticks = ""
    return count


# What is shown


def filled(content: str, accounts: Sequence[Account], mutants: Path, date: str) -> str:
    """A page with the record in the places that it has for it."""
    parts = {
        "totals": lambda: totals(accounts),
        "pages": lambda: pages(accounts),
        "formulas": lambda: "".join(map(formulas, accounts)),
        "mutants": lambda: mutations(mutants),
        "versions": lambda: versions(date),
    }
    return PLACE.sub(lambda match: parts[match[1]](), content)


def totals(accounts: Sequence[Account]) -> str:
    """The counts of the whole site, as a row of numbers."""
    words: Counter[Word] = Counter()
    for one in accounts:
        words += one.words
    executed = sum(words.values()) - words["skipped"] - words["unchecked"]
    shown = [
        (executed, "formulas executed"),
        (words["holds"], "hold"),
        (words["refuted"], "wrong on purpose, and refuted"),
        (words["definition"], "give a name or a value"),
        (words["skipped"], "not executed, with the reason"),
        (sum(one.snippets for one in accounts), "snippets run"),
    ]
    trouble = [(words["unchecked"], "not checked"), (words["failed"], "fail")]
    shown += [pair for pair in trouble if pair[0]]
    items = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{count}</dd></div>" for count, label in shown
    )
    return f'<dl class="agreement-totals">{items}</dl>'


def pages(accounts: Sequence[Account]) -> str:
    """A table of the pages with their counts."""
    head = ("formulas", "hold", "refuted", "names", "shapes", "snippets")
    rows = []
    for one in accounts:
        words = one.words
        counts = (
            *(len(one.lines), words["holds"], words["refuted"]),
            *(words["definition"], one.shapes, one.snippets),
        )
        cells = "".join(f"<td>{count or ''}</td>" for count in counts)
        document = one.document
        rows.append(
            f'<tr><th scope="row"><a href="{escape(document.url)}">'
            f"{escape(document.title)}</a></th>{cells}</tr>"
        )
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    return (
        '<div class="agreement-scroll" tabindex="0"><table class="agreement-pages">'
        f'<thead><tr><th scope="col">page</th>{columns}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def formulas(one: Account) -> str:
    """The formulas of a document, folded."""
    if not one.lines:
        return ""
    count = f"{len(one.lines)} formula{'s' * (len(one.lines) > 1)}"
    rows = "".join(_row(line, one.document) for line in one.lines)
    return (
        '<details class="agreement-formulas" data-search-exclude>'
        f"<summary>{escape(one.document.title)}<span>{count}</span></summary>"
        '<div class="agreement-scroll" tabindex="0">'
        '<table class="agreement-table"><thead><tr>'
        '<th scope="col">formula</th><th scope="col">verdict</th>'
        '<th scope="col">largest error</th><th scope="col">function</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _row(line: Line, document: Document) -> str:
    basis, formula = line.evidence, line.outcome.formula
    # mkdocstrings puts the name of the function before the id.
    name = rf'id="((?:[\w.]+--)?{line.anchor})"'
    shown = re.search(name, document.content) if line.anchor else None
    anchor = f"#{shown[1]}" if shown else ""
    error = "" if basis.error is None else in_words(basis.error).partition(",")[0]
    functions = "<br>".join(
        f'<autoref identifier="{name}" optional><code>'
        f"{escape(name.removeprefix('nnref.'))}</code></autoref>"
        for name in line.functions
    )
    detail = basis.found if basis.word in ("skipped", "unchecked") else ""
    if basis.word in ("refuted", "failed"):
        detail = report(line.outcome)[-1]
    said = f"<small><samp>{escape(detail)}</samp></small>" if detail else ""
    return (
        f'<tr data-verdict="{basis.word}"><td>{_shown(formula.latex)}</td>'
        f'<td><a href="{escape(document.url + anchor)}">'
        f'<svg class="agreement-sign" viewBox="0 0 16 16" aria-hidden="true">'
        f'<path d="{ICONS[basis.word]}"></path></svg>{WORDS[basis.word]}</a>{said}</td>'
        f"<td>{error}</td><td>{functions}</td></tr>"
    )


def _shown(latex: str) -> str:
    """A formula as MathML, without its source: a page has it with that."""
    try:
        math = render(latex)
    except MathError:
        return f"<code>{escape(one_line(latex))}</code>"
    semantics = math.find("semantics")
    if semantics is not None:
        math[:] = [semantics[0]]
    return etree.tostring(math, encoding="unicode", method="html")


def mutations(path: Path) -> str:
    """What a run over changed formulas has found, as it was recorded."""
    record: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{count}</td></tr>'
        for name, count in record.items()
    )
    return f'<table class="agreement-pages"><tbody>{rows}</tbody></table>'


def versions(date: str) -> str:
    """When the record was made, and with what."""
    return (
        f'<p class="agreement-versions">Made on {escape(date)} with nnref '
        f"{escape(nnref.__version__)}, NumPy {escape(version('numpy'))} and Python "
        f"{escape(python_version())}.</p>"
    )
