"""Saving and loading: a round trip, and every kind of bad file."""

import io
import os
import pickle
import zipfile

import numpy as np
import pytest

from nnref import deep_network
from nnref.parameters import load, save

W, b = deep_network.initialize([3, 5, 4, 2])
GOOD = {f"{letter}{k}": x[k] for k in (1, 2, 3) for letter, x in [("W", W), ("b", b)]}


@pytest.mark.parametrize("name", ["network.npz", "network", "network.weights"])
def test_round_trip(tmp_path, name):
    path = tmp_path / name
    save(path, W, b)
    loaded_W, loaded_b = load(path)
    assert os.listdir(tmp_path) == [name], "the name is kept, nothing else is left"
    assert loaded_W[0] is None
    assert loaded_b[0] is None
    for mine, wanted in zip(loaded_W[1:] + loaded_b[1:], W[1:] + b[1:], strict=True):
        assert mine.tolist() == wanted.tolist()


def test_names_and_kinds_in_the_file(tmp_path):
    save(str(tmp_path / "network.npz"), W, b)
    with np.load(tmp_path / "network.npz") as archive:
        assert set(archive.files) == set(GOOD)


def test_more_than_nine_layers_keep_their_order(tmp_path):
    many = deep_network.initialize(list(range(2, 14)))
    save(tmp_path / "many.npz", *many)
    loaded_W, _ = load(tmp_path / "many.npz")
    assert [x.shape for x in loaded_W[1:]] == [x.shape for x in many[0][1:]]


def test_single_precision_is_kept_and_integers_become_numbers(tmp_path):
    ones = [None, np.ones((1, 2), np.float32)], [None, np.zeros((1, 1), int)]
    save(tmp_path / "ones.npz", *ones)
    loaded_W, loaded_b = load(tmp_path / "ones.npz")
    assert loaded_W[1].dtype == np.float32
    assert loaded_b[1].dtype == float


def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "network.npz"
    save(path, W, b)

    def fail(file, **arrays):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="disk full"):
        save(path, W, b)
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["network.npz"]
    assert load(path)[0][3].tolist() == W[3].tolist()


def npz(**changes):
    """Return the bytes of a good file, with arrays changed or (None) left out."""
    arrays = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def zipped(content, name="W1.npy"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def flipped(data):
    """Return the file with one bit of a number changed."""
    at = data.index(W[1].tobytes())
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


class Trap:
    """An object whose unpickling leaves a trace."""

    def __reduce__(self):
        return os.mkdir, ("trapped",)


def with_nan(array):
    return np.where(np.arange(array.size).reshape(array.shape) == 1, np.nan, array)


NOT_NPZ = "F is no .npz file: expected one that save has written"
BAD = {
    "empty": (b"", NOT_NPZ),
    "text": (b"W1 = 3\n", NOT_NPZ),
    "one array": (npy(W[1]), NOT_NPZ),
    "a pickle": (pickle.dumps(Trap()), NOT_NPZ),
    "cut off": (npz()[:-100], NOT_NPZ),
    "a bit flipped": (
        flipped(npz()),
        "F is damaged: expected a file that save has written",
    ),
    "objects": (
        npz(W1=np.array([[Trap()]])),
        "F holds objects or damaged arrays: expected arrays of numbers",
    ),
    "a pickle in a zip file": (
        zipped(pickle.dumps(Trap())),
        "W1 in F is no array: expected numbers",
    ),
    "another file in a zip file": (
        zipped(b"hello", "W1"),
        "W1 in F is no array: expected numbers",
    ),
    "text in an array": (
        npz(b2=np.array([["a"]])),
        "b2 in F has dtype <U1: expected numbers",
    ),
    "a truncated array in a zip file": (
        zipped(npy(W[1])[:-8]),
        "F holds objects or damaged arrays: expected arrays of numbers",
    ),
    "no array at all": (
        npz(**dict.fromkeys(GOOD)),
        "F has no array, and no W1: expected W1, b1, W2, b2 and so on, without a gap",
    ),
    "layer missing": (
        npz(W2=None, b2=None),
        "F has W1, W3, b1, b3, and no W2: "
        "expected W1, b1, W2, b2 and so on, without a gap",
    ),
    "array missing": (
        npz(b3=None),
        "F has an array 'W3': expected W1, b1, W2, b2, and no other",
    ),
    "one array too many": (
        npz(alpha=np.array(0.1)),
        "F has an array 'alpha': expected W1, b1, W2, b2, W3, b3, and no other",
    ),
    "wrong shape": (
        npz(W2=W[2].T),
        "F: W[2] has shape (5, 4), but W[1] has shape (5, 3): "
        "expected (n_2, n_1) = (n_2, 5). Use W[2].T.",
    ),
    "flat": (
        npz(b1=b[1].ravel()),
        "F: b[1] has shape (5,): expected (n_1, 1) = (5, 1). Use b[1].reshape(-1, 1).",
    ),
    "NaN": (
        npz(W3=with_nan(W[3])),
        "F: W[3][0, 1] is nan: expected a finite number (row 0, column 1)",
    ),
    "infinity": (
        npz(b3=np.array([[0.0], [np.inf]])),
        "F: b[3][1, 0] is inf: expected a finite number (row 1, column 0)",
    ),
    "complex": (npz(W1=W[1] + 1j), "F: W[1] is complex: expected real numbers"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused(tmp_path, monkeypatch, content, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "F").write_bytes(content)
    with pytest.raises(ValueError, match=r"^load: ") as caught:
        load("F")
    assert str(caught.value) == f"load: {message}"
    assert os.listdir(tmp_path) == ["F"], "something in the file was run"


def test_the_trap_would_be_noticed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "F").write_bytes(npz(W1=np.array([[Trap()]])))
    with np.load("F", allow_pickle=True) as archive:
        archive["W1"]
    assert "trapped" in os.listdir(tmp_path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing.npz")


def test_save_checks_what_it_writes(tmp_path):
    path = tmp_path / "F"
    with pytest.raises(ValueError, match=r"^save: W\[1\]\[0, 1\] is nan: expected a"):
        save(path, [None, with_nan(W[1])], [None, b[1]])
    with pytest.raises(
        ValueError, match=r"^save: W\[2\] has shape \(5, 4\), but W\[1\]"
    ):
        save(path, [None, W[1], W[2].T], [None, b[1], b[2]])
    with pytest.raises(
        TypeError, match=r"^save: W is of type ndarray: expected a list"
    ):
        save(path, W[1], b[1])
    assert os.listdir(tmp_path) == []
