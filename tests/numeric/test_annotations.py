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
    deep_network,
    gradient_checking,
    gradient_descent,
    initialization,
    logistic_regression,
    losses,
    parameters,
    shallow_network,
)

X, Y, w, b = problem(0)
Z, A = logistic_regression.forward(X, w, b)
LABELS = np.round(Y)
RNG = np.random.default_rng(0)
SHALLOW = shallow_network.initialize(3, 4)
Z1, A1, Z2, A2 = shallow_network.forward(X, *SHALLOW)
DEEP = deep_network.initialize([3, 4, 1])
G, G_PRIME = deep_network.activations([(activations.tanh, activations.tanh_prime)])
ZS, AS = deep_network.forward(X, *DEEP, G)
FILE = "network.npz"

CALLS = [
    *((getattr(activations, name), (X,)) for name in activations.__all__),
    (losses.cross_entropy, (A, Y)),
    (losses.cross_entropy_from_logits, (Z, Y)),
    (losses.softmax_cross_entropy_from_logits, (X, X)),
    (logistic_regression.initialize, (3,)),
    (logistic_regression.forward, (X, w, b)),
    (logistic_regression.cost, (Z, Y)),
    (logistic_regression.backward, (X, A, Y)),
    (logistic_regression.update, (w, b, w, b, 0.1)),
    (logistic_regression.fit, (X, LABELS, 0.1, 3)),
    (logistic_regression.predict, (X, w, b)),
    (logistic_regression.accuracy, (LABELS, LABELS)),
    *((getattr(initialization, n), (4, 3, RNG)) for n in initialization.__all__),
    (shallow_network.initialize, (3, 4)),
    (shallow_network.forward, (X, *SHALLOW)),
    (shallow_network.cost, (Z2, Y)),
    (shallow_network.backward, (X, Y, SHALLOW[2], Z1, A1, A2)),
    (shallow_network.update, (*SHALLOW, *SHALLOW, 0.1)),
    (shallow_network.fit, (X, LABELS, *SHALLOW)),
    (shallow_network.predict, (X, *SHALLOW)),
    (deep_network.initialize, ([3, 4, 1],)),
    (deep_network.activations, ([(np.sin, np.cos)],)),
    (deep_network.forward, (X, *DEEP, G)),
    (deep_network.cost, (Z2, Y)),
    (deep_network.backward, (Y, DEEP[0], ZS, AS, G_PRIME)),
    (deep_network.update, (*DEEP, *DEEP, 0.1)),
    (deep_network.fit, (X, LABELS, *DEEP, G, G_PRIME)),
    (deep_network.predict, (X, *DEEP, G)),
    (deep_network.accuracy, (LABELS, LABELS)),
    (gradient_descent.mini_batches, (X, Y, 3, RNG)),
    (
        gradient_descent.descend,
        (
            X,
            LABELS,
            (w, b),
            logistic_regression.forward,
            lambda values, Y: logistic_regression.cost(values[0], Y),
            lambda X, Y, w, b, Z, A: logistic_regression.backward(X, A, Y),
            logistic_regression.update,
        ),
    ),
    (parameters.save, (FILE, *DEEP)),
    (parameters.load, (FILE,)),
    (gradient_checking.two_sided_difference, (np.sum, X)),
    (gradient_checking.complex_step, (np.sum, X)),
    (gradient_checking.relative_error, (X, 2 * X)),
    (datasets.planar_flower, (10,)),
    (datasets.breast_cancer, (0.2,)),
    (datasets.digits, (0.2,)),
]
MODULES = [
    activations,
    losses,
    initialization,
    logistic_regression,
    shallow_network,
    deep_network,
    gradient_descent,
    parameters,
    gradient_checking,
    datasets,
]
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
def test_annotations_are_true(function, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parameters.save(FILE, *DEEP)
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
