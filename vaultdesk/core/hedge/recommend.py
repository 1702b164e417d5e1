"""Which hedge comes first: by the lower LTV, by the lower cost, or by both added up.

The rules are a ranking, not an optimiser: the best of the hedges compared, by two numbers each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vaultdesk.core.money import rounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal


class Profile(StrEnum):
    """What a borrower minds most.

    CONSERVATIVE: the lower hedged LTV at the call price, then the lower annual cost.
    COST_SENSITIVE: the lower annual cost, then the lower hedged LTV.
    BALANCED: the lower sum of the hedged LTV and the annual cost by the pledge's value.
    """

    CONSERVATIVE = "conservative"
    COST_SENSITIVE = "cost_sensitive"
    BALANCED = "balanced"


@dataclass(frozen=True, slots=True)
class Measure:
    """The numbers a hedge is ranked by.

    Attributes:
        name: of the strategy.
        title: likewise, as on screen.
        ltv: hedged, at the price the lender would call at, a fraction.
        annual: cost a year, in the facility's currency; negative is money received.
        share: that by the market value of the pledge, a fraction.
    """

    name: str
    title: str
    ltv: Decimal
    annual: Decimal
    share: Decimal

    @property
    def sum(self) -> Decimal:
        """Hedged LTV and normalised annual cost: what the balanced profile goes by."""
        return self.ltv + self.share


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in a profile's order.

    Attributes:
        name: of the strategy.
        place: from 1.
        score: by which the balanced profile orders, lowest first; None for the others, which
            order by one number and then by the other.
        sentence: names the numbers the place rests on.
    """

    name: str
    place: int
    score: Decimal | None
    sentence: str


def ranked(measures: Sequence[Measure], currency: str) -> Mapping[Profile, tuple[Rank, ...]]:
    """All places of each profile, first to last."""
    return {profile: ranks(profile, measures, currency) for profile in Profile}


def ranks(profile: Profile, measures: Sequence[Measure], currency: str) -> tuple[Rank, ...]:
    """The places of one profile; what is equal in both numbers goes by name."""
    order = in_order(profile, measures)
    return tuple(
        Rank(
            name=one.name,
            place=place,
            score=one.sum if profile is Profile.BALANCED else None,
            sentence=_sentence(profile, one, place, order[0], currency),
        )
        for place, one in enumerate(order, 1)
    )


def in_order(profile: Profile, measures: Sequence[Measure]) -> list[Measure]:
    """From the first place to the last."""
    return sorted(measures, key=lambda one: (*_keys(profile, one), one.name))


def _keys(profile: Profile, one: Measure) -> tuple[Decimal, ...]:
    if profile is Profile.CONSERVATIVE:
        return one.ltv, one.annual
    if profile is Profile.COST_SENSITIVE:
        return one.annual, one.ltv
    return (one.sum,)


def _sentence(profile: Profile, one: Measure, place: int, first: Measure, currency: str) -> str:
    ltv, share = _percent(one.ltv), _percent(one.share)
    cost = f"{rounded(one.annual, 0):,f} {currency} a year"
    if one.annual < 0:
        cost = f"{rounded(-one.annual, 0):,f} {currency} a year received"
    if profile is Profile.CONSERVATIVE:
        said = f"hedged LTV {ltv} at the call price, then {cost}"
        behind = one.ltv - first.ltv, "of LTV"
    elif profile is Profile.COST_SENSITIVE:
        said = f"{cost} ({share} of the pledge), then hedged LTV {ltv} at the call price"
        behind = one.share - first.share, "of the pledge a year"
    else:
        said = f"hedged LTV {ltv} at the call price + annual cost {share} of the pledge"
        said += f" = {_percent(one.sum)}"
        behind = one.sum - first.sum, ""
    ahead = "lowest" if place == 1 else _behind(*behind, first)
    return f"{one.title}, place {place}: {said}; {ahead}."


def _behind(points: Decimal, of_what: str, first: Measure) -> str:
    if not points:
        return f"as {first.title}, which the next number puts first"
    what = f" {of_what}" if of_what else ""
    return f"{rounded(100 * points, 2):f} points{what} above {first.title}"


def _percent(fraction: Decimal) -> str:
    return f"{rounded(100 * fraction, 2):f} %"
