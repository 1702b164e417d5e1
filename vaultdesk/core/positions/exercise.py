"""Options that will be exercised or assigned into shares that lie with the lender: what to do.

A put bought that ends a cent or more in the money is exercised by itself, and the shares it
delivers are sold short where there are none (OCC rule 805; the gold is pledged elsewhere).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import NEW_YORK
from vaultdesk.core.money import plain, rounded
from vaultdesk.core.positions.countdown import countdown
from vaultdesk.core.positions.marks import is_put, shares

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.orders.broker import Held
    from vaultdesk.core.orders.instrument import Instrument
    from vaultdesk.core.positions.countdown import Countdown

SOON_DAYS = 7
"""What is out of the money is spoken of so many days before its end."""
NO_TIME_VALUE = Decimal("0.05")
"""Per share: a holder who has no more than this to lose may exercise any day."""


class Outcome(StrEnum):
    """What becomes of an option."""

    SHORT = "exercised into a short"
    CALLED = "shares called away"
    PUT = "shares to be taken"


@dataclass(frozen=True, slots=True)
class Advice:
    """One position that ends in shares, and a sentence that says what to do by when.

    Attributes:
        instrument: the option.
        account: where it is held.
        outcome: what becomes of it.
        shares: so many are missing, or have to be taken.
        sure: it would happen at today's price; else it depends on where the price ends.
        sentence: to be read.
        act_by: the last moment to trade it, aware UTC.
        instruct_by: the last moment for an instruction, aware UTC.
    """

    instrument: Instrument
    account: str
    outcome: Outcome
    shares: Decimal
    sure: bool
    sentence: str
    act_by: datetime
    instruct_by: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """What advice is given from.

    Attributes:
        spot: by symbol.
        marks: price per share by the instrument's key, where there is one.
        free: shares that are not pledged and lie where options are traded.
        now: aware.
        sessions: which say when an expiry ends.
    """

    spot: Mapping[str, Decimal]
    marks: Mapping[str, Decimal]
    free: Decimal
    now: datetime
    sessions: Sessions | None = None


Group = tuple[str, str, "date"]
"""Account, symbol and expiry: what is settled together."""


def advice(held: Sequence[Held], scene: Scene) -> tuple[Advice, ...]:
    """What to do about all that is held, what ends first and is sure to happen first."""
    groups: dict[Group, list[Held]] = {}
    owned: dict[tuple[str, str], Decimal] = {}
    for one in held:
        expiry = one.instrument.expiry
        if expiry is not None:
            groups.setdefault((one.account, one.instrument.symbol, expiry), []).append(one)
        else:
            place = one.account, one.instrument.symbol
            owned[place] = owned.get(place, Decimal(0)) + one.quantity
    found = [
        said
        for group, options in groups.items()
        for said in _of_group(options, max(owned.get(group[:2], scene.free), scene.free), scene)
    ]
    return tuple(sorted(found, key=lambda one: (one.act_by, not one.sure, one.instrument.key)))


def _of_group(options: Sequence[Held], free: Decimal, scene: Scene) -> Iterator[Advice]:
    first = options[0].instrument
    assert first.expiry is not None  # noqa: S101 - groups are of options
    ends = countdown(first.expiry, scene.now, scene.sessions)
    if ends.over(scene.now):
        return
    missing = _Missing(options, free)
    for one in options:
        sure = _exercised(one, scene.spot.get(first.symbol))
        if not (sure or ends.days <= SOON_DAYS):
            continue
        takes = is_put(one.instrument) and one.quantity < 0
        gone = missing.where_exercised(one)
        if takes or (gone > 0 and _goes(one)):
            count = abs(shares(one)) if takes else min(gone, abs(shares(one)))
            yield _advice(one, ends, count, sure, scene)


class _Missing:
    """How many shares are missing when options of one expiry end, by where the price ends.

    What is exercised changes at the strikes only: a price that rises to one leaves the puts struck
    there, and one that passes it reaches the calls.
    """

    def __init__(self, options: Sequence[Held], free: Decimal) -> None:
        gone: dict[tuple[Decimal, bool], Decimal] = {}
        for one in options:
            strike = one.instrument.strike or Decimal(0)
            gone.setdefault((strike, False), Decimal(0))
            gone.setdefault((strike, True), Decimal(0))
            gone[strike, not is_put(one.instrument)] += shares(one)
        puts = sum((count for (_, calls), count in gone.items() if not calls), Decimal(0))
        self._place = {step: number for number, step in enumerate(sorted(gone))}
        steps = (-gone[step] for step in self._place)
        at = list(accumulate(steps, initial=puts - free))  # at 0 all puts are exercised
        self._below = list(accumulate(at, max))
        self._above = list(accumulate(reversed(at), max))[::-1]

    def where_exercised(self, one: Held) -> Decimal:
        """The most that is missing at any price at which this option ends in the money."""
        strike = one.instrument.strike or Decimal(0)
        if is_put(one.instrument):
            return self._below[self._place[strike, False]]
        return self._above[self._place[strike, True] + 1]


def _exercised(one: Held, price: Decimal | None) -> bool:
    """Whether it ends in the money at a price; False where that is not known."""
    strike = one.instrument.strike
    if price is None or strike is None:
        return False
    return price < strike if is_put(one.instrument) else price > strike


def _goes(one: Held) -> bool:
    """Whether its exercise takes shares away: a put bought or a call sold."""
    return is_put(one.instrument) == (one.quantity > 0)


def _advice(one: Held, ends: Countdown, count: Decimal, sure: bool, scene: Scene) -> Advice:
    long = one.quantity > 0
    put = is_put(one.instrument)
    outcome = (Outcome.SHORT if long else Outcome.PUT) if put else Outcome.CALLED
    begin = _begin(one, scene, sure=sure)
    becomes = {
        Outcome.SHORT: (
            f"they are exercised into a short of {_count(count)} shares, as the gold lies with "
            "the lender"
        ),
        Outcome.CALLED: (
            f"{_count(count)} shares must be delivered that lie with the lender, which leaves you "
            "short of them"
        ),
        Outcome.PUT: (
            f"{_count(count)} shares must be taken for "
            f"{_count(count * (one.instrument.strike or 0))} {one.instrument.currency}"
        ),
    }[outcome]
    sentence = f"{begin} {becomes}{_early(one, scene)}: {_deed(ends, scene.now, long=long)}."
    return Advice(
        instrument=one.instrument,
        account=one.account,
        outcome=outcome,
        shares=count,
        sure=sure,
        sentence=sentence,
        act_by=ends.last_trade,
        instruct_by=ends.cut_off,
    )


def _begin(one: Held, scene: Scene, *, sure: bool) -> str:
    instrument, strike = one.instrument, one.instrument.strike or Decimal(0)
    sold = "" if one.quantity > 0 else "sold "
    what = f"{_count(abs(one.quantity))} {sold}{instrument.words}"
    if sure:
        depth = rounded(abs(scene.spot[instrument.symbol] - strike), 2)
        return f"{what}, {depth:f} in the money: at expiry"
    side = "below" if is_put(instrument) else "above"
    return f"{what}: should {instrument.symbol} end {side} {plain(strike):f},"


def _early(one: Held, scene: Scene) -> str:
    """That a holder elsewhere has nothing to wait for; empty where that is not so."""
    instrument = one.instrument
    mark, spot = scene.marks.get(instrument.key), scene.spot.get(instrument.symbol)
    if one.quantity > 0 or mark is None or spot is None or not _exercised(one, spot):
        return ""
    intrinsic = abs(spot - (instrument.strike or Decimal(0)))
    if mark - intrinsic > NO_TIME_VALUE:
        return ""
    return ", maybe on any day, as hardly any time value is left"


def _deed(ends: Countdown, now: datetime, *, long: bool) -> str:
    close, cut_off = (at.astimezone(NEW_YORK) for at in (ends.last_trade, ends.cut_off))
    day = f"{close.day} {close:%B %Y}"
    if now >= ends.last_trade:
        if long:
            return f"tell the broker by {cut_off:%H:%M} New York on {day} not to exercise"
        return "they no longer trade, so prepare with the broker for the assignment"
    if long:
        return (
            f"sell or roll them by {close:%H:%M} New York on {day}, or tell the broker by "
            f"{cut_off:%H:%M} not to exercise"
        )
    return f"buy them back by {close:%H:%M} New York on {day}"


def _count(value: Decimal) -> str:
    return f"{plain(value):,f}"
