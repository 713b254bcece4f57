r"""Weights to start with: one function for each way to choose them.

Each of them returns $W^{[l]}$ of one layer, $(n^{[l]}, n^{[l-1]})$. They take their
random numbers from a generator, such as `np.random.default_rng(0)`, so the same
seed gives the same weights. A bias starts at zero with all of them.
"""

# mypy: disable-error-code="no-any-return"

import numpy as np
from jaxtyping import Num
from numpy import ndarray

from nnref._shapes import shape_checked
from nnref._training import check_at_least

__all__ = ["he", "small_random", "xavier", "zeros"]


@shape_checked
def zeros(
    n_l: int,
    n_previous: int,
    rng: np.random.Generator,
) -> Num[ndarray, "n_l n_previous"]:
    r"""Return weights that are all zero.

    $$
    W^{[l]} = 0
    $$

    In a hidden layer this is a mistake, and it is here to show why: all
    units of the layer stay equal forever.

    Args:
        n_l: The number of units of the layer, at least 1.
        n_previous: The number of units of the layer before it, at least 1.
        rng: Not used. It is there since the other ways to start need it.

    Returns:
        The weights, `(n_l, n_previous)`.

    Raises:
        ValueError: If a number of units is less than 1.
        TypeError: If a number of units is not an integer.

    Page: [Training](../training.md#symmetry).
    """
    _check_units("zeros", n_l, n_previous)
    return np.zeros((n_l, n_previous))


@shape_checked
def small_random(
    n_l: int,
    n_previous: int,
    rng: np.random.Generator,
) -> Num[ndarray, "n_l n_previous"]:
    r"""Return random weights with standard deviation 0.01.

    $$
    \operatorname{Var}(w_{jk}) = 0.01^2
    $$

    Good enough for a shallow network. In a deep one the values shrink from
    layer to layer, and so do the derivatives.

    Args:
        n_l: The number of units of the layer, at least 1.
        n_previous: The number of units of the layer before it, at least 1.
        rng: Where the random numbers come from.

    Returns:
        The weights, `(n_l, n_previous)`.

    Raises:
        ValueError: If a number of units is less than 1.
        TypeError: If a number of units is not an integer.

    Page: [Training](../training.md#small-random).
    """
    _check_units("small_random", n_l, n_previous)
    return 0.01 * rng.normal(size=(n_l, n_previous))


@shape_checked
def xavier(
    n_l: int,
    n_previous: int,
    rng: np.random.Generator,
) -> Num[ndarray, "n_l n_previous"]:
    r"""Return random weights that keep the size of the values, for tanh.

    $$
    \operatorname{Var}(w_{jk}) = \frac{1}{n^{[l-1]}}
    $$

    The sum of $n^{[l-1]}$ terms, each with this variance, has about the variance
    of one input. Another version of Xavier's rule has
    $\frac{2}{n^{[l-1]} + n^{[l]}}$ here.

    Args:
        n_l: The number of units of the layer, at least 1.
        n_previous: The number of units of the layer before it, at least 1.
        rng: Where the random numbers come from.

    Returns:
        The weights, `(n_l, n_previous)`.

    Raises:
        ValueError: If a number of units is less than 1.
        TypeError: If a number of units is not an integer.

    Page: [Training](../training.md#he-xavier).
    """
    _check_units("xavier", n_l, n_previous)
    scale = np.sqrt(1 / n_previous)
    return scale * rng.normal(size=(n_l, n_previous))


@shape_checked
def he(
    n_l: int,
    n_previous: int,
    rng: np.random.Generator,
) -> Num[ndarray, "n_l n_previous"]:
    r"""Return random weights that keep the size of the values, for ReLU.

    $$
    \operatorname{Var}(w_{jk}) = \frac{2}{n^{[l-1]}}
    $$

    ReLU sets about half of the values to 0. The 2 makes up for that.

    Args:
        n_l: The number of units of the layer, at least 1.
        n_previous: The number of units of the layer before it, at least 1.
        rng: Where the random numbers come from.

    Returns:
        The weights, `(n_l, n_previous)`.

    Raises:
        ValueError: If a number of units is less than 1.
        TypeError: If a number of units is not an integer.

    Page: [Training](../training.md#he-xavier).
    """
    _check_units("he", n_l, n_previous)
    scale = np.sqrt(2 / n_previous)
    return scale * rng.normal(size=(n_l, n_previous))


def _check_units(function: str, n_l: int, n_previous: int) -> None:
    check_at_least(1, function, n_l=n_l, n_previous=n_previous)
