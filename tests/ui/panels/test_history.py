"""The history panel: what it reads, what it says, and that pyqtgraph waits for the first chart."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.fakes.feed import START
from tests.fakes.loans import valued
from tests.ui.panels.rig import TERMS, Rig, label, priced, running, text
from vaultdesk.core.loan.series import LtvSeries
from vaultdesk.core.loan.snapshots import Snapshot, snapshot
from vaultdesk.events import HistoryChanged, SnapshotTaken
from vaultdesk.ports import StorageError
from vaultdesk.storage.snapshot_store import SqlSnapshotStore
from vaultdesk.ui.charts.time_chart import Plot
from vaultdesk.ui.history.view import RANGES, View, parsed, written
from vaultdesk.ui.manner import following, manner_of
from vaultdesk.ui.panels.history import HistoryPanel

T = TypeVar("T")
Build = Callable[..., HistoryPanel]
HOUR = START.replace(minute=0)


@pytest.fixture
def build(desk: Rig, qtbot: QtBot) -> Build:
    desk.history.use(desk.snapshots)

    def made(kept: str = "") -> HistoryPanel:
        panel = HistoryPanel(desk.bus, desk.history, desk.clock, kept)
        panel.resize(460, 280)
        qtbot.addWidget(panel, before_close_func=lambda p: p.retire())
        panel.show()
        return panel

    return made


def row(hours_ago: float, price: str = "350.00", call: str = "0.75", **changes: object) -> Snapshot:
    terms = replace(TERMS, call_ltv=Decimal(call))
    at = HOUR - timedelta(hours=hours_ago)
    made = snapshot(valued(terms, priced(price, at=at)), at, "hour")
    return replace(made, **changes)  # type: ignore[arg-type]


async def keep(desk: Rig, *rows: Snapshot) -> None:
    for each in rows:
        await desk.snapshots.add(each)


def choice(panel: HistoryPanel) -> QComboBox:
    combo = panel.findChild(QComboBox, "history.range")
    assert combo is not None
    return combo


def button(panel: HistoryPanel, identifier: str) -> QPushButton:
    found = panel.findChild(QPushButton, identifier)
    assert found is not None
    assert found.accessibleIdentifier() == identifier
    return found


def drawn(panel: HistoryPanel) -> Plot:
    assert panel.chart.plot is not None
    return panel.chart.plot


async def test_without_snapshots_it_says_when_the_first_comes(build: Build) -> None:
    panel = build()
    await panel.errands.settled()
    assert "next at 2026-07-10" in text(panel, "history.empty")
    assert label(panel, "history.empty").isVisible()
    assert text(panel, "history.last") == "LTV —"
    assert not button(panel, "history.export").isEnabled()


async def test_the_newest_value_stands_as_text(desk: Rig, build: Build) -> None:
    await keep(desk, row(2), row(1, "300.00"))
    panel = build()
    await panel.errands.settled()
    assert text(panel, "history.last") == "LTV 70.0 %"
    assert " · LTV 70.0 % · warning · GLD 300.00 · loan 2,100,000.00 USD · yahoo · LIVE" in text(
        panel, "history.readout"
    )


async def test_only_the_chosen_range_is_read(desk: Rig, build: Build) -> None:
    days = (1000, 300, 40, 10, 1)
    await keep(desk, *(row(24 * ago, f"{300 + ago % 7}.00") for ago in days))
    panel = build()
    seen = {}
    for range_, wanted in RANGES.items():
        choice(panel).setCurrentText(range_)
        await panel.errands.settled()
        seen[range_] = len(drawn(panel).times)
        assert seen[range_] == sum(wanted is None or ago <= wanted for ago in days)
    assert seen == {"7 days": 1, "30 days": 2, "90 days": 3, "1 year": 4, "All": 5}


async def test_the_levels_are_those_of_each_snapshots_own_terms(desk: Rig, build: Build) -> None:
    await keep(desk, row(3, call="0.70"), row(2, call="0.70"), row(1))
    panel = build()
    await panel.errands.settled()
    ltv, call, closeout = drawn(panel).series
    assert ltv.values == pytest.approx([60.0, 60.0, 60.0])
    assert call.values == pytest.approx([70.0, 70.0, 75.0])
    assert call.name == "call 75.0 %"
    assert closeout.values == pytest.approx([85.0, 85.0, 85.0])
    assert (ltv.level, call.level, closeout.level) == (False, True, True)


async def test_a_missing_hour_is_a_cut_and_is_told(desk: Rig, build: Build) -> None:
    await keep(desk, row(6), row(5), row(2), row(1), row(0))
    panel = build()
    await panel.errands.settled()
    assert drawn(panel).cuts.tolist() == [2]
    assert text(panel, "history.readout").endswith(" · 1 shaded gap without data")


async def test_hours_that_passed_since_the_last_snapshot_are_a_gap_too(
    desk: Rig, build: Build
) -> None:
    await keep(desk, row(1), row(0))
    panel = build()
    await panel.errands.settled()
    assert not drawn(panel).stale
    desk.clock.advance(2 * 3600)
    panel.tick()
    await panel.errands.settled()
    assert drawn(panel).stale
    assert drawn(panel).until == desk.clock.now().timestamp()
    assert text(panel, "history.readout").endswith(" · 1 shaded gap without data")


async def test_crossings_are_marked_and_say_what_happened(desk: Rig, build: Build) -> None:
    zone, alert = row(1.5, "290.00", reason="zone"), row(1.2, "280.00", reason="alert")
    await keep(desk, row(2), zone, alert, row(1, "280.00"))
    panel = build()
    await panel.errands.settled()
    assert drawn(panel).marks.tolist() == [1, 2]
    panel.chart.point_at(1)
    await panel.errands.settled()
    assert text(panel, "history.readout").endswith(" · LIVE · zone became warning")
    panel.chart.point_at(2)
    await panel.errands.settled()
    assert text(panel, "history.readout").endswith(" · LIVE · an alert was raised in zone call")


async def test_the_cursor_reads_a_snapshot_out_to_the_digit(desk: Rig, build: Build) -> None:
    owed = Decimal("2100000.13")
    await keep(desk, row(2, "300.125", amount=owed), row(1))
    panel = build()
    await panel.errands.settled()
    for _ in range(2):
        QTest.keyClick(panel.chart, Qt.Key.Key_Left)
    await panel.errands.settled()
    assert " · GLD 300.125 · loan 2,100,000.13 USD · " in text(panel, "history.readout")
    assert label(panel, "history.readout").property("role") == ""
    QTest.keyClick(panel.chart, Qt.Key.Key_Right)
    await panel.errands.settled()
    assert " · LTV 60.0 % · safe · GLD 350.00 · " in text(panel, "history.readout")
    panel.chart.point_at(-1)
    assert label(panel, "history.readout").property("role") == "muted"


async def test_the_readout_follows_a_cursor_that_moves_on_while_it_reads(
    desk: Rig, build: Build
) -> None:
    await keep(desk, row(3, "300.00"), row(2, "310.00"), row(1))
    panel = build()
    await panel.errands.settled()
    for position in (0, 2, 1):
        panel.chart.point_at(position)
        await asyncio.sleep(0)  # the reading begins, and the next position comes before it ends
    await panel.errands.settled()
    assert " · GLD 310.00 · " in text(panel, "history.readout")


async def test_the_chart_keeps_its_height_while_one_looks_from_point_to_point(
    desk: Rig, build: Build
) -> None:
    long = row(2, source="a source with a name that is long enough for one more line of it")
    await keep(desk, row(3), long, row(1))
    panel = build()
    await panel.errands.settled()
    panel.chart.point_at(1)
    await panel.errands.settled()
    high = label(panel, "history.readout").minimumHeight()
    panel.chart.point_at(2)
    await panel.errands.settled()
    assert label(panel, "history.readout").minimumHeight() == high > 0


async def test_price_and_loan_are_drawn_beside_when_asked_for(desk: Rig, build: Build) -> None:
    await keep(desk, row(2, "300.00"), row(1))
    panel = build()
    await panel.errands.settled()
    assert drawn(panel).overlays == ()
    button(panel, "history.price").click()
    (price,) = drawn(panel).overlays
    assert (price.name, price.values.tolist()) == ("price", [300.0, 350.0])
    button(panel, "history.loan").click()
    _, loan = drawn(panel).overlays
    assert (loan.name, loan.values.tolist(), loan.level) == ("loan", [2_100_000.0] * 2, True)
    button(panel, "history.price").click()
    assert [overlay.name for overlay in drawn(panel).overlays] == ["loan"]


async def test_what_is_shown_is_remembered(desk: Rig, build: Build) -> None:
    await keep(desk, row(1))
    panel = build()
    told: list[str] = []
    panel.view_changed.connect(told.append)
    choice(panel).setCurrentText("90 days")
    button(panel, "history.price").click()
    await panel.errands.settled()
    again = build(told[-1])
    await again.errands.settled()
    assert choice(again).currentText() == "90 days"
    assert button(again, "history.price").isChecked()
    assert not button(again, "history.loan").isChecked()
    assert [overlay.name for overlay in drawn(again).overlays] == ["price"]


async def test_an_overlay_leaves_a_zoom_as_it_is(desk: Rig, build: Build) -> None:
    await keep(desk, *(row(hours) for hours in range(100, 0, -1)))
    panel = build()
    await panel.errands.settled()
    panel.chart.zoom(0.25)
    box = panel.chart.canvas().getPlotItem().vb
    near = box.viewRange()[0]
    button(panel, "history.price").click()
    assert box.viewRange()[0] == pytest.approx(near)
    choice(panel).setCurrentText("90 days")
    await panel.errands.settled()
    assert box.viewRange()[0][0] < near[0]


async def test_the_bar_is_one_row_where_there_is_room_and_two_where_there_is_not(
    desk: Rig, build: Build
) -> None:
    await keep(desk, row(1))
    panel = build()
    await panel.errands.settled()

    def tops() -> tuple[int, int]:
        QApplication.sendPostedEvents()  # the bar asks its layout to turn when it was resized
        inside = panel.mapToGlobal(panel.rect().topLeft()).y()
        parts = choice(panel), button(panel, "history.export")
        first, second = (part.mapToGlobal(part.rect().center()).y() - inside for part in parts)
        return first, second

    panel.resize(700, 300)
    first, second = tops()
    assert abs(first - second) < 3
    panel.resize(300, 300)
    first, second = tops()
    assert second > first + 10
    for part in panel.findChildren(QPushButton):
        assert part.geometry().right() <= panel.width()


async def test_a_new_snapshot_is_read_at_once(desk: Rig, build: Build) -> None:
    panel = build()
    await panel.errands.settled()
    await keep(desk, row(1))
    desk.bus.tell(SnapshotTaken(row(1)))
    await panel.errands.settled()
    assert text(panel, "history.last") == "LTV 60.0 %"


async def test_a_hundred_snapshots_at_once_are_read_twice_at_most(desk: Rig, build: Build) -> None:
    store = Counting(desk.snapshots)
    desk.history.use(store)
    panel = build()
    await panel.errands.settled()
    store.reads = 0
    for _ in range(100):
        desk.bus.tell(SnapshotTaken(row(1)))
    await panel.errands.settled()
    assert 1 <= store.reads <= 2


async def test_another_history_is_read_when_the_store_changes(desk: Rig, build: Build) -> None:
    panel = build()
    await desk.snapshots.replace_all((row(1, "300.00"),))
    desk.bus.tell(HistoryChanged())
    await panel.errands.settled()
    assert text(panel, "history.last") == "LTV 70.0 %"


async def test_the_export_writes_the_range_and_says_so(
    desk: Rig, build: Build, tmp_path: Path
) -> None:
    await keep(desk, row(24 * 40), row(2), row(1))
    panel = build()
    await panel.errands.settled()
    file = tmp_path / "history.csv"
    await panel.export_to(file)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3
    assert text(panel, "history.readout") == f"2 snapshots written to {file}"


@pytest.mark.parametrize("locale", ["de_CH", "de_DE", "fr_FR", "ar_EG", "hi_IN"])
async def test_the_export_is_the_same_whatever_the_screen_follows(
    desk: Rig, build: Build, tmp_path: Path, locale: str
) -> None:
    await keep(desk, row(24 * 40), row(2), row(1, "1234.5678"))
    english, other = tmp_path / "english.csv", tmp_path / "other.csv"
    panel = build()
    await panel.errands.settled()
    await panel.export_to(english)
    with following(manner_of(QLocale(locale))):
        panel = build()
        await panel.errands.settled()
        await panel.export_to(other)
        assert other.name in text(panel, "history.readout")
    assert other.read_bytes() == english.read_bytes()
    assert b"1234.5678" in other.read_bytes()


async def test_an_export_that_fails_says_why(desk: Rig, build: Build, tmp_path: Path) -> None:
    await keep(desk, row(1))
    panel = build()
    await panel.errands.settled()
    panel.errands.begin(panel.export_to(tmp_path))
    await panel.errands.settled()
    assert "cannot be written" in text(panel, "history.readout")
    assert label(panel, "history.readout").property("role") == "down"


class Counting(SqlSnapshotStore):
    """Counts the reads of the real store, and fails them on request."""

    def __init__(self, other: SqlSnapshotStore) -> None:
        super().__init__(other._database)
        self.reads = 0
        self.broken = ""

    async def series(self, start: datetime) -> LtvSeries:
        self.reads += 1
        return self._answered(await super().series(start))

    async def get(self, number: int) -> Snapshot | None:
        return self._answered(await super().get(number))

    def _answered(self, answer: T) -> T:
        if self.broken:
            raise StorageError(self.broken)
        return answer


async def test_a_history_that_cannot_be_read_says_why(desk: Rig, build: Build) -> None:
    store = Counting(desk.snapshots)
    store.broken = "The database cannot be read: restore the backup."
    desk.history.use(store)
    panel = build()
    await panel.errands.settled()
    assert text(panel, "history.empty") == "The database cannot be read: restore the backup."


async def test_a_snapshot_that_cannot_be_read_says_why_and_the_next_one_is_read(
    desk: Rig, build: Build
) -> None:
    store = Counting(desk.snapshots)
    desk.history.use(store)
    await keep(desk, row(2, "300.00"), row(1))
    panel = build()
    await panel.errands.settled()
    store.broken = "The database cannot be read: restore the backup."
    panel.chart.point_at(1)
    await panel.errands.settled()
    assert text(panel, "history.readout") == store.broken
    store.broken = ""
    panel.chart.point_at(0)
    await panel.errands.settled()
    assert " · GLD 300.00 · " in text(panel, "history.readout")


async def test_retired_it_reads_nothing_and_nothing_runs(desk: Rig, build: Build) -> None:
    panel = build()
    await panel.errands.settled()
    panel.retire()
    await keep(desk, row(1))
    desk.bus.tell(HistoryChanged())
    panel.hide()
    panel.show()
    await panel.errands.settled()
    assert text(panel, "history.last") == "LTV —"
    assert running(panel) == []


@given(st.sampled_from(list(RANGES)), st.booleans(), st.booleans())
def test_a_view_is_read_back_from_its_text(range_: str, price: bool, loan: bool) -> None:
    view = View(range_, price, loan)
    assert parsed(written(view)) == view


@given(st.text())
def test_any_text_is_some_view(kept: str) -> None:
    assert parsed(kept).range in RANGES


def test_the_panels_bring_neither_pyqtgraph_nor_numpy() -> None:
    """They are imported before the first paint; what is heavy waits until something is drawn."""
    program = (
        "import sys\n"
        "from vaultdesk.ui.panels import chain, greeks, history, loan, quote\n"
        "heavy = {'pyqtgraph', 'numpy', 'pandas', 'scipy'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or None)\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
