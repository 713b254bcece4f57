r"""Executes equations: reads their LaTeX, evaluates them, and gives a verdict.

The written formula, what `nnref` computes, and calculus are held together: a formula
`holds` if its two sides agree on random networks, whose forward values come from
`nnref` and whose derivatives come from the complex step.

`check` checks one formula. `nnref check` and the pytest plugin check whole files.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnref.equations.results import Claim, Page, Verdict
    from nnref.equations.verdicts import check

__all__ = ["Claim", "Page", "Verdict", "check"]


def __getattr__(name: str) -> Any:
    """Import the checker when it is first used: pytest loads the plugin each time."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nnref.equations import results, verdicts

    return getattr(verdicts if name == "check" else results, name)
