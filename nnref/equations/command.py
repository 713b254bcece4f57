"""The command `nnref check`: a table of verdicts for the formulas of some files."""

import argparse
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TextIO

from nnref.equations import show
from nnref.equations.documents import (
    MODELS,
    SUFFIXES,
    DocumentError,
    Formula,
    decoded,
    formulas_in,
    parse_model,
    place,
    read_document,
)
from nnref.equations.outcomes import Outcome, examine

WORDS = max(map(len, show.COLOURS))
MANY = 100  # formulas, from which on there is a progress bar
NAMED = 8  # names that are not known, of which the places are told
INTERRUPTED, NO_READER = 130, 141  # as shells have it

DESCRIPTION = "Run the equations of notes: are they true?"
CHECK = """\
Run the equations of files, and say of each whether it holds. Read are Markdown (.md),
Jupyter notebooks (.ipynb), LaTeX (.tex), and Python: docstrings, or the text cells of
a notebook script (.py).
"""
EPILOG = r"""examples:
  nnref check notes.md lecture.ipynb paper.tex
  nnref check -e 'dZ^{[1]} = W^{[2]T} dZ^{[2]} \odot g^{[1]\prime}(Z^{[1]})'
  nnref check --model logistic -e 'dw = \frac{1}{m} X dZ^T'
  cat notes.md | nnref check --json -

verdicts:
  holds        true in random networks; what had to be assumed is named
  definition   gives a name
  vacuous      both sides are the same, so it proves nothing
  not-checked  it could not be read, or has no value in the model
  ill-typed    the shapes do not fit
  fails        the two sides differ

A file says what its letters belong to, and which formula is wrong on purpose, in
comments above it (in LaTeX after a %, in Python after a #):
  <!-- nnref: model=deep g=tanh -->
  <!-- nnref: fails -->    <!-- nnref: definition -->    <!-- nnref: skip REASON -->
  <!-- nnref: given -->    (the numbers of the page's own network)

exit code: 1 if a formula fails or its shapes do not fit, else 2 if one could not be
checked or a file could not be used, else 0. A formula that is declared wrong has to be
refuted: if it is not, that is a failure.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What stands behind `nnref` on the command line.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        given = sys.argv[1:] if arguments is None else arguments
        options = _parser().parse_args(_joined(given))
        code = _check(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Nobody reads what is printed any more, not even at the end of Python.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_READER
    return code


def _joined(arguments: Sequence[str]) -> list[str]:
    """Join -e and its equation, which may begin with a minus."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] in ("-e", "--equation") and "--" not in joined:
            joined[-1] = f"--equation={argument}"
        else:
            joined.append(argument)
    return joined


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("nnref", description=DESCRIPTION)
    parser.add_argument("--version", action=_Version, help="show the version, and stop")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    check = commands.add_parser(
        "check",
        help="run the equations of files, or one that is given",
        description=CHECK,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help=f"{', '.join(SUFFIXES)}; - is the input",
    )
    check.add_argument(
        *("-e", "--equation"),
        action="append",
        default=[],
        metavar="LATEX",
        help="an equation; can be given several times",
    )
    check.add_argument(
        "--model",
        type=_model,
        default={},
        metavar="MODEL",
        help=f"{', '.join(MODELS)}: for what declares none (default: auto); "
        "more can follow, as in 'deep g=tanh L=3'",
    )
    check.add_argument(
        "--json", action="store_true", help="print one JSON object for each equation"
    )
    check.set_defaults(usage_error=check.error)
    return parser


class _Version(argparse.Action):
    """Shows the version; the package is asked only then."""

    def __init__(self, option_strings: Sequence[str], dest: str, **rest: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **rest)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        import nnref

        print(f"nnref {nnref.__version__}")
        parser.exit()


