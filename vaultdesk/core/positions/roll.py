"""Proposals to roll puts that end soon: sell the near ones and buy later ones in one order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from math import exp
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.at_call import AtCall
from vaultdesk.core.hedge.position import At, HedgeLeg
from vaultdesk.core.money import rounded
from vaultdesk.core.orders.drafting import combined
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.legs import holding, position
from vaultdesk.core.positions.countdown import countdown
from vaultdesk.core.positions.marks import Market

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.orders.broker import Held
    from vaultdesk.core.orders.draft import Ticket

WITHIN_DAYS = 45
"""So long before their end puts are proposed to be rolled."""


class Why(StrEnum):
    """By what a later put was chosen."""

    SAME_STRIKE = "same strike"
    SAME_MONEYNESS = "same moneyness"
    """Nearest to the same strike by forward."""
    CHEAPEST = "cheapest that protects as much"
    """Of all later ones the one that costs least and is struck no lower: as many of it leave the
    hedged LTV at the margin call where it is, or lower it."""


@dataclass(frozen=True, slots=True)
class RollProposal:
    """One later put in the place of one held; LTVs are fractions, None where nothing is left.

    Attributes:
        held: what is sold; all of it.
        near: its market.
        far: what is bought, as many.
        why: what it was chosen by.
        contracts: of each.
        natural: net per share at ask and bid, positive when paid; None without a bid to sell at.
        mid: likewise half-way.
        commission: of both legs, in the options' currency.
        at_call_before: the hedged LTV at the margin call's price as it is.
        at_call_between: likewise when one is sold and the other not bought: what the two would
            risk as orders of their own. As one order they are traded together or not at all.
        at_call_after: likewise afterwards, with the cost where that is drawn on the loan.
        until: the new last day.
    """

    held: Held
    near: Listed
    far: Listed
    why: tuple[Why, ...]
    contracts: int
    natural: Decimal | None
    mid: Decimal | None
    commission: Decimal
    at_call_before: Decimal | None
    at_call_between: Decimal | None
    at_call_after: Decimal | None
    until: date

    @property
    def cost_natural(self) -> Decimal | None:
        """Money with commission; negative is received."""
        return self._cost(self.natural)

    @property
    def cost_mid(self) -> Decimal | None:
        """Likewise half-way."""
        return self._cost(self.mid)

    @property
    def gap(self) -> Decimal | None:
        """By how much the LTV at the margin call would be higher between two single orders."""
        if self.at_call_between is None or self.at_call_before is None:
            return None
        return self.at_call_between - self.at_call_before

    @property
    def sentence(self) -> str:
        """What it does, in words."""
        cost = self.cost_natural
        price = "at a price that nobody bids" if cost is None else f"for {_money(cost)} at natural"
        gap = ""
        if self.gap is not None:
            gap = (
                f"; traded one after the other, the LTV at the margin call would be "
                f"{rounded(100 * self.gap, 2):f} points higher in between"
            )
        return (
            f"Roll {self.contracts} {self.held.instrument.words} into the {self.far.words} "
            f"({', '.join(self.why)}) {price}, which protects until {self.until}{gap}."
        )

    def _cost(self, price: Decimal | None) -> Decimal | None:
        if price is None:
            return None
        return price * self.contracts * self.far.multiplier + self.commission


def rolls(
    config: StrategyConfig,
    held: Sequence[Held],
    sessions: Sessions | None = None,
    within_days: int = WITHIN_DAYS,
) -> tuple[RollProposal, ...]:
    """For each put bought that ends soon, later ones of the board; by put, expiry and strike."""
    market = Market(config.board)
    usable = {
        expiry: [put for put in config.board.of(expiry, "P") if put.usable]
        for expiry in config.board.expiries
    }
    sides = [(expiry, _Side(puts)) for expiry, puts in usable.items() if puts]
    at_call = AtCall(config, position(holding(held), config.board.symbol))
    found: list[RollProposal] = []
    for one in held:
        near = market.of(one.instrument)
        if near is None or near.kind > 0 or one.quantity < 1:
            continue
        ends = countdown(near.expiry, config.at, sessions)
        if ends.days <= within_days and ends.last_trade > config.at:
            later = [side for expiry, side in sides if expiry > near.expiry]
            found += _proposals(at_call, one, near, later)
    return tuple(found)


def roll_ticket(proposal: RollProposal) -> Ticket:
    """One order that sells the near and buys the far, at the mid; natural where there is none.

    Raises:
        ValueError: the near one cannot be priced.
    """
    price = proposal.natural if proposal.mid is None else proposal.mid
    if price is None:
        raise ValueError(f"Nobody bids for the {proposal.near.words}: {proposal.near.flag.value}.")
    near, contracts = proposal.held.instrument, proposal.contracts
    far = replaced(near, proposal.far)
    legs = ((near, -contracts), (far, contracts))
    return combined(legs, price, f"Roll {near.words} into {far.words}")


def replaced(instrument: Instrument, listed: Listed) -> Instrument:
    """A listed contract as an instrument of the same underlying."""
    return Instrument(
        instrument.symbol,
        listed.expiry,
        listed.strike,
        listed.right,
        listed.multiplier,
        instrument.currency,
    )


class _Side:
    """Usable puts of one expiry by strike: looked up, not looked through, for each one held."""

    def __init__(self, puts: Sequence[Listed]) -> None:
        self.puts = sorted(puts, key=lambda put: put.strike)
        self.growth = _growth(self.puts[0])
        self._strikes = [put.strike for put in self.puts]

    def at(self, strike: Decimal) -> Sequence[Listed]:
        """Those struck there."""
        return self.puts[bisect_left(self._strikes, strike) : bisect_right(self._strikes, strike)]

    def nearest(self, strike: Decimal) -> Listed:
        """The one struck nearest, of two as near the higher."""
        place = bisect_left(self._strikes, strike)
        beside = self.puts[max(place - 1, 0) : place + 1]
        return min(beside, key=lambda put: (abs(put.strike - strike), -put.strike))

    def cheapest_from(self, strike: Decimal) -> Listed | None:
        """The one of the lowest ask that is struck no lower; None where there is none."""
        place = bisect_left(self._strikes, strike)
        return self._cheapest[place] if place < len(self.puts) else None

    @cached_property
    def _cheapest(self) -> list[Listed]:
        """For each place the cheapest from there on, the lowest strike of several."""
        found: list[Listed] = []
        for put in reversed(self.puts):
            best = found[-1] if found else put
            found.append(put if _ask(put) <= _ask(best) else best)
        return found[::-1]


def _chosen(near: Listed, later: Sequence[_Side]) -> list[tuple[Listed, tuple[Why, ...]]]:
    """The same contract once, with all that speaks for it; by expiry and strike."""
    reasons: dict[tuple[date, Decimal], tuple[Listed, tuple[Why, ...]]] = {}
    for why, far in _choices(near, later):
        place = far.expiry, far.strike
        reasons[place] = far, (*reasons.get(place, (far, ()))[1], why)
    return [reasons[place] for place in sorted(reasons)]


def _choices(near: Listed, later: Sequence[_Side]) -> Iterator[tuple[Why, Listed]]:
    growth, protecting = _growth(near), []
    for side in later:
        yield from ((Why.SAME_STRIKE, put) for put in side.at(near.strike))
        yield Why.SAME_MONEYNESS, side.nearest(near.strike * Decimal(repr(side.growth / growth)))
        cheapest = side.cheapest_from(near.strike)
        if cheapest is not None:
            protecting.append(cheapest)
    if protecting:
        yield Why.CHEAPEST, min(protecting, key=lambda one: (_ask(one), one.expiry))


def _ask(listed: Listed) -> Decimal:
    """What is asked for one that is usable, so that something is."""
    return listed.quote.ask or Decimal(0)


def _growth(listed: Listed) -> float:
    """Forward by spot."""
    return exp((listed.rate - listed.dividend_yield) * listed.years)


def _proposals(
    at_call: AtCall, held: Held, near: Listed, later: Sequence[_Side]
) -> Iterator[RollProposal]:
    """All for one held; what is the same for each is worked out once, as there may be thousands."""
    contracts, bid, middle = int(held.quantity), near.quote.bid, near.mid
    commission = at_call.config.rules.fees.commission(Decimal(contracts)) * 2
    gone = at_call.paid(near.strike) * contracts * near.multiplier
    between = at_call.ltv(-gone)
    for far, why in _chosen(near, later):
        bought = HedgeLeg(far, Decimal(contracts), Decimal(contracts))
        natural = None if bid is None else bought.price() - bid
        units = contracts * far.multiplier
        comes = at_call.paid(far.strike) * units
        yield RollProposal(
            held=held,
            near=near,
            far=far,
            why=why,
            contracts=contracts,
            natural=natural,
            mid=None if middle is None else bought.price(At.MID) - middle,
            commission=commission,
            at_call_before=at_call.now,
            at_call_between=between,
            at_call_after=at_call.ltv(comes - gone, (natural or Decimal(0)) * units + commission),
            until=far.expiry,
        )


def _money(amount: Decimal) -> str:
    return f"{rounded(amount, 0):,f}"
