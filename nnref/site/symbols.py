r"""Symbol cards: what each letter of a page means, its shape and its name in code.

`mark` wraps each symbol of a formula, such as $W^{[l]}$, in an element that names it.
When the page is finished, each name gets a card: a hidden block at the end of the page
that `symbols.js` shows beside the symbol. The cards come from the table of symbols
(`nnref.equations.notation`) and, for letters of single pages, from the rows of the
notation page that name the page. A symbol that neither has is an error.
"""

import html
import posixpath
import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, get_args

from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, AtomicString

from nnref.equations.documents import parse_comment
from nnref.equations.models import Kind
from nnref.equations.notation import SYMBOLS, Entry, Use
from nnref.equations.numpy_code import numpy_code
from nnref.site.mathml import MathError, render
from nnref.site.page import page_address, page_file

# Finding symbols in LaTeX

# Not letters: operators, relations, spaces, brackets, fonts. All other commands are
# letters, so that an unknown one is not passed over.
SIGNS = {
    *("log", "exp", "sin", "cos", "max", "min", "sum", "prod", "frac", "sqrt"),
    *("cdot", "odot", "times", "cdots", "dots", "ldots", "vdots", "ddots", "mid"),
    *("approx", "ne", "neq", "le", "ge", "leq", "geq", "in", "infty", "to", "prime"),
    *("quad", "qquad", "left", "right", "lVert", "rVert", "partial", "equiv", "top"),
    *("rightarrow", "Rightarrow", "implies", "forall", "big", "Big", "mathrm"),
    *("displaystyle", "textstyle", "underbrace", "overbrace", "bigl", "bigr", "ll"),
    *("gg", "sim", "propto", "pm", "ln", "dfrac", "tfrac", "limits", "boxed"),
}
ACCENTS = (
    *("hat", "bar", "tilde", "vec", "dot", "ddot", "widehat", "widetilde"),
    *("mathcal", "mathbb", "mathfrak", "mathscr", "mathbf", "boldsymbol", "bm"),
    *("mathit", "mathsf", "mathtt", "operatorname"),
)
INDICES = "ijkl"
SKIPPED = re.compile(
    r"\\(?:text|textbf|mbox)\{[^{}]*\}|\\begin\{array\}\{[^{}]*\}"
    r"|\\(?:begin|end)\{[^{}]*\}"
)
GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
LETTER = re.compile(
    rf"\\({'|'.join(ACCENTS)})(?![A-Za-z])\s*(?:{GROUP}|([A-Za-z]))"
    r"|(d(?:\\theta|[A-Za-z]))|\\([A-Za-z]+)|([A-Za-z])"
)
WORD = r"\\(?:text|mathrm)\{[^{}]*\}"
SCRIPT = re.compile(
    rf"\s*(?:('+)|([_^])\s*(?:{GROUP}|({WORD}|\\[A-Za-z]+|[^\s{{}}\\])))"
)
TRANSPOSE = re.compile(r"\^\s*(?:\{\s*T\s*\}|T(?![A-Za-z]))")
# ^{[l]}, ^{(i)}, ^{[l](i)T}, ^{[l]\prime}: a power is none of these.
ABOVE = re.compile(r"(?:\[([^\]]*)\])?(?:\(([^()]*)\))?((?:T|'|\\prime\s*)*)")
# One letter or one word below makes another letter: n_x, y_pred, J_\lambda.
SIZE = r"[a-z]\^\{\[[^\]]*\]\}"  # n^{[l]}, the last unit of a layer
BELOW = re.compile(r"\\(?:text|mathrm)\{(\w+)\}|(\\[a-z]+|[A-Za-z])")


class Written(NamedTuple):
    """A symbol as it stands in a formula."""

    start: int
    end: int
    letter: str
    layer: str = ""
    example: str = ""
    units: tuple[str, ...] = ()
    primes: int = 0


def symbols_in(latex: str) -> list[Written]:
    """Return the symbols of a formula, in order; those in marks are part of them."""
    found: list[Written] = []
    at = 0
    while at < len(latex):
        if skipped := SKIPPED.match(latex, at):
            at = skipped.end()
        elif transpose := TRANSPOSE.match(latex, at):
            at = transpose.end()
        elif (letter := LETTER.match(latex, at)) and not _is_sign(letter, latex):
            symbol = _with_scripts(latex, letter)
            found.append(symbol)
            at = symbol.end
        else:
            at = letter.end() if letter else at + 1 + (latex[at] == "\\")
    return found


def _is_sign(letter: re.Match[str], latex: str) -> bool:
    return letter[5] in SIGNS or (letter[0], latex.strip()) == ("T", "T")


