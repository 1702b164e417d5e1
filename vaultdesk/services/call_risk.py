"""How probable a margin call is before a date, asked anew as prices, terms and smiles change."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.events import Bus, CallProbabilityChanged, ChainChanged, LoanValued
from vaultdesk.ports import Clock, FeedError, MarketFeed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date, datetime
    from decimal import Decimal

    from vaultdesk.core.loan.first_passage import CallProbability
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.market import DailyClose
    from vaultdesk.core.options.valued import ValuedChain
    from vaultdesk.services.chain import ChainService
    from vaultdesk.services.loan import LoanService

HISTORY = timedelta(days=5 * 365)
"""Long enough to hold storms, and recent enough not to be calmed by decades of calm."""
ASK_AGAIN = timedelta(hours=1)
"""When a source that gave no history is asked once more."""
REST_S = 5.0
"""Between two answers: each takes a core for a tenth of a second."""
DAYS, TRADING_DAYS = 365, 252


class CallRiskService:
    """Tells `CallProbabilityChanged` with both answers; `newest` is the last one told.

    Both look as far ahead as `horizon`. The barrier rises with interest as the terms in force
    have it. Without a smile, or without a history, that answer says why there is none.
    """

    def __init__(
        self,
        feed: MarketFeed,
        bus: Bus,
        loan: LoanService,
        chain: ChainService,
        *,
        horizon: timedelta,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.newest: CallProbabilityChanged | None = None
        self._feed, self._bus, self._loan, self._chain = feed, bus, loan, chain
        self._horizon, self._sleep = horizon, sleep
        self._history: tuple[str, date, tuple[DailyClose, ...], str] | None = None
        self._asked_at: datetime | None = None
        self._wanted = asyncio.Event()
        self._undo = [
            bus.subscribe(LoanValued, lambda _event: self._wanted.set()),
            bus.subscribe(ChainChanged, lambda _event: self._wanted.set()),
        ]

    @property
    def _clock(self) -> Clock:
        return self._feed.clock

    async def run(self) -> None:
        """Answer whenever something changed, with a rest between, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self.ask()
            await self._sleep(REST_S)

    async def ask(self) -> None:
        """Answer for the loan as it stands now; nothing is told while it has no value."""
        state = self._loan.state
        if state is None:
            return
        now, symbol = self._clock.now(), state.terms.symbol
        closes, reason = await self._closes(symbol, now)
        view = self._chain.view if self._chain.symbol == symbol else None
        until = now + self._horizon
        calls = state.call_price, self._call_price(state, until)
        answers = await asyncio.to_thread(_answers, state, view, closes, calls, now, until)
        by_chain, by_history = answers
        if reason and by_history.probability is None:
            by_history = replace(by_history, reason=reason)
        elif closes:
            span = f", closes of {closes[0].day} to {closes[-1].day}"
            by_history = replace(by_history, basis=by_history.basis + span)
        self.newest = CallProbabilityChanged(trading_date(until), by_chain, by_history)
        self._bus.tell(self.newest)

    def close(self) -> None:
        """Hear nothing more."""
        for undo in self._undo:
            undo()

    async def _closes(self, symbol: str, now: datetime) -> tuple[tuple[DailyClose, ...], str]:
        """The daily closes there are, and why there are none; asked for once a day."""
        today, known = trading_date(now), self._history
        if known is not None and known[0] == symbol and known[1] == today:
            again = known[3] and self._asked_at is not None and now - self._asked_at >= ASK_AGAIN
            if not again:
                return known[2], known[3]
        self._asked_at = now
        try:
            closes, reason = await self._feed.closes(symbol, today - HISTORY), ""
        except FeedError as error:
            closes, reason = (), str(error)
        self._history = symbol, today, closes, reason
        return closes, reason

    def _call_price(self, state: LoanState, until: datetime) -> Decimal | None:
        try:
            return self._loan.valued(state.terms, at=until).call_price
        except Unvalued:
            return None


def _answers(
    state: LoanState,
    view: ValuedChain | None,
    closes: tuple[DailyClose, ...],
    calls: tuple[Decimal | None, Decimal | None],
    now: datetime,
    until: datetime,
) -> tuple[CallProbability, CallProbability]:
    """By the option chain and by history; `calls` are the call prices now and then.

    Float64 from here on.
    """
    from vaultdesk.core.loan.first_passage import (  # noqa: PLC0415 (NumPy, after the paint)
        Barrier,
        historical_call_probability,
        implied_call_probability,
    )
    from vaultdesk.core.loan.local_volatility import Curve, Walk  # noqa: PLC0415
    from vaultdesk.core.stats import log_returns  # noqa: PLC0415

    spot = float(state.price)
    years = (until - now) / timedelta(days=DAYS)
    today, then = calls
    barrier = Barrier(None)
    if today is not None and then is not None:
        barrier = Barrier(float(today), math.log(then / today) / years)
    drawn = view is not None and view.smile is not None and not view.smile.reason
    curves = [Curve(view.years, view.smile.volatility)] if view and view.smile and drawn else []
    rates = (view.rate, view.dividend_yield) if view is not None else (0.0, 0.0)
    days = round(years * TRADING_DAYS)
    returns = log_returns([float(one.close) for one in closes])
    return (
        implied_call_probability(Walk(spot, *rates), barrier, years, curves),
        historical_call_probability(spot, barrier, days, returns),
    )
