r"""Math at build time: a Python-Markdown extension that turns LaTeX into MathML.

`pymdownx.arithmatex` finds the formulas (`$..$` in a line, `$$..$$` on lines of their
own) and marks them; this extension renders what it marked. The browser gets MathML and
needs no script. Reported with file and line, and shown as a red box, are a formula that
cannot be rendered and one that needs a character which the site's math font lacks;
reported as well is LaTeX that arithmatex did not take for a formula and that would
stand on the page as it was typed.

A comment above a displayed formula declares something about it: `<!-- nnref: fails -->`
marks it as wrong on purpose.

In `mkdocs.yml`:

```yaml
markdown_extensions:
  - pymdownx.arithmatex:
      generic: true
  - nnref.site.math:
      font: docs/assets/fonts/stix-two-math.woff2
```
"""

import html
import logging
import re
import xml.etree.ElementTree as etree
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from nnref.site import symbols
from nnref.site.mathml import (
    MathError,
    characters,
    font_characters,
    linear,
    plain,
    render,
)
from nnref.site.page import page_file

# A child of MkDocs' logger, so that `mkdocs build --strict` counts what is logged here.
log = logging.getLogger("mkdocs.nnref.math")

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
COMMENT = re.compile(r"<!--\s*nnref\b.*?(?:-->|$)", re.DOTALL | re.IGNORECASE)
MODELS = ("logistic", "shallow", "deep")
# What a comment may declare: of the formula below it, or the model of a page.
DIRECTIVE = re.compile(
    r"<!--\s*nnref:\s*"
    rf"(fails|definition|skip\s\S.*?|model=(?:{'|'.join(MODELS)})(?:\s+\w+=[\w,:]+)*)"
    r"\s*-->",
    re.DOTALL,
)
# A first look, since most pages have nothing left over; the parser then looks closely.
HIDDEN = re.compile(r"<(pre|code|samp|script|style|math)\b.*?</\1>", re.DOTALL)
SOURCE = re.compile(r"\$|\\[()\[\]]|\\[A-Za-z]{2,}")


class Source(NamedTuple):
    """The text in which a formula stands, and the file that it came from."""

    text: str
    path: Path | None


# The page that is being converted. Docstrings and captions are converted within a page
# by a Markdown instance that knows no file; they leave the page in place.
_source: ContextVar[Source | None] = ContextVar("source", default=None)


class SourcePreprocessor(Preprocessor):
    """Remembers which text is being converted."""

    def run(self, lines: list[str]) -> list[str]:
        """Note the text and, where MkDocs tells it, the file; change nothing."""
        file = page_file(self.md)
        if file is not None:
            path = Path(file.abs_src_path)
            _source.set(Source(path.read_text(encoding="utf-8"), path))
        elif (outer := _source.get()) is None or outer.path is None:
            _source.set(Source("\n".join(lines), None))
        return lines


def locate(latex: str, source: Source | None, others: Iterable[Path]) -> str:
    """Say where a formula or another piece of text stands, as `file:line`.

    It is looked up in the page and, as it may come from a docstring, in the Python
    files of the other folders.
    """
    # Lines of a page may be indented, quoted, or comments of a notebook script.
    lines = map(re.escape, map(str.strip, latex.strip().splitlines()))
    formula = re.compile(r"[ \t]*\n[ \t>#]*".join(lines))
    candidates = [source] if source else []
    for folder in others:
        for path in sorted(folder.rglob("*.py")):
            candidates.append(Source(path.read_text(encoding="utf-8"), path))
    for candidate in candidates:
        if found := formula.search(candidate.text):
            line = candidate.text.count("\n", 0, found.start()) + 1
            return f"{_shown(candidate.path)}:{line}"
    return _shown(source.path if source else None)


def _shown(path: Path | None) -> str:
    if path is None:
        return "<text>"
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


