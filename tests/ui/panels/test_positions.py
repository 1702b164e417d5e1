"""The positions panel: broker and ledger side by side, what is protected, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from tests.core.positions.holdings import trade
from tests.ui.panels.positions_rig import (
    ACCOUNT,
    AUGUST,
    DECEMBER,
    FAR,
    SEPTEMBER,
    PositionDesk,
    call,
    put,
)
from tests.ui.panels.rig import child, label, running, text
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.draft import Origin
from vaultdesk.events import PositionsChanged
from vaultdesk.storage.database import Database
from vaultdesk.ui import theme
from vaultdesk.ui.help.generated import listed_ids
from vaultdesk.ui.panels.positions import SETTLE_MS
from vaultdesk.ui.positions.manual_dialog import ManualDialog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from tests.ui.panels.rig import Rig

LONG = put("335", "63")
ELSEWHERE = replace(put("300", "20", DECEMBER, "3.10"), account="Private bank")


@pytest.fixture
async def closed(desk: Rig, qtbot: QtBot) -> AsyncIterator[PositionDesk]:
    """No store, no loan, no chains, and a broker that has told nothing."""
    with Database(None) as database:
        made = PositionDesk(desk, database, qtbot)
        yield made
        await made.close()


@pytest.fixture
async def opened(closed: PositionDesk) -> PositionDesk:
    """A loan with its chains, and an open store."""
    await closed.begin()
    return closed


def press(opened: PositionDesk, identifier: str) -> None:
    button = child(opened.panel, QPushButton, identifier)
    assert button.isEnabled(), identifier
    button.click()


async def bought(opened: PositionDesk, contracts: str, price: str = "4.00") -> None:
    """The desk's own ledger has these of the put that the broker tells."""
    done = trade(contracts, price, instrument=LONG.instrument, account=ACCOUNT)
    opened.service.hear_executions((done,))
    await opened.survey()


async def test_before_the_broker_speaks_the_ledger_stands_in_and_it_says_so(
    opened: PositionDesk,
) -> None:
    await bought(opened, "63")
    assert text(opened.panel, "positions.truth") == (
        "▲ test broker has not told its positions yet: the desk's own ledger stands in."
    )
    assert label(opened.panel, "positions.truth").property("role") == "warning"
    assert opened.cells("held") == ["63"]
    assert opened.cells("broker") == ["—"]
    assert opened.cells("difference") == ["not told"]


async def test_with_nothing_held_it_says_how_to_hold_something(opened: PositionDesk) -> None:
    await opened.hold()
    assert text(opened.panel, "positions.empty").startswith("No position is held. Fill an order")
    assert not opened.panel.body.list.table.isVisible()
    assert text(opened.panel, "positions.truth") == "test broker told its positions 0 s ago."
    assert "10,000 shares of GLD) are not protected" in text(opened.panel, "positions.gaps")


async def test_a_row_has_broker_and_ledger_with_a_sign_and_a_word_and_a_sentence(
    opened: PositionDesk,
) -> None:
    await bought(opened, "61")
    await opened.hold(LONG, call("390", "-10", SEPTEMBER))
    assert opened.cells("contract") == ["GLD 335 put 2026-08-21", "GLD 390 call 2026-09-18"]
    assert opened.cells("broker") == ["63", "-10"]
    assert opened.cells("ledger") == ["61", "0"]
    assert opened.cells("difference") == ["▲ 2 more", "▼ 10 fewer"]
    sentence = opened.hints("difference")[0]
    assert sentence.startswith("The broker has 63 GLD 335 put of 2026-08-21, the desk's ledger 61")
    assert text(opened.panel, "positions.differences") == f"✕ {sentence}\n… and 1 more."
    opened.pick("GLD 335 put 2026-08-21")
    assert sentence in text(opened.panel, "positions.detail")
    assert text(opened.panel, "positions.status") == "2 positions · ✕ 2 differences"


async def test_where_both_agree_it_says_so(opened: PositionDesk) -> None:
    await bought(opened, "63")
    await opened.hold(LONG)
    assert opened.cells("difference") == ["✓ agrees"]
    assert not label(opened.panel, "positions.differences").isVisible()


