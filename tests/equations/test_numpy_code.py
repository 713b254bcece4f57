"""Formulas printed as NumPy code compute what they say: it is run and compared."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnref import activations
from nnref.equations.documents import Formula, formulas_in
from nnref.equations.models import Instance, Kind, Settings
from nnref.equations.numpy_code import numpy_code
from nnref.losses import cross_entropy
from tests.conftest import PROJECT

DOCS = PROJECT / "docs"
PAGES = sorted({*DOCS.rglob("*.md"), *(DOCS / "notebooks").glob("*.py")})
FUNCTIONS = {
    name: getattr(activations, name)
    for name in dir(activations)
    if not name.startswith("_")
}
CHOSEN = {"i": 2, "j": 2, "k": 1, "l": 2}


def network_of(model: Mapping[str, str]) -> Instance:
    kind: Kind = model["model"]  # type: ignore[assignment]
    L = {"logistic": 1, "shallow": 2}.get(kind, 3)
    output = model.get("output", "sigmoid")
    units = int(model.get("n_L", 0))
    return Instance(Settings(kind, L, "tanh", output, kind == "shallow", units), 0)


def names(network: Instance) -> dict[str, Any]:
    """The names of the site's code, with the values of a random network."""
    kind, L = network.settings.kind, network.settings.L
    arrays: dict[str, list[Any]] = {
        "W": network.W,
        "b": network.b,
        "Z": network.Z,
        "A": network.A,
        "dW": [None, *(network.cost_gradient(("W", x)) for x in range(1, L + 1))],
        "db": [None, *(network.cost_gradient(("b", x)) for x in range(1, L + 1))],
        "dZ": [None, *(network.loss_gradient(("Z", x)) for x in range(1, L + 1))],
        "dA": [network.loss_gradient(("A", x)) for x in range(L + 1)],
    }
    found: dict[str, Any] = {
        **FUNCTIONS,
        "np": np,
        "math": math,
        "cross_entropy": cross_entropy,
        "X": network.A[0],
        "Y": network.Y,
        "m": network.m,
        "n": network.n,
        "n_x": network.n[0],
        "L": L,
        "J": network.cost(network.base),
        "loss": network.losses(network.base)[0, CHOSEN["i"] - 1],
        "alpha": network.free["alpha"],
        **CHOSEN,
    }
    if kind == "logistic":
        found |= {name: value[1] for name, value in arrays.items() if name[-1] in "ZA"}
        found |= {"w": network.W[1].T, "b": network.b[1].item()}
        found |= {"dw": arrays["dW"][1].T, "db": arrays["db"][1].item()}
    elif kind == "shallow":
        for name, values in arrays.items():
            found |= {f"{name}{x}": values[x] for x in (1, 2)}
        found |= {"g": np.tanh, "g_prime": activations.tanh_prime}
    else:
        found |= arrays
        found["g"] = network.g
        found["g_prime"] = [None, *[activations.tanh_prime] * (L - 1), None]
        found["g_prime"][L] = activations.sigmoid_prime
    return found


def copied(values: dict[str, Any]) -> dict[str, Any]:
    def copy(value: Any) -> Any:
        if isinstance(value, list):
            return [copy(x) for x in value]
        return value.copy() if isinstance(value, np.ndarray) else value

    return {name: copy(value) for name, value in values.items()}


def updated(target: str, network: Instance) -> Any:
    """A parameter after a step of gradient descent, by nnref's own update."""
    if network.settings.kind == "logistic":
        value = network.updated((target.upper() if target == "w" else "b", 1))
        return value.T if target == "w" else value.item()
    layer = CHOSEN["l"] if network.settings.kind == "deep" else int(target[-1])
    return network.updated((target[0], layer))


def differing(code: str, network: Instance) -> list[str]:
    """Run each line on its own; name those that assign another value than nnref's."""
    values = names(network)
    wrong = []
    for line in code.splitlines():
        target, _, right = line.partition(" = ")
        after = copied(values)
        exec(line, after)
        new = eval(target, after)
        if right.startswith(f"{target} - alpha"):
            old = updated(target, network)
        else:
            old = eval(target, dict(values))
        if np.shape(old) != np.shape(new) or not np.allclose(old, new, rtol=1e-9):
            wrong.append(line)
    return wrong


def displayed(path: Path) -> list[Formula]:
    content = path.read_text(encoding="utf-8")
    name = path.relative_to(PROJECT).as_posix()
    if "nnref: given" in content:
        return []  # about a network of its own, with rounded numbers
    found = formulas_in(name, content, path.suffix)
    return [x for x in found if x.kind == "display" and not x.declared and x.model]


PRINTED = {
    formula.place: (formula, code)
    for path in PAGES
    for formula in displayed(path)
    if (code := numpy_code(formula.latex, formula.model["model"]))  # type: ignore[arg-type]
}


@pytest.mark.parametrize("place", PRINTED)
def test_the_code_of_a_formula_computes_it(place: str) -> None:
    formula, code = PRINTED[place]
    assert differing(code, network_of(formula.model)) == []


