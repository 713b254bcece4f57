"""The pages as a reader sees them: in Chromium, light and dark, wide and narrow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

from tests.browser.conftest import Handler
from tests.conftest import PROJECT, build

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Each width and each palette once: what is too wide is so in both palettes, and what
# lacks contrast does so at both widths.
VIEWS = ((1280, "light"), (390, "dark"))


def page_names() -> list[str]:
    """The pages of the navigation, by their address."""
    settings = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8")
    navigation = settings.partition("\nnav:\n")[2].partition("\n\n")[0]
    files = re.findall(r"(?m)^ +- (?:.*: )?([\w/-]+)\.(?:md|py)$", navigation)
    return ["" if name == "index" else f"{name}/" for name in files]


@dataclass
class Visit:
    """A page in the browser and what went wrong while it was open."""

    page: "Page"
    address: str
    troubles: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("requestfailed", lambda r: self.troubles.append(f"failed {r.url}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message: object) -> None:
        kind, text = message.type, message.text  # type: ignore[attr-defined]
        if kind in ("error", "warning"):
            self.troubles.append(f"console {kind}: {text}")

    def _request(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith((self.address, "data:", "blob:")):
            self.troubles.append(f"foreign request {url}")

    def _response(self, response: object) -> None:
        if response.status >= 400:  # type: ignore[attr-defined]
            self.troubles.append(f"{response.status} {response.url}")  # type: ignore[attr-defined]

    def open(self, name: str) -> None:
        self.page.goto(urljoin(self.address, name), wait_until="networkidle")


@pytest.fixture
def visit(
    browser: "Browser", server: str, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    width, scheme = getattr(request, "param", (1280, "light"))
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    result = Visit(context.new_page(), server)
    result.watch()
    yield result
    context.close()


# What a reader must not see: LaTeX that was not rendered. Code shows sources, and so
# does what the checker prints.
SOURCES = r"""() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest("code, pre, samp, math, script, style")) continue;
    if (/\$[^$]+\$|\$\$|\\\(|\\\[|\\[a-z]{2,}|\{|\}/i.test(node.textContent))
      found.push(node.textContent.trim());
  }
  return found;
}"""

UNRENDERED = """() => [...document.querySelectorAll("math")].filter(math => {
  const box = math.getBoundingClientRect();
  const shown = math.checkVisibility({ visibilityProperty: true });
  return shown && (box.width < 1 || box.height < 1);
}).map(math => math.textContent)"""


FONT = """() => [...document.fonts].some(
  f => f.family.replaceAll('"', '') == "STIX Two Math" && f.status == "loaded"
) && getComputedStyle(document.querySelector("math")).fontFamily.includes("STIX Two")"""


def assert_in_order(visit: Visit) -> None:
    """No error, no foreign request, no overflow, all formulas rendered."""
    page = visit.page
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{overflow} px wider than the window"
    assert page.evaluate(SOURCES) == []
    assert page.evaluate(UNRENDERED) == []
    assert page.locator(".math-error").count() == 0
    assert page.evaluate(FONT), "the math font is not in use"
    assert visit.troubles == []


@pytest.mark.parametrize("name", page_names(), ids=lambda name: name or "home")
@pytest.mark.parametrize(
    "visit",
    VIEWS,
    indirect=True,
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def test_a_page_is_in_order(
    visit: Visit, name: str, request: pytest.FixtureRequest
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    visit.open(name)
    visit.page.evaluate(
        "document.querySelectorAll('details').forEach(d => { d.open = true; })"
    )
    assert_in_order(visit)
    # Axe takes long: it sees each page once, in one width and palette or the other.
    turn = page_names().index(name) % len(VIEWS)
    if request.node.callspec.params["visit"] == VIEWS[turn]:
        results = Axe().run(visit.page)
        assert results.violations_count == 0, results.generate_report()


def test_all_pages_are_opened(server: str, browser: "Browser") -> None:
    page = browser.new_page()
    sitemap = page.request.get(urljoin(server, "sitemap.xml")).text()
    page.close()
    published = re.findall(r"<loc>(.*?)</loc>", sitemap)
    assert sorted(urljoin(server, name) for name in page_names()) == sorted(published)


def test_the_checks_see_what_is_wrong(visit: Visit) -> None:
    """Plant each fault in an open page; the check that is meant for it must fail."""
    faults = {
        "px wider": "document.body.insertAdjacentHTML('beforeend',"
        " '<p style=\"width: 3000px\">wide')",
        "x_1": "document.querySelector('h1').textContent = 'left $x_1$ over'",
        "the math font": "document.querySelector('math').style.fontFamily = 'serif'",
        "console error": "console.error('planted')",
        "math-error": "document.querySelector('h1').className = 'math-error'",
    }
    for expected, script in faults.items():
        visit.open("notation/")
        visit.troubles.clear()
        visit.page.evaluate(script)
        with pytest.raises(AssertionError, match=re.escape(expected)):
            assert_in_order(visit)
    visit.troubles.clear()
    visit.open("nowhere/")
    assert any(trouble.startswith("404") for trouble in visit.troubles)
    visit.page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)")
    assert any("foreign request" in trouble for trouble in visit.troubles)


def test_formulas_are_rendered_after_instant_navigation(visit: Visit) -> None:
    visit.open("notation/")
    visit.page.evaluate("window.samePage = true")
    for name in (
        "logistic-regression/",
        "derivations/maximum-likelihood/",
        "notebooks/logistic_regression/",
    ):
        target = urljoin(visit.address, name)
        visit.page.evaluate(
            "url => [...document.querySelectorAll('a')]"
            ".find(a => a.href.split('#')[0] == url).click()",
            target,
        )
        visit.page.wait_for_url(f"{target}*")
        visit.page.wait_for_load_state("networkidle")
        assert visit.page.evaluate("window.samePage"), "the page was loaded anew"
        assert visit.page.locator("math").count() > 3
        assert_in_order(visit)


def test_the_search_finds_the_sigmoid(visit: Visit) -> None:
    visit.open("")
    visit.page.locator(".md-search__input").first.click()
    visit.page.locator(".md-search__input").first.press_sequentially("sigmoid")
    results = visit.page.locator(".md-search-result__item")
    results.first.wait_for()
    assert results.count() >= 3
    assert any("Logistic regression" in text for text in results.all_inner_texts())
    assert visit.troubles == []


def test_a_first_visit_is_light_and_nothing_shifts(
    browser: "Browser", server: str
) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver(list => {
          for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    Handler.sent.clear()
    page.goto(urljoin(server, "logistic-regression/"), wait_until="networkidle")
    kilobytes = sum(Handler.sent.values()) / 1000
    shift = page.evaluate("window.shift")
    print(f"first visit: {kilobytes:.0f} KB, {len(Handler.sent)} files, shift {shift}")
    assert any("workers/search" in path for path in Handler.sent)
    assert not any("search_index" in path for path in Handler.sent)
    page.context.close()
    assert shift == 0
    assert kilobytes <= 165


def test_the_offline_site_works_from_the_file_system(
    browser: "Browser", tmp_path: Path
) -> None:
    run = build(PROJECT, tmp_path / "site", OFFLINE="true")
    assert run.returncode == 0, run.stderr
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    visit = Visit(context.new_page(), tmp_path.as_uri())
    visit.watch()
    visit.open(f"{tmp_path.as_uri()}/site/index.html")
    visit.page.get_by_role("link", name="Notation").first.click()
    visit.page.wait_for_url("**/notation.html")
    visit.page.wait_for_load_state("networkidle")
    assert visit.page.locator("math").count() > 10
    assert_in_order(visit)
    visit.page.locator(".md-search__input").first.click()
    visit.page.locator(".md-search__input").first.press_sequentially("sigmoid")
    visit.page.locator(".md-search-result__item").first.wait_for()
    assert visit.troubles == []
    context.close()
