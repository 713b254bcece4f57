r"""Finds the formulas of a file: Markdown, Jupyter notebooks, LaTeX, Python.

Each formula comes with the place where it stands and with what the file declares about
it. A declaration is a comment of its own, `<!-- nnref: fails -->` in Markdown and in
docstrings, `% nnref: fails` in LaTeX, `# nnref: fails` in Python:

- `fails`, `definition`, `given`, `skip REASON`: about the next formula;
- `model=deep g=tanh output=softmax L=3`: about all formulas from there on.

Markdown may name its model in the front matter as well, `nnref: {model: deep, L: 3}`.
A comment that says something unknown, or that has no formula below it, is an error.
Every scan is linear in the length of the text.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["display", "inline"]
Declared: TypeAlias = Literal["", "fails", "definition", "given", "skip"]

MODELS = ("auto", "logistic", "shallow", "deep")
# What can be declared of a model: the values in words, and as a pattern.
VALUES = {
    "model": (", ".join(MODELS), "|".join(MODELS)),
    "g": ("sigmoid, tanh, relu, leaky_relu", "sigmoid|tanh|relu|leaky_relu"),
    "output": ("sigmoid, softmax", "sigmoid|softmax"),
    "L": ("1 to 9", "[1-9]"),
    "n_L": ("1 to 9", "[1-9]"),
    "labels": ("binary", "binary"),
    "numbers": ("names, as in u,v", r"[A-Za-z]\w*(,[A-Za-z]\w*)*"),
    "arrays": (
        "names and shapes, as in P:3x4,Q:4x2",
        r"[A-Za-z]\w*:[1-9]\d?x[1-9]\d?(,[A-Za-z]\w*:[1-9]\d?x[1-9]\d?)*",
    ),
}
SUFFIXES = (".md", ".markdown", ".ipynb", ".tex", ".py")
# Environments that are formulas by themselves.
ENVIRONMENTS = {
    name + star
    for name in (
        *("equation", "align", "gather", "multline", "eqnarray", "flalign"),
        *("alignat", "displaymath", "math"),
    )
    for star in ("", "*")
}
# TeX shows what stands in these as it is typed, or not at all.
VERBATIM = "verbatim|Verbatim|lstlisting|minted|comment|filecontents"


@dataclass(frozen=True)
class Formula:
    """A formula of a file.

    Attributes:
        file: The file's name, as it was given.
        line: The line on which the LaTeX begins, from 1; of the cell in a notebook.
        column: The column in that line, from 1.
        latex: The LaTeX, without the dollar signs around it.
        kind: Whether it stands on lines of its own.
        declared: What is said about it, if anything.
        reason: Why it is skipped.
        model: The model in force; empty if none is declared.
        cell: The number of the notebook's cell, from 1.
        trouble: Why it cannot be read, if its end was not found.
        listing: The function of `nnref` whose source is shown beside it.
    """

    file: str
    line: int
    column: int
    latex: str
    kind: Kind
    declared: Declared = ""
    reason: str = ""
    model: Mapping[str, str] = field(default_factory=dict)
    cell: int | None = None
    trouble: str = ""
    listing: str = ""

    @property
    def is_checked(self) -> bool:
        """Whether there is something to check: a relation, or what is declared."""
        return bool(self.declared or self.trouble) or has_relation(self.latex)

    @property
    def place(self) -> str:
        """Where it stands: `notes.md:12`, or `lecture.ipynb:cell 3:2`."""
        return place(self.file, self.line, self.cell)


class Problem(NamedTuple):
    """Something in a file that is in the way of all checks."""

    line: int
    message: str
    cell: int | None = None


class DocumentError(ValueError):
    """A file cannot be used; the message names the file and each line.

    Attributes:
        problems: What is wrong.
    """

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        """Note the file and what is wrong with it."""
        self.problems = problems
        super().__init__(
            "\n".join(
                f"{place(file, line, cell) if line else file}: {message}"
                for line, message, cell in problems
            )
        )


def place(file: str, line: int, cell: int | None = None) -> str:
    """Name a line of a file, or of a cell in it."""
    return f"{file}:{line}" if cell is None else f"{file}:cell {cell}:{line}"


# What a formula has


# What stands as a subscript or superscript, relations of all kinds, and the rest.
PIECES = re.compile(
    r"(?P<script>[_^]\s*\{)|(?P<open>\{)|(?P<close>\})"
    r"|(?P<text>\\(?:text|mathrm|textbf|textit|operatorname|mbox|tag|label)\s*\{)"
    r"|(?P<relation>=|<|>|:|[≈≤≥≠∈←]"
    r"|\\(?:approx|simeq|thickapprox|equiv|coloneqq|gets|leftarrow|in|colon"
    r"|leq?|geq?|leqslant|geqslant|lt|gt|neq?)(?![A-Za-z]))"
    r"|\\(?:[A-Za-z]+|.)",
    re.DOTALL,
)


def has_relation(latex: str) -> bool:
    r"""Tell whether a formula says something, or only mentions a name.

    What stands in subscripts, as in $\sum_{i=1}^m$, and in words does not count.
    """
    inside: list[bool] = []  # of each open brace: whether it hides what is in it
    for piece in PIECES.finditer(latex):
        match piece.lastgroup:
            case "script" | "text":
                inside.append(True)
            case "open":
                inside.append(bool(inside) and inside[-1])
            case "close":
                if inside:
                    inside.pop()
            case "relation":
                if not (inside and inside[-1]):
                    return True
    return False


# What a comment declares


def parse_model(text: str) -> dict[str, str]:
    """Read what a comment says of the model: `model=deep g=tanh`.

    Raises:
        ValueError: If a key or a value is not known.
    """
    declared: dict[str, str] = {}
    for word in text.split():
        key, equals, value = word.partition("=")
        if not equals:
            raise ValueError(
                f"{word!r} is not known: write fails, definition, given, skip and a "
                "reason, or model=.. and its like"
            )
        check_entry(key, value)
        if key in declared:
            raise ValueError(f"{key} is given twice")
        declared[key] = value
    return declared


def check_entry(key: str, value: str) -> None:
    """Raise an error unless that can be declared of a model."""
    if key not in VALUES:
        raise ValueError(f"{key!r} is not known: there are {', '.join(VALUES)}")
    words, pattern = VALUES[key]
    if not re.fullmatch(pattern, value):
        raise ValueError(f"{key} is {value!r}: it can be {words}")


class Comment(NamedTuple):
    """What a comment declares: of the next formula, or of all that follow."""

    about: Declared
    reason: str
    model: dict[str, str]


def parse_comment(text: str) -> Comment | None:
    """Read a comment, without its signs; None if it is not meant for us.

    Raises:
        ValueError: If it says something that is not known.
    """
    words = text.strip()
    if not re.match(r"nnref\b", words, re.IGNORECASE):
        return None
    if not words.startswith("nnref:"):
        raise ValueError("a comment for nnref begins with `nnref:`")
    words = words.removeprefix("nnref:").strip()
    first, rest = [*words.split(maxsplit=1), "", ""][:2]
    match first:
        case "":
            raise ValueError("the comment says nothing")
        case "fails" | "definition" | "given" as about:
            if rest.strip():
                raise ValueError(f"nothing can follow {first}, but there is {rest!r}")
            return Comment(about, "", {})
        case "skip":
            if not rest.strip():
                raise ValueError("skip needs a reason: `nnref: skip REASON`")
            return Comment("skip", " ".join(rest.split()), {})
    return Comment("", "", parse_model(words))


# Texts, and what is found in them


@dataclass(frozen=True)
class Text:
    """A text that is searched, and where its parts stand in the file.

    Attributes:
        text: The text.
        pieces: For each piece, where it begins in the text and in the file.
        cell: The number of the notebook's cell.
        indented_code: Whether four spaces make a block of code.
    """

    text: str
    pieces: tuple[tuple[int, int], ...] = ((0, 0),)
    cell: int | None = None
    indented_code: bool = True

    def offset(self, at: int) -> int:
        """Return the place in the file of a place in the text."""
        start, there = self.pieces[bisect_right(self.pieces, (at, 1 << 62)) - 1]
        return there + at - start


class Found(NamedTuple):
    """A formula in a text, or what tells something about formulas.

    That is a comment, the start or the end of a block of HTML, or the name of a
    function that is listed.
    """

    start: int
    end: int
    kind: Kind | Literal["comment", "block", "listing"]
    text: str
    trouble: str = ""


def formulas_in(file: str, content: str, suffix: str = ".md") -> list[Formula]:
    """Find the formulas of a file, with what is declared about them.

    Args:
        file: The file's name, for messages.
        content: What it holds.
        suffix: How its name ends, which says how it is read.

    Returns:
        The formulas, in order.

    Raises:
        DocumentError: If it cannot be read, or declares something unknown.
    """
    content = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    model: dict[str, str] = {}
    parts: Iterable[tuple[Text, Iterable[Found], str]]
    if suffix in (".md", ".markdown"):
        end, model = _front_matter(file, content)
        page = Text(content[end:], ((0, end),))
        parts = [(page, markdown(page.text), content)]
    elif suffix == ".ipynb":
        parts = [(x, markdown(x.text), x.text) for x in _notebook_cells(file, content)]
    elif suffix == ".tex":
        parts = [(Text(content), latex(content), content)]
    elif suffix == ".py":
        parts = [(text, found, content) for text, found in _python(file, content)]
    else:
        known = ", ".join(SUFFIXES)
        raise DocumentError(file, [Problem(0, f"its name ends in none of {known}")])
    return _declared(file, parts, model)


def read_document(path: str | Path, file: str | None = None) -> list[Formula]:
    """Read a file, and find its formulas.

    Args:
        path: Where it is.
        file: How to name it in messages.

    Returns:
        The formulas, in order.

    Raises:
        DocumentError: If it cannot be read, or declares something unknown.
    """
    path, file = Path(path), str(path) if file is None else file
    suffix = path.suffix.lower()
    if path.is_dir():
        raise DocumentError(file, [Problem(0, "it is a folder: give the files in it")])
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        message = (
            f"its name ends in none of {known}" if path.exists() else "no such file"
        )
        raise DocumentError(file, [Problem(0, message)])
    try:
        data = path.read_bytes()
    except OSError as error:
        message = "no such file" if isinstance(error, FileNotFoundError) else ""
        message = message or f"it cannot be read: {error.strerror}"
        raise DocumentError(file, [Problem(0, message)]) from None
    return formulas_in(file, decoded(file, data), suffix)


def decoded(file: str, data: bytes) -> str:
    """Return the text that bytes stand for.

    Raises:
        DocumentError: If they are no text.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"it is no text in UTF-8: see byte {error.start + 1}"
        raise DocumentError(file, [Problem(0, message)]) from None
    if "\0" in text:
        raise DocumentError(file, [Problem(0, "it is no text: it has null bytes")])
    return text


