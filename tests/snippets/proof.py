"""Proof that each Python fence of the Markdown files is collected and run.

pytest-codeblocks runs a fence only if its info string is exactly `python`, and says
nothing of the others. Three witnesses are compared, none of which trusts another: what
the site shows (each page is rendered by the site's own extensions), what a scanner of
our own finds in the file, and what a pytest of its own collected and ran. Whatever one
of them has and another has not is named by file and line.
"""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import jupytext
from bs4 import BeautifulSoup
from markdown import Markdown
from mkdocs.utils.meta import get_data
from mkdocs.utils.yaml import yaml_load

PROJECT = Path(__file__).parents[2]

# All that may stand behind the backticks. What is not listed might be Python to some
# highlighter (`py`, `numpy`, `sage`) or be run as something else (`sh`).
LANGUAGES = {"python", "text", "console", "markdown", "figure", "source"}

# A fence may stand in a quotation, in lists, in a footnote or in a definition.
OPENER = re.compile(
    r"^(?P<indent>[ \t>]*(?:(?:[-*+:]|\d+[.)]|\[\^[^\]]+\]:)[ \t]+)*)"
    r"(?P<fence>`{3,}|~{3,})(?P<info>.*)$"
)
# Too large to be asked of everybody. A snippet that needs it may be skipped where it is
# missing, if it says so by this comment. Nothing else may be skipped.
OPTIONAL = "torch"
MAY_BE_SKIPPED = f"<!--pytest-codeblocks:importorskip({OPTIONAL})-->"
PROMPT = re.compile(r"^\s*(>>>|In \[\d*\]:)", re.MULTILINE)
DIRECTIVE = re.compile(r"<!--[-\s]*(pytest-codeblocks:.*|pytest\.mark\..*)-->")


@dataclass
class Fence:
    """A fence of a Markdown file."""

    line: int  # of its first line, from 1
    opener: str  # the backticks
    info: str  # what stands behind the backticks
    text: str
    directives: list[str]  # between it and the fence before, with nothing else between
    follows: bool  # directly follows the fence before it

    @property
    def is_python(self) -> bool:
        return self.info == "python" and self.opener[0] == "`"


def fences(text: str) -> Iterator[Fence]:
    """Find the fences, closed by as many of the same sign or more."""
    lines = iter(enumerate(text.split("\n"), start=1))
    directives: list[str] = []
    follows = False
    for number, line in lines:
        opener = OPENER.match(line)
        if opener is None:
            if directive := DIRECTIVE.fullmatch(line.strip()):
                keyword = directive.group(1).removeprefix("pytest-codeblocks:")
                directives.append(keyword.strip("- "))
            elif line.strip():
                directives, follows = [], False
            continue
        indent, sign = len(opener["indent"]), opener["fence"]
        closer = re.compile(rf"^[ \t>]*{re.escape(sign)}{re.escape(sign[0])}*\s*$")
        body = []
        for _, inner in lines:
            if closer.match(inner):
                break
            body.append(inner[min(indent, len(inner) - len(inner.lstrip(" \t>"))) :])
        code = "".join(f"{inner}\n" for inner in body)
        yield Fence(number, sign, opener["info"], code, directives, follows)
        directives, follows = [], True


def stray_directives(text: str) -> Iterator[tuple[int, str]]:
    """Comments that were meant for pytest-codeblocks and that it does not read."""
    inside = [range(f.line, f.line + f.text.count("\n") + 1) for f in fences(text)]
    for number, line in enumerate(text.split("\n"), start=1):
        meant = re.search(r"<!--.*(pytest-codeblocks|pytest\.mark)", line)
        read = DIRECTIVE.fullmatch(line.strip())
        if meant and not read and not any(number in lines for lines in inside):
            yield number, line.strip()


# The first witness: what the site shows.


@cache
def settings() -> dict[str, dict[str, Any]]:
    """The site's Markdown extensions; figures and listings show their fence instead."""
    site = yaml_load((PROJECT / "mkdocs.yml").read_text(encoding="utf-8"))
    extensions: dict[str, dict[str, Any]] = {}
    for entry in site["markdown_extensions"]:
        named = entry if isinstance(entry, dict) else {entry: None}
        extensions |= {name: options or {} for name, options in named.items()}
    superfences = extensions["pymdownx.superfences"]
    superfences["custom_fences"] = [
        {
            "name": fence["name"],
            "class": fence["class"],
            "format": lambda source, *_, **__: f"<pre>{escape(source)}</pre>",
        }
        for fence in superfences["custom_fences"]
    ]
    return {k: v for k, v in extensions.items() if not k.startswith("nnref.")}


def shown(text: str) -> list[str]:
    """The blocks of code that a reader of the page sees, fences or not."""
    extensions = settings()
    page = Markdown(extensions=[*extensions], extension_configs=extensions)
    html = page.convert(get_data(text.removeprefix("\ufeff"))[0])
    return [block.get_text() for block in BeautifulSoup(html, "html.parser")("pre")]