async def test_marks_have_their_source_age_and_quality(opened: PositionDesk) -> None:
    await opened.hold(LONG)
    (line,) = [row.line for row in opened.panel.body.list.table.rows]
    assert line is not None
    assert line.mark is not None
    assert line.pnl == (line.mark - 4) * 6_300
    opened.desk.clock.advance(75)
    assert opened.hints("mark") == [f"{line.mark} by made, LIVE, 1 min old"]
    assert opened.cells("quality") == ["LIVE"]
    assert opened.cells("pnl") == [f"{line.pnl:+,.0f}"]


async def test_time_left_runs_on_by_the_minute(opened: PositionDesk, qtbot: QtBot) -> None:
    await opened.hold(LONG)
    left = opened.cells("last_trade"), opened.cells("cut_off"), opened.cells("days")
    assert left == (["41 d 23 h"], ["42 d 1 h"], ["42 d"])
    assert "Last trade 2026-08-21 16:00:00 EDT" in opened.hints("last_trade")[0]
    assert "not 2026-08-21 17:30:00 EDT" in opened.hints("cut_off")[0]
    table = opened.panel.body.list.table
    qtbot.waitUntil(lambda: bool(table.keyed.cells(0)))  # painted
    opened.desk.clock.advance(timedelta(days=41, hours=23, minutes=55).total_seconds())
    opened.panel.tick()
    assert table.flush() > 0
    assert opened.cells("last_trade") == opened.cells("days") == ["4 min"]
    opened.desk.clock.advance(600)
    assert (opened.cells("days"), opened.cells("cut_off")) == (["over"], ["1 h 24 min"])


async def test_the_loan_moves_less_with_what_is_held(opened: PositionDesk) -> None:
    await opened.hold(LONG)
    exposure = opened.service.exposure
    assert exposure is not None
    bare, hedged = exposure.ltv_per_pct, exposure.ltv_per_pct_hedged
    assert bare is not None
    assert hedged is not None
    assert bare < hedged < 0
    assert text(opened.panel, "positions.ltv_unhedged") == f"{bare:.3f}"
    assert text(opened.panel, "positions.ltv_hedged") == f"{hedged:.3f}"
    assert text(opened.panel, "positions.delta").startswith("-1,")
    assert text(opened.panel, "positions.quality") == "LIVE"


async def test_without_chains_greeks_are_not_given_and_it_says_why(closed: PositionDesk) -> None:
    await closed.begin(chains=False)
    await closed.hold(LONG)
    for name in ("ltv_unhedged", "ltv_hedged", "value", "delta", "gamma", "theta", "vega", "rho"):
        assert text(closed.panel, f"positions.{name}") == "not given"
    assert text(closed.panel, "positions.remark") == "The option chains are still being fetched."
    assert text(closed.panel, "positions.roll.empty") == text(closed.panel, "positions.remark")
    assert not label(closed.panel, "positions.quality").isVisible()
    assert closed.cells("mark") == ["—"]
    assert closed.hints("mark") == ["Nothing is valued without the option chains."]
    assert text(closed.panel, "positions.covered").startswith("The coverage calendar shows once")
    assert not closed.panel.body.coverage.chart.isVisible()


async def test_a_position_without_a_price_takes_the_net_figures_away_and_is_named(
    opened: PositionDesk,
) -> None:
    await opened.hold(LONG, put("333.33", "1"))
    assert text(opened.panel, "positions.delta") == "not given"
    assert "GLD 333.33 put of 2026-08-21 (not on the board)" in text(
        opened.panel, "positions.remark"
    )


async def test_offline_the_last_known_truth_stays_with_its_age(opened: PositionDesk) -> None:
    await opened.hold(LONG)
    opened.desk.clock.advance(190)
    opened.connection(BrokerState.OFFLINE)
    assert text(opened.panel, "positions.truth") == (
        "▲ test broker is offline: these are the positions it told 3 min ago."
    )
    assert opened.cells("held") == ["63"]


