"""Marks beside formulas, refutations below them, red boxes in their place."""

import logging
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from markdown import Markdown

from nnref.equations.outcomes import Outcome
from nnref.site import assets, verdicts
from nnref.site.evidence import evidence, shape_claims
from nnref.site.marks import in_math, in_words

RIGHT = r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1]T}"
WRONG = r"dW^{[l]} = dZ^{[l]} A^{[l-1]T}"
DEEP = "<!-- nnref: model=deep -->\n\n"


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(verdicts, "_memory", {})


def shown(text: str, **options: object) -> BeautifulSoup:
    """A page in HTML; the extension has only the options that are given."""
    md = Markdown(
        extensions=[
            *("pymdownx.arithmatex", "pymdownx.superfences", "md_in_html"),
            *("admonition", "tables", "nnref.site.math"),
        ],
        extension_configs={
            "pymdownx.arithmatex": {"generic": True},
            "nnref.site.math": {"check": True, "cards": False, **options},
        },
    )
    return BeautifulSoup(md.convert(text), "html.parser")


def display(latex: str, about: str = "") -> str:
    comment = f"<!-- nnref: {about} -->\n\n" if about else ""
    return f"{comment}$$\n{latex}\n$$\n\n"


def one(page: BeautifulSoup, selector: str) -> Tag:
    (found,) = page.select(selector)
    return found


def rows(page: BeautifulSoup) -> dict[str, str]:
    terms = [dt.get_text() for dt in page.select(".nnref-panel dt")]
    values = [dd.get_text().strip() for dd in page.select(".nnref-panel dd")]
    return dict(zip(terms, values, strict=True))


@pytest.mark.parametrize(
    ("latex", "about", "verdict", "said"),
    [
        (RIGHT, "", "holds", "Holds on 3 random networks"),
        (WRONG, "fails", "refuted", "Refuted"),
        ("s = W^{[1]}", "definition", "definition", "Gives a name"),
        ("L = 4", "", "definition", "Nothing to compare"),
        ("W = 1", "skip it is a joke", "skipped", "Not executed"),
        ("W^{[1]} = u", "", "unchecked", "Not checked"),
        ("dW = dW", "", "unchecked", "Not checked"),
        ("1 + 1 = 2", "", "holds", "Holds"),
        (
            r"W^{[l]} \in \mathbb{R}^{n^{[l]} \times n^{[l-1]}}",
            "",
            "holds",
            "The shapes fit on 3 random networks",
        ),
    ],
)
def test_a_displayed_formula_carries_its_verdict(
    latex: str, about: str, verdict: str, said: str
) -> None:
    page = shown(DEEP + display(latex, about))
    formula = one(page, ".nnref-formula")
    assert formula["data-verdict"] == verdict
    assert formula["id"] == "formula-1"
    button, panel = one(page, "button.nnref-mark"), one(page, ".nnref-panel")
    assert button["popovertarget"] == button["interestfor"] == panel["id"]
    assert str(button["aria-label"]).startswith(said)
    assert button["type"] == "button"
    assert "popover" in panel.attrs
    assert one(page, ".nnref-said").get_text() == said
    assert len(formula.select(".math > math")) == 1


def test_a_mark_says_what_was_checked() -> None:
    pair = '<div class="pair" markdown>\n\n%s\n\n``` source\n%s\n```\n\n</div>'
    text = DEEP + pair % (display(RIGHT), "nnref.deep_network.backward")
    said = rows(shown(text))
    assert said["For"] == "l=1,...,4"
    assert re.fullmatch(r"\d\.\d · 10⁻¹[⁰-⁹], relative", said["Largest error"])
    assert said["Compared with"] == "nnref.deep_network.backward"
    assert said["Network"] == "deep network"
    assert "nnref.deep_network.forward" in said["Values from"]
    assert "complex step" in said["Derivatives"]


@pytest.mark.parametrize(
    ("latex", "names"),
    [
        (r"A^{[l]} = g^{[l]}(Z^{[l]})", "nnref.deep_network.forward"),
        (r"a = \sigma(z)", "nnref.logistic_regression.forward, activations.sigmoid"),
        (
            r"\mathcal{J} = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}",
            "nnref.logistic_regression.cost",
        ),
        (r"w := w - \alpha \, dw", "nnref.logistic_regression.update"),
        ("1 + 1 = 2", ""),
    ],
)
def test_a_mark_names_the_functions_that_gave_the_values(
    latex: str, names: str
) -> None:
    model = "deep" if "[l]" in latex else "logistic"
    page = shown(f"<!-- nnref: model={model} -->\n\n{display(latex)}")
    assert one(page, ".nnref-formula")["data-verdict"] == "holds"
    for name in filter(None, names.split(", ")):
        assert name in rows(page)["Values from"]
    if not names:
        assert "Values from" not in rows(page)


