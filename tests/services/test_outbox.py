"""The outbox: at least once, each channel for itself, through every kind of trouble."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.alerts import ALERT, ScriptedChannel, numbered
from tests.fakes.feed import START, ManualClock
from tests.services.alert_rig import Desk
from vaultdesk.core.alerts import Batch, Delivery, DeliveryState, HistoryQuery
from vaultdesk.core.alerts.deliveries import (
    GIVE_UP_AFTER,
    OPEN,
    PAUSES,
    as_told,
    begun,
    deliveries_of,
    refused,
)
from vaultdesk.events import AlertsChanged, Bus, ProblemCleared, ProblemRaised
from vaultdesk.ports import DeliveryError, StorageError
from vaultdesk.services.outbox import Outbox
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import Database

BUSY = DeliveryError("The mail server asks to try later (451).")
WRONG = DeliveryError("The mail server refused the password: enter it anew.", permanent=True)


class Post:
    """An outbox whose naps pass at once, by the clock it reads."""

    def __init__(self, database: Database, *channels: ScriptedChannel, at: int = 0) -> None:
        self.clock = ManualClock(START + timedelta(seconds=at))
        self.bus = Bus()
        self.store = SqlAlertStore(database)
        self.naps: list[float] = []
        named = {channel.name: channel for channel in channels}
        self.outbox = Outbox(self.bus, self.clock, named, self.nap)

    async def nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.clock.advance(seconds)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self.outbox.open(self.store)
        task = asyncio.ensure_future(self.outbox.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def put(self, *numbers: int, **changes: object) -> None:
        alerts = tuple(numbered(number, **changes) for number in numbers)
        rows = tuple(row for alert in alerts for row in deliveries_of(alert, self.clock.now()))
        await self.store.commit(Batch(alerts=alerts, deliveries=rows))
        self.outbox.wake()

    async def until_done(self, channel: str = "mail") -> list[Delivery]:
        """The channel's deliveries when none of them is open, the alert that came first first."""
        done = asyncio.Event()
        undo = self.bus.subscribe(AlertsChanged, lambda _event: done.set())
        while True:
            done.clear()
            rows = [row for row in await self.rows() if row.channel == channel]
            if rows and all(row.state not in OPEN for row in rows):
                undo()
                return rows
            await done.wait()

    async def rows(self) -> list[Delivery]:
        records = await self.store.history(HistoryQuery())
        return [row for record in reversed(records) for row in record.deliveries]


MAIL = frozenset({"mail"})


async def test_each_channel_gets_each_alert_once_and_the_history_what_it_said() -> None:
    mail, desktop = ScriptedChannel("mail", ["250 queued as 7"]), ScriptedChannel("desktop")
    with Database(None) as database:
        post = Post(database, mail, desktop)
        async with post.running():
            await post.put(1)
            (row,) = await post.until_done()
            await post.until_done("desktop")
            await post.put(2)
            await post.until_done()
            await post.until_done("desktop")
        assert (row.state, row.result, row.attempts) == (
            DeliveryState.DELIVERED,
            "250 queued as 7",
            1,
        )
        for channel in (mail, desktop):
            assert [alert for alert, _ in channel.got] == ["ltv-75.1.crossed", "ltv-75.2.crossed"]
        ids = {delivery for channel in (mail, desktop) for _, delivery in channel.got}
        assert len(ids) == 4


async def test_a_refusal_is_tried_again_ever_later_with_the_same_id() -> None:
    mail = ScriptedChannel("mail", [BUSY] * 6)
    with Database(None) as database:
        post = Post(database, mail)
        async with post.running():
            await post.put(1, channels=MAIL)
            (row,) = await post.until_done()
        assert post.naps == [5, 30, 120, 600, 3600, 3600]
        assert (row.state, row.attempts) == (DeliveryState.DELIVERED, 7)
        assert len(set(mail.got)) == 1
        assert mail.sentences[0] == ALERT.sentence
        assert mail.sentences[-1] == f"At 15:00 UTC: {ALERT.sentence}"


