"""The reports of a desk with a window: one service, the settings that hold now, a decision kept."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QObject, Signal

from tests.app.test_trading import Desk
from tests.core.hedge.boards import EXPIRIES, NOW, RATE, chain, gold, pledge
from vaultdesk.app.answers.hedges import record
from vaultdesk.app.credentials import Credentials
from vaultdesk.app.reporting import Reporting
from vaultdesk.core.hedge.compare import compare
from vaultdesk.core.hedge.inputs import HedgeInputs, configured
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.reports.kept import ReportKind
from vaultdesk.ports import InputError, StorageError
from vaultdesk.settings import Settings
from vaultdesk.storage.window_files import WindowFiles

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from vaultdesk.app.files.hedge import HedgeRecord


class Preferences(QObject):
    """Tells the settings that hold from now on."""

    changed = Signal(object)


class Bench:
    """A desk whose reports are to be looked at."""

    def __init__(self, home: Path) -> None:
        self.desk = Desk(home, Settings())
        self.preferences = Preferences()
        alarm: Any = SimpleNamespace(
            preferences=self.preferences,
            alerting=SimpleNamespace(credentials=Credentials(home, "session")),
        )
        self.kept: dict[str, str] = {}
        self.reporting = Reporting(
            self.desk.profile,
            self.desk.services,
            self.desk.actions,
            WindowFiles(home),
            self.kept.__setitem__,
            self.desk.trading,
            lambda: alarm,
        )


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path))
    made = Bench(tmp_path)
    await made.desk.open()
    yield made
    await made.desk.close()


def decision() -> HedgeRecord:
    inputs = HedgeInputs(
        pledge(), (gold(),), tuple(chain(day) for day in EXPIRIES[:2]), NOW, HedgeRules(), RATE
    )
    return record("compare", inputs, None, compare(configured(inputs)))


async def test_a_decision_saved_from_the_window_is_kept_audited_and_written(
    bench: Bench, tmp_path: Path
) -> None:
    bench.reporting.show_in(None)  # type: ignore[arg-type] # no dialog is opened
    bench.reporting.use(bench.desk.stores)
    path = tmp_path / "decision.pdf"
    await bench.desk.actions.report_decision(decision(), path)
    service = bench.reporting.service
    (row,) = await service.rows()
    assert row.kind is ReportKind.DECISION
    assert await service.pdf(row.id) == path.read_bytes()
    said = [entry.fact.text for entry in await bench.desk.stores.audit.entries()]
    assert [text for text in said if row.pdf_sha256 in text] == said[-2:]


async def test_a_record_that_was_altered_is_refused_and_nothing_kept(
    bench: Bench, tmp_path: Path
) -> None:
    bench.reporting.use(bench.desk.stores)
    kept = decision()
    kept.answer["strategies"][0]["cost"]["total"] = "1.00"
    with pytest.raises(InputError, match="other numbers than it holds"):
        await bench.reporting.save_decision(kept, tmp_path / "bad.pdf")
    assert await bench.reporting.service.rows() == ()


async def test_before_the_desk_is_open_it_asks_to_wait(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="try again in a moment"):
        await bench.desk.actions.report_decision(decision(), tmp_path / "early.pdf")
    with pytest.raises(StorageError, match="try again in a moment"):
        await bench.reporting.save_decision(decision(), tmp_path / "early.pdf")


async def test_the_shared_folder_is_the_one_of_the_settings_that_hold_now(
    bench: Bench, tmp_path: Path
) -> None:
    service = bench.reporting.service
    bench.reporting.use(bench.desk.stores)  # after the service was asked for
    await bench.reporting.save_decision(decision(), tmp_path / "decision.pdf")
    (row,) = await service.rows()
    with pytest.raises(InputError, match="enter one in Settings, Reports"):
        await service.share(row.id)
    bench.preferences.changed.emit(Settings(share_folder=str(tmp_path)))
    assert (await service.share(row.id)).parent == tmp_path


def test_the_menu_has_one_entry_for_reports(bench: Bench) -> None:
    (entry,) = bench.reporting.commands()
    assert (entry.id, entry.menu, entry.shortcut) == ("report.open", "&File", "Ctrl+Shift+R")
