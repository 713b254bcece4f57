r"""Random wrong formulas: none may hold.

Right equations in the course's notation are changed at random, in one to three places.
What then `holds` is decided anew, on other networks with other sizes and depths, by
comparing numbers: it is either equivalent to be right, or wrong and accepted.

    python -m tests.equations.fuzz --count 10000 --seed 0

It is no part of the ordinary suite. The same seed gives the same formulas.
"""

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np

from nnref.equations import claims, trials
from nnref.equations.models import SEEDS
from nnref.equations.reader import read
from nnref.equations.results import Page
from nnref.equations.show import spell
from nnref.equations.tree import Statement
from nnref.equations.trials import Trial
from tests.equations import mutants

LOGISTIC = {"model": "logistic"}
SHALLOW = {"model": "shallow"}
DEEP = {"model": "deep"}
SOFTMAX = {"model": "deep", "output": "softmax"}
AUTO: dict[str, str] = {}

RIGHT = [
    (
        LOGISTIC,
        r"""
        z^{(i)} = w^T x^{(i)} + b
        Z = w^T X + b
        a^{(i)} = \sigma(z^{(i)})
        A = \sigma(Z)
        z = \sum_{j=1}^{n_x} w_j x_j + b
        \sigma(z) = \frac{1}{1 + e^{-z}}
        \sigma'(z) = \sigma(z) (1 - \sigma(z))
        \tanh'(z) = 1 - \tanh(z)^2
        \tanh(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}}
        \frac{da}{dz} = a (1 - a)
        \mathcal{L} = -(y \log a + (1 - y) \log(1 - a))
        \mathcal{L} = \log(1 + e^z) - y z
        \mathcal{J} = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}
        \mathcal{J} = -\frac{1}{m} \sum_{i=1}^m
            (y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log(1 - a^{(i)}))
        da = -\frac{y}{a} + \frac{1 - y}{1 - a}
        da = \frac{a - y}{a (1 - a)}
        dz = a - y
        dz = da \, a (1 - a)
        dz = \frac{\partial \mathcal{L}}{\partial a} \frac{\partial a}{\partial z}
        dZ = A - Y
        dZ = m \frac{\partial \mathcal{J}}{\partial Z}
        \frac{\partial \mathcal{J}}{\partial z^{(i)}} = \frac{1}{m} (a^{(i)} - y^{(i)})
        \frac{\partial \mathcal{L}^{(i)}}{\partial w} = x^{(i)} (a^{(i)} - y^{(i)})
        \frac{\partial \mathcal{L}^{(i)}}{\partial b} = a^{(i)} - y^{(i)}
        dw_j = \frac{1}{m} \sum_{i=1}^{m} x_j^{(i)} dz^{(i)}
        dw = \frac{1}{m} \sum_{i=1}^{m} x^{(i)} dz^{(i)}
        dw = \frac{1}{m} X \, dZ^T
        dw = \frac{1}{m} X (A - Y)^T
        db = \frac{1}{m} \sum_{i=1}^{m} dz^{(i)}
        db = \frac{1}{m} np.sum(dZ)
        w := w - \alpha \, dw
        b := b - \alpha \, db
        w = w - \frac{\alpha}{m} X (A - Y)^T
        """,
    ),
    (
        SHALLOW,
        r"""
        Z^{[1]} = W^{[1]} X + b^{[1]}
        A^{[1]} = g^{[1]}(Z^{[1]})
        Z^{[2]} = W^{[2]} A^{[1]} + b^{[2]}
        A^{[2]} = \sigma(Z^{[2]})
        z_j^{[1]} = w_j^{[1]T} x + b_j^{[1]}
        dZ^{[2]} = A^{[2]} - Y
        dW^{[2]} = \frac{1}{m} dZ^{[2]} A^{[1]T}
        db^{[2]} = \frac{1}{m} \sum_{i=1}^{m} dz^{[2](i)}
        dZ^{[1]} = W^{[2]T} dZ^{[2]} \odot g^{[1]\prime}(Z^{[1]})
        dW^{[1]} = \frac{1}{m} dZ^{[1]} X^T
        db^{[1]} = \frac{1}{m} np.sum(dZ^{[1]}, axis=1, keepdims=True)
        dW^{[1]} = \frac{1}{m} (W^{[2]T} (A^{[2]} - Y) \odot g'(Z^{[1]})) X^T
        W^{[1]} := W^{[1]} - \alpha \, dW^{[1]}
        b^{[2]} := b^{[2]} - \alpha \, db^{[2]}
        """,
    ),
    (
        DEEP,
        r"""
        Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}
        A^{[l]} = g^{[l]}(Z^{[l]})
        A^{[l]} = g^{[l]}(W^{[l]} A^{[l-1]} + b^{[l]})
        z^{[l](i)} = W^{[l]} a^{[l-1](i)} + b^{[l]}
        z_j^{[l]} = \sum_{k=1}^{n^{[l-1]}} w_{jk}^{[l]} a_k^{[l-1]} + b_j^{[l]}
        z_j^{[l](i)} = w_j^{[l]T} a^{[l-1](i)} + b_j^{[l]}
        \mathcal{J} = -\frac{1}{m} \sum_{i=1}^{m} \sum_{j=1}^{n^{[L]}}
            (y_j^{(i)} \log a_j^{[L](i)} + (1 - y_j^{(i)}) \log (1 - a_j^{[L](i)}))
        dA^{[L]} = \frac{1 - Y}{1 - A^{[L]}} - \frac{Y}{A^{[L]}}
        dZ^{[L]} = A^{[L]} - Y
        dZ^{[l]} = dA^{[l]} \odot g^{[l]\prime}(Z^{[l]})
        dZ^{[l]} = W^{[l+1]T} dZ^{[l+1]} \odot g^{[l]\prime}(Z^{[l]})
        dA^{[l-1]} = W^{[l]T} dZ^{[l]}
        dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1]T}
        dW^{[l]} = \frac{1}{m} \sum_{i=1}^{m} dz^{[l](i)} a^{[l-1](i)T}
        db^{[l]} = \frac{1}{m} \sum_{i=1}^{m} dz^{[l](i)}
        dW^{[l]} = dz^{[l]} a^{[l-1]T}
        dw_{jk}^{[l]} = dz_j^{[l]} a_k^{[l-1]}
        da_k^{[l-1]} = \sum_{j=1}^{n^{[l]}} w_{jk}^{[l]} dz_j^{[l]}
        \frac{\partial z^{[l]}}{\partial a^{[l-1]}} = W^{[l]}
        \frac{\partial \mathcal{J}}{\partial W^{[l]}} =
            \sum_{i=1}^{m} \frac{\partial \mathcal{J}}{\partial z^{[l](i)}}
            a^{[l-1](i)T}
        m \frac{\partial \mathcal{J}}{\partial Z^{[l]}} = dZ^{[l]}
        W^{[l]} := W^{[l]} - \alpha \, dW^{[l]}
        b^{[l]} := b^{[l]} - \frac{\alpha}{m} \sum_{i=1}^{m} dz^{[l](i)}
        Z^{[2]} = W^{[2]} g^{[1]}(W^{[1]} X + b^{[1]}) + b^{[2]}
        dW^{[1]} = \frac{1}{m} dZ^{[1]} X^T
        """,
    ),
    (
        SOFTMAX,
        r"""
        a_j^{[L]} = \frac{e^{z_j^{[L]}}}{\sum_{k=1}^{C} e^{z_k^{[L]}}}
        \sum_{j=1}^{C} a_j^{[L]} = 1
        \mathcal{L}^{(i)} = -\sum_{j=1}^{C} y_j^{(i)} \log a_j^{[L](i)}
        dZ^{[L]} = A^{[L]} - Y
        dA^{[L]} = -\frac{Y}{A^{[L]}}
        dz^{[L]} = (\operatorname{diag}(a^{[L]}) - a^{[L]} a^{[L]T}) \, da^{[L]}
        dW^{[L]} = \frac{1}{m} (A^{[L]} - Y) A^{[L-1]T}
        """,
    ),
    (
        AUTO,
        r"""
        dZ^{[1]} = W^{[2]T} dZ^{[2]} * (1 - A^{[1]} \odot A^{[1]})
        dZ^{[2]} = A^{[2]} - Y
        Z = W X + b
        dw_1 = x_1 \, dz
        dW_2 = dz_2 a_1^T
        dz_1 = W_2^T dz_2 \odot g'(z_1)
        g'(z) = g(z) (1 - g(z))
        """,
    ),
]


