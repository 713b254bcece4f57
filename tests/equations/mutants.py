r"""A mutation run over the site's own equations.

Each link of each equation that holds is changed in one place: a sign, a transpose, a
1/m, a prime, a sum, the kind of a product, a layer, a letter, a factor, a limit, an
exponent, a number. Whatever the change makes of it has to be refuted, or say the same.

    python -m tests.equations.mutants

prints the counts and the mutants that still hold. With `--record` it writes the counts
to `mutants.json`, from where the site takes them; a test compares them with a run.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np

from nnref.equations import claims, trials, verdicts
from nnref.equations.changes import changes
from nnref.equations.documents import read_document
from nnref.equations.evaluate import (
    Evaluator,
    IllTyped,
    OutOfRange,
    Problem,
    Refuted,
    is_array,
)
from nnref.equations.models import SEEDS
from nnref.equations.reader import read
from nnref.equations.results import Page
from nnref.equations.tree import (
    Add,
    Big,
    Call,
    Compare,
    Derivative,
    Dots,
    Elementwise,
    Matrix,
    Node,
    Number,
    Product,
    Quotient,
    Statement,
    Symbol,
    Transpose,
    walk,
)
from nnref.equations.trials import Trial

PROJECT = Path(__file__).parents[2]
RECORD = Path(__file__).with_name("mutants.json")
FRESH_SEEDS = (11, 12, 13)
FRESH_DEPTHS = (3, 5)
ACCEPTED = ("holds", "definition", "vacuous")
REFUTED = ("fails", "ill-typed")


@dataclass(frozen=True)
class Original:
    """A link of a chain that holds, and what its page has said before it."""

    place: str
    latex: str
    link: Statement
    page: Page
    trial: Trial

    @property
    def text(self) -> str:
        return " ".join(self.latex[slice(*self.link.span)].split())


@dataclass(frozen=True)
class Mutant:
    """A link with one change: of a node, to a new one."""

    original: Original
    kind: str
    what: str
    statement: Statement
    node: Node | None
    new: object


@dataclass(frozen=True)
class Result:
    """What came out for a mutant, and why it says the same if it holds."""

    mutant: Mutant
    verdict: str
    message: str
    group: str = ""


def sources() -> list[Path]:
    """The pages, notebooks and modules whose formulas are the site's own."""
    docs = PROJECT / "docs"
    found = [*docs.rglob("*.md"), *(docs / "notebooks").glob("*.py")]
    return sorted([*found, *(PROJECT / "nnref").glob("*.py")])


def originals() -> Iterator[Original]:
    """Yield the links that hold, each once."""
    seen = set()
    for path in sources():
        page = Page()
        for formula in read_document(path, str(path.relative_to(PROJECT))):
            page.declared = formula.model or {}
            if not formula.is_checked or formula.declared == "skip":
                continue
            before = _copy(page)
            verdict = verdicts.check(
                formula.latex, page=page, definition=formula.declared == "definition"
            )
            if formula.declared or verdict.verdict != "holds":
                continue
            for statement in read(formula.latex, frozenset(page.functions)):
                for link in verdicts._links(statement):
                    said = (link, _said(link, page))
                    trial = _first_trial(link, before)
                    if trial is not None and said not in seen:
                        seen.add(said)
                        yield Original(
                            formula.place, formula.latex, link, before, trial
                        )


def _copy(page: Page) -> Page:
    return Page(dict(page.declared), dict(page.definitions), dict(page.functions))


def _said(link: Statement, page: Page) -> tuple[object, ...]:
    """What a page says that matters for a link."""
    names = {x.name for side in link.sides for x in walk(side) if hasattr(x, "name")}
    known = {**page.definitions, **page.functions}
    matters = tuple((name, known[name]) for name in sorted(names & set(known)))
    return tuple(sorted(page.declared.items())), matters


def _first_trial(link: Statement, page: Page) -> Trial | None:
    """The settings under which a link holds."""
    for trial in trials.trials_of(link, page.declared):
        if verdicts._link("", link, page, trial).verdict == "holds":
            return trial
    return None


# The changes


def mutants(original: Original) -> Iterator[Mutant]:
    """Yield all mutants of a link, each once, and none that is the link itself."""
    seen = {original.link.sides}
    for kind, what, statement in _all_changes(original.link, original.latex):
        if statement.sides not in seen:
            seen.add(statement.sides)
            node, new = _changed(original.link.sides, statement.sides)
            yield Mutant(original, kind, what, statement, node, new)


