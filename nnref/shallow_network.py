r"""A shallow network: a hidden layer, and an output layer with a sigmoid.

$W^{[1]}$ is $(n^{[1]}, n_x)$, $b^{[1]}$ is $(n^{[1]}, 1)$, $W^{[2]}$ is
$(n^{[2]}, n^{[1]})$ and $b^{[2]}$ is $(n^{[2]}, 1)$. With the number of the layer in
its name, each array is a letter of the formulas: `W1` is $W^{[1]}$. The hidden layer
has tanh, if no other activation is given. This is `nnref.deep_network` with $L = 2$.
"""

# mypy: disable-error-code="no-any-return"
# nnref: model=shallow

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Num
from numpy import ndarray

from nnref._shapes import shape_checked
from nnref._training import check_at_least, check_finite, check_labels
from nnref.activations import sigmoid, tanh, tanh_prime
from nnref.gradient_descent import descend
from nnref.initialization import xavier
from nnref.losses import cross_entropy_from_logits

__all__ = [
    "Fit",
    "backward",
    "cost",
    "fit",
    "forward",
    "initialize",
    "predict",
    "update",
]

Function: TypeAlias = Callable[[Any], Any]
Method: TypeAlias = Callable[[int, int, np.random.Generator], ndarray]


@shape_checked
def initialize(
    n_x: int,
    n_1: int,
    n_2: int = 1,
    method: Method = xavier,
    seed: int = 0,
) -> tuple[
    Num[ndarray, "n_1 n_x"],
    Num[ndarray, "n_1 1"],
    Num[ndarray, "n_2 n_1"],
    Num[ndarray, "n_2 1"],
]:
    r"""Return the parameters to start with: random weights, and zero biases.

    $$
    b^{[1]} = 0, \quad b^{[2]} = 0
    $$

    Args:
        n_x: The number of features, at least 1.
        n_1: The number of hidden units, at least 1.
        n_2: The number of output units, at least 1.
        method: A function of `nnref.initialization`, which chooses the weights.
        seed: Seed of the random numbers. The same seed gives the same weights.

    Returns:
        W1: Weights of the hidden layer, `(n_1, n_x)`.
        b1: Biases of the hidden layer, `(n_1, 1)`.
        W2: Weights of the output layer, `(n_2, n_1)`.
        b2: Biases of the output layer, `(n_2, 1)`.

    Raises:
        ValueError: If a size is less than 1, or `seed` is negative.
        TypeError: If a size or `seed` is not an integer.

    Page: [Shallow network](../shallow-network.md#training).
    """
    check_at_least(1, "initialize", n_x=n_x, n_1=n_1, n_2=n_2)
    check_at_least(0, "initialize", seed=seed)
    rng = np.random.default_rng(seed)
    W1 = method(n_1, n_x, rng)
    b1 = np.zeros((n_1, 1))
    W2 = method(n_2, n_1, rng)
    b2 = np.zeros((n_2, 1))
    return W1, b1, W2, b2


@shape_checked
def forward(
    X: Num[ndarray, "n_x m"],
    W1: Num[ndarray, "n_1 n_x"],
    b1: Num[ndarray, "n_1 1"],
    W2: Num[ndarray, "n_2 n_1"],
    b2: Num[ndarray, "n_2 1"],
    g: Function = tanh,
) -> tuple[
    Num[ndarray, "n_1 m"],
    Num[ndarray, "n_1 m"],
    Num[ndarray, "n_2 m"],
    Num[ndarray, "n_2 m"],
]:
    r"""Return the values of both layers for all examples.

    $$
    Z^{[1]} = W^{[1]} X + b^{[1]}
    $$

    $$
    A^{[1]} = g^{[1]}(Z^{[1]})
    $$

    $$
    Z^{[2]} = W^{[2]} A^{[1]} + b^{[2]}
    $$

    $$
    A^{[2]} = \sigma(Z^{[2]})
    $$

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        W1: Weights of the hidden layer, `(n_1, n_x)`.
        b1: Biases of the hidden layer, `(n_1, 1)`.
        W2: Weights of the output layer, `(n_2, n_1)`.
        b2: Biases of the output layer, `(n_2, 1)`.
        g: Activation of the hidden layer.

    Returns:
        Z1: The values of the hidden layer before its activation, `(n_1, m)`.
        A1: The values after it, `(n_1, m)`.
        Z2: The values of the output layer before the sigmoid, `(n_2, m)`.
        A2: The predictions, `(n_2, m)`, each between 0 and 1.

    Raises:
        ValueError: If the shapes do not fit together.
        TypeError: If an argument is not an array of numbers.

    Page: [Shallow network](../shallow-network.md#forward).
    """
    Z1 = W1 @ X + b1
    A1 = g(Z1)
    Z2 = W2 @ A1 + b2
    A2 = sigmoid(Z2)
    return Z1, A1, Z2, A2


