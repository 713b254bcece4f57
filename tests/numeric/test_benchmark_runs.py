"""The benchmark runs, and its peers take the same steps. Nothing is timed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "training_step.py"
NUMBER = r" +[\d.]+"
MAYBE = r" +([\d.]+|-)"  # torch is not installed with the tests


def run(script, *options):
    return subprocess.run(
        [sys.executable, script, *options, "--turns", "1", "--steps", "1"],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("sizes", ["3-1", "3-5-4-3"])
def test_benchmark_runs(sizes):
    done = run(SCRIPT, "--sizes", sizes, "--examples", "20")
    assert done.returncode == 0, done.stderr
    _, _, _, header, line, *rest = done.stdout.splitlines()
    names = ["sizes", "examples", "products", "nnref", "torch", "sklearn", "lossgrad"]
    assert header.split() == names
    # lossgrad is not public: a version of scikit-learn may lack it.
    times = NUMBER * 2 + MAYBE + NUMBER + MAYBE
    ratios = NUMBER + MAYBE + NUMBER + MAYBE
    assert re.fullmatch(sizes + " +20" + times + ratios, line)
    torch_is_there = line.split()[4] != "-"
    assert ("Left out, since they are not installed: torch" in rest) != torch_is_there


def test_peers_that_disagree_are_noticed(tmp_path):
    root = "Path(__file__).resolve().parents[2]"
    text = SCRIPT.read_text("utf-8").replace(root, repr(str(SCRIPT.parents[2])))
    fault = text.replace("cost(Z[L], Y, g[L])", "W = [None, *(2 * x for x in W[1:])]")
    assert fault != text
    script = tmp_path / "fault.py"
    script.write_text(fault, "utf-8")
    done = run(script, "--sizes", "3-4-1", "--hidden", "tanh")
    assert done.returncode != 0
    assert "Not equal to tolerance rtol=1e-09" in done.stderr
