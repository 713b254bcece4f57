"""Verdicts in a build: what is wrong stops it, and is red while the site is served."""

import re
import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from nnref.site import agreement, hooks
from tests.conftest import PROJECT, Copy
from tests.site.test_build import serve, wait_for
from tests.snippets import proof

RIGHT = r"dw = \frac{1}{m} X \, dZ^T"
WRONG = r"dw = X \, dZ^T"
PAGE = """---
description: A page with a formula.
---

<!-- nnref: model=logistic -->

# A page

{sentence}

$$
{formula}
$$
"""


def write(copy: Copy, formula: str, sentence: str = "A sentence.") -> None:
    copy.write("docs/page.md", PAGE.format(formula=formula, sentence=sentence))


def test_a_wrong_formula_stops_the_strict_build_with_its_line(copy: Copy) -> None:
    write(copy, WRONG)
    run = copy.build()
    assert run.returncode != 0
    assert f"docs/page.md:12: fails: {WRONG}" in run.stderr
    assert "hint: the right side is m times the left one" in run.stderr


@pytest.mark.parametrize(
    ("place", "text", "message"),
    [
        (
            "docs/page.md",
            f"# A page\n\nInline ${WRONG}$ in a line.\n",
            "docs/page.md:3: fails",
        ),
        (
            "docs/notebooks/demo.py",
            f"# %% [markdown]\n# # Title\n#\n# A page.\n#\n# $$\n# {WRONG}\n# $$\n"
            "\n# %%\n1\n",
            "docs/notebooks/demo.py:7: fails",
        ),
        (
            "docs/page.md",
            "# A page\n\n$$\nW^{[1]} = u\n$$\n",
            "docs/page.md:4: not-checked",
        ),
    ],
    ids=["in a line", "in a notebook", "not checked"],
)
def test_each_kind_of_fault_stops_the_strict_build(
    place: str, text: str, message: str, copy: Copy
) -> None:
    copy.write(place, text)
    run = copy.build()
    assert run.returncode != 0
    assert message in run.stderr


def test_a_wrong_formula_in_a_docstring_stops_the_strict_build(copy: Copy) -> None:
    losses = copy.root / "nnref/losses.py"
    source = losses.read_text(encoding="utf-8")
    right = r"\mathcal{L} = \log(1 + e^{z}) - y z"
    assert right in source
    line = source[: source.index(right)].count("\n") + 1
    wrong = right.replace("- y z", "+ y z")
    losses.write_text(source.replace(right, wrong, 1), encoding="utf-8")
    copy.write("docs/api.md", "# API\n\n::: nnref.losses\n")
    run = copy.build()
    assert run.returncode != 0
    assert f"nnref/losses.py:{line}: fails" in run.stderr


def test_a_mark_in_a_docstring_opens_its_own_panel(copy: Copy) -> None:
    """mkdocstrings changes the ids in a docstring, and not what refers to them."""
    copy.write("docs/api.md", "# API\n\n::: nnref.losses\n")
    copy.build()  # strict: it stops at the end, as the docstrings link to other pages
    page = BeautifulSoup(copy.html("api"), "html.parser")
    marks = page.select(".nnref-mark")
    assert len(marks) > 2
    for mark in marks:
        target = mark.find_next_sibling(class_="nnref-panel")
        assert target is not None
        assert mark["popovertarget"] == mark["interestfor"] == target["id"]
    ids = [x["id"] for x in page.select("[id]")]
    assert len(set(ids)) == len(ids)


def test_while_serving_a_wrong_formula_is_red_at_once_and_mended_at_once(
    copy: Copy,
) -> None:
    write(copy, RIGHT)
    with serve(copy) as site:
        wait_for(lambda: site.shows("page/", 'data-verdict="holds"'), "the first build")
        wait_for(lambda: site.logged("Serving on"), "the first build to end")
        write(copy, WRONG)
        wait_for(lambda: site.shows("page/", "nnref-failed"), "the red box")
        assert site.shows("page/", "hint: the right side is m times")
        assert site.shows("page/", "docs/page.md:12")
        assert site.logged(f"docs/page.md:12: fails: {WRONG}") == 1
        assert site.shows("", "Home"), "the site goes on"
        write(copy, WRONG, "Another sentence.")
        wait_for(lambda: site.shows("page/", "Another sentence."), "an edit")
        assert site.shows("page/", "nnref-failed")
        write(copy, RIGHT)
        wait_for(lambda: site.shows("page/", 'data-verdict="holds"'), "a right one")
        assert not site.shows("page/", "nnref-failed")


