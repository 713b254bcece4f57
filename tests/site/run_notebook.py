"""Runs the code of a notebook as Jupyter would: in order, in one namespace.

Called with the notebook, the file for the result, the modules that are not installed
where the notebook is read, and the repository, which is not there either. The result is
what each cell printed, and where `nnref` came from.
"""

import contextlib
import io
import json
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any


class Installed(PathFinder):
    """Finds what is installed where the notebook is read."""

    missing: frozenset[str] = frozenset()

    @classmethod
    def find_spec(cls, name: str, *options: Any) -> Any:
        if name.partition(".")[0] in cls.missing:
            return None  # not an error: libraries ask what is there
        return super().find_spec(name, *options)


notebook, result, missing, repository = sys.argv[1:]
sys.path = [path for path in sys.path if Path(path).resolve() != Path(repository)]
Installed.missing = frozenset(json.loads(missing))
sys.meta_path[sys.meta_path.index(PathFinder)] = Installed
cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
namespace = {"__name__": "__main__"}
printed = []
for cell in cells:
    if cell["cell_type"] == "code":
        code = compile("".join(cell["source"]), f"{notebook}, {cell['id']}", "exec")
        with contextlib.redirect_stdout(io.StringIO()) as stream:
            exec(code, namespace)
        printed.append(stream.getvalue())

import nnref  # noqa: E402  a notebook may not need it, but it has to be the one

found = {"nnref": nnref.__file__, "printed": printed}
Path(result).write_text(json.dumps(found), encoding="utf-8")
