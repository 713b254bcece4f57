"""A pytest plugin that writes down which snippets were collected and how they ended."""

import builtins
import json
import os
import sys
from collections.abc import Generator
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnref

OPTIONAL = "torch"
# Set in the environment by pytest itself, by scikit-learn and by PyTorch.
OTHERS = ("PYTEST_", "KMP_", "TORCHINDUCTOR_")
# By the item itself: files outside the root folder can share a node id.
_items: dict[int, dict[str, Any]] = {}


class Without(PathFinder):
    """Finds all that is installed but one package."""

    hidden = os.environ.get("NNREF_WITHOUT", "")

    @classmethod
    def find_spec(cls, name: str, *options: Any) -> Any:
        if name.partition(".")[0] == cls.hidden:
            return None
        return super().find_spec(name, *options)


if Without.hidden:
    sys.meta_path[sys.meta_path.index(PathFinder)] = Without


def pytest_collection_finish(session: pytest.Session) -> None:
    for item in session.items:
        block = getattr(item, "obj", None)
        if type(block).__name__ == "CodeBlock":
            _items[id(item)] = {
                "path": str(item.path.resolve()),
                "line": block.lineno,
                "code": block.code,
                "output": block.expected_output,
                "importorskip": block.importorskip,
                "optional is there": find_spec(OPTIONAL) is not None,
                "outcome": "not run",
                "changed": [],
            }


def state() -> dict[str, object]:
    """What snippets share, as they run in one process."""
    plt = sys.modules.get("matplotlib.pyplot")
    torch = sys.modules.get("torch")
    shared = [
        module
        for name, module in sys.modules.items()
        if name.split(".")[0] == nnref.__name__
    ]
    shared += [np, builtins]
    return {
        "the working directory": os.getcwd(),
        "the environment": {
            k: v for k, v in os.environ.items() if not k.startswith(OTHERS)
        },
        "sys.path": [*sys.path],
        "the state of np.random": repr(np.random.get_state()),  # noqa: NPY002
        "np.seterr": np.geterr(),
        "np.set_printoptions": repr(np.get_printoptions()),
        "open figures": plt.get_fignums() if plt else [],
        "Matplotlib's settings": repr(plt.rcParams) if plt else "",
        "PyTorch's default numbers": str(
            torch.get_default_dtype() if torch else "torch.float32"
        ),
        **{f"the module {module.__name__}": {**vars(module)} for module in shared},
    }


def changes(before: dict[str, object], after: dict[str, object]) -> list[str]:
    """What is not as it was. What was imported in between counts as new."""
    found = []
    for name, was in before.items():
        now = after[name]
        if name.startswith("the module "):
            assert isinstance(was, dict)
            assert isinstance(now, dict)
            gone = object()
            differs = any(now.get(key, gone) is not was[key] for key in was)
        else:
            differs = was != now
        if differs and not (name.startswith("Matplotlib") and was == ""):
            found.append(name)
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    before = state()
    try:
        return (yield)
    finally:
        if id(item) in _items:
            _items[id(item)]["changed"] = changes(before, state())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report: pytest.TestReport = yield
    noted = _items.get(id(item))
    if noted is not None and (report.when == "call" or report.outcome != "passed"):
        noted["outcome"] = report.outcome
    return report


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish() -> Generator[None, object, object]:
    target = Path(os.environ["NNREF_SNIPPETS"])
    target.write_text(json.dumps([*_items.values()]), encoding="utf-8")
    return (yield)
