"""The deep network against scikit-learn, SciPy, calculus and another autodiff."""

# ruff: noqa: E741 (l is the layer, as in the formulas)

import numpy as np
import pytest
import scipy.special
from networks import ORACLES, OUTPUTS, PAIRS, M, labelled, network
from oracles import agree
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from nnref import deep_network, logistic_regression, shallow_network
from nnref.activations import relu, relu_prime, sigmoid, softmax, tanh, tanh_prime
from nnref.datasets import planar_flower
from nnref.deep_network import (
    accuracy,
    activations,
    backward,
    cost,
    fit,
    forward,
    initialize,
    predict,
    update,
)
from nnref.gradient_checking import complex_step
from nnref.losses import (
    cross_entropy_from_logits,
    softmax_cross_entropy_from_logits,
)

# Softmax and its loss.

Z_SOME = np.random.default_rng(0).normal(scale=3, size=(4, 9))


def test_softmax_is_that_of_scipy():
    agree(softmax(Z_SOME), scipy.special.softmax(Z_SOME, axis=0), rtol=1e-14)
    agree(np.sum(softmax(Z_SOME), axis=0), np.ones(9), rtol=1e-14)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda Z: scipy.special.softmax(Z, axis=1),
        lambda Z: scipy.special.softmax(Z),
        lambda Z: np.exp(Z),
        lambda Z: np.exp(-Z) / np.sum(np.exp(-Z), axis=0),
        scipy.special.expit,
    ],
)
def test_a_wrong_softmax_is_noticed(wrong):
    with pytest.raises(AssertionError):
        agree(wrong(Z_SOME), scipy.special.softmax(Z_SOME, axis=0), rtol=1e-14)


def test_loss_of_softmax_is_that_of_scipy():
    Y = scipy.special.softmax(Z_SOME[::-1], axis=0)
    wanted = -np.sum(Y * scipy.special.log_softmax(Z_SOME, axis=0), axis=0)
    agree(softmax_cross_entropy_from_logits(Z_SOME, Y), [wanted], rtol=1e-14)


def test_two_classes_are_a_sigmoid():
    z = np.linspace(-9, 9, 19).reshape(1, -1)
    y = np.linspace(0, 1, 19).reshape(1, -1)
    Z, Y = np.vstack([z, 0 * z]), np.vstack([y, 1 - y])
    agree(softmax(Z)[:1], sigmoid(z), rtol=1e-14)
    agree(
        softmax_cross_entropy_from_logits(Z, Y),
        cross_entropy_from_logits(z, y),
        rtol=1e-13,
    )