def _all_changes(link: Statement, latex: str) -> Iterator[tuple[str, str, Statement]]:
    for change in changes(link, latex):
        yield change.kind, change.hint, change.statement
    for kind, what, sides in _more(link.sides):
        yield kind, what, replace(link, sides=sides)


def _more(node: object) -> Iterator[tuple[str, str, object]]:
    """Yield what a node becomes by one more change, of itself or of a part."""
    if isinstance(node, tuple):
        for place, item in enumerate(node):
            for kind, what, new in _more(item):
                yield kind, what, (*node[:place], new, *node[place + 1 :])
        return
    if not isinstance(node, Node):
        return
    yield from _more_here(node)
    for name in node.__slots__:
        if (
            isinstance(node, Symbol | Derivative)
            or (isinstance(node, Call) and name == "layer")
            or (isinstance(node, Call) and node.name == "p")
        ):
            continue  # scripts and the like: `_more_here` changes them
        for kind, what, new in _more(getattr(node, name)):
            yield kind, what, replace(node, **{name: new})


FUNCTIONS = {
    "sigma": ("tanh",),
    "tanh": ("sigma",),
    "g": ("sigma", "tanh"),
    "log": ("exp",),
    "exp": ("log",),
    "max": ("min",),
    "min": ("max",),
    "relu": ("leaky_relu",),
    "leaky_relu": ("relu",),
}
LETTERS = {
    "Y": ("Yhat",),
    "Yhat": ("Y",),
    "y": ("yhat",),
    "yhat": ("y",),
    "J": ("Loss",),
    "Loss": ("J",),
    "W": ("dW",),
    "dW": ("W",),
    "w": ("dw",),
    "dw": ("w",),
    "b": ("db",),
    "db": ("b",),
    "m": ("n_x",),
    "n_x": ("m",),
    "dZ": ("Z",),
    "dA": ("A",),
    "dz": ("z",),
    "da": ("a",),
    "X": ("Y",),
}
OPPOSITE = {"<": ">", ">": "<", "le": "ge", "ge": "le", "=": "ne", "ne": "="}


def _more_here(node: Node) -> Iterator[tuple[str, str, Node]]:
    span = node.span
    one = Number(span, "1")
    if isinstance(node, Add):
        yield "term", "without the second term", node.left
        if not isinstance(node.right, Dots):
            yield "term", "without the first term", node.right
    elif isinstance(node, Quotient):
        yield "quotient", "upside down", Quotient(span, node.bottom, node.top)
        yield "factor", "without the numerator", Quotient(span, one, node.bottom)
    elif isinstance(node, Call):
        for name in FUNCTIONS.get(node.name, ()):
            layer = None if name != "g" else node.layer
            yield (
                "function",
                f"{name} for {node.name}",
                replace(node, name=name, layer=layer),
            )
        if len(node.arguments) == 1 and node.name != "np.sum":
            yield "function", f"without {node.name}", node.arguments[0]
        yield from _options(node)
    elif isinstance(node, Big):
        yield from _limits(node)
    elif isinstance(node, Compare):
        yield (
            "condition",
            "the other way",
            replace(node, relation=OPPOSITE[node.relation]),
        )
    elif isinstance(node, Derivative):
        yield from _derivatives(node)
    elif isinstance(node, Symbol):
        yield from _letters_and_units(node)
    elif isinstance(node, Matrix):
        yield from _all_cells(node)


def _options(node: Call) -> Iterator[tuple[str, str, Node]]:
    options = dict(node.options)
    if "axis" in options:
        options["axis"] = "1" if options["axis"] == "0" else "0"
        yield "axis", "the other axis", replace(node, options=tuple(options.items()))


def _limits(node: Big) -> Iterator[tuple[str, str, Node]]:
    one = Number(node.span, "1")
    other = {"prod": "sum", "max": "min", "min": "max"}.get(node.kind)
    if other:
        yield "sum", f"{other} for {node.kind}", replace(node, kind=other)
    if node.low is not None:
        for minus in (False, True):
            low = Add(node.span, node.low, one, minus)
            yield "limit", "another first value", replace(node, low=low)
    if node.high is not None:
        high = Add(node.span, node.high, one, True)
        yield "limit", "another last value", replace(node, high=high)
        for kind, what, new in _more(node.high):
            yield "limit", f"{kind}: {what}", replace(node, high=new)
        if isinstance(node.high, Symbol):
            for near in _near(node.high.layer):
                high = replace(node.high, layer=near)
                yield "limit", "another layer", replace(node, high=high)


