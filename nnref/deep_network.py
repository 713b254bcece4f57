r"""A network of L layers, with any activations and a sigmoid or softmax output.

Lists hold what belongs to the layers: entry $l$ belongs to layer $l$, from 1 to $L$.
Entry 0 is the input $X$ in `A`, and `None` in all other lists. $W^{[l]}$ is
$(n^{[l]}, n^{[l-1]})$, $b^{[l]}$ is $(n^{[l]}, 1)$, $Z^{[l]}$ and $A^{[l]}$ are
$(n^{[l]}, m)$, and $Y$ is $(n^{[L]}, m)$. With $L = 1$ and a sigmoid this is logistic
regression, where $W^{[1]}$ is $w^T$. With $L = 2$ it is the shallow network.
"""

# ruff: noqa: E741 (l is the layer, as in the formulas)
# mypy: disable-error-code="no-any-return"
# nnref: model=deep

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

import numpy as np
from jaxtyping import Num
from numpy import ndarray

from nnref._shapes import Each, shape_checked
from nnref._training import check_at_least, check_finite, check_labels
from nnref.activations import sigmoid, softmax
from nnref.gradient_descent import descend
from nnref.initialization import xavier
from nnref.losses import (
    cross_entropy_from_logits,
    softmax_cross_entropy_from_logits,
)

__all__ = [
    "Fit",
    "accuracy",
    "activations",
    "backward",
    "cost",
    "fit",
    "forward",
    "initialize",
    "predict",
    "update",
]

Weights: TypeAlias = Annotated[list[Any], Each("n_l n_l-1")]
Biases: TypeAlias = Annotated[list[Any], Each("n_l 1")]
ZOfLayers: TypeAlias = Annotated[list[Any], Each("n_l m")]
AOfLayers: TypeAlias = Annotated[list[Any], Each("n_l m", first=0)]
Functions: TypeAlias = Annotated[list[Any], Each()]
Derivatives: TypeAlias = Annotated[list[Any], Each(beyond=1)]
Function: TypeAlias = Callable[[Any], Any]
Method: TypeAlias = Callable[[int, int, np.random.Generator], ndarray]

LOSSES: dict[Function, Callable[[Any, Any], Any]] = {
    sigmoid: cross_entropy_from_logits,
    softmax: softmax_cross_entropy_from_logits,
}


def initialize(
    n: Sequence[int],
    method: Method = xavier,
    seed: int = 0,
) -> tuple[Weights, Biases]:
    r"""Return the parameters to start with: random weights, and zero biases.

    $$
    b^{[l]} = 0
    $$

    Args:
        n: The sizes of the layers, such as `[2, 4, 1]`: `n[0]` is the number of
            features, and `n[l]` the number of units of layer `l`.
        method: A function of `nnref.initialization`, which chooses the weights.
        seed: Seed of the random numbers. The same seed gives the same weights.

    Returns:
        W: Weights, a list. `W[l]` is `(n[l], n[l - 1])`.
        b: Biases, a list. `b[l]` is `(n[l], 1)`.

    Raises:
        ValueError: If there are fewer than 2 sizes, a size is less than 1, or
            `seed` is negative.
        TypeError: If a size or `seed` is not an integer.

    Page: [Deep network: forward](../deep-network/forward.md#parameters).
    """
    _check_sizes(n, seed)
    L = len(n) - 1
    rng = np.random.default_rng(seed)
    W, b = _per_layer(L), _per_layer(L)
    for l in range(1, L + 1):
        W[l] = method(n[l], n[l - 1], rng)
        b[l] = np.zeros((n[l], 1))
    return W, b


def activations(
    hidden: Sequence[tuple[Function, Function]],
    output: Function = sigmoid,
) -> tuple[Functions, Derivatives]:
    r"""Return the lists $g$ and $g'$ from the pair $(g, g')$ of each hidden layer.

    Args:
        hidden: The pairs of the layers from 1 to $L - 1$, such as
            `[(tanh, tanh_prime), (relu, relu_prime)]`. A pair of your own will do
            as well, such as `(np.sin, np.cos)`.
        output: The activation of layer $L$: `sigmoid` or `softmax`.

    Returns:
        g: The activations, a list. `g[l]` belongs to layer `l`.
        g_prime: Their derivatives, a list. Entry $L$ is `None`: with both outputs
            $dZ^{[L]} = A^{[L]} - Y$, which needs no derivative of them.

    Raises:
        ValueError: If `output` is neither `sigmoid` nor `softmax`.
        TypeError: If an entry of `hidden` is not a pair of functions.

    Page: [Deep network: forward](../deep-network/forward.md#activations).
    """
    _check_output("activations", output)
    for l, pair in enumerate(hidden, start=1):
        _check_pair(l, pair)
    g = [None, *(pair[0] for pair in hidden), output]
    g_prime = [None, *(pair[1] for pair in hidden), None]
    return g, g_prime