def test_softmax_far_out():
    Z = np.array([[1000.0, -1000.0], [-1000.0, 1000.0], [0.0, 0.0]])
    Y = np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    with np.errstate(all="raise", under="ignore"):
        assert softmax(Z).tolist() == [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
        assert softmax_cross_entropy_from_logits(Z, Y).tolist() == [[0.0, 2000.0]]
        # Nothing is lost when all entries are shifted.
        agree(softmax(Z_SOME + 1024), softmax(Z_SOME), rtol=1e-12)


def test_softmax_of_nan_spoils_one_column_only():
    Z = Z_SOME.copy()
    Z[1, 2] = np.nan
    assert np.flatnonzero(np.any(np.isnan(softmax(Z)), axis=0)).tolist() == [2]
    losses = softmax_cross_entropy_from_logits(Z, np.ones((4, 9)) / 4)
    assert np.flatnonzero(np.isnan(losses)).tolist() == [2]


# Forward and cost.


def sklearn_network(W, b, activation, output):
    """Return scikit-learn's network with these parameters."""
    L = len(W) - 1
    model = MLPClassifier(activation=activation)
    model.coefs_ = [W[l].T for l in range(1, L + 1)]
    model.intercepts_ = [b[l][:, 0] for l in range(1, L + 1)]
    model.n_layers_ = L + 1
    model.out_activation_ = "softmax" if output is softmax else "logistic"
    return model


SKLEARN = {"tanh": "tanh", "relu": "relu", "sigmoid": "logistic"}


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
@pytest.mark.parametrize("name", SKLEARN)
@pytest.mark.parametrize("L", range(1, 6))
def test_forward_is_that_of_scikit_learn(L, name, output):
    X, _, W, b, g, _ = network(L, [PAIRS[name]], output)
    _, A = forward(X, W, b, g)
    wanted = sklearn_network(W, b, SKLEARN[name], output)._forward_pass_fast(
        X.T, check_input=False
    )
    agree(A[L], wanted.T, rtol=1e-12)


def test_forward_keeps_every_layer():
    X, _, W, b, g, _ = network(4, list(PAIRS.values()), softmax)
    Z, A = forward(X, W, b, g)
    assert A[0] is X
    assert Z[0] is None
    assert len(Z) == len(A) == 5
    for l in range(1, 5):
        agree(Z[l], np.einsum("jk,ki->ji", W[l], A[l - 1]) + b[l], rtol=1e-12)
        assert np.array_equal(A[l], g[l](Z[l]))


def test_cost_is_what_scikit_learn_computes():
    X, Y, W, b, g, _ = network(3, [PAIRS["tanh"]], softmax)
    Z, A = forward(X, W, b, g)
    classes = np.argmax(Y, axis=0)
    labels = np.eye(3)[:, classes]
    wanted = log_loss(classes, A[3].T, labels=[0, 1, 2])
    assert cost(Z[3], labels, softmax) == pytest.approx(wanted, rel=1e-13)


def test_cost_of_sigmoid_units_adds_their_losses():
    X, Y, W, b, g, _ = network(3, [PAIRS["tanh"]], sigmoid)
    Z, A = forward(X, W, b, g)
    wanted = sum(
        -y * np.log(a) - (1 - y) * np.log(1 - a)
        for a, y in zip(A[3].ravel(), Y.ravel(), strict=True)
    )
    assert cost(Z[3], Y) == pytest.approx(wanted / M, rel=1e-13)


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
def test_nothing_overflows_at_1000(output):
    X, Y, W, b, g, g_prime = network(3, [PAIRS["relu"]], output)
    with np.errstate(all="raise", under="ignore"):
        Z, A = forward(1000 * X, W, b, g)
        assert np.isfinite(cost(Z[3], Y, output))
        dW, db = backward(Y, W, Z, A, g_prime)
        assert all(np.all(np.isfinite(d)) for d in [*dW[1:], *db[1:]])
    assert np.max(np.abs(Z[3])) > 1000


# Backward.


def compare(oracle, rtol, candidate, X, Y, W, b, g, g_prime):
    """Assert that `candidate` computes the derivatives that `oracle` finds."""
    Z, A = forward(X, W, b, g)
    dW, db = candidate(Y, W, Z, A, g_prime)
    wanted_dW, wanted_db = oracle(X, Y, W, b, g)
    assert len(dW) == len(db) == len(W)
    for l in range(1, len(W)):
        agree(dW[l], wanted_dW[l], rtol)
        agree(db[l], wanted_db[l], rtol)


oracles = pytest.mark.parametrize(("oracle", "rtol"), ORACLES.values(), ids=ORACLES)


@oracles
@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("L", range(1, 6))
def test_backward(L, name, output, oracle, rtol):
    compare(oracle, rtol, backward, *network(L, [PAIRS[name]], output, seed=L))


@oracles
@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
@pytest.mark.parametrize("seed", range(3))
def test_backward_with_mixed_activations(seed, output, oracle, rtol):
    hidden = list(PAIRS.values())[seed:]
    compare(oracle, rtol, backward, *network(5, hidden, output, seed))


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS)
def test_dz_is_m_times_the_derivative_of_the_cost(output):
    X, Y, W, b, g, _ = network(3, [PAIRS["tanh"]], output)
    Z, A = forward(X, W, b, g)
    agree(A[3] - Y, M * complex_step(lambda t: cost(t, Y, output), Z[3]))