def _declared(
    file: str,
    parts: Iterable[tuple[Text, Iterable[Found], str]],
    model: dict[str, str],
) -> list[Formula]:
    """Tie each comment to the formula that it is about."""
    formulas: list[Formula] = []
    problems: list[Problem] = []
    pending: tuple[Comment, Problem] | None = None
    pairs = Pairs(formulas)
    for text, found, content in parts:
        lines = [0, *(match.end() for match in re.finditer("\n", content))]
        for item in found:
            start = item.start if text.cell else text.offset(item.start)
            line = bisect_right(lines, start)
            column = start - lines[line - 1] + 1
            if item.kind in ("block", "listing"):
                pairs.take(item)
                continue
            if item.kind in ("display", "inline"):
                kind: Kind = "display" if item.kind == "display" else "inline"
                about = pending[0] if pending else Comment("", "", {})
                pending = None
                formulas.append(
                    Formula(
                        *(file, line, column, item.text, kind),
                        *(about.about, about.reason, model, text.cell, item.trouble),
                    )
                )
                continue
            try:
                comment = parse_comment(item.text)
                if item.trouble and comment is not None:
                    raise ValueError(item.trouble)
            except ValueError as error:
                problems.append(Problem(line, str(error), text.cell))
                continue
            if comment is None:
                continue
            if comment.model:
                model = comment.model
                continue
            if pending:
                problems.append(pending[1])
            lost = f"no formula follows this comment, nnref: {comment.about}"
            pending = comment, Problem(line, lost, text.cell)
    if pending:
        problems.append(pending[1])
    if problems:
        raise DocumentError(file, problems)
    return formulas


