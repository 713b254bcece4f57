"""Activations against SciPy, against calculus, and at the edges."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from oracles import agree, quick

from nnref import activations
from nnref.activations import (
    identity,
    identity_prime,
    leaky_relu,
    leaky_relu_prime,
    relu,
    relu_prime,
    sigmoid,
    sigmoid_prime,
    tanh,
    tanh_prime,
)
from nnref.gradient_checking import complex_step

PAIRS = {
    "sigmoid": (sigmoid, sigmoid_prime),
    "tanh": (tanh, tanh_prime),
    "relu": (relu, relu_prime),
    "leaky_relu": (leaky_relu, leaky_relu_prime),
    "identity": (identity, identity_prime),
}
REFERENCES = {
    "sigmoid": scipy.special.expit,
    "tanh": lambda z: 2 * scipy.special.expit(2 * z) - 1,
    "relu": lambda z: (z + np.abs(z)) / 2,
    "leaky_relu": lambda z: [max(0.01 * x, x) for x in z],
    "identity": lambda z: 0 + z,
}
# The softmax works on columns: test_deep_network.py.
ALL = [getattr(activations, name) for name in activations.__all__ if name != "softmax"]
CHOICES = (relu_prime, leaky_relu_prime)  # one of two numbers, whatever comes in

# Both signs, no value at the kink of relu.
Z = np.array([-5.0, -3.2, -1.0, -0.3, -1e-3, 1e-3, 0.4, 1.0, 2.7, 5.0])

arrays = hnp.arrays(
    float,
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    elements=st.floats(-1e6, 1e6),
)


def derivative(g, z):
    return [complex_step(g, float(x)) for x in z]


@pytest.mark.parametrize("name", PAIRS)
def test_values_are_those_of_an_independent_library(name):
    agree(PAIRS[name][0](Z), REFERENCES[name](Z), rtol=1e-14)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda z: 1 / (1 - np.exp(-z)),  # as the notes print it
        lambda z: 1 / (1 + np.exp(z)),
        lambda z: np.exp(-z) / (1 + np.exp(-z)),
        np.tanh,
    ],
)
def test_a_wrong_sigmoid_is_noticed(wrong):
    with pytest.raises(AssertionError):
        agree(wrong(Z), scipy.special.expit(Z), rtol=1e-14)


@pytest.mark.parametrize("name", PAIRS)
def test_derivatives_are_those_of_calculus(name):
    g, g_prime = PAIRS[name]
    # Entry by entry, so that small derivatives count as much as large ones.
    for z, wanted in zip(Z, derivative(g, Z), strict=True):
        agree(g_prime(z), wanted, rtol=1e-10)


def test_derivative_for_another_slope():
    agree(
        leaky_relu_prime(Z, 0.3),
        derivative(lambda z: leaky_relu(z, 0.3), Z),
    )
    agree(leaky_relu(np.array([-2.0, 2.0]), slope=3.0), [-6.0, 2.0])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("sigmoid", lambda z: sigmoid(z)),
        ("sigmoid", lambda z: z * (1 - z)),
        ("sigmoid", lambda z: sigmoid(z) * (1 + sigmoid(z))),
        ("tanh", lambda z: 1 - tanh(z)),
        ("tanh", lambda z: 1 - z**2),
        ("relu", lambda z: np.ones_like(z)),
        ("relu", relu),
        ("leaky_relu", relu_prime),
        ("leaky_relu", lambda z: np.where(z > 0, 1.0, -0.01)),
    ],
)
def test_a_wrong_derivative_is_noticed(name, wrong):
    with pytest.raises(AssertionError):
        agree(wrong(Z), derivative(PAIRS[name][0], Z))


def test_sigmoid_keeps_all_digits_in_its_left_tail():
    for z in (-700.0, -300.0, -50.0, -37.5):
        assert sigmoid(z) == pytest.approx(np.exp(z), rel=1e-14)
        # The complex step sees the tail as well: there the derivative is sigmoid.
        assert complex_step(sigmoid, z) == pytest.approx(np.exp(z), rel=1e-12)


@pytest.mark.parametrize("z", [1000.0, 800.0, 710.0])
def test_nothing_overflows_far_out(z):
    with np.errstate(all="raise", under="ignore"):
        values = [f(np.array([-z, z])) for f in ALL]
        steps = [[complex_step(g, -z), complex_step(g, z)] for g, _ in PAIRS.values()]
    assert np.all(np.isfinite(values))
    assert steps == [[0.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.01, 1.0], [1.0, 1.0]]
    assert sigmoid(z) == 1.0
    assert sigmoid(-z) <= 1e-300
    assert sigmoid_prime(z) == 0.0
    assert tanh(np.array([-z, z])).tolist() == [-1.0, 1.0]
    assert tanh_prime(z) == 0.0
    assert relu(np.array([-z, z])).tolist() == [0.0, z]
    assert leaky_relu(np.array([-z, z])).tolist() == [-0.01 * z, z]


def test_infinity_gives_the_limit():
    assert sigmoid(np.array([-np.inf, np.inf])).tolist() == [0.0, 1.0]
    assert sigmoid_prime(np.array([-np.inf, np.inf])).tolist() == [0.0, 0.0]
    assert tanh(np.array([-np.inf, np.inf])).tolist() == [-1.0, 1.0]
    assert relu(np.array([-np.inf, np.inf])).tolist() == [0.0, np.inf]
    assert leaky_relu(np.array([-np.inf, np.inf])).tolist() == [-np.inf, np.inf]


@pytest.mark.parametrize("f", [f for f in ALL if f not in CHOICES])
def test_nan_stays_nan_and_spoils_no_other_entry(f):
    result = f(np.array([np.nan, 1.0]))
    assert np.isnan(result[0])
    assert result[1] == f(1.0)


@pytest.mark.parametrize("f", ALL)
@given(Z=arrays)
@quick
def test_any_shape_gives_the_same_shape(f, Z):
    result = f(Z)
    assert np.shape(result) == Z.shape
    assert np.all(np.isfinite(result))


@pytest.mark.parametrize("f", ALL)
@given(Z=arrays)
@quick
def test_an_array_is_worked_on_entry_by_entry(f, Z):
    one_by_one = [f(float(z)) for z in Z.ravel()]
    assert np.ravel(f(Z)) == pytest.approx(one_by_one, rel=1e-15, abs=0)


@given(Z=arrays)
@quick
def test_sigmoid_is_what_scipy_computes(Z):
    np.testing.assert_allclose(
        sigmoid(Z), scipy.special.expit(Z), rtol=1e-13, atol=1e-320
    )


@given(Z=arrays)
@quick
def test_symmetries(Z):
    np.testing.assert_allclose(sigmoid(Z) + sigmoid(-Z), 1, rtol=1e-15)
    np.testing.assert_allclose(tanh(-Z), -tanh(Z), rtol=1e-15)
    np.testing.assert_array_equal(relu(Z) - relu(-Z), Z)


@pytest.mark.parametrize("f", ALL)
@pytest.mark.parametrize("z", [2, 2.0, np.float64(2), np.int64(2), np.array(2.0)])
def test_a_number_gives_a_number(f, z):
    assert np.ndim(f(z)) == 0
    assert not isinstance(f(z), np.ndarray)
    assert f(z) == f(np.array([2.0]))[0]


@pytest.mark.parametrize("f", ALL)
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64])
def test_integers_are_numbers_like_others(f, dtype):
    np.testing.assert_allclose(
        f(np.array([0, 1, 5], dtype)), f(np.array([0.0, 1.0, 5.0])), rtol=1e-15
    )


@pytest.mark.parametrize("f", [f for f in ALL if f not in CHOICES])
def test_single_precision_is_kept(f):
    assert f(np.array([-1, 0, 1], np.float32)).dtype == np.float32


@pytest.mark.parametrize("f", ALL)
def test_the_argument_is_left_alone(f):
    given = Z.copy()
    f(given)
    assert np.array_equal(given, Z)


def test_the_choice_at_the_kink():
    assert relu_prime(0.0) == 0.0
    assert relu_prime(-0.0) == 0.0
    assert leaky_relu_prime(0.0) == 0.01