class MathTreeprocessor(Treeprocessor):
    """Replaces what arithmatex marked by MathML."""

    def __init__(self, md: Markdown, font: str, docstrings: list[str]):
        """Take the options of the extension."""
        super().__init__(md)
        self.font = font
        self.docstrings = [Path(folder) for folder in docstrings]

    def report(self, text: str, message: str) -> None:
        """Log an error with the place of the text that it is about."""
        where = locate(text, _source.get(), self.docstrings)
        log.error("%s: %s", where, message)

    def run(self, root: etree.Element) -> None:
        """Render every formula of the tree in place."""
        wrong: set[int] = set()
        for parent, position, in_heading in [*_formulas(root)]:
            marked = parent[position]
            display = marked.tag == "div"
            text = (marked.text or "").strip()
            latex = (html.unescape(text) if display else text)[2:-2].strip()
            try:
                element = self.formula(latex, display=display, in_heading=in_heading)
            except MathError as error:
                self.report(latex, f"the formula  {latex}  cannot be shown: {error}")
                element = error_box(latex, str(error), display=display)
            above = self.comment_above(parent, position) if display else None
            if above is not None and self.directive(above) == "fails":
                wrong.add(above)
                element = wrong_on_purpose(element)
            if parent.tag == "th" and len(parent) == 1 and not parent.text:
                name_heading(parent, element)
            element.tail = marked.tail
            parent[position] = element if display else keep_together(element)
        self.check_comments(wrong)

    def comment_above(self, parent: etree.Element, position: int) -> int | None:
        """The number of the comment directly above, in the stash of raw HTML."""
        above = (parent[position - 1].text or "") if position else ""
        stashed = HTML_PLACEHOLDER_RE.fullmatch(above.strip())
        return None if stashed is None else int(stashed.group(1))

    def directive(self, number: int) -> str | None:
        """What the comment with that number declares."""
        comment = str(self.md.htmlStash.rawHtmlBlocks[number])
        found = DIRECTIVE.fullmatch(comment.strip())
        return None if found is None else found.group(1)

    def check_comments(self, wrong: set[int]) -> None:
        """Report comments to us that say nothing known, or mark nothing."""
        for number, block in enumerate(self.md.htmlStash.rawHtmlBlocks):
            for comment in COMMENT.findall(str(block)):
                declared = self.directive(number)
                if declared is None:
                    self.report(comment, f"{comment} declares nothing that is known")
                elif declared == "fails" and number not in wrong:
                    self.report(comment, f"{comment} has no displayed formula below it")

    def formula(
        self, latex: str, *, display: bool, in_heading: bool = False
    ) -> etree.Element:
        """Render one formula, as it is put into the page.

        Raises:
            MathError: If it cannot be read, or needs a character the font lacks.
        """
        math = render(latex, display=display)
        symbols.collect(math, latex)
        if self.font:
            missing = characters(math) - font_characters(self.font)
            if missing:
                signs = ", ".join(f"{c} (U+{ord(c):04X})" for c in sorted(missing))
                raise MathError(
                    f"the math font has no {signs}: add it to .ci/subset-fonts"
                )
        if in_heading:
            linear(math)
            semantics = math.find("semantics")
            if semantics is not None:
                math[:] = [semantics[0]]
        for annotation in math.iter("annotation"):
            annotation.set("data-search-exclude", "")
        if not display:
            return math
        # Wide formulas scroll; what scrolls must be reachable by the keyboard.
        block = etree.Element("div", {"class": "math", "tabindex": "0"})
        block.append(math)
        return block


def _formulas(root: etree.Element) -> Iterator[tuple[etree.Element, int, bool]]:
    """Parent, position and whether it stands in a heading, for each marked formula."""
    stack = [(root, False)]
    while stack:
        parent, in_heading = stack.pop()
        for position, child in enumerate(parent):
            if child.get("class") == "arithmatex":
                yield parent, position, in_heading
            else:
                stack.append((child, in_heading or child.tag in HEADINGS))