def _near(layer: Node | None) -> Iterator[Node]:
    if isinstance(layer, Number):
        for value in (int(layer.text) - 1, int(layer.text) + 1):
            if value >= 0:
                yield Number(layer.span, str(value))
    elif isinstance(layer, Add):
        yield layer.left
        yield replace(layer, minus=not layer.minus)
    elif layer is not None:
        for minus in (True, False):
            yield Add(layer.span, layer, Number(layer.span, "1"), minus)


def _derivatives(node: Derivative) -> Iterator[tuple[str, str, Node]]:
    letters = {"z": "a", "a": "z", "Z": "A", "A": "Z", "W": "b", "w": "b", "b": "w"}
    for name in ("of", "by"):
        symbol = getattr(node, name)
        if not isinstance(symbol, Symbol):
            continue
        if symbol.name in letters:
            new = replace(symbol, name=letters[symbol.name])
            if symbol.name in "bwW":
                new = replace(new, units=())
            yield "letter", f"another letter {name}", replace(node, **{name: new})
        for near in _near(symbol.layer):
            new = replace(symbol, layer=near)
            yield "layer", f"another layer {name}", replace(node, **{name: new})
    if isinstance(node.of, Symbol) and node.of.name in letters:
        yield "derivative", "upside down", replace(node, of=node.by, by=node.of)


def _letters_and_units(node: Symbol) -> Iterator[tuple[str, str, Node]]:
    for name in LETTERS.get(node.name, ()):
        if node.name == "Loss" and node.example is not None:
            continue
        yield "letter", f"{name} for {node.name}", replace(node, name=name)
    if node.name in ("b", "db", "dA", "da", "B", "dB") and not node.units:
        yield "transpose", f"{node.name} transposed", Transpose(node.span, node)
    if len(node.units) == 2:
        yield "units", "in the other order", replace(node, units=node.units[::-1])
    if len(node.units) == 1 and isinstance(node.units[0], Symbol):
        other = {"j": "k", "k": "j"}.get(node.units[0].name)
        if other:
            unit = replace(node.units[0], name=other)
            yield "units", f"{other} for another", replace(node, units=(unit,))
    if node.example is not None:
        yield "example", "without the example", replace(node, example=None)


def _all_cells(node: Matrix) -> Iterator[tuple[str, str, Node]]:
    """Change the first and the last item of a list with dots in the same way."""
    cells = [cell for row in node.rows for cell in row]
    if not any(isinstance(cell, Dots) for cell in cells):
        return
    plain = [cell for cell in cells if not isinstance(cell, Dots)]
    lists = [list(_all_changes_of(cell)) for cell in plain]
    if len({len(found) for found in lists}) != 1:
        return
    for together in zip(*lists, strict=True):
        if len({(kind, what) for kind, what, _ in together}) != 1:
            continue
        new = iter(cell for _, _, cell in together)
        rows = tuple(
            tuple(cell if isinstance(cell, Dots) else next(new) for cell in row)
            for row in node.rows
        )
        yield (
            together[0][0],
            f"in each item: {together[0][1]}",
            replace(node, rows=rows),
        )


def _all_changes_of(cell: Node) -> Iterator[tuple[str, str, Node]]:
    """All changes of an expression, with words that do not depend on its indices."""
    whole = Statement((cell, Number(cell.span, "0")), ("=",))
    for kind, _, statement in _all_changes(whole, ""):
        if statement.sides[1] == whole.sides[1]:
            yield kind, "", statement.sides[0]


Place = tuple[Node | None, object]


