r"""Every letter on every page stands in a table of the notation page, with a shape.

A letter is what a reader would look up, with its accent and with a word or letter
below it: `Z`, `dZ`, `n_x`, `\hat{y}`, `\alpha`, `y_pred`. Its marks are explained for
all letters at once: the indices of example, unit and layer, T, ', and d by itself.
A table that has a column of pages holds for these pages only. Docstrings, which the
API reference shows, may use the letters of any page: they link to it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnref.equations.documents import Formula, formulas_in
from tests.conftest import PROJECT

DOCS = PROJECT / "docs"
NOTATION = DOCS / "notation.md"
PAGES = sorted({*DOCS.rglob("*.md"), *(DOCS / "notebooks").glob("*.py")})
DOCSTRINGS = sorted((PROJECT / "nnref").glob("[a-z]*.py"))

MARKS = {*"ijkl", "d"}
ACCENTS = {"hat", "bar", "tilde", "mathcal", "mathbb"}
# All other commands are letters, so an unknown one is not passed over.
SIGNS = {
    *("log", "exp", "sin", "max", "min", "sum", "prod", "frac", "sqrt", "partial"),
    *("cdot", "odot", "times", "cdots", "dots", "vdots", "ddots", "mid", "prime"),
    *("approx", "ne", "le", "ge", "in", "infty", "quad", "qquad", "left", "right"),
    *("lVert", "rVert", "rightarrow", "rq", "dfrac", "pm", "ln"),
}
WORDS = re.compile(r"\\(?:text|begin|end)\{[^{}]*\}")
WORD_BELOW = re.compile(r"_(?:\\text\{(\w+)\}|\{\\text\{(\w+)\}\})")
TOKEN = re.compile(r"\\operatorname\{(\w+)\}|\\([A-Za-z]+)|\\.|([A-Za-z])|.", re.S)
# One letter or one word, and nothing with it: x, \lambda, pred; not i=1, n_x, jk.
BELOW = re.compile(r"_\{?(?:=(\w+)=|(\\[a-z]+|[A-Za-z])(?![\w^=<+([-]))\}?")


def letters(latex: str) -> Iterator[str]:
    """Yield the letters of a formula."""
    latex = WORD_BELOW.sub(lambda word: f"_{{={word[1] or word[2]}=}}", latex)
    latex = WORDS.sub(" ", latex)
    at = 0
    while at < len(latex):
        token = TOKEN.match(latex, at)
        assert token is not None
        at = token.end()
        name, command, letter = token.groups()
        if token[0] == "^":
            above, at = group(latex, at)
            yield from letters(re.sub(r"T$", "", above.strip()))
            continue
        if letter == "d" and (behind := re.match(r"\\theta|[A-Za-z]", latex[at:])):
            letter, at = letter + behind[0], at + behind.end()
        elif command in ACCENTS:
            accented, at = group(latex, at)
            letter = f"\\{command}{{{accented}}}"
        elif command and command not in SIGNS:
            letter = f"\\{command}"
        letter = letter or name
        below = BELOW.match(latex, at) if letter else None
        if below and (below[1] or below[2]) not in MARKS:
            letter, at = f"{letter}_{below[1] or below[2]}", below.end()
        if letter and letter not in MARKS and (letter, latex) != ("T", "T"):
            yield letter


def group(latex: str, at: int) -> tuple[str, int]:
    """Return what stands in the braces at a place, or the one sign, and its end."""
    one = re.compile(r"\s*(\\[A-Za-z]+|\\.|[^{])", re.S).match(latex, at)
    if one:
        return one[1], one.end()
    start = latex.index("{", at) + 1
    depth, end = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(latex[end], 0)
        end += 1
    return latex[start : end - 1], end


def formulas(page: str, content: str) -> list[Formula]:
    """Return the formulas of a page, with those in the captions of figures."""
    figure = re.compile(r"^``` figure\n(.*?)^```$", re.M | re.S)
    # Without its fence a caption is a paragraph, on the same line as before.
    shown = figure.sub(lambda found: f"\n{found[1]}", content)
    return formulas_in(page, shown, Path(page).suffix)


def explained(notation: str) -> dict[str, set[str]]:
    """Return the letters that have a shape, and on which pages; on all, if on none."""
    found: dict[str, set[str]] = {}
    header: list[str] = []
    for line in notation.splitlines():
        if not line.startswith("|"):
            header = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not header:
            header = cells
            continue
        row = dict(zip(header, cells, strict=True))
        if not row.get("shape"):
            continue
        links = re.findall(r"\]\(([^)#]*)", row.get("page", ""))
        pages = {f"docs/{link or NOTATION.name}" for link in links}
        for latex in re.findall(r"\$([^$]+)\$", cells[0]):
            for letter in letters(latex):
                known = found.setdefault(letter, pages)
                found[letter] = known | pages if known and pages else set()
    return found


def unexplained(page: str, content: str, known: dict[str, set[str]]) -> list[str]:
    """Name the letters of a page that are not known, each with its line."""
    anywhere = page == "docs/notation.md" or page.startswith("nnref/")
    return [
        f"{formula.place}: {letter} in ${formula.latex}$"
        for formula in formulas(page, content)
        for letter in letters(formula.latex)
        if letter not in known
        or (known[letter] and page not in known[letter] and not anywhere)
    ]


@pytest.mark.parametrize("path", PAGES + DOCSTRINGS, ids=lambda path: path.name)
def test_every_letter_has_its_shape_in_the_notation(path: Path) -> None:
    known = explained(NOTATION.read_text(encoding="utf-8"))
    page = path.relative_to(PROJECT).as_posix()
    assert unexplained(page, path.read_text(encoding="utf-8"), known) == []


def test_no_letter_of_a_page_is_left_over_in_the_notation() -> None:
    used: dict[str, set[str]] = {}
    for path in PAGES + DOCSTRINGS:
        page = path.relative_to(PROJECT).as_posix()
        shown = "docs/reference/api.md" if path in DOCSTRINGS else page
        for formula in formulas(page, path.read_text(encoding="utf-8")):
            for letter in letters(formula.latex):
                used.setdefault(letter, set()).add(shown)
    for letter, pages in explained(NOTATION.read_text(encoding="utf-8")).items():
        assert letter in used
        assert pages <= used[letter], f"{letter} does not occur on all its pages"


def test_the_formulas_of_all_pages_are_read() -> None:
    found = [
        formula
        for path in PAGES
        for formula in formulas(path.name, path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 2500
    assert not [formula.place for formula in found if formula.trouble]


@pytest.mark.parametrize(
    ("latex", "wanted"),
    [
        (r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}", "Z W A b"),
        (r"dw = \frac{1}{m} X \, dZ^T", "dw m X dZ"),
        (r"\mathcal{J} = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}", "J m m L"),
        (r"y_{\text{pred}}^{(i)} = \hat y_j^{[L]T}", r"y_pred \hat{y} L"),
        (
            r"\mathcal{J}_\lambda + a_{jk} w_{n^{[l]}} g'^{[l]}(z_j)",
            r"J_\lambda a w n g z",
        ),
        (
            r"\operatorname{Var}(w_{jk}), m_t, W^{[l]T}_j, d\theta",
            r"Var w m_t W d\theta",
        ),
        (r"a \text{ if } b_{n_x} \begin{cases} 1 \\ 0 \end{cases}", "a b n_x"),
        (r"\unknown + e^{-\alpha q}", r"\unknown e \alpha q"),
    ],
)
def test_the_letters_of_a_formula(latex: str, wanted: str) -> None:
    curly = {
        "J": r"\mathcal{J}",
        "L": r"\mathcal{L}",
        r"J_\lambda": r"\mathcal{J}_\lambda",
    }
    curly = curly if "mathcal" in latex else {}
    assert list(letters(latex)) == [curly.get(x, x) for x in wanted.split()]


TABLES = """
| symbol | meaning | shape |
|---|---|---|
| $X$, $n_x$ | inputs | $(n_x, m)$ |
| $b$ | bias | |

