r"""How LaTeX is read: the forms that people write, the places of errors, and limits."""

import time

import pytest

from nnref.equations import check
from nnref.equations.reader import read
from nnref.equations.tokens import ReadError
from nnref.equations.tree import (
    Add,
    Big,
    Call,
    Cases,
    Derivative,
    Elementwise,
    Matrix,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Shape,
    Statement,
    Symbol,
    Transpose,
    walk,
)


def side(latex: str) -> Node:
    """The left side of a formula, which is what is looked at."""
    (statement,) = read(f"{latex} = 1")
    return statement.sides[0]


def statement(latex: str) -> Statement:
    (only,) = read(latex)
    return only


SAME = [
    # The first is the plain form, the others say the same.
    (
        r"W^{[l]T}",
        r"W^{T[l]}",
        r"W^{[l]\top}",
        r"W^{[l]^T}",
        r"(W^{[l]})^T",
        r"{W^{[l]}}^T",
        r"{W^{[l]}}^{T}",
        r"W^{[l]\mathsf{T}}",
        r"W^{[l]\mathsf T}",
        r"W^{[l]}{}^T",
        r"W^{\left[l\right]T}",
        r"W^{[l]\intercal}",
        r"W^{[ l ] T}",
        r"\left(W^{[l]}\right)^{\top}",
        r"\bigl(W^{[l]}\bigr)^T",
        r"W^{[l]⊤}",
        r"\mathbf{W}^{[l]T}",
        r"W^{\lbrack l \rbrack T}",
    ),
    (r"W^{[l]}", r"W^\left[l\right]", r"{W}^{[l]}", r"W ^ {[ l ]}"),
    (
        r"a_j^{[l](i)}",
        r"a^{[l](i)}_j",
        r"a^{(i)[l]}_{j}",
        r"a_{j}^{[l] (i)}",
        r"a_j^{[l]\,(i)}",
        r"a\_j^{[l](i)}",
        r"{a_j^{[l](i)}}",
    ),
    (r"(a^{[1](i)})^2", r"a^{[1](i)2}", r"{a^{[1](i)}}^2", r"a^{[1] (i) 2}"),
    (
        r"g^{[l]\prime}(z)",
        r"g'^{[l]}(z)",
        r"{g^{[l]}}'(z)",
        r"g^{[l]'}(z)",
        r"g^{\prime[l]}(z)",
        r"g\rq^{[l]}(z)",
        r"g^{[l]}{}'(z)",
        r"{g^{[l]}}^{'}(z)",
        r"g'^{[l]}\left(z\right)",
        r"g^{[l]′}(z)",
    ),
    (r"\hat{y}^{(i)}", r"\hat y^{(i)}", r"ŷ^{(i)}", r"\hat{y}^{( i )}"),
    (
        r"\sigma(z)",
        r"σ(z)",
        r"sigmoid(z)",
        r"\text{sigmoid}(z)",
        r"\mathrm{sigmoid}(z)",
        r"\operatorname{sigmoid}(z)",
    ),
    (r"\max(0, z)", r"max(0, z)", r"\max(0,z)", r"\max\left(0, z\right)"),
    (
        r"\text{ReLU}(z)",
        r"ReLU(z)",
        r"RELU(z)",
        r"relu(z)",
        r"\operatorname{ReLU}(z)",
    ),
    (r"A \odot Z", r"A * Z", r"A \circ Z", r"A \* Z", r"A ⊙ Z", r"A \ast Z"),
    (r"W A", r"W \cdot A", r"W \, A", r"W\times A", r"np.dot(W, A)", r"WA"),
    (
        r"\frac{a}{b}",
        r"\dfrac{a}{b}",
        r"\tfrac ab",
        r"\frac ab",
        r"a/b",
    ),
    (r"w_{jk}^{[l]}", r"w^{[l]}_{jk}", r"w_{j,k}^{[l]}", r"w_{j k}^{[l]}"),
    (
        r"\frac{\partial \mathcal{J}}{\partial w}",
        r"\frac{\partial J}{\partial w}",
        r"\frac{dJ}{dw}",
        r"\dfrac{d J}{d w}",
        r"\frac{\partial\mathcal J}{\partial{w}}",
        r"\frac{∂J}{∂w}",
        r"\frac{\mathrm{d} J}{\mathrm{d} w}",
        r"\frac{\partial}{\partial w} J",
    ),
    (
        r"\sum_{i=1}^{m} a^{(i)}",
        r"\sum\limits_{i=1}^m a^{(i)}",
        r"\sum^m_{i=1} a^{(i)}",
        r"\sum_{i = 1}^{m} {a^{(i)}}",
        r"∑_{i=1}^{m} a^{(i)}",
    ),
    (r"\alpha", r"α"),
    (r"\log y", r"\log(y)", r"\ln y", r"log(y)", r"\log{y}", r"\log\left(y\right)"),
    (r"e^{-z}", r"\exp(-z)", r"exp(-z)", r"\exp\left(-z\right)", r"\mathrm{e}^{-z}"),
    (r"dW^{[1]}", r"\mathrm{d}W^{[1]}", r"d W^{[1]}"),
]


