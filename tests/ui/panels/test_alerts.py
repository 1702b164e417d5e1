"""The alerts panel on the real service: what stands out, what is done, and that it is alive."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.fakes.feed import START
from tests.ui.panels.rig import Rig, label, priced, running, text
from vaultdesk.core.alerts import (
    Alert,
    AlertRecord,
    Delivery,
    DeliveryState,
    Event,
    Metric,
    QuietHours,
    Severity,
)
from vaultdesk.core.market import Quality
from vaultdesk.services.alerts import AlertService
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import Database
from vaultdesk.ui.alerts import table
from vaultdesk.ui.alerts.snooze import CHOICES
from vaultdesk.ui.panels.alerts import AlertsPanel


class Watched:
    """The panel, its service, and how to make prices cross."""

    def __init__(self, desk: Rig, database: Database, qtbot: QtBot) -> None:
        self.desk, self.asked = desk, [0]
        self.service = AlertService(desk.bus, desk.clock, desk.clock)
        self.store = SqlAlertStore(database)
        self.panel = AlertsPanel(
            desk.bus, self.service, desk.clock, desk.clock, self._rules, "analyst"
        )
        self.panel.resize(1100, 360)
        qtbot.addWidget(self.panel, before_close_func=lambda p: p.retire())
        self.panel.show()

    def _rules(self) -> None:
        self.asked[0] += 1

    async def begin(self) -> None:
        await self.desk.pledge()
        await self.service.use(self.store)
        await self.service.remove_rule("utilisation-100")  # it would cross with the warning
        await self.settled()

    async def price(self, amount: str) -> None:
        for _ in range(2):  # a jump is believed when a second trade confirms it
            self.desk.clock.advance(1)
            now = self.desk.clock.now()
            await self.desk.quote(priced(amount, at=now, received=now))
        await self.settled()

    async def settled(self) -> None:
        await self.service.settled()
        await self.panel.errands.settled()

    def column(self, field: str) -> list[str]:
        model = self.panel.table.keyed
        place = [column.field for column in model.columns].index(field)
        return [model.columns[place].text(row) for row in model.rows]

    async def press(self, identifier: str) -> None:
        button = self.panel.findChild(QPushButton, identifier)
        assert isinstance(button, QPushButton)
        button.click()
        await self.settled()


@pytest.fixture
def closed(desk: Rig, qtbot: QtBot) -> Iterator[Watched]:
    with Database(None) as database:
        yield Watched(desk, database, qtbot)


@pytest.fixture
async def watched(closed: Watched) -> Watched:
    await closed.begin()
    await closed.price("350.00")
    return closed


def test_before_the_database_is_open_it_says_so(closed: Watched) -> None:
    assert text(closed.panel, "alerts.empty") == "Alerts begin when the database is open."
    assert text(closed.panel, "alerts.evaluated") == "not evaluated yet"


async def test_an_empty_list_says_what_is_watched(watched: Watched) -> None:
    told = text(watched.panel, "alerts.empty")
    assert told == "Watching 4 rules; nothing crossed yet."
    for rule in watched.service.rules:
        await watched.service.save_rule(replace(rule, enabled=False))
    await watched.settled()
    assert text(watched.panel, "alerts.empty").startswith("No rule is switched on")


async def test_a_crossing_stands_on_top_with_its_numbers_and_is_open(watched: Watched) -> None:
    await watched.price("299.00")
    await watched.price("279.00")
    assert watched.column("severity") == ["◆ Critical", "▲ Warning"]
    assert watched.column("rule") == ["ltv-75", "ltv-70"]
    assert watched.column("value") == ["75.27 %", "70.23 %"]
    assert watched.column("threshold") == ["75.00 %", "70.00 %"]
    assert watched.column("price") == ["279.00", "299.00"]
    assert watched.column("source") == ["yahoo LIVE 0 s"] * 2
    assert watched.column("acknowledged") == ["open", "open"]
    assert text(watched.panel, "alerts.status") == "2 alerts, 2 open"
    newest = watched.panel.table.rows[0]
    assert {c.ground(newest) for c in table.columns() if c.ground} == {"open"}


async def test_acknowledging_the_selected_leaves_the_others_open(watched: Watched) -> None:
    await watched.price("299.00")
    await watched.price("279.00")
    watched.panel.table.selectRow(0)
    await watched.press("alerts.acknowledge")
    assert watched.column("acknowledged")[0].startswith("analyst ")
    assert watched.column("acknowledged")[1] == "open"
    assert text(watched.panel, "alerts.status") == "1 of 1 selected noted."


async def test_with_none_selected_all_that_is_open_is_acknowledged(watched: Watched) -> None:
    await watched.price("279.00")
    watched.panel.table.clearSelection()
    await watched.press("alerts.acknowledge")
    assert "open" not in watched.column("acknowledged")


async def test_the_keys_of_the_list(watched: Watched, qtbot: QtBot) -> None:
    await watched.price("299.00")
    table = watched.panel.table
    table.setFocus()
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert watched.panel.detail.isVisible()
    assert text(watched.panel, "alerts.detail.id") == "ltv-70.1.crossed"
    assert "0.7023411371237458" in text(watched.panel, "alerts.detail.value")
    QTest.keyClick(watched.panel.detail.back, Qt.Key.Key_Escape)
    qtbot.waitUntil(table.isVisible)
    QTest.keyClick(table, Qt.Key.Key_A)
    await watched.settled()
    assert watched.column("acknowledged")[0].startswith("analyst ")


async def test_a_snooze_of_the_selected_rule_is_kept_and_can_be_undone(watched: Watched) -> None:
    await watched.price("299.00")
    watched.panel.table.selectRow(0)
    hour = watched.desk.clock.now() + timedelta(hours=1)
    await watched.panel.snooze(hour)
    assert text(watched.panel, "alerts.status").startswith("ltv-70: silent until ")
    assert watched.service._watch.latches["ltv-70"].snoozed_until == hour
    assert "ltv-75" not in watched.service._watch.latches
    await watched.press("alerts.snooze.undo")
    soon = watched.service._watch.latches["ltv-70"].snoozed_until
    assert soon is None or soon <= watched.desk.clock.now() + timedelta(seconds=1)
    assert not watched.panel.bar.undo.isVisible()


async def test_a_snooze_of_nothing_selected_is_of_all_rules_and_its_undo_ends_with_it(
    watched: Watched,
) -> None:
    await watched.panel.snooze(watched.desk.clock.now() + timedelta(minutes=15))
    assert text(watched.panel, "alerts.status").startswith("All rules: silent until ")
    assert len(watched.service._watch.latches) == 4
    watched.desk.clock.advance(901)
    watched.panel.tick()
    assert not watched.panel.bar.undo.isVisible()


@pytest.mark.parametrize(
    ("choice", "until"),
    [
        ("15 minutes", datetime(2026, 11, 20, 22, 45, tzinfo=UTC)),
        ("1 hour", datetime(2026, 11, 20, 23, 30, tzinfo=UTC)),
        ("4 hours", datetime(2026, 11, 21, 2, 30, tzinfo=UTC)),
        ("Until tomorrow 08:00", datetime(2026, 11, 21, 8, 0, tzinfo=UTC)),
    ],
)
def test_how_long_a_snooze_lasts(choice: str, until: datetime) -> None:
    assert CHOICES[choice](datetime(2026, 11, 20, 22, 30, tzinfo=UTC)) == until


async def test_the_menu_snoozes(watched: Watched) -> None:
    menu = watched.panel.bar.snooze_button.menu()
    assert [action.text() for action in menu.actions()] == list(CHOICES)
    menu.actions()[1].trigger()
    await watched.settled()
    hour = watched.desk.clock.now() + timedelta(hours=1)
    assert watched.service._watch.latches["ltv-70"].snoozed_until == hour


async def test_filters_narrow_the_list_and_say_when_nothing_is_left(watched: Watched) -> None:
    await watched.price("299.00")
    await watched.price("279.00")
    bar = watched.panel.filter
    bar.severity.setCurrentIndex(2)
    await watched.settled()
    assert watched.column("rule") == ["ltv-75"]
    bar.severity.setCurrentIndex(0)
    bar.text.setText("ltv-70")
    await watched.settled()
    assert watched.column("rule") == ["ltv-70"]
    await watched.service.acknowledge("ltv-70.1.crossed", "x")
    bar.only_open.click()
    await watched.settled()
    assert text(watched.panel, "alerts.empty") == "No alert matches the filter."
    assert label(watched.panel, "alerts.empty").isVisible()


async def test_what_is_selected_stays_selected_when_an_alert_comes(watched: Watched) -> None:
    await watched.price("299.00")
    watched.panel.table.selectRow(0)
    await watched.price("279.00")
    assert [record.alert.rule for record in watched.panel.table.selected()] == ["ltv-70"]
    assert watched.panel.table.currentIndex().row() == 1


async def test_an_evaluation_that_changes_nothing_puts_no_rows_in_anew(
    watched: Watched, qtbot: QtBot
) -> None:
    await watched.price("299.00")
    with qtbot.assertNotEmitted(watched.panel.table.keyed.modelReset):
        await watched.price("298.90")
        await watched.panel.reload()


async def test_it_says_how_long_ago_rules_were_evaluated_and_in_amber_when_too_long(
    watched: Watched,
) -> None:
    watched.desk.clock.advance(10)
    watched.panel.tick()
    assert text(watched.panel, "alerts.evaluated") == "last evaluated 10 s ago"
    assert label(watched.panel, "alerts.evaluated").property("role") == "muted"
    watched.desk.clock.advance(1)
    watched.panel.tick()
    assert text(watched.panel, "alerts.evaluated") == "▲ last evaluated 11 s ago"
    assert label(watched.panel, "alerts.evaluated").property("role") == "warning"
    watched.service.look()
    watched.panel.tick()
    assert text(watched.panel, "alerts.evaluated") == "last evaluated 0 s ago"


async def test_quiet_hours_are_shown_while_they_last(watched: Watched) -> None:
    watched.service.quiet = QuietHours(time(14), time(16, 30), UTC)
    watched.panel.tick()
    assert text(watched.panel, "alerts.quiet") == "☾ quiet until 16:30"
    watched.desk.clock.advance(5400)
    watched.panel.tick()
    assert text(watched.panel, "alerts.quiet") == ""


async def test_the_export_writes_what_the_filter_lets_through(
    watched: Watched, tmp_path: Path
) -> None:
    await watched.price("299.00")
    await watched.price("279.00")
    watched.panel.filter.text.setText("ltv-75")
    file = tmp_path / "alerts.csv"
    await watched.panel.export_to(file)
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["rule"] for row in rows] == ["ltv-75"]
    assert text(watched.panel, "alerts.status") == f"1 alert written to {file}"


async def test_a_place_that_cannot_be_written_is_told(watched: Watched, tmp_path: Path) -> None:
    await watched.price("299.00")
    watched.panel.errands.begin(watched.panel.export_to(tmp_path / "none" / "alerts.csv"))
    await watched.settled()
    assert "cannot be written" in text(watched.panel, "alerts.status")
    assert label(watched.panel, "alerts.status").property("role") == "down"


async def test_the_rules_button_asks_for_the_rules(watched: Watched) -> None:
    await watched.press("alerts.rules")
    assert watched.asked == [1]


async def test_a_retired_panel_reads_and_ticks_no_more(watched: Watched) -> None:
    watched.panel.retire()
    await watched.price("279.00")
    assert not watched.panel.table.rows
    assert not running(watched.panel)


ALERT = Alert(
    "ltv-75.1.crossed", "ltv-75", Event.CROSSED, Severity.CRITICAL, START, Metric.LTV, "",
    Decimal("0.7531"), Decimal("0.75"), "LTV 75.31 % has reached 75 %.", Decimal("278.85"),
    "yahoo", Quality.LIVE, 4.0, frozenset({"desktop", "mail"}),
)  # fmt: skip


def test_each_channel_says_how_far_the_notice_came() -> None:
    sent = Delivery("a", "desktop", START, START, DeliveryState.DELIVERED, 1, "shown", START)
    tried = Delivery("a", "mail", START, START, DeliveryState.PENDING, 2, "451 busy", START)
    assert table.delivered((sent, tried)) == "desktop ✓ mail …"
    lines = table.delivery_lines((sent, tried)).splitlines()
    assert lines[0].startswith("desktop: delivered at 2026-07-10")
    assert lines[1].startswith("mail: pending after 2 attempts at ")
    assert lines[1].endswith(": 451 busy")
    assert table.delivery_lines(()) == "Sent nowhere but to this list."


def test_severities_differ_by_shape_and_word_alone() -> None:
    words = [table.severity_word(replace(ALERT, severity=one)) for one in Severity]
    assert len({word[0] for word in words}) == len({word[2:] for word in words}) == len(Severity)


def test_what_came_back_waits_for_nobody() -> None:
    record = AlertRecord(replace(ALERT, event=Event.CLEARED))
    assert not table.is_open(record)
    assert table.severity_word(record.alert) == "✓ Cleared"
    assert table.noted(record) == "—"