def _changed(before: object, after: object) -> Place:
    """The smallest node below which all differences lie: as it was, and is."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        pairs = [
            (one, other)
            for one, other in zip(before, after, strict=False)
            if one != other
        ]
        if len(before) == len(after) and len(pairs) == 1:
            return _changed(*pairs[0])
        return None, None
    if not isinstance(before, Node):
        return None, None
    if type(before) is type(after):
        differing = [
            name
            for name in before.__slots__
            if getattr(before, name) != getattr(after, name)
        ]
        if len(differing) == 1:
            name = differing[0]
            inner = _changed(getattr(before, name), getattr(after, name))
            return (before, after) if inner[0] is None else inner
    return before, after


# What comes out


def examine(mutant: Mutant) -> Result:
    """Check a mutant as a formula of its page would be checked."""
    page, statement = mutant.original.page, mutant.statement
    best = ("not-checked", "no model knows all of its symbols")
    order = ("not-checked", "ill-typed", "fails")
    for trial in trials.trials_of(statement, page.declared):
        verdict, message = claim(statement, page, trial, SEEDS[:1])
        if verdict in ACCEPTED and wrong_elsewhere(mutant, trial):
            verdict, message = claim(statement, page, trial, SEEDS)
            if verdict in ACCEPTED:
                return Result(mutant, "accepted", f"assuming {trial.assuming}")
        if verdict in ACCEPTED:
            return Result(mutant, verdict, "", group(mutant, verdict, trial))
        if order.index(verdict) >= order.index(best[0]):
            best = (verdict, message)
    verdict, message = best
    reason = "" if verdict in REFUTED else not_checked_group(mutant, message)
    return Result(mutant, verdict, message, reason)


def claim(
    statement: Statement, page: Page, trial: Trial, seeds: tuple[int, ...]
) -> tuple[str, str]:
    """Return the verdict on a link in one setting, and why."""
    with mock.patch.object(claims, "SEEDS", seeds):
        try:
            if claims.speaks_of_shapes(statement):
                found = claims.shape_claim("", statement, page, trial)
            else:
                found = claims.value_claim("", statement, page, trial, seeds)
        except IllTyped as problem:
            return "ill-typed", problem.message
        except (OutOfRange, Refuted) as problem:
            return "fails", problem.message
        except Problem as problem:
            return "not-checked", problem.message
    return found.verdict, found.message


def wrong_elsewhere(mutant: Mutant, trial: Trial) -> bool:
    """Tell whether a mutant fails on fresh sizes, depths and seeds.

    What counts is a network on which the original holds: it may fail on another one,
    if so much cancels there that too few digits are left.
    """
    page, statement = mutant.original.page, mutant.statement
    depths = _fresh_depths(statement, page, trial)
    for L, seed in zip(depths, FRESH_SEEDS, strict=False):
        fresh = replace(trial, settings=replace(trial.settings, L=L))
        verdict, _ = claim(statement, page, fresh, (seed,))
        if verdict not in ACCEPTED:
            verdict, _ = claim(mutant.original.link, page, fresh, (seed,))
            if verdict in ACCEPTED:
                return True
    return False


def _fresh_depths(statement: Statement, page: Page, trial: Trial) -> tuple[int, ...]:
    """The depths to try again: others, unless the depth is said or assumed."""
    L = trial.settings.L
    if "L" in page.declared or L != 4:
        return (L, L)
    depths = [depth for depth in FRESH_DEPTHS if not _names_a_layer(statement, depth)]
    return tuple(depths) or (L,)


def _names_a_layer(statement: Statement, least: int) -> bool:
    """Tell whether a statement names a layer by a number that is as high."""
    return any(
        isinstance(x, Symbol | Call)
        and isinstance(x.layer, Number)
        and int(x.layer.text) >= least
        for side in statement.sides
        for x in walk(side)
    )


# Why a mutant says the same


@dataclass(frozen=True)
class Worth:
    """What the nodes of a mutant and of its original are worth, by identity."""

    seen: dict[int, list[object]]

    def is_number(self, node: Node | None) -> bool:
        found = self.seen.get(id(node), [])
        if not found and isinstance(node, Product):
            return all(self.is_number(factor) for factor in node.factors)
        return bool(found) and not any(is_array(value) for value in found)

    def always(self, node: Node | None, number: float) -> bool:
        found = self.seen.get(id(node), [])
        return bool(found) and all(
            not is_array(value) and abs(value - number) < 1e-12 for value in found
        )


def worth(mutant: Mutant, trial: Trial) -> Worth:
    """Evaluate a mutant and its original in one setting, and note all values."""
    seen: dict[int, list[object]] = {}
    plain = Evaluator.value

    def noted(self: Evaluator, node: Node) -> object:
        value = plain(self, node)
        seen.setdefault(id(node), []).append(value)
        return value

    page = mutant.original.page
    with mock.patch.object(Evaluator, "value", noted):
        claim(mutant.statement, page, trial, SEEDS[:1])
        if mutant.kind in ("factor", "sign"):
            claim(mutant.original.link, page, trial, SEEDS[:1])
    return Worth(seen)


def group(mutant: Mutant, verdict: str, trial: Trial) -> str:
    """Say in a few words why a mutant is equivalent; by itself if nothing fits."""
    if verdict == "vacuous":
        return "both sides become the same"
    if verdict == "definition":
        return "two names of one quantity"
    original, node, new = mutant.original, mutant.node, mutant.new
    values = worth(mutant, trial)
    more = [x for x in trial.assuming if x not in original.trial.assuming]
    suffix = f" (assuming {', '.join(more)})" if more else ""
    if mutant.kind == "transpose" and (
        values.is_number(node)
        or (isinstance(new, Transpose) and values.is_number(new.of))
    ):
        return f"transpose: of a number{suffix}"
    if mutant.kind == "order" and isinstance(new, Product):
        arrays = [x for x in new.factors if not values.is_number(x)]
        if len(arrays) <= 1:
            return f"order: of a number and another factor{suffix}"
    if (
        mutant.kind == "product"
        and isinstance(new, Elementwise | Product)
        and any(values.is_number(x) for x in _two(new))
    ):
        return f"product: of a number and another factor{suffix}"
    if mutant.kind == "factor" and node is not None:
        lost = _lost(node, new)
        if lost is not None and values.always(lost, 1.0):
            return "factor: it is 1"
    if mutant.kind == "sign" and isinstance(node, Add):
        if isinstance(node.right, Dots):
            return "sign: before the dots that stand for a remainder"
        if values.always(node.right, 0.0):
            return "sign: of 0"
    if claims.speaks_of_shapes(mutant.statement) and mutant.kind == "letter":
        return "letter: a claim about shapes, and the shapes are the same"
    if any(x.endswith("hidden layers") for x in more):
        return f"{mutant.kind}: true of the activation that it assumes"
    if mutant.kind == "term" and any(
        isinstance(x, Dots) for side in mutant.statement.sides for x in walk(side)
    ):
        return "term: one that the dots after it stand for as well"
    if mutant.kind == "letter" and mutant.what == "Loss for J":
        return "letter: the loss, derived by a parameter beside m, is the cost"
    return f"{mutant.kind}: {original.text} | {_short(mutant)}{suffix}"


def _two(node: Elementwise | Product) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Product) else (node.left, node.right)


def _lost(before: Node, after: object) -> Node | None:
    """The factor that a mutant lacks."""
    parts = getattr(before, "factors", ())
    for part in parts:
        rest = tuple(x for x in parts if x is not part)
        if after == (rest[0] if len(rest) == 1 else replace(before, factors=rest)):
            return part
    if isinstance(before, Quotient) and after == before.top:
        return before.bottom
    return None


def _short(mutant: Mutant) -> str:
    return " ".join(mutant.what.split())


def not_checked_group(mutant: Mutant, message: str) -> str:
    if "dots" in message:
        return f"{mutant.kind}: one end of a list with dots"
    return f"{mutant.kind}: {message}"


def run() -> tuple[list[Original], list[Result]]:
    """Examine all mutants of all equations of the site."""
    found = list(originals())
    results = []
    with np.errstate(all="ignore"):
        for original in found:
            results += [examine(mutant) for mutant in mutants(original)]
    return found, results


def counts(found: list[Original], results: list[Result]) -> dict[str, int]:
    """Count what came out, as the site shows it."""
    verdicts_of = Counter(result.verdict for result in results)
    return {
        "links": len(found),
        "mutants": len(results),
        "fail": verdicts_of["fails"],
        "ill-typed": verdicts_of["ill-typed"],
        "equivalent": sum(verdicts_of[kind] for kind in ACCEPTED),
        "not checked": verdicts_of["not-checked"],
        "wrong and accepted": verdicts_of["accepted"],
    }


def summary(found: list[Original], results: list[Result]) -> str:
    """Write the counts on one line."""
    written = [f"{count} {name}" for name, count in counts(found, results).items()]
    return f"{', '.join(written[:2])}: {', '.join(written[2:])}"


def main() -> None:
    found, results = run()
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        if result.verdict not in REFUTED:
            groups.setdefault((result.verdict, result.group), []).append(result)
    for (verdict, why), members in sorted(groups.items()):
        first = members[0].mutant
        print(f"{len(members):5} {verdict}: {why}")
        print(f"      {first.original.place}: {first.original.text[:100]}")
        print(f"      {first.what[:100]} {members[0].message}")
    print(summary(found, results))
    if "--record" in sys.argv[1:]:
        record = json.dumps(counts(found, results), indent=2)
        RECORD.write_text(f"{record}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
