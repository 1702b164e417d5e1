"""Option legs in whole contracts, what they cost, and what each would have been unrounded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.board import Lacking

if TYPE_CHECKING:
    from datetime import date

    from vaultdesk.core.hedge.board import Board, Listed
    from vaultdesk.core.hedge.vocabulary import FeeSchedule


class At(StrEnum):
    """The price a leg is traded at: what one can have now, half-way, or the ask for everything."""

    NATURAL = "natural"
    MID = "mid"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class HedgeLeg:
    """Contracts of one listed option.

    Attributes:
        listed: the contract; usable.
        contracts: whole, negative when sold; a fraction in a position before rounding.
        ideal: how many it would be without rounding.
        wanted: how the contract was chosen and what snapping to a listed one changed.
    """

    listed: Listed
    contracts: Decimal
    ideal: Decimal
    wanted: str = ""

    @property
    def shares(self) -> Decimal:
        """Of the underlying, negative when sold."""
        return self.contracts * self.listed.multiplier

    def price(self, at: At = At.NATURAL) -> Decimal:
        """Per share: naturally the ask to buy and the bid to sell."""
        quote, middle = self.listed.quote, self.listed.mid
        assert quote.bid is not None and quote.ask is not None and middle is not None  # noqa: PT018, S101 - it is usable
        if at is At.MID:
            return middle
        bought = (self.contracts or self.ideal) > 0
        return quote.ask if at is At.ASK or bought else quote.bid

    def premium(self, at: At = At.NATURAL) -> Decimal:
        """What the leg costs without commission; negative is money received."""
        return self.price(at) * self.shares

    def intrinsic(self, spot: Decimal) -> Decimal:
        """What it pays at expiry at a price; negative when it is sold and has to be paid."""
        return max(self.listed.kind * (spot - self.listed.strike), Decimal(0)) * self.shares


@dataclass(frozen=True, slots=True)
class Position:
    """The legs of one hedge; empty is no hedge. `warnings` are sentences to read before trading."""

    legs: tuple[HedgeLeg, ...]
    warnings: tuple[str, ...] = ()

    @property
    def long_puts(self) -> tuple[HedgeLeg, ...]:
        """The legs that protect."""
        return tuple(leg for leg in self.legs if leg.listed.kind < 0 < leg.contracts)

    @property
    def guaranteed_until(self) -> date | None:
        """The last day on which all protection bought is there; None without any."""
        return min((leg.listed.expiry for leg in self.long_puts), default=None)

    @property
    def last_expiry(self) -> date | None:
        """The day after which nothing of it is left."""
        return max((leg.listed.expiry for leg in self.legs), default=None)

    def premium(self, at: At = At.NATURAL) -> Decimal:
        """What the legs cost together without commissions, in the options' currency."""
        return sum((leg.premium(at) for leg in self.legs), Decimal(0))

    def commission(self, fees: FeeSchedule) -> Decimal:
        """On opening all legs."""
        return sum((fees.commission(leg.contracts) for leg in self.legs), Decimal(0))

    def cost(self, fees: FeeSchedule, at: At = At.NATURAL) -> Decimal:
        """Premium and commission; negative is money received."""
        return self.premium(at) + self.commission(fees)

    def intrinsic(self, spot: Decimal) -> Decimal:
        """What the legs pay at expiry at one price, as if all expired together."""
        return sum((leg.intrinsic(spot) for leg in self.legs), Decimal(0))

    def unrounded(self) -> Position:
        """The same in fractions of contracts."""
        return replace(
            self, legs=tuple(replace(leg, contracts=leg.ideal) for leg in self.legs if leg.ideal)
        )

    def renewed(self, board: Board) -> Position:
        """The same contracts at another board's quotes.

        Raises:
            Lacking: one is not listed there any more, or not usable.
        """
        by_name = {one.quote.contract: one for one in board.listed}
        found = [(leg, by_name.get(leg.listed.quote.contract)) for leg in self.legs]
        missing = [leg.listed.words for leg, one in found if one is None]
        missing += [one.lack for _, one in found if one is not None and not one.usable]
        if missing:
            raise Lacking(f"No usable quote of the {' and the '.join(missing)}.")
        return replace(
            self, legs=tuple(replace(leg, listed=one) for leg, one in found if one is not None)
        )
