"""What training shares: checks of the data, and the progress bar."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy import ndarray


def check_finite(function: str, **arrays: ndarray | float) -> None:
    """Raise an error that names the first entry that is NaN or infinite."""
    for name, array in arrays.items():
        if np.iscomplexobj(array):
            raise TypeError(f"{function}: {name} is complex: expected real numbers")
        _check(function, name, array, np.isfinite(array), "a finite number")


def check_labels(function: str, **arrays: ndarray) -> None:
    """Raise an error that names the first entry that is neither 0 nor 1."""
    for name, array in arrays.items():
        _check(function, name, array, (array == 0) | (array == 1), "0 or 1")


def check_positive(function: str, **numbers: float) -> None:
    """Raise an error unless each number is positive and finite."""
    for name, number in numbers.items():
        if np.iscomplexobj(number) or not 0 < number < np.inf:
            raise ValueError(
                f"{function}: {name} is {number}: expected a finite number above 0"
            )


def check_at_least(minimum: int, function: str, **numbers: int) -> None:
    """Raise an error unless each number is `minimum` or more."""
    for name, number in numbers.items():
        if number < minimum:
            raise ValueError(
                f"{function}: {name} is {number}: expected {minimum} or more"
            )


def _check(
    function: str,
    name: str,
    array: ndarray | float,
    good: ndarray,
    expected: str,
) -> None:
    if np.all(good):
        return
    index = tuple(int(k) for k in np.argwhere(~np.atleast_1d(good))[0])
    if np.ndim(array) == 2:
        row, column = index
        place = f"{name}[{row}, {column}]"
        where = f" (row {row}, column {column})"
    else:
        place, where = name, ""
    value = np.atleast_1d(array)[index].item()
    raise ValueError(f"{function}: {place} is {value}: expected {expected}{where}")


def steps(
    iterations: int,
    costs: list[float],
    progress: bool,
) -> Iterable[int]:
    """Count the steps of a training, with a bar that shows the newest cost."""
    return _with_bar(iterations, costs) if progress else range(iterations)


def _with_bar(iterations: int, costs: list[float]) -> Iterator[int]:
    try:
        from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise ImportError(
            "progress=True needs tqdm, which is not installed: "
            'run pip install "nnref[progress]" or use progress=False'
        ) from error
    with tqdm(total=iterations, unit="step") as bar:
        for k in range(iterations):
            yield k
            bar.set_postfix_str(f"cost {costs[-1]:.4f}", refresh=False)
            bar.update()
