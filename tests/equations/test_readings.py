"""Spellings that people use, each with what it means and a wrong formula beside it."""

import pytest

from nnref.equations import Page, check

DEEP = {"model": "deep"}
SOFTMAX = {"model": "deep", "output": "softmax"}
LOGISTIC = {"model": "logistic"}
TANH = {"model": "deep", "g": "tanh"}


def last(declared, *formulas):
    """Return the verdict on the last of some formulas of a page."""
    page = Page(declared)
    return [check(latex, page=page) for latex in formulas][-1]


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\sum_{j=1}^{C} \frac{\partial a_j}{\partial z_k} = 0", "holds"),
        (r"\sum_{k=1}^{C} a_j (\delta_{jk} - a_k) = 0", "holds"),
        (r"\sum_{k=1}^{C} a_j a_k - a_j = a_j (1 - \sum_{k=1}^{C} a_k)", "holds"),
        (r"\sum_{j=1}^{C} a_j = 0", "fails"),
        (r"\sum_{k=1}^{C} a_j (\delta_{jk} - a_k) = a_j", "fails"),
        (r"\sum_{i=1}^{m} dz_j^{(i)} = 0", "fails"),
    ],
)
def test_what_cancels_to_zero_is_compared_with_its_terms(latex, verdict):
    assert last(SOFTMAX, latex).verdict == verdict


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"Z^{[l]T} = A^{[l-1]T} W^{[l]T} + b^{[l]T}", "holds"),
        (r"Z^{[l]T} = A^{[l-1]T} W^{[l]T} + b^{[l]}", "ill-typed"),
        (r"Z^{[l]T} = A^{[l-1]T} W^{[l]T} + db^{[l]T}", "ill-typed"),
    ],
)
def test_a_transposed_bias_is_added_to_each_row(latex, verdict):
    assert last(DEEP, latex).verdict == verdict


@pytest.mark.parametrize("name", [r"\mathcal{J}_i", r"\mathcal{L}_i", "J_i", "L_i"])
def test_the_cost_of_example_i_is_its_loss(name):
    slope = rf"\frac{{\partial {name}}}{{\partial z^{{[2](i)}}}}"
    right = "(a^{[2](i)} - y^{(i)})"
    assert last({"model": "shallow"}, f"{slope} = {right}").verdict == "holds"
    mean = rf"{slope} = \frac{{1}}{{m}} {right}"
    assert last({"model": "shallow"}, mean).verdict == "fails"


def test_a_definition_brings_its_layer_with_it():
    defined = "V = W^{[l]T}", "D = dZ^{[l]T}"
    right = last(DEEP, *defined, "(D V^T)^T = V D^T")
    assert right.verdict == "holds"
    assert right.range == "l = 1, ..., 4"
    assert last(DEEP, *defined, "(D V^T)^T = D V^T").verdict == "ill-typed"


def test_two_digits_below_a_weight_are_its_row_and_its_column():
    slope = r"\frac{\partial z_1^{[2]}}{\partial w_{12}^{[2]}}"
    assert last(DEEP, rf"{slope} = a_2^{{[1]}}").verdict == "holds"
    assert last(DEEP, rf"{slope} = a_1^{{[1]}}").verdict == "fails"


def test_shapes_beside_a_listing_are_not_compared_with_it():
    shapes = r"dZ^{[l]} : (n^{[l]}, m)"
    verdict = check(shapes, model="deep", listing="nnref.deep_network.backward")
    assert verdict.verdict == "holds"


OPEN = [
    (
        LOGISTIC,
        r"\mathcal{L} = -(y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log(1 - a^{(i)}))",
        "which example",
    ),
    (LOGISTIC, r"\mathcal{L}(y, a) = -\log p(y \mid x)", "a prediction, then a label"),
    (LOGISTIC, r"\mathcal{L} = -\log p(x \mid y)", "p takes y and x"),
    (
        DEEP,
        r"z_k^{[l]} = w_{kk}^{[l]} \sum_{k=1}^{n^{[l-1]}} a_k^{[l-1]} + b_k^{[l]}",
        "the index k is used outside of its sum",
    ),
]


@pytest.mark.parametrize(("declared", "latex", "message"), OPEN)
def test_where_the_model_is_named_what_is_left_open_is_a_mistake(
    declared, latex, message
):
    verdict = last(declared, latex)
    assert verdict.verdict in ("ill-typed", "fails")
    assert message in verdict.message


@pytest.mark.parametrize("latex", [latex for _, latex, message in OPEN if message])
def test_elsewhere_it_is_open(latex):
    assert check(latex).verdict == "not-checked"


