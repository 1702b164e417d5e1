"""LTV history as arrays, and the few points of a line that a screen can show of millions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vaultdesk.core.loan.snapshots import Snapshot

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Places = NDArray[np.int64]
    """Positions in an array, ascending."""

HOUR_S, HALF_HOUR_S = 3600.0, 1800.0
"""Snapshots come each hour."""
BLOCK = 64
"""Points whose extremes are looked up together; fewer than these are looked at one by one."""
A_COLUMN = 4
"""Points that show a column of pixels as all of its points would."""


@dataclass(frozen=True, slots=True, eq=False)
class LtvSeries:
    """Snapshots as arrays of one length, oldest first.

    Attributes:
        ids: by which the store finds the snapshot itself.
        times: seconds since 1970, UTC, ascending.
        ltv: loan / value, a fraction.
        price: of the watched symbol, in its currency.
        amount: what was owed, in the loan's currency.
        call_ltv: the call level of the row's own terms, a fraction.
        closeout_ltv: the close-out level, likewise.
        crossed: taken because a threshold was crossed, not because the hour was full.
        first: the oldest snapshot to the digit, None where there is none.
        last: the newest.
    """

    ids: Places
    times: Floats
    ltv: Floats
    price: Floats
    amount: Floats
    call_ltv: Floats
    closeout_ltv: Floats
    crossed: Flags
    first: Snapshot | None = None
    last: Snapshot | None = None

    def gaps(self, longest_s: float = HOUR_S) -> Places:
        """The positions of snapshots that come more than `longest_s` after the one before."""
        return np.flatnonzero(np.diff(self.times) > longest_s) + 1


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Values over ascending times, prepared for `thinned`.

    Nothing is known between the points `cuts[i] - 1` and `cuts[i]`. `lows` and `highs` are the
    extremes of each whole block of `BLOCK` values. All values are finite.
    """

    times: Floats
    values: Floats
    cuts: Places
    lows: Floats
    highs: Floats


def line(times: Floats, values: Floats, cuts: Places | None = None) -> Line:
    """A line through points at ascending times; one pass over the values."""
    blocks = values[: len(values) // BLOCK * BLOCK].reshape(-1, BLOCK)
    none = np.empty(0, dtype=np.int64)
    return Line(times, values, none if cuts is None else cuts, blocks.min(1), blocks.max(1))


def joined(places: Places, cuts: Places) -> Flags:
    """Whether a line leads from each of these points to the next of them; the last leads nowhere.

    It does unless there is a cut between the two.
    """
    passed = np.searchsorted(cuts, places, side="right")
    leads = np.zeros(len(places), dtype=np.bool_)
    leads[:-1] = passed[1:] == passed[:-1]
    return leads


def lonely(leads: Flags) -> Flags:
    """Which points no line leads to or from."""
    alone = ~leads
    alone[1:] &= ~leads[:-1]
    return alone


def stepped(times: Floats, values: Floats, start: float, stop: float) -> tuple[Floats, Floats]:
    """The corners of a line from `start` to `stop` that holds each value until another comes.

    No gap interrupts it: what terms say holds whether or not there was a price to see it by.
    """
    turns = np.flatnonzero(np.diff(values) != 0) + 1
    before_and_after = np.stack((values[turns - 1], values[turns]), 1).ravel()
    return (
        np.concatenate(([start], np.repeat(times[turns], 2), [stop])),
        np.concatenate((values[:1], before_and_after, values[-1:])),
    )


def thinned(drawn: Line, start: float, stop: float, columns: int) -> Places:
    """The points to draw of the stretch from `start` to `stop` on so many columns of pixels.

    Of each column the first, the lowest, the highest and the last point, and one point beyond
    either end, so that the line leaves the picture: drawn in one pixel's width it covers the very
    pixels that all points would (Jugel et al., "M4", VLDB 7(10), 2014, section 4.2). The cost
    grows with the columns, and with the points only by a `BLOCK`th of them.
    """
    times = drawn.times
    first = int(np.searchsorted(times, start))
    last = int(np.searchsorted(times, stop, side="right"))
    before, after = max(first - 1, 0), min(last + 1, len(times))
    if after - before <= A_COLUMN * columns:
        return np.arange(before, after)
    borders = np.searchsorted(times, np.linspace(start, stop, columns + 1)[1:-1])
    edges = _distinct(np.concatenate(([first], borders, [last])))
    begins, ends = edges[:-1], edges[1:]
    wide = ends - begins >= BLOCK
    found = (
        *_in_narrow(drawn.values, begins[~wide], ends[~wide]),
        *_in_wide(drawn, begins[wide], ends[wide]),
    )
    picked = np.concatenate(([before, after - 1], begins, *found, ends - 1))
    return _distinct(np.sort(picked))


def _distinct(ascending: Places) -> Places:
    """Without repetitions; np.unique would hash and sort."""
    new = np.ones(len(ascending), dtype=np.bool_)
    new[1:] = ascending[1:] != ascending[:-1]
    return ascending[new]


def _in_narrow(values: Floats, begins: Places, ends: Places) -> tuple[Places, Places]:
    """Where the lowest and the highest value of each stretch below a block are."""
    places = np.minimum(begins[:, None] + np.arange(BLOCK), ends[:, None] - 1)
    table = values[places]
    return begins + table.argmin(1), begins + table.argmax(1)


def _in_wide(drawn: Line, begins: Places, ends: Places) -> tuple[Places, Places]:
    """The same of stretches of a block or more: they are in four blocks of values at most.

    Those are the stretch's first and last `BLOCK` values, and of the whole blocks between them the
    one that goes lowest and the one that goes highest.
    """
    if not len(begins):
        return begins, begins
    windows = [begins, begins, begins, ends - BLOCK]
    first_whole, last_whole = -(-begins // BLOCK), ends // BLOCK
    some = last_whole > first_whole
    if some.any():
        runs = first_whole[some], last_whole[some]
        for number, of_blocks, better in (
            (1, drawn.lows, np.minimum),
            (2, drawn.highs, np.maximum),
        ):
            windows[number] = begins.copy()
            windows[number][some] = BLOCK * _best_blocks(of_blocks, *runs, better)
    starts = np.stack(windows, 1)
    every = np.lib.stride_tricks.sliding_window_view(drawn.values, BLOCK)
    table = every[starts].reshape(len(starts), -1)
    rows = np.arange(len(starts))
    low, high = (
        starts[rows, at // BLOCK] + at % BLOCK for at in (table.argmin(1), table.argmax(1))
    )
    return low, high


def _best_blocks(of_blocks: Floats, begins: Places, ends: Places, better: np.ufunc) -> Places:
    """The block with the extreme of each run of blocks; none is empty, none overlaps another."""
    borders = np.stack((begins, ends), 1).ravel()
    borders = borders[:-1] if ends[-1] == len(of_blocks) else borders
    extremes = better.reduceat(of_blocks, borders)[::2]
    lengths = ends - begins
    offsets = np.cumsum(lengths) - lengths
    blocks = np.arange(lengths.sum()) + np.repeat(begins - offsets, lengths)
    hits = np.flatnonzero(of_blocks[blocks] == np.repeat(extremes, lengths))
    best: Places = blocks[hits[np.searchsorted(hits, offsets)]]
    return best
