"""The data sets: their shapes, their balance, and that a seed fixes them."""

import sys

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits

from nnref.datasets import breast_cancer, digits, planar_flower
from nnref.logistic_regression import accuracy, fit, predict

FIRST_LABELS = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0]
FIRST_POINTS = [[0.21381064, 3.77032196], [-0.12535278, -1.40232993]]


@pytest.mark.parametrize("m", [2, 3, 400, 401])
def test_planar_flower_has_both_labels_in_equal_numbers(m):
    X, Y = planar_flower(m)
    assert X.shape == (2, m)
    assert Y.shape == (1, m)
    assert Y.dtype == X.dtype == float
    assert set(Y.ravel()) == {0.0, 1.0}
    assert np.sum(Y) == m // 2


def test_planar_flower_is_fixed_by_its_seed():
    X, Y = planar_flower()
    assert all(map(np.array_equal, planar_flower(), (X, Y)))
    assert all(map(np.array_equal, planar_flower(400, seed=0), (X, Y)))
    assert not np.array_equal(planar_flower(seed=1)[0], X)
    # These very points stand on the pages, whatever the version of NumPy.
    assert Y[0, :8].tolist() == FIRST_LABELS
    np.testing.assert_allclose(X[:, :2], FIRST_POINTS, rtol=1e-6)


def test_two_examples_to_train_are_standardised_or_refused():
    data = breast_cancer(567 / 569, seed=0)
    assert data.X_train.shape == (30, 2)
    assert np.all(np.isfinite(data.X_test))
    with pytest.raises(ValueError, match="a feature is the same in all examples"):
        breast_cancer(567 / 569, seed=17)


def test_planar_flower_leaves_the_global_random_numbers_alone():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    planar_flower()
    assert np.array_equal(state, np.random.get_state()[1])  # noqa: NPY002


def test_planar_flower_cannot_be_separated_by_a_line():
    X, Y = planar_flower()
    learned = fit(X, Y, alpha=0.5, iterations=200)
    assert accuracy(predict(X, learned.w, learned.b), Y) < 0.65


def test_planar_flower_has_eight_petals():
    X, _ = planar_flower(2000)
    r, phi = np.hypot(*X), np.arctan2(X[1], X[0])
    far = np.histogram(phi[r > 3], bins=8, range=(-np.pi, np.pi))[0]
    assert np.min(far) > 50


def test_breast_cancer_is_split_and_standardised():
    data = breast_cancer()
    assert data.X_train.shape == (30, 455)
    assert data.Y_train.shape == (1, 455)
    assert data.X_test.shape == (30, 114)
    assert data.Y_test.shape == (1, 114)
    assert len(data.feature_names) == 30
    assert data.feature_names[0] == "mean radius"
    np.testing.assert_allclose(np.mean(data.X_train, axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(np.std(data.X_train, axis=1), 1, rtol=1e-12)
    assert np.max(np.abs(np.mean(data.X_test, axis=1))) > 1e-3, "test data leaked in"
    assert repr(data) == "BreastCancer(30 features, 455 to train, 114 to test)"


def test_breast_cancer_holds_every_example_once_with_its_label():
    data = breast_cancer(test_fraction=0.25, seed=3)
    X = np.hstack([data.X_train, data.X_test]) * data.std + data.mean
    Y = np.hstack([data.Y_train, data.Y_test])
    original = load_breast_cancer()
    malignant = original.target == list(original.target_names).index("malignant")
    got = np.vstack([Y, X]).T
    wanted = np.column_stack([malignant, original.data])
    np.testing.assert_allclose(
        got[np.lexsort(got.round(6).T)], wanted[np.lexsort(wanted.round(6).T)]
    )
    assert np.sum(Y) == 212


def test_breast_cancer_is_fixed_by_its_seed():
    assert np.array_equal(breast_cancer().X_train, breast_cancer(seed=0).X_train)
    assert not np.array_equal(breast_cancer().X_train, breast_cancer(seed=1).X_train)


def test_breast_cancer_can_be_learned():
    data = breast_cancer()
    learned = fit(data.X_train, data.Y_train, iterations=200)
    Y_pred = predict(data.X_test, learned.w, learned.b)
    assert accuracy(Y_pred, data.Y_test) > 0.95


def test_digits_are_split_and_scaled():
    data = digits()
    assert data.X_train.shape == (64, 1438)
    assert data.Y_train.shape == (10, 1438)
    assert data.X_test.shape == (64, 359)
    assert data.Y_test.shape == (10, 359)
    assert data.X_train.dtype == data.Y_train.dtype == float
    for X in (data.X_train, data.X_test):
        assert np.min(X) == 0.0
        assert np.max(X) == 1.0
    assert repr(data) == "Digits(64 pixels, 1438 to train, 359 to test)"


def test_digits_have_a_single_1_in_each_column_of_labels():
    data = digits()
    for Y in (data.Y_train, data.Y_test):
        assert set(Y.ravel()) == {0.0, 1.0}
        assert np.all(np.sum(Y, axis=0) == 1)


def test_digits_hold_every_picture_once_with_its_digit():
    data = digits(test_fraction=0.25, seed=3)
    X = np.hstack([data.X_train, data.X_test])
    Y = np.hstack([data.Y_train, data.Y_test])
    original = load_digits()
    got = np.vstack([np.argmax(Y, axis=0), 16 * X]).T
    wanted = np.column_stack([original.target, original.data])
    assert np.array_equal(got[np.lexsort(got.T)], wanted[np.lexsort(wanted.T)])


def test_a_column_of_digits_is_a_picture_row_by_row():
    data = digits()
    picture = data.X_train[:, 0].reshape(8, 8)
    digit = np.argmax(data.Y_train[:, 0])
    original = load_digits()
    same = np.all(original.images == 16 * picture, axis=(1, 2))
    assert original.target[same].tolist() == [digit]


def test_digits_are_fixed_by_their_seed():
    assert np.array_equal(digits().X_test, digits(seed=0).X_test)
    assert not np.array_equal(digits().X_test, digits(seed=1).X_test)


def test_digits_show_their_class_by_the_nearest_mean():
    data = digits()
    means = data.X_train @ data.Y_train.T / np.sum(data.Y_train, axis=1)
    assert means.shape == (64, 10)
    far = np.sum((data.X_test[:, None] - means[:, :, None]) ** 2, axis=0)
    right = np.argmin(far, axis=0) == np.argmax(data.Y_test, axis=0)
    assert np.mean(right) > 0.85


@pytest.mark.parametrize("load", [breast_cancer, digits])
@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, 2.0, 1e-9])
def test_real_data_need_examples_on_both_sides(load, fraction):
    with pytest.raises(ValueError, match="leaves examples on both sides") as caught:
        load(fraction)
    expected = f"{load.__name__}: test_fraction is {fraction}: "
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize("load", [breast_cancer, digits])
def test_real_data_refuse_what_is_no_share_or_seed(load):
    with pytest.raises(ValueError, match=f"{load.__name__}: test_fraction is nan"):
        load(float("nan"))
    with pytest.raises(ValueError, match=f"{load.__name__}: seed is -1: expected 0"):
        load(seed=-1)
    with pytest.raises(TypeError, match=f"{load.__name__}: seed"):
        load(seed=0.5)


@pytest.mark.parametrize("load", [breast_cancer, digits])
def test_real_data_without_scikit_learn_say_what_to_do(load, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError) as caught:
        load()
    assert str(caught.value) == (
        f"{load.__name__} needs scikit-learn, which is not installed: "
        'run pip install "nnref[docs]"'
    )
