"""What a user is told who calls a function with the wrong thing, word for word."""

import inspect
import timeit
import typing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import Num
from numpy import ndarray
from oracles import quick

from nnref import deep_network, logistic_regression
from nnref._shapes import shape_checked
from nnref.activations import leaky_relu, sigmoid
from nnref.datasets import breast_cancer, planar_flower
from nnref.gradient_checking import complex_step, relative_error, two_sided_difference
from nnref.logistic_regression import (
    accuracy,
    backward,
    cost,
    fit,
    forward,
    initialize,
    predict,
    update,
)
from nnref.losses import cross_entropy

X = np.ones((4, 200))
Y = np.ones((1, 200))
w = np.zeros((4, 1))


def change(array, row, column, value):
    changed = array.copy()
    changed[row, column] = value
    return changed


SHAPES = [
    # The wrong size, and which argument it conflicts with.
    (
        lambda: forward(X, np.zeros((3, 2)), 0.0),
        "forward: w has shape (3, 2), but X has shape (4, 200): "
        "expected (n_x, 1) = (4, 1)",
    ),
    (
        lambda: forward(X, np.zeros((4, 2)), 0.0),
        "forward: w has shape (4, 2): expected (n_x, 1) = (4, 1)",
    ),
    (
        lambda: backward(X, Y[:, :7], Y),
        "backward: A has shape (1, 7), but X has shape (4, 200): "
        "expected (1, m) = (1, 200)",
    ),
    (
        lambda: cost(Y, Y[:, :7]),
        "cost: Y has shape (1, 7), but Z has shape (1, 200): "
        "expected (1, m) = (1, 200)",
    ),
    (
        lambda: update(w, 0.0, np.zeros((3, 1)), 0.0, 0.1),
        "update: dw has shape (3, 1), but w has shape (4, 1): "
        "expected (n_x, 1) = (4, 1)",
    ),
    (
        lambda: forward(np.ones((64, 64, 3)), w, 0.0),
        "forward: X has shape (64, 64, 3): expected (n_x, m)",
    ),
    # Arrays with one axis.
    (
        lambda: forward(X, np.zeros(4), 0.0),
        "forward: w has shape (4,): expected (n_x, 1) = (4, 1). Use w.reshape(-1, 1).",
    ),
    (
        lambda: forward(X, np.zeros(3), 0.0),
        "forward: w has shape (3,), but X has shape (4, 200): "
        "expected (n_x, 1) = (4, 1)",
    ),
    (
        lambda: fit(X, Y[0]),
        "fit: Y has shape (200,): expected (1, m) = (1, 200). Use Y.reshape(1, -1).",
    ),
    (
        lambda: fit(X, Y[0, :7]),
        "fit: Y has shape (7,), but X has shape (4, 200): expected (1, m) = (1, 200)",
    ),
    (
        lambda: predict(X[:, 0], w, 0.0),
        "predict: X has shape (4,): expected (n_x, m). Use X.reshape(-1, 1).",
    ),
    (
        lambda: cost(np.ones(5), np.ones(5)),
        "cost: Z has shape (5,): expected (1, m). "
        "Use Z.reshape(1, -1) and Y.reshape(1, -1).",
    ),
    # Rows for columns.
    (
        lambda: forward(X, w.T, 0.0),
        "forward: w has shape (1, 4), but X has shape (4, 200): "
        "expected (n_x, 1) = (4, 1). Use w.T.",
    ),
    (
        lambda: forward(X.T, w, 0.0),
        "forward: w has shape (4, 1), but X has shape (200, 4): "
        "expected (n_x, 1) = (200, 1). Use X.T.",
    ),
    (
        lambda: fit(X.T, Y.T),
        "fit: Y has shape (200, 1), but X has shape (200, 4): "
        "expected (1, m) = (1, 4). Use X.T and Y.T.",
    ),
    (
        lambda: fit(X.T, Y[0]),
        "fit: Y has shape (200,), but X has shape (200, 4): "
        "expected (1, m) = (1, 4). Use X.T and Y.reshape(1, -1).",
    ),
    (
        lambda: accuracy(Y, Y.T),
        "accuracy: Y has shape (200, 1), but Y_pred has shape (1, 200): "
        "expected (1, m) = (1, 200). Use Y.T.",
    ),
    # Nothing in it.
    (
        lambda: fit(X[:, :0], Y[:, :0]),
        "fit: X has shape (4, 0): expected (n_x, m) with m at least 1",
    ),
    (
        lambda: fit(X[:0], Y),
        "fit: X has shape (0, 200): expected (n_x, m) with n_x at least 1",
    ),
    (
        lambda: fit(X, Y[:, :0]),
        "fit: Y has shape (1, 0), but X has shape (4, 200): expected (1, m) = (1, 200)",
    ),
    (
        lambda: cost(Y[:, :0], Y[:, :0]),
        "cost: Z has shape (1, 0): expected (1, m) with m at least 1",
    ),
    (lambda: initialize(0), "initialize: n_x is 0: expected 1 or more"),
    # An array for a number.
    (
        lambda: forward(X, w, np.zeros((1, 1))),
        "forward: b has shape (1, 1): expected a number. Use b.item().",
    ),
    (
        lambda: forward(X, w, np.zeros((1, 200))),
        "forward: b has shape (1, 200): expected a number",
    ),
    # Any shape, but the same.
    (
        lambda: cross_entropy(np.ones((1, 5)), np.ones(5)),
        "cross_entropy: Y has shape (5,), but A has shape (1, 5): "
        "expected the same shape",
    ),
    (
        lambda: relative_error(w, w.T),
        "relative_error: b has shape (1, 4), but a has shape (4, 1): "
        "expected the same shape",
    ),
    # By keyword, in any order: as by position.
    (
        lambda: forward(b=0.0, w=np.zeros(4), X=X),
        "forward: w has shape (4,): expected (n_x, 1) = (4, 1). Use w.reshape(-1, 1).",
    ),
    (
        lambda: backward(X, Y=Y, A=Y.T),
        "backward: A has shape (200, 1), but X has shape (4, 200): "
        "expected (1, m) = (1, 200). Use A.T.",
    ),
]

