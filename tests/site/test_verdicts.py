"""The site's verdicts are the pytest plugin's, and only what changed is checked."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nnref.equations import Page, check
from nnref.equations import outcomes as checking
from nnref.equations.documents import Formula, formulas_in, read_document
from nnref.equations.outcomes import Outcome, examine
from nnref.site import verdicts
from tests.conftest import PROJECT
from tests.equations.mutants import sources

RIGHT = r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1]T}"
WRONG = r"dW^{[l]} = dZ^{[l]} A^{[l-1]T}"
PAGE = f"""<!-- nnref: model=deep -->

$$
{RIGHT}
$$

<!-- nnref: definition -->

$$
s = W^{{[1]}} W^{{[1]T}}
$$

$$
s^T = W^{{[1]}} W^{{[1]T}}
$$

$$
dZ^{{[L]}} = A^{{[L]}} - Y
$$
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(verdicts, "_memory", {})
    return tmp_path / "cache"


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formulas that are evaluated, in order."""
    seen: list[str] = []
    check = checking.check

    def noted(latex: str, **rest: Any) -> Any:
        seen.append(latex)
        return check(latex, **rest)

    monkeypatch.setattr(checking, "check", noted)
    return seen


def of(text: str, cache: Path) -> list[str]:
    found = verdicts.outcomes(formulas_in("page.md", text), cache)
    return [outcome.verdict.verdict for outcome in found]


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what is in memory, as another process would not know it."""
    monkeypatch.setattr(verdicts, "_memory", {})


def plugins(formulas: list[Formula]) -> Iterator[Outcome]:
    """What the pytest plugin finds: it goes through `examine` from the first on."""
    for found in examine(formulas):
        if found.formula.is_checked:
            yield replace(found, unknown=())


