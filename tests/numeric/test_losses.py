"""Losses against SciPy, against calculus, and at the edges."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from oracles import agree, quick

from nnref.activations import sigmoid
from nnref.gradient_checking import complex_step
from nnref.losses import cross_entropy, cross_entropy_from_logits

Z = np.array([[-8.0, -2.0, -0.1, 0.0, 0.5, 3.0, 7.0]])
Y = np.array([[0.3, 1.0, 0.0, 0.5, 1.0, 0.0, 0.8]])
A = scipy.special.expit(Z)

probabilities = st.floats(0, 1)
logits = st.floats(-1e4, 1e4)


def scipy_loss(a, y):
    return -scipy.special.xlogy(y, a) - scipy.special.xlog1py(1 - y, -a)


def scipy_loss_from_logits(z, y):
    return -y * scipy.special.log_expit(z) - (1 - y) * scipy.special.log_expit(-z)


def test_values_are_those_of_scipy():
    agree(cross_entropy(A, Y), scipy_loss(A, Y), rtol=1e-14)
    agree(cross_entropy_from_logits(Z, Y), scipy_loss(A, Y), rtol=1e-14)


WRONG = {
    "no minus": lambda a, y: scipy.special.xlogy(y, a) + (1 - y) * np.log(1 - a),
    "second term missing": lambda a, y: -y * np.log(a),
    "labels swapped": lambda a, y: -(1 - y) * np.log(a) - y * np.log(1 - a),
    "a minus between the terms": lambda a, y: -y * np.log(a) + (1 - y) * np.log(1 - a),
    "squared": lambda a, y: (a - y) ** 2 / 2,
    "logarithm to base 2": lambda a, y: scipy_loss(a, y) / np.log(2),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_loss_is_noticed(wrong):
    with pytest.raises(AssertionError):
        agree(wrong(A, Y), scipy_loss(A, Y), rtol=1e-14)


@given(a=probabilities, y=probabilities)
@quick
def test_cross_entropy_for_all_predictions(a, y):
    wanted = scipy_loss(a, y)
    assert cross_entropy(a, y) == pytest.approx(wanted, rel=1e-13, abs=0)


@given(z=logits, y=probabilities)
@quick
def test_loss_from_logits_for_all_logits(z, y):
    wanted = scipy_loss_from_logits(z, y)
    assert cross_entropy_from_logits(z, y) == pytest.approx(wanted, rel=1e-12, abs=0)


@given(z=logits, y=probabilities)
@quick
def test_dz_is_a_minus_y(z, y):
    dz = complex_step(lambda t: cross_entropy_from_logits(t, y), z)
    assert dz == pytest.approx(float(scipy.special.expit(z)) - y, rel=1e-9, abs=1e-15)


def test_derivative_by_the_prediction():
    for a, y in zip(A.ravel(), Y.ravel(), strict=True):
        da = complex_step(lambda t, y=y: cross_entropy(t, y), a)
        agree(da, -y / a + (1 - y) / (1 - a))


def test_through_the_sigmoid_both_losses_have_one_derivative():
    for z, y in zip(Z.ravel(), Y.ravel(), strict=True):
        agree(
            complex_step(lambda t, y=y: cross_entropy(sigmoid(t), y), z),
            complex_step(lambda t, y=y: cross_entropy_from_logits(t, y), z),
        )


def test_zero_times_an_infinite_logarithm_counts_as_zero():
    a = np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0])
    y = np.array([0.0, 1.0, 1.0, 0.0, 0.5, 0.5])
    with np.errstate(all="raise"):
        losses = cross_entropy(a, y)
    assert losses.tolist() == [0.0, 0.0, np.inf, np.inf, np.inf, np.inf]
    assert not np.any(np.signbit(losses)), "a loss of 0 must not print as -0"


def test_numbers_and_integers():
    assert cross_entropy(0.25, 1) == pytest.approx(np.log(4))
    assert cross_entropy(0.25, 0) == pytest.approx(np.log(4 / 3))
    assert cross_entropy_from_logits(0, 1) == pytest.approx(np.log(2))
    for dtype in (np.int8, np.uint8, np.int64):
        ones = np.array([1, 0, 1, 0], dtype)
        assert cross_entropy(np.array([1, 0, 0, 1], dtype), ones).tolist() == [
            0.0,
            0.0,
            np.inf,
            np.inf,
        ]
        logits = np.array([3.0, 3.0, -3.0, -3.0])
        agree(
            cross_entropy_from_logits(logits, ones),
            scipy_loss_from_logits(logits, ones.astype(float)),
            rtol=1e-14,
        )


def test_loss_from_logits_far_out():
    z = np.array([1000.0, -1000.0, 1000.0, -1000.0, 40.0, -40.0])
    y = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
    tiny = np.exp(-40.0)
    with np.errstate(all="raise", under="ignore"):
        losses = cross_entropy_from_logits(z, y)
    assert losses == pytest.approx([1000, 1000, 0, 0, tiny, tiny], rel=1e-14, abs=0)


def test_nan_stays_nan():
    nan_first, numbers = np.array([np.nan, 0.5]), np.array([0.5, 0.5])
    for loss in (cross_entropy, cross_entropy_from_logits):
        assert np.isnan(loss(nan_first, numbers)).tolist() == [True, False]
        assert np.isnan(loss(numbers, nan_first)).tolist() == [True, False]
        # No label hides it.
        assert np.isnan(loss(np.nan, 0.0))
        assert np.isnan(loss(np.nan, 1.0))
