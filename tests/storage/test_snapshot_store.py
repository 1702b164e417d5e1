"""The LTV history in the database: nothing twice, and read as arrays that tell the truth."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.feed import START
from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.loan.snapshots import Reason, Snapshot
from vaultdesk.core.market import Quality
from vaultdesk.storage import snapshot_store
from vaultdesk.storage.database import Database
from vaultdesk.storage.snapshot_store import SqlSnapshotStore

HOUR = START.replace(minute=0)
ROW = Snapshot(
    at=HOUR,
    reason="hour",
    symbol="GLD",
    price=Decimal("350.12"),
    value=Decimal("3501200.00"),
    amount=Decimal("2100000.10"),
    ltv=Decimal("0.5997943562207243230892265509"),
    zone=Zone.SAFE,
    call_ltv=Decimal("0.75"),
    closeout_ltv=Decimal("0.85"),
    currency="USD",
    source="test",
    quality=Quality.LIVE,
    price_at=HOUR,
    lending_value=Decimal("2625900.00"),
)


def at(hours: float, ltv: str = "0.6", reason: Reason = "hour") -> Snapshot:
    return replace(ROW, at=HOUR + timedelta(hours=hours), ltv=Decimal(ltv), reason=reason)


async def kept(
    database: Database, *rows: Snapshot, many: int = snapshot_store.EVERY_ROW_UP_TO
) -> SqlSnapshotStore:
    store = SqlSnapshotStore(database, many)
    await store.replace_all(rows)
    return store


async def test_an_empty_history_is_empty_arrays() -> None:
    with Database(None) as database:
        series = await SqlSnapshotStore(database).series(START)
    assert (series.first, series.last, len(series.times)) == (None, None, 0)


async def test_arrays_hold_the_values_of_their_rows() -> None:
    rows = (at(0), at(1, "0.7", "zone"), replace(at(2), price=Decimal("351.5")))
    with Database(None) as database:
        series = await (await kept(database, *rows)).series(HOUR)
    assert series.times.tolist() == [row.at.timestamp() for row in rows]
    assert series.ltv.tolist() == [0.6, 0.7, 0.6]
    assert series.price.tolist() == [350.12, 350.12, 351.5]
    assert series.amount.tolist() == [2_100_000.10] * 3
    assert series.call_ltv.tolist() == [0.75] * 3
    assert series.closeout_ltv.tolist() == [0.85] * 3
    assert series.crossed.tolist() == [False, True, False]


async def test_the_first_the_last_and_any_row_are_had_to_the_digit() -> None:
    rows = (at(0), at(1, "0.7"), replace(ROW, at=HOUR + timedelta(hours=2)))
    with Database(None) as database:
        store = await kept(database, *rows)
        series = await store.series(HOUR)
        assert (series.first, series.last) == (rows[0], rows[2])
        assert [await store.get(int(number)) for number in series.ids] == list(rows)
        assert await store.get(999) is None


async def test_the_series_begins_with_the_hour_of_its_start() -> None:
    with Database(None) as database:
        store = await kept(database, at(0), at(1), at(1.25, reason="zone"), at(2))
        series = await store.series(HOUR + timedelta(hours=1.5))
    assert len(series.times) == 3


async def test_the_same_moment_reason_and_symbol_are_kept_once() -> None:
    with Database(None) as database:
        store = SqlSnapshotStore(database)
        answers = [await store.add(at(1, reason=reason)) for reason in ("hour", "alert", "alert")]
        assert answers == [True, True, False]
        assert await store.add(replace(at(1, reason="alert"), symbol="IAU"))
        assert len(await store.since(HOUR)) == 3


moments = st.integers(0, 5 * 3_600_000_000 - 1)
"""Microseconds within five hours."""
ratios = st.decimals("0", "12", places=6) | st.decimals("0.5999", "0.6001", places=12)


@given(
    st.lists(
        st.tuples(moments, ratios, st.sampled_from(["hour", "zone"])),
        min_size=4,
        max_size=60,
        unique_by=lambda row: (row[0], row[2]),
    ),
    st.integers(-1, 4),
)
@settings(max_examples=60)
async def test_of_very_many_each_hour_tells_its_ends_its_extremes_and_a_crossing(
    drawn: list[tuple[int, Decimal, Reason]], from_hour: int
) -> None:
    rows = [
        replace(ROW, at=HOUR + timedelta(microseconds=after), ltv=ltv, reason=reason)
        for after, ltv, reason in sorted(drawn)
    ]
    start = HOUR + timedelta(hours=from_hour)
    with Database(None) as database:
        series = await (await kept(database, *rows, many=3)).series(start)
    asked = [row for row in rows if row.at >= start]
    assert (np.diff(series.times) >= 0).all()
    known = {row.at.timestamp() for row in asked}
    assert set(series.times.tolist()) <= known
    for hour, group in groupby(asked, key=_hour):
        every = list(group)
        here = (series.times >= hour.timestamp()) & (series.times < hour.timestamp() + 3600)
        assert series.times[here][0] == every[0].at.timestamp()
        assert series.times[here][-1] == every[-1].at.timestamp()
        assert series.ltv[here].min() == min(float(row.ltv) for row in every)
        assert series.ltv[here].max() == max(float(row.ltv) for row in every)
        assert series.crossed[here].any() == any(row.reason == "zone" for row in every)
    if asked:
        assert series.first is not None
        assert series.last is not None
        assert (series.first.at, series.last.at) == (asked[0].at, asked[-1].at)


async def test_what_is_left_out_leaves_no_gap_and_hides_none() -> None:
    minutes = [at(minute / 60) for minute in (*range(120), *range(300, 400))]
    with Database(None) as database:
        series = await (await kept(database, *minutes, many=3)).series(HOUR)
    assert len(series.times) < len(minutes) / 5
    (gap,) = series.gaps().tolist()
    assert series.times[gap] - series.times[gap - 1] == (300 - 119) * 60


async def test_looking_for_extremes_reads_indexes_and_never_the_whole_table() -> None:
    with Database(None) as database:
        plan = await database.run(
            lambda connection: [
                str(row.detail)
                for row in connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {snapshot_store._OF_HOURS.text}",
                    {"hour": "2026-07-10T14"},
                )
            ]
        )
    assert any("snapshots_by_hour" in step for step in plan)
    assert any("snapshots_at_crossings" in step for step in plan)
    assert not [step for step in plan if step.startswith("SCAN snapshots")]


def _hour(row: Snapshot) -> datetime:
    return row.at.replace(minute=0, second=0, microsecond=0)
