"""A pytest plugin that writes down which snippets were collected and how they ended."""

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

# By the item itself: files outside the root folder can share a node id.
_items: dict[int, dict[str, Any]] = {}


def pytest_collection_finish(session: pytest.Session) -> None:
    for item in session.items:
        block = getattr(item, "obj", None)
        if type(block).__name__ == "CodeBlock":
            _items[id(item)] = {
                "path": str(item.path.resolve()),
                "line": block.lineno,
                "code": block.code,
                "outcome": "not run",
            }


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
