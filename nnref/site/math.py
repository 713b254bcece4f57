r"""Math at build time: a Python-Markdown extension that turns LaTeX into MathML.

`pymdownx.arithmatex` finds the formulas (`$..$` in a line, `$$..$$` on lines of their
own) and marks them; this extension renders what it marked. The browser gets MathML and
needs no script. Reported with file and line, and shown as a red box, are a formula that
cannot be rendered and one that needs a character which the site's math font lacks;
reported as well is LaTeX that arithmatex did not take for a formula and that would
stand on the page as it was typed.

A comment above a displayed formula declares something about it: `<!-- nnref: fails -->`
marks it as wrong on purpose.

With the option `check`, `nnref.equations` executes every formula of the page, as the
pytest plugin does. A displayed one gets a mark that says what was checked, one that is
not as the page says gets a red box with the checker's message, and is reported. These
five lines of `mkdocs.yml` are all that another site needs; they work in MkDocs,
ProperDocs and Zensical:

```yaml
markdown_extensions:
  - pymdownx.arithmatex:
      generic: true
  - nnref.site.math:
      check: true
```

Each symbol of a formula has a card, see `nnref.site.symbols`. With the option
`notation`, the page that lists the letters, a symbol that has none is an error.
"""

import html
import logging
import re
import xml.etree.ElementTree as etree
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from nnref.equations.documents import Comment, has_relation, parse_comment
from nnref.equations.outcomes import Outcome
from nnref.equations.show import one_line
from nnref.site import assets, marks, symbols
from nnref.site.evidence import report, word
from nnref.site.mathml import (
    MathError,
    characters,
    font_characters,
    linear,
    plain,
    render,
)
from nnref.site.page import page_file, page_path
from nnref.site.verdicts import PageVerdicts, page_verdicts, shown

# A child of MkDocs' logger, so that `mkdocs build --strict` counts what is logged here.
log = logging.getLogger("mkdocs.nnref.math")

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
COMMENT = re.compile(r"<!--\s*nnref\b.*?(?:-->|$)", re.DOTALL | re.IGNORECASE)
IDS_OF_DOCSTRINGS = "mkdocstrings_ids"
FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|$)", re.DOTALL)
REFUTATIONS_OPEN = re.compile(r"^refutations:\s*open\s*$", re.MULTILINE)
# A first look, since most pages have nothing left over; the parser then looks closely.
HIDDEN = re.compile(r"<(pre|code|samp|script|style|math)\b.*?</\1>", re.DOTALL)
SOURCE = re.compile(r"\$|\\[()\[\]]|\\[A-Za-z]{2,}")


@dataclass
class Source:
    """The text in which a formula stands, and what is known of its formulas.

    Attributes:
        text: The text.
        path: The file that it came from.
        verdicts: What the checker finds of its formulas, if they are checked.
        docstrings: The same for each Python file whose docstrings the page shows.
        names: The ids that formulas have been given.
    """

    text: str
    path: Path | None = None
    verdicts: PageVerdicts | None = None
    docstrings: dict[Path, PageVerdicts] | None = None
    names: set[str] = field(default_factory=set)

    @property
    def refutations_open(self) -> bool:
        """Whether the page shows the refutations of wrong formulas unfolded."""
        front = FRONT_MATTER.match(self.text)
        return bool(front and REFUTATIONS_OPEN.search(front[1] or ""))


# The page that is being converted. Docstrings and captions are converted within a page
# by a Markdown instance that knows no file; they leave the page in place.
_source: ContextVar[Source | None] = ContextVar("source", default=None)


class SourcePreprocessor(Preprocessor):
    """Remembers which text is being converted, and has its formulas checked."""

    def __init__(self, md: Markdown, check: bool):
        """Note whether formulas are checked."""
        super().__init__(md)
        self.check = check
        self.is_inner = False

    def run(self, lines: list[str]) -> list[str]:
        """Note the text and, where the generator tells it, the file; change nothing."""
        path, outer = page_path(self.md), _source.get()
        # mkdocstrings hands the page's file on to the docstrings that it converts.
        is_docstring = IDS_OF_DOCSTRINGS in self.md.treeprocessors
        is_text = path is None and page_file(self.md) is None
        is_within = outer is not None and outer.path is not None
        self.is_inner = is_within and (is_docstring or is_text)
        if self.is_inner:
            return lines
        text = "\n".join(lines) if path is None else path.read_text("utf-8-sig")
        source = Source(text, path)
        _source.set(source)
        if self.check:
            source.verdicts, problems = page_verdicts(path, text)
            for problem in problems:
                log.error("no formula of this page is checked: %s", problem)
        return lines