TYPES = [
    (
        lambda: forward([[1.0, 2.0]], w, 0.0),
        "forward: X is of type list: expected an array of shape (n_x, m). "
        "Use np.array(X).",
    ),
    (
        lambda: sigmoid([1.0, 2.0]),
        "sigmoid: Z is of type list: expected an array or a number. Use np.array(Z).",
    ),
    (
        lambda: forward(X.view(np.matrix), w, 0.0),
        "forward: X is of type matrix: expected an array of shape (n_x, m). "
        "Use np.array(X).",
    ),
    (
        lambda: forward(np.ma.masked_greater(X, 0), w, 0.0),
        "forward: X is of type MaskedArray: expected an array of shape (n_x, m). "
        "Leave out what it masks, or fill it in.",
    ),
    (
        lambda: forward(X, w, np.ma.masked),
        "forward: b is of type MaskedConstant: expected a number",
    ),
    (
        lambda: forward(X, None, 0.0),
        "forward: w is None: expected an array of shape (n_x, 1)",
    ),
    (
        lambda: forward(X, 3.0, 0.0),
        "forward: w is 3.0: expected an array of shape (n_x, 1)",
    ),
    (
        lambda: forward(X, np.float64(3.0), 0.0),
        f"forward: w is {np.float64(3.0)!r}: expected an array of shape (n_x, 1)",
    ),
    (
        lambda: forward(X.astype(str), w, 0.0),
        "forward: X has dtype <U32: expected numbers. Use X.astype(float).",
    ),
    (
        lambda: fit(X, Y > 0),
        "fit: Y has dtype bool: expected numbers. Use Y.astype(float).",
    ),
    (
        lambda: forward(X.astype(object), w, 0.0),
        "forward: X has dtype object: expected numbers. Do its rows differ in length?",
    ),
    (lambda: sigmoid("1"), "sigmoid: Z is of type str: expected an array or a number"),
    (lambda: sigmoid(True), "sigmoid: Z is True: expected an array or a number"),
    (lambda: forward(X, w, "0"), "forward: b is of type str: expected a number"),
    (lambda: forward(X, w, None), "forward: b is None: expected a number"),
    (
        lambda: leaky_relu(X, slope="steep"),
        "leaky_relu: slope is of type str: expected a number",
    ),
    (
        lambda: fit(X, Y, iterations=10.5),
        "fit: iterations is 10.5: expected an integer",
    ),
    (lambda: fit(X, Y, alpha="0.1"), "fit: alpha is of type str: expected a number"),
    (lambda: initialize(2.0), "initialize: n_x is 2.0: expected an integer"),
    (lambda: fit(1j * X, Y), "fit: X is complex: expected real numbers"),
    (
        lambda: two_sided_difference(np.sum, 1j * w),
        "two_sided_difference: theta is complex: expected real numbers",
    ),
    (
        lambda: complex_step(np.sum, w + 1j),
        "complex_step: theta is complex: expected real numbers",
    ),
    (
        lambda: breast_cancer(1j),
        "breast_cancer: test_fraction is complex: expected real numbers",
    ),
    (lambda: predict(X, w, 1j), "predict: b is complex: expected real numbers"),
    # Those of Python itself stay as they are.
    (lambda: forward(X, w), "forward() missing 1 required positional argument: 'b'"),
    (
        lambda: forward(X, w, 0.0, 0.0),
        "forward() takes 3 positional arguments but 4 were given",
    ),
    (
        lambda: forward(X, w, 0.0, bias=1.0),
        "forward() got an unexpected keyword argument 'bias'",
    ),
]