@shape_checked
def forward(
    X: Num[ndarray, "n_x m"],
    W: Weights,
    b: Biases,
    g: Functions,
) -> tuple[ZOfLayers, AOfLayers]:
    r"""Return the values of all layers for all examples.

    From $A^{[0]} = X$ on, for $l = 1, \dots, L$:

    $$
    Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}
    $$

    $$
    A^{[l]} = g^{[l]}(Z^{[l]})
    $$

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        W: Weights, a list. `W[l]` is `(n_l, n_(l-1))`.
        b: Biases, a list. `b[l]` is `(n_l, 1)`.
        g: Activations, a list of functions.

    Returns:
        Z: The values before the activations, a list. `Z[l]` is `(n_l, m)`.
        A: The values after them, a list. `A[0]` is `X`, and `A[L]` holds the
            predictions.

    Raises:
        ValueError: If the shapes do not fit together, or a list has too many or too
            few entries.
        TypeError: If an array is not one of numbers, or an entry of `g` is not a
            function.

    Page: [Deep network: forward](../deep-network/forward.md#recursion).
    """
    L = len(W) - 1
    Z, A = _per_layer(L), _per_layer(L)
    A[0] = X
    for l in range(1, L + 1):
        Z[l] = W[l] @ A[l - 1] + b[l]
        A[l] = g[l](Z[l])
    return Z, A


@shape_checked
def cost(
    Z_L: Num[ndarray, "n_L m"],
    Y: Num[ndarray, "n_L m"],
    output: Function = sigmoid,
) -> float:
    r"""Return the cost: the mean of the losses of all examples.

    $$
    \mathcal{J} = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}
    $$

    The loss of an example is the cross-entropy that belongs to the output, with the
    losses of several sigmoid units added up. It is computed from $Z^{[L]}$, because
    one computed from a rounded $A^{[L]}$ is infinite for a confident wrong
    prediction.

    Args:
        Z_L: The values of the last layer before its activation, `(n_L, m)`.
        Y: Labels, from 0 to 1, `(n_L, m)`. For a softmax, each column has sum 1.
        output: The activation of the last layer: `sigmoid` or `softmax`.

    Returns:
        The cost, a number.

    Raises:
        ValueError: If the shapes do not fit together, or `output` is neither
            `sigmoid` nor `softmax`.
        TypeError: If `Z_L` or `Y` is not an array of numbers.

    Page: [Deep network: forward](../deep-network/forward.md#cost).
    """
    _check_output("cost", output)
    m = Y.shape[1]
    losses = LOSSES[output](Z_L, Y)
    return np.sum(losses) / m


@shape_checked
def backward(
    Y: Num[ndarray, "n_L m"],
    W: Weights,
    Z: ZOfLayers,
    A: AOfLayers,
    g_prime: Derivatives,
) -> tuple[Weights, Biases]:
    r"""Return the derivatives of the cost by the parameters of all layers.

    It starts at the last layer:

    $$
    dZ^{[L]} = A^{[L]} - Y
    $$

    The layers before it, for $l = L - 1, \dots, 1$, have

    $$
    dA^{[l]} = W^{[l+1]T} dZ^{[l+1]}
    $$

    $$
    dZ^{[l]} = dA^{[l]} \odot g'^{[l]}(Z^{[l]})
    $$

    and each layer, for $l = L, \dots, 1$, has

    $$
    dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1]T}
    $$

    $$
    db^{[l]} = \frac{1}{m} \sum_{i=1}^{m} dz^{[l](i)}
    $$

    Column $i$ of $dZ^{[l]}$ and $dA^{[l]}$ is the derivative of the loss of example
    $i$. The cost is the mean of the losses, so $1/m$ comes in with $dW^{[l]}$ and
    $db^{[l]}$. The start is right for a sigmoid and for a softmax in layer $L$.

    Args:
        Y: Labels, `(n_L, m)`.
        W: Weights, a list. `W[l]` is `(n_l, n_(l-1))`.
        Z: The first list that `forward` returned.
        A: The second list that `forward` returned.
        g_prime: Derivatives of the activations, a list of functions. Entry `L` is
            not used.

    Returns:
        dW: Derivatives of the cost by the weights, a list like `W`.
        db: Derivatives of the cost by the biases, a list like `b`.

    Raises:
        ValueError: If the shapes do not fit together, or a list has too many or too
            few entries.
        TypeError: If an array is not one of numbers, or an entry of `g_prime` is not
            a function.

    Page: [Deep network: backward](../deep-network/backward.md#four-formulas).
    """
    L, m = len(W) - 1, Y.shape[1]
    dA, dZ = _per_layer(L), _per_layer(L)
    dW, db = _per_layer(L), _per_layer(L)
    dZ[L] = A[L] - Y
    for l in range(L, 0, -1):
        if l < L:
            dA[l] = W[l + 1].T @ dZ[l + 1]
            dZ[l] = dA[l] * g_prime[l](Z[l])
        dW[l] = dZ[l] @ A[l - 1].T / m
        db[l] = np.sum(dZ[l], axis=1, keepdims=True) / m
    return dW, db


