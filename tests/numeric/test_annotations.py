"""The shapes in the signatures are true, of what is returned as well."""

import inspect

import numpy as np
import pytest
from beartype import beartype
from beartype.roar import BeartypeCallHintViolation
from jaxtyping import Num, TypeCheckError, jaxtyped
from numpy import ndarray
from oracles import problem

from nnref import (
    activations,
    datasets,
    gradient_checking,
    logistic_regression,
    losses,
)

X, Y, w, b = problem(0)
Z, A = logistic_regression.forward(X, w, b)
LABELS = np.round(Y)

CALLS = [
    *((getattr(activations, name), (X,)) for name in activations.__all__),
    (losses.cross_entropy, (A, Y)),
    (losses.cross_entropy_from_logits, (Z, Y)),
    (logistic_regression.initialize, (3,)),
    (logistic_regression.forward, (X, w, b)),
    (logistic_regression.cost, (Z, Y)),
    (logistic_regression.backward, (X, A, Y)),
    (logistic_regression.update, (w, b, w, b, 0.1)),
    (logistic_regression.fit, (X, LABELS, 0.1, 3)),
    (logistic_regression.predict, (X, w, b)),
    (logistic_regression.accuracy, (LABELS, LABELS)),
    (gradient_checking.two_sided_difference, (np.sum, X)),
    (gradient_checking.complex_step, (np.sum, X)),
    (gradient_checking.relative_error, (X, 2 * X)),
    (datasets.planar_flower, (10,)),
    (datasets.breast_cancer, (0.2,)),
]
MODULES = [activations, losses, logistic_regression, gradient_checking, datasets]
FUNCTIONS = [
    getattr(module, name)
    for module in MODULES
    for name in module.__all__
    if inspect.isfunction(getattr(module, name))
]


def checked(function):
    """Check arguments and result by beartype, in place of nnref's own check."""
    return jaxtyped(inspect.unwrap(function), typechecker=beartype)


@pytest.mark.parametrize(("function", "arguments"), CALLS)
def test_annotations_are_true(function, arguments):
    checked(function)(*arguments)


def test_every_public_function_is_called_above():
    assert {function for function, _ in CALLS} == set(FUNCTIONS)


def test_a_false_annotation_is_noticed():
    def row(
        X: Num[ndarray, "n_x m"],
    ) -> Num[ndarray, "1 m"]:
        return X

    with pytest.raises((TypeCheckError, BeartypeCallHintViolation)):
        checked(row)(X)


@pytest.mark.parametrize("names", [("w", "n_x 1"), ("costs", "steps+1")])
def test_fields_of_fit(names):
    field, shape = names
    learned = logistic_regression.fit(X, LABELS, iterations=3)
    steps = 3
    wanted = {"n_x 1": (3, 1), "steps+1": (steps + 1,)}[shape]
    assert logistic_regression.Fit.__annotations__[field].dim_str == shape
    assert getattr(learned, field).shape == wanted


# Docstrings: the reference on the site is made from them.


def missing(function):
    """Return what the docstring of `function` lacks."""
    text = inspect.getdoc(function) or ""
    parameters = inspect.signature(function).parameters
    parts = ["Args:", "Returns:", "Raises:", "Page: ["]
    parts += [f"    {name}: " for name in parameters]
    first, _, rest = text.partition("\n")
    lacking = [part.strip() for part in parts if part not in text]
    if not first.endswith((".", ":", "?")) or not rest.startswith("\n"):
        lacking.append("a summary of one line")
    if text.count("$$") % 2:
        lacking.append("the end of a formula")
    return lacking


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_docstring_says_everything(function):
    assert missing(function) == []


def test_a_docstring_that_lacks_something_is_noticed():
    def f(a, b):
        """Return a sum

        $$
        Args:
            a: A number.
        Returns:
            A number.
        """

    assert missing(f) == [
        "Raises:",
        "Page: [",
        "b:",
        "a summary of one line",
        "the end of a formula",
    ]
