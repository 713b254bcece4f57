"""Each page as a notebook: it runs with a built wheel and prints what the page says."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import (
    Distribution,
    distribution,
    distributions,
    packages_distributions,
)
from io import StringIO
from pathlib import Path
from typing import Any

import nbformat
import pytest
from mkdocs.utils.meta import get_data
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pytest_codeblocks import CodeBlock, extract_from_buffer

from nnref.site import download, figures, notebooks
from nnref.site.download import Place
from tests.conftest import PROJECT, Copy
from tests.optional import leave_out, torch_is_missing
from tests.site.test_build import NOTEBOOK, serve, wait_for

DOCS = PROJECT / "docs"
RUNNER = Path(__file__).with_name("run_notebook.py")
PAGES = [path.relative_to(DOCS).as_posix() for path in sorted(DOCS.rglob("*.md"))]
SCRIPTS = [f"notebooks/{path.name}" for path in sorted(DOCS.glob("notebooks/*.py"))]
URLS = {
    "index.md": "./",
    "a.md": "a/",
    "deep/b.md": "deep/b/",
    "reference/api.md": "reference/api/",
}
ADDRESS = "https://site.example/nnref/"


# The wheel, installed into a folder of its own.


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys; from hatchling.build import build_wheel as b; b(sys.argv[1])"
    built = [sys.executable, "-c", code, str(folder)]
    subprocess.run(built, cwd=PROJECT, check=True, capture_output=True)
    (path,) = folder.glob("nnref-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel is unpacked into, which is all that installing does."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def needed(wheel: Distribution, extras: set[str]) -> set[str]:
    """The distributions that come with the wheel and some of its extras."""
    found: set[str] = set()
    visited: set[tuple[str, str]] = set()

    def visit(name: str, extras: set[str], source: Distribution) -> None:
        found.add(name)
        for option in extras | {""}:
            if (name, option) in visited:
                continue
            visited.add((name, option))
            for text in source.requires or []:
                requirement = Requirement(text)
                marker = requirement.marker
                if marker is None or marker.evaluate({"extra": option}):
                    inner = canonicalize_name(requirement.name)
                    known = wheel if inner == "nnref" else distribution(inner)
                    visit(inner, requirement.extras, known)

    visit("nnref", extras, wheel)
    return found


def not_installed(installed: Path, extras: set[str]) -> list[str]:
    """Modules that are here, but not where only the wheel and the extras are."""
    (wheel,) = distributions(path=[str(installed)])
    kept = needed(wheel, extras)
    return [
        module
        for module, owners in packages_distributions().items()
        if not kept & {canonicalize_name(owner) for owner in owners}
    ]


def named_extras(notebook: str) -> set[str]:
    """The extras in the line that tells the reader what to install."""
    first = "".join(json.loads(notebook)["cells"][0]["source"])
    line = r"(?m)^pip install jupyterlab \"[.\w]+(?:\[([\w,]+)\])?"
    (options,) = re.findall(line, first)
    return {option for option in options.split(",") if option}


Run = Callable[[str], list[str]]


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Run:
    """Run a notebook with the wheel, away from the repository: what its cells print."""

    def run_notebook(notebook: str) -> list[str]:
        path, result = tmp_path / "demo.ipynb", tmp_path / "result.json"
        path.write_text(notebook, encoding="utf-8")
        missing = json.dumps(not_installed(installed, named_extras(notebook)))
        # Without a screen, Matplotlib has nothing to show.
        silent = "ignore:FigureCanvasAgg is non-interactive:UserWarning"
        python = [sys.executable, "-P", "-W", "error", "-W", silent]
        done = subprocess.run(
            [*python, str(RUNNER), str(path), str(result), missing, str(PROJECT)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(installed), "MPLBACKEND": "agg"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(result.read_text(encoding="utf-8"))
        assert Path(found["nnref"]).is_relative_to(installed), "another nnref was run"
        printed: list[str] = found["printed"]
        return printed

    return run_notebook


# What the page says, as pytest-codeblocks reads it.


def blocks(markdown: str) -> list[CodeBlock]:
    found = extract_from_buffer(StringIO(markdown), max_num_lines=100_000)
    return [block for block in found if block.syntax == "python"]


def bare(code: str) -> str:
    """Code without spaces: pytest-codeblocks drops empty lines of an indented fence."""
    return "".join(code.split())


def code_cells(notebook: str) -> Iterator[str]:
    for cell in json.loads(notebook)["cells"]:
        if cell["cell_type"] == "code":
            yield "".join(cell["source"])


def differences(markdown: str, notebook: str, printed: list[str]) -> list[str]:
    """Snippets of the page that the notebook lacks or that print something else."""
    found = []
    cells = [*zip(code_cells(notebook), printed, strict=True)]
    for block in blocks(markdown):
        code, output = "", ""
        while cells and bare(code) != bare(block.code):
            cell, text = cells.pop(0)
            code, output = code + cell, output + text
        if bare(code) != bare(block.code):
            found.append(f"line {block.lineno}: the snippet is not in the notebook")
        elif block.expected_output is not None and output != block.expected_output:
            found.append(f"line {block.lineno}: the notebook prints {output!r}")
    return found + [f"a cell too many: {cell}" for cell, _ in cells]


def page_notebook(uri: str) -> tuple[str, str | None]:
    """A page without front matter, and its notebook."""
    markdown, _ = get_data((DOCS / uri).read_text(encoding="utf-8"))
    return markdown, download.from_page(markdown, Place(uri))


@pytest.mark.parametrize("uri", PAGES)
def test_a_page_runs_as_a_notebook(uri: str, run: Run) -> None:
    markdown, notebook = page_notebook(uri)
    assert notebook is not None, "it has no snippet"
    assert blocks(markdown)
    if "torch" in named_extras(notebook) and torch_is_missing():
        leave_out(f"{uri} as a notebook")
    assert differences(markdown, notebook, run(notebook)) == []


@pytest.mark.parametrize("uri", SCRIPTS)
def test_a_notebook_runs_with_the_wheel(uri: str, run: Run) -> None:
    script = notebooks.read(DOCS / uri)
    notebook = download.from_script(script, Place(uri))
    assert any(run(notebook)), "it prints nothing"


def test_the_site_offers_every_page(site: Path) -> None:
    """The file lies where the page's button says, and is a notebook."""
    pages = [*site.rglob("index.html")]
    assert len(pages) == len(PAGES) + len(SCRIPTS)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        links = re.findall(r'<a href="([^"]+\.ipynb)" download [^>]*aria-label=', text)
        assert len(links) == 1, page
        path = (page.parent / links[0]).resolve()
        assert path.stem == (page.parent.name if page.parent != site else "index")
        notebook = path.read_text(encoding="utf-8")
        read: Any = nbformat.reads(notebook, as_version=nbformat.NO_CONVERT)
        nbformat.validate(read)
        assert (read.nbformat, read.nbformat_minor) == (4, 5)
        assert len({cell.id for cell in read.cells}) == len(read.cells)
        assert not any(cell.get("outputs") for cell in read.cells)
        assert f"({ADDRESS}" in read.cells[0].source, "it links back to the page"
        assert "git+https://code.example/owner/nnref" in read.cells[0].source
        # Figures are in the file; the largest page has five with many points.
        assert len(notebook) < 500_000, f"{path.name} has {len(notebook)} bytes"


