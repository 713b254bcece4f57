"""Formulas become MathML, everywhere, and what cannot be shown is reported."""

import logging
import re
import xml.etree.ElementTree as etree
from pathlib import Path

import pytest
from markdown import Markdown

from nnref.site.mathml import (
    MathError,
    characters,
    font_characters,
    linear,
    plain,
    render,
)

FONT = str(Path(__file__).parents[2] / "docs/assets/fonts/stix-two-math.woff2")


def markdown(font: str = FONT) -> Markdown:
    return Markdown(
        extensions=[
            "pymdownx.arithmatex",
            "pymdownx.superfences",
            "pymdownx.tabbed",
            "admonition",
            "md_in_html",
            "tables",
            "toc",
            "nnref.site.math",
        ],
        extension_configs={
            "pymdownx.arithmatex": {"generic": True},
            "pymdownx.tabbed": {"alternate_style": True},
            "nnref.site.math": {"font": font, "cards": False},
        },
    )


@pytest.mark.parametrize(
    "text",
    [
        "A line with $a < b$ in it.",
        "$$\na < b\n$$",
        "## Heading with $a < b$",
        "| a |\n|---|\n| $a < b$ |",
        "!!! note\n\n    $$\n    a < b\n    $$",
        '!!! note "Title with $a < b$"\n\n    Text.',
        '=== "Tab"\n\n    $a < b$',
        '<div class="pair" markdown>\n\n$$\na < b\n$$\n\n</div>',
        "- a list\n\n    $$\n    a < b\n    $$",
        "> $a < b$",
    ],
)
def test_a_formula_is_rendered_wherever_it_stands(text: str) -> None:
    page = markdown().convert(text)
    assert page.count("<math") == 1
    assert "<mi>a</mi><mo>&lt;</mo><mi>b</mi>" in page
    assert "$" not in page
    assert "arithmatex" not in page


def test_dollars_that_are_no_formula_stay() -> None:
    page = markdown().convert("It costs &#36;5, and `$x$` is code.")
    assert "<math" not in page
    assert "costs &#36;5" in page
    assert "<code>$x$</code>" in page


def test_punctuation_stays_on_the_line_of_its_formula() -> None:
    page = markdown().convert("Is $a$, then $b$ (or $c$). End")
    assert page.count('<span class="math-inline"><math>') == 2
    assert "</math>,</span> then <math>" in page
    assert "</math>).</span> End" in page


def test_the_source_is_an_annotation_that_the_search_leaves_out() -> None:
    page = markdown().convert("$a_1$")
    assert (
        '<annotation data-search-exclude="" encoding="application/x-tex">a_1<' in page
    )


def test_a_heading_keeps_its_math_and_reads_well_as_plain_text() -> None:
    md = markdown()
    page = md.convert(r"# Why $\frac{dJ}{dw}$ has the shape of $W^{[l]}$")
    assert "<annotation" not in page
    (token,) = md.toc_tokens  # type: ignore[attr-defined]
    assert token["name"] == "Why dJ/dw has the shape of W[l]"
    assert token["html"].count("<math") == 2
    assert token["id"] == "why-djdw-has-the-shape-of-wl"


def test_a_table_heading_of_math_alone_has_a_name() -> None:
    page = markdown().convert("| $w_j$ | shape $x$ |\n|---|---|\n| 1 | 2 |")
    assert '<span class="math-name">wj</span>' in page
    assert page.count("math-name") == 1
    assert page.count("aria-hidden") == 1


def test_a_prime_is_as_large_as_its_letter() -> None:
    page = markdown().convert(r"$g'(z)$ and $g^{[l]\prime}$ and $a^2$")
    assert '<mrow><mi>g</mi><mo form="postfix" lspace="0" rspace="0">′</mo>' in page
    assert page.count("<msup>") == 2


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{a + b}{2}", "(a+b)/2"),
        (r"\frac{1}{2 m}", "1/(2m)"),
        (r"\frac{dJ}{dw}", "dJ/dw"),
        (r"\frac{1}{m} X", "1/mX"),
    ],
)
def test_a_fraction_in_a_line_gets_brackets(latex: str, text: str) -> None:
    math = render(latex)
    linear(math)
    assert plain(math) == text


def test_a_wide_formula_can_be_scrolled_by_the_keyboard() -> None:
    page = markdown().convert("$$\na\n$$")
    assert '<div class="math" tabindex="0">' in page


