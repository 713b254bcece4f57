"""A fingerprint of what the site's figures and notebooks are computed with."""

import hashlib
from importlib.metadata import version
from pathlib import Path

import nnref

LIBRARIES = ("numpy", "matplotlib", "scikit-learn")


def package_digest() -> str:
    """Changes when a Python file of the package does, or a library is another one."""
    root = Path(nnref.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()
