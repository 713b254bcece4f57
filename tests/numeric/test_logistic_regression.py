"""Logistic regression against scikit-learn, calculus and another library's autodiff."""

import inspect
import sys
import warnings

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from oracles import agree, problem, quick, seeds
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from nnref import logistic_regression
from nnref.gradient_checking import complex_step, two_sided_difference
from nnref.logistic_regression import (
    Fit,
    accuracy,
    backward,
    cost,
    fit,
    forward,
    initialize,
    predict,
    update,
)

sizes = {"n_x": st.integers(1, 5), "m": st.integers(1, 8)}


# Forward and cost.


def test_initialize():
    w, b = initialize(3)
    assert w.shape == (3, 1)
    assert not w.any()
    assert b == 0


@given(seed=seeds, **sizes)
@quick
def test_forward_is_the_formula_example_by_example(seed, n_x, m):
    X, _, w, b = problem(seed, n_x, m)
    Z, A = forward(X, w, b)
    z = [[sum(w[j, 0] * X[j, i] for j in range(n_x)) + b for i in range(m)]]
    agree(Z, z, rtol=1e-12)
    agree(A, scipy.special.expit(Z), rtol=1e-14)


def test_cost_is_what_scikit_learn_computes():
    X, Y, w, b = problem(0, m=20)
    Z, A = forward(X, w, b)
    labels = np.round(Y)
    assert cost(Z, labels) == pytest.approx(log_loss(labels[0], A[0]), rel=1e-13)


def test_cost_of_the_first_parameters_is_log_2():
    X, Y, _, _ = problem(0)
    Z, _ = forward(X, *initialize(3))
    assert cost(Z, Y) == pytest.approx(np.log(2), rel=1e-15)


def test_nothing_overflows_at_1000():
    X = np.array([[1000.0, -1000.0, 1000.0, -1000.0]])
    Y = np.array([[0.0, 1.0, 1.0, 0.0]])
    w, b = np.ones((1, 1)), 0.0
    with np.errstate(all="raise", under="ignore"):
        Z, A = forward(X, w, b)
        dw, db = backward(X, A, Y)
        assert cost(Z, Y) == 500.0
        assert np.all(np.isfinite(dw))
        assert np.isfinite(db)
        assert predict(X, w, b).tolist() == [[1.0, 0.0, 1.0, 0.0]]


def test_nan_goes_through_forward_and_backward():
    X, Y, w, b = problem(0)
    X[1, 2] = np.nan
    Z, A = forward(X, w, b)
    assert np.flatnonzero(np.isnan(Z)).tolist() == [2]
    assert np.isnan(cost(Z, Y))
    dw, db = backward(X, A, Y)
    assert np.all(np.isnan(dw))
    assert np.isnan(db)


# Backward, against three ways to a derivative that share no code with it.


def cost_by_complex_step(X, Y, w, b):
    def J(w, b):
        return cost(forward(X, w, b)[0], Y)

    dw = complex_step(lambda w: J(w, b), w)
    db = complex_step(lambda b: J(w, b), b)
    return dw, db


def cost_by_two_sided_difference(X, Y, w, b):
    def J(w, b):
        return cost(forward(X, w, b)[0], Y)

    dw = two_sided_difference(lambda w: J(w, b), w)
    db = two_sided_difference(lambda b: J(w, b), b)
    return dw, db


def cost_by_autograd(X, Y, w, b):
    def J(w, b):
        a = 1 / (1 + anp.exp(-(anp.dot(w.T, X) + b)))
        return anp.mean(-Y * anp.log(a) - (1 - Y) * anp.log(1 - a))

    return autograd.grad(J, 0)(w, b), autograd.grad(J, 1)(w, b)


ORACLES = {
    "complex step": (cost_by_complex_step, 1e-12),
    "two-sided difference": (cost_by_two_sided_difference, 1e-7),
    "autograd": (cost_by_autograd, 1e-11),
}
oracles = pytest.mark.parametrize(("oracle", "rtol"), ORACLES.values(), ids=ORACLES)