def variant(
    start=lambda A, Y: A - Y,
    dA=lambda W, dZ: W.T @ dZ,
    g_and=lambda g_prime, Z, A, l: g_prime[l](Z[l]),
    dW=lambda dZ, A, l: dZ @ A[l - 1].T / M,
    db=lambda dZ: np.sum(dZ, axis=1, keepdims=True) / M,
):
    """Return backward with one of its formulas replaced."""

    def backward(Y, W, Z, A, g_prime):
        L = len(W) - 1
        dWs, dbs = [None] * (L + 1), [None] * (L + 1)
        dZ = start(A[L], Y)
        for l in range(L, 0, -1):
            if l < L:
                dZ = dA(W[l + 1], dZ) * g_and(g_prime, Z, A, l)
            dWs[l], dbs[l] = dW(dZ, A, l), db(dZ)
        return dWs, dbs

    return backward


def other(l):
    return 1 if l > 1 else 2


FAULTS = {
    "sign flipped": variant(start=lambda A, Y: Y - A),
    "the output has a derivative": variant(start=lambda A, Y: (A - Y) * A * (1 - A)),
    "the derivative of a sum of squares": variant(start=lambda A, Y: 2 * (A - Y)),
    "sign of dA flipped": variant(dA=lambda W, dZ: -W.T @ dZ),
    "W not transposed": variant(dA=lambda W, dZ: W @ dZ),
    "g for g'": variant(g_and=lambda g_prime, Z, A, l: A[l]),
    "g' of A": variant(g_and=lambda g_prime, Z, A, l: g_prime[l](A[l])),
    "g' of another layer": variant(
        g_and=lambda g_prime, Z, A, l: g_prime[other(l)](Z[l])
    ),
    "g' forgotten": variant(g_and=lambda g_prime, Z, A, l: 1.0),
    "Z of another layer": variant(
        g_and=lambda g_prime, Z, A, l: g_prime[l](Z[other(l)])
    ),
    "no 1/m in dW": variant(dW=lambda dZ, A, l: dZ @ A[l - 1].T),
    "no 1/m in db": variant(db=lambda dZ: np.sum(dZ, axis=1, keepdims=True)),
    "1/m twice": variant(dW=lambda dZ, A, l: dZ @ A[l - 1].T / M**2),
    "A not transposed": variant(dW=lambda dZ, A, l: dZ @ A[l - 1] / M),
    "A of the layer itself": variant(dW=lambda dZ, A, l: dZ @ A[l].T / M),
    "dW transposed": variant(dW=lambda dZ, A, l: A[l - 1] @ dZ.T / M),
    "db a row": variant(db=lambda dZ: np.sum(dZ, axis=1)[None] / M),
    "db summed over units": variant(
        db=lambda dZ: np.full((len(dZ), 1), np.sum(dZ) / M)
    ),
    "one part in a million": variant(dA=lambda W, dZ: (1 + 1e-6) * W.T @ dZ),
}


@oracles
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_wrong_backward_is_noticed(oracle, rtol, fault):
    hidden = [PAIRS["tanh"], PAIRS["sine"], PAIRS["sigmoid"]]
    with pytest.raises((AssertionError, ValueError)):
        compare(oracle, rtol, fault, *network(4, hidden, sigmoid))


@oracles
def test_the_variant_without_a_fault_passes(oracle, rtol):
    compare(oracle, rtol, variant(), *network(4, [PAIRS["tanh"]], sigmoid))


def test_a_wrong_pair_is_noticed():
    X, Y, W, b, g, _ = network(3, [PAIRS["tanh"]], sigmoid)
    g_prime = [None, relu_prime, tanh_prime, None]
    with pytest.raises(AssertionError):
        compare(*ORACLES["complex step"], backward, X, Y, W, b, g, g_prime)


