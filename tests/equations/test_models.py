r"""The networks that formulas are tried on, against libraries that share no code.

Forward values, losses, the cost and all derivatives of an instance are computed again
with SciPy and autograd. And `nnref`'s `backward` gives what the complex step gives:
only so does a formula that holds speak for the code.
"""

import itertools

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import scipy.special

from nnref import deep_network, logistic_regression, shallow_network
from nnref.activations import (
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
from nnref.equations import models
from nnref.equations.models import Instance, Settings

BY_AUTOGRAD = {
    "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "sine": anp.sin,
    "softplus": lambda z: anp.logaddexp(0.0, z),
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z), axis=0),
}
BY_SCIPY = {
    "sigmoid": scipy.special.expit,
    "tanh": np.tanh,
    "relu": lambda z: np.clip(z, 0, None),
    "leaky_relu": lambda z: np.clip(z, 0, None) + 0.01 * np.clip(z, None, 0),
    "sine": np.sin,
    "softplus": lambda z: np.logaddexp(0.0, z),
    "softmax": lambda z: scipy.special.softmax(z, axis=0),
}
PRIMES = {
    sigmoid: sigmoid_prime,
    tanh: tanh_prime,
    relu: relu_prime,
    leaky_relu: leaky_relu_prime,
    models.sine: np.cos,
    models.softplus: sigmoid,
}
SETTINGS = [
    Settings("logistic", 1),
    Settings("logistic", 1, binary=True),
    *(
        Settings("shallow", 2, hidden, one_unit=one)
        for hidden in ("generic", "sigmoid", "tanh", "relu", "leaky_relu")
        for one in (False, True)
    ),
    *(
        Settings("deep", L, hidden, output)
        for L, hidden, output in itertools.product(
            (1, 4), ("generic", "sigmoid", "tanh"), ("sigmoid", "softmax")
        )
    ),
    Settings("deep", 4, "relu"),
    Settings("deep", 4, "leaky_relu", "softmax"),
    Settings("deep", 4, one_unit=True),
    Settings("deep", 3, output="softmax", binary=True),
    Settings("deep", 3, binary=True),
    Settings("deep", 2, units=3),
    Settings("deep", 5),
    Settings("deep", 4, numbers=("u",), arrays=(("P", 3, 4),)),
]


def names(instance):
    """The names of the activations, entry l of layer l."""
    known = {function: name for name, function in models.FUNCTIONS.items()}
    return [None, *(known[g] for g in instance.g[1:])]


@pytest.fixture(params=SETTINGS, ids=str)
def settings(request):
    return request.param


@pytest.fixture(params=(0, 2), ids=("seed 0", "seed 2"))
def network(request, settings):
    return Instance(settings, request.param)


def close(got, wanted, rtol=1e-10):
    got, wanted = np.asarray(got), np.asarray(wanted)
    assert got.shape == wanted.shape
    assert np.all(np.isfinite(got))
    scale = max(np.max(np.abs(wanted)), 1e-300)
    assert np.max(np.abs(got - wanted)) <= rtol * scale


def costs(network, W, b, X, g):
    """The losses of all examples, written for autograd."""
    L = network.settings.L
    A = X
    for layer in range(1, L + 1):
        Z = anp.dot(W[layer], A) + b[layer]
        A = g[layer](Z)
    return losses_of(network, Z)


def losses_of(network, Z):
    """The losses from the last Z: from A, digits are lost where it is nearly 1."""
    if network.settings.output == "softmax":
        log_A = Z - anp.log(anp.sum(anp.exp(Z), axis=0))
        return -anp.sum(network.Y * log_A, axis=0)
    entries = network.Y * anp.logaddexp(0, -Z) + (1 - network.Y) * anp.logaddexp(0, Z)
    return anp.sum(entries, axis=0)


def losses_of_outputs(network, A):
    if network.settings.output == "softmax":
        return -anp.sum(network.Y * anp.log(A), axis=0)
    entries = network.Y * anp.log(A) + (1 - network.Y) * anp.log(1 - A)
    return -anp.sum(entries, axis=0)


def test_sizes_differ(network):
    sizes = [*network.n, network.m]
    if network.settings.kind == "logistic" or network.settings.one_unit:
        sizes.remove(1)
    assert len(set(sizes)) == len(sizes)
    assert min(sizes) >= 2
    assert network.n[-1] == (network.settings.units or network.n[-1])


def test_parameters_and_labels_are_of_order_one(network):
    for layer in range(1, network.settings.L + 1):
        assert np.all(network.b[layer] != 0)
        assert np.max(np.abs(network.W[layer])) > 0.3
    Y = network.Y
    if network.settings.binary:
        assert set(np.unique(Y)) <= {0.0, 1.0}
    else:
        assert np.all((Y > 0) & (Y < 1))
    if network.settings.output == "softmax":
        np.testing.assert_allclose(np.sum(Y, axis=0), 1)


def test_hidden_layers_have_different_activations():
    network = Instance(Settings("deep", 4), 0)
    assert len(set(names(network)[1:4])) == 3


def test_layer_1_has_another_activation_for_another_seed():
    first = {names(Instance(Settings("deep", 4), seed))[1] for seed in models.SEEDS}
    assert len(first) >= 2


def test_values_stay_away_from_the_kink():
    for hidden in models.KINKED:
        for seed in range(5):
            network = Instance(Settings("deep", 4, hidden), seed)
            assert all(np.min(np.abs(Z)) > models.KINK for Z in network.Z[1:4])


