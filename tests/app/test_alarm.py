"""What the window and the tray make of an alert, and how commands end with the desk."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from tests.fakes.feed import ManualClock, ScriptedFeed, quote
from tests.fakes.loans import valued
from tests.ui.desk import desk as window_of
from tests.ui.panels.rig import TERMS
from vaultdesk.adapters.recorded.recorder import RecordingFeed
from vaultdesk.app import parts
from vaultdesk.app.actions import Actions
from vaultdesk.app.alarm import Alarm
from vaultdesk.core.alerts import AlertRecord, HistoryQuery
from vaultdesk.events import AlertsChanged, Bus, LoanValued
from vaultdesk.settings import Settings
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.ui.tray import Tray


class Counting(SqlAlertStore):
    """Counts how often its history is read."""

    reads = 0

    async def history(self, query: HistoryQuery) -> tuple[AlertRecord, ...]:
        self.reads += 1
        return await super().history(query)


class Desk:
    """An alarm with its window and actions, on a real store."""

    def __init__(self) -> None:
        self.clock, self.bus = ManualClock(), Bus()
        profile = parts.Profile(Settings(notify_desktop=False, secrets_in="session"))
        feed = RecordingFeed(ScriptedFeed(clock=self.clock))
        services = parts.build_services(profile, feed, self.bus, "GLD")
        self.actions = Actions(profile, services, feed)
        self.window = window_of(self.bus, keys=("loan", "alerts"))
        self.database = Database(None)
        self.store = Counting(self.database)
        self.alarm = Alarm(profile, services, self.actions, self.window, {})
        self.ends = 0

    def end(self) -> None:
        self.ends += 1

    @property
    def tray(self) -> Tray:
        assert self.alarm._tray is not None
        return self.alarm._tray

    async def open(self) -> None:
        await self.alarm.alerting.alerts.use(self.store)
        self.alarm.show_tray(self.end)
        await self.settle()

    async def cross(self) -> None:
        """The LTV reaches 75.3 %: the warning and the margin call."""
        self.bus.tell(LoanValued(valued(TERMS, quote("278.85", self.clock.now()))))
        await self.settle()

    async def settle(self) -> None:
        await self.alarm.alerting.alerts.settled()
        await self.actions._errands.settled()

    async def close(self) -> None:
        self.window.retire()
        self.alarm.retire()
        await self.actions.close(10.0)
        await self.alarm.alerting.close()
        self.database.close()
        shiboken6.delete(self.window)


@pytest.fixture
async def desk(qapp: QApplication, home: Path) -> AsyncIterator[Desk]:
    del qapp, home
    made = Desk()
    await made.open()
    yield made
    await made.close()


async def test_an_alert_brings_its_panel_to_the_front(desk: Desk) -> None:
    desk.window.docks["alerts"].hide()
    await desk.cross()
    assert not desk.window.docks["alerts"].isHidden()


async def test_the_tray_counts_what_nobody_took_note_of(desk: Desk) -> None:
    assert "open alert" not in desk.tray.text()
    await desk.cross()
    assert desk.tray.text().endswith("3 open alerts")
    desk.tray.acknowledge_requested.emit()
    await desk.settle()
    assert "open alert" not in desk.tray.text()


async def test_however_much_changes_in_one_turn_the_tray_reads_once(desk: Desk) -> None:
    before = desk.store.reads
    for _ in range(5):
        desk.bus.tell(AlertsChanged())
    await desk.settle()
    assert desk.store.reads == before + 1
    desk.bus.tell(AlertsChanged())
    await desk.settle()
    assert desk.store.reads == before + 2


async def test_a_change_while_the_tray_reads_is_read_too(desk: Desk) -> None:
    before = desk.store.reads
    desk.bus.tell(AlertsChanged())
    await asyncio.sleep(0)
    assert desk.store.reads == before + 1
    desk.bus.tell(AlertsChanged())
    await desk.settle()
    assert desk.store.reads == before + 2


async def test_the_trays_menu_snoozes_and_ends_the_desk(desk: Desk) -> None:
    desk.tray.snooze_requested.emit()
    await desk.settle()
    await desk.cross()
    assert "open alert" not in desk.tray.text()
    desk.tray.quit_requested.emit()
    assert desk.ends == 1


async def test_the_rules_dialog_starts_from_the_loans_levels(desk: Desk) -> None:
    assert desk.alarm._levels() is None
    loan = desk.alarm._services.loan
    await loan.use(SqlLoanStore(desk.database, desk.clock))
    await loan.save(TERMS)
    assert desk.alarm._levels() == (TERMS.call_ltv, TERMS.closeout_ltv)


async def test_a_retired_alarm_shows_and_counts_nothing_more(desk: Desk) -> None:
    desk.window.docks["alerts"].hide()
    desk.alarm.retire()
    before = desk.store.reads
    await desk.cross()
    assert desk.store.reads == before
    assert desk.window.docks["alerts"].isHidden()
    assert not desk.alarm.tray_holds()


async def test_closing_waits_for_what_was_begun_but_not_for_long(desk: Desk) -> None:
    tidied, let_go = asyncio.Event(), asyncio.Event()

    async def tidy() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            tidied.set()

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.wait_for(let_go.wait(), 10)

    desk.actions.spawn(tidy())
    stuck = desk.actions.spawn(stubborn())
    await asyncio.sleep(0)
    await desk.actions.close(0.01)
    assert tidied.is_set()
    assert not stuck.done()
    let_go.set()
    await asyncio.wait({stuck}, timeout=10)
    assert stuck.cancelled()
