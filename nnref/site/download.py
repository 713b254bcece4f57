r"""Notebooks for download: a page of the site as an .ipynb file.

The text of a page becomes cells of text, and each snippet a cell of code, in the order
of the page. Nothing is stored below a cell: its output is got by running it. What only
the site can show is put into the words of Jupyter's Markdown:

- a figure is a picture in the cell itself, so that the file needs nothing beside it.
  (An SVG as an attachment is refused by JupyterLab, and the functions that draw the
  figures are not part of the package.)
- a listing is a block of text, not a cell: the notebook imports the function.
- a formula that is wrong on purpose says so, since Jupyter knows no red box.
- links lead to the published site. If it has no address, they are plain words.

A notebook script of the site becomes such a file as well.
"""

import base64
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode

from nnref.site import figures, listing

_nbformat: Any = nbformat  # without types

REFERENCE = "reference/api.md"
WRONG = "**\N{BALLOT X} Wrong on purpose:**"

FENCE = re.compile(r"(?P<indent> *)(?P<ticks>`{3,})(?P<info>.*)")
# A note, or one that is folded.
NOTE = re.compile(r' *(?:!!!|\?\?\?\+?) +(?P<kind>\w+)(?: +"(?P<title>.*)")?')
HEADING = re.compile(r"#{1,6} ")
DOCUMENTED = re.compile(r"::: (?P<name>[\w.]+)")
# Lines that only arrange the page.
LAYOUT = re.compile(r"\s*(?:<div\b.*>|</div>)\s*")

_CODE = r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
_MATH = r"\$\$.+?\$\$|\$[^$]+\$"
_WORDS = r"(?:`[^`]*`|\$[^$]*\$|[^\]`$])*"
# What may stand in a text, the first that fits: code and formulas stay as they are.
INLINE = re.compile(
    rf"(?P<code>{_CODE})|(?P<math>{_MATH})"
    r"|<!--\s*nnref:\s*(?P<comment>\w+).*?-->|<!--.*?-->"
    rf"|(?<!!)\[(?P<words>{_WORDS})\](?:\((?P<target>[^)\s]+)\)|\[(?P<name>[\w.]*)\])"
    r"|[ ]*\{:?[ ]*[#.][\w-][^}]*\}",  # attributes
    re.DOTALL,
)
# What needs more than NumPy: drawings, the site's own modules, and the data sets that
# come with scikit-learn.
NEEDS_DOCS = re.compile(
    r"\bmatplotlib\b|\bsklearn\b|\bnnref\.site\b|\b(?:breast_cancer|digits)\("
)
NEEDS_PROGRESS = re.compile(r"\btqdm\b|\bprogress=True\b")
NEEDS_TORCH = re.compile(r"\btorch\b")


@dataclass(frozen=True)
class Place:
    """Where a page stands, and where its links lead."""

    uri: str  # of the page's source, such as `deep-network/forward.md`
    urls: dict[str, str] = field(default_factory=dict)  # of all pages, by their source
    site: str = ""  # address of the published site; it ends with a slash
    repository: str = ""

    def address(self, target: str) -> str | None:
        """The address that a link leads to, or None if it has none."""
        if re.match(r"[a-z]+:", target):
            return target
        path, sign, anchor = target.partition("#")
        uri = posixpath.normpath(posixpath.join(posixpath.dirname(self.uri), path))
        url = self.urls.get(uri if path else self.uri)
        if url is None or not self.site:
            return None
        return f"{self.site}{url.removeprefix('./')}{sign}{anchor}"

    def documented(self, name: str) -> str | None:
        """The address of a function in the API reference."""
        return Place(REFERENCE, self.urls, self.site).address(f"#{name}")


def uri(source: str) -> str:
    """Where the notebook of a page stands in the site: beside the page."""
    return PurePosixPath(source).with_suffix(".ipynb").as_posix()


