"""What the custom fences of the site have in common."""

from typing import Any

from markdown import Markdown


class FenceError(ValueError):
    """A fence that cannot be shown; the message says why."""


def pass_options(
    language: str,
    inputs: dict[str, str],
    options: dict[str, Any],
    attrs: dict[str, Any],
    md: Markdown,
) -> bool:
    """Hand all options to the formatter; the validator for `pymdownx.superfences`.

    By default a fence with options that are not known is shown as a block of text.
    """
    options.update(inputs)
    return True


def refuse_options(options: dict[str, Any]) -> None:
    """Refuse the options of a fence that has only its name.

    Raises:
        FenceError: If there are any.
    """
    if options:
        raise FenceError(f"it takes no options, but has {', '.join(options)}")