def bare(code: str) -> str:
    """A block without spaces: each parser has its own rules for them."""
    return "".join(code.split())


def seen_otherwise(text: str) -> Iterator[tuple[int, str]]:
    """Blocks that the site shows and that are no fence here, and the other way round.

    It matters, as a fence that is seen by nobody but the reader is run by nobody.
    """
    found, blocks = [*fences(text)], [*filter(bare, shown(text))]
    fenced, visible = (
        Counter(map(bare, codes)) for codes in ([f.text for f in found], blocks)
    )
    for fence in found:
        if bare(fence.text) and bare(fence.text) in fenced - visible:
            yield fence.line, "the site does not show this fence as a block of code"
    for code in blocks:
        if bare(code) in visible - fenced:
            first = code.strip().partition("\n")[0].strip()
            trouble = f"the site shows a block of code that is no fence here: {first}"
            yield line_of(first, text), trouble


def line_of(code: str, text: str) -> int:
    """The line of a file in which some code stands, or 1."""
    before, found, _ = text.partition(code)
    return before.count("\n") + 1 if found else 1


# The third witness: what was run.


def run(
    root: Path, files: Iterable[Path], *, without: str = "", modules: Path | None = None
) -> list[dict[str, Any]]:
    """Run the snippets of some files; return what was collected and how it ended.

    A module can be hidden, as if it were not installed, and a folder can have modules
    that are found before those that are installed.
    """
    report = root / "snippets.json"
    command = [sys.executable, "-m", "pytest", "--codeblocks", "-q"]
    command += ["-c", str(PROJECT / "pyproject.toml"), "--rootdir", str(root)]
    command += [
        "-p",
        "no:cacheprovider",
        "--continue-on-collection-errors",
        "-p",
        "recorder",
        *map(str, files),
    ]
    folders = [modules, Path(__file__).parent, PROJECT]
    path = os.pathsep.join(str(folder) for folder in folders if folder)
    settings = {"NNREF_SNIPPETS": str(report), "NNREF_WITHOUT": without}
    subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": path, **settings},
        capture_output=True,
        check=False,
    )
    if not report.is_file():
        return []
    items: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
    return items


@dataclass
class Snippet:
    """What pytest-codeblocks should make of a Python fence and those tied to it."""

    fence: Fence
    code: str
    output: Fence | None = None
    troubles: list[str] = field(default_factory=list)


def same(text: str, code: str | None) -> bool:
    """Whether two texts have the same lines.

    pytest-codeblocks drops the blank lines of an indented fence; they do not count.
    """
    lines = [[x for x in part.split("\n") if x.strip()] for part in (text, code or "")]
    return lines[0] == lines[1]


@dataclass
class Proof:
    """What is to be said of some files, each with its name and line."""

    troubles: list[str]  # fences that were not run, outputs that were not compared
    left_out: list[str]  # snippets that were rightly skipped


def prove(
    root: Path,
    files: list[Path],
    scratch: Path,
    *,
    without: str = "",
    modules: Path | None = None,
) -> Proof:
    """Name each Python fence that was not run, and each output not compared."""
    pages = [path for path in files if path.suffix == ".md"]
    items = run(scratch, pages, without=without, modules=modules)
    found, left_out = [], []
    for path in files:
        text = path.read_text(encoding="utf-8")
        collected = {
            item["line"]: item for item in items if Path(item["path"]) == path.resolve()
        }
        where = path.relative_to(root).as_posix()
        troubles = [*seen_otherwise(text), *page_troubles([*fences(text)], collected)]
        if path.suffix != ".md":
            troubles.append((1, "pytest-codeblocks reads only files that end in .md"))
        troubles += [
            (line, f"pytest-codeblocks does not read {comment!r}")
            for line, comment in stray_directives(text)
        ]
        found += [f"{where}:{line}: {trouble}" for line, trouble in sorted(troubles)]
        left_out += [
            f"{where}:{line}"
            for line, item in sorted(collected.items())
            if _rightly_skipped(item)
        ]
    return Proof(found, left_out)


def page_troubles(
    found: list[Fence], collected: dict[int, dict[str, Any]]
) -> Iterator[tuple[int, str]]:
    """What is wrong with the fences of a page, by their line."""
    # As pytest-codeblocks ties them: to the fence before that is tied to no other.
    base: Snippet | None = None
    snippets: list[Snippet] = []
    for fence in found:
        if trouble := _form(fence):
            yield fence.line, trouble
        if "cont" in fence.directives and base is not None:
            base.code += fence.text
            if fence.is_python and base not in snippets:
                yield fence.line, "continues a fence that is not run"
            continue
        if any(d.startswith("expected-output") for d in fence.directives):
            if fence.is_python:
                yield fence.line, "is not run, but taken for an output"
            elif base is None or base not in snippets:
                yield fence.line, "is the output of a fence that is not run"
            elif "expected-output" not in fence.directives:
                yield fence.line, "is an output that is not compared letter by letter"
            if base is not None:
                base.output = fence
            continue
        if fence.info == "text" or (
            fence.follows
            and base in snippets
            and fence.info.strip() in {"console", "markdown"}
        ):
            yield (
                fence.line,
                "shows an output that is not compared with the output got",
            )
        base = Snippet(fence, fence.text)
        if fence.is_python:
            snippets.append(base)
    for snippet in snippets:
        item = collected.get(snippet.fence.line)
        yield from ((snippet.fence.line, trouble) for trouble in _ran(snippet, item))