@shape_checked
def cost(
    Z2: Num[ndarray, "n_2 m"],
    Y: Num[ndarray, "n_2 m"],
) -> float:
    r"""Return the cost: the mean of the losses of all examples.

    $$
    \mathcal{J} = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}
    $$

    The loss of an example is the cross-entropy, with those of several output units
    added up. It is computed from $Z^{[2]}$, because one computed from a rounded
    $A^{[2]}$ is infinite for a confident wrong prediction.

    Args:
        Z2: The values of the output layer before the sigmoid, `(n_2, m)`.
        Y: Labels, from 0 to 1, `(n_2, m)`.

    Returns:
        The cost, a number.

    Raises:
        ValueError: If the shapes do not fit together.
        TypeError: If an argument is not an array of numbers.

    Page: [Shallow network](../shallow-network.md#cost).
    """
    m = Y.shape[1]
    losses = cross_entropy_from_logits(Z2, Y)
    return np.sum(losses) / m


@shape_checked
def backward(
    X: Num[ndarray, "n_x m"],
    Y: Num[ndarray, "n_2 m"],
    W2: Num[ndarray, "n_2 n_1"],
    Z1: Num[ndarray, "n_1 m"],
    A1: Num[ndarray, "n_1 m"],
    A2: Num[ndarray, "n_2 m"],
    g_prime: Function = tanh_prime,
) -> tuple[
    Num[ndarray, "n_1 n_x"],
    Num[ndarray, "n_1 1"],
    Num[ndarray, "n_2 n_1"],
    Num[ndarray, "n_2 1"],
]:
    r"""Return the derivatives of the cost by the parameters.

    $$
    dZ^{[2]} = A^{[2]} - Y
    $$

    $$
    dW^{[2]} = \frac{1}{m} dZ^{[2]} A^{[1]T}
    $$

    $$
    db^{[2]} = \frac{1}{m} \sum_{i=1}^{m} dz^{[2](i)}
    $$

    $$
    dA^{[1]} = W^{[2]T} dZ^{[2]}
    $$

    $$
    dZ^{[1]} = dA^{[1]} \odot g'^{[1]}(Z^{[1]})
    $$

    $$
    dW^{[1]} = \frac{1}{m} dZ^{[1]} X^T
    $$

    $$
    db^{[1]} = \frac{1}{m} \sum_{i=1}^{m} dz^{[1](i)}
    $$

    Column $i$ of $dZ^{[2]}$, $dA^{[1]}$ and $dZ^{[1]}$ is the derivative of the loss
    of example $i$. The cost is the mean of the losses, so $1/m$ comes in with the
    derivatives by the parameters.

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        Y: Labels, from 0 to 1, `(n_2, m)`.
        W2: Weights of the output layer, `(n_2, n_1)`.
        Z1: The values of the hidden layer before its activation, `(n_1, m)`.
        A1: The values after it, `(n_1, m)`.
        A2: The predictions of `forward`, `(n_2, m)`.
        g_prime: Derivative of the activation of the hidden layer.

    Returns:
        dW1: Derivatives of the cost by `W1`, `(n_1, n_x)`.
        db1: Derivatives of the cost by `b1`, `(n_1, 1)`.
        dW2: Derivatives of the cost by `W2`, `(n_2, n_1)`.
        db2: Derivatives of the cost by `b2`, `(n_2, 1)`.

    Raises:
        ValueError: If the shapes do not fit together.
        TypeError: If an argument is not an array of numbers.

    Page: [Shallow network](../shallow-network.md#backward).
    """
    m = X.shape[1]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * g_prime(Z1)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return dW1, db1, dW2, db2