class Pairs:
    """Ties the displayed formulas of a pair to the function that is shown beside them.

    A pair is a block `<div class="pair" markdown>` with a fence `source` in it.
    """

    def __init__(self, formulas: list[Formula]) -> None:
        """Take the list that formulas are added to."""
        self.formulas = formulas
        self.open: list[int | None] = []  # the first formula of each block
        self.listing = ""

    def take(self, item: Found) -> None:
        """Follow the blocks, and note a listing."""
        if item.kind == "listing":
            self.listing = item.text
        elif item.text != "</div>":
            is_pair = re.search(r"\bclass=\W?[^\"'>]*\bpair\b", item.text)
            self.open.append(len(self.formulas) if is_pair else None)
            self.listing = "" if is_pair else self.listing
        elif self.open:
            first = self.open.pop()
            if first is not None and self.listing:
                for place_of, formula in enumerate(self.formulas[first:], first):
                    if formula.kind == "display":
                        beside = replace(formula, listing=self.listing)
                        self.formulas[place_of] = beside


# Markdown


FENCE = re.compile(
    r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<sign>`{3,}|~{3,})(?P<info>[^\n]*)"
)
QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]+")
# What has indented content: admonitions, tabs, footnotes, definitions.
INDENTING = re.compile(r"!!!|\?\?\?|===|\[\^[^\]\n]+\]:|:[ \t]")
INLINE = re.compile(
    r"\\{1,2}[(\[]|\\begin\{(?P<environment>[A-Za-z]+\*?)\}|\\."
    r"|`+|<!--|(?P<block></div>|<div\b[^<>\n]{0,200}>)|<(?P<tag>pre|code|samp|kbd|script|style)\b|\$\$|\$`|\$",
    re.DOTALL | re.IGNORECASE,
)
LOOKS_LIKE_MATH = re.compile(r"[\\^_=]")


class Line(NamedTuple):
    """A line of Markdown.

    Attributes:
        start: Where it begins.
        content: Where it begins behind the signs of a quotation.
        end: Where it ends, before the newline.
        indent: How many spaces stand before its first letter.
        blank: Whether there is nothing on it.
    """

    start: int
    content: int
    end: int
    indent: int
    blank: bool


def _lines(text: str) -> list[Line]:
    lines = []
    start = 0
    for line in text.split("\n"):
        quote = QUOTE.match(line)
        content = quote.end() if quote else 0
        rest = line[content:].expandtabs(4)
        indent = len(rest) - len(rest.lstrip())
        end = start + len(line)
        lines.append(Line(start, start + content, end, indent, not rest.strip()))
        start = end + 1
    return lines


def markdown(text: str, indented_code: bool = True) -> list[Found]:
    """Find the formulas and the comments of a text in Markdown.

    Args:
        text: The text.
        indented_code: Whether four spaces make a block of code.

    Returns:
        What was found, in order.
    """
    return Scanner(text, indented_code).run()


class Scanner:
    """Goes through Markdown once, from its first line to its last."""

    def __init__(self, text: str, indented_code: bool) -> None:
        """Cut the text into lines."""
        self.source = text
        self.lines = _lines(text)
        self.starts = [line.start for line in self.lines]
        # The same text, with spaces for the signs of quotations.
        parts = []
        for line in self.lines:
            parts.append(" " * (line.content - line.start))
            parts.append(text[line.content : line.end + 1])
        self.text = "".join(parts)
        self.indented_code = indented_code
        self.found: list[Found] = []
        self.last_comment_end = text.rfind("-->")
        self.without_end: set[str] = set()  # tags that are not closed any more

    def run(self) -> list[Found]:
        """Return what was found."""
        number, after_blank = 0, True
        containers: list[int] = []  # how far the content of lists is indented
        while number < len(self.lines):
            line = self.lines[number]
            if line.blank:
                number, after_blank = number + 1, True
                continue
            if fence := self.fence(line):
                number, after_blank = self.fenced(number, fence), True
                continue
            if self.is_code(line, containers, after_blank):
                number += 1
                continue
            number, after_blank = self.paragraph(number, containers)
        return self.found

    def fence(self, line: Line) -> re.Match[str] | None:
        """Return the sign that opens a fence, if there is one on the line."""
        match = FENCE.match(self.text, line.content, line.end)
        if match and match["sign"][0] == "`" and "`" in match["info"]:
            return None
        return match

    def fenced(self, opener: int, fence: re.Match[str]) -> int:
        """Pass over a fence, and return the line behind it."""
        first = self.lines[opener]
        quoted = first.content > first.start
        sign = fence["sign"]
        for number in range(opener + 1, len(self.lines)):
            line = self.lines[number]
            body = self.text[line.content : line.end].strip()
            left = quoted and line.content == line.start
            closed = set(body) == {sign[0]} and len(body) >= len(sign)
            if closed or left:
                if fence["info"].split() == ["math"]:
                    self.formula(first.end, line.start, "display")
                if fence["info"].split() == ["figure"]:
                    at = self.text.find("caption:", first.end, line.start)
                    if at >= 0:
                        self.inline(at, line.start)
                if fence["info"].split() == ["source"]:
                    name = self.text[first.end : line.start].strip()
                    if re.fullmatch(r"nnref(\.\w+)+", name):
                        self.found.append(Found(first.end, line.start, "listing", name))
                return number if left else number + 1
        trouble = f"the fence {sign} is not closed: what is below it is not read"
        start = fence.start("sign")
        latex = self.text[start : first.end]
        self.found.append(Found(start, len(self.text), "display", latex, trouble))
        return len(self.lines)

    def is_code(self, line: Line, containers: list[int], after_blank: bool) -> bool:
        """Tell whether a line belongs to code by its indentation; follow the lists."""
        start = self.text[line.content : line.content + line.indent + 80].lstrip(" \t")
        item = ITEM.match(start)
        while containers and line.indent < containers[-1] and (after_blank or item):
            containers.pop()
        base = containers[-1] if containers else 0
        if self.indented_code and after_blank and line.indent >= base + 4:
            return True
        if item:
            containers.append(line.indent + item.end())
        elif INDENTING.match(start):
            containers.append(line.indent + 4)
        return False

    def paragraph(self, number: int, containers: list[int]) -> tuple[int, bool]:
        """Search lines without a blank one or a fence between them.

        Returns:
            The line to go on with, and whether it stands behind a blank one.
        """
        last = number
        while last + 1 < len(self.lines):
            after = self.lines[last + 1]
            if after.blank or self.fence(after):
                break
            last += 1
            self.is_code(after, containers, False)
        at, end = self.lines[number].content, self.lines[last].end
        while at < end:
            at = self.inline(at, end)
            if at > end:  # a comment, or HTML, that goes on behind a blank line
                last = bisect_right(self.starts, at) - 1
                while last + 1 < len(self.lines) and not self.lines[last].blank:
                    after = self.lines[last + 1]
                    if after.blank or self.fence(after):
                        break
                    last += 1
                end = self.lines[last].end
        return last + 1, False

    def inline(self, at: int, end: int) -> int:
        """Search a paragraph, and return where to go on."""
        ticks: dict[int, list[int]] | None = None
        missing: set[str] = set()  # ends that do not follow in this paragraph
        while match := INLINE.search(self.text, at, end):
            sign = match[0]
            at = match.end()
            if sign[0] == "`":
                if ticks is None:
                    ticks = _runs(self.text, match.start(), end)
                closers = ticks.get(len(sign), [])
                closer = bisect_left(closers, at)
                if closer < len(closers):
                    at = closers[closer] + len(sign)
            elif sign == "<!--":
                at = self.comment(match.start())
                if at > end:
                    return at
            elif match["block"]:
                self.found.append(Found(match.start(), at, "block", sign))
            elif match["tag"]:
                at = self.hidden(match)
                if at > end:
                    return at
            elif match["environment"]:
                at = self.environment(match, end, missing)
            elif sign in ("\\(", "\\[", "\\\\(", "\\\\["):
                closing = sign[:-1] + {"(": ")", "[": "]"}[sign[-1]]
                kind: Kind = "inline" if sign[-1] == "(" else "display"
                at = self.until(closing, at, end, kind, missing) or at
            elif sign == "$$":
                at = self.dollars(match.start(), end, missing)
            elif sign == "$`":
                at = self.until("`$", at, end, "inline", missing) or match.start() + 1
            elif sign == "$":
                at = self.dollar(match.start(), end)
        return end

    def until(
        self, closing: str, at: int, end: int, kind: Kind, missing: set[str]
    ) -> int | None:
        """Take what stands before a sign for a formula; return where it ends."""
        if closing in missing:
            return None
        closer = self.text.find(closing, at, end)
        while closer > at and closing[0] == "$" and self.text[closer - 1] == "\\":
            closer = self.text.find(closing, closer + 1, end)
        if closer < 0:
            missing.add(closing)
            return None
        self.formula(at, closer, kind)
        return closer + len(closing)

    def dollars(self, start: int, end: int, missing: set[str]) -> int:
        """Take the formula between double dollars."""
        after = self.until("$$", start + 2, end, "display", missing)
        if after is not None:
            return after
        line = self.lines[bisect_right(self.starts, start) - 1]
        if self.text[line.content : start].strip():
            return start + 2
        self.unclosed(start, end, "$$ is not closed before the next empty line")
        return end

    def environment(self, match: re.Match[str], end: int, missing: set[str]) -> int:
        r"""Take the formula between \begin and \end."""
        name = match["environment"]
        if name not in ENVIRONMENTS:
            return match.end()
        closing = rf"\end{{{name}}}"
        closer = -1 if closing in missing else self.text.find(closing, match.end(), end)
        if closer < 0:
            missing.add(closing)
            message = rf"\begin{{{name}}} is not closed before the next empty line"
            self.unclosed(match.start(), end, message)
            return end
        kind: Kind = "inline" if name == "math" else "display"
        self.formula(match.start(), closer + len(closing), kind)
        return closer + len(closing)

    def dollar(self, start: int, end: int) -> int:
        """Take what stands between single dollars, if it looks like a formula."""
        closer = self.text.find("$", start + 1, end)
        while closer > 0 and self.text[closer - 1] == "\\":
            closer = self.text.find("$", closer + 1, end)
        if closer < 0:
            return end
        body = self.text[start + 1 : closer]
        ticks = body.count("`")
        tight = not (body[:1].isspace() or body[-1:].isspace())
        amount = tight and self.text[closer + 1 : closer + 2].isdigit()
        code = ticks > 1 or (ticks and not tight)
        if (
            not body.strip()
            or amount
            or code
            or not (tight or LOOKS_LIKE_MATH.search(body))
        ):
            return start + 1
        self.formula(start + 1, closer, "inline")
        return closer + 1

    def comment(self, start: int) -> int:
        """Take a comment, and return where it ends."""
        if start > self.last_comment_end:
            rest = self.text[start + 4 : start + 80].partition("\n")[0]
            trouble = "the comment is not closed: --> is missing"
            self.found.append(Found(start, start + 4, "comment", rest, trouble))
            return start + 4
        end = self.text.find("-->", start + 2)
        body = self.text[start + 4 : end]
        self.found.append(Found(start, end + 3, "comment", body))
        return end + 3

    def hidden(self, match: re.Match[str]) -> int:
        """Pass over an element of HTML whose text is code."""
        tag = match["tag"].lower()
        if tag not in self.without_end:
            closing = re.compile(rf"</{tag}\s*>", re.IGNORECASE)
            if found := closing.search(self.text, match.end()):
                return found.end()
            self.without_end.add(tag)
        return match.end()

    def unclosed(self, start: int, end: int, trouble: str) -> None:
        """Note a formula whose end was not found."""
        latex = self.text[start:end].strip()
        self.found.append(Found(start, end, "display", latex, trouble))

    def formula(self, start: int, end: int, kind: Kind) -> None:
        """Note the formula between two places, without the space around it."""
        line = self.lines[bisect_right(self.starts, start) - 1]
        # `>` at the start of a line is a sign of quotation only within one.
        text = self.text if line.content > line.start else self.source
        latex = text[start:end]
        start += len(latex) - len(latex.lstrip())
        if latex.strip():
            self.found.append(Found(start, end, kind, latex.strip()))


def _runs(text: str, start: int, end: int) -> dict[int, list[int]]:
    """Return where runs of backticks begin, by their length."""
    runs: dict[int, list[int]] = {}
    for match in re.compile("`+").finditer(text, start, end):
        runs.setdefault(len(match[0]), []).append(match.start())
    return runs


FRONT = re.compile(r"---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
# A flow, a block on the lines below, or nothing that can be read.
ENTRY = re.compile(
    r"^nnref[ \t]*:[ \t]*(?P<value>.*)\n(?P<block>(?:[ \t]+.*\n)*)", re.M
)
# A line of YAML; others stand between two rules.
YAML = re.compile(r"[\w\"'.-]+[ \t]*:|[ \t#}\]-]|$")
PAIR = re.compile(r"[ \t]*([^:{},\n]+?)[ \t]*:[ \t]*([^{}\n]+?)[ \t]*$")


def _front_matter(file: str, content: str) -> tuple[int, dict[str, str]]:
    """Return where the front matter ends, and what it says of the model."""
    front = FRONT.match(content)
    if front is None:
        return 0, {}
    body = front[1] or ""
    if not all(YAML.match(line) for line in body.splitlines()):
        return 0, {}
    entry = ENTRY.search(body)
    if entry is None:
        return front.end(), {}
    line = content.count("\n", 0, front.start(1) + entry.start()) + 1
    value = entry["value"].partition(" #")[0].strip()
    if value:
        is_flow = value.startswith("{") and value.endswith("}")
        pairs = value[1:-1].split(",") if is_flow else [value]
    else:
        pairs = [x for x in entry["block"].splitlines() if x.strip()]
    model: dict[str, str] = {}
    for pair in pairs:
        match = PAIR.match(pair)
        try:
            if match is None:
                raise ValueError(
                    f"{pair.strip()!r} is not read: write nnref: {{model: deep}}"
                )
            key, known = (x.strip("\"'") for x in match.groups())
            check_entry(key, known)
        except ValueError as error:
            raise DocumentError(file, [Problem(line, str(error))]) from None
        model[key] = known
    return front.end(), model


# Notebooks


def _notebook_cells(file: str, content: str) -> Iterator[Text]:
    """Yield the cells of a Jupyter notebook that hold Markdown."""
    import json

    try:
        notebook = json.loads(content)
        sheets = notebook.get("worksheets", [notebook])
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        for number, cell in enumerate(cells, start=1):
            if cell["cell_type"] == "markdown":
                source = cell["source"]
                text = source if isinstance(source, str) else "".join(source)
                text = text.replace("\r\n", "\n").replace("\r", "\n")
                yield Text(text, cell=number)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = "it is no Jupyter notebook that can be read"
        raise DocumentError(file, [Problem(0, message)]) from None


# Python


CELL = re.compile(r"^#[ \t]*%%(.*)$", re.MULTILINE)


def _python(file: str, content: str) -> Iterator[tuple[Text, list[Found]]]:
    """Yield the texts of a `py:percent` notebook, or the docstrings of a module."""
    if CELL.search(content):
        for text in _percent_cells(content):
            yield text, markdown(text.text)
    else:
        yield from _docstrings(file, content)


def _percent_cells(content: str) -> Iterator[Text]:
    """Yield the cells of Markdown of a `py:percent` notebook."""
    marks = [*CELL.finditer(content)]
    for place_of, mark in enumerate(marks):
        if not re.search(r"\[(?:markdown|md)\]", mark[1]):
            continue
        last = place_of + 1 == len(marks)
        end = len(content) if last else marks[place_of + 1].start()
        text, pieces, at = "", [], mark.end() + 1
        lines = []
        length = 0
        for line in content[at:end].splitlines(keepends=True):
            prefix = re.match(r"#[ \t]?|", line)
            cut = prefix.end() if prefix else 0
            pieces.append((length, at + cut))
            lines.append(line[cut:])
            length += len(line) - cut
            at += len(line)
        text = "".join(lines)
        # Markdown in a string, as jupytext writes it too.
        text = re.sub(r'^[rR]?"""|"""\s*$', lambda x: " " * len(x[0]), text)
        if text.strip():
            yield Text(text, tuple(pieces))


def _docstrings(file: str, content: str) -> Iterator[tuple[Text, list[Found]]]:
    """Yield the docstrings of a module, and the comments in its code, in order."""
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\s" in a string that is not raw
            tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0) or 0
        message = f"it cannot be read as Python: {getattr(error, 'msg', error)}"
        raise DocumentError(file, [Problem(line, message)]) from None
    starts = [0, *(match.end() for match in re.finditer("\n", content))]
    texts: list[tuple[int, Text, list[Found]]] = []
    for node in ast.walk(tree):
        if not isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ):
            continue
        match node.body[:1]:
            case [ast.Expr(value=ast.Constant(value=str()) as string)]:
                # Columns of the tree count bytes.
                row = content[starts[string.lineno - 1] :].partition("\n")[0]
                column = len(row.encode()[: string.col_offset].decode())
                at = starts[string.lineno - 1] + column
                text = _string(content, at, str(string.value))
                texts.append((at, text, markdown(text.text, indented_code=False)))
    for at, comment in _comments(content, starts):
        found = Found(0, len(comment), "comment", comment)
        texts.append((at, Text(comment, ((0, at),)), [found]))
    texts.sort(key=lambda item: item[0])
    for _, text, items in texts:
        yield text, items


