"""`nnref check` says what it found, in words, in JSON and by its exit code."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import nnref
from nnref.equations import command, show
from nnref.equations.command import main

ROOT = Path(nnref.__file__).parents[1]
RIGHT = "dZ = A - Y"
WRONG = "dZ = A + Y"
UNFIT = "Z = w^T * X + b"
UNREAD = r"\foo = 3"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command in a folder with some files; return code and output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments, **files):
        for name, text in files.items():
            Path(name.replace("_", ".")).write_text(text, encoding="utf-8")
        try:
            code = main(arguments)
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


def process(*arguments, **options):
    """Run the command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "nnref.equations.command", *arguments],
        cwd=options.pop("cwd", ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})},
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


# The exit code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"${RIGHT}$", 0),
        (f"${WRONG}$", 1),
        (f"${UNFIT}$", 1),
        (f"${UNREAD}$", 2),
        (f"${UNREAD}$ ${WRONG}$", 1),
        (f"${RIGHT}$ ${UNREAD}$", 2),
        ("$W$ and $b$", 0),
        ("words", 0),
        ("", 0),
        ("$$\na = b", 2),
        (f"<!-- nnref: fails -->\n${WRONG}$", 0),
        (f"<!-- nnref: fails -->\n${UNFIT}$", 0),
        (f"<!-- nnref: fails -->\n${RIGHT}$", 1),
        (f"<!-- nnref: fails -->\n${UNREAD}$", 1),
        ("<!-- nnref: fails -->\n$W$", 1),
        (f"<!-- nnref: skip it is new -->\n${UNREAD}$", 0),
        (f"<!-- nnref: skip it is new -->\n${UNREAD}$ ${WRONG}$", 1),
        ("<!-- nnref: definition -->\n$q = A - Y$ and $dZ = q$", 0),
        (f"<!-- nnref: fials -->\n${RIGHT}$", 2),
        ("$Z = Z$", 0),
    ],
)
def test_exit_code(run, text, code):
    assert run("check", "a.md", a_md=text)[0] == code


def test_a_failure_counts_more_than_a_file_that_is_missing(run):
    assert run("check", "none.md")[0] == 2
    assert run("check", "none.md", "a.md", a_md=f"${WRONG}$")[0] == 1
    assert run("check", "none.md", "a.md", a_md=f"${RIGHT}$")[0] == 2


# The table


def test_the_table(run):
    text = f"Some $A$.\n\n$$\n{RIGHT}\n$$\n\nAnd ${WRONG}$, ${UNFIT}$.\n\n${UNREAD}$"
    code, out, err = run("check", "a.md", a_md=text)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0] == "a.md"
    assert lines[1] == "     4  holds        dZ = A - Y"
    assert lines[2] == "     7  fails        dZ = A + Y"
    assert lines[3:7] == [
        "        a.md:7",
        "        dZ = A + Y",
        "        ^^^^^^^^^^",
        "        read as: dZ = A + Y",
    ]
    assert lines[7].startswith("        entry (1, 1) is ")
    assert "     7  ill-typed    Z = w^T * X + b" in lines
    assert "        read as: Z = wᵀ ⊙ X + b" in lines
    assert "     9  not-checked  \\foo = 3" in lines
    assert lines[-1] == "4 equations: 1 holds, 1 not-checked, 1 ill-typed, 1 fails"
    assert "\x1b" not in out


def test_the_mark_stands_below_the_place(run):
    rows = "  dZ &= A - Y \\\\\n  Z &= w^T * X + b"
    text = f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$"
    _, out, _ = run("check", "a.md", a_md=text)
    lines = [line.removeprefix("        ") for line in out.splitlines()]
    at = lines.index("Z &= w^T * X + b")
    assert lines[at - 1] == "a.md:4"
    row, marks = lines[at], lines[at + 1]
    assert "X" in row[marks.index("^") : len(marks)]
    assert set(marks) == {" ", "^"}


def test_what_is_declared_is_shown(run):
    text = f"<!-- nnref: fails -->\n${WRONG}$\n<!-- nnref: skip too new -->\n${UNREAD}$"
    _, out, _ = run("check", "a.md", a_md=text)
    assert "     2  fails        dZ = A + Y   as declared" in out
    assert "     4  skipped      \\foo = 3   too new" in out
    assert out.endswith("2 equations: 1 refuted as declared, 1 skipped\n")


