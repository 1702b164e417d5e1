"""The tab that rolls a policy through history: what it asks, how far it is, what it shows."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.core.hedge.positions import leg
from tests.core.hedge.rolls import closes
from tests.fakes.workers import HereWorkers
from tests.ui.panels.rig import Rig, priced, rig
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.services.hedge import HedgeService
from vaultdesk.services.hedge_history import HedgeHistoryService
from vaultdesk.ui import theme
from vaultdesk.ui.whatif.roll_form import COLLAR, DESK, FILE, LADDER, PUT, SPREAD
from vaultdesk.ui.whatif.roll_view import RollView

D = Decimal


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Rig]:
    theme.apply(qapp, theme.DARK)
    with rig() as made:
        made.feed.daily = closes(500)
        yield made


class Seen:
    """A view on a hedge service, with workers that a test can hold."""

    def __init__(self, desk: Rig, qtbot: QtBot) -> None:
        self.workers = HereWorkers()
        self.hedge = HedgeService(
            *(desk.chains, desk.bus, desk.market, desk.loan, desk.chain), rules=HedgeRules()
        )
        history = HedgeHistoryService(desk.feed, desk.loan, self.hedge, self.workers)
        self.view = RollView(history)
        qtbot.addWidget(self.view)
        self.view.resize(900, 900)
        self.view.form.months.setValue(6)
        self.view.show()

    def text(self, identifier: str) -> str:
        found = self.view.findChild(QLabel, identifier)
        assert isinstance(found, QLabel), identifier
        return found.text() if found.isVisible() else ""


async def opened(desk: Rig, qtbot: QtBot) -> Seen:
    await desk.pledge()
    await desk.quote(priced("350.00"))
    return Seen(desk, qtbot)


async def test_a_run_fills_table_summary_and_chart(desk: Rig, qtbot: QtBot) -> None:
    seen = await opened(desk, qtbot)
    view = seen.view
    view.run.click()
    assert not view.run.isEnabled()
    await view.settled()
    assert view.run.isEnabled()
    assert view.shown is not None
    assert len(view.rows.rows) == len(view.shown.results) == 14
    assert seen.text("whatif.roll_summary").startswith("14 windows of 6 months, begun 2015-04-01")
    assert "Option prices are modelled" in seen.text("whatif.roll_model")
    assert seen.text("whatif.roll_model").startswith("Put 95 %, 90 days, rolled at expiry.")
    row = view.table.currentIndex().row()
    worst = [one.unhedged.ltv.max() for one in view.shown.results]
    assert worst[row] == max(worst)
    assert view.chart.plot is not None
    assert [trace.name for trace in view.chart.plot.traces] == ["alone", "hedged"]
    assert view.chart.plot.traces[0].y == pytest.approx(100 * view.shown.results[row].unhedged.ltv)
    assert [limit.name for limit in view.chart.plot.limits] == ["call 75.0 %", "close-out 85.0 %"]


async def test_choosing_a_window_shows_its_ltv(desk: Rig, qtbot: QtBot) -> None:
    seen = await opened(desk, qtbot)
    view = seen.view
    view.begin()
    await view.settled()
    view.table.selectRow(3)
    assert view.shown is not None
    assert view.chart.plot is not None
    assert view.chart.plot.traces[1].y == pytest.approx(100 * view.shown.results[3].hedged.ltv)
    assert view.rows.cell(3, 0)[0] == str(view.shown.results[3].start)


async def test_progress_is_shown_and_a_run_can_be_cancelled(desk: Rig, qtbot: QtBot) -> None:
    seen = await opened(desk, qtbot)
    view = seen.view
    assert not view.progress.isVisible()
    assert not view.cancel.isEnabled()
    seen.workers.go.clear()
    view.begin()
    await seen.workers.begun.wait()
    assert view.progress.isVisible()
    assert (view.progress.value(), view.progress.maximum()) == (0, 14)
    view.cancel.click()
    await view.settled()
    assert view.run.isEnabled()
    assert not view.cancel.isEnabled()
    assert not view.progress.isVisible()
    assert view.shown is None
    assert seen.workers.computed == 0


async def test_what_is_wrong_is_told_and_goes_with_the_next_run(desk: Rig, qtbot: QtBot) -> None:
    seen = await opened(desk, qtbot)
    view = seen.view
    view.form.months.setValue(120)
    view.begin()
    await view.settled()
    assert "take a longer history" in seen.text("whatif.roll_problem")
    view.form.left.setValue(100)
    view.begin()
    assert "rolled before it expires" in seen.text("whatif.roll_problem")
    view.form.left.setValue(0)
    view.form.months.setValue(6)
    view.begin()
    await view.settled()
    assert seen.text("whatif.roll_problem") == ""
    assert view.shown is not None


async def test_the_form_makes_each_kind_of_policy(desk: Rig, qtbot: QtBot) -> None:
    seen = await opened(desk, qtbot)
    form = seen.view.form
    for kind, puts, lower, call in (
        (PUT, (D("0.95"),), None, None),
        (LADDER, (D("0.95"), D("0.85")), None, None),
        (SPREAD, (D("0.95"),), D("0.85"), None),
        (COLLAR, (D("0.95"),), None, D("1.1")),
    ):
        form.kind.setCurrentText(kind)
        policy = form.wish().policy
        assert tuple(rung.moneyness for rung in policy.puts) == puts
        assert (policy.lower, policy.call) == (lower, call)
        assert form.second.isEnabled() == (kind in (LADDER, SPREAD))
        assert form.call.isEnabled() == (kind == COLLAR)
    form.days.setValue(180)
    form.left.setValue(30)
    form.use.setCurrentIndex(1)
    form.drawn.setChecked(True)
    form.every.setCurrentText("every year")
    form.ltv.setValue(55)
    form.premium.setValue(1.25)
    wish = form.wish()
    assert (wish.policy.days, wish.policy.roll_at) == (180, 30)
    assert (wish.policy.use, wish.policy.drawn) == (Use.REPAYS, True)
    assert (wish.every, wish.start_ltv, wish.model.premium) == (12, D("0.55"), 1.25)


async def test_the_hedge_on_the_desk_can_be_rolled(desk: Rig, qtbot: QtBot) -> None:
    seen = await opened(desk, qtbot)
    seen.view.form.kind.setCurrentText(DESK)
    assert not seen.view.form.put.isEnabled()
    seen.view.begin()
    assert "No hedge is on the desk" in seen.text("whatif.roll_problem")
    await seen.hedge.refresh()
    seen.hedge.choose(Position((leg("P", "315", 100),)), "Puts")
    seen.view.begin()
    await seen.view.settled()
    assert seen.view.shown is not None
    assert seen.view.shown.request.policy.puts[0].moneyness == D("0.9")
    seen.hedge.close()


async def test_a_file_is_asked_for_and_may_be_left(desk: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    seen = await opened(desk, qtbot)
    form = seen.view.form
    form.prices.setCurrentText(FILE)
    form.prices.activated.emit(form.prices.currentIndex())
    dialog = form.findChild(QFileDialog, "whatif.roll_prices.dialog")
    assert isinstance(dialog, QFileDialog)
    assert form.wish().file is None
    dialog.fileSelected.emit(str(tmp_path / "mine.csv"))
    dialog.reject()
    assert form.prices.currentText() == "mine.csv"
    assert form.wish().file == tmp_path / "mine.csv"
    form.prices.setCurrentIndex(0)
    form.prices.activated.emit(0)
    assert form.wish().file is None
    assert form.prices.count() == 2


async def test_a_wide_view_has_more_columns_of_fields(desk: Rig, qtbot: QtBot) -> None:
    seen = await opened(desk, qtbot)
    form = seen.view.form
    tall = form.sizeHint().height()
    seen.view.resize(400, 900)
    assert form.sizeHint().height() > tall


async def test_a_retired_view_leaves_nothing_under_way(desk: Rig, qtbot: QtBot) -> None:
    seen = await opened(desk, qtbot)
    seen.workers.go.clear()
    seen.view.begin()
    await seen.workers.begun.wait()
    seen.view.retire()
    await seen.view.settled()
    assert seen.view.shown is None


async def test_every_control_has_an_id(desk: Rig, qtbot: QtBot) -> None:
    seen = await opened(desk, qtbot)
    view = seen.view
    fields = [field for _, field in view.form._rows]
    for widget in (*fields, view.run, view.cancel, view.progress, view.table, view.chart):
        assert widget.accessibleIdentifier().startswith("whatif.roll_")
        assert widget.accessibleDescription()
