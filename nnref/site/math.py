r"""Math at build time: a Python-Markdown extension that turns LaTeX into MathML.

`pymdownx.arithmatex` finds the formulas (`$..$` in a line, `$$..$$` on lines of their
own) and marks them; this extension renders what it marked. The browser gets MathML and
needs no script. A formula that cannot be rendered, or that needs a character which the
site's math font lacks, is reported with file and line, and shows as a red box.

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
import unicodedata
import xml.etree.ElementTree as etree
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import math_core
from fontTools.ttLib import TTFont
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

# A child of MkDocs' logger, so that `mkdocs build --strict` counts what is logged here.
log = logging.getLogger("mkdocs.nnref.math")

# A comment that declares something about the formula below it.
DIRECTIVE = re.compile(r"<!--\s*nnref:\s*(.*?)\s*-->", re.DOTALL)
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


class MathError(ValueError):
    """A formula that cannot be shown; the message says why."""


def render(latex: str, *, display: bool = False) -> etree.Element:
    """Turn LaTeX into a MathML element that carries its source as an annotation.

    Raises:
        MathError: If the LaTeX cannot be read.
    """
    return etree.fromstring(_mathml(latex, display))


@cache
def _mathml(latex: str, display: bool) -> str:
    converter = math_core.LatexToMathML(annotation=True, fancy_error=False)
    try:
        mathml = converter.convert_with_local_state(latex, displaystyle=display)
    except math_core.LatexError as error:
        position, _, reason = str(error).strip().partition(": ")
        if not position.isdecimal():
            raise MathError(str(error).strip()) from None
        raise MathError(f"at character {int(position) + 1}: {reason}") from None
    # Entities are HTML's, not XML's. A variation selector asks for another drawing of a
    # calligraphic letter; the site's font has one.
    mathml = mathml.replace("&ApplyFunction;", "\N{FUNCTION APPLICATION}")
    return mathml.replace("\N{VARIATION SELECTOR-1}", "")


def characters(math: etree.Element) -> set[str]:
    """The characters that a MathML element needs from the font.

    A browser shows an `mi` of one letter by its mathematical-italic twin; invisible
    operators need no glyph.
    """
    needed: set[str] = set()
    for element in math.iter():
        if element.tag == "annotation" or not element.text:
            continue
        text = element.text.strip()
        if element.tag == "mi" and element.get("mathvariant") != "normal":
            text = _italic(text)
        needed.update(text)
    return {c for c in needed if not (c.isspace() or unicodedata.category(c) == "Cf")}


def _italic(text: str) -> str:
    if len(text) != 1:
        return text
    if text == "h":
        return "\N{PLANCK CONSTANT}"
    kind = "CAPITAL" if text.isupper() else "SMALL"
    name = unicodedata.name(text, "")
    for script in ("LATIN", "GREEK"):
        if name.startswith(f"{script} {kind} LETTER ") and " WITH " not in name:
            letter = name.removeprefix(f"{script} {kind} LETTER ")
            twin = f"MATHEMATICAL ITALIC {kind} {letter}"
            return unicodedata.lookup(twin)
    return text


@cache
def font_characters(font: str) -> frozenset[str]:
    """The characters that a font file has glyphs for."""
    with TTFont(font, lazy=True) as file:
        return frozenset(map(chr, file.getBestCmap()))


def linear(math: etree.Element) -> None:
    """Write fractions in a line, as a heading and its plain text want them: dJ/dw."""
    for fraction in [*math.iter("mfrac")]:
        parts = list(fraction)
        fraction.clear()
        fraction.tag = "mrow"
        for part in parts:
            if len(fraction):
                etree.SubElement(fraction, "mo").text = "/"
            if any(mo.text in "+-−±=" for mo in part.iter("mo") if mo.text):
                etree.SubElement(fraction, "mo").text = "("
                fraction.append(part)
                etree.SubElement(fraction, "mo").text = ")"
            else:
                fraction.append(part)


def level_primes(math: etree.Element) -> None:
    """Set a prime as large as its letter; fonts draw it raised already: g' not g^'."""
    for script in math.iter("msup"):
        exponent = script[1]
        if exponent.tag == "mo" and set(exponent.text or "") <= set("\u2032\u2033\u2034"):
            script.tag = "mrow"
            exponent.attrib.update(form="postfix", lspace="0", rspace="0")


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
        path = _page_path(self.md)
        if path is not None:
            _source.set(Source(path.read_text(encoding="utf-8"), path))
        elif (outer := _source.get()) is None or outer.path is None:
            _source.set(Source("\n".join(lines), None))
        return lines


def _page_path(md: Markdown) -> Path | None:
    # MkDocs registers a tree processor that knows the page's file.
    if "relpath" not in md.treeprocessors:
        return None
    file = getattr(md.treeprocessors["relpath"], "file", None)
    path = getattr(file, "abs_src_path", None)
    return None if path is None else Path(path)


def locate(latex: str, source: Source | None, others: Iterable[Path]) -> str:
    """Say where a formula stands, as `file:line`.

    The formula is looked up in the page and, as it may come from a docstring, in the
    Python files of the other folders.
    """
    # Lines of a page may be indented, quoted, or comments of a notebook script.
    lines = map(re.escape, map(str.strip, latex.splitlines()))
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

    def run(self, root: etree.Element) -> None:
        """Render every formula of the tree in place."""
        for parent, position, in_heading in [*_formulas(root)]:
            marked = parent[position]
            display = marked.tag == "div"
            text = (marked.text or "").strip()
            latex = (html.unescape(text) if display else text)[2:-2].strip()
            try:
                element = self.formula(latex, display=display, in_heading=in_heading)
            except MathError as error:
                where = locate(latex, _source.get(), self.docstrings)
                log.error(
                    "%s: the formula  %s  cannot be shown: %s", where, latex, error
                )
                element = error_box(latex, str(error), display=display)
            if display and self.directive_above(parent, position) == "fails":
                element = wrong_on_purpose(element)
            element.tail = marked.tail
            parent[position] = element if display else keep_together(element)

    def directive_above(self, parent: etree.Element, position: int) -> str | None:
        """What a comment directly above says: `fails` for `<!-- nnref: fails -->`."""
        above = (parent[position - 1].text or "") if position else ""
        stashed = HTML_PLACEHOLDER_RE.fullmatch(above.strip())
        if stashed is None:
            return None
        comment = str(self.md.htmlStash.rawHtmlBlocks[int(stashed.group(1))])
        directive = DIRECTIVE.fullmatch(comment.strip())
        return None if directive is None else directive.group(1)

    def formula(
        self, latex: str, *, display: bool, in_heading: bool = False
    ) -> etree.Element:
        """Render one formula, as it is put into the page.

        Raises:
            MathError: If it cannot be read, or needs a character the font lacks.
        """
        math = render(latex, display=display)
        if self.font:
            missing = characters(math) - font_characters(self.font)
            if missing:
                signs = ", ".join(f"{c} (U+{ord(c):04X})" for c in sorted(missing))
                raise MathError(
                    f"the math font has no {signs}: add it to .ci/subset-fonts"
                )
        level_primes(math)
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
    etree.SubElement(box, "span").text = f" {message}"
    return box


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
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Render after the inline patterns (20), before the table of contents (5)."""
        md.preprocessors.register(SourcePreprocessor(md), "nnref-source", 1000)
        processor = MathTreeprocessor(md, **self.getConfigs())
        md.treeprocessors.register(processor, "nnref-math", 15)


def makeExtension(**options: Any) -> MathExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return MathExtension(**options)
