"""Full batch, mini-batches, progress, interruption."""

import inspect
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import labelled
from oracles import quick, seeds

from nnref import deep_network, gradient_descent, shallow_network
from nnref.activations import tanh, tanh_prime
from nnref.gradient_descent import Descent, descend, mini_batches
from nnref.shallow_network import fit, initialize

# Mini-batches.


def cover(deal, m, batch_size, seed):
    """Assert that each example is dealt once, with its own label."""
    X = np.arange(2.0 * m).reshape(2, m)
    Y = X[:1] + 0.5
    batches = list(deal(X, Y, batch_size, np.random.default_rng(seed)))
    sizes = [X_k.shape[1] for X_k, _ in batches]
    assert all(size == batch_size for size in sizes[:-1])
    assert 1 <= sizes[-1] <= batch_size
    all_X = np.hstack([X_k for X_k, _ in batches])
    all_Y = np.hstack([Y_k for _, Y_k in batches])
    assert np.array_equal(all_Y, all_X[:1] + 0.5)
    assert np.array_equal(all_X[:, np.argsort(all_X[0])], X)


@given(m=st.integers(1, 20), batch_size=st.integers(1, 25), seed=seeds)
@quick
def test_each_example_is_in_one_batch(m, batch_size, seed):
    cover(mini_batches, m, batch_size, seed)


