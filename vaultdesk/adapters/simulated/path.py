"""The simulated spot: a jump diffusion by tick, gaps between sessions, and an hourly past.

Every random number depends on the seed and on what it is for (a tick, a night, an hour), never on
when it was asked for: the same seed gives the same prices at any pace.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from vaultdesk.adapters.simulated.exchange import Exchange, Timeline
from vaultdesk.core.calendar import trading_date

DIFFUSION = 0.22
"""Volatility a year without the jumps."""

NIGHT_SHARE = 0.35
"""The part of the diffusion's variance that falls between a close and the next open."""

JUMPS_PER_YEAR = 6.0
JUMP_MEAN = -0.004
JUMP_DEVIATION = 0.018

_SESSIONS_A_YEAR = 252
_SESSION_S = 6.5 * 3600
_YEAR_S = _SESSIONS_A_YEAR * _SESSION_S
VARIANCE_A_SECOND = DIFFUSION**2 * (1 - NIGHT_SHARE) / _YEAR_S
VARIANCE_A_NIGHT = DIFFUSION**2 * NIGHT_SHARE / _SESSIONS_A_YEAR
JUMPS_A_SECOND = JUMPS_PER_YEAR / _YEAR_S

_DAY_VOLUME = 9_000_000
_BLOCK = 4096
_KEPT_BLOCKS = 4
_TICKS, _NIGHTS, _VOLUMES, _PAST, _PAST_JUMPS = range(5)

Floats = npt.NDArray[np.float64]
Closes = list[tuple[datetime, int]]
"""When each session closed and at how many cents, oldest first."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The market at one tick, prices in cents; `share` is how much of a day's volume is traded."""

    at: datetime
    opened: datetime
    share: float
    bid: int
    ask: int
    last: int
    previous_close: int
    volume: int


class PricePath:
    """The spot at any tick, `step_s` trading seconds apart, from `first` cents at tick 0.

    Merton (1976): between ticks the logarithm moves by a normal diffusion and a Poisson number of
    normal jumps, compensated so that the price has no drift. Before tick 0 lies the hourly past
    (see `past_prices`) on the sessions of `exchange`.
    """

    def __init__(
        self, seed: int, step_s: float, timeline: Timeline, first: int, exchange: Exchange
    ) -> None:
        self._seed = seed
        self._step_s = step_s
        self._timeline = timeline
        self._first = first
        self._exchange = exchange
        self._nights = [0.0]
        self._closes = [close_before(seed, first, timeline.start, exchange)]
        self._volumes = [self._day_volume(0)]
        self._starts = [0.0]
        self._blocks: dict[int, tuple[Floats, npt.NDArray[np.int64]]] = {}

    def at(self, tick: int) -> Tick:
        """The market at this tick."""
        traded_s = tick * self._step_s
        session = self._timeline.session_at(traded_s)
        self._reach(session)
        moved, book = self._moved(tick)
        last = self._cents(moved + self._nights[session])
        opened, closes = self._timeline.span(session)
        at = self._timeline.at(traded_s)
        share = day_share((at - opened) / (closes - opened))
        return Tick(
            at=at,
            opened=opened,
            share=share,
            bid=last - (book > 0),
            ask=last + (book != 1),
            last=last,
            previous_close=self._closes[session],
            volume=int(self._volumes[session] * share),
        )

    def past_closes(self, since: date) -> Closes:
        """The closes of the sessions before the start, from the date `since` on."""
        return past_closes(self._seed, self._first, self._timeline.start, since, self._exchange)

    def closes(self, tick: int, since: date) -> Closes:
        """The closes of the sessions since the start that are over at this tick."""
        session = self._timeline.session_at(tick * self._step_s)
        self._reach(session)
        ends = (self._timeline.span(number)[1] for number in range(session))
        known = zip(ends, self._closes[1:], strict=False)
        return [(closed, cents) for closed, cents in known if trading_date(closed) >= since]

    def _reach(self, session: int) -> None:
        """Live through the nights up to this session."""
        while len(self._nights) <= session:
            ended = len(self._nights) - 1
            final = math.ceil(self._timeline.end(ended) / self._step_s) - 1
            self._closes.append(self._cents(self._moved(final)[0] + self._nights[ended]))
            gap = self._rng(_NIGHTS, ended).standard_normal() * math.sqrt(VARIANCE_A_NIGHT)
            self._nights.append(self._nights[ended] + gap - VARIANCE_A_NIGHT / 2)
            self._volumes.append(self._day_volume(ended + 1))

    def _moved(self, tick: int) -> tuple[float, int]:
        """The logarithm's move by ticks since the first, and how the book stands at this tick."""
        block, index = divmod(tick, _BLOCK)
        while len(self._starts) <= block:
            self._starts.append(self._starts[-1] + float(self._block(len(self._starts) - 1)[0][-1]))
        moves, books = self._block(block)
        return self._starts[block] + float(moves[index]), int(books[index])

    def _block(self, number: int) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Sums of the moves within a block of ticks, from 0 at its first to the next one's."""
        if number not in self._blocks:
            rng = self._rng(_TICKS, number)
            normals = rng.standard_normal((2, _BLOCK))
            jumps = rng.poisson(JUMPS_A_SECOND * self._step_s, _BLOCK)
            moves = (
                normals[0] * math.sqrt(VARIANCE_A_SECOND * self._step_s)
                + jumps * JUMP_MEAN
                + normals[1] * np.sqrt(jumps) * JUMP_DEVIATION
                + drift_a_second() * self._step_s
            )
            if len(self._blocks) >= _KEPT_BLOCKS:
                del self._blocks[min(self._blocks)]
            sums = np.concatenate(([0.0], np.cumsum(moves)))
            self._blocks[number] = sums, rng.integers(0, 3, _BLOCK)
        return self._blocks[number]

    def _cents(self, moved: float) -> int:
        return max(round(self._first * math.exp(moved)), 2)

    def _day_volume(self, session: int) -> float:
        spread = 0.25 * self._rng(_VOLUMES, session).standard_normal()
        return float(_DAY_VOLUME * math.exp(spread))

    def _rng(self, purpose: int, number: int) -> np.random.Generator:
        return np.random.default_rng((self._seed, purpose, number))


