r"""The table of symbols, the notation page, the reader and the pages agree.

A row of a table of the page that has a shape lists symbols. Each use of the table
stands in such a row, in the section that it names. Each symbol of a row has such a
use, or is a letter of single pages. What a formula of a page defines is either.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nnref.equations import check
from nnref.equations.documents import formulas_in
from nnref.equations.models import FREE
from nnref.equations.notation import SYMBOLS, Use, explained, spelled
from nnref.equations.outcomes import examine
from nnref.equations.parser import DIFFERENTIAL_NAMES, INDICES, NUMBERED
from nnref.equations.reader import read
from nnref.equations.tokens import ReadError
from nnref.equations.tree import Call, Node, Product, Shape, Symbol, walk
from tests.conftest import PROJECT

DOCS = PROJECT / "docs"
NOTATION = (DOCS / "notation.md").read_text(encoding="utf-8")
PAGES = sorted({*DOCS.rglob("*.md"), *(DOCS / "notebooks").glob("*.py")})
PAGES += sorted((PROJECT / "nnref").glob("[a-z]*.py"))
# Letters that hold on the pages that their row names, and on no other.
PAGES_OWN = ("single-pages", "other-notes")


@dataclass(frozen=True)
class Row:
    """What a table of the page says of a symbol; None where it has no such column."""

    section: str
    latex: str
    shape: str
    code: str | None
    meaning: str | None
    pages: frozenset[str]


def rows(page: str) -> Iterator[Row]:
    """Yield the symbols of all tables of a page that have shapes."""
    section, header = "", []
    for line in page.splitlines():
        if heading := re.match(r"#+ .*\{ ?#([\w-]+) ?\}$", line):
            section = heading[1]
        if not line.startswith("|"):
            header = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not header:
            header = cells
            continue
        if "shape" not in header or set(line) <= set("|-: "):
            continue
        # A table of pairs has a symbol and its shape twice.
        for place in [k - 1 for k, name in enumerate(header) if name == "shape"]:
            if header[place] == "meaning":
                place -= 1
            row = dict(zip(header[place:], cells[place:], strict=True))
            yield from symbols_of(section, cells[place], row, cells[place:])


def symbols_of(
    section: str, first: str, row: dict[str, str], cells: list[str]
) -> Iterator[Row]:
    """Yield each symbol of a row; where a cell lists as many things, one to each."""
    meaning = row.get("meaning")
    found = re.findall(r"\$([^$]+)\$", first)
    shape = row["shape"] if meaning is not None else cells[1]
    code = row.get("in `nnref`", row.get("in code"))
    links = re.findall(r"\]\(([^)#]*)", row.get("page", ""))
    if len(found) > 1:
        meaning = None  # it speaks of them together
    for k, latex in enumerate(found):
        yield Row(
            section,
            latex,
            one_of(shape, r"\$([^$]+)\$", k, len(found)),
            code if code is None else one_of(code, r"`([^`]+)`", k, len(found)),
            meaning if meaning is None else meaning.replace("**", ""),
            frozenset(link or "notation.md" for link in links),
        )


def one_of(cell: str, pattern: str, place: int, count: int) -> str:
    """Return what a cell says of the symbol at a place, without its marks."""
    items = re.findall(pattern, cell)
    if len(items) not in (1, count):
        return cell
    before = re.split(pattern, cell)[0]
    return before + items[place if len(items) > 1 else 0]


def differences(page: str, uses: list[Use]) -> list[str]:
    """Say where a page and the table do not agree."""
    listed = list(rows(page))
    found = []
    for use in uses:
        section = use.anchor.partition("#")[2]
        if not any(x.section == section and fits(x, use) for x in listed):
            found.append(f"the page does not have {use.latex} of {use.anchor} like so")
    for row in listed:
        if row.section != "single-pages" and not any(fits(row, use) for use in uses):
            found.append(
                f"the table does not have {row.latex} of {row.section} like so"
            )
    return found


def fits(row: Row, use: Use) -> bool:
    return (
        row.latex == use.latex
        and row.shape == use.shape
        and row.code in (None, use.code)
        and row.meaning in (None, use.meaning)
    )


USES = [use for entry in SYMBOLS.values() for use in entry.uses]


def test_the_table_and_the_page_agree():
    assert differences(NOTATION, USES) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("| $W^{[l]}$ | weights", "| $V^{[l]}$ | weights", "W^{[l]} V^{[l]}"),
        ("| $(n^{[l]}, n^{[l-1]})$ |", "| $(n^{[l-1]}, n^{[l]})$ |", "W^{[l]} W^{[l]}"),
        ("| `g_prime[l]` |", "| `g[l]` |", "g'^{[l]} g'^{[l]}"),
        ("`Z[l]`, `A[l]`", "`A[l]`, `Z[l]`", "Z^{[l]} A^{[l]} Z^{[l]} A^{[l]}"),
        (
            "as $W^{[l]}$, $b^{[l]}$",
            "as $b^{[l]}$, $W^{[l]}$",
            r"dW^{[l]} db^{[l]} dW^{[l]} db^{[l]}",
        ),
        ("| bias | number |", "| slope | number |", "b b"),
        ("| $Y$ | $(1, m)$ |", "| $Y$ | $(m, 1)$ |", "Y"),
        ("| $K$, $n_y$ |", "| $K$, $n_z$ |", "n_y n_z"),
        ("| $m$ | number", "| $m$, $M$ | number", "M"),
        ("| $h$ | step", "| $H$ | step", "h"),
        (r"| $\alpha$ | learning", "| rate | learning", r"\alpha"),
        ("{#other-notes}", "{#others}", None),
    ],
)
def test_a_difference_is_noticed(old, new, told):
    assert NOTATION.count(old) == 1
    planted = NOTATION.replace(old, new)
    found = differences(planted, USES)
    if told is None:
        assert len(found) == sum(use.anchor.endswith("other-notes") for use in USES)
        return
    said = [re.search(r"does not have (.*?) of ", line)[1] for line in found]
    assert sorted(said) == sorted(told.split())


@pytest.mark.parametrize("use", USES, ids=lambda use: use.latex)
def test_a_use_that_is_left_out_is_noticed(use):
    if use.anchor.endswith("#single-pages"):
        return  # the page lists it for itself
    left = [x for x in USES if x is not use]
    assert any(use.latex in line for line in differences(NOTATION, left))


# The reader


def nodes_of(latex: str) -> list[Node]:
    return [x for s in read(latex) for side in s.sides for x in walk(side)]


OTHER_NAMES = {r"\delta^{[l]}": "dz", r"\eta": "alpha"}


@pytest.mark.parametrize("entry", SYMBOLS.values(), ids=lambda entry: entry.name)
def test_what_the_table_writes_is_read_by_its_name(entry):
    for use in entry.uses:
        argument = "(z)" if use.shape == "function" else ""
        # Beside something: L as a whole side is the loss.
        first = nodes_of(use.latex + argument + " + 1")[1]
        if entry.name == "reals":
            assert isinstance(first, Shape)
        else:
            assert isinstance(first, Call if argument else Symbol)
            assert first.name == OTHER_NAMES.get(use.latex, entry.name)
        assert use.latex.startswith(entry.letter)


def test_the_names_of_the_reader_and_of_the_models_are_in_the_table():
    # The derivative by any parameter is a letter of a single page.
    assert SYMBOLS.keys() >= {*FREE, *NUMBERED, *DIFFERENTIAL_NAMES} - {"dtheta"}


# Definitions


def letters_of(page: str) -> set[str]:
    """Return the names in a tree that a page may define, by the notation page."""
    file = Path(page)
    is_package = file.parts[0] == "nnref"
    names = {
        *INDICES,
        *(
            entry.name
            for entry in SYMBOLS.values()
            for use in entry.uses
            if not use.anchor.endswith(PAGES_OWN)
        ),
    }
    for row in rows(NOTATION):
        # The docstrings, which the API reference shows, link to the pages.
        here = file.relative_to("docs").as_posix() if not is_package else ""
        if row.section in PAGES_OWN and (is_package or here in row.pages):
            names |= names_in(row.latex)
    return names


def names_in(latex: str) -> set[str]:
    try:
        nodes = nodes_of(latex)
    except ReadError:
        # A function alone, such as \operatorname{Var}.
        nodes = nodes_of(f"{latex}(z)")[:1]
    first = nodes[0]
    if isinstance(first, Product):  # t(x)
        first = first.factors[0]
    return {first.name} if isinstance(first, Symbol | Call) else set()


def strangers(page: str, content: str) -> list[str]:
    """Name what the formulas of a page define, and no table lists."""
    known = letters_of(page)
    formulas = formulas_in(page, content, Path(page).suffix)
    return [
        f"{outcome.formula.place}: {claim.latex}"
        for outcome in examine(formulas)
        for claim in outcome.verdict.claims
        if claim.verdict == "definition"
        and not names_in(re.split(r"&?(?::?=|\\ne|<|>)", claim.latex)[0]) <= known
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_a_page_defines_is_in_the_notation(path):
    page = path.relative_to(PROJECT).as_posix()
    assert strangers(page, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("page", "formula", "good"),
    [
        ("docs/softmax.md", "c = \\max(z)", True),
        ("docs/vectorisation.md", "c = \\max(z)", False),
        ("docs/softmax.md", "q = z - 1", False),
        ("docs/derivations/maximum-likelihood.md", "q = z - 1", True),
        ("nnref/softmax.py", "q = z - 1", True),
        ("nnref/softmax.py", "\\mu = z - 1", False),
        ("docs/training.md", "f(\\theta) = \\theta^2", True),
        ("docs/softmax.md", "f(\\theta) = \\theta^2", False),
        ("docs/training.md", "\\mathcal{J}_t = \\frac{1}{2} z", True),
        ("docs/softmax.md", "K = 3", False),
    ],
)
def test_a_definition_of_an_unlisted_letter_is_noticed(page, formula, good):
    text = (
        f"<!-- nnref: model=logistic -->\n\n<!-- nnref: definition -->\n\n$${formula}$$"
    )
    if page.endswith(".py"):
        text = f'r"""Do.\n\n# nnref: definition\n\n${formula}$\n"""\n'
    found = strangers(page, text)
    assert bool(found) != good
    assert not found or found[0].endswith(formula)


# What is told


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (
            "W",
            "W^{[l]}: weights of layer $l$, one unit a row; "
            "shape: (n^{[l]}, n^{[l-1]})",
        ),
        ("b", "b: bias; shape: number"),
        ("b^{[2]}", "b^{[l]}: biases of layer $l$, one a unit; shape: (n^{[l]}, 1)"),
        ("x^{(3)}", "x^{(i)}: example $i$; shape: (n_x, 1)"),
        ("n_x", "n_x: number of features; shape: number"),
        ("w_2^{[1]}", "weights of unit $j$ as a column; shape: (n^{[l-1]}, 1); or "),
        ("q", ""),
    ],
)
def test_a_symbol_is_explained(latex, said):
    (symbol,) = (x for x in nodes_of(latex)[:1])
    assert isinstance(symbol, Symbol)
    assert said in explained(symbol)
    assert bool(said) == bool(explained(symbol))


def test_messages_spell_names_as_the_page_does():
    assert spelled("Loss") == r"\mathcal{L}"
    assert spelled("yhat") == r"\hat y"
    assert spelled("uhat") == r"\hat u"
    assert spelled("q") == "q"
    assert check(r"\hat u = 3 \hat u z").message == r"\hat u is not known"
