"""The extension by itself: on another site, and in three generators."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.conftest import PROJECT, build_environment

FIVE_LINES = """\
markdown_extensions:
  - pymdownx.arithmatex:
      generic: true
  - nnref.site.math:
      check: true
"""
FOREIGN = """\
# Week 2

<!-- nnref: model=logistic -->

The prediction is $a = \\sigma(z)$, and its gradient

$$
dw = \\frac{1}{m} X \\, dZ^T
$$

is often written without the mean:

<!-- nnref: fails -->

$$
dw = X \\, dZ^T
$$
"""
COMMANDS = {
    "mkdocs": ["build", "--quiet"],
    "properdocs": ["build", "--quiet", "--config-file", "mkdocs.yml"],
    "zensical": ["build"],
}


def build(
    folder: Path, generator: str, *options: str
) -> subprocess.CompletedProcess[str]:
    """Build the site of a folder with a generator, into its folder `site`."""
    shutil.rmtree(folder / "site", ignore_errors=True)
    return subprocess.run(
        [sys.executable, "-m", generator, *COMMANDS[generator], *options],
        cwd=folder,
        env=build_environment(PROJECT),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def need(generator: str) -> None:
    """Skip without a generator; where all are asked for, as in .ci/run, fail."""
    if importlib.util.find_spec(generator) is None:
        message = f"{generator} is not installed: pip install {generator}"
        assert os.environ.get("NNREF_GENERATORS") != "required", message
        pytest.skip(message)


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """Another course site: its name, and five lines."""
    (tmp_path / "docs").mkdir()
    settings = f"site_name: Another course\ntheme:\n  name: material\n{FIVE_LINES}"
    (tmp_path / "mkdocs.yml").write_text(settings, encoding="utf-8")
    (tmp_path / "docs/index.md").write_text(FOREIGN, encoding="utf-8")
    return tmp_path


def page(folder: Path, name: str = "index.html") -> BeautifulSoup:
    html = (folder / "site" / name).read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


def test_five_lines_are_five() -> None:
    assert len(FIVE_LINES.splitlines()) == 5
    for path in ("nnref/site/math.py", "docs/equations.md"):
        assert FIVE_LINES in (PROJECT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("generator", COMMANDS)
def test_another_site_needs_five_lines(generator: str, foreign: Path) -> None:
    need(generator)
    run = build(foreign, generator, "--strict")
    assert run.returncode == 0, run.stderr
    shown = page(foreign)
    verdicts = [x["data-verdict"] for x in shown.select(".nnref-formula")]
    assert verdicts == ["holds", "refuted"]
    assert len(shown.select("math")) >= 3
    assert ".nnref-panel" in "".join(x.get_text() for x in shown.select("style"))
    cards = [x["data-symbol"] for x in shown.select(".nnref-cards > [data-symbol]")]
    assert {"a", "sigma", "z", "dw", "m", "X", "dZ"} == set(cards)
    report = shown.select_one(".nnref-refutation")
    assert report is not None
    assert "1/m missing" in report.get_text()
    named = [x.get_text() for x in shown.select(".nnref-panel code")]
    assert "nnref.logistic_regression.forward" in named


@pytest.mark.parametrize("generator", COMMANDS)
def test_a_wrong_formula_on_another_site_is_red_and_named(
    generator: str, foreign: Path
) -> None:
    need(generator)
    wrong = FOREIGN.replace("<!-- nnref: fails -->\n\n", "")
    (foreign / "docs/index.md").write_text(wrong, encoding="utf-8")
    run = build(foreign, generator)
    assert run.returncode == 0, "without --strict the build goes on"
    assert "docs/index.md:14: fails: dw = X" in run.stderr + run.stdout
    assert len(page(foreign).select(".math-error")) == 1
    shutil.rmtree(foreign / ".cache")  # Zensical keeps pages there
    strict = build(foreign, generator, "--strict")
    if generator == "zensical":
        # It counts its own warnings alone, and not what an extension logs.
        assert "docs/index.md:14: fails: dw = X" in strict.stderr + strict.stdout
    else:
        assert strict.returncode != 0


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict]:
    """What the pages of this site look like when a generator has built them.

    Only its Markdown extensions are at work: no hook and no plugin.
    """
    folder = tmp_path_factory.mktemp("generators")
    ignored = shutil.ignore_patterns("notebooks", "theme", "agreement.md")
    shutil.copytree(PROJECT / "docs", folder / "docs", ignore=ignored)
    for known_before in ("figures", "equations"):  # what takes time
        if (PROJECT / ".cache" / known_before).exists():
            target = folder / ".cache" / known_before
            shutil.copytree(PROJECT / ".cache" / known_before, target)
    settings = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8")
    found = re.search(r"(?m)^markdown_extensions:\n(?:[ ].*\n)+", settings)
    assert found is not None
    extensions = found[0].replace("assets: linked", "assets: inline")
    head = "site_name: Pages\nexclude_docs: |\n  /figures/\ntheme:\n  name: material\n"
    text = f"{head}plugins: []\n{extensions}"
    (folder / "mkdocs.yml").write_text(text, encoding="utf-8")
    known: dict[str, dict] = {}

    def built(generator: str) -> dict:
        if generator not in known:
            run = build(folder, generator)
            assert run.returncode == 0, run.stderr
            known[generator] = {
                path.parent.relative_to(folder / "site").as_posix(): formulas(path)
                for path in (folder / "site").rglob("index.html")
            }
        return known[generator]

    return built


def formulas(path: Path) -> dict[str, object]:
    """The formulas of a page, and the marks on them."""
    shown = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    content = shown.select_one("article")
    assert content is not None
    return {
        "marks": [
            (x["id"], x["data-verdict"], x.select_one(".nnref-said").get_text())
            for x in content.select(".nnref-formula")
        ],
        "latex": [
            x.get_text()
            for x in content.select("annotation")
            if x.find_parent(class_="nnref-panel") is None
        ],
        "refutations": [x.get_text() for x in content.select(".nnref-refutation")],
        "red": len(content.select(".math-error")),
    }


@pytest.mark.parametrize("generator", ["properdocs", "zensical"])
def test_another_generator_finds_the_same_formulas_and_marks(
    generator: str, pages: Callable[[str], dict]
) -> None:
    need(generator)
    expected, found = pages("mkdocs"), pages(generator)
    assert set(found) == set(expected)
    for name, page in expected.items():
        assert found[name] == page, name
    assert sum(len(page["marks"]) for page in expected.values()) > 250
    assert all(page["red"] == 0 for page in expected.values())
