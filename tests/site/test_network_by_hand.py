"""The network that is computed by hand: each of its numbers is one of nnref's.

The check of formulas compares numbers within formulas. This looks at all of them, those
in sentences and in figures' captions as well.
"""

import re
from pathlib import Path

import numpy as np

from nnref.equations import Page, check
from nnref.equations.documents import read_document
from nnref.losses import cross_entropy
from nnref.shallow_network import backward, cost, forward, update

PAGE = Path(__file__).parents[2] / "docs" / "network-by-hand.md"


def given() -> dict[tuple[str, int], np.ndarray]:
    """Return the values that the page gives its network first."""
    formula = next(f for f in read_document(PAGE) if f.declared == "given")
    page = Page(formula.model)
    assert check(formula.latex, page=page, given=True).verdict == "definition"
    return {place: np.array(rows) for place, rows in page.given}


def computed() -> set[str]:
    """Return all values of one step of training, to three decimals."""
    values = given()
    X, Y, alpha = values["A", 0], values["Y", 0], values["alpha", 0].item()
    parameters = [values[letter, layer] for layer in (1, 2) for letter in "Wb"]
    W2 = parameters[2]
    Z1, A1, Z2, A2 = forward(X, *parameters)
    gradient = backward(X, Y, W2, Z1, A1, A2)
    dA1, slopes = W2.T @ (A2 - Y), 1 - A1**2
    # What stands between: the products that are added up.
    parts = [W2.T * A1.round(3), X[0] * (dA1 * slopes)[0].round(3)]
    new = [p.round(3) for p in update(*parameters, *gradient, alpha)]
    after = forward(X, *new)
    found = [Z1, A1, Z2, A2, A2 - Y, *gradient, dA1, slopes, dA1 * slopes, *parts]
    found += [cross_entropy(A2, Y), cost(Z2, Y)]
    found += [*new, *after, cross_entropy(after[3], Y), cost(after[2], Y)]
    return {f"{abs(x):.3f}" for value in found for x in np.ravel(value)}


def written(text: str) -> set[str]:
    """Return the numbers with three decimals that the page does not call wrong."""
    text = re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<!-- nnref: fails -->\s*\$\$.*?\$\$", "", text, flags=re.DOTALL)
    return set(re.findall(r"\d+\.\d{3,}", text))


def test_each_number_of_the_page_is_computed_by_the_package():
    numbers = written(PAGE.read_text(encoding="utf-8"))
    assert len(numbers) > 70
    assert numbers - computed() == set()


def test_a_number_that_nobody_computed_is_noticed():
    wrong = "The cost falls to 0.277, it says."
    assert written(wrong) - computed() == {"0.277"}
