"""Thirty days in seconds: a snapshot an hour, each alert once, nothing left over."""

import asyncio
import gc
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.soak.month import BEGIN, END, FALLS, SILENT_FROM, Month
from vaultdesk.core.alerts import Alert, Event
from vaultdesk.storage.database import Database

HOUR = timedelta(hours=1)
EACH_FALL = len(FALLS)
LEFT = "expiry-gld-2026-11-20"
MIDNIGHTS = {
    f"{LEFT}-21": datetime(2026, 10, 30, 4, tzinfo=UTC),
    f"{LEFT}-7": datetime(2026, 11, 13, 5, tzinfo=UTC),
    f"{LEFT}-1": datetime(2026, 11, 19, 5, tzinfo=UTC),
}
"""When so many days are left in New York, whose summer time ends between the first two."""

GROWTH = 5_000
"""Objects that a month may leave: latches of new rules, remembered values."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    with Database(file) as made:
        yield made


def hours_in_session(month: Month) -> set[datetime]:
    """Every hour in which the exchange trades."""
    hours = set()
    for opened, closed in zip(month.sessions.opens, month.sessions.closes, strict=True):
        at = opened.replace(minute=0)
        while at < closed:
            hours.add(at)
            at += HOUR
    return {hour for hour in hours if BEGIN <= hour < END}


def counted(alerts: list[Alert], event: Event) -> Counter[str]:
    return Counter(alert.rule for alert in alerts if alert.event is event)


def rows(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


async def test_a_month_leaves_what_it_should_and_nothing_else(
    database: Database, file: Path
) -> None:
    month = Month(database)
    await month.open()
    await month.live(BEGIN + timedelta(days=1))
    gc.collect()
    tasks, threads = len(asyncio.all_tasks()), threading.active_count()
    objects = len(gc.get_objects())
    await month.live(END)
    await month.delivered()
    gc.collect()
    assert len(asyncio.all_tasks()) == tasks
    assert threading.active_count() <= threads
    assert len(gc.get_objects()) - objects < GROWTH
    kept = [record.alert for record in await month.alerts.history()]
    _each_alert_was_told_once(month, kept)
    _each_notice_was_delivered_once(month)
    _each_hour_has_its_snapshot(month, file)
    await month.close()
    assert len(asyncio.all_tasks()) == 1
    assert month.problems.keys() <= {"outlier", "feed"}


def _each_alert_was_told_once(month: Month, kept: list[Alert]) -> None:
    assert counted(kept, Event.CROSSED) == {
        "ltv-70": EACH_FALL,
        "ltv-75": EACH_FALL,
        "data-300": 1,
        "protection-gap": 1,
        **dict.fromkeys((f"{LEFT}-45", *MIDNIGHTS), 1),
    }
    both = dict.fromkeys(("ltv-70", "ltv-75"), EACH_FALL)
    assert counted(kept, Event.CLEARED) == {**both, "data-300": 1}
    # Three steps in the two long falls, one in the third, which is over after 21 minutes.
    assert counted(kept, Event.ESCALATED) == {"ltv-75": 7}
    crossed = {one.rule: one.at for one in month.raised if one.event is Event.CROSSED}
    assert {rule: crossed[rule] for rule in MIDNIGHTS} == MIDNIGHTS
    silent = crossed["data-300"] - SILENT_FROM
    assert timedelta(0) < silent <= timedelta(minutes=5)
    said = [one.id for one in month.raised]
    assert sorted(said) == sorted(one.id for one in kept if one.event is not Event.CLEARED)


def _each_notice_was_delivered_once(month: Month) -> None:
    for name, sink in month.sinks.items():
        addressed = [
            one.id for one in month.raised
            if name in one.channels
        ]  # fmt: skip
        assert sorted(alert for alert, _ in sink.taken) == sorted(addressed)
        assert len({delivery for _, delivery in sink.taken}) == len(addressed)
    assert any(sink.taken for sink in month.sinks.values())


def _each_hour_has_its_snapshot(month: Month, file: Path) -> None:
    hours = Counter(at.replace(minute=0) for at in month.snapshots)
    assert set(hours.values()) == {1}
    assert hours_in_session(month) <= hours.keys()
    # The price of the last trade is honest until the next session, so every hour has one.
    assert len(hours) == (END - BEGIN) // HOUR
    falls = 2 * 2 * EACH_FALL  # two lines, there and back, and the value of each alert beside
    assert len(hours) < rows(file, "snapshots") <= len(hours) + 2 * falls
    assert file.stat().st_size < 2_000_000
