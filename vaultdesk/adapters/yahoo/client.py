"""The yfinance client as the desk drives it; loaded and called only in the feed's own thread.

What it costs in HTTP requests, the process's first cookie and crumb (two) aside: a quote one, the
expiries one (Yahoo sends the nearest chain with them, which the client throws away), a chain one,
or two when the expiries of its symbol were not asked before, the daily closes one.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from functools import cache
from json import JSONDecodeError
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

import yfinance
from curl_cffi.requests.exceptions import RequestException
from peewee import PeeweeException
from yfinance.cache import get_cookie_cache, get_tz_cache
from yfinance.data import YfData
from yfinance.exceptions import YFDataException, YFException, YFPricesMissingError

from vaultdesk.adapters.yahoo import faults, read
from vaultdesk.adapters.yahoo.call import Call
from vaultdesk.adapters.yahoo.session import HopelessError, RecordingSession
from vaultdesk.core.market import OptionQuote, Right
from vaultdesk.ports import FeedError, FeedFault

T = TypeVar("T")

# What the library mutters goes to a log where there is one, never onto the command line's stderr.
logging.getLogger("yfinance").addHandler(logging.NullHandler())

_SHAPE = (LookupError, TypeError, ValueError, AttributeError)
"""How the client stumbles over an answer of another shape; ValueError includes broken JSON."""

_FOREIGN = (YFException, RequestException, HopelessError, *_SHAPE)


class ClosesAnswer(NamedTuple):
    """One symbol's daily bars as (day at the exchange, close), and the chart's metadata."""

    bars: tuple[tuple[date, float], ...]
    meta: read.Fields


class ChainAnswer(NamedTuple):
    """One expiry's contracts, the rows that could not be read, and the underlying's fields."""

    rows: tuple[OptionQuote, ...]
    problems: tuple[str, ...]
    underlying: read.Fields


@cache
def _session() -> RecordingSession:
    """The process's one session: its cookies belong to the one crumb yfinance keeps."""
    return RecordingSession()


