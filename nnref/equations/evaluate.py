r"""Gives the nodes of a formula their values on a network.

Arrays have two axes; a number has none. Shapes are taken seriously: a matrix product
needs inner sizes that agree, `+` and the elementwise product need equal shapes, and
only numbers, and parameters added to data, stretch.
"""

import cmath
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nnref.equations.models import FUNCTIONS, STEP, Instance, Place, State
from nnref.equations.notation import SYMBOLS, Name, spelled
from nnref.equations.parser import INDICES
from nnref.equations.tree import (
    Add,
    Big,
    Call,
    Cases,
    Compare,
    Counted,
    Defined,
    Derivative,
    Dots,
    Elementwise,
    Matrix,
    Negative,
    Node,
    Norm,
    Number,
    Part,
    Power,
    Product,
    Quotient,
    Shape,
    ShapeOf,
    Span,
    Statement,
    Symbol,
    Transpose,
    walk,
)
from nnref.losses import cross_entropy

BUDGET = 100_000  # nodes that are evaluated for one claim
LONGEST_SUM = 1000
SMALLEST = 1e-7  # how small a term of a sum may be beside the other
EXAMPLE, UNIT, LAYER = "(example)", "(unit)", "(layer)"  # indices that nobody writes


class Problem(Exception):
    """Something that keeps a formula from having a value. `span` says where."""

    def __init__(self, message: str, span: Span, hints: tuple[str, ...] = ()) -> None:
        """Note what, where, and what might help."""
        super().__init__(message)
        self.message = message
        self.span = span
        self.hints = hints


class IllTyped(Problem):
    """Shapes do not fit."""


class NotChecked(Problem):
    """It has no value that could be compared."""


class Unknown(NotChecked):
    """A name that the model does not have."""


class OutOfRange(Problem):
    """An index is not in its range. `indices` are the names that its script has."""

    def __init__(self, message: str, span: Span, script: Node | None = None) -> None:
        """Note the script that leads out of the range."""
        super().__init__(message, span)
        nodes = walk(script) if script is not None else ()
        self.indices = {x.name for x in nodes if isinstance(x, Symbol)}


class Refuted(Problem):
    """It is wrong, whatever the numbers are."""


class Invalid(Problem):
    """NaN or infinity came out."""


NAMES = {x.name: x.stands_for for x in SYMBOLS.values() if x.stands_for}
PARAMETERS = {"W", "b"}
SIZES = {x.name for x in SYMBOLS.values() if x.is_size}
ACTIVATIONS = {
    "sigma": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "leaky_relu": "leaky_relu",
    "softmax": "softmax",
}


def is_data(symbol: Symbol) -> bool:
    """Tell whether a symbol has a column for each example."""
    name = NAMES.get(symbol.name)
    return name is not None and name.node not in PARAMETERS


@dataclass(frozen=True)
class Reading:
    """How a statement speaks: of all examples or of one, of layers or of units.

    Attributes:
        batch: Small letters without (i) stand for all examples.
        one_example: Small letters stand for one example, whichever.
        scalars: They stand for one unit of it, whichever, too.
        subscripts_are_layers: W_1 is of layer 1, and not row 1.
        any_layer: Symbols without a layer belong to any layer, the same for all.
        input_unclear: A stands beside W and without X: it may be the input.
        imaginary: The letter i is the imaginary unit.
        asymptotic: The name of a small number that goes to 0, if there is one.
        strict: The page names its model, so it means its products as they stand.
        at_output: Beside labels, and no layer but [L]: a without a layer is a^{[L]}.
    """

    batch: bool
    one_example: bool
    scalars: bool = False
    subscripts_are_layers: bool = False
    any_layer: bool = False
    input_unclear: bool = False
    imaginary: bool = False
    asymptotic: str = ""
    strict: bool = False
    at_output: bool = False