def from_page(markdown: str, place: Place) -> str | None:
    """A page as an .ipynb file, the same at each build; None if it has no snippet.

    Args:
        markdown: The page's source, without front matter.
        place: Where the page stands.
    """
    pieces = [*_cells(markdown, place)]
    if not any(is_code for is_code, _ in pieces):
        return None
    return _written([_cell(is_code, text) for is_code, text in pieces], place)


def from_script(notebook: NotebookNode, place: Place) -> str:
    """A notebook of the site as an .ipynb file, without outputs, the same each time.

    Args:
        notebook: The notebook as it was read from its script.
        place: Where the script stands.
    """
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cells.append(_cell(True, cell.source))
            cells[-1]["metadata"] = cell.metadata  # what is seen in a figure
        else:
            text = "\n".join(_text(cell.source.split("\n"), place))
            cells.append(_cell(False, text.strip("\n")))
    return _written(cells, place)


def _cell(is_code: bool, text: str) -> NotebookNode:
    version: Any = _nbformat.v4
    cell: NotebookNode = (
        version.new_code_cell(text) if is_code else version.new_markdown_cell(text)
    )
    return cell


def _written(cells: list[NotebookNode], place: Place) -> str:
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    first = cells[0] if cells[0].cell_type == "markdown" else None
    title, end, rest = first.source.partition("\n") if first else ("", "", "")
    if first is not None and title.startswith("# "):
        first["source"] = f"{title}\n\n{_needs(code, place)}\n{end}{rest.lstrip()}"
    else:
        cells.insert(0, _cell(False, _needs(code, place)))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # nbformat draws one at random
        cell["source"] = cell.source.rstrip("\n")
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = _nbformat.v4.new_notebook(
        cells=cells,
        metadata={"kernelspec": python, "language_info": {"name": "python"}},
        nbformat_minor=5,
    )
    _nbformat.validate(notebook)
    return f"{_nbformat.writes(notebook)}\n"


def extras(code: str) -> str:
    """The extras of `nnref` that code needs, in brackets; nothing if it needs none."""
    needed = []
    if NEEDS_DOCS.search(code):  # it includes the progress bar
        needed.append("docs")
    elif NEEDS_PROGRESS.search(code):
        needed.append("progress")
    if NEEDS_TORCH.search(code):
        needed.append("torch")
    return f"[{','.join(needed)}]" if needed else ""


def _needs(code: str, place: Place) -> str:
    """What to install, and where the page itself stands."""
    address = place.address("")
    page = f"[a page of nnref]({address})" if address else "a page of nnref"
    option = extras(code)
    named = f"`nnref{option}`" if option else "`nnref`"
    if place.repository:
        where, what = "This installs", f'"nnref{option} @ git+{place.repository}"'
    else:
        where, what = "In a copy of its repository, this installs", f'".{option}"'
    return (
        f"*This notebook is {page}. It needs Python 3.11 or newer, Jupyter and "
        f"{named}. {where} them:*\n\n```console\npip install jupyterlab {what}\n```"
    )


def _cells(markdown: str, place: Place) -> Iterator[tuple[bool, str]]:
    """The cells of a page: whether it is code, and what stands in it."""
    text: list[str] = []  # of the cell of text that is open, ready
    lines: list[str] = []  # of the same, as they stand on the page

    def flush() -> Iterator[tuple[bool, str]]:
        """End the cell of text."""
        text.extend(_text(lines, place))
        if whole := "\n".join(text).strip("\n"):
            # Behind a cell of code, the rest of a list item would be taken for code.
            indent = len(whole) - len(whole.lstrip(" "))
            yield False, re.sub(rf"(?m)^ {{{indent}}}", "", whole)
        text.clear()
        lines.clear()

    was_output = False
    for line, fence in _lines(markdown):
        if fence is None:
            was_output = was_output or "pytest-codeblocks:expected-output" in line
            if HEADING.match(line):
                yield from flush()
            lines.append(line)
            continue
        info, body = fence
        if info == "python":
            yield from flush()
            yield True, body
        elif not was_output:
            text.extend(_text(lines, place))
            lines.clear()
            text.append(_shown(line, info, body, place))
        was_output = False
    yield from flush()