async def test_after_a_day_it_is_given_up_and_the_history_says_why() -> None:
    with Database(None) as database:
        post = Post(database, ScriptedChannel("mail", [BUSY] * 99))
        async with post.running():
            await post.put(1, channels=MAIL)
            (row,) = await post.until_done()
        assert (row.state, row.result) == (DeliveryState.FAILED, str(BUSY))
        assert timedelta(hours=22) < timedelta(seconds=sum(post.naps)) <= GIVE_UP_AFTER


async def test_what_cannot_help_is_not_repeated() -> None:
    mail = ScriptedChannel("mail", [WRONG])
    with Database(None) as database:
        post = Post(database, mail)
        async with post.running():
            await post.put(1, channels=MAIL)
            (row,) = await post.until_done()
        assert (row.state, row.result) == (DeliveryState.FAILED, str(WRONG))
        assert len(mail.got) == 1


async def test_a_dead_mail_server_does_not_delay_the_desktop() -> None:
    mail, desktop = ScriptedChannel("mail", ["hang"]), ScriptedChannel("desktop")
    with Database(None) as database:
        post = Post(database, mail, desktop)
        async with post.running():
            await post.put(1)
            await mail.changed.wait()
            await post.put(2)
            rows = await post.until_done("desktop")
        assert [row.state for row in rows] == [DeliveryState.DELIVERED] * 2
        assert len(mail.got) == 1


async def test_who_is_cancelled_in_the_middle_tries_again_later_with_the_same_id() -> None:
    mail = ScriptedChannel("mail", ["hang"])
    with Database(None) as database:
        post = Post(database, mail)
        async with post.running():
            await post.put(1, channels=MAIL)
            await mail.changed.wait()
        post = Post(database, mail)
        async with post.running():
            (row,) = await post.until_done()
        assert post.naps == [5]
        assert row.attempts == 2
        assert len(mail.got) == 2
        assert len(set(mail.got)) == 1


async def test_a_channel_that_is_switched_off_is_told_apart_from_one_that_failed() -> None:
    desktop = ScriptedChannel("desktop")
    with Database(None) as database:
        post = Post(database, desktop)
        async with post.running():
            await post.put(1)
            (off,) = await post.until_done("mail")
            assert off.state is DeliveryState.OFF
            assert off.attempts == 0
            mail = ScriptedChannel("mail")
            post.outbox.use({"desktop": desktop, "mail": mail})
            await post.put(2)
            rows = await post.until_done("mail")
        assert [row.state for row in rows] == [DeliveryState.OFF, DeliveryState.DELIVERED]


async def test_nothing_is_held_for_a_channel_that_is_switched_off() -> None:
    held = Delivery(ALERT.id, "mail", START + timedelta(hours=9), START, DeliveryState.HELD)
    with Database(None) as database:
        post = Post(database)
        await post.store.commit(Batch(alerts=(ALERT,), deliveries=(held,)))
        async with post.running():
            (row,) = await post.until_done()
        assert (row.state, row.at) == (DeliveryState.OFF, START)


async def test_what_quiet_hours_held_goes_out_at_their_end_and_says_when_it_happened() -> None:
    mail = ScriptedChannel("mail")
    morning = START + timedelta(hours=9)
    with Database(None) as database:
        post = Post(database, mail)
        held = Delivery(ALERT.id, "mail", morning, START, DeliveryState.HELD)
        await post.store.commit(Batch(alerts=(ALERT,), deliveries=(held,)))
        async with post.running():
            (row,) = await post.until_done()
        assert post.naps == [9 * 3600]
        assert row.at == morning
        assert mail.sentences == [f"At 10 July 2026 15:00 UTC: {ALERT.sentence}"]