def test_names_that_nobody_knows_are_told(run):
    text = f"$q$ is new, ${RIGHT}$, $W^{{[l]}}$, $\\alpha$ and $n^{{[l]}}$ are not."
    text += "\n\nHere $\\mu$ and $q$.\n\n<!-- nnref: definition -->\n$r = A - Y$, $r$"
    code, out, _ = run("check", "a.md", a_md=text)
    assert code == 0
    assert out.endswith("\nnot in the notation: q (a.md:1), mu (a.md:3)\n")
    assert "not in" not in run("check", "a.md", a_md=f"$W$ and ${RIGHT}$")[1]


def test_a_wrong_declaration_is_explained(run):
    _, out, _ = run("check", "a.md", a_md=f"<!-- nnref: fails -->\n${RIGHT}$")
    assert "declared wrong, but the verdict is holds" in out
    _, out, _ = run("check", "a.md", a_md=f"<!-- nnref: fails -->\n${UNREAD}$")
    assert "declared wrong, but that could not be shown: " in out


def test_a_mistake_in_a_comment_names_the_line_and_checks_nothing(run):
    text = f"${WRONG}$\n\n<!-- nnref: model=dep -->\n"
    code, out, err = run("check", "a.md", a_md=text)
    assert code == 2
    assert "nnref check: a.md:3: model is 'dep': it can be auto" in err
    assert "fails" not in out


def test_the_table_is_as_wide_as_asked(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    long = " + ".join(["A"] * 40)
    _, out, _ = run("check", "a.md", a_md=f"$dZ = {long} - Y$ and $dZ = \\foo {long}$")
    assert max(map(show.cells, out.splitlines())) <= 50
    assert show.ELLIPSIS in out
    monkeypatch.delenv("COLUMNS")
    _, out, _ = run("check", "a.md")
    assert f"dZ = {long} - Y" in out


def test_a_terminal_gets_no_orders_from_a_file(run):
    text = "$A = \x1b]0;x\x07 \\foo$\n\n<!-- nnref: \x1b[31m -->"
    code, out, err = run("check", "a.md", a_md=text)
    assert code == 2
    assert "\x1b" not in out + err
    _, out, _ = run("check", "a.md", a_md="$A = \x1b]0;x\x07 \\foo$")
    assert "\x1b" not in out


# JSON


def test_json(run):
    text = f"Some $A$.\n\n$$\n{RIGHT}\n$$\n\n${UNFIT}$ and ${UNREAD}$"
    code, out, err = run("check", "--json", "a.md", a_md=text)
    assert (code, err) == (1, "")
    objects = [json.loads(line) for line in out.splitlines()]
    keys = "file line latex verdict model assuming range max_error message hints"
    assert [list(x) for x in objects] == [keys.split()] * 3
    assert [x["verdict"] for x in objects] == ["holds", "ill-typed", "not-checked"]
    assert [x["line"] for x in objects] == [4, 7, 7]
    assert objects[0]["file"] == "a.md"
    assert objects[0]["latex"] == RIGHT
    assert objects[0]["max_error"] < 1e-9
    assert objects[1]["max_error"] is None
    assert objects[1]["message"]


def test_json_names_the_cell_of_a_notebook(run):
    cells = [
        {"cell_type": "code", "source": ""},
        {"cell_type": "markdown", "source": f"a\n\n${RIGHT}$"},
    ]
    text = json.dumps({"cells": cells})
    _, out, _ = run("check", "--json", "a.ipynb", a_ipynb=text)
    found = json.loads(out)
    assert (found["line"], found["cell"]) == (3, 2)
    _, out, _ = run("check", "a.ipynb")
    assert "   2:3  holds" in out


def test_json_stays_json_when_a_file_is_missing(run):
    code, out, err = run("check", "--json", "none.md", "a.md", a_md=f"${RIGHT}$")
    assert (code, err) == (2, "nnref check: none.md: no such file\n")
    assert json.loads(out)["verdict"] == "holds"


# Equations that are given


def test_an_equation_that_is_given(run):
    assert run("check", "-e", RIGHT)[0] == 0
    assert run("check", "-e", WRONG)[0] == 1
    assert run("check", "-e", RIGHT, "-e", WRONG)[0] == 1
    code, out, _ = run("check", "-e", "W")
    assert code == 2
    assert "there is no relation to check" in out
    assert run("check", "-e", "")[0] == 2


@pytest.mark.parametrize(
    "text", ["${}$", "$${}$$", r"\({}\)", r"\[ {} \]", " ${}$ ", "$$\n{}\n$$"]
)
def test_the_signs_around_it_are_left_out(run, text):
    code, out, _ = run("check", "--json", "-e", text.replace("{}", RIGHT))
    assert (code, json.loads(out)["latex"]) == (0, RIGHT)


@pytest.mark.parametrize("latex", ["-dZ = Y - A", "-dZ=Y-A", "--dZ = A - Y", "-"])
def test_an_equation_can_begin_with_a_minus(run, latex):
    code, out, err = run("check", "--json", "-e", latex)
    assert err == ""
    assert json.loads(out)["latex"] == latex
    assert code == (0 if latex.startswith("-d") else 2)


def test_an_equation_that_is_forgotten(run):
    assert "expected one argument" in run("check", "-e")[2]


def test_equations_that_are_given_share_their_names(run):
    assert run("check", "-e", "q = A - Y", "-e", "dZ = q")[0] == 0
    assert run("check", "-e", "q = A + Y", "-e", "dZ = q")[0] == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"so ${RIGHT}$ is", 0),
        (f"so ${WRONG}$ is", 1),
        (RIGHT, 0),
        (WRONG + "\n", 1),
        ("", 2),
        ("```\n$ rm x\n```\n", 0),
    ],
)
def test_the_standard_input(run, monkeypatch, text, code):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run("check", "-")[0] == code