# One model is a case of another.


def test_l_1_is_logistic_regression():
    X, Y = labelled()
    w, b_number = np.array([[1.0], [-2.0], [0.5]]), 0.3
    W, b = [None, w.T], [None, np.array([[b_number]])]
    g, g_prime = activations([])
    Z, A = forward(X, W, b, g)
    Z_1, A_1 = logistic_regression.forward(X, w, b_number)
    assert np.array_equal(Z[1], Z_1)
    assert np.array_equal(A[1], A_1)
    assert cost(Z[1], Y) == logistic_regression.cost(Z_1, Y)
    dW, db = backward(Y, W, Z, A, g_prime)
    dw, db_number = logistic_regression.backward(X, A_1, Y)
    agree(dW[1], dw.T, rtol=1e-14)
    assert db[1].item() == pytest.approx(db_number, rel=1e-14)
    assert np.array_equal(
        predict(X, W, b, g), logistic_regression.predict(X, w, b_number)
    )


def test_training_with_l_1_is_that_of_logistic_regression():
    X, Y = labelled()
    W, b = [None, np.zeros((1, 3))], [None, np.zeros((1, 1))]
    learned = fit(X, Y, W, b, *activations([]), iterations=100)
    wanted = logistic_regression.fit(X, Y, iterations=100)
    agree(learned.costs, wanted.costs, rtol=1e-13)
    agree(learned.W[1], wanted.w.T, rtol=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_l_2_is_the_shallow_network(name):
    X, Y = labelled()
    pair = PAIRS[name]
    g, g_prime = activations([pair])
    W, b = initialize([3, 4, 1], seed=2)
    W1, b1, W2, b2 = W[1], b[1], W[2], b[2]
    Z, A = forward(X, W, b, g)
    Z1, A1, Z2, A2 = shallow_network.forward(X, W1, b1, W2, b2, pair[0])
    for mine, yours in [(Z[1], Z1), (A[1], A1), (Z[2], Z2), (A[2], A2)]:
        assert np.array_equal(mine, yours)
    assert cost(Z2, Y) == shallow_network.cost(Z2, Y)
    dW, db = backward(Y, W, Z, A, g_prime)
    wanted = shallow_network.backward(X, Y, W2, Z1, A1, A2, pair[1])
    for mine, yours in zip([dW[1], db[1], dW[2], db[2]], wanted, strict=True):
        assert np.array_equal(mine, yours)
    learned = fit(X, Y, W, b, g, g_prime, iterations=20)
    shallow = shallow_network.fit(X, Y, W1, b1, W2, b2, *pair, iterations=20)
    assert learned.costs.tolist() == shallow.costs.tolist()
    assert np.array_equal(
        predict(X, learned.W, learned.b, g),
        shallow_network.predict(
            X, shallow.W1, shallow.b1, shallow.W2, shallow.b2, pair[0]
        ),
    )


# Update, training and prediction.


def test_update_steps_against_the_derivative():
    _, _, W, b, _, _ = network(3, [PAIRS["tanh"]], sigmoid)
    _, _, dW, db, _, _ = network(3, [PAIRS["tanh"]], sigmoid, seed=1)
    before = [array.copy() for array in [*W[1:], *b[1:]]]
    new_W, new_b = update(W, b, dW, db, 0.1)
    for l in range(1, 4):
        agree(new_W[l], W[l] - 0.1 * dW[l], rtol=1e-15)
        agree(new_b[l], b[l] - 0.1 * db[l], rtol=1e-15)
    for array, old in zip([*W[1:], *b[1:]], before, strict=True):
        assert np.array_equal(array, old), "a given array has changed"


def test_a_flower_is_learned():
    X, Y = planar_flower()
    g, g_prime = activations([(tanh, tanh_prime)] * 2)
    W, b = initialize([2, 10, 5, 1])
    learned = fit(X, Y, W, b, g, g_prime, alpha=0.5, iterations=1000)
    assert learned.costs[-1] < 0.35 < 0.6 < learned.costs[0]
    assert accuracy(predict(X, learned.W, learned.b, g), Y) > 0.85
    straight = logistic_regression.fit(X, Y)
    Y_pred = logistic_regression.predict(X, straight.w, straight.b)
    assert accuracy(Y_pred, Y) < 0.65, "a line must not be enough"


def test_digits_are_learned_by_a_softmax():
    data = load_digits()
    X, Y = data.data.T / 16, np.eye(10)[:, data.target]
    train, test = slice(0, 1500), slice(1500, None)
    g, g_prime = activations([(relu, relu_prime)], softmax)
    W, b = initialize([64, 32, 10])
    learned = fit(
        X[:, train], Y[:, train], W, b, g, g_prime, iterations=15, batch_size=32
    )
    assert accuracy(predict(X[:, test], learned.W, learned.b, g), Y[:, test]) > 0.85


def test_zeros_never_become_different():
    X, Y = labelled()
    W = [None, np.zeros((4, 3)), np.zeros((1, 4))]
    b = [None, np.zeros((4, 1)), np.zeros((1, 1))]
    learned = fit(X, Y, W, b, *activations([PAIRS["sigmoid"]]), iterations=50)
    assert np.all(learned.W[2] != 0)
    for layer in (learned.W[1], learned.b[1], learned.W[2].T):
        assert np.all(layer == layer[0])


def test_linear_layers_are_one_layer():
    X, _, W, b, g, _ = network(4, [PAIRS["identity"]], sigmoid)
    product = W[4] @ W[3] @ W[2] @ W[1]
    constant = W[4] @ (W[3] @ (W[2] @ b[1] + b[2]) + b[3]) + b[4]
    one, _ = forward(X, [None, product], [None, constant], [None, sigmoid])
    agree(forward(X, W, b, g)[0][4], one[1], rtol=1e-12)


def test_fit_says_how_far_it_came():
    X, Y = labelled()
    W, b = initialize([3, 4, 1])
    text = repr(fit(X, Y, W, b, *activations([PAIRS["tanh"]]), iterations=10))
    assert text.startswith("Fit(layers of sizes [3, 4, 1], cost 0.")
    assert text.endswith(" after 10 passes)")


def test_training_can_go_on():
    X, Y = labelled()
    g, g_prime = activations([PAIRS["tanh"]])
    W, b = initialize([3, 4, 1])
    whole = fit(X, Y, W, b, g, g_prime, iterations=30)
    first = fit(X, Y, W, b, g, g_prime, iterations=10)
    rest = fit(X, Y, first.W, first.b, g, g_prime, iterations=20)
    assert [*first.costs, *rest.costs[1:]] == whole.costs.tolist()


def test_predict_takes_the_likeliest_class():
    W, b, g = [None, np.eye(3)], [None, np.zeros((3, 1))], [None, softmax]
    X = np.array([[1.0, 2.0, 5.0], [3.0, 2.0, 5.0], [2.0, 1.0, 6.0]])
    wanted = [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    assert predict(X, W, b, g).tolist() == wanted
    g = [None, sigmoid]
    assert predict(X - 2, W, b, g).tolist() == ((X - 2) > 0).astype(float).tolist()


def test_accuracy_counts_examples():
    Y = np.array([[1, 0, 0, 1], [0, 1, 1, 0]])
    wrong = np.array([[1, 0, 1, 0], [0, 1, 0, 0]])
    assert accuracy(Y, Y) == 1.0
    assert accuracy(wrong, Y) == 0.5
    assert type(accuracy(Y, Y)) is float


def test_activations_of_a_reader():
    g, g_prime = activations([(np.sin, np.cos), (relu, relu_prime)], softmax)
    assert g == [None, np.sin, relu, softmax]
    assert g_prime == [None, np.cos, relu_prime, None]
    assert deep_network.activations([]) == ([None, sigmoid], [None, None])
