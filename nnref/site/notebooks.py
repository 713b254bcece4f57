"""Notebook pages: executed by mkdocs-jupyter, shown like every other page.

mkdocs-jupyter runs a `py:percent` script and remembers the outcome. From its HTML only
the outputs of the cells are kept. The cells themselves go through the site's Markdown,
so math, links, listings and code look and behave as they do everywhere else, and the
page needs neither Jupyter's style sheet nor its scripts.
"""

import base64
import html
import re
import shutil
from itertools import groupby
from pathlib import Path

import jupytext
from bs4 import BeautifulSoup, Tag
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from nbformat import NotebookNode

from nnref.site.figures import image, slim

MARKER = "<!-- output of cell -->"
STREAMS = ("text/plain", "application/vnd.jupyter.stderr")


def is_notebook(file: File) -> bool:
    """Whether a file of the site is a notebook script."""
    return file.src_uri.startswith("notebooks/") and file.src_uri.endswith(".py")


def forget_other(cache: Path) -> None:
    """Delete the remembered outcomes of other states of the package."""
    for folder in cache.parent.glob("*"):
        if folder != cache:
            shutil.rmtree(folder)


def read(path: Path) -> NotebookNode:
    """Read a `py:percent` script as a notebook."""
    notebook: NotebookNode = jupytext.read(path, fmt="py:percent")
    return notebook


def page_content(executed: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Render a notebook page from its script and from its executed HTML.

    Raises:
        BuildError: If a cell has tags, if it draws a figure and has no text
            alternative, or if an output is of a kind that the site does not show.
    """
    cells = read(Path(str(page.file.abs_src_path))).cells
    if tagged := [cell for cell in cells if cell.metadata.get("tags")]:
        # Some tags let a cell fail, or not run at all.
        raise BuildError(f"{page.file.src_uri}: cells have no tags; got {tagged[0]}")
    page.markdown = "\n\n".join(_markdown(cell) for cell in cells)
    Page.render(page, config, files)
    shown = (page.content or "").split(MARKER)
    parts = [shown[0]]
    results = outputs(executed)
    sources = [cell for cell in cells if cell.cell_type == "code"]
    if not len(sources) == len(results) == len(shown) - 1:
        raise BuildError(
            f"{page.file.src_uri}: {len(sources)} code cells, but {len(results)} "
            f"in the executed notebook and {len(shown) - 1} on the page"
        )
    for cell, output, rest in zip(sources, results, shown[1:], strict=True):
        try:
            parts.append(output_html(output, cell.metadata.get("alt"), page.url))
        except ValueError as error:
            start = cell.source.partition("\n")[0]
            raise BuildError(f"{page.file.src_uri}, cell {start!r}: {error}") from None
        parts.append(rest)
    content = "".join(parts)
    if "description" not in page.meta:
        page.meta["description"] = html.escape(_first_sentence(content))
    return content


def _markdown(cell: NotebookNode) -> str:
    """One cell as Markdown; a code cell is followed by the place of its output."""
    if cell.cell_type == "markdown":
        return str(cell.source)
    fence = "`" * 6
    return f"{fence}python\n{cell.source}\n{fence}\n\n{MARKER}"


def outputs(executed: str) -> list[list[Tag]]:
    """The outputs of each code cell in the HTML of an executed notebook."""
    chunks = executed.split('<div class="jp-Cell jp-CodeCell jp-Notebook-cell')
    # Each code cell is wrapped twice in the same class; the outer wrapper is empty.
    cells = [chunk for chunk in chunks[1:] if "jp-Cell-inputWrapper" in chunk]
    result = []
    for chunk in cells:
        _, _, area = chunk.partition('<div class="jp-Cell-outputWrapper">')
        soup = BeautifulSoup(area, "html.parser")
        result.append(list(soup.select(".jp-OutputArea-output")))
    return result


def output_html(output: list[Tag], alt: str | None, url: str) -> str:
    """The outputs of one cell as the page at that address shows them.

    Raises:
        ValueError: If a figure has no text alternative, or the kind is not known.
    """
    kinds = groupby(output, key=lambda tag: str(tag.get("data-mime-type")))
    return "".join(_outputs_html(kind, [*tags], alt, url) for kind, tags in kinds)


def _outputs_html(kind: str, tags: list[Tag], alt: str | None, url: str) -> str:
    """Outputs of one kind in a row; a stream comes in pieces and is put together."""
    if kind in STREAMS:
        text = _final("".join((tag.find("pre") or tag).get_text() for tag in tags))
        return f'<pre class="nb-output" tabindex="0">{text}</pre>'
    if kind == "image/svg+xml":
        if not alt:
            raise ValueError('draws a figure: say what is seen, `# %% alt="..."`')
        if len(tags) > 1:
            raise ValueError("draws several figures; a cell has one text alternative")
        drawing = image(slim(_decoded(tags[0])), alt, url)
        return f'<figure class="drawing">{drawing}</figure>'
    if kind.startswith("image/"):
        raise ValueError(f"draws a figure as {kind}: draw it as SVG, by use_style()")
    raise ValueError(f"has an output of type {kind}, which the site does not show")


def _decoded(figure: Tag) -> str:
    image = figure.find("img")
    if not isinstance(image, Tag):
        raise ValueError("draws an SVG that is not an image")
    _, _, data = str(image["src"]).partition("base64,")
    return base64.b64decode(data).decode("utf-8")


def _final(text: str) -> str:
    """What a terminal shows in the end: a carriage return starts its line again."""
    lines = [line.rstrip("\r").split("\r")[-1] for line in text.split("\n")]
    return html.escape("\n".join(lines).strip("\n"))


def _first_sentence(content: str) -> str:
    paragraph = BeautifulSoup(content, "html.parser").find("p")
    text = " ".join(paragraph.get_text().split()) if paragraph else ""
    return re.split(r"(?<=[.!?]) ", text)[0]
