"""The tree that a formula is read into. Each node keeps its place in the source.

Two nodes are equal if they say the same, wherever they stand: `span` does not count.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that has a value. `span` is where it stands: from, and to before."""

    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number, with its digits as they are written."""

    text: str


@dataclass(frozen=True, slots=True)
class Counted(Number):
    """A number that nobody wrote: dots stand for it."""


@dataclass(frozen=True, slots=True)
class Symbol(Node):
    r"""A name with its scripts, such as $w_{jk}^{[l]}$ or $a^{[1](i)}$."""

    name: str
    layer: Node | None = None
    example: Node | None = None
    units: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Defined(Node):
    r"""What a page has defined, with the example that the name carries there, if any.

    The name may be used with another one: $u^{(1)}$, where $u^{(i)}$ was defined.
    """

    body: Node
    example: Symbol | None = None


@dataclass(frozen=True, slots=True)
class Part(Node):
    """The rows or the column of an expression in brackets, such as $(W X)^{(i)}$."""

    of: Node
    example: Node | None = None
    units: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function with its arguments. `primes` counts the derivatives."""

    name: str
    arguments: tuple[Node, ...]
    layer: Node | None = None
    primes: int = 0
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Transpose(Node):
    """The transpose."""

    of: Node


@dataclass(frozen=True, slots=True)
class Power(Node):
    """A power; of an array, of each entry."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """The negative."""

    of: Node


@dataclass(frozen=True, slots=True)
class Add(Node):
    """A sum of two, or a difference."""

    left: Node
    right: Node
    minus: bool = False


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Factors side by side: a matrix product, or one with numbers.

    `signed` if a sign stands between two of them, which many mean entry by entry.
    """

    factors: tuple[Node, ...]
    signed: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Elementwise(Node):
    """The product of each entry with its counterpart."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Quotient(Node):
    """A quotient; of arrays, of each entry by its counterpart."""

    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True)
class Big(Node):
    """A sum, product, maximum or minimum over an index, or over all of its range."""

    kind: Literal["sum", "prod", "max", "min"]
    index: str
    low: Node | None
    high: Node | None
    body: Node


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    """The derivative of `of` by `by`."""

    of: Node
    by: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A condition. As a factor it counts 1 where it is true and 0 elsewhere."""

    relation: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """Values, each with its condition. None stands for all other cases."""

    rows: tuple[tuple[Node, Compare | None], ...]


@dataclass(frozen=True, slots=True)
class Matrix(Node):
    """Rows of blocks side by side; `list` if commas stand between them."""

    rows: tuple[tuple[Node, ...], ...]
    list: bool = False


@dataclass(frozen=True, slots=True)
class Dots(Node):
    """And so on."""


@dataclass(frozen=True, slots=True)
class Norm(Node):
    """The Euclidean norm of all entries."""

    of: Node


@dataclass(frozen=True, slots=True)
class Shape(Node):
    """A shape, such as $(n_x, m)$; `space` if it is written as a space of arrays."""

    sizes: tuple[Node, ...]
    space: bool = False


@dataclass(frozen=True, slots=True)
class ShapeOf(Node):
    """The shape of an array, as in `X.shape`."""

    of: Node


@dataclass(frozen=True, slots=True)
class Range:
    """The values of an index that the text writes: for l = `low`, ..., `high`."""

    index: str
    low: Node
    high: Node
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Statement:
    """Expressions with relations between them: a chain.

    Attributes:
        sides: The expressions.
        relations: What stands between each two of them.
        ranges: What the text says of the indices.
        condition: The condition under which it is said to hold.
        span: Where it stands.
    """

    sides: tuple[Node, ...]
    relations: tuple[str, ...]
    ranges: tuple[Range, ...] = ()
    condition: Compare | None = None
    span: Span = field(default=(0, 0), compare=False)


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes that a node is made of."""
    for name in type(node).__slots__:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from _nodes_in(value)


def _nodes_in(values: tuple[object, ...]) -> Iterator[Node]:
    for value in values:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from _nodes_in(value)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes below it."""
    yield node
    for child in children(node):
        yield from walk(child)
