r"""Reads one expression from its tokens, by recursive descent.

The precedence, from what binds first: scripts, calls, factors side by side with `\cdot`
and `/`, the elementwise product, the body of a sum, `+` and `-`. Scripts may stand in
any order; they are applied in the order layer, example, unit, transpose, power.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from nnref.equations.tokens import DEEPEST, ReadError, Token
from nnref.equations.tree import (
    Add,
    Big,
    Call,
    Cases,
    Compare,
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
    Symbol,
    Transpose,
    walk,
)

INDICES = frozenset("ijkl")
TERMS = 100  # at most, in one sum
FUNCTIONS = frozenset(
    {"g", "sigma", "tanh", "log", "exp", "relu", "leaky_relu", "softmax", "Loss", "J"}
    | {"max", "min", "p", "sqrt", "Im", "diag", "L", "f", "Var"}
)
# These take a factor without brackets: log y, tanh z.
PREFIX = frozenset({"log", "exp", "tanh", "Im", "sqrt"})
RELATIONS = {
    "=": "=",
    ":=": ":=",
    "approx": "approx",
    "equiv": "=",
    "<": "<",
    ">": ">",
    "le": "le",
    "ge": "ge",
    "in": "in",
    ":": ":",
    "ne": "ne",
}
CONDITIONS = {"=", "<", ">", "le", "ge", "ne"}
UNREAD = {"propto", "sim", "cong", "ll", "gg", "approxeq", "mapsto", "triangleq"}
MATRICES = {"bmatrix", "pmatrix", "matrix", "array", "smallmatrix"}
GREEK = {"alpha", "theta", "epsilon", "lambda", "mu", "gamma", "beta", "eta", "phi"}
GREEK |= {"varphi", "tau", "rho", "delta", "Delta", "Theta", "kappa", "nu", "omega"}
GREEK |= {"xi", "psi", "Psi", "Phi", "Omega", "Lambda", "Gamma", "zeta", "chi", "pi"}
OPENING, CLOSING = {"(", "[", "{", r"\{"}, {")", "]", "}", r"\}"}
PARTNER = {"(": ")", "[": "]", "{": "}", r"\{": r"\}"}
SUFFIXES = {"pred": "pred", "prediction": "pred"}


def loss(side: Node) -> Node:
    """Take a whole side L for the loss: elsewhere it is the depth."""
    if isinstance(side, Symbol) and side.name == "L" and side.layer is None:
        return replace(side, name="Loss")
    return side


class Parser:
    """Reads one expression from its tokens, from left to right."""

    def __init__(
        self, tokens: list[Token], functions: frozenset[str] = frozenset()
    ) -> None:
        """Begin at the first token. Spaces say nothing here."""
        self.functions = FUNCTIONS | functions
        self.tokens = _without_empty_groups(
            [token for token in tokens if token.kind != "space"]
        )
        self.depth = 0
        self.place = 0
        self.bars = 0  # how many norms, or p(y | x), this is inside of
        end = tokens[-1].span[1] if tokens else 0
        self.end = Token("mark", "", (end, end))

    # Moving along

    def peek(self, ahead: int = 0) -> Token:
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else self.end

    def next(self) -> Token:
        token = self.peek()
        self.place += 1
        return token

    def at(self, *values: str) -> bool:
        token = self.peek()
        return token.kind in ("mark", "command") and token.value in values

    def at_word(self, *values: str) -> bool:
        token = self.peek()
        return token.kind == "word" and token.value in values

    def done(self) -> bool:
        return self.place >= len(self.tokens)

    def expect(self, value: str) -> Token:
        if not self.at(value):
            found = self.peek().value
            raise ReadError(
                f"{value} is expected here"
                + (f", but {found} stands here" if found else ""),
                self.peek().span,
            )
        return self.next()

    def expect_end(self) -> None:
        if not self.done():
            token = self.peek()
            if token.kind == "mark" and token.value in CLOSING:
                raise ReadError(f"{token.value} closes nothing", token.span)
            raise ReadError(f"{token.value!r} is not read here", token.span)

    def span_from(self, place: int) -> Span:
        first = self.tokens[place] if place < len(self.tokens) else self.end
        last = self.tokens[self.place - 1] if self.place > place else first
        return (first.span[0], last.span[1])

    # Sums, products, factors

    def sum(self) -> Node:
        start = self.place
        terms = 1
        sign = self.next().value if self.at("+", "-", "pm") else ""
        if sign == "pm":
            raise ReadError("plus or minus is not read", self.tokens[start].span)
        node = self.elementwise()
        if sign == "-":
            node = Negative(self.span_from(start), node)
        while True:
            if not self.at("+", "-"):
                return node
            minus = self.next().value == "-"
            terms += 1
            if terms > TERMS:
                raise ReadError(f"a sum of more than {TERMS} terms", self.peek().span)
            right = self.elementwise()
            node = Add(self.span_from(start), node, right, minus)

    def elementwise(self) -> Node:
        start = self.place
        node = self.product()
        count = 1
        while self.at("odot", "*"):
            self.next()
            count += 1
            if count > TERMS:
                raise ReadError(f"more than {TERMS} factors", self.peek().span)
            right = self.product()
            node = Elementwise(self.span_from(start), node, right)
        return node

    def product(self) -> Node:
        start = self.place
        factors = [self.factor()]
        slashes = 0
        signed = False
        while True:
            if len(factors) > TERMS:
                raise ReadError(f"more than {TERMS} factors", self.peek().span)
            if self.at("cdot", "times"):
                self.next()
                signed = True
                if self.at("-"):
                    minus = self.next()
                    factors.append(Negative(minus.span, self.factor()))
                else:
                    factors.append(self.factor())
            elif self.at("/"):
                slash = self.next()
                slashes += 1
                if slashes > 9:
                    raise ReadError("more than nine / in a row", slash.span)
                bottom = self.factor()
                top = self._product_of(factors, start, signed)
                if (
                    isinstance(bottom, Number)
                    and self.begins_factor()
                    and not self.at("(", "[", "{", "sum")
                    and self.peek().span[0] == self.tokens[self.place - 1].span[1]
                ):
                    raise ReadError(
                        r"what does / end with? Write \frac{..}{..}", slash.span
                    )
                factors = [Quotient(self.span_from(start), top, bottom)]
            elif self.begins_factor():
                factors.append(self.factor())
            else:
                return self._product_of(factors, start, signed)

    def _product_of(self, factors: list[Node], start: int, signed: bool) -> Node:
        factors = _apply_operators(factors)
        if len(factors) == 1:
            return factors[0]
        return Product(self.span_from(start), tuple(factors), signed)

    def begins_factor(self) -> bool:
        token = self.peek()
        if self.done():
            return False
        if token.kind in ("word", "number"):
            return token.value not in ("if", "for", "where", "and", "otherwise")
        if token.kind == "mark":
            if token.value in ("||", "|"):
                return not self.bars
            # {- y} goes on with the sum, however it is coloured: no factor.
            signed = token.value == "{" and self.peek(1).value in ("+", "-")
            return token.value in ("(", "[", "{", r"\{") and not signed
        if token.kind == "command":
            return (
                not token.value.startswith("end ")
                and token.value not in RELATIONS
                and token.value
                not in (
                    *("cdot", "times", "odot", "rightarrow", "forall", "pm", "over"),
                    *UNREAD,
                )
            )
        return False

    def factor(self) -> Node:
        """Read an atom with what is attached to it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise ReadError(
                f"parts stand inside of each other more than {DEEPEST} deep",
                self.peek().span,
            )
        node = self._factor()
        self.depth -= 1
        return node

    def _factor(self) -> Node:
        start = self.place
        if self.done():
            raise ReadError("a factor is missing here", self.end.span)
        token = self.peek()
        if token.kind == "number":
            self.next()
            return self.scripts(Number(token.span, token.value), start)
        if token.kind == "word":
            return self.word(start)
        if token.kind == "command":
            return self.command(start)
        if token.kind == "text":
            raise ReadError(f"the words {token.value!r} are not read", token.span)
        if self.at("{"):
            return self.group(start)
        if self.at("(", "["):
            return self.bracketed(start)
        if self.at(r"\{") and self.peek(1).value == "begin array":
            # Cases, written by hand.
            self.place += 2
            return self.cases(start, "array")
        if self.at(r"\{"):
            self.next()
            node = self.sum()
            self.expect(r"\}")
            return self.scripts(node, start)
        if self.at("||", "|"):
            return self.norm(start)
        if self.at("+", "-"):
            raise ReadError("two operators stand side by side", token.span)
        if self.at("^", "_"):
            raise ReadError("a script without anything to carry it", token.span)
        raise ReadError(f"{token.value!r} is not read here", token.span)

    def group(self, start: int) -> Node:
        """Read {..}: what is inside, and then scripts for the whole of it."""
        self.next()
        if self.at("}"):
            self.next()
            raise ReadError("an empty group {} is not read here", self.span_from(start))
        inner = self.place
        # {g^{[l]}}' and {W}^{[l]}: the scripts go on with those inside.
        bare = self._bare_symbol()
        if bare is not None:
            name, scripts = bare
            if name in self.functions or self.at("^", "_", "'"):
                self.scripts_into(scripts)
                return self.named(name, scripts, start)
            self.place = inner
        else:
            self.place = inner
        node = self.sum()
        if self.at("over"):
            # {a \over b}, as TeX has it.
            self.next()
            node = Quotient(self.span_from(inner), node, self.sum())
        self.expect("}")
        return self.scripts(node, start)

    def _bare_symbol(self) -> "tuple[str, Scripts] | None":
        token = self.peek()
        name = _name(token)
        if name is None:
            return None
        self.next()
        scripts = Scripts()
        self.scripts_into(scripts)
        if not self.at("}"):
            return None
        self.next()
        return name, scripts

    def bracketed(self, start: int) -> Node:
        """Read (..) or [..]: an expression, a condition, a shape, or a row."""
        opening = self.next()
        closing = PARTNER[opening.value]
        items: list[Node] = []
        if self.at(closing):
            raise ReadError("empty brackets", self.span_from(start))
        items.append(self.item())
        commas = 0
        while not self.at(closing):
            if self.at(","):
                self.next()
                commas += 1
                items.append(self.item())
            elif opening.value == "[" and (
                self.begins_factor() or self.at("|", "dots")
            ):
                items.append(self.item())
            else:
                self.expect(closing)
        self.next()
        span = self.span_from(start)
        if opening.value == "[" and not commas:
            # With dots in it, a row of items with nothing but spaces between them.
            split = (x.factors if isinstance(x, Product) else (x,) for x in items)
            factors = [factor for group in split for factor in group]
            if any(isinstance(x, Dots) for x in factors):
                items = factors
        if len(items) == 1:
            return self.scripts(items[0], start)
        if opening.value == "[" or any(isinstance(item, Dots) for item in items):
            return self.scripts(Matrix(span, (tuple(items),), commas > 0), start)
        return self.scripts(Shape(span, tuple(items)), start)

    def item(self) -> Node:
        """Read an item of a list, or a condition."""
        start = self.place
        if self.at("dots"):
            token = self.next()
            return Dots(token.span)
        node = self.sum()
        if self.at("<", ">", "le", "ge", "=", "ne"):
            relation = self.next().value
            right = self.sum()
            return Compare(self.span_from(start), relation, node, right)
        return node

    def condition(self) -> Compare:
        start = self.place
        node = self.sum()
        if not self.at(*CONDITIONS):
            raise ReadError("a condition such as z > 0 is expected", self.peek().span)
        relation = self.next().value
        right = self.sum()
        if self.at(*CONDITIONS):
            raise ReadError(
                "a condition with two relations is not read", self.peek().span
            )
        return Compare(self.span_from(start), relation, node, right)

    def norm(self, start: int) -> Node:
        opening = self.next().value
        double = opening == "||"
        if not double and self.at("|"):
            self.next()
            double = True
        if not double:
            raise ReadError("bars |..| are not read", self.span_from(start))
        self.bars += 1
        node = self.sum()
        self.bars -= 1
        if self.at("|") and self.peek(1).value == "|":
            self.place += 2
        else:
            self.expect("||")
        if self.at("_"):
            self.next()
            kind = self.small()
            if not (isinstance(kind, Number) and kind.text == "2") and not (
                isinstance(kind, Symbol) and kind.name == "F"
            ):
                raise ReadError("this norm is not read", kind.span)
        return self.scripts(Norm(self.span_from(start), node), start)

    def small(self) -> Node:
        r"""Read one thing behind ^ or _ or a \frac: a group, or a single token."""
        if self.at("{"):
            self.next()
            node = self.sum()
            self.expect("}")
            return node
        token = self.next()
        if token.kind == "number":
            if len(token.value) > 1:
                # \frac12 is 1/2: TeX takes one digit, and leaves the rest.
                self._give_back(token)
            start = token.span[0]
            return Number((start, start + 1), token.value[0])
        name = _name(token)
        if name is None:
            raise ReadError(f"{token.value!r} is not read here", token.span)
        return Symbol(token.span, name)

    def _give_back(self, token: Token) -> None:
        """Leave all of a number but its first digit to be read."""
        if "." in token.value:
            raise ReadError("write braces around this number", token.span)
        start, stop = token.span
        rest = Token("number", token.value[1:], (start + 1, stop))
        self.place -= 1
        self.tokens = [
            *self.tokens[: self.place],
            rest,
            *self.tokens[self.place + 1 :],
        ]

    # Words and commands

    def word(self, start: int) -> Node:
        token = self.next()
        name = token.value
        if name == "np":
            return self.numpy(start)
        if name in ("sum", "dot", "multiply", "mean") and self.at("("):
            return self.numpy_call(name, start)
        if name == "e" and self.at("^"):
            self.next()
            return Call(self.span_from(start), "exp", (self.small(),))
        if name in ("max", "min"):
            return self.extremum(name, start)
        if name == "d" and self._is_differential(self.place):
            return self.slashed(start)
        if name in DIFFERENTIAL_NAMES and self._slash_follows():
            self.place = start
            return self.slashed(start)
        if name in ("sum", "dot", "multiply", "mean", "axis", "keepdims", "True"):
            raise ReadError(f"{name!r} is not read here", token.span)
        if name in ("if", "for", "where", "and", "otherwise"):
            raise ReadError(f"{name!r} is not read here", token.span)
        scripts = Scripts()
        digits = self.peek()
        if (
            name in NUMBERED
            and digits.kind == "number"
            and digits.span[0] == token.span[1]
        ):
            # W1, dZ2: as the code spells them.
            self.next()
            scripts.subscript([Number(digits.span, digits.value)], digits.span)
        self.scripts_into(scripts)
        return self.named(name, scripts, start)

    def command(self, start: int) -> Node:
        token = self.next()
        name = token.value
        reader: dict[str, Callable[[int], Node]] = {
            "frac": self.fraction,
            "sum": self.big_sum,
            "prod": self.big_product,
            "partial": self.partial,
            "nabla": self.gradient,
            "hat": self.hat,
            "sqrt": self.root,
            "reals": self.space,
            "dots": self.dots,
        }
        if name in reader:
            return reader[name](start)
        if name in ("max", "min"):
            return self.extremum(name, start)
        if name in ("log", "exp", "tanh", "sigma", "L") or name in GREEK:
            scripts = Scripts()
            self.scripts_into(scripts)
            return self.named(name, scripts, start)
        if name in ("underbrace", "overbrace"):
            self.expect("{")
            node = self.sum()
            self.expect("}")
            if self.at("_", "^"):
                raise ReadError("what is said at a brace is not read", token.span)
            return self.scripts(node, start)
        if name.startswith("begin "):
            return self.environment(name.partition(" ")[2], start)
        raise ReadError(f"\\{name} is not read", token.span)

    def dots(self, start: int) -> Node:
        return Dots(self.span_from(start))

    def named(self, name: str, scripts: "Scripts", start: int) -> Node:
        """Make a symbol, or a call if a function is followed by its argument."""
        if name in self.functions and not self._is_variable(name, scripts):
            if self.at("("):
                return self.call(name, scripts, start)
            if name in PREFIX:
                return self.prefix(name, scripts, start)
            if self.at("[") and name in ("Loss", "J"):
                return self.call(name, scripts, start)
        if scripts.primes:
            raise ReadError(
                f"{name} carries a prime, but is no function with an argument",
                self.span_from(start),
            )
        node = scripts.applied(name, self.span_from(start))
        before = self.tokens[self.place - 1]
        if name in NUMBERED and self.at("[") and self.peek().span[0] == before.span[1]:
            # b[1], as code has it.
            raise ReadError("a layer is written as ^{[l]}", self.peek().span)
        return self.scripts(node, start) if self.at(".") else node

    def _is_variable(self, name: str, scripts: "Scripts") -> bool:
        # L (..) with scripts such as L^{(i)} is the loss of an example.
        return name in ("J", "Loss", "L") and scripts.example is not None

    def call(self, name: str, scripts: "Scripts", start: int) -> Node:
        if name == "L":
            name = "Loss"
        opening = self.next()
        closing = PARTNER[opening.value]
        self.bars += 1
        arguments = [self.item()]
        while self.at(",", ";", "|"):
            self.next()
            arguments.append(self.item())
        self.bars -= 1
        self.expect(closing)
        if scripts.power is not None and isinstance(scripts.power, Negative):
            raise ReadError("an inverse function is not read", self.span_from(start))
        for argument in arguments:
            if any(isinstance(x, Compare) for x in walk(argument)):
                raise ReadError("a condition inside of brackets", argument.span)
        if name == "J":
            # J(w, b) is J: the arguments say what it depends on.
            for argument in arguments:
                if not isinstance(argument, Symbol | Dots):
                    raise ReadError("J of a changed argument", argument.span)
            node: Node = scripts.applied("J", self.span_from(start))
            return self.scripts(node, start)
        if scripts.units and name not in ("Loss",):
            raise ReadError(
                f"a subscript of the function {name} is not read", self.span_from(start)
            )
        node = Call(
            self.span_from(start),
            name,
            tuple(arguments),
            scripts.layer,
            scripts.primes,
        )
        if scripts.transposed or scripts.example:
            raise ReadError(
                f"scripts of {name} stand before its argument", self.span_from(start)
            )
        if scripts.power is not None:
            node = Power(self.span_from(start), node, scripts.power)
        return self.scripts(node, start)

    def prefix(self, name: str, scripts: "Scripts", start: int) -> Node:
        """Read log y: it takes one factor."""
        if not self.begins_factor():
            raise ReadError(f"{name} of what?", self.span_from(start))
        if scripts.units or scripts.suffix or scripts.example or scripts.transposed:
            raise ReadError(f"{name} with this script", self.span_from(start))
        if isinstance(scripts.power, Negative):
            raise ReadError("an inverse function is not read", self.span_from(start))
        argument = self.factor()
        if isinstance(argument, Number) and self.begins_factor():
            raise ReadError(f"{name} of what? Write brackets", argument.span)
        node: Node = Call(
            self.span_from(start), name, (argument,), scripts.layer, scripts.primes
        )
        if scripts.power is not None:
            node = Power(self.span_from(start), node, scripts.power)
        return node

    def extremum(self, name: str, start: int) -> Node:
        if self.at("_"):
            self.next()
            index = self.small()
            if not isinstance(index, Symbol) or index.name not in INDICES:
                raise ReadError("an index is expected here", index.span)
            body = self.product()
            kind = "max" if name == "max" else "min"
            return Big(self.span_from(start), kind, index.name, None, None, body)  # type: ignore[arg-type]
        if not self.at("(", r"\{"):
            raise ReadError(f"{name} of what?", self.span_from(start))
        opening = self.next().value
        arguments = [self.sum()]
        while self.at(","):
            self.next()
            arguments.append(self.sum())
        self.expect(PARTNER[opening])
        node = Call(self.span_from(start), name, tuple(arguments))
        return self.scripts(node, start)

    def fraction(self, start: int) -> Node:
        top_start = self.place
        if self._is_differential_group(top_start):
            after = self._after_group(top_start)
            if self._is_differential_group(after):
                return self.derivative(start)
        top = self.small()
        bottom = self.small()
        return self.scripts(Quotient(self.span_from(start), top, bottom), start)

    def _after_group(self, place: int) -> int:
        """Return the place behind the group, or the token, at a place."""
        if place >= len(self.tokens) or self.tokens[place].value != "{":
            return place + 1
        depth = 0
        while place < len(self.tokens):
            depth += self.tokens[place].value == "{"
            depth -= self.tokens[place].value == "}"
            place += 1
            if depth == 0:
                return place
        return place

    def _is_differential_group(self, place: int) -> bool:
        while place < len(self.tokens) and self.tokens[place].value == "{":
            place += 1
        return self._is_differential(place - 1, first=True)

    def _is_differential(self, place: int, first: bool = False) -> bool:
        """Tell whether a differential stands at a place, or d before it."""
        if not first:
            # d was read: a name follows, and then a slash.
            token = self.tokens[place] if place < len(self.tokens) else self.end
            return _name(token) is not None and self._slash_follows(1)
        token = self.tokens[place + 1] if place + 1 < len(self.tokens) else self.end
        if token.kind == "command" and token.value in ("partial", "nabla"):
            return token.value == "partial"
        return token.kind == "word" and (
            token.value == "d" or token.value in DIFFERENTIAL_NAMES
        )

    def _slash_follows(self, skip: int = 0) -> bool:
        """Tell whether / d.. follows what stands here, over its scripts."""
        place = self.place + skip
        while place < len(self.tokens):
            token = self.tokens[place]
            if token.value in ("^", "_"):
                place = self._after_group(place + 1)
            elif token.value == "'":
                place += 1
            elif token.value == "(" and skip:
                depth = 0
                while place < len(self.tokens):
                    depth += self.tokens[place].value == "("
                    depth -= self.tokens[place].value == ")"
                    place += 1
                    if depth == 0:
                        break
            else:
                break
        if place >= len(self.tokens) or self.tokens[place].value != "/":
            return False
        return self._is_differential(place, first=True)

    def slashed(self, start: int) -> Node:
        r"""Read dJ/dw and \partial J / \partial w."""
        of = self.differential(start)
        self.expect("/")
        by_start = self.place
        by = self.differential(by_start)
        return Derivative(self.span_from(start), of, by)

    def partial(self, start: int) -> Node:
        r"""Read a \partial outside of a \frac: with / after it."""
        self.place = start
        return self.slashed(start)

    def differential(self, start: int) -> Node:
        r"""Read \partial J or dJ or dw: what it is the differential of."""
        self.place = start
        token = self.next()
        if token.value in DIFFERENTIAL_NAMES:
            scripts = Scripts()
            self.scripts_into(scripts)
            return loss(scripts.applied(token.value[1:], self.span_from(start)))
        if token.value not in ("d", "partial"):
            raise ReadError("a differential is expected here", token.span)
        if self.at("^"):
            raise ReadError("a second derivative is not read", self.peek().span)
        return loss(self.factor())

    def derivative(self, start: int) -> Node:
        r"""Read \frac{\partial J}{\partial w}."""
        of = self.half(operator=True)
        by = self.half(operator=False)
        assert by is not None
        span = self.span_from(start)
        if of is None:
            return Operator(span, by)
        return self.scripts(Derivative(span, of, by), start)

    def half(self, operator: bool) -> Node | None:
        """Read the numerator or the denominator of a derivative."""
        opened = 0
        while self.at("{"):
            self.next()
            opened += 1
        start = self.place
        token = self.next()
        node: Node | None
        if token.value in DIFFERENTIAL_NAMES:
            self.place = start
            node = self.differential(start)
        else:
            if self.at("^"):
                raise ReadError("a second derivative is not read", self.peek().span)
            if (opened and self.at("}")) or not opened:
                if not operator:
                    raise ReadError("a derivative by what?", token.span)
                node = None
            else:
                node = loss(self.product() if operator else self.factor())
        while opened:
            if not self.at("}"):
                raise ReadError(
                    "a derivative is taken by one symbol"
                    if not operator
                    else "this numerator of a derivative is not read",
                    self.peek().span,
                )
            self.next()
            opened -= 1
        return node

    def gradient(self, start: int) -> Node:
        raise ReadError("a gradient with \\nabla is not read", self.span_from(start))

    def hat(self, start: int) -> Node:
        closing = self.at("{")
        if closing:
            self.next()
        token = self.next()
        name = _name(token)
        if name is None:
            raise ReadError("a hat on what is no symbol is not read", token.span)
        scripts = Scripts()
        if closing:
            self.scripts_into(scripts)
            self.expect("}")
        self.scripts_into(scripts)
        return scripts.applied(f"{name}hat", self.span_from(start))

    def root(self, start: int) -> Node:
        if self.at("["):
            raise ReadError("only square roots are read", self.peek().span)
        argument = self.small()
        node = Call(self.span_from(start), "sqrt", (argument,))
        return self.scripts(node, start)

    def space(self, start: int) -> Node:
        r"""Read \mathbb{R}^{a \times b}."""
        if not self.at("^"):
            return Shape(self.span_from(start), (), True)
        self.next()
        self.expect("{") if self.at("{") else None
        sizes = [self.size()]
        while self.at("times", ","):
            self.next()
            sizes.append(self.size())
        if self.at("}"):
            self.next()
        return Shape(self.span_from(start), tuple(sizes), True)

    def size(self) -> Node:
        start = self.place
        bracketed = self.at("(")
        if bracketed:
            self.next()
        node = self.factor()
        while self.at("+", "-"):
            minus = self.next().value == "-"
            node = Add(self.span_from(start), node, self.factor(), minus)
        if bracketed and self.at(")"):
            self.next()
        return node

    def big_sum(self, start: int) -> Node:
        return self.big("sum", start)

    def big_product(self, start: int) -> Node:
        return self.big("prod", start)

    def big(self, kind: str, start: int) -> Node:
        index, low, high = "", None, None
        while self.at("_", "^"):
            lower = self.next().value == "_"
            if lower:
                index, low = self.lower_limit()
            else:
                high = self.small()
        if not index and (high is not None or kind != "sum"):
            raise ReadError("an index is expected here", self.span_from(start))
        body = self.elementwise()
        if not index and any(_is_of_example_i(x) for x in walk(body)):
            index = "i"
        return Big(self.span_from(start), kind, index, low, high, body)  # type: ignore[arg-type]

    def lower_limit(self) -> tuple[str, Node | None]:
        opened = self.at("{")
        if opened:
            self.next()
        token = self.next()
        if token.kind != "word" or token.value not in INDICES | {"c"}:
            raise ReadError("an index is expected here", token.span)
        low = None
        if opened:
            if self.at("="):
                self.next()
                low = self.sum()
            elif self.at("in"):
                raise ReadError("a sum over a set is not read", self.peek().span)
            self.expect("}")
        return token.value, low

    def environment(self, name: str, start: int) -> Node:
        if name == "cases":
            return self.cases(start)
        if name not in MATRICES:
            raise ReadError(
                f"the environment {name!r} is not read", self.span_from(start)
            )
        rows: list[tuple[Node, ...]] = []
        row: list[Node] = []
        while not self.at(f"end {name}"):
            if self.done():
                raise ReadError(f"\\end{{{name}}} is missing", self.end.span)
            if self.peek().kind == "row":
                self.next()
                if row:
                    rows.append(tuple(row))
                row = []
                continue
            row += self.cells(name)
        self.next()
        if row:
            rows.append(tuple(row))
        if not rows or len({len(r) for r in rows}) != 1:
            raise ReadError(
                "the rows of the matrix differ in length", self.span_from(start)
            )
        return self.scripts(Matrix(self.span_from(start), tuple(rows)), start)

    def cells(self, name: str) -> list[Node]:
        """Read the cells of a row: they end at &."""
        cells = []
        while True:
            if self.done():
                raise ReadError(f"\\end{{{name}}} is missing", self.end.span)
            if self.at("&", f"end {name}") or self.peek().kind == "row":
                raise ReadError("an empty cell", self.peek().span)
            cells.append(self.item())
            if self.at(f"end {name}") or self.peek().kind == "row":
                return cells
            self.expect("&")

    def cases(self, start: int, name: str = "cases") -> Node:
        rows: list[tuple[Node, Compare | None]] = []
        while not self.at(f"end {name}"):
            if self.done():
                raise ReadError(f"\\end{{{name}}} is missing", self.end.span)
            if self.peek().kind == "row":
                self.next()
                continue
            value = self.sum()
            condition = None
            while self.at(",", "&", ".", ";"):
                self.next()
            token = self.peek()
            if token.value in ("otherwise", "else"):
                self.next()
            elif token.value in ("if", "for", "when"):
                self.next()
                condition = self.condition()
            elif not self.done() and token.kind != "row" and not self.at(f"end {name}"):
                condition = self.condition()
            while self.at(",", ".", ";"):
                self.next()
            rows.append((value, condition))
        self.next()
        if not rows:
            raise ReadError("cases without a case", self.span_from(start))
        return self.scripts(Cases(self.span_from(start), tuple(rows)), start)

    # NumPy inside of a formula

    def numpy(self, start: int) -> Node:
        self.expect(".")
        token = self.next()
        if token.value not in NUMPY:
            raise ReadError(f"np.{token.value} is not read", token.span)
        return self.numpy_call(token.value, start)

    def numpy_call(self, name: str, start: int) -> Node:
        self.expect("(")
        arguments = [self.sum()]
        options: list[tuple[str, str]] = []
        while self.at(","):
            self.next()
            if self.at_word("axis", "keepdims"):
                option = self.next().value
                self.expect("=")
                options.append((option, self.next().value))
            else:
                arguments.append(self.sum())
        self.expect(")")
        span = self.span_from(start)
        counts = {"dot": 2, "multiply": 2, "divide": 2, "power": 2}
        if len(arguments) != counts.get(name, 1) or (options and name in counts):
            raise ReadError(f"np.{name} with these arguments", span)
        if name == "dot":
            return self.scripts(Product(span, tuple(arguments)), start)
        if name == "multiply":
            return self.scripts(Elementwise(span, *arguments), start)
        if name == "divide":
            return self.scripts(Quotient(span, *arguments), start)
        if name == "power":
            return self.scripts(Power(span, *arguments), start)
        if name == "square":
            return self.scripts(Power(span, arguments[0], Number(span, "2")), start)
        if name == "sum":
            node = Call(span, "np.sum", tuple(arguments), options=tuple(options))
            return self.scripts(node, start)
        if options or name in ("max", "min", "mean"):
            raise ReadError(f"np.{name} is not read", span)
        return self.scripts(Call(span, name, tuple(arguments)), start)

    # Scripts

    def scripts(self, node: Node, start: int) -> Node:
        """Read what scripts follow an expression, and apply them."""
        if self.at(".") and self.peek(1).value == "shape":
            self.place += 2
            return ShapeOf(self.span_from(start), node)
        if self.at(".") and self.peek(1).value == "T":
            self.place += 2
            if isinstance(node, Transpose):
                raise ReadError("a second transpose", self.span_from(start))
            return self.scripts(Transpose(self.span_from(start), node), start)
        if not self.at("^", "_", "'"):
            return node
        scripts = Scripts()
        self.scripts_into(scripts)
        if scripts.primes or scripts.layer is not None:
            raise ReadError("this script is not read here", self.span_from(start))
        span = self.span_from(start)
        if isinstance(node, Number) and (scripts.example or scripts.units):
            raise ReadError("a number with this script is not read", span)
        if scripts.example is not None or scripts.units:
            node = Part(span, node, scripts.example, scripts.units)
        return scripts.finish(node, span)

    def scripts_into(self, scripts: "Scripts") -> None:
        while self.at("^", "_", "'"):
            token = self.next()
            if token.value == "'":
                scripts.primes += 1
            elif token.value == "^":
                self.superscript(scripts)
            else:
                self.subscript(scripts)

    def superscript(self, scripts: "Scripts") -> None:
        if not self.at("{"):
            token = self.peek()
            if self.at("[", "("):
                self.superscript_item(scripts)
            elif (
                token.kind == "number"
                and len(token.value) > 1
                and "." not in token.value
            ):
                # ^10 is ^1 and then 0, for LaTeX.
                raise ReadError("write ^{..} around more than one digit", token.span)
            else:
                self.superscript_item(scripts)
            return
        opening = self.next()
        if self.at("}"):
            raise ReadError("an empty superscript", opening.span)
        while not self.at("}"):
            if self.done():
                raise ReadError("} is missing", opening.span)
            self.superscript_item(scripts)
        self.next()

    def superscript_item(self, scripts: "Scripts") -> None:
        token = self.peek()
        if self.at("["):
            self.next()
            scripts.set("layer", self.sum(), token.span)
            self.expect("]")
        elif self.at("(") and self._is_index_group():
            self.next()
            scripts.set("example", self.sum(), token.span)
            self.expect(")")
        elif self.at("{") and self._is_wrapped():
            self.next()
            while not self.at("}"):
                self.superscript_item(scripts)
            self.next()
        elif self.at("'"):
            self.next()
            scripts.primes += 1
        elif self.at("^"):
            # W^{[l+1]^T}
            self.next()
            if self.at("^"):
                raise ReadError("two ^ in a row", token.span)
            if self.at("{"):
                self.superscript(scripts)
            else:
                self.superscript_item(scripts)
        elif self.at(",", ".", "cdot") and not self.at("cdot"):
            self.next()
        elif (token.kind == "word" and token.value == "T") or self.at("top"):
            self.next()
            if scripts.transposed:
                raise ReadError("a second transpose", token.span)
            scripts.transposed = True
        elif self.at(r"\{"):
            raise ReadError("a mini-batch {t} is not read", token.span)
        elif self.at("*", "odot", "dagger", "star"):
            raise ReadError(f"the superscript {token.value} is not read", token.span)
        elif self.at("+", "-") and (
            scripts.layer is not None or scripts.example or scripts.transposed
        ):
            raise ReadError("a sign behind another script", token.span)
        else:
            start = self.place
            node = self.exponent()
            if scripts.power is not None:
                raise ReadError("a second power", self.span_from(start))
            scripts.power = node

    def _is_wrapped(self) -> bool:
        return self.peek(1).value in ("[", "(", "'") or self.peek(1).value == "T"

    def exponent(self) -> Node:
        """Read a power: it ends where another kind of script begins."""
        if self.at("{"):
            return self.small()
        token = self.peek()
        if token.kind == "number" and self.peek(1).value in ("}", "T", "^", "'", "top"):
            self.next()
            return Number(token.span, token.value)
        if self.tokens[self.place - 1].value == "^":
            return self.small()
        return self.sum()

    def _is_index_group(self) -> bool:
        """Tell whether (..) holds an index, such as (i) or (2)."""
        place, names = 1, 0
        while True:
            token = self.peek(place)
            if token.value == ")":
                return names > 0
            if token.kind == "number" or (
                token.kind == "word" and token.value in INDICES | {"m", "n"}
            ):
                names += 1
            elif token.value not in ("+", "-"):
                return False
            place += 1

    def subscript(self, scripts: "Scripts") -> None:
        opened = self.at("{")
        start = self.place
        if not opened:
            token = self.next()
            if token.kind == "number" and len(token.value) > 1:
                raise ReadError("write _{..} around more than one digit", token.span)
            scripts.subscript([self._subscript_of(token)], token.span)
            return
        self.next()
        items: list[Node | str] = []
        while not self.at("}"):
            if self.done():
                raise ReadError("} is missing", self.end.span)
            token = self.peek()
            if self.at(",", ";"):
                self.next()
            elif self.at("("):
                self.next()
                scripts.set("example", self.sum(), token.span)
                self.expect(")")
            elif self.at("["):
                raise ReadError("a layer stands as a superscript: ^{[l]}", token.span)
            elif token.kind == "text":
                self.next()
                items.append(token.value)
            elif token.kind == "word" and self.peek(1).value in ("+", "-"):
                items.append(self.sum())
            elif (
                token.kind == "word"
                and token.value == "n"
                and self.peek(1).value in ("^", "_")
            ):
                items.append(self.factor())
            else:
                self.next()
                items.append(self._subscript_of(token))
                if self.at("="):
                    raise ReadError("this subscript is not read", self.peek().span)
        self.next()
        scripts.subscript(items, self.span_from(start))

    def _subscript_of(self, token: Token) -> Node | str:
        if token.kind == "number":
            return Number(token.span, token.value)
        if token.kind == "text":
            return token.value
        if token.kind == "word" and (
            token.value in INDICES or token.value in ("m", "n", "L", "C", "K", "c")
        ):
            return Symbol(token.span, token.value)
        if token.kind == "word":
            return token.value
        if token.kind == "command" and token.value in GREEK:
            return token.value
        raise ReadError(f"the subscript {token.value!r} is not read", token.span)


