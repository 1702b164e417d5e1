"""A policy rolled through daily prices: every trade, and what the options are worth."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from vaultdesk.core.hedge.rolling.model import expiry_for
from vaultdesk.core.hedge.rolling.pricing import mids
from vaultdesk.core.hedge.sizing import covering, split
from vaultdesk.core.money import from_float, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vaultdesk.core.hedge.rolling.model import RollModel
    from vaultdesk.core.hedge.rolling.policy import RollPolicy
    from vaultdesk.core.options.types import FloatArray

Ordinals = npt.NDArray[np.int64]
"""Dates as `date.toordinal` counts them."""


@dataclass(frozen=True, slots=True, eq=False)
class Evenings:
    """Daily closes and what was known of volatility then; ascending, one for each trading day.

    Attributes:
        days: ordinals of dates.
        prices: of the underlying.
        realised: volatility per year, from the closes up to that day.
    """

    days: Ordinals
    prices: FloatArray
    realised: FloatArray


@dataclass(frozen=True, slots=True)
class Trade:
    """Contracts of one option, from the evening they are opened to the one they are closed.

    Attributes:
        opened: that day.
        closed: when it is sold, or has ended.
        expiry: its last day.
        kind: +1 for a call, -1 for a put.
        strike: in the underlying's currency.
        contracts: negative when sold.
        price: per share at the opening, ask to buy and bid to sell.
        ending: per share at the end, where both are the other way round.
        settled: whether it ended by expiring, at its intrinsic value and without a spread.
    """

    opened: date
    closed: date
    expiry: date
    kind: int
    strike: Decimal
    contracts: Decimal
    price: Decimal
    ending: Decimal
    settled: bool


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """What a policy does, whatever becomes of the loan.

    Attributes:
        trades: in order.
        worth: of all options at mid each evening, after the day's trades.
        paid: for openings on a day, by its place: premiums less those received, and commissions.
        received: of endings on a day, likewise; below 0 where sold options had to be bought back.
    """

    trades: tuple[Trade, ...]
    worth: FloatArray
    paid: Mapping[int, Decimal]
    received: Mapping[int, Decimal]


class Spell(NamedTuple):
    """From one roll to the next, places of evenings.

    `last` is the evening it ends and `priced` the one at whose close: the one before where the
    expiry itself was a day without a close.
    """

    first: int
    last: int
    priced: int
    expiry: date
    settled: bool


class Wanted(NamedTuple):
    """A leg of one spell."""

    spell: Spell
    kind: int
    strike: Decimal
    contracts: Decimal


def programme(
    evenings: Evenings, policy: RollPolicy, model: RollModel, units: Decimal
) -> Programme:
    """Trade a policy at each evening's close, by what is known then; all ends on the last one.

    Args:
        evenings: two at least.
        policy: what is bought and when.
        model: what it costs.
        units: of the underlying that it hedges.
    """
    wanted = [
        leg
        for spell in spells(evenings.days, policy)
        for leg in _legs(spell, float(evenings.prices[spell.first]), policy, model, units)
    ]
    priced = _mids(evenings, wanted, model)
    worth = np.zeros(evenings.days.size)
    paid: defaultdict[int, Decimal] = defaultdict(Decimal)
    received: defaultdict[int, Decimal] = defaultdict(Decimal)
    trades = []
    for leg, mid in zip(wanted, priced, strict=True):
        shares = leg.contracts * model.multiplier
        held = min(leg.spell.last, leg.spell.priced + 1) - leg.spell.first
        worth[leg.spell.first : leg.spell.first + held] += float(shares) * mid[:held]
        trade = _trade(evenings, leg, mid, model)
        fees = model.fees.commission(leg.contracts)
        paid[leg.spell.first] += trade.price * shares + fees
        received[leg.spell.last] += trade.ending * shares - (fees if trade.ending else 0)
        trades.append(trade)
    return Programme(tuple(trades), worth, dict(paid), dict(received))


def spells(days: Ordinals, policy: RollPolicy) -> tuple[Spell, ...]:
    """When the policy is opened and rolled, by the calendar alone."""
    found, first, end = [], 0, days.size - 1
    while first < end:
        today = date.fromordinal(int(days[first]))
        expiry = expiry_for(today, policy.days, policy.roll_at)
        due = expiry.toordinal() - policy.roll_at
        last = min(int(np.searchsorted(days, due)), end)
        late = days[last] > expiry.toordinal()
        settled = bool(days[last] >= expiry.toordinal())
        found.append(Spell(first, last, last - 1 if late else last, expiry, settled))
        first = last
    return tuple(found)


def _legs(
    spell: Spell, spot: float, policy: RollPolicy, model: RollModel, units: Decimal
) -> list[Wanted]:
    """Of one spell, in whole contracts; what is sold is as much as is bought."""
    price = from_float(spot) or Decimal(0)
    total, _ = covering(units, model.multiplier, policy.cover)
    counts = split(total, [rung.weight for rung in policy.puts])
    strikes = [model.strike(rung.moneyness * price) for rung in policy.puts]
    legs = [(-1, strike, count) for strike, count in zip(strikes, counts, strict=True)]
    if policy.lower is not None:
        below = min(strikes) - model.strike_step
        legs.append((-1, min(model.strike(policy.lower * price), below), -total))
    if policy.call is not None:
        legs.append((1, max(model.strike(policy.call * price), *strikes), -total))
    return [Wanted(spell, *leg) for leg in legs if leg[2] and leg[1] > 0]


def _mids(evenings: Evenings, wanted: Sequence[Wanted], model: RollModel) -> list[FloatArray]:
    """Each leg's mid per share on its evenings, all of them priced at once."""
    if not wanted:
        return []
    spans = [np.arange(leg.spell.first, leg.spell.priced + 1) for leg in wanted]
    sizes = [span.size for span in spans]
    places = np.concatenate(spans)
    rows = [(leg.kind, float(leg.strike), leg.spell.expiry.toordinal()) for leg in wanted]
    kind, strike, expiry = np.repeat(np.array(rows, dtype=np.float64).T, sizes, axis=1)
    left = expiry - evenings.days[places]
    spot, realised = evenings.prices[places], evenings.realised[places]
    return np.split(mids(model, kind, spot, strike, left, realised), np.cumsum(sizes)[:-1])


def _trade(evenings: Evenings, leg: Wanted, mid: FloatArray, model: RollModel) -> Trade:
    spell, bought = leg.spell, leg.contracts > 0
    opening, closing = float(mid[0]), float(mid[-1])
    spot = from_float(float(evenings.prices[spell.priced])) or Decimal(0)
    intrinsic = max(leg.kind * (spot - leg.strike), Decimal(0))
    if spell.settled:
        ending = rounded(intrinsic, 2)
    else:
        ending = model.bid(closing, float(intrinsic)) if bought else model.ask(closing)
    return Trade(
        opened=date.fromordinal(int(evenings.days[spell.first])),
        closed=date.fromordinal(int(evenings.days[spell.last])),
        expiry=spell.expiry,
        kind=leg.kind,
        strike=leg.strike,
        contracts=leg.contracts,
        price=model.ask(opening) if bought else model.bid(opening, 0.0),
        ending=ending,
        settled=spell.settled,
    )