def _with_scripts(latex: str, match: re.Match[str]) -> Written:
    name = match[0]
    if match[1]:
        accented = (match[2] if match[2] is not None else match[3]).strip()
        name = f"\\{match[1]}{{{accented}}}"
    symbol = Written(match.start(), match.end(), name)
    while script := SCRIPT.match(latex, symbol.end):
        primes, sign, group, single = script.groups()
        content = (group if group is not None else single or "").strip()
        if primes:
            symbol = symbol._replace(primes=symbol.primes + len(primes))
        elif sign == "_" and (below := BELOW.fullmatch(content)):
            word = below[1] or below[2]
            if word in INDICES:
                symbol = symbol._replace(units=(word,))
            else:
                symbol = symbol._replace(letter=f"{symbol.letter}_{word}")
        elif sign == "_":
            symbol = symbol._replace(units=tuple(_units(content)))
        elif (above := ABOVE.fullmatch(re.sub(r"\s", "", content))) and (
            above[1] or above[2]
        ):
            primed = above[3].count("'") + above[3].count("prime")
            symbol = symbol._replace(
                layer=above[1] or symbol.layer,
                example=above[2] or symbol.example,
                primes=symbol.primes + primed,
            )
        elif sign == "^" and content == r"\prime":
            symbol = symbol._replace(primes=symbol.primes + 1)
        else:
            break
        symbol = symbol._replace(end=script.end())
    return symbol


def _units(content: str) -> Iterator[str]:
    """Yield the numbers of units below a letter: jk, 12, k n^{[l]}, j,k."""
    if any(sign in re.sub(SIZE, "", content) for sign in "^+-="):
        yield content
    else:
        yield from re.findall(rf"{SIZE}|\\[a-z]+|[A-Za-z]|\d", content)


# Naming them


def _letter_key(letter: str) -> str:
    """Write a letter in one way only: without spaces and needless braces."""
    return re.sub(r"\\text\{(\w+)\}|[{}\s]", r"\1", letter)


LETTERS = {_letter_key(entry.letter): entry for entry in SYMBOLS.values()}


def name_of(letter: str) -> str:
    r"""Return what a letter is called: `W`, `yhat`, `sigma`, `varphi`."""
    key = _letter_key(letter)
    if key in LETTERS:
        return LETTERS[key].name
    return re.sub(r"\\operatorname|\\", "", key)


def key_of(symbol: Written) -> str:
    """Return what marks the symbol on the page: `W[l]`, `a_j[2](5)`, `g'[l]`."""
    layer, example = (re.sub(r"\s", "", x) for x in (symbol.layer, symbol.example))
    units = ",".join(symbol.units)
    return (
        name_of(symbol.letter)
        + "'" * symbol.primes
        + (f"_{units}" if units else "")
        + (f"[{layer}]" if layer else "")
        + (f"({example})" if example else "")
    )


def spoken(symbol: Written) -> str:
    """Say the symbol in words: a of layer 2, component 3, example 5."""
    words = re.sub(r"\\(hat|bar|tilde)(\w)", r"\2 \1", _letter_key(symbol.letter))
    words = re.sub(r"\\(mathcal|mathbb|operatorname)", "", words)
    words = words.replace("d\\", "d ").replace("\\var", "")
    said = words.replace("\\", "").replace("_", " ") + " prime" * symbol.primes
    marks = [f"layer {symbol.layer}"] if symbol.layer else []
    marks += [f"component {x}" for x in symbol.units]
    marks += [f"example {symbol.example}"] if symbol.example else []
    return f"{said} of {', '.join(marks)}" if marks else said


# Wrapping them in MathML

ATTRIBUTE = "data-symbol"
VERDICT = "data-verdict"  # around a formula that was checked
NO_CODE = ("refuted", "skipped", "unchecked", "failed")
ROWS = {"math", "mrow", "mtd", "mstyle", "mpadded", "msqrt", "mphantom"}
INVISIBLE = {"\u2061", "\u2062", "\u2063", "\u2064", ""}


def mark(math: etree.Element, latex: str) -> None:
    """Wrap each symbol of a rendered formula in an `mrow` that names it.

    The formula is rendered a second time, with a colour around each symbol that is its
    number. That tells which leaves belong to it; the look stays that of the first.

    Raises:
        MathError: If the leaves of the two do not correspond.
    """
    found = symbols_in(latex)
    if not found:
        return
    try:
        _mark(math, latex, found)
    except MathError:
        # A command that is no letter, such as \binom, was taken for one.
        known = [x for x in found if not re.fullmatch(r"\\[A-Za-z]+", x.letter)]
        _mark(math, latex, [x for x in found if x in known or _is_known(x.letter)])


