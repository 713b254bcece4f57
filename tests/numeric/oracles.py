"""What the numeric tests compare with, and how."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

quick = settings(deadline=None, max_examples=25, derandomize=True, database=None)

seeds = st.integers(0, 2**32 - 1)


def agree(got, wanted, rtol=1e-9):
    """Assert equal shapes, finite values, and differences small beside the largest."""
    got, wanted = np.asarray(got), np.asarray(wanted)
    assert got.shape == wanted.shape, f"shape {got.shape}, expected {wanted.shape}"
    assert np.all(np.isfinite(got)), f"not finite: {got}"
    assert np.all(np.isfinite(wanted)), f"the oracle is not finite: {wanted}"
    scale = np.max(np.abs(wanted))
    error = np.max(np.abs(got - wanted))
    assert error <= rtol * scale, f"{got}\nexpected\n{wanted}"


def problem(seed, n_x=3, m=7):
    """Return X, Y, w, b with weights of order 1 and labels strictly between 0 and 1."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_x, m))
    Y = rng.uniform(0.1, 0.9, size=(1, m))
    w = rng.normal(size=(n_x, 1))
    b = float(rng.normal())
    return X, Y, w, b
