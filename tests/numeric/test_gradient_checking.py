"""The two ways to a derivative, on functions whose derivative is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from oracles import agree, quick

from nnref.gradient_checking import (
    complex_step,
    relative_error,
    two_sided_difference,
)

arrays = hnp.arrays(
    float,
    hnp.array_shapes(min_dims=0, max_dims=3, max_side=3),
    elements=st.floats(-3, 3),
)


@pytest.mark.parametrize(
    ("f", "derivative"),
    [
        (np.exp, np.exp),
        (np.sin, np.cos),
        (lambda x: x**3 - x, lambda x: 3 * x**2 - 1),
        (lambda x: 1 / (1 + x**2), lambda x: -2 * x / (1 + x**2) ** 2),
    ],
)
def test_derivative_of_a_function_of_one_number(f, derivative):
    for x in (-1.3, 0.2, 2):
        assert complex_step(f, x) == pytest.approx(derivative(x), rel=1e-14)
        assert two_sided_difference(f, x) == pytest.approx(derivative(x), rel=1e-7)
        assert isinstance(complex_step(f, x), float)
        assert isinstance(two_sided_difference(f, x), float)


@pytest.mark.parametrize("derive", [complex_step, two_sided_difference])
@given(theta=arrays)
@quick
def test_derivative_has_the_shape_of_theta(derive, theta):
    weights = np.arange(1.0, theta.size + 1).reshape(theta.shape)
    before = theta.copy()
    derivative = derive(lambda t: np.sum(weights * t**2), theta)
    assert np.shape(derivative) == theta.shape
    np.testing.assert_allclose(derivative, 2 * weights * theta, rtol=1e-5, atol=1e-6)
    assert np.array_equal(theta, before)


@pytest.mark.parametrize("derive", [complex_step, two_sided_difference])
def test_a_wrong_derivative_is_noticed(derive):
    theta = np.array([[0.5, -1.0], [2.0, 0.3]])
    right = derive(lambda t: np.sum(np.sin(t)), theta)
    agree(right, np.cos(theta), rtol=1e-8)
    for wrong in (np.sin(theta), -np.cos(theta), np.cos(theta).T, np.cos(theta) / 4):
        with pytest.raises(AssertionError):
            agree(right, wrong, rtol=1e-8)
        assert relative_error(right, wrong) > 0.1


@pytest.mark.parametrize("derive", [complex_step, two_sided_difference])
def test_integers_are_stepped_from_as_well(derive):
    agree(derive(lambda t: np.sum(t**2), np.array([1, 2])), [2, 4], rtol=1e-8)


def test_the_error_of_the_two_sided_difference_shrinks_with_the_square():
    errors = [abs(two_sided_difference(np.exp, 1.0, e) - np.e) for e in (1e-2, 1e-3)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=1e-3)


def test_the_complex_step_needs_no_care_for_h():
    for h in (1e-8, 1e-20, 1e-100, 1e-200):
        assert complex_step(np.exp, 1.0, h) == pytest.approx(np.e, rel=1e-15)


@pytest.mark.parametrize("derive", [complex_step, two_sided_difference])
def test_a_function_that_returns_an_array_is_refused(derive):
    with pytest.raises(ValueError, match="expected a number") as caught:
        derive(np.exp, np.ones((1, 5)))
    assert str(caught.value) == (
        f"{derive.__name__}: f returns an array of shape (1, 5): "
        "expected a number, such as a cost"
    )


@pytest.mark.parametrize("f", [np.abs, np.real, lambda z: 3.0])
def test_a_function_that_drops_the_imaginary_part_is_refused(f):
    with pytest.raises(ValueError, match="real number") as caught:
        complex_step(f, 1.0)
    assert str(caught.value) == (
        "complex_step: f returns a real number for a complex theta: "
        "expected a complex one. Does f use abs, real or float on the way?"
    )


def test_relative_error():
    a = np.array([[3.0, 4.0]])
    assert relative_error(a, a) == 0.0
    assert relative_error(a, -a) == 1.0
    assert relative_error(a, 0 * a) == 1.0
    assert relative_error(0 * a, 0 * a) == 0.0
    assert relative_error(a, 3 * a) == pytest.approx(0.5)
    assert relative_error(1.0, 1.0 + 1e-8) == pytest.approx(5e-9)
    assert type(relative_error(a, a)) is float


def test_relative_error_of_an_array_and_a_number():
    ones = np.ones(100)
    assert relative_error(ones, -1.0) == pytest.approx(1.0)
    assert relative_error(3.0, ones) == relative_error(3 * ones, ones)


def test_relative_error_of_nothing():
    assert relative_error(np.ones((0, 2)), np.ones((0, 2))) == 0.0


@given(a=arrays, scale=st.sampled_from([1e-300, 1e-170, 1.0, 1e170, 1e300]))
@quick
def test_relative_error_depends_neither_on_order_nor_on_scale(a, scale):
    b = np.cos(a)
    error = relative_error(a, b)
    assert relative_error(b, a) == pytest.approx(error, rel=1e-13)
    assert relative_error(scale * a, scale * b) == pytest.approx(error, rel=1e-6)
    assert 0 <= error <= 1


def test_nan_is_not_taken_for_equal():
    assert np.isnan(relative_error(np.array([np.nan]), np.array([0.0])))
    assert np.isnan(relative_error(np.array([0.0]), np.array([np.nan])))
    assert np.isnan(relative_error(np.array([1.0, np.nan]), np.array([1.0, np.nan])))
