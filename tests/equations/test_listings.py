"""A formula beside a listing: the function shown must compute what the formula says."""

import numpy as np
import pytest

from nnref import deep_network, logistic_regression
from nnref.equations import Page, check
from nnref.equations.listings import Listing, variables

RIGHT = [
    (r"a = \sigma(z)", "logistic", "activations.sigmoid"),
    (r"\sigma(z) = \frac{1}{1 + e^{-z}}", "logistic", "activations.sigmoid"),
    (r"\sigma'(z) = \sigma(z) (1 - \sigma(z))", "deep", "activations.sigmoid_prime"),
    (
        r"\frac{\partial a}{\partial z} = a (1 - a)",
        "logistic",
        "activations.sigmoid_prime",
    ),
    (r"\tanh'(z) = 1 - \tanh(z)^2", "deep", "activations.tanh_prime"),
    (r"g(z) = \max(0, z)", "deep", "activations.relu"),
    (r"Z = w^T X + b", "logistic", "logistic_regression.forward"),
    (r"dZ = A - Y", "logistic", "logistic_regression.backward"),
    (r"dw = \frac{1}{m} X dZ^T", "logistic", "logistic_regression.backward"),
    (r"w := w - \alpha \, dw", "logistic", "logistic_regression.update"),
    (
        r"\mathcal{J} = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}",
        "logistic",
        "logistic_regression.cost",
    ),
    (
        r"\mathcal{L}(a, y) = -(y \log a + (1 - y) \log(1 - a))",
        "logistic",
        "losses.cross_entropy",
    ),
    (
        r"dZ^{[1]} = W^{[2]T} dZ^{[2]} \odot g'^{[1]}(Z^{[1]})",
        "shallow",
        "shallow_network.backward",
    ),
    (r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}", "deep", "deep_network.forward"),
    (r"dA^{[l]} = W^{[l+1]T} dZ^{[l+1]}", "deep", "deep_network.backward"),
    (
        r"b^{[l]} := b^{[l]} - \alpha \, db^{[l]}",
        "deep",
        "deep_network.update",
    ),
    (
        r"f'(\theta) \approx "
        r"\frac{f(\theta + \varepsilon) - f(\theta - \varepsilon)}{2 \varepsilon}",
        "logistic",
        "gradient_checking.two_sided_difference",
    ),
]


def beside(latex, model, name):
    return check(latex, page=Page({"model": model}), listing=f"nnref.{name}")


@pytest.mark.parametrize(("latex", "model", "name"), RIGHT)
def test_a_formula_beside_its_function_holds(latex, model, name):
    verdict = beside(latex, model, name)
    assert verdict.verdict == "holds", verdict.message


@pytest.mark.parametrize(
    ("latex", "model", "name"),
    [
        (r"dZ = A - Y", "logistic", "logistic_regression.forward"),
        # A is given to it: it has not computed it.
        (r"A = \sigma(Z)", "logistic", "logistic_regression.backward"),
        (r"\tanh(z) = 1 - \frac{2}{1 + e^{2z}}", "deep", "activations.sigmoid"),
        (r"\sigma(z) = \frac{1}{1 + e^{-z}}", "deep", "activations.sigmoid_prime"),
        (r"g'(z) = 1 - a^2", "deep", "activations.tanh"),
        (
            r"\mathcal{J} = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}",
            "logistic",
            "logistic_regression.forward",
        ),
        (r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}", "deep", "deep_network.backward"),
    ],
)
def test_a_right_formula_beside_the_wrong_function_fails(latex, model, name):
    assert check(latex, page=Page({"model": model})).verdict == "holds"
    verdict = beside(latex, model, name)
    assert verdict.verdict == "fails"
    assert verdict.message


def test_a_function_that_computes_something_else_is_noticed(monkeypatch):
    def backward(X, A, Y):
        m = X.shape[1]
        dZ = A - Y
        dw = X @ dZ.T
        db = np.sum(dZ) / m
        return dw, db

    monkeypatch.setattr(logistic_regression, "backward", backward)
    name = "logistic_regression.backward"
    assert beside(r"dZ = A - Y", "logistic", name).verdict == "holds"
    verdict = beside(r"dw = \frac{1}{m} X dZ^T", "logistic", name)
    assert verdict.verdict == "fails"
    assert "computes something else" in verdict.message


def test_a_layer_that_is_computed_otherwise_is_noticed(monkeypatch):
    real = deep_network.forward

    def forward(X, W, b, g):
        Z, A = real(X, W, b, g)
        Z[1] = Z[1] + 1e-6
        return Z, A

    latex = r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}"
    assert beside(latex, "deep", "deep_network.forward").verdict == "holds"
    monkeypatch.setattr(deep_network, "forward", forward)
    verdict = beside(latex, "deep", "deep_network.forward")
    assert verdict.verdict == "fails"
    assert "computes something else" in verdict.message


def test_variables_are_those_at_the_end_of_the_call():
    def function(x):
        y = x + 1
        x = y * 2
        return x - y

    assert variables(function, {"x": 3}) == {"x": 8, "y": 4, "return": 4}


def test_what_uses_other_functions_is_not_compared():
    assert not Listing("nnref.deep_network.fit").is_compared
    assert not Listing("nnref.initialization.he").is_compared
    assert Listing("nnref.deep_network.forward").is_compared
