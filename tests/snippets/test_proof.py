"""Each Python fence of the project is run, and the proof notices one that is not."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from proof import (
    MAY_BE_SKIPPED,
    PROJECT,
    Proof,
    docstring_problems,
    fences,
    notebook_problems,
    prove,
)

from tests.optional import leave_out

# All that MkDocs takes for a page, though pytest-codeblocks reads only the first kind.
PAGES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")


def markdown_files() -> list[Path]:
    pages = [path for path in (PROJECT / "docs").rglob("*") if path.suffix in PAGES]
    return [*sorted(PROJECT.glob("*.md")), *sorted(pages)]


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    return prove(PROJECT, markdown_files(), tmp_path_factory.mktemp("proof"))


def test_every_python_fence_is_run(proof: Proof) -> None:
    assert not proof.troubles, "\n".join(proof.troubles)


def test_snippets_that_need_torch_are_run(proof: Proof) -> None:
    if proof.left_out:
        leave_out(", ".join(proof.left_out))


def test_there_are_fences_to_run() -> None:
    texts = [path.read_text(encoding="utf-8") for path in markdown_files()]
    assert sum(f.is_python for text in texts for f in fences(text)) > 20


def test_docstrings_show_no_code() -> None:
    package = [*(PROJECT / "nnref").glob("*.py")]
    assert len(package) > 5
    assert docstring_problems(PROJECT, package) == []


def test_every_cell_of_a_notebook_is_run() -> None:
    scripts = [*(PROJECT / "docs/notebooks").glob("*.py")]
    assert scripts
    assert notebook_problems(PROJECT, scripts) == []


GOOD = "```python\nx = 1\n```\n"
PRINTS = "```python\nprint(1)\n```\n"
OUTPUT = "<!--pytest-codeblocks:expected-output-->"
CONT = "<!--pytest-codeblocks:cont-->"

# Each is put below five lines of a page that are in order, and is named by its line.
FAULTS = {
    "options": '```python title="x"\nx = 1\n```',
    "highlighted lines": "```python hl_lines=1\nx = 1\n```",
    "attributes": "```{.python .annotate}\nx = 1\n```",
    "short name": "```py\nx = 1\n```",
    "version": "```python3\nx = 1\n```",
    "capital": "```Python\nx = 1\n```",
    "space": "``` python\nx = 1\n```",
    "console": "```pycon\n>>> 1\n1\n```",
    "notebook": "```ipython\nx = 1\n```",
    "NumPy": "```numpy\nx = 1\n```",
    "Sage": "```{ .sage }\nx = 1\n```",
    "shell": "```sh\ntrue\n```",
    "a misspelt listing": "``` sources\nnnref.losses.cross_entropy\n```",
    "tildes": "~~~python\nx = 1\n~~~",
    "text in tildes": "~~~text\nx = 1\n~~~",
    "quoted": "> ```python\n> x = 1\n> ```",
    "no language": "```\nx = 1\n```",
    "list item": "- ```python\n  x = 1\n  ```",
    "list in a list": "- 1. ```python\n     x = 1\n     ```",
    "footnote": "[^1]: ```python\n    x = 1\n    ```",
    "wrong": "```python\nassert 0\n```",
    "unclosed directive": "<!--pytest-codeblocks:cont\n\n```python\nx = 1\n```",
    "open directive": "<!-- pytest-codeblocks: cont -- >\n\n```python\nx = 1\n```",
    "hyphen": "<!--pytest-codeblocks-cont-->\n\n```python\nx = 1\n```",
    "directive in a line": "a <!--pytest-codeblocks:cont-->\n\n```python\nx = 1\n```",
    "unclosed mark": "<!--pytest.mark.skip\n\n```python\nx = 1\n```",
    "output not compared": "```text\n2\n```",
    "output with a title": '```text title="It prints"\n2\n```',
    "output by another name": "```output\n2\n```",
    "output as a console": "```console\n2\n```",
    "session as a console": "```console\n>>> 1 + 1\n2\n```",
    "main": "```python\nif __name__ == '__main__':\n    assert 0\n```",
    "a test that nobody calls": "```python\ndef test_x():\n    assert 0\n```",
    "another directory": "```python\nimport os\n\nos.chdir('..')\n```",
    "another environment": "```python\nimport os\n\nos.environ['X'] = '1'\n```",
    "a seed": "```python\nimport numpy as np\n\nnp.random.seed(0)\n```",
    "another precision": (
        "```python\nimport numpy as np\n\nnp.set_printoptions(precision=2)\n```"
    ),
    "warnings of NumPy": (
        "```python\nimport numpy as np\n\nnp.seterr(all='ignore')\n```"
    ),
    "another function": (
        "```python\nfrom nnref import losses\n\nlosses.cross_entropy = max\n```"
    ),
    "an open figure": "```python\nimport matplotlib.pyplot as plt\n\nplt.figure()\n```",
    "in a comment": "<!--\n```python\nx = 1\n```\n-->",
    "indented": "Text.\n\n    y = 1\n    assert y == 2",
    "raw HTML": "<pre>\nassert 0\n</pre>",
}
LINES = {"in a comment": 7, "indented": 8, "raw HTML": 7}
# The same, where the fault is the fence below a directive.
DIRECTED = {
    "skipped by a mark": "<!--pytest.mark.skip-->\n```python\nx = 1\n```",
    "skipped by an import": (
        "<!--pytest-codeblocks:importorskip(nowhere)-->\n```python\nx = 1\n```"
    ),
    "expected to fail": "<!--pytest.mark.xfail-->\n```python\nassert 0\n```",
    "eaten as output": f"{OUTPUT}\n```python\nprint(1)\n```",
    "spaces not compared": (
        "<!--pytest-codeblocks:expected-output-ignore-whitespace-->\n```text\n\n```"
    ),
}
# Faults by the lines that are named.
PAGES_WITH_FAULTS = {
    "whole file": (f"<!--pytest-codeblocks:skipfile-->\n{GOOD}", [2]),
    "other output": (f"{PRINTS}{OUTPUT}\n\n```text\n2\n```\n", [1]),
    "output below words": (f"{PRINTS}\nIt prints:\n\n```text\n2\n```\n", [7]),
    "output of no snippet": (
        f"{PRINTS}\n```console\nls\n```\n\n{OUTPUT}\n\n```text\n2\n```\n",
        [5, 11],
    ),
    "continues no snippet": (
        f"```python\nx = 1\nassert x\n```\n\n```source\nnnref.losses\n```\n\n"
        f"{CONT}\n\n```python\nassert x\n```\n",
        [12],
    ),
    # Taken for a fence by the plugin and by a scanner, and for words by the site.
    "words that look like a fence": (
        "```` ```python ```` is run.\n\n```python\nassert 0\n```\n\n"
        "```` ```py ```` is not.\n",
        [1, 4],
    ),
    # Closed early by the plugin, and so on with all that follows.
    "a fence in a string": (
        '```python\ns = """\n```text\n"""\nassert 0\n```\n\n```text\n```\n',
        [1, 8],
    ),
    "ends the session": (f"```python\nimport sys\n\nsys.exit()\n```\n{GOOD}", [1, 6]),
    "skips itself": ("```python\nimport pytest\n\npytest.skip()\n```\n", [1]),
    "byte order mark": (f"\ufeff{GOOD}", [2, 3]),
}
GOOD_PAGES = {
    "continued": f"{GOOD}\n{CONT}\n```python\nassert x == 1\n```",
    "in a note": (
        "!!! note\n\n    ````python\n    print(2)\n\n    y = 1\n    ````\n\n"
        f"    {OUTPUT}\n\n    ```text\n    2\n    ```"
    ),
    "in a list": "1. Do:\n\n    ```python\n    x = 2\n    ```\n",
    "shown as text": "````markdown\n```python\nnot run\n```\n````",
    "commands": "```console\npython -m this\n```",
    "twice the same": f"{PRINTS}{OUTPUT}\n\n```text\n1\n```\n{PRINTS}",
    "front matter": f"---\ndescription: x\n---\n\n{GOOD}",
    "a listing": f"{GOOD}\n\n``` source\nnnref.losses.cross_entropy\n```",
    "uses what it may": (
        "```python\nimport numpy as np\n\nfrom nnref import losses\n\n"
        "rng = np.random.default_rng(0)\n"
        "with np.errstate(all='ignore'):\n    losses.cross_entropy(rng.random(), 1)\n"
        "```"
    ),
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the proof says of pages with one fault each, and of good ones."""
    root = tmp_path_factory.mktemp("planted")
    pages = {name: f"# P\n\n{GOOD}{text}\n" for name, text in FAULTS.items()}
    pages |= {name: f"# P\n{GOOD}{text}\n" for name, text in DIRECTED.items()}
    pages |= {name: text for name, (text, _) in PAGES_WITH_FAULTS.items()}
    pages |= {name: f"{text}\n" for name, text in GOOD_PAGES.items()}
    alone = pages.pop("ends the session")
    for name, text in pages.items():
        (root / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
    (root / "other ending.markdown").write_text(GOOD, encoding="utf-8")
    files = sorted([*root.glob("*.md"), *root.glob("*.markdown")])
    found = prove(root, files, root).troubles
    (root / "ends the session.md").write_text(alone, encoding="utf-8")
    return found + prove(root, [root / "ends the session.md"], root).troubles


@pytest.mark.parametrize("fault", [*FAULTS, *DIRECTED])
def test_a_fault_is_named(fault: str, planted: list[str]) -> None:
    line = LINES.get(fault, 6)
    assert any(found.startswith(f"{fault}.md:{line}: ") for found in planted), planted


@pytest.mark.parametrize("page", PAGES_WITH_FAULTS)
def test_a_page_with_faults_is_named(page: str, planted: list[str]) -> None:
    named = [line for line in planted if line.startswith(f"{page}.md:")]
    lines = {int(line.split(":")[1]) for line in named}
    assert lines >= set(PAGES_WITH_FAULTS[page][1]), named


def test_a_page_with_another_ending_is_named(planted: list[str]) -> None:
    assert any(line.startswith("other ending.markdown:1: ") for line in planted)


@pytest.mark.parametrize("name", GOOD_PAGES)
def test_what_is_run_is_not_named(name: str, planted: list[str]) -> None:
    assert not [line for line in planted if line.startswith(f"{name}.md")]


# What may be skipped, and what may not. PyTorch itself is not needed for it.

TORCH = """import os

_type = "torch.float32"

def set_default_dtype(name):
    global _type
    _type = name

def get_default_dtype():
    return _type
"""
NEEDS_TORCH = f"{MAY_BE_SKIPPED}\n```python\nimport torch\n```"
# Pages, and the lines that are named where PyTorch is there, and where it is missing.
PAGES_WITH_TORCH: dict[str, tuple[str, set[int], set[int]]] = {
    "needs it": (NEEDS_TORCH, set(), set()),
    "needs a part of it": (
        f"{MAY_BE_SKIPPED}\n```python\nfrom torch import get_default_dtype\n```",
        set(),
        set(),
    ),
    "does not need it": (f"{MAY_BE_SKIPPED}\n{GOOD}", {2}, {2}),
    "does not say so": ("```python\nimport torch.nn\n```", {1}, {1}),
    "needs another": (
        "<!--pytest-codeblocks:importorskip(os)-->\n```python\nimport os, torch\n```",
        {2},
        {2},
    ),
    "is wrong": (
        f"{MAY_BE_SKIPPED}\n```python\nimport torch\n\nassert 0\n```",
        {2},
        set(),
    ),
    "skips itself": (
        f"{MAY_BE_SKIPPED}\n```python\nimport pytest, torch\n\npytest.skip()\n```",
        {2},
        set(),
    ),
    "other numbers": (
        f"{MAY_BE_SKIPPED}\n```python\nimport torch\n\n"
        f"torch.set_default_dtype('torch.float64')\n```",
        {2},
        set(),
    ),
    "by a mark": (
        f"<!--pytest.mark.skip-->\n{NEEDS_TORCH}",
        {3},
        set(),
    ),
    # A comment above a fence that continues another is kept for the one after it.
    "the next one": (
        f"{GOOD}\n{CONT}\n{MAY_BE_SKIPPED}\n```python\nx\n```\n\n{GOOD}",
        {11},
        {11},
    ),
}


@pytest.fixture(scope="module", params=["there", "missing"])
def with_torch(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[bool, Proof]:
    """What the proof says of the pages, with PyTorch and without."""
    root = tmp_path_factory.mktemp("torch")
    modules = root / "modules"
    modules.mkdir()
    (modules / "torch.py").write_text(TORCH, encoding="utf-8")
    for name, (text, _, _) in PAGES_WITH_TORCH.items():
        (root / f"{name}.md").write_text(f"{text}\n", encoding="utf-8", newline="\n")
    missing = request.param == "missing"
    without = "torch" if missing else ""
    files = sorted(root.glob("*.md"))
    return missing, prove(root, files, root, without=without, modules=modules)


@pytest.mark.parametrize("page", PAGES_WITH_TORCH)
def test_only_torch_may_be_missing(page: str, with_torch: tuple[bool, Proof]) -> None:
    missing, proof = with_torch
    _, if_there, if_missing = PAGES_WITH_TORCH[page]
    named = [line for line in proof.troubles if line.startswith(f"{page}.md:")]
    lines = {int(line.split(":")[1]) for line in named}
    assert lines == (if_missing if missing else if_there), named


def test_what_is_left_out_is_named(with_torch: tuple[bool, Proof]) -> None:
    missing, proof = with_torch
    assert ("needs it.md:2" in proof.left_out) == missing
    assert missing or not proof.left_out
    assert not {"does not say so.md:1", "needs another.md:2"} & {*proof.left_out}


def test_where_torch_is_required_nothing_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NNREF_TORCH", "required")
    with pytest.raises(pytest.fail.Exception, match=r"not installed.*a\.md:2"):
        leave_out("a.md:2")
    monkeypatch.delenv("NNREF_TORCH")
    with pytest.raises(pytest.skip.Exception, match=r"not installed.*a\.md:2"):
        leave_out("a.md:2")


@pytest.mark.parametrize(
    "docstring",
    [
        ">>> 1\n2",
        "```python\nassert 0\n```",
        "Examples:\n    ```python\n    assert 0\n    ```",
        "Text:\n\n    assert 0",
    ],
)
def test_code_in_a_docstring_is_named(docstring: str, tmp_path: Path) -> None:
    lines = "\n\n".join(["Words.", docstring]).replace("\n", "\n    ")
    text = f'def f():\n    """{lines}\n    """\n'
    (tmp_path / "m.py").write_text(text, encoding="utf-8")
    found = docstring_problems(tmp_path, [tmp_path / "m.py"])
    assert found == ["m.py:2: code in a docstring is not run"]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('# %% tags=["skip-execution"]\nassert 0', "tags"),
        ('# %% tags=["raises-exception"]\nassert 0', "tags"),
        ("# %%\n# %%script false\nassert 0", "magic"),
        ("# %% [raw]\n# assert 0", "of raw is not run"),
        ("# %% [markdown]\n# ```python\n# assert 0\n# ```", "text is not run"),
        ("# %% [markdown]\n# Words.\n#\n#     assert 0", "text is not run"),
    ],
)
def test_a_cell_that_is_not_run_is_named(
    cell: str, reason: str, tmp_path: Path
) -> None:
    script = tmp_path / "n.py"
    script.write_text(f"# %% [markdown]\n# # N\n\n{cell}\n", encoding="utf-8")
    (found,) = notebook_problems(tmp_path, [script])
    assert reason in found
