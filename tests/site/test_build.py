"""The strict build: it names no other origin, and each kind of fault stops it."""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import Copy, build_environment

NOTEBOOK = """# %% [markdown]
# # A notebook with $x^{{(i)}}$
#
# Its first sentence. See [home](../index.md).
#
# $$
# z = w^T x + b
# $$

# %%
{code}

# %% alt="A rising line."
import matplotlib.pyplot as plt

from nnref.site.figures import use_style

use_style()
plt.plot([0, 1])
plt.show()
"""


def text_files(site: Path) -> list[Path]:
    endings = {".html", ".css", ".js", ".json", ".xml", ".txt", ".svg"}
    return [path for path in site.rglob("*") if path.suffix in endings]


def origins(site: Path) -> set[str]:
    """Hosts that the pages link to, load from or name in a style sheet or script."""
    found = set()
    for path in text_files(site):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            urls = re.findall(
                r'(?:href|src|action|content)="?(https?://[^"\s>]+)', text
            )
        elif path.suffix == ".css":
            urls = re.findall(r"url\(\"?(https?://[^)\"]+)", text)
        else:
            urls = []
        found |= {urlsplit(url).hostname or "" for url in urls}
    return found


def test_the_pages_name_no_other_origin(site: Path) -> None:
    ours = {"site.example", "code.example"}  # the addresses given for this build
    credit = {"squidfunk.github.io"}  # the theme's line "Made with"
    assert origins(site) - ours == credit


def test_links_to_the_source_come_from_the_environment(site: Path) -> None:
    page = (site / "notation/index.html").read_text(encoding="utf-8")
    assert 'href="https://code.example/owner/nnref/edit/main/docs/notation.md"' in page
    assert '<link rel="canonical" href="https://site.example/nnref/notation/">' in page


def test_every_page_describes_itself(site: Path) -> None:
    descriptions = {}
    for path in site.rglob("index.html"):
        found = re.findall(
            r'<meta name="description" content="([^"]+)"', path.read_text("utf-8")
        )
        descriptions[path.parent.relative_to(site).as_posix()] = found
    assert len(descriptions) > 7
    assert all(
        len(found) == 1 and len(found[0]) > 30 for found in descriptions.values()
    )
    texts = [found[0] for found in descriptions.values()]
    assert len(set(texts)) == len(texts), "two pages with the same description"


def test_a_code_block_has_a_language(site: Path) -> None:
    """What the scanner of fences might take for prose would show here."""
    for path in site.rglob("index.html"):
        page = path.read_text(encoding="utf-8")
        assert '<div class="highlight">' not in page, path


