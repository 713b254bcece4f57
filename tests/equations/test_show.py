"""A verdict is shown with its place, its reading and its reasons."""

import pytest

from nnref.equations import check
from nnref.equations.reader import read
from nnref.equations.show import as_html, as_text, caret, cells, cut, printable, spell


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("w^T X + b", "wᵀ · X + b"),
        (r"W^{[l]T} * A^{[l-1]}", "W^[l]ᵀ ⊙ A^[l - 1]"),
        (r"W^{[2]T} dZ^{[2]} \odot g^{[1]\prime}(Z)", "(W^[2]ᵀ · dZ^[2]) ⊙ g′^[1](Z)"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a + b) c", "(a + b) · c"),
        (r"\frac{1}{m} x", "(1 / m) · x"),
        (r"w_{jk}^{[l]}", "w_j,k^[l]"),
        (r"a^{[1](i)2}", "a^[1]^(i)^2"),
        (r"\frac{\partial \mathcal{L}}{\partial z}", "∂ℒ/∂z"),
        (r"\sum_{i=1}^m z^{(i)} + b", "sum[i=1..m](z^(i)) + b"),
        (r"\max(0, z)", "max(0, z)"),
        ("-a b", "-(a · b)"),
        (r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}", "[a, b; c, d]"),
        (r"\begin{cases} z & z > 0 \\ 0 & \text{else} \end{cases}", None),
    ],
)
def test_how_a_formula_was_read(latex, expected):
    (statement,) = read(f"q = {latex}")
    assert spell(statement.sides[1]) == (expected or "{z if z > 0; 0 else}")


def test_other_readings_are_written_otherwise():
    pairs = [("w^T * x", "w^T x"), ("a (b + c)", "a b + c"), ("a / b c", "a / (b c)")]
    for one, other in pairs:
        (first,), (second,) = read(f"q = {one}"), read(f"q = {other}")
        assert (first.sides == second.sides) == (
            spell(first.sides[1]) == spell(second.sides[1])
        )


@pytest.mark.parametrize(
    ("latex", "span", "row", "marks"),
    [
        ("a = b", (4, 5), "a = b", "    ^"),
        ("a = b", (0, 5), "a = b", "^^^^^"),
        ("a\n  = bc", (6, 8), "= bc", "  ^^"),
        ("a = b", (5, 5), "a = b", "     ^"),
        ("a = b", (9, 9), "a = b", "     ^"),
        ("a +\nb = c", (0, 9), "a +", "^^^"),
        ("", (0, 0), "", "^"),
        ("ａ = b", (4, 5), "ａ = b", "     ^"),
        ("y\u0302 = b", (5, 6), "y\u0302 = b", "    ^"),
    ],
)
def test_the_mark(latex, span, row, marks):
    assert caret(latex, span) == (row, marks)


@pytest.mark.parametrize("width", [10, 20, 40])
def test_the_mark_stays_in_sight(width):
    latex = "x" * 100 + "HERE" + "y" * 100
    row, marks = caret(latex, (100, 104), width)
    assert cells(row) <= width
    assert len(marks) <= width
    start = marks.index("^")
    assert row[start:].startswith("HERE")
    assert row[start : len(marks)].startswith("HERE")


def test_letters_that_a_terminal_obeys():
    assert printable("a\x1b[31m\tb\u202e\x9b") == "a\ufffd[31m b\ufffd\ufffd"
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcd", 4) == "abcd"


def test_as_text():
    verdict = check("Z = w^T * X + b")
    assert str(verdict) == as_text(verdict)
    lines = str(verdict).splitlines()
    assert lines[0] == "ill-typed: Z = w^T * X + b"
    assert "  read as: Z = wᵀ ⊙ X + b" in lines
    assert any(line.strip() and not line.strip(" ^") for line in lines)
    assert str(check("dZ = A - Y")).startswith("holds: dZ = A - Y")


def test_the_link_that_is_wrong_is_marked():
    latex = r"A = \sigma(Z) = \frac{1}{1 - e^{-Z}}"
    lines = str(check(latex)).splitlines()
    assert "  read as: σ(Z) = 1 / (1 - exp(-Z))" in lines
    assert "<mark>\\sigma(Z) = \\frac{1}{1 - e^{-Z}}</mark>" in as_html(check(latex))


def test_as_html():
    verdict = check("dZ = A + Y")
    assert verdict._repr_html_() == as_html(verdict)
    assert "fails" in as_html(verdict)
    assert "<mark>dZ = A + Y</mark>" in as_html(verdict)
    shown = as_html(check('<script>alert("x")</script> = \\foo & A'))
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
