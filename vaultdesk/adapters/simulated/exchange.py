"""The simulated exchange's days and its clock, which runs only while it trades."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from vaultdesk.core.calendar import NEW_YORK, Sessions, trading_date, weekday_sessions

Span = tuple[datetime, datetime]
"""A session, from its open to its close."""

SessionsBetween = Callable[[date, date], Sessions]


class Exchange:
    """The sessions of any date, fetched a year at a time from `sessions` and kept."""

    def __init__(self, sessions: SessionsBetween = weekday_sessions) -> None:
        self._sessions = sessions
        self._years: dict[int, dict[date, Span]] = {}

    def session(self, day: date) -> Span | None:
        """The session of this New York date; None on weekends and holidays."""
        return self._year(day.year).get(day)

    def trades(self, day: date) -> bool:
        """Whether there is a session on this New York date."""
        return day in self._year(day.year)

    def sessions_from(self, day: date) -> Iterator[Span]:
        """The session of this date, if any, and all later ones."""
        year = day.year
        while True:
            yield from (span for traded, span in self._year(year).items() if traded >= day)
            year += 1

    def sessions_before(self, moment: datetime) -> Iterator[Span]:
        """The sessions that closed at or before the moment, the latest first."""
        year = trading_date(moment).year
        while True:
            spans = tuple(self._year(year).values())
            yield from (span for span in reversed(spans) if span[1] <= moment)
            year -= 1

    def _year(self, year: int) -> dict[date, Span]:
        if year not in self._years:
            first, last = date(year, 1, 1), date(year, 12, 31)
            known = self._sessions(first, last)
            if not known.opens:
                known = weekday_sessions(first, last)
            spans = zip(known.opens, known.closes, strict=True)
            self._years[year] = {trading_date(span[0]): span for span in spans}
        return self._years[year]


def default_start(now: datetime, exchange: Exchange) -> datetime:
    """Now while New York trades, else 10:00 in the latest session before, in UTC."""
    session = exchange.session(trading_date(now))
    if session is not None and session[0] <= now < session[1]:
        return now.astimezone(UTC)
    opened = next(exchange.sessions_before(now))[0]
    return datetime.combine(trading_date(opened), time(10), NEW_YORK).astimezone(UTC)


class Timeline:
    """Trading seconds since the start, laid over the sessions one after another.

    A start outside the sessions moves to the next open. A close belongs to the next session:
    the second after 15:59:59 is the next open.
    """

    def __init__(self, start: datetime, exchange: Exchange) -> None:
        coming = exchange.sessions_from(trading_date(start))
        first = next(span for span in coming if start < span[1])
        self.start = max(start.astimezone(UTC), first[0])
        self._coming = coming
        self._spans = [first]
        self._ends = [(first[1] - self.start).total_seconds()]

    def session_at(self, traded_s: float) -> int:
        """Which session is on after this many trading seconds; 0 is the start's."""
        while traded_s >= self._ends[-1]:
            span = next(self._coming)
            self._spans.append(span)
            self._ends.append(self._ends[-1] + (span[1] - span[0]).total_seconds())
        return bisect_right(self._ends, traded_s)

    def at(self, traded_s: float) -> datetime:
        """The moment after this many trading seconds."""
        index = self.session_at(traded_s)
        if index == 0:
            return self.start + timedelta(seconds=traded_s)
        return self._spans[index][0] + timedelta(seconds=traded_s - self._ends[index - 1])

    def span(self, index: int) -> Span:
        """Open and close of a session that was reached."""
        return self._spans[index]

    def end(self, index: int) -> float:
        """The trading seconds at which a session that was reached closes."""
        return self._ends[index]


class SimulatedClock:
    """The simulated market's time: `speed` trading seconds a second of `monotonic`."""

    def __init__(self, timeline: Timeline, speed: float, monotonic: Callable[[], float]) -> None:
        self._timeline = timeline
        self._speed = speed
        self._monotonic = monotonic
        self._began = monotonic()

    def elapsed_s(self) -> float:
        """Real seconds since the simulation began."""
        return max(self._monotonic() - self._began, 0.0)

    def now(self) -> datetime:
        """The simulated time now, always within a session, in UTC."""
        return self._timeline.at(self.elapsed_s() * self._speed)


def dollars(cents: int) -> Decimal:
    """An amount in cents as a decimal."""
    return Decimal(cents).scaleb(-2)
