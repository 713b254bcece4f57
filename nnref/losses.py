r"""The loss $\mathcal{L}$ of one prediction, for each entry of an array."""

import numpy as np
from jaxtyping import Num
from numpy import ndarray

from nnref._shapes import shape_checked

__all__ = ["cross_entropy", "cross_entropy_from_logits"]


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
    positive = np.real(Z) > 0
    # The exponent is never positive: no overflow.
    E = np.exp(np.where(positive, -Z, Z))
    factor = np.where(positive, 1 - Y, -Y)
    return factor * Z + np.log1p(E)
