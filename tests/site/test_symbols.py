"""Each symbol of a formula names its card, and a symbol without one is reported."""

import logging
import re
import xml.etree.ElementTree as etree
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown import Markdown

from nnref.equations.documents import formulas_in
from nnref.site.mathml import MathError, render
from nnref.site.symbols import key_of, latex_of, mark, spoken, symbols_in
from tests.conftest import PROJECT, Copy

DOCS = PROJECT / "docs"
PAGES = sorted({*DOCS.rglob("*.md"), *(DOCS / "notebooks").glob("*.py")})
MODULES = sorted((PROJECT / "nnref").glob("[a-z]*.py"))

# Symbols in LaTeX


@pytest.mark.parametrize(
    ("latex", "keys"),
    [
        ("Z = w^T X + b", "Z w X b"),
        ("Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}", "Z[l] W[l] A[l-1] b[l]"),
        (r"dw = \frac{1}{m} X \, dZ^T", "dw m X dZ"),
        (r"dW^{[l]} = dZ^{[l]} A^{[l - 1]T}", "dW[l] dZ[l] A[l-1]"),
        (r"a_3^{[2](5)} a^{[2](5)}_3 a^{[1](i)T}", "a_3[2](5) a_3[2](5) a[1](i)"),
        (r"\sum_{i=1}^{m} \mathcal{L}^{(i)}", "i m Loss(i)"),
        (r"g'^{[l]}(z) g^{[l]\prime} \sigma'(z) f'''", "g'[l] z g'[l] sigma' z f'''"),
        (r"\hat y \hat{Y} y_{\text{pred}}^{(i)}", "yhat Yhat y_pred(i)"),
        (r"w_{jk}^{[l]} w_{n^{[l]}}^{[l]T} x_j", "w_j,k[l] w_n^{[l]}[l] x_j"),
        (r"n_x n^{[l-1]} \mathcal{J}_t m_t", "n_x n[l-1] J_t m_t"),
        (r"\mathcal{J}_\lambda \varphi", r"mathcalJ_lambda varphi"),
        (r"e^{-z} z^2 (w^{[1]})^2", "e z z w[1]"),
        (r"X \in \mathbb{R}^{n_x \times m}", "X reals n_x m"),
        (r"\frac{\partial \mathcal{L}}{\partial z_j}", "Loss z_j"),
        (r"d\theta \operatorname{Var}(w) \tanh z \log a", "dtheta Var w tanh z a"),
        (r"\begin{array}{cc} a & \text{if } b \end{array}", "a b"),
        (r"a \text{ is } b", "a b"),
        (r"l = L, \dots, 1", "l L"),
        ("a^{[1] (i) T} z_{2}^{(i)} W_2", "a[1](i) z_2(i) W_2"),
        ("T", ""),
        ("1 + 2", ""),
    ],
)
def test_the_symbols_of_a_formula(latex: str, keys: str) -> None:
    assert [key_of(symbol) for symbol in symbols_in(latex)] == keys.split()


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        ("W^{[l]}", "W of layer l"),
        ("a_3^{[2](5)}", "a of layer 2, component 3, example 5"),
        (r"\hat y", "y hat"),
        (r"\sigma'", "sigma prime"),
        ("n_x", "n x"),
    ],
)
def test_a_symbol_is_said_in_words(latex: str, said: str) -> None:
    assert spoken(symbols_in(latex)[0]) == said


@pytest.mark.parametrize(
    "latex", ["W^{[l]}", r"\hat{y}", "a_{jk}^{[l](i)}", "g'^{[1]}", r"y_{\text{pred}}"]
)
def test_a_symbol_is_written_as_it_was(latex: str) -> None:
    (symbol,) = symbols_in(latex)
    assert symbols_in(latex_of(symbol))[0]._replace(end=0) == symbol._replace(end=0)


# In MathML


def flat(element: etree.Element) -> str:
    """An element as text, without rows that only hold things together."""
    inner = (element.text or "") + "".join(map(flat, element))
    if element.tag == "mrow":
        return inner
    attributes = " ".join(f"{k}={v}" for k, v in sorted(element.items()))
    return f"<{element.tag} {attributes}>{inner}</{element.tag}>"


def all_formulas() -> list[str]:
    found = []
    for path in [*PAGES, *MODULES]:
        name = path.relative_to(PROJECT).as_posix()
        content = path.read_text(encoding="utf-8")
        found += [x.latex for x in formulas_in(name, content, path.suffix)]
    return list(dict.fromkeys(found))


