r"""Each kind of verdict, assumption and hint; and how a check could pass silently."""

import numpy as np
import pytest

from nnref.equations import Page, check, models, verdicts
from nnref.equations.results import Claim, worst_of

DEEP = {"model": "deep"}
LOGISTIC = {"model": "logistic"}
BINARY = {"model": "logistic", "labels": "binary"}
SOFTMAX = {"model": "deep", "output": "softmax", "n_L": "3"}


def of(latex, declared=None, definition=False):
    return check(latex, page=Page(declared or {}), definition=definition)


# The words


@pytest.mark.parametrize(
    ("latex", "wanted"),
    [
        (r"dZ = A - Y", "holds"),
        (r"dZ = A + Y", "fails"),
        (r"Z = w^T * X + b", "ill-typed"),
        (r"Z = w^T X + b + \zeta", "not-checked"),
        (r"Z = w^T X + \frac{b}{", "not-checked"),
        (r"a = a", "vacuous"),
        (r"A = \hat Y", "definition"),
        (r"q = \frac{1}{m}", "definition"),
        (r"w^T X", "not-checked"),
        ("", "not-checked"),
    ],
)
def test_each_verdict(latex, wanted):
    assert of(latex, LOGISTIC).verdict == wanted


def test_the_worst_claim_decides():
    def worst(*kinds):
        return worst_of(tuple(Claim("", kind) for kind in kinds)).verdict

    assert worst("holds", "fails", "ill-typed") == "fails"
    assert worst("holds", "ill-typed", "not-checked") == "ill-typed"
    assert worst("holds", "not-checked", "vacuous") == "not-checked"
    assert worst("definition", "vacuous", "holds") == "holds"
    assert worst("vacuous", "holds") == "holds"
    assert worst("definition", "vacuous") == "vacuous"
    assert worst("definition") == "definition"


def test_a_chain_names_the_link_that_is_broken():
    verdict = of(r"dZ = A - Y = Y - A = -(A - Y)", LOGISTIC)
    found = [claim.verdict for claim in verdict.claims]
    assert found == ["holds", "fails", "holds"]
    assert verdict.worst.latex == "A - Y = Y - A"


def test_rows_are_claims_and_the_worst_decides():
    verdict = of(
        r"""\begin{aligned}
        dZ &= A - Y \\
        dw &= \frac{1}{m} X \, dZ^T \\
        db &= \sum_{i=1}^{m} dz^{(i)}
        \end{aligned}""",
        LOGISTIC,
    )
    found = [claim.verdict for claim in verdict.claims]
    assert found == ["holds", "holds", "fails"]
    assert "1/m" in verdict.hints[0]


def test_a_right_verdict_carries_what_was_tried():
    verdict = of(r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}", DEEP)
    assert verdict.range == "l = 1, ..., 4"
    assert verdict.max_error is not None
    assert 0 <= verdict.max_error < 1e-9
    verdict = of(r"w_{jk}^{[l]} z_j^{[l]} = z_j^{[l]} w_{jk}^{[l]}", DEEP)
    assert verdict.verdict == "holds"
    assert "j = 1, ..." in verdict.range
    assert "k = 1, ..." in verdict.range


def test_a_failure_says_where_and_what():
    verdict = of(r"dZ^{[l]} = dA^{[l]}", DEEP)
    assert verdict.verdict == "fails"
    assert "for l = 1" in verdict.message
    assert "entry (1, 1)" in verdict.message
    verdict = of(r"dW^{[l]} = dZ^{[l]} A^{[l-1]}", DEEP)
    assert verdict.verdict == "ill-typed"
    start, end = verdict.worst.span
    assert verdict.latex[start:end] == "A^{[l-1]}"
    assert "(3, 7)" in verdict.message


# What may be assumed, and what may not