def _without_empty_groups(tokens: list[Token]) -> list[Token]:
    """Leave out {}: it sets the spacing of a sign, and says nothing."""
    kept: list[Token] = []
    for token in tokens:
        before = kept[-1].value if kept else ""
        carried = len(kept) > 1 and kept[-2].value in ("^", "_")
        if (
            token.kind == "mark"
            and token.value == "}"
            and before == "{"
            and not carried
        ):
            kept.pop()
        else:
            kept.append(token)
    return kept


class Scripts:
    """What stands above and below a name, collected in any order."""

    def __init__(self) -> None:
        """Begin with none."""
        self.layer: Node | None = None
        self.example: Node | None = None
        self.units: tuple[Node, ...] = ()
        self.suffix = ""
        self.primes = 0
        self.transposed = False
        self.power: Node | None = None

    def set(self, kind: str, node: Node, span: Span) -> None:
        if getattr(self, kind) is not None:
            raise ReadError(f"a second {kind}", span)
        setattr(self, kind, node)

    def subscript(self, items: "list[Node | str]", span: Span) -> None:
        words = [item for item in items if isinstance(item, str)]
        nodes = tuple(item for item in items if not isinstance(item, str))
        if (words and nodes) or self.units or self.suffix or not items:
            raise ReadError("this subscript is not read", span)
        if words:
            self.suffix = "_" + SUFFIXES.get("".join(words), "".join(words))
        self.units = nodes

    def applied(self, name: str, span: Span) -> Node:
        """Return the symbol with these scripts."""
        name += self.suffix
        if name == "n" and isinstance(self.power, Symbol) and self.power.name == "x":
            return Symbol(span, "n_x")
        if name == "delta" and self.layer is not None:
            name = "dz"  # what other notes call the error of a layer
        if name == "eta":
            name = "alpha"  # and the learning rate
        node: Node = Symbol(span, name, self.layer, self.example, self.units)
        if name == "L" and self.example is not None:
            node = Symbol(span, "Loss", self.layer, self.example, self.units)
        if name in ("J", "Loss", "L") and self.layer is None and self.example is None:
            # The cost of example i is its loss.
            (unit,) = self.units if len(self.units) == 1 else (None,)
            if isinstance(unit, Symbol) and unit.name == "i":
                node = Symbol(span, "Loss", example=unit)
        return self.finish(node, span)

    def finish(self, node: Node, span: Span) -> Node:
        if self.transposed and len(self.units) > 1:
            raise ReadError("an entry of a transpose: write w_{kj} for it", span)
        if self.transposed:
            node = Transpose(span, node)
        if self.power is not None:
            node = Power(span, node, self.power)
        return node