@pytest.mark.parametrize(
    ("declared", "latex", "hint"),
    [
        (LOGISTIC, r"\sigma(z) = \frac{1}{1 + e^{z}}", "with a minus in the exponent"),
        (DEEP, "db^{[l]} = dZ^{[l]}", r"with \frac{1}{m} \sum_i over the columns"),
        (DEEP, r"\tanh'(z) = 1 - \tanh(z)", r"with \tanh(z)^2 for \tanh(z)"),
        (TANH, "g'(z) = 1 - a", "with a^2 for a"),
        (DEEP, "Z^{[l]} = W^{[l]} X + b^{[l]}", "with A^{[l-1]} for X"),
        (
            LOGISTIC,
            r"\mathcal{J} = -\frac{1}{m} \sum_{i=1}^{m} (y^{(i)} \log a^{(i)}"
            r" + (1 - y^{(i)}) \log(1 - y^{(i)}))",
            "with a^{(i)} for y^{(i)}",
        ),
    ],
)
def test_what_people_leave_out_is_named(declared, latex, hint):
    verdict = last(declared, latex)
    assert verdict.verdict in ("fails", "ill-typed")
    assert any(hint in found for found in verdict.hints), verdict.hints


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"db^{[1]} = \frac{1}{m} \sum dZ^{[1]}", "holds"),
        (r"db^{[1]} = \sum dZ^{[1]}", "fails"),
        (r"J = \frac{1}{m} \sum L^{(i)}", "holds"),
        (r"J = \sum L^{(i)}", "fails"),
        (r"dw = \frac{1}{m} \sum x^{(i)} dz^{(i)}", "holds"),
        (r"\sum w^2 = 1", "not-checked"),
        (r"\sum W^{[1]} = b^{[1]}", "not-checked"),
        (r"\sum^{m} dZ = db", "not-checked"),
    ],
)
def test_a_sum_without_an_index_is_over_the_examples(latex, verdict):
    assert check(latex).verdict == verdict


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\sigma(z) = {1 \over 1 + e^{-z}}", "holds"),
        (r"\sigma(z) = {1 \over 1 - e^{-z}}", "fails"),
        (r"a \over b = 3", "not-checked"),
        (r"w = w - \eta \, dw", "holds"),
        (r"w = w + \eta \, dw", "fails"),
        (r"\delta^{[l]} = W^{[l+1]T} \delta^{[l+1]} \odot g'(z^{[l]})", "holds"),
        (r"\delta^{[L]} = y - a^{[L]}", "fails"),
        (r"dZ^{[1]} = dA^{[1]} \odot g^{[1]}\'(Z^{[1]})", "holds"),
        (r"dZ^{[1]} = dA^{[1]} \odot g^{[1]}(Z^{[1]})", "fails"),
    ],
)
def test_what_other_notes_write(latex, verdict):
    assert check(latex).verdict == verdict


@pytest.mark.parametrize("sign", [r"\%", r"\#", r"\$"])
def test_no_sign_is_left_out(sign):
    assert check(f"a = 100 {sign} a").verdict == "not-checked"


def test_a_row_of_weights_is_open_unless_the_model_is_named():
    assert check("Z = w X + b").verdict == "not-checked"
    assert check("Z = w X + b", model="logistic").verdict == "ill-typed"


def test_sizes_that_are_written_out_are_open():
    rows = r" \\ ".join(f"w_{j}^{{[1]T}}" for j in (1, 2, 3))
    biases = r" \\ ".join(f"b_{j}^{{[1]}}" for j in (1, 2, 3))
    latex = (
        rf"z^{{[1]}} = \begin{{bmatrix}} {rows} \end{{bmatrix}} x"
        rf" + \begin{{bmatrix}} {biases} \end{{bmatrix}}"
    )
    verdict = check(latex)
    assert verdict.verdict == "not-checked"
    assert "n^{[1]} = 3" in verdict.message
    wrong = check(latex.replace("+", "-"))
    assert wrong.verdict == "ill-typed"


def test_the_last_layer_is_a_choice():
    assert check("l = L", model="deep").verdict == "definition"
    assert check("z = L", model="deep").verdict == "fails"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"da^{[L]} = -\frac{y}{a} + \frac{1 - y}{1 - a}", "holds"),
        (r"da^{[L]} = \frac{y}{a} + \frac{1 - y}{1 - a}", "fails"),
        ("dZ^{[L]} = A - Y", "holds"),
        ("dZ^{[L]} = Y - A", "fails"),
        ("dZ^{[l]} = A - Y", "not-checked"),
        ("dA^{[L-1]} = W^{[L]T} (A - Y)", "not-checked"),
    ],
)
def test_beside_labels_an_activation_is_the_output(latex, verdict):
    assert check(latex).verdict == verdict


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"A = [a^{(1)}, a^{(2)}, \dots, a^{(m)}]", "definition"),
        (r"A = [a^{(1)}, a^{(2)}, \dots, a^{(m)}]^T", "ill-typed"),
        (r"a^{[1]} = [a_1^{[1]}, a_2^{[1]}, a_3^{[1]}]", "not-checked"),
        (r"Z = w^T X + [b \; b \; \cdots \; b]", "holds"),
        (r"Z = w^T X - [b \; b \; \cdots \; b]", "fails"),
        (r"X = \begin{bmatrix} x^{(1)} & \cdots & x^{(1)} \end{bmatrix}", "fails"),
        (r"w = [b, \dots, b]", "ill-typed"),
    ],
)
def test_lists_over_the_examples(latex, verdict):
    assert check(latex).verdict == verdict


