"""The course's formulas in NumPy: one function for each equation."""

from nnref import (
    activations,
    datasets,
    deep_network,
    gradient_checking,
    gradient_descent,
    initialization,
    logistic_regression,
    losses,
    parameters,
    shallow_network,
)

__version__ = "0.1.0"

__all__ = [
    "__version__",
    "activations",
    "datasets",
    "deep_network",
    "gradient_checking",
    "gradient_descent",
    "initialization",
    "logistic_regression",
    "losses",
    "parameters",
    "shallow_network",
]
