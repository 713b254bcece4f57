r"""Activation functions $g$ and their derivatives $g'$.

All but `softmax` work on each entry alone, so an array of any shape gives an array
of the same shape, and a number gives a number. They take complex numbers too,
which the complex step of `nnref.gradient_checking` needs: where a formula has
two branches, the real part chooses. NaN stays NaN, and single precision is kept, but
for the slopes of the ReLU kinds: these are one of two numbers.
"""

# mypy: disable-error-code="no-any-return"

import numpy as np
from jaxtyping import Num
from numpy import ndarray

from nnref._shapes import shape_checked

__all__ = [
    "identity",
    "identity_prime",
    "leaky_relu",
    "leaky_relu_prime",
    "relu",
    "relu_prime",
    "sigmoid",
    "sigmoid_prime",
    "softmax",
    "tanh",
    "tanh_prime",
]


@shape_checked
def sigmoid(
    Z: Num[ndarray, "..."] | float,
) -> Num[ndarray, "..."]:
    r"""Return the sigmoid of each entry: a number between 0 and 1.

    $$
    \sigma(z) = \frac{1}{1 + e^{-z}}
    $$

    For $z < 0$ the code uses the equal form $\sigma(z) = \frac{e^z}{1 + e^z}$.
    So the exponential never overflows, and tiny values keep all their digits. Both
    forms are $e^{\min(0, z)} / (1 + e^{-|z|})$.

    Args:
        Z: Numbers, of any shape.

    Returns:
        The sigmoids, of the shape of `Z`.

    Raises:
        TypeError: If `Z` is not an array of numbers or a number.

    Page: [Activation functions](../activation-functions.md#sigmoid).
    """
    # Neither exponent is positive: no overflow.
    E = np.exp(np.minimum(Z, -Z))
    return np.exp(np.minimum(0, Z)) / (1 + E)


@shape_checked
def sigmoid_prime(
    Z: Num[ndarray, "..."] | float,
) -> Num[ndarray, "..."]:
    r"""Return the derivative of the sigmoid at each entry.

    $$
    \sigma'(z) = \sigma(z) (1 - \sigma(z))
    $$

    The error is about 2e-16. Beyond $z = 37$ the true value is smaller than
    that, and the result is 0.

    Args:
        Z: Numbers, of any shape: where the derivative is taken.

    Returns:
        The derivatives, of the shape of `Z`.

    Raises:
        TypeError: If `Z` is not an array of numbers or a number.

    Page: [Activation functions](../activation-functions.md#sigmoid).
    """
    A = sigmoid(Z)
    return A * (1 - A)


@shape_checked
def tanh(
    Z: Num[ndarray, "..."] | float,
) -> Num[ndarray, "..."]:
    r"""Return the hyperbolic tangent of each entry: a number between -1 and 1.

    $$
    \tanh(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}}
    $$

    Args:
        Z: Numbers, of any shape.

    Returns:
        The hyperbolic tangents, of the shape of `Z`.

    Raises:
        TypeError: If `Z` is not an array of numbers or a number.

    Page: [Activation functions](../activation-functions.md#tanh).
    """
    return np.tanh(Z)


@shape_checked
def tanh_prime(
    Z: Num[ndarray, "..."] | float,
) -> Num[ndarray, "..."]:
    r"""Return the derivative of the hyperbolic tangent at each entry.

    $$
    \tanh'(z) = 1 - \tanh(z)^2
    $$

    The error is about 2e-16. For $z$ beyond 19 on either side the true value
    is smaller than that, and the result is 0.

    Args:
        Z: Numbers, of any shape: where the derivative is taken.

    Returns:
        The derivatives, of the shape of `Z`.

    Raises:
        TypeError: If `Z` is not an array of numbers or a number.

    Page: [Activation functions](../activation-functions.md#tanh).
    """
    return 1 - np.tanh(Z) ** 2


@shape_checked
def relu(
    Z: Num[ndarray, "..."] | float,
) -> Num[ndarray, "..."]:
    r"""Return each entry, with 0 in place of a negative one.

    $$
    g(z) = \max(0, z)
    $$

    Of two complex numbers NumPy takes the one with the larger real part.

    Args:
        Z: Numbers, of any shape.

    Returns:
        The results, of the shape of `Z`.

    Raises:
        TypeError: If `Z` is not an array of numbers or a number.

    Page: [Activation functions](../activation-functions.md#relu).
    """
    return np.maximum(0, Z)