def test_a_written_number_of_classes_is_a_size():
    latex = r"\mathcal{L}(\hat y, y) = -\sum_{j=1}^{4} y_j \log \hat y_j"
    verdict = check(latex)
    assert verdict.verdict == "not-checked"
    assert "n^{[L]} = 4" in verdict.message


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"dZ^{[\ell]} = dA^{[\ell]} \odot g^{[\ell]\prime}(Z^{[\ell]})", "holds"),
        (r"A^{[\ell-1]} = g^{[\ell]}(Z^{[\ell]})", "ill-typed"),
        (r"dZ^{[\ell]} = A^{[\ell]} - Y", "ill-typed"),
        (r"\mathcal{J} = \frac{1}{m} [\ell^{(1)} + \cdots + \ell^{(m)}]", "holds"),
        (r"\mathcal{J} = [\ell^{(1)} + \cdots + \ell^{(m)}]", "fails"),
    ],
)
def test_ell_is_a_layer_in_brackets_and_the_loss_elsewhere(latex, verdict):
    assert check(latex).verdict == verdict


SUM = r"\frac{1}{m} \sum_{i=1}^m"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        ("z^{(i)} = u^{(i)} + b", "holds"),
        ("z^{(j)} = u^{(j)} + b", "holds"),
        ("z^{(1)} = u^{(1)} + b", "holds"),
        ("z = u + b", "holds"),
        (r"\sum_{j=1}^m z^{(j)} = \sum_{j=1}^m u^{(j)} + m b", "holds"),
        ("z^{(i)} = u^{(1)} + b", "fails"),
        ("z^{(i)} = u^{(j)} + b", "fails"),
        ("u^{(1)} = u^{(2)}", "fails"),
        ("z^{(i)} = u + b", "ill-typed"),
        (rf"dw = {SUM} q^{{(i)}} x^{{(i)}}", "holds"),
        (r"db = \frac{1}{m} \sum_{k=1}^m q^{(k)}", "holds"),
        (rf"dw = {SUM} q^{{(1)}} x^{{(i)}}", "fails"),
        (rf"dw = {SUM} q x^{{(i)}}", "ill-typed"),
        (rf"dw_j = {SUM} q^{{(j)}} x_j^{{(i)}}", "fails"),
        (r"\sum_{i=1}^m q^{(i-1)} = m \, db", "fails"),
    ],
)
def test_a_name_that_is_defined_for_example_i_keeps_its_example(latex, verdict):
    defined = "u^{(i)} = w^T x^{(i)}", "q^{(i)} = a^{(i)} - y^{(i)}"
    assert last(LOGISTIC, *defined, latex).verdict == verdict


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        ("q^{(i)} = dz^{(i)}", "holds"),
        (rf"dw = {SUM} x^{{(i)}} q^{{(i)}}", "holds"),
        ("q^{(1)} = q^{(2)}", "fails"),
        ("q^{(1)} = A - Y", "ill-typed"),
        ("w = q^{[1]}", "not-checked"),
    ],
)
def test_an_example_of_a_name_that_is_defined_for_all(latex, verdict):
    assert last(LOGISTIC, "q = A - Y", latex).verdict == verdict


@pytest.mark.parametrize("latex", ["P^{(1)} = P^{(2)}", "P^{(1)} = P", "P^{[1]} = P"])
def test_a_declared_array_has_no_scripts(latex):
    declared = {"model": "logistic", "arrays": "P:3x4"}
    assert last(declared, latex).verdict == "not-checked"


@pytest.mark.parametrize(
    "latex",
    [
        r"\mathcal{L}_i = -(y_i \log a_i + (1 - y_i) \log(1 - a_i))",
        "z_i = w^T x_i + b",
    ],
)
def test_a_subscript_i_everywhere_is_open(latex):
    assert last(LOGISTIC, latex).verdict == "not-checked"


@pytest.mark.parametrize(
    "latex",
    [
        r"dw = x \color{red}{+ dz}",
        "dw = x {+ dz}",
        r"db = dz \boxed{+ 1}",
        r"dz = a \& - y",
        r"dz = a - y\-1",
    ],
)
def test_a_sign_inside_of_braces_makes_no_factor(latex):
    assert check(latex).verdict == "not-checked"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\mu_1 = \frac{1}{m} \sum_{i=1}^m x_1^{(i)}", "holds"),
        (r"\mu_j = \frac{1}{m} \sum_{i=1}^m x_j^{(i)}", "holds"),
        (r"\mu_1 = \frac{1}{m} \sum_{i=1}^m x_2^{(i)}", "fails"),
        (r"\mu_1 = \mu_2", "fails"),
    ],
)
def test_a_component_of_what_is_defined_is_no_new_name(latex, verdict):
    mean = r"\mu = \frac{1}{m} \sum_{i=1}^m x^{(i)}"
    assert last(LOGISTIC, mean, latex).verdict == verdict


def test_auto_in_a_comment_names_no_model():
    assert last({"model": "auto"}, "Z = w X + b").verdict == "not-checked"