def test_marking_changes_nothing_of_the_look_and_misses_no_symbol() -> None:
    formulas = all_formulas()
    assert len(formulas) > 900
    for latex in formulas:
        try:
            plain = render(latex)
        except MathError:
            continue  # an example of what cannot be shown
        math = render(latex)
        mark(math, latex)
        assert flat(math) == flat(plain), latex
        named = [x.get("data-symbol") for x in math.iter() if x.get("data-symbol")]
        wanted = [key_of(symbol) for symbol in symbols_in(latex)]
        assert sorted(map(str, named)) == sorted(wanted), latex


@pytest.mark.parametrize(
    ("latex", "inside"),
    [
        ("Z^{[l]} + 1", "Z[l]"),
        (r"X \, dZ^T", "dZT"),
        (r"\frac{1}{n_x}", "nx"),
        (r"\hat y_j", "yˆj"),
        (r"\sum_{k=1}^{2} 1", "k"),
        (r"e^{-z_j}", "zj"),
    ],
)
def test_a_symbol_is_wrapped_with_its_marks(latex: str, inside: str) -> None:
    math = render(latex)
    mark(math, latex)
    wrapped = [x for x in math.iter("mrow") if x.get("data-symbol")][-1]
    assert "".join(wrapped.itertext()) == inside
    assert wrapped.get("class") == "nnref-symbol"


@pytest.mark.parametrize(
    ("latex", "keys"),
    [
        (r"\binom{n_x}{k} + \alpha", "n_x k alpha"),
        (r"\mathbf{x} \mathfrak{g}", "mathbfx mathfrakg"),
        (r"x_\text{low} + \overset{a}{b}", "x_low a b"),
        (r"\stackrel{a}{=} b", "a b"),
    ],
)
def test_commands_that_are_no_letters_do_no_harm(latex: str, keys: str) -> None:
    math = render(latex)
    mark(math, latex)
    assert flat(math) == flat(render(latex))
    named = [x.get("data-symbol") for x in math.iter() if x.get("data-symbol")]
    assert sorted(map(str, named)) == sorted(keys.split())


# On a page


def markdown(notation: str = "") -> Markdown:
    return Markdown(
        extensions=["pymdownx.arithmatex", "tables", "attr_list", "nnref.site.math"],
        extension_configs={
            "pymdownx.arithmatex": {"generic": True},
            "nnref.site.math": {"notation": notation},
        },
    )


class Cards(HTMLParser):
    """The symbols of a page, and the text of each of its cards."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.symbols: list[str] = []
        self.cards: dict[str, str] = {}
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.links: list[str] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inside = self.inside or given.get("class") == "nnref-cards"
        key = given.get("data-symbol")
        if self.inside and tag == "div" and key:
            assert key not in self.cards, f"two cards for {key}"
            self.cards[key] = ""
            self.attributes[key] = given
        elif key:
            self.symbols.append(key)
        if self.inside and tag == "a":
            self.links.append(str(given["href"]))
        if self.inside and tag in ("dt", "dd", "p"):
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self.inside and self.cards:
            self.cards[list(self.cards)[-1]] += data

    def text(self, key: str) -> str:
        return " ".join(self.cards[key].split())


def page(text: str, notation: str = "") -> Cards:
    return Cards(markdown(notation).convert(text))


SAID = r"""
deep | W^{[l]} | W[l] | meaning weights of layer l, one unit a row shape (n[l],n[l−1])
    in code W[l]
deep | W^{[2]} | W[2] | layer 2, one unit a row shape (n[2],n[1]) in
shallow | W^{[1]} | W[1] | shape (n[1],nx) in code W1
shallow | dW^{[2]} | dW[2] | derivatives of the cost by W[2] shape
deep | dW^{[l]} | dW[l] | shape (n[l],n[l−1]) in code dW[l]
deep | A^{[L-1]} | A[L-1] | shape (n[L−1],m) in code A[L - 1]
deep | A^{[0]} | A[0] | the inputs X shape (nx,m) in code X
logistic | Z | Z | weighted sums, with the bias shape (1,m) in code Z
deep | Y | Y | one row for each output unit shape (n[L],m)
logistic | Y | Y | labels, 0 or 1 shape (1,m) in code Y
logistic | z | z | weighted sum of example i; written without (i) shape
logistic | x_j^{(i)} | x_j(i) | component j of x(i) shape number
    in code X[j - 1, i - 1]
logistic | w_j | w_j | component j of w shape number in code w[j - 1, 0]
deep | z_3^{[2]} | z_3[2] | unit 3, for one example i shape number
    in code Z[2][2, i - 1]
deep | y^{(2)} | y(2) | label of example 2 shape (n[L],1) in code Y[:, [1]]
logistic | \sigma'(z) | sigma' | slope of σ: its derivative shape function
    in code sigmoid_prime
logistic | \sum_{i=1}^m x | i | number of an example, from 1 to m
deep | a_3^{[2](5)} | a_3[2](5) | unit 3, for example 5 shape number
    in code A[2][2, 4]