def _is_known(letter: str) -> bool:
    return _letter_key(letter) in LETTERS


def _mark(math: etree.Element, latex: str, found: list[Written]) -> None:
    parts, at = [], 0
    for number, symbol in enumerate(found):
        parts += [
            latex[at : symbol.start],
            rf"{{\color[HTML]{{{number:06X}}}",
            latex[symbol.start : symbol.end],
            "}",
        ]
        at = symbol.end
    coloured = render("".join(parts) + latex[at:])
    leaves, others = _leaves(math), _leaves(coloured)
    if [x.text for x in leaves] != [x.text for x in others]:
        raise MathError("its symbols could not be told apart")
    extents = _extents(math, leaves)
    places = _extents(coloured, others)
    for element in coloured.iter("mrow"):
        colour = re.fullmatch(r"color:#(\w{6});", element.get("style", ""))
        if colour is not None and id(element) in places:
            key = key_of(found[int(colour[1], 16)])
            _wrap(math, places[id(element)], extents, key)


def _leaves(math: etree.Element) -> list[etree.Element]:
    """The elements of a formula that show something, in order."""
    return [
        element
        for element in math.iter()
        if element.tag != "annotation"
        and len(element) == 0
        and (element.text or "").strip() not in INVISIBLE
    ]


Extent: TypeAlias = tuple[int, int]  # the first leaf of an element, and its last one


def _extents(math: etree.Element, leaves: list[etree.Element]) -> dict[int, Extent]:
    """Which leaves each element holds, by its id; those without any are left out."""
    found = {id(leaf): (place, place) for place, leaf in enumerate(leaves)}

    def visit(element: etree.Element) -> None:
        for child in element:
            visit(child)
        inside = [found[id(child)] for child in element if id(child) in found]
        if inside:
            found[id(element)] = (inside[0][0], inside[-1][1])

    visit(math)
    return found


def _wrap(
    math: etree.Element, wanted: Extent, extents: dict[int, Extent], key: str
) -> None:
    """Wrap the smallest part of a formula that holds these leaves."""
    parent, element = math, math
    while True:
        holding = [
            place
            for place, child in enumerate(element)
            if (extent := extents.get(id(child))) is not None
            and extent[0] <= wanted[1]
            and wanted[0] <= extent[1]
        ]
        first, last = holding[0], holding[-1]
        if first < last or len(element[first]) == 0:
            break
        parent, element = element, element[first]
    if first < last and element.tag not in ROWS:  # a letter with its scripts
        first = last = [*parent].index(element)
        element = parent
    whole = first == 0 and last == len(element) - 1
    if whole and element.tag == "mrow" and element.get(ATTRIBUTE) is None:
        _name(element, key)
        return
    row = etree.Element("mrow")
    _name(row, key)
    row[:] = element[first : last + 1]
    element[first : last + 1] = [row]
    inside = [extents[id(child)] for child in row if id(child) in extents]
    extents[id(row)] = (inside[0][0], inside[-1][1])


def _name(element: etree.Element, key: str) -> None:
    element.set("class", "nnref-symbol")
    element.set(ATTRIBUTE, key)


# What they mean


@dataclass(frozen=True)
class Context:
    """Where a formula stands.

    Attributes:
        page: The file of the page, as the notation page links to it, or nothing.
        kind: The model of the page there: `logistic`, `shallow`, `deep`, or nothing.
        sections: The anchors of the headings that it stands below.
        anywhere: Whether it may use the letters of all pages, as a docstring may.
    """

    page: str = ""
    kind: str = ""
    sections: tuple[str, ...] = ()
    anywhere: bool = False


class Row(NamedTuple):
    """A letter of single pages, as a row of the notation page lists it."""

    use: Use
    symbol: Written
    pages: tuple[tuple[str, str], ...]  # file and anchor; none: it holds everywhere


@cache
def _rows(path: Path, changed: float) -> tuple[Row, ...]:
    """Read the rows of a notation page that name pages, or list other letters."""
    found: list[Row] = []
    header: list[str] = []
    anchor = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"#+ .*\{\s*#([\w-]+)", line):
            anchor = heading[1]
        if not line.startswith("|"):
            header = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not header:
            header = cells
        elif "shape" in header and "meaning" in header and not set(line) <= {*"|-: "}:
            row = dict(zip(header, cells, strict=False))
            found += _symbols_of(row, anchor, cells[0])
    return tuple(found)