def test_while_serving_the_front_matter_counts(copy: Copy) -> None:
    """It is no part of the page's text, but of what the page looks like."""
    text = (
        f"<!-- nnref: model=logistic -->\n\n<!-- nnref: fails -->\n\n$$\n{WRONG}\n$$\n"
    )
    copy.write("docs/page.md", f"---\ndescription: d\n---\n\n# A page\n\n{text}")
    folded = '<details class="nnref-refutation">'
    with serve(copy) as site:
        wait_for(lambda: site.shows("page/", folded), "the first build")
        wait_for(lambda: site.logged("Serving on"), "the first build to end")
        front = "---\ndescription: d\nrefutations: open\n---\n\n"
        copy.write("docs/page.md", f"{front}# A page\n\n{text}")
        wait_for(lambda: not site.shows("page/", folded), "the refutation unfolded")
        assert site.shows("page/", '<details class="nnref-refutation" open="open">')


# The record


@pytest.fixture(scope="module")
def record(site: Path) -> BeautifulSoup:
    html = (site / "agreement/index.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


def totals(page: BeautifulSoup) -> dict[str, int]:
    return {
        item.dt.get_text(): int(item.dd.get_text())
        for item in page.select(".agreement-totals > div")
    }


def test_the_record_has_every_formula_of_the_site(
    site: Path, record: BeautifulSoup
) -> None:
    """The rows are those of the pages, counted from what the pages show."""
    rows = record.select(".agreement-table tbody tr")
    on_pages: dict[str, int] = {}
    for path in site.rglob("index.html"):
        if path.parent.name == "agreement":
            continue
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for formula in page.select(".nnref-formula"):
            word = str(formula["data-verdict"])
            on_pages[word] = on_pages.get(word, 0) + 1
    displayed = [row for row in rows if "#" in str(row.select_one("td a")["href"])]
    in_record: dict[str, int] = {}
    for row in displayed:
        word = str(row["data-verdict"])
        in_record[word] = in_record.get(word, 0) + 1
    assert in_record == on_pages
    assert len(rows) > len(displayed) > 300


def test_the_totals_are_those_of_the_rows_and_stand_on_the_home_page(
    site: Path, record: BeautifulSoup
) -> None:
    words = [row["data-verdict"] for row in record.select(".agreement-table tbody tr")]
    shown = totals(record)
    assert shown["formulas executed"] == len(words) - words.count("skipped")
    assert shown["hold"] == words.count("holds")
    assert shown["wrong on purpose, and refuted"] == words.count("refuted")
    html = (site / "index.html").read_text(encoding="utf-8")
    home = BeautifulSoup(html, "html.parser")
    assert totals(home) == shown
    assert home.select('a[href="agreement/"]')


def test_each_page_of_the_navigation_has_its_counts(record: BeautifulSoup) -> None:
    table = record.select(".agreement-pages")[0]
    names = [row.th.get_text() for row in table.select("tbody tr")]
    assert {"Home", "Notation", "Deep network: backward", "nnref.losses"} <= set(names)
    head = [cell.get_text() for cell in table.select("thead th")]
    notation = next(
        row for row in table.select("tbody tr") if row.th.get_text() == "Notation"
    )
    counts = dict(
        zip(head[1:], (x.get_text() for x in notation.select("td")), strict=True)
    )
    text = (PROJECT / "docs/notation.md").read_text(encoding="utf-8")
    snippets = sum(fence.is_python for fence in proof.fences(text))
    assert int(counts["snippets"]) == snippets > 0
    assert int(counts["shapes"]) > 0


def test_the_mutation_figures_are_the_recorded_ones(record: BeautifulSoup) -> None:
    text = (PROJECT / hooks.MUTANTS).read_text(encoding="utf-8")
    table = record.select(".agreement-pages")[1]
    shown = {row.th.get_text(): row.td.get_text() for row in table.select("tr")}
    assert shown == dict(re.findall(r'"([\w -]+)": (\d+)', text))


def test_the_record_says_when_and_with_what_it_was_made(
    record: BeautifulSoup,
) -> None:
    found = record.select_one(".agreement-versions")
    assert found is not None
    made = r"Made on \d{4}-\d\d-\d\d with nnref \d\S*, NumPy \d\S* and Python \d\S*\."
    assert re.fullmatch(made, found.get_text())


@pytest.mark.parametrize("path", sorted((PROJECT / "docs").rglob("*.md")), ids=str)
def test_snippets_are_counted_as_they_are_collected(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = sum(fence.is_python for fence in proof.fences(text))
    assert agreement.snippets(text, ".md") == expected


def test_the_record_follows_an_edit(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(PAGE.format(formula=RIGHT, sentence=""), encoding="utf-8")
    document = agreement.Document(path, "A page", "page/")
    assert agreement.account(document).words == {"holds": 1}
    assert agreement.account(document).lines is agreement.account(document).lines
    time.sleep(0.01)
    path.write_text(PAGE.format(formula=WRONG, sentence=""), encoding="utf-8")
    assert agreement.account(document).words == {"failed": 1}
