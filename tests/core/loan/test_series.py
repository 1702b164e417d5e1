"""Thinning keeps what a screen can show: extremes, ends, order and gaps, whatever the points."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultdesk.core.loan.series import (
    A_COLUMN,
    BLOCK,
    Line,
    LtvSeries,
    joined,
    line,
    lonely,
    stepped,
    thinned,
)

if TYPE_CHECKING:
    from vaultdesk.core.loan.series import Floats, Places

NONE = np.empty(0, dtype=np.int64)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Up to some thousand points, crowded and sparse in turns, with equal times and values."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    crowds = draw(st.lists(st.tuples(st.integers(1, 700), st.sampled_from([0.0, 0.01, 5.0]))))
    steps = [np.round(random.random(count) * pace, 2) for count, pace in crowds]
    times = np.cumsum(np.concatenate([np.zeros(1), *steps]))
    values = random.integers(-50, 50, len(times)).astype(np.float64)
    return line(times, values)


@given(lines(), st.floats(-0.2, 1.1), st.floats(0.001, 1.3), st.integers(1, 60))
@settings(max_examples=300)
def test_each_column_keeps_its_ends_and_its_extremes(
    drawn: Line, from_share: float, share: float, columns: int
) -> None:
    extent = float(drawn.times[-1]) or 1.0
    start = from_share * extent
    stop = start + share * extent
    places = thinned(drawn, start, stop, columns)
    assert (np.diff(places) > 0).all()
    borders = np.linspace(start, stop, columns + 1)[1:-1]
    seen = np.flatnonzero((drawn.times >= start) & (drawn.times <= stop))
    columns_of = np.array([(borders <= time).sum() for time in drawn.times[seen]])
    for column in range(columns):
        every = seen[columns_of == column]
        kept = np.intersect1d(every, places)
        if len(every):
            assert kept[0] == every[0]
            assert kept[-1] == every[-1]
            assert drawn.values[kept].min() == drawn.values[every].min()
            assert drawn.values[kept].max() == drawn.values[every].max()
    beyond = {int(seen[0]) - 1, int(seen[-1]) + 1} if len(seen) else set()
    assert beyond & set(range(len(drawn.times))) <= set(places.tolist())
    assert set(places.tolist()) <= set(seen.tolist()) | beyond or not len(seen)


@given(lines(), st.integers(1, 60))
def test_no_more_is_drawn_than_columns_can_show(drawn: Line, columns: int) -> None:
    places = thinned(drawn, float(drawn.times[0]), float(drawn.times[-1]), columns)
    assert len(places) <= A_COLUMN * columns + 2


def test_a_single_spike_among_a_million_is_drawn() -> None:
    times = np.arange(1e6)
    values = np.zeros(10**6)
    values[[123_456, 777_777]] = 1.0, -1.0
    assert {123_456, 777_777} <= set(thinned(line(times, values), 0, 1e6, 900).tolist())


def test_an_extreme_out_of_sight_does_not_hide_one_in_sight() -> None:
    values = np.zeros(10_000)
    values[[4_999, 5_050]] = -9.0, -1.0
    places = thinned(line(np.arange(1e4), values), 5_000, 9_000, 10)
    assert {4_999, 5_050} <= set(places.tolist())


def test_few_points_are_all_drawn() -> None:
    drawn = line(np.arange(10.0), np.arange(10.0))
    assert thinned(drawn, 3, 5, 100).tolist() == [2, 3, 4, 5, 6]


def test_an_empty_line_has_nothing_to_draw() -> None:
    assert thinned(line(np.empty(0), np.empty(0)), 0, 1, 100).tolist() == []


@given(
    st.lists(st.integers(0, 199), min_size=2, unique=True).map(sorted),
    st.lists(st.integers(1, 199), unique=True).map(sorted),
)
def test_no_line_is_drawn_across_a_cut_and_none_is_missing_elsewhere(
    places: list[int], cuts: list[int]
) -> None:
    leads = joined(np.array(places), np.array(cuts, dtype=np.int64))
    for number, (here, there) in enumerate(pairwise(places)):
        assert leads[number] == (not any(here < cut <= there for cut in cuts))
    assert not leads[-1]


@pytest.mark.parametrize(
    ("cuts", "alone"), [([], []), ([3], [3]), ([1, 2], [0, 1]), ([1, 2, 3], [0, 1, 2, 3])]
)
def test_points_between_two_cuts_are_known_to_stand_alone(
    cuts: list[int], alone: list[int]
) -> None:
    leads = joined(np.arange(4), np.array(cuts, dtype=np.int64))
    assert np.flatnonzero(lonely(leads)).tolist() == alone


def test_thinned_points_still_break_where_nothing_is_known() -> None:
    """A night without data stays one, however many points are left out beside it."""
    times = np.concatenate((np.arange(5_000.0), np.arange(50_000.0, 55_000.0)))
    places = thinned(line(times, np.sin(times)), 0, 55_000, 30)
    leads = joined(places, np.array([5_000]))
    before = int(np.flatnonzero(places == 4_999)[0])
    assert places[before + 1] == 5_000
    assert not leads[before]
    assert leads[:-1].sum() == len(places) - 2


LEVELS = st.lists(st.sampled_from([0.7, 0.75, 0.8]), min_size=1, max_size=40)


@given(LEVELS)
def test_a_stepped_line_holds_each_value_until_the_next_and_turns_square(
    values: list[float],
) -> None:
    times = np.arange(float(len(values)))
    x, y = stepped(times, np.array(values), -1.0, times[-1] + 1.0)
    assert (x[0], x[-1]) == (-1.0, times[-1] + 1.0)
    assert ((np.diff(x) == 0) != (np.diff(y) == 0)).all(), "across or upright, never slanting"
    for time, value in zip(times, values, strict=True):
        assert y[np.searchsorted(x, time, side="right") - 1] == value


def test_terms_that_never_change_are_one_stroke() -> None:
    x, y = stepped(np.arange(1e5), np.full(10**5, 0.75), 0.0, 1e5)
    assert (x.tolist(), y.tolist()) == ([0.0, 1e5], [0.75, 0.75])


def series(times: list[float]) -> LtvSeries:
    many: Floats = np.array(times)
    ids: Places = np.arange(len(times))
    return LtvSeries(ids, many, many, many, many, many, many, many > 0)


@pytest.mark.parametrize(
    ("hours", "gaps"), [([], []), ([0], []), ([0, 1, 1.5, 2], []), ([0, 1, 3, 4, 9], [2, 4])]
)
def test_a_gap_is_more_than_an_hour(hours: list[float], gaps: list[int]) -> None:
    assert series([3600 * hour for hour in hours]).gaps().tolist() == gaps


@pytest.mark.parametrize("count", [0, BLOCK - 1, BLOCK, 3 * BLOCK + 1])
def test_whole_blocks_know_their_extremes(count: int) -> None:
    values = np.random.default_rng(1).random(count)
    drawn = line(np.arange(float(count)), values)
    blocks = [values[start : start + BLOCK] for start in range(0, count - BLOCK + 1, BLOCK)]
    assert drawn.lows.tolist() == [block.min() for block in blocks]
    assert drawn.highs.tolist() == [block.max() for block in blocks]
    assert drawn.cuts.tolist() == NONE.tolist()
