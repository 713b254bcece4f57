"""Time one training step of logistic regression: nnref against scikit-learn.

Run it as

    python tests/benchmarks/logistic_step.py

What is compared is one step of gradient descent on all examples: forward, cost,
backward, update.

- nnref: the four functions of `nnref.logistic_regression`, as `fit` calls them.
- partial_fit: scikit-learn's `MLPClassifier` without a hidden layer is logistic
  regression. With plain gradient descent, no regularisation and one batch of all
  examples, its `partial_fit` does exactly such a step, and it is public. For few
  examples its checks of the data take most of the time.
- loss_gradient: the compiled function that scikit-learn's `LogisticRegression`
  minimises, and the subtraction that makes a step of it. It checks nothing. It is
  not public, so it is left out where a version of scikit-learn does not have it.

Before anything is timed, all peers take three steps from zero, and the weights
must agree to 1e-9. A ratio is nnref's time over the peer's: below 1, nnref is
faster.

Each peer runs in a process of its own, so that the thread pools do not disturb each
other. They take turns, and the medians over the turns are printed.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
ALPHA = 0.1


def data(n_x, m):
    """Return the same X and Y in each process."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_x, m))
    Y = (rng.uniform(size=(1, m)) > 0.5) * 1.0
    return X, Y


def nnref_step(n_x, m):
    """Return a function that takes one step and returns the weights."""
    sys.path.insert(0, str(ROOT))
    from nnref.logistic_regression import backward, cost, forward, initialize, update

    X, Y = data(n_x, m)
    w, b = initialize(n_x)

    def step():
        nonlocal w, b
        Z, A = forward(X, w, b)
        cost(Z, Y)
        dw, db = backward(X, A, Y)
        w, b = update(w, b, dw, db, ALPHA)
        return w.ravel()

    return step


def partial_fit_step(n_x, m):
    """Return a function that takes one step and returns the weights."""
    from sklearn.neural_network import MLPClassifier

    X, Y = data(n_x, m)
    rows, labels = np.ascontiguousarray(X.T), Y[0]
    model = MLPClassifier(
        hidden_layer_sizes=(),
        solver="sgd",
        batch_size=m,
        learning_rate_init=ALPHA,
        momentum=0.0,
        nesterovs_momentum=False,
        alpha=0.0,
        shuffle=False,
    )
    # The first call draws random weights and takes a step. Then start from zero.
    model.partial_fit(rows, labels, classes=[0.0, 1.0])
    model.coefs_[0][:] = 0
    model.intercepts_[0][:] = 0

    def step():
        model.partial_fit(rows, labels)
        return model.coefs_[0].ravel()

    return step


def loss_gradient_step(n_x, m):
    """Return a function that takes one step and returns the weights."""
    from sklearn._loss import HalfBinomialLoss
    from sklearn.linear_model._linear_loss import LinearModelLoss

    X, Y = data(n_x, m)
    rows, labels = np.ascontiguousarray(X.T), Y[0]
    model = LinearModelLoss(base_loss=HalfBinomialLoss(), fit_intercept=True)
    w_and_b = np.zeros(n_x + 1)

    def step():
        nonlocal w_and_b
        _, gradient = model.loss_gradient(w_and_b, rows, labels)
        w_and_b = w_and_b - ALPHA * gradient
        return w_and_b[:-1]

    return step


PEERS = {
    "nnref": nnref_step,
    "partial_fit": partial_fit_step,
    "loss_gradient": loss_gradient_step,
}


def serve(peer, n_x, m):
    """Answer each line of input, a number of steps, with the seconds for one step."""
    try:
        step = PEERS[peer](n_x, m)
    except ImportError:
        print("null", flush=True)
        return
    weights = [step() for _ in range(3)][-1]
    print(json.dumps(weights.tolist()), flush=True)
    for line in sys.stdin:
        steps = int(line)
        start = time.perf_counter()
        for _ in range(steps):
            step()
        print((time.perf_counter() - start) / steps, flush=True)


class Peer:
    """A process that takes steps when it is asked to."""

    def __init__(self, name, n_x, m):
        """Start the process and let it take its first three steps."""
        command = [sys.executable, __file__, "--peer", name]
        command += ["--features", str(n_x), "--examples", str(m)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        self.weights = self.read()  # None if the peer is not to be had
        self.times = []

    def read(self):
        """Return the next answer."""
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a peer has ended early, see its error above")
        return json.loads(line)

    def turn(self, steps):
        """Take so many steps, and note the time for one."""
        print(steps, file=self.process.stdin, flush=True)
        self.times.append(self.read())

    def end(self):
        """End the process."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def measure(n_x, m, turns, steps):
    """Return the median time of one step, in seconds, for each peer."""
    peers = {}
    try:
        for name in PEERS:
            peers[name] = Peer(name, n_x, m)
        present = [peer for peer in peers.values() if peer.weights is not None]
        for peer in present:
            np.testing.assert_allclose(
                peer.weights, peers["nnref"].weights, rtol=1e-9, atol=1e-12
            )
        for _ in range(turns):
            for peer in present:
                peer.turn(steps)
    finally:
        for peer in peers.values():
            peer.end()
    return {
        name: statistics.median(peer.times or [np.nan]) for name, peer in peers.items()
    }


def main():
    """Read the command line, measure, and print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--features", type=int, help="only this number of features")
    parser.add_argument("--examples", type=int, default=455)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--steps", type=int, default=50, help="steps in a turn")
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    options = parser.parse_args()

    if options.peer:
        serve(options.peer, options.features, options.examples)
        return
    sizes = [(30, 455), (100, 10_000), (784, 5_000)]
    if options.features:
        sizes = [(options.features, options.examples)]
    columns = " ".join(f"{name:>14}" for name in PEERS)
    print(f"features  examples  {columns}  ratios (times in us)")
    for n_x, m in sizes:
        medians = measure(n_x, m, options.turns, options.steps)
        ours, *others = medians.values()
        times = " ".join(f"{1e6 * seconds:14.1f}" for seconds in medians.values())
        ratios = " ".join(f"{ours / other:.2f}" for other in others)
        print(f"{n_x:8}  {m:8}  {times}  {ratios}")


if __name__ == "__main__":
    main()