def keep_together(formula: etree.Element) -> etree.Element:
    """Keep punctuation on the line of the formula that it follows."""
    tail = formula.tail or ""
    rest = tail.lstrip(".,;:!?)")
    if rest == tail:
        return formula
    together = etree.Element("span", {"class": "math-inline"})
    formula.tail = tail[: len(tail) - len(rest)]
    together.append(formula)
    together.tail = rest
    return together


def name_heading(heading: etree.Element, formula: etree.Element) -> None:
    """Give a table heading that is a formula alone a name in plain text.

    Not every reader of a screen finds a name in MathML.
    """
    name = etree.SubElement(heading, "span", {"class": "math-name"})
    name.text = plain(formula)
    formula.set("aria-hidden", "true")


def wrong_on_purpose(formula: etree.Element) -> etree.Element:
    """Mark a formula that the page shows because it is wrong; not by colour alone."""
    figure = etree.Element("figure", {"class": "math-wrong"})
    etree.SubElement(figure, "figcaption").text = "\N{BALLOT X} Wrong on purpose"
    figure.append(formula)
    return figure


def error_box(latex: str, message: str, *, display: bool) -> etree.Element:
    """A red box with the formula's source and what is wrong with it."""
    box = etree.Element("div" if display else "span", {"class": "math-error"})
    etree.SubElement(box, "code").text = latex
    etree.SubElement(box, "samp").text = f" {message}"
    return box


class LeftoverParser(HTMLParser):
    """Finds LaTeX that stands on a page as it was typed."""

    HIDING = ("code", "pre", "samp", "script", "style", "math")
    ATTRIBUTES = ("alt", "title", "aria-label")

    def __init__(self) -> None:
        """Keep entities apart: `&#36;` is a dollar sign that is meant."""
        super().__init__(convert_charrefs=False)
        self.hidden = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the attributes that are shown or spoken."""
        self.hidden += tag in self.HIDING
        for name, value in attrs:
            if name in self.ATTRIBUTES and not self.hidden:
                self.handle_data(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self.hidden = max(0, self.hidden - (tag in self.HIDING))

    def handle_data(self, data: str) -> None:
        """Read the text that a reader sees."""
        if not self.hidden and SOURCE.search(data):
            self.found.append(data.strip())


class LeftoverPostprocessor(Postprocessor):
    """Reports LaTeX that arithmatex did not take for a formula."""

    def __init__(self, md: Markdown, math: MathTreeprocessor):
        """Take the processor that knows where a text stands."""
        super().__init__(md)
        self.math = math

    def run(self, text: str) -> str:
        """Look through the finished page; change nothing."""
        if not SOURCE.search(HIDDEN.sub("", text)):
            return text
        parser = LeftoverParser()
        parser.feed(text)
        for left in parser.found:
            found = SOURCE.search(left)
            start = left.rfind("\n", 0, found.start() if found else 0) + 1
            line = left[start:].splitlines()[0]
            self.math.report(
                re.sub(r"\\[()]", "$", line),  # arithmatex has been at attributes
                f"LaTeX is left as it was typed: {line!r}. A displayed formula stands "
                "between $$ on lines of their own with empty lines around; "
                "for a dollar sign write &#36;",
            )
        return text


class MathExtension(Extension):
    """Registers the parts; see the module's docstring for the options."""

    def __init__(self, **options: Any):
        """Take the options, as Python-Markdown passes them."""
        self.config = {
            "font": [
                "",
                "Font file that must have every character; none: not checked.",
            ],
            "docstrings": [[], "Folders whose docstrings are shown on pages."],
            "notation": ["", "Page that lists the letters; none: no card is missed."],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Render after the inline patterns (20), before the table of contents (5)."""
        md.preprocessors.register(SourcePreprocessor(md), "nnref-source", 1000)
        options = self.getConfigs()
        notation = options.pop("notation")
        math = MathTreeprocessor(md, **options)
        symbols.register(md, notation, math.report)
        md.treeprocessors.register(math, "nnref-math", 15)
        md.postprocessors.register(LeftoverPostprocessor(md, math), "nnref-left", -10)


def makeExtension(**options: Any) -> MathExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return MathExtension(**options)
