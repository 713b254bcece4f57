"""Each line of code on the cheat sheet computes what stands in its row.

A row has a name, a formula, the code of it and the shape of the result. The formulas
are run by the equation check. Here the code is run, on a random network whose values
come from `nnref`, and the result is compared with `nnref`, as is its shape with the
last column. A line of code has all values but the one that it computes, and the formula
beside it must name what it computes.
"""

import ast
import copy
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import nnref
from nnref import activations, deep_network, logistic_regression, shallow_network
from nnref.gradient_checking import complex_step, relative_error, two_sided_difference
from nnref.losses import cross_entropy, softmax_cross_entropy_from_logits
from tests.conftest import PROJECT

PAGE = (PROJECT / "docs/cheat-sheet.md").read_text(encoding="utf-8")
TABLES = PAGE.partition('<div class="no-print"')[0]
RANDOM = 5  # seed of the weights to start with
BELOW_L = ("dA[l]", "dZ[l]")  # as the course computes them; dZ[L] has a row of its own


@dataclass(frozen=True)
class Fragment:
    """A piece of code in a table."""

    section: str
    row: str
    symbol: str
    code: str
    shape: str

    def __str__(self) -> str:
        return f"{self.section}: {self.code}"


def fragments(page: str) -> Iterator[Fragment]:
    """Yield the code of all tables, each with what stands beside it."""
    section, header = "", []
    for line in page.splitlines():
        if line.startswith("## "):
            section = line[3:].partition(" {")[0]
        if not line.startswith("| "):
            header = header if line.startswith("|---") else []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not header:
            header = cells
            if "classes" in header[0]:
                section = "Softmax"
            continue
        assert len(cells) == len(header), line
        assert re.match(r"\[[^]]+\]\([\w/-]+\.md#[\w-]+\)", cells[0]), "no link"
        row = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", cells[0])
        shape = cells[-1] if header[-1] == "shape" else ""
        for at, title in enumerate(header):
            codes = re.findall(r"`([^`]+)`", cells[at])
            assert bool(codes) == (title == "code"), f"code in another column: {line}"
            symbols = re.findall(r"\$([^$]+)\$", cells[at - 1])
            shapes = re.findall(r"\$([^$]+)\$|(number)", shape)
            if len(codes) == 1:
                symbols = symbols[:1]
            for number, code in enumerate(codes):
                symbol = symbols[number] if symbols else ""
                yield Fragment(
                    section, row, symbol, code, "".join(shapes[number]) if shape else ""
                )


FRAGMENTS = [*fragments(TABLES)]


@dataclass
class State:
    """The names that code can use, and what it must compute, by its left side."""

    names: dict[str, Any]
    results: dict[str, Any] = field(default_factory=dict)


@functools.cache
def logistic() -> State:
    rng = np.random.default_rng(0)
    n_x, m, alpha = 3, 7, 0.3
    X, w, b = rng.normal(size=(n_x, m)), rng.normal(size=(n_x, 1)), 0.4
    Y = rng.integers(0, 2, size=(1, m)).astype(float)
    Z, A = logistic_regression.forward(X, w, b)
    dw, db = logistic_regression.backward(X, A, Y)
    losses = cross_entropy(A, Y)
    new_w, new_b = logistic_regression.update(w, b, dw, db, alpha)
    results = {
        "w": new_w,
        "b": new_b,
        "dA": complex_step(lambda A: np.sum(cross_entropy(A, Y)), A),
        "Y_pred": logistic_regression.predict(X, w, b),
        "J": logistic_regression.cost(Z, Y),
    }
    dZ = m * complex_step(lambda Z: logistic_regression.cost(Z, Y), Z)
    names = dict(n_x=n_x, m=m, alpha=alpha, X=X, Y=Y, w=w, b=b, Z=Z, A=A, dZ=dZ)
    return State({**names, "dw": dw, "db": db, "losses": losses}, results)


@functools.cache
def softmax() -> State:
    rng = np.random.default_rng(0)
    C, m = 4, 7
    Z = rng.normal(size=(C, m))
    Y = np.eye(C)[:, rng.integers(0, C, size=m)]
    A = activations.softmax(Z)
    z, a = Z[:, [2]], A[:, [2]]
    columns = [
        complex_step(lambda z, k=k: activations.softmax(z)[k, 0], z) for k in range(C)
    ]
    results = {
        "losses": softmax_cross_entropy_from_logits(Z, Y),
        "dZ": m
        * complex_step(lambda Z: deep_network.cost(Z, Y, activations.softmax), Z),
        "jacobian": np.hstack(columns).T,
    }
    return State(dict(C=C, m=m, Y=Y, Z=Z, A=A, a=a), results)


