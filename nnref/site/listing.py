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

from nnref.site.fences import refuse_options

log = logging.getLogger("mkdocs.nnref.listing")


class ListingError(ValueError):
    """A name that has no source to show; the message says why."""


def source(name: str) -> str:
    """The source of a function, as it stands in its file, without its docstring.

    The file is read, not the imported module, so that an edit shows at once.

    Args:
        name: Dotted name, such as `nnref.logistic_regression.forward`.

    Raises:
        ListingError: If there is no such module of nnref, or not one such function with
            lines of its own.
    """
    module, _, function = name.rpartition(".")
    path = module_path(module)
    text = path.read_text(encoding="utf-8")
    found = [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    if len(found) != 1:
        count = "no function" if not found else f"{len(found)} functions"
        raise ListingError(f"{path.name} has {count} {function!r}")
    (node,) = found
    hidden = range(0)
    body = node.body[0]
    if ast.get_docstring(node) is not None:
        hidden = range(body.lineno, _last_line(body) + 1)
        if len(node.body) == 1 or node.body[1].lineno in hidden:
            raise ListingError(f"{function!r} has no lines besides its docstring")
    if body.lineno == node.lineno:
        raise ListingError(f"{function!r} stands on one line")
    lines = text.split("\n")  # as ast counts them; splitlines knows more line breaks
    kept = [n for n in range(node.lineno, _last_line(node) + 1) if n not in hidden]
    return "\n".join(lines[n - 1] for n in kept)


def _last_line(node: ast.stmt) -> int:
    assert node.end_lineno is not None
    return node.end_lineno


def module_path(module: str) -> Path:
    """The file of a module of nnref.

    Raises:
        ListingError: If there is no such module.
    """
    if module.split(".")[0] != "nnref":
        raise ListingError(f"{module!r} is no module of nnref")
    try:
        spec = importlib.util.find_spec(module)
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
        refuse_options(options)
        code = source(name)
    except Exception as error:  # SuperFences would show the fence as text
        log.error("source fence %r: %s", name, error)
        return f'<div class="math-error">{escape(name)}: {escape(str(error))}</div>'
    fences: Any = md.preprocessors["fenced_code_block"]  # SuperFences'
    listing = fences.highlight(src=code, language="python", options={}, md=md, **kwargs)
    return (
        f'<div class="{css_class}" data-function="{escape(name)}">'
        f'<p class="{css_class}-name"><autoref identifier="{escape(name)}">'
        f"<code>{escape(name)}</code></autoref></p>{listing}</div>"
    )
