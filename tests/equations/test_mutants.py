r"""The check bites: what a single change makes of the site's equations is refuted.

What is not has to say the same as the original, for one of the reasons below. An entry
by its formula is a mutant of that formula alone. A new group fails: either the check
has a hole, or the reason belongs here.
"""

import json
from collections import Counter

import pytest

from tests.equations import mutants

EQUIVALENT = {
    r"number: 1 \cdot 0 - 1 \cdot 2 + 0.5 \cdot 1 - 1 = -2.5 "
    "| with another number for 1": "the first 1 is multiplied by 0",
    r"term: f(\theta + \varepsilon) \approx f(\theta) + \varepsilon f'(\theta) "
    "| without the second term": (
        "a weaker claim, which is true: the difference then falls with epsilon itself"
    ),
    "factor: it is 1": "a product does not change without a factor that is 1",
    "function: true of the activation that it assumes": (
        "g is any activation, the sigmoid or tanh as well: the verdict says which"
    ),
    "letter: true of the activation that it assumes": (
        "max(0, a) is g(z) if a is positive, as for the sigmoid, and max(0.01 z, a) is "
        "ReLU(z) for ReLU: the verdict says so"
    ),
    "term: true of the activation that it assumes": (
        "without 0.01 min(0, z) the leaky ReLU is ReLU: the verdict says so"
    ),
    "letter: a claim about shapes, and the shapes are the same": (
        "dW has the shape of W, and A that of Z"
    ),
    "order: of a number and another factor": "numbers commute",
    "order: of a number and another factor (assuming n^{[L]} = 1)": (
        "with one output unit dz^{[L](i)} is a number"
    ),
    "product: of a number and another factor": "a number multiplies entry by entry",
    "product: of a number and another factor (assuming n^{[L]} = 1)": (
        "with one output unit dz^{[L](i)} is a number"
    ),
    "sign: before the dots that stand for a remainder": "a remainder has any sign",
    "sign: of 0": "plus 0 is minus 0",
    "term: one that the dots after it stand for as well": (
        "the dots go on from the term before"
    ),
    "transpose: of a number": "a number is its own transpose",
    "transpose: of a number (assuming n^{[L]} = 1)": (
        "with one output unit b^{[L]}, a^{[L](i)} and y^{(i)} are numbers"
    ),
    "transpose: of a number (assuming L = 2, n^{[L]} = 1)": "the same",
    "both sides become the same": (
        "the mutant says nothing, and the verdict is vacuous, not holds"
    ),
    # One formula each
    r"letter: -y + a \sum_{k=1}^{C} y_k \\ &= a - y | yhat for y": (
        "the outputs of a softmax sum to 1, as its labels do"
    ),
    r"letter: -y - a (a^T \, da) \\ &= -y + a \sum_{k=1}^{C} y_k | yhat for y": (
        "the outputs of a softmax sum to 1, as its labels do"
    ),
    r"letter: g(z) = \max(0, z) | with a for z": "ReLU changes nothing the second time",
    r"letter: g(z) = \max(0, z) + 0.01 \min(0, z) | with a for z": (
        "leaky ReLU keeps the sign, so max(0, a) = max(0, z)"
    ),
    r"letter: g'(z) = \begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{if } z \le 0 "
    r"\end{cases} | with a for z": "a is positive where z is",
    r"letter: g'(z) = \begin{cases} 1 & \text{if } z > 0 \\ 0.01 & \text{if } z \le 0 "
    r"\end{cases} | with a for z": "a is positive where z is",
    r"quotient: \frac{\sum_{j=1}^{C} e^{z_j}}{\sum_{k=1}^{C} e^{z_k}} = 1 "
    r"| upside down": "1/1 = 1",
    r"quotient: \sum_{j=1}^{C} a_j = "
    r"\frac{\sum_{j=1}^{C} e^{z_j}}{\sum_{k=1}^{C} e^{z_k}} | upside down": "1/1 = 1",
    r"term: 6 - 0 - 6 = 0 | without the second term": "a term that is 0",
    r"transpose: \begin{bmatrix} w^T x^{(1)} + b & \cdots & w^T x^{(m)} + b "
    r"\end{bmatrix} \\ &= \begin{bmatrix} z^{(1)} & \cdots & z^{(m)} \end{bmatrix} "
    r"| in each item:": "each item is a number: so is b",
    r"transpose: w^T \begin{bmatrix} x^{(1)} & \cdots & x^{(m)} \end{bmatrix} + b \\ "
    r"&= \begin{bmatrix} w^T x^{(1)} + b & \cdots & w^T x^{(m)} + b \end{bmatrix} "
    r"| in each item:": "b is a number",
    r"transpose: dz &= (\operatorname{diag}(a) - a a^T)^T \, da "
    r"| without the transpose in (\operatorname{diag}(a) - a a^T)^T": (
        "the matrix is symmetric"
    ),
    r"units: \frac{\partial a_k}{\partial z_j} = \begin{cases} a_k (1 - a_k) & "
    r"\text{if } k = j \\ -a_k a_j & \text{if } k \ne j \end{cases} | j for another": (
        "in the first case j is k"
    ),
}