def compare(oracle, rtol, candidate, X, Y, w, b):
    """Assert that `candidate` computes the derivatives that `oracle` finds."""
    _, A = forward(X, w, b)
    dw, db = candidate(X, A, Y)
    wanted_dw, wanted_db = oracle(X, Y, w, b)
    # Beside each other: a derivative that happens to be tiny has no digits of its own.
    agree(np.append(dw, db), np.append(wanted_dw, wanted_db), rtol)
    assert dw.shape == w.shape
    assert np.ndim(db) == 0


@oracles
def test_backward(oracle, rtol):
    for seed in range(3):
        compare(oracle, rtol, backward, *problem(seed))


@oracles
@given(seed=seeds, **sizes)
@quick
def test_backward_for_any_sizes(oracle, rtol, seed, n_x, m):
    X, Y, w, b = problem(seed, n_x, m)
    # The mean label is far from the mean prediction, so nothing cancels.
    compare(oracle, 10 * rtol, backward, X, Y - 1, w, b)


FAULTS = {
    "sign flipped": lambda X, A, Y: (X @ (Y - A).T / 7, np.sum(Y - A) / 7),
    "sign of dw flipped": lambda X, A, Y: (X @ (Y - A).T / 7, np.sum(A - Y) / 7),
    "sign of db flipped": lambda X, A, Y: (X @ (A - Y).T / 7, np.sum(Y - A) / 7),
    "no 1/m in dw": lambda X, A, Y: (X @ (A - Y).T, np.sum(A - Y) / 7),
    "no 1/m in db": lambda X, A, Y: (X @ (A - Y).T / 7, np.sum(A - Y)),
    "1/n_x for 1/m": lambda X, A, Y: (X @ (A - Y).T / 3, np.sum(A - Y) / 3),
    "1/(m-1) for 1/m": lambda X, A, Y: (X @ (A - Y).T / 6, np.sum(A - Y) / 6),
    "1/m twice": lambda X, A, Y: (X @ (A - Y).T / 49, np.sum(A - Y) / 49),
    "loss squared": lambda X, A, Y: (
        X @ ((A - Y) * A * (1 - A)).T / 7,
        np.sum((A - Y) * A * (1 - A)) / 7,
    ),
    "A for A - Y": lambda X, A, Y: (X @ A.T / 7, np.sum(A) / 7),
    "labels rounded": lambda X, A, Y: (
        X @ (A - np.round(Y)).T / 7,
        np.sum(A - np.round(Y)) / 7,
    ),
    "one example left out": lambda X, A, Y: (
        X[:, 1:] @ (A - Y)[:, 1:].T / 7,
        np.sum((A - Y)[:, 1:]) / 7,
    ),
    "features reversed": lambda X, A, Y: (X[::-1] @ (A - Y).T / 7, np.sum(A - Y) / 7),
    "dw a row": lambda X, A, Y: ((A - Y) @ X.T / 7, np.sum(A - Y) / 7),
    "db not summed": lambda X, A, Y: (X @ (A - Y).T / 7, (A - Y) / 7),
    "db forgotten": lambda X, A, Y: (X @ (A - Y).T / 7, 0.0),
    "off by 1 in a million": lambda X, A, Y: (
        X @ (A - Y).T / 7 * (1 + 1e-6),
        np.sum(A - Y) / 7,
    ),
}


@oracles
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_wrong_backward_is_noticed(oracle, rtol, fault):
    for seed in range(3):
        with pytest.raises(AssertionError):
            compare(oracle, rtol, fault, *problem(seed))


def test_dz_is_m_times_the_derivative_of_the_cost():
    X, Y, w, b = problem(0)
    Z, A = forward(X, w, b)
    agree(A - Y, 7 * complex_step(lambda Z: cost(Z, Y), Z))


# Update and fit.


