r"""Derivatives by numbers alone, to check those that were derived by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Num
from numpy import ndarray

from nnref._shapes import describe, is_number, shape_checked
from nnref._training import check_finite, check_positive

__all__ = ["complex_step", "relative_error", "two_sided_difference"]


@shape_checked
def two_sided_difference(
    f: Callable[[Any], Any],
    theta: Num[ndarray, "*shape"] | float,
    epsilon: float = 1e-6,
) -> Num[ndarray, "*shape"]:
    r"""Return the derivative of a function by each entry of `theta`, roughly.

    $$
    f'(\theta) \approx
    \frac{f(\theta + \varepsilon) - f(\theta - \varepsilon)}{2 \varepsilon}
    $$

    One entry is varied at a time. The error of the formula shrinks with
    $\varepsilon^2$, but the rounding error grows with $1 / \varepsilon$. So about
    ten digits are right at best.

    Args:
        f: A function that takes an array like `theta` and returns a number.
        theta: Where the derivative is taken: an array of any shape, or a number.
        epsilon: The step to either side, a positive number.

    Returns:
        The derivatives, of the shape of `theta`.

    Raises:
        ValueError: If `f` does not return a number, if `theta` holds NaN or
            infinity, or if `epsilon` is not positive.
        TypeError: If `theta` is not an array of real numbers or a real number.

    Page: [Gradient checking](../gradient-checking.md#truncation).
    """
    check_finite("two_sided_difference", theta=theta)
    check_positive("two_sided_difference", epsilon=epsilon)
    f = _number_valued(f, "two_sided_difference")
    derivative = np.zeros(np.shape(theta))
    for index in np.ndindex(np.shape(theta)):
        step = np.zeros(np.shape(theta))
        step[index] = epsilon
        rise = f(theta + step) - f(theta - step)
        derivative[index] = rise / (2 * epsilon)
    return derivative[()]


@shape_checked
def complex_step(
    f: Callable[[Any], Any],
    theta: Num[ndarray, "*shape"] | float,
    h: float = 1e-20,
) -> Num[ndarray, "*shape"]:
    r"""Return the derivative of a function by each entry of `theta`.

    $$
    f'(\theta) \approx \frac{\operatorname{Im} f(\theta + i h)}{h}
    $$

    Here $i$ is the imaginary unit, $i^2 = -1$, and $\operatorname{Im}$ takes the
    imaginary part. One entry is varied at a time. Nothing is subtracted, so
    nothing is lost to rounding: about 15 digits are right. The code of `f` must
    take complex numbers, and not use `abs`, `conj` or the like on the way.

    Args:
        f: A function that takes an array like `theta`, but complex, and returns
            a complex number.
        theta: Where the derivative is taken: an array of any shape, or a number.
        h: The step in the imaginary direction, a positive number.

    Returns:
        The derivatives, of the shape of `theta`.

    Raises:
        ValueError: If `f` does not return a number, or returns a real one, if
            `theta` holds NaN or infinity, or if `h` is not positive.
        TypeError: If `theta` is not an array of real numbers or a real number.

    Page: [Gradient checking](../gradient-checking.md#complex-step).
    """
    check_finite("complex_step", theta=theta)
    check_positive("complex_step", h=h)
    f = _number_valued(f, "complex_step")
    derivative = np.zeros(np.shape(theta))
    for index in np.ndindex(np.shape(theta)):
        step = np.zeros(np.shape(theta))
        step[index] = h
        derivative[index] = f(theta + 1j * step).imag / h
    return derivative[()]


@shape_checked
def relative_error(
    a: Num[ndarray, "*shape"] | float,
    b: Num[ndarray, "*shape"] | float,
) -> float:
    r"""Return how far two arrays are apart, measured by their own size.

    $$
    \frac{\lVert a - b \rVert}{\lVert a \rVert + \lVert b \rVert}
    $$

    It is 0 when the arrays are equal (both zero as well) and 1 at most.

    Args:
        a: An array of any shape, or a number.
        b: An array of the shape of `a`, or a number, which counts as an array of it.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: If `a` and `b` have different shapes.
        TypeError: If an argument is not an array of numbers or a number.

    Page: [Gradient checking](../gradient-checking.md#relative-error).
    """
    norm = np.linalg.norm
    # Unscaled, the squares of tiny numbers vanish.
    size_a = np.max(np.abs(a), initial=0)
    size_b = np.max(np.abs(b), initial=0)
    scale = np.maximum(size_a, size_b)
    if scale == 0:
        return 0.0
    # A number counts as an array of it.
    a, b = np.broadcast_arrays(a / scale, b / scale)
    return float(norm(a - b) / (norm(a) + norm(b)))


def _number_valued(f: Callable[[Any], Any], caller: str) -> Callable[[Any], Any]:
    """Return `f` with a check that it returns a number that `caller` can use."""

    def checked(theta: Any) -> Any:
        value = f(theta)
        if np.ndim(value) != 0:
            raise ValueError(
                f"{caller}: f returns an array of shape {np.shape(value)}: "
                "expected a number, such as a cost"
            )
        if not is_number(value):
            raise ValueError(
                f"{caller}: the result of f is {describe(value)}: expected a number"
            )
        if caller == "complex_step" and not np.iscomplexobj(value):
            raise ValueError(
                "complex_step: f returns a real number for a complex theta: "
                "expected a complex one. Does f use abs, real or float on the way?"
            )
        return value

    return checked
