"""Figures: drawn by code from values of the package, in one style, as SVG.

A fence named `figure` on a page names a function in `docs/figures/`, and says in words
what is seen:

    ``` figure
    function: logistic_regression.sigmoid_curve
    alt: An S-shaped curve that rises from 0 to 1 and passes 0.5 at z = 0.
    caption: The sigmoid turns any number $z$ into one between 0 and 1.
    ```

`docs/figures/logistic_regression.py` then defines `sigmoid_curve()`, which returns a
Matplotlib figure with colours from `colours`. The site gets it twice, for the light and
for the dark palette; a browser loads the one that it shows, when it comes into view.

All figures of one file are drawn together in a process of their own, and kept in
`.cache/figures` until a file of that folder or the package changes.
"""

import contextlib
import hashlib
import importlib.util
import inspect
import io
import json
import logging
import posixpath
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
from scour.scour import generateDefaultOptions, scourString

from nnref.site.digest import package_digest
from nnref.site.fences import refuse_options
from nnref.site.page import page_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

log = logging.getLogger("mkdocs.nnref.figures")

FOLDER = Path("docs/figures")
CACHE = Path(".cache/figures")


@dataclass(frozen=True)
class Colours:
    """Colours by purpose, in the light palette; CSS calls them `--nn-<name>`."""

    ink: str = "#1f2430"  # text and main lines
    muted: str = "#5d6472"  # axes, secondary text
    grid: str = "#d9dce3"  # grid lines, light borders
    paper: str = "#ffffff"  # the page behind the figure
    panel: str = "#f5f6fa"  # boxes
    accent: str = "#3546ab"  # first line; class 1
    second: str = "#b93a08"  # second line; class 0
    third: str = "#0b6b63"  # third line
    fourth: str = "#9d174d"  # fourth line
    accent_soft: str = "#d3d9f5"  # the region of class 1
    second_soft: str = "#f8dccb"  # the region of class 0


colours = Colours()
DARK = Colours(
    ink="#e6e8ee",
    muted="#a3aaba",
    grid="#353b49",
    paper="#14171e",
    panel="#1c2029",
    accent="#9fb0ff",
    second="#ff9d66",
    third="#5fd0c1",
    fourth="#f08bb4",
    accent_soft="#2c3563",
    second_soft="#54321f",
)

# Four digits are a tenth of a point.
_SCOUR = generateDefaultOptions()
_SCOUR.digits = 4
_SCOUR.indent_type = "none"
_SCOUR.newlines = False
_SCOUR.simple_colors = False
_SCOUR.strip_comments = True
_SCOUR.strip_ids = True
_SCOUR.strip_xml_prolog = True
_SCOUR.style_to_xml = True

# The drawings of the site that is being built, by their path in it.
published: dict[str, str] = {}


class FigureError(ValueError):
    """A figure that cannot be drawn; the message says which and why."""


