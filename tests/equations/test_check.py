"""What `check` takes, and what it says of itself."""

import pytest

from nnref.equations import Page, check


def test_an_unknown_model_is_an_error():
    with pytest.raises(ValueError, match="model is 'deeep': expected auto, logistic"):
        check("dZ = A - Y", model="deeep")


def test_what_is_no_string_is_an_error():
    with pytest.raises(TypeError, match="latex is 3: expected a string"):
        check(3)


@pytest.mark.parametrize(
    ("latex", "model"),
    [
        ("dZ = A - Y", "logistic"),
        (r"Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}", "deep"),
        (r"dZ = A - Y \\ A^{[1]} = g(Z^{[1]})", "logistic, deep"),
    ],
)
def test_it_says_which_model_it_used(latex, model):
    assert check(latex).model == model


def test_what_follows_from_a_chosen_value_is_not_refuted():
    assert check(r"z = 0 \Rightarrow a = 0.5").verdict == "not-checked"


def test_one_network_has_to_do_for_all_rows():
    rows = r"A^{[1]} &= \sigma(Z^{[1]}) \\ dZ^{[1]} &= dA^{[1]} * (1 - A^{[1]2})"
    assert check(rf"\begin{{aligned}} {rows} \end{{aligned}}").verdict == "fails"
    # The same derivative is right where the activation is tanh.
    assert check(rows.replace(r"\sigma", r"\tanh")).verdict == "holds"


@pytest.mark.parametrize(
    ("latex", "declared"),
    [
        # A softmax of a single number is 1, whatever the number.
        (r"g(z) = \max(1, z)", {}),
        # Two cases that cover the same z, with different values.
        (r"g'(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 1 \end{cases}", {}),
        # Half of h^2 f'' belongs there, whatever the sign of the product.
        (
            r"f(\theta + h) = f(\theta) + h f'(\theta) "
            r"+ h^2 \odot f''(\theta) + \cdots",
            {},
        ),
        # A column beside a column is no product, though a number beside one is.
        (
            r"(\operatorname{diag}(a) - a a^T) \, da = a \, da - a (a^T \, da)",
            {"model": "deep", "output": "softmax"},
        ),
        # Layer 1 is not taken for the output, whose activation is another.
        (r"A^{[1]} = \sigma(Z^{[1]})", {"model": "deep", "g": "tanh"}),
        # m is another number in each network.
        (r"\mathcal{J} = \frac{1}{7} \sum_{i=1}^{m} \mathcal{L}^{(i)}", {}),
        # A layer without its number, in one row of two.
        (r"dZ^{[2]} = A^{[2]} - Y \\ dW = \frac{1}{m} dZ^{[1]} X^T", {}),
        # The sum is missing in one item of a list that speaks of the cost.
        (r"dw = \frac{1}{m} X dZ^T, \quad db = dz", {}),
    ],
)
def test_what_was_once_accepted_is_not(latex, declared):
    verdict = check(latex, page=Page(declared)).verdict
    assert verdict in ("fails", "ill-typed", "not-checked")
