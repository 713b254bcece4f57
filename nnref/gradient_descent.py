r"""Gradient descent with all examples or with some at a time, for any model.

`fit` of a network calls `descend` with its own `forward`, `cost`, `backward` and
`update`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Num
from numpy import ndarray

from nnref._shapes import shape_checked
from nnref._training import check_at_least, check_positive, steps

__all__ = ["Descent", "descend", "mini_batches"]


@shape_checked
def mini_batches(
    X: Num[ndarray, "n_x m"],
    Y: Num[ndarray, "n_L m"],
    batch_size: int,
    rng: np.random.Generator,
) -> Iterator[
    tuple[
        Num[ndarray, "n_x batch"],
        Num[ndarray, "n_L batch"],
    ]
]:
    r"""Deal the examples into batches, in random order.

    Each example is in exactly one batch. The last batch is smaller, if
    `batch_size` does not divide $m$.

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        Y: Labels, `(n_L, m)`.
        batch_size: The number of examples in a batch, at least 1.
        rng: Where the random order comes from.

    Returns:
        The batches one by one, each as a pair of inputs and labels.

    Raises:
        ValueError: If the shapes do not fit together, or `batch_size` is less
            than 1.
        TypeError: If `X` or `Y` is not an array of numbers, or `batch_size` not
            an integer.

    Page: [Training](../training.md#mini-batches).
    """
    check_at_least(
        1,
        "mini_batches",
        batch_size=batch_size,
    )
    m = X.shape[1]
    order = rng.permutation(m)
    cuts = range(batch_size, m, batch_size)
    batches = np.split(order, cuts)
    return ((X[:, i], Y[:, i]) for i in batches)


@dataclass(frozen=True, eq=False)
class Descent:
    """What `descend` has found.

    Attributes:
        parameters: The parameters after the last complete pass.
        costs: `costs[k]` is the cost of all examples after `k` passes.
        interrupted: Whether the training was stopped by hand (Ctrl-C).
    """

    parameters: tuple[Any, ...]
    costs: Num[ndarray, "passes+1"]
    interrupted: bool


@shape_checked
def descend(
    X: Num[ndarray, "n_x m"],
    Y: Num[ndarray, "n_L m"],
    parameters: tuple[Any, ...],
    forward: Callable[..., Any],
    cost: Callable[..., float],
    backward: Callable[..., Any],
    update: Callable[..., Any],
    alpha: float = 0.1,
    iterations: int = 1000,
    batch_size: int | None = None,
    seed: int = 0,
    progress: bool = False,
) -> Descent:
    r"""Step against the derivatives of the cost, again and again.

    For each parameter $\theta$ and in each step

    $$
    \theta := \theta - \alpha \, d\theta
    $$

    Without `batch_size` a pass over the data is one step, with the derivatives
    of the cost of all examples. With it a pass takes a step for each batch of
    `mini_batches`.

    Args:
        X: Inputs, `(n_x, m)`, one example a column.
        Y: Labels, `(n_L, m)`.
        parameters: Where to start. They stay as they are.
        forward: `forward(X, *parameters)` returns the values of the layers.
        cost: `cost(values, Y)` returns the cost.
        backward: `backward(X, Y, *parameters, *values)` returns the derivatives.
        update: `update(*parameters, *derivatives, alpha)` returns new parameters.
        alpha: Learning rate, a positive number.
        iterations: The number of passes over the data, 0 or more.
        batch_size: The number of examples in a batch; None for all in one.
        seed: Seed of the random order of the examples, used with `batch_size`.
        progress: Show a progress bar. It needs tqdm, and changes no result.

    Returns:
        A `Descent` with `parameters`, `costs` (one more than passes) and
        `interrupted`.

    Raises:
        ValueError: If the shapes do not fit together, or a number is out of range.
        TypeError: If `X` or `Y` is not an array of numbers, or a number is none.
        ImportError: If `progress` is asked for and tqdm is not installed.

    Page: [Training](../training.md#mini-batches).
    """
    check_positive("fit", alpha=alpha)
    check_at_least(0, "fit", iterations=iterations, seed=seed)
    _check_batch_size(batch_size)
    rng = np.random.default_rng(seed)

    values = forward(X, *parameters)
    costs = [cost(values, Y)]
    learned = parameters, len(costs)
    interrupted = False
    try:
        for _ in steps(iterations, costs, progress):
            for X_k, Y_k in _one_pass(X, Y, batch_size, rng):
                if X_k is not X:
                    values = forward(X_k, *parameters)
                derivatives = backward(X_k, Y_k, *parameters, *values)
                parameters = update(*parameters, *derivatives, alpha)
            values = forward(X, *parameters)
            costs.append(cost(values, Y))
            # One step: Ctrl-C cannot split it.
            learned = parameters, len(costs)
    except KeyboardInterrupt:
        interrupted = True
    parameters, complete = learned
    return Descent(parameters, np.array(costs[:complete]), interrupted)


def _one_pass(
    X: ndarray,
    Y: ndarray,
    batch_size: int | None,
    rng: np.random.Generator,
) -> Iterator[tuple[ndarray, ndarray]]:
    if batch_size is None:
        return iter([(X, Y)])
    return mini_batches(X, Y, batch_size, rng)


def _check_batch_size(batch_size: Any) -> None:
    if batch_size is None:
        return
    if not isinstance(batch_size, int | np.integer) or isinstance(batch_size, bool):
        raise TypeError(
            f"fit: batch_size is {batch_size!r}: expected an integer or None"
        )
    check_at_least(1, "fit", batch_size=int(batch_size))