def _model(text: str) -> dict[str, str]:
    """Read the option `--model`: a name, and what else may be declared."""
    first, _, rest = text.strip().partition(" ")
    try:
        return parse_model(f"{first if '=' in first else f'model={first}'} {rest}")
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _check(options: argparse.Namespace) -> int:
    if not options.files and not options.equation:
        options.usage_error("give files, or -e LATEX, or - for the standard input")
    if options.files.count("-") > 1:
        options.usage_error("- can be given once")
    report = Json() if options.json else Table(sys.stdout)
    for name, formulas in _sources(options, report):
        report.begin(name)
        bar = _bar(formulas, report)
        for found in examine(bar, options.model):
            report.add(found)
    report.end()
    return report.code


def _sources(
    options: argparse.Namespace, report: "Report"
) -> Iterator[tuple[str, list[Formula]]]:
    """Yield the formulas of each file, and report those that cannot be used."""
    if options.equation:
        yield "-e", [_given("-e", latex) for latex in options.equation]
    for file in options.files:
        try:
            yield file, _standard_input() if file == "-" else read_document(file)
        except DocumentError as error:
            report.unusable(str(error))


def _given(file: str, latex: str) -> Formula:
    """Return a formula that is given by itself, without the signs around it."""
    text = latex.strip()
    for left, right in (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]")):
        inner = text[len(left) : len(text) - len(right)]
        if text.startswith(left) and text.endswith(right) and "$" not in inner:
            text = inner.strip()
            break
    trouble = "" if text else "there is no equation"
    return Alone(file, 1, 1, text, "display", trouble=trouble)


class Alone(Formula):
    """A formula that is asked for: it is checked, whatever it says."""

    @property
    def is_checked(self) -> bool:
        """Whether there is something to check."""
        return True


def _standard_input() -> list[Formula]:
    """Read Markdown, or a formula alone, from the standard input."""
    binary = getattr(sys.stdin, "buffer", None)
    text = decoded("-", binary.read()) if binary else sys.stdin.read()
    if not any(sign in text for sign in ("$", r"\(", r"\[", r"\begin{", "```")):
        return [_given("-", text)]
    return formulas_in("-", text, ".md")


# Reports


