"""The marks beside formulas: by mouse, keyboard and touch, with and without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

PAGE = "deep-network/backward/"
VIEWS = [(1280, "light"), (390, "light"), (1280, "dark"), (390, "dark")]
DERIVATIVE = '[data-verdict="holds"]'


@dataclass
class Mark:
    """A mark and its panel on an open page."""

    page: "Page"
    button: "Locator"
    panel: "Locator"

    def shows(self, is_shown: bool = True) -> bool:
        """Wait until the panel is there, or is not."""
        state = "visible" if is_shown else "hidden"
        self.panel.wait_for(state=state, timeout=3000)
        return True

    def point_away(self) -> None:
        self.page.mouse.move(5, 5)


def opened(
    browser: "Browser", server: str, name: str = PAGE, **options: object
) -> Mark:
    context = browser.new_context(**options)  # type: ignore[arg-type]
    # Drawings load when they come into view; nothing but marks is looked at here.
    context.route("**/*.svg", lambda route: route.abort())
    page = context.new_page()
    page.goto(urljoin(server, name), wait_until="networkidle")
    formula = page.locator(DERIVATIVE, has_text="complex step").nth(2)
    formula.scroll_into_view_if_needed()
    return Mark(page, formula.locator(".nnref-mark"), formula.locator(".nnref-panel"))


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def mark(
    browser: "Browser", server: str, request: pytest.FixtureRequest
) -> Iterator[Mark]:
    width, scheme = request.param
    viewport = {"width": width, "height": 800}
    found = opened(browser, server, viewport=viewport, color_scheme=scheme)
    yield found
    found.page.context.close()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripted(
    browser: "Browser", server: str, request: pytest.FixtureRequest
) -> Iterator[Mark]:
    viewport = {"width": 1280, "height": 800}
    found = opened(
        browser, server, viewport=viewport, java_script_enabled=request.param
    )
    yield found
    found.page.context.close()


def test_pointing_at_a_mark_shows_what_was_checked(scripted: Mark) -> None:
    assert scripted.shows(False)
    scripted.button.hover()
    assert scripted.shows()
    text = scripted.panel.inner_text()
    for part in ("Holds on 3 random networks", "Largest error", "10⁻¹", "complex step"):
        assert part in text
    assert "nnref.deep_network.forward" in text
    box = scripted.panel.bounding_box()
    assert box is not None
    scripted.page.mouse.move(box["x"] + 20, box["y"] + 20, steps=4)
    scripted.page.wait_for_timeout(500)
    assert scripted.panel.is_visible(), "pointing at the panel keeps it"
    scripted.point_away()
    assert scripted.shows(False)


def test_the_keyboard_reaches_the_mark_and_the_function(scripted: Mark) -> None:
    page = scripted.page
    before = scripted.button.locator("xpath=preceding-sibling::div")
    before.focus()
    page.keyboard.press("Tab")
    assert scripted.shows(), "focus shows it"
    page.keyboard.press("Enter")
    assert scripted.shows()
    page.keyboard.press("Tab")
    link = scripted.panel.locator("a").first
    link.evaluate("a => a === document.activeElement") or pytest.fail("not the link")
    assert str(link.get_attribute("href")).endswith("#nnref.deep_network.forward")
    page.keyboard.press("Escape")
    assert scripted.shows(False)


def test_a_tap_opens_the_panel_and_a_tap_elsewhere_closes_it(
    browser: "Browser", server: str
) -> None:
    for scripts in (True, False):
        mark = opened(
            *(browser, server),
            viewport={"width": 390, "height": 800},
            has_touch=True,
            is_mobile=True,
            java_script_enabled=scripts,
        )
        box = mark.button.bounding_box()
        assert box is not None
        assert box["width"] >= 24, "room for a finger"
        assert box["height"] >= 24
        mark.button.tap()
        assert mark.shows()
        mark.page.touchscreen.tap(20, 90)
        assert mark.shows(False)
        mark.page.context.close()


def test_the_panel_stays_in_the_window_and_moves_nothing(mark: Mark) -> None:
    page = mark.page
    where = """() => JSON.stringify([scrollY, ...[...document.querySelectorAll(
      '.md-content__inner > *')].map(x => x.getBoundingClientRect().y)])"""
    before = page.evaluate(where)
    mark.button.click()
    assert mark.shows()
    assert page.evaluate(where) == before
    box = mark.panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.evaluate("innerWidth")
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    inner = mark.panel.evaluate("x => x.scrollWidth - x.clientWidth")
    assert inner <= 0, f"what is in the panel is {inner} px wider than it"


def test_a_panel_at_the_end_of_the_window_opens_upwards(mark: Mark) -> None:
    mark.button.evaluate(
        "x => scrollTo(0, scrollY + x.getBoundingClientRect().y - 740)"
    )
    mark.button.click()
    assert mark.shows()
    box = mark.panel.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800


def test_an_open_panel_is_accessible(mark: Mark) -> None:
    from axe_playwright_python.sync_playwright import Axe

    mark.button.click()
    assert mark.shows()
    results = Axe().run(mark.page)
    assert results.violations_count == 0, results.generate_report()


def test_shapes_tell_the_marks_apart_and_not_colours_alone(
    browser: "Browser", server: str
) -> None:
    page = browser.new_page()
    page.goto(urljoin(server, PAGE), wait_until="networkidle")
    drawn = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(
          '.nnref-formula')].map(x => [x.dataset.verdict,
          x.querySelector('.nnref-mark path').getAttribute('d')]))"""
    )
    page.close()
    assert {"holds", "refuted", "definition"} <= set(drawn)
    assert len(set(drawn.values())) == len(drawn)


