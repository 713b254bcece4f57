"""Each equation of the documents is a test, and a wrong one fails."""

import importlib.metadata
import os
import textwrap
import tomllib
from pathlib import Path

import pytest

import nnref

pytest_plugins = ["pytester"]

ROOT = Path(nnref.__file__).parents[1]
NAME = "nnref-equations"
INSTALLED = any(
    point.name == NAME for point in importlib.metadata.entry_points(group="pytest11")
)
PAGE = r"""
# A page with $W$

<!-- nnref: model=logistic -->

So $dZ = A - Y$, and in a table:

| $A = \sigma(Z)$ | $Z = w^T X + b$ |
|---|---|

<!-- nnref: fails -->

$$
dZ = A + Y
$$

<!-- nnref: skip it speaks of computers -->

$$
P = NP
$$

<!-- nnref: definition -->

$$
q = A - Y
$$

Then $dZ = q$.

```python
assert 1 + 1 == 2, "twice"
```
"""
IDS = [
    "equation line 6",
    "equation line 8",
    "equation line 8 (2)",
    "equation line 14",
    "equation line 20",
    "equation line 26",
    "equation line 29",
]


@pytest.fixture
def project(pytester, monkeypatch):
    """A project of somebody else, and a way to run pytest in it."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    monkeypatch.setenv("NO_COLOR", "1")
    # Only what a test asks for, which is quick and the same on all machines.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    class Project:
        path = pytester.path

        def write(self, name, text):
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")

        def run(self, *arguments):
            plugin = "nnref.equations.pytest_plugin"
            return pytester.runpytest_inprocess("-p", plugin, *arguments)

    return Project()


def ids(result):
    """Return the tests that `--collect-only -q` lists, in order."""
    return [line for line in result.outlines if "::" in line]


def test_the_package_declares_the_plugin():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = tomllib.loads(text)["project"]
    assert declared["entry-points"]["pytest11"] == {
        NAME: "nnref.equations.pytest_plugin"
    }
    module, _, function = declared["scripts"]["nnref"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.skipif(not INSTALLED, reason="nnref is not installed")
def test_pytest_finds_the_plugin_by_itself(project, pytester, monkeypatch):
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    project.write("page.md", "$dZ = A - Y$ and $dZ = A + Y$")
    result = pytester.runpytest_subprocess("--equations", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)


def test_nothing_happens_without_the_option(project):
    project.write("page.md", "$dZ = A + Y$")
    assert project.run().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_equations_are_tests(project):
    project.write("docs/page.md", PAGE)
    result = project.run("--equations", "-v")
    result.assert_outcomes(passed=len(IDS))
    for name in IDS:
        result.stdout.fnmatch_lines(
            [f"docs/page.md::{name} PASSED*".replace("[", "[[]")]
        )
    result.stdout.fnmatch_lines(
        [
            "1 definition, 4 holds, 1 refuted as declared, 1 skipped",
            "not checked, as declared: docs/page.md:20: it speaks of computers",
        ]
    )


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("dZ = A + Y", "fails"),
        ("Z = w^T * X + b", "ill-typed"),
        (r"\foo = 3", "not-checked"),
        ("Z = Z", "vacuous"),
        ("dZ = Q", "not-checked"),
    ],
)
def test_what_is_not_right_fails(project, formula, verdict):
    project.write("page.md", f"# A page\n\n$dZ = A - Y$\n\n$$\n{formula}\n$$\n")
    result = project.run("--equations")
    result.assert_outcomes(passed=1, failed=1)
    shown = formula.replace("[", "[[]")
    result.stdout.fnmatch_lines(
        [
            "*_ equation line 6 _*",
            f"page.md:6: {verdict}: {shown}",
            f"  {shown}",
            "  *^*",
            f"FAILED page.md::equation line 6 - page.md:6: {verdict}*",
        ]
    )
    text = result.stdout.str()
    assert "Traceback" not in text
    assert "pytest_plugin.py" not in text
    assert len(text[text.index("FAILURES") :].splitlines()) < 20


@pytest.mark.parametrize("formula", ["dZ = A - Y", r"\foo = 3", "W", "Z = Z"])
def test_what_is_declared_wrong_must_be_refuted(project, formula):
    project.write("page.md", f"<!-- nnref: fails -->\n\n$$\n{formula}\n$$\n")
    result = project.run("--equations")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["  declared wrong, but *"])


def test_the_link_that_is_wrong_is_named(project):
    chain = "\\begin{aligned}\nA &= \\sigma(Z) \\\\\n&= \\frac{1}{1 - e^{-Z}}\n"
    project.write("page.md", f"$$\n{chain}\\end{{aligned}}\n$$\n")
    result = project.run("--equations")
    result.stdout.fnmatch_lines(["page.md:3: fails: *", "*hint: *+*"])


def test_a_mistake_in_a_comment_is_an_error(project):
    project.write("page.md", "$dZ = A - Y$\n\n<!-- nnref: fials -->\n\n$dZ = A + Y$")
    result = project.run("--equations")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["page.md:3: 'fials' is not known*"])
    assert "Traceback" not in result.stdout.str()


def test_a_formula_that_is_not_closed_fails(project):
    project.write("page.md", "$$\ndZ = A - Y\n\nwords")
    result = project.run("--equations")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["page.md:1: not-checked*", "*$$ is not closed*"])


def test_one_test_alone_knows_the_names_of_the_page(project):
    project.write("page.md", PAGE)
    result = project.run("--equations", "page.md::equation line 29")
    result.assert_outcomes(passed=1)
    result = project.run("--equations", "-k", "29")
    result.assert_outcomes(passed=1, deselected=len(IDS) - 1)


def test_tests_in_another_order_find_the_same(project):
    project.write("page.md", PAGE)
    project.write(
        "conftest.py",
        """
        def pytest_collection_modifyitems(items):
            items.reverse()
        """,
    )
    project.run("--equations").assert_outcomes(passed=len(IDS))


def test_names_of_tests_are_stable(project):
    project.write("page.md", PAGE)
    first = ids(project.run("--equations", "--collect-only", "-q"))
    second = ids(project.run("--equations", "--collect-only", "-q"))
    assert first == second == [f"page.md::{name}" for name in IDS]


def test_collecting_checks_nothing(project, monkeypatch):
    def broken(*_, **__):
        raise AssertionError("it was checked")

    monkeypatch.setattr("nnref.equations.outcomes.check", broken)
    project.write("page.md", PAGE)
    assert len(ids(project.run("--equations", "--collect-only", "-q"))) == len(IDS)


def test_without_a_cache(project):
    project.write("page.md", PAGE)
    result = project.run("--equations", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=len(IDS))


def test_what_failed_last_time_is_run_again(project):
    project.write("page.md", PAGE.replace("dZ = A - Y", "dZ = A + Y", 1))
    project.run("--equations").assert_outcomes(passed=len(IDS) - 1, failed=1)
    project.run("--equations", "--lf").assert_outcomes(failed=1)


def test_warnings_as_errors(project):
    project.write("page.md", PAGE)
    project.run("--equations", "-W", "error").assert_outcomes(passed=len(IDS))


def test_snippets_and_equations_of_one_file(project):
    pytest.importorskip("pytest_codeblocks")
    project.write("page.md", PAGE)
    snippets = ["-p", "pytest_codeblocks.plugin", "--codeblocks"]
    both = project.run("--equations", *snippets, "-v")
    both.assert_outcomes(passed=len(IDS) + 1)
    both.stdout.fnmatch_lines(["page.md::line 31 PASSED*"])
    both.stdout.fnmatch_lines([f"page.md::{IDS[0]} PASSED*"])
    for name in (IDS[0], IDS[2], "line 31"):
        one = project.run("--equations", *snippets, f"page.md::{name}", "-v")
        one.assert_outcomes(passed=1)
        one.stdout.fnmatch_lines([f"page.md::{name} PASSED*"])
    alone = project.run(*snippets, "-v")
    alone.assert_outcomes(passed=1)
    alone.stdout.fnmatch_lines(["page.md::line 31 PASSED*"])


# Which files

MODULE = '''
# nnref: model=logistic
def function():
    r"""The formula is $dZ = A + Y$."""
'''
SCRIPT = """\
# %% [markdown]
# <!-- nnref: model=logistic -->
#
# Here $dZ = A + Y$.