async def test_coverage_is_told_in_ounces_with_its_gaps_and_dates(opened: PositionDesk) -> None:
    await opened.hold(put("320", "100", DECEMBER))
    assert text(opened.panel, "positions.covered") == (
        "Today 917.6 oz (10,000 shares) of 917.6 oz (10,000 shares) are protected below the "
        "margin call at 280.00 (100 %): enough until 2026-12-18."
    )
    assert text(opened.panel, "positions.gaps").startswith("✕ Gap: From 2026-12-19 on ")
    chart = opened.panel.body.coverage.chart
    assert chart.accessibleName().startswith("Coverage calendar. Today 917.6 oz")


async def test_options_that_end_in_shares_are_told_with_what_to_do_until_when(
    opened: PositionDesk,
) -> None:
    await opened.hold(put("360", "63"))
    told = text(opened.panel, "positions.advice")
    assert told.startswith("▲ 63 GLD 360 put of 2026-08-21, 10.00 in the money")
    assert "exercised into a short of 6,300 shares" in told
    assert "by 16:00 New York on 21 August 2026, or tell the broker by 17:30" in told


async def test_a_roll_is_put_on_the_order_desk_as_one_order(
    opened: PositionDesk, qtbot: QtBot
) -> None:
    await opened.hold(LONG)
    rolls = opened.panel.body.rolls
    assert rolls.table.rows[0].until == SEPTEMBER
    assert not child(opened.panel, QPushButton, "positions.roll.order").isEnabled()
    rolls.table.selectRow(1)
    assert text(opened.panel, "positions.roll.sentence").startswith(
        "Roll 63 GLD 335 put of 2026-08"
    )
    with qtbot.waitSignal(opened.panel.ticket_put):
        press(opened, "positions.roll.order")
    ticket = opened.orders.ticket
    assert ticket is not None
    assert ticket.origin is Origin.ROLL
    (draft,) = ticket.orders
    assert [(leg.instrument.expiry, leg.ratio) for leg in draft.legs] == [
        (AUGUST, -1),
        (DECEMBER, 1),
    ]
    assert draft.quantity == 63


async def test_a_position_is_closed_by_a_ticket_from_the_keyboard(opened: PositionDesk) -> None:
    await opened.hold(LONG)
    opened.pick("GLD 335 put 2026-08-21")
    table = opened.panel.body.list.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    ticket = opened.orders.ticket
    assert ticket is not None
    assert (ticket.origin, ticket.orders[0].quantity) == (Origin.CLOSE, 63)
    assert ticket.orders[0].legs[0].ratio == -1


async def test_what_has_no_quote_is_not_closed_and_it_says_why(opened: PositionDesk) -> None:
    await opened.hold(put("333.33", "5"))
    opened.pick("GLD 333.33 put 2026-08-21")
    press(opened, "positions.close")
    assert opened.orders.ticket is None
    assert text(opened.panel, "positions.problem").startswith("There is no quote of the GLD 333.33")
    await opened.hold(LONG)
    opened.pick("GLD 335 put 2026-08-21")
    press(opened, "positions.close")
    assert text(opened.panel, "positions.problem") == ""


async def test_positions_elsewhere_are_marked_and_not_traded(opened: PositionDesk) -> None:
    await opened.service.set_manual((ELSEWHERE,))
    await opened.hold(LONG)
    assert opened.cells("place") == [ACCOUNT, "Private bank (elsewhere)"]
    opened.pick("GLD 300 put 2026-12-18")
    assert not child(opened.panel, QPushButton, "positions.close").isEnabled()
    assert child(opened.panel, QPushButton, "positions.edit").isEnabled()
    assert opened.cells("difference")[1] == "—"


def typed(dialog: ManualDialog, **texts: str) -> None:
    """The user types into the fields."""
    for name, words in texts.items():
        field = dialog.fields.fields[name]
        if isinstance(field, QComboBox):
            field.setCurrentText(words)
            field.textActivated.emit(words)
        else:
            assert isinstance(field, QLineEdit)
            field.clear()
            QTest.keyClicks(field, words)


def asked(opened: PositionDesk) -> ManualDialog:
    """The dialog that is open."""
    found = opened.panel.findChildren(ManualDialog)
    assert found
    return found[-1]


SOUND = {
    "account": "Private bank",
    "expiry": "2026-12-18",
    "strike": "300",
    "quantity": "20",
    "average_cost": "3.10",
}


