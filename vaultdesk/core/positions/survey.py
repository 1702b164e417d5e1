"""All that can be said of what is held, from everything it depends on: pure, to be run aside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.money import plain
from vaultdesk.core.orders.modes import is_paper
from vaultdesk.core.positions.countdown import countdown
from vaultdesk.core.positions.coverage import coverage
from vaultdesk.core.positions.difference import differences
from vaultdesk.core.positions.exercise import Scene, advice
from vaultdesk.core.positions.ledger import order
from vaultdesk.core.positions.marks import is_put
from vaultdesk.core.positions.rows import rows, seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.vocabulary import HedgeRules
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.orders.broker import Held
    from vaultdesk.core.positions.countdown import Countdown
    from vaultdesk.core.positions.coverage import Coverage
    from vaultdesk.core.positions.difference import Difference
    from vaultdesk.core.positions.exercise import Advice
    from vaultdesk.core.positions.exposure import Exposure
    from vaultdesk.core.positions.roll import RollProposal
    from vaultdesk.core.positions.rows import Row

    Ends = Mapping[date, Countdown]


@dataclass(frozen=True, slots=True)
class Given:
    """What a survey is made from.

    Attributes:
        held: the broker's positions; None while it has told none.
        booked: sum of the desk's trades at that broker.
        manual: positions held elsewhere.
        state: the loan; None where it is not valued.
        config: board and loan to value by; None where nobody looks, or there are no chains.
        rules: what the borrower decided.
        now: by the market's clock.
        sessions: of the exchange.
    """

    held: tuple[Held, ...] | None
    booked: tuple[Held, ...]
    manual: tuple[Held, ...]
    state: LoanState | None
    config: StrategyConfig | None
    rules: HedgeRules
    now: datetime
    sessions: Sessions | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """What is held and what it means.

    Attributes:
        ledger: sum of the desk's trades, without options that have ended.
        counted: what everything below is about: the broker's positions, or the ledger's while it
            has told none, and those elsewhere; without options that have ended.
        rows: all of it line by line.
        differences: between broker and ledger.
        countdowns: one for each expiry held, the nearest first.
        exposure: None without `config`.
        coverage: None where the loan is not valued.
        advice: what ends first and is sure first.
        rolls: empty without `config`.
        note: a sentence on what is counted and protects nothing; may be empty.
    """

    ledger: tuple[Held, ...] = ()
    counted: tuple[Held, ...] = ()
    rows: tuple[Row, ...] = ()
    differences: tuple[Difference, ...] = ()
    countdowns: tuple[Countdown, ...] = ()
    exposure: Exposure | None = None
    coverage: Coverage | None = None
    advice: tuple[Advice, ...] = ()
    rolls: tuple[RollProposal, ...] = ()
    note: str = ""


NOTHING = Survey()


def survey(given: Given) -> Survey:
    """Everything anew; some tens of milliseconds for a thousand positions."""
    ends = _ends((*given.booked, *given.manual, *(given.held or ())), given)
    booked, manual = (_living(part, ends, given.now) for part in (given.booked, given.manual))
    truth = None if given.held is None else _living(given.held, ends, given.now)
    counted = (*sorted(booked if truth is None else truth, key=order), *manual)
    apart = () if truth is None else differences(truth, booked)
    exposed = _exposure(given, counted)
    lines = {line.held: line for line in exposed.lines} if exposed else {}
    held_in = {one.instrument.expiry for one in counted if one.instrument.expiry}
    return Survey(
        ledger=booked,
        counted=counted,
        rows=seen(rows(truth, booked, manual, apart), lines, ends),
        differences=apart,
        countdowns=tuple(ends[expiry] for expiry in sorted(held_in)),
        exposure=exposed,
        coverage=_coverage(given, counted),
        advice=_advice(given, counted, exposed),
        rolls=_rolls(given, counted),
        note=_note(booked if truth is None else truth),
    )


def _ends(held: Iterable[Held], given: Given) -> Ends:
    expiries = {one.instrument.expiry for one in held if one.instrument.expiry}
    return {expiry: countdown(expiry, given.now, given.sessions) for expiry in expiries}


def _living(held: Iterable[Held], ends: Ends, now: datetime) -> tuple[Held, ...]:
    """Without options that nothing can be done about: brokers book them out without a trade."""
    return tuple(
        one
        for one in held
        if one.instrument.expiry is None or not ends[one.instrument.expiry].over(now)
    )


def _coverage(given: Given, held: Sequence[Held]) -> Coverage | None:
    if given.state is None:
        return None
    return coverage(given.state, held, given.rules.cover, given.sessions)


def _exposure(given: Given, held: Sequence[Held]) -> Exposure | None:
    if given.config is None:
        return None
    from vaultdesk.core.positions.exposure import exposure  # noqa: PLC0415 (NumPy, SciPy)

    return exposure(given.config, held)


def _rolls(given: Given, held: Sequence[Held]) -> tuple[RollProposal, ...]:
    if given.config is None:
        return ()
    from vaultdesk.core.positions.roll import rolls  # noqa: PLC0415 (NumPy, SciPy)

    return rolls(given.config, held, given.sessions)


def _advice(given: Given, held: Sequence[Held], exposed: Exposure | None) -> tuple[Advice, ...]:
    state = given.state
    lines = exposed.lines if exposed else ()
    scene = Scene(
        spot={state.terms.symbol: state.price} if state else {},
        marks={line.held.instrument.key: line.mark for line in lines if line.mark is not None},
        free=given.rules.free_units,
        now=given.now,
        sessions=given.sessions,
    )
    return advice(held, scene)


def _note(held: Iterable[Held]) -> str:
    paper = [one for one in held if is_paper(one.account) and is_put(one.instrument)]
    contracts = sum((one.quantity for one in paper if one.quantity > 0), Decimal(0))
    if not contracts:
        return ""
    return (
        f"{plain(contracts):,f} of the puts counted are held on paper and protect no real gold: "
        "buy them in a real account before you rely on them."
    )
