"""Checks the shapes that a signature promises, and explains a mismatch.

`@shape_checked` reads the jaxtyping annotations of a function once, and compares
the arguments with them at each call:

- `Num[ndarray, "n_x m"]`: an array with two axes. The same name stands for the
  same size in all arguments, and a size is at least 1.
- `Num[ndarray, "n_x 1"]`: the second axis has size 1.
- `Num[ndarray, "..."]`: an array of any shape.
- `Num[ndarray, "*shape"]`: an array of any shape, the same for all that say so.
- `... | float`: a number will do as well.
- `float`, `int`: a number, an integer.
- `Annotated[list[Any], Each("n_l n_l-1")]`: a list whose entry l is the array of layer
  l = 1, ..., L. All such lists have the same L. `n_l` is `n_1`, `n_2`, ... in turn,
  `n_x` for layer 0 and `n_L` for the last one.
- `Annotated[list[Any], Each()]`: a list whose entries are functions.

Other annotations are not looked at. `Num` stands for integers, floating point
and complex numbers: a student's array of integers should work, and the complex
step needs complex ones, also where the annotation says `float`. The function gets
integers as floating point numbers, since theirs wrap around: in `uint8`, 0 - 1 is 255.

A training calls with the same shapes over and over. The check depends on types,
dtypes and shapes alone, so a call that looks like one that fitted is let through.
"""

import inspect
import itertools
import math
import operator
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, ParamSpec, TypeAlias, TypeVar

import numpy as np
from numpy import ndarray

P = ParamSpec("P")
R = TypeVar("R")

Shape = tuple[int, ...]
Sizes = dict[str, Any]  # from a name in an annotation to a size, or to a shape

NUMERIC = "iufc"  # the kinds of dtype that are numbers
# No other subclass: in a matrix, * is the matrix product, and a masked array hides
# entries that np.where shows again. The formulas would mean something else.
ARRAYS = (ndarray, np.memmap)
TRIALS = 4096  # how many combinations of changes are tried for a hint
LISTS = (list, tuple)
KEPT = 1000  # how many looks of calls that fitted are kept for each function


def shape_checked(function: Callable[P, R]) -> Callable[P, R]:
    """Check the arguments of each call against the annotations of `function`.

    Args:
        function: A function whose parameters carry jaxtyping annotations.

    Returns:
        The function with the check in front of it, and the same signature. It gets
        integers as floating point numbers.

    Raises:
        ValueError: At the call, if a shape does not fit. It names the function,
            the argument, its shape and the expected one, and, if there is one,
            a change that makes all shapes fit.
        TypeError: At the call, if an argument is not an array of numbers, or
            not a number where one is expected. At the definition, if an
            annotation cannot be read.
    """
    parameters = inspect.signature(function).parameters
    names = tuple(parameters)
    specs: dict[str, Spec] = {}
    for name, parameter in parameters.items():
        spec = read(parameter.annotation)
        if spec is not None:
            specs[name] = spec

    fitted: set[tuple[Any, ...]] = set()

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        look = tuple(look_of(args))
        if kwargs:
            look += (*kwargs, *look_of(kwargs.values()))
        if look in fitted:
            return function(*args, **kwargs)
        sizes: Sizes = {}
        positional = zip(names, args, strict=False)
        for name, value in itertools.chain(positional, kwargs.items()):
            spec = specs.get(name)
            if spec is not None and not spec.admits(value, sizes):
                given = dict(zip(names, args, strict=False), **kwargs)
                # In the order of the signature, however the call was written.
                values = {key: given[key] for key in names if key in given}
                raise explain(function.__name__, specs, values)
        # What is not in the signature stays: Python itself speaks of it.
        by_place = itertools.zip_longest(names[: len(args)], args)
        places = [floating(specs.get(name), value) for name, value in by_place]
        named = {name: floating(specs.get(name), x) for name, x in kwargs.items()}
        same = all(map(operator.is_, places, args))
        if same and all(named[name] is kwargs[name] for name in named):
            if len(fitted) >= KEPT:
                fitted.clear()
            fitted.add(look)
        call: Callable[..., R] = function
        return call(*places, **named)

    return checked