def test_assumptions_and_ranges_are_set_as_formulas() -> None:
    page = shown(DEEP + display(r"z_j^{[l]} = w_j^{[l]T} a^{[l-1]} + b_j^{[l]}"))
    assert rows(page)["Assuming"] == "for one example"
    ranges = page.select(".nnref-panel dd math")
    assert [math.get_text() for math in ranges] == ["j=1,...,6", "l=1,...,4"]


@pytest.mark.parametrize(
    ("text", "is_formula"),
    [
        ("n^{[L]} = 1", True),
        ("L = 2", True),
        ("l = 1, ..., 4", True),
        (r"\mathcal{J}_\lambda", True),
        ("s", True),
        ("for one example", False),
        ("labels 0 or 1", False),
        ("leaky ReLU hidden layers, slope 0.01", False),
        ("epsilon to 0", False),
        ("for m = 7 examples", False),
    ],
)
def test_what_is_a_formula_is_set_as_one(text: str, is_formula: bool) -> None:
    assert (getattr(in_math(text), "tag", "") == "math") is is_formula


@pytest.mark.parametrize(
    ("api", "link"),
    [
        ("", "<code>nnref.<wbr/>deep_network.<wbr/>forward</code>"),
        ("autoref", '<autoref identifier="nnref.deep_network.forward" optional="">'),
        ("/api/", '<a href="/api/#nnref.deep_network.forward">'),
    ],
)
def test_a_function_is_linked_to_where_it_is_documented(api: str, link: str) -> None:
    assert link in str(shown(DEEP + display(RIGHT), api=api))


def test_formulas_in_a_line_have_no_mark_and_names_alone_have_no_verdict() -> None:
    page = shown(f"{DEEP}Here $W^{{[l]}}$ and ${RIGHT}$.\n\n{display('W^{[l]}')}")
    assert len(page.select("math")) == 3
    assert not page.select(".nnref-mark")


def test_without_the_option_a_page_is_as_it_was() -> None:
    text = DEEP + display(WRONG) + display(RIGHT)
    page = shown(text, check=False)
    assert len(page.select("p > .math, .math")) == 2
    assert "nnref-" not in str(page)


def test_the_search_does_not_see_what_stands_on_every_page() -> None:
    page = shown(DEEP + display(RIGHT))
    assert "data-search-exclude" in one(page, ".nnref-panel").attrs


# Wrong on purpose


def test_a_wrong_formula_is_refuted_in_the_words_of_the_checker() -> None:
    page = shown(DEEP + display(WRONG, "fails"))
    details = one(page, "figure.math-wrong > details.nnref-refutation")
    assert "open" not in details.attrs
    assert one(page, ".nnref-report > pre").get_text() == (
        f"{WRONG}\n{'^' * len(WRONG)}"
    )
    words = [p.get_text() for p in details.select("p")]
    assert words[0].startswith("read as: dW^[l] = dZ^[l] · A^[l - 1]ᵀ")
    assert words[1].startswith("entry (1, 1) is ")
    assert words[2].startswith("hint: the right side is m times the left one")
    assert "as declared" not in details.get_text()


def test_a_page_can_show_its_refutations_unfolded() -> None:
    front = "---\nrefutations: open\n---\n\n"
    page = shown(front + DEEP + display(WRONG, "fails"))
    assert "open" in one(page, "details.nnref-refutation").attrs
    elsewhere = shown(f"{DEEP}refutations: open\n\n{display(WRONG, 'fails')}")
    assert "open" not in one(elsewhere, "details.nnref-refutation").attrs


# Wrong without purpose


def test_a_failing_formula_is_a_red_box_with_the_checkers_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = shown(f"{DEEP}Text.\n\n{display(WRONG)}{display(RIGHT)}")
    box = one(page, ".math-error")
    assert "math" not in [tag.name for tag in box.find_all()]
    text = box.get_text()
    for part in ("fails", "<text>:6", "^^^", "read as:", "entry (1, 1)", "hint:"):
        assert part in text
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith(f"<text>:6: fails: {WRONG}\n")
    assert "hint: the right side is m times" in record.getMessage()
    assert one(page, ".nnref-formula")["data-verdict"] == "holds"


