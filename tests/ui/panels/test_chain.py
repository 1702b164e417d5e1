"""The chain panel: what it asks for, what it shows, and what it says when something is wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.fakes.feed import chain
from tests.ui.panels.rig import FAR, MIDDLE, NEAR, QUARTER, Rig, label, priced, running, text
from vaultdesk.core.market import OptionQuote, Quality, VendorGreeks
from vaultdesk.events import LegPicked
from vaultdesk.ports import FeedError, FeedFault
from vaultdesk.ui.chain.bar import ChainBar
from vaultdesk.ui.chain.table import GROUNDS
from vaultdesk.ui.panels.chain import ChainPanel
from vaultdesk.ui.tables.view import Table

Build = Callable[[], ChainPanel]


@pytest.fixture
def build(desk: Rig, qtbot: QtBot) -> Build:
    def made() -> ChainPanel:
        panel = ChainPanel(desk.bus, desk.chain)
        panel.resize(750, 420)
        qtbot.addWidget(panel, before_close_func=lambda p: p.retire())
        panel.show()
        return panel

    return made


async def opened(desk: Rig, price: str = "350.00") -> None:
    await desk.quote(priced(price))
    await desk.open_chain()


def column(table: Table, title: str) -> int:
    model = table.model()
    titles = [
        model.headerData(s, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole)
        for s in range(model.columnCount(QModelIndex()))
    ]
    return titles.index(title)


def cell(table: Table, strike: str, title: str) -> str:
    model, strikes = table.model(), column(table, "Strike ($)")
    for row in range(model.rowCount(QModelIndex())):
        if model.index(row, strikes).data().removeprefix("▸ ") == strike:
            return str(model.index(row, column(table, title)).data())
    raise AssertionError(f"No strike {strike}.")


def strikes(panel: ChainPanel) -> list[str]:
    model, place = panel.table.model(), column(panel.table, "Strike ($)")
    rows = range(model.rowCount(QModelIndex()))
    return [model.index(row, place).data().removeprefix("▸ ") for row in rows]


def expiry(panel: ChainPanel) -> QComboBox:
    found = panel.findChild(QComboBox, "chain.expiry")
    assert isinstance(found, QComboBox)
    return found


def filtered(panel: ChainPanel, text_typed: str) -> None:
    field = panel.findChild(QLineEdit, "chain.filter")
    assert isinstance(field, QLineEdit)
    field.setText(text_typed)


def chip(panel: ChainPanel, word: str) -> QPushButton:
    found = panel.findChild(QPushButton, f"chain.days_{word}")
    assert isinstance(found, QPushButton)
    return found


async def test_the_expiries_stand_with_their_days_and_the_sixty_day_one_is_shown(
    desk: Rig, build: Build
) -> None:
    panel = build()
    await opened(desk)
    combo = expiry(panel)
    assert [combo.itemText(i) for i in range(combo.count())] == [
        "2026-08-07 · 28 d",
        "2026-09-18 · 70 d",
        "2026-10-09 · 91 d",
        "2028-01-21 · 560 d",
    ]
    assert combo.currentText() == "2026-09-18 · 70 d"


async def test_filling_the_list_asks_for_nothing(desk: Rig, build: Build) -> None:
    build()
    await opened(desk)
    assert [ask for ask in desk.feed.asked if ask.startswith("chain")] == [f"chain {MIDDLE}"]


async def test_choosing_an_expiry_fetches_it(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    expiry(panel).setCurrentIndex(0)
    await desk.chain.settled()
    assert desk.feed.asked[-1] == f"chain {NEAR}"
    assert desk.chain.view is not None
    assert desk.chain.view.chain.expiry == NEAR
    assert not panel.table.isHidden()


@pytest.mark.parametrize(
    ("word", "expected"), [("30", NEAR), ("60", MIDDLE), ("90", QUARTER), ("leaps", FAR)]
)
async def test_a_chip_jumps_to_the_nearest_expiry(
    desk: Rig, build: Build, word: str, expected: date
) -> None:
    panel = build()
    await opened(desk)
    chip(panel, word).click()
    await desk.chain.settled()
    assert desk.chain.expiry == expected
    pressed = {w for w in ("30", "60", "90", "leaps") if chip(panel, w).isChecked()}
    assert pressed == {word}


async def test_leaps_are_off_where_none_are_listed(desk: Rig, build: Build) -> None:
    desk.feed.expiries = (NEAR, MIDDLE)
    panel = build()
    await opened(desk)
    assert not chip(panel, "leaps").isEnabled()


async def test_calls_stand_left_of_the_strike_and_puts_right(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    place = column(panel.table, "Strike ($)")
    assert column(panel.table, "Call Delta (per share)") < place
    assert column(panel.table, "Put Delta (per share)") > place
    assert strikes(panel) == ["335", "340", "345", "350", "355", "360", "365"]


async def test_the_figures_come_in_the_units_of_their_headings(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    view = desk.chain.view
    assert view is not None
    row = view.ladder[3].put
    assert row is not None
    assert cell(panel.table, "350", "Put IV (% a year)") == f"{100 * view.iv[row]:.2f}"
    assert cell(panel.table, "350", "Put Theta ($/day/ctr)") == (
        f"{view.greeks.theta[row] * 100 / 365:.2f}"
    )
    assert cell(panel.table, "350", "Put Vega ($/pt/ctr)") == f"{view.greeks.vega[row]:.2f}"


async def test_it_opens_at_the_money(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    assert panel.table.currentIndex().row() == 3
    assert (
        panel.table.viewport()
        .rect()
        .contains(panel.table.visualRect(panel.table.currentIndex()).center())
    )


async def test_the_strike_at_the_money_is_marked_with_a_sign_and_a_ground(
    desk: Rig, build: Build
) -> None:
    panel = build()
    await opened(desk, "356.00")
    place = column(panel.table, "Strike ($)")
    assert panel.table.model().index(4, place).data() == "▸ 355"
    assert panel.table._model.cell(4, place) == ("▸ 355", "accent", "money")


async def test_in_the_money_is_shaded_on_its_side(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    call, put = column(panel.table, "Call Bid ($)"), column(panel.table, "Put Bid ($)")
    assert [panel.table._model.cell(row, call)[2] for row in (0, 6)] == ["inside", ""]
    assert [panel.table._model.cell(row, put)[2] for row in (0, 6)] == ["", "inside"]
    assert "inside" in GROUNDS


async def test_the_greeks_follow_a_tick_without_a_fetch(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    before, asked = cell(panel.table, "350", "Call Delta (per share)"), list(desk.feed.asked)
    await desk.quote(priced("356.00"))
    panel.table.flush()
    assert cell(panel.table, "350", "Call Delta (per share)") > before
    assert [ask for ask in desk.feed.asked if ask not in asked] == []
    assert text(panel, "chain.spot") == "GLD 356.00"


async def test_a_tick_keeps_the_selection(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    panel.table.selectRow(1)
    await desk.quote(priced("351.00"))
    assert panel.table.currentIndex().row() == 1


async def test_selecting_a_rung_tells_its_place_on_the_ladder(
    desk: Rig, build: Build, qtbot: QtBot
) -> None:
    panel = build()
    await opened(desk)
    filtered(panel, "355-365")
    with qtbot.waitSignal(panel.selected) as told:
        panel.table.selectRow(2)
    assert told.args == [6]


async def test_a_refused_quote_says_why_in_the_place_of_its_volatility(
    desk: Rig, build: Build
) -> None:
    good = chain(MIDDLE)
    rows = list(good.rows)
    rows[0] = replace(rows[0], bid=Decimal(0))
    rows[1] = replace(rows[1], bid=None, ask=None)
    desk.feed.chains[MIDDLE] = replace(good, rows=tuple(rows))
    panel = build()
    await opened(desk)
    assert cell(panel.table, "335", "Call IV (% a year)") == "0 bid"
    assert cell(panel.table, "335", "Call Quote (flag)") == "ZERO-BID"
    place = panel.table.model().index(0, column(panel.table, "Call IV (% a year)"))
    why, estimate = place.data(Qt.ItemDataRole.ToolTipRole).split("\n")
    assert why == "ZERO-BID: nobody bids: its mid would be fiction."
    assert estimate.startswith("≈ at 22.0")
    assert estimate.endswith("%, of the curve through the other quotes.")
    delta = cell(panel.table, "335", "Call Delta (per share)")
    assert delta.startswith("≈0.7")
    assert not cell(panel.table, "335", "Put Delta (per share)").startswith("≈")
    assert cell(panel.table, "340", "Call Bid ($)") == "—"
    assert "2 refused" in text(panel, "chain.status")


async def test_a_contract_that_is_not_listed_is_a_dash_with_the_reason(
    desk: Rig, build: Build
) -> None:
    good = chain(MIDDLE)
    desk.feed.chains[MIDDLE] = replace(good, rows=good.rows[1:])
    panel = build()
    await opened(desk)
    assert cell(panel.table, "335", "Call Bid ($)") == "—"
    index = panel.table.model().index(0, column(panel.table, "Call Bid ($)"))
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "No call is listed at 335."


async def test_a_degenerate_chain_is_shown_under_its_verdict_and_prices_nothing(
    desk: Rig, build: Build
) -> None:
    good = chain(MIDDLE)
    rows = tuple(replace(row, bid=Decimal(0), ask=Decimal(0)) for row in good.rows)
    desk.feed.chains[MIDDLE] = replace(good, rows=rows)
    panel = build()
    await opened(desk)
    assert text(panel, "chain.problem").startswith("Only 0 of 14 contracts")
    assert len(strikes(panel)) == 7
    assert cell(panel.table, "350", "Put Delta (per share)") == "—"


async def test_while_it_is_fetched_a_skeleton_stands_for_the_chain(desk: Rig, build: Build) -> None:
    desk.feed.gates[MIDDLE] = asyncio.Event()
    panel = build()
    await desk.quote(priced("350.00"))
    desk.chain.open()
    await desk.feed.waiting.wait()
    assert panel.table.isHidden()
    assert text(panel, "chain.loading") == "Fetching the chain of 2026-09-18…"
    desk.feed.gates[MIDDLE].set()
    await desk.chain.settled()
    assert panel.table.isVisible()


async def test_another_expirys_rows_are_never_shown_under_the_chosen_name(
    desk: Rig, build: Build
) -> None:
    panel = build()
    await opened(desk)
    desk.feed.gates[FAR] = asyncio.Event()
    chip(panel, "leaps").click()
    await desk.feed.waiting.wait()
    assert panel.table.isHidden()
    desk.feed.gates[FAR].set()
    await desk.chain.settled()
    assert panel.table.isVisible()


async def test_the_mark_keeps_its_size_while_chains_come_and_go(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    QApplication.processEvents()
    mark = label(panel, "chain.quality")
    before = mark.sizeHint()
    desk.feed.gates[FAR] = asyncio.Event()
    chip(panel, "leaps").click()
    await desk.feed.waiting.wait()
    QApplication.processEvents()
    desk.feed.gates[FAR].set()
    await desk.chain.settled()
    QApplication.processEvents()
    assert mark.sizeHint() == before


async def test_a_failure_is_one_sentence_above_the_old_rows(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    desk.feed.chains[MIDDLE] = FeedError(FeedFault.RATE_LIMITED, "Yahoo limits us until 14:42.")
    refresh = panel.findChild(QPushButton, "chain.refresh")
    assert refresh is not None
    refresh.click()
    await desk.chain.settled()
    assert text(panel, "chain.problem") == "Yahoo limits us until 14:42."
    assert panel.table.isVisible()
    desk.feed.chains[MIDDLE] = chain(MIDDLE)
    refresh.click()
    await desk.chain.settled()
    assert label(panel, "chain.problem").text() == ""


async def test_the_status_says_how_much_whence_and_how_old(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    desk.clock.advance(12)
    panel.tick()
    status = text(panel, "chain.status")
    assert status.startswith("14 contracts · 0 refused · test · fetched ")
    assert status.endswith(", 12 s ago · cache 0 hits, 1 miss · 0.192 years left")
    assert text(panel, "chain.quality") == Quality.LIVE.value


async def test_what_it_is_priced_by_stands_above_the_chain(desk: Rig, build: Build) -> None:
    panel = build()
    assert text(panel, "chain.model") == ""
    await opened(desk)
    assert text(panel, "chain.model") == "American, q = 0, r 4.00 % from parity"
    hint = label(panel, "chain.model").toolTip()
    assert "parity of 5 pairs" in hint
    assert "0.1924 years" in hint
    assert label(panel, "chain.model").property("role") == "muted"


async def test_a_rate_from_the_settings_is_named_and_stands_out(desk: Rig, build: Build) -> None:
    good = chain(MIDDLE)
    calls = tuple(row for row in good.rows if row.right == "C")
    desk.feed.chains[MIDDLE] = replace(good, rows=calls)
    panel = build()
    await opened(desk)
    assert text(panel, "chain.model") == "American, q = 0, r 4.00 % from the settings"
    assert label(panel, "chain.model").property("role") == "warning"


def style(panel: ChainPanel) -> QComboBox:
    found = panel.findChild(QComboBox, "chain.style")
    assert isinstance(found, QComboBox)
    return found


async def test_the_style_of_exercise_is_chosen_above_the_chain(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    assert style(panel).currentText() == "American"
    american = cell(panel.table, "365", "Put IV (% a year)")
    style(panel).setCurrentText("European")
    await desk.chain.settled()
    panel.table.flush()
    assert text(panel, "chain.model").startswith("European, q = 0, r ")
    assert cell(panel.table, "365", "Put IV (% a year)") != american
    assert panel.table.currentIndex().row() == 3, "the selection stays"


async def test_a_style_chosen_elsewhere_is_marked(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    desk.chain.use_style("european")
    assert style(panel).currentText() == "European"
    await desk.chain.settled()
    assert build().findChild(QComboBox, "chain.style").currentText() == "European"  # type: ignore[union-attr]


@pytest.mark.parametrize(("width", "rows"), [(620, 2), (900, 1)])
async def test_the_bar_takes_two_rows_where_one_would_be_crowded(
    desk: Rig, build: Build, width: int, rows: int
) -> None:
    panel = build()
    panel.resize(width, 420)
    await opened(desk)
    bar = panel.findChild(ChainBar)
    assert isinstance(bar, ChainBar)
    layout = bar.layout()
    assert layout is not None
    layout.activate()
    assert (bar.filter.y() > bar.expiry.y()) is (rows == 2)
    assert bar.filter.width() > 150


async def test_the_status_names_rows_that_could_not_be_read(desk: Rig, build: Build) -> None:
    desk.feed.chains[MIDDLE] = replace(chain(MIDDLE), problems=("row 3 has no strike",))
    panel = build()
    await opened(desk)
    assert "1 unreadable" in text(panel, "chain.status")
    assert "row 3 has no strike" in label(panel, "chain.status").toolTip()


async def test_a_filter_keeps_the_rungs_it_names(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    filtered(panel, "345-355")
    assert strikes(panel) == ["345", "350", "355"]
    assert text(panel, "chain.status").startswith("3 of 7 strikes · ")
    filtered(panel, "")
    assert len(strikes(panel)) == 7


async def test_a_filter_that_is_not_understood_says_so_and_leaves_the_rows(
    desk: Rig, build: Build
) -> None:
    panel = build()
    await opened(desk)
    filtered(panel, "345-355")
    filtered(panel, "345-355 cheap")
    problem = label(panel, "chain.filter.problem")
    assert problem.isVisible()
    assert problem.text().startswith("“cheap” is not understood.")
    assert strikes(panel) == ["345", "350", "355"]
    filtered(panel, "345-355")
    assert not problem.isVisible()


async def test_a_filter_by_delta_moves_with_the_price(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    filtered(panel, "±2%")
    assert strikes(panel) == ["345", "350", "355"]
    await desk.quote(priced("360.00"))
    assert strikes(panel) == ["355", "360", "365"]


async def test_home_goes_to_the_money(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    panel.table.selectRow(0)
    QTest.keyClick(panel.table, Qt.Key.Key_Home)
    assert panel.table.currentIndex().row() == 3


async def test_rows_are_copied_with_their_titles(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    panel.table.selectRow(3)
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    panel.table.copy()
    titles, row, *rest = QGuiApplication.clipboard().text().split("\n")
    assert titles.split("\t")[:2] == ["Call Bid ($)", "Call Ask ($)"]
    assert "▸ 350" in row.split("\t")
    assert rest == [""]


async def test_at_the_narrowest_desk_the_columns_that_matter_fit(desk: Rig, build: Build) -> None:
    wide = chain(MIDDLE)
    rows = tuple(replace(row, open_interest=31_287) for row in wide.rows)
    deep = OptionQuote("GLDX", "C", Decimal(100), Decimal("250.95"), Decimal("254.90"))
    desk.feed.chains[MIDDLE] = replace(wide, rows=(*rows, deep))
    panel = build()
    panel.resize(620, 400)
    await opened(desk)
    panel.table.fit()
    columns = panel.table.model().columnCount()
    shown = {s for s in range(columns) if not panel.table.isColumnHidden(s)}
    needed = ("Call Bid ($)", "Call IV (% a year)", "Put Delta (per share)", "Put OI (ctr)")
    assert {column(panel.table, title) for title in needed} <= shown
    assert panel.table.horizontalScrollBar().maximum() == 0


async def test_a_wide_desk_shows_every_column(desk: Rig, build: Build) -> None:
    panel = build()
    panel.resize(3000, 600)
    await opened(desk)
    panel.table.fit()
    columns = range(panel.table.model().columnCount())
    assert not any(panel.table.isColumnHidden(s) for s in columns)


async def test_the_sources_own_greeks_stand_beside_the_desks(desk: Rig, build: Build) -> None:
    made = chain(MIDDLE)
    told = VendorGreeks(iv=0.2, delta=-0.4321, gamma=0.0123, theta=-0.0551, vega=0.6102)
    rows = tuple(
        replace(row, vendor=told if row.right == "P" and row.strike == 350 else VendorGreeks())
        for row in made.rows
    )
    desk.feed.chains[MIDDLE] = replace(made, rows=rows)
    panel = build()
    panel.resize(3000, 600)
    await opened(desk)
    said = [
        cell(panel.table, "350", f"Put Src {name}")
        for name in ("delta (per share)", "vega (its unit)")
    ]
    assert said == ["-0.4321", "0.6102"]
    assert cell(panel.table, "345", "Put Src delta (per share)") == "—"


async def test_picked_columns_survive_in_the_state(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    panel.table.pick("gamma", shown=True)
    again = build()
    assert again.restore(panel.state())
    assert not again.table.isColumnHidden(column(again.table, "Put Gamma (/share/$1)"))
    assert not again.restore(b"garbage")


async def test_the_model_keeps_qts_rules(
    desk: Rig, build: Build, qtmodeltester: ModelTester
) -> None:
    panel = build()
    qtmodeltester.check(panel.table.model())  # type: ignore[no-untyped-call]
    await opened(desk)
    await desk.quote(priced("351.00"))
    panel.table.flush()
    filtered(panel, "345-355")


async def test_retired_it_hears_nothing_and_nothing_runs(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    panel.retire()
    before = text(panel, "chain.spot")
    await desk.quote(priced("360.00"))
    assert text(panel, "chain.spot") == before
    assert running(panel) == []


def clicked(
    panel: ChainPanel,
    strike: str,
    title: str,
    held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    table = panel.table
    place = table.model().index(strikes(panel).index(strike), column(table, title))
    table.scrollTo(place)
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, held, table.visualRect(place).center()
    )


async def test_a_price_that_is_clicked_with_ctrl_is_for_an_order(desk: Rig, build: Build) -> None:
    told: list[LegPicked] = []
    desk.bus.subscribe(LegPicked, told.append)
    panel = build()
    await opened(desk)
    clicked(panel, "340", "Put Ask ($)", Qt.KeyboardModifier.ControlModifier)
    assert told == [LegPicked(MIDDLE, "P", Decimal(340), sell=False, order=True)]
    assert "340 put to buy on an order ticket" in text(panel, "chain.status")


@pytest.mark.parametrize(
    ("title", "right", "sell"),
    [
        ("Put Ask ($)", "P", False),
        ("Put Bid ($)", "P", True),
        ("Call Ask ($)", "C", False),
        ("Call Bid ($)", "C", True),
    ],
)
async def test_a_price_that_is_clicked_is_a_leg_to_buy_or_to_sell(
    desk: Rig, build: Build, title: str, right: str, sell: bool
) -> None:
    told: list[LegPicked] = []
    desk.bus.subscribe(LegPicked, told.append)
    panel = build()
    await opened(desk)
    clicked(panel, "340", title)
    assert told == [LegPicked(MIDDLE, right, Decimal(340), sell)]  # type: ignore[arg-type]
    side = "call" if right == "C" else "put"
    deed = "sold" if sell else "bought"
    assert f"340 {side} {deed} in the builder" in text(panel, "chain.status")
    clicked(panel, "345", "Put Delta (per share)")
    assert len(told) == 1
    assert "in the builder" not in text(panel, "chain.status")


PLAIN, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.mark.parametrize(
    ("key", "held", "right", "sell", "order"),
    [
        (Qt.Key.Key_B, PLAIN, "P", False, False),
        (Qt.Key.Key_S, PLAIN, "P", True, False),
        (Qt.Key.Key_B, SHIFT, "C", False, False),
        (Qt.Key.Key_S, SHIFT, "C", True, False),
        (Qt.Key.Key_O, PLAIN, "P", False, True),
        (Qt.Key.Key_O, CTRL, "P", True, True),
        (Qt.Key.Key_O, SHIFT, "C", False, True),
        (Qt.Key.Key_O, CTRL | SHIFT, "C", True, True),
    ],
)
async def test_the_selected_strike_is_bought_and_sold_by_keyboard(
    desk: Rig,
    build: Build,
    qtbot: QtBot,
    key: Qt.Key,
    held: Qt.KeyboardModifier,
    right: str,
    sell: bool,
    order: bool,
) -> None:
    told: list[LegPicked] = []
    desk.bus.subscribe(LegPicked, told.append)
    panel = build()
    await opened(desk)
    panel.activateWindow()
    panel.table.setFocus()
    qtbot.waitUntil(panel.table.hasFocus)
    row = panel.table.currentIndex().row()
    QTest.keyClick(panel.table, key, held)
    assert told == [LegPicked(MIDDLE, right, Decimal(350), sell, order)]  # type: ignore[arg-type]
    assert ("on an order ticket" in text(panel, "chain.status")) is order
    assert panel.table.currentIndex().row() == row


async def test_a_price_that_is_not_there_cannot_be_taken(desk: Rig, build: Build) -> None:
    made = chain(MIDDLE)
    rows = tuple(
        replace(row, bid=None) if row.right == "P" and row.strike == 350 else row
        for row in made.rows
    )
    desk.feed.chains[MIDDLE] = replace(made, rows=rows)
    told: list[LegPicked] = []
    desk.bus.subscribe(LegPicked, told.append)
    panel = build()
    await opened(desk)
    clicked(panel, "350", "Put Bid ($)")
    assert told == []
    clicked(panel, "350", "Put Ask ($)")
    assert len(told) == 1


async def test_a_price_says_what_a_click_on_it_does(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    place = column(panel.table, "Put Ask ($)")
    told = panel.table.model().index(0, place).data(Qt.ItemDataRole.ToolTipRole)
    assert told == "Click to buy this put in the builder (B), with Ctrl to order it (O)."