def look_of(values: Iterable[Any]) -> list[Any]:
    """Return all that the check can see of some values, one thing after another."""
    look: list[Any] = []
    for value in values:
        if isinstance(value, ndarray):
            look += type(value), value.shape, value.dtype
        elif isinstance(value, LISTS):
            look.append(len(value))
            look += look_of(value)
        else:
            look.append(type(value))
    return look


def floating(spec: "Spec | None", value: Any) -> Any:
    """Return integers as floating point numbers, where those are expected."""
    if spec is None or (isinstance(spec, Number) and spec.integer):
        return value
    if isinstance(spec, Each):
        integers = any(isinstance(x, ndarray) and x.dtype.kind in "iu" for x in value)
        return [floating(ANY, x) for x in value] if integers else value
    if isinstance(value, ndarray):
        return value.astype(float) if value.dtype.kind in "iu" else value
    return float(value) if isinstance(value, int | np.integer) else value


@dataclass(frozen=True)
class Number:
    """A parameter that takes one number."""

    integer: bool

    def admits(self, value: Any, sizes: Sizes) -> bool:
        if self.integer:
            return isinstance(value, int | np.integer) and not isinstance(value, bool)
        return is_number(value)


@dataclass(frozen=True)
class Array:
    """A parameter that takes an array, or also a number."""

    dims: tuple[int | str, ...]
    any_shape: bool  # "..." or "*shape"
    or_number: bool

    def admits(self, value: Any, sizes: Sizes) -> bool:
        """Tell whether `value` fits, and note the sizes that it fixes."""
        if self.or_number and is_number(value):
            return True
        return is_array(value) and self.fits(value.shape, sizes)

    def fits(self, shape: Shape, sizes: Sizes) -> bool:
        if self.any_shape:
            name = str(self.dims[0])
            return name == "..." or sizes.setdefault(name, shape) == shape
        if len(shape) != len(self.dims):
            return False
        for dim, size in zip(self.dims, shape, strict=True):
            if isinstance(dim, int):
                if size != dim:
                    return False
            elif size < 1 or sizes.setdefault(dim, size) != size:
                return False
        return True


ANY = Array(("...",), any_shape=True, or_number=False)


@dataclass(frozen=True)
class Function:
    """An entry of a list that is a function."""

    def admits(self, value: Any, sizes: Sizes) -> bool:
        return callable(value)


@dataclass(frozen=True)
class Each:
    """A parameter that takes a list: entry l belongs to layer l.

    Attributes:
        shape: The shape of each entry. If it is empty, the entries are functions.
        first: The first layer that has an entry.
        beyond: How many layers at the end have none that is looked at.
    """

    shape: str = ""
    first: int = 1
    beyond: int = 0

    def admits(self, value: Any, sizes: Sizes) -> bool:
        if not isinstance(value, list | tuple) or len(value) < 2:
            return False
        L = len(value) - 1
        if sizes.setdefault("L", L) != L:
            return False
        specs = self.entries(L).items()
        return all(spec.admits(value[layer], sizes) for layer, spec in specs)

    def entries(self, L: int) -> "dict[int, Array | Function]":
        """Return what each entry has to be in a network of L layers."""
        return entries(self.shape, self.first, L + 1 - self.beyond, L)


Spec: TypeAlias = Number | Array | Function | Each


@cache
def entries(shape: str, start: int, stop: int, L: int) -> dict[int, Array | Function]:
    """Return what the entries from `start` to before `stop` have to be."""
    specs: dict[int, Array | Function] = {}
    for layer in range(start, stop):
        named = {"n_l": size_of(layer, L), "n_l-1": size_of(layer - 1, L)}
        words = [named.get(word, word) for word in shape.split()]
        dims = tuple(int(word) if word.isdigit() else word for word in words)
        specs[layer] = Array(dims, False, False) if dims else Function()
    return specs


def size_of(layer: int, L: int) -> str:
    """Return the name of the number of units of a layer."""
    return {0: "n_x", L: "n_L"}.get(layer, f"n_{layer}")