FAULTS: dict[str, tuple[str, str]] = {
    "a formula": (r"Text with $a = \foo$.", r"index.md:\d+: the formula  a = .foo "),
    "a character": (r"$$\n\aleph\n$$".replace(r"\n", "\n"), r"index.md:\d+: .*U\+2135"),
    "a listing": ("``` source\nnnref.losses.gone\n```", "has no function 'gone'"),
    "a figure": (
        "``` figure\nfunction: gone.line\nalt: a\ncaption: c\n```",
        "there is no file docs/figures/gone.py",
    ),
    "a fence with options": (
        '``` source title="x"\nnnref.losses.cross_entropy\n```',
        "takes no options",
    ),
    "a formula that is not one": ("Text\n$$\na\n$$", r"index.md:\d+: LaTeX is left"),
    "raw HTML": ("<p>$x$</p>", r"index.md:\d+: LaTeX is left"),
    "a comment": ("<!-- nnref: fail -->\n\n$$\na\n$$", "declares nothing"),
    "a link": ("[x](gone.md)", "link 'gone.md', but the target is not found"),
    "an anchor": ("[x](#gone)", "link '#gone', but there is no such anchor"),
    "a reference": ("[x][nnref.gone]", "'nnref.gone'"),
    "an absolute link": ("[x](/gone/)", "'/gone/'"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_the_strict_build(fault: str, copy: Copy) -> None:
    text, message = FAULTS[fault]
    copy.write("docs/index.md", f"---\ndescription: x\n---\n# Home\n\n{text}\n")
    run = copy.build()
    assert run.returncode != 0
    assert re.search(message, run.stderr), run.stderr
    assert "Traceback" not in run.stderr


def test_a_formula_is_reported_by_its_line_in_the_file(copy: Copy) -> None:
    copy.write("docs/index.md", "---\ndescription: x\n---\n# Home\n\n$\\foo$\n")
    assert "docs/index.md:6: the formula  \\foo " in copy.build().stderr


def test_a_formula_in_a_docstring_is_reported_by_its_line(copy: Copy) -> None:
    module = copy.write("nnref/broken.py", 'r"""Module.\n\nWith $\\foo$.\n"""\n')
    copy.write("docs/index.md", "# Home\n\n::: nnref.broken\n")
    run = copy.build()
    assert run.returncode != 0
    assert f"{module.relative_to(copy.root).as_posix()}:3: the formula" in run.stderr


def test_the_small_site_has_no_fault_of_its_own(copy: Copy) -> None:
    run = copy.build()
    assert run.returncode == 0, run.stderr


def test_a_notebook_is_run_and_looks_like_a_page(copy: Copy) -> None:
    copy.write("docs/notebooks/demo.py", NOTEBOOK.format(code="print(6 * 7)"))
    run = copy.build()
    assert run.returncode == 0, run.stderr
    page = copy.html("notebooks/demo")
    assert re.search(r'<pre class="nb-output"[^>]*>42</pre>', page)
    assert page.count("<math") >= 2
    assert "<title>A notebook with x(i) - nnref</title>" in page
    drawing = re.search(r'<img src="../../(assets/figures/.*?svg)#only-light"', page)
    assert drawing is not None
    assert (copy.site / drawing.group(1)).is_file()
    assert page.count('alt="A rising line."') == 2
    assert 'content="Its first sentence."' in page
    assert '<a href="../..">home</a>' in page or '<a href="../../">home</a>' in page
    assert "mathjax" not in page.lower()
    assert len(page) < 100_000
    file = copy.site / "notebooks/demo.ipynb"
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code", "code"]
    assert 'href="../demo.ipynb"' in page


def test_an_error_in_a_notebook_stops_the_build(copy: Copy) -> None:
    copy.write("docs/notebooks/demo.py", NOTEBOOK.format(code="1 / 0"))
    run = copy.build()
    assert run.returncode != 0
    assert "ZeroDivisionError" in run.stderr


def test_a_cell_that_need_not_run_stops_the_build(copy: Copy) -> None:
    text = NOTEBOOK.format(code="1").replace(
        "# %%\n1", '# %% tags=["skip-execution"]\n1'
    )
    copy.write("docs/notebooks/demo.py", text)
    run = copy.build()
    assert run.returncode != 0
    assert "notebooks/demo.py: cells have no tags" in run.stderr


def test_a_figure_without_words_stops_the_build(copy: Copy) -> None:
    text = NOTEBOOK.format(code="1").replace(' alt="A rising line."', "")
    copy.write("docs/notebooks/demo.py", text)
    run = copy.build()
    assert run.returncode != 0
    assert "notebooks/demo.py, cell 'import matplotlib.pyplot" in run.stderr


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port


def wait_for(condition: Callable[[], object], what: str) -> None:
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit, f"waited too long: {what}"
        time.sleep(0.1)


def test_serving_runs_a_notebook_again_only_for_the_package(copy: Copy) -> None:
    """An edit of a page leaves notebooks alone; an edit of the package runs them."""
    code = "from nnref import losses\n\nprint(getattr(losses, 'ANSWER', 'none'))"
    copy.write("docs/notebooks/demo.py", NOTEBOOK.format(code=code))
    port = free_port()
    address = f"127.0.0.1:{port}"
    log = copy.root / "serve.log"

    def shows(page: str, text: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://{address}/{page}") as answer:
                return text in answer.read().decode("utf-8")
        except OSError:
            return False

    def executed() -> int:
        return log.read_text(encoding="utf-8").count(
            "Converting notebook (execute=True)"
        )

    with log.open("w", encoding="utf-8") as stream:
        server = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", address],
            cwd=copy.root,
            env=build_environment(copy.root),
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(lambda: shows("notebooks/demo/", ">none</pre>"), "the first build")
            assert executed() == 1
            copy.write("docs/index.md", "# Home\n\nA new sentence.\n")
            wait_for(lambda: shows("", "A new sentence."), "an edit of a page")
            assert executed() == 1
            losses = copy.root / "nnref/losses.py"
            source = losses.read_text(encoding="utf-8")
            losses.write_text(source + "\nANSWER = 42\n", encoding="utf-8")
            wait_for(
                lambda: shows("notebooks/demo/", ">42</pre>"), "an edit of the package"
            )
            assert executed() == 2
        finally:
            server.terminate()
            server.wait()