# %%
print("hello")
"""


def test_other_files_are_named_by_patterns(project):
    project.write("page.md", "$dZ = A - Y$")
    project.write("package/module.py", MODULE)
    project.write("notebooks/script.py", SCRIPT)
    project.write("notebooks/other.py", SCRIPT)
    project.run("--equations").assert_outcomes(passed=1)
    project.write(
        "pytest.ini",
        """
        [pytest]
        nnref_equations = *.md package/*.py script.py
        """,
    )
    result = project.run("--equations", "-v")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "notebooks/script.py::equation line 4 FAILED*",
            "package/module.py::equation line 4 FAILED*",
            "page.md::equation line 1 PASSED*",
        ]
    )


def test_a_file_that_is_given_is_read(project):
    project.write("module.py", MODULE)
    project.write("notes.tex", "$dZ = A + Y$")
    result = project.run("--equations", "module.py", "notes.tex")
    result.assert_outcomes(failed=2)


def test_cells_of_notebooks_are_named(project):
    cell = '{"cell_type": "markdown", "source": "so $dZ = A + Y$"}'
    project.write("lecture.ipynb", f'{{"cells": [{cell}, {cell}]}}')
    result = project.run("--equations", "lecture.ipynb")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "lecture.ipynb:cell 1:1: fails: dZ = A + Y",
            "FAILED lecture.ipynb::equation cell 1 line 1 - *",
            "FAILED lecture.ipynb::equation cell 2 line 1 - *",
        ]
    )


def test_modules_are_not_run(project):
    project.write("module.py", 'raise SystemExit("run")\n' + MODULE)
    project.write("pytest.ini", "[pytest]\nnnref_equations = *.py\n")
    project.run("--equations").assert_outcomes(failed=1)


def test_an_empty_run_says_so(project):
    project.write("page.md", "words, and $W$")
    project.write("test_it.py", "def test_it(): pass")
    result = project.run("--equations")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["there were none"])