def test_the_caret_is_below_the_row_that_is_wrong(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad = r"dW^{[l]} &= \frac{1}{m} dZ^{[l]} A^{[l-1]}"
    aligned = f"\\begin{{aligned}}\ndZ^{{[L]}} &= A^{{[L]}} - Y \\\\\n{bad}\n"
    page = shown(DEEP + display(aligned + r"\end{aligned}"))
    row, signs = one(page, ".nnref-report > pre").get_text().split("\n")
    assert row == bad
    assert row[signs.index("^") :] == "A^{[l-1]}"
    assert "(4, 7) and (3, 7)" in page.get_text()
    assert caplog.records[0].getMessage().startswith("<text>:6: ill-typed")


def test_a_failing_formula_in_a_line_is_red_in_the_line() -> None:
    page = shown(f"{DEEP}Here ${WRONG}$, and on.")
    box = one(page, "p span.math-error")
    assert "entry (1, 1)" in box.get_text()
    assert "Hint: the right side is m times" in box.get_text()


def test_a_right_formula_that_is_declared_wrong_is_a_red_box(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = shown(DEEP + display(RIGHT, "fails"))
    assert "not refuted" in one(page, ".math-error").get_text()
    assert not page.select(".math-wrong")
    assert "declared wrong, but the verdict is holds" in caplog.text


@pytest.mark.parametrize(
    ("latex", "message"),
    [("W^{[1]} = u", "u"), ("dW = dW", "both sides are the same")],
)
def test_what_is_not_checked_is_shown_with_a_warning(
    latex: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The pytest plugin does not pass it either; a strict build stops at a warning."""
    page = shown(DEEP + display(latex))
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "<text>:4: " in record.getMessage()
    assert message in record.getMessage()
    assert one(page, ".nnref-formula")["data-verdict"] == "unchecked"


def test_a_comment_about_nothing_stops_the_check_of_the_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = shown(f"{DEEP}{display(RIGHT)}<!-- nnref: fails -->\n")
    assert "no formula of this page is checked: <text>:7" in caplog.text
    assert not page.select(".nnref-mark")


def test_a_formula_from_elsewhere_is_reported(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a macro puts in is in no file, so the pytest plugin would not see it."""
    monkeypatch.setattr(verdicts.PageVerdicts, "take", lambda *args, **options: None)
    page = shown(DEEP + display(RIGHT))
    assert "not checked, since it stands in no file that is read: dW" in caplog.text
    assert not page.select(".nnref-mark")


# What comes along


def test_a_page_with_marks_brings_the_style_along_once() -> None:
    page = shown(DEEP + display(RIGHT) + display(RIGHT))
    styles = page.select("style")
    assert len(styles) == 1
    assert ".nnref-panel" in styles[0].get_text()
    assert not shown("Text without a formula.").select("style")
    assert not shown(DEEP + display(RIGHT), assets="linked").select("style")


def test_what_is_put_into_a_page_cannot_end_early() -> None:
    for path in [*assets.files(".css"), *assets.files(".js")]:
        text = path.read_text(encoding="utf-8").lower()
        assert "</style" not in text, path
        assert "</script" not in text, path
    assert "marks.css" in [path.name for path in assets.files(".css")]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (0.0, "0: the same numbers"),
        (2.2e-16, "2.2 · 10⁻¹⁶, relative"),
        (9.96e-13, "1.0 · 10⁻¹², relative"),
        (1e-15, "1.0 · 10⁻¹⁵, relative"),
    ],
)
def test_an_error_is_written_as_by_hand(error: float, words: str) -> None:
    assert in_words(error) == words


def test_claims_about_shape_are_counted() -> None:
    from nnref.equations.documents import formulas_in

    latex = r"X \in \mathbb{R}^{n_x \times m}, \quad Y \in \mathbb{R}^{1 \times m}"
    text = f"<!-- nnref: model=logistic -->\n\n${latex}$ $Z = w^T X + b$ $A = Z$"
    found: list[Outcome] = verdicts.outcomes(formulas_in("page.md", text))
    assert [shape_claims(x) for x in found] == [2, 0, 0]
    assert [evidence(x).word for x in found] == ["holds", "holds", "failed"]


GIVEN = r"""<!-- nnref: model=shallow g=tanh -->

<!-- nnref: given -->

$$
\begin{aligned}
X &= \begin{bmatrix} 1 & -2 \\ 0.5 & 1 \end{bmatrix} \\
W^{[1]} &= \begin{bmatrix} 1 & 0 \\ 2 & 1 \\ 0 & 1\end{bmatrix} \\
b^{[1]} &= \begin{bmatrix} 0 \\ 1 \\ 0 \end{bmatrix}
\end{aligned}
$$

$$
Z^{[1]} = \begin{bmatrix} 1 & -2 \\ 3.5 & -2 \\ 0.5 & 1 \end{bmatrix}
$$
"""


def test_a_page_with_numbers_says_on_which_network_it_holds() -> None:
    page = shown(GIVEN)
    said = [found.get_text() for found in page.select(".nnref-said")]
    assert said == [
        "Gives the network its numbers",
        "Holds on the network of this page",
    ]
    edited = GIVEN.replace("3.5", "3.6")
    assert page.select(".math-error") == []
    assert len(shown(edited).select(".math-error")) == 1
