"""The built site, and small copies of the project to plant faults in."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


def build(project: Path, site: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Build the site of a project strictly; the project's own package is used."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(
        [*command, "--site-dir", str(site)],
        cwd=project,
        env=build_environment(project, **env),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def build_environment(project: Path, **env: str) -> dict[str, str]:
    addresses = ("SITE_URL", "REPO_URL", "EDIT_URI", "OFFLINE")
    clean = {k: v for k, v in os.environ.items() if k not in addresses}
    quiet = {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(project), "NO_COLOR": "1"}
    return {**clean, **quiet, "PYTHONUTF8": "1", **env}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the project, built strictly as it is published, below a path."""
    target = tmp_path_factory.mktemp("published") / "nnref"
    run = build(
        PROJECT,
        target,
        SITE_URL="https://site.example/nnref/",
        REPO_URL="https://code.example/owner/nnref",
        EDIT_URI="edit/main/docs/",
    )
    assert run.returncode == 0, run.stderr
    return target


@dataclass
class Copy:
    """A small site with the project's own settings, package and theme."""

    root: Path

    @property
    def site(self) -> Path:
        return self.root / "site"

    def write(self, path: str, text: str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return target

    def build(self, **env: str) -> subprocess.CompletedProcess[str]:
        return build(self.root, self.site, **env)

    def html(self, page: str) -> str:
        return (self.site / page / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A project with one empty page; the navigation is left to the files there are."""
    settings = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8")
    settings = re.sub(r"(?m)^nav:\n(?:[ ].*\n)+", "", settings)
    assert "nav:\n  - Learn" not in settings
    settings = settings.replace("      notation: docs/notation.md\n", "")
    assert "notation.md" not in settings
    result = Copy(tmp_path)
    result.write("mkdocs.yml", settings)
    result.write("docs/index.md", "# Home\n")
    for folder in ("nnref", "docs/theme", "docs/assets"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=ignored)
    return result
