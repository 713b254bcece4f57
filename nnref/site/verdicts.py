"""What the checker finds of the formulas of a page, as long as the page is built.

The formulas of a file are checked as the pytest plugin checks them: in the order of the
file, with the same declarations, on the same page. What was found is kept in
`.cache/equations` and in memory. It is taken from there as long as nothing changes that
the checker can see: the formula, what is declared of it, what the page has said before,
and the source of `nnref`. So a build checks only what was edited.
"""

import hashlib
import json
import logging
import os
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nnref
from nnref.equations.documents import DocumentError, Formula, formulas_in, read_document
from nnref.equations.outcomes import Outcome, examine
from nnref.equations.results import Claim, Verdict

log = logging.getLogger("mkdocs.nnref.verdicts")

CACHE = Path(".cache/equations")
# Declarations that leave the page as it is; others give it a name or a value.
SILENT = ("", "fails", "skip")
DEFINES = "defines "  # how a claim begins that adds a name to the page

_memory: dict[Path, dict[str, dict[str, Any]]] = {}


def source_digest() -> str:
    """A fingerprint of the files that the checker is made of."""
    root = Path(nnref.__file__).parent
    digest = hashlib.sha256(f"numpy {version('numpy')}".encode())
    for path in sorted([*root.glob("*.py"), *root.glob("equations/*.py")]):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def checker() -> str:
    """The fingerprint of the checker that this process runs.

    It is taken once: what was imported does not change when its file does.
    """
    return source_digest()


def outcomes(formulas: Sequence[Formula], folder: Path = CACHE) -> list[Outcome]:
    """Check the formulas of one file, or remember what was found of them.

    Args:
        formulas: The formulas of the file, in order.
        folder: Where to keep what was found.

    Returns:
        What became of each that says something.
    """
    checked = [formula for formula in formulas if formula.is_checked]
    if not checked:
        return []
    name = hashlib.sha256(checked[0].file.encode()).hexdigest()[:20]
    path = (folder / checker()[:20] / f"{name}.json").absolute()
    known = _memory.get(path)
    if known is None:
        known = _read(path)
    kept: dict[str, dict[str, Any]] = {}
    found = [*_outcomes(checked, known, kept)]
    _memory[path] = kept
    if kept.keys() != known.keys():
        _write(path, kept)
    return found


def _outcomes(
    formulas: Sequence[Formula],
    known: Mapping[str, dict[str, Any]],
    kept: dict[str, dict[str, Any]],
) -> Iterator[Outcome]:
    """Yield the outcomes; what is not known is checked, after what it depends on."""
    waiting: deque[Formula] = deque()
    stream = examine(_taken(waiting))
    said = ""  # a fingerprint of what the page has said so far
    model: Mapping[str, str] | None = None
    for formula in formulas:
        new_model = formula.model is not model
        model = formula.model
        if new_model:
            said = _fingerprint(said, dict(model))
        key = _key(said, formula)
        entry = known.get(key)
        if entry is None:
            waiting.append(formula)
            while waiting:
                result = next(stream)
            entry = _entry(result)
        elif new_model or _says_something(formula, entry):
            waiting.append(formula)
        if _says_something(formula, entry):
            said = key
        kept[key] = entry
        yield _outcome(formula, entry)


def _taken(waiting: deque[Formula]) -> Iterator[Formula]:
    while True:
        yield waiting.popleft()


def _key(said: str, formula: Formula) -> str:
    """A fingerprint of a formula, and of all that its verdict depends on."""
    declared = (formula.declared, formula.reason, formula.listing, formula.trouble)
    return _fingerprint(said, formula.latex, declared, dict(formula.model))


def _fingerprint(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _says_something(formula: Formula, entry: Mapping[str, Any]) -> bool:
    """Whether what follows on the page may depend on this formula.

    A formula that could not be read to its end may have defined something before. A
    definition that gives no new name (`L = 3`) leaves the page as it was.
    """
    return formula.declared not in SILENT or any(
        claim["verdict"] == "not-checked"
        or (claim["verdict"] == "definition" and claim["message"].startswith(DEFINES))
        for claim in entry["claims"]
    )


def _entry(found: Outcome) -> dict[str, Any]:
    return {
        "status": found.status,
        "message": found.message,
        "functions": sorted(found.functions),
        "claims": [asdict(claim) for claim in found.verdict.claims],
    }


def _outcome(formula: Formula, entry: Mapping[str, Any]) -> Outcome:
    claims = tuple(
        Claim(**{name: _hashable(value) for name, value in claim.items()})
        for claim in entry["claims"]
    )
    verdict = Verdict(formula.latex, claims)
    functions = frozenset(entry["functions"])
    return Outcome(formula, verdict, entry["status"], entry["message"], functions)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(path: Path, entries: Mapping[str, dict[str, Any]]) -> None:
    """Keep what was found; a folder that cannot be written is no reason to stop."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Others that build at the same time read the old file or the new one.
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(entries), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        log.debug("%s is not written: %s", path, error)


def forget_other(folder: Path = CACHE) -> None:
    """Delete what other states of the checker have found."""
    for other in folder.glob("*"):
        if other.name != checker()[:20]:
            for path in other.glob("*"):
                path.unlink(missing_ok=True)
            other.rmdir()


# Pages


class PageVerdicts:
    """The outcomes of the formulas of one page, to be taken as they are rendered."""

    def __init__(self, found: Sequence[Outcome] = ()) -> None:
        """Sort the outcomes by what a page shows of a formula: its text."""
        self.found = found
        self.waiting: dict[tuple[str, str], deque[tuple[int, Outcome]]] = {}
        displayed = 0
        for outcome in found:
            displayed += outcome.formula.kind == "display"
            key = outcome.formula.kind, plain(outcome.formula.latex)
            self.waiting.setdefault(key, deque()).append((displayed, outcome))

    def take(self, latex: str, *, display: bool) -> tuple[int, Outcome] | None:
        """The next outcome of a formula with that text, with its number on the page."""
        key = "display" if display else "inline", plain(latex)
        waiting = self.waiting.get(key)
        return waiting.popleft() if waiting else None


def plain(latex: str) -> str:
    """A formula without the differences in white space that a conversion makes."""
    return re.sub(r"\s+", " ", latex).strip()


def page_verdicts(
    path: Path | None, text: str, folder: Path = CACHE
) -> tuple[PageVerdicts, list[str]]:
    """Check the formulas of a page.

    Args:
        path: The file of the page, if it is known.
        text: What is converted, if not.
        folder: Where to keep what was found.

    Returns:
        The outcomes, and what is in the way of checking the page.
    """
    try:
        if path is None:
            formulas = formulas_in("<text>", text)
        else:
            formulas = read_document(path, shown(path))
    except DocumentError as error:
        return PageVerdicts(), str(error).splitlines()
    return PageVerdicts(outcomes(formulas, folder)), []


def shown(path: Path) -> str:
    """How a file is named in messages: below the folder of the project."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