@pytest.mark.parametrize("uri", PAGES)
def test_nothing_of_the_site_is_left_in_the_text(uri: str) -> None:
    _, notebook = page_notebook(uri)
    assert notebook is not None
    for cell in json.loads(notebook)["cells"]:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            for pattern in (r"(?ms)^ *(`{3,}).*?^ *\1`*$", r"(?s)(`+).+?\1"):
                text = re.sub(pattern, "", text)
            text = re.sub(r"\$\$.+?\$\$|\$[^$]+\$", "", text, flags=re.DOTALL)
            left = (
                r"<!--|</?div|\{:? *[#.]|^ *(?:!!!|\?\?\?)|^:::|\](?:\((?!https?:)|\[)"
            )
            assert not re.findall(left, text, flags=re.MULTILINE), text


# One page with everything.

PAGE = """# The sum $s$ { #sum }

<!-- nnref: model=logistic -->

See [B $b^{[l]}$](deep/b.md#x), [here](#sum), [`f`][nnref.losses], [gone](gone.md),
[web](https://x.example/) and `[code](a.md)` { .md-button }

<div class="pair" markdown>

<!-- nnref: fails -->

$$
s = {.5} + [a](b)
$$

``` source
nnref.losses.cross_entropy
```

</div>

``` figure
function: demo.line
alt: A "line".
caption: Up to $x$.
```

```python
s = 1
print(s)
```

<!--pytest-codeblocks:expected-output-->

```text
1
```

1. First

    ```python
    print(2)
    ```

    Then a list item goes on.

!!! warning "Pitfall: it is $1$"

    Wrong.

    <!--pytest-codeblocks:cont-->

    ```python
    assert s == 1, "kept"
    ```

??? success "Solution"

    ````markdown
    ```python
    not run
    ```
    ````

    ```console
    ls
    ```

Outside.

::: nnref.losses
"""