@pytest.mark.parametrize(
    ("latex", "assuming"),
    [
        (r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}", ()),
        (r"dZ^{[2]} = A^{[2]} - Y", ("L = 2",)),
        (r"A^{[l]} = \sigma(Z^{[l]})", ("sigmoid hidden layers",)),
        (
            r"\frac{\partial a^{[l]}}{\partial z^{[l]}} \odot a^{[l]} "
            r"= (1 - a^{[l]} \odot a^{[l]}) \odot a^{[l]} \text{ for } l = 1, \dots, 3",
            ("tanh hidden layers", "for one example"),
        ),
        (
            r"g'(z) = \begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{if } z < 0 "
            r"\end{cases}",
            ("ReLU hidden layers", "for one example"),
        ),
        (
            r"g(z) = \max(0.01 z, z)",
            ("leaky ReLU hidden layers, slope 0.01", "for one example"),
        ),
        (
            r"\mathcal{L} = - \sum_{j=1}^{C} y_j \log a_j",
            ("softmax output", "for one example"),
        ),
        (
            r"p(y \mid x) = \begin{cases} a & y = 1 \\ 1 - a & y = 0 \end{cases}",
            ("labels 0 or 1", "for one example"),
        ),
        (r"b^{[L]} a^{[L](i)} = a^{[L](i)} b^{[L]}", ("n^{[L]} = 1",)),
        (r"dw_1 = x_1 \, dz", ("for one example",)),
        (r"Z = W X + b", ("L = 1",)),
    ],
)
def test_what_is_assumed_is_said(latex, assuming):
    verdict = of(latex)
    assert verdict.verdict == "holds", verdict.message
    assert set(verdict.assuming) == set(assuming)


@pytest.mark.parametrize(
    ("latex", "excuse"),
    [
        (r"dZ^{[l]} = W^{[l+1]T} dZ^{[l+1]} * g'^{[l]}(A^{[l]})", "ReLU"),
        (r"dA^{[l-1]} = W^{[l]T} dZ^{[l]} * g'^{[l-1]}(Z^{[l-1]})", "identity"),
        (r"A^{[l]} = Z^{[l]}", "identity"),
        (r"dZ^{[l]} = dA^{[l]}", "identity"),
        (r"dW^{[l]} = dZ^{[l]} A^{[l-1]T}", "m = 1"),
        (r"db^{[l]} = \sum_{i=1}^{m} dz^{[l](i)}", "m = 1"),
        (r"dZ^{[L]} = \frac{1}{m}(A^{[L]} - Y)", "m = 1"),
        (r"Z^{[l]} = W^{[l]} A^{[l-1]}", "no bias"),
        (r"Z^{[l]} = W^{[l]} X + b^{[l]}", "L = 1"),
        (r"Z^{[l]} = W^{[l]T} A^{[l-1]} + b^{[l]}", "W stored transposed"),
        (r"A^{[l]} = g^{[1]}(Z^{[l]})", "one activation in all layers"),
        (r"W^{[l]} A^{[l-1]} = A^{[l-1]} W^{[l]}", "square matrices"),
        (r"W^{[l]} = W^{[l]T}", "symmetric weights"),
        (r"Y \odot Y = Y", "labels 0 or 1"),
        (r"A^{[L]} \odot (1 - A^{[L]}) = A^{[L]} - Y", "chance"),
    ],
)
def test_what_must_not_be_assumed_excuses_nothing(latex, excuse):
    verdict = of(latex)
    assert verdict.verdict in ("fails", "ill-typed"), excuse


# Hints


