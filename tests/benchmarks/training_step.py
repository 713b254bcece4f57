"""Time one training step with its cost: nnref against other libraries.

Run it as

    pip install -e ".[benchmark]"
    python tests/benchmarks/training_step.py

A step is one of gradient descent on all examples, in float64: forward, cost, backward,
update. A network is named by the sizes of its layers. `30-1` is logistic regression,
and with more sizes there are hidden layers. The output is a sigmoid for one unit, and a
softmax for three or more. The peers:

- products: the matrix products of the step alone, of arrays that are there: one a layer
  forward, two a layer backward, one in layer 1. No way to compute with NumPy is faster.
- nnref: the functions of `nnref.logistic_regression` or `nnref.deep_network`, as
  `fit` calls them.
- torch: PyTorch, as its tutorials write a step: `zero_grad`, model, loss, `backward`,
  `step` of plain gradient descent.
- sklearn: `partial_fit` of scikit-learn's `MLPClassifier` with plain gradient descent,
  no regularisation and one batch of all examples. For few examples its checks of
  the data take most of the time.
- lossgrad: for logistic regression, the compiled function that scikit-learn's
  `LogisticRegression` minimises, and the subtraction that makes a step of it. It checks
  nothing. It is not public, so a version of scikit-learn may not have it.

A peer that is not installed is left out, and that is said. Before anything is timed,
all take three steps from equal parameters, and the results must agree to 1e-9.

Each peer runs in a process of its own, so that their thread pools do not disturb each
other, and with one thread, so that what is compared is the work. Then the time is that
of the processor, which other programs add little to; with `--threads 2` it is that of
the clock. The peers take turns. Times are medians over the turns. A ratio is the
median, over the turns, of nnref's time over the peer's: below 1, nnref is faster.
"""

# ruff: noqa: E741 (l is the layer, as in the formulas)

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
ALPHA = 0.1
TURN = 0.1  # seconds that a turn takes, if the number of steps is not given
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

CASES = [  # sizes, examples, hidden activation
    ("30-1", 455, "relu"),
    ("100-1", 10_000, "relu"),
    ("784-1", 5_000, "relu"),
    ("2-4-1", 400, "tanh"),
    ("64-32-16-10", 1_797, "relu"),
    ("12288-20-7-5-1", 209, "relu"),
    ("784-256-128-10", 4_096, "relu"),
]


