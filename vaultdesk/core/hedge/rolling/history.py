"""A roll policy over many windows of history: cost, calls avoided, worst LTV.

A window is a task of its own: it knows nothing of the others, and its result depends on nothing
but itself. So it may be computed anywhere, in any order, more than once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.rolling.loan import pledge_values, walk
from vaultdesk.core.hedge.rolling.policy import PolicyError
from vaultdesk.core.hedge.rolling.pricing import realised_volatility
from vaultdesk.core.hedge.rolling.programme import Evenings, programme
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.core.loan.interest import later
from vaultdesk.core.money import from_float

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.hedge.rolling.loan import LoanPath, RollLoan
    from vaultdesk.core.hedge.rolling.model import RollModel
    from vaultdesk.core.hedge.rolling.policy import RollPolicy
    from vaultdesk.core.hedge.rolling.programme import Trade
    from vaultdesk.core.market import DailyClose

YEAR = Decimal(365)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """What is tried.

    Attributes:
        policy: the hedge.
        loan: that it protects.
        model: of option prices.
        months: how long a window is.
        every: months from one window's start to the next; each begins on a month's first close.
    """

    policy: RollPolicy
    loan: RollLoan
    model: RollModel
    months: int = 12
    every: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """One stretch of history and all that is needed to go through it."""

    evenings: Evenings
    request: HistoryRequest


@dataclass(frozen=True, slots=True, eq=False)
class WindowResult:
    """What became of the loan in one window, with and without the hedge.

    Money is in the currency of the prices. Ratios are fractions.

    Attributes:
        days: the evenings.
        pledge: value of what was pledged at the start.
        paid: for the options: premiums less those received for options sold, and commissions.
        received: what ending them brought, by selling or at expiry; below 0 where it cost.
        unhedged: the loan alone.
        hedged: the loan with the policy.
        trades: every one of them.
    """

    days: tuple[date, ...]
    pledge: Decimal
    paid: Decimal
    received: Decimal
    unhedged: LoanPath
    hedged: LoanPath
    trades: tuple[Trade, ...]

    @property
    def start(self) -> date:
        """The first evening."""
        return self.days[0]

    @property
    def end(self) -> date:
        """The last."""
        return self.days[-1]

    @property
    def cost(self) -> Decimal:
        """What the hedge took away in all; below 0 where it brought more."""
        return self.paid - self.received

    @property
    def cost_per_year(self) -> Decimal:
        """By calendar days."""
        return self.cost * YEAR / (self.end - self.start).days

    @property
    def cost_rate(self) -> Decimal:
        """The same by the pledge at the start: comparable between decades."""
        return self.cost_per_year / self.pledge

    @property
    def avoided(self) -> int:
        """Margin calls that the loan alone had more than the hedged one; below 0 where fewer."""
        return len(self.unhedged.calls) - len(self.hedged.calls)


@dataclass(frozen=True, slots=True)
class HistorySummary:
    """All windows in a few figures. They overlap, so days count in several of them.

    Attributes:
        windows: how many.
        called_unhedged: windows in which the loan alone was called.
        called_hedged: in which it was with the hedge.
        calls_unhedged: calls in all windows.
        calls_hedged: with the hedge.
        cost_rate: mean cost of a year, by the pledge.
        costliest: the highest cost of a year, likewise.
        worst_unhedged: highest LTV of all, and its day.
        worst_hedged: with the hedge.
    """

    windows: int
    called_unhedged: int
    called_hedged: int
    calls_unhedged: int
    calls_hedged: int
    cost_rate: Decimal
    costliest: Decimal
    worst_unhedged: tuple[float, date]
    worst_hedged: tuple[float, date]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """All windows of a request, in the order of their starts, and what they rest on."""

    request: HistoryRequest
    source: str
    first: date
    last: date
    results: tuple[WindowResult, ...]

    @property
    def summary(self) -> HistorySummary:
        """In a few figures; there is one window at least."""
        rates = [one.cost_rate for one in self.results]
        alone, hedged = ([getattr(o, n) for o in self.results] for n in ("unhedged", "hedged"))
        return HistorySummary(
            windows=len(self.results),
            called_unhedged=sum(bool(path.calls) for path in alone),
            called_hedged=sum(bool(path.calls) for path in hedged),
            calls_unhedged=sum(len(path.calls) for path in alone),
            calls_hedged=sum(len(path.calls) for path in hedged),
            cost_rate=sum(rates, Decimal(0)) / len(rates),
            costliest=max(rates),
            worst_unhedged=_worst(self.results, alone),
            worst_hedged=_worst(self.results, hedged),
        )


def windows(closes: Sequence[DailyClose], request: HistoryRequest) -> tuple[Window, ...]:
    """The windows that the closes have room for, each with a volatility from its first day on.

    Args:
        closes: ascending, none twice.
        request: what is tried.

    Raises:
        PolicyError: the loan or the policy hedges nothing, or there is room for no window; the
            text says what to do.
    """
    _check(request)
    days = np.array([one.day.toordinal() for one in closes], dtype=np.int64)
    prices = np.array([float(one.close) for one in closes])  # float64 from here on
    realised = realised_volatility(prices, request.model.span)
    found = []
    for place in _starts(closes, request.every, request.model.span):
        until = later(closes[place].day, request.months).toordinal()
        if until > days[-1]:
            break
        some = slice(place, int(np.searchsorted(days, until, side="right")))
        found.append(Window(Evenings(days[some], prices[some], realised[some]), request))
    if not found:
        raise PolicyError(
            "months",
            f"There are {len(closes)} closes, too few for a window of {request.months} months "
            f"after {request.model.span} days of volatility: take a longer history.",
        )
    return tuple(found)


def rolled(window: Window) -> WindowResult:
    """Take the loan through a window, alone and with the policy."""
    evenings, request = window.evenings, window.request
    policy, loan = request.policy, request.loan
    done = programme(evenings, policy, request.model, loan.units)
    value = pledge_values(loan, evenings.prices)
    flows = {
        place: done.paid.get(place, Decimal(0)) - done.received.get(place, Decimal(0))
        for place in done.paid.keys() | done.received.keys()
    }
    nothing = np.zeros(value.size)
    return WindowResult(
        days=tuple(date.fromordinal(day) for day in evenings.days.tolist()),
        pledge=from_float(float(value[0]), 2) or Decimal(0),
        paid=sum(done.paid.values(), Decimal(0)),
        received=sum(done.received.values(), Decimal(0)),
        unhedged=walk(loan, evenings.days, value, nothing, {}, Use.BROKER),
        hedged=walk(
            *(loan, evenings.days, value, done.worth, flows, policy.use), drawn=policy.drawn
        ),
        trades=done.trades,
    )


def _check(request: HistoryRequest) -> None:
    if request.loan.problem:
        raise PolicyError("start_ltv", request.loan.problem)
    if request.loan.units * request.policy.cover < request.model.multiplier:
        raise PolicyError(
            "cover",
            f"Less than {request.model.multiplier} shares are to be hedged, which no contract "
            "covers: cover more.",
        )


def _starts(closes: Sequence[DailyClose], every: int, span: int) -> list[int]:
    """The first close of every so-manieth month, once there is a volatility."""
    months = [MONTHS * one.day.year + one.day.month for one in closes]
    firsts = [i for i in range(max(span, 1), len(months)) if months[i] != months[i - 1]]
    return [i for i in firsts if (months[i] - months[firsts[0]]) % every == 0]


def _worst(results: Sequence[WindowResult], paths: Sequence[LoanPath]) -> tuple[float, date]:
    place = max(range(len(paths)), key=lambda i: float(paths[i].ltv[paths[i].worst]))
    path = paths[place]
    return float(path.ltv[path.worst]), results[place].days[path.worst]
