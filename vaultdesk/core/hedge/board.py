"""The listed contracts a hedge may be made of, each with its market and its volatility."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from vaultdesk.core.market import Flag, Quality, mid, worst

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from vaultdesk.core.market import OptionQuote, Right
    from vaultdesk.core.options.smile import Smile
    from vaultdesk.core.options.valued import ValuedChain


class Lacking(ValueError):  # noqa: N818
    """A hedge cannot be built from the quotes at hand; the text says which are missing."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed contract.

    Attributes:
        quote: its market, per share.
        expiry: its last day.
        multiplier: shares a contract.
        flag: what is wrong with the quote; OK where nothing is.
        quality: how far it may be trusted.
        years: to expiry, of 365 days.
        volatility: its own, or the smile's if it has none; NaN without either.
        rate: continuously compounded, per year.
        dividend_yield: likewise.
        style: of exercise, "american" or "european".
    """

    quote: OptionQuote
    expiry: date
    multiplier: int
    flag: Flag
    quality: Quality
    years: float
    volatility: float
    rate: float
    dividend_yield: float
    style: str

    @property
    def right(self) -> Right:
        """Which side: "C" for a call, "P" for a put."""
        return self.quote.right

    @property
    def kind(self) -> int:
        """+1 for a call, -1 for a put."""
        return 1 if self.quote.right == "C" else -1

    @property
    def strike(self) -> Decimal:
        """In the options' currency."""
        return self.quote.strike

    @property
    def mid(self) -> Decimal | None:
        """Half-way between bid and ask, where both are honest."""
        return mid(self.quote.bid, self.quote.ask)

    @property
    def spread(self) -> Decimal | None:
        """Ask less bid as a fraction of the mid; None without both."""
        middle = self.mid
        if middle is None or self.quote.ask is None or self.quote.bid is None:
            return None
        return (self.quote.ask - self.quote.bid) / middle

    @property
    def usable(self) -> bool:
        """Whether a hedge may be decided by this quote: two-sided, fresh, with a volatility."""
        return self.flag is Flag.OK and self.volatility == self.volatility

    @property
    def words(self) -> str:
        """As people say it: "358 put of 2026-12-18"."""
        side = "call" if self.quote.right == "C" else "put"
        return f"{self.strike.normalize():f} {side} of {self.expiry}"

    @property
    def lack(self) -> str:
        """What keeps it from being used, in a few words; empty where nothing does."""
        if self.usable:
            return ""
        why = self.flag.value if self.flag is not Flag.OK else "no volatility"
        return f"{self.words} ({why})"


@dataclass(frozen=True, eq=False)
class Board:
    """All listed contracts at hand, at one moment.

    It has no slots: what strategies ask it again and again is kept.

    Attributes:
        symbol: the underlying's.
        spot: its price, in the options' currency, by which the contracts were valued.
        at: when; aware UTC.
        source: where the quotes are from.
        quality: the worst of the chains' and the price's.
        listed: by expiry, strike and right.
        smiles: the curve of each expiry that has one.
        refused: why the chain of an expiry may price nothing, a sentence each.
    """

    symbol: str
    spot: Decimal
    at: datetime
    source: str
    quality: Quality
    listed: tuple[Listed, ...]
    smiles: Mapping[date, Smile]
    refused: Mapping[date, str]

    @cached_property
    def expiries(self) -> tuple[date, ...]:
        """Those of which a contract is usable, in order."""
        return tuple(sorted({one.expiry for one in self.listed if one.usable}))

    def of(self, expiry: date, right: Right) -> tuple[Listed, ...]:
        """One side of one expiry by strike, the unusable ones too."""
        return self._sides.get((expiry, right), ())

    @cached_property
    def _sides(self) -> Mapping[tuple[date, Right], tuple[Listed, ...]]:
        sides: dict[tuple[date, Right], list[Listed]] = {}
        for one in self.listed:
            sides.setdefault((one.expiry, one.right), []).append(one)
        return {side: tuple(found) for side, found in sides.items()}

    @property
    def problem(self) -> str:
        """Why nothing may be decided by this board; empty where something may."""
        if self.quality is Quality.STALE:
            return (
                f"The prices of {self.symbol} are stale: refresh the chain before you decide by it."
            )
        if not self.expiries:
            why = next(iter(self.refused.values()), "No contract has an honest bid and ask.")
            return f"No hedge can be priced. {why}"
        return ""


def board(views: Sequence[ValuedChain], spot: Decimal, at: datetime, price: Quality) -> Board:
    """The contracts of valued chains.

    Args:
        views: at least one, all of one symbol, valued at `spot` and `at`.
        spot: price of the underlying.
        at: the moment, aware.
        price: the quality of that price.
    """
    listed = [one for view in views for one in _listed(view)]
    return Board(
        symbol=views[0].chain.symbol,
        spot=spot,
        at=at,
        source=", ".join(dict.fromkeys(view.chain.source for view in views)),
        quality=worst(price, *(view.chain.quality for view in views)),
        listed=tuple(sorted(listed, key=lambda x: (x.expiry, x.strike, x.right))),
        smiles={v.chain.expiry: v.smile for v in views if v.smile and not v.smile.reason},
        refused={view.chain.expiry: view.verdict for view in views if view.verdict},
    )


def _listed(view: ValuedChain) -> list[Listed]:
    flags = (Flag.STALE if view.verdict else flag for flag in view.flags)
    return [
        Listed(
            quote=row,
            expiry=view.chain.expiry,
            multiplier=view.chain.multiplier,
            flag=flag,
            quality=view.quality,
            years=view.years,
            volatility=float(view.volatility[i]),
            rate=view.rate,
            dividend_yield=view.dividend_yield,
            style=view.style,
        )
        for i, (row, flag) in enumerate(zip(view.chain.rows, flags, strict=True))
    ]
