"""`import nnref` needs NumPy and jaxtyping, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import nnref

ROOT = Path(nnref.__file__).parent.parent
EXTRAS = {
    "autograd",
    "beartype",
    "fontTools",
    "IPython",
    "markdown",
    "math_core",
    "matplotlib",
    "mkdocs",
    "pymdownx",
    "pytest",
    "scipy",
    "sklearn",
    "torch",
    "tqdm",
}


def loaded_by(statement):
    """Return the names of all modules that a fresh Python has after `statement`."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    return set(json.loads(run.stdout))


def test_import_needs_only_numpy_and_jaxtyping():
    modules = loaded_by("import nnref")
    assert {"nnref.logistic_regression", "nnref.datasets"} <= modules
    roots = {module.partition(".")[0] for module in modules}
    assert roots & EXTRAS == set()
    assert not [module for module in modules if module.startswith("nnref.site")]
    # What comes with these two, and with Python itself, is all.
    third_party = roots - set(sys.stdlib_module_names) - loaded_by("pass")
    assert {name for name in third_party if not name.startswith("_")} <= {
        "nnref",
        "numpy",
        "jaxtyping",
        "typing_extensions",
        "wadler_lindig",
        "cython_runtime",
    }


@pytest.mark.parametrize("extra", ["tqdm", "sklearn"])
def test_an_extra_that_is_imported_would_be_noticed(extra):
    modules = loaded_by(f"import nnref, {extra}")
    assert extra in modules & EXTRAS


def test_version():
    assert nnref.__version__.count(".") == 2