VALUES = [
    (
        lambda: fit(change(X, 2, 17, np.nan), Y),
        "fit: X[2, 17] is nan: expected a finite number (row 2, column 17)",
    ),
    (
        lambda: fit(change(change(X, 3, 1, np.nan), 1, 5, -np.inf), Y),
        "fit: X[1, 5] is -inf: expected a finite number (row 1, column 5)",
    ),
    (
        lambda: fit(X, change(Y, 0, 9, np.nan)),
        "fit: Y[0, 9] is nan: expected a finite number (row 0, column 9)",
    ),
    (
        lambda: predict(change(X, 0, 0, np.inf), w, 0.0),
        "predict: X[0, 0] is inf: expected a finite number (row 0, column 0)",
    ),
    (
        lambda: predict(X, change(w, 3, 0, np.nan), 0.0),
        "predict: w[3, 0] is nan: expected a finite number (row 3, column 0)",
    ),
    (
        lambda: predict(X, w, float("nan")),
        "predict: b is nan: expected a finite number",
    ),
    (
        lambda: fit(X, change(Y, 0, 5, 2.0)),
        "fit: Y[0, 5] is 2.0: expected 0 or 1 (row 0, column 5)",
    ),
    (
        lambda: fit(X, change(Y, 0, 5, 0.5)),
        "fit: Y[0, 5] is 0.5: expected 0 or 1 (row 0, column 5)",
    ),
    (
        lambda: fit(X, change(Y.astype(int), 0, 5, -1)),
        "fit: Y[0, 5] is -1.0: expected 0 or 1 (row 0, column 5)",
    ),
    (
        lambda: accuracy(change(Y, 0, 3, 0.7), Y),
        "accuracy: Y_pred[0, 3] is 0.7: expected 0 or 1 (row 0, column 3)",
    ),
    (
        lambda: fit(X, Y, alpha=0),
        "fit: alpha is 0.0: expected a finite number above 0",
    ),
    (
        lambda: fit(X, Y, alpha=float("nan")),
        "fit: alpha is nan: expected a finite number above 0",
    ),
    (lambda: fit(X, Y, iterations=-1), "fit: iterations is -1: expected 0 or more"),
    (
        lambda: two_sided_difference(np.sum, w, 0.0),
        "two_sided_difference: epsilon is 0.0: expected a finite number above 0",
    ),
    (
        lambda: complex_step(np.sum, w, 0.0),
        "complex_step: h is 0.0: expected a finite number above 0",
    ),
    (
        lambda: complex_step(np.sum, change(w, 1, 0, np.inf)),
        "complex_step: theta[1, 0] is inf: expected a finite number (row 1, column 0)",
    ),
    (
        lambda: two_sided_difference(lambda theta: None, w),
        "two_sided_difference: the result of f is None: expected a number",
    ),
    (
        lambda: breast_cancer(float("nan")),
        "breast_cancer: test_fraction is nan: expected a finite number",
    ),
    (
        lambda: breast_cancer(568 / 569),
        "breast_cancer: test_fraction is 0.9982425307557118: expected a smaller one, "
        "since a feature is the same in all examples that are left to train",
    ),
    (lambda: breast_cancer(seed=-1), "breast_cancer: seed is -1: expected 0 or more"),
    (
        lambda: planar_flower(10, seed=-1),
        "planar_flower: seed is -1: expected 0 or more",
    ),
]