def test_forward_values_are_those_of_scipy(network):
    A = network.A[0]
    for layer, name in enumerate(names(network)[1:], start=1):
        Z = np.einsum("jk,ki->ji", network.W[layer], A) + network.b[layer]
        A = BY_SCIPY[name](Z)
        close(network.Z[layer], Z)
        close(network.A[layer], A)
        A = network.A[layer]


def test_losses_and_cost_are_those_of_scipy(network):
    Z, Y = network.Z[-1], network.Y
    if network.settings.output == "softmax":
        wanted = -np.sum(Y * scipy.special.log_softmax(Z, axis=0), axis=0)
    else:
        log_a, log_1_a = scipy.special.log_expit(Z), scipy.special.log_expit(-Z)
        wanted = -np.sum(Y * log_a + (1 - Y) * log_1_a, axis=0)
    close(network.losses(network.base), wanted[np.newaxis])
    close(network.cost(network.base), np.mean(wanted))


def test_losses_from_the_outputs_are_the_same(network):
    """They are computed from A if A^{[L]} itself is varied."""
    L = network.settings.L
    state = network.changed(("A", L), network.A[L])
    close(network.losses(state), network.losses(network.base), 1e-8)
    close(network.cost(state), network.cost(network.base), 1e-8)


def test_derivatives_by_parameters_are_those_of_autograd(network):
    g = [None, *(BY_AUTOGRAD[name] for name in names(network)[1:])]
    X = network.A[0]
    for letter in "Wb":
        for layer in range(1, network.settings.L + 1):

            def losses(array, letter=letter, layer=layer):
                W, b = list(network.W), list(network.b)
                {"W": W, "b": b}[letter][layer] = array
                return costs(network, W, b, X, g)

            array = getattr(network, letter)[layer]
            each = autograd.jacobian(losses)(array)
            place = (letter, layer)
            close(network.example_gradient(place), each)
            close(network.cost_gradient(place), np.mean(each, axis=0))


def test_derivatives_by_data_are_those_of_autograd(network):
    L = network.settings.L
    g = [None, *(BY_AUTOGRAD[name] for name in names(network)[1:])]
    for letter in "AZ":
        for layer in range(0 if letter == "A" else 1, L + 1):

            def losses(array, letter=letter, layer=layer):
                if letter == "A" and layer == L:
                    return losses_of_outputs(network, array)
                Z, A = (None, array) if letter == "A" else (array, g[layer](array))
                for k in range(layer + 1, L + 1):
                    Z = anp.dot(network.W[k], A) + network.b[k]
                    A = g[k](Z)
                return losses_of(network, Z)

            array = getattr(network, letter)[layer]
            total = autograd.grad(lambda x, f=losses: anp.sum(f(x)))(array)
            place = (letter, layer)
            close(network.loss_gradient(place), total)
            close(network.cost_gradient(place), total / network.m)


def test_backward_of_the_package_is_the_complex_step(network):
    """So a formula that holds for the gradients holds for what `backward` returns."""
    L, X, Y = network.settings.L, network.A[0], network.Y
    dW = [network.cost_gradient(("W", layer)) for layer in range(1, L + 1)]
    db = [network.cost_gradient(("b", layer)) for layer in range(1, L + 1)]
    if network.settings.kind == "logistic":
        got_dw, got_db = logistic_regression.backward(X, network.A[1], Y)
        close(got_dw.T, dW[0])
        close(np.reshape(got_db, (1, 1)), db[0])
        return
    if network.settings.kind == "shallow":
        got = shallow_network.backward(
            X,
            Y,
            network.W[2],
            network.Z[1],
            network.A[1],
            network.A[2],
            PRIMES[network.g[1]],
        )
        for one, other in zip(got, (dW[0], db[0], dW[1], db[1]), strict=True):
            close(one, other)
        return
    pairs = [(g, PRIMES[g]) for g in network.g[1:L]]
    output = softmax if network.settings.output == "softmax" else sigmoid
    _, g_prime = deep_network.activations(pairs, output)
    got_dW, got_db = deep_network.backward(Y, network.W, network.Z, network.A, g_prime)
    for layer in range(1, L + 1):
        close(got_dW[layer], dW[layer - 1])
        close(got_db[layer], db[layer - 1])


def test_an_update_is_one_step_downhill(network):
    alpha = network.free["alpha"]
    for letter in "Wb":
        for layer in range(1, network.settings.L + 1):
            place = (letter, layer)
            before = getattr(network, letter)[layer]
            wanted = before - alpha * network.cost_gradient(place)
            close(network.updated(place), wanted)


def test_what_is_varied_is_varied_alone(network):
    """What lies upstream stays, and what lies downstream follows."""
    L = network.settings.L
    for layer in range(1, L + 1):
        state = network.changed(("Z", layer), network.Z[layer] + 0.1)
        for k in range(1, layer):
            assert state.Z[k] is network.Z[k]
            assert state.A[k] is network.A[k]
        for k in range(layer + 1, L + 1):
            assert np.any(state.Z[k] != network.Z[k])
            close(
                state.Z[k],
                np.einsum("jk,ki->ji", network.W[k], state.A[k - 1]) + network.b[k],
            )


def test_seeds_give_other_numbers_and_the_same_seed_the_same():
    one, same, other = (Instance(Settings(), seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.W[1], same.W[1])
    assert one.W[1].shape != other.W[1].shape or np.any(one.W[1] != other.W[1])
