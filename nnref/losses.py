r"""The loss $\mathcal{L}$ of each prediction: an entry, or a column of classes."""

# mypy: disable-error-code="no-any-return"
# nnref: model=logistic

import numpy as np
from jaxtyping import Num
from numpy import ndarray

from nnref._shapes import shape_checked

__all__ = [
    "cross_entropy",
    "cross_entropy_from_logits",
    "softmax_cross_entropy_from_logits",
]


@shape_checked
def cross_entropy(
    A: Num[ndarray, "*shape"] | float,
    Y: Num[ndarray, "*shape"] | float,
) -> Num[ndarray, "*shape"]:
    r"""Return the loss of each prediction.

    $$
    \mathcal{L} = -(y \log a + (1 - y) \log(1 - a))
    $$

    A term whose factor $y$ or $1 - y$ is 0 counts as 0, also where its logarithm
    is infinite. So a prediction that is exactly right has loss 0, and one
    that is exactly wrong (`a` is 0 and `y` is 1) has loss infinity.

    Args:
        A: Predictions between 0 and 1, of any shape.
        Y: Labels, from 0 to 1, of the shape of `A`.

    Returns:
        The losses, of the shape of `A`.

    Raises:
        ValueError: If `A` and `Y` have different shapes.
        TypeError: If an argument is not an array of numbers or a number.

    Page: [The loss](../derivations/maximum-likelihood.md#step-4).
    """
    # 0 log 0 counts as 0: take log 1 in its place.
    with np.errstate(divide="ignore"):
        log_A = np.log(np.where(Y == 0, 1.0, A))
        log_1_A = np.log1p(-np.where(Y == 1, 0.0, A))
    return 0 - (Y * log_A + (1 - Y) * log_1_A)


@shape_checked
def cross_entropy_from_logits(
    Z: Num[ndarray, "*shape"] | float,
    Y: Num[ndarray, "*shape"] | float,
) -> Num[ndarray, "*shape"]:
    r"""Return the loss of each prediction $a = \sigma(z)$, computed from $z$.

    $$
    \mathcal{L} = \log(1 + e^{z}) - y z
    $$

    This is `cross_entropy(sigmoid(Z), Y)`, but accurate for large $z$ too. There
    $\sigma(z)$ is rounded to 1, and the loss of the label 0 comes out as
    infinity. For $z > 0$ the code uses
    $\log(1 + e^{z}) = z + \log(1 + e^{-z})$, which does not overflow.

    Args:
        Z: The values before the sigmoid (logits), of any shape.
        Y: Labels, from 0 to 1, of the shape of `Z`.

    Returns:
        The losses, of the shape of `Z`.

    Raises:
        ValueError: If `Z` and `Y` have different shapes.
        TypeError: If an argument is not an array of numbers or a number.

    Page: [Logistic regression](../logistic-regression.md#from-z).
    """
    positive = np.greater(Z, 0)  # counts as 1 or 0
    # The exponent is never positive: no overflow.
    E = np.exp(np.minimum(Z, -Z))
    return (positive - Y) * Z + np.log1p(E)


# nnref: model=deep output=softmax
@shape_checked
def softmax_cross_entropy_from_logits(
    Z: Num[ndarray, "n_L m"],
    Y: Num[ndarray, "n_L m"],
) -> Num[ndarray, "1 m"]:
    r"""Return the loss of each column of class probabilities, computed from $z$.

    $$
    \mathcal{L} = -\sum_{j=1}^{n^{[L]}} y_j \log a_j
    $$

    with $a$ the softmax of $z$. A softmax is rounded to 0 for a confident wrong
    prediction, and its logarithm is infinite. So the code uses

    $$
    \log a_j = z_j - \log \sum_{k=1}^{n^{[L]}} e^{z_k}
    $$

    with the largest entry of a column taken from all its entries first.

    Args:
        Z: The values before the softmax (logits), `(n_L, m)`, one class a row.
        Y: Labels, `(n_L, m)`, from 0 to 1, with sum 1 in each column.

    Returns:
        The losses, `(1, m)`.

    Raises:
        ValueError: If `Z` and `Y` have different shapes, or not two axes.
        TypeError: If an argument is not an array of numbers.

    Page: [Softmax and many classes](../softmax.md#from-z).
    """
    Z = Z - np.max(np.real(Z), axis=0)
    sums = np.sum(np.exp(Z), axis=0)
    log_A = Z - np.log(sums)
    return -np.sum(Y * log_A, axis=0, keepdims=True)