def test_the_verdicts_are_those_of_the_pytest_plugin(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in sources():
        formulas = read_document(path, path.relative_to(PROJECT).as_posix())
        expected = [*plugins(formulas)]
        assert verdicts.outcomes(formulas, cache) == expected, path
        assert verdicts.outcomes(formulas, cache) == expected, f"{path}, remembered"
        forget(monkeypatch)
        assert verdicts.outcomes(formulas, cache) == expected, f"{path}, from the disk"


def test_what_did_not_change_is_not_evaluated_again(
    cache: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert of(PAGE, cache) == ["holds", "definition", "holds", "holds"]
    assert len(checked) == 4
    checked.clear()
    assert of(f"A sentence.\n\n{PAGE}", cache)[0] == "holds"
    forget(monkeypatch)
    assert of(PAGE, cache)[0] == "holds"
    assert checked == []


def test_an_edited_formula_is_evaluated_and_what_it_builds_on(
    cache: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    of(PAGE, cache)
    for _ in ("in memory", "from the disk"):
        checked.clear()
        edited = PAGE.replace(RIGHT, WRONG)
        assert of(edited, cache) == ["fails", "definition", "holds", "holds"]
        assert checked == [WRONG]
        checked.clear()
        edited = PAGE.replace("s^T =", "s^T = s =")
        assert of(edited, cache) == ["holds", "definition", "holds", "holds"]
        # The first gives the model, the second the name s.
        assert [latex[:3] for latex in checked] == ["dW^", "s =", "s^T"]
        of(PAGE, cache)
        forget(monkeypatch)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("s = W^{[1]} W^{[1]T}", "s = W^{[1]T} W^{[1]}"),
        ("<!-- nnref: definition -->", ""),
        ("model=deep", "model=logistic"),
        ("$$\ndZ", "<!-- nnref: fails -->\n\n$$\ndZ"),
        ("$$\ndZ", "<!-- nnref: skip so -->\n\n$$\ndZ"),
    ],
)
def test_a_verdict_is_forgotten_with_what_it_depends_on(
    old: str, new: str, cache: Path, checked: list[str]
) -> None:
    of(PAGE, cache)
    checked.clear()
    edited = PAGE.replace(old, new)
    assert edited != PAGE
    formulas = formulas_in("page.md", edited)
    found = verdicts.outcomes(formulas, cache)
    assert checked or "skip" in new
    assert found == [*plugins(formulas)]


@pytest.mark.parametrize("latex", ["L = 3", "y = 0", "A^{[0]} = X"])
def test_what_gives_no_new_name_changes_nothing_that_follows(
    latex: str, cache: Path, checked: list[str]
) -> None:
    of(f"${latex}$\n\n{PAGE}", cache)
    checked.clear()
    of(f"${latex.replace('=', ' = ')}$\n\n{PAGE}", cache)
    assert len(checked) == 1


def test_a_name_that_is_new_says_so(cache: Path) -> None:
    """The cache goes by the message: a name changes what the page says."""
    for latex in ("s = W^{[1]} W^{[1]T}", r"f(\theta) = \theta^3", "c = 3 a"):
        page = Page({"model": "deep"})
        verdict = check(latex, page=page, definition=True)
        assert page.definitions or page.functions
        assert verdict.claims[0].message.startswith(verdicts.DEFINES)


def test_another_function_beside_a_formula_is_another_question(
    cache: Path, checked: list[str]
) -> None:
    pair = (
        '<div class="pair" markdown>\n\n$$\ndW^{[l]} = \\frac{1}{m} dZ^{[l]} '
        "A^{[l-1]T}\n$$\n\n``` source\nnnref.deep_network.%s\n```\n\n</div>\n"
    )
    model = "<!-- nnref: model=deep -->\n\n"
    assert of(model + pair % "backward", cache) == ["holds"]
    assert of(model + pair % "forward", cache) == ["fails"]


def test_another_checker_does_not_believe_the_one_before(
    cache: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    of(PAGE, cache)
    (before,) = cache.iterdir()
    monkeypatch.setattr(verdicts, "checker", lambda: "another")
    checked.clear()
    of(PAGE, cache)
    assert len(checked) == 4
    verdicts.forget_other(cache)
    assert not before.exists()
    assert [path.name for path in cache.iterdir()] == ["another"]


def test_the_digest_follows_the_checker_and_not_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "nnref"
    for part in ("equations", "site"):
        (copy / part).mkdir(parents=True)
    for path in ("__init__.py", "equations/claims.py", "site/marks.py"):
        (copy / path).write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(verdicts.nnref, "__file__", str(copy / "__init__.py"))
    before = verdicts.source_digest()
    (copy / "site/marks.py").write_text("x = 2\n", encoding="utf-8")
    assert verdicts.source_digest() == before
    (copy / "equations/claims.py").write_text("x = 2\n", encoding="utf-8")
    assert verdicts.source_digest() != before


@pytest.mark.parametrize("content", ["", "{", "\0", "[]"])
def test_a_broken_cache_is_no_cache(
    content: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of(PAGE, cache)
    (path,) = cache.rglob("*.json")
    path.write_text(content, encoding="utf-8")
    forget(monkeypatch)
    assert of(PAGE, cache) == ["holds", "definition", "holds", "holds"]
    assert len(json.loads(path.read_text(encoding="utf-8"))) == 4


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, cache: Path
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    assert of(PAGE, tmp_path / "file")[0] == "holds"


def test_formulas_of_the_same_text_are_taken_in_order(cache: Path) -> None:
    text = f"$$\n{RIGHT}\n$$\n\n<!-- nnref: skip twice -->\n\n$$\n{RIGHT}\n$$\n"
    found = verdicts.outcomes(formulas_in("page.md", text), cache)
    page = verdicts.PageVerdicts(found)
    spaced = RIGHT.replace(" = ", "\n= ")
    taken = [page.take(spaced, display=True) for _ in range(3)]
    assert [x and (x[0], x[1].status) for x in taken] == [
        (1, "right"),
        (2, "skipped"),
        None,
    ]
    assert page.take(RIGHT, display=False) is None


def test_a_page_after_an_edit_takes_less_than_half_a_second(cache: Path) -> None:
    """Each page, with a formula edited in the middle, when the others are known.

    A formula that gives a new name is no example: all below may depend on it.
    """
    for path in sources():
        formulas = [x for x in read_document(path) if x.is_checked]
        found = verdicts.outcomes(formulas, cache)
        claims = [[c.message for c in x.verdict.claims] for x in found]
        plain = [
            place
            for place, messages in enumerate(claims)
            if not any(text.startswith(verdicts.DEFINES) for text in messages)
        ]
        if not plain:
            continue
        middle = plain[len(plain) // 2]
        formulas[middle] = replace(formulas[middle], latex=f"{formulas[middle].latex} ")
        start = time.process_time()
        read_document(path)
        verdicts.outcomes(formulas, cache)
        assert time.process_time() - start < 0.5, path