def _lines(markdown: str) -> Iterator[tuple[str, tuple[str, str] | None]]:
    """The lines of a page without what indents them in notes.

    A fence comes as a whole: the source of its lines, what stands behind the backticks
    and its content.
    """
    notes: list[int] = []  # how far the content of each open note is indented
    source = iter(markdown.split("\n"))
    for line in source:
        indent = len(line) - len(line.lstrip(" "))
        if line.strip():
            while notes and indent < notes[-1]:
                notes.pop()
        depth = notes[-1] if notes else 0
        if note := NOTE.fullmatch(line.rstrip()):
            notes.append(indent + 4)
            title = note["title"] or note["kind"].capitalize()
            # A folded solution gets a heading, which can be folded in Jupyter.
            shown = f"#### {title}" if "???" in line else f"**{title}**"
            yield from ((shown, None), ("", None))
        elif opener := FENCE.fullmatch(line.rstrip()):
            whole, body = [line[depth:]], []
            for inner in source:
                whole.append(inner[depth:])
                if re.fullmatch(rf" *{opener['ticks']}`*\s*", inner):
                    break
                body.append(inner[len(opener["indent"]) :])
            yield "\n".join(whole), (opener["info"].strip(), "\n".join(body))
        else:
            yield line[depth:], None


def _text(lines: list[str], place: Place) -> list[str]:
    """Lines of text, as Jupyter shows them."""
    kept = []
    for line in lines:
        if named := DOCUMENTED.fullmatch(line):
            kept.append(f"- [`{named['name']}`][{named['name']}]")
        elif not LAYOUT.fullmatch(line):
            kept.append(line)
    shown = INLINE.sub(lambda match: _inline(match, place), "\n".join(kept))
    # One empty line is enough where lines were left out.
    return re.sub(r"\n+(?=\n\n|\n\Z)", "", shown).split("\n")


def _inline(match: re.Match[str], place: Place) -> str:
    """What Jupyter shows for a piece of text."""
    if match["code"] or match["math"]:
        return match[0]
    if match["comment"]:
        return WRONG if match["comment"] == "fails" else ""
    if match["words"] is None:
        return ""
    words = match["words"]
    if match["target"]:
        address = place.address(match["target"])
    else:
        address = place.documented(match["name"] or words.strip("`"))
    return f"[{words}]({address})" if address else words


def _shown(source: str, info: str, body: str, place: Place) -> str:
    """A fence that is not run."""
    if info == "source":
        name = body.strip()
        (title,) = _text([f"[`{name}`][{name}]:"], place)
        try:
            code = listing.source(name)
        except listing.ListingError:  # reported where the page is rendered
            return f"{title}\n"
        return f"\n{title}\n\n```python\n{code}\n```\n"
    return _picture(body, place) if info == "figure" else source


def _picture(text: str, place: Place) -> str:
    """A figure, as a picture in the cell, and its caption."""
    try:
        fields = figures.fields(text)
        svg = figures.drawing(fields["function"])
    except figures.FigureError:  # reported where the page is rendered
        return ""
    # Its colours are those of the light palette, and Jupyter may be dark.
    paper = f'<rect width="100%" height="100%" fill="{figures.colours.paper}"/>'
    start = svg.index(">") + 1
    data = base64.b64encode(f"{svg[:start]}{paper}{svg[start:]}".encode()).decode()
    (caption,) = _text([fields["caption"]], place)
    return (
        f'\n<img alt="{escape(fields["alt"])}" '
        f'src="data:image/svg+xml;base64,{data}">\n\n*Figure:* {caption}\n'
    )
