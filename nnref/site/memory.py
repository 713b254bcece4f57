"""While the site is served: pages that did not change are not rendered again.

MkDocs renders every page after every edit. Here a page that was rendered from the same
text, in the same surroundings, is taken from memory, so that an author sees an edit at
once. Only `mkdocs serve` uses this; a site that is built is rendered from nothing.
"""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents

from nnref.site.digest import package_digest


class Rendered(NamedTuple):
    """What rendering sets on a page."""

    key: str
    content: str
    toc: TableOfContents
    title: str | None
    anchors: set[str] | None
    links: dict[str, dict[str, str]]  # anchors by the file that is linked to
    meta: dict[str, Any]


_pages: dict[str, Rendered] = {}
_entries: dict[str, tuple[str, list[dict[str, Any]]]] = {}


def surroundings(config: MkDocsConfig, files: Files) -> str:
    """A fingerprint of what any page may depend on besides its text."""
    digest = hashlib.sha256(package_digest().encode())
    watched = [Path(str(config.config_file_path))]
    watched += sorted(Path(config.docs_dir, "figures").glob("*.py"))
    options = config.mdx_configs.get("nnref.site.math", {})
    watched += [Path(options["notation"])] if options.get("notation") else []
    for path in watched:
        digest.update(path.read_bytes())
    for file in files:
        digest.update(file.src_uri.encode() + b"\0")
    return digest.hexdigest()


def remembered(
    page: Page,
    key: str,
    config: MkDocsConfig,
    files: Files,
    render: Callable[[], None],
    faults: Callable[[], int],
) -> None:
    """Render a page, or take from memory what rendering the same gave.

    Args:
        page: The page; its content and all that belongs to it is set.
        key: What the page is rendered from: its text and its surroundings.
        config: The site's settings.
        files: The site's files.
        render: Renders the page.
        faults: Says how many errors were reported so far. A page with an error is
            rendered again, so that the error is reported again.
    """
    uri = page.file.src_uri
    known = _pages.get(uri)
    if known is not None and known.key == key:
        _restore(page, known, config, files)
        return
    before = faults()
    render()
    if faults() == before:
        links = {file.src_uri: a for file, a in (page.links_to_anchors or {}).items()}
        _pages[uri] = Rendered(
            key,
            page.content or "",
            page.toc,
            page._title_from_render,
            page.present_anchor_ids,
            links,
            dict(page.meta),
        )


def _restore(page: Page, known: Rendered, config: MkDocsConfig, files: Files) -> None:
    page.content = known.content
    page.toc = known.toc
    page._title_from_render = known.title
    page.present_anchor_ids = known.anchors
    page.meta.update(known.meta)
    targets = {file.src_uri: file for file in files}
    page.links_to_anchors = {targets[uri]: a for uri, a in known.links.items()}
    # What mkdocstrings tells other plugins while it renders.
    documented = re.findall(r'id="(nnref\.[\w.]+)"', known.content)
    plugins: Any = config.plugins
    if documented:
        plugins["mkdocstrings"].get_handler("python")
    for anchor in documented:
        plugins["autorefs"].register_anchor(page, anchor, primary=True)


def remember_search(index: Any) -> None:
    """Let Material's search index take the entries of a page that is the same."""
    read_page = index.add_entry_from_context

    def add(page: Page) -> None:
        content = page.content or ""
        known = _entries.get(page.url)
        if known is not None and known[0] == content:
            index.entries += known[1]
            return
        start = len(index.entries)
        read_page(page)
        _entries[page.url] = (content, index.entries[start:])

    index.add_entry_from_context = add