def _symbols_of(row: dict[str, str], anchor: str, first: str) -> Iterator[Row]:
    """Yield each symbol of a row; where a cell lists as many things, one to each."""
    formulas = re.findall(r"\$([^$]+)\$", first)
    here = Path("notation.md").name
    links = re.findall(r"\]\(([^)#]*)#?([^)]*)\)", row.get("page", ""))
    pages = tuple((file or here, section) for file, section in links)
    code = row.get("in code", row.get("code", ""))
    for place, latex in enumerate(formulas):
        symbols = symbols_in(latex)
        if not symbols or symbols[0].start > 0:
            continue
        known = name_of(symbols[0].letter) in SYMBOLS
        if pages or not known:
            use = Use(
                latex,
                row["meaning"],
                _one_of(row["shape"], r"\$([^$]+)\$", place, len(formulas)),
                _one_of(code, r"`([^`]+)`", place, len(formulas)),
                f"{here}#{anchor}",
            )
            yield Row(use, symbols[0], pages)


def _one_of(cell: str, pattern: str, place: int, count: int) -> str:
    """Return what a cell says of the symbol at a place, without its marks."""
    items = re.findall(pattern, cell)
    if len(items) not in (1, count):
        return cell
    before: str = re.split(pattern, cell)[0]
    return before + str(items[place if len(items) > 1 else 0])


RANKS = {
    "logistic": {"layers": 6, "other-notes": 9},
    "shallow": {"logistic-regression": 3, "other-notes": 9},
    "deep": {"logistic-regression": 3, "other-notes": 9},
}


def meanings(symbol: Written, context: Context, rows: Iterable[Row]) -> list[Use]:
    """Return what a symbol means at a place; nothing, if no table says it.

    It is what the page itself says in the section, if it does; else what the table of
    symbols says in this model; else what the page says anywhere. Where the model is not
    known, it may be several.
    """
    name = name_of(symbol.letter)
    named = [row for row in rows if name_of(row.symbol.letter) == name]
    own = [
        (row.use, anchor)
        for row in named
        for page, anchor in row.pages
        if page == context.page
    ]
    here = [use for use, anchor in own if anchor in ("", *context.sections)]
    if here:
        return _fitting(symbol, here, context)
    entry = SYMBOLS.get(name)
    if entry is not None and not (rows and _is_of_single_pages(entry)):
        return _fitting(symbol, entry.uses, context)
    if own:
        return _fitting(symbol, [use for use, _ in own], context)
    elsewhere = [row.use for row in named if context.anywhere or not row.pages]
    return list(dict.fromkeys(elsewhere))


def _is_of_single_pages(entry: Entry) -> bool:
    """Whether only the pages that a row of the notation names may use a letter."""
    return all(use.anchor.endswith("#single-pages") for use in entry.uses)


def _fitting(symbol: Written, uses: Iterable[Use], context: Context) -> list[Use]:
    """Return the uses that fit the marks and the model best."""
    costs = [(_cost(symbol, use, context.kind), use) for use in uses]
    least = min(cost for cost, _ in costs)
    best = [use for cost, use in costs if cost == least]
    return best[:1] if context.kind else best


def _cost(symbol: Written, use: Use, kind: str) -> int:
    """Say how badly a use fits: a mark left out is usual, one too many is not."""
    other = symbols_in(use.latex)[0]
    cost = RANKS.get(kind, {}).get(use.anchor.partition("#")[2], 0)
    cost += 20 * (bool(symbol.primes) != bool(other.primes))
    for mine, its, much in (
        (symbol.layer, other.layer, 20),
        (symbol.example, other.example, 2),
        (symbol.units, other.units, 5),
    ):
        cost += much if mine and not its else 1 if its and not mine else 0
    if symbol.units and other.units and len(symbol.units) != len(other.units):
        cost += 5
    return cost


# What a use says of this symbol, with its own numbers


def as_layer(symbol: Written, kind: str) -> Written:
    """Read the number below a letter as its layer, where notes write $W_2$ so."""
    entry = SYMBOLS.get(name_of(symbol.letter))
    node = entry.stands_for if entry else None
    is_number = len(symbol.units) == 1 and symbol.units[0].isdigit()
    if symbol.layer or not is_number or node is None or node.node not in "WbZA":
        return symbol
    if node.layer != 0 and (kind == "shallow" or (kind == "deep" and node.capital)):
        return symbol._replace(layer=symbol.units[0], units=())
    return symbol