@pytest.mark.parametrize(
    ("latex", "hint"),
    [
        (r"dW^{[l]} = dZ^{[l]} A^{[l-1]T}", "is 1/m missing?"),
        (r"dZ^{[L]} = \frac{1}{m} (A^{[L]} - Y)", "a 1/m too many?"),
        (r"dZ^{[L]} = Y - A^{[L]}", "opposite signs"),
        (r"dZ^{[L]} = 2 (A^{[L]} - Y)", "the right side is twice the left one"),
        (r"2 dZ^{[L]} = A^{[L]} - Y", "the left side is twice the right one"),
        (r"dZ^{[L]} = A^{[L]} + Y", "it would hold with - in"),
        (
            r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1]}",
            r"it would hold with A^{[l-1]} transposed",
        ),
        (
            r"dA^{[l-1]} = W^{[l]} dZ^{[l]}",
            r"it would hold with W^{[l]} transposed",
        ),
        (
            r"dA^{[l]} = W^{[l]T} dZ^{[l+1]}",
            "it would hold with layer l + 1 in W^{[l]",
        ),
        (
            r"dZ^{[l]} = dA^{[l]} \odot g^{[l]}(Z^{[l]})",
            "it would hold with a prime in g^{[l]}(Z^{[l]})",
        ),
        (r"A^{[l]} = g'^{[l]}(Z^{[l]})", "it would hold without the prime in"),
        (r"Z = w^T * X + b", "it would hold with a matrix product in"),
        (r"Z^{[l]} = A^{[l-1]} W^{[l]} + b^{[l]}", "the other way round"),
        (
            r"Z^{[l]} = W^{[l]T} A^{[l-1]} + b^{[l]}",
            "W stored transposed",
        ),
        (
            r"dA^{[L-1]} = W^{[L]T} dZ^{[L]} * g'^{[L-1]}(Z^{[L-1]})",
            "it would hold with dZ for dA",
        ),
    ],
)
def test_hints_name_the_single_change(latex, hint):
    verdict = of(latex)
    assert verdict.verdict in ("fails", "ill-typed")
    assert any(hint in text for text in verdict.hints), verdict.hints


def test_two_arrays_of_one_shape_side_by_side_are_not_guessed():
    verdict = of(r"dZ^{[l]} = dA^{[l]} g'^{[l]}(Z^{[l]})")
    assert verdict.verdict in ("ill-typed", "not-checked")
    assert r"\odot" in " ".join([verdict.message, *verdict.hints])


def test_a_formula_that_holds_has_no_hints():
    assert of(r"dZ^{[L]} = A^{[L]} - Y").hints == ()


# Ways to pass silently


@pytest.mark.parametrize(
    ("latex", "wanted", "message"),
    [
        # What is written is never cut.
        (r"\text{ for } l = 0, \dots, L", "fails", "no layer 0"),
        (r"\text{ for } l = 1, \dots, L+1", "fails", "no layer 5"),
        (r"\text{ for } l = 1, \dots, L", "holds", ""),
        (r"\text{ for } l = L, \dots, 1", "holds", ""),
        (r"\text{ for } l = 2, 3", "holds", ""),
        (r"\text{ for } l \in \{1, \dots, L\}", "holds", ""),
        ("", "holds", ""),
    ],
)
def test_a_written_range_is_never_cut(latex, wanted, message):
    verdict = of(rf"Z^{{[l]}} = W^{{[l]}} A^{{[l-1]}} + b^{{[l]}} {latex}", DEEP)
    assert verdict.verdict == wanted
    assert message in verdict.message


def test_an_index_outside_of_its_sum_says_so():
    verdict = of(r"db = \frac{1}{m} \sum_{i=1}^{m} dz^{(i)} + a^{(i)}", LOGISTIC)
    assert verdict.verdict != "holds"
    verdict = of(
        r"z_j^{[l]} = \sum_{k=1}^{n^{[l-1]}} w_{jk}^{[l]} a_k^{[l-1]} + b_k^{[l]}"
    )
    assert verdict.verdict != "holds"
    assert "outside of its sum" in verdict.message


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        ("_{i=1}^{m}", "holds"),
        ("_i", "holds"),
        ("_{i=0}^{m}", "fails"),
        ("_{i=2}^{m}", "fails"),
        ("_{i=1}^{m-1}", "fails"),
        ("_{i=1}^{m+1}", "fails"),
        ("_{i=1}^{n_x}", "fails"),
        ("_{i=2}^{1}", "not-checked"),
    ],
)
def test_the_limits_of_a_sum_count(limits, wanted):
    latex = rf"db = \frac{{1}}{{m}} \sum{limits} (a^{{(i)}} - y^{{(i)}})"
    assert of(latex, LOGISTIC).verdict == wanted


