"""Listings, figures and notebooks, each by itself."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown

from nnref import logistic_regression
from nnref.site import figures, listing, notebooks
from tests.conftest import PROJECT


def test_a_listing_is_the_source_without_docstring() -> None:
    shown = listing.source("nnref.logistic_regression.forward").splitlines()
    text = Path(str(logistic_regression.__file__)).read_text(encoding="utf-8")
    assert shown[0] == "def forward("
    assert shown[-1] == "    return Z, A"
    assert all(line in text.splitlines() for line in shown)
    assert '"""' not in "\n".join(shown)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nnref.logistic_regression.nothing", "has no function 'nothing'"),
        ("nnref.nowhere.forward", "there is no module 'nnref.nowhere'"),
        ("json.dumps", "'json' is no module of nnref"),
        ("forward", "'' is no module of nnref"),
    ],
)
def test_a_listing_of_nothing_is_an_error(name: str, message: str) -> None:
    with pytest.raises(listing.ListingError, match=re.escape(message)):
        listing.source(name)


SOURCES = {
    "has 2 functions 'f'": "def f():\n    return 1\n\ndef f():\n    return 2\n",
    "has no lines besides its docstring": 'def f():\n    """Doc."""\n',
    "stands on one line": "def f(): return 1\n",
}


@pytest.mark.parametrize("message", SOURCES)
def test_a_listing_that_would_mislead_is_an_error(
    message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "odd.py"
    path.write_text(SOURCES[message], encoding="utf-8")
    monkeypatch.setattr(listing, "module_path", lambda module: path)
    with pytest.raises(listing.ListingError, match=message):
        listing.source("nnref.odd.f")


def test_a_form_feed_does_not_shift_a_listing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "odd.py"
    path.write_text("x = 1\n\f\ndef f():\n    return 1\n", encoding="utf-8")
    monkeypatch.setattr(listing, "module_path", lambda module: path)
    assert listing.source("nnref.odd.f") == "def f():\n    return 1"


FIGURES = """
import matplotlib.pyplot as plt
from nnref.site.figures import colours

def line():
    figure, ax = plt.subplots()
    ax.plot([0, 1], color=colours.accent)
    return figure

def other():
    figure, ax = plt.subplots()
    ax.plot([1, 0], color=colours.second)
    return figure

def _helper():
    raise RuntimeError
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    monkeypatch.setattr(figures, "CACHE", tmp_path / "cache")
    (tmp_path / "demo.py").write_text(FIGURES, encoding="utf-8")
    return tmp_path


MD = Markdown(extensions=["nnref.site.math"])


def test_a_figure_follows_the_palette_and_says_what_is_seen(folder: Path) -> None:
    html = figures.figure_html(
        "function: demo.line\nalt: A line & more.\ncaption: Up to $x$.", MD, "a/b/"
    )
    light, dark = re.findall(r'src="\.\./\.\./([^#"]+)#only-(?:light|dark)"', html)
    assert figures.colours.accent in figures.published[light]
    assert figures.DARK.accent in figures.published[dark]
    assert figures.colours.accent not in figures.published[dark]
    assert html.count('alt="A line &amp; more."') == 2
    assert html.count('width="317" height="202"') == 2
    assert "<math>" in html


def test_the_colours_of_figures_are_those_of_the_style_sheet() -> None:
    css = (PROJECT / "docs/assets/stylesheets/nnref.css").read_text(encoding="utf-8")
    light, dark = css.split('[data-md-color-scheme="slate"] {', 1)
    for palette, sheet in ((figures.colours, light), (figures.DARK, dark)):
        for name, colour in asdict(palette).items():
            assert f"--nn-{name.replace('_', '-')}: {colour};" in sheet


def test_a_figure_is_drawn_again_only_when_its_code_changes(folder: Path) -> None:
    figures.drawings(folder / "demo.py")
    (first,) = (folder / "cache").iterdir()
    figures.drawings(folder / "demo.py")
    assert [*(folder / "cache").iterdir()] == [first]
    (folder / "demo.py").write_text(FIGURES.replace("second", "third"))
    figures.drawings(folder / "demo.py")
    (second,) = (folder / "cache").iterdir()
    assert second != first
    (folder / "neighbour.py").write_text("x = 1\n")
    figures.drawings(folder / "demo.py")
    (third,) = (folder / "cache").iterdir()
    assert third != second


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("function: demo.line\ncaption: c", "write the fields function, alt"),
        ("just words", "write the fields"),
        ("a: b: c", "is not YAML"),
        ("function: demo.none\nalt: a\ncaption: c", "has no figure 'none'"),
        ("function: gone.line\nalt: a\ncaption: c", "there is no file"),
        ("function: broken.line\nalt: a\ncaption: c", "ZeroDivisionError"),
        ("function: demo.line\nalt:\ncaption: c", "alt has no text"),
        ("function: strange.line\nalt: a\ncaption: c", "#123456"),
        ("function: quits.line\nalt: a\ncaption: c", "quits.py failed"),
        ('function: demo.line\nalt: a\ncaption: "$\\theta$"', "double quotes"),
        ("function: demo.line\nalt: a\ncaption: see [x](x.md)", "has no links"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_an_error(
    text: str, message: str, folder: Path
) -> None:
    (folder / "broken.py").write_text("def line():\n    return 1 / 0\n")
    strange = FIGURES.replace("colours.accent", "'#123456'")
    (folder / "strange.py").write_text(strange)
    (folder / "quits.py").write_text("raise SystemExit(0)\n")
    with pytest.raises(figures.FigureError, match=message):
        figures.figure_html(text, MD, "")


def test_what_a_file_of_figures_prints_is_not_its_result(folder: Path) -> None:
    (folder / "demo.py").write_text(f"print('hello')\n{FIGURES}")
    assert set(figures.drawings(folder / "demo.py")) == {"line", "other"}


def test_a_stream_in_pieces_is_one_output() -> None:
    kind = "application/vnd.jupyter.stderr"
    pieces = output(kind, "<pre>0 %</pre>\n") + output(kind, "<pre>\r100 %\n</pre>\n")
    assert notebooks.output_html(pieces, None, "").count("<pre") == 1
    assert ">100 %</pre>" in notebooks.output_html(pieces, None, "")


def output(kind: str, inner: str) -> list[BeautifulSoup]:
    tag = f'<div class="jp-OutputArea-output" data-mime-type="{kind}">{inner}</div>'
    return BeautifulSoup(tag, "html.parser").select("div")


def test_a_progress_bar_shows_its_last_state() -> None:
    html = notebooks.output_html(
        output("application/vnd.jupyter.stderr", "<pre>0 %\r50 %\r100 %\n</pre>"),
        None,
        "",
    )
    assert ">100 %</pre>" in html


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("image/svg+xml", "say what is seen"),
        ("image/png", "draw it as SVG"),
        ("text/html", "does not show"),
    ],
)
def test_an_output_that_cannot_be_shown_is_an_error(kind: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        notebooks.output_html(output(kind, '<img src="data:,">'), None, "")