@functools.cache
def shallow() -> State:
    rng = np.random.default_rng(0)
    n, m = [3, 5, 2], 7
    X, Y = rng.normal(size=(n[0], m)), rng.uniform(size=(n[2], m))
    W1, b1, W2, b2 = (
        rng.normal(size=s) for s in [(n[1], n[0]), (n[1], 1), (n[2], n[1]), (n[2], 1)]
    )
    g, g_prime = activations.tanh, activations.tanh_prime
    Z1, A1, Z2, A2 = shallow_network.forward(X, W1, b1, W2, b2)
    dW1, db1, dW2, db2 = shallow_network.backward(X, Y, W2, Z1, A1, A2)

    def loss(A1: np.ndarray) -> Any:
        return m * shallow_network.cost(W2 @ A1 + b2, Y)

    dZ2 = m * complex_step(lambda Z2: shallow_network.cost(Z2, Y), Z2)
    dA1 = complex_step(loss, A1)
    dZ1 = complex_step(lambda Z1: loss(g(Z1)), Z1)
    names = dict(n=n, n_x=n[0], m=m, X=X, Y=Y, W1=W1, b1=b1, W2=W2, b2=b2, g=g)
    names |= dict(g_prime=g_prime, Z1=Z1, A1=A1, Z2=Z2, A2=A2, dW1=dW1, db1=db1)
    return State({**names, "dW2": dW2, "db2": db2, "dZ2": dZ2, "dA1": dA1, "dZ1": dZ1})


@functools.cache
def deep(l: int) -> State:  # noqa: E741 (l is the layer, as in the formulas)
    rng = np.random.default_rng(0)
    n, m, L, alpha = [3, 5, 4, 2], 7, 3, 0.3
    i, j, k = 6, 2, 3
    X, Y = rng.normal(size=(n[0], m)), rng.uniform(size=(n[L], m))
    W, b = deep_network.initialize(n)
    b = [None, *(rng.normal(size=(size, 1)) for size in n[1:])]
    hidden = [(np.sin, np.cos), (activations.tanh, activations.tanh_prime)]
    g, g_prime = deep_network.activations(hidden)
    Z, A = deep_network.forward(X, W, b, g)
    dW, db = deep_network.backward(Y, W, Z, A, g_prime)

    def after(layer: int, value: np.ndarray) -> Any:
        """The sum of the losses, if the activations of a layer have this value."""
        for below in range(layer, L):
            Z_next = W[below + 1] @ value + b[below + 1]
            value = g[below + 1](Z_next)
        return m * deep_network.cost(Z_next, Y)

    dA = [complex_step(lambda A, p=p: after(p, A), A[p]) for p in range(L)]
    dZ = [None] + [
        complex_step(lambda Z, p=p: after(p, g[p](Z)), Z[p]) for p in range(1, L)
    ]
    dZ.append(m * complex_step(lambda Z: deep_network.cost(Z, Y), Z[L]))
    dA.append(np.full((n[L], m), np.nan))
    new_W, new_b = deep_network.update(W, b, dW, db, alpha)
    names = dict(n=n, n_x=n[0], m=m, L=L, alpha=alpha, l=l, i=i, j=j, k=k, X=X, Y=Y)
    names |= dict(W=W, b=b, g=g, g_prime=g_prime, Z=Z, A=A, dW=dW, db=db, dZ=dZ, dA=dA)
    results = {
        "W[l]": new_W[l],
        "b[l]": new_b[l],
        "m": m,
        "n_x": n[0],
        "n^{[l]}": n[l],
        "x^{(i)}": X[:, i - 1 : i],
        "y^{(i)}": Y[:, i - 1 : i],
        "z^{[l](i)}": Z[l][:, i - 1 : i],
        "z_j^{[l](i)}": Z[l][j - 1][i - 1],
        "w_j^{[l]}": W[l][j - 1].reshape(-1, 1),
        "w_{jk}^{[l]}": W[l][j - 1][k - 1],
    }
    return State(names, results)