@shape_checked
def update(
    W: Weights,
    b: Biases,
    dW: Weights,
    db: Biases,
    alpha: float,
) -> tuple[Weights, Biases]:
    r"""Return the parameters after one step of gradient descent.

    $$
    W^{[l]} := W^{[l]} - \alpha \, dW^{[l]}
    $$

    $$
    b^{[l]} := b^{[l]} - \alpha \, db^{[l]}
    $$

    The given lists and arrays stay as they are.

    Args:
        W: Weights, a list. `W[l]` is `(n_l, n_(l-1))`.
        b: Biases, a list. `b[l]` is `(n_l, 1)`.
        dW: Derivatives of the cost by the weights, a list like `W`.
        db: Derivatives of the cost by the biases, a list like `b`.
        alpha: Learning rate, a number.

    Returns:
        W: New weights, a list.
        b: New biases, a list.

    Raises:
        ValueError: If the shapes do not fit together, or a list has too many or too
            few entries.
        TypeError: If an array is not one of numbers, or `alpha` not a number.

    Page: [Deep network: backward](../deep-network/backward.md#update).
    """
    W, b = list(W), list(b)
    for l in range(1, len(W)):
        W[l] = W[l] - alpha * dW[l]
        b[l] = b[l] - alpha * db[l]
    return W, b


@dataclass(frozen=True, eq=False)
class Fit:
    """What `fit` has learned.

    Attributes:
        W: Weights, a list.
        b: Biases, a list.
        costs: `costs[k]` is the cost of all examples after `k` passes over the data,
            `(passes + 1,)`.
        interrupted: Whether the training was stopped by hand (Ctrl-C).
    """

    W: Weights
    b: Biases
    costs: Num[ndarray, "passes+1"]
    interrupted: bool

    def __repr__(self) -> str:
        """Say how far the training came, without printing the arrays."""
        n = [self.W[1].shape[1], *(W.shape[0] for W in self.W[1:])]
        return (
            f"Fit(layers of sizes {n}, cost {self.costs[-1]:.4f} "
            f"after {len(self.costs) - 1} passes)"
        )


@shape_checked
def fit(
    X: Num[ndarray, "n_x m"],
    Y: Num[ndarray, "n_L m"],
    W: Weights,
    b: Biases,
    g: Functions,
    g_prime: Derivatives,
    alpha: float = 0.1,
    iterations: int = 1000,
    batch_size: int | None = None,
    seed: int = 0,
    progress: bool = False,
) -> Fit:
    r"""Learn the parameters by gradient descent, from those that are given.

    Each step computes all layers, then the derivatives of the cost, then

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
        Y: Labels, `(n_L, m)`, each exactly 0 or 1. For a softmax, each column holds
            a single 1.
        W: Weights to start with, a list. They stay as they are.
        b: Biases to start with, a list. They stay as they are.
        g: Activations, a list of functions; the last is `sigmoid` or `softmax`.
        g_prime: Their derivatives, a list of functions.
        alpha: Learning rate, a positive number.
        iterations: The number of passes over the data, 0 or more.
        batch_size: The number of examples in a step; None for all of them.
        seed: Seed of the random order of the examples, used with `batch_size`.
        progress: Show a progress bar. It needs tqdm, and changes no result.

    Returns:
        A `Fit` with `W`, `b`, `costs` (one more than passes) and `interrupted`.

    Raises:
        ValueError: If the shapes do not fit together, if an array holds NaN or
            infinity, if a label is not 0 or 1, if the last activation is neither
            `sigmoid` nor `softmax`, or if a number is out of range.
        TypeError: If an array is not one of real numbers, or a number is none.
        ImportError: If `progress` is asked for and tqdm is not installed.

    Page: [Training](../training.md#learning-rate).
    """
    L = len(W) - 1
    _check_output("fit", g[L])
    _check_finite("fit", X, W, b, Y=Y)
    check_labels("fit", Y=Y)
    if g[L] is softmax:
        _check_one_class("fit", Y)

    found = descend(
        X,
        Y,
        (W, b),
        forward=lambda X, W, b: forward(X, W, b, g),
        cost=lambda values, Y: cost(values[0][L], Y, g[L]),
        backward=lambda X, Y, W, b, Z, A: backward(Y, W, Z, A, g_prime),
        update=update,
        alpha=alpha,
        iterations=iterations,
        batch_size=batch_size,
        seed=seed,
        progress=progress,
    )
    W, b = found.parameters
    return Fit(W, b, found.costs, found.interrupted)


