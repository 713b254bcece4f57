r"""The notes that this site grew from, formula by formula.

They print some formulas wrong. Each must get the verdict that it deserves, with the
hint that helps its reader.
"""

import pytest

from nnref.equations import Page, check

ROWS = [
    # formula, verdict of each link, assumed, a part of a hint
    (
        r"z = w^{T}*x + b \rightarrow a = \sigma(z)",
        ("ill-typed", "holds"),
        ("for one example",),
        "matrix product",
    ),
    (r"X: (n^{x}, m)", ("holds",), (), ""),
    (r"X \in \mathbb{R}^{n_x \times m}", ("holds",), (), ""),
    (r"A^{[0]}: (n^{x}, m)", ("holds",), (), ""),
    (r"a^{[0]} = X", ("definition",), (), ""),
    (
        r"\hat{y}^{(i)} = a^{(i)} = \sigma(z^{(i)}) = \frac{1}{1 - e^{-z^{(i)}}}",
        ("definition", "holds", "fails"),
        (),
        "+ in 1 - e",
    ),
    (
        r"z^{[1]}_{1} = w^{[1]T}_{1}*x + b^{[1]}_{1} "
        r"\rightarrow a^{[1]}_{1} = \sigma(z^{[1]}_1)",
        ("ill-typed", "holds"),
        ("sigmoid hidden layers", "for one example"),
        "matrix product",
    ),
    (
        r"z^{[1]}_{1} = w^{[1]T}_{1} x + b^{[1]}_{1} "
        r"\rightarrow a^{[1]}_{1} = \sigma(z^{[1]}_1)",
        ("holds", "holds"),
        ("for one example", "sigmoid hidden layers"),
        "",
    ),
    (
        r"a = \max(0.01 * z, z)",
        ("holds",),
        ("leaky ReLU hidden layers, slope 0.01", "for one example"),
        "",
    ),
    (
        r"Z^{[l]} = W^{[l]T} * A^{[l-1]} + b^{[l]}",
        ("ill-typed",),
        (),
        "W stored transposed, as (n^{[l-1]}, n^{[l]})",
    ),
    (r"A^{[l]} = g^{[l]}(Z^{[l]})", ("holds",), (), ""),
    (r"A^{[L]} = g^{[L]}(Z^{[L]})", ("holds",), (), ""),
    (
        r"\frac{\partial \mathcal{J} }{ \partial z_{2}^{(i)} } = "
        r"\frac{1}{m} (a^{[2](i)} - y^{(i)})",
        ("holds",),
        ("L = 2",),
        "",
    ),
    (
        r"\frac{\partial \mathcal{J} }{ \partial W_2 } = "
        r"\frac{\partial \mathcal{J} }{ \partial z_{2}^{(i)} } a^{[1] (i) T} ",
        ("fails",),
        (),
        "",
    ),
    (
        r"\frac{\partial \mathcal{J} }{ \partial b_2 } = "
        r"\sum_i{\frac{\partial \mathcal{J} }{ \partial z_{2}^{(i)}}}",
        ("holds",),
        (),
        "",
    ),
    (
        r"\frac{\partial \mathcal{J} }{ \partial z_{1}^{(i)} } =  "
        r"W_2^T \frac{\partial \mathcal{J} }{ \partial z_{2}^{(i)} } "
        r"* ( 1 - a^{[1] (i) 2}) ",
        ("holds",),
        ("tanh hidden layers",),
        "",
    ),
    (
        r"\frac{\partial \mathcal{J} }{ \partial W_1 } = "
        r"\frac{\partial \mathcal{J} }{ \partial z_{1}^{(i)} }  X^T ",
        ("ill-typed",),
        (),
        "",
    ),
    (r"dZ^{[L]} = A^{[L]} - Y", ("holds",), (), ""),
    (r"dW^{[L]} = \frac{1}{m} dZ^{[L]} A^{[L-1]T}", ("holds",), (), ""),
    (
        r"db^{[L]} = \frac{1}{m}np.sum(dZ^{[L]}, axis=1, keepdims=True)",
        ("holds",),
        (),
        "",
    ),
    (
        r"dA^{[L-1]} = W^{[L]T}dZ^{[L]}*g\rq^{[L-1]}(Z^{[L-1]})",
        ("fails",),
        (),
        "dZ for dA",
    ),
    (
        r"dW1 = \frac{\partial \mathcal{J} }{ \partial W_1 }",
        ("definition",),
        (),
        "",
    ),
    (
        r"db1 = \frac{\partial \mathcal{J} }{ \partial b_1 }",
        ("definition",),
        (),
        "",
    ),
    (
        r"dW2 = \frac{\partial \mathcal{J} }{ \partial W_2 }",
        ("definition",),
        (),
        "",
    ),
    (
        r"db2 = \frac{\partial \mathcal{J} }{ \partial b_2 }",
        ("definition",),
        (),
        "",
    ),
]


@pytest.mark.parametrize(("latex", "links", "assuming", "hint"), ROWS)
def test_the_notes_get_their_verdicts(latex, links, assuming, hint):
    verdict = check(latex)
    assert tuple(claim.verdict for claim in verdict.claims) == links
    assert set(verdict.assuming) == set(assuming)
    if hint:
        assert hint in " | ".join(verdict.hints)
    if "fails" not in links and "ill-typed" not in links:
        assert verdict.hints == ()


def test_the_cost_of_one_example_is_no_sum_over_all():
    verdict = check(
        r"\frac{\partial \mathcal{J} _i }{ \partial b_1 } = "
        r"\sum_i{\frac{\partial \mathcal{J} }{ \partial z_{1}^{(i)}}}"
    )
    assert verdict.verdict in ("fails", "not-checked")
    assert r"\mathcal{J} _i" in verdict.latex[slice(*verdict.worst.span)]


def test_the_last_link_of_the_sigmoid_is_named():
    verdict = check(
        r"\hat{y}^{(i)} = a^{(i)} = \sigma(z^{(i)}) = \frac{1}{1 - e^{-z^{(i)}}}"
    )
    assert verdict.worst is verdict.claims[-1]
    assert verdict.worst.latex == r"\sigma(z^{(i)}) = \frac{1}{1 - e^{-z^{(i)}}}"


def test_the_hint_on_the_stored_weights_contradicts_the_notes_own_formula():
    """With W stored so, the dA of the notes would not even have fitting shapes."""
    verdict = check(r"dA^{[L-1]} = W^{[L]} dZ^{[L]}")
    assert verdict.verdict == "ill-typed"
    assert check(r"dA^{[L-1]} = W^{[L]T} dZ^{[L]}").verdict == "holds"


def test_the_mean_belongs_to_dW_and_not_to_dZ():
    """What the notes' two lists say of dZ, and of the derivative of J by Z."""
    declared = {"model": "deep"}
    for latex, wanted in [
        (r"dZ^{[L]} = \frac{1}{m} (A^{[L]} - Y)", "fails"),
        (r"\frac{\partial \mathcal{J}}{\partial Z^{[L]}} = A^{[L]} - Y", "fails"),
        (r"dZ^{[L]} = \frac{\partial \mathcal{J}}{\partial Z^{[L]}}", "fails"),
        (r"dZ^{[L]} = m \frac{\partial \mathcal{J}}{\partial Z^{[L]}}", "holds"),
    ]:
        assert check(latex, page=Page(declared)).verdict == wanted, latex