@dataclass
class Evaluator:
    """Evaluates the nodes of one statement on one network.

    Attributes:
        instance: The network.
        reading: How the statement speaks.
        definitions: What the page has defined so far.
        functions: The functions among that: each with its parameter.
        indices: The values of the indices.
        free: The indices that the side of the statement has outside of its sums.
        bound: The indices that belong to a sum around this.
        inside_of: The definitions that this is a part of.
        budget: How many nodes may still be evaluated, in one claim.
        seen: Whether each condition has been true, and whether it has been false.
        terms: The largest term that was added so far: beside it, 0 is meant.
        state: The values of the nodes, as they are or with one of them changed.
    """

    instance: Instance
    reading: Reading
    definitions: Mapping[str, Node]
    functions: Mapping[str, tuple[str, Node]]
    indices: dict[str, int] = field(default_factory=dict)
    free: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    inside_of: frozenset[str] = frozenset()
    budget: list[int] = field(default_factory=lambda: [BUDGET])
    seen: dict[Node, set[bool]] = field(default_factory=dict)
    terms: list[float] = field(default_factory=lambda: [0.0])
    state: State = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        """Start with the values as they are."""
        if self.state is None:
            self.state = self.instance.base

    # Numbers that stand in scripts and limits

    def integer(self, node: Node) -> int:
        """Return the value of an index or a size."""
        if isinstance(node, Number):
            if not node.text.isdigit() or len(node.text) > 9:
                raise NotChecked(f"{node.text} is no index", node.span)
            return int(node.text)
        if isinstance(node, Add):
            right = self.integer(node.right)
            return self.integer(node.left) + (-right if node.minus else right)
        if isinstance(node, Symbol):
            if node.name in self.indices and not node.units and node.layer is None:
                return self.indices[node.name]
            if node.name in SIZES:
                return self.size(node)
            if node.name in INDICES:
                raise NotChecked(
                    f"the index {node.name} is used outside of its sum", node.span
                )
        raise NotChecked("this is no index", node.span)

    def size(self, symbol: Symbol) -> int:
        """Return a size: m, n_x, n^{[l]}, L."""
        n, L = self.instance.n, self.instance.settings.L
        if symbol.example is not None:
            raise NotChecked(f"{symbol.name} carries an example", symbol.span)
        if symbol.name == "m_t":
            return self.instance.m
        if symbol.name == "n":
            script = symbol.layer
            if script is None and len(symbol.units) == 1:
                script = symbol.units[0]
            if script is None:
                if self.instance.settings.kind == "logistic":
                    raise Unknown("n is not known: is it n_x?", symbol.span)
                raise Unknown("n without a layer is not known", symbol.span)
            layer = self.integer(script)
            self.check_layer(layer, 0, symbol, script)
            return n[layer]
        if symbol.layer is not None or symbol.units:
            raise Unknown(f"{symbol.name} with this script is not known", symbol.span)
        if symbol.name == "n_h":
            if L != 2:
                raise Unknown("n_h is known for two layers only", symbol.span)
            return n[1]
        sizes = {"m": self.instance.m, "n_x": n[0], "L": L, "n_y": n[L]}
        if symbol.name in ("C", "K"):
            if self.instance.settings.output != "softmax":
                raise Unknown(
                    f"{symbol.name} is known for a softmax output only", symbol.span
                )
            return n[L]
        return sizes[symbol.name]

    def check_layer(
        self, layer: int, first: int, node: Symbol | Call, script: Node | None
    ) -> None:
        L = self.instance.settings.L
        if not first <= layer <= L:
            raise OutOfRange(
                f"{spelled(node.name)} has no layer {layer}: "
                f"its layers are {first} to {L}",
                node.span,
                script,
            )

    # Values

    def value(self, node: Node) -> Any:
        """Return the value of a node: an array with two axes, or a number."""
        self.budget[0] -= 1
        if self.budget[0] < 0:
            raise NotChecked("this takes too long to compute", node.span)
        method = METHODS.get(type(node))
        if method is None:
            raise NotChecked("this has no value", node.span)
        value = method(self, node)
        if isinstance(value, np.ndarray) and value.shape == (1, 1):
            return value[0, 0]
        return value

    def unclear(self, message: str, span: Span) -> Problem:
        """Return what to raise where notes leave something open.

        A page that names its model means what it writes: there it is a mistake.
        """
        return (IllTyped if self.reading.strict else NotChecked)(message, span)

    def finite(self, value: Any, node: Node) -> Any:
        if not (np.isfinite(value).all() if is_array(value) else cmath.isfinite(value)):
            raise Invalid("NaN or infinity comes out here", node.span)
        return value

    def number(self, node: Number) -> Any:
        return float(node.text)

    def negative(self, node: Negative) -> Any:
        return -self.value(node.of)

    def transpose(self, node: Transpose) -> Any:
        value = self.value(node.of)
        if isinstance(node.of, Symbol) and node.of.name in self.state.free:
            raise NotChecked(f"{node.of.name} is a number here", node.span)
        return value.T if is_array(value) else value

    def power(self, node: Power) -> Any:
        base, exponent = self.value(node.base), self.value(node.exponent)
        if is_array(base) and isinstance(node.exponent, Negative):
            raise NotChecked("the inverse of an array is not checked", node.span)
        if is_array(base) and is_array(exponent):
            self.same_shape(base, exponent, node, node.base, node.exponent, "^")
        if np.any(np.real(base) < 0) and not is_whole(exponent):
            raise Invalid("a power of a negative number", node.span)
        if np.any(base == 0) and np.any(np.real(exponent) < 0):
            raise Invalid("0 to a negative power", node.span)
        if not is_array(exponent) and is_whole(exponent):
            exponent = int(np.real(exponent))
            if abs(exponent) > 300:
                raise NotChecked("so large a power is not computed", node.span)
            if exponent < 0:
                return self.finite(1.0 / base**-exponent, node)
        return self.finite(base**exponent, node)

    def add(self, node: Add) -> Any:
        if isinstance(node.left, Add) and isinstance(node.left.right, Dots):
            return self.sum_with_dots(node)
        left, right = self.value(node.left), self.value(node.right)
        if (
            is_array(left)
            and is_array(right)
            and not self.stretches(node.right, right, left)
            and not self.stretches(node.left, left, right)
        ):
            sign = "-" if node.minus else "+"
            self.same_shape(left, right, node, node.left, node.right, sign)
        self.both_count(left, right, node)
        return left - right if node.minus else left + right

    def both_count(self, left: Any, right: Any, node: Node) -> None:
        """Refuse a sum in which one term is too small to be seen beside the other."""
        sizes = largest(left), largest(right)
        self.terms[0] = max(self.terms[0], *sizes)
        if 0 < min(sizes) < SMALLEST * max(sizes) and not self.reading.asymptotic:
            raise NotChecked("a term is too small to be seen in this sum", node.span)

    def sum_with_dots(self, node: Add) -> Any:
        """Return x_1 + x_2 + ... + x_m."""
        before = node.left
        assert isinstance(before, Add)
        minus = node.minus or before.minus
        terms: list[Node] = []
        first: Node = before.left
        while isinstance(first, Add):
            minus = minus or first.minus
            terms.insert(0, first.right)
            first = first.left
        if minus:
            unclear: type[Problem] = Refuted if self.reading.strict else NotChecked
            raise unclear("dots between minus signs follow no pattern", node.span)
        values = [self.value(x) for x in self.between((first, *terms), node.right)]
        return self.total(values, node)

    def total(self, values: list[Any], node: Node) -> Any:
        """Return a sum of values, which must have the same shape."""
        if len({np.shape(value) for value in values}) > 1:
            raise IllTyped("the terms of this sum have different shapes", node.span)
        self.terms[0] = max(self.terms[0], *map(largest, values))
        return sum(values[1:], values[0])

    def stretches(self, node: Node, value: Any, other: Any) -> bool:
        """Tell whether a column of parameters is added to each column of data.

        Or, in a layout with an example a row, a transposed bias to each row.
        """
        if value.shape == (other.shape[0], 1):
            return not self.has_data(node)
        bias = node.of if isinstance(node, Transpose) else None
        name = NAMES.get(bias.name) if isinstance(bias, Symbol) else None
        return (
            name is not None
            and (name.node, name.derivative) == ("b", False)
            and value.shape == (1, other.shape[1])
        )

    def has_data(self, node: Node) -> bool:
        """Tell whether an expression has a column for each example in it."""
        for x in walk(node):
            if isinstance(x, Symbol):
                defined = self.definitions.get(key(x))
                if is_data(x) if defined is None else self.has_data(defined):
                    return True
        return False

    def product(self, node: Product) -> Any:
        result: Any = 1.0
        so_far: list[Node] = []
        scalars = all(isinstance(x, Derivative) for x in node.factors)
        if scalars and len(node.factors) > 1:
            chained = self.chain_rule(node)
            if chained is not None:
                return chained
        for factor in node.factors:
            value = self.value(factor)
            if is_array(result) and is_array(value):
                if result.shape[1] != value.shape[0]:
                    calls = [x for x in (*so_far, factor) if isinstance(x, Call)]
                    if not self.reading.strict and any(
                        x.name == "log" or (x.primes and node.signed) for x in calls
                    ):
                        raise NotChecked(
                            "no matrix product: is it entry by entry? Write \\odot",
                            node.span,
                        )
                    first = so_far[-1] if so_far else None
                    if (
                        not self.reading.strict
                        and isinstance(first, Symbol)
                        and first.name == "w"
                        and result.shape[0] == value.shape[0]
                    ):
                        message = "w times a column: is w a row here? Write w^T"
                        raise NotChecked(message, node.span)
                    raise self.product_error(node, so_far, factor, result, value)
                result = result @ value
                if result.shape == (1, 1):
                    result = result[0, 0]
            else:
                result = result * value
            so_far.append(factor)
        return result

    def product_error(
        self, node: Product, so_far: list[Node], factor: Node, left: Any, right: Any
    ) -> IllTyped:
        hints = []
        if left.shape == right.shape:
            hints.append("as an elementwise product the shapes fit")
        if left.shape[0] == right.shape[0]:
            hints.append("with the first factor transposed the shapes fit")
        if left.shape[1] == right.shape[1]:
            hints.append("with the second factor transposed the shapes fit")
        return IllTyped(
            f"a matrix product of {shape_text(left)} and {shape_text(right)}: "
            f"{left.shape[1]} columns meet {right.shape[0]} rows",
            factor.span,
            tuple(hints),
        )

    def chain_rule(self, node: Product) -> Any:
        """Return a product of derivatives by the chain rule, written as columns.

        du/dv of numbers, or of columns that are met by the next one's numerator. A
        scalar by a column is a row here while the product is taken: so the product of
        Jacobians is right in the order in which the chain rule is written.
        """
        links = node.factors
        for left, right in itertools.pairwise(links):
            assert isinstance(left, Derivative)
            assert isinstance(right, Derivative)
            if left.by != right.of:
                return None
        values = [self.value(link) for link in links]
        if not any(is_array(value) for value in values):
            return math.prod(values)
        first = links[0]
        assert isinstance(first, Derivative)
        of = self.value(first.of)
        if is_array(of) or not is_array(values[0]):
            return None
        result = values[0].T
        for link, value in zip(links[1:], values[1:], strict=True):
            if is_array(value):
                if result.shape[1] != value.shape[0]:
                    raise IllTyped(
                        f"a chain of {shape_text(result)} and {shape_text(value)}",
                        link.span,
                    )
                result = result @ value
            elif result.shape[1] != 1:
                raise IllTyped("a number in a chain of columns", link.span)
            else:
                result = result * value
        return result.T

    def elementwise(self, node: Elementwise) -> Any:
        left = self.entrywise(node.left)
        right = self.entrywise(node.right)
        if is_array(left) and is_array(right) and left.shape != right.shape:
            hints = []
            if left.shape[1] == right.shape[0]:
                hints.append("it holds as a matrix product, without the sign")
            raise IllTyped(
                f"an elementwise product of {shape_text(left)} and "
                f"{shape_text(right)}: they must have the same shape",
                node.span,
                tuple(hints),
            )
        return left * right

    def entrywise(self, node: Node) -> Any:
        """Return a factor of an elementwise product: da/dz is a column there."""
        if isinstance(node, Derivative):
            of, by = self.node_of(node.of), self.node_of(node.by)
            if of is not None and by is not None and of[0] == "A" and by[0] == "Z":
                value = self.value(node.of)
                if is_array(value):
                    if of[1] != by[1]:
                        raise NotChecked(
                            "entry by entry, a derivative is of the same layer",
                            node.span,
                        )
                    return self.diagonal(node, by)
        return self.value(node)

    def diagonal(self, node: Derivative, by: Place) -> Any:
        if (
            self.instance.settings.output == "softmax"
            and by[1] == len(self.instance.W) - 1
        ):
            raise NotChecked("a softmax has no derivative entry by entry", node.span)
        g, Z = self.instance.g[by[1]], self.state.Z[by[1]]
        slope = np.imag(g(Z + 1j * STEP)) / STEP
        assert isinstance(node.by, Symbol)
        return self.selected(slope, node.by)

    def quotient(self, node: Quotient) -> Any:
        top, bottom = self.value(node.top), self.value(node.bottom)
        if is_array(top) and is_array(bottom):
            self.same_shape(top, bottom, node, node.top, node.bottom, "/")
        if np.any(bottom == 0):
            raise Invalid("a division by 0", node.bottom.span)
        return top / bottom

    def same_shape(
        self, left: Any, right: Any, node: Node, a: Node, b: Node, sign: str
    ) -> None:
        if left.shape != right.shape:
            raise IllTyped(
                f"{shape_text(left)} {sign} {shape_text(right)}: "
                "they must have the same shape",
                node.span,
            )

    def norm(self, node: Norm) -> Any:
        value = self.value(node.of)
        return np.sqrt(np.sum(value * value))

    def matrix(self, node: Matrix) -> Any:
        if len(node.rows) == 1 and is_repeated(node.rows[0]):
            # [b b ... b]: as many as there are examples.
            return np.tile(as_block(self.value(node.rows[0][0])), self.instance.m)
        rows = [self.with_dots(row) for row in node.rows if not all_dots(row)]
        if any(all_dots(row) for row in node.rows):
            return self.column_with_dots(node)
        blocks = [[as_block(self.value(cell)) for cell in row] for row in rows]
        numbers = node.list and all(block.shape == (1, 1) for block in blocks[0])
        if numbers and not all(map(has_example, node.rows[0])):
            raise NotChecked("a list of numbers: is it a row or a column?", node.span)
        try:
            return np.block(blocks)
        except ValueError:
            raise IllTyped("the blocks of the matrix do not fit", node.span) from None

    def with_dots(self, cells: tuple[Node, ...]) -> list[Node]:
        """Write out a, b, ..., c."""
        if not any(isinstance(cell, Dots) for cell in cells):
            return list(cells)
        places = [k for k, cell in enumerate(cells) if isinstance(cell, Dots)]
        (place,) = places if len(places) == 1 else (0,)
        if not 0 < place < len(cells) - 1 or len(cells) != place + 2:
            raise NotChecked("these dots are not read", cells[0].span)
        return list(self.between(cells[:place], cells[-1]))

    def column_with_dots(self, node: Matrix) -> Any:
        cells = tuple(row[0] for row in node.rows)
        if any(len(row) != 1 for row in node.rows):
            raise NotChecked("these dots are not read", node.span)
        blocks = [[as_block(self.value(cell))] for cell in self.with_dots(cells)]
        try:
            return np.block(blocks)
        except ValueError:
            raise IllTyped("the blocks of the matrix do not fit", node.span) from None

    def between(self, first: tuple[Node, ...], last: Node) -> Iterator[Node]:
        """Yield the items of a list from the first ones, up to the last one."""
        # Where the page names its model, it means what it writes.
        unclear: type[Problem] = Refuted if self.reading.strict else NotChecked
        place = difference(first[0], last)
        if place is None:
            raise unclear("the items around the dots follow no pattern", last.span)
        start, stop = (self.integer(node) for node in place)
        if start + len(first) - 1 > stop:
            raise NotChecked("the range of these dots is too short", last.span)
        if stop - start > LONGEST_SUM:
            raise NotChecked("the range of these dots is too long", last.span)
        for k, item in enumerate(first):
            if item != counted(first[0], last, start + k, Number):
                raise unclear("this item does not follow the pattern", item.span)
        for k in range(start, stop + 1):
            yield counted(first[0], last, k)

    # Sums

    def big(self, node: Big) -> Any:
        if node.index in self.free and node.index not in self.bound:
            message = f"the index {node.index} is used outside of its sum as well"
            raise self.unclear(message, node.span)
        if not node.index:
            return self.sum_of_columns(node)
        if node.low is not None and node.high is not None:
            low, high = self.integer(node.low), self.integer(node.high)
        else:
            low = 1 if node.low is None else self.integer(node.low)
            high = self.implied(node)
        if high < low:
            raise NotChecked("the range of this sum is empty", node.span)
        if high - low > LONGEST_SUM:
            raise NotChecked("the range of this sum is too long", node.span)
        inner = self.inside(node.index)
        values = []
        for k in range(low, high + 1):
            inner.indices[node.index] = k
            values.append(inner.value(node.body))
        if node.kind == "sum":
            return self.total(values, node)
        if node.kind == "prod":
            if is_array(values[0]):
                raise NotChecked("a product of arrays over an index", node.span)
            return np.prod(values)
        if is_array(values[0]):
            raise NotChecked(f"{node.kind} of arrays over an index", node.span)
        choose = max if node.kind == "max" else min
        return choose(values, key=np.real)

    def sum_of_columns(self, node: Big) -> Any:
        """Return a sum without an index: over the examples."""
        value = self.value(node.body)
        examples = is_array(value) and value.shape[1] == self.instance.m
        if not (examples and self.has_data(node.body)):
            raise NotChecked("a sum over what? Write \\sum_{i=1}^{m}", node.span)
        return np.sum(value, axis=1, keepdims=True)

    def implied(self, node: Big) -> int:
        """Return the last value of an index whose range is not written."""
        sizes = set()
        for x in walk(node.body):
            if isinstance(x, Symbol):
                if is_index(x.example, node.index):
                    sizes.add(self.instance.m)
                for axis, unit in enumerate(x.units):
                    if is_index(unit, node.index):
                        sizes.add(self.units_of(x, axis))
        if len(sizes) != 1:
            raise NotChecked(f"what is the range of {node.index}?", node.span)
        return sizes.pop()

    def units_of(self, symbol: Symbol, axis: int) -> int:
        """Return how many units an axis of a symbol has."""
        name = NAMES.get(symbol.name)
        if name is None:
            raise Unknown(f"{symbol.name} is not known", symbol.span)
        layer, _ = self.layer_and_units(symbol, name)
        n = self.instance.n
        if name.node != "W":
            return n[layer]
        if self.instance.settings.kind == "logistic":
            return n[0]
        return n[layer] if axis == 0 else n[layer - 1]

    # Symbols

    def symbol(self, node: Symbol) -> Any:
        name = node.name
        defined = self.definitions.get(key(node))
        if defined is not None:
            if key(node) in self.inside_of:
                raise NotChecked(f"{name} is defined by itself", node.span)
            # Its own indices are not those of the statement around it.
            inside = self.inside_of | {key(node)}
            inner = self.but(free=frozenset(), inside_of=inside)
            assert isinstance(defined, Defined)
            return inner.defined(defined, node)
        if node.units and key(replace(node, units=())) in self.definitions:
            whole = replace(node, units=())
            return self.part(Part(node.span, whole, None, node.units))
        if name == "i" and self.reading.imaginary:
            return 1j
        if name in self.instance.arrays and not node.units:
            if node.layer or node.example:
                raise Unknown(f"{name} with a script is not known", node.span)
            return self.instance.arrays[name]
        if name in self.indices and not (node.layer or node.units or node.example):
            return float(self.indices[name])
        if name == "L":
            # The networks that are tried have one depth: 4 would do as well.
            raise NotChecked("the depth as a number is not checked", node.span)
        if name in SIZES:
            return float(self.size(node))
        if name in ("J", "J_t", "Loss"):
            return self.loss_or_cost(node)
        if name == "delta" and len(node.units) == 2 and node.layer is None:
            one, other = (self.integer(unit) for unit in node.units)
            return float(one == other)
        given = dict(self.instance.settings.given)
        if given and name == "alpha" and ("alpha", 0) not in given:
            raise NotChecked("the learning rate of this page is not given", node.span)
        if name in self.state.free:
            if node.layer or node.units or node.example:
                raise Unknown(f"{name} with a script is not known", node.span)
            return self.state.free[name]
        if name == "pi":
            return float(np.pi)
        entry = NAMES.get(name)
        if entry is None:
            raise Unknown(f"{spelled(name)} is not known", node.span)
        if entry.derivative:
            return self.differential(node, entry)
        return self.selected(self.array(node, entry), node)

    def defined(self, defined: Defined, use: Symbol) -> Any:
        """Return what a page has defined, for the example that its use names."""
        if use.example == defined.example:
            return self.value(defined.body)
        if use.example is None and EXAMPLE in self.indices:
            assert defined.example is not None
            indices = {**self.indices, defined.example.name: self.indices[EXAMPLE]}
            return self.but(indices=indices).value(defined.body)
        if use.example is None:
            message = f"{spelled(use.name)} stands without (i), and is defined with it"
            raise self.unclear(message, use.span)
        if defined.example is None:
            value = self.value(defined.body)
            if not (is_array(value) and value.shape[1] == self.instance.m):
                message = f"{spelled(use.name)} is not defined for an example"
                raise self.unclear(message, use.span)
            return self.column(value, use.example, use)
        i = self.place_in(use.example, self.instance.m, "example", use)
        indices = {**self.indices, defined.example.name: i}
        return self.but(indices=indices).value(defined.body)

    def place(self, node: Symbol, entry: Name) -> Place:
        layer, _ = self.layer_and_units(node, entry)
        return (entry.node, layer)

    def layer_and_units(
        self, node: Symbol, entry: Name
    ) -> tuple[int, tuple[Node, ...]]:
        """Return the layer of a symbol, and its units."""
        settings = self.instance.settings
        units = node.units
        if entry.layer is not None:
            layer = entry.layer if entry.layer >= 0 else settings.L
            if node.layer is not None:
                if entry.node == "Y":
                    raise Unknown("labels have no layer", node.span)
                written = self.integer(node.layer)
                if written != layer:
                    raise OutOfRange(
                        f"{spelled(node.name)} belongs to layer {layer}",
                        node.span,
                        node.layer,
                    )
            return layer, units
        first = 0 if entry.node == "A" and not entry.derivative else 1
        if entry.node == "A" and entry.derivative:
            first = 0
        script = node.layer
        if script is not None:
            if settings.kind == "logistic":
                raise Unknown("logistic regression has no layers", node.span)
            layer = self.integer(script)
        elif settings.kind == "logistic":
            return 1, units
        elif self.reading.subscripts_are_layers and len(units) == 1:
            script = units[0]
            layer, units = self.integer(script), ()
        elif settings.L == 1:
            if entry.node == "A" and self.reading.input_unclear:
                message = f"of which layer is {spelled(node.name)}?"
                raise self.unclear(message, node.span)
            layer = 1
        elif LAYER in self.indices and entry.node not in PARAMETERS:
            layer = self.indices[LAYER]
        elif self.reading.at_output and entry.node == "A" and not entry.derivative:
            layer = settings.L
        else:
            raise self.unclear(f"of which layer is {spelled(node.name)}?", node.span)
        self.check_layer(layer, first, node, script)
        return layer, units

    def array(self, node: Symbol, entry: Name) -> Any:
        """Return the whole array that a symbol is taken from."""
        settings = self.instance.settings
        layer, _ = self.layer_and_units(node, entry)
        if entry.node == "Y":
            return self.instance.Y
        array = self.instance.node(self.state, (entry.node, layer))
        if settings.kind == "logistic":
            if node.name in ("W", "B"):
                raise Unknown(f"logistic regression has no {node.name}", node.span)
            if entry.node == "W":
                return array.T
        return array

    def selected(self, array: Any, node: Symbol) -> Any:
        """Return the column and the rows of an array that a symbol names."""
        entry = NAMES[node.name]
        _, units = self.layer_and_units(node, entry)
        if entry.node in PARAMETERS:
            return self.selected_parameter(array, node, entry, units)
        if node.example is not None:
            array = self.column(array, node.example, node)
        elif not entry.capital and not self.reading.batch:
            if EXAMPLE not in self.indices:
                message = f"{spelled(node.name)} stands without (i) beside sums or (i)"
                raise self.unclear(message, node.span)
            i = self.indices[EXAMPLE]
            array = array[:, i - 1 : i]
        if len(units) > 1:
            raise NotChecked(
                f"{spelled(node.name)} has one subscript at most", node.span
            )
        if units:
            return self.row(array, units[0], node)
        if self.reading.scalars and UNIT in self.indices and array.shape[1] == 1:
            j = self.indices[UNIT]
            if j > array.shape[0]:
                raise OutOfRange(f"there is no unit {j}", node.span)
            return array[j - 1, 0]
        return array

    def selected_parameter(
        self, array: Any, node: Symbol, entry: Name, units: tuple[Node, ...]
    ) -> Any:
        if node.example is not None:
            raise NotChecked(
                f"{spelled(node.name)} is the same for all examples: it has no (i)",
                node.span,
            )
        if not units:
            return array
        if entry.node == "b":
            if len(units) != 1 or self.instance.settings.kind == "logistic":
                raise Unknown("b with this subscript is not known", node.span)
            return self.row(array, units[0], node)
        if self.instance.settings.kind == "logistic":
            if len(units) != 1:
                raise Unknown("w has one subscript", node.span)
            return self.row(array, units[0], node)
        (unit,) = units if len(units) == 1 else (None,)
        if isinstance(unit, Number) and len(unit.text) == 2 and node.layer is not None:
            # w_{21} of a layer is row 2, column 1: no network has 21 units.
            units = tuple(Number(unit.span, digit) for digit in unit.text)
        if len(units) == 2:
            return self.entry(array, units, node)
        if entry.capital or len(units) > 2:
            raise Unknown(
                f"{spelled(node.name)} with this subscript is not known", node.span
            )
        j = self.place_in(units[0], array.shape[0], "unit", node)
        return array[j - 1 : j].T

    def column(self, array: Any, script: Node, node: Node) -> Any:
        i = self.place_in(script, array.shape[1], "example", node)
        return array[:, i - 1 : i]

    def row(self, array: Any, script: Node, node: Node) -> Any:
        j = self.place_in(script, array.shape[0], "unit", node)
        row = array[j - 1 : j]
        return row[0, 0] if row.shape == (1, 1) else row

    def entry(self, array: Any, units: tuple[Node, ...], node: Node) -> Any:
        j = self.place_in(units[0], array.shape[0], "unit", node)
        k = self.place_in(units[1], array.shape[1], "unit", node)
        return array[j - 1, k - 1]

    def place_in(self, script: Node, size: int, what: str, node: Node) -> int:
        """Return the value of an index, if there is such a unit or example."""
        k = self.integer(script)
        if isinstance(script, Number) and k > size and not isinstance(script, Counted):
            raise NotChecked(
                f"the networks that are tried have no {what} {k}", node.span
            )
        if not 1 <= k <= size:
            raise OutOfRange(
                f"there is no {what} {k}: they are 1 to {size}", node.span, script
            )
        return k

    def part(self, node: Part) -> Any:
        value = self.value(node.of)
        if not is_array(value):
            raise NotChecked("a part of a number", node.span)
        if node.example is not None:
            value = self.column(value, node.example, node)
        if len(node.units) == 1:
            return self.row(value, node.units[0], node)
        if len(node.units) == 2:
            return self.entry(value, node.units, node)
        return value

    # Losses and derivatives

    def loss_or_cost(self, node: Symbol) -> Any:
        if node.layer is not None or node.units:
            raise Unknown(f"{spelled(node.name)} with this script", node.span)
        if node.name in ("J", "J_t"):
            if node.example is not None:
                raise Unknown("the cost is of all examples: it has no (i)", node.span)
            return self.instance.cost(self.state)
        losses = self.instance.losses(self.state)
        if node.example is not None:
            return self.column(losses, node.example, node)[0, 0]
        if EXAMPLE in self.indices:
            return losses[0, self.indices[EXAMPLE] - 1]
        if self.reading.batch:
            return losses
        raise self.unclear("the loss of which example?", node.span)

    def differential(self, node: Symbol, entry: Name) -> Any:
        """Return dW, db, dZ, dA: from calculus, never from `backward`."""
        self.only_unchanged(node)
        place = self.place(node, entry)
        logistic = self.instance.settings.kind == "logistic"
        if logistic and node.name in ("dW", "dB"):
            raise Unknown(f"logistic regression has no {node.name}", node.span)
        if entry.node in PARAMETERS:
            if self.reading.one_example:
                gradients = self.instance.example_gradient(place)
                array = gradients[self.indices[EXAMPLE] - 1]
            else:
                array = self.instance.cost_gradient(place)
            if logistic and entry.node == "W":
                array = array.T
        else:
            array = self.instance.loss_gradient(place)
        value = self.selected(array, node)
        return value

    def only_unchanged(self, node: Node) -> None:
        if self.state is not self.instance.base:
            raise NotChecked("a derivative of a derivative is not checked", node.span)

    def node_of(self, node: Node) -> Place | None:
        """Return the node that a symbol stands for, if it does."""
        if not isinstance(node, Symbol):
            return None
        entry = NAMES.get(node.name)
        if entry is None or entry.derivative or entry.node == "Y":
            return None
        if key(node) in self.definitions:
            return None
        return self.place(node, entry)

    def derivative(self, node: Derivative) -> Any:
        """Return a derivative by the complex step."""
        self.only_unchanged(node)
        by = node.by
        if not isinstance(by, Symbol):
            raise NotChecked("a derivative is taken by one symbol", by.span)
        if isinstance(node.of, Symbol) and node.of.name in (*ACTIVATIONS, "g"):
            # dg/dz is g'(z).
            return self.value(Call(node.span, node.of.name, (by,), node.of.layer, 1))
        if by.name in self.state.free and by.name not in self.definitions:
            return self.derivative_by_number(node, by)
        place = self.node_of(by)
        if place is None:
            raise Unknown(f"a derivative by {spelled(by.name)}", by.span)
        loss = isinstance(node.of, Symbol) and node.of.name == "Loss"
        call = isinstance(node.of, Call) and node.of.name == "Loss"
        # The loss without (i): beside capitals the cost for parameters, and the loss
        # of each column for data.
        if ((loss and node.of.example is None) or call) and EXAMPLE not in self.indices:  # type: ignore[attr-defined]
            if call and not self._plain_loss(node.of):
                pass
            elif (place[0] in PARAMETERS and not call) or (
                place[0] in PARAMETERS and self.reading.batch
            ):
                return self.selected(self._gradient("cost", place), by)
            elif place[0] not in PARAMETERS and (loss or self.reading.batch):
                return self.selected(self._gradient("loss", place), by)
        if isinstance(node.of, Symbol) and node.of.name == "J":
            self.loss_or_cost(node.of)
            return self.selected(self._gradient("cost", place), by)
        positions, shape = self.positions(by, place)
        outcomes = []
        for position in positions:
            inner = self.with_state(self.instance.stepped(place, position))
            outcomes.append(np.imag(inner.value(node.of)) / STEP)
        if not is_array(outcomes[0]):
            return np.array(outcomes).reshape(shape) if shape else outcomes[0]
        if not shape:
            return outcomes[0]
        if shape[1] == 1 and outcomes[0].shape[1] == 1:
            return np.hstack(outcomes)
        raise NotChecked("a matrix by a matrix is not checked", node.span)

    def _plain_loss(self, call: Node) -> bool:
        """Tell whether a call of the loss has the prediction and the labels."""
        assert isinstance(call, Call)
        names = [x.name for x in call.arguments if isinstance(x, Symbol)]
        return (
            len(names) == 2
            and names[0] in ("yhat", "Yhat", "a", "A")
            and names[1] in "yY"
        )

    def _gradient(self, kind: str, place: Place) -> Any:
        if kind == "loss":
            return self.instance.loss_gradient(place)
        gradient = self.instance.cost_gradient(place)
        if self.instance.settings.kind == "logistic" and place[0] == "W":
            return gradient.T
        return gradient

    def derivative_by_number(self, node: Derivative, by: Symbol) -> Any:
        if not self.depends(node.of, by.name):
            raise NotChecked(
                f"nothing is known of how this depends on {by.name}", node.span
            )
        base = self.state.free[by.name]
        state = self.instance.with_free(by.name, base + 1j * STEP)
        return np.imag(self.with_state(state).value(node.of)) / STEP

    def depends(self, node: Node, name: str) -> bool:
        """Tell whether a number stands in an expression, or in what defines it."""
        return any(
            isinstance(x, Symbol)
            and (
                x.name == name
                or (
                    key(x) in self.definitions
                    and self.depends(self.definitions[key(x)], name)
                )
            )
            for x in walk(node)
        )

    def positions(
        self, by: Symbol, place: Place
    ) -> tuple[list[tuple[int, int]], tuple[int, ...]]:
        """Return the entries that a derivative is taken by, and their shape."""
        numbers = self.instance.numbers(place)
        columns = numbers.shape[1]
        logistic = self.instance.settings.kind == "logistic"
        if logistic and place[0] == "W":
            numbers = numbers.T
        chosen = self.selected(numbers, by)
        if not is_array(chosen) or chosen.shape == (1, 1):
            return [divmod(int(np.ravel(chosen)[0]), columns)], ()
        return [divmod(int(k), columns) for k in chosen.ravel()], chosen.shape

    # Functions

    def call(self, node: Call) -> Any:
        name = node.name
        if name == "Loss":
            return self.loss_call(node)
        if name == "p":
            return self.probability(node)
        if name == "np.sum":
            return self.numpy_sum(node)
        if name == "softmax":
            return self.softmax(node)
        if name == "g":
            function = self.instance.g[self.layer_of_g(node)]
            if function is FUNCTIONS["softmax"] and node.primes:
                raise NotChecked(
                    "a softmax has no derivative entry by entry", node.span
                )
        elif name in ACTIVATIONS:
            function = FUNCTIONS[ACTIVATIONS[name]]
        elif name in ("max", "min"):
            return self.extremum(node)
        else:
            return self.plain_function(node)
        if len(node.arguments) != 1:
            raise NotChecked(f"{name} takes one argument", node.span)
        argument = self.value(node.arguments[0])
        if node.primes == 0:
            return self.applied(function, argument, node)
        if node.primes > 1:
            raise NotChecked("a second derivative is not checked", node.span)
        self.only_unchanged(node)
        return np.imag(self.applied(function, argument + 1j * STEP, node)) / STEP

    def applied(self, function: Any, argument: Any, node: Node) -> Any:
        if is_array(argument):
            return function(argument)
        if function is FUNCTIONS["softmax"]:
            # Of a number it is 1, whatever the number.
            raise NotChecked("a softmax is of a whole column", node.span)
        value = function(np.array([[argument]]))
        return value[0, 0]

    def softmax(self, node: Call) -> Any:
        if len(node.arguments) != 1 or node.primes:
            raise NotChecked("softmax takes one argument, and has no g'", node.span)
        (argument,) = node.arguments
        if (
            isinstance(argument, Symbol)
            and argument.units
            and (not self.reading.subscripts_are_layers)
        ):
            whole = Symbol(
                argument.span, argument.name, argument.layer, argument.example
            )
            value = FUNCTIONS["softmax"](as_block(self.value(whole)))
            return self.row(value, argument.units[0], argument)
        return self.applied(FUNCTIONS["softmax"], self.value(argument), node)

    def layer_of_g(self, node: Call) -> int:
        """Return the layer of g: as written, or that of what it is applied to."""
        if self.instance.settings.kind == "logistic":
            return 1
        layers = set()
        for x in walk(node.arguments[0]):
            if isinstance(x, Symbol) and x.name in NAMES:
                entry = NAMES[x.name]
                if entry.node in ("Z", "W", "b") and not entry.derivative:
                    layers.add(self.layer_and_units(x, entry)[0])
        if node.layer is not None:
            layer = self.integer(node.layer)
            self.check_layer(layer, 1, node, node.layer)
            explicit = any(
                isinstance(x, Symbol) and x.layer is not None
                for x in walk(node.arguments[0])
            )
            if explicit and layers and layers != {layer}:
                # Two layers may have the same activation: that would excuse it.
                raise Refuted(
                    f"g of layer {layer} is applied to what is of layer {max(layers)}",
                    node.span,
                )
        else:
            if not layers and LAYER in self.indices:
                layers.add(self.indices[LAYER])
            if len(layers) != 1:
                raise NotChecked("of which layer is g?", node.span)
            layer = layers.pop()
        self.check_layer(layer, 1, node, node.layer)
        return layer

    def plain_function(self, node: Call) -> Any:
        functions: dict[str, Any] = {
            "log": np.log,
            "exp": np.exp,
            "sqrt": np.sqrt,
            "Im": np.imag,
        }
        if node.name == "diag":
            return self.diagonal_matrix(node)
        if node.name == "f" or node.name in self.functions:
            return self.function_of_the_page(node)
        if node.name not in functions or node.primes or len(node.arguments) != 1:
            raise NotChecked(f"{node.name} is not known here", node.span)
        value = self.value(node.arguments[0])
        if node.name in ("log", "sqrt") and np.any(np.real(value) <= 0):
            raise Invalid(f"{node.name} of what is not positive", node.span)
        with np.errstate(all="ignore"):
            return self.finite(functions[node.name](value), node)

    def function_of_the_page(self, node: Call) -> Any:
        """Return the value of a function that the page defines, or of any f."""
        if len(node.arguments) != 1 or node.layer is not None:
            raise NotChecked(f"{node.name} takes one number", node.span)
        argument = self.value(node.arguments[0])
        if node.name not in self.functions:
            if node.primes > 3:
                raise NotChecked("at most three primes are read", node.span)
            return smooth(argument, node.primes)
        parameter, body = self.functions[node.name]
        if node.primes and is_array(argument):
            raise NotChecked("a slope by an array is not checked", node.span)
        if node.primes > 1 or (node.primes and np.any(np.imag(argument))):
            raise NotChecked("a second derivative is not checked", node.span)
        step = STEP * 1j if node.primes else 0.0
        if f"{node.name}()" in self.inside_of:
            raise NotChecked(f"{node.name} is defined by itself", node.span)
        free = {**self.state.free, parameter: argument + step}
        inner = self.but(
            state=replace(self.state, free=free),
            inside_of=self.inside_of | {f"{node.name}()"},
        )
        value = inner.value(body)
        return np.imag(value) / STEP if node.primes else value

    def diagonal_matrix(self, node: Call) -> Any:
        value = as_block(self.value(node.arguments[0]))
        if value.shape[1] != 1:
            raise IllTyped("diag takes a column", node.span)
        return np.diag(value[:, 0])

    def extremum(self, node: Call) -> Any:
        values = [self.value(argument) for argument in node.arguments]
        if len(values) == 1:
            if not is_array(values[0]) or values[0].shape[1] != 1:
                raise NotChecked(f"{node.name} of one column, or of two", node.span)
            choose = max if node.name == "max" else min
            return choose(values[0][:, 0], key=np.real)
        result = values[0]
        for value in values[1:]:
            if is_array(result) and is_array(value):
                first, second = node.arguments[0], node.arguments[-1]
                self.same_shape(result, value, node, first, second, node.name)
            larger = self.noted(node, np.real(result) >= np.real(value))
            keep = larger if node.name == "max" else ~np.asarray(larger)
            result = np.where(keep, result, value)[()]
        return result

    def loss_call(self, node: Call) -> Any:
        if len(node.arguments) != 2:
            raise NotChecked("the loss takes a prediction and a label", node.span)
        prediction, label = node.arguments
        if not (isinstance(label, Symbol) and label.name in ("y", "Y")):
            message = "the loss takes a prediction, then a label"
            raise self.unclear(message, label.span)
        A, Y = self.value(prediction), self.value(label)
        if is_array(A) and is_array(Y):
            self.same_shape(A, Y, node, prediction, label, "and")
        elif is_array(A) or is_array(Y):
            raise IllTyped("prediction and label have different shapes", node.span)
        if np.any(np.real(A) <= 0) or np.any(np.real(A) >= 1):
            raise Invalid("a prediction is not between 0 and 1", prediction.span)
        if self.instance.settings.output == "softmax":
            losses = -(Y * np.log(A))
        else:
            losses = cross_entropy(A, Y)
        return np.sum(losses, axis=0, keepdims=True) if is_array(losses) else losses

    def probability(self, node: Call) -> Any:
        """Return p(y | x): what the loss is minus the logarithm of."""
        if len(node.arguments) != 2 or not all(
            isinstance(x, Symbol) for x in node.arguments
        ):
            raise self.unclear("p takes y and x", node.span)
        y, x = node.arguments
        assert isinstance(y, Symbol)
        assert isinstance(x, Symbol)
        if (y.name, x.name) != ("y", "x") or y.example != x.example:
            raise self.unclear("p takes y and x", node.span)
        loss = Symbol(node.span, "Loss", example=y.example)
        return np.exp(-self.value(loss))

    def numpy_sum(self, node: Call) -> Any:
        value = self.value(node.arguments[0])
        options = dict(node.options)
        if not is_array(value):
            return value
        axis = options.get("axis")
        if axis is None:
            return np.sum(value)
        if axis not in ("0", "1"):
            raise NotChecked("axis is 0 or 1", node.span)
        if options.get("keepdims") != "True":
            raise NotChecked(
                "without keepdims=True an axis is lost: (n,) is no shape here",
                node.span,
            )
        return np.sum(value, axis=int(axis), keepdims=True)

    # Cases

    def compare(self, node: Compare) -> Any:
        """Return 1 where a condition is true, and 0 elsewhere."""
        if self.never_met(node):
            raise self.unclear("a condition that is never met", node.span)
        return np.where(self.condition(node), 1.0, 0.0)[()]

    def condition(self, node: Compare) -> Any:
        left: Any
        right: Any
        try:
            left, right = self.integer(node.left), self.integer(node.right)
        except NotChecked:
            left, right = self.value(node.left), self.value(node.right)
        if is_array(left) and is_array(right):
            self.same_shape(left, right, node, node.left, node.right, node.relation)
        left, right = np.real(left), np.real(right)
        truth = {
            "<": left < right,
            ">": left > right,
            "le": left <= right,
            "ge": left >= right,
            "=": left == right,
            "ne": left != right,
        }[node.relation]
        return self.noted(node, truth)

    def noted(self, node: Node, truth: Any) -> Any:
        """Note whether a condition was true or false: one that never changes hides."""
        outcomes = self.seen.setdefault(node, set())
        if len(outcomes) < 2:
            outcomes |= {bool(x) for x in np.ravel(truth)}
        return truth

    def never_met(self, condition: Compare) -> bool:
        """Tell whether a condition asks for one value of what is drawn at random."""
        return condition.relation == "=" and any(
            isinstance(x, Symbol) and is_data(x) and NAMES[x.name].node != "Y"
            for x in walk(condition)
        )

    def cases(self, node: Cases) -> Any:
        result: Any = 0.0
        covered: Any = np.False_
        for expression, condition in node.rows:
            truth = ~covered if condition is None else self.condition(condition)
            if not np.any(truth):
                if condition is not None and self.never_met(condition):
                    raise self.unclear("a case that is never met", condition.span)
                continue
            value = self.value(expression)
            arrays = [x for x in (value, truth, result, covered) if is_array(x)]
            if len({x.shape for x in arrays}) > 1:
                raise IllTyped("the cases have different shapes", node.span)
            if np.any(truth & covered & (value != result)):
                raise Refuted("two cases cover the same value", expression.span)
            result = np.where(truth, value, result)[()]
            covered = covered | truth
        if not np.all(covered):
            raise Invalid("no case covers this", node.span)
        return result

    def nothing(self, node: Node) -> Any:
        raise NotChecked("this has no value here", node.span)

    # Copies

    def inside(self, index: str) -> "Evaluator":
        return self.but(indices=dict(self.indices), bound=self.bound | {index})

    def with_state(self, state: State) -> "Evaluator":
        return self.but(state=state)

    def but(self, **changes: Any) -> "Evaluator":
        """Return a copy with some attributes changed; `replace` is much slower."""
        copy = object.__new__(Evaluator)
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(changes)
        return copy


