"""A pytest plugin: each equation of the documents is a test.

It does nothing unless pytest is run with `--equations`. Then the equations of each
Markdown file that pytest comes across are collected, besides whatever else collects
the file. Other files are named by the ini option `nnref_equations`, as patterns:

```toml
[tool.pytest.ini_options]
addopts = ["--equations"]
nnref_equations = ["*.md", "docs/notebooks/*.py", "my_package/*.py"]
```

A pattern without a slash is compared with the name of the file, one with a slash with
its path below the root folder. A file that is given on the command line is always read,
if it is one of those that can be.

A test passes if its equation holds, gives a name, or is refuted and declared `fails`.
It fails otherwise, also if the equation could not be checked. An equation that is
declared `skip` passes: the file gives the reason, the reader of the file sees it, and
it is listed at the end of the run. A skipped test would stand among those that wait for
another system, and hide there.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from nnref.equations.documents import Formula
    from nnref.equations.outcomes import Outcome

PROPERTY = "nnref equation"
SUFFIXES = (".md", ".markdown", ".ipynb", ".tex", ".py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    parser.getgroup("nnref").addoption(
        "--equations",
        action="store_true",
        help="test the equations of documents: each is a test",
    )
    parser.addini(
        "nnref_equations",
        "files whose equations --equations tests, as patterns",
        type="args",
        default=["*.md"],
    )


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> "EquationFile | None":
    """Collect the equations of a file."""
    config = parent.config
    if not config.getoption("equations") or file_path.suffix.lower() not in SUFFIXES:
        return None
    given = parent.session.isinitpath(file_path)
    if not given and not _is_wanted(file_path, config):
        return None
    file: EquationFile = EquationFile.from_parent(parent, path=file_path)
    return file


def _is_wanted(path: Path, config: pytest.Config) -> bool:
    from fnmatch import fnmatchcase

    below = path
    if path.is_relative_to(config.rootpath):
        below = path.relative_to(config.rootpath)
    return any(
        fnmatchcase(below.as_posix() if "/" in pattern else path.name, pattern)
        for pattern in config.getini("nnref_equations")
    )


class EquationFile(pytest.File):
    """A file, with a test for each of its equations.

    They are checked in the order of the file, as one may use names that another one
    defines: a test that is run alone has those above it checked first.
    """

    outcomes: "list[Outcome]"
    rest: "Iterator[Outcome]"

    def collect(self) -> "Iterator[EquationItem]":
        """Yield the tests."""
        from nnref.equations.documents import DocumentError, read_document
        from nnref.equations.outcomes import examine

        path = self.path
        if path.is_relative_to(self.config.rootpath):
            path = path.relative_to(self.config.rootpath)
        try:
            formulas = read_document(self.path, path.as_posix())
        except DocumentError as error:
            raise self.CollectError(str(error)) from None
        self.outcomes, self.rest = [], examine(formulas)
        taken: set[str] = set()
        for number, formula in enumerate(formulas):
            if formula.is_checked:
                name = _name(formula, taken)
                item: EquationItem = EquationItem.from_parent(self, name=name)
                item.formula, item.number = formula, number
                yield item

    def outcome(self, number: int) -> "Outcome":
        """Return what became of a formula."""
        while len(self.outcomes) <= number:
            self.outcomes.append(next(self.rest))
        return self.outcomes[number]


def _name(formula: "Formula", taken: set[str]) -> str:
    """Name a test by the line; the second one of a line gets a number."""
    where = f"line {formula.line}"
    if formula.cell is not None:
        where = f"cell {formula.cell} {where}"
    name, count = f"equation {where}", 1
    while name in taken:
        count += 1
        name = f"equation {where} ({count})"
    taken.add(name)
    return name


class WrongEquation(Exception):
    """An equation is not what the document says; the message is the whole report."""


class EquationItem(pytest.Item):
    """The test of one equation."""

    formula: "Formula"
    number: int

    def runtest(self) -> None:
        """Check the equation.

        Raises:
            WrongEquation: Unless it holds, gives a name, or is as it is declared.
        """
        assert isinstance(self.parent, EquationFile)
        found = self.parent.outcome(self.number)
        kind = found.verdict.verdict
        self.user_properties.append((PROPERTY, _word(found)))
        if found.status == "skipped":
            reason = f"{self.formula.place}: {self.formula.reason}"
            self.user_properties.append((f"{PROPERTY} skipped", reason))
        vacuous = kind == "vacuous" and self.formula.declared != "definition"
        if found.status in ("wrong", "open") or vacuous:
            raise WrongEquation("\n".join(_report(found)))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> Any:
        """Show what is wrong with the equation, and none of our code."""
        if isinstance(excinfo.value, WrongEquation):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the file, the line (from 0) and the test."""
        return self.path, self.formula.line - 1, self.name


def _word(found: "Outcome") -> str:
    if found.status == "skipped":
        return "skipped"
    if found.formula.declared == "fails" and found.status == "right":
        return "refuted as declared"
    return found.verdict.verdict


def _report(found: "Outcome") -> Iterator[str]:
    """Yield the lines of the report on an equation that is wrong."""
    from nnref.equations.documents import place
    from nnref.equations.show import explained, one_line

    formula, claim = found.formula, found.verdict.worst
    where = place(formula.file, found.line, formula.cell)
    yield f"{where}: {found.verdict.verdict}: {one_line(formula.latex)}"
    for line in explained(
        formula.latex, claim, message=found.message, functions=found.functions
    ):
        yield f"  {line}"
    if claim.verdict == "vacuous":
        yield "  hint: it proves nothing; if it gives a name, declare it a definition"


def pytest_terminal_summary(
    terminalreporter: Any, exitstatus: int, config: pytest.Config
) -> None:
    """Say how many equations there were, and name those that are not checked."""
    if not config.getoption("equations"):
        return
    words: dict[str, int] = {}
    skipped: list[str] = []
    reports: Sequence[Any]
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) != "call":
                continue
            for name, value in report.user_properties:
                if name == PROPERTY:
                    words[value] = words.get(value, 0) + 1
                elif name == f"{PROPERTY} skipped":
                    skipped.append(value)
    if config.getoption("collectonly"):
        return
    terminalreporter.section("equations")
    counts = [f"{count} {word}" for word, count in sorted(words.items())]
    terminalreporter.line(", ".join(counts) or "there were none")
    for reason in skipped:
        terminalreporter.line(f"not checked, as declared: {reason}")
