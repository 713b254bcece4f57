"""The cheat sheet on paper: two pages of A4, without what belongs to the screen."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# On paper: what has a box, but belongs to the screen.
CHROME = """() => [...document.querySelectorAll(
  ".md-header, .md-tabs, .md-sidebar, .md-footer, .md-top, .md-content__button," +
  " .md-clipboard, .headerlink, .no-print"
)].filter(node => node.checkVisibility()).map(node => node.className)"""

COLOURS = """() => ["body", "h1", "td", "td code", "td math"].map(name => {
  const style = getComputedStyle(document.querySelector(name));
  return [style.color, style.backgroundColor];
})"""


@pytest.fixture(params=["light", "dark"])
def sheet(
    browser: "Browser", server: str, request: pytest.FixtureRequest
) -> Iterator["Page"]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme=request.param
    )
    page = context.new_page()
    page.goto(urljoin(server, "cheat-sheet/"), wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => 0)")
    yield page
    context.close()


def printed(page: "Page") -> bytes:
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert b"STIXTwoMath" in pdf, "the letters of the formulas are missing"
    return pdf


def assert_two_pages(pdf: bytes) -> None:
    """Two pages of A4, which is 595 by 842 points."""
    pages = re.findall(rb"/Type\s*/Page\b", pdf)
    assert len(pages) == 2, f"{len(pages)} pages"
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {(595, 842)}


def assert_fit_for_paper(page: "Page") -> None:
    """Nothing of the screen, dark on white, no table wider than the paper."""
    page.add_style_tag(content="* { transition: none !important; }")
    page.emulate_media(media="print")
    assert page.evaluate(CHROME) == []
    for colour, background in page.evaluate(COLOURS):
        assert max(map(int, re.findall(r"\d+", colour)[:3])) < 80, colour
        assert background in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), background
    assert page.locator("table").count() > 8
    page.set_viewport_size({"width": 703, "height": 900})  # 186 mm, A4 less its margins
    tables = "document.querySelectorAll('table')"
    widest = page.evaluate(f"Math.max(...[...{tables}].map(t => t.scrollWidth))")
    assert widest <= 703, f"a table is {widest} px wide"


def test_the_cheat_sheet_prints_on_two_pages(sheet: "Page") -> None:
    assert_two_pages(printed(sheet))
    assert_fit_for_paper(sheet)


def test_what_does_not_fit_on_paper_is_noticed(sheet: "Page") -> None:
    """Plant each fault in the page; the check that is meant for it must fail."""
    address = sheet.url
    faults = {
        "3 pages": "document.querySelector('.no-print').className = ''",
        "px wide": "document.querySelector('td').style.minWidth = '720px'",
        "rgb": "document.body.style.setProperty('background', '#14171e')",
        "md-header": "document.querySelector('.md-header').style.display = 'block'",
    }
    for expected, script in faults.items():
        sheet.emulate_media(media="null")
        sheet.set_viewport_size({"width": 1280, "height": 900})
        sheet.goto(address, wait_until="networkidle")
        sheet.evaluate("document.fonts.ready.then(() => 0)")
        sheet.evaluate(script)
        with pytest.raises(AssertionError, match=expected):
            _check(sheet)


def _check(page: "Page") -> None:
    assert_two_pages(printed(page))
    assert_fit_for_paper(page)
