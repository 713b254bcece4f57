"""Change each operator and constant of the numeric modules, and run their tests.

    python tests/mutate_package.py activations losses
    python tests/mutate_package.py --sample 40 --seed 0

It is no part of the ordinary suite: it takes seconds for each change. A change that no
test notices is printed. The project itself is not touched: a copy is.
"""

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]
EVERYWHERE = ["test_layer_errors.py", "test_shape_errors.py"]
TESTS = {
    "activations": ["test_activations.py", "test_deep_network.py"],
    "losses": ["test_losses.py", "test_deep_network.py"],
    "initialization": ["test_initialization.py"],
    "gradient_checking": ["test_gradient_checking.py"],
    "gradient_descent": ["test_gradient_descent.py"],
    "parameters": ["test_parameters.py"],
    "logistic_regression": ["test_logistic_regression.py", *EVERYWHERE],
    "shallow_network": ["test_shallow_network.py", *EVERYWHERE],
    "deep_network": ["test_deep_network.py", *EVERYWHERE],
}
OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def changes(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Yield the module with one change, and where it is."""
    nodes = [node for node in ast.walk(tree)]
    skipped = _not_executed(tree)
    for place, node in enumerate(nodes):
        if id(node) in skipped:
            continue
        for what, change in _of(node):
            changed = copy.deepcopy(tree)
            twin = list(ast.walk(changed))[place]
            before = ast.unparse(node)
            change(twin)
            line = getattr(node, "lineno", 0)
            yield f"{line}: {what} in {before[:70]}", ast.fix_missing_locations(changed)


def _not_executed(tree: ast.Module) -> set[int]:
    """Annotations, and all but what stands in functions."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        found: list[ast.AST | None] = []
        if isinstance(node, ast.arg | ast.AnnAssign):
            found = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            found = [node.returns, *node.decorator_list]
        elif isinstance(node, ast.Raise | ast.JoinedStr):
            found = [node]
        elif isinstance(node, ast.Module):
            found = [x for x in node.body if not isinstance(x, ast.FunctionDef)]
        for one in found:
            if one is not None:
                skipped |= {id(x) for x in ast.walk(one)}
    return skipped


def _of(node: ast.AST) -> Iterator[tuple[str, object]]:
    binary = isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign)
    if binary and type(node.op) in OPERATORS:
        new = OPERATORS[type(node.op)]
        yield f"{new.__name__}", lambda twin: setattr(twin, "op", new())
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        new = OPERATORS[type(node.ops[0])]
        yield f"{new.__name__}", lambda twin: twin.ops.__setitem__(0, new())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "no minus", lambda twin: setattr(twin, "op", ast.UAdd())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield (
            "no not",
            lambda twin: setattr(twin, "operand", ast.UnaryOp(ast.Not(), twin.operand)),
        )
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "opposite", lambda twin: setattr(twin, "value", not twin.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield "one more", lambda twin: setattr(twin, "value", twin.value + 1)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield "no transpose", lambda twin: setattr(twin, "attr", "real")


def survives(folder: Path, module: str) -> bool:
    """Run the tests of a module in the copy; a hang counts as noticed."""
    files = [str(folder / "tests" / "numeric" / name) for name in TESTS[module]]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        run = subprocess.run(
            [*command, "-o", "addopts=", *files],
            cwd=folder,
            env=env,
            capture_output=True,
            timeout=120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", help=", ".join(TESTS))
    parser.add_argument("--sample", type=int, help="only so many, at random")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    work = []
    for module in options.modules or TESTS:
        tree = ast.parse((PROJECT / "nnref" / f"{module}.py").read_text("utf-8"))
        work += [(module, where, changed) for where, changed in changes(tree)]
    if options.sample is not None and options.sample < len(work):
        work = random.Random(options.seed).sample(work, options.sample)
    left = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("nnref", "tests", "docs", "pyproject.toml"):
            source = PROJECT / part
            copy_of = shutil.copytree if source.is_dir() else shutil.copy
            copy_of(source, folder / part)
        for module in dict.fromkeys(module for module, _, _ in work):
            if not survives(folder, module):
                raise SystemExit(f"the tests of {module} fail as it is")
        for module, where, changed in work:
            path = folder / "nnref" / f"{module}.py"
            original = path.read_text("utf-8")
            path.write_text(ast.unparse(changed), "utf-8")
            if survives(folder, module):
                left.append(f"nnref/{module}.py:{where}")
                print(left[-1], flush=True)
            path.write_text(original, "utf-8")
    noticed = len(work) - len(left)
    print(f"{noticed} of {len(work)} changes noticed ({noticed / len(work):.1%})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