deep | dZ^{[l]} | dZ[l] | loss of example i, by column i of Z[l] shape
shallow | dw_{kj}^{[2]} | dw_k,j[2] | derivative of the cost by wkj[2] shape number
    in code dW2[k - 1, j - 1]
shallow | w_{kn^{[1]}}^{[2]} | w_k,n^{[1]}[2] | weight of unit k for its input n[1]
    shape number in code W2[k - 1, n[1] - 1]
shallow | W_2 | W_2 | weights of layer 2, one unit a row shape (n[2],n[1])
shallow | z_2^{(i)} | z_2(i) | column i of Z[2]: one example shape (n[2],1)
shallow | Z^{[L]} | Z[L] | shape (n[L],m) in code Z[L]
shallow | \hat Y | Yhat | predictions A[2] shape (n[2],m) in code A2
shallow | \mathcal{J}_i | J_i | cost of example i alone: its loss shape number
deep | g'^{[1]}(z) | g'[1] | slope of g[1], entry by entry shape
"""


@pytest.mark.parametrize("row", SAID.replace("\n    ", " ").strip().split("\n"))
def test_a_card_speaks_of_the_symbol_as_it_stands(row: str) -> None:
    model, latex, key, said = row.split(" | ")
    found = page(f"<!-- nnref: model={model} -->\n\nThe ${latex}$.")
    assert found.symbols.count(key) == 1
    assert said in found.text(key)


def test_a_page_has_one_card_for_each_meaning() -> None:
    found = page(
        "<!-- nnref: model=logistic -->\n\n$Y$ and $Y$\n\n"
        "<!-- nnref: model=deep -->\n\n$Y$ and $W^{[1]} W^{[2]}$\n\n"
        "| $Y$ |\n|---|\n| $m$ |\n"
    )
    assert found.symbols == ["Y", "Y", "Y~2", "W[1]", "W[2]", "Y~2", "m"]
    assert list(found.cards) == ["Y", "Y~2", "W[1]", "W[2]", "m"]
    assert "(1,m)" in found.text("Y")
    assert "(n[L],m)" in found.text("Y~2")


def test_a_page_without_formulas_has_no_cards() -> None:
    assert "nnref-cards" not in markdown().convert("Text with `W[l]`.")


def test_a_heading_with_a_symbol_keeps_its_anchor() -> None:
    html = markdown().convert("## The cost $J$ and $W^{[l]}$ {#cost}\n\n$X$")
    assert '<h2 id="cost">' in html
    assert html.count("<script>") == 1
    assert Cards(html).symbols == ["J", "W[l]", "X"]


def test_cards_can_be_switched_off() -> None:
    md = Markdown(
        extensions=["pymdownx.arithmatex", "nnref.site.math"],
        extension_configs={
            "pymdownx.arithmatex": {"generic": True},
            "nnref.site.math": {"cards": False},
        },
    )
    assert "nnref-" not in md.convert("$X$")


def test_the_source_of_a_formula_stays() -> None:
    html = markdown().convert("$W^{[l]} X$")
    assert re.search(r"<annotation[^>]*>W\^\{\[l\]\} X</annotation>", html)
    assert "data-latex" not in html
    assert "color" not in html.partition("<style>")[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$$\nZ = w^T X + b\n$$", "Z = w.T @ X + b"),
        ("<!-- nnref: fails -->\n\n$$\nZ = w^T X\n$$", None),
        ("$$\nX\n$$", None),
        ("In a line $Z = w^T X + b$", None),
    ],
)
def test_a_displayed_formula_carries_its_code(text: str, code: str | None) -> None:
    html = markdown().convert(f"<!-- nnref: model=logistic -->\n\n{text}\n")
    found = re.search(r'<math data-numpy="([^"]*)" display="block"', html)
    assert (found[1] if found else None) == code


NOTATION = """# Notation

## Letters of single pages {#single}

