"""What a Markdown extension can know about the page that it works on."""

from pathlib import Path
from typing import Any

from markdown import Markdown


def page_file(md: Markdown) -> Any:
    """The page as MkDocs' `File`, or None where the text is no page of a site.

    MkDocs and ProperDocs register a tree processor that knows the file; docstrings,
    captions and other generators have none.
    """
    if "relpath" not in md.treeprocessors:
        return None
    return getattr(md.treeprocessors["relpath"], "file", None)


def page_path(md: Markdown) -> Path | None:
    """The file of the page, or None where the text is no page of a site.

    Zensical registers a preprocessor that knows it.
    """
    file = page_file(md)
    if file is not None:  # a page that a plugin has made stands in no file
        return None if file.abs_src_path is None else Path(file.abs_src_path)
    if "rendering_context" not in md.preprocessors:
        return None
    context: Any = md.preprocessors["rendering_context"]
    path = Path(context.config["docs_dir"], context.page.path)
    return path.absolute() if path.is_file() else None


def page_address(md: Markdown) -> str:
    """The page as links of the site name it, such as `deep-network/forward.md`."""
    file = page_file(md)
    if file is not None:
        return str(file.src_uri)
    if "rendering_context" not in md.preprocessors:
        return ""
    context: Any = md.preprocessors["rendering_context"]
    return str(context.page.path)