def problem(n, m):
    """Return the same examples and the same parameters in each process."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n[0], m))
    classes = rng.integers(max(n[-1], 2), size=m)
    layers = range(1, len(n))
    W = [rng.normal(size=(n[l], n[l - 1])) / np.sqrt(n[l - 1]) for l in layers]
    b = [0.1 * rng.normal(size=(n[l], 1)) for l in layers]
    return X, classes, W, b


def labels(n, classes):
    """Return Y: a row of 0 and 1, or a row for each class."""
    return classes[None] * 1.0 if n[-1] == 1 else np.eye(n[-1])[:, classes]


def learned(W, b):
    """Return all parameters, layer by layer, in one list."""
    arrays = [np.ravel(array) for pair in zip(W, b, strict=True) for array in pair]
    return np.concatenate(arrays).tolist()


# Each of these returns a function that takes a step, and one that says what is learned.


def start_products(n, m, hidden):
    X, _, W, _ = problem(n, m)
    L = len(n) - 1
    rng = np.random.default_rng(1)
    W = [None, *W]
    A = [X, *(rng.normal(size=(n[l], m)) for l in range(1, L))]
    dZ = [None, *(rng.normal(size=(n[l], m)) for l in range(1, L + 1))]

    def step():
        for l in range(1, L + 1):
            W[l] @ A[l - 1]
        for l in range(L, 0, -1):
            if l < L:
                W[l + 1].T @ dZ[l + 1]
            dZ[l] @ A[l - 1].T

    return step, lambda: []


def start_nnref(n, m, hidden):
    sys.path.insert(0, str(ROOT))
    model = nnref_logistic if len(n) == 2 and n[1] == 1 else nnref_deep
    return model(n, m, hidden)


def nnref_logistic(n, m, hidden):
    from nnref.logistic_regression import backward, cost, forward, update

    X, classes, W, b = problem(n, m)
    Y = labels(n, classes)
    w, b = W[0].T, b[0].item()

    def step():
        nonlocal w, b
        Z, A = forward(X, w, b)
        cost(Z, Y)
        dw, db = backward(X, A, Y)
        w, b = update(w, b, dw, db, ALPHA)

    return step, lambda: learned([w], [b])


def nnref_deep(n, m, hidden):
    from nnref import activations
    from nnref.deep_network import backward, cost, forward, update

    X, classes, W, b = problem(n, m)
    Y = labels(n, classes)
    W, b = [None, *W], [None, *b]
    L = len(n) - 1
    pair = getattr(activations, hidden), getattr(activations, f"{hidden}_prime")
    output = activations.sigmoid if n[-1] == 1 else activations.softmax
    g = [None, *[pair[0]] * (L - 1), output]
    g_prime = [None, *[pair[1]] * (L - 1), None]

    def step():
        nonlocal W, b
        Z, A = forward(X, W, b, g)
        cost(Z[L], Y, g[L])
        dW, db = backward(Y, W, Z, A, g_prime)
        W, b = update(W, b, dW, db, ALPHA)

    return step, lambda: learned(W[1:], b[1:])


def start_torch(n, m, hidden):
    import torch
    from torch import nn

    X, classes, W, b = problem(n, m)
    inputs = torch.tensor(np.ascontiguousarray(X.T))
    targets = torch.tensor(classes if n[-1] > 1 else classes[:, None] * 1.0)
    layers = range(1, len(n))
    linear = [nn.Linear(n[l - 1], n[l], dtype=torch.float64) for l in layers]
    with torch.no_grad():
        for layer, W_l, b_l in zip(linear, W, b, strict=True):
            layer.weight.copy_(torch.tensor(W_l))
            layer.bias.copy_(torch.tensor(b_l[:, 0]))
    between = {"relu": nn.ReLU, "tanh": nn.Tanh}[hidden]
    parts = [part for layer in linear for part in (layer, between())]
    model = nn.Sequential(*parts[:-1])
    loss_of = nn.BCEWithLogitsLoss() if n[-1] == 1 else nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=ALPHA)

    def step():
        optimizer.zero_grad()
        loss = loss_of(model(inputs), targets)
        loss.backward()
        optimizer.step()

    def result():
        weights = [layer.weight.detach().numpy() for layer in linear]
        return learned(weights, [layer.bias.detach().numpy() for layer in linear])

    return step, result


def start_sklearn(n, m, hidden):
    from sklearn.neural_network import MLPClassifier

    X, classes, W, b = problem(n, m)
    rows = np.ascontiguousarray(X.T)
    model = MLPClassifier(
        hidden_layer_sizes=n[1:-1],
        activation=hidden,
        solver="sgd",
        batch_size=m,
        learning_rate_init=ALPHA,
        momentum=0.0,
        nesterovs_momentum=False,
        alpha=0.0,
        shuffle=False,
    )
    # The first call draws random parameters and takes a step. Then start as all do.
    model.partial_fit(rows, classes, classes=range(max(n[-1], 2)))
    for l in range(len(W)):
        model.coefs_[l][:] = W[l].T
        model.intercepts_[l][:] = b[l][:, 0]

    def step():
        model.partial_fit(rows, classes)

    return step, lambda: learned([w.T for w in model.coefs_], model.intercepts_)


def start_lossgrad(n, m, hidden):
    from sklearn._loss import HalfBinomialLoss
    from sklearn.linear_model._linear_loss import LinearModelLoss

    X, classes, W, b = problem(n, m)
    rows, targets = np.ascontiguousarray(X.T), classes * 1.0
    model = LinearModelLoss(base_loss=HalfBinomialLoss(), fit_intercept=True)
    w_and_b = np.append(W[0], b[0])

    def step():
        nonlocal w_and_b
        _, gradient = model.loss_gradient(w_and_b, rows, targets)
        w_and_b = w_and_b - ALPHA * gradient

    return step, lambda: w_and_b.tolist()


PEERS = {
    "products": start_products,
    "nnref": start_nnref,
    "torch": start_torch,
    "sklearn": start_sklearn,
    "lossgrad": start_lossgrad,
}


def serve(peer, n, m, hidden, threads):
    """Take three steps and print what is learned. Then answer each line of input.

    A line is a number of steps, and the answer the seconds that one of them took.
    """
    # Give back a large array, as a program that reads data does. From then on glibc
    # keeps freed memory for the next step, and times do not depend on what came before.
    np.ones(4_000_000)
    try:
        step, result = PEERS[peer](n, m, hidden)
    except ImportError:
        print("null", flush=True)
        return
    for _ in range(3):
        step()
    print(json.dumps(result()), flush=True)
    now = time.process_time if threads == 1 else time.perf_counter
    for line in sys.stdin:
        steps = int(line)
        start = now()
        for _ in range(steps):
            step()
        print((now() - start) / steps, flush=True)


class Peer:
    """A process that takes steps when it is asked to."""

    def __init__(self, name, sizes, m, hidden, threads):
        """Start the process."""
        command = [sys.executable, __file__, "--peer", name, "--sizes", sizes]
        command += ["--examples", str(m), "--hidden", hidden]
        command += ["--threads", str(threads)]
        environment = os.environ | dict.fromkeys(THREADS, str(threads))
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, env=environment
        )
        self.times = []

    def read(self):
        """Return the next answer."""
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a peer has ended early, see its error above")
        return json.loads(line)

    def turn(self, steps):
        """Take so many steps, and return the time for one."""
        print(steps, file=self.process.stdin, flush=True)
        return self.read()

    def end(self):
        """End the process."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def measure(sizes, m, hidden, turns, steps, threads):
    """Return the times of one step, in seconds, one a turn, for each peer there is."""
    n = sizes_of(sizes)
    names = [name for name in PEERS if name != "lossgrad" or n[1:] == [1]]
    peers = {}
    try:
        for name in names:
            peers[name] = Peer(name, sizes, m, hidden, threads)
        # After three steps. None stands for a peer that is not installed.
        results = {name: peer.read() for name, peer in peers.items()}
        present = [name for name in peers if results[name] is not None]
        for name in present:
            if name != "products":
                np.testing.assert_allclose(
                    results[name], results["nnref"], rtol=1e-9, atol=1e-12
                )
        steps = steps or max(1, round(TURN / peers["nnref"].turn(1)))
        for _ in range(turns):
            for name in present:
                peers[name].times.append(peers[name].turn(steps))
    finally:
        for peer in peers.values():
            peer.end()
    return {name: peers[name].times for name in present}