def _form(fence: Fence) -> str | None:
    """What is wrong with how a fence is written."""
    word = fence.info.strip()
    if not word:
        return "a fence without a language is not run; call it text if it is no code"
    if fence.opener[0] == "~":
        return "a fence of tildes is not read by pytest-codeblocks: use backticks"
    if word not in LANGUAGES or (word == "python" and not fence.is_python):
        return (
            f"a fence of {fence.info!r} is not run; write one of "
            f"{', '.join(sorted(LANGUAGES))}, with nothing else"
        )
    if word not in {"python", "markdown"} and PROMPT.search(fence.text):
        return "a session of Python is not run: write the code, and show its output"
    return None


def _ran(snippet: Snippet, item: dict[str, Any] | None) -> Iterator[str]:
    """What kept a snippet from being run to its end, alone and with its output."""
    if item is None:
        yield "this Python is not collected"
        return
    if not same(snippet.code, item["code"]):
        yield "pytest-codeblocks runs other code in place of this Python"
    if item["outcome"] != "passed" and not _rightly_skipped(item):
        yield f"is not run to its end: {item['outcome']}"
    yield from _may_be_skipped(item)
    wanted = None if snippet.output is None else snippet.output.text
    if (wanted is None) != (item["output"] is None) or not same(
        wanted or "", item["output"]
    ):
        yield "is compared with another output than the one shown"
    for change in item["changed"]:
        yield f"changes {change} for the snippets after it"
    yield from _never_run(item["code"])


def _rightly_skipped(item: dict[str, Any]) -> bool:
    """Whether a snippet was skipped since it needs what is not installed here."""
    return bool(
        item["outcome"] == "skipped"
        and item["importorskip"] == OPTIONAL
        and not item["optional is there"]
    )


def _may_be_skipped(item: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the comment that lets a snippet be skipped, anywhere."""
    module = item["importorskip"]
    needs = OPTIONAL in _imported(item["code"])
    if module not in {None, OPTIONAL}:
        yield f"may be skipped for want of {module}: only {OPTIONAL} may be missing"
    elif module and not needs:
        yield f"may be skipped, and does not import {OPTIONAL}"
    elif needs and not module:
        yield f"imports {OPTIONAL}, which may be missing: write {MAY_BE_SKIPPED} above"


def _imported(code: str) -> set[str]:
    """The packages that a snippet imports."""
    try:
        nodes = [*ast.walk(ast.parse(code))]
    except SyntaxError:
        return set()  # it failed, and is named for that
    names = [x.name for n in nodes if isinstance(n, ast.Import) for x in n.names]
    names += [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def _never_run(code: str) -> Iterator[str]:
    """Parts of a snippet that are passed over, since it is not a module or a test."""
    try:
        nodes = [*ast.walk(ast.parse(code))]
    except SyntaxError:
        return  # it failed, and is named for that
    if any(isinstance(node, ast.Name) and node.id == "__name__" for node in nodes):
        yield "asks for __name__, which is not __main__ in a snippet"
    called = {node.id for node in nodes if isinstance(node, ast.Name)}
    for node in nodes:
        if (
            isinstance(node, ast.FunctionDef)
            and node.name.startswith("test")
            and node.name not in called
        ):
            yield f"defines {node.name}, which nobody calls"


# What is shown as Python besides the fences of pages.


def docstring_problems(root: Path, files: Iterable[Path]) -> list[str]:
    """Name code in docstrings: the reference shows it, and nobody runs it."""
    found = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Expr(value=ast.Constant(value=str() as text)):
                    text = inspect.cleandoc(text)
                    if shown(text) or any(fences(text)) or PROMPT.search(text):
                        where = f"{path.relative_to(root).as_posix()}:{node.lineno}"
                        found.append(f"{where}: code in a docstring is not run")
    return found


def notebook_problems(root: Path, files: Iterable[Path]) -> list[str]:
    """Name cells of a notebook that show Python and do not run it."""
    found = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        for cell in jupytext.reads(text, fmt="py:percent").cells:
            first = cell.source.strip().partition("\n")[0]
            where = f"{path.relative_to(root).as_posix()}:{line_of(first, text)}"
            if cell.cell_type == "code":
                if cell.metadata.get("tags"):
                    found.append(f"{where}: a cell with tags may not be run")
                if re.search(r"(?m)^\s*(%%|get_ipython\b)", cell.source):
                    found.append(f"{where}: a cell with magic may not be run")
            elif cell.cell_type != "markdown":
                found.append(f"{where}: a cell of {cell.cell_type} is not run")
            elif shown(cell.source):
                found.append(f"{where}: code in a cell of text is not run")
    return found
