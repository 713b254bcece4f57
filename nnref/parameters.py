r"""Keeping the parameters of a network in a file, and getting them back.

The file is an `.npz` of NumPy, with the arrays `W1`, `b1`, `W2`, `b2` and so on. It
holds numbers and nothing that could run: a file with pickled objects is refused.
Activations are functions, so they are not in it.
"""

# ruff: noqa: E741 (l is the layer, as in the formulas)

import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from nnref._shapes import is_array, shape_checked
from nnref._training import check_finite
from nnref.deep_network import Biases, Weights

__all__ = ["load", "save"]


@shape_checked
def save(
    path: str | os.PathLike[str],
    W: Weights,
    b: Biases,
) -> None:
    r"""Write the parameters of all layers to a file.

    A file of that name is replaced at the end, when the new one is complete.

    Args:
        path: Name of the file, such as `"digits.npz"`.
        W: Weights, a list. `W[l]` is `(n_l, n_(l-1))`. For a shallow network that is
            `[None, W1, W2]`, and for logistic regression `[None, w.T]`.
        b: Biases, a list. `b[l]` is `(n_l, 1)`.

    Returns:
        Nothing.

    Raises:
        ValueError: If the shapes do not fit together, or an array holds NaN or
            infinity.
        TypeError: If an entry is not an array of real numbers.
        OSError: If the file cannot be written.

    Page: [Training](../training.md#saving).
    """
    arrays: dict[str, Any] = {}
    for l in range(1, len(W)):
        check_finite("save", **{f"W[{l}]": W[l], f"b[{l}]": b[l]})
        arrays |= {f"W{l}": W[l], f"b{l}": b[l]}
    unfinished = Path(f"{os.fspath(path)}.part")
    try:
        with unfinished.open("wb") as file:
            np.savez(file, **arrays)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load(
    path: str | os.PathLike[str],
) -> tuple[Weights, Biases]:
    r"""Return the parameters of all layers from a file that `save` has written.

    What comes back is a network: no layer is missing, the shapes fit together, and
    all numbers are finite.

    Args:
        path: Name of the file.

    Returns:
        W: Weights, a list. `W[l]` is `(n_l, n_(l-1))`.
        b: Biases, a list. `b[l]` is `(n_l, 1)`.

    Raises:
        ValueError: If the file is no `.npz` file, holds objects in place of numbers,
            lacks an array, has one too many, or holds NaN or infinity, or if the
            shapes do not fit together.
        OSError: If the file cannot be read.

    Page: [Training](../training.md#saving).
    """
    arrays = _read(path)
    L = max(len(arrays) // 2, 1)
    names = [f"{letter}{l}" for l in range(1, L + 1) for letter in "Wb"]
    for name in names:
        if name not in arrays:
            raise ValueError(
                f"load: {path} has {_listed(sorted(arrays))}, and no {name}: "
                "expected W1, b1, W2, b2 and so on, without a gap"
            )
    for name in arrays:
        if name not in names:
            raise ValueError(
                f"load: {path} has an array {name!r}: "
                f"expected {_listed(names)}, and no other"
            )
    W = [None, *(arrays[f"W{l}"] for l in range(1, L + 1))]
    b = [None, *(arrays[f"b{l}"] for l in range(1, L + 1))]
    return _checked(os.fspath(path), W, b)


def _read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the arrays of an npz file by name."""
    with Path(path).open("rb") as file:
        if not zipfile.is_zipfile(file):
            raise ValueError(
                f"load: {path} is no .npz file: expected one that save has written"
            )
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except ValueError as error:
        raise ValueError(
            f"load: {path} holds objects or damaged arrays: expected arrays of numbers"
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(
            f"load: {path} is damaged: expected a file that save has written"
        ) from error
    for name, array in arrays.items():
        if not is_array(array):
            kind = getattr(array, "dtype", None)
            problem = "is no array" if kind is None else f"has dtype {kind}"
            raise ValueError(f"load: {name} in {path} {problem}: expected numbers")
    return arrays


def _checked(path: str, W: list[Any], b: list[Any]) -> tuple[Weights, Biases]:
    """Return the parameters, or raise the error that names the file."""
    try:
        for l in range(1, len(W)):
            check_finite("load", **{f"W[{l}]": W[l], f"b[{l}]": b[l]})
        return _network(W, b)
    except (ValueError, TypeError) as error:
        reason = str(error).partition(": ")[2]
        raise ValueError(f"load: {path}: {reason}") from error


@shape_checked
def _network(W: Weights, b: Biases) -> tuple[Weights, Biases]:
    return [None, *W[1:]], [None, *b[1:]]


def _listed(names: list[str]) -> str:
    return ", ".join(names) if names else "no array"