@shape_checked
def relu_prime(
    Z: Num[ndarray, "..."] | float,
) -> Num[ndarray, "..."]:
    r"""Return the derivative of `relu` at each entry.

    $$
    g'(z) = \begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{if } z \le 0 \end{cases}
    $$

    At $z = 0$ there is no derivative. The value 0 is a choice, the usual one.

    Args:
        Z: Numbers, of any shape: where the derivative is taken.

    Returns:
        The derivatives, of the shape of `Z`.

    Raises:
        TypeError: If `Z` is not an array of numbers or a number.

    Page: [Activation functions](../activation-functions.md#kink).
    """
    return np.where(np.real(Z) > 0, 1.0, 0.0)[()]


@shape_checked
def leaky_relu(
    Z: Num[ndarray, "..."] | float,
    slope: float = 0.01,
) -> Num[ndarray, "..."]:
    r"""Return each entry, with a negative one made smaller.

    $$
    g(z) = \max(0.01 z, z)
    $$

    The code uses the equal form $g(z) = \max(0, z) + 0.01 \min(0, z)$, which is
    right for a slope above 1, too.

    Args:
        Z: Numbers, of any shape.
        slope: The slope for negative entries, 0.01 if not given.

    Returns:
        The results, of the shape of `Z`.

    Raises:
        TypeError: If `Z` is not an array of numbers or a number.

    Page: [Activation functions](../activation-functions.md#leaky-relu).
    """
    return np.maximum(0, Z) + slope * np.minimum(0, Z)


@shape_checked
def leaky_relu_prime(
    Z: Num[ndarray, "..."] | float,
    slope: float = 0.01,
) -> Num[ndarray, "..."]:
    r"""Return the derivative of `leaky_relu` at each entry.

    $$
    g'(z) = \begin{cases} 1 & \text{if } z > 0 \\ 0.01 & \text{if } z \le 0 \end{cases}
    $$

    At $z = 0$ there is no derivative. The value `slope` is a choice.

    Args:
        Z: Numbers, of any shape: where the derivative is taken.
        slope: The slope for negative entries, 0.01 if not given.

    Returns:
        The derivatives, of the shape of `Z`.

    Raises:
        TypeError: If `Z` is not an array of numbers or a number.

    Page: [Activation functions](../activation-functions.md#leaky-relu).
    """
    return np.where(np.real(Z) > 0, 1.0, slope)[()]


@shape_checked
def identity(
    Z: Num[ndarray, "..."] | float,
) -> Num[ndarray, "..."]:
    r"""Return each entry as it is: $g(z)$ is $z$, no activation at all.

    It is here to show what happens without an activation: layers with it are no
    more than one linear layer.

    Args:
        Z: Numbers, of any shape.

    Returns:
        The same numbers, in a new array.

    Raises:
        TypeError: If `Z` is not an array of numbers or a number.

    Page: [Activation functions](../activation-functions.md#linear).
    """
    return np.positive(Z)


@shape_checked
def identity_prime(
    Z: Num[ndarray, "..."] | float,
) -> Num[ndarray, "..."]:
    r"""Return the derivative of `identity` at each entry: $g'(z)$ is 1.

    Args:
        Z: Numbers, of any shape: where the derivative is taken.

    Returns:
        The derivatives, of the shape of `Z`. NaN stays NaN.

    Raises:
        TypeError: If `Z` is not an array of numbers or a number.

    Page: [Activation functions](../activation-functions.md#linear).
    """
    return np.where(np.isnan(Z), Z, 1.0)[()]


# nnref: model=deep output=softmax
@shape_checked
def softmax(
    Z: Num[ndarray, "n_L m"],
) -> Num[ndarray, "n_L m"]:
    r"""Return a probability for each class: positive numbers with sum 1 in a column.

    $$
    a_j = \frac{e^{z_j}}{\sum_{k=1}^{n^{[L]}} e^{z_k}}
    $$

    The code takes the largest entry of a column from all its entries first. That
    changes no result, and the exponential never overflows.

    Args:
        Z: The values of the last layer, `(n_L, m)`, one class a row.

    Returns:
        The probabilities, `(n_L, m)`.

    Raises:
        ValueError: If `Z` does not have two axes.
        TypeError: If `Z` is not an array of numbers.

    Page: [Softmax and many classes](../softmax.md#softmax).
    """
    E = np.exp(Z - np.max(np.real(Z), axis=0))
    return E / np.sum(E, axis=0)