def test_an_index_with_one_value_proves_too_little():
    verdict = of(r"Z^{[l]} = W^{[l]} X + b^{[l]}", {"model": "deep", "L": "1"})
    assert verdict.verdict == "not-checked"
    assert verdict.message


def test_a_declared_depth_does_not_make_a_recursion_hold():
    for L in "2345":
        declared = {"model": "deep", "L": L}
        assert of(r"Z^{[l]} = W^{[l]} X + b^{[l]}", declared).verdict != "holds"
        right = r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}"
        assert of(right, declared).verdict == "holds"


@pytest.mark.parametrize(
    "latex",
    [
        r"\log(-a) = \log(-a) + 0",
        r"\log(-a) = z",
        r"z = \log(-a)",
        r"\frac{1}{z - z} = \frac{2}{z - z}",
        r"\frac{z - z}{z - z} = 1",
        r"\sqrt{-1 - z^2} = \sqrt{-1 - z^2} + 0",
        r"e^{1000000} = e^{1000000} + 1",
        r"0^{-1} = 0^{-2}",
    ],
)
def test_what_has_no_value_is_never_equal(latex):
    assert of(latex, LOGISTIC).verdict in ("fails", "not-checked")


def test_nan_is_never_equal(monkeypatch):
    """Even if an activation gave it, on both sides alike."""
    broken = {**models.FUNCTIONS, "tanh": lambda Z: Z * np.nan}
    monkeypatch.setattr(models, "FUNCTIONS", broken)
    models.instance.cache_clear()
    try:
        with np.errstate(all="ignore"):
            verdict = of(r"A^{[1]} + 0 = A^{[1]}", {**DEEP, "g": "tanh", "L": "3"})
    finally:
        models.instance.cache_clear()
    assert verdict.verdict == "not-checked"


@pytest.mark.parametrize(
    ("latex", "declared"),
    [
        (r"a = a", LOGISTIC),
        (r"A = \hat Y", LOGISTIC),
        (r"X = A^{[0]}", DEEP),
        (r"dZ = \frac{\partial \mathcal{L}}{\partial Z}", LOGISTIC),
        (r"dW^{[l]} = \frac{\partial \mathcal{J}}{\partial W^{[l]}}", DEEP),
        (r"w = w", LOGISTIC),
        (
            r"\begin{bmatrix} z^{(1)} & \cdots & z^{(m)} \end{bmatrix} = Z",
            LOGISTIC,
        ),
    ],
)
def test_two_readings_of_one_array_prove_nothing(latex, declared):
    assert of(latex, declared).verdict in ("vacuous", "definition")


@pytest.mark.parametrize(
    "latex",
    [
        r"dZ^{[L]} = A^{[L]} - Y + db^{[L]} - db^{[L]}_1",
        r"A^{[L]} - Y = dZ^{[L]} + y^{(1)} - y^{(1)} + (a^{[L](1)} - a^{[L](1)})",
        r"Z^{[l]} + A^{[l]} = Z^{[l]} + a^{[l](1)}",
        r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]T}",
        r"dZ^{[l]} = dA^{[l]} \odot g'^{[l]}(z^{[l](1)})",
        r"\mathcal{J} = \frac{1}{m} Y",
        r"db^{[l]} = \frac{1}{m} dZ^{[l]}",
        r"z_j^{[l]} = Z^{[l]}",
    ],
)
def test_nothing_stretches_but_biases_and_numbers(latex):
    declared = {"model": "deep", "n_L": "3"}
    assert of(latex, declared).verdict in ("ill-typed", "fails")


def test_a_bias_stretches():
    assert of(r"Z^{[l]} - b^{[l]} = W^{[l]} A^{[l-1]}", DEEP).verdict == "holds"
    assert of(r"Z^{[l]} = b^{[l]}", DEEP).verdict == "ill-typed"


def test_a_column_that_was_summed_does_not_stretch():
    verdict = of(
        r"Z^{[l]} + \sum_{i=1}^{m} a^{[l](i)} = "
        r"Z^{[l]} + \sum_{i=1}^{m} a^{[l](i)} + 0",
        DEEP,
    )
    assert verdict.verdict == "ill-typed"