@pytest.mark.parametrize("forms", SAME, ids=lambda forms: forms[0])
def test_these_say_the_same(forms):
    plain = side(forms[0])
    for form in forms[1:]:
        assert side(form) == plain, form


def test_scripts_are_applied_in_the_right_order():
    found = side("a_j^{[l](i)2}")
    assert isinstance(found, Power)
    assert found.base == side("a_j^{[l](i)}")
    assert found.exponent == Number((0, 0), "2")
    symbol = found.base
    assert isinstance(symbol, Symbol)
    assert symbol.layer == side("l")
    assert symbol.example == side("i")
    assert symbol.units == (side("j"),)


@pytest.mark.parametrize(
    ("latex", "kind"),
    [
        ("a(1 - a)", Product),
        ("g(1 - a)", Call),
        ("-a^2", Negative),
        ("2a", Product),
        ("a b + c", Add),
        (r"W A * Z", Elementwise),
        (r"a / b c", Product),
        (r"\|w\|", Norm),
        (r"\begin{bmatrix} a & b \\ z & w \end{bmatrix}", Matrix),
        (r"\begin{cases} 1 & z > 0 \\ 0 & \text{otherwise} \end{cases}", Cases),
        (r"\frac{\partial a}{\partial z}", Derivative),
        (r"\frac{a}{z}", Quotient),
        (r"\prod_{i=1}^{m} a^{(i)}", Big),
        (r"(a)^T", Transpose),
    ],
)
def test_kinds(latex, kind):
    assert type(side(latex)) is kind


def test_precedence():
    assert side(r"W A * Z") == side(r"(W A) * Z")
    assert side(r"W^T a * z b") == side(r"(W^T a) * (z b)")
    assert side(r"a * z + b") == side(r"(a * z) + b")
    assert side(r"a - z + b") == side(r"(a - z) + b")
    assert side(r"-a z") == side(r"-(a z)")
    assert side(r"a^2 z") == side(r"(a^2) z")
    assert side(r"\log y z") == side(r"(\log y) z")
    assert side(r"\log a^2") == side(r"\log(a^2)")
    assert side(r"\sum_i a^{(i)} z + b") == side(r"(\sum_i a^{(i)} z) + b")
    assert side(r"1/m X Y") == side(r"(1/m) X Y")
    assert side(r"\frac{1}{m} W^T A * Z") == side(r"(\frac{1}{m} W^T A) * Z")


def test_a_transpose_is_no_power_and_a_layer_no_factor():
    for latex in ("W^{[l]T}", "W^T"):
        assert not any(isinstance(x, Power) for x in walk(side(latex)))
    assert side("W^{[2]}") != side("W^2")
    assert side("a^{(2)}") != side("a^2")


