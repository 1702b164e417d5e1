"""A hedge as it is wished for, before any contract is chosen, and wishes kept under a name."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from vaultdesk.core.hedge.naming import check_name
from vaultdesk.core.market import Right
from vaultdesk.core.money import rounded

OWN = "own_legs"
"""The kind whose legs are picked one by one."""
MOST_LEGS, MOST_DAYS, MOST_CONTRACTS = 24, 3650, 1_000_000
PLACES = 4
"""Of a moneyness that stands for a strike: a hundredth of a per cent."""


class How(StrEnum):
    """How a strike is wished for: as a fraction of spot, by delta, or that very strike."""

    MONEYNESS = "moneyness"
    DELTA = "delta"
    STRIKE = "strike"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A strike wished for; a delta has no sign."""

    how: How
    value: Decimal

    def __post_init__(self) -> None:
        """Raise ValueError for what is no strike."""
        if not self.value.is_finite() or self.value <= 0:
            raise ValueError("A strike, a moneyness and a delta are above 0.")
        if self.how is How.DELTA and self.value >= 1:
            raise ValueError("A delta is below 1: 0.25 or 25 delta.")
        if self.how is How.MONEYNESS and self.value > 10:  # noqa: PLR2004
            raise ValueError("A moneyness is a fraction of the price: 95 % or 0.95.")


def at_moneyness(value: str | Decimal) -> Anchor:
    """A strike by its fraction of spot."""
    return Anchor(How.MONEYNESS, Decimal(value))


@dataclass(frozen=True, slots=True)
class OwnLeg:
    """A leg picked by hand.

    Attributes:
        right: "P" or "C".
        anchor: its strike.
        contracts: whole, negative to sell, never 0.
        expiry: by hand; None for the listed one nearest to `days`.
        days: of life; not looked at where `expiry` is given.
    """

    right: Right
    anchor: Anchor
    contracts: Decimal
    expiry: date | None = None
    days: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for no whole contract."""
        _check_days(self.days)
        whole = self.contracts.is_finite() and self.contracts == self.contracts.to_integral_value()
        if not whole or not 0 < abs(self.contracts) <= MOST_CONTRACTS:
            raise ValueError("A leg has whole contracts, one at least.")


@dataclass(frozen=True, slots=True)
class Build:
    """What a hedge is to be made of.

    Attributes:
        kind: of `candidates.KINDS`, or `OWN`.
        strikes: of the kind, in the order of its legs; empty for its own.
        weights: of a ladder's strikes; empty for its own.
        near: days that each put of a roll lives; None for its own.
        days: of life; None for those of the rules, or of the kind.
        expiry: by hand; wins over `days`.
        contracts: bought or sold of each side together; None covers the gold there is.
        legs: of `OWN`, and of no other.
    """

    kind: str = "protective_put"
    strikes: tuple[Anchor, ...] = ()
    weights: tuple[Decimal, ...] = ()
    near: int | None = None
    days: int | None = None
    expiry: date | None = None
    contracts: int | None = None
    legs: tuple[OwnLeg, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for what nothing can be built of."""
        _check_days(self.days)
        _check_days(self.near)
        if self.contracts is not None and not 0 < self.contracts <= MOST_CONTRACTS:
            raise ValueError("Take one contract at least.")
        if self.legs and self.kind != OWN:
            raise ValueError("Only own legs are picked one by one.")
        if max(len(self.legs), len(self.strikes), len(self.weights)) > MOST_LEGS:
            raise ValueError(f"A hedge has {MOST_LEGS} legs at most.")


@dataclass(frozen=True, slots=True)
class Template:
    """A build under a name, without any date or strike that could die."""

    name: str
    build: Build

    def __post_init__(self) -> None:
        """Raise ValueError for a name nobody could read, or for what is bound to one day."""
        check_name(self.name, "template")
        if self.build != _undated(self.build):
            raise ValueError("A template keeps moneyness and days, no strike and no date.")


def anchored(build: Build, spot: Decimal, today: date) -> Build:
    """The build by moneyness, delta and days of life, to be found again in any chain.

    Args:
        build: may have strikes and dates.
        spot: what the strikes are fractions of.
        today: what the dates are counted from.
    """
    return replace(
        build,
        strikes=tuple(_floating(one, spot) for one in build.strikes),
        days=_life(build.expiry, build.days, today),
        expiry=None,
        legs=tuple(
            replace(
                leg,
                anchor=_floating(leg.anchor, spot),
                days=_life(leg.expiry, leg.days, today),
                expiry=None,
            )
            for leg in build.legs
        ),
    )


def written(build: Build) -> str:
    """The build as JSON."""
    return msgspec.json.encode(build).decode()


def parsed(text: str) -> Build:
    """The build in a text.

    Raises:
        ValueError: it is none.
    """
    return msgspec.json.decode(text, type=Build)  # its errors are ValueErrors


def _check_days(days: int | None) -> None:
    if days is not None and not 0 < days <= MOST_DAYS:
        raise ValueError(f"The days of life are between 1 and {MOST_DAYS}.")


def _undated(build: Build) -> Build:
    """The build if nothing in it can die; any other value if something can."""
    anchors = (*build.strikes, *(leg.anchor for leg in build.legs))
    dated = build.expiry or any(leg.expiry for leg in build.legs)
    dead = any(one.how is How.STRIKE for one in anchors)
    return replace(build, kind="") if dated or dead else build


def _floating(anchor: Anchor, spot: Decimal) -> Anchor:
    if anchor.how is not How.STRIKE:
        return anchor
    least = Decimal(1).scaleb(-PLACES)
    return Anchor(How.MONEYNESS, max(rounded(anchor.value / spot, PLACES), least))


def _life(expiry: date | None, days: int | None, today: date) -> int | None:
    return days if expiry is None else max((expiry - today).days, 1)


def _at(*percents: int) -> tuple[Anchor, ...]:
    return tuple(at_moneyness(Decimal(one) / 100) for one in percents)


READY = (
    Template("Protective put, at the money", Build("protective_put", _at(100))),
    Template("Protective put 95 %", Build("protective_put", _at(95))),
    Template("Protective put 90 %", Build("protective_put", _at(90))),
    Template(
        "Put ladder 50/50 at 100 and 95 %",
        Build("ladder", _at(100, 95), (Decimal(50), Decimal(50))),
    ),
    Template(
        "Put ladder 33/33/33 at 100, 95 and 90 %",
        Build("ladder", _at(100, 95, 90), (Decimal(1), Decimal(1), Decimal(1))),
    ),
    Template("LEAPS put, at the money", Build("leaps", _at(100), days=365)),
)
"""Offered to everybody; they are not stored."""