@dataclass(frozen=True)
class Accepted:
    """A mutant that holds: whether it is right elsewhere, too."""

    original: str
    changes: tuple[str, ...]
    text: str
    assuming: tuple[str, ...]
    wrong: bool


def right_equations() -> list[tuple[dict[str, str], str]]:
    """The list above, one by one: a line that is indented more goes on."""
    found = []
    for declared, text in RIGHT:
        lines: list[str] = []
        for line in text.strip("\n").rstrip().splitlines():
            if line.startswith(" " * 12):
                lines[-1] += " " + line.strip()
            else:
                lines.append(line.strip())
        found += [(declared, line) for line in lines]
    return found


def written(statement: Statement) -> str:
    """Write a statement, as the checker reads it."""
    sides = [spell(side) for side in statement.sides]
    return f" {statement.relations[0]} ".join(sides)


def changed(
    statement: Statement, rng: random.Random
) -> tuple[Statement, tuple[str, ...]]:
    """Change a statement at random, in one to three places."""
    done: list[str] = []
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        found = list(mutants._all_changes(statement, " " * 10_000))
        if not found:
            break
        # First a kind, then one of it: else what occurs often crowds out the rest.
        kind = rng.choice(sorted({kind for kind, _, _ in found}))
        kind, what, statement = rng.choice([x for x in found if x[0] == kind])
        done.append(f"{kind} {what.strip()}".strip())
    return statement, tuple(done)