@functools.cache
def initialisation(l: int) -> State:  # noqa: E741
    state = copy.deepcopy(deep(l))
    state.names["rng"] = np.random.default_rng(RANDOM)
    state.names["scale"] = 0.01
    size = state.names["n"][l], state.names["n"][l - 1]
    unscaled = np.random.default_rng(RANDOM).normal(size=size)
    for name in ("small_random", "xavier", "he"):
        method = getattr(nnref.initialization, name)
        W = method(*size, np.random.default_rng(RANDOM))
        scale = W[0, 0] / unscaled[0, 0]
        assert np.allclose(W, scale * unscaled, rtol=1e-12)
        state.results[f"scale of {name.partition('_')[0]}"] = scale
        if name == "small_random":
            state.results["W[l]"] = W
    W, b = deep_network.initialize(state.names["n"])
    state.results["b[l]"] = b[l]
    return state


@functools.cache
def activation(row: str) -> State:
    name = row.lower().replace(" ", "_")
    Z = np.linspace(-2.9, 3.1, 24).reshape(4, 6)
    A = getattr(activations, name)(Z)
    return State({"Z": Z, "A": A}, {"slope": getattr(activations, f"{name}_prime")(Z)})


@functools.cache
def checking() -> State:
    state = logistic().names
    X, Y, w = state["X"], state["Y"], state["w"]

    def f(b: float) -> Any:
        return logistic_regression.cost(w.T @ X + b, Y)

    theta, epsilon, h = 0.4, 1e-6, 1e-20
    a, b = state["dw"], state["dw"] + 0.01 * w
    names = dict(f=f, theta=theta, epsilon=epsilon, h=h, a=a, b=b, norm=np.linalg.norm)
    results = {
        "slope of two-sided": two_sided_difference(f, theta, epsilon),
        "slope of complex step": complex_step(f, theta, h),
        "r": relative_error(a, b),
    }
    return State(names, results)


STATES: dict[str, Callable[..., State]] = {
    "Notation": deep,
    "Logistic regression": logistic,
    "Losses and cost": logistic,
    "Softmax": softmax,
    "Shallow network": shallow,
    "Deep network": deep,
    "Activation functions": activation,
    "Initialisation": initialisation,
    "Gradient checking": checking,
}


def states(fragment: Fragment) -> list[State]:
    """The state of a section; one for each layer, where the code speaks of layer l."""
    state = STATES[fragment.section]
    if state is activation:
        return [activation(fragment.row)]
    if state not in (deep, initialisation):
        return [state()]
    layers = [1, 2, 3]
    if fragment.section == "Deep network" and fragment.code.startswith(BELOW_L):
        layers.remove(3)
    if fragment.code == "dA[l]":
        layers.remove(3)
    return [state(layer) for layer in layers]


def left_side(latex: str) -> str:
    """What a formula computes, as it is called in code."""
    name = re.split(r":=|=|\\approx", latex)[0].strip()
    known = {
        r"\mathcal{L}": "losses",
        r"\mathcal{J}": "J",
        r"y_{\text{pred}}": "Y_pred",
        r"\frac{\partial a}{\partial z}": "jacobian",
        "a_j": "A",
        "da": "dA",
        "dz": "dZ",
        r"f'(\theta)": "slope",
    }
    name = known.get(name.replace(r"\dfrac", r"\frac"), name)
    name = re.sub(r"\^\{\[([l0L])\]\}", r"[\1]", name)
    return re.sub(r"\^\{\[([12])\]\}", r"\1", name)


def check(fragment: Fragment) -> None:
    """Run the code of a row and compare; AssertionError if it is wrong."""
    line = ast.parse(fragment.code).body[0]
    first = fragment.row.partition(",")[0].lower()
    for state in states(fragment):
        names = {"np": np, "sigmoid": activations.sigmoid, **copy.deepcopy(state.names)}
        if isinstance(line, ast.Assign):
            target = ast.unparse(line.targets[0])
            if fragment.section not in ("Activation functions", "Initialisation"):
                assert left_side(fragment.symbol) == target, "formula and code differ"
            keys = [f"{target} of {first}", target]
            if target not in map(ast.unparse, ast.walk(line.value)):
                exec(f"{target} = None", names)
            exec(fragment.code, names)
            found = eval(target, names)
        else:
            target = fragment.code
            slopes = fragment.section == "Activation functions"
            keys = ["slope" if slopes else fragment.symbol]
            if not slopes and keys[0] not in state.results:
                assert left_side(fragment.symbol) == target, "symbol and code differ"
            found = eval(target, names)
        known = [state.results[key] for key in keys if key in state.results]
        right = np.asarray(known[0] if known else eval(target, {}, state.names))
        assert np.shape(found) == right.shape, "another shape than in nnref"
        assert relative_error(np.asarray(found), right) < 1e-12, "another value"
        if fragment.shape:
            assert np.shape(found) == shape(fragment.shape, names), fragment.shape


