r"""Logistic regression: one unit with a sigmoid, trained by gradient descent.

The columns of $X$ are the examples: $X$ is $(n_x, m)$, $w$ is $(n_x, 1)$,
$b$ is a number, and $Z$, $A$ and $Y$ are $(1, m)$.
"""

# nnref: model=logistic

from dataclasses import dataclass

import numpy as np
from jaxtyping import Num
from numpy import ndarray

from nnref._shapes import shape_checked
from nnref._training import (
    check_at_least,
    check_finite,
    check_labels,
    check_positive,
    steps,
)
from nnref.activations import sigmoid
from nnref.losses import cross_entropy_from_logits

__all__ = [
    "Fit",
    "accuracy",
    "backward",
    "cost",
    "fit",
    "forward",
    "initialize",
    "predict",
    "update",
]


@shape_checked
def initialize(
    n_x: int,
) -> tuple[Num[ndarray, "n_x 1"], float]:
    r"""Return the parameters to start with: all zero.

    $$
    w = 0, \quad b = 0
    $$

    Zero is a good start here, since the cost of logistic regression has no
    local minimum besides the global one.

    Args:
        n_x: The number of features, at least 1.

    Returns:
        w: Weights, `(n_x, 1)`.
        b: Bias, a number.

    Raises:
        ValueError: If `n_x` is less than 1.
        TypeError: If `n_x` is not an integer.

    Page: [Logistic regression](../logistic-regression.md#gradient-descent).
    """
    check_at_least(1, "initialize", n_x=n_x)
    w = np.zeros((n_x, 1))
    b = 0.0
    return w, b


@shape_checked
def forward(
    X: Num[ndarray, "n_x m"],
    w: Num[ndarray, "n_x 1"],
    b: float,
) -> tuple[Num[ndarray, "1 m"], Num[ndarray, "1 m"]]:
    r"""Return the predictions for all examples.

    $$
    Z = w^T X + b
    $$

    $$
    A = \sigma(Z)
    $$

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        w: Weights, `(n_x, 1)`.
        b: Bias, a number.

    Returns:
        Z: The values before the sigmoid, `(1, m)`.
        A: The predictions, `(1, m)`, each between 0 and 1.

    Raises:
        ValueError: If the shapes do not fit together.
        TypeError: If an argument is not an array of numbers, or `b` not a number.

    Page: [Logistic regression](../logistic-regression.md#all-examples).
    """
    Z = w.T @ X + b
    A = sigmoid(Z)
    return Z, A


@shape_checked
def cost(
    Z: Num[ndarray, "1 m"],
    Y: Num[ndarray, "1 m"],
) -> float:
    r"""Return the cost: the mean of the losses of all examples.

    $$
    \mathcal{J} = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}
    $$

    $$
    \mathcal{L}^{(i)} = -(y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log(1 - a^{(i)}))
    $$

    It takes $Z$ in place of $A$, because a loss computed from a rounded $A$ is
    infinite for a confident wrong prediction.

    Args:
        Z: The values before the sigmoid, `(1, m)`.
        Y: Labels, from 0 to 1, `(1, m)`.

    Returns:
        The cost, a number.

    Raises:
        ValueError: If the shapes do not fit together.
        TypeError: If an argument is not an array of numbers.

    Page: [Logistic regression](../logistic-regression.md#cost).
    """
    m = Z.shape[1]
    losses = cross_entropy_from_logits(Z, Y)
    J: float = np.sum(losses) / m
    return J


@shape_checked
def backward(
    X: Num[ndarray, "n_x m"],
    A: Num[ndarray, "1 m"],
    Y: Num[ndarray, "1 m"],
) -> tuple[Num[ndarray, "n_x 1"], float]:
    r"""Return the derivatives of the cost by the parameters.

    $$
    dZ = A - Y
    $$

    $$
    dw = \frac{1}{m} X \, dZ^T
    $$

    $$
    db = \frac{1}{m} \sum_{i=1}^{m} dz^{(i)}
    $$

    Column $i$ of $dZ$ is the derivative of the loss of example $i$. The cost
    is the mean of the losses, so $1/m$ comes in with $dw$ and $db$.

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        A: The predictions of `forward`, `(1, m)`.
        Y: Labels, from 0 to 1, `(1, m)`.

    Returns:
        dw: Derivatives of the cost by `w`, `(n_x, 1)`.
        db: Derivative of the cost by `b`, a number.

    Raises:
        ValueError: If the shapes do not fit together.
        TypeError: If an argument is not an array of numbers.

    Page: [The gradient](../derivations/logistic-regression.md#step-7).
    """
    m = X.shape[1]
    dZ = A - Y
    dw = X @ dZ.T / m
    db = np.sum(dZ) / m
    return dw, db


@shape_checked
def update(
    w: Num[ndarray, "n_x 1"],
    b: float,
    dw: Num[ndarray, "n_x 1"],
    db: float,
    alpha: float,
) -> tuple[Num[ndarray, "n_x 1"], float]:
    r"""Return the parameters after one step of gradient descent.

    $$
    w := w - \alpha \, dw
    $$

    $$
    b := b - \alpha \, db
    $$

    The given arrays stay as they are.

    Args:
        w: Weights, `(n_x, 1)`.
        b: Bias, a number.
        dw: Derivatives of the cost by `w`, `(n_x, 1)`.
        db: Derivative of the cost by `b`, a number.
        alpha: Learning rate, a number.

    Returns:
        w: New weights, `(n_x, 1)`.
        b: New bias, a number.

    Raises:
        ValueError: If the shapes do not fit together.
        TypeError: If an argument is not an array of numbers or a number.

    Page: [Logistic regression](../logistic-regression.md#gradient-descent).
    """
    w = w - alpha * dw
    b = b - alpha * db
    return w, b