def told(use: Use, symbol: Written, kind: str) -> tuple[Use, str]:
    """Put the symbol's own marks into a use, and say which of its marks are left out.

    Of $W^{[2]}$ the use of $W^{[l]}$ says: weights of layer 2, and `W[2]`.
    """
    general = symbols_in(use.latex)[0]
    marks = {}
    omitted = []
    if symbol.example and not general.example:  # a_3^{[2](5)}
        one, this = "for one example $i$", "for example $i$"
        use = replace(use, meaning=use.meaning.replace(one, this))
        marks["i"] = symbol.example
    for sign, mine, its in (
        ("$[l]$", symbol.layer, general.layer),
        ("$(i)$", symbol.example, general.example),
    ):
        if its and mine:
            marks[its] = mine
        elif its:
            omitted.append(sign)
    if len(symbol.units) == len(general.units):
        marks.update(zip(general.units, symbol.units, strict=True))
    elif general.units and not symbol.units:
        omitted.append("$j$")
    meaning = re.sub(r"\$[^$]+\$", lambda x: _with(x[0], marks), use.meaning)
    shape, code = _with(use.shape, marks), _code(use.code, marks)
    entry = SYMBOLS.get(name_of(symbol.letter))
    node = entry.stands_for if entry else None
    if symbol.primes and not general.primes:
        meaning = f"slope of ${latex_of(symbol._replace(primes=0))}$: its derivative"
        code = f"{code}_prime" if code and shape == "function" else ""
    elif symbol.units and symbol.letter == r"\mathcal{J}":
        meaning = f"cost of example ${symbol.units[0]}$ alone: its loss"
        shape, code = "number", ""
    elif (
        node
        and node.derivative
        and node.node in "Wb"
        and symbol.units
        and symbol.layer
        and not general.units
    ):
        meaning, shape = "derivative of the cost", "number"
        places = [_index("j", "1", {"j": unit}) for unit in symbol.units]
        code = f"d{node.node}[{symbol.layer}][{', '.join([*places, '0'][:2])}]"
    elif symbol.units and not general.units:
        meaning = f"component ${symbol.units[0]}$ of ${latex_of(symbol, units=False)}$"
        code = _component(code, symbol) if use.shape == "(n_x, 1)" else ""
        shape = "number"
    elif node and node.node == "A" and symbol.layer == "0" and not node.derivative:
        column = f"column $i$ of $X$: {meaning.partition(': ')[2]}"
        meaning = "the inputs $X$" if node.capital else column
        code = code.replace("A[0]", "X")
    elif (
        node
        and node.node in "YAZ"
        and kind in ("shallow", "deep")
        and use.anchor.endswith("#logistic-regression")
        and shape == "number"
    ):
        # One example of the last layer: in a network it may be a column.
        shape = "(n^{[L]}, 1)"
        code = re.sub(r"\[0, (.*)\]$", r"[:, [\1]]", code)
    if node and node.derivative and meaning.endswith(" of the cost"):
        by = latex_of(symbol._replace(letter=symbol.letter[1:]))
        meaning += f" by ${by}$"
    elif node and node.derivative and re.match(r"column \$i\$: .* loss", meaning):
        by = latex_of(symbol._replace(letter=symbol.letter[1:]))
        meaning += f", by column $i$ of ${by}$"
    if shape.startswith("as ") and (same := symbols_in(shape[3:])):
        shape = _shape_of(same[0], kind) or shape
    if kind == "shallow" and "L" not in symbol.layer:
        meaning, shape = (x.replace("^{[L]}", "^{[2]}") for x in (meaning, shape))
        code = code.replace("A[L]", "A[2]")
        code = re.sub(r"\b(d?[WbZA])\[([12])\]", r"\1\2", code)
        code = re.sub(r"\b(g|g_prime)\[1\]", r"\1", code)
    note = f"written without {' and '.join(omitted)}" if omitted else ""
    return replace(use, meaning=meaning, shape=shape, code=code), note


def _shape_of(symbol: Written, kind: str) -> str:
    entry = SYMBOLS.get(name_of(symbol.letter))
    if entry is None:
        return ""
    use = _fitting(symbol, entry.uses, Context(kind=kind or "deep"))[0]
    return told(use, symbol, kind)[0].shape


def _component(code: str, symbol: Written) -> str:
    """Write a component of a column: row j - 1 of w, or of a column of X."""
    unit = _index("j", "1", {"j": symbol.units[0]})
    if ":, [" in code:
        return code.replace(":, [", f"{unit}, ").replace("]]", "]")
    return f"{code}[{unit}, 0]"