@shape_checked
def predict(
    X: Num[ndarray, "n_x m"],
    W: Weights,
    b: Biases,
    g: Functions,
) -> Num[ndarray, "n_L m"]:
    r"""Return the label that is more likely for each example.

    For a sigmoid,

    $$
    y_{\text{pred}} =
    \begin{cases} 1 & \text{if } a > 0.5 \\ 0 & \text{if } a \le 0.5 \end{cases}
    $$

    For a softmax, each column has a single 1, in the row of the class with the
    largest probability. Of equal ones the first is taken.

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        W: Weights, a list. `W[l]` is `(n_l, n_(l-1))`.
        b: Biases, a list. `b[l]` is `(n_l, 1)`.
        g: Activations, a list of functions; the last is `sigmoid` or `softmax`.

    Returns:
        The predicted labels, `(n_L, m)`, each 0.0 or 1.0.

    Raises:
        ValueError: If the shapes do not fit together, if an array holds NaN or
            infinity, or if the last activation is neither `sigmoid` nor `softmax`.
        TypeError: If an array is not one of real numbers, or an entry of `g` is not
            a function.

    Page: [Deep network: forward](../deep-network/forward.md#cost).
    """
    _check_output("predict", g[-1])
    _check_finite("predict", X, W, b)
    A_L = forward(X, W, b, g)[1][-1]
    if g[-1] is sigmoid:
        return np.where(A_L > 0.5, 1.0, 0.0)
    classes = np.arange(len(A_L)).reshape(-1, 1)
    return 1.0 * (classes == np.argmax(A_L, axis=0))


@shape_checked
def accuracy(
    Y_pred: Num[ndarray, "n_L m"],
    Y: Num[ndarray, "n_L m"],
) -> float:
    r"""Return the share of examples whose predicted labels are all right.

    It is 1 when all examples are right, and 0 when none is.

    Args:
        Y_pred: Predicted labels, `(n_L, m)`, each 0 or 1.
        Y: True labels, `(n_L, m)`, each 0 or 1.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: If the shapes do not fit together, or a label is not 0 or 1.
        TypeError: If an argument is not an array of numbers.

    Page: [Deep network: forward](../deep-network/forward.md#cost).
    """
    check_labels("accuracy", Y_pred=Y_pred, Y=Y)
    return float(np.mean(np.all(Y_pred == Y, axis=0)))


def _per_layer(L: int) -> list[Any]:
    """Return a list with an entry for each layer, and entry 0."""
    return [None] * (L + 1)


def _check_sizes(n: Sequence[int], seed: int) -> None:
    check_at_least(0, "initialize", seed=seed)
    if len(n) < 2:
        raise ValueError(
            f"initialize: n has {len(n)} {'entry' if len(n) == 1 else 'entries'}: "
            "expected 2 or more, the number of features and the units of each layer"
        )
    for l, size in enumerate(n):
        if not isinstance(size, int | np.integer) or isinstance(size, bool):
            raise TypeError(f"initialize: n[{l}] is {size!r}: expected an integer")
        check_at_least(1, "initialize", **{f"n[{l}]": int(size)})


def _check_pair(l: int, pair: Any) -> None:
    good = isinstance(pair, tuple | list) and len(pair) == 2
    if not good or not all(map(callable, pair)):
        raise TypeError(
            f"activations: the entry of hidden for layer {l} is no pair of functions: "
            "expected an activation and its derivative, such as (tanh, tanh_prime)"
        )


def _check_output(function: str, output: Any) -> None:
    if output is not sigmoid and output is not softmax:
        name = getattr(output, "__name__", repr(output))
        raise ValueError(
            f"{function}: the activation of the last layer is {name}: "
            "expected sigmoid or softmax of nnref.activations"
        )


def _check_finite(
    function: str, X: ndarray, W: list[Any], b: list[Any], **others: ndarray
) -> None:
    check_finite(function, X=X, **others)
    for l in range(1, len(W)):
        check_finite(function, **{f"W[{l}]": W[l], f"b[{l}]": b[l]})


def _check_one_class(function: str, Y: ndarray) -> None:
    ones = np.sum(Y, axis=0)
    wrong = np.flatnonzero(ones != 1)
    if wrong.size:
        raise ValueError(
            f"{function}: column {wrong[0]} of Y holds {ones[wrong[0]]:.0f} ones: "
            "expected a single 1, in the row of its class"
        )
