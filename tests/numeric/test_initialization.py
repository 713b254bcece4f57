"""The four ways to choose weights: sizes, spread, seeds."""

import numpy as np
import pytest

from nnref import deep_network, initialization, shallow_network
from nnref.activations import relu, tanh
from nnref.initialization import he, small_random, xavier, zeros

METHODS = [zeros, small_random, xavier, he]
SPREAD = {small_random: 0.01, xavier: 200**-0.5, he: 100**-0.5}


def test_all_methods_are_tested():
    assert {method.__name__ for method in METHODS} == set(initialization.__all__)


@pytest.mark.parametrize("method", SPREAD)
def test_mean_and_spread(method):
    W = method(300, 200, np.random.default_rng(0))
    assert W.shape == (300, 200)
    # 60,000 numbers: these are five standard errors.
    assert abs(np.mean(W)) < 5 * SPREAD[method] / 60_000**0.5
    assert np.std(W) == pytest.approx(SPREAD[method], rel=5 / 120_000**0.5)


def test_zeros():
    assert zeros(3, 2, np.random.default_rng(0)).tolist() == [[0.0, 0.0]] * 3


@pytest.mark.parametrize(("method", "g"), [(xavier, tanh), (he, relu)])
def test_values_keep_their_size_over_ten_layers(method, g):
    rng = np.random.default_rng(0)
    A = rng.normal(size=(256, 50))
    for _ in range(10):
        A = g(method(256, 256, rng) @ A)
    assert 0.2 < np.sqrt(np.mean(A**2)) < 2


def test_small_random_values_vanish_over_ten_layers():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(256, 50))
    for _ in range(10):
        A = tanh(small_random(256, 256, rng) @ A)
    assert np.sqrt(np.mean(A**2)) < 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_decides(method):
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    first, _ = deep_network.initialize([3, 5, 2], method, seed=1)
    again, _ = deep_network.initialize([3, 5, 2], method, seed=1)
    other, _ = deep_network.initialize([3, 5, 2], method, seed=2)
    assert first[1].tolist() == again[1].tolist()
    assert (first[2].tolist() == other[2].tolist()) is (method is zeros)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


@pytest.mark.parametrize("method", METHODS)
def test_both_networks_start_alike(method):
    W, b = deep_network.initialize([3, 5, 2], method, seed=4)
    W1, b1, W2, b2 = shallow_network.initialize(3, 5, 2, method, seed=4)
    assert W[0] is None
    assert b[0] is None
    assert [W[1].tolist(), W[2].tolist()] == [W1.tolist(), W2.tolist()]
    assert [b[1].tolist(), b[2].tolist()] == [b1.tolist(), b2.tolist()]
    assert b1.tolist() == [[0.0]] * 5
    assert b2.tolist() == [[0.0]] * 2


ERRORS = [
    (lambda: he(0, 2, None), ValueError, "he: n_l is 0: expected 1 or more"),
    (
        lambda: xavier(2, 2.5, None),
        TypeError,
        "xavier: n_previous is 2.5: expected an integer",
    ),
    (
        lambda: deep_network.initialize([3]),
        ValueError,
        "initialize: n has 1 entry: expected 2 or more, "
        "the number of features and the units of each layer",
    ),
    (
        lambda: deep_network.initialize([3, 4.0, 1]),
        TypeError,
        "initialize: n[1] is 4.0: expected an integer",
    ),
    (
        lambda: deep_network.initialize([3, 4, 0]),
        ValueError,
        "initialize: n[2] is 0: expected 1 or more",
    ),
    (
        lambda: deep_network.initialize([3, 4], seed=-1),
        ValueError,
        "initialize: seed is -1: expected 0 or more",
    ),
    (
        lambda: shallow_network.initialize(3, 0),
        ValueError,
        "initialize: n_1 is 0: expected 1 or more",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), ERRORS)
def test_what_a_user_is_told(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