def deal_wrong(kind):
    def deal(X, Y, batch_size, rng):
        m = X.shape[1]
        order = {
            "with repetition": lambda: rng.integers(m, size=m),
            "last one missing": lambda: rng.permutation(m)[: m // batch_size * 4],
            "labels in another order": lambda: rng.permutation(m),
        }[kind]()
        other = rng.permutation(m) if kind.startswith("labels") else order
        for k in range(0, len(order), batch_size):
            yield X[:, order[k : k + batch_size]], Y[:, other[k : k + batch_size]]

    return deal


@pytest.mark.parametrize(
    "kind", ["with repetition", "last one missing", "labels in another order"]
)
def test_wrong_batches_are_noticed(kind):
    with pytest.raises(AssertionError):
        cover(deal_wrong(kind), m=15, batch_size=4, seed=0)


def test_the_order_is_another_in_each_pass():
    seen = []

    def backward(X, Y, theta, value):
        seen.append(X[0].tolist())
        return (0.0,)

    X = np.arange(6.0).reshape(1, 6)
    parts = {
        "forward": lambda X, theta: (theta,),
        "cost": lambda values, Y: 0.0,
        "backward": backward,
        "update": lambda theta, derivative, alpha: (theta,),
    }
    descend(X, X, (0.0,), **parts, iterations=2, batch_size=4)
    first, second = seen[0] + seen[1], seen[2] + seen[3]
    assert [len(batch) for batch in seen] == [4, 2, 4, 2]
    assert sorted(first) == sorted(second) == X[0].tolist()
    assert first != second
    seen_before = seen.copy()
    seen.clear()
    descend(X, X, (0.0,), **parts, iterations=2, batch_size=4)
    assert seen == seen_before, "the same seed must give the same batches"


def test_one_batch_of_all_examples_is_the_full_batch():
    X, Y = labelled()
    whole = fit(X, Y, *initialize(3, 4), iterations=20)
    batch = fit(X, Y, *initialize(3, 4), iterations=20, batch_size=60)
    assert batch.costs == pytest.approx(whole.costs, rel=1e-12)


def test_mini_batches_take_more_steps_in_a_pass():
    X, Y = labelled()
    whole = fit(X, Y, *initialize(3, 4), iterations=20)
    batches = fit(X, Y, *initialize(3, 4), iterations=20, batch_size=10)
    again = fit(X, Y, *initialize(3, 4), iterations=20, batch_size=10)
    other = fit(X, Y, *initialize(3, 4), iterations=20, batch_size=10, seed=1)
    assert batches.costs.shape == (21,)
    assert batches.costs[0] == whole.costs[0]
    assert batches.costs[-1] < whole.costs[-1]
    assert batches.costs.tolist() == again.costs.tolist()
    assert batches.costs.tolist() != other.costs.tolist()


def test_two_steps_of_mini_batches_by_hand():
    X, Y = labelled(m=6)
    parameters = initialize(3, 4)
    learned = fit(X, Y, *parameters, iterations=1, batch_size=4, seed=3)
    order = np.random.default_rng(3).permutation(6)
    for i in (order[:4], order[4:]):
        _, _, W2, _ = parameters
        Z1, A1, _, A2 = shallow_network.forward(X[:, i], *parameters)
        derivatives = shallow_network.backward(X[:, i], Y[:, i], W2, Z1, A1, A2)
        parameters = shallow_network.update(*parameters, *derivatives, 0.1)
    found = learned.W1, learned.b1, learned.W2, learned.b2
    for mine, wanted in zip(found, parameters, strict=True):
        assert np.array_equal(mine, wanted)
    _, _, Z2, _ = shallow_network.forward(X, *parameters)
    assert learned.costs[1] == shallow_network.cost(Z2, Y)


# Costs and progress.


@pytest.mark.parametrize("batch_size", [None, 16])
def test_costs_belong_to_the_parameters_after_each_pass(batch_size):
    X, Y = labelled()
    learned = fit(X, Y, *initialize(3, 4), iterations=15, batch_size=batch_size)
    assert learned.costs.shape == (16,)
    assert not learned.interrupted
    for k in (0, 1, 7, 15):
        shorter = fit(X, Y, *initialize(3, 4), iterations=k, batch_size=batch_size)
        assert shorter.costs.tolist() == learned.costs[: k + 1].tolist()
        parameters = shorter.W1, shorter.b1, shorter.W2, shorter.b2
        _, _, Z2, _ = shallow_network.forward(X, *parameters)
        assert shallow_network.cost(Z2, Y) == learned.costs[k]


@pytest.mark.parametrize("batch_size", [None, 16])
def test_progress_changes_no_result(capsys, batch_size):
    X, Y = labelled()
    start = initialize(3, 4)
    quiet = fit(X, Y, *start, iterations=20, batch_size=batch_size)
    assert capsys.readouterr() == ("", "")
    loud = fit(X, Y, *start, iterations=20, batch_size=batch_size, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "20/20" in err
    assert f"cost {loud.costs[-1]:.4f}" in err
    assert loud.costs.tolist() == quiet.costs.tolist()
    assert loud.W1.tolist() == quiet.W1.tolist()


# Interruption.


@pytest.mark.parametrize("batch_size", [None, 16])
@pytest.mark.parametrize("part", ["backward", "update", "forward", "cost"])
def test_an_interruption_keeps_complete_passes(monkeypatch, part, batch_size):
    X, Y = labelled()
    W, b = deep_network.initialize([3, 4, 1])
    g, g_prime = deep_network.activations([(tanh, tanh_prime)])
    settings = {"iterations": 20, "batch_size": batch_size}
    whole = deep_network.fit(X, Y, W, b, g, g_prime, **settings)
    original, calls = getattr(deep_network, part), 0

    def stopping(*arguments):
        nonlocal calls
        calls += 1
        if calls == 15:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(deep_network, part, stopping)
    learned = deep_network.fit(X, Y, W, b, g, g_prime, **settings)
    monkeypatch.undo()
    passes = len(learned.costs) - 1
    assert learned.interrupted
    assert 1 <= passes < 15
    wanted = deep_network.fit(
        X, Y, W, b, g, g_prime, iterations=passes, batch_size=batch_size
    )
    assert learned.costs.tolist() == whole.costs[: passes + 1].tolist()
    assert learned.W[1].tolist() == wanted.W[1].tolist()
    assert learned.b[2].tolist() == wanted.b[2].tolist()


def descend_without_care(X, Y, parameters, forward, cost, backward, update, iterations):
    """Do what `descend` does, but keep the parameters and the costs one by one."""
    values = forward(X, *parameters)
    costs = [cost(values, Y)]
    interrupted = False
    try:
        for _ in range(iterations):
            derivatives = backward(X, Y, *parameters, *values)
            parameters = update(*parameters, *derivatives, 0.1)
            values = forward(X, *parameters)
            costs.append(cost(values, Y))
    except KeyboardInterrupt:
        interrupted = True
    return Descent(parameters, np.array(costs), interrupted)


PARABOLA = {
    "X": np.ones((1, 1)),
    "Y": np.ones((1, 1)),
    "parameters": (8.0,),
    "forward": lambda X, theta: (theta,),
    "cost": lambda values, Y: values[0] ** 2 / 2,
    "backward": lambda X, Y, theta, value: (theta,),
    "update": lambda theta, derivative, alpha: (theta - alpha * derivative,),
    "iterations": 3,
}


def interrupt(train, after):
    """Run `train` up to an instruction, and return its result and their number."""
    code = inspect.unwrap(train).__code__
    count = 0

    def inside(frame, event, argument):
        nonlocal count
        if event == "opcode":
            count += 1
            if count == after:
                raise KeyboardInterrupt
        return inside

    def calls(frame, event, argument):
        if frame.f_code is not code:
            return None
        frame.f_trace = inside  # since Python 3.12 it must come first
        frame.f_trace_opcodes = True
        return inside

    before = sys.gettrace()
    sys.settrace(calls)
    try:
        return train(**PARABOLA), count
    except KeyboardInterrupt:
        return None, count  # before the first step, or after the last
    finally:
        sys.settrace(before)


def survive_interruptions(train):
    """Assert that parameters and costs belong together, wherever `train` stops."""
    interrupt(train, after=None)  # Python 3.12 counts only from the second run on
    _, instructions = interrupt(train, after=None)
    results = [interrupt(train, after)[0] for after in range(1, instructions + 1)]
    kept = [found for found in results if found is not None]
    assert len(kept) > instructions / 3
    assert {len(found.costs) for found in kept} == {1, 2, 3, 4}
    for found in kept:
        assert found.interrupted
        assert found.parameters[0] ** 2 / 2 == found.costs[-1]


def test_an_interruption_at_any_instruction_keeps_what_belongs_together():
    survive_interruptions(descend)


def test_a_descent_that_an_interruption_splits_is_noticed():
    with pytest.raises(AssertionError):
        survive_interruptions(descend_without_care)


def test_a_parabola():
    found = descend(**PARABOLA)
    assert found.parameters[0] == pytest.approx(8 * 0.9**3)
    assert found.costs == pytest.approx([32 * 0.81**k for k in range(4)])


def test_public_names():
    assert set(gradient_descent.__all__) == {"Descent", "descend", "mini_batches"}
