"""The shallow network against scikit-learn, calculus and another autodiff.

That it equals the deep network with two layers is tested in test_deep_network.py.
"""

import numpy as np
import pytest
from networks import ORACLES, PAIRS, M, network
from oracles import agree
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from nnref.activations import relu, relu_prime, sigmoid, tanh, tanh_prime
from nnref.datasets import planar_flower
from nnref.logistic_regression import accuracy
from nnref.shallow_network import (
    backward,
    cost,
    fit,
    forward,
    initialize,
    predict,
    update,
)


def shallow(pair, seed=0):
    """Return X, Y and the parameters of a network with 3 inputs, 5 and 3 units."""
    X, Y, W, b, g, _ = network(2, [pair], sigmoid, seed)
    return X, Y, W[1], b[1], W[2], b[2], g


def test_forward_is_that_of_scikit_learn():
    X, _, W1, b1, W2, b2, _ = shallow(PAIRS["tanh"])
    model = MLPClassifier(activation="tanh")
    model.coefs_, model.intercepts_ = [W1.T, W2.T], [b1[:, 0], b2[:, 0]]
    model.n_layers_, model.out_activation_ = 3, "logistic"
    Z1, A1, Z2, A2 = forward(X, W1, b1, W2, b2)
    agree(A2, model._forward_pass_fast(X.T, check_input=False).T, rtol=1e-13)
    assert np.array_equal(A1, tanh(Z1))
    assert np.array_equal(A2, sigmoid(Z2))


def test_cost_is_what_scikit_learn_computes():
    X, Y = planar_flower(m=50)
    *_, Z2, A2 = forward(X, *initialize(2, 4))
    assert cost(Z2, Y) == pytest.approx(log_loss(Y[0], A2[0]), rel=1e-13)


def compare(oracle, rtol, candidate, pair, seed=0):
    """Assert that `candidate` computes the derivatives that `oracle` finds."""
    X, Y, W1, b1, W2, b2, g = shallow(pair, seed)
    Z1, A1, _, A2 = forward(X, W1, b1, W2, b2, pair[0])
    found = candidate(X, Y, W2, Z1, A1, A2, pair[1])
    dW, db = oracle(X, Y, [None, W1, W2], [None, b1, b2], g)
    for mine, wanted in zip(found, [dW[1], db[1], dW[2], db[2]], strict=True):
        agree(mine, wanted, rtol)


oracles = pytest.mark.parametrize(("oracle", "rtol"), ORACLES.values(), ids=ORACLES)


@oracles
@pytest.mark.parametrize("name", PAIRS)
def test_backward(name, oracle, rtol):
    for seed in range(3):
        compare(oracle, rtol, backward, PAIRS[name], seed)


def changed(**replaced):
    """Return backward with some of its results changed, by a function of all."""

    def candidate(X, Y, W2, Z1, A1, A2, g_prime):
        found = dict(
            zip(
                ["dW1", "db1", "dW2", "db2"],
                backward(X, Y, W2, Z1, A1, A2, g_prime),
                strict=True,
            )
        )
        for name, change in replaced.items():
            found[name] = change(found[name], X, Y, W2, Z1, A1, A2, g_prime)
        return tuple(found.values())

    return candidate


FAULTS = {
    "sign of dW1": changed(dW1=lambda d, *_: -d),
    "sign of db2": changed(db2=lambda d, *_: -d),
    "no 1/m in dW1": changed(dW1=lambda d, *_: M * d),
    "no 1/m in dW2": changed(dW2=lambda d, *_: M * d),
    "no 1/m in db1": changed(db1=lambda d, *_: M * d),
    "db1 forgotten": changed(db1=lambda d, *_: 0 * d),
    "dW2 from Z1": changed(
        dW2=lambda d, X, Y, W2, Z1, A1, A2, g_prime: (A2 - Y) @ Z1.T / M
    ),
    "g for g'": changed(
        dW1=lambda d, X, Y, W2, Z1, A1, A2, g_prime: (W2.T @ (A2 - Y) * A1) @ X.T / M
    ),
    "g' of A1": changed(
        dW1=lambda d, X, Y, W2, Z1, A1, A2, g_prime: (
            (W2.T @ (A2 - Y) * g_prime(A1)) @ X.T / M
        )
    ),
    "dW1 transposed": changed(dW1=lambda d, *_: d.T),
}


@oracles
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_wrong_backward_is_noticed(oracle, rtol, fault):
    with pytest.raises(AssertionError):
        compare(oracle, rtol, fault, PAIRS["tanh"])


def test_update_steps_against_the_derivative():
    parameters, derivatives = initialize(3, 4, 2), initialize(3, 4, 2, seed=1)
    before = [array.copy() for array in parameters]
    new = update(*parameters, *derivatives, 0.1)
    for mine, old, d in zip(new, before, derivatives, strict=True):
        assert np.array_equal(mine, old - 0.1 * d)
    for array, old in zip(parameters, before, strict=True):
        assert np.array_equal(array, old), "a given array has changed"


@pytest.mark.parametrize(
    ("g", "g_prime", "share"),
    [(tanh, tanh_prime, 0.85), (relu, relu_prime, 0.8)],
)
def test_a_flower_is_learned(g, g_prime, share):
    X, Y = planar_flower()
    start = initialize(2, 10)
    learned = fit(X, Y, *start, g, g_prime, alpha=1.0, iterations=1000)
    assert learned.costs[-1] < 0.4 < 0.6 < learned.costs[0]
    parameters = learned.W1, learned.b1, learned.W2, learned.b2
    assert accuracy(predict(X, *parameters, g), Y) > share
    assert np.array_equal(start[0], initialize(2, 10)[0]), "the start has changed"


def test_nothing_overflows_at_1000():
    X = np.array([[1000.0, -1000.0]])
    Y = np.array([[0.0, 0.0]])
    W1, b1, W2, b2 = (np.ones((1, 1)) * k for k in (1.0, 0.0, 1000.0, 0.0))
    with np.errstate(all="raise", under="ignore"):
        Z1, A1, Z2, A2 = forward(X, W1, b1, W2, b2)
        assert cost(Z2, Y) == 500.0
        for d in backward(X, Y, W2, Z1, A1, A2):
            assert np.all(np.isfinite(d))
        assert predict(X, W1, b1, W2, b2).tolist() == [[1.0, 0.0]]


def test_fit_says_how_far_it_came():
    X, Y = planar_flower(m=20)
    text = repr(fit(X, Y, *initialize(2, 4), iterations=10))
    assert text.startswith("Fit(W1 of shape (4, 2), W2 of shape (1, 4), cost ")
    assert text.endswith(" after 10 passes)")