def test_most_formulas_with_a_name_on_the_left_have_code() -> None:
    assert len(PRINTED) > 70


@pytest.mark.parametrize(
    ("kind", "latex", "code"),
    [
        ("logistic", "Z = w^T X + b", "Z = w.T @ X + b"),
        ("shallow", "Z^{[1]} = W^{[1]} X + b^{[1]}", "Z1 = W1 @ X + b1"),
        ("shallow", "Z^{[2]} = W^{[2]} A^{[1]} + b^{[2]}", "Z2 = W2 @ A1 + b2"),
        ("shallow", "A^{[1]} = g^{[1]}(Z^{[1]})", "A1 = g(Z1)"),
        (
            "deep",
            "Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}",
            "Z[l] = W[l] @ A[l - 1] + b[l]",
        ),
        ("deep", "Z^{[1]} = W^{[1]} A^{[0]} + b^{[1]}", "Z[1] = W[1] @ X + b[1]"),
        (
            "deep",
            r"dZ^{[l]} = dA^{[l]} \odot g'^{[l]}(Z^{[l]})",
            "dZ[l] = dA[l] * g_prime[l](Z[l])",
        ),
        ("deep", "dA^{[l]} = W^{[l+1]T} dZ^{[l+1]}", "dA[l] = W[l + 1].T @ dZ[l + 1]"),
        (
            "logistic",
            r"\mathcal{J} = \frac{1}{m} \sum_{i=1}^m \mathcal{L}^{(i)}",
            "J = 1 / m * sum(cross_entropy(A[0, i - 1], Y[0, i - 1]) "
            "for i in range(1, m + 1))",
        ),
        (
            "logistic",
            "z^{(i)} = w^T x^{(i)} + b",
            "Z[0, i - 1] = (w.T @ X[:, [i - 1]]).item() + b",
        ),
        (
            "deep",
            r"z_j^{[l]} = \sum_{k=1}^{n^{[l-1]}} w_{jk}^{[l]} a_k^{[l-1]} + b_j^{[l]}",
            "Z[l][j - 1, i - 1] = sum(W[l][j - 1, k - 1] * A[l - 1][k - 1, i - 1] "
            "for k in range(1, n[l - 1] + 1)) + b[l][j - 1, 0]",
        ),
        (
            "logistic",
            r"\frac{\partial \mathcal{J}}{\partial w} = \frac{1}{m} X \, dZ^T",
            "dw = 1 / m * X @ dZ.T",
        ),
        ("logistic", r"w := w - \alpha \, dw", "w = w - alpha * dw"),
        ("logistic", "dZ = -(Y - A)", "dZ = -(Y - A)"),
        ("logistic", "a = 1 - (1 - a)", "A[0, i - 1] = 1 - (1 - A[0, i - 1])"),
        ("logistic", r"dZ = \frac{A - Y}{2} * 2", "dZ = (A - Y) / 2 * 2"),
        ("logistic", "dZ = 2 (A - Y) / 2", "dZ = 2 * (A - Y) / 2"),
        (
            "logistic",
            r"a = \begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{else} \end{cases}",
            "A[0, i - 1] = np.where(Z[0, i - 1] > 0, 1, 0)",
        ),
    ],
)
def test_the_code_reads_like_the_package(kind: Kind, latex: str, code: str) -> None:
    assert numpy_code(latex, kind) == code
    assert latex.startswith("a = \\begin") or (
        differing(code, network_of({"model": kind})) == []
    )


@pytest.mark.parametrize(
    ("kind", "latex"),
    [
        ("logistic", "Z"),
        ("logistic", "Z = "),
        ("logistic", "Z > 0"),
        ("logistic", "q = 2 m"),
        ("logistic", r"Z = \begin{bmatrix} z^{(1)} & \cdots & z^{(m)} \end{bmatrix}"),
        ("logistic", r"\frac{\partial a}{\partial z} = a (1 - a)"),
        ("logistic", "Z = X w + b"),
        ("logistic", r"X \in \mathbb{R}^{n_x \times m}"),
        ("deep", "Z = W X + b"),
        ("shallow", "Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}"),
        ("logistic", r"\lambda = 2"),
        ("deep", "dW^{[l]} = dz^{[l]} a^{[l-1]T}"),
        ("logistic", "dw = x dz"),
    ],
)
def test_what_has_no_code_is_not_printed(kind: Kind, latex: str) -> None:
    assert numpy_code(latex, kind) is None


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("logistic", "Z = w.T @ X - b"),
        ("logistic", "dw = X @ dZ.T"),
        ("logistic", "dw = (X @ dZ.T / m).T"),
        ("deep", "dA[l] = g_prime[l](Z[l])"),
        ("deep", "W[l] = W[l] - alpha * db[l]"),
        ("shallow", "W1 = W1 - alpha * 2 * dW1"),
    ],
)
def test_wrong_code_is_noticed(model: str, code: str) -> None:
    assert differing(code, network_of({"model": model}))