STRING = re.compile(r"([A-Za-z]*)(\"\"\"|'''|\"|')")
ESCAPE = re.compile(
    r"\\(?:\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|.)"
)


def _string(content: str, at: int, value: str) -> Text:
    """Return a docstring as Python reads it, with the places of its parts."""
    opener = STRING.match(content, at)
    if opener is None:  # in brackets, or put together from several
        return Text(value, ((0, at),), indented_code=False)
    start = opener.end()
    if "r" in opener[1].lower():
        return Text(value, ((0, start),), indented_code=False)
    import ast
    import warnings

    pieces, length, here = [(0, start)], 0, start
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for match in ESCAPE.finditer(content, start):
            length += match.start() - here
            if length >= len(value):
                break
            length += len(ast.literal_eval(f'"{match[0]}"'))
            here = match.end()
            pieces.append((length, here))
    return Text(value, tuple(pieces), indented_code=False)


def _comments(content: str, starts: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield the comments for us in the code of a module."""
    if not re.search(r"#\s*nnref\b", content, re.IGNORECASE):
        return
    import io
    import tokenize

    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            yield starts[line - 1] + column, token.string.lstrip("# \t")


# LaTeX


NOT_READ = re.compile(
    rf"\\begin\{{(?P<name>{VERBATIM})(?P<star>\*?)\}}"
    r"|\\(?:verb|lstinline)\*?(?P<sign>[^A-Za-z\s*{])|\\iffalse\b|\\.|%[^\n]*",
    re.DOTALL,
)
TEX = re.compile(
    r"\\begin\{(?P<environment>[A-Za-z]+\*?)\}|\\.|\$\$|\$",
    re.DOTALL,
)


def latex(content: str) -> list[Found]:
    """Find the formulas and the comments of a text in LaTeX."""
    text, found = _without_verbatim(content)
    begin = re.search(r"\\begin\{document\}", text)
    at = begin.end() if begin else 0
    blanks = [match.start() for match in re.finditer(r"\n[ \t]*\n", text)]
    missing: set[str] = set()

    def note(start: int, end: int, kind: Kind, trouble: str = "") -> None:
        body = text[start:end]
        start += len(body) - len(body.lstrip())
        if body.strip():
            found.append(Found(start, end, kind, body.strip(), trouble))

    while match := TEX.search(text, at):
        sign, at = match[0], match.end()
        limit = len(text)
        start, kind = at, "display"
        if match["environment"]:
            if match["environment"] not in ENVIRONMENTS:
                continue
            closing = rf"\end{{{match['environment']}}}"
            start, kind = match.start(), "display"
            if match["environment"].startswith("math"):
                kind = "inline"
        elif sign in ("\\(", "\\["):
            closing = "\\" + {"(": ")", "[": "]"}[sign[1]]
            kind = "inline" if sign == "\\(" else "display"
        elif sign in ("$", "$$"):
            closing, kind = sign, "display" if sign == "$$" else "inline"
            place_of = bisect_left(blanks, at)
            limit = blanks[place_of] if place_of < len(blanks) else limit
        else:
            continue
        closer = -1 if closing in missing else text.find(closing, at, limit)
        while closer > 0 and closing[0] == "$" and text[closer - 1] == "\\":
            closer = text.find(closing, closer + 1, limit)
        if closer < 0:
            if limit == len(text):
                missing.add(closing)
            place_of = bisect_left(blanks, at)
            limit = blanks[place_of] if place_of < len(blanks) else limit
            trouble = f"{sign} is not closed"
            note(match.start(), limit, "display", trouble)
            at = limit
            continue
        end = closer + len(closing)
        note(start, end if match["environment"] else closer, _kind(kind))
        at = end
    return sorted(found)


def _kind(kind: str) -> Kind:
    return "inline" if kind == "inline" else "display"


def _without_verbatim(content: str) -> tuple[str, list[Found]]:
    """Put spaces for what TeX does not read as it stands; return the comments."""
    parts: list[str] = []
    comments: list[Found] = []
    at = 0
    missing: set[str] = set()
    while match := NOT_READ.search(content, at):
        sign, end = match[0], match.end()
        parts.append(content[at : match.start()])
        at = end
        closing = ""
        if match["name"]:
            closing = rf"\end{{{match['name']}{match['star']}}}"
        elif match["sign"]:
            closing = match["sign"]
        elif sign == r"\iffalse":
            closing = r"\fi"
        elif sign[0] == "%":
            body = sign.lstrip("% \t")
            comments.append(Found(match.start(), end, "comment", body))
        else:
            parts.append(sign)
            continue
        if closing and closing not in missing:
            closer = content.find(closing, end)
            if closer < 0:
                missing.add(closing)
            else:
                at = closer + len(closing)
        parts.append(re.sub(r"[^\n]", " ", content[match.start() : at]))
    parts.append(content[at:])
    return "".join(parts), comments