def test_one_by_one_is_a_number_only_with_one_output_unit():
    verdict = of(r"z^{[L](i)} b^{[L]} = b^{[L]} z^{[L](i)}", DEEP)
    assert verdict.verdict != "holds" or "n^{[L]} = 1" in verdict.assuming
    verdict = of(r"z^{[l](i)} b^{[l]} = b^{[l]} z^{[l](i)}", DEEP)
    assert verdict.verdict in ("ill-typed", "fails")


# Definitions


def test_a_name_is_bound_for_the_rest_of_the_page():
    page = Page(dict(LOGISTIC))
    assert check(r"q = A - Y", page=page).verdict == "definition"
    assert check(r"dZ = q", page=page).verdict == "holds"
    assert check(r"dZ = -q", page=page).verdict == "fails"
    assert check(r"q = Y - A", page=page).verdict != "holds"


def test_a_name_is_not_known_before_it_is_defined():
    assert of(r"dZ = q", LOGISTIC).verdict == "not-checked"


@pytest.mark.parametrize("definition", [False, True])
@pytest.mark.parametrize(
    "latex", [r"dZ = A + Y", r"\mathcal{J} = \frac{1}{m} \sum_{i=1}^{m} y^{(i)}"]
)
def test_what_has_a_value_is_never_defined(latex, definition):
    assert of(latex, LOGISTIC, definition).verdict == "fails"


def test_a_chain_that_defines_is_checked_from_the_second_link_on():
    right = of(r"q = A - Y = dZ", LOGISTIC)
    assert right.verdict == "holds"
    wrong = of(r"q = A + Y = dZ", LOGISTIC)
    assert wrong.verdict == "fails"


def test_a_function_of_the_page_is_used():
    page = Page(dict(LOGISTIC))
    check(r"f(\theta) = \theta^3", page=page, definition=True)
    assert check(r"f'(\theta) = 3 \theta^2", page=page).verdict == "holds"
    assert check(r"f'(\theta) = 2 \theta^2", page=page).verdict == "fails"
    assert of(r"f'(\theta) = 3 \theta^2", LOGISTIC).verdict != "holds"


# Updates


@pytest.mark.parametrize(
    ("latex", "declared", "wanted"),
    [
        (r"W^{[l]} := W^{[l]} - \alpha \, dW^{[l]}", DEEP, "holds"),
        (r"b^{[l]} := b^{[l]} - \alpha \, db^{[l]}", DEEP, "holds"),
        (r"W^{[l]} = W^{[l]} - \alpha \, dW^{[l]}", DEEP, "holds"),
        (r"W^{[l]} \leftarrow W^{[l]} - \alpha \, dW^{[l]}", DEEP, "holds"),
        (r"W^{[l]} := W^{[l]} + \alpha \, dW^{[l]}", DEEP, "fails"),
        (r"W^{[l]} := W^{[l]} - dW^{[l]}", DEEP, "fails"),
        (r"W^{[l]} := W^{[l]} - \alpha \, W^{[l]}", DEEP, "fails"),
        (r"W^{[l]} := W^{[l]} - \alpha \, dW^{[l-1]}", DEEP, "ill-typed"),
        (r"W^{[l]} := W^{[l]} - \frac{\alpha}{m} dW^{[l]}", DEEP, "fails"),
        (r"W^{[l]} := (1 - \alpha) W^{[l]} - \alpha \, dW^{[l]}", DEEP, "fails"),
        (r"w := w - \alpha \, dw", LOGISTIC, "holds"),
        (r"b := b - \alpha \, db", LOGISTIC, "holds"),
        (r"w := w + \alpha \, dw", LOGISTIC, "fails"),
        (r"w := w - \alpha \frac{\partial \mathcal{J}}{\partial w}", LOGISTIC, "holds"),
        (r"w := w - \alpha \frac{\partial \mathcal{J}}{\partial b}", LOGISTIC, "fails"),
        (r"W^{[1]} := W^{[1]} - \alpha dW^{[1]}", {"model": "shallow"}, "holds"),
        (r"W^{[1]} := W^{[1]} + \alpha dW^{[1]}", {"model": "shallow"}, "fails"),
    ],
)
def test_updates_are_compared_with_the_package(latex, declared, wanted):
    assert of(latex, declared).verdict == wanted


