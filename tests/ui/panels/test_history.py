"""The history panel: what it reads, what it says, and that pyqtgraph waits for the first chart."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.fakes.feed import START
from tests.ui.panels.rig import TERMS, Rig, label, priced, running, text
from vaultdesk.core.loan.valuation import Snapshot, snapshot, value_loan
from vaultdesk.events import HistoryChanged, SnapshotTaken
from vaultdesk.ports import StorageError
from vaultdesk.ui.panels.history import HistoryPanel

Build = Callable[[], HistoryPanel]
HOUR = START.replace(minute=0)


@pytest.fixture
def build(desk: Rig, qtbot: QtBot) -> Build:
    desk.history.use(desk.snapshots)

    def made() -> HistoryPanel:
        panel = HistoryPanel(desk.bus, desk.history, desk.clock)
        panel.resize(460, 280)
        qtbot.addWidget(panel, before_close_func=lambda p: p.retire())
        panel.show()
        return panel

    return made


def row(hours_ago: int, price: str = "350.00", call: str = "0.75") -> Snapshot:
    terms = replace(TERMS, call_ltv=Decimal(call))
    at = HOUR - timedelta(hours=hours_ago)
    return snapshot(value_loan(terms, priced(price, at=at)), at, "hour")


async def keep(desk: Rig, *rows: Snapshot) -> None:
    for each in rows:
        await desk.snapshots.add(each)


async def test_without_snapshots_it_says_when_the_first_comes(build: Build) -> None:
    panel = build()
    await panel.reload()
    assert "next at 2026-07-10" in text(panel, "history.empty")
    assert label(panel, "history.empty").isVisible()
    assert text(panel, "history.last") == "LTV —"
    button = panel.findChild(QPushButton, "history.export")
    assert button is not None
    assert not button.isEnabled()


async def test_the_newest_value_stands_as_text(desk: Rig, build: Build) -> None:
    await keep(desk, row(2), row(1, "300.00"))
    panel = build()
    await panel.reload()
    assert text(panel, "history.last") == "LTV 70.0 %"
    assert text(panel, "history.readout").endswith(" · LTV 70.0 % · GLD 300.00 · yahoo · LIVE")


async def test_only_the_chosen_range_is_read(desk: Rig, build: Build) -> None:
    await keep(desk, row(24 * 40, "250.00"), row(24 * 10, "300.00"), row(1))
    panel = build()
    combo = panel.findChild(QComboBox, "history.range")
    assert combo is not None
    drawn = {}
    for choice in ("7 days", "30 days", "90 days", "All"):
        combo.setCurrentText(choice)
        await panel.reload()
        assert panel.chart.plot is not None
        drawn[choice] = len(panel.chart.plot.times)
    assert drawn == {"7 days": 1, "30 days": 2, "90 days": 3, "All": 3}


async def test_the_levels_are_those_of_each_snapshots_own_terms(desk: Rig, build: Build) -> None:
    await keep(desk, row(3, call="0.70"), row(2, call="0.70"), row(1))
    panel = build()
    await panel.reload()
    plot = panel.chart.plot
    assert plot is not None
    ltv, call, closeout = plot.series
    assert ltv.values == (60.0, 60.0, 60.0)
    assert call.values == (70.0, 70.0, 75.0)
    assert call.name == "call 75.0 %"
    assert closeout.values == (85.0, 85.0, 85.0)


async def test_a_missing_hour_is_a_cut_and_is_told(desk: Rig, build: Build) -> None:
    await keep(desk, row(6), row(5), row(2), row(1))
    panel = build()
    await panel.reload()
    assert panel.chart.plot is not None
    assert panel.chart.plot.cuts == (2,)
    assert text(panel, "history.readout").endswith("1 shaded gap without data")


async def test_the_cursor_reads_a_snapshot_out(desk: Rig, build: Build) -> None:
    await keep(desk, row(2, "300.00"), row(1))
    panel = build()
    await panel.reload()
    QTest.keyClick(panel.chart, Qt.Key.Key_Left)
    QTest.keyClick(panel.chart, Qt.Key.Key_Left)
    assert " · LTV 70.0 % · GLD 300.00 · " in text(panel, "history.readout")
    QTest.keyClick(panel.chart, Qt.Key.Key_Right)
    assert " · LTV 60.0 % · GLD 350.00 · " in text(panel, "history.readout")


async def test_a_new_snapshot_is_read_at_once(desk: Rig, build: Build) -> None:
    panel = build()
    await keep(desk, row(1))
    desk.bus.tell(SnapshotTaken(row(1)))
    await panel.settled()
    assert text(panel, "history.last") == "LTV 60.0 %"


async def test_another_history_is_read_when_the_store_changes(desk: Rig, build: Build) -> None:
    panel = build()
    await desk.snapshots.replace_all((row(1, "300.00"),))
    desk.bus.tell(HistoryChanged())
    await panel.settled()
    assert text(panel, "history.last") == "LTV 70.0 %"


async def test_the_export_writes_the_range_and_says_so(
    desk: Rig, build: Build, tmp_path: Path
) -> None:
    await keep(desk, row(2), row(1))
    panel = build()
    await panel.reload()
    file = tmp_path / "history.csv"
    await panel.export_to(file)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3
    assert text(panel, "history.readout") == f"2 snapshots written to {file}"


async def test_an_export_that_fails_says_why(desk: Rig, build: Build, tmp_path: Path) -> None:
    await keep(desk, row(1))
    panel = build()
    await panel.reload()
    await panel.export_to(tmp_path)
    assert "cannot be written" in text(panel, "history.readout")
    assert label(panel, "history.readout").property("role") == "down"


async def test_a_history_that_cannot_be_read_says_why(
    desk: Rig, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_days: int | None) -> tuple[Snapshot, ...]:
        raise StorageError("The database cannot be read: restore the backup.")

    monkeypatch.setattr(desk.history, "points", broken)
    panel = build()
    await panel.reload()
    assert text(panel, "history.empty") == "The database cannot be read: restore the backup."


async def test_retired_it_reads_nothing_and_nothing_runs(desk: Rig, build: Build) -> None:
    panel = build()
    await panel.settled()
    panel.retire()
    await keep(desk, row(1))
    desk.bus.tell(HistoryChanged())
    panel.hide()
    panel.show()
    await panel.settled()
    assert text(panel, "history.last") == "LTV —"
    assert running(panel) == []


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
