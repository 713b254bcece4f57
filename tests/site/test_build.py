"""The strict build: it names no other origin, and each kind of fault stops it."""

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

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
    """Hosts that the pages load from, link to or name in a style sheet or script.

    A link in a sentence is a citation: nothing is loaded from there, and a reader who
    follows it knows. So `<a href>` counts only where the page itself does not stand.
    """
    found = set()
    for path in text_files(site):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            before, tag, rest = text.partition("<article")
            article, end, after = rest.partition("</article>")
            article = re.sub(r"<a\s[^>]*>", "", article)
            text = "".join((before, tag, article, end, after))
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


@pytest.mark.parametrize(
    ("html", "hosts"),
    [
        ('<article><a href="https://cited.example/">a book</a></article>', set()),
        ('<article><img src="https://far.example/x.png"></article>', {"far.example"}),
        ('<a href="https://far.example/"></a><article></article>', {"far.example"}),
        ('<a href="https://far.example/">elsewhere</a>', {"far.example"}),
        ('<link href="https://far.example/x.css">', {"far.example"}),
    ],
)
def test_what_is_loaded_from_elsewhere_is_noticed(
    tmp_path: Path, html: str, hosts: set[str]
) -> None:
    (tmp_path / "index.html").write_text(html, encoding="utf-8")
    assert origins(tmp_path) == hosts


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