NOT_CHECKED = {
    "term: this has no value here": (
        "a sum that goes on without an end: it may be right, which term comes last "
        "is not said"
    ),
}


@pytest.fixture(scope="module")
def outcome():
    return mutants.run()


@pytest.fixture(scope="module")
def results(outcome):
    return outcome[1]


def test_the_equations_of_the_site_are_all_there(outcome):
    originals, _ = outcome
    assert len(originals) >= 250
    files = {original.place.partition(":")[0] for original in originals}
    assert {
        "docs/deep-network/backward.md",
        "docs/derivations/logistic-regression.md",
        "docs/softmax.md",
        "docs/vectorisation.md",
        "nnref/activations.py",
    } <= files


def test_each_kind_of_change_is_made(results):
    kinds = Counter(result.mutant.kind for result in results)
    for kind in (
        *("sign", "transpose", "prime", "sum", "product", "order", "layer", "letter"),
        *("factor", "number", "limit", "function", "quotient", "term", "units"),
        *("condition", "derivative", "example"),
    ):
        assert kinds[kind] > 0, kind
    assert len(results) >= 6000


def test_no_mutant_that_says_something_else_holds(results):
    accepted = [
        f"{result.mutant.original.text} | {result.mutant.what} | {result.message}"
        for result in results
        if result.verdict == "accepted"
    ]
    assert accepted == []


def test_what_still_holds_has_a_known_reason(results):
    found = unknown(results, mutants.ACCEPTED, EQUIVALENT)
    assert not found, "\n".join(found)


def test_what_is_not_checked_has_a_known_reason(results):
    found = unknown(results, ("not-checked",), NOT_CHECKED)
    assert not found, "\n".join(found)
    count = sum(result.verdict == "not-checked" for result in results)
    assert count <= 0.02 * len(results)


def unknown(results, kinds, known):
    groups = {
        result.group: result
        for result in results
        if result.verdict in kinds and result.group not in known
    }
    return [
        f"{group}: {result.mutant.original.place}" for group, result in groups.items()
    ]


def test_the_counts_that_the_site_shows_are_those_of_a_run(outcome):
    recorded = json.loads(mutants.RECORD.read_text(encoding="utf-8"))
    assert recorded == mutants.counts(*outcome), (
        "the page Agreement shows another run: python -m tests.equations.mutants "
        "--record writes this one"
    )


def test_most_mutants_are_refuted(results):
    refuted = sum(result.verdict in mutants.REFUTED for result in results)
    assert refuted >= 0.8 * len(results)


def test_no_reason_is_left_over(results):
    used = {result.group for result in results}
    assert set(EQUIVALENT) - used == set()
    assert set(NOT_CHECKED) - used == set()


def test_an_evaluator_that_stretches_like_numpy_is_noticed(monkeypatch):
    """The run itself bites: with a hole in the check, a wrong mutant is accepted."""
    page = mutants.Page({"model": "deep"})
    latex = r"dZ^{[L]} = A^{[L]} - Y"
    (statement,) = mutants.read(latex)
    trial = mutants._first_trial(statement, page)
    original = mutants.Original("here", latex, statement, page, trial)
    change = next(x for x in mutants.mutants(original) if x.kind == "sign")
    assert mutants.examine(change).verdict == "fails"
    error = mutants.claims.error_of

    def blind_to_the_usual_seeds(one, other, *rest):
        fresh = mutants.claims.SEEDS[0] in mutants.FRESH_SEEDS
        return error(one, other, *rest) if fresh else 0.0

    monkeypatch.setattr(mutants.claims, "error_of", blind_to_the_usual_seeds)
    assert mutants.examine(change).verdict == "accepted"
