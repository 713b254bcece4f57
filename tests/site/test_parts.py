"""Listings, figures and notebooks, each by itself."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from nnref import logistic_regression
from nnref.site import figures, listing, notebooks


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
        ("nowhere.forward", "there is no module 'nowhere'"),
        ("forward", "there is no module ''"),
    ],
)
def test_a_listing_of_nothing_is_an_error(name: str, message: str) -> None:
    with pytest.raises(listing.ListingError, match=re.escape(message)):
        listing.source(name)


FIGURES = """
import matplotlib.pyplot as plt
from nnref.site.figures import colours

def line():
    figure, ax = plt.subplots()
    ax.plot([0, 1], color=colours.accent)
    return figure

def other():
    figure, ax = plt.subplots()
    ax.plot([1, 0], color="#123456")
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


def test_a_figure_follows_the_palette_and_says_what_is_seen(folder: Path) -> None:
    html = figures.figure_html(
        "function: demo.line\nalt: A line & more.\ncaption: Up to $x$."
    )
    assert 'role="img" aria-label="A line &amp; more."' in html
    assert "var(--nn-accent)" in html
    assert figures.colours.accent not in html
    assert "<math>" in html
    assert "<style" not in html
    both = figures.drawings(folder / "demo.py")
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in both.values()]
    assert len(ids) == 2
    assert not ids[0] & ids[1]


def test_a_figure_is_drawn_again_only_when_its_code_changes(folder: Path) -> None:
    figures.drawings(folder / "demo.py")
    (first,) = (folder / "cache").iterdir()
    figures.drawings(folder / "demo.py")
    assert [*(folder / "cache").iterdir()] == [first]
    (folder / "demo.py").write_text(FIGURES.replace("123456", "654321"))
    figures.drawings(folder / "demo.py")
    (second,) = (folder / "cache").iterdir()
    assert second != first


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("function: demo.line\ncaption: c", "write the fields function, alt"),
        ("just words", "write the fields"),
        ("a: b: c", "is not YAML"),
        ("function: demo.none\nalt: a\ncaption: c", "has no figure 'none'"),
        ("function: gone.line\nalt: a\ncaption: c", "there is no file"),
        ("function: broken.line\nalt: a\ncaption: c", "ZeroDivisionError"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_an_error(
    text: str, message: str, folder: Path
) -> None:
    (folder / "broken.py").write_text("def line():\n    return 1 / 0\n")
    with pytest.raises(figures.FigureError, match=message):
        figures.figure_html(text)


def test_a_notebook_is_the_same_at_each_build(tmp_path: Path) -> None:
    script = tmp_path / "demo.py"
    script.write_text("# %% [markdown]\n# # Title\n\n# %%\nx = 1\n", encoding="utf-8")
    assert notebooks.ipynb(script) == notebooks.ipynb(script)
    assert '"name": "python3"' in notebooks.ipynb(script)


def test_a_stream_in_pieces_is_one_output() -> None:
    kind = "application/vnd.jupyter.stderr"
    pieces = output(kind, "<pre>0 %\n</pre>") + output(kind, "<pre>\r100 %\n\n</pre>")
    assert notebooks.output_html(pieces, None).count("<pre") == 1
    assert ">100 %</pre>" in notebooks.output_html(pieces, None)


def output(kind: str, inner: str) -> list[BeautifulSoup]:
    tag = f'<div class="jp-OutputArea-output" data-mime-type="{kind}">{inner}</div>'
    return BeautifulSoup(tag, "html.parser").select("div")


def test_a_progress_bar_shows_its_last_state() -> None:
    html = notebooks.output_html(
        output("application/vnd.jupyter.stderr", "<pre>0 %\r50 %\r100 %\n</pre>"), None
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
        notebooks.output_html(output(kind, '<img src="data:,">'), None)
