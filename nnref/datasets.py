r"""Data to learn from: two real sets, and one that is drawn at random."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Num
from numpy import ndarray

from nnref._shapes import shape_checked
from nnref._training import check_at_least, check_finite

__all__ = ["BreastCancer", "Digits", "breast_cancer", "digits", "planar_flower"]


@dataclass(frozen=True, eq=False)
class BreastCancer:
    """Measurements of 569 tumours, split for training and testing.

    The columns of `X_train` and `X_test` are examples. Their features are
    standardised: mean 0 and standard deviation 1 over the training examples.

    Attributes:
        X_train: Inputs for training, `(30, m)`.
        Y_train: Labels for training, `(1, m)`: 1 is malignant, 0 is benign.
        X_test: Inputs for testing, `(30, m_test)`.
        Y_test: Labels for testing, `(1, m_test)`.
        feature_names: The names of the 30 rows, such as "mean radius".
        mean: Means of the features before standardising, `(30, 1)`.
        std: Standard deviations of the features before standardising, `(30, 1)`.
    """

    X_train: Num[ndarray, "30 m"]
    Y_train: Num[ndarray, "1 m"]
    X_test: Num[ndarray, "30 m_test"]
    Y_test: Num[ndarray, "1 m_test"]
    feature_names: tuple[str, ...]
    mean: Num[ndarray, "30 1"]
    std: Num[ndarray, "30 1"]

    def __repr__(self) -> str:
        """Say how many examples there are, without printing the arrays."""
        m, m_test = self.Y_train.shape[1], self.Y_test.shape[1]
        return f"BreastCancer(30 features, {m} to train, {m_test} to test)"


@shape_checked
def breast_cancer(
    test_fraction: float = 0.2,
    seed: int = 0,
) -> BreastCancer:
    r"""Return real data: is a tumour malignant?

    The Breast Cancer Wisconsin (Diagnostic) data: 30 measurements of the cell
    nuclei in each of 569 images, 212 of them of malignant tumours. They come with
    scikit-learn, so nothing is downloaded. Each feature is standardised: its mean is
    subtracted, and the rest is divided by its standard deviation. Both are those of
    the training examples. The test examples must not have a say in them.

    Args:
        test_fraction: The share of the examples that is kept for testing.
        seed: Seed of the random split. The same seed gives the same split.

    Returns:
        A `BreastCancer` with `X_train` `(30, 455)`, `Y_train` `(1, 455)`, `X_test`
        `(30, 114)` and `Y_test` `(1, 114)` (for `test_fraction=0.2`), and
        `feature_names`, `mean` and `std`.

    Raises:
        ValueError: If `test_fraction` leaves too little to train or nothing to
            test, or if `seed` is negative.
        TypeError: If `test_fraction` is not a number, or `seed` not an integer.
        ImportError: If scikit-learn is not installed.

    Page: [Logistic regression](../logistic-regression.md#real-data).
    """
    datasets = _scikit_learn("breast_cancer")
    check_at_least(0, "breast_cancer", seed=seed)
    data = datasets.load_breast_cancer()
    X = data.data.T
    # There 1 is benign. Here 1 is what one looks for.
    Y = 1.0 - data.target.reshape(1, -1)

    test, train = _split("breast_cancer", X.shape[1], test_fraction, seed)
    mean = np.mean(X[:, train], axis=1, keepdims=True)
    std = np.std(X[:, train], axis=1, keepdims=True)
    if not np.all(std > 0):
        raise ValueError(
            f"breast_cancer: test_fraction is {test_fraction}: expected a smaller one, "
            "since a feature is the same in all examples that are left to train"
        )
    X = (X - mean) / std
    return BreastCancer(
        X_train=X[:, train],
        Y_train=Y[:, train],
        X_test=X[:, test],
        Y_test=Y[:, test],
        feature_names=tuple(str(name) for name in data.feature_names),
        mean=mean,
        std=std,
    )


@dataclass(frozen=True, eq=False)
class Digits:
    """Pictures of 1,797 handwritten digits, split for training and testing.

    The columns of `X_train` and `X_test` are pictures of 8 times 8 pixels. Row
    `8 * r + c` holds the pixel in row `r` and column `c` of the picture, both
    counted from 0. So `X_train[:, i].reshape(8, 8)` is picture `i`.

    Attributes:
        X_train: Pixels for training, `(64, m)`, each from 0 (no ink) to 1.
        Y_train: Labels for training, `(10, m)`: each column holds a single 1, in the
            row of its digit.
        X_test: Pixels for testing, `(64, m_test)`.
        Y_test: Labels for testing, `(10, m_test)`.
    """

    X_train: Num[ndarray, "64 m"]
    Y_train: Num[ndarray, "10 m"]
    X_test: Num[ndarray, "64 m_test"]
    Y_test: Num[ndarray, "10 m_test"]

    def __repr__(self) -> str:
        """Say how many pictures there are, without printing the arrays."""
        m, m_test = self.Y_train.shape[1], self.Y_test.shape[1]
        return f"Digits(64 pixels, {m} to train, {m_test} to test)"


@shape_checked
def digits(
    test_fraction: float = 0.2,
    seed: int = 0,
) -> Digits:
    r"""Return real data: which digit was written by hand?

    The pictures were made for the data set Optical Recognition of Handwritten
    Digits (UCI Machine Learning Repository, E. Alpaydin and C. Kaynak, 1998). These
    1,797, written by 13 people, come with scikit-learn as `load_digits`, so nothing
    is downloaded. A picture of 32 times 32 black or white points was cut into 8 times
    8 blocks. A pixel is the number of black points in its block, from 0 to 16. Here
    it is divided by 16, so it is the share of ink in the block, a number from 0 to 1.
    The 16 is known beforehand, so the test examples have no say in it. The split does
    not know who wrote what: pictures by one person are on both sides.

    Args:
        test_fraction: The share of the examples that is kept for testing.
        seed: Seed of the random split. The same seed gives the same split.

    Returns:
        A `Digits` with `X_train` `(64, 1438)`, `Y_train` `(10, 1438)`, `X_test`
        `(64, 359)` and `Y_test` `(10, 359)` (for `test_fraction=0.2`).

    Raises:
        ValueError: If `test_fraction` leaves nothing to train or nothing to test,
            or if `seed` is negative.
        TypeError: If `test_fraction` is not a number, or `seed` not an integer.
        ImportError: If scikit-learn is not installed.

    Page: [Handwritten digits](../notebooks/digits.py).
    """
    datasets = _scikit_learn("digits")
    check_at_least(0, "digits", seed=seed)
    data = datasets.load_digits()
    X = data.data.T / 16
    Y = np.where(np.arange(10).reshape(10, 1) == data.target, 1.0, 0.0)

    test, train = _split("digits", X.shape[1], test_fraction, seed)
    return Digits(
        X_train=X[:, train],
        Y_train=Y[:, train],
        X_test=X[:, test],
        Y_test=Y[:, test],
    )


@shape_checked
def planar_flower(
    m: int = 400,
    seed: int = 0,
) -> tuple[Num[ndarray, "2 m"], Num[ndarray, "1 m"]]:
    r"""Return points in the plane whose two kinds form the petals of a flower.

    In polar coordinates the petals are the curve on which $r$ is $4 \sin(4 \varphi)$,
    with noise on both. One half turn of $\varphi$ belongs to label 0, the other
    to label 1. No straight line separates the two.

    Args:
        m: The number of points, at least 2. Half of them, rounded down, have label 1.
        seed: Seed of the random numbers. The same seed gives the same points.

    Returns:
        X: The points, `(2, m)`, one a column, in random order.
        Y: Their labels, `(1, m)`, each 0.0 or 1.0.

    Raises:
        ValueError: If `m` is less than 2, or `seed` is negative.
        TypeError: If `m` or `seed` is not an integer.

    Page: [How many hidden units?](../notebooks/planar_data.py).
    """
    check_at_least(2, "planar_flower", m=m)
    check_at_least(0, "planar_flower", seed=seed)
    rng = np.random.default_rng(seed)
    Y = rng.permutation(np.arange(m) % 2)
    turn = np.pi * (Y + rng.uniform(size=m))
    phi = turn + rng.normal(scale=0.2, size=m)
    r = 4 * np.sin(4 * turn) + rng.normal(scale=0.2, size=m)
    X = np.array([r * np.cos(phi), r * np.sin(phi)])
    return X, Y.reshape(1, m).astype(float)


def _scikit_learn(function: str) -> Any:
    """Return the data sets of scikit-learn."""
    try:
        import sklearn.datasets  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise ImportError(
            f"{function} needs scikit-learn, which is not installed: "
            'run pip install "nnref[docs]"'
        ) from error
    return sklearn.datasets


def _split(
    function: str,
    m: int,
    test_fraction: float,
    seed: int,
) -> tuple[ndarray, ndarray]:
    """Return the columns to test and those to train, in random order."""
    check_finite(function, test_fraction=test_fraction)
    m_test = round(test_fraction * m)
    if not 0 < m_test < m:
        raise ValueError(
            f"{function}: test_fraction is {test_fraction}: "
            "expected a number between 0 and 1 that leaves examples on both sides"
        )
    order = np.random.default_rng(seed).permutation(m)
    return order[:m_test], order[m_test:]