def latex_of(symbol: Written, *, units: bool = True) -> str:
    """Write a symbol, without a transpose."""
    if not units:
        symbol = symbol._replace(units=())
    above = f"[{symbol.layer}]" if symbol.layer else ""
    above += f"({symbol.example})" if symbol.example else ""
    letter = re.sub(r"_([a-z]{2,})$", r"_{\\text{\1}}", symbol.letter)
    named = letter.startswith(r"\operatorname")
    letter = f"{{{letter}}}" if "_" in letter and symbol.units and not named else letter
    below = f"_{{{','.join(symbol.units)}}}" if symbol.units else ""
    if all(len(x) == 1 for x in symbol.units):
        below = below.replace(",", "")
    return letter + "'" * symbol.primes + below + (f"^{{{above}}}" if above else "")


# l, [l-1]: an index by itself, perhaps with a number added.
INDEX = re.compile(r"(?<![A-Za-z\\])([lijkL])(?![A-Za-z])(?:\s*([+-])\s*(\d))?")


def _with(latex: str, marks: dict[str, str]) -> str:
    """Put indices into LaTeX: l = 2 makes n^{[l-1]} n^{[1]}."""
    result = INDEX.sub(
        lambda x: _sum(marks.get(x[1], x[1]), int(f"{x[2]}{x[3]}") if x[2] else 0),
        latex,
    )
    return result.replace("n^{[0]}", "n_x")


def _sum(index: str, more: int, space: str = "") -> str:
    """Add a number to an index: l-1 and 1 make l."""
    found = re.fullmatch(r"(.*?)\s*(?:([+-])\s*(\d+))?", index)
    if index.isdigit():
        return str(int(index) + more)
    assert found is not None
    base = found[1]
    total = more + (int(f"{found[2]}{found[3]}") if found[2] else 0)
    sign = "+" if total > 0 else "-"
    return f"{base}{space}{sign}{space}{abs(total)}" if total else base


def _code(code: str, marks: dict[str, str]) -> str:
    """Put indices into code: j = 3 makes [j - 1] [2]."""
    return re.sub(
        r"\b([lijk])\b(?: - (\d))?", lambda x: _index(x[1], x[2] or "0", marks), code
    )


def _index(name: str, less: str, marks: dict[str, str]) -> str:
    index = re.sub(r"n\^\{\[(.*)\]\}", r"n[\1]", marks.get(name, name))
    return _sum(index, -int(less), " ")


# Cards


@dataclass
class Page:
    """What is collected while a page is converted.

    Captions and docstrings are converted in the midst of it, by Markdown instances of
    their own.
    """

    owner: Markdown
    file: Any  # MkDocs' File, or None
    strict: bool = False
    written: dict[str, Written] = field(default_factory=dict)
    cards: dict[str, dict[str, etree.Element]] = field(default_factory=dict)
    open: bool = True


_page: ContextVar[Page | None] = ContextVar("page", default=None)

Report = Callable[[str, str], None]
KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}


def register(md: Markdown, notation: str, report: Report) -> None:
    """Add the processors of the cards to a Markdown instance.

    Args:
        md: The instance.
        notation: The notation page, or nothing.
        report: Reports an error, given the formula that it is about.
    """
    md.preprocessors.register(
        PageStart(md, bool(notation)), "nnref-symbols-start", 1001
    )
    cards = CardTreeprocessor(md, notation, report)
    md.treeprocessors.register(cards, "nnref-symbols", 12)


class PageStart(Preprocessor):
    """Begins to collect the symbols of a page."""

    def __init__(self, md: Markdown, strict: bool):
        """Note whether each symbol must have a card."""
        super().__init__(md)
        self.strict = strict

    def run(self, lines: list[str]) -> list[str]:
        """Note which instance converts the page; change nothing."""
        page, file = _page.get(), page_file(self.md)
        inside = page is not None and page.open and (file is None or file is page.file)
        if not inside:
            _page.set(Page(self.md, file, self.strict))
        return lines


def collect(math: etree.Element, latex: str) -> None:
    """Mark the symbols of a formula, and note them for the cards of the page.

    Raises:
        MathError: If they cannot be told apart.
    """
    page = _page.get()
    if page is None or not page.open:
        return
    try:
        mark(math, latex)
    except MathError:
        if page.strict:
            raise
        return
    math.set("data-latex", latex)
    for symbol in symbols_in(latex):
        page.written.setdefault(key_of(symbol), symbol)