def test_update_steps_against_the_derivative():
    w, dw = np.array([[1.0], [2.0]]), np.array([[10.0], [-10.0]])
    new_w, new_b = update(w, 3.0, dw, -1.0, 0.1)
    agree(new_w, [[0.0], [3.0]])
    assert new_b == pytest.approx(3.1)
    assert w.tolist() == [[1.0], [2.0]], "the given array has changed"


def labelled(seed=0, n_x=3, m=60):
    """Return a problem that no plane separates, with labels 0 and 1."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_x, m))
    Y = (np.sum(X, axis=0, keepdims=True) + rng.logistic(size=(1, m)) > 0.5) * 1.0
    return X, Y


def test_fit_finds_what_scikit_learn_finds():
    X, Y = labelled()
    learned = fit(X, Y, alpha=1.0, iterations=2000)
    # So large a C is no regularisation.
    reference = LogisticRegression(C=1e12, tol=1e-12, max_iter=10_000)
    reference.fit(X.T, Y[0])
    agree(learned.w, reference.coef_.T, rtol=1e-5)
    assert learned.b == pytest.approx(reference.intercept_[0], rel=1e-5)
    assert np.array_equal(predict(X, learned.w, learned.b)[0], reference.predict(X.T))
    assert accuracy(predict(X, learned.w, learned.b), Y) == pytest.approx(
        reference.score(X.T, Y[0])
    )


def test_fit_without_an_optimum_reached_is_noticed():
    X, Y = labelled()
    reference = LogisticRegression(C=1e12, tol=1e-12, max_iter=10_000).fit(X.T, Y[0])
    with pytest.raises(AssertionError):
        agree(fit(X, Y, iterations=20).w, reference.coef_.T, rtol=1e-5)


def test_costs_belong_to_the_parameters_after_each_step():
    X, Y = labelled()
    learned = fit(X, Y, iterations=30)
    assert learned.costs.shape == (31,)
    assert not learned.interrupted
    for k in (0, 1, 17, 30):
        shorter = fit(X, Y, iterations=k)
        assert shorter.costs.tolist() == learned.costs[: k + 1].tolist()
        Z, _ = forward(X, shorter.w, shorter.b)
        assert cost(Z, Y) == learned.costs[k]
    assert np.all(np.diff(learned.costs) < 0)


def test_one_step_of_fit_by_hand():
    X, Y = labelled()
    learned = fit(X, Y, alpha=0.5, iterations=1)
    agree(learned.w, 0.5 * np.mean((Y - 0.5) * X, axis=1, keepdims=True))
    assert learned.b == pytest.approx(0.5 * np.mean(Y - 0.5))


def test_fit_says_how_far_it_came():
    text = repr(fit(*labelled(), iterations=10))
    assert text.startswith("Fit(w of shape (3, 1), b = ")
    assert text.endswith(" after 10 steps)")


def test_fit_takes_integers_and_leaves_the_data_alone():
    X, Y = labelled()
    X, Y = np.round(10 * X).astype(int), Y.astype(np.uint8)
    before = X.copy(), Y.copy()
    from_integers = fit(X, Y, alpha=0.01, iterations=50)
    from_floats = fit(X.astype(float), Y.astype(float), alpha=0.01, iterations=50)
    assert from_integers.costs.tolist() == from_floats.costs.tolist()
    assert np.array_equal(before[0], X)
    assert np.array_equal(before[1], Y)


# Progress and interruption.


def test_progress_changes_no_result(capsys):
    X, Y = labelled()
    quiet = fit(X, Y, iterations=20)
    assert capsys.readouterr() == ("", "")
    loud = fit(X, Y, iterations=20, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "20/20" in err
    assert f"cost {loud.costs[-1]:.4f}" in err
    assert loud.costs.tolist() == quiet.costs.tolist()
    assert loud.w.tolist() == quiet.w.tolist()
    assert loud.b == quiet.b


def test_progress_without_tqdm_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(ImportError) as caught:
        fit(*labelled(), progress=True)
    assert str(caught.value) == (
        "progress=True needs tqdm, which is not installed: "
        'run pip install "nnref[progress]" or use progress=False'
    )
    fit(*labelled(), iterations=1)


@pytest.mark.parametrize("progress", [False, True])
@pytest.mark.parametrize("part", ["backward", "update", "forward", "cost"])
def test_an_interruption_keeps_what_was_learned(monkeypatch, part, progress):
    X, Y = labelled()
    complete = getattr(logistic_regression, part)
    calls = []

    def interrupted(*args):
        calls.append(part)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return complete(*args)

    monkeypatch.setattr(logistic_regression, part, interrupted)
    learned = fit(X, Y, progress=progress)
    monkeypatch.undo()

    # forward and cost have one call more, before the first step.
    steps = 5 if part in ("backward", "update") else 4
    wanted = fit(X, Y, iterations=steps)
    assert learned.interrupted
    assert learned.costs.tolist() == wanted.costs.tolist()
    assert learned.w.tolist() == wanted.w.tolist()
    assert learned.b == wanted.b


def fit_without_care(X, Y, iterations):
    """Do what `fit` does, but keep the parameters and the costs one by one."""
    w, b = initialize(X.shape[0])
    Z, A = forward(X, w, b)
    costs = [cost(Z, Y)]
    interrupted = False
    try:
        for _ in range(iterations):
            dw, db = backward(X, A, Y)
            w, b = update(w, b, dw, db, 0.1)
            Z, A = forward(X, w, b)
            costs.append(cost(Z, Y))
    except KeyboardInterrupt:
        interrupted = True
    return Fit(w, b, np.array(costs), interrupted)


def interrupt(train, after):
    """Run `train` up to an instruction, and return its result and their number."""
    code = inspect.unwrap(train).__code__
    X, Y = labelled(m=5)
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
        return train(X, Y, iterations=3), count
    except KeyboardInterrupt:
        return None, count  # before the first step, or after the last
    finally:
        sys.settrace(before)


def survive_interruptions(train):
    """Assert that parameters and costs belong together, wherever `train` stops."""
    X, Y = labelled(m=5)
    wanted = [fit(X, Y, iterations=k) for k in range(4)]
    interrupt(train, after=None)  # Python 3.12 counts only from the second run on
    _, instructions = interrupt(train, after=None)
    results = [interrupt(train, after)[0] for after in range(1, instructions + 1)]
    kept = [learned for learned in results if learned is not None]
    assert len(kept) > instructions / 2
    assert {len(learned.costs) for learned in kept} == {1, 2, 3, 4}
    for learned in kept:
        same = wanted[len(learned.costs) - 1]
        assert learned.interrupted
        assert learned.costs.tolist() == same.costs.tolist()
        assert learned.w.tolist() == same.w.tolist()
        assert learned.b == same.b


def test_an_interruption_at_any_instruction_keeps_what_belongs_together():
    survive_interruptions(fit)


def test_a_fit_that_an_interruption_splits_is_noticed():
    with pytest.raises(AssertionError):
        survive_interruptions(fit_without_care)


# Prediction.


def test_predict_is_1_only_above_one_half():
    X = np.array([[-2.0, -1e-9, 0.0, 1e-9, 2.0]])
    Y_pred = predict(X, np.ones((1, 1)), 0.0)
    assert Y_pred.tolist() == [[0.0, 0.0, 0.0, 1.0, 1.0]]
    assert Y_pred.dtype == float


def test_accuracy():
    Y = np.array([[0, 1, 1, 0]])
    assert accuracy(Y, Y) == 1.0
    assert accuracy(1 - Y, Y) == 0.0
    assert accuracy(np.array([[0.0, 1.0, 1.0, 1.0]]), Y) == 0.75
    assert type(accuracy(Y, Y)) is float


def test_training_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(*labelled(), alpha=100.0, iterations=50)