METHODS: dict[type, Any] = {
    Number: Evaluator.number,
    Counted: Evaluator.number,
    Symbol: Evaluator.symbol,
    Part: Evaluator.part,
    Call: Evaluator.call,
    Transpose: Evaluator.transpose,
    Power: Evaluator.power,
    Negative: Evaluator.negative,
    Add: Evaluator.add,
    Product: Evaluator.product,
    Elementwise: Evaluator.elementwise,
    Quotient: Evaluator.quotient,
    Big: Evaluator.big,
    Derivative: Evaluator.derivative,
    Compare: Evaluator.compare,
    Cases: Evaluator.cases,
    Matrix: Evaluator.matrix,
    Norm: Evaluator.norm,
    Dots: Evaluator.nothing,
    Shape: Evaluator.nothing,
    ShapeOf: Evaluator.nothing,
}


def smooth(x: Any, primes: int) -> Any:
    """Return a smooth function that stands for any, or one of its derivatives.

    It is positive and negative. None of its derivatives is 0 anywhere: each term of
    its Taylor series counts.
    """
    terms = 0.7**primes * np.exp(0.7 * x) + 0.5 * 1.1**primes * np.exp(1.1 * x)
    return terms if primes else terms - 1.6


def is_array(value: Any) -> bool:
    """Tell whether a value has two axes: others are numbers."""
    return isinstance(value, np.ndarray) and value.ndim == 2