def test_a_formula_that_is_wrong_on_purpose_says_so() -> None:
    wrong = "<!-- nnref: fails -->\n\n$$\na = b\n$$\n"
    page = markdown().convert(f"{wrong}\n$$\nb = b\n$$\n")
    assert page.count("Wrong on purpose") == 1
    assert page.index("Wrong on purpose") < page.index("<mi>a</mi>")
    indented = "\n".join(f"    {line}" for line in wrong.splitlines())
    assert "Wrong on purpose" in markdown().convert(f"!!! note\n\n{indented}")


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"a = \foo", "Unknown command"),
        (r"\frac{a", "closing token"),
        ("a & b", "&"),
        (r"\text{naïve}", "ï"),
        (r"\aleph", "U+2135"),
        (r"\mathfrak{g}", "U+1D524"),
    ],
)
def test_a_formula_that_cannot_be_shown_is_reported_by_line(
    latex: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        page = markdown().convert(f"First $x$.\n\nThen ${latex}$.\n")
    (record,) = caplog.records
    assert record.getMessage().startswith("<text>:3: the formula")
    assert latex in record.getMessage()
    assert reason in record.getMessage()
    assert 'class="math-error"' in page


def test_a_formula_of_several_lines_is_found_among_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    block = "$$\n\\begin{aligned}\n  a &= %s\n\\end{aligned}\n$$\n\n"
    with caplog.at_level(logging.ERROR):
        markdown().convert("Text.\n\n" + block % "b" + block % r"\foo")
    (record,) = caplog.records
    assert record.getMessage().startswith("<text>:10: ")


@pytest.mark.parametrize(
    "text",
    [
        "Text\n$$\na = b\n$$",
        "$$\na = b\n$$\nText",
        "Text $$\na = b\n$$",
        "$$\na = b\n\nc\n$$",
        "- item\n$$\na\n$$",
        "- item\n\n  $$\n  a\n  $$",
        "$ a = b $",
        "text $$a=b$$ text",
        "<div>\n$$\na\n$$\n</div>",
        "<p>$x$</p>",
        "| a |\n|---|\n| $|x|$ |",
        '![a picture of $x$](a.png "x")',
        r"a \alpha b",
        "a </code> b\n$$\nc\n$$",
    ],
)
def test_latex_that_is_left_as_typed_is_reported(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        markdown().convert(f"First line.\n\n{text}\n")
    assert "LaTeX is left as it was typed" in caplog.text
    assert re.search(r"<text>:[3-7]: ", caplog.text), caplog.text


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- nnref: fail -->",
        "<!-- nnref: Fails -->",
        "<!-- nnref fails -->",
        "<!-- nnref: skip -->",
        "<!-- nnref: model=logstic -->",
        "<!-- NNREF: fails -->",
        "<!-- nnref: fails -->\n\nText first.",
    ],
)
def test_a_comment_that_declares_nothing_is_reported(
    comment: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        markdown().convert(f"Text.\n\n{comment}\n\n$$\na = b\n$$\n")
    (record,) = caplog.records
    assert record.getMessage().lower().startswith("<text>:3: <!-- nnref")


@pytest.mark.parametrize(
    "comment",
    ["definition", "skip a joke", "model=logistic", "model=deep g=tanh L=2"],
)
def test_a_comment_that_is_known_is_not_reported(
    comment: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        markdown().convert(f"<!-- nnref: {comment} -->\n\n$$\na = b\n$$\n")
    assert not caplog.records


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        (r"a = b \\ c = d", "breaks a line only in"),
        (r"80% of m", "begins a comment"),
        (r"\begin{aligned} a \\% c \end{aligned}", "begins a comment"),
        (
            r"\begin{aligned}a\end{aligned} \\ \begin{aligned}b\end{aligned}",
            "breaks a line only in",
        ),
        (r"\boxed{a}", "<menclose>"),
    ],
)
def test_what_would_look_otherwise_than_meant_raises(latex: str, reason: str) -> None:
    with pytest.raises(MathError, match=re.escape(reason)):
        render(latex)


def test_a_line_break_in_an_environment_is_one() -> None:
    assert len([*render(r"\begin{aligned} a \\ b \end{aligned}").iter("mtr")]) == 2
    nested = r"\begin{aligned} \begin{cases} a \\ b \end{cases} \\ c \end{aligned}"
    assert len([*render(nested).iter("mtr")]) == 4


def test_what_cannot_be_read_raises() -> None:
    with pytest.raises(MathError, match=r"at character 5: .*foo"):
        render(r"a = \foo")


def test_without_a_font_no_character_is_missing() -> None:
    assert "math-error" not in markdown(font="").convert(r"$\aleph$")


def test_letters_need_their_italic_twins() -> None:
    assert characters(render(r"h x \alpha \phi")) == {"ℎ", "𝑥", "𝛼", "𝜙"}
    assert "√" in characters(render(r"\sqrt{2}"))
    assert characters(render(r"\mathrm{x} \log 1")) >= set("xlog1")


def test_the_font_has_the_letters_of_the_course() -> None:
    formula = r"\mathcal{J} \mathcal{L} \hat{y} \sigma \alpha \partial \odot \mathbb{R}"
    assert characters(render(formula)) <= font_characters(FONT)


def test_mathml_is_well_formed() -> None:
    math = render(r"\begin{aligned} a &< b \\ &\le c \end{aligned}", display=True)
    assert math.get("display") == "block"
    assert etree.fromstring(etree.tostring(math)).tag == "math"
