"""Style sheets and scripts of the Markdown extension, kept beside it.

A site that has only the extension gets them within its pages, at their end. A site with
`nnref.site.hooks` gets them as files that are loaded once, as this one does.
"""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "assets"
PUBLISHED = "assets/nnref"  # the folder in a site


def files(suffix: str) -> list[Path]:
    """The files with that ending, `.css` or `.js`, in the order of their names."""
    return sorted(FOLDER.glob(f"*{suffix}"))


def uri(path: Path) -> str:
    """Where a file is in a site."""
    return f"{PUBLISHED}/{path.name}"


@cache
def inline() -> str:
    """All of them, to be put into a page."""
    styles = "".join(path.read_text(encoding="utf-8") for path in files(".css"))
    parts = [f"<style>\n{styles}</style>"] if styles else []
    for path in files(".js"):
        parts.append(f"<script>\n{path.read_text(encoding='utf-8')}</script>")
    return "\n".join(parts)
