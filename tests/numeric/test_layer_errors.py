"""What a user of a network is told who passes the wrong thing, word for word."""

import numpy as np
import pytest

from nnref import deep_network as deep
from nnref import shallow_network as shallow
from nnref._shapes import Each
from nnref.activations import sigmoid, softmax, tanh, tanh_prime
from nnref.gradient_descent import mini_batches
from nnref.losses import softmax_cross_entropy_from_logits

X, Y = np.ones((4, 9)), np.ones((1, 9))
W, b = deep.initialize([4, 5, 3, 1])
g, g_prime = deep.activations([(tanh, tanh_prime)] * 2)
Z, A = deep.forward(X, W, b, g)
W1, b1, W2, b2 = shallow.initialize(4, 5)
Z1, A1, Z2, A2 = shallow.forward(X, W1, b1, W2, b2)


def put(entries, layer, value):
    return [*entries[:layer], value, *entries[layer + 1 :]]


def nan(array):
    return np.where(np.arange(array.size).reshape(array.shape) == 1, np.nan, array)


ERRORS = [
    # Deep: which layer, which array, which shape.
    (
        lambda: deep.forward(X[:3], W, b, g),
        ValueError,
        "forward: W[1] has shape (5, 4), but X has shape (3, 9): "
        "expected (n_1, n_x) = (n_1, 3)",
    ),
    (
        lambda: deep.forward(X, put(W, 2, np.ones((3, 6))), b, g),
        ValueError,
        "forward: W[2] has shape (3, 6), but W[1] has shape (5, 4): "
        "expected (n_2, n_1) = (n_2, 5)",
    ),
    (
        lambda: deep.forward(X, put(W, 2, W[2].T), b, g),
        ValueError,
        "forward: W[2] has shape (5, 3), but W[1] has shape (5, 4): "
        "expected (n_2, n_1) = (n_2, 5). Use W[2].T.",
    ),
    (
        lambda: deep.forward(X, W, put(b, 2, np.ones(3)), g),
        ValueError,
        "forward: b[2] has shape (3,): expected (n_2, 1) = (3, 1). "
        "Use b[2].reshape(-1, 1).",
    ),
    (
        # Both ways make b[3] (1, 1).
        lambda: deep.forward(X, W, [None, *(x.ravel() for x in b[1:])], g),
        ValueError,
        "forward: b[1] has shape (5,): expected (n_1, 1) = (5, 1). "
        "Use b[1].reshape(-1, 1) and b[2].reshape(-1, 1) and b[3].reshape(-1, 1).",
    ),
    (
        lambda: deep.forward(X, W, put(b, 3, None), g),
        TypeError,
        "forward: b[3] is None: expected an array of shape (n_L, 1)",
    ),
    (
        lambda: deep.forward(X, W[1:], b, g),
        ValueError,
        "forward: b has 4 entries, but W has 3: "
        "expected as many, entry 0 and one for each layer",
    ),
    (
        lambda: deep.forward(X, W, b, g[1:]),
        ValueError,
        "forward: g has 3 entries, but W has 4: "
        "expected as many, entry 0 and one for each layer",
    ),
    (
        lambda: deep.forward(X, [W[1]], b, g),
        ValueError,
        "forward: W has 1 entry: expected 2 or more, entry 0 and one for each layer",
    ),
    (
        lambda: deep.forward(X, W[1], b, g),
        TypeError,
        "forward: W is of type ndarray: "
        "expected a list whose entry l belongs to layer l",
    ),
    (
        lambda: deep.forward(X, W, b, put(g, 2, "tanh")),
        TypeError,
        "forward: g[2] is of type str: expected a function",
    ),
    (
        lambda: deep.backward(Y, W, put(Z, 1, Z[1][:, :8]), A, g_prime),
        ValueError,
        "backward: Z[1] has shape (5, 8), but Y has shape (1, 9): "
        "expected (n_1, m) = (5, 9)",
    ),
    (
        lambda: deep.backward(np.ones((2, 9)), W, Z, A, g_prime),
        ValueError,
        "backward: Y has shape (2, 9), but W[3] has shape (1, 3): "
        "expected (n_L, m) = (1, 9)",
    ),
    (
        # All agree but the labels, which hold numbers of classes.
        lambda: deep.fit(X, np.ones((1, 9)), *classes()),
        ValueError,
        "fit: Y has shape (1, 9), but W[1] has shape (3, 4): "
        "expected (n_L, m) = (3, 9)",
    ),
    (
        lambda: deep.backward(Y, W, Z, A, put(g_prime, 1, None)),
        TypeError,
        "backward: g_prime[1] is None: expected a function",
    ),
    (
        lambda: deep.update(W, b, put(W, 3, W[3].T), b, 0.1),
        ValueError,
        "update: dW[3] has shape (3, 1), but W[3] has shape (1, 3): "
        "expected (n_L, n_2) = (1, 3). Use dW[3].T.",
    ),
    (
        lambda: deep.cost(Z[3], Y[:, :8]),
        ValueError,
        "cost: Y has shape (1, 8), but Z_L has shape (1, 9): "
        "expected (n_L, m) = (1, 9)",
    ),
    (
        lambda: deep.cost(Z[3], Y, tanh),
        ValueError,
        "cost: the activation of the last layer is tanh: "
        "expected sigmoid or softmax of nnref.activations",
    ),
    (
        lambda: deep.activations([], "relu"),
        ValueError,
        "activations: the activation of the last layer is 'relu': "
        "expected sigmoid or softmax of nnref.activations",
    ),
    (
        lambda: deep.activations([(tanh, tanh_prime), tanh]),
        TypeError,
        "activations: the entry of hidden for layer 2 is no pair of functions: "
        "expected an activation and its derivative, such as (tanh, tanh_prime)",
    ),
    (
        lambda: deep.predict(X, W, put(b, 2, nan(b[2])), g),
        ValueError,
        "predict: b[2][1, 0] is nan: expected a finite number (row 1, column 0)",
    ),
    (
        lambda: deep.fit(nan(X), Y, W, b, g, g_prime),
        ValueError,
        "fit: X[0, 1] is nan: expected a finite number (row 0, column 1)",
    ),
    (
        lambda: deep.fit(X, 0.5 * Y, W, b, g, g_prime),
        ValueError,
        "fit: Y[0, 0] is 0.5: expected 0 or 1 (row 0, column 0)",
    ),
    (
        lambda: deep.fit(X, Y, W, b, g, g_prime, alpha=0.0),
        ValueError,
        "fit: alpha is 0.0: expected a finite number above 0",
    ),
    (
        lambda: deep.fit(X, Y, W, b, g, g_prime, batch_size=0),
        ValueError,
        "fit: batch_size is 0: expected 1 or more",
    ),
    (
        lambda: deep.fit(X, Y, W, b, g, g_prime, batch_size=2.5),
        TypeError,
        "fit: batch_size is 2.5: expected an integer or None",
    ),
    (
        lambda: deep.fit(X, np.eye(3)[:, [0] * 9] + np.eye(3)[:, [1] * 9], *classes()),
        ValueError,
        "fit: column 0 of Y holds 2 ones: expected a single 1, in the row of its class",
    ),
    (
        lambda: deep.accuracy(Y, 0.5 * Y),
        ValueError,
        "accuracy: Y[0, 0] is 0.5: expected 0 or 1 (row 0, column 0)",
    ),
    # Shallow.
    (
        lambda: shallow.forward(X, W1.T, b1, W2, b2),
        ValueError,
        "forward: W1 has shape (4, 5), but X has shape (4, 9): "
        "expected (n_1, n_x) = (n_1, 4). Use W1.T.",
    ),
    (
        lambda: shallow.forward(X, W1, b1, W2[:, :3], b2),
        ValueError,
        "forward: W2 has shape (1, 3), but W1 has shape (5, 4): "
        "expected (n_2, n_1) = (n_2, 5)",
    ),
    (
        lambda: shallow.backward(X, Y, W2, Z1, A1, A1),
        ValueError,
        "backward: A2 has shape (5, 9), but Y has shape (1, 9): "
        "expected (n_2, m) = (1, 9)",
    ),
    (
        lambda: shallow.fit(X, Y, nan(W1), b1, W2, b2),
        ValueError,
        "fit: W1[0, 1] is nan: expected a finite number (row 0, column 1)",
    ),
    # The others.
    (
        lambda: softmax(np.ones(3)),
        ValueError,
        "softmax: Z has shape (3,): expected (n_L, m). "
        "Use Z.reshape(-1, 1) or Z.reshape(1, -1).",
    ),
    (
        lambda: softmax_cross_entropy_from_logits(X, Y),
        ValueError,
        "softmax_cross_entropy_from_logits: Y has shape (1, 9), "
        "but Z has shape (4, 9): expected (n_L, m) = (4, 9)",
    ),
    (
        lambda: mini_batches(X, Y, 0, None),
        ValueError,
        "mini_batches: batch_size is 0: expected 1 or more",
    ),
]


