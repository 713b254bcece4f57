"""Pages that give their network numbers: what they compute by hand is checked."""

import pytest

from nnref.equations.documents import read_document
from nnref.equations.outcomes import examine

NETWORK = r"""<!-- nnref: model=shallow g=tanh -->

<!-- nnref: given -->

$$
\begin{aligned}
X &= \begin{bmatrix} 1 & -2 \\ 0.5 & 1 \end{bmatrix}, \quad
Y = \begin{bmatrix} 1 & 0 \end{bmatrix} \\
W^{[1]} &= \begin{bmatrix} 0.5 & -1 \\ 1 & 0.5 \\ -0.5 & 1 \end{bmatrix}, \quad
b^{[1]} = \begin{bmatrix} 0 \\ 0.5 \\ -0.5 \end{bmatrix} \\
W^{[2]} &= \begin{bmatrix} 1 & -1 & 0.5 \end{bmatrix}, \quad
b^{[2]} = 0.5, \quad \alpha = 0.5
\end{aligned}
$$
"""


def last(tmp_path, *formulas, network=NETWORK):
    """Return what became of the last formula of a page that gives its numbers."""
    page = tmp_path / "page.md"
    page.write_text(network + "".join(f"\n$$\n{formula}\n$$\n" for formula in formulas))
    return [*examine(read_document(page, "page.md"))][-1].verdict


RIGHT = [
    r"z^{[1](1)}_1 = 0.5 \cdot 1 + (-1) \cdot 0.5 + 0 = 0",
    r"Z^{[1]} = \begin{bmatrix} 0 & -2 \\ 1.75 & -1 \\ -0.5 & 1.5 \end{bmatrix}",
    r"A^{[1]} = \begin{bmatrix} 0 & -0.9640 \\ 0.9414 & -0.762 \\ -0.5 & 0.9 "
    r"\end{bmatrix}",
    r"z^{[2](1)} = 1 \cdot 0 - 1 \cdot 0.9414 + 0.5 \cdot (-0.4621) + 0.5 = -0.6725",
    r"A^{[1]} \approx \begin{bmatrix} 0 & -1 \\ 1 & -1 \\ 0 & 1 \end{bmatrix}",
    r"W^{[2]} - \alpha \, dW^{[2]} = \begin{bmatrix} 1.16 & -0.715 & 0.2698 "
    r"\end{bmatrix}",
    r"A^{[1]} \approx \begin{bmatrix} 0 & -0.96 \\ 0.94 & -0.8 \\ -0.5 & 0.91 "
    r"\end{bmatrix}",
    r"\begin{bmatrix} 0.5 & 1 \end{bmatrix} - 0.4 \begin{bmatrix} 0.206 & 1.1 "
    r"\end{bmatrix} = \begin{bmatrix} 0.418 & 0.56 \end{bmatrix}",
    r"\mathcal{J} \approx 1.11",
    r"\mathcal{J} = 0.5 (1.085 + 1.137)",
    r"dW^{[2]} = \frac{1}{2} dZ^{[2]} A^{[1]T}",
    "m = 2",
    "y^{(1)} = 1",
    r"\mathcal{J} = 1.111",
]
WRONG = [
    (r"z^{[1](1)}_1 = 0.5 \cdot 1 + (-1) \cdot 0.5 + 0 = 0.01", "0 on the left"),
    (r"z^{[1](1)}_2 = 1 \cdot 1 + 0.6 \cdot 0.5 + 0.5 = 1.8", "1.75 on the left"),
    (r"z^{[1](1)}_2 = 1.1 \cdot 1 + 0.5 \cdot 0.5 + 0.5", "1.75 on the left"),
    # A last digit, in one entry.
    (
        r"A^{[1]} = \begin{bmatrix} 0 & -0.9640 \\ 0.9414 & -0.7616 \\"
        r" -0.4621 & 0.9052 \end{bmatrix}",
        "entry (3, 2) is 0.905148 on the left",
    ),
    # A whole number is exact, unless it is said to be near.
    (
        r"A^{[1]} = \begin{bmatrix} 0 & -0.96 \\ 1 & -0.76 \\ -0.46 & 0.9 "
        r"\end{bmatrix}",
        "entry (2, 1) is 0.941376 on the left and 1",
    ),
    (
        r"A^{[1]} \approx \begin{bmatrix} 1 & -1 \\ 1 & -1 \\ 0 & 1 \end{bmatrix}",
        "entry (1, 1) is 0 on the left and 1",
    ),
    (
        r"W^{[2]} - \alpha \, dW^{[2]} = \begin{bmatrix} 1.164 & -1 & 0.27 "
        r"\end{bmatrix}",
        "entry (1, 2) is -0.714871 on the left and -1",
    ),
    (r"\mathcal{J} \approx 1.12", "1.11091 on the left"),
    # A factor is as precise as what it is multiplied with.
    (r"\mathcal{J} = 0.5 (1.185 + 1.137)", "1.161 on the right"),
    (r"0.6 \cdot 40 = 25", "24 on the left"),
    ("m = 3", "2 on the left"),
    (r"\alpha = 0.4", "0.5 on the left"),
    ("y^{(1)} = 0", "1 on the left"),
    (r"\mathcal{J} = 1.112", "1.11091 on the left"),
    (r"X = \begin{bmatrix} 1 & -2 \\ 0.5 & 2 \end{bmatrix}", "entry (2, 2) is 1"),
    (r"dW^{[2]} = dZ^{[2]} A^{[1]T}", "entry (1, 1)"),
]