| symbol | meaning | shape | in code | page |
|---|---|---|---|---|
| $q$, $r$ | two **rows** | $(m, 1)$, $(1, m)$ | `q`, `r` | [here](index.md#part) |
| $b$ | a gradient | number | | [here](index.md#part) |
| $s$ | elsewhere | number | | [there](other.md) |
"""


def test_a_letter_of_a_single_page_has_its_card_there_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    notation = tmp_path / "notation.md"
    notation.write_text(NOTATION, encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        page("First.\n\nThe $s$ and $b$ and\n$\\mu$.", str(notation))
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 2
    assert messages[0].startswith("<text>:3: the symbol  s  in  s  has no card")
    assert messages[1].startswith("<text>:4: the symbol  \\mu  in  \\mu  has no card")
    assert "give it a row" in messages[0]


def test_without_a_notation_page_nothing_is_missed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        found = page("The $\\mu$ and $X$.")
    assert not caplog.records
    assert list(found.cards) == ["X"]


# On the site


def with_notation(copy: Copy) -> None:
    settings = (copy.root / "mkdocs.yml").read_text(encoding="utf-8")
    font = "      font: docs/assets/fonts/stix-two-math.woff2\n"
    assert font in settings
    changed = settings.replace(font, f"{font}      notation: docs/notation.md\n")
    copy.write("mkdocs.yml", changed)
    anchors = ("indices", "logistic-regression", "layers", "single-pages")
    headings = "".join(f"\n## About {x} {{#{x}}}\n" for x in anchors)
    rows = NOTATION.partition("\n## ")[2].partition("\n\n")[2]
    copy.write("docs/notation.md", f"# Notation\n{headings}\n{rows}")
    copy.write("docs/other.md", "# Other\n\nThe $s$.\n")


PLANTED = {
    "in a line": ("docs/index.md", "# Home\n\nText.\n\nThe $s$.\n", 5),
    "displayed": ("docs/index.md", "# Home\n\n$$\nX = s\n$$\n", 4),
    "in a table": ("docs/index.md", "# Home\n\n| a |\n|---|\n| $s$ |\n", 5),
    "in a heading": ("docs/index.md", "# Home\n\n## The $s$ {#x}\n", 3),
    "in a notebook": (
        "docs/notebooks/demo.py",
        "# %% [markdown]\n# # Title\n#\n# The $s$.\n\n# %%\n1\n",
        4,
    ),
    "in a docstring": ("nnref/planted.py", 'r"""Module.\n\nThe $\\mu$.\n"""\n', 3),
    "in a caption": (
        "docs/index.md",
        "# Home\n\n``` figure\nfunction: demo.line\nalt: a\ncaption: The $s$.\n```\n",
        6,
    ),
}


@pytest.mark.parametrize("place", PLANTED)
def test_a_symbol_without_a_card_stops_the_build(place: str, copy: Copy) -> None:
    with_notation(copy)
    path, text, line = PLANTED[place]
    copy.write("docs/api.md", "# API\n\n::: nnref.planted\n" * (path[0] == "n"))
    copy.write(
        "docs/figures/demo.py",
        "from matplotlib.figure import Figure\n\n\ndef line():\n    return Figure()\n",
    )
    copy.write(path, text)
    run = copy.build()
    assert run.returncode != 0
    assert re.search(rf"{path}:{line}: the symbol .* has no card", run.stderr), (
        run.stderr
    )
    assert "Traceback" not in run.stderr


def test_the_same_pages_with_their_own_letters_are_built(copy: Copy) -> None:
    with_notation(copy)
    copy.write(
        "docs/index.md",
        "<!-- nnref: model=logistic -->\n\n# Home\n\nThe $b$.\n\n## Part {#part}\n\n"
        "The $b$ and $q$ and $r$.\n",
    )
    run = copy.build()
    assert run.returncode == 0, run.stderr
    html = (copy.site / "index.html").read_text(encoding="utf-8")
    found = Cards(html)
    assert found.symbols == ["b", "b~2", "q", "r"]
    assert "bias" in found.text("b")
    assert "a gradient" in found.text("b~2")
    assert found.text("q") == "q meaning two rows shape (m,1) in code q Notation"
    assert "shape (1,m) in code r" in found.text("r")
    assert "notation/#logistic-regression" in found.links
    assert found.links.count("notation/#single") == 0
    search = (copy.site / "search/search_index.json").read_text(encoding="utf-8")
    assert search.count("a gradient") == 1, "the row, and not the card"


def test_every_symbol_of_the_site_has_its_card(site: Path) -> None:
    count = 0
    for path in site.rglob("*.html"):
        found = Cards(path.read_text(encoding="utf-8"))
        where = path.relative_to(site).as_posix()
        assert set(found.symbols) >= set(found.cards), where
        assert set(found.symbols) <= set(found.cards), where
        for key in found.cards:
            assert "meaning" in found.cards[key]
            assert "shape" in found.cards[key]
            assert found.attributes[key].get("data-say")
        assert len(found.links) >= len(found.cards)
        count += len(found.symbols)
    assert count > 8000


def test_a_symbol_that_lost_its_card_would_be_noticed(site: Path) -> None:
    html = (site / "notation/index.html").read_text(encoding="utf-8")
    name = 'class="nnref-symbol" data-symbol="W[l]"'
    assert html.count(name) > 2
    broken = Cards(html.replace(name, name.replace("W[l]", "q[l]"), 1))
    assert set(broken.symbols) - set(broken.cards) == {"q[l]"}


def test_the_cards_are_not_in_the_search(site: Path) -> None:
    index = (site / "search/search_index.json").read_text(encoding="utf-8")
    assert "written without" not in index