| symbol | meaning | shape | page |
|---|---|---|---|
| $t$ | a sum | number | [Softmax](softmax.md#from-z), [Training](training.md) |

| name | meaning |
|---|---|
| $q$ | no shape |
"""


@pytest.mark.parametrize(
    ("letter", "page", "good"),
    [
        ("X", "docs/any.md", True),
        ("n_x", "docs/any.md", True),
        ("b", "docs/any.md", False),
        ("q", "docs/any.md", False),
        ("t", "docs/softmax.md", True),
        ("t", "docs/training.md", True),
        ("t", "docs/notation.md", True),
        ("t", "docs/any.md", False),
        (r"\hat X", "docs/any.md", False),
        ("n_y", "docs/any.md", False),
    ],
)
@pytest.mark.parametrize(
    "content",
    [
        "---\ntitle: T\n---\n\nOne ${}$ here\n",
        "text\n\n$$\nX\n= {}\n$$\n",
        "text\n\n| a |\n|---|\n| ${}$ |\n",
        "``` figure\nfunction: a.b\nalt: c\n\ncaption: See ${}$.\n```\n",
        '!!! note "Title"\n\n    text\n\n    So ${}$\n',
    ],
)
def test_an_unknown_letter_is_noticed(
    letter: str, page: str, good: bool, content: str
) -> None:
    text = content.replace("{}", letter)
    found = unexplained(page, text, explained(TABLES))
    if good:
        assert found == []
    else:
        assert len(found) == 1
        assert found[0].startswith(f"{page}:")
        line = int(re.match(r"[^:]*:(\d+)", found[0])[1])  # type: ignore[index]
        assert letter in "\n".join(text.splitlines()[line - 1 : line + 2])


def test_an_unknown_letter_in_a_notebook_is_noticed() -> None:
    text = "# %% [markdown]\n# # Title\n# See $q$.\n\n# %%\nprice = '$z$'\n"
    found = unexplained("docs/notebooks/x.py", text, explained(TABLES))
    assert found == ["docs/notebooks/x.py:3: q in $q$"]


def test_an_unknown_letter_in_a_docstring_is_noticed() -> None:
    text = 'def f():\n    """Return $t + q$."""\n'
    found = unexplained("nnref/x.py", text, explained(TABLES))
    assert found == ["nnref/x.py:2: q in $t + q$"]