@pytest.mark.parametrize(
    ("latex", "count"),
    [
        (r"A = B = C", 1),
        (r"z = w^T x + b, \quad a = \sigma(z)", 2),
        (r"z = w^T x + b \rightarrow a = \sigma(z)", 2),
        (r"z = w^T x + b \Rightarrow a = \sigma(z)", 2),
        (r"z = w^T x + b \\ a = \sigma(z)", 2),
        (r"z = w^T x + b \quad a = \sigma(z)", 2),
        (r"z = w^T x + b; a = \sigma(z)", 2),
        (r"z = w^T x + b \text{ and } a = \sigma(z)", 2),
        (r"\begin{aligned} z &= w^T x + b \\ a &= \sigma(z) \end{aligned}", 2),
        (r"\begin{align*} z &= w^T x + b \\ a &= \sigma(z) \\ \end{align*}", 2),
        (r"\begin{aligned} z &= w^T x \\ &= x^T w \end{aligned}", 1),
        (r"\begin{aligned} z &= w^T x \\ &\quad + b \end{aligned}", 1),
        (r"\begin{gather} a = b \\ z = a \end{gather}", 2),
        (r"\begin{equation} a = b \end{equation}", 1),
        (r"a = b \tag{3}", 1),
        (r"a = b. \label{x}", 1),
    ],
)
def test_separators(latex, count):
    assert len(read(latex)) == count


def test_a_row_that_begins_with_a_relation_goes_on():
    chain = statement(r"\begin{aligned} dz &= da \, a \\ &= a \, da \end{aligned}")
    assert len(chain.sides) == 3
    assert chain.relations == ("=", "=")


@pytest.mark.parametrize(
    "latex",
    [
        r"Z^{[l]} = b^{[l]} \text{ for } l = 1, \dots, L",
        r"Z^{[l]} = b^{[l]} \quad \text{for } l = 1, 2, \ldots, L",
        r"Z^{[l]} = b^{[l]} \text{ for } l \in \{1, \dots, L\}",
        r"Z^{[l]} = b^{[l]} \quad \forall l = 1, ..., L",
    ],
)
def test_ranges(latex):
    (item,) = statement(latex).ranges
    assert (item.index, item.low, item.high) == (
        "l",
        Number((0, 0), "1"),
        Symbol((0, 0), "L"),
    )


def test_conditions():
    found = statement(r"g'(z) = 0 \text{ if } z < 0")
    assert found.condition is not None
    assert found.condition.relation == "<"
    assert statement(r"g'(z) = 0 when z<0") == found


def test_shapes():
    for latex in (r"X: (n_x, m)", r"X \in \mathbb{R}^{n_x \times m}"):
        right = statement(latex).sides[1]
        assert isinstance(right, Shape)
        assert right.sizes == (side("n_x"), side("m"))


@pytest.mark.parametrize(
    "latex",
    [
        r"z = w^T x + b",
        r"\left( z \right) = \bigl( w^T x \bigr) + b",
        r"z \;=\; w^{T} \, x \!+\! b",
        r"z = w^T x + b \,.",
        r"z = w^T x + b,",
        r"z\ = {w}^{T}{x} + {b}",
        r"\displaystyle z = w^T x + b",
        r"z &= w^T x + b",
        r"z = \mathbf{w}^T \mathbf{x} + b",
        r"z = w^T x + b % the score",
        "z\n=\nw^T x\n+ b",
        r"\boxed{z = w^T x + b}",
        r"z = \color{red}{w^T x} + b",
    ],
)
def test_looks_do_not_count(latex):
    assert statement(latex) == statement(r"z = w^T x + b")


# Errors, and their places