class Report:
    """Takes the outcomes one by one, and knows the exit code."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.bars = False  # whether a progress bar may be drawn
        self.statuses: Counter[str] = Counter()
        self.problems = 0

    @property
    def code(self) -> int:
        """The exit code."""
        if self.statuses["wrong"]:
            return 1
        return 2 if self.statuses["open"] or self.problems else 0

    def begin(self, name: str) -> None:
        """Begin a file."""

    def add(self, found: Outcome) -> None:
        """Report an outcome."""
        self.statuses[found.status] += 1

    def unusable(self, message: str) -> None:
        """Report a file that cannot be used."""
        self.problems += 1
        sys.stdout.flush()
        for line in message.split("\n"):
            print(f"nnref check: {show.printable(line)}", file=sys.stderr)

    def end(self) -> None:
        """End the report."""


class Json(Report):
    """Prints an object for each equation, on a line of its own."""

    def __init__(self) -> None:
        """Draw a bar only where it does not stand among the objects."""
        super().__init__()
        self.bars = sys.stderr.isatty() and not sys.stdout.isatty()

    def add(self, found: Outcome) -> None:
        """Print an outcome."""
        super().add(found)
        if found.status == "mention":
            return
        formula, verdict = found.formula, found.verdict
        where = {"file": formula.file, "line": formula.line}
        if formula.cell is not None:
            where["cell"] = formula.cell
        fields = {
            "latex": formula.latex,
            "verdict": verdict.verdict,
            "model": verdict.model,
            "assuming": list(verdict.assuming),
            "range": verdict.range,
            "max_error": verdict.max_error,
            "message": found.message,
            "hints": list(verdict.hints),
        }
        print(json.dumps({**where, **fields}))


class Table(Report):
    """Prints a line for each equation, and the reasons below those that fail."""

    def __init__(self, stream: TextIO) -> None:
        """Look at what is printed on: how wide it is, and whether it has colours."""
        super().__init__()
        terminal = stream.isatty()
        self.bars = sys.stderr.isatty()
        self.paint = show.painted if terminal and _colours() else show.plain
        columns = os.environ.get("COLUMNS", "")
        self.width = show.UNBOUNDED
        if terminal or columns.isdigit():
            self.width = max(shutil.get_terminal_size().columns, 40)
        self.verdicts: Counter[str] = Counter()
        self.refuted = 0
        self.unknown: dict[str, str] = {}  # where names stand that nobody knows
        self.print: Callable[[str], object] = print

    def begin(self, name: str) -> None:
        """Print the name of a file."""
        self.print(self.paint(show.printable(name), "1"))

    def add(self, found: Outcome) -> None:
        """Print an outcome."""
        super().add(found)
        if found.status == "mention":
            for name in found.unknown:
                self.unknown.setdefault(name, found.formula.place)
            return
        formula, verdict = found.formula, found.verdict
        word: str = verdict.verdict
        if found.status == "skipped":
            word = "skipped"
        else:
            self.verdicts[word] += not self._as_declared(found)
            self.refuted += self._as_declared(found)
        number = str(formula.line)
        if formula.cell is not None:
            number = f"{formula.cell}:{number}"
        colour = show.COLOURS.get(word, "2")
        if self._as_declared(found):
            colour = show.COLOURS["holds"]
        head = f"{number:>6}  {self.paint(f'{word:{WORDS}}', colour)}  "
        left = self.width - 6 - 2 - WORDS - 2
        said = self._remark(found)
        latex = show.one_line(formula.latex)
        if said and show.cells(latex) + len(said) + 3 <= left:
            self.print(f"{head}{latex}   {self.paint(said, '2')}")
        else:
            self.print(head + show.cut(latex, left))
            if said:
                indent = " " * (6 + 2 + WORDS + 2)
                for line in show.wrapped(said, left, "  "):
                    self.print(indent + self.paint(line, "2"))
        if found.status in ("wrong", "open"):
            for line in self._reasons(found):
                self.print(f"        {line}".rstrip())
            self.print("")

    def _as_declared(self, found: Outcome) -> bool:
        """Whether it is refuted, as it should be."""
        return found.formula.declared == "fails" and found.status == "right"

    def _remark(self, found: Outcome) -> str:
        """What is said beside a formula that is not wrong."""
        if self._as_declared(found):
            return "as declared"
        if found.status == "skipped":
            return found.formula.reason
        if found.status != "right":
            return ""
        return show.details(found.verdict) or found.message

    def _reasons(self, found: Outcome) -> Iterator[str]:
        """Say where, how it was read, and why."""
        width = max(self.width - 8, 20)
        formula = found.formula
        claim = found.verdict.worst
        line = formula.line + show.place_of(formula.latex, claim.span)[0]
        yield self.paint(show.printable(place(formula.file, line, formula.cell)), "1")
        yield from show.explained(
            *(formula.latex, claim, width, self.paint),
            *(found.message, found.functions),
        )

    def end(self) -> None:
        """Print how many there were of each."""
        parts = [
            self.paint(f"{self.verdicts[word]} {word}", show.COLOURS[word])
            for word in reversed(show.COLOURS)
            if self.verdicts[word]
        ]
        if self.refuted:
            parts.append(f"{self.refuted} refuted as declared")
        if self.statuses["skipped"]:
            parts.append(f"{self.statuses['skipped']} skipped")
        total = sum(self.statuses.values()) - self.statuses["mention"]
        counted = "1 equation" if total == 1 else f"{total} equations"
        self.print(f"{counted}{': ' if parts else ''}{', '.join(parts)}")
        if self.unknown:
            names = [f"{name} ({where})" for name, where in self.unknown.items()]
            shown = ", ".join(names[:NAMED]) + (", .." if names[NAMED:] else "")
            for line in show.wrapped(f"not in the notation: {shown}", self.width, "  "):
                self.print(self.paint(line, "2"))


def _colours() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _bar(formulas: list[Formula], report: Report) -> Iterable[Formula]:
    """Draw a progress bar for a long file, if tqdm is there and somebody looks."""
    if not report.bars or len(formulas) < MANY:
        return formulas
    try:
        from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return formulas
    if isinstance(report, Table):
        report.print = tqdm.write
    bar: Iterable[Formula] = tqdm(formulas, unit="formula", leave=False)
    return bar


if __name__ == "__main__":
    sys.exit(main())