async def test_a_full_disk_is_told_and_waited_for() -> None:
    class Full(SqlAlertStore):
        refusals = 1

        async def update(self, delivery: Delivery) -> None:
            if self.refusals:
                self.refusals -= 1
                raise StorageError("The disk is full: free some space and try again.")
            await super().update(delivery)

    heard: list[object] = []
    with Database(None) as database:
        post = Post(database, ScriptedChannel("mail"))
        post.store = Full(database)
        for kind in (ProblemRaised, ProblemCleared):
            post.bus.subscribe(kind, heard.append)
        async with post.running():
            await post.put(1, channels=MAIL)
            (row,) = await post.until_done()
            assert row.state is DeliveryState.DELIVERED
            await post.put(2, channels=MAIL)
            await post.until_done()
        assert [type(event) for event in heard] == [ProblemRaised, ProblemCleared]


KILLED = """
import asyncio, pathlib, sys
from tests.services.alert_rig import Desk
from vaultdesk.storage.database import Database

async def main():
    desk = await Desk(Database(pathlib.Path(sys.argv[1]))).open()
    print(*await desk.price("279.00"), flush=True)
    sys.stdin.read()

asyncio.run(main())
"""

CROSSED = ["ltv-70.1.crossed", "ltv-75.1.crossed"]

KILLED_SENDING = """
import asyncio, pathlib, sys
from tests.fakes.feed import ManualClock
from vaultdesk.events import Bus
from vaultdesk.services.outbox import Outbox
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import Database

class Sending:
    name = "mail"
    async def deliver(self, alert, delivery_id):
        print("sending", delivery_id, flush=True)
        sys.stdin.read()

async def main():
    outbox = Outbox(Bus(), ManualClock(), {"mail": Sending(), "desktop": Sending()})
    await outbox.open(SqlAlertStore(Database(pathlib.Path(sys.argv[1]))))
    await outbox.serve("mail")

asyncio.run(main())
"""


def killed(code: str, path: Path) -> str:
    """Run the program until it prints a line, and kill it there."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        text=True,
    ) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
    return line


async def test_kill_nine_between_crossing_and_delivery_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "desk.db"
    assert (await asyncio.to_thread(killed, KILLED, path)).split() == CROSSED
    desktop = ScriptedChannel("desktop")
    for _ in range(2):
        with Database(path) as database:
            desk = await Desk(database, ManualClock(START + timedelta(minutes=5))).open()
            post = Post(database, desktop)
            async with post.running():
                assert await desk.price("279.00") == []
                rows = await post.until_done("desktop")
            assert [row.state for row in rows] == [DeliveryState.DELIVERED] * 2
    assert [alert for alert, _ in desktop.got] == CROSSED


async def test_kill_nine_while_sending_sends_again_with_the_same_id(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    with Database(path) as database:
        await Post(database).put(1, channels=MAIL)
    line = await asyncio.to_thread(killed, KILLED_SENDING, path)
    mail = ScriptedChannel("mail")
    with Database(path) as database:
        post = Post(database, mail)
        async with post.running():
            (row,) = await post.until_done()
    assert [delivery for _, delivery in mail.got] == [line.split()[1]]
    assert row.attempts == 2


@given(st.lists(st.integers(0, 30 * 3600), max_size=40))
@settings(max_examples=100)
def test_any_run_of_refusals_ends_within_a_day_and_never_hurries(delays: list[int]) -> None:
    now = START
    row = deliveries_of(ALERT, now)[0]
    for delay in delays:
        if row.state not in OPEN:
            break
        now = max(now, row.due)
        row = begun(row, now)
        assert row.due - now == PAUSES[min(row.attempts, len(PAUSES)) - 1]
        row = refused(row, "busy", now, now + timedelta(seconds=delay))
        asked = now + timedelta(seconds=delay)
        if row.state is DeliveryState.FAILED:
            assert max(asked, row.due) > START + GIVE_UP_AFTER
        else:
            assert asked <= row.due <= START + GIVE_UP_AFTER


@pytest.mark.parametrize(("late", "says"), [(0, False), (60, False), (61, True)])
def test_only_what_is_late_says_when_it_happened(late: int, says: bool) -> None:
    row = deliveries_of(ALERT, START)[0]
    told = as_told(ALERT, row, START + timedelta(seconds=late))
    assert told.sentence.startswith("At 15:00 UTC: ") is says