def largest(value: Any) -> float:
    """Return the largest absolute value."""
    return float(np.abs(value).max() if is_array(value) else abs(value))


def is_whole(value: Any) -> bool:
    """Tell whether a value is a whole number."""
    return (
        not is_array(value)
        and np.imag(value) == 0
        and float(np.real(value)).is_integer()
    )


def as_block(value: Any) -> Any:
    """Return a value with two axes."""
    return value if is_array(value) else np.array([[value]])


def shape_text(value: Any) -> str:
    """Write the shape of a value."""
    return f"({value.shape[0]}, {value.shape[1]})" if is_array(value) else "a number"


def is_index(node: Node | None, name: str) -> bool:
    """Tell whether a script is the index of that name."""
    return isinstance(node, Symbol) and node.name == name


def all_dots(row: tuple[Node, ...]) -> bool:
    """Tell whether a row of a matrix only says and so on."""
    return all(isinstance(cell, Dots) for cell in row)


def is_repeated(row: tuple[Node, ...]) -> bool:
    """Tell whether a list says the same again and again, with dots between."""
    items = {cell for cell in row if not isinstance(cell, Dots)}
    return len(items) == 1 and isinstance(row[-2], Dots) if len(row) > 2 else False


def has_example(cell: Node) -> bool:
    """Tell whether something is of one example: such things stand side by side."""
    return isinstance(cell, Dots) or any(
        isinstance(x, Symbol | Part) and x.example is not None for x in walk(cell)
    )