class Client:
    """Each method makes one call's requests, blocking; whatever Yahoo does wrong is a FeedError.

    yfinance is one per process, and so are its session and its folder: the first client's.
    """

    def __init__(self, folder: Path) -> None:
        yfinance.set_tz_cache_location(str(folder))
        yfinance.config.debug.hide_exceptions = False
        self._session = _session()
        self._tickers: dict[str, Any] = {}

    def quote(self, symbol: str, call: Call) -> read.Fields:
        """The metadata (read.META) of today's chart: raw prices of the regular session."""

        def ask() -> read.Fields:
            ticker = self._ticker(symbol)
            try:
                ticker.history(period="1d", interval="1m", auto_adjust=False, prepost=False)
            except JSONDecodeError:
                raise
            except (YFPricesMissingError, *_SHAPE):
                # Before a day's first trade there are no bars, and odd bars trip the client up;
                # the metadata, stored before it looks at the bars, are good all the same.
                if not call.seen or not call.seen[-1].is_good:
                    raise
            metadata = ticker.get_history_metadata()
            return {key: metadata.get(key) for key in read.META}

        return self._asked(symbol, call, ask)

    def closes(self, symbol: str, start: date, call: Call) -> ClosesAnswer:
        """The daily bars from the day before `start` on, if any, one request; raw, odd ones too."""

        def ask() -> ClosesAnswer:
            ticker = self._ticker(symbol)
            bars: tuple[tuple[date, float], ...] = ()
            try:
                # The start is midnight in UTC, when a day in London has begun in summer.
                frame = ticker.history(
                    start=start - timedelta(days=1), interval="1d", auto_adjust=False, keepna=True
                )
            except YFPricesMissingError:
                if not call.seen or not call.seen[-1].is_good:
                    raise
            else:
                bars = tuple(zip((at.date() for at in frame.index), frame["Close"], strict=True))
            return ClosesAnswer(bars, ticker.get_history_metadata())

        return self._asked(symbol, call, ask)

    def expirations(self, symbol: str, call: Call) -> tuple[date, ...]:
        """The listed expiries, ascending; never empty."""

        def ask() -> tuple[date, ...]:
            ticker = self._ticker(symbol)
            found = tuple(sorted(date.fromisoformat(text) for text in ticker.options))
            if found:
                self._tickers[symbol] = ticker  # one without expiries would ask for them again
            return found

        expiries = self._asked(symbol, call, ask)
        if not expiries:
            raise self._silent(symbol, call) or faults.no_expiries(symbol, call.seen[-1].body)
        return expiries

    def chain(self, symbol: str, expiry: date, call: Call) -> ChainAnswer:
        """One expiry's contracts; never empty."""
        day = expiry.isoformat()
        if symbol not in self._tickers or day not in self._tickers[symbol].options:
            self.expirations(symbol, call)
        ticker = self._tickers[symbol]
        if day not in ticker.options:
            raise faults.no_data(
                f"Yahoo lists no options on {symbol} for {day}; choose another expiry."
            )
        answer = self._asked(symbol, call, lambda: ticker.option_chain(day))
        sides: tuple[tuple[Right, str, list[read.Fields]], ...] = (
            ("C", "calls", _records(answer.calls)),
            ("P", "puts", _records(answer.puts)),
        )
        rows, problems = read.chain_rows(
            symbol, expiry, ((right, row) for right, _, side in sides for row in side)
        )
        if not rows:
            raise self._silent(symbol, call) or faults.no_data(
                f"Yahoo sent no contracts of {symbol} for {day}; try another expiry."
            )
        absent = (
            f"Yahoo sent no {name} of {symbol} for {day}." for _, name, side in sides if not side
        )
        return ChainAnswer(rows, (*problems, *absent), answer.underlying or {})

    def _ticker(self, symbol: str) -> Any:  # noqa: ANN401 - yfinance has no types
        """A new client for one symbol, told a time zone so that it does not ask for it.

        The zone only says from which midnight a question's first day counts; fetching it costs a
        request, and a failed answer would be kept for the life of the process.
        """
        zones = get_tz_cache()
        if not zones.lookup(symbol):
            zones.store(symbol, "UTC")
        return yfinance.Ticker(symbol, session=self._session)

    def _asked(self, symbol: str, call: Call, ask: Callable[[], T]) -> T:
        self._session.serve(call)
        with _Diagnosis(self, symbol, call):
            try:
                return ask()
            except (PeeweeException, *_SHAPE) as error:
                if call.seen and not isinstance(error, PeeweeException):
                    raise
                # It stumbled over its own files: a full disk, a corrupt file, an odd old cookie.
                for files in (get_tz_cache(), get_cookie_cache()):
                    files.dummy = True
                return ask()

    def _silent(self, symbol: str, call: Call) -> FeedError | None:
        """Why an answer is empty, where the exchanges tell."""
        error = faults.diagnosed(symbol, call.seen)
        if error is not None:
            self.recover(error)
        return error

    def recover(self, error: FeedError) -> None:
        """Forget what made or would keep this failure: refused cookies, failed answers."""
        YfData.cache_get.cache_clear()
        if error.fault is FeedFault.AUTH_STALE:
            self._session.cookies.clear()
            get_cookie_cache().store("curlCffi", None)


class _Diagnosis(AbstractContextManager[None]):
    """Turns whatever the client raised into a FeedError: first by what was seen on the wire.

    An exception that neither the exchanges nor its type explain is a bug and goes on as it is.
    """

    def __init__(self, client: Client, symbol: str, call: Call) -> None:
        self._client, self._symbol, self._call = client, symbol, call

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, FeedError):
            return
        told = faults.diagnosed(self._symbol, self._call.seen)
        if told is None and self._call.seen and isinstance(error, YFDataException):
            told = faults.closed_for_repair()
        if told is None and self._call.seen and isinstance(error, _FOREIGN):
            told = faults.malformed(self._symbol)
        if told is not None:
            self._client.recover(told)
            raise told from error


def _records(frame: Any) -> list[read.Fields]:  # noqa: ANN401 - a pandas frame or None
    return [] if frame is None else list(frame.to_dict("records"))
