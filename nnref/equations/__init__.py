r"""Executes equations: reads their LaTeX, evaluates them, and gives a verdict.

The written formula, what `nnref` computes, and calculus are held together: a formula
`holds` if its two sides agree on random networks, whose forward values come from
`nnref` and whose derivatives come from the complex step.
"""

from nnref.equations.verdicts import Claim, Page, Verdict, check

__all__ = ["Claim", "Page", "Verdict", "check"]
