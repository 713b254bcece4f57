"""A fingerprint of the package's source, for whatever was computed with it."""

import hashlib
from pathlib import Path

import nnref


def package_digest() -> str:
    """Changes when any Python file of the package does."""
    root = Path(nnref.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()
