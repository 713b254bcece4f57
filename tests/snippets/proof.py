"""Proof that each Python fence of the Markdown files is collected and run.

pytest-codeblocks runs a fence only if its info string is exactly `python`, and says
nothing of the others. Here the fences are found by a scanner of our own, the snippets
are run by a pytest of its own, and what was not run is named by file and line.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]

OPENER = re.compile(
    r"^(?P<indent>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)"
    r"(?P<fence>`{3,}|~{3,})(?P<info>.*)$"
)
# What an author may write who means Python.
PYTHON = re.compile(r"^\s*(\{\s*)?\.?(i?py(thon)?[\w-]*|pycon)\b", re.IGNORECASE)
DIRECTIVE = re.compile(r"<!--[-\s]*(pytest-codeblocks:.*|pytest\.mark\..*)-->")


@dataclass
class Fence:
    """A fence of a Markdown file."""

    line: int  # of its first line, from 1
    info: str  # what stands behind the backticks
    text: str
    directives: list[str]  # between it and the fence before, with nothing else between
    follows: bool  # directly follows the fence before it

    @property
    def looks_like_python(self) -> bool:
        return PYTHON.match(self.info) is not None


def fences(text: str) -> Iterator[Fence]:
    """Find the fences, closed by as many of the same sign or more."""
    lines = iter(enumerate(text.splitlines(), start=1))
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
            body.append(inner[min(indent, len(inner) - len(inner.lstrip())) :])
        code = "".join(f"{inner}\n" for inner in body)
        yield Fence(number, opener["info"], code, directives, follows)
        directives, follows = [], True


def stray_directives(text: str) -> Iterator[tuple[int, str]]:
    """Comments that were meant for pytest-codeblocks and that it does not read."""
    inside = [range(f.line, f.line + f.text.count("\n") + 1) for f in fences(text)]
    for number, line in enumerate(text.splitlines(), start=1):
        meant = re.search(r"<!--.*(pytest-codeblocks|pytest\.mark)", line)
        read = DIRECTIVE.fullmatch(line.strip())
        if meant and not read and not any(number in lines for lines in inside):
            yield number, line.strip()


def run(root: Path, files: Iterable[Path]) -> list[dict[str, Any]]:
    """Run the snippets of some files; return what was collected and how it ended."""
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
    path = os.pathsep.join([str(Path(__file__).parent), str(PROJECT)])
    subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": path, "NNREF_SNIPPETS": str(report)},
        capture_output=True,
        check=False,
    )
    if not report.is_file():
        return []
    items: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
    return items


def problems(root: Path, files: list[Path], scratch: Path) -> list[str]:
    """Name each Python fence that was not run, and each output not compared."""
    items = run(scratch, files)
    found = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        collected = [item for item in items if Path(item["path"]) == path.resolve()]
        where = path.relative_to(root).as_posix()
        found += [
            f"{where}:{line}: pytest-codeblocks does not read {comment!r}"
            for line, comment in stray_directives(text)
        ]
        before: Fence | None = None
        for fence in fences(text):
            trouble = _trouble(fence, before, collected)
            if trouble:
                found.append(f"{where}:{fence.line}: {trouble}")
            before = fence
    return found


def within(text: str, code: str) -> bool:
    """Whether a fence is part of a snippet.

    pytest-codeblocks drops the blank lines of an indented fence; they do not count.
    """
    lines = [[x for x in part.splitlines() if x.strip()] for part in (text, code)]
    return "\n".join(lines[0]) in "\n".join(lines[1])


def _trouble(
    fence: Fence, before: Fence | None, collected: list[dict[str, Any]]
) -> str | None:
    if not fence.info.strip():
        return "a fence without a language is not run; call it text if it is no code"
    if not fence.looks_like_python:
        output = before is not None and before.looks_like_python and fence.follows
        compared = any(d.startswith("expected-output") for d in fence.directives)
        if output and fence.info.strip() == "text" and not compared:
            return "shows an output that is not compared with the output got"
        return None
    earlier = [item for item in collected if item["line"] <= fence.line]
    if (
        fence.info != "python"
        or not earlier
        or not within(fence.text, earlier[-1]["code"])
    ):
        return f"a fence of {fence.info!r} looks like Python and is not collected"
    item = earlier[-1]
    if item["line"] != fence.line and "cont" not in fence.directives:
        return "is not collected as a snippet of its own"
    if item["outcome"] != "passed":
        return f"is not run to its end: {item['outcome']}"
    return None