@pytest.fixture
def figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo.py").write_text(
        "def line():\n    import matplotlib.pyplot as plt\n"
        "    return plt.subplots()[0]\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    monkeypatch.setattr(figures, "CACHE", tmp_path / "cache")


@pytest.mark.usefixtures("figure")
def test_each_part_of_a_page_has_its_place() -> None:
    place = Place("a.md", URLS, ADDRESS, "https://code.example/nnref")
    notebook = download.from_page(PAGE, place)
    assert notebook is not None
    assert notebook == download.from_page(PAGE, place), "the same each time"
    assert [*code_cells(notebook)] == [
        "s = 1\nprint(s)",
        "print(2)",
        'assert s == 1, "kept"',
    ]
    cells = json.loads(notebook)["cells"]
    kinds = [cell["cell_type"][0] for cell in cells]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] != "code"]
    assert "".join(kinds) == "mcmcmcm"
    first, before, behind, solution = texts
    assert first.startswith("# The sum $s$\n\n*This notebook is [a page of nnref]")
    assert 'pip install jupyterlab "nnref @ git+https://code.example/nnref"' in first
    assert f"[B $b^{{[l]}}$]({ADDRESS}deep/b/#x), [here]({ADDRESS}a/#sum)" in first
    assert f"[`f`]({ADDRESS}reference/api/#nnref.losses), gone," in first
    assert "[web](https://x.example/) and `[code](a.md)`" in first
    assert f"{download.WRONG}\n\n$$\ns = {{.5}} + [a](b)\n$$" in first
    assert "```python\ndef cross_entropy(" in first
    assert '<img alt="A &quot;line&quot;." src="data:image/svg+xml;base64,' in first
    assert "*Figure:* Up to $x$." in first
    assert before == "1. First"
    assert behind.startswith("Then a list item goes on.\n\n**Pitfall: it is $1$**")
    assert solution.startswith("#### Solution\n\n````markdown\n```python\nnot run")
    assert "\n```console\nls\n```\n\nOutside." in solution
    assert f"- [`nnref.losses`]({ADDRESS}reference/api/#nnref.losses)" in solution


@pytest.mark.usefixtures("figure")
def test_without_an_address_links_are_words() -> None:
    notebook = download.from_page(PAGE, Place("a.md", URLS))
    assert notebook is not None
    text = json.loads(notebook)["cells"][0]["source"]
    assert "See B $b^{[l]}$, here, `f`, gone," in "".join(text)
    assert 'pip install jupyterlab "."' in "".join(text)


def test_a_figure_that_cannot_be_drawn_is_left_to_the_page() -> None:
    text = "``` figure\nfunction: gone.gone\nalt: a\ncaption: c\n```\n"
    text += "``` source\nnnref.gone\n```\n```python\nx = 1\n```\n"
    assert download.from_page(text, Place("a.md")) is not None


def test_a_page_without_snippets_has_no_notebook() -> None:
    assert download.from_page("# Words\n\n```console\nls\n```\n", Place("a.md")) is None


def test_a_notebook_script_links_to_the_site(tmp_path: Path) -> None:
    script = tmp_path / "demo.py"
    text = "# %% [markdown]\n# # See [here](../index.md#x), [a](../deep/b.md)\n"
    script.write_text(text, encoding="utf-8")
    read = notebooks.read(script)
    offline = download.from_script(read, Place("notebooks/demo.py"))
    assert offline == download.from_script(read, Place("notebooks/demo.py"))
    assert "# See here, a" in offline
    online = download.from_script(read, Place("notebooks/demo.py", URLS, ADDRESS))
    assert f"[here]({ADDRESS}#x), [a]({ADDRESS}deep/b/)" in online


@pytest.mark.parametrize(
    ("code", "extras"),
    [
        ("import numpy as np", ""),
        ("from nnref.datasets import planar_flower", ""),
        ("data = breast_cancer()", "[docs]"),
        ("data = datasets.digits()", "[docs]"),
        ("import matplotlib.pyplot as plt", "[docs]"),
        ("fit(X, Y, progress=True)", "[progress]"),
        ("fit(X, Y, progress=True)\nimport matplotlib", "[docs]"),
        ("from torch import nn", "[torch]"),
        ("import torch\nfrom sklearn import svm", "[docs,torch]"),
        ("import torch\nfrom tqdm import tqdm", "[progress,torch]"),
    ],
)
def test_a_notebook_names_the_extras_that_it_needs(code: str, extras: str) -> None:
    assert download.extras(code) == extras
    _, notebook = notebook_of(code)
    assert named_extras(notebook) == {*filter(None, extras.strip("[]").split(","))}


