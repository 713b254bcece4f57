"""Figures: drawn by code from values of the package, in one style, as inline SVG.

A fence named `figure` on a page names a function in `docs/figures/`, and says in words
what is seen:

    ``` figure
    function: logistic_regression.sigmoid_curve
    alt: An S-shaped curve that rises from 0 to 1 and passes 0.5 at z = 0.
    caption: The sigmoid turns any number $z$ into one between 0 and 1.
    ```

`docs/figures/logistic_regression.py` then defines `sigmoid_curve()`, which returns a
Matplotlib figure. Its colours come from `colours`; the page shows them by the CSS
variables of the same name, so that a figure follows the light and the dark palette.

All figures of one file are drawn together in a process of their own, and kept in
`.cache/figures` until that file or the package changes.
"""

import hashlib
import importlib.metadata
import importlib.util
import inspect
import io
import json
import logging
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from markdown import Markdown

from nnref.site.digest import package_digest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

log = logging.getLogger("mkdocs.nnref.figures")

FOLDER = Path("docs/figures")
CACHE = Path(".cache/figures")


@dataclass(frozen=True)
class Colours:
    """Colours of figures, by purpose; each is a CSS variable `--nn-<name>` as well."""

    ink: str = "#1f2430"  # text and main lines
    muted: str = "#6b7280"  # axes, secondary text
    grid: str = "#d9dce3"  # grid lines, light borders
    paper: str = "#ffffff"  # the page behind the figure
    panel: str = "#f3f4f8"  # boxes
    accent: str = "#3f51b5"  # first line; class 1
    second: str = "#c2410c"  # second line; class 0
    third: str = "#0f766e"  # third line
    fourth: str = "#9d174d"  # fourth line
    accent_soft: str = "#c9cff0"  # the region of class 1
    second_soft: str = "#f6d5c3"  # the region of class 0


colours = Colours()


class FigureError(ValueError):
    """A figure that cannot be drawn; the message says which and why."""


def use_style() -> None:
    """Give Matplotlib the style of the site; in a notebook, draw SVG in the page."""
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(
        {
            "figure.figsize": (5.2, 3.0),
            "figure.facecolor": "none",
            "figure.constrained_layout.use": True,
            "savefig.facecolor": "none",
            "savefig.transparent": True,
            "svg.fonttype": "path",
            "svg.hashsalt": "nnref",
            "font.size": 9.5,
            "mathtext.fontset": "stix",
            "text.color": colours.ink,
            "axes.facecolor": "none",
            "axes.edgecolor": colours.muted,
            "axes.labelcolor": colours.ink,
            "axes.titlesize": 10,
            "axes.titlecolor": colours.ink,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.prop_cycle": cycler(
                color=[colours.accent, colours.second, colours.third, colours.fourth]
            ),
            "grid.color": colours.grid,
            "grid.linewidth": 0.6,
            "xtick.color": colours.muted,
            "ytick.color": colours.muted,
            "xtick.labelcolor": colours.ink,
            "ytick.labelcolor": colours.ink,
            "legend.frameon": False,
            "lines.linewidth": 2.0,
            "patch.edgecolor": colours.ink,
        }
    )
    if "IPython" in sys.modules:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        if sys.modules["IPython"].get_ipython() is not None:
            set_matplotlib_formats("svg")  # type: ignore[no-untyped-call]