def use_style() -> None:
    """Give Matplotlib the style of the site; in a notebook, draw SVG in the page."""
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(
        {
            "figure.figsize": (4.4, 2.8),
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


def slim(svg: str) -> str:
    """Leave out of Matplotlib's SVG what a browser does not need."""
    small: str = scourString(svg[svg.index("<svg") :], _SCOUR)
    return small


def image(svg: str, alt: str, url: str) -> str:
    """HTML of a drawing, and note it for the site in both palettes.

    Args:
        svg: The drawing, in the light palette.
        alt: What is seen, in words.
        url: Address of the page in the site, such as `notation/`.

    Raises:
        FigureError: If the SVG has no size, or a colour that is none of `colours`.
    """
    size = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)', svg)
    if size is None:
        raise FigureError("the SVG has no viewBox")
    width, height = (float(number) for number in size.groups())
    known = {colour.lower() for colour in asdict(colours).values()}
    if strange := set(re.findall(r"#[0-9a-f]{6}\b", svg.lower())) - known:
        # It would not follow the palette: black text vanishes in the dark.
        raise FigureError(f"colours that are none of `colours`: {sorted(strange)}")
    dark = svg
    for name, colour in asdict(colours).items():
        dark = re.sub(colour, asdict(DARK)[name], dark, flags=re.IGNORECASE)
    tags = ""
    for palette, drawing in (("light", svg), ("dark", dark)):
        name = hashlib.sha256(drawing.encode()).hexdigest()[:12]
        path = f"assets/figures/{name}.svg"
        published[path] = drawing
        address = posixpath.relpath(path, posixpath.dirname(url) or ".")
        # Material hides an image whose address says that it is for the other palette.
        # 11 points a rem: text is as large as the page's.
        tags += (
            f'<img src="{address}#only-{palette}" alt="{escape(alt)}" loading="lazy" '
            f'width="{width:.0f}" height="{height:.0f}" '
            f'style="width:{width / 11:.1f}rem">'
        )
    return tags


def drawings(path: Path) -> dict[str, str]:
    """The figures of one file by the name of their function, drawn or remembered.

    Raises:
        FigureError: If the file is missing or its code fails.
    """
    if not path.is_file():
        raise FigureError(f"there is no file {path.as_posix()}")
    digest = hashlib.sha256(package_digest().encode())
    for file in sorted(path.parent.glob("*.py")):  # a file may import its neighbours
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
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
        if run.returncode or not run.stdout:
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
        figure: Figure = function()
        svg = io.StringIO()
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        result[name] = slim(svg.getvalue())
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
    file = page_file(md)
    try:
        refuse_options(options)
        return figure_html(text, md, "" if file is None else file.url)
    except Exception as error:  # SuperFences would show the fence as text
        log.error("figure fence: %s", error)
        return f'<div class="math-error">{escape(str(error))}</div>'


def figure_html(text: str, md: Markdown, url: str) -> str:
    """HTML of the figure that a fence describes.

    Raises:
        FigureError: If a field or the function is missing, or drawing fails.
    """
    named = fields(text)
    svg = drawing(named["function"])
    return (
        f'<figure class="drawing">{image(svg, named["alt"], url)}'
        f"<figcaption>{_caption(named['caption'], md)}</figcaption></figure>"
    )


def drawing(name: str) -> str:
    """The SVG of a figure, named by its file and its function.

    Raises:
        FigureError: If there is no such function, or drawing fails.
    """
    file, _, function = name.rpartition(".")
    figures = drawings(FOLDER / f"{file}.py")
    if function not in figures:
        known = ", ".join(sorted(figures))
        raise FigureError(f"{file}.py has no figure {function!r}; it has {known}")
    return figures[function]


def fields(text: str) -> dict[str, str]:
    """What a fence says of its figure: function, alt and caption.

    Raises:
        FigureError: If one of them is missing, or has no text.
    """
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise FigureError(f"the fence is not YAML: {error}") from None
    if not isinstance(found, dict) or set(found) != {"function", "alt", "caption"}:
        raise FigureError(
            f"write the fields function, alt and caption, one a line; got:\n{text}"
        )
    for name, value in found.items():
        if not isinstance(value, str) or not value.strip():
            raise FigureError(f"{name} has no text")
        # In double quotes, YAML turns the \t of \theta into a tab.
        if any(sign < " " and sign != "\n" for sign in value):
            raise FigureError(f"write {name} without double quotes: got {value!r}")
    return {name: " ".join(value.split()) for name, value in found.items()}


def _caption(text: str, md: Markdown) -> str:
    if "](" in text or "][" in text:
        raise FigureError(f"a caption has no links; got {text!r}")
    math: Any = md.treeprocessors["nnref-math"]
    html: str = _inline_markdown(math.font, math.check).reset().convert(text)
    return html.removeprefix("<p>").removesuffix("</p>")


@cache
def _inline_markdown(font: str, check: bool) -> Markdown:
    return Markdown(
        extensions=["pymdownx.arithmatex", "nnref.site.math"],
        extension_configs={
            "pymdownx.arithmatex": {"generic": True},
            "nnref.site.math": {"font": font, "check": check},
        },
    )


if __name__ == "__main__":
    # What a file of figures prints is not the result.
    with contextlib.redirect_stdout(sys.stderr):
        drawn = _draw_file(Path(sys.argv[1]))
    json.dump(drawn, sys.stdout)