def test_the_standard_input_is_text(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    code, _, err = run("check", "-")
    assert code == 2
    assert err == "nnref check: -: it is no text in UTF-8: see byte 1\n"


# Models

TANH = r"dZ^{[1]} = W^{[2]T} dZ^{[2]} \odot (1 - A^{[1]} \odot A^{[1]})"
LOGISTIC = r"dw = \frac{1}{m} X dZ^T"


def test_the_model(run):
    assert run("check", "--model", "logistic", "-e", LOGISTIC)[0] == 0
    assert run("check", "--model", "deep g=tanh", "-e", TANH)[0] == 0
    assert run("check", "--model", "deep g=sigmoid", "-e", TANH)[0] == 1


def test_the_file_knows_better_than_the_option(run):
    text = f"<!-- nnref: model=deep g=sigmoid -->\n${TANH}$"
    assert run("check", "--model", "deep g=tanh", "a.md", a_md=text)[0] == 1


@pytest.mark.parametrize("model", ["dep", "", "deep g=x", "deep tanh", "g="])
def test_a_model_that_is_not_known(run, model):
    code, out, err = run("check", "--model", model, "-e", RIGHT)
    assert (code, out) == (2, "")
    assert "argument --model: " in err
    assert "Traceback" not in err


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--", "-e", "x"], "-e: no such file"),
        ([], "give files, or -e LATEX, or - for the standard input"),
        (["none.md"], "none.md: no such file"),
        (["."], ".: it is a folder"),
        (["a.doc"], "a.doc: its name ends in none of .md"),
        (["binary.md"], "binary.md: it is no text in UTF-8"),
        (["a.ipynb"], "a.ipynb: it is no Jupyter notebook"),
        (["a.py"], "a.py:1: it cannot be read as Python"),
        (["-", "-"], "- can be given once"),
        (["--nope"], "unrecognized arguments: --nope"),
    ],
)
def test_bad_input(run, tmp_path, arguments, message):
    (tmp_path / "binary.md").write_bytes(bytes(range(256)))
    files = {"a_doc": "x", "a_ipynb": "x", "a_py": "x ="}
    code, out, err = run("check", *arguments, **files)
    assert code == 2
    assert message in err
    assert "Traceback" not in out + err