def _is_of_example_i(node: Node) -> bool:
    """Tell whether something carries an (i)."""
    example = node.example if isinstance(node, Symbol | Part) else None
    return isinstance(example, Symbol) and example.name == "i"


@dataclass(frozen=True, slots=True)
class Operator(Node):
    """A derivative that is still to be applied to what follows it."""

    by: Node


def _apply_operators(factors: list[Node]) -> list[Node]:
    """Apply each derivative without numerator to the factor that follows it."""
    places = [k for k, x in enumerate(factors) if isinstance(x, Operator)]
    if not places:
        return factors
    operator = factors[places[0]]
    assert isinstance(operator, Operator)
    if len(places) > 1:
        raise ReadError("a second derivative is not read", operator.span)
    rest = factors[places[0] + 1 :]
    if not rest:
        raise ReadError("a derivative of what?", operator.span)
    if len(rest) > 1:
        raise ReadError("write brackets around what is derived", operator.span)
    span = (operator.span[0], rest[0].span[1])
    return [
        *factors[: places[0]],
        Derivative(span, loss(rest[0]), operator.by),
    ]


NUMPY = frozenset({"sum", "dot", "multiply", "divide", "power", "square", "log", "exp"})
NUMPY |= {"tanh", "max", "min", "sqrt"}
NUMBERED = frozenset({"W", "b", "Z", "A", "w", "z", "a", "x"})
NUMBERED |= {f"d{name}" for name in NUMBERED}
DIFFERENTIAL_NAMES = {
    "dW",
    "dw",
    "dB",
    "db",
    "dZ",
    "dz",
    "dA",
    "da",
    "dX",
    "dx",
    "dtheta",
}


def _name(token: Token) -> str | None:
    """Return the name of a symbol that is a single token."""
    if token.kind == "word" and token.value not in ("if", "for", "where", "and"):
        return token.value
    if token.kind == "command" and (token.value in GREEK or token.value == "sigma"):
        return token.value
    return None