def read(annotation: Any) -> Number | Array | Each | None:
    """Read one annotation. None stands for one that is not checked."""
    for extra in getattr(annotation, "__metadata__", ()):
        if isinstance(extra, Each):
            return extra
    if annotation is float or annotation is int:
        return Number(integer=annotation is int)
    if isinstance(annotation, str):
        raise TypeError(f"the annotation {annotation!r} is a string: it is not read")
    options: tuple[Any, ...] = (annotation,)
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        options = typing.get_args(annotation)
    for option in options:
        if hasattr(option, "dim_str"):
            words = option.dim_str.split()
            dims = tuple(int(word) if word.isdigit() else word for word in words)
            any_shape = len(words) == 1 and words[0].startswith(("*", "..."))
            if not any_shape and not all(map(is_dimension, words)):
                raise TypeError(f"cannot read the shape {option.dim_str!r}")
            return Array(dims, any_shape, or_number=float in options)
    return None


def is_dimension(word: str) -> bool:
    return word.isdigit() or (word.isidentifier() and word != "_")


def is_array(value: Any) -> bool:
    return type(value) in ARRAYS and value.dtype.kind in NUMERIC


def is_number(value: Any) -> bool:
    if isinstance(value, ndarray):
        return value.ndim == 0 and is_array(value)
    return isinstance(value, int | float | complex | np.number) and not isinstance(
        value, bool
    )


def explain(
    function: str,
    specs: Mapping[str, Spec],
    values: Mapping[str, Any],
) -> Exception:
    """Return the error that says what is wrong with a call, in its own terms."""
    wrong = wrong_list(function, specs, values)
    if wrong is not None:
        return wrong
    specs, values = entry_by_entry(specs, values)
    values, advice = culprit_last(specs, values), mend(specs, values)
    sizes: Sizes = {}
    owners: dict[str, str] = {}  # which argument fixed a size
    for name, value in values.items():
        spec = specs.get(name)
        if spec is None:
            continue
        known = dict(sizes)
        if not spec.admits(value, sizes):
            break
        owners.update({dim: name for dim in sizes if dim not in known})

    if isinstance(spec, Number):
        expected = "an integer" if spec.integer else "a number"
        if is_array(value):
            hint = f"Use {name}.item()." if value.size == 1 else ""
            shape = write(value.shape)
            return ValueError(
                say(function, f"{name} has shape {shape}", expected, hint)
            )
        return TypeError(say(function, f"{name} is {describe(value)}", expected))

    if isinstance(spec, Function):
        return TypeError(say(function, f"{name} is {describe(value)}", "a function"))

    assert isinstance(spec, Array)
    if not is_array(value):
        return TypeError(say(function, *mistyped(name, value, spec)))

    problem = f"{name} has shape {write(value.shape)}"
    cause, expected = compare(value.shape, spec, known, owners)
    if cause:
        problem += f", but {cause} has shape {write(values[cause].shape)}"
    return ValueError(say(function, problem, expected, advice))


def wrong_list(
    function: str,
    specs: Mapping[str, Spec],
    values: Mapping[str, Any],
) -> Exception | None:
    """Return the error for a list that is none, or is too long or short."""
    lists = {
        name: value
        for name, value in values.items()
        if isinstance(specs.get(name), Each)
    }
    for name, value in lists.items():
        if not isinstance(value, list | tuple):
            expected = "a list whose entry l belongs to layer l"
            return TypeError(say(function, f"{name} is {describe(value)}", expected))
        other, given = next(iter(lists.items()))
        problem = f"{name} has {len(value)} {'entry' if len(value) == 1 else 'entries'}"
        if len(value) < 2:
            expected = "2 or more, entry 0 and one for each layer"
            return ValueError(say(function, problem, expected))
        if len(value) != len(given):
            problem += f", but {other} has {len(given)}"
            expected = "as many, entry 0 and one for each layer"
            return ValueError(say(function, problem, expected))
    return None


def entry_by_entry(
    specs: Mapping[str, Spec],
    values: Mapping[str, Any],
) -> tuple[dict[str, Spec], dict[str, Any]]:
    """Return specs and values with the entries of each list in place of the list."""
    flat_specs: dict[str, Spec] = {}
    flat_values: dict[str, Any] = {}
    for name, value in values.items():
        spec = specs.get(name)
        if isinstance(spec, Each):
            for layer, entry in spec.entries(len(value) - 1).items():
                flat_specs[f"{name}[{layer}]"] = entry
                flat_values[f"{name}[{layer}]"] = value[layer]
        elif spec is not None:
            flat_specs[name], flat_values[name] = spec, value
    return flat_specs, flat_values