class CardTreeprocessor(Treeprocessor):
    """Gives each symbol its card, when the formulas of a text are rendered."""

    def __init__(self, md: Markdown, notation: str, report: Report):
        """Take the notation page, and where to report."""
        super().__init__(md)
        self.notation = Path(notation) if notation else None
        self.report = report
        self.kind = ""
        self.anchors: list[tuple[int, str]] = []

    def run(self, root: etree.Element) -> None:
        """Find the meaning of each symbol; put the cards at the end of the page."""
        page = _page.get()
        if page is None:
            return
        is_page = self.md is page.owner
        if not is_page and page_file(self.md) is None:
            return  # a caption: the page knows its place, and finds it in its stash
        self.kind, self.anchors = "", []
        wrong: set[int] = set()
        for element in root.iter():
            if element.get("class") == "math-wrong" or element.get(VERDICT) in NO_CODE:
                wrong.update(map(id, element.iter("math")))
            stashed = HTML_PLACEHOLDER_RE.fullmatch((element.text or "").strip())
            if re.fullmatch("h[1-6]", element.tag):
                self._enter(element)
            elif element.tag == "math" and element.get("data-latex") is not None:
                latex = element.attrib.pop("data-latex")
                self._print(element, latex, id(element) in wrong)
                display = element.get("display") == "block"
                source = latex if display else f"${latex}$"
                for symbol in element.iter("mrow"):
                    if (key := symbol.get(ATTRIBUTE)) is not None:
                        symbol.set(ATTRIBUTE, self._card(page, key, latex, source))
            elif stashed is not None:
                blocks = self.md.htmlStash.rawHtmlBlocks
                block = str(blocks[int(stashed[1])])
                self.kind = _kind(block) or self.kind
                if "data-latex" in block:
                    blocks[int(stashed[1])] = self._in_html(page, block)
        if is_page:
            page.open = False
            if page.cards:
                address = page_address(page.owner)
                root.append(all_cards(page, address if self.notation else ""))

    def _print(self, math: etree.Element, latex: str, wrong: bool) -> None:
        """Offer the NumPy code of a displayed formula that was executed and holds."""
        kind = KINDS.get(self.kind)
        if kind is None or wrong or math.get("display") != "block":
            return
        code = numpy_code(latex, kind)
        if code is not None:
            math.set("data-numpy", code)

    def _enter(self, heading: etree.Element) -> None:
        """Note the anchor of a heading; attr_list has not read it yet."""
        depth = int(heading.tag[1])
        words = [heading.text or "", *(child.tail or "" for child in heading)]
        named = re.search(r"\{[^{}]*#([\w-]+)[^{}]*\}\s*$", words[-1])
        anchor = heading.get("id") or (named[1] if named else "")
        above = [entry for entry in self.anchors if entry[0] < depth]
        self.anchors = [*above, (depth, anchor)]

    def _in_html(self, page: Page, block: str) -> str:
        """Connect the symbols of formulas that are rendered to text already."""

        def formula(found: re.Match[str]) -> str:
            latex = html.unescape(found[1])

            def named(key: re.Match[str]) -> str:
                name = self._card(page, html.unescape(key[0]), latex, f"${latex}$")
                return html.escape(name)

            rest = found[0].replace(f' data-latex="{found[1]}"', "")
            return re.sub(rf'(?<={ATTRIBUTE}=")[^"]*', named, rest)

        return re.sub(
            r'<math[^>]* data-latex="([^"]*)".*?</math>', formula, block, flags=re.S
        )

    def _card(self, page: Page, key: str, latex: str, source: str) -> str:
        """Make sure that a symbol has its card, and return the name of the card."""
        address = page_address(page.owner)
        symbol = page.written[key]
        context = Context(
            address,
            self.kind,
            tuple(anchor for _, anchor in self.anchors if anchor),
            self.md is not page.owner
            or (self.notation is not None and address == self.notation.name),
        )
        meant = as_layer(symbol, self.kind)
        uses = meanings(meant, context, _rows_of(self.notation))
        if not uses:
            if self.notation is not None:
                self.report(
                    source,
                    f"the symbol  {latex_of(symbol)}  in  {latex}  has no card: "
                    f"give it a row, with this page, in {self.notation}",
                )
            return key
        found = [told(use, meant, self.kind) for use in uses]
        variants = page.cards.setdefault(key, {})
        signature = repr(found)
        if signature not in variants:
            name = f"{key}~{len(variants) + 1}" if variants else key
            variants[signature] = card(name, meant, found, latex_of(symbol))
        return str(variants[signature].get(ATTRIBUTE))


def _rows_of(notation: Path | None) -> tuple[Row, ...]:
    return _rows(notation, notation.stat().st_mtime) if notation else ()


def _kind(comment: str) -> str:
    """The model that a comment names, if it does."""
    words = re.fullmatch(r"<!--(.*?)-->", comment.strip(), re.DOTALL)
    try:
        declared = parse_comment(words[1]) if words else None
    except ValueError:
        return ""
    return declared.model.get("model", "") if declared else ""