def drift_a_second() -> float:
    """What takes the drift out of the price: half the variance and the jumps' mean, undone."""
    mean_jump = math.exp(JUMP_MEAN + JUMP_DEVIATION**2 / 2) - 1
    return -VARIANCE_A_SECOND / 2 - JUMPS_A_SECOND * mean_jump


def day_share(passed: float) -> float:
    """The part of a day's volume traded once this part of the session has passed.

    Rises from 0 to 1, fastest near the open and the close.
    """
    return 0.6 * passed + 0.4 * (4 * (passed - 0.5) ** 3 + 0.5)


def past_prices(
    seed: int, first: int, start: datetime, hours: int, exchange: Exchange
) -> tuple[tuple[datetime, int], ...]:
    """Hourly prices in cents before the start: the last of `hours` full hours shows `first`.

    Drawn backwards from the start, so that asking for more hours changes none of the later ones.
    Out of session the price stands still; the night's gap falls into the hour of the open.
    """
    if hours <= 0:
        return ()
    ends = start.replace(minute=0, second=0, microsecond=0)
    grid = [ends - timedelta(hours=back) for back in range(hours)]
    edges = [start, *grid[1:]]
    seconds, nights = _traded(edges, exchange)
    moves = np.random.default_rng((seed, _PAST)).standard_normal(hours - 1)
    moves *= np.sqrt(seconds * VARIANCE_A_SECOND + nights * VARIANCE_A_NIGHT)
    lots = np.random.default_rng((seed, _PAST_JUMPS)).random((hours - 1, 2))
    jumps = np.where(lots[:, 1] < 0.5, JUMP_DEVIATION, -JUMP_DEVIATION) + JUMP_MEAN  # noqa: PLR2004
    moves += np.where(lots[:, 0] < seconds * JUMPS_A_SECOND, jumps, 0.0)
    levels = np.concatenate(([0.0], -np.cumsum(moves)))
    cents = np.maximum(np.rint(first * np.exp(levels)), 2).astype(np.int64).tolist()
    return tuple(zip(reversed(grid), reversed(cents), strict=True))


def _traded(edges: list[datetime], exchange: Exchange) -> tuple[Floats, Floats]:
    """Trading seconds and opens between neighbours of `edges`, which go back in time."""
    stamps = np.array([edge.timestamp() for edge in edges])
    first_day = (edges[-1] - timedelta(days=1)).date()
    spans = list(takewhile(lambda span: span[0] <= edges[0], exchange.sessions_from(first_day)))
    opened, closed = np.array([(o.timestamp(), c.timestamp()) for o, c in spans]).reshape(-1, 2).T
    opens = np.searchsorted(opened, stamps, side="right")
    lengths = np.concatenate(([0.0], closed - opened))
    since_open = stamps - np.concatenate((stamps[-1:], opened))[opens]
    traded = np.cumsum(lengths)[opens] - np.maximum(lengths[opens] - since_open, 0.0)
    return traded[:-1] - traded[1:], (opens[:-1] - opens[1:]).astype(np.float64)


def past_closes(seed: int, first: int, start: datetime, since: date, exchange: Exchange) -> Closes:
    """The closes of the sessions before the start, back to `since`, on the hourly past."""
    spans = takewhile(lambda span: trading_date(span[1]) >= since, exchange.sessions_before(start))
    ends = [closed for _, closed in spans][::-1]
    if not ends:
        return []
    past = past_prices(seed, first, start, _hours_since(ends[0], start), exchange)
    times = [at for at, _ in past]
    return [(closed, past[bisect_left(times, closed)][1]) for closed in ends]


def _hours_since(closed: datetime, start: datetime) -> int:
    """How many hours of the past reach back to this close."""
    return int((start - closed) / timedelta(hours=1)) + 2


def close_before(seed: int, first: int, start: datetime, exchange: Exchange) -> int:
    """The close, in cents, of the session before the start's, on the hourly past."""
    closed = next(exchange.sessions_before(start))[1]
    return past_closes(seed, first, start, trading_date(closed), exchange)[0][1]