def texts(cases):
    return [text for _, text in cases]


@pytest.mark.parametrize(("call", "text"), SHAPES, ids=texts(SHAPES))
def test_shape_error(call, text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        call()
    assert str(caught.value) == text


@pytest.mark.parametrize(("call", "text"), TYPES, ids=texts(TYPES))
def test_type_error(call, text):
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value) == text


@pytest.mark.parametrize(("call", "text"), VALUES, ids=texts(VALUES))
def test_value_error(call, text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        call()
    assert str(caught.value) == text


def test_a_call_that_is_right_passes():
    for b in (0, 0.0, 1j, np.float32(0), np.array(0.0)):
        forward(X, w, b)
    forward(X.astype(np.uint8), w, b=0.0)
    forward(X.astype(np.float32), w.astype(complex), 0.0)
    sigmoid(np.ones((0, 3)))
    cross_entropy(Y, 1.0)
    two_sided_difference(np.sum, X[:, 0])


dimensions = st.lists(st.integers(0, 3), min_size=0, max_size=3).map(tuple)


@given(x=dimensions, v=dimensions, y=dimensions)
@quick
def test_only_what_fits_gets_through(x, v, y):
    """Compare the check with the rule, written down once more."""

    @shape_checked
    def f(
        X: Num[ndarray, "n_x m"],
        w: Num[ndarray, "n_x 1"],
        Y: Num[ndarray, "1 m"],
    ) -> str:
        return "through"

    fits = (
        [len(x), len(v), len(y)] == [2, 2, 2]
        and v == (x[0], 1)
        and y == (1, x[1])
        and min(x) > 0
    )
    arguments = map(np.ones, (x, v, y))
    if fits:
        assert f(*arguments) == "through"
    else:
        with pytest.raises(ValueError, match=r"f: \w has shape \("):
            f(*arguments)


@given(n_x=st.integers(2, 5), m=st.integers(6, 9), data=st.data())
@quick
def test_what_is_advised_helps(n_x, m, data):
    """Spoil the arrays by reshaping them: the advice must mend the call."""

    def spoil(array):
        ways = [array, array.T]
        if 1 in array.shape:
            ways.append(array.ravel())
        return data.draw(st.sampled_from(ways))

    arrays = {
        "X": spoil(np.ones((n_x, m))),
        "A": spoil(np.full((1, m), 0.5)),
        "Y": spoil(np.ones((1, m))),
    }
    fits = [array.shape for array in arrays.values()] == [(n_x, m), (1, m), (1, m)]
    if not fits:
        with pytest.raises(ValueError, match=" Use ") as caught:
            backward(**arrays)
        for advice in (
            str(caught.value).rstrip(".").partition(" Use ")[2].split(" and ")
        ):
            name = advice.partition(".")[0]
            if advice.endswith(".T"):
                arrays[name] = arrays[name].T
            else:
                assert advice == f"{name}.reshape(1, -1)"
                arrays[name] = arrays[name].reshape(1, -1)
    dw, _ = backward(**arrays)
    assert dw.shape == (n_x, 1)


def test_the_signature_stays_visible():
    parameters = inspect.signature(forward).parameters
    assert list(parameters) == ["X", "w", "b"]
    assert parameters["X"].annotation.dim_str == "n_x m"
    assert forward.__name__ == "forward"
    assert forward.__doc__.startswith("Return the predictions")
    assert forward.__module__ == "nnref.logistic_regression"
    assert "Z = w.T @ X + b" in inspect.getsource(forward)


@pytest.mark.parametrize("name", logistic_regression.__all__)
def test_every_array_of_the_model_is_checked(name):
    function = getattr(logistic_regression, name)
    if isinstance(function, type):
        return
    for key, parameter in inspect.signature(function).parameters.items():
        if parameter.annotation is bool:
            continue
        others = {
            other: np.zeros((2, 2))
            for other in inspect.signature(function).parameters
            if other != key
        }
        with pytest.raises((TypeError, ValueError), match=f"^{name}: "):
            function(**{key: "text"}, **others)


@pytest.mark.parametrize("shape", ["n_x+1", "#m", "_ m", "... m", "*n m", "n=3"])
def test_a_shape_that_cannot_be_read_is_refused_at_the_definition(shape):
    def f(X):
        return X

    f.__annotations__["X"] = Num[ndarray, shape]
    with pytest.raises(TypeError, match="cannot read the shape"):
        shape_checked(f)


@pytest.mark.parametrize("annotation", [Num[ndarray, "n_x m"] | float, "union"])
def test_a_union_is_read_in_both_spellings(annotation):
    if annotation == "union":
        annotation = typing.Union[Num[ndarray, "n_x m"], float]  # noqa: UP007

    def f(X):
        return X

    f.__annotations__["X"] = annotation
    f = shape_checked(f)
    assert f(2) == 2.0
    with pytest.raises(ValueError, match=r"f: X has shape \(3,\): expected \(n_x, m\)"):
        f(np.ones(3))


def test_an_annotation_as_a_string_is_refused_at_the_definition():
    """As `from __future__ import annotations` leaves them: nothing would be checked."""

    def f(X):
        return X

    f.__annotations__["X"] = 'Num[ndarray, "n_x m"]'
    with pytest.raises(TypeError, match="is a string: it is not read"):
        shape_checked(f)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int64])
