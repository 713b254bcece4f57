"""Networks to test with, and their derivatives by ways that share no code."""

import autograd
import autograd.numpy as anp
import numpy as np

from nnref import deep_network
from nnref.activations import (
    identity,
    identity_prime,
    leaky_relu,
    leaky_relu_prime,
    relu,
    relu_prime,
    sigmoid,
    sigmoid_prime,
    softmax,
    tanh,
    tanh_prime,
)
from nnref.gradient_checking import complex_step

PAIRS = {
    "sigmoid": (sigmoid, sigmoid_prime),
    "tanh": (tanh, tanh_prime),
    "relu": (relu, relu_prime),
    "leaky_relu": (leaky_relu, leaky_relu_prime),
    "identity": (identity, identity_prime),
    "sine": (np.sin, np.cos),  # a pair that a reader brings
}
OUTPUTS = {"sigmoid": sigmoid, "softmax": softmax}
SIZES = [3, 5, 4, 6, 2]  # all different, and different from m = 7
M = 7


def network(L, hidden, output, seed=0):
    """Return X, Y, W, b, g, g_prime with L layers, the last of 3 units."""
    rng = np.random.default_rng(seed)
    n = [*SIZES[:L], 3]
    W = [None, *(rng.normal(size=(n[k], n[k - 1])) for k in range(1, L + 1))]
    b = [None, *(rng.normal(size=(n[k], 1)) for k in range(1, L + 1))]
    X = rng.normal(size=(n[0], M))
    Y = rng.uniform(0.1, 0.9, size=(3, M))
    if output is softmax:
        Y = Y / np.sum(Y, axis=0)
    pairs = [hidden[k % len(hidden)] for k in range(L - 1)]
    return X, Y, W, b, *deep_network.activations(pairs, output)


def by_complex_step(X, Y, W, b, g):
    """Return the derivatives of nnref's cost by every parameter."""
    L = len(W) - 1

    def J(W, b):
        Z, _ = deep_network.forward(X, W, b, g)
        return deep_network.cost(Z[L], Y, g[L])

    def put(arrays, layer, array):
        return [*arrays[:layer], array, *arrays[layer + 1 :]]

    layers = range(1, L + 1)
    dW = [complex_step(lambda t, k=k: J(put(W, k, t), b), W[k]) for k in layers]
    db = [complex_step(lambda t, k=k: J(W, put(b, k, t)), b[k]) for k in layers]
    return [None, *dW], [None, *db]


AUTOGRAD = {
    sigmoid: lambda z: 1 / (1 + anp.exp(-z)),
    tanh: anp.tanh,
    relu: lambda z: anp.where(z > 0, z, 0.0),
    leaky_relu: lambda z: anp.where(z > 0, z, 0.01 * z),
    identity: lambda z: z,
    np.sin: anp.sin,
}


def by_autograd(X, Y, W, b, g):
    """Return the derivatives of a cost that is written here, by another library."""
    L = len(W) - 1

    def J(W, b):
        A = X
        for k in range(1, L + 1):
            Z = anp.dot(W[k - 1], A) + b[k - 1]
            A = AUTOGRAD[g[k]](Z) if k < L else None
        if g[L] is softmax:
            log_A = Z - anp.log(anp.sum(anp.exp(Z), axis=0))
            return -anp.sum(Y * log_A) / M
        minus_log_A, minus_log_1_A = anp.logaddexp(0, -Z), anp.logaddexp(0, Z)
        return anp.sum(Y * minus_log_A + (1 - Y) * minus_log_1_A) / M

    dW = autograd.grad(J, 0)(W[1:], b[1:])
    db = autograd.grad(J, 1)(W[1:], b[1:])
    return [None, *dW], [None, *db]


ORACLES = {"complex step": (by_complex_step, 1e-11), "autograd": (by_autograd, 1e-10)}


def labelled(seed=0, n_x=3, m=60):
    """Return a problem that no plane separates, with labels 0 and 1."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_x, m))
    Y = (np.sum(X**2, axis=0, keepdims=True) + rng.logistic(size=(1, m)) > n_x) * 1.0
    return X, Y
