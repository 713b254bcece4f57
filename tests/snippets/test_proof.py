"""Each Python fence of the project is run, and the proof notices one that is not."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from proof import PROJECT, fences, problems


def markdown_files() -> list[Path]:
    return [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]


def test_every_python_fence_is_run(tmp_path: Path) -> None:
    found = problems(PROJECT, markdown_files(), tmp_path)
    assert not found, "\n".join(found)


def test_there_are_fences_to_run() -> None:
    texts = [path.read_text(encoding="utf-8") for path in markdown_files()]
    assert sum(f.looks_like_python for text in texts for f in fences(text)) > 20


GOOD = "```python\nx = 1\n```\n"
OUTPUT = "<!--pytest-codeblocks:expected-output-->"

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
    "tildes": "~~~python\nx = 1\n~~~",
    "quoted": "> ```python\n> x = 1\n> ```",
    "no language": "```\nx = 1\n```",
    "list item": "- ```python\n  x = 1\n  ```",
    "wrong": "```python\nassert 0\n```",
    "unclosed directive": "<!--pytest-codeblocks:cont\n\n```python\nx = 1\n```",
    "open directive": "<!-- pytest-codeblocks: cont -- >\n\n```python\nx = 1\n```",
    "hyphen": "<!--pytest-codeblocks-cont-->\n\n```python\nx = 1\n```",
    "directive in a line": "a <!--pytest-codeblocks:cont-->\n\n```python\nx = 1\n```",
    "unclosed mark": "<!--pytest.mark.skip\n\n```python\nx = 1\n```",
    "output not compared": "```text\n2\n```",
}
# The same, where the fault is the fence below a directive.
DIRECTED = {
    "skipped by a mark": "<!--pytest.mark.skip-->\n```python\nx = 1\n```",
    "skipped by an import": (
        "<!--pytest-codeblocks:importorskip(nowhere)-->\n```python\nx = 1\n```"
    ),
    "expected to fail": "<!--pytest.mark.xfail-->\n```python\nassert 0\n```",
    "eaten as output": f"{OUTPUT}\n```python\nprint(1)\n```",
}
GOOD_PAGES = {
    "continued": (
        f"{GOOD}\n<!--pytest-codeblocks:cont-->\n```python\nassert x == 1\n```"
    ),
    "in a note": (
        "!!! note\n\n    ````python\n    print(2)\n    ````\n\n"
        f"    {OUTPUT}\n\n    ```text\n    2\n    ```"
    ),
    "shown as text": "````markdown\n```python\nnot run\n```\n````",
    "shell": "```console\npython -m this\n```",
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the proof says of pages with one fault each, and of good ones."""
    root = tmp_path_factory.mktemp("planted")
    pages = {name: f"# P\n\n{GOOD}{text}\n" for name, text in FAULTS.items()}
    pages |= {name: f"# P\n{GOOD}{text}\n" for name, text in DIRECTED.items()}
    pages |= {name: f"{text}\n" for name, text in GOOD_PAGES.items()}
    pages["whole file"] = f"<!--pytest-codeblocks:skipfile-->\n{GOOD}"
    pages["other output"] = f"```python\nprint(1)\n```\n{OUTPUT}\n\n```text\n2\n```\n"
    for name, text in pages.items():
        (root / f"{name}.md").write_text(text, encoding="utf-8")
    return problems(root, sorted(root.glob("*.md")), root)


@pytest.mark.parametrize("fault", [*FAULTS, *DIRECTED])
def test_a_fault_is_named(fault: str, planted: list[str]) -> None:
    assert any(line.startswith(f"{fault}.md:6: ") for line in planted), planted


def test_a_file_that_is_skipped_is_named(planted: list[str]) -> None:
    assert any(line.startswith("whole file.md:2: ") for line in planted)


def test_an_output_that_differs_is_named(planted: list[str]) -> None:
    assert "other output.md:1: is not run to its end: failed" in planted


@pytest.mark.parametrize("name", GOOD_PAGES)
def test_what_is_run_is_not_named(name: str, planted: list[str]) -> None:
    assert not [line for line in planted if line.startswith(f"{name}.md")]


def test_a_snippet_that_ends_the_session_is_named(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```python\nimport sys\nsys.exit()\n```\n{GOOD}", encoding="utf-8")
    assert len(problems(tmp_path, [page], tmp_path)) == 2