@dataclass(frozen=True, eq=False)
class Fit:
    """What `fit` has learned.

    Attributes:
        w: Weights, `(n_x, 1)`.
        b: Bias, a number.
        costs: `costs[k]` is the cost after `k` steps, `(steps + 1,)`. So
            `costs[0]` is the cost at the start, and `costs[-1]` that of `w` and `b`.
        interrupted: Whether the training was stopped by hand (Ctrl-C).
    """

    w: Num[ndarray, "n_x 1"]
    b: float
    costs: Num[ndarray, "steps+1"]
    interrupted: bool

    def __repr__(self) -> str:
        """Say how far the training came, without printing the arrays."""
        steps = len(self.costs) - 1
        return (
            f"Fit(w of shape {self.w.shape}, b = {self.b:.4f}, "
            f"cost {self.costs[-1]:.4f} after {steps} steps)"
        )


@shape_checked
def fit(
    X: Num[ndarray, "n_x m"],
    Y: Num[ndarray, "1 m"],
    alpha: float = 0.1,
    iterations: int = 1000,
    progress: bool = False,
) -> Fit:
    r"""Learn the parameters by gradient descent, from zero.

    Each step computes all predictions, then the derivatives of the cost, then

    $$
    w := w - \alpha \, dw
    $$

    $$
    b := b - \alpha \, db
    $$

    An interruption (Ctrl-C) ends the training early and keeps what was learned
    in the steps that were complete.

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        Y: Labels, `(1, m)`, each exactly 0 or 1.
        alpha: Learning rate, a positive number.
        iterations: The number of steps, 0 or more.
        progress: Show a progress bar. It needs tqdm, and changes no result.

    Returns:
        A `Fit` with `w`, `b`, `costs` (one more than steps) and `interrupted`.

    Raises:
        ValueError: If the shapes do not fit together, if `X` or `Y` holds NaN or
            infinity, if a label is not 0 or 1, or if `alpha` or `iterations`
            is out of range.
        TypeError: If `X` or `Y` is not an array of real numbers, `alpha` not a
            number, or `iterations` not an integer.
        ImportError: If `progress` is asked for and tqdm is not installed.

    Page: [Logistic regression](../logistic-regression.md#gradient-descent).
    """
    check_finite("fit", X=X, Y=Y)
    check_labels("fit", Y=Y)
    check_positive("fit", alpha=alpha)
    check_at_least(0, "fit", iterations=iterations)

    w, b = initialize(X.shape[0])
    Z, A = forward(X, w, b)
    costs = [cost(Z, Y)]
    learned = w, b, len(costs)
    interrupted = False
    try:
        for _ in steps(iterations, costs, progress):
            dw, db = backward(X, A, Y)
            w, b = update(w, b, dw, db, alpha)
            Z, A = forward(X, w, b)
            costs.append(cost(Z, Y))
            # One step: Ctrl-C cannot split it.
            learned = w, b, len(costs)
    except KeyboardInterrupt:
        interrupted = True
    w, b, complete = learned
    kept = np.array(costs[:complete])
    return Fit(w, b, kept, interrupted)


@shape_checked
def predict(
    X: Num[ndarray, "n_x m"],
    w: Num[ndarray, "n_x 1"],
    b: float,
) -> Num[ndarray, "1 m"]:
    r"""Return the label that is more likely for each example.

    $$
    y_{\text{pred}} =
    \begin{cases} 1 & \text{if } a > 0.5 \\ 0 & \text{if } a \le 0.5 \end{cases}
    $$

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        w: Weights, `(n_x, 1)`.
        b: Bias, a number.

    Returns:
        The predicted labels, `(1, m)`, each 0.0 or 1.0.

    Raises:
        ValueError: If the shapes do not fit together, or if an argument holds
            NaN or infinity.
        TypeError: If an argument is not an array of real numbers, or `b` not a
            real number.

    Page: [Logistic regression](../logistic-regression.md#prediction).
    """
    check_finite("predict", X=X, w=w, b=b)
    _, A = forward(X, w, b)
    return np.where(A > 0.5, 1.0, 0.0)


@shape_checked
def accuracy(
    Y_pred: Num[ndarray, "1 m"],
    Y: Num[ndarray, "1 m"],
) -> float:
    r"""Return the share of predicted labels that are right.

    It is 1 when all are right, and 0 when none is.

    Args:
        Y_pred: Predicted labels, `(1, m)`, each 0 or 1.
        Y: True labels, `(1, m)`, each 0 or 1.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: If the shapes do not fit together, or a label is not 0 or 1.
        TypeError: If an argument is not an array of numbers.

    Page: [Logistic regression](../logistic-regression.md#prediction).
    """
    check_labels("accuracy", Y_pred=Y_pred, Y=Y)
    return float(np.mean(Y_pred == Y))
