"""Alerts in the database: together or not at all, never changed, found again."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from tests.fakes.alerts import ALERT, numbered
from tests.fakes.feed import START
from vaultdesk.core.alerts import (
    Action,
    AlertRecord,
    Batch,
    Deed,
    Delivery,
    DeliveryState,
    Event,
    HistoryQuery,
    Latch,
    Metric,
    Rule,
    Severity,
    default_rules,
)
from vaultdesk.core.alerts.deliveries import deliveries_of
from vaultdesk.ports import StorageError
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import Database

LATCH = Latch(
    3, beyond=True, told_at=START, escalations=1, snoozed_until=START + timedelta(hours=1)
)
DELIVERIES = deliveries_of(ALERT, START)


def acknowledgement(number: int, who: str = "me") -> Action:
    return Action(Deed.ACKNOWLEDGED, "ltv-75", number, who, START + timedelta(minutes=number))


async def test_a_new_database_knows_no_rules_and_gets_a_lasting_profile() -> None:
    with Database(None) as database:
        store = SqlAlertStore(database)
        first = await store.load()
        assert first.rules is None
        assert first.watched_at is None
        assert (await store.load()).profile == first.profile


async def test_rules_latches_and_the_time_come_back() -> None:
    rules = default_rules(Decimal("0.70"), Decimal("0.80"))
    levels = Decimal("0.70"), Decimal("0.80")
    with Database(None) as database:
        store = SqlAlertStore(database)
        await store.commit(Batch({"ltv-75": LATCH}, watched_at=START, rules=rules, levels=levels))
        kept = await store.load()
        assert set(kept.rules or ()) == set(rules)
        assert kept.latches == {"ltv-75": LATCH}
        assert (kept.watched_at, kept.levels) == (START, levels)


async def test_somebody_who_removed_every_rule_finds_none() -> None:
    with Database(None) as database:
        store = SqlAlertStore(database)
        await store.commit(Batch(rules=(), levels=(Decimal("0.75"), Decimal("0.85"))))
        assert (await store.load()).rules == ()


@given(
    st.builds(
        Rule,
        id=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
        metric=st.sampled_from(Metric),
        threshold=st.decimals("-1e9", "1e9", places=9),
        severity=st.sampled_from(Severity),
        subject=st.text(max_size=16),
        rising=st.booleans(),
        clear_band=st.decimals(0, 10, places=6),
        cooldown=st.timedeltas(timedelta(0), timedelta(days=99)),
        escalate_after=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=9)),
        channels=st.frozensets(st.sampled_from(["desktop", "mail", "sound"])),
        enabled=st.booleans(),
    )
)
@settings(max_examples=40, deadline=None)
def test_any_rule_reads_back_to_the_digit(rule: Rule) -> None:
    with Database(None) as database:
        store = SqlAlertStore(database)
        asyncio.run(store.commit(Batch(rules=(rule,))))
        assert asyncio.run(store.load()).rules == (rule,)


async def test_alerts_deliveries_and_actions_come_back_newest_first() -> None:
    later = replace(numbered(2), at=START + timedelta(hours=1), age_s=None, price=None)
    with Database(None) as database:
        store = SqlAlertStore(database)
        await store.commit(Batch(alerts=(ALERT,), deliveries=DELIVERIES))
        await store.commit(Batch(alerts=(later,), actions=(acknowledgement(1),)))
        at = START + timedelta(minutes=1)
        assert await store.history(HistoryQuery()) == (
            AlertRecord(later),
            AlertRecord(ALERT, DELIVERIES, at, "me"),
        )


async def test_what_is_kept_already_is_not_kept_twice() -> None:
    done = replace(DELIVERIES[0], state=DeliveryState.DELIVERED)
    with Database(None) as database:
        store = SqlAlertStore(database)
        batch = Batch(alerts=(ALERT,), deliveries=DELIVERIES)
        await store.commit(batch)
        await store.update(done)
        await store.commit(batch)
        (record,) = await store.history(HistoryQuery())
        assert record.deliveries == (done, DELIVERIES[1])


async def test_a_batch_is_kept_together_or_not_at_all() -> None:
    twice = (*DELIVERIES, DELIVERIES[0])  # the second breaks the table's key
    with Database(None) as database:
        store = SqlAlertStore(database)
        with pytest.raises(StorageError, match="was not changed"):
            await store.commit(Batch({"ltv-75": LATCH}, (ALERT,), twice, watched_at=START))
        assert await store.history(HistoryQuery()) == ()
        kept = await store.load()
        assert (kept.latches, kept.watched_at) == ({}, None)


@pytest.mark.parametrize("table", ["alerts", "alert_actions"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET rule = 'x'"])
async def test_nobody_changes_what_happened(table: str, change: str) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text(change.format(table)))

    with Database(None) as database:
        store = SqlAlertStore(database)
        await store.commit(Batch(alerts=(ALERT,), actions=(acknowledgement(1),)))
        with pytest.raises(StorageError, match="only ever added to"):
            await database.run(work)
        assert len(await store.history(HistoryQuery())) == 1


async def test_the_history_is_narrowed_by_each_field() -> None:
    alerts = (
        numbered(1),
        numbered(2, at=START + timedelta(hours=2)),
        numbered(3, severity=Severity.WARNING),
        numbered(4, id="gld-280.4.crossed", rule="gld-280", metric=Metric.PRICE, subject="GLD"),
        numbered(5, id="ltv-75.5.cleared", event=Event.CLEARED),
    )
    with Database(None) as database:
        store = SqlAlertStore(database)
        await store.commit(Batch(alerts=alerts, actions=(acknowledgement(1), acknowledgement(2))))

        async def found(**narrowed: object) -> list[int]:
            query = HistoryQuery(**narrowed)  # type: ignore[arg-type]
            return [record.alert.crossing for record in await store.history(query)]

        assert await found() == [5, 4, 3, 2, 1]
        assert await found(since=START + timedelta(hours=1)) == [2]
        assert await found(severity=Severity.CRITICAL) == [5, 4, 2, 1]
        assert await found(text="gld-280") == [4]
        assert await found(text="PRICE") == [4]
        assert await found(text="%") == [5, 4, 3, 2, 1]  # no wildcard: every sentence has one
        assert await found(text="7_") == []
        assert await found(unacknowledged=True) == [4, 3]
        assert await found(limit=2) == [5, 4]


async def test_an_acknowledgement_is_of_a_whole_crossing_and_the_first_counts() -> None:
    escalated = replace(ALERT, id="ltv-75.1.escalated.1", event=Event.ESCALATED)
    other = replace(acknowledgement(1, "you"), at=START + timedelta(days=1))
    with Database(None) as database:
        store = SqlAlertStore(database)
        await store.commit(Batch(alerts=(ALERT, escalated), actions=(acknowledgement(1), other)))
        records = await store.history(HistoryQuery())
        assert [record.acknowledged_by for record in records] == ["me", "me"]


async def test_open_deliveries_are_those_still_to_be_made() -> None:
    states = (
        DeliveryState.PENDING,
        DeliveryState.HELD,
        DeliveryState.DELIVERED,
        DeliveryState.FAILED,
        DeliveryState.OFF,
    )
    alerts = tuple(numbered(n) for n in range(1, 6))
    rows = tuple(
        Delivery(alert.id, "mail", START, START, state)
        for alert, state in zip(alerts, states, strict=True)
    )
    with Database(None) as database:
        store = SqlAlertStore(database)
        await store.commit(Batch(alerts=alerts, deliveries=rows))
        assert await store.open_deliveries() == tuple(zip(rows[:2], alerts[:2], strict=True))


async def test_a_rule_nobody_can_read_says_what_to_do() -> None:
    def spoil(connection: Connection) -> None:
        connection.execute(text("UPDATE alert_rules SET rule = '{\"id\": 3}'"))

    with Database(None) as database:
        store = SqlAlertStore(database)
        await store.commit(Batch(rules=default_rules()))
        await database.run(spoil)
        with pytest.raises(StorageError, match="restore a backup"):
            await store.load()
