"""The course's formulas in NumPy: one function for each equation."""

from nnref import (
    activations,
    datasets,
    gradient_checking,
    logistic_regression,
    losses,
)

__version__ = "0.1.0"

__all__ = [
    "__version__",
    "activations",
    "datasets",
    "gradient_checking",
    "logistic_regression",
    "losses",
]
