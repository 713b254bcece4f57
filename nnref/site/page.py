"""What a Markdown extension can know about the page that it works on."""

from typing import Any

from markdown import Markdown


def page_file(md: Markdown) -> Any:
    """The page as MkDocs' `File`, or None where the text is no page of a site.

    MkDocs registers a tree processor that knows the file; docstrings, captions and
    other generators have none.
    """
    if "relpath" not in md.treeprocessors:
        return None
    return getattr(md.treeprocessors["relpath"], "file", None)