async def test_a_hedge_held_elsewhere_is_added_undone_and_done_again(opened: PositionDesk) -> None:
    press(opened, "positions.add")
    dialog = asked(opened)
    typed(dialog, **SOUND)
    dialog.save.click()
    await opened.settled()
    assert opened.service.manual == (ELSEWHERE,)
    assert not dialog.isVisible()
    assert opened.cells("held") == ["20"]
    table = opened.panel.body.list.table
    QTest.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    await opened.settled()
    assert not opened.service.manual
    assert not child(opened.panel, QPushButton, "positions.undo").isEnabled()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(opened.panel, Qt.Key.Key_Z, both)
    await opened.settled()
    assert opened.service.manual == (ELSEWHERE,)
    facts = [e.fact.text for e in await opened.audit.entries() if e.fact.kind == "position"]
    assert [one.split()[-1] for one in facts] == ["entered.", "removed.", "entered."]


async def test_a_position_elsewhere_is_edited_and_removed_and_both_taken_back(
    opened: PositionDesk,
) -> None:
    await opened.service.set_manual((ELSEWHERE,))
    await opened.survey()
    opened.pick("GLD 300 put 2026-12-18")
    press(opened, "positions.edit")
    dialog = asked(opened)
    assert {name: dialog._texts[name] for name in SOUND} == SOUND | {"average_cost": "3.1"}
    typed(dialog, quantity="25")
    dialog.save.click()
    await opened.settled()
    assert opened.cells("held") == ["25"]
    table = opened.panel.body.list.table
    assert [row.quantity for row in table.selected()] == [25]
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Delete)
    await opened.settled()
    assert not opened.service.manual
    for expected in ("25", "20"):
        press(opened, "positions.undo")
        await opened.settled()
        assert opened.cells("held") == [expected]


async def test_what_is_typed_wrong_is_said_at_its_field_and_nothing_is_kept(
    opened: PositionDesk,
) -> None:
    press(opened, "positions.add")
    dialog = asked(opened)
    typed(dialog, **SOUND | {"strike": "", "quantity": "many"})
    dialog.save.click()
    remarks = {name: remark.text() for name, remark in dialog.fields.remarks.items()}
    assert remarks["strike"] == "Enter the strike, such as 335."
    assert remarks["quantity"] == "“many” is not a number."
    typed(dialog, strike="300", quantity="2.5")
    dialog.save.click()
    await opened.settled()
    assert dialog.fields.remarks["quantity"].text() == "Enter whole contracts."
    assert dialog.isVisible()
    assert not opened.service.manual
    dialog.cancel.click()


async def test_what_the_disk_refuses_is_told_and_can_be_tried_again(opened: PositionDesk) -> None:
    press(opened, "positions.add")
    typed(asked(opened), **SOUND)
    asked(opened).save.click()
    await opened.settled()
    opened.store.full = True
    opened.pick("GLD 300 put 2026-12-18")
    press(opened, "positions.remove")
    await opened.settled()
    assert text(opened.panel, "positions.problem") == "The disk is full: free some space."
    assert opened.cells("held") == ["20"]
    press(opened, "positions.undo")
    await opened.settled()
    assert opened.cells("held") == ["20"]
    assert child(opened.panel, QPushButton, "positions.undo").isEnabled()
    press(opened, "positions.add")
    dialog = asked(opened)
    typed(dialog, **SOUND | {"strike": "310"})
    dialog.save.click()
    await opened.settled()
    assert dialog.problem.text() == "The disk is full: free some space."
    opened.store.full = False
    dialog.save.click()
    await opened.settled()
    assert opened.cells("held") == ["20", "20"]


async def test_the_filter_narrows_and_is_remembered(
    opened: PositionDesk, desk: Rig, qtbot: QtBot
) -> None:
    await opened.service.set_manual((ELSEWHERE,))
    await opened.hold(LONG, put("320", "1", FAR))
    told: list[str] = []
    opened.panel.view_changed.connect(told.append)
    chooser = opened.panel.body.list.filter
    for words, count in (("Ending in 45 days", 1), ("Held elsewhere", 1), ("Differences", 2)):
        chooser.setCurrentText(words)
        chooser.activated.emit(chooser.currentIndex())
        assert len(opened.cells("held")) == count
    assert told == ["ending", "elsewhere", "apart"]
    assert text(opened.panel, "positions.status").startswith("2 shown · 3 positions")
    with Database(None) as database:
        again = PositionDesk(desk, database, qtbot, kept=told[-1])
        assert again.panel.body.list.filter.currentText() == "Differences"
        await again.close()