def holds(statement: Statement, declared: dict[str, str]) -> Trial | None:
    """The setting under which a statement holds, as `check` would find it."""
    page = Page(declared)
    for trial in trials.trials_of(statement, declared):
        verdict, _ = mutants.claim(statement, page, trial, SEEDS[:1])
        if verdict == "holds":
            verdict, _ = mutants.claim(statement, page, trial, SEEDS)
        if verdict == "holds":
            return trial
    return None


def wrong_elsewhere(
    original: Statement, statement: Statement, declared: dict[str, str], trial: Trial
) -> bool:
    """Tell whether what holds fails on networks that it was not tried on.

    Both sides are evaluated on fresh seeds and other depths, and compared as numbers
    with a tolerance of their own.
    """
    L = trial.settings.L
    fixed = "L" in declared or L != 4
    depths = (L,) if fixed else (3, 5, 6, 4)
    for depth in depths:
        if mutants._names_a_layer(statement, depth) and depth != L:
            continue
        settings = mutants.replace(trial.settings, L=depth)
        fresh = mutants.replace(trial, settings=settings)
        for seed in (101, 102, 103, 104):
            if differs(statement, declared, fresh, seed):
                return True
    return False


def differs(
    statement: Statement, declared: dict[str, str], trial: Trial, seed: int
) -> bool:
    """Compare both sides entry by entry, for all values of the indices."""
    left, right = statement.sides
    update = trials.updated_parameter(statement)
    network = claims.instance(trial.settings, seed)

    def values(evaluator: claims.Evaluator) -> tuple[object, object]:
        one = claims.updated(evaluator, left) if update else evaluator.value(left)
        return one, evaluator.value(right)

    try:
        found = claims.index_values(
            statement, network, Page(declared), trial, {}, values
        )
        for _, (one, other) in found:
            if np.shape(one) != np.shape(other):
                return True
            if not np.allclose(one, other, rtol=1e-7, atol=1e-10):
                return True
    except claims.Problem:
        return True
    return False


def run(count: int, seed: int) -> tuple[Counter[str], list[Accepted]]:
    """Check that many mutants; each formula once."""
    rng = random.Random(seed)
    equations = []
    for declared, latex in right_equations():
        (statement,) = read(latex)
        if holds(statement, declared) is None:
            raise ValueError(f"this is to be right, and does not hold: {latex}")
        equations.append((declared, latex, statement))
    seen: set[tuple[object, ...]] = set()
    counts: Counter[str] = Counter()
    accepted: list[Accepted] = []
    while sum(counts.values()) < count:
        declared, latex, statement = rng.choice(equations)
        mutant, done = changed(statement, rng)
        identity = (mutant.sides, tuple(declared.items()))
        if identity in seen or mutant.sides == statement.sides:
            continue
        seen.add(identity)
        trial = holds(mutant, declared)
        if trial is None:
            counts["not accepted"] += 1
            continue
        wrong = wrong_elsewhere(statement, mutant, declared, trial)
        counts["wrong and accepted" if wrong else "equivalent"] += 1
        accepted.append(Accepted(latex, done, written(mutant), trial.assuming, wrong))
    return counts, accepted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--all", action="store_true", help="print equivalent ones too")
    options = parser.parse_args()
    start = time.perf_counter()
    with np.errstate(all="ignore"):
        counts, accepted = run(options.count, options.seed)
    for one in accepted:
        if one.wrong or options.all:
            word = "WRONG" if one.wrong else "equivalent"
            print(f"{word}: {one.text}")
            print(f"    from {one.original}")
            print(f"    by {'; '.join(one.changes)}; assuming {one.assuming}")
    seconds = time.perf_counter() - start
    print(f"{dict(counts)} of {options.count}, seed {options.seed}, {seconds:.0f} s")
    return 1 if counts["wrong and accepted"] else 0


if __name__ == "__main__":
    sys.exit(main())