def culprit_last(
    specs: Mapping[str, Spec],
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """Put a value at the end that all others agree against, to have it blamed."""

    def fit(names: Iterable[str]) -> bool:
        sizes: Sizes = {}
        return all(specs[name].admits(values[name], sizes) for name in names)

    order = list(values)
    suspects = [
        name for name in order if fit(other for other in order if other != name)
    ]
    if len(suspects) == 1 and fit(order[: order.index(suspects[0]) + 1]):
        order.remove(suspects[0])
        order.append(suspects[0])
    return {name: values[name] for name in order}


def say(function: str, problem: str, expected: str, hint: str = "") -> str:
    return f"{function}: {problem}: expected {expected}" + (hint and f". {hint}")


def mistyped(name: str, value: Any, spec: Array) -> tuple[str, str, str]:
    """Return problem, expectation and hint for what is no array of numbers."""
    if type(value) in ARRAYS:
        hint = f"Use {name}.astype(float)."
        if value.dtype.kind == "O":
            hint = "Do its rows differ in length?"
        return f"{name} has dtype {value.dtype}", "numbers", hint
    expected = "an array"
    if not spec.any_shape:
        expected += f" of shape {write(spec.dims)}"
    if spec.or_number:
        expected += " or a number"
    convertible = isinstance(value, list | tuple) or hasattr(value, "__array__")
    hint = f"Use np.array({name})." if convertible and not is_number(value) else ""
    if isinstance(value, np.ma.MaskedArray):
        hint = "Leave out what it masks, or fill it in."
    return f"{name} is {describe(value)}", expected, hint


def describe(value: Any) -> str:
    if value is None or isinstance(value, bool | int | float | complex):
        return repr(value)
    return f"of type {type(value).__name__}"


def compare(
    shape: Shape,
    spec: Array,
    known: Sizes,
    owners: Mapping[str, str],
) -> tuple[str, str]:
    """Return the argument that `shape` conflicts with, if any, and what is expected."""
    if spec.any_shape:
        return owners[str(spec.dims[0])], "the same shape"
    filled = tuple(known.get(str(dim), dim) for dim in spec.dims)
    expected = write(spec.dims)
    if filled != spec.dims:
        expected += f" = {write(filled)}"
    if len(shape) == len(spec.dims):
        for dim, wanted, size in zip(spec.dims, filled, shape, strict=True):
            if isinstance(dim, str) and isinstance(wanted, int) and size != wanted:
                return owners[dim], expected
        for dim, size in zip(spec.dims, shape, strict=True):
            if isinstance(dim, str) and size < 1:
                return "", f"{expected} with {dim} at least 1"
        return "", expected
    # An array with the wrong number of axes, and not only that.
    complete = all(isinstance(size, int) for size in filled)
    if complete and math.prod(shape) != math.prod(map(int, filled)):
        return next(owners[str(dim)] for dim in spec.dims if dim in owners), expected
    return "", expected


def mend(specs: Mapping[str, Spec], values: Mapping[str, Any]) -> str:
    """Name the fewest transposes and reshapes that make all arrays fit."""
    arrays = {
        name: (spec, value)
        for name, value in values.items()
        if isinstance(spec := specs.get(name), Array)
        and not spec.any_shape
        and is_array(value)
    }
    choices = [
        [(spec, shape, change) for shape, change in variants(name, value.shape)]
        for name, (spec, value) in arrays.items()
    ]
    found: list[list[str]] = []
    if math.prod(map(len, choices)) > TRIALS:
        return ""
    for combination in itertools.product(*choices):
        sizes: Sizes = {}
        if all(spec.fits(shape, sizes) for spec, shape, _ in combination):
            found.append([change for _, _, change in combination if change])
    fewest = min(map(len, found), default=0)
    best = [" and ".join(changes) for changes in found if len(changes) == fewest]
    return f"Use {' or '.join(best)}." if fewest and len(best) <= 2 else ""


def variants(name: str, shape: Shape) -> Iterator[tuple[Shape, str]]:
    yield shape, ""
    if len(shape) == 1:
        yield (shape[0], 1), f"{name}.reshape(-1, 1)"
        if shape != (1,):
            yield (1, shape[0]), f"{name}.reshape(1, -1)"
    if len(shape) == 2:
        yield shape[::-1], f"{name}.T"


def write(dims: tuple[int | str, ...]) -> str:
    """Write a shape the way NumPy shows it."""
    return f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(map(str, dims))})"