def card(
    name: str, symbol: Written, found: list[tuple[Use, str]], latex: str
) -> etree.Element:
    """Build a card: the symbol as written, and of each use meaning, shape and code."""
    element = etree.Element("div", {ATTRIBUTE: name})
    element.set("data-say", spoken(symbol))
    names, kin = code_names(symbol, [use for use, _ in found])
    if names:
        element.set("data-names", " ".join(names))
    if kin:
        element.set("data-kin", " ".join(kin))
    if symbol.layer:
        layer = re.sub(r"\s*([+-])\s*", r" \1 ", symbol.layer)
        element.set("data-layer", layer)
    _formula(etree.SubElement(element, "p"), latex)
    for use, note in found:
        facts = etree.SubElement(element, "dl", {"data-page": use.anchor})
        where = PARTS.get(use.anchor.partition("#")[2], "") if len(found) > 1 else ""
        _fact(facts, "meaning", where + use.meaning + (f"; {note}" if note else ""))
        _fact(facts, "shape", _as_shape(use.shape))
        if use.code:
            _fact(facts, "in code", _as_code(use.code))
    return element


PARTS = {"logistic-regression": "in logistic regression: ", "layers": "in networks: "}


def _as_shape(shape: str) -> str:
    """Set a shape as math: (n_x, 1), as X; some are words, some have it set already."""
    before = "as " if shape.startswith("as ") else ""
    if "$" in shape or not (before or shape.startswith("(")):
        return shape
    return f"{before}${shape.removeprefix(before)}$"


def _as_code(code: str) -> str:
    words = code.split()
    if "`" in code or (len(words) > 1 and words[0] == "entry"):
        return " ".join([*words[:-1], f"`{words[-1]}`"]) if "`" not in code else code
    return f"`{code}`"


def code_names(symbol: Written, uses: list[Use]) -> tuple[list[str], list[str]]:
    """The names in code that are the symbol, and those that show it among others.

    `W` of `W[l]` is $W^{[l]}$; `Z` of `Z[0, i - 1]` shows $z^{(i)}$, as `z` is.
    """
    names: list[str] = []
    kin: list[str] = []
    own = name_of(symbol.letter)
    for use in uses:
        found = re.match(r"(?:entry of )?`?([A-Za-z]\w*)(?!\w*\.)(.*)", use.code)
        if found is None:
            continue
        whole = re.fullmatch(r"`?|\[\w+(?: [+-] \d)?\]", found[2])
        is_it = whole and found[0].startswith(found[1]) and not symbol.units
        name = re.sub(r"(?<=[a-zA-Z])\d$", "", found[1]) if symbol.layer else found[1]
        (names if is_it else kin).append(name)
    if own.isidentifier() and own not in ("d", "e") and not symbol.primes:
        (kin if symbol.units else names).append(own)
    return list(dict.fromkeys(names)), [x for x in dict.fromkeys(kin) if x not in names]


def _fact(facts: etree.Element, name: str, text: str) -> None:
    etree.SubElement(facts, "dt").text = name
    value = etree.SubElement(facts, "dd")
    text = re.sub(r"\*\*|\[([^\]]*)\]\([^)]*\)", r"\1", text)
    last: etree.Element | None = None
    for piece in re.split(r"(\$[^$]+\$|`[^`]+`)", text):
        if piece.startswith("$"):
            last = _formula(value, piece[1:-1])
        elif piece.startswith("`"):
            last = etree.SubElement(value, "code")
            last.text = AtomicString(piece[1:-1])
        elif last is None:
            value.text = AtomicString(piece)
        else:
            last.tail = AtomicString(piece)


def _formula(parent: etree.Element, latex: str) -> etree.Element:
    math = render(latex)
    semantics = math.find("semantics")
    if semantics is not None:
        math[:] = [semantics[0]]
    parent.append(math)
    return math


def all_cards(page: Page, address: str) -> etree.Element:
    """Put all cards of a page into a hidden block; with an address they have links."""
    # Material's search takes the end of any element of the same tag for its end.
    cards = etree.Element("aside", {"class": "nnref-cards", "hidden": "hidden"})
    cards.set("data-search-exclude", "")
    for variants in page.cards.values():
        cards.extend(variants.values())
    for facts in cards.iter("dl"):
        target = facts.attrib.pop("data-page")
        if address:
            folder = posixpath.dirname(address) or "."
            link = etree.SubElement(etree.SubElement(facts, "dd"), "a")
            link.set("href", posixpath.relpath(target, folder))
            link.text = "Notation"
    return cards