@shape_checked
def update(
    W1: Num[ndarray, "n_1 n_x"],
    b1: Num[ndarray, "n_1 1"],
    W2: Num[ndarray, "n_2 n_1"],
    b2: Num[ndarray, "n_2 1"],
    dW1: Num[ndarray, "n_1 n_x"],
    db1: Num[ndarray, "n_1 1"],
    dW2: Num[ndarray, "n_2 n_1"],
    db2: Num[ndarray, "n_2 1"],
    alpha: float,
) -> tuple[
    Num[ndarray, "n_1 n_x"],
    Num[ndarray, "n_1 1"],
    Num[ndarray, "n_2 n_1"],
    Num[ndarray, "n_2 1"],
]:
    r"""Return the parameters after one step of gradient descent.

    For both layers, $l = 1, 2$:

    $$
    W^{[l]} := W^{[l]} - \alpha \, dW^{[l]}
    $$

    $$
    b^{[l]} := b^{[l]} - \alpha \, db^{[l]}
    $$

    The given arrays stay as they are.

    Args:
        W1: Weights of the hidden layer, `(n_1, n_x)`.
        b1: Biases of the hidden layer, `(n_1, 1)`.
        W2: Weights of the output layer, `(n_2, n_1)`.
        b2: Biases of the output layer, `(n_2, 1)`.
        dW1: Derivatives of the cost by `W1`, `(n_1, n_x)`.
        db1: Derivatives of the cost by `b1`, `(n_1, 1)`.
        dW2: Derivatives of the cost by `W2`, `(n_2, n_1)`.
        db2: Derivatives of the cost by `b2`, `(n_2, 1)`.
        alpha: Learning rate, a number.

    Returns:
        W1: New weights of the hidden layer, `(n_1, n_x)`.
        b1: New biases of the hidden layer, `(n_1, 1)`.
        W2: New weights of the output layer, `(n_2, n_1)`.
        b2: New biases of the output layer, `(n_2, 1)`.

    Raises:
        ValueError: If the shapes do not fit together.
        TypeError: If an argument is not an array of numbers, or `alpha` not a number.

    Page: [Shallow network](../shallow-network.md#training).
    """
    W1 = W1 - alpha * dW1
    b1 = b1 - alpha * db1
    W2 = W2 - alpha * dW2
    b2 = b2 - alpha * db2
    return W1, b1, W2, b2


@dataclass(frozen=True, eq=False)
class Fit:
    """What `fit` has learned.

    Attributes:
        W1: Weights of the hidden layer, `(n_1, n_x)`.
        b1: Biases of the hidden layer, `(n_1, 1)`.
        W2: Weights of the output layer, `(n_2, n_1)`.
        b2: Biases of the output layer, `(n_2, 1)`.
        costs: `costs[k]` is the cost of all examples after `k` passes over the data,
            `(passes + 1,)`.
        interrupted: Whether the training was stopped by hand (Ctrl-C).
    """

    W1: Num[ndarray, "n_1 n_x"]
    b1: Num[ndarray, "n_1 1"]
    W2: Num[ndarray, "n_2 n_1"]
    b2: Num[ndarray, "n_2 1"]
    costs: Num[ndarray, "passes+1"]
    interrupted: bool

    def __repr__(self) -> str:
        """Say how far the training came, without printing the arrays."""
        return (
            f"Fit(W1 of shape {self.W1.shape}, W2 of shape {self.W2.shape}, "
            f"cost {self.costs[-1]:.4f} after {len(self.costs) - 1} passes)"
        )