def sizes_of(text):
    """Return `[2, 4, 1]` for `2-4-1`."""
    return [int(size) for size in text.split("-")]


def main():
    """Read the command line, measure, and print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", help="only this network, such as 2-4-1")
    parser.add_argument("--examples", type=int, default=400)
    parser.add_argument("--hidden", choices=["relu", "tanh"], default="relu")
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--steps", type=int, help="steps in a turn")
    parser.add_argument("--threads", type=int, default=1, help="threads of each peer")
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    options = parser.parse_args()

    cases = CASES
    if options.sizes:
        cases = [(options.sizes, options.examples, options.hidden)]
    if options.peer:
        sizes, m, hidden = cases[0]
        serve(options.peer, sizes_of(sizes), m, hidden, options.threads)
        return
    print(f"Microseconds for a step, {options.threads} thread(s). Ratios: nnref's time")
    print("over that of " + ", ".join(name for name in PEERS if name != "nnref") + ".")
    print()
    print(f"{'sizes':14} {'examples':>8} " + "".join(f"{name:>11}" for name in PEERS))
    absent = set()
    for sizes, m, hidden in cases:
        times = measure(sizes, m, hidden, options.turns, options.steps, options.threads)
        absent |= PEERS.keys() - {"lossgrad"} - times.keys()
        print(f"{sizes:14} {m:8} " + line(times), flush=True)
    if absent:
        print("\nLeft out, since they are not installed: " + ", ".join(sorted(absent)))


def line(times):
    """Return the columns of times and then of ratios, with a dash for what is not."""
    columns, ratios = "", ""
    for name in PEERS:
        taken = times.get(name)
        columns += f"{1e6 * statistics.median(taken):11.1f}" if taken else f"{'-':>11}"
        if name != "nnref":
            pairs = zip(times["nnref"], taken or [], strict=bool(taken))
            turns = [ours / theirs for ours, theirs in pairs]
            ratios += f"{statistics.median(turns):6.2f}" if turns else f"{'-':>6}"
    return columns + "  " + ratios


if __name__ == "__main__":
    main()