class Targets(HTMLParser):
    """The ids of a page and what it links to or loads."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "src") and value and tag != "use":
                self.links.add(value)


def dangling(site: Path) -> list[str]:
    """Local links that lead nowhere, and ids that a page has twice."""
    pages = {}
    for path in site.rglob("*.html"):
        parser = Targets()
        parser.feed(path.read_text(encoding="utf-8"))
        pages[path] = parser
    found = []
    for path, parser in pages.items():
        if path.name == "404.html":
            continue  # its links start at the root, wherever it is shown
        where = path.relative_to(site).as_posix()
        twice = {i for i in parser.ids if parser.ids.count(i) > 1}
        found += [f"{where}: two elements are called {name!r}" for name in twice]
        for link in parser.links:
            url = urlsplit(link)
            if url.scheme or url.netloc or link == "#":
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            if target.is_dir():
                target /= "index.html"
            palette = url.fragment.startswith("only-")
            if not target.is_file():
                found.append(f"{where}: {link} is not there")
            elif url.fragment and not palette and target.suffix == ".html":
                page = pages.get(target)
                if page is not None and unquote(url.fragment) not in page.ids:
                    found.append(f"{where}: {link} has no such place")
    return found


def test_local_links_lead_somewhere_and_ids_are_unique(site: Path) -> None:
    assert dangling(site) == []


def test_a_link_to_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text(
        '<a href="gone.html">a</a><a href="#x">b</a><img src="no.png">'
        '<p id="p"></p><p id="p"></p>',
        encoding="utf-8",
    )
    assert len(dangling(tmp_path)) == 4


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


def test_math_in_a_description_stops_the_build(copy: Copy) -> None:
    copy.write("docs/index.md", "---\ndescription: The cost $J$\n---\n# Home\n")
    run = copy.build()
    assert run.returncode != 0
    assert "index.md: math in the description: The cost $J$" in run.stderr


def test_a_description_may_have_quotation_marks(copy: Copy) -> None:
    copy.write("docs/index.md", '---\ndescription: Say "you"\n---\n# Home\n')
    assert copy.build().returncode == 0
    home = (copy.site / "index.html").read_text(encoding="utf-8")
    assert 'content="Say &quot;you&quot;"' in home


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


@dataclass
class Served:
    """A site under `mkdocs serve`."""

    address: str
    log: Path

    def shows(self, page: str, text: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.address}/{page}") as answer:
                return text in answer.read().decode("utf-8")
        except OSError:
            return False

    def logged(self, text: str) -> int:
        return self.log.read_text(encoding="utf-8").count(text)


@contextlib.contextmanager
def serve(copy: Copy) -> Iterator[Served]:
    address = f"127.0.0.1:{free_port()}"
    served = Served(address, copy.root / "serve.log")
    with served.log.open("w", encoding="utf-8") as stream:
        server = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", address],
            cwd=copy.root,
            env=build_environment(copy.root),
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            yield served
        finally:
            server.terminate()
            server.wait()


def test_serving_runs_a_notebook_again_only_for_the_package(copy: Copy) -> None:
    """An edit of a page leaves notebooks alone; an edit of the package runs them."""
    code = "from nnref import losses\n\nprint(getattr(losses, 'ANSWER', 'none'))"
    copy.write("docs/notebooks/demo.py", NOTEBOOK.format(code=code))
    executed = "Converting notebook (execute=True)"
    with serve(copy) as site:
        wait_for(lambda: site.shows("notebooks/demo/", ">none</pre>"), "first build")
        assert site.logged(executed) == 1
        copy.write("docs/index.md", "# Home\n\nA new sentence.\n")
        wait_for(lambda: site.shows("", "A new sentence."), "an edit of a page")
        assert site.logged(executed) == 1
        losses = copy.root / "nnref/losses.py"
        source = losses.read_text(encoding="utf-8")
        losses.write_text(source + "\nANSWER = 42\n", encoding="utf-8")
        wait_for(lambda: site.shows("notebooks/demo/", ">42</pre>"), "of the package")
        assert site.logged(executed) == 2


def test_serving_remembers_pages_and_forgets_what_is_stale(copy: Copy) -> None:
    """What is taken from memory is what rendering would have given."""
    figure = "def line():\n    import matplotlib.pyplot as plt\n"
    figure += (
        "    figure, ax = plt.subplots()\n    ax.plot([0, {}])\n    return figure\n"
    )
    copy.write("docs/figures/demo.py", figure.format(1))
    copy.write("docs/index.md", "# Home\n\nFirst. [b](b.md#part), [f][nnref.losses]\n")
    copy.write(
        "docs/b.md",
        "# B\n\n## Part\n\n$\\foo$\n\n``` source\nnnref.losses.cross_entropy\n```\n\n"
        "``` figure\nfunction: demo.line\nalt: a\ncaption: c\n```\n",
    )
    copy.write("docs/c.md", "# C\n\n[b](b.md#part)\n")
    copy.write("docs/api.md", "# API\n\n::: nnref.losses\n")
    broken, lost = "b.md:5: the formula", "does not contain an anchor '#part'"
    drawing = "assets/figures/"
    with serve(copy) as site:
        wait_for(lambda: site.shows("", "First."), "the first build")
        wait_for(lambda: site.logged("Serving on"), "the first build to end")
        assert site.logged(broken) == 1
        # An edit elsewhere: the page is as it was, its error is reported again, links
        # to the reference are still found.
        copy.write("docs/index.md", "# Home\n\nSecond. [f][nnref.losses]\n")
        wait_for(lambda: site.shows("", "Second."), "an edit of another page")
        assert site.logged(broken) == 2
        assert site.shows("b/", drawing)
        assert site.shows("", 'href="api/#nnref.losses"')
        assert site.logged("Could not find cross-reference") == 0
        # What a page depends on changes: a figure, the package, an anchor.
        before = sorted((copy.root / ".cache/figures").iterdir())
        copy.write("docs/figures/demo.py", figure.format(2))
        wait_for(
            lambda: sorted((copy.root / ".cache/figures").iterdir()) != before,
            "an edit of a figure",
        )
        losses = copy.root / "nnref/losses.py"
        source = losses.read_text(encoding="utf-8")
        changed = source.replace("\n    return", "\n    # planted\n    return")
        losses.write_text(changed, encoding="utf-8")
        wait_for(lambda: site.shows("b/", "# planted"), "an edit of the package")
        assert site.logged(lost) == 0
        copy.write("docs/b.md", "# B\n\nThird.\n")
        wait_for(lambda: site.shows("b/", "Third."), "an edit of an anchor")
        wait_for(lambda: site.logged(lost), "the warning about the anchor")