def locate(latex: str, source: Source | None, others: Iterable[Path]) -> str:
    """Say where a formula or another piece of text stands, as `file:line`.

    It is looked up in the page and, as it may come from a docstring, in the Python
    files of the other folders.
    """
    # Lines of a page may be indented, quoted, or comments of a notebook script.
    lines = map(re.escape, map(str.strip, latex.strip().splitlines()))
    formula = re.compile(r"[ \t]*\n[ \t>#]*".join(lines))
    candidates = [(source.text, source.path)] if source else []
    for folder in others:
        for path in sorted(folder.rglob("*.py")):
            candidates.append((path.read_text(encoding="utf-8"), path))
    for text, place in candidates:
        if found := formula.search(text):
            line = text.count("\n", 0, found.start()) + 1
            return f"{_shown(place)}:{line}"
    return _shown(source.path if source else None)


def _shown(path: Path | None) -> str:
    return "<text>" if path is None else shown(path)


class MathTreeprocessor(Treeprocessor):
    """Replaces what arithmatex marked by MathML."""

    def __init__(
        self, md: Markdown, font: str, docstrings: list[str], check: bool, api: str
    ):
        """Take the options of the extension."""
        super().__init__(md)
        self.font = font
        self.docstrings = [Path(folder) for folder in docstrings]
        self.check = check
        self.links = marks.Links(api)

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
            name, found = self.outcome(latex, display=display)
            try:
                element = self.formula(latex, display=display, in_heading=in_heading)
            except MathError as error:
                self.report(latex, f"the formula  {latex}  cannot be shown: {error}")
                element = error_box(latex, str(error), display=display)
            else:
                if found is not None:
                    element = self.with_verdict(element, found, name, display=display)
            above = self.comment_above(parent, position) if display else None
            if above is not None and self.is_wrong(above):
                wrong.add(above)
                element = self.wrong_on_purpose(element, found)
            if parent.tag == "th" and len(parent) == 1 and not parent.text:
                name_heading(parent, element)
            element.tail = marked.tail
            parent[position] = element if display else keep_together(element)
        self.check_comments(wrong)

    def outcome(self, latex: str, *, display: bool) -> tuple[str, Outcome | None]:
        """What the checker finds of a formula, and the id that it gets on the page."""
        source = _source.get()
        if source is None or source.verdicts is None:
            return "", None
        stem, taken = "", source.verdicts.take(latex, display=display)
        if taken is None:
            if not has_relation(latex):
                return "", None
            documented = documented_name(self.md)
            files = self.docstring_verdicts(source)
            # The same formula may stand in several modules: first in its own.
            for path in sorted(files, key=lambda x: not is_module_of(x, documented)):
                taken = files[path].take(latex, display=display)
                if taken is not None:
                    stem = f"{path.stem}-"
                    break
            else:
                log.warning(
                    "%s: not checked, since it stands in no file that is read: %s",
                    *(_shown(source.path), one_line(latex)),
                )
                return "", None
        number, found = taken
        name = f"formula-{stem}{number}"
        while name in source.names:
            name += "-again"
        if display:
            source.names.add(name)
        return name, found

    def docstring_verdicts(self, source: Source) -> dict[Path, PageVerdicts]:
        """The verdicts on formulas in docstrings, which a page may show."""
        if source.docstrings is None:
            source.docstrings = {}
            for folder in self.docstrings:
                for path in sorted(folder.rglob("*.py")):
                    if "$" in path.read_text(encoding="utf-8"):
                        source.docstrings[path], _ = page_verdicts(path.absolute(), "")
        return source.docstrings

    def with_verdict(
        self, element: etree.Element, found: Outcome, name: str, *, display: bool
    ) -> etree.Element:
        """Mark a formula, or put what is wrong with it in its place."""
        formula, kind = found.formula, word(found)
        where = f"{formula.file}:{found.line}"
        if kind in ("failed", "unchecked"):
            verdict = found.verdict.verdict
            lines = [f"{where}: {verdict}: {one_line(formula.latex)}", *report(found)]
            level = logging.ERROR if kind == "failed" else logging.WARNING
            log.log(level, "%s", "\n  ".join(lines))
        if kind == "failed":
            return marks.failed(found, where, display=display)
        return marks.block(element, found, name, self.links) if display else element

    def wrong_on_purpose(
        self, element: etree.Element, found: Outcome | None
    ) -> etree.Element:
        """Mark a formula that is declared wrong, with what the checker says of it."""
        kind = None if found is None else word(found)
        if kind == "failed":
            return element  # it is not refuted
        figure = wrong_on_purpose(element)
        if found is not None and kind == "refuted":
            source = _source.get()
            is_open = source is not None and source.refutations_open
            figure.append(marks.refutation(found, is_open=is_open))
        return figure

    def comment_above(self, parent: etree.Element, position: int) -> int | None:
        """The number of the comment directly above, in the stash of raw HTML."""
        above = (parent[position - 1].text or "") if position else ""
        stashed = HTML_PLACEHOLDER_RE.fullmatch(above.strip())
        return None if stashed is None else int(stashed.group(1))

    def is_wrong(self, number: int) -> bool:
        """Whether the comment with that number says that a formula is wrong."""
        found = COMMENT.fullmatch(str(self.md.htmlStash.rawHtmlBlocks[number]).strip())
        return found is not None and declaration(found[0]) == Comment("fails", "", {})

    def check_comments(self, wrong: set[int]) -> None:
        """Report comments to us that say nothing known, or mark nothing."""
        for number, block in enumerate(self.md.htmlStash.rawHtmlBlocks):
            for found in COMMENT.finditer(str(block)):
                comment, trouble = found[0], ""
                if declaration(comment) is None:
                    trouble = "declares nothing that is known"
                elif self.is_wrong(number) and number not in wrong:
                    trouble = "has no displayed formula below it"
                if trouble:
                    self.report(comment, f"{comment} {trouble}")

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