def test_a_file_that_may_not_be_read(run, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    code, _, err = run("check", "a.md", a_md="x")
    assert (code, err) == (
        2,
        "nnref check: a.md: it cannot be read: Permission denied\n",
    )


def test_a_defect_of_ours_does_not_end_the_run(run, monkeypatch):
    def broken(latex, *_, **__):
        raise KeyError(latex)

    monkeypatch.setattr("nnref.equations.outcomes.check", broken)
    monkeypatch.setattr("nnref.equations.outcomes.read", broken)
    monkeypatch.setattr("nnref.equations.show.read", broken)
    code, out, err = run("check", "-e", RIGHT, "-e", WRONG)
    assert (code, err) == (2, "")
    assert out.count("a defect of nnref, please report it: KeyError") == 2
    assert run("check", "a.md", a_md="$W$")[0] == 2
    assert run("check", "a.md", a_md=f"<!-- nnref: fails -->\n${WRONG}$")[0] == 1


def test_help_has_examples_that_run(run):
    code, out, _ = run("check", "--help")
    assert code == 0
    assert "examples:" in out
    code, out, _ = run("--help")
    assert "check" in out
    assert run("--version")[1] == f"nnref {nnref.__version__}\n"
    assert run()[0] == 2


# As a process


def test_start_up_loads_only_what_is_needed():
    code = (
        "import sys; from nnref.equations.command import main; "
        "main(['check', '-e', 'dZ = A - Y']); print(*sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in result.stdout.split()}
    heavy = {"tqdm", "yaml", "markdown", "pytest", "matplotlib", "scipy", "sklearn"}
    assert "nnref" in loaded
    assert not loaded & heavy
    assert not [x for x in result.stdout.split() if x.startswith("nnref.site")]


def test_a_reader_that_goes_away(tmp_path):
    path = tmp_path / "a.md"
    path.write_text(f"${WRONG}$\n\n" * 2000, encoding="utf-8")
    with process("check", str(path)) as run:
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == command.NO_READER


@pytest.mark.skipif(os.name == "nt", reason="signals are other there")
def test_an_interrupt_ends_quietly(tmp_path):
    path = tmp_path / "a.md"
    path.write_text(f"${WRONG}$\n\n" * 20_000, encoding="utf-8")
    with process("check", str(path), env={"PYTHONUNBUFFERED": "1"}) as run:
        run.stdout.readline()
        run.stdout.readline()
        run.send_signal(signal.SIGINT)
        _, err = run.communicate()
    assert (run.returncode, err) == (command.INTERRUPTED, b"")


def test_output_that_cannot_hold_all_letters(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("$dZ = A \\odot Ŷ$", encoding="utf-8")
    with process("check", str(path), env={"PYTHONIOENCODING": "ascii"}) as run:
        out, err = run.communicate()
    assert err == b""
    assert rb"\u0176" in out


def in_terminal(*arguments, **env):
    """Return what the command prints on a terminal, 60 columns wide."""
    pty = pytest.importorskip("pty")
    parent, child = pty.openpty()
    termios = pytest.importorskip("termios")
    termios.tcsetwinsize(child, (24, 60))
    clean = {"COLUMNS": "", "TERM": "xterm", "NO_COLOR": "", **env}
    run = process("check", *arguments, stdout=child, stderr=child, env=clean)
    os.close(child)
    out = b""
    while True:
        try:
            chunk = os.read(parent, 65536)
        except OSError:
            break
        if not chunk:
            break
        out += chunk
    run.wait()
    os.close(parent)
    return out.decode()


def test_colours_are_for_terminals():
    assert "\x1b[32mholds" in in_terminal("-e", RIGHT)
    out = in_terminal("-e", WRONG)
    assert "\x1b[31mfails" in out
    assert "\x1b[31m^^^^^^^^^^\x1b[0m" in out
    assert "\x1b" not in in_terminal("-e", RIGHT, NO_COLOR="1")
    assert "\x1b" not in in_terminal("-e", RIGHT, TERM="dumb")


def test_long_files_have_a_progress_bar(tmp_path):
    pytest.importorskip("tqdm")
    path = tmp_path / "a.md"
    path.write_text(f"${RIGHT}$\n\n" * (command.MANY + 50), encoding="utf-8")
    out = in_terminal(str(path))
    assert f"/{command.MANY + 50}" in out
    path.write_text(f"${RIGHT}$\n\n" * 3, encoding="utf-8")
    assert "formula/s" not in in_terminal(str(path))
