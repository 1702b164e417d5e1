"""Takes a hedge's policy through years of daily closes, on all processors there are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.rolling.model import RollModel
from vaultdesk.core.hedge.rolling.policy import PolicyError, RollPolicy, of_position
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal
    from pathlib import Path

    from vaultdesk.core.hedge.rolling.history import History, HistoryRequest, Window
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.market import DailyClose
    from vaultdesk.ports import MarketFeed, Workers
    from vaultdesk.services.hedge import HedgeService
    from vaultdesk.services.loan import LoanService

BEGINNING = date(2000, 1, 1)
"""Closes are asked for from here on: most funds of gold are younger."""
LARGEST_FILE = 16 * 2**20


@dataclass(frozen=True, slots=True)
class RollWish:
    """What is to be tried.

    Attributes:
        policy: the hedge.
        model: of option prices.
        months: how long each window is.
        every: months between their starts.
        start_ltv: at which the loan begins in each, a fraction; None for its LTV of today.
        file: daily closes to go by; None for the feed's own.
    """

    policy: RollPolicy
    model: RollModel
    months: int = 12
    every: int = 1
    start_ltv: Decimal | None = None
    file: Path | None = None


class HedgeHistoryService:
    """Answers one wish at a time; `rate` is the interest in option prices, continuous."""

    def __init__(
        self,
        feed: MarketFeed,
        loan: LoanService,
        hedge: HedgeService,
        workers: Workers,
        *,
        rate: float = 0.04,
    ) -> None:
        self._feed, self._loan, self._hedge = feed, loan, hedge
        self._workers = workers
        self._rate = rate

    @property
    def model(self) -> RollModel:
        """The usual assumptions, with the desk's own fees and interest."""
        return RollModel(fees=self._hedge.rules.fees, rate=self._rate)

    def desk_policy(self, base: RollPolicy) -> RollPolicy:
        """The habit of buying the hedge on the desk; `base` says when it is rolled and how used.

        Raises:
            InputError: there is none, or it is of a shape that cannot be rolled.
        """
        chosen, config = self._hedge.chosen, self._hedge.config
        if chosen is None or config is None:
            raise InputError("No hedge is on the desk: choose one, or a policy of another kind.")
        today = trading_date(config.at)
        try:
            return of_position(chosen, config.spot_price, config.units, today, base)
        except PolicyError as error:
            raise InputError(str(error), error.field) from error

    async def run(self, wish: RollWish, tell: Callable[[int, int], None]) -> History:
        """Take the policy through every window; `tell` hears how many are done, and of how many.

        A cancelled call drops at once what has not begun.

        Raises:
            InputError: the loan, the policy or the file cannot be used.
            FeedError: the feed gives no closes.
            WorkerError: there is nothing to compute on.
        """
        state = self._loan.state
        if state is None:
            raise InputError("The loan has no value yet: enter its terms, or wait for a price.")
        symbol = state.terms.symbol
        if wish.file is None:
            closes = await self._feed.closes(symbol, BEGINNING)
            source = f"daily closes of {symbol}, {self._feed.name}"
        else:
            closes = await asyncio.to_thread(_read, wish.file)
            source = f"daily closes of {wish.file.name}"
        request, tasks = await asyncio.to_thread(_prepared, state, wish, closes)
        tell(0, len(tasks))
        from vaultdesk.core.hedge.rolling.history import History, rolled  # noqa: PLC0415 (NumPy)

        results = await self._workers.run(rolled, tasks, lambda done: tell(done, len(tasks)))
        return History(request, source, closes[0].day, closes[-1].day, tuple(results))

    async def close(self) -> None:
        """Stop the workers."""
        await self._workers.close()


def _prepared(
    state: LoanState, wish: RollWish, closes: Sequence[DailyClose]
) -> tuple[HistoryRequest, tuple[Window, ...]]:
    from vaultdesk.core.hedge.costs import loan_rate  # noqa: PLC0415
    from vaultdesk.core.hedge.rolling.closes import UnreadablePrices, checked  # noqa: PLC0415
    from vaultdesk.core.hedge.rolling.history import HistoryRequest, windows  # noqa: PLC0415
    from vaultdesk.core.hedge.rolling.loan import roll_loan  # noqa: PLC0415

    loan = roll_loan(state, loan_rate(state), wish.start_ltv)
    request = HistoryRequest(wish.policy, loan, wish.model, wish.months, wish.every)
    try:
        return request, windows(checked(closes), request)
    except UnreadablePrices as error:
        raise InputError(str(error)) from error
    except PolicyError as error:
        raise InputError(str(error), error.field) from error


def _read(path: Path) -> tuple[DailyClose, ...]:
    from vaultdesk.core.hedge.rolling.closes import UnreadablePrices, read_closes  # noqa: PLC0415

    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path.name} is too large for daily closes: choose another file.")
        with path.open(newline="", encoding="utf-8") as lines:
            return read_closes(lines)
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read ({error.strerror}): choose another file."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not a table of text: choose a CSV file.") from error
    except UnreadablePrices as error:
        raise InputError(f"{path.name}: {error}") from error