def test_the_update_comes_from_the_package(monkeypatch):
    def ascent(W, b, dW, db, alpha):
        layers = range(1, len(W))
        return (
            [None, *(W[k] + alpha * dW[k] for k in layers)],
            [None, *(b[k] + alpha * db[k] for k in layers)],
        )

    monkeypatch.setattr(models.deep_network, "update", ascent)
    descent = r"W^{[l]} := W^{[l]} - \alpha \, dW^{[l]}"
    assert of(descent, DEEP).verdict == "fails"


# Approximations


@pytest.mark.parametrize(
    ("latex", "wanted"),
    [
        (r"\frac{f(\theta + h) - f(\theta - h)}{2h} \approx f'(\theta)", "holds"),
        (r"\frac{f(\theta + h) - f(\theta)}{h} \approx f'(\theta)", "holds"),
        (r"\frac{f(\theta + h) - f(\theta - h)}{h} \approx f'(\theta)", "fails"),
        (r"\frac{f(\theta + 2h) - f(\theta - h)}{3h} \approx f'(\theta)", "fails"),
        (r"\frac{f(\theta + h) - f(\theta - h)}{2h} \approx f(\theta)", "fails"),
        (r"f(\theta + h) = f(\theta) + h f'(\theta) + \cdots", "holds"),
        (r"f(\theta + h) = f(\theta) - h f'(\theta) + \cdots", "fails"),
        (
            r"f(\theta + h) = f(\theta) + h f'(\theta) + \frac{h^2}{2} f''(\theta) "
            r"+ \cdots",
            "holds",
        ),
        (
            r"f(\theta + h) = f(\theta) + h f'(\theta) + h^2 f''(\theta) + \cdots",
            "fails",
        ),
        (r"\sigma(0) = 0.5", "holds"),
        (r"\sigma(1) \approx 0.73", "holds"),
        (r"\sigma(1) \approx 0.74", "fails"),
        (r"\sigma(1) \approx 0.7311", "holds"),
        (r"\sigma(1) \approx 0.7312", "fails"),
        (r"\sigma(1) = 1", "fails"),
        (r"z \approx a", "fails"),
    ],
)
def test_an_approximation_claims_its_order_or_its_digits(latex, wanted):
    assert of(latex, LOGISTIC).verdict == wanted


# What a page declares


@pytest.mark.parametrize(
    ("latex", "declared", "wanted"),
    [
        (r"y^2 = y", LOGISTIC, "fails"),
        (r"y^2 = y", BINARY, "holds"),
        (r"\sum_{j=1}^{C} a_j^{[L]} = 1", SOFTMAX, "holds"),
        (
            r"z_1^{[L]} + z_2^{[L]} + z_3^{[L]} = \sum_{j=1}^{C} z_j^{[L]}",
            SOFTMAX,
            "holds",
        ),
        (r"z_1^{[L]} + z_2^{[L]} = \sum_{j=1}^{C} z_j^{[L]}", SOFTMAX, "fails"),
        (r"(P Q)^T = Q^T P^T", {**DEEP, "arrays": "P:3x4,Q:4x2"}, "holds"),
        (r"(P Q)^T = P^T Q^T", {**DEEP, "arrays": "P:3x4,Q:4x2"}, "ill-typed"),
        (r"(P Q)^T = P^T Q^T", {**DEEP, "arrays": "P:3x3,Q:3x3"}, "fails"),
        (r"(P Q)^T = Q^T P^T", DEEP, "not-checked"),
        (r"u (1 + u) = u + u^2", {**LOGISTIC, "numbers": "u"}, "holds"),
        (r"u^2 = u", {**LOGISTIC, "numbers": "u"}, "fails"),
        (r"u (1 + u) = u + u^2", LOGISTIC, "not-checked"),
        (r"A^{[1]} = \tanh(Z^{[1]})", {**DEEP, "g": "tanh"}, "holds"),
        (r"A^{[1]} = \tanh(Z^{[1]})", {**DEEP, "g": "relu"}, "fails"),
        (r"A^{[1]} = \sigma(Z^{[1]})", {**DEEP, "g": "tanh", "L": "3"}, "fails"),
        (r"dZ^{[2]} = A^{[2]} - Y", {**DEEP, "L": "3"}, "ill-typed"),
        (r"dZ^{[3]} = A^{[3]} - Y", {**DEEP, "L": "3"}, "holds"),
        (r"Z^{[1]} = W^{[1]} X + b^{[1]}", LOGISTIC, "not-checked"),
        (r"Z^{[3]} = W^{[3]} A^{[2]} + b^{[3]}", {"model": "shallow"}, "fails"),
    ],
)
def test_declarations_count(latex, declared, wanted):
    verdict = of(latex, declared)
    assert verdict.verdict == wanted, verdict.message


