"""What a training step needs at its peak, beside what it works on."""

import tracemalloc

import numpy as np
import pytest

from nnref import deep_network
from nnref.activations import relu, relu_prime, sigmoid, softmax, tanh, tanh_prime

# The sizes of the benchmark, with fewer examples in the larger ones and more in the
# smallest, so that what Python itself needs does not count. There the input is smaller
# than the layers, of which Z, A, dA, dZ and the slopes are there at once.
NETWORKS = {
    "2-4-1": ([2, 4, 1], 4000, (tanh, tanh_prime), 4),
    "64-32-16-10": ([64, 32, 16, 10], 1797, (relu, relu_prime), 3),
    "12288-20-7-5-1": ([12288, 20, 7, 5, 1], 21, (relu, relu_prime), 3),
    "784-256-128-10": ([784, 256, 128, 10], 1024, (relu, relu_prime), 3),
}


def step(X, Y, W, b, g, g_prime):
    Z, A = deep_network.forward(X, W, b, g)
    deep_network.cost(Z[-1], Y, g[-1])
    dW, db = deep_network.backward(Y, W, Z, A, g_prime)
    return deep_network.update(W, b, dW, db, 0.1)


def size(arrays):
    return sum(array.nbytes for array in arrays)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_memory_of_a_step(network):
    """A few times inputs, activations and parameters together."""
    n, m, pair, times = network
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n[0], m))
    Y = np.ones((1, m)) if n[-1] == 1 else np.eye(n[-1])[:, rng.integers(n[-1], size=m)]
    W, b = deep_network.initialize(n)
    output = sigmoid if n[-1] == 1 else softmax
    g, g_prime = deep_network.activations([pair] * (len(n) - 2), output)
    step(X, Y, W, b, g, g_prime)

    tracemalloc.start()
    step(X, Y, W, b, g, g_prime)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    parameters = size([*W[1:], *b[1:]])
    activations = sum(n[1:]) * m * 8
    basis = X.nbytes + activations + parameters
    assert basis < X.nbytes + Y.nbytes + parameters + peak <= times * basis