@shape_checked
def fit(
    X: Num[ndarray, "n_x m"],
    Y: Num[ndarray, "n_2 m"],
    W1: Num[ndarray, "n_1 n_x"],
    b1: Num[ndarray, "n_1 1"],
    W2: Num[ndarray, "n_2 n_1"],
    b2: Num[ndarray, "n_2 1"],
    g: Function = tanh,
    g_prime: Function = tanh_prime,
    alpha: float = 0.1,
    iterations: int = 1000,
    batch_size: int | None = None,
    seed: int = 0,
    progress: bool = False,
) -> Fit:
    r"""Learn the parameters by gradient descent, from those that are given.

    Each step computes both layers, then the derivatives of the cost, then, for
    both layers, $l = 1, 2$:

    $$
    W^{[l]} := W^{[l]} - \alpha \, dW^{[l]}
    $$

    $$
    b^{[l]} := b^{[l]} - \alpha \, db^{[l]}
    $$

    An interruption (Ctrl-C) ends the training early and keeps what was learned
    in the passes that were complete. To go on, start from what was learned.

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        Y: Labels, `(n_2, m)`, each exactly 0 or 1.
        W1: Weights of the hidden layer to start with, `(n_1, n_x)`.
        b1: Biases of the hidden layer to start with, `(n_1, 1)`.
        W2: Weights of the output layer to start with, `(n_2, n_1)`.
        b2: Biases of the output layer to start with, `(n_2, 1)`.
        g: Activation of the hidden layer.
        g_prime: Its derivative.
        alpha: Learning rate, a positive number.
        iterations: The number of passes over the data, 0 or more.
        batch_size: The number of examples in a step; None for all of them.
        seed: Seed of the random order of the examples, used with `batch_size`.
        progress: Show a progress bar. It needs tqdm, and changes no result.

    Returns:
        A `Fit` with the parameters, `costs` (one more than passes) and `interrupted`.

    Raises:
        ValueError: If the shapes do not fit together, if an array holds NaN or
            infinity, if a label is not 0 or 1, or if a number is out of range.
        TypeError: If an array is not one of real numbers, or a number is none.
        ImportError: If `progress` is asked for and tqdm is not installed.

    Page: [Shallow network](../shallow-network.md#training).
    """
    check_finite("fit", X=X, Y=Y, W1=W1, b1=b1, W2=W2, b2=b2)
    check_labels("fit", Y=Y)

    found = descend(
        X,
        Y,
        (W1, b1, W2, b2),
        forward=lambda X, W1, b1, W2, b2: forward(X, W1, b1, W2, b2, g),
        cost=lambda values, Y: cost(values[2], Y),
        backward=lambda X, Y, W1, b1, W2, b2, Z1, A1, Z2, A2: backward(
            X, Y, W2, Z1, A1, A2, g_prime
        ),
        update=update,
        alpha=alpha,
        iterations=iterations,
        batch_size=batch_size,
        seed=seed,
        progress=progress,
    )
    W1, b1, W2, b2 = found.parameters
    return Fit(W1, b1, W2, b2, found.costs, found.interrupted)


@shape_checked
def predict(
    X: Num[ndarray, "n_x m"],
    W1: Num[ndarray, "n_1 n_x"],
    b1: Num[ndarray, "n_1 1"],
    W2: Num[ndarray, "n_2 n_1"],
    b2: Num[ndarray, "n_2 1"],
    g: Function = tanh,
) -> Num[ndarray, "n_2 m"]:
    r"""Return the label that is more likely for each example.

    $$
    y_{\text{pred}} =
    \begin{cases} 1 & \text{if } a > 0.5 \\ 0 & \text{if } a \le 0.5 \end{cases}
    $$

    `accuracy` of `nnref.logistic_regression` compares them with the true labels.

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        W1: Weights of the hidden layer, `(n_1, n_x)`.
        b1: Biases of the hidden layer, `(n_1, 1)`.
        W2: Weights of the output layer, `(n_2, n_1)`.
        b2: Biases of the output layer, `(n_2, 1)`.
        g: Activation of the hidden layer.

    Returns:
        The predicted labels, `(n_2, m)`, each 0.0 or 1.0.

    Raises:
        ValueError: If the shapes do not fit together, or if an argument holds
            NaN or infinity.
        TypeError: If an argument is not an array of real numbers.

    Page: [Shallow network](../shallow-network.md#training).
    """
    check_finite("predict", X=X, W1=W1, b1=b1, W2=W2, b2=b2)
    *_, A2 = forward(X, W1, b1, W2, b2, g)
    return np.where(A2 > 0.5, 1.0, 0.0)
