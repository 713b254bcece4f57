r"""Prints formulas as NumPy code, in the names of `nnref`.

What a letter is called follows the model: $W^{[1]}$ is `W1` in the shallow network,
which has a name for each array, and `W[1]` in the deep one, which has lists. A formula
that has no such code, as a derivative has none, is not printed at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from nnref.equations.evaluate import ACTIVATIONS
from nnref.equations.models import FREE, Kind
from nnref.equations.notation import SYMBOLS, Name
from nnref.equations.reader import read
from nnref.equations.tokens import ReadError
from nnref.equations.tree import (
    Add,
    Big,
    Call,
    Cases,
    Compare,
    Derivative,
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
    Statement,
    Symbol,
    Transpose,
)

Shape: TypeAlias = tuple[str, str] | None  # rows and columns; None: a number

SUM, TERM, SIGN, POWER, ATOM = range(5)  # what binds first comes last
INDICES = "ijkl"
SIGNS = {"=": "==", "ne": "!=", "le": "<=", "ge": ">=", "<": "<", ">": ">"}
WIDEST = 120


class NoCode(ValueError):
    """A part of a formula has no code."""


@dataclass(frozen=True)
class Code:
    """A piece of code, how strongly it binds, and the shape of its value."""

    text: str
    binds: int = ATOM
    shape: Shape = None

    def within(self, binds: int) -> str:
        """Return the text, in brackets if it binds less."""
        return self.text if self.binds >= binds else f"({self.text})"


def numpy_code(latex: str, kind: Kind) -> str | None:
    """Print a formula as code that computes it.

    A formula with a name on its left side becomes an assignment, and a chain one for
    each of its sides that has code.

    Args:
        latex: The formula.
        kind: The model that its letters belong to.

    Returns:
        The code, or None if a statement of the formula has none.
    """
    try:
        statements = read(latex)
        lines = [
            line
            for statement in statements
            for line in Printer(kind, latex).lines(statement)
        ]
    except (ReadError, NoCode, RecursionError):
        return None
    return "\n".join(dict.fromkeys(lines))


class Printer:
    """Prints the nodes of one statement in the names of one model."""

    def __init__(self, kind: Kind, latex: str) -> None:
        """Take the model and the formula."""
        self.kind = kind
        self.latex = latex
        self.one_example = False  # whether (i) was left out: any example is meant

    # Statements

    def lines(self, statement: Statement) -> list[str]:
        """Return the assignments that a statement makes.

        Raises:
            NoCode: If there is none.
        """
        relations = set(statement.relations)
        if not relations or relations - {"=", ":="}:
            raise NoCode("no assignment")
        if statement.condition is not None:
            raise NoCode("a condition")
        first, *others = statement.sides
        target = self.target(first)
        printed = []
        for side in others:
            self.one_example = False
            try:
                code = self.code(side)
            except NoCode:
                continue
            if self.one_example and "i - 1" not in target.text:
                continue  # all examples together, in terms of one of them
            line = f"{target.text} = {self.fitted(code, target)}"
            if len(line) > WIDEST:
                raise NoCode("a line that is too long")
            printed.append(line)
        if not printed:
            raise NoCode("no side has code")
        return printed

    def target(self, side: Node) -> Code:
        """Return what a side is called that gets a value."""
        if isinstance(side, Symbol):
            if side.name == "Loss":
                return Code("loss" if "mathcal" in self.latex else "L")
            if side.name not in FREE:
                return self.symbol(side)
        if isinstance(side, Derivative) and isinstance(side.by, Symbol):
            return self.derivative_name(side, side.by)
        raise NoCode("no name on the left")

    def derivative_name(self, node: Derivative, by: Symbol) -> Code:
        """Return dw for the derivative of the cost by w, and dz of the loss by z."""
        of = node.of.name if isinstance(node.of, Symbol) else ""
        entry = SYMBOLS.get(by.name)
        name = entry.stands_for if entry else None
        wanted = {"J": "Wb", "Loss": "ZA"}.get(of, "")
        if name is None or name.derivative or name.node not in wanted:
            raise NoCode("a derivative without a name")
        return self.symbol(
            Symbol(by.span, f"d{by.name}", by.layer, by.example, by.units)
        )

    def fitted(self, code: Code, target: Code) -> str:
        """Make a 1 by 1 array a number, where a number is wanted."""
        if code.shape == ("1", "1") and target.shape is None:
            return f"{code.within(ATOM)}.item()"
        return code.text

    # Symbols

    def symbol(self, node: Symbol) -> Code:
        entry = SYMBOLS.get(node.name)
        if entry is None:
            return self.index(node)
        if entry.is_size or node.name in INDICES or node.name == "L":
            return Code(self.size(node))
        if entry.stands_for is not None:
            return self.array(node, entry.stands_for)
        if node.layer is not None or node.example is not None or node.units:
            if node.name == "Loss" and self.kind == "logistic" and not node.units:
                return self.loss(node)
            raise NoCode(f"{node.name} with a script")
        if node.name in FREE and node.name != "lambda":
            return Code(node.name)
        names = {"J": "J", "e": "np.exp(1)", "pi": "np.pi"}
        if node.name in names:
            return Code(names[node.name])
        raise NoCode(f"{node.name} has no name in code")

    def index(self, node: Symbol) -> Code:
        if node.name in INDICES and node.layer is None and not node.units:
            return Code(node.name)
        raise NoCode(f"{node.name} has no name in code")

    def size(self, node: Symbol) -> str:
        """Return a number that counts: m, n[l], l - 1."""
        if node.name == "n" and node.layer is not None and not node.units:
            return f"n[{self.script(node.layer)}]"
        if node.layer is not None or node.units or node.example is not None:
            raise NoCode(f"{node.name} with a script")
        last = {"deep": "n[L]", "shallow": "n[2]"}.get(self.kind, "")
        names = {"m": "m", "n_x": "n_x", "n_h": "n[1]", "C": last, "K": last}
        names |= {"n_y": last, "L": "2" if self.kind == "shallow" else "L"}
        name = node.name if node.name in INDICES else names.get(node.name, "")
        if not name:
            raise NoCode(f"{node.name} has no name in code")
        return name

    def script(self, node: Node, less: int = 0) -> str:
        """Return an index, made less by so much: j - 1."""
        if isinstance(node, Number) and node.text.isdigit():
            return str(int(node.text) - less)
        number = -less
        if isinstance(node, Add) and isinstance(node.right, Number):
            number += int(node.right.text) * (-1 if node.minus else 1)
            node = node.left
        if isinstance(node, Symbol):
            sign = "+" if number > 0 else "-"
            return self.size(node) + (f" {sign} {abs(number)}" if number else "")
        raise NoCode("an index that is not simple")

    def array(self, node: Symbol, name: Name) -> Code:
        """Return an array of the network, or a column or an entry of it."""
        letter = "d" if name.derivative else ""
        layer = self.layer(node, name)
        if (name.node, layer) == ("A", "0") and not name.derivative:
            text, rows = "X", "n_x"
        elif name.node == "Y":
            text, rows = "Y", self.rows(self.last)
        elif name.node == "A" and layer == "0":
            raise NoCode("derivatives by the inputs")
        elif self.kind == "logistic":
            text = letter + {"W": "w", "b": "b"}.get(name.node, name.node)
            rows = "1"
        else:
            text, rows = f"{letter}{name.node}", self.rows(layer)
            text += layer if self.kind == "shallow" else f"[{layer}]"
        if name.node == "b" and self.kind == "logistic":
            if node.units or node.example is not None:
                raise NoCode("a script of the bias")
            return Code(text)
        if name.node in "Wb":
            return self.parameter(node, name, text, rows, layer)
        return self.data(node, name, text, rows)

    @property
    def last(self) -> str:
        return {"logistic": "1", "shallow": "2"}.get(self.kind, "L")

    def layer(self, node: Symbol, name: Name) -> str:
        """Return the layer of a symbol in code."""
        fixed = None if name.layer is None else "0" if name.layer == 0 else self.last
        written = None if node.layer is None else self.script(node.layer)
        if fixed is not None and written not in (None, fixed):
            raise NoCode("a layer that it does not have")
        layer = fixed or written or ("1" if self.kind == "logistic" else None)
        if layer is None or (self.kind == "logistic" and layer not in ("0", "1")):
            raise NoCode("no layer")
        if self.kind == "logistic" and written is not None:
            raise NoCode("a layer where there are none")
        if self.kind == "shallow" and layer not in ("0", "1", "2"):
            raise NoCode("a layer that is no number")
        return layer

    def rows(self, layer: str) -> str:
        return "1" if self.kind == "logistic" else f"n[{layer}]"

    def parameter(
        self, node: Symbol, name: Name, text: str, rows: str, layer: str
    ) -> Code:
        units = [self.script(unit, 1) for unit in node.units]
        if node.example is not None:
            raise NoCode("a parameter of an example")
        if self.kind == "logistic":
            if name.capital:
                raise NoCode("W of logistic regression")
            if len(units) == 1:
                return Code(f"{text}[{units[0]}, 0]")
            if units:
                raise NoCode("two subscripts of w")
            return Code(text, shape=("n_x", "1"))
        before = "n_x" if layer == "1" else f"n[{self.before(layer)}]"
        if name.node == "b":
            if len(units) == 1:
                return Code(f"{text}[{units[0]}, 0]")
            return self.whole(units, Code(text, shape=(rows, "1")))
        if len(units) == 2:
            return Code(f"{text}[{units[0]}, {units[1]}]")
        if len(units) == 1 and not name.capital:
            return Code(f"{text}[[{units[0]}]].T", shape=(before, "1"))
        return self.whole(units, Code(text, shape=(rows, before)))

    def before(self, layer: str) -> str:
        if layer.isdigit():
            return str(int(layer) - 1)
        base, _, more = layer.partition(" + ")
        return layer.removesuffix(" + 1") if more == "1" else f"{base} - 1"

    def whole(self, units: list[str], code: Code) -> Code:
        if units:
            raise NoCode("subscripts that are not read")
        return code

    def data(self, node: Symbol, name: Name, text: str, rows: str) -> Code:
        """Return an array with a column for each example, its column or its entry."""
        if len(node.units) > 1:
            raise NoCode("two subscripts")
        units = [self.script(unit, 1) for unit in node.units]
        if name.capital:
            if node.example is not None or units:
                raise NoCode("a script of a capital letter")
            return Code(text, shape=(rows, "m"))
        column = self.column(node)
        if units:
            return Code(f"{text}[{units[0]}, {column}]")
        if self.kind == "logistic" and text != "X":
            return Code(f"{text}[0, {column}]")
        return Code(f"{text}[:, [{column}]]", shape=(rows, "1"))

    def column(self, node: Symbol) -> str:
        """Return the column of the example that a symbol is about."""
        if node.example is None:
            self.one_example = True
            return "i - 1"
        return self.script(node.example, 1)

    def loss(self, node: Symbol) -> Code:
        """Return the loss of an example; logistic regression has one output."""
        column = self.column(node)
        return Code(f"cross_entropy(A[0, {column}], Y[0, {column}])")

    # Expressions

    def code(self, node: Node) -> Code:
        """Print a node.

        Raises:
            NoCode: If it has no code.
        """
        method = METHODS.get(type(node))
        if method is None:
            raise NoCode(type(node).__name__)
        result: Code = method(self, node)
        return result

    def number(self, node: Number) -> Code:
        return Code(node.text)

    def negative(self, node: Negative) -> Code:
        of = self.code(node.of)
        return Code(f"-{of.within(TERM)}", SIGN if of.binds > TERM else TERM, of.shape)

    def add(self, node: Add) -> Code:
        left, right = self.code(node.left), self.code(node.right)
        one = ("1", "1")
        if left.shape == one and right.shape is None:
            left = self.as_number(left)
        elif right.shape == one and left.shape is None:
            right = self.as_number(right)
        shape = self.stretched(left.shape, right.shape)
        sign = "-" if node.minus else "+"
        return Code(f"{left.within(SUM)} {sign} {right.within(TERM)}", SUM, shape)

    def as_number(self, code: Code) -> Code:
        return Code(f"{code.within(ATOM)}.item()")

    def stretched(self, left: Shape, right: Shape) -> Shape:
        """Return the shape that two shapes make together."""
        if left is None or right is None:
            return left or right
        both = []
        for mine, its in zip(left, right, strict=True):
            if mine != its and "1" not in (mine, its):
                raise NoCode("shapes that do not fit")
            both.append(its if mine == "1" else mine)
        return both[0], both[1]

    def elementwise(self, node: Elementwise) -> Code:
        left, right = self.code(node.left), self.code(node.right)
        shape = self.stretched(left.shape, right.shape)
        return Code(f"{left.within(TERM)} * {right.within(SIGN)}", TERM, shape)

    def product(self, node: Product) -> Code:
        """Print `@` between arrays, and `*` where one of two is a number."""
        factors = [self.code(factor) for factor in node.factors]
        result = factors[0]
        for factor in factors[1:]:
            one = ("1", "1")
            if result.shape == one and factor.shape != ("1", "m"):
                result = self.as_number(result)
            if result.shape is None or factor.shape is None:
                sign, shape = "*", result.shape or factor.shape
            elif result.shape[1] == factor.shape[0]:
                sign, shape = "@", (result.shape[0], factor.shape[1])
            elif factor.shape == one:
                factor = self.as_number(factor)
                sign, shape = "*", result.shape
            else:
                raise NoCode("shapes that do not fit")
            text = f"{result.within(TERM)} {sign} {factor.within(SIGN)}"
            result = Code(text, TERM, shape)
        return result

    def quotient(self, node: Quotient) -> Code:
        top, bottom = self.code(node.top), self.code(node.bottom)
        shape = self.stretched(top.shape, bottom.shape)
        return Code(f"{top.within(TERM)} / {bottom.within(SIGN)}", TERM, shape)

    def power(self, node: Power) -> Code:
        base, exponent = self.code(node.base), self.code(node.exponent)
        shape = self.stretched(base.shape, exponent.shape)
        return Code(f"{base.within(ATOM)} ** {exponent.within(SIGN)}", POWER, shape)

    def transpose(self, node: Transpose) -> Code:
        of = self.code(node.of)
        if of.shape is None:
            return of
        if of.text.endswith(".T"):
            return Code(of.text.removesuffix(".T"), ATOM, (of.shape[1], of.shape[0]))
        return Code(f"{of.within(ATOM)}.T", ATOM, (of.shape[1], of.shape[0]))

    def part(self, node: Part) -> Code:
        of = self.code(node.of)
        if of.shape is None or len(node.units) > 1:
            raise NoCode("a part of a number")
        units = [self.script(unit, 1) for unit in node.units]
        text = of.within(ATOM)
        if node.example is None:
            column = "0" if of.shape[1] == "1" else ""
        else:
            column = self.script(node.example, 1)
        if units and column:
            return Code(f"{text}[{units[0]}, {column}]")
        if column and not units and node.example is not None:
            return Code(f"{text}[:, [{column}]]", shape=(of.shape[0], "1"))
        raise NoCode("a part that is a row")

    def call(self, node: Call) -> Code:
        arguments = [self.code(argument) for argument in node.arguments]
        shape: Shape = None
        for argument in arguments:
            shape = self.stretched(shape, argument.shape)
        inner = ", ".join(argument.text for argument in arguments)
        return Code(f"{self.function(node, len(arguments))}({inner})", ATOM, shape)

    def function(self, node: Call, count: int) -> str:
        slope = "_prime" if node.primes else ""
        if node.primes > 1 or node.options:
            raise NoCode("a second derivative")
        if node.name in ACTIVATIONS and node.layer is None and count == 1:
            if node.name == "softmax" and slope:
                raise NoCode("a slope of the softmax")
            return ACTIVATIONS[node.name] + slope
        if node.name == "g" and node.layer is not None and count == 1:
            layer = self.script(node.layer)
            if self.kind == "deep":
                return f"g{slope}[{layer}]"
            if (self.kind, layer) == ("shallow", "1"):
                return f"g{slope}"
            if (self.kind, layer, slope) == ("shallow", "2", ""):
                return "sigmoid"
        if node.primes or node.layer is not None:
            raise NoCode(f"{node.name} with a script")
        if node.name == "Loss" and count == 2:
            return "cross_entropy"
        if count == 1 and node.name in ("log", "exp", "sqrt"):
            return f"np.{node.name}"
        if count == 2 and node.name in ("max", "min"):
            return f"np.{node.name}imum"
        raise NoCode(f"{node.name} has no name in code")

    def big(self, node: Big) -> Code:
        """Print a sum over an index as a sum over a range."""
        if node.low is None or node.high is None:
            raise NoCode("a sum without limits")
        body = self.code(node.body)
        stop = self.script(node.high, -1)
        names = {"sum": "sum", "prod": "math.prod", "max": "max", "min": "min"}
        if body.shape is not None and node.kind != "sum":
            raise NoCode(f"{node.kind} of arrays")
        items = (
            f"{body.text} for {node.index} in range({self.script(node.low)}, {stop})"
        )
        return Code(f"{names[node.kind]}({items})", ATOM, body.shape)

    def compare(self, node: Compare) -> Code:
        left, right = self.code(node.left), self.code(node.right)
        shape = self.stretched(left.shape, right.shape)
        return Code(f"({left.text} {SIGNS[node.relation]} {right.text})", ATOM, shape)

    def cases(self, node: Cases) -> Code:
        """Print cases as np.where, the last one for all others."""
        *rows, (value, _) = node.rows
        result = self.code(value)
        for value, condition in reversed(rows):
            if condition is None:
                raise NoCode("cases after the last one")
            test = self.compare(condition)
            code = self.code(value)
            shape = self.stretched(code.shape, self.stretched(test.shape, result.shape))
            text = f"np.where({test.text[1:-1]}, {code.text}, {result.text})"
            result = Code(text, ATOM, shape)
        return result

    def matrix(self, node: Matrix) -> Code:
        """Print a matrix of numbers."""
        rows = [[self.code(item) for item in row] for row in node.rows]
        if any(item.shape is not None for row in rows for item in row):
            raise NoCode("blocks")
        lines = ", ".join(f"[{', '.join(item.text for item in row)}]" for row in rows)
        shape = (str(len(rows)), str(len(rows[0])))
        return Code(f"np.array([{lines}])", ATOM, shape)

    def norm(self, node: Norm) -> Code:
        return Code(f"np.linalg.norm({self.code(node.of).text})")


METHODS: dict[type[Node], Callable[[Printer, Any], Code]] = {
    Number: Printer.number,
    Symbol: Printer.symbol,
    Negative: Printer.negative,
    Add: Printer.add,
    Elementwise: Printer.elementwise,
    Product: Printer.product,
    Quotient: Printer.quotient,
    Power: Printer.power,
    Transpose: Printer.transpose,
    Part: Printer.part,
    Call: Printer.call,
    Big: Printer.big,
    Compare: Printer.compare,
    Cases: Printer.cases,
    Matrix: Printer.matrix,
    Norm: Printer.norm,
}
