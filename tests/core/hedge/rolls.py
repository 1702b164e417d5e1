"""Made-up closes, and a loan and a market simple enough to be computed by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.calendar import is_weekday
from vaultdesk.core.hedge.rolling.history import HistoryRequest, WindowResult
from vaultdesk.core.hedge.rolling.loan import RollLoan
from vaultdesk.core.hedge.rolling.model import RollModel
from vaultdesk.core.hedge.rolling.policy import RollPolicy, Rung
from vaultdesk.core.hedge.rolling.pricing import realised_volatility
from vaultdesk.core.hedge.rolling.programme import Evenings
from vaultdesk.core.market import DailyClose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

D = Decimal
FIRST = date(2021, 1, 15)
"""A third Friday; the next ones are 02-19, 03-19, 04-16 and 05-21."""
CALM = RollModel(premium=0.0, skew=0.0, floor=1e-9, rate=0.0)
"""Next to no volatility and no interest: a mid is the intrinsic value, and 0 out of the money."""
LOAN = RollLoan(D(1000), D("0.60"), D("0.75"), D("0.85"), D("0.65"))
"""1,000 shares and no interest: at 100.00 pledged for 100,000 and drawn to 60,000."""
AT_95 = RollPolicy((Rung(D("0.95")),), days=30)


def weekdays(first: date, count: int) -> list[date]:
    """So many of them, without holidays."""
    days = (first + timedelta(i) for i in range(2 * count + 7))
    return [day for day in days if is_weekday(day)][:count]


def evenings(days: Sequence[date], price: Callable[[date], float]) -> Evenings:
    """Closes by a rule, of a volatility of 0."""
    ordinals = np.array([day.toordinal() for day in days], dtype=np.int64)
    return Evenings(ordinals, np.array([price(day) for day in days]), np.zeros(len(days)))


def walked(prices: np.ndarray[tuple[int], np.dtype[np.float64]], span: int = 5) -> Evenings:
    """Closes on weekdays from FIRST on, with the volatility they have after `span` days."""
    realised = realised_volatility(prices, span)
    days = [day.toordinal() for day in weekdays(FIRST, prices.size)]
    return Evenings(np.array(days[span:], dtype=np.int64), prices[span:], realised[span:])


def closes(count: int, seed: int = 1, volatility: float = 0.2) -> tuple[DailyClose, ...]:
    """A random walk to the cent, on weekdays from 2015 on."""
    moves = np.random.default_rng(seed).normal(0.0, volatility / np.sqrt(252), count)
    prices = 150.0 * np.exp(np.cumsum(moves))
    days = weekdays(date(2015, 1, 1), count)
    return tuple(DailyClose(d, D(f"{p:.2f}")) for d, p in zip(days, prices, strict=True))


def request(**changes: object) -> HistoryRequest:
    """Puts at 95 % for the loan, by the usual model, in windows of six months."""
    parts: dict[str, object] = {"policy": AT_95, "loan": LOAN, "model": RollModel(), "months": 6}
    return HistoryRequest(**(parts | changes))  # type: ignore[arg-type]


def same(first: WindowResult, second: WindowResult) -> bool:
    """Whether two results agree in every trade, amount and bit of the paths."""
    paths = ((first.hedged, second.hedged), (first.unhedged, second.unhedged))
    return (
        (first.days, first.trades, first.paid, first.received, first.pledge)
        == (second.days, second.trades, second.paid, second.received, second.pledge)
        and all(a.ltv.tobytes() == b.ltv.tobytes() for a, b in paths)
        and all((a.calls, a.cured, a.equity) == (b.calls, b.cured, b.equity) for a, b in paths)
    )