@pytest.mark.parametrize("latex", RIGHT)
def test_numbers_of_the_page_hold(tmp_path, latex):
    verdict = last(tmp_path, latex)
    assert verdict.verdict == "holds", verdict
    assert verdict.assuming == ("the numbers of this page",)


@pytest.mark.parametrize(("latex", "message"), WRONG)
def test_a_wrong_number_is_refuted(tmp_path, latex, message):
    verdict = last(tmp_path, latex)
    assert verdict.verdict == "fails", verdict
    assert message in verdict.message


def test_a_formula_that_holds_anywhere_assumes_no_numbers(tmp_path):
    assert last(tmp_path, r"dZ^{[2]} = A^{[2]} - Y").assuming == ()


def test_the_numbers_do_not_excuse_a_wrong_formula(tmp_path):
    assert last(tmp_path, r"dW^{[2]} = dZ^{[2]} A^{[1]T}").verdict == "fails"
    assert last(tmp_path, r"A^{[1]} = \sigma(Z^{[1]})").verdict == "fails"


@pytest.mark.parametrize(
    "latex",
    [
        # True of this network, where n_x = m, alpha = b^{[2]} and labels are 0 or 1.
        r"dW^{[1]} = \frac{1}{n_x} dZ^{[1]} X^T",
        r"dW^{[1]} = \alpha dZ^{[1]} X^T",
        r"Z^{[2]} = W^{[2]} A^{[1]} + \alpha",
        r"W^{[2]} := W^{[2]} - b^{[2]} dW^{[2]}",
        r"z^{[1](1)}_1 = b^{[1]}_1",
        "Y^2 = Y",
    ],
)
def test_what_has_no_numbers_is_said_of_all_networks(tmp_path, latex):
    assert last(tmp_path, latex).verdict == "fails"


def test_the_depth_is_that_of_the_network(tmp_path):
    assert last(tmp_path, "L = 2").verdict == "definition"
    assert last(tmp_path, "L = 3").verdict == "fails"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [("W^{[1]}: (3, 2)", "holds"), ("W^{[1]}: (2, 3)", "ill-typed")],
)
def test_shapes_in_numbers(tmp_path, latex, verdict):
    assert last(tmp_path, latex).verdict == verdict


def test_another_comment_on_the_model_ends_it(tmp_path):
    network = NETWORK + "\n<!-- nnref: model=shallow g=tanh -->\n"
    assert last(tmp_path, r"\mathcal{J} = 1.111", network=network).verdict == "fails"


def test_logistic_regression_is_given_a_column_of_weights(tmp_path):
    network = r"""<!-- nnref: model=logistic -->

<!-- nnref: given -->

$$
w = \begin{bmatrix} 1 \\ -1 \end{bmatrix}, \quad b = 0.5, \quad
X = \begin{bmatrix} 1 & 2 \\ 0.5 & 1 \end{bmatrix}
$$
"""
    right = r"Z = \begin{bmatrix} 1 & 1.5 \end{bmatrix}"
    assert last(tmp_path, right, network=network).verdict == "holds"
    wrong = r"Z = \begin{bmatrix} 1 & 1.4 \end{bmatrix}"
    assert last(tmp_path, wrong, network=network).verdict == "fails"


@pytest.mark.parametrize(
    ("given", "verdict", "message"),
    [
        (
            r"W^{[1]} = \begin{bmatrix} 1 & 2 \end{bmatrix}, \quad"
            r" W^{[2]} = \begin{bmatrix} 1 & 2 \end{bmatrix}",
            "ill-typed",
            "W^{[2]} is 1 by 2, but layer 1 has 1 units",
        ),
        (
            r"X = \begin{bmatrix} 1 & 2 \end{bmatrix}, \quad"
            r" Y = \begin{bmatrix} 1 & 0 & 1 \end{bmatrix}",
            "ill-typed",
            "X has 2 and Y has 3 examples",
        ),
        (
            r"b^{[1]} = \begin{bmatrix} 1 & 2 \end{bmatrix}",
            "ill-typed",
            "b^{[1]} has 2 columns: expected 1",
        ),
        (r"A^{[1]} = \begin{bmatrix} 1 & 2 \end{bmatrix}", "not-checked", "only X, Y"),
        (r"dW^{[1]} = \begin{bmatrix} 1 & 2 \end{bmatrix}", "not-checked", "only X, Y"),
        (r"W^{[1]} = X", "not-checked", "a given value is written in numbers"),
    ],
)
def test_what_cannot_be_given(tmp_path, given, verdict, message):
    network = "<!-- nnref: model=shallow g=tanh -->\n\n<!-- nnref: given -->\n"
    found = last(tmp_path, given, network=network)
    assert found.verdict == verdict
    assert message in found.message


def test_values_need_a_network_that_a_comment_names(tmp_path):
    found = last(tmp_path, r"b^{[2]} = 1", network="<!-- nnref: given -->\n")
    assert found.verdict == "not-checked"
    assert "a network that a comment names" in found.message


def test_a_learning_rate_that_is_not_given_is_not_drawn(tmp_path):
    network = NETWORK.replace(r", \quad \alpha = 0.5", "")
    found = last(tmp_path, r"b^{[2]} := 0.49", network=network)
    assert found.verdict == "not-checked"
    assert "learning rate of this page is not given" in found.message


def test_the_kink_has_no_slope(tmp_path):
    network = NETWORK.replace("g=tanh", "g=relu")
    found = last(tmp_path, r"dz^{[1](1)}_1 = 0.5", network=network)
    assert found.verdict == "not-checked"
    assert "kink" in found.message
