"""A Chromium, driven by Playwright, and the built site behind a local server."""

import functools
import gzip
import http.server
import os
import shutil
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def missing() -> str | None:
    """Why the pages cannot be checked in a browser here, if so."""
    try:
        import axe_playwright_python
        import playwright
    except ImportError:
        return 'Playwright is not installed: pip install -e ".[browser]"'
    del axe_playwright_python, playwright
    if executable() is None:
        return "no Chromium or Chrome on this machine"
    return None


def executable() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    """Where the browser is asked for, as in .ci/run, a skipped check has failed."""
    report = yield
    if report.skipped and os.environ.get("NNREF_BROWSER") == "required":
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable(), args=ARGUMENTS
        )
        yield chromium
        chromium.close()


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves text compressed, as web hosts do, and counts what it sends."""

    sent: ClassVar[dict[str, int]] = {}  # bytes by path; workers ask for files as well

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.endswith("/"):
            path = path / "index.html"
        if not path.is_file():
            super().do_GET()
            return
        kind = self.guess_type(str(path))
        body = path.read_bytes()
        self.send_response(200)
        if kind.startswith(("text/", "application/j", "image/svg")):
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        headers = 200  # about what a response has
        self.sent[self.path] = self.sent.get(self.path, 0) + len(body) + headers

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def server(
    browser: "Browser", tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of the site, built for that address, below a path."""
    from tests.conftest import PROJECT, build

    root = tmp_path_factory.mktemp("served")
    handler = functools.partial(Handler, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        address = f"http://127.0.0.1:{listening.server_port}/nnref/"
        run = build(PROJECT, root / "nnref", SITE_URL=address)
        assert run.returncode == 0, run.stderr
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield address
        listening.shutdown()