def documented_name(md: Markdown) -> str:
    """The object whose docstring mkdocstrings has converted, `nnref.losses.f`."""
    if IDS_OF_DOCSTRINGS not in md.treeprocessors:
        return ""
    prefix: str = getattr(md.treeprocessors[IDS_OF_DOCSTRINGS], "id_prefix", "")
    return prefix.removesuffix("--")


def is_module_of(path: Path, name: str) -> bool:
    """Whether a Python file is the module of an object."""
    parts = path.with_suffix("").parts
    module = [*parts[:-1]] if parts[-1] == "__init__" else [*parts]
    return any(
        name == ".".join(module[start:])
        or name.startswith(".".join(module[start:]) + ".")
        for start in range(len(module))
    )


def declaration(comment: str) -> Comment | None:
    """What a comment declares, None if that is not known."""
    try:
        return parse_comment(comment.removeprefix("<!--").removesuffix("-->"))
    except ValueError:
        return None


def _formulas(root: etree.Element) -> Iterator[tuple[etree.Element, int, bool]]:
    """Parent, position and whether it stands in a heading, for each marked formula."""
    stack = [(root, False)]
    while stack:
        parent, in_heading = stack.pop()
        below = []
        for position, child in enumerate(parent):
            if child.get("class") == "arithmatex":
                yield parent, position, in_heading
            else:
                below.append((child, in_heading or child.tag in HEADINGS))
        stack += reversed(below)


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


class TargetTreeprocessor(Treeprocessor):
    """Lets each mark name its panel, whatever others have made of the panel's id.

    mkdocstrings puts the name of the function before all ids of a docstring.
    """

    def run(self, root: etree.Element) -> None:
        """Set the targets, when all ids are as they stay."""
        for formula in root.iter("div"):
            if formula.get("class") == "nnref-formula":
                _, button, panel = formula
                for attribute in ("popovertarget", "interestfor"):
                    button.set(attribute, panel.get("id", ""))


class AssetsPostprocessor(Postprocessor):
    """Puts style sheets and scripts at the end of a page that needs them."""

    def __init__(self, md: Markdown, source: SourcePreprocessor):
        """Take the processor that knows what is converted."""
        super().__init__(md)
        self.source = source

    def run(self, text: str) -> str:
        """Append what a page with marks needs; not to docstrings and captions."""
        # Headings come here as well, by themselves; they may have symbols.
        if self.source.is_inner or not re.search('class="nnref-(?!symbol)', text):
            return text
        return f"{text}\n{assets.inline()}"


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
            "cards": [True, "Whether symbols have cards that explain them."],
            "notation": ["", "Page that lists the letters; none: no card is missed."],
            "check": [False, "Whether formulas are executed."],
            "api": [
                "",
                "Where functions of nnref are documented: `autoref`, an address, or "
                "nowhere.",
            ],
            "assets": [
                "inline",
                "`inline`: styles and scripts go into the pages; `linked`: not, since "
                "the site links them.",
            ],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Render after the inline patterns (20), before the table of contents (5)."""
        options = self.getConfigs()
        assets_option = options.pop("assets")
        source = SourcePreprocessor(md, options["check"])
        md.preprocessors.register(source, "nnref-source", 1000)
        cards, notation = options.pop("cards"), options.pop("notation")
        math = MathTreeprocessor(md, **options)
        if cards:
            symbols.register(md, notation, math.report)
        md.treeprocessors.register(math, "nnref-math", 15)
        md.treeprocessors.register(TargetTreeprocessor(md), "nnref-targets", -10)
        md.postprocessors.register(LeftoverPostprocessor(md, math), "nnref-left", -10)
        if assets_option == "inline":
            md.postprocessors.register(
                AssetsPostprocessor(md, source), "nnref-assets", -20
            )


def makeExtension(**options: Any) -> MathExtension:
    """Return the extension, as Python-Markdown asks for it."""
    return MathExtension(**options)