async def test_selection_stays_when_positions_come_and_go(opened: PositionDesk) -> None:
    await opened.hold(LONG, put("320", "1", DECEMBER))
    opened.pick("GLD 320 put 2026-12-18")
    await opened.hold(put("300", "2"), LONG, put("320", "4", DECEMBER))
    (picked,) = opened.panel.body.list.table.selected()
    assert picked.held == put("320", "4", DECEMBER)


async def test_chains_are_asked_for_only_while_it_is_seen(opened: PositionDesk) -> None:
    await opened.hold(LONG)
    assert opened.service.exposure is not None
    opened.panel.hide()
    await opened.survey()
    assert opened.service.exposure is None
    opened.panel.show()
    await opened.survey()
    assert opened.service.exposure is not None


async def test_a_burst_of_changes_is_shown_once(opened: PositionDesk, qtbot: QtBot) -> None:
    await opened.hold(LONG)
    shown: list[int] = []
    opened.panel.body.list.table.picked.connect(lambda: shown.append(1))
    for _ in range(10_000):
        opened.desk.bus.tell(PositionsChanged())
    assert shown == []
    qtbot.waitUntil(lambda: bool(shown))
    assert not opened.panel._settle.isActive()
    assert shown == [1]


async def test_changes_that_never_pause_are_shown_all_the_same(
    opened: PositionDesk, qtbot: QtBot
) -> None:
    opened.desk.bus.tell(PositionsChanged())
    timer = opened.panel._settle
    qtbot.waitUntil(lambda: timer.remainingTime() <= SETTLE_MS // 2)
    opened.desk.bus.tell(PositionsChanged())
    assert timer.remainingTime() <= SETTLE_MS // 2


async def test_the_models_keep_qt_s_rules(opened: PositionDesk, qtmodeltester: ModelTester) -> None:
    await opened.hold(LONG, call("390", "-10", SEPTEMBER))
    qtmodeltester.check(opened.panel.body.list.table.keyed)  # type: ignore[no-untyped-call]
    qtmodeltester.check(opened.panel.body.rolls.table.keyed)  # type: ignore[no-untyped-call]


async def test_every_control_is_listed_in_the_help(opened: PositionDesk) -> None:
    listed = listed_ids()
    for name in ("table", "coverage", "roll", "roll.order", "close", "add", "edit", "remove",
                 "undo", "filter", "ltv_hedged", "gaps"):  # fmt: skip
        assert f"positions.{name}" in listed
    press(opened, "positions.add")
    for widget in opened.panel.findChildren(QPushButton):
        assert widget.accessibleIdentifier()
        assert widget.accessibleDescription()
    asked(opened).cancel.click()


@pytest.mark.parametrize("width", [1600, 900, 420, 320])
async def test_it_fits_any_dock_also_after_it_was_wide(
    opened: PositionDesk, qtbot: QtBot, width: int
) -> None:
    await opened.hold(LONG, put("320", "37", DECEMBER))
    opened.panel.resize(1700, 600)
    opened.panel.resize(width, 600)
    panel = opened.panel
    qtbot.waitUntil(lambda: max(panel.body.head.width(), panel.minimumSizeHint().width()) <= width)


async def test_another_theme_recolours_what_is_shown(
    opened: PositionDesk, qapp: QApplication
) -> None:
    await opened.hold(put("360", "63"))
    theme.apply(qapp, theme.LIGHT)
    assert opened.panel.body.advice._colour == theme.LIGHT.down
    theme.apply(qapp, theme.DARK)
    assert opened.panel.body.advice._colour == theme.DARK.down


async def test_nothing_runs_once_it_is_retired(opened: PositionDesk) -> None:
    await opened.hold(LONG)
    opened.panel.retire()
    opened.desk.bus.tell(PositionsChanged())
    assert running(opened.panel) == []
    assert opened.service._attended == 0