def test_integers_do_not_wrap_around(dtype):
    def whole(*values):
        return np.array([values], dtype)

    Z, _ = forward(whole(100, 0), whole(100), -1)
    assert Z.tolist() == [[9999.0, -1.0]]
    dw, db = backward(X=whole(100, 100), A=whole(0, 0), Y=whole(1, 1))
    assert dw.tolist() == [[-100.0]]
    assert db == -1.0
    new_w, new_b = update(whole(1), dtype(1), whole(2), dtype(2), 100)
    assert new_w.tolist() == [[-199.0]]
    assert new_b == -199.0
    assert leaky_relu(whole(100), slope=dtype(3)).tolist() == [[100.0]]
    assert relative_error(whole(0), whole(1)) == 1.0


class Wrapped(list):
    """A list, for Python."""


def test_what_fitted_once_lets_nothing_else_through():
    """Calls that look alike are checked once: what differs must not look alike."""
    W, b = [None, np.ones((1, 4))], [None, np.ones((1, 1))]
    X_3, functions = np.ones((3, 200)), [None, sigmoid]

    def through(*arguments):
        deep_network.forward(*arguments)
        deep_network.forward(*arguments)

    through(X, W, b, functions)
    through(X, tuple(W), b, functions)
    through(X, Wrapped(W), b, functions)
    for wrong in [
        (X_3, W, b, functions),
        (X[0], W, b, functions),
        (X.astype(str), W, b, functions),
        (X.view(np.matrix), W, b, functions),
        (X, [None, W[1].T], b, functions),
        (X, (None, W[1].T), b, functions),
        (X, Wrapped([None, W[1].T]), b, functions),
        (X, [None, W[1].view(np.matrix)], b, functions),
        (X, [None, W[1].tolist()], b, functions),
        (X, [*W, W[1]], b, functions),
        (X, [W[1], None], b, functions),
        (X, W, b, [None, "sigmoid"]),
        (X, W, b, W),
    ]:
        for _ in range(2):
            with pytest.raises((TypeError, ValueError), match=r"^forward: "):
                deep_network.forward(*wrong)
    forward(X, w, b=0.0)
    for _ in range(2):
        with pytest.raises(TypeError, match=r"^forward: b is False"):
            forward(X, w, b=False)
        with pytest.raises(TypeError, match="unexpected keyword"):
            forward(X, w, c=0.0)
        Z, _ = forward(np.full((1, 1), 200, np.uint8), np.ones((1, 1), np.uint8), 100)
        assert Z.tolist() == [[300.0]], "integers must not slip through"


def test_what_fitted_is_not_kept_without_end(monkeypatch):
    monkeypatch.setattr("nnref._shapes.KEPT", 3)

    @shape_checked
    def size(Z: Num[ndarray, "..."]) -> int:
        return Z.size

    (fitted,) = [
        cell.cell_contents
        for cell in size.__closure__
        if isinstance(cell.cell_contents, set)
    ]
    assert [size(np.ones(k % 5)) for k in range(20)] == [k % 5 for k in range(20)]
    assert 1 <= len(fitted) <= 3


def test_the_check_costs_microseconds():
    """A guard against a check that is slow by orders, not a measurement."""
    bare = inspect.unwrap(update)
    arguments = (w, 0.0, w, 0.0, 0.1)

    def time(function):
        return min(timeit.repeat(lambda: function(*arguments), number=200)) / 200

    assert time(update) - time(bare) < 5e-5
