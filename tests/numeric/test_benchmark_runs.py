"""The benchmark runs, and its peers take the same steps. Nothing is timed."""

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "logistic_step.py"


def test_benchmark_runs():
    sizes = ["--features", "3", "--examples", "20", "--turns", "1", "--steps", "1"]
    run = subprocess.run(
        [sys.executable, SCRIPT, *sizes], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    header, line = run.stdout.splitlines()
    assert "partial_fit" in header
    # The last peer is not public: a version of scikit-learn may lack it.
    assert re.fullmatch(
        r" +3 +20( +[\d.]+){2} +([\d.]+|nan) +[\d.]+ ([\d.]+|nan)", line
    )
