"""What comes out for the formulas of other people's notes."""

from collections import Counter

import pytest

from nnref.equations import check
from tests.equations.wild import WILD

REFUTED = ("fails", "ill-typed")

# Labelled right, and refuted: in each, the label and the course's notation disagree.
CONTRADICTED = {
    "ho-0105": "z = wX + b: w is (n_x, 1) here; the note stores it as a row",
    "hx-0254": "dA is a derivative of the loss; dJ/dA, set equal to it, is 1/m of it",
}
# Labelled unclear, and found to hold, under an assumption that makes it true.
ASSUMED = {"ho-0389": ("L = 1", "n^{[L]} = 1", "for one example")}


@pytest.fixture(scope="module")
def verdicts():
    return {name: (label, check(latex)) for name, latex, label in WILD}


def labelled(verdicts, wanted):
    return {
        name: verdict for name, (label, verdict) in verdicts.items() if label == wanted
    }


def test_the_sample_is_whole():
    assert Counter(label for _, _, label in WILD) == {
        "holds": 72,
        "fails": 14,
        "definition": 13,
        "unclear": 9,
    }
    assert len({name for name, _, _ in WILD}) == len(WILD)


def test_no_wrong_formula_holds(verdicts):
    accepted = {
        name: verdict.latex
        for name, verdict in labelled(verdicts, "fails").items()
        if verdict.verdict not in (*REFUTED, "not-checked")
    }
    assert accepted == {}


def test_half_of_the_wrong_ones_are_refuted(verdicts):
    """The others have a slip that cannot be read, or a name that is not known."""
    found = [v.verdict in REFUTED for v in labelled(verdicts, "fails").values()]
    assert sum(found) >= 7


def test_most_right_formulas_hold(verdicts):
    right = labelled(verdicts, "holds")
    found = [verdict.verdict == "holds" for verdict in right.values()]
    assert sum(found) >= 0.85 * len(right)


def test_right_formulas_are_not_refuted(verdicts):
    right = labelled(verdicts, "holds")
    refuted = {name for name, v in right.items() if v.verdict in REFUTED}
    unexplained = refuted - set(CONTRADICTED)
    assert len(unexplained) <= 0.02 * len(right), unexplained


def test_definitions_are_not_refuted(verdicts):
    refuted = {
        name: verdict.message
        for name, verdict in labelled(verdicts, "definition").items()
        if verdict.verdict in REFUTED
    }
    assert refuted == {}


def test_what_is_unclear_holds_only_where_it_says_what_it_assumes(verdicts):
    found = {
        name: verdict.assuming
        for name, verdict in labelled(verdicts, "unclear").items()
        if verdict.verdict == "holds"
    }
    assert {name for name in found if not found[name]} == set()
    assert set(found) <= set(ASSUMED)


def test_what_is_not_checked_says_why_and_where(verdicts):
    for name, (_, verdict) in verdicts.items():
        if verdict.verdict == "not-checked":
            start, end = verdict.worst.span
            assert verdict.message, name
            assert 0 <= start <= end <= len(verdict.latex), name