def test_what_is_declared_is_not_assumed():
    assert of(r"A^{[1]} = \tanh(Z^{[1]})", {**DEEP, "g": "tanh"}).assuming == ()


# Three things held together


def test_gradients_do_not_come_from_backward(monkeypatch):
    """A fault in `backward` cannot make a wrong formula hold."""

    def fault(*args, **options):
        raise AssertionError("backward was called")

    for module in (models.deep_network, models.logistic_regression):
        monkeypatch.setattr(module, "backward", fault)
    monkeypatch.setattr(models.shallow_network, "backward", fault)
    models.instance.cache_clear()
    for declared in (DEEP, {"model": "shallow"}):
        latex = r"dW^{[2]} = \frac{1}{m} dZ^{[2]} A^{[1]T}"
        assert of(latex, declared).verdict == "holds"
    assert of(r"dw = \frac{1}{m} X \, dZ^T", LOGISTIC).verdict == "holds"


def test_forward_values_come_from_the_package(monkeypatch):
    """A fault in `forward` refutes the right formula."""
    forward = models.deep_network.forward

    def fault(X, W, b, g):
        Z, A = forward(X, W, b, g)
        return [None, *(z * 1.001 for z in Z[1:])], A

    monkeypatch.setattr(models.deep_network, "forward", fault)
    models.instance.cache_clear()
    try:
        latex = r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}"
        assert of(latex, DEEP).verdict == "fails"
    finally:
        models.instance.cache_clear()


def test_a_difference_of_a_millionth_is_seen():
    assert of(r"dZ^{[L]} = 1.000001 (A^{[L]} - Y)", DEEP).verdict == "fails"
    assert of(r"dZ^{[L]} = A^{[L]} - Y + 0.0000001", DEEP).verdict == "fails"


def test_tolerance_is_relative():
    latex = r"10^{-12} \, dZ = 10^{-12} (A + Y)"
    assert of(latex, LOGISTIC).verdict == "fails"
    latex = r"10^{12} \, dZ = 10^{12} (A - Y)"
    assert of(latex, LOGISTIC).verdict == "holds"


def test_an_entry_that_is_zero_on_one_side_only_is_seen():
    assert of(r"A - A = Y", LOGISTIC).verdict == "fails"
    assert of(r"A - A = 0 \, Y", LOGISTIC).verdict == "holds"


def test_three_seeds_and_different_sizes():
    assert len(set(verdicts.SEEDS)) >= 3
    for seed in verdicts.SEEDS:
        network = models.instance(models.Settings(), seed)
        sizes = [*network.n, network.m]
        assert len(set(sizes)) == len(sizes)
        assert min(sizes) >= 2


def test_one_statement_does_not_change_the_next():
    page = Page(dict(DEEP))
    first = check(r"dZ^{[L]} = A^{[L]} - Y", page=page)
    check(r"dZ^{[L]} = A^{[L]} + Y", page=page)
    assert check(r"dZ^{[L]} = A^{[L]} - Y", page=page) == first
