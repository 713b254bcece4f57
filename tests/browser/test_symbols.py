"""Symbol cards, and formulas and code that light up: by mouse, keyboard and touch."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

from tests.browser.conftest import Handler
from tests.browser.test_pages import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAIR = ".pair:has([data-function='nnref.shallow_network.forward'])"
W1 = f"{PAIR} .math mrow[data-symbol='W[1]']"
CARD = ".nnref-card"
LIT = "[...document.querySelectorAll('.nnref-lit')].map(x => x.textContent)"


def open_page(
    browser: "Browser", server: str, width: int, scheme: str, name: str, **more: object
) -> Iterator[Visit]:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )
    visit = Visit(context.new_page(), server)
    visit.page.set_default_timeout(5000)
    visit.watch()
    visit.open(name)
    yield visit
    assert visit.troubles == []
    context.close()


@pytest.fixture
def visit(browser: "Browser", server: str) -> Iterator[Visit]:
    yield from open_page(browser, server, 1280, "light", "shallow-network/")


@pytest.fixture
def phone(browser: "Browser", server: str) -> Iterator[Visit]:
    name = "shallow-network/"
    yield from open_page(
        browser, server, 390, "dark", name, has_touch=True, is_mobile=True
    )


def card(page: "Page") -> str:
    shown = page.locator(CARD)
    shown.wait_for(state="visible")
    return " ".join(shown.inner_text().split())


def assert_no_card(page: "Page") -> None:
    page.wait_for_timeout(500)
    assert not page.locator(CARD).is_visible()
    assert page.evaluate(LIT) == []


def within_window(page: "Page") -> bool:
    box = page.locator(CARD).bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    inside = box["x"] >= 0 and right <= size["width"]
    return inside and box["y"] >= 0 and bottom <= size["height"] + 1


# By mouse


def test_pointing_at_a_symbol_shows_its_card(visit: Visit) -> None:
    page = visit.page
    page.locator(W1).first.hover()
    text = card(page)
    assert "W of layer 1" in text
    assert "weights of layer" in text
    assert "one unit a row" in text
    assert "in code W1" in text
    assert "shape" in text
    assert within_window(page)
    link = page.locator(f"{CARD} a")
    assert link.inner_text() == "Notation"
    assert str(link.get_attribute("href")).endswith("/notation/#layers")
    page.mouse.move(5, 5)
    assert_no_card(page)


def test_the_pointer_can_go_into_the_card_and_escape_closes_it(visit: Visit) -> None:
    page = visit.page
    page.locator(W1).first.hover()
    card(page)
    page.locator(f"{CARD} a").hover()
    page.wait_for_timeout(600)
    assert page.locator(CARD).is_visible()
    page.keyboard.press("Escape")
    assert_no_card(page)


def test_math_lights_up_the_code_and_every_place_of_the_symbol(visit: Visit) -> None:
    page = visit.page
    page.locator(W1).first.hover()
    page.locator(".nnref-lit").first.wait_for()
    code = page.locator(f"{PAIR} code .nnref-lit").all_inner_texts()
    assert code == ["W1", "W1"]
    lit = set(page.evaluate(LIT))
    assert {"W1", "W[1]"} <= lit
    assert not lit & {"W2", "W[2]", "b1", "Z1", "X"}
    assert page.locator("mrow.nnref-lit").count() > 5


def test_code_lights_up_the_math(visit: Visit) -> None:
    page = visit.page
    page.locator(f"{PAIR} code .nnref-name", has_text=re.compile("^b2$")).last.hover()
    page.locator(".nnref-lit").first.wait_for()
    assert page.locator(f"{PAIR} .math .nnref-lit").all_text_contents() == ["b[2]"]
    assert page.locator(f"{PAIR} code .nnref-lit").all_inner_texts() == ["b2", "b2"]


@pytest.mark.parametrize(
    ("name", "formula", "function", "symbol", "code"),
    [
        ("deep-network/forward/", "W[l]", "deep_network.forward", "W[l]", {"W[l]"}),
        ("deep-network/forward/", "A[l−1]", "deep_network.forward", "A[l-1]",
         {"A[l - 1]"}),
        ("deep-network/backward/", "dZ[l]", "deep_network.backward", "dZ[l]",
         {"dZ[l]"}),
        ("deep-network/backward/", "W[l+1]T", "deep_network.backward", "W[l+1]",
         {"W[l + 1]"}),
        ("logistic-regression/", "dw", "logistic_regression.backward", "dw", {"dw"}),
        ("logistic-regression/", "σ", "logistic_regression.forward", "sigma",
         {"sigmoid"}),
    ],
)  # fmt: skip
def test_pairs_of_other_pages_light_up(
    visit: Visit, name: str, formula: str, function: str, symbol: str, code: set[str]
) -> None:
    page = visit.page
    visit.open(name)
    pair = f".pair:has([data-function='nnref.{function}'])"
    target = page.locator(f"{pair} .math mrow[data-symbol='{symbol}']").first
    assert target.text_content() == formula
    target.hover()
    page.locator(".nnref-lit").first.wait_for()
    assert set(page.locator(f"{pair} code .nnref-lit").all_inner_texts()) == code
    page.mouse.move(5, 5)
    assert_no_card(page)
    page.locator(f"{pair} code .nnref-name", has_text=next(iter(code))).last.hover()
    page.locator(".nnref-lit").first.wait_for()
    lit = page.locator(f"{pair} .math .nnref-lit").all_text_contents()
    assert formula in lit
    assert len(set(lit)) == 1


def test_light_is_not_colour_alone(visit: Visit) -> None:
    page = visit.page
    page.locator(W1).first.hover()
    page.locator("code .nnref-lit").first.wait_for()
    style = "e => [getComputedStyle(e).boxShadow, getComputedStyle(e).outlineStyle]"
    shadow, _ = page.locator(f"{PAIR} code .nnref-lit").first.evaluate(style)
    assert "px" in shadow
    _, outline = page.locator(".nnref-current").evaluate(style)
    assert outline == "solid"


def test_a_symbol_in_a_line_and_in_a_table_has_its_card(visit: Visit) -> None:
    page = visit.page
    page.locator("p mrow[data-symbol='Z[1]']").first.hover()
    assert "Z of layer 1" in card(page)
    visit.open("notation/")
    page.locator("td mrow[data-symbol='alpha']").first.hover()
    assert "learning rate" in card(page)


def test_a_symbol_in_a_notebook_has_its_card_and_lights_up_its_code(
    visit: Visit,
) -> None:
    page = visit.page
    visit.open("notebooks/logistic_regression/")
    page.locator(".md-content mrow[data-symbol='alpha']").first.hover()
    assert "learning rate" in card(page)
    assert "alpha" in page.locator(".highlight .nnref-lit").all_inner_texts()


def test_nothing_moves_when_a_card_opens(visit: Visit) -> None:
    page = visit.page
    places = """() => [...document.querySelectorAll('.md-content *')]
      .filter(e => !e.closest('.nnref-card'))
      .map(e => e.getBoundingClientRect()).map(b => `${b.x} ${b.y} ${b.width}`)"""
    page.locator(W1).first.scroll_into_view_if_needed()
    page.wait_for_timeout(600)  # names in code are found when the browser is idle
    before = page.evaluate(places)
    page.locator(W1).first.hover()
    card(page)
    assert page.evaluate(places) == before
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


# By keyboard


def chosen(page: "Page") -> str | None:
    return page.locator(".nnref-current").text_content()


def test_the_arrows_go_from_symbol_to_symbol(visit: Visit) -> None:
    page = visit.page
    page.locator(f"{PAIR} .math").first.focus()
    page.keyboard.press("ArrowRight")
    assert chosen(page) == "Z[1]"
    assert "Z of layer 1" in card(page)
    page.keyboard.press("ArrowRight")
    assert chosen(page) == "W[1]"
    assert "W1" in page.locator(f"{PAIR} code .nnref-lit").all_inner_texts()
    page.keyboard.press("ArrowLeft")
    assert chosen(page) == "Z[1]"
    said = page.locator("[role=status].nnref-speech").text_content()
    assert "Z of layer 1. meaning. weighted sums with bias" in str(said)
    page.keyboard.press("Escape")
    assert_no_card(page)
    focused = page.evaluate("document.activeElement.className")
    assert "math" in focused


def test_down_goes_from_the_formula_to_the_code_and_up_goes_back(visit: Visit) -> None:
    page = visit.page
    page.locator(f"{PAIR} .math").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
        if page.locator("code .nnref-current").count():
            break
    assert chosen(page) == "W1"
    assert page.evaluate("document.activeElement.tagName") == "CODE"
    assert "W of layer 1" in card(page)
    assert page.locator(f"{PAIR} .math .nnref-lit").first.text_content() == "W[1]"
    page.keyboard.press("ArrowUp")
    assert chosen(page) == "W[1]"


def test_enter_goes_into_the_card_and_escape_back(visit: Visit) -> None:
    page = visit.page
    page.locator(f"{PAIR} .math").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Notation"
    page.keyboard.press("Escape")
    assert_no_card(page)
    assert "math" in page.evaluate("document.activeElement.className")


def test_a_page_has_few_stops_for_the_keyboard(visit: Visit) -> None:
    page = visit.page
    stops = page.locator(".md-content math[tabindex='0']").count()
    sections = page.locator(".md-content :is(h2, h3)").count()
    assert 0 < stops <= sections
    assert page.locator(".md-content mrow[tabindex]").count() == 0
    # A formula in a line is reached by the arrows, or as the stop of its section.
    first = page.locator(".md-content math[tabindex='0']").first
    first.focus()
    page.keyboard.press("ArrowRight")
    assert card(page)
    assert page.evaluate("document.activeElement.tagName") == "math"


def test_arrows_scroll_as_ever_where_no_symbol_is_chosen(visit: Visit) -> None:
    page = visit.page
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert_no_card(page)


# By touch


def test_a_tap_shows_the_card_at_the_lower_edge(phone: Visit) -> None:
    page = phone.page
    page.locator(W1).first.tap()
    assert "weights of layer" in card(page)
    assert within_window(page)
    box = page.locator(CARD).bounding_box()
    assert box is not None
    assert box["width"] == 390
    symbol = page.locator(".nnref-current").bounding_box()
    assert symbol is not None
    assert symbol["y"] + symbol["height"] <= box["y"], "it hides its symbol"
    assert "W1" in page.locator(f"{PAIR} code .nnref-lit").all_inner_texts()
    page.locator(f"{CARD} .nnref-close").tap()
    assert_no_card(page)


def test_a_tap_on_code_lights_up_the_math(phone: Visit) -> None:
    page = phone.page
    name = page.locator(f"{PAIR} code .nnref-name", has_text=re.compile("^b1$")).first
    name.scroll_into_view_if_needed()
    name.tap()
    assert "biases of layer" in card(page)
    assert "b[1]" in page.locator(f"{PAIR} .math .nnref-lit").all_text_contents()
    page.locator("h1").first.scroll_into_view_if_needed()
    page.locator("h1").first.tap()
    assert_no_card(page)


def test_a_tap_beside_a_letter_means_the_letter(phone: Visit) -> None:
    page = phone.page
    target = page.locator(f"{PAIR} .math mrow[data-symbol='b[1]']").first
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] - 7, box["y"] + box["height"] / 2)
    assert "b of layer 1" in card(page)


# Copying


@pytest.mark.parametrize(
    ("kind", "text"),
    [("LaTeX", r"Z^{[1]} &= W^{[1]} X + b^{[1]} \\"), ("NumPy", "Z1 = W1 @ X + b1")],
)
def test_a_formula_is_copied(visit: Visit, kind: str, text: str) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(W1).first.hover()
    card(page)
    button = page.locator(f"{CARD} button", has_text=f"Copy {kind}")
    button.click()
    page.locator(f"{CARD} button", has_text="Copied").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert text in lines
    button.wait_for()


def test_the_panel_of_a_formula_offers_to_copy_it(visit: Visit) -> None:
    page = visit.page
    page.locator(f"{PAIR} .nnref-mark").first.click()
    actions = page.locator(f"{PAIR} .nnref-actions").first
    assert actions.locator("button").all_inner_texts() == ["Copy LaTeX", "Copy NumPy"]


def test_a_wrong_formula_has_no_numpy(visit: Visit) -> None:
    page = visit.page
    assert page.locator("math[data-numpy]").count() > 3
    assert page.locator(".math-wrong math").count() > 0
    assert page.locator(".math-wrong math[data-numpy]").count() == 0


# Everything else


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_an_open_card_is_accessible(
    browser: "Browser", server: str, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for visit in open_page(browser, server, width, scheme, "shallow-network/"):
        page = visit.page
        page.locator(f"{PAIR} .math").first.focus()
        page.keyboard.press("ArrowRight")
        card(page)
        page.wait_for_timeout(300)
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.locator(CARD).get_attribute("aria-label") == "Symbol: Z of layer 1"


def test_cards_work_after_instant_navigation(visit: Visit) -> None:
    page = visit.page
    page.evaluate("window.samePage = true")
    page.locator(W1).first.hover()
    card(page)
    page.locator(f"{CARD} a").click()
    page.wait_for_url("**/notation/#layers")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.samePage"), "the page was loaded anew"
    assert_no_card(page)
    page.locator("td mrow[data-symbol='alpha']").first.hover()
    assert "learning rate" in card(page)
    assert page.locator(CARD).count() == 1


def test_motion_is_reduced_where_it_is_asked_for(
    browser: "Browser", server: str
) -> None:
    for motion, moves in (("no-preference", True), ("reduce", False)):
        for visit in open_page(
            browser, server, 1280, "light", "shallow-network/", reduced_motion=motion
        ):
            page = visit.page
            page.locator(W1).first.hover()
            card(page)
            name = page.locator(CARD).evaluate("e => getComputedStyle(e).animationName")
            assert (name != "none") == moves
            time = page.locator(W1).first.evaluate(
                "e => getComputedStyle(e).transitionDuration"
            )
            assert (time not in ("0s", "")) == moves


def test_the_page_reads_well_without_scripts(browser: "Browser", server: str) -> None:
    for visit in open_page(
        browser, server, 1280, "light", "shallow-network/", java_script_enabled=False
    ):
        page = visit.page
        assert not page.locator(".nnref-cards").is_visible()
        assert page.locator("button.nnref-copy").count() == 0
        assert page.locator(".md-content math").first.is_visible()


def test_paper_shows_neither_cards_nor_light(visit: Visit) -> None:
    page = visit.page
    page.locator(W1).first.hover()
    card(page)
    page.emulate_media(media="print")
    assert not page.locator(CARD).is_visible()
    assert not page.locator(".nnref-cards").is_visible()
    style = "e => getComputedStyle(e).boxShadow + getComputedStyle(e).outlineStyle"
    assert page.locator(".nnref-lit").first.evaluate(style) == "nonenone"


def test_cards_weigh_little(browser: "Browser", server: str) -> None:
    """Compressed: script, style and what the page itself has more."""
    import gzip

    page = browser.new_page()
    Handler.sent.clear()
    page.goto(urljoin(server, "notation/"), wait_until="networkidle")
    files = [size for path, size in Handler.sent.items() if "symbols" in path]
    html = page.request.get(urljoin(server, "notation/")).text()
    page.context.close()
    without = re.sub(r'<aside class="nnref-cards".*?</aside>', "", html, flags=re.S)
    without = re.sub(r' class="?nnref-symbol"? data-symbol="[^"]*"', "", without)
    without = re.sub(r' data-numpy="[^"]*"', "", without)
    more = len(gzip.compress(html.encode())) - len(gzip.compress(without.encode()))
    assert len(files) == 2
    assert more > 1000
    kilobytes = (sum(files) + more) / 1000
    print(f"cards: {kilobytes:.1f} KB, of it {more / 1000:.1f} KB in the page")
    assert kilobytes <= 20


FAULTS = {
    "no light in the code": "document.querySelectorAll('code .nnref-name')"
    ".forEach(e => { e.dataset.own = e.dataset.kin = ''; })",
    "no card": "document.querySelector('.nnref-card').style.display = 'none'",
    "a card that is too wide": "document.querySelector('.nnref-card').style.minWidth"
    " = '2000px'",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_checks_see_a_planted_fault(visit: Visit, fault: str) -> None:
    page = visit.page
    page.locator(f"{PAIR} code .nnref-name").first.wait_for()
    page.evaluate(FAULTS[fault])
    page.locator(W1).first.hover()
    page.wait_for_timeout(900)
    seen = page.locator(CARD).is_visible() and within_window(page)
    lit = page.locator(f"{PAIR} code .nnref-lit").count() > 0
    assert not (seen and lit)