def draw(figure: "Figure") -> str:
    """Write a Matplotlib figure as SVG that can stand in a page."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return page_svg(buffer.getvalue())


def page_svg(svg: str) -> str:
    """Fit Matplotlib's SVG into a page: its size, its ids and its colours.

    Only ids that something refers to are kept, and made unlike those of other figures
    by a fingerprint of the drawing; colours of `colours` become CSS variables; the
    style sheet, which would reach out of the figure, becomes attributes.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    prefix = f"f{hashlib.sha256(svg.encode()).hexdigest()[:8]}-"
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
    svg = re.sub(
        r' id="([^"]+)"',
        lambda m: f' id="{prefix}{m[1]}"' if m[1] in used else "",
        svg,
    )
    svg = re.sub(r'((?:href="|url\()#)', rf"\g<1>{prefix}", svg)
    for name, colour in asdict(colours).items():
        variable = f"var(--nn-{name.replace('_', '-')})"
        svg = re.sub(re.escape(colour), variable, svg, flags=re.IGNORECASE)
    width = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+)', svg)
    if width is None:
        raise FigureError("the SVG has no viewBox")
    scale = float(width.group(1)) / 12.5  # points a rem: text as large as the page's
    attributes = (
        f'style="width:{scale:.1f}rem;max-width:100%;height:auto" '
        'stroke-linejoin="round" stroke-linecap="butt"'
    )
    svg = re.sub(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', rf"<svg \1 {attributes}>", svg)
    return re.sub(r"\n\s*", " ", svg).strip()


def drawings(path: Path) -> dict[str, str]:
    """The figures of one file by the name of their function, drawn or remembered.

    Raises:
        FigureError: If the file is missing or its code fails.
    """
    if not path.is_file():
        raise FigureError(f"there is no file {path.as_posix()}")
    digest = hashlib.sha256(path.read_bytes())
    digest.update(package_digest().encode())
    digest.update(importlib.metadata.version("matplotlib").encode())
    cached = CACHE / f"{path.stem}-{digest.hexdigest()[:20]}.json"
    if not cached.is_file():
        # A process of its own: it sees the package as it is on disk now.
        run = subprocess.run(
            [sys.executable, "-m", "nnref.site.figures", str(path)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if run.returncode:
            raise FigureError(f"{path.as_posix()} failed:\n{run.stderr}")
        CACHE.mkdir(parents=True, exist_ok=True)
        for stale in CACHE.glob(f"{path.stem}-*.json"):
            stale.unlink()
        cached.write_text(run.stdout, encoding="utf-8")
    return _load(cached)


@cache
def _load(cached: Path) -> dict[str, str]:
    figures: dict[str, str] = json.loads(cached.read_text(encoding="utf-8"))
    return figures


def _draw_file(path: Path) -> dict[str, str]:
    """Run a file of figures and draw each public function without parameters."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    mpl.use("agg")
    use_style()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    spec.loader.exec_module(module)
    result = {}
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ != path.stem or name.startswith("_"):
            continue
        result[name] = draw(function())
        plt.close("all")
    return result


def format_fence(
    text: str,
    language: str,
    css_class: str,
    options: dict[str, Any],
    md: Markdown,
    **kwargs: Any,
) -> str:
    """Show the figure that the fence names, with its text alternative and caption."""
    try:
        return figure_html(text)
    except FigureError as error:
        log.error("figure fence: %s", error)
        return f'<div class="math-error">{escape(str(error))}</div>'


def figure_html(text: str) -> str:
    """HTML of the figure that a fence describes.

    Raises:
        FigureError: If a field or the function is missing, or drawing fails.
    """
    try:
        fields = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise FigureError(f"the fence is not YAML: {error}") from None
    if not isinstance(fields, dict) or set(fields) != {"function", "alt", "caption"}:
        raise FigureError(
            f"write the fields function, alt and caption, one a line; got:\n{text}"
        )
    file, _, function = str(fields["function"]).rpartition(".")
    figures = drawings(FOLDER / f"{file}.py")
    if function not in figures:
        known = ", ".join(sorted(figures))
        raise FigureError(f"{file}.py has no figure {function!r}; it has {known}")
    alt = escape(" ".join(str(fields["alt"]).split()))
    return (
        f'<figure class="drawing">{label(figures[function], alt)}'
        f"<figcaption>{_caption(str(fields['caption']))}</figcaption></figure>"
    )


def label(svg: str, alt: str) -> str:
    """Give an SVG its text alternative, which is already escaped."""
    return svg.replace("<svg ", f'<svg role="img" aria-label="{alt}" ', 1)


def _caption(text: str) -> str:
    html: str = _inline_markdown().reset().convert(text.strip())
    return html.removeprefix("<p>").removesuffix("</p>")


@cache
def _inline_markdown() -> Markdown:
    return Markdown(
        extensions=["pymdownx.arithmatex", "nnref.site.math"],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )


if __name__ == "__main__":
    json.dump(_draw_file(Path(sys.argv[1])), sys.stdout)