@pytest.mark.parametrize(
    ("latex", "marked"),
    [
        (r"z = w^T x + \foo b", r"\foo"),
        (r"z = \sin x", r"\sin"),
        (r"z \propto w", r"\propto"),
        (r"z = \text{see above}", r"\text{see above}"),
        (r"z = w & & x )", ")"),
        (r"z = a ! b", "!"),
        (r"z = a ? b", "?"),
        (r"z = w^T + + b", "+"),
        (r"z = \frac{a}", ""),
        (r"z = (a", ""),
        (r"z = ", "="),
        (r"= z", "="),
        (r"z = a^", ""),
        (r"z = a_{", ""),
        (r"\begin{tikzpicture} z = a \end{tikzpicture}", ""),
    ],
)
def test_what_cannot_be_read_is_marked(latex, marked):
    with pytest.raises(ReadError) as caught:
        read(latex)
    start, end = caught.value.span
    assert caught.value.message
    assert 0 <= start <= end <= len(latex)
    if marked:
        assert marked in latex[start:end] or latex[start:end] in marked
    verdict = check(latex)
    assert verdict.verdict == "not-checked"
    assert verdict.worst.span == caught.value.span


def test_every_node_keeps_its_place():
    latex = r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1]T}"
    (found,) = read(latex)
    texts = {latex[slice(*x.span)] for one in found.sides for x in walk(one)}
    assert {r"\frac{1}{m}", "dZ^{[l]}", "A^{[l-1]T}", "dW^{[l]}", "l-1"} <= texts


def test_spans_do_not_count_in_comparisons():
    assert side("a + b") == side("  a   +   b")


# Limits

LONG = {
    "letters": "a + " * 25_000 + "a = 1",
    "one word": "a" * 100_000 + " = 1",
    "digits": "1" * 100_000 + " = 1",
    "braces": "{" * 1000 + "a" + "}" * 1000 + " = 1",
    "parentheses": "(" * 1000 + "a" + ")" * 1000 + " = 1",
    "left and right": r"\left(" * 1000 + "a" + r"\right)" * 1000 + " = 1",
    "unclosed": "{" * 1000,
    "minus signs": "-" * 10_000 + "a = 1",
    "plus signs": "+" * 10_000 + "a = 1",
    "fractions": r"\frac{1}{" * 1000 + "a" + "}" * 1000 + " = 1",
    "powers": "a^{" * 1000 + "2" + "}" * 1000 + " = 1",
    "carets": "a" + "^" * 3000 + " = 1",
    "subscripts": "a" + "_1" * 3000 + " = 1",
    "primes": "a" + "'" * 10_000 + " = 1",
    "transposes": "W" + ".T" * 3000 + " = 1",
    "a long sum": " + ".join(["a"] * 5000) + " = 1",
    "a long difference": " - ".join(["a"] * 5000) + " = 1",
    "a long quotient": "/".join("1" * 3000) + " = 1",
    "a long chain": " = ".join(["a"] * 5000),
    "rows": r"a &= b \\ " * 5000,
    "sums in sums": r"\sum_i " * 2000 + "a = 1",
    "logarithms": r"\log " * 3000 + "a = 1",
    "environments": r"\begin{aligned}" * 1000,
    "spaces": " " * 100_000 + "a = 1",
    "backslashes": "\\" * 100_000,
    "dollars": "$" * 100_000,
    "Greek": "α" * 50_000 + " = 1",
    "open texts": r"\text{" * 1000,
}


@pytest.mark.parametrize("name", LONG)
def test_long_input_gets_an_answer_in_time(name):
    """An answer or a clear error: never a hang, and never a RecursionError."""
    start = time.perf_counter()
    verdict = check(LONG[name])
    seconds = time.perf_counter() - start
    assert verdict.verdict == "not-checked"
    assert verdict.message
    assert seconds < 5  # it is far below 1; this only catches a hang


def test_a_long_product_is_read_in_time():
    start = time.perf_counter()
    assert isinstance(side(" ".join(["a"] * 90)), Product)
    assert time.perf_counter() - start < 5


def test_reasonable_depth_is_read():
    found = side("(" * 20 + "a" + ")" * 20)
    assert found == side("a")
    assert isinstance(side(" + ".join(["a"] * 40)), Add)