def test_the_page_on_frameworks_names_torch() -> None:
    """Else it would not be skipped where PyTorch is missing, but fail."""
    _, notebook = page_notebook("frameworks.md")
    assert notebook is not None
    assert named_extras(notebook) == {"docs", "torch"}


# The tests above would notice.


def notebook_of(code: str, output: str = "") -> tuple[str, str]:
    markdown = f"# Page\n\n```python\n{code}\n```\n"
    if output:
        markdown += "\n<!--pytest-codeblocks:expected-output-->\n\n"
        markdown += f"```text\n{output}\n```\n"
    notebook = download.from_page(markdown, Place("a.md"))
    assert notebook is not None
    return markdown, notebook


def test_another_output_is_noticed(run: Run) -> None:
    markdown, notebook = notebook_of("print(1)", "2")
    assert differences(markdown, notebook, run(notebook)) == [
        "line 3: the notebook prints '1\\n'"
    ]
    markdown, notebook = notebook_of("print(1)", "1")
    assert differences(markdown, notebook, run(notebook)) == []


def test_another_order_is_noticed() -> None:
    markdown = "```python\nx = 1\n```\n\n```python\nx = 2\n```\n"
    turned = "```python\nx = 2\n```\n\n```python\nx = 1\n```\n"
    notebook = download.from_page(turned, Place("a.md"))
    assert notebook is not None
    assert differences(markdown, notebook, ["", ""])
    assert differences("```python\nx = 2\n```", notebook, ["", ""])


def test_a_name_that_an_earlier_cell_hides_is_noticed(run: Run) -> None:
    text = "```python\nsum = 1\n```\n\n```python\nprint(sum([1]))\n```\n"
    notebook = download.from_page(text, Place("a.md"))
    assert notebook is not None
    with pytest.raises(AssertionError, match="TypeError"):
        run(notebook)


def test_a_module_that_the_wheel_lacks_is_noticed(run: Run, installed: Path) -> None:
    _, notebook = notebook_of("from nnref import losses")
    module = installed / "nnref/losses.py"
    hidden = module.rename(module.with_suffix(".hidden"))
    try:
        with pytest.raises(AssertionError, match=r"named 'nnref\.losses'"):
            run(notebook)
    finally:
        hidden.rename(module)


@pytest.mark.parametrize("module", ["sklearn", "matplotlib", "tqdm", "scipy", "torch"])
def test_a_library_that_is_not_named_is_noticed(module: str, run: Run) -> None:
    _, notebook = notebook_of(f"__import__({module[:3]!r} + {module[3:]!r})")
    with pytest.raises(AssertionError, match=f"No module named '{module}'"):
        run(notebook)


def test_a_file_of_the_repository_is_not_found(run: Run) -> None:
    _, notebook = notebook_of("import tests.conftest")
    with pytest.raises(AssertionError, match="No module named 'tests'"):
        run(notebook)


# In the site that is built and served.


def test_a_page_without_snippets_has_no_button(copy: Copy) -> None:
    snippet = "\n```python\nprint(1)\n```\n"
    copy.write("docs/part/with.md", f"# With\n{snippet}")
    copy.write("docs/notebooks/demo.py", NOTEBOOK.format(code="print(6 * 7)"))
    run = copy.build(OFFLINE="true")
    assert run.returncode == 0, run.stderr
    assert ".ipynb" not in (copy.site / "index.html").read_text(encoding="utf-8")
    page = (copy.site / "part/with.html").read_text(encoding="utf-8")
    assert '<a href="with.ipynb" download ' in page
    assert (copy.site / "part/with.ipynb").is_file()
    assert (copy.site / "notebooks/demo.ipynb").is_file()


def test_serving_follows_a_page(copy: Copy) -> None:
    page = "# Home\n\n```python\nprint({})\n```\n"
    copy.write("docs/index.md", page.format(1))
    with serve(copy) as site:
        wait_for(lambda: site.shows("index.ipynb", "print(1)"), "the first build")
        assert site.shows("", 'href="index.ipynb"')
        copy.write("docs/index.md", page.format(2))
        wait_for(lambda: site.shows("index.ipynb", "print(2)"), "an edit")
        copy.write("docs/index.md", "# Home\n")
        wait_for(lambda: not site.shows("", "index.ipynb"), "a page without snippets")