def test_on_paper_there_is_a_mark_and_no_panel(mark: Mark) -> None:
    mark.button.click()
    assert mark.shows()
    mark.page.emulate_media(media="print")
    assert not mark.panel.is_visible()
    assert mark.button.locator("svg").is_visible()


def test_marks_work_after_instant_navigation(browser: "Browser", server: str) -> None:
    page = browser.new_page()
    page.goto(urljoin(server, "notation/"), wait_until="networkidle")
    page.evaluate("window.samePage = true")
    page.evaluate(
        "url => [...document.querySelectorAll('a')]"
        ".find(a => a.href.split('#')[0] == url).click()",
        urljoin(server, PAGE),
    )
    page.wait_for_url(f"{urljoin(server, PAGE)}*")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.samePage")
    formula = page.locator('[data-verdict="holds"]').first
    formula.locator(".nnref-mark").click()
    formula.locator(".nnref-panel").wait_for(state="visible", timeout=3000)
    page.close()


def test_a_refutation_unfolds_without_scripts(browser: "Browser", server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(urljoin(server, PAGE), wait_until="networkidle")
    report = page.locator(".nnref-refutation .nnref-report").first
    assert not report.is_visible()
    page.locator(".nnref-refutation > summary").first.click()
    report.wait_for(state="visible", timeout=3000)
    assert "^" in report.inner_text()
    context.close()


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def test_the_record_can_be_read_at_every_width(
    view: tuple[int, str], browser: "Browser", server: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    width, scheme = view
    viewport = {"width": width, "height": 800}
    context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(urljoin(server, "agreement/"), wait_until="networkidle")
    summary = page.locator(".agreement-formulas > summary").nth(3)
    summary.focus()
    page.keyboard.press("Enter")
    rows = page.locator(".agreement-formulas[open] tbody tr")
    rows.first.wait_for(state="visible", timeout=3000)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    link = page.locator(".agreement-formulas[open] td a[href*='#formula']").first
    place = str(link.get_attribute("href")).partition("#")[2]
    link.click()
    target = page.locator(f".nnref-formula#{place}")
    target.wait_for(state="visible", timeout=5000)
    assert target.locator(".math math").count() == 1
    context.close()
