"""The strategy panel: what is wished for, what it comes to, and what other panels hear of it."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QToolButton,
    QWidget,
)

from tests.ui.panels.rig import (
    FAR,
    MIDDLE,
    NEAR,
    QUARTER,
    Rig,
    child,
    label,
    priced,
    running,
    shown,
    text,
)
from vaultdesk.core.hedge.building import strategy_of
from vaultdesk.core.hedge.pictures.payoff import Measure
from vaultdesk.core.hedge.templates import OWN, Anchor, Build, How, at_moneyness
from vaultdesk.core.hedge.vocabulary import SmileRule, Use
from vaultdesk.core.market import Quality
from vaultdesk.events import HedgeChosen, LegPicked
from vaultdesk.services.templates import TemplateService
from vaultdesk.storage.database import Database
from vaultdesk.storage.template_store import SqlTemplateStore
from vaultdesk.ui import theme
from vaultdesk.ui.charts.line_chart import LineChart, LinePlot
from vaultdesk.ui.format import money, percent
from vaultdesk.ui.panels.strategy import CHOOSE_AFTER_MS, StrategyPanel
from vaultdesk.ui.scrolled import Scrolled
from vaultdesk.ui.strategy.fields import Choice, Line, Whole
from vaultdesk.ui.tables.view import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

COVERED = "10,000 of 10,000 shares protected, nothing left unprotected"


@pytest.fixture
def templates(desk: Rig) -> TemplateService:
    return TemplateService(desk.bus)


@pytest.fixture
def build(
    desk: Rig, templates: TemplateService, qtbot: QtBot
) -> Iterator[Callable[..., StrategyPanel]]:
    def made(kept: str = "") -> StrategyPanel:
        panel = StrategyPanel(desk.bus, desk.hedge, templates, desk.clock, kept)
        return shown(panel, qtbot, height=1400)

    yield made
    desk.hedge.close()


async def opened(desk: Rig, build: Callable[..., StrategyPanel], kept: str = "") -> StrategyPanel:
    await desk.quote(priced("350.00"))
    await desk.pledge()
    panel = build(kept)
    await desk.hedge.refresh()
    await panel.settled()
    return panel


def typed(panel: QWidget, identifier: str, words: str) -> None:
    line = child(panel, Line, identifier)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, words)
    QTest.keyClick(line, Qt.Key.Key_Return)


def active(panel: QWidget, qtbot: QtBot) -> None:
    """Shortcuts are only heard by the window that has the keyboard."""
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)


def resting(panel: QWidget) -> bool:
    """Whether a hedge is about to be put on the desk."""
    return any(timer.interval() == CHOOSE_AFTER_MS for timer in running(panel))


def picked(panel: QWidget, identifier: str, item: str) -> None:
    combo = child(panel, Choice, identifier)
    place = combo.findText(item, Qt.MatchFlag.MatchStartsWith)
    assert place >= 0, item
    combo.setCurrentIndex(place)
    combo.activated.emit(place)


def cells(panel: QWidget, identifier: str, heading: str) -> list[str]:
    table = child(panel, Table, identifier)
    table.flush()
    model = table.model()
    heads = [
        model.headerData(s, Qt.Orientation.Horizontal)
        for s in range(model.columnCount(QModelIndex()))
    ]
    column = heads.index(heading)
    return [model.index(row, column).data() for row in range(model.rowCount(QModelIndex()))]


def contracts(panel: QWidget) -> list[str]:
    return cells(panel, "strategy.table", "Contract")


def plot(panel: QWidget) -> LinePlot:
    found = child(panel, LineChart, "strategy.payoff").plot
    assert found is not None
    return found


async def test_it_says_what_it_waits_for_before_there_is_a_chain(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = build()
    assert "no option chain yet" in text(panel, "strategy.loading")
    await desk.hedge.refresh()
    assert "price" in text(panel, "strategy.loading")


async def test_the_first_hedge_covers_all_gold_at_95_per_cent_and_shows_its_rounding(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    assert contracts(panel) == ["335 put 2026-09-18"]
    assert child(panel, Whole, "strategy.contracts").value() == 100
    assert child(panel, Line, "strategy.strike").text() == "95 %"
    assert text(panel, "strategy.strike.remark") == "95 % of 350 is 332.50, 335 is listed"
    assert text(panel, "strategy.contracts.remark") == COVERED
    assert text(panel, "strategy.quality") == "LIVE"


async def test_cost_and_hedged_ltv_are_those_of_the_core(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    assert desk.hedge.config is not None
    strategy = strategy_of(desk.hedge.config, panel.build)
    cost, protection = strategy.calculate_cost(), strategy.calculate_protection()
    assert text(panel, "strategy.cost") == money(cost.total, "USD")
    assert text(panel, "strategy.hedged_ltv") == percent(protection.hedged_ltv, 2)
    assert "below the call at 75.0 %" in text(panel, "strategy.hedged.more")
    assert text(panel, "strategy.cost.commission") == "65.00"
    assert text(panel, "strategy.protection.until") == str(MIDDLE)


async def test_a_remainder_that_no_contract_covers_is_told_before_and_after_rounding(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    await desk.quote(priced("350.00"))
    from tests.ui.panels.rig import TERMS  # noqa: PLC0415

    lots = (replace(TERMS.lots[0], quantity=Decimal(10_050)),)
    await desk.pledge(replace(TERMS, lots=lots))
    panel = build()
    await desk.hedge.refresh()
    await panel.settled()
    told = text(panel, "strategy.contracts.remark")
    assert told == "10,000 of 10,050 shares protected, unprotected remainder 50 shares"
    assert text(panel, "strategy.protection.unprotected") == "50 sh"
    assert text(panel, "strategy.protection.unprotected.exact") == "0 sh"
    assert "100.5 before rounding" in str(
        child(panel, Table, "strategy.table").model().index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    )


@pytest.mark.parametrize(
    ("words", "contract", "anchor"),
    [
        ("345", "345 put 2026-09-18", Anchor(How.STRIKE, Decimal(345))),
        ("98 %", "345 put 2026-09-18", at_moneyness("0.98")),
        ("0.98", "345 put 2026-09-18", at_moneyness("0.98")),
        ("40 delta", "345 put 2026-09-18", Anchor(How.DELTA, Decimal("0.4"))),
    ],
)
async def test_a_strike_is_typed_as_strike_moneyness_or_delta(
    desk: Rig, build: Callable[..., StrategyPanel], words: str, contract: str, anchor: Anchor
) -> None:
    panel = await opened(desk, build)
    typed(panel, "strategy.strike", words)
    await panel.settled()
    assert panel.build.strikes == (anchor,)
    assert contracts(panel) == [contract]


async def test_what_is_no_strike_is_told_and_changes_nothing(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    before = panel.build
    typed(panel, "strategy.strike", "cheap")
    assert "not a number" in text(panel, "strategy.strike.remark")
    assert panel.build == before
    assert child(panel, Line, "strategy.strike").text() == "cheap"


async def test_a_strike_that_is_not_listed_keeps_the_form_and_says_why(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    typed(panel, "strategy.strike", "200")
    await panel.settled()
    assert "honest bid and ask" in text(panel, "strategy.problem")
    assert text(panel, "strategy.cost") == "—"
    assert [trace.name for trace in plot(panel).traces] == ["no hedge"]
    assert plot(panel).handles == ()


async def test_the_kind_decides_which_fields_there_are(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    assert child(panel, Line, "strategy.call").isHidden()
    picked(panel, "strategy.kind", "Collar")
    await panel.settled()
    assert not child(panel, Line, "strategy.call").isHidden()
    assert child(panel, Line, "strategy.sold").isHidden()
    picked(panel, "strategy.kind", "Put ladder")
    await panel.settled()
    assert child(panel, Line, "strategy.strike").text() == "100 %, 95 %"
    assert child(panel, Line, "strategy.weights").text() == "50 / 50"
    assert len(contracts(panel)) == 2


async def test_a_ladder_takes_strikes_and_weights(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    picked(panel, "strategy.kind", "Put ladder")
    await panel.settled()
    typed(panel, "strategy.strike", "345, 340, 335")
    await panel.settled()
    typed(panel, "strategy.weights", "50/30/20")
    await panel.settled()
    assert cells(panel, "strategy.table", "Ctr") == ["50", "30", "20"]
    typed(panel, "strategy.weights", "1/2")
    assert text(panel, "strategy.weights.remark") == "Give 3 weights, one for each strike."


async def test_the_expiry_is_chosen_by_days_or_by_hand_and_fetched_where_it_is_not_at_hand(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    days = child(panel, Whole, "strategy.days")
    days.setValue(30)
    await panel.settled()
    assert contracts(panel) == [f"335 put {NEAR}"]
    picked(panel, "strategy.expiry", str(QUARTER))
    await panel.settled()
    assert days.isHidden()
    assert contracts(panel) == [f"335 put {QUARTER}"]


async def test_fewer_contracts_leave_gold_unprotected_until_all_is_chosen_again(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    child(panel, Whole, "strategy.contracts").setValue(53)
    await panel.settled()
    assert "unprotected remainder 4,700 shares" in text(panel, "strategy.contracts.remark")
    child(panel, QPushButton, "strategy.all").click()
    await panel.settled()
    assert text(panel, "strategy.contracts.remark") == COVERED


async def test_the_use_of_the_payoff_is_a_rule_of_all_hedges_and_has_its_sentence(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    pledged = text(panel, "strategy.hedged_ltv")
    picked(panel, "strategy.use", "Stays at the broker")
    await panel.settled()
    assert desk.hedge.rules.use is Use.BROKER
    assert "stays at the broker" in text(panel, "strategy.use.remark")
    assert text(panel, "strategy.hedged_ltv") == "75.00 %" != pledged
    assert "does not lower the bank's LTV" in text(panel, "strategy.warnings")
    assert "not below the call" in text(panel, "strategy.hedged.more")


async def test_calls_without_gold_are_refused_until_allowed_or_covered(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    picked(panel, "strategy.kind", "Collar")
    await panel.settled()
    typed(panel, "strategy.call", "365")
    await panel.settled()
    assert "Allow naked calls" in text(panel, "strategy.problem")
    typed(panel, "strategy.free_units", "10,000")
    await panel.settled()
    assert desk.hedge.rules.free_units == 10_000
    assert text(panel, "strategy.problem") == ""
    assert "naked" not in text(panel, "strategy.warnings")
    typed(panel, "strategy.free_units", "0")
    child(panel, QCheckBox, "strategy.naked").click()
    await panel.settled()
    assert "naked short" in text(panel, "strategy.warnings")


async def test_a_premium_drawn_on_the_loan_raises_the_hedged_ltv(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    before = text(panel, "strategy.hedged_ltv")
    child(panel, QCheckBox, "strategy.drawn").click()
    await panel.settled()
    assert desk.hedge.rules.drawn
    assert text(panel, "strategy.hedged_ltv") > before


async def test_edits_are_undone_and_done_again_by_keyboard(
    desk: Rig, build: Callable[..., StrategyPanel], qtbot: QtBot
) -> None:
    panel = await opened(desk, build)
    active(panel, qtbot)
    first = panel.build
    typed(panel, "strategy.strike", "345")
    await panel.settled()
    field = child(panel, Whole, "strategy.contracts")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Up)
    await panel.settled()
    assert panel.build.contracts == 101
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.build == first
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(field, Qt.Key.Key_Z, both)
    await panel.settled()
    assert contracts(panel) == ["345 put 2026-09-18"]
    assert child(panel, QToolButton, "strategy.redo").isEnabled()


async def test_undo_is_not_the_window_s_while_the_panel_has_the_keyboard(
    desk: Rig, build: Callable[..., StrategyPanel], qtbot: QtBot
) -> None:
    window, undone = QMainWindow(), list[bool]()
    loan = window.menuBar().addMenu("File").addAction("Undo loan change")
    loan.setShortcut("Ctrl+Z")
    loan.triggered.connect(undone.append)
    panel = await opened(desk, build)
    window.setCentralWidget(panel)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    first = panel.build
    field = child(panel, Whole, "strategy.contracts")
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Up)
    assert panel.build != first
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.build == first
    assert not undone
    await panel.settled()
    window.takeCentralWidget()  # or it would go with the window before it is retired


async def test_a_price_clicked_in_the_chain_becomes_a_leg(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    desk.bus.tell(LegPicked(MIDDLE, "P", Decimal(340), sell=False))
    await panel.settled()
    assert panel.build.kind == OWN
    assert contracts(panel) == ["340 put 2026-09-18"]
    desk.bus.tell(LegPicked(MIDDLE, "P", Decimal(335), sell=True))
    desk.bus.tell(LegPicked(MIDDLE, "P", Decimal(340), sell=False))
    await panel.settled()
    assert cells(panel, "strategy.table", "Ctr") == ["101", "100"]
    assert [one[2:] for one in cells(panel, "strategy.table", "Side")] == ["buy", "sell"]


async def test_a_leg_picked_joins_the_hedge_that_was_built_by_hand(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    typed(panel, "strategy.strike", "345")
    await panel.settled()
    desk.bus.tell(LegPicked(NEAR, "P", Decimal(335), sell=False))
    await panel.settled()
    assert contracts(panel) == ["345 put 2026-09-18", "335 put 2026-08-07"]


async def test_a_leg_is_changed_in_the_table_by_keyboard_and_removed_by_delete(
    desk: Rig, build: Callable[..., StrategyPanel], qtbot: QtBot
) -> None:
    panel = await opened(desk, build)
    active(panel, qtbot)
    table = child(panel, Table, "strategy.table")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Minus)
    await panel.settled()
    assert cells(panel, "strategy.table", "Ctr") == ["99"]
    assert panel.build.kind == OWN
    picked(panel, "strategy.leg.strike", "345")
    await panel.settled()
    picked(panel, "strategy.leg.expiry", str(FAR))
    await desk.hedge.refresh(use_cache=True)
    await panel.settled()
    assert contracts(panel) == [f"345 put {FAR}"]
    child(panel, QPushButton, "strategy.leg.add").click()
    await panel.settled()
    assert len(contracts(panel)) == 2
    QTest.keyClick(table, Qt.Key.Key_Delete)
    await panel.settled()
    assert len(contracts(panel)) == 1
    QTest.keyClick(table, Qt.Key.Key_Delete)
    await panel.settled()
    assert "There is no leg yet" in text(panel, "strategy.problem")


async def test_the_call_of_a_collar_moves_without_taking_it_in_hand(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    child(panel, QCheckBox, "strategy.naked").click()
    picked(panel, "strategy.kind", "Collar")
    await panel.settled()
    typed(panel, "strategy.call", "360")
    await panel.settled()
    child(panel, Table, "strategy.table").selectRow(1)
    picked(panel, "strategy.leg.strike", "365")
    await panel.settled()
    assert panel.build.kind == "collar"
    assert child(panel, Line, "strategy.call").text() == "365"
    assert contracts(panel)[1] == "365 call 2026-09-18"


async def test_a_strike_dragged_on_the_chart_is_one_edit_and_the_legs_follow(
    desk: Rig, build: Callable[..., StrategyPanel], qtbot: QtBot
) -> None:
    panel = await opened(desk, build)
    qtbot.waitUntil(lambda: not resting(panel))
    first = panel.build
    chart = child(panel, LineChart, "strategy.payoff")
    assert plot(panel).handles[0].at == 335
    assert plot(panel).handles[0].snaps == (335, 340, 345, 350, 355, 360, 365)
    for at in (340.0, 345.0):
        chart.moved.emit(0, at)
        await panel.settled()
        assert contracts(panel) == [f"{at:.0f} put 2026-09-18"]
        assert not resting(panel)
    chart.released.emit(0, 345.0)
    await panel.settled()
    assert resting(panel)
    assert panel.build.strikes == (Anchor(How.STRIKE, Decimal(345)),)
    child(panel, QToolButton, "strategy.undo").click()
    assert panel.build == first


async def test_the_chart_measures_what_is_chosen_at_expiry_today_and_on_a_day(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    names = [trace.name for trace in plot(panel).traces]
    assert names == ["no hedge", "at expiry", "today"]
    panel.body.payoff.day.set_value(Decimal(30))
    panel.body.payoff.volatility.set_value(Decimal(5))
    await panel.settled()
    assert plot(panel).traces[-1].name == "after 30 d"
    assert "after 30 d" in text(panel, "strategy.scenarios.when")
    assert "volatilities +5 pts" in text(panel, "strategy.scenarios.when")
    for measure in Measure:
        picked(panel, "strategy.measure", measure.value)
        assert plot(panel).y.title.startswith(measure.value)
    picked(panel, "strategy.measure", "P&L")
    assert "no hedge" not in [trace.name for trace in plot(panel).traces]
    child(panel, QCheckBox, "strategy.gold").click()
    assert "no hedge" in [trace.name for trace in plot(panel).traces]
    picked(panel, "strategy.smile", SmileRule.DELTA.value)
    assert desk.hedge.rules.smile is SmileRule.DELTA


async def test_scenarios_stand_for_each_move_with_calls_avoided(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    moves = cells(panel, "strategy.scenarios", "Gold")
    assert (moves[0], moves[-1], len(moves)) == ("-40 %", "+20 %", 11)
    assert cells(panel, "strategy.scenarios", "Margin call")[:3] == ["✓ avoided"] * 3
    assert cells(panel, "strategy.scenarios", "Margin call")[-1] == "no call"


async def test_what_is_valid_goes_on_the_desk_after_a_rest(
    desk: Rig, build: Callable[..., StrategyPanel], qtbot: QtBot
) -> None:
    told: list[HedgeChosen] = []
    desk.bus.subscribe(HedgeChosen, told.append)
    panel = await opened(desk, build)
    typed(panel, "strategy.strike", "340")
    typed(panel, "strategy.strike", "345")
    await panel.settled()
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    assert len(told) == 1
    assert desk.hedge.chosen is not None
    assert desk.hedge.chosen.legs[0].listed.strike == 345
    assert desk.hedge.title.startswith("Protective put")


async def test_a_hedge_of_another_panel_stays_on_the_desk_and_can_be_edited_here(
    desk: Rig, build: Callable[..., StrategyPanel], qtbot: QtBot
) -> None:
    panel = await opened(desk, build)
    qtbot.waitUntil(lambda: desk.hedge.chosen is not None)
    assert desk.hedge.config is not None
    found = strategy_of(desk.hedge.config, Build(contracts=7)).position
    desk.hedge.choose(found, "Found")
    assert text(panel, "strategy.other") == "On the desk: Found"
    await desk.hedge.refresh(use_cache=True)
    await panel.settled()
    assert not resting(panel)
    assert desk.hedge.chosen is found
    child(panel, QPushButton, "strategy.take").click()
    await panel.settled()
    assert cells(panel, "strategy.table", "Ctr") == ["7"]
    assert text(panel, "strategy.other") == ""


async def test_stale_prices_are_refused_in_a_sentence(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    await desk.quote(priced("350.00", Quality.STALE))
    await desk.pledge()
    panel = build()
    await desk.hedge.refresh()
    await panel.settled()
    assert "stale" in text(panel, "strategy.problem").lower()
    assert text(panel, "strategy.quality") == "STALE"


async def test_templates_are_applied_kept_renamed_deleted_and_brought_back(
    desk: Rig, build: Callable[..., StrategyPanel], templates: TemplateService
) -> None:
    panel = await opened(desk, build)
    bar = panel.body.head.templates
    assert not bar.save.isEnabled()
    with Database(None) as database:
        await templates.use(SqlTemplateStore(database))
        picked(panel, "strategy.template", "Put ladder 50/50")
        await panel.settled()
        assert panel.build.kind == "ladder"
        typed(panel, "strategy.strike", "345, 335")
        await panel.settled()
        bar.save.trigger()
        dialog = panel.findChild(QDialog, "strategy.template.dialog")
        assert dialog is not None
        QTest.keyClicks(child(dialog, QLineEdit, "strategy.template.name"), "Autumn")
        child(dialog, QPushButton, "strategy.template.save").click()
        await panel.settled()
        assert [one.build.strikes for one in templates.templates] == [
            (at_moneyness("0.9857"), at_moneyness("0.9571"))
        ]
        assert child(panel, Choice, "strategy.template").currentText() == "Autumn"
        bar.rename_asked.emit("Autumn", "October")
        await panel.settled()
        bar.delete.trigger()
        await panel.settled()
        assert not templates.templates
        assert "brings it back" in text(panel, "strategy.notice")
        bar.undo.trigger()
        await panel.settled()
        assert [one.name for one in templates.templates] == ["October"]
        bar.rename_asked.emit("October", " ")
        await panel.settled()
        assert "name" in text(panel, "strategy.notice")


async def test_what_was_built_is_remembered_by_moneyness_and_comes_back(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    told: list[str] = []
    panel.view_changed.connect(told.append)
    typed(panel, "strategy.strike", "343")
    picked(panel, "strategy.measure", "equity")
    await panel.settled()
    assert json.loads(told[-1])["measure"] == "equity"
    other = build(told[-1])
    assert other.build.strikes == (at_moneyness("0.98"),)
    assert child(other, Choice, "strategy.measure").currentText() == "equity"
    assert build("nonsense").build == build().build


async def test_chains_are_asked_for_only_while_it_is_seen(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    assert desk.hedge._attended == 1
    panel.in_front(False)
    assert desk.hedge._attended == 0
    panel.in_front(True)
    panel.retire()
    assert desk.hedge._attended == 0
    assert running(panel) == []


async def test_it_stands_in_a_narrow_dock_and_in_a_wide_window(
    desk: Rig, build: Callable[..., StrategyPanel], qtbot: QtBot
) -> None:
    panel = await opened(desk, build)
    panel.resize(320, 700)
    assert panel.width() == 320
    scrolled = panel.findChild(Scrolled)
    assert isinstance(scrolled, Scrolled)
    qtbot.waitUntil(lambda: scrolled.minimumSizeHint().width() <= 320)
    left = panel.body.form.mapTo(panel, QPoint(0, 0)).x()
    assert panel.body.legs.mapTo(panel, QPoint(0, 0)).x() == left
    panel.resize(1200, 700)
    qtbot.waitUntil(lambda: panel.body.legs.mapTo(panel, QPoint(0, 0)).x() > 300)


async def test_other_colours_change_nothing_it_says(
    desk: Rig, build: Callable[..., StrategyPanel]
) -> None:
    panel = await opened(desk, build)
    before = {
        identifier: text(panel, identifier) for identifier in ("strategy.cost", "strategy.warnings")
    }
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, theme.LIGHT)
    theme.apply(app, theme.DARK)
    assert before == {identifier: text(panel, identifier) for identifier in before}
    assert label(panel, "strategy.cost").toolTip()
