"""Listings of the package's own source, taken from the file when the page is built.

A fence named `source` holds the dotted name of a function; the page shows the function
as it stands in its file, without decorators and docstring:

    ``` source
    nnref.logistic_regression.forward
    ```

The fence is a custom one of `pymdownx.superfences`; `format_fence` is its formatter.
"""

import ast
import importlib.util
import logging
from html import escape
from pathlib import Path
from typing import Any

from markdown import Markdown

log = logging.getLogger("mkdocs.nnref.listing")


class ListingError(ValueError):
    """A name that has no source to show; the message says why."""


def source(name: str) -> str:
    """The source of a function, as it stands in its file, without its docstring.

    The file is read, not the imported module, so that an edit shows at once.

    Args:
        name: Dotted name, such as `nnref.logistic_regression.forward`.

    Raises:
        ListingError: If there is no such module or function.
    """
    module, _, function = name.rpartition(".")
    path = _module_path(module)
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            break
    else:
        raise ListingError(f"{path.name} has no function {function!r}")
    assert node.end_lineno is not None
    hidden = range(0)
    if ast.get_docstring(node) is not None:
        docstring = node.body[0]
        assert docstring.end_lineno is not None
        hidden = range(docstring.lineno, docstring.end_lineno + 1)
    lines = text.splitlines()
    kept = [n for n in range(node.lineno, node.end_lineno + 1) if n not in hidden]
    return "\n".join(lines[n - 1] for n in kept)


def _module_path(module: str) -> Path:
    try:
        spec = importlib.util.find_spec(module) if module else None
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise ListingError(f"there is no module {module!r}")
    return Path(spec.origin)


def format_fence(
    source_name: str,
    language: str,
    css_class: str,
    options: dict[str, Any],
    md: Markdown,
    **kwargs: Any,
) -> str:
    """Show a listing with the site's own highlighting and a link to the reference."""
    name = source_name.strip()
    try:
        code = source(name)
    except ListingError as error:
        log.error("source fence %r: %s", name, error)
        return f'<div class="math-error">{escape(name)}: {escape(str(error))}</div>'
    fences: Any = md.preprocessors["fenced_code_block"]  # SuperFences'
    listing = fences.highlight(src=code, language="python", options={}, md=md, **kwargs)
    return (
        f'<div class="{css_class}" data-function="{escape(name)}">'
        f'<p class="{css_class}-name"><autoref identifier="{escape(name)}">'
        f"<code>{escape(name)}</code></autoref></p>{listing}</div>"
    )
