"""What signatures and docstrings promise, and no other test would notice."""

import inspect

import numpy as np
import pytest

from nnref import (
    deep_network,
    gradient_descent,
    logistic_regression,
    shallow_network,
)
from nnref.activations import softmax, tanh, tanh_prime

PAIR = (tanh, tanh_prime)
FITS = [
    logistic_regression.fit,
    shallow_network.fit,
    deep_network.fit,
    gradient_descent.descend,
]


@pytest.mark.parametrize("fit", FITS, ids=lambda fit: fit.__module__)
def test_training_has_the_same_defaults_everywhere(fit):
    parameters = inspect.signature(fit).parameters
    defaults = {name: parameters[name].default for name in parameters}
    assert defaults["alpha"] == 0.1
    assert defaults["iterations"] == 1000
    assert defaults["progress"] is False
    if "seed" in defaults:
        assert defaults["seed"] == 0
        assert defaults["batch_size"] is None


def test_one_half_is_not_more_than_one_half():
    X, b1, b2 = np.ones((2, 3)), np.zeros((4, 1)), np.zeros((1, 1))
    W1, W2 = np.ones((4, 2)), np.zeros((1, 4))
    assert np.array_equal(shallow_network.predict(X, W1, b1, W2, b2), np.zeros((1, 3)))


@pytest.mark.parametrize("n", [[2, True], [True, 1], [np.bool_(True), 1]])
def test_a_truth_value_is_no_size(n):
    with pytest.raises(TypeError, match="expected an integer"):
        deep_network.initialize(n)


@pytest.mark.parametrize("batch_size", [True, np.bool_(True), 2.0])
def test_a_truth_value_is_no_batch_size(batch_size):
    W, b = deep_network.initialize([2, 3, 1])
    g, g_prime = deep_network.activations([PAIR])
    X, Y = np.ones((2, 4)), np.zeros((1, 4))
    with pytest.raises(TypeError, match=r"batch_size is .*: expected an integer"):
        deep_network.fit(X, Y, W, b, g, g_prime, iterations=1, batch_size=batch_size)


def test_a_batch_may_be_a_single_example():
    W, b = deep_network.initialize([2, 3, 1])
    g, g_prime = deep_network.activations([PAIR])
    X, Y = np.ones((2, 4)), np.zeros((1, 4))
    found = deep_network.fit(X, Y, W, b, g, g_prime, iterations=2, batch_size=1)
    assert found.costs.shape == (3,)


@pytest.mark.parametrize("name", ["W[1]", "b[1]", "W[2]", "b[2]"])
def test_what_is_not_finite_is_noticed_in_every_layer(name):
    W, b = deep_network.initialize([2, 3, 1])
    g, _ = deep_network.activations([PAIR])
    arrays = {"W": W, "b": b}
    arrays[name[0]][int(name[2])][0, 0] = np.nan
    with pytest.raises(ValueError, match=rf"{name[0]}\[{name[2]}\]"):
        deep_network.predict(np.ones((2, 4)), W, b, g)


@pytest.mark.parametrize("C", [3, 4])
def test_a_class_is_predicted_for_each_example(C):
    W, b = deep_network.initialize([2, 3, C])
    g, _ = deep_network.activations([PAIR], softmax)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2, 5))
    Y_pred = deep_network.predict(X, W, b, g)
    _, A = deep_network.forward(X, W, b, g)
    assert Y_pred.shape == (C, 5)
    assert np.array_equal(np.argmax(Y_pred, axis=0), np.argmax(A[2], axis=0))
    assert np.array_equal(np.sum(Y_pred, axis=0), np.ones(5))
