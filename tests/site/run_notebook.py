"""Runs the code of a notebook as Jupyter would: in order, in one namespace.

Called with the notebook, the file for the result, the modules that are not installed
where the notebook is read, and the repository, which is not there either. The result is
what each cell printed, and where `nnref` came from.
"""

import contextlib
import io
import json
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path


class NotInstalled(MetaPathFinder):
    def __init__(self, names: list[str]) -> None:
        self.names = set(names)

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


notebook, result, missing, repository = sys.argv[1:]
sys.path = [path for path in sys.path if Path(path).resolve() != Path(repository)]
sys.meta_path.insert(0, NotInstalled(json.loads(missing)))
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
