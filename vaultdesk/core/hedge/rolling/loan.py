"""A loan through daily prices: its LTV each evening, and every call and what cured it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.ltv import hedged_ltvs
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.core.loan.cure import cure
from vaultdesk.core.loan.interest import YEAR
from vaultdesk.core.loan.vocabulary import DayCount
from vaultdesk.core.money import from_float

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vaultdesk.core.hedge.rolling.programme import Ordinals
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.options.types import FloatArray

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class RollLoan:
    """A loan as it would have been begun on any day: the pledge of today, and a loan to its LTV.

    Attributes:
        units: pledged of what falls with the price, counted in shares of it; a fraction at times.
        steady: what is pledged besides, as a fraction of all at the start; its value stays.
        start_ltv: at which the loan is drawn.
        call_ltv: at which the lender calls, by an evening's close.
        closeout_ltv: at which it may sell.
        cure_to: the LTV that money from elsewhere brings it to on the evening of a call.
        rate: simple interest per year, owed from the start on and not paid within the window.
        day_count: how its days are counted; a month of thirty days counts as it is.
    """

    units: Decimal
    start_ltv: Decimal
    call_ltv: Decimal
    closeout_ltv: Decimal
    cure_to: Decimal
    rate: Decimal = Decimal(0)
    steady: Decimal = Decimal(0)
    day_count: DayCount = DayCount.ACT_360

    @property
    def problem(self) -> str:
        """Why no window can be begun with it; empty where one can."""
        if self.start_ltv >= self.call_ltv:
            return "The loan would begin above its call level: start from a lower LTV."
        return "" if self.start_ltv > 0 else "Nothing is owed: start from an LTV above 0 %."


@dataclass(frozen=True, slots=True, eq=False)
class LoanPath:
    """What became of a loan.

    Attributes:
        ltv: the bank's each evening, before that evening's cure; a fraction.
        calls: the days of margin calls.
        closeouts: those of them on which the close-out level was reached as well.
        cured: money from elsewhere that cured them.
        equity: at the end: pledge, and what was kept, less the loan and all money from elsewhere.
    """

    ltv: FloatArray
    calls: tuple[date, ...]
    closeouts: int
    cured: Decimal
    equity: Decimal

    @property
    def worst(self) -> int:
        """The place of the highest LTV, the first of equals."""
        return int(np.argmax(self.ltv))


@dataclass(slots=True)
class _Account:
    """What is owed, pledged besides the gold, and kept elsewhere, as the days go."""

    principal: float
    yearly: float
    since: int
    accrued: float = 0.0
    pledged: float = 0.0
    kept: float = 0.0
    put_in: Decimal = Decimal(0)

    def owed(self, days: Ordinals) -> FloatArray:
        """With interest on days from `since` on."""
        running = self.principal * self.yearly * (days - self.since).astype(np.float64)
        total: FloatArray = self.principal + self.accrued + running
        return total

    def draw(self, day: int, amount: float) -> None:
        """Owe so much more, or less, from a day on; what is repaid pays interest first."""
        self.accrued += self.principal * self.yearly * (day - self.since)
        interest = min(max(-amount, 0.0), self.accrued)
        self.accrued -= interest
        self.principal, self.since = self.principal + amount + interest, day

    def pay(self, day: int, amount: Decimal, *, drawn: bool) -> None:
        """A cost, drawn on the loan or paid by money from elsewhere."""
        if drawn:
            self.draw(day, float(amount))
        else:
            self.put_in += amount

    def take(self, day: int, amount: float, use: Use) -> None:
        """Money that the options brought, used as chosen."""
        if use is Use.PLEDGED:
            self.pledged += amount
        elif use is Use.REPAYS:
            repaid = min(amount, float(self.owed(np.array([day]))[0]))
            self.draw(day, -repaid)
            self.kept += amount - repaid
        else:
            self.kept += amount

    def equity(self, days: Ordinals, value: float) -> Decimal:
        """What is left on the one day given, to the cent, less all money from elsewhere."""
        left = value + self.pledged + self.kept - float(self.owed(days)[0])
        return (from_float(left, 2) or Decimal(0)) - self.put_in


def roll_loan(state: LoanState, rate: Decimal, start_ltv: Decimal | None = None) -> RollLoan:
    """The loan on the desk as one to begin on any day; at its LTV of today if no other is given.

    Args:
        state: the loan now.
        rate: interest on it per year.
        start_ltv: a fraction.
    """
    units = state.falling / (state.price * state.into(state.quote.currency))
    return RollLoan(
        units=units,
        start_ltv=state.ltv if start_ltv is None else start_ltv,
        call_ltv=state.terms.call_ltv,
        closeout_ltv=state.terms.closeout_ltv,
        cure_to=state.cure_to,
        rate=rate,
        steady=1 - state.falling / state.value,
        day_count=state.owed[0].tranche.day_count if state.owed else DayCount.ACT_360,
    )


def pledge_values(loan: RollLoan, prices: FloatArray) -> FloatArray:
    """Market value of the pledge at each price; float64 from here on."""
    falling = float(loan.units) * prices
    steady = float(loan.steady / (1 - loan.steady)) * falling[0]
    value: FloatArray = falling + steady
    return value


def walk(
    loan: RollLoan,
    days: Ordinals,
    value: FloatArray,
    worth: FloatArray,
    flows: Mapping[int, Decimal],
    use: Use,
    *,
    drawn: bool = False,
) -> LoanPath:
    """Take a loan through the evenings: first the day's money, then the LTV, then a call's cure.

    Args:
        loan: as it begins on the first of the days.
        days: of the evenings.
        value: of the pledge on them.
        worth: of the options on them.
        flows: by place, what the options' trades cost that day; below 0 is money they brought.
        use: what becomes of that.
        drawn: costs are drawn on the loan.
    """
    yearly = float(loan.rate) / YEAR[loan.day_count]
    account = _Account(float(loan.start_ltv) * float(value[0]), yearly, int(days[0]))
    ltv, calls, cured = np.empty(days.size), [], Decimal(0)
    stops = [*sorted(place for place in flows if place), days.size]
    at = 0
    while at < days.size:
        _settle(account, int(days[at]), flows.get(at, Decimal(0)), use, drawn=drawn)
        end = next(stop for stop in stops if stop > at)
        some = slice(at, end)
        pledge = value[some] + account.pledged
        ltv[some] = hedged_ltvs(use, account.owed(days[some]), pledge, worth[some])
        called = np.flatnonzero(ltv[some] >= float(loan.call_ltv))
        at = end
        if called.size:
            hit = some.start + int(called[0])
            cured += _cure(account, loan, int(days[hit]), float(value[hit]), float(worth[hit]), use)
            calls.append(hit)
            at = hit + 1
    return LoanPath(
        ltv=ltv,
        calls=tuple(date.fromordinal(int(days[place])) for place in calls),
        closeouts=sum(bool(ltv[place] >= float(loan.closeout_ltv)) for place in calls),
        cured=cured,
        equity=account.equity(days[-1:], float(value[-1])),
    )


def _settle(account: _Account, day: int, flow: Decimal, use: Use, *, drawn: bool) -> None:
    if flow > 0:
        account.pay(day, flow, drawn=drawn)
    elif flow < 0:
        account.take(day, -float(flow), use)


def _cure(
    account: _Account, loan: RollLoan, day: int, value: float, worth: float, use: Use
) -> Decimal:
    """Repay from elsewhere, to the cent, what brings the LTV to its target."""
    owed = float(account.owed(np.array([day]))[0])
    pledge = value + account.pledged + (worth if use is Use.PLEDGED else 0.0)
    owed = max(owed - worth, 0.0) if use is Use.REPAYS else owed
    amounts = (from_float(owed) or Decimal(0), from_float(pledge) or Decimal(0))
    needed = cure(*amounts, ONE, loan.cure_to).repay if amounts[1] > 0 else amounts[0]
    paid = from_float(float(needed), 2) or Decimal(0)
    account.draw(day, -float(paid))
    account.put_in += paid
    return paid