def key(symbol: Symbol) -> str:
    """Return the name under which a page defines a symbol, empty if it cannot."""
    if symbol.layer is not None:
        return ""
    numbers = [unit.text for unit in symbol.units if isinstance(unit, Number)]
    if len(numbers) != len(symbol.units) or (symbol.units and symbol.name in NAMES):
        return ""
    return "_".join([symbol.name, *numbers])


def difference(first: Node, last: Node) -> tuple[Node, Node] | None:
    """Return what differs between two trees, if it is the same wherever they do."""
    found: list[tuple[Node, Node]] = []
    if not _differences(first, last, found) or len(set(found)) != 1:
        return None
    return found[0]


def _differences(first: Any, last: Any, found: list[tuple[Node, Node]]) -> bool:
    if first == last:
        return True
    if isinstance(first, Number) and isinstance(last, Number | Symbol):
        found.append((first, last))
        return True
    if isinstance(first, tuple) and isinstance(last, tuple):
        return len(first) == len(last) and all(
            _differences(a, b, found) for a, b in zip(first, last, strict=True)
        )
    if type(first) is type(last) and isinstance(first, Node):
        return all(
            _differences(getattr(first, name), getattr(last, name), found)
            for name in first.__slots__
        )
    return False


def counted(first: Any, last: Any, number: int, kind: type[Number] = Counted) -> Any:
    """Return the tree with a number in the places where `first` and `last` differ."""
    if first == last:
        return first
    if isinstance(first, Number):
        return kind(first.span, str(number))
    if isinstance(first, tuple):
        pairs = zip(first, last, strict=True)
        return tuple(counted(a, b, number, kind) for a, b in pairs)
    changed = {
        name: counted(getattr(first, name), getattr(last, name), number, kind)
        for name in first.__slots__
    }
    return type(first)(span=first.span, **changed)


def index_names(statement: Statement) -> tuple[set[str], set[str]]:
    """Return the indices that are free in a statement, and those that sums bind."""
    free: set[str] = set()
    bound: set[str] = set()
    for side in statement.sides:
        _indices(side, frozenset(), free, bound)
    if statement.condition is not None:
        _indices(statement.condition, frozenset(), free, bound)
    return free, bound


def _indices(
    node: Any, inside: frozenset[str], free: set[str], bound: set[str]
) -> None:
    if isinstance(node, tuple):
        for item in node:
            _indices(item, inside, free, bound)
        return
    if not isinstance(node, Node):
        return
    if isinstance(node, Big):
        bound.add(node.index)
        for limit in (node.low, node.high):
            _indices(limit, inside, free, bound)
        _indices(node.body, inside | {node.index}, free, bound)
        return
    if isinstance(node, Symbol) and node.name in INDICES and node.name not in inside:
        free.add(node.name)
    for name in node.__slots__:
        _indices(getattr(node, name), inside, free, bound)
