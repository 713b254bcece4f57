"""What comes of a check: claims, the verdict on a formula, and what a page has said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from nnref.equations.models import Given
from nnref.equations.tree import Node, Span

Kind: TypeAlias = Literal[
    "fails", "ill-typed", "not-checked", "vacuous", "holds", "definition"
]


WORST: tuple[Kind, ...] = ("fails", "ill-typed", "not-checked", "vacuous", "holds")


@dataclass(frozen=True)
class Claim:
    """What was found of one link of a chain.

    Attributes:
        latex: The claim as it is written.
        verdict: What was found.
        message: Why, in words.
        span: Where the problem is, or the claim.
        assuming: What had to be assumed.
        model: The model in which it was tried: `logistic`, `shallow` or `deep`.
        range: Which values of the indices were tried.
        max_error: The largest relative error.
        hints: What would make it hold.
    """

    latex: str
    verdict: Kind
    message: str = ""
    span: Span = (0, 0)
    assuming: tuple[str, ...] = ()
    range: str = ""
    max_error: float | None = None
    hints: tuple[str, ...] = ()
    model: str = ""


@dataclass(frozen=True)
class Verdict:
    """What was found of a formula: the worst of its claims.

    Attributes:
        latex: The formula.
        claims: One for each link of each chain.
    """

    latex: str
    claims: tuple[Claim, ...]

    @property
    def worst(self) -> Claim:
        """Return the claim that decides."""
        return worst_of(self.claims)

    @property
    def verdict(self) -> Kind:
        """Return the verdict on the whole formula."""
        return self.worst.verdict

    @property
    def message(self) -> str:
        """Return why, in words."""
        return self.worst.message

    @property
    def assuming(self) -> tuple[str, ...]:
        """Return what had to be assumed."""
        found = (text for claim in self.claims for text in claim.assuming)
        return tuple(dict.fromkeys(found))

    @property
    def model(self) -> str:
        """Return the models in which it was tried."""
        return ", ".join(dict.fromkeys(c.model for c in self.claims if c.model))

    @property
    def range(self) -> str:
        """Return which values of the indices were tried."""
        return "; ".join(dict.fromkeys(c.range for c in self.claims if c.range))

    @property
    def max_error(self) -> float | None:
        """Return the largest relative error."""
        errors = [c.max_error for c in self.claims if c.max_error is not None]
        return max(errors, default=None)

    @property
    def hints(self) -> tuple[str, ...]:
        """Return what would make it hold."""
        return self.worst.hints

    def __str__(self) -> str:
        """Return the verdict with its reasons, as `print` shows it."""
        from nnref.equations.show import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        """Return the verdict as a notebook shows it."""
        from nnref.equations.show import as_html

        return as_html(self)


def worst_of(claims: tuple[Claim, ...]) -> Claim:
    """Return the claim with the worst verdict.

    What is vacuous or a definition does not spoil a chain that has a link that holds.
    """
    kinds = {claim.verdict for claim in claims}
    for kind in ("fails", "ill-typed", "not-checked"):
        if kind in kinds:
            return next(claim for claim in claims if claim.verdict == kind)
    for kind in ("holds", "vacuous", "definition"):
        if kind in kinds:
            return next(claim for claim in claims if claim.verdict == kind)
    raise ValueError("no claims")


@dataclass
class Page:
    """What a page has said so far: its model, the names and values it has given."""

    declared: Mapping[str, str] = field(default_factory=dict)
    definitions: dict[str, Node] = field(default_factory=dict)
    functions: dict[str, tuple[str, Node]] = field(default_factory=dict)
    given: Given = ()