def classes():
    g, g_prime = deep.activations([], softmax)
    return *deep.initialize([4, 3]), g, g_prime


@pytest.mark.parametrize(("call", "error", "message"), ERRORS)
def test_what_a_user_is_told(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_an_error_in_a_very_deep_network_is_found_at_once():
    many, biases = deep.initialize([4] * 60)
    functions = [None, *[sigmoid] * 59]
    wrong = put(many, 50, np.ones((5, 5)))
    with pytest.raises(ValueError, match=r"^forward: W\[50\] has shape \(5, 5\), but"):
        deep.forward(X, wrong, biases, functions)


def test_integers_in_a_list_do_not_wrap_around():
    small = [None, np.ones((1, 4), np.uint8)], [None, np.zeros((1, 1), np.uint8)]
    new_W, _ = deep.update(*small, *small, 2.0)
    assert new_W[1].tolist() == [[-1.0] * 4]
    new_W, _ = deep.update([None, -small[0][1].astype(float)], small[1], *small, 2)
    assert new_W[1].tolist() == [[-3.0] * 4]


def test_what_a_list_is_not_asked_for():
    # Entry 0, and what belongs to no layer, may be anything.
    deep.forward(X, put(W, 0, "unused"), b, put(g, 0, 3))
    deep.backward(Y, W, Z, A, put(g_prime, 3, "unused"))
    assert Each("n_l m", first=0).entries(2)[0].dims == ("n_x", "m")
    assert Each("n_l n_l-1").entries(1)[1].dims == ("n_L", "n_x")
    assert list(Each(beyond=1).entries(3)) == [1, 2]
