"""MkDocs hooks: what only the site generator can do.

Formulas, listings and figures are Markdown extensions (they outlive a generator); here
stand the notebooks, the files for download, the addresses that the build's environment
gives, and the rule that a broken formula, listing or figure never gets published.
"""

import logging
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_date, get_relative_url
from mkdocs.utils.meta import get_data
from mkdocs.utils.templates import TemplateContext

from nnref.site import (
    agreement,
    assets,
    download,
    figures,
    listing,
    notebooks,
    verdicts,
)
from nnref.site.digest import package_digest
from nnref.site.math import SOURCE
from nnref.site.memory import remember_search, remembered, surroundings

log = logging.getLogger("mkdocs.nnref")
NOTEBOOK_CACHE = Path(".cache/notebooks")
MUTANTS = Path("tests/equations/mutants.json")


class Faults(logging.Handler):
    """Counts the errors that the Markdown extensions report."""

    def __init__(self) -> None:
        """Start at zero."""
        super().__init__(logging.ERROR)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count one error."""
        self.count += 1


faults = Faults()
logging.getLogger("mkdocs.nnref").addHandler(faults)
state = {"command": "build", "surroundings": ""}
downloads: set[str] = set()  # the .ipynb files of the site that is being built
reading_order: list[Page] = []  # the pages, as the navigation has them


def serving() -> bool:
    """Whether the site is only looked at, by its author."""
    return state["command"] == "serve"


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Note whether the site is built to be published or to be looked at."""
    state["command"] = command


@event_priority(50)  # before the offline plugin and mkdocs-jupyter read their settings
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Set what depends on the environment or on the package's source."""
    faults.count = 0
    if not serving():
        figures.published.clear()
    if not config.repo_url:
        config.edit_uri = None
    if config.plugins["material/offline"].config.enabled:
        config.extra["polyfills"] = ["assets/javascripts/iframe-worker.js"]
    # mkdocs-jupyter runs a notebook again when its text changes; a folder for each
    # state of the package makes it run again when the package does.
    cache = NOTEBOOK_CACHE / package_digest()[:20]
    jupyter = config.plugins["mkdocs-jupyter"].config
    jupyter["cache_dir"] = str(cache)
    # From 0.27 on it puts a loader of MathJax, from another origin, into every page,
    # but for version 2, which it puts into notebooks; their scripts are left out here.
    jupyter["mathjax_version"] = 2
    notebooks.forget_other(cache)
    verdicts.forget_other()
    if serving() and verdicts.source_digest() != verdicts.checker():
        log.warning(
            "nnref was edited: formulas are checked by what was imported before"
        )
    config.extra_css += [assets.uri(path) for path in assets.files(".css")]
    config.extra_javascript += [assets.uri(path) for path in assets.files(".js")]
    return config


def on_pre_build(config: MkDocsConfig) -> None:
    """While serving, let the search read only what changed."""
    if serving():
        search: Any = config.plugins["material/search"]
        remember_search(search.search_index)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Offer each page with snippets as an .ipynb file; note what pages depend on."""
    if serving():
        state["surroundings"] = surroundings(config, files)
    for path in [*assets.files(".css"), *assets.files(".js")]:
        asset = File.generated(config, assets.uri(path), abs_src_path=str(path))
        files.append(asset)
    urls = {file.src_uri: file.url for file in files.documentation_pages()}
    site, repository = config.site_url or "", config.repo_url or ""
    downloads.clear()
    for file in files.documentation_pages():
        place = download.Place(file.src_uri, urls, site, repository)
        ipynb = downloaded(file, place)
        if ipynb is not None:
            uri = download.uri(file.src_uri)
            files.append(File.generated(config, uri, content=ipynb))
            downloads.add(uri)
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """Note the order of the pages."""
    reading_order[:] = nav.pages


def downloaded(file: File, place: download.Place) -> str | None:
    """The .ipynb file of a page, or None if it has no snippet."""
    path = Path(str(file.abs_src_path))
    if notebooks.is_notebook(file):
        return download.from_script(notebooks.read(path), place)
    markdown, _ = get_data(path.read_text(encoding="utf-8-sig"))
    return download.from_page(markdown, place)


def on_page_context(
    context: TemplateContext, page: Page, config: MkDocsConfig, nav: Navigation
) -> TemplateContext:
    """Tell the theme where the page's .ipynb file is, if it has one."""
    uri = download.uri(page.file.src_uri)
    if uri in downloads:
        variables: Any = context
        variables["notebook"] = get_relative_url(uri, page.url)
    return context


def on_page_markdown(
    markdown: str, page: Page, config: MkDocsConfig, files: Files
) -> None:
    """Check and escape what the theme puts into the page's head as it stands."""
    for field in ("title", "description"):
        text = str(page.meta.get(field, ""))
        if SOURCE.search(text):
            log.error("%s: math in the %s: %s", page.file.src_uri, field, text)
    if "description" in page.meta:
        page.meta["description"] = escape(str(page.meta["description"]))


@event_priority(-50)  # after mkdocs-jupyter has put its own way to render in place
def on_pre_page(page: Page, config: MkDocsConfig, files: Files) -> Page:
    """While serving, render only what changed."""
    if serving() and not notebooks.is_notebook(page.file):
        render = page.render

        def render_changed(config: MkDocsConfig, files: Files) -> None:
            remembered(
                page,
                f"{state['surroundings']} {page.meta} {page.markdown}",
                config,
                files,
                lambda: render(config, files),
                lambda: faults.count,
            )

        page.render = render_changed  # type: ignore[method-assign]
    return page


@event_priority(50)  # before the typeset plugin reads the headings
def on_page_content(
    html: str, page: Page, config: MkDocsConfig, files: Files
) -> str | None:
    """Give a notebook the look and the Markdown of the other pages."""
    if not notebooks.is_notebook(page.file):
        return None

    def render() -> None:
        page.content = notebooks.page_content(html, page, config, files)

    if serving():
        script = Path(str(page.file.abs_src_path)).read_text(encoding="utf-8")
        key = f"{state['surroundings']} {html} {script}"
        remembered(page, key, config, files, render, lambda: faults.count)
    else:
        render()
    return page.content


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Put the record of what was executed into the pages that show it."""
    for page in reading_order:
        if agreement.PLACE.search(page.content or ""):
            found = [agreement.account(x) for x in documents(page)]
            date = get_build_date()
            page.content = agreement.filled(page.content or "", found, MUTANTS, date)


def documents(seen_from: Page) -> Iterator[agreement.Document]:
    """The pages in their order, and the modules whose docstrings they show."""
    for page in reading_order:
        path = Path(str(page.file.abs_src_path))
        url = get_relative_url(page.url, seen_from.url)
        content = page.content or ""
        title = page.title or page.file.name
        yield agreement.Document(path.absolute(), title, url, content=content)
        for name in re.findall(r"(?m)^::: ([\w.]+)", page.markdown or ""):
            module = Path(listing.module_path(name))
            stem = f"{module.stem}-"
            yield agreement.Document(module.absolute(), name, url, stem, content)


def on_post_build(config: MkDocsConfig) -> None:
    """Write the drawings; stop a build with something broken, strict or not."""
    for path, drawing in figures.published.items():
        target = Path(config.site_dir) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(drawing, encoding="utf-8")
    if faults.count and not serving():
        raise BuildError(f"{faults.count} formulas, listings or figures are broken")