def shape(latex: str, names: dict[str, Any]) -> tuple[int, ...]:
    """The shape that a cell names."""
    if latex == "number":
        return ()
    code = re.sub(r"\^\{\[([^]]*)\]\}", r"[\1]", latex)
    return eval(code, {}, names)  # type: ignore[no-any-return]


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=str)
def test_the_code_of_a_row_computes_what_nnref_does(fragment: Fragment) -> None:
    check(fragment)


def test_all_code_in_the_tables_is_run() -> None:
    rows = [line for line in TABLES.splitlines() if line.startswith("| ")]
    assert len(FRAGMENTS) == "".join(rows).count("`") / 2
    assert {fragment.section for fragment in FRAGMENTS} == set(STATES)


class Mutate(ast.NodeTransformer):
    """Changes one sign, number, transpose or `.imag` of a piece of code."""

    SIGNS = {  # noqa: RUF012
        ast.Add: ast.Sub(),
        ast.Sub: ast.Add(),
        ast.Mult: ast.Add(),
        ast.MatMult: ast.Mult(),
        ast.Div: ast.Mult(),
        ast.Pow: ast.Mult(),
    }

    def __init__(self, number: int) -> None:
        self.left = number

    def turn(self) -> bool:
        self.left -= 1
        return self.left == -1

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if self.turn():
            node.op = self.SIGNS[type(node.op)]
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if self.turn():
            value = node.value
            node.value = (not value) if isinstance(value, bool) else value + 1
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return node.value if node.attr in ("T", "imag") and self.turn() else node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        node.value = self.visit(node.value)
        return node


def mutants(code: str) -> list[str]:
    """Return the code with one change each."""
    found = []
    for number in range(20):
        mutate = Mutate(number)
        changed = ast.unparse(mutate.visit(ast.parse(code)))
        if mutate.left < 0 and changed != ast.unparse(ast.parse(code)):
            found.append(changed)
    return found


PLANTED = [
    (fragment, mutant) for fragment in FRAGMENTS for mutant in mutants(fragment.code)
]


EQUAL = {
    "jacobian = np.diag(a[:, 0]) - a * a.T",  # stretched to the same matrix
    "slope = f(theta + (1+1j) * h).imag / h",  # theta + h is theta
}


def test_a_wrong_line_of_code_is_noticed() -> None:
    assert len(PLANTED) > 150
    missed = set()
    for fragment, mutant in PLANTED:
        wrong = Fragment(**{**vars(fragment), "code": mutant})
        try:
            check(wrong)
        except (AssertionError, ArithmeticError, AttributeError, LookupError):
            continue
        except (TypeError, ValueError, RuntimeWarning):
            continue
        missed.add(mutant)
    assert missed == EQUAL


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("| $(n_x, 1)$ |", "| $(1, n_x)$ |"),
        ("`dZ2 = A2 - Y`", "`dZ1 = A2 - Y`"),
        ("`b[l] = b[l] - alpha * db[l]`", "`b[l] = W[l] - alpha * db[l]`"),
        (r"$dA^{[l]} = W", r"$dZ^{[l]} = W"),
        ("| `X`, `Y` |", "| `Y`, `X` |"),
        ("`scale = np.sqrt(1 / n[l - 1])`", "`scale = np.sqrt(1 / n[l])`"),
        ("`A = sigmoid(Z)`", "`A = Z`"),
    ],
)
def test_a_fault_in_a_row_is_noticed(right: str, wrong: str) -> None:
    assert right in TABLES
    planted = [*fragments(TABLES.replace(right, wrong, 1))]
    with pytest.raises((AssertionError, ValueError)):
        [check(fragment) for fragment in planted]
