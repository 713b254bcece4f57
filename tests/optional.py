"""Checks that need PyTorch, which is too large to be asked of everybody.

Where it is missing they are skipped by name. Where it is asked for, as in .ci/run, they
have failed.
"""

import os
from importlib.util import find_spec
from typing import NoReturn

import pytest


def torch_is_missing() -> bool:
    return find_spec("torch") is None


def leave_out(what: str) -> NoReturn:
    """Skip a check, and say what was not checked."""
    reason = f"PyTorch is not installed, so this was not run: {what}"
    if os.environ.get("NNREF_TORCH") == "required":
        pytest.fail(reason)
    pytest.skip(reason)
