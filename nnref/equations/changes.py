r"""Single changes of a statement: a sign, a transpose, a layer, a factor.

A failed claim is tried again with each of them: what then holds is the hint. And each
of them makes a wrong formula of a right one, which the check must notice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from nnref.equations.tree import (
    Add,
    Big,
    Call,
    Derivative,
    Elementwise,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Span,
    Statement,
    Symbol,
    Transpose,
)

OTHER = {"A": "Z", "Z": "A", "a": "z", "z": "a"}
OTHER |= {"dA": "dZ", "dZ": "dA", "da": "dz", "dz": "da"}
ARRAYS = frozenset(
    {"W", "w", "X", "Y", "Z", "A", "dW", "dw", "dZ", "dA", "x", "z", "a"}
)
ARRAYS |= {"dz", "da", "Yhat"}


@dataclass(frozen=True)
class Change:
    """A statement that differs from another in one place.

    Attributes:
        kind: What was done, in a word: `sign`, `transpose`, `layer`, ...
        hint: What the change says, to somebody who wrote the original.
        statement: The statement after the change.
        span: The place of the change in the original.
    """

    kind: str
    hint: str
    statement: Statement
    span: Span


def changes(statement: Statement, latex: str) -> Iterator[Change]:
    """Yield all single changes of a statement.

    Args:
        statement: The statement.
        latex: The source that its places belong to.

    Yields:
        The changes, from left to right.
    """
    for number, side in enumerate(statement.sides):
        for kind, hint, new, span in _of(side, latex):
            sides = list(statement.sides)
            sides[number] = new
            yield Change(kind, hint, replace(statement, sides=tuple(sides)), span)


Rewritten = tuple[str, str, Any, Span]
Rewriter = Callable[[Node, str], Iterator[tuple[str, str, Node]]]


def _of(node: Any, latex: str, here: Rewriter | None = None) -> Iterator[Rewritten]:
    """Yield what a node becomes by one change, of itself or of a part of it."""
    if isinstance(node, tuple):
        for place, item in enumerate(node):
            for kind, hint, new, span in _of(item, latex, here):
                yield kind, hint, (*node[:place], new, *node[place + 1 :]), span
        return
    if not isinstance(node, Node):
        return
    for kind, hint, new in (here or _here)(node, latex[slice(*node.span)]):
        yield kind, hint, new, node.span
    for name in _parts(node):
        for kind, hint, new, span in _of(getattr(node, name), latex, here):
            yield kind, hint, replace(node, **{name: new}), span


def repairs(statement: Statement, latex: str) -> Iterator[Change]:
    """Yield changes that put something in which people leave out.

    Each adds to a statement: a square, a minus in an exponent, an input, a letter of
    the prediction for one of the label. They are tried for hints after the others.
    """
    for number, side in enumerate(statement.sides):
        for kind, hint, new, span in _of(side, latex, _put_in):
            sides = list(statement.sides)
            sides[number] = new
            yield Change(kind, hint, replace(statement, sides=tuple(sides)), span)


def _put_in(node: Node, text: str) -> Iterator[tuple[str, str, Node]]:
    """Yield what a node may have been meant to be."""
    two = Number(node.span, "2")
    if isinstance(node, Call) and node.name == "exp":
        (power,) = node.arguments
        negative = (Negative(power.span, power),)
        minus = replace(node, arguments=negative)
        yield "sign", "with a minus in the exponent", minus
    if isinstance(node, Power) and isinstance(node.exponent, Symbol):
        opposite = Negative(node.exponent.span, node.exponent)
        yield (
            "sign",
            f"with a minus in the exponent of {text}",
            replace(node, exponent=opposite),
        )
    if isinstance(node, Symbol | Call) and text:
        yield "exponent", f"with {text}^2 for {text}", Power(node.span, node, two)
    if not isinstance(node, Symbol):
        return
    if node.name in ("y", "Y"):
        letter = "a" if node.name == "y" else "A"
        written = text.replace(node.name, letter, 1)
        yield "letter", f"with {written} for {text}", replace(node, name=letter)
    if node.name in ("x", "X"):
        before = Add(node.span, Symbol(node.span, "l"), Number(node.span, "1"), True)
        letter = "a" if node.name == "x" else "A"
        layer_before = replace(node, name=letter, layer=before)
        yield "letter", f"with {letter}^{{[l-1]}} for {text}", layer_before


def _parts(node: Node) -> tuple[str, ...]:
    """Return the parts that are looked into: not the scripts and limits."""
    if isinstance(node, Symbol):
        return ()
    if isinstance(node, Call):
        return ("arguments",)
    if isinstance(node, Big):
        return ("body",)
    if isinstance(node, Derivative):
        return ()
    return tuple(node.__slots__)


def _here(node: Node, text: str) -> Iterator[tuple[str, str, Node]]:
    """Yield the changes of a node itself."""
    if isinstance(node, Add):
        sign = "+" if node.minus else "-"
        yield "sign", f"with {sign} in {text}", replace(node, minus=not node.minus)
    elif isinstance(node, Negative):
        yield "sign", f"without the minus in {text}", node.of
    elif isinstance(node, Transpose):
        yield "transpose", f"without the transpose in {text}", node.of
    elif isinstance(node, Product):
        yield from _of_product(node, text)
    elif isinstance(node, Elementwise):
        yield "factor", f"without the first factor in {text}", node.right
        yield "factor", f"without the second factor in {text}", node.left
        product = Product(node.span, (node.left, node.right))
        yield "product", f"with a matrix product in {text}", product
    elif isinstance(node, Quotient):
        yield "factor", f"without the denominator in {text}", node.top
    elif isinstance(node, Big):
        yield "sum", f"without the {node.kind} in {text}", node.body
    elif isinstance(node, Call):
        yield from _of_call(node, text)
    elif isinstance(node, Symbol):
        yield from _of_symbol(node, text)
    elif isinstance(node, Number) and "." not in node.text:
        more = Number(node.span, str(int(node.text) + 1))
        yield "number", f"with another number for {text}", more


def _of_product(node: Product, text: str) -> Iterator[tuple[str, str, Node]]:
    factors = node.factors
    for place in range(len(factors)):
        rest = (*factors[:place], *factors[place + 1 :])
        left = rest[0] if len(rest) == 1 else replace(node, factors=rest)
        yield "factor", f"without a factor in {text}", left
        if place:
            before = factors[:place]
            left = before[0] if len(before) == 1 else Product(node.span, before)
            after = factors[place:]
            right = after[0] if len(after) == 1 else Product(node.span, after)
            swapped = Elementwise(node.span, left, right)
            yield "product", rf"with \odot in {text}", swapped
    if len(factors) == 2:
        turned = replace(node, factors=factors[::-1])
        yield "order", f"with the factors of {text} the other way round", turned


def _of_call(node: Call, text: str) -> Iterator[tuple[str, str, Node]]:
    if node.name in ("g", "sigma", "tanh", "f"):
        if node.primes:
            fewer = replace(node, primes=node.primes - 1)
            yield "prime", f"without the prime in {text}", fewer
        else:
            yield "prime", f"with a prime in {text}", replace(node, primes=1)
    for step, layer in _layers(node.layer):
        yield "layer", f"with {step} in {text}", replace(node, layer=layer)


def _of_symbol(node: Symbol, text: str) -> Iterator[tuple[str, str, Node]]:
    if node.name in ARRAYS:
        yield "transpose", f"with {text} transposed", Transpose(node.span, node)
    if node.name in OTHER:
        other = OTHER[node.name]
        yield "letter", f"with {other} for {text}", replace(node, name=other)
    for step, layer in _layers(node.layer):
        yield "layer", f"with {step} in {text}", replace(node, layer=layer)


def _layers(layer: Node | None) -> Iterator[tuple[str, Node]]:
    """Yield the neighbouring layers, with the way to write them."""
    if layer is None:
        return
    if isinstance(layer, Number):
        value = int(layer.text)
        for near in (value - 1, value + 1):
            if near >= 0:
                yield f"layer {near}", Number(layer.span, str(near))
        return
    one = Number(layer.span, "1")
    if isinstance(layer, Add):
        yield f"layer {_written(layer.left)}", layer.left
        opposite = replace(layer, minus=not layer.minus)
        yield f"layer {_written(opposite)}", opposite
        return
    for minus in (True, False):
        near_by = Add(layer.span, layer, one, minus)
        yield f"layer {_written(near_by)}", near_by


def _written(node: Node) -> str:
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Add):
        sign = "-" if node.minus else "+"
        return f"{_written(node.left)} {sign} {_written(node.right)}"
    return node.name if isinstance(node, Symbol) else "?"


def with_factor(statement: Statement, factor: str) -> Statement:
    """Return a statement with its last side multiplied: by m, 1/m, -1 or 1/2."""
    *sides, last = statement.sides
    span = last.span
    m = Symbol(span, "m")
    one, two = Number(span, "1"), Number(span, "2")
    factors: dict[str, Node] = {
        "m": m,
        "1/m": Quotient(span, one, m),
        "-1": Negative(span, one),
        "2": two,
        "1/2": Quotient(span, one, two),
    }
    product = Product(span, (factors[factor], last))
    return replace(statement, sides=(*sides, product))


def with_sum(statement: Statement) -> Statement:
    """Return a statement with its last side summed over the examples."""
    *sides, last = statement.sides
    total = Big(last.span, "sum", "i", None, None, last)
    return replace(statement, sides=(*sides, total))


def with_mean_of_columns(statement: Statement) -> Statement:
    """Return a statement with the mean of the columns of its last side."""
    *sides, last = statement.sides
    span = last.span
    options = (("axis", "1"), ("keepdims", "True"))
    total = Call(span, "np.sum", (last,), options=options)
    mean = Quotient(span, total, Symbol(span, "m"))
    return replace(statement, sides=(*sides, mean))


def with_stored_transposed(statement: Statement) -> Statement:
    """Return a statement in which W is stored the other way round."""

    def turned(node: Any) -> Any:
        if isinstance(node, tuple):
            return tuple(turned(item) for item in node)
        if isinstance(node, Transpose) and _is_weight(node.of):
            return node.of
        if _is_weight(node):
            return Transpose(node.span, node)
        if isinstance(node, Elementwise) and _is_weight_or_transposed(node.left):
            # W^T * A is meant as a matrix product.
            return Product(node.span, (turned(node.left), turned(node.right)))
        if isinstance(node, Node) and not isinstance(node, Symbol):
            parts = {name: turned(getattr(node, name)) for name in node.__slots__}
            return replace(node, **parts)
        return node

    return replace(statement, sides=turned(statement.sides))


def _is_weight_or_transposed(node: Any) -> bool:
    return _is_weight(node.of if isinstance(node, Transpose) else node)


def _is_weight(node: Any) -> bool:
    return isinstance(node, Symbol) and node.name in ("W", "dW") and not node.units
