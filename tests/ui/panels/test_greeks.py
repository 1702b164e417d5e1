"""The Greeks panel: the selected rung in full, and the book of pledged shares."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.feed import chain
from tests.fakes.loans import terms
from tests.ui.panels.rig import FAR, MIDDLE, Rig, label, priced, running, text
from vaultdesk.core.market import Chain
from vaultdesk.core.options.american import american
from vaultdesk.core.options.valued import Rung, ValuedChain
from vaultdesk.ui.greeks.position import Position
from vaultdesk.ui.greeks.units import DELTA, GREEKS, THETA, VEGA, Greek
from vaultdesk.ui.panels.greeks import GreeksPanel

Build = Callable[..., GreeksPanel]
CALL, PUT, CALL_HELD, PUT_HELD, HELD, UNIT = range(1, 7)


@pytest.fixture
def build(desk: Rig, qtbot: QtBot) -> Build:
    def made(*position: int) -> GreeksPanel:
        panel = GreeksPanel(desk.bus, desk.chain, desk.loan, Position(*position))
        panel.resize(550, 316)
        qtbot.addWidget(panel, before_close_func=lambda p: p.retire())
        panel.show()
        return panel

    return made


async def opened(desk: Rig, price: str = "350.00") -> None:
    await desk.quote(priced(price))
    await desk.open_chain()


def rows(panel: GreeksPanel) -> dict[str, list[str]]:
    """Every line by its name; its name again, then `CALL` … `UNIT`."""
    panel.table.flush()
    model = panel.table.model()
    columns = range(model.columnCount(QModelIndex()))
    return {
        model.index(row, 0).data(): [model.index(row, column).data() for column in columns]
        for row in range(model.rowCount(QModelIndex()))
    }


def figure(shown: str) -> float:
    return float(shown.replace(",", ""))


def field(panel: GreeksPanel, side: str) -> QSpinBox:
    found = panel.findChild(QSpinBox, f"greeks.position.{side}")
    assert isinstance(found, QSpinBox)
    return found


def hint(panel: GreeksPanel, line: int, column: int) -> str:
    return str(panel.table.model().index(line, column).data(Qt.ItemDataRole.ToolTipRole))


def shown_rung(desk: Rig) -> tuple[ValuedChain, Rung]:
    view = desk.chain.view
    assert view is not None
    return view, view.ladder[view.at_the_money]


def of_contract(desk: Rig, greek: Greek, side: str) -> float:
    view, rung = shown_rung(desk)
    row = getattr(rung, side)
    return greek.per_contract(view, row)


async def test_before_a_chain_it_says_what_it_waits_for(build: Build) -> None:
    panel = build()
    assert text(panel, "greeks.contract") == "No chain yet"
    assert rows(panel) == {}


async def test_it_opens_on_the_rung_at_the_money(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    assert text(panel, "greeks.contract") == "2026-09-18 · strike 350"
    assert text(panel, "greeks.source") == "at GLD 350.00 test"


async def test_it_says_what_the_options_are_priced_by(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    assert text(panel, "greeks.model") == "American, q = 0, r 4.00 % from parity"
    assert "years of 365 days, by the second" in label(panel, "greeks.model").toolTip()
    desk.chain.use_style("european")
    await desk.chain.settled()
    assert text(panel, "greeks.model").startswith("European, q = 0, r ")


async def test_each_greek_carries_its_unit_and_each_column_what_it_is_for(
    desk: Rig, build: Build
) -> None:
    panel = build()
    await opened(desk)
    shown = rows(panel)
    assert list(shown) == [greek.name for greek in GREEKS]
    assert {name: line[UNIT] for name, line in shown.items()} == {
        "Price": "$",
        "Delta": "shares",
        "Gamma": "shares/$1",
        "Theta": "$/calendar day",
        "Vega": "$/vol pt",
        "Rho": "$/rate pt",
        "Vanna": "shares/vol pt",
        "Charm": "shares/cal. day",
        "Vomma": "$/vol pt²",
    }
    titles = [
        panel.table.model().headerData(
            column, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole
        )
        for column in (CALL, PUT, CALL_HELD, PUT_HELD, HELD)
    ]
    assert titles == [
        "Call (per contract)",
        "Put (per contract)",
        "Call (position)",
        "Put (position)",
        "Both (position)",
    ]


async def test_a_contract_is_a_hundred_shares_counted_once(desk: Rig, build: Build) -> None:
    """Delta in shares, theta per calendar day, vega per point: all of one contract."""
    panel = build()
    await opened(desk)
    view, rung = shown_rung(desk)
    shown = rows(panel)
    for column, row in ((CALL, rung.call), (PUT, rung.put)):
        assert row is not None
        expected = {
            "Price": 100 * view.greeks.price[row],
            "Delta": 100 * view.greeks.delta[row],
            "Theta": 100 * view.greeks.theta[row] / 365,
            "Vega": 100 * view.greeks.vega[row] / 100,
            "Rho": 100 * view.greeks.rho[row] / 100,
        }
        for name, value in expected.items():
            assert figure(shown[name][column]) == pytest.approx(value, abs=0.005), name
    assert figure(shown["Theta"][CALL]) < 0


async def test_what_an_adjusted_contract_delivers_is_counted(desk: Rig, build: Build) -> None:
    panel = build(0, 2)
    await opened(desk)
    whole = rows(panel)["Delta"]
    desk.feed.chains[MIDDLE] = replace(chain(MIDDLE), multiplier=10)
    desk.chain.refresh()
    await desk.chain.settled()
    tenth = rows(panel)["Delta"]
    for column in (CALL, PUT, PUT_HELD):
        assert figure(tenth[column]) == pytest.approx(figure(whole[column]) / 10, abs=0.006)


async def test_without_a_position_its_columns_are_empty(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    assert {cell for line in rows(panel).values() for cell in line[CALL_HELD:UNIT]} == {""}
    assert hint(panel, 0, HELD).startswith("No position")
    assert text(panel, "greeks.position.delta") == "—"


async def test_a_position_is_so_many_contracts_with_their_sign(desk: Rig, build: Build) -> None:
    panel = build(-3, 5)
    await opened(desk)
    shown = rows(panel)
    for greek in (DELTA, THETA, VEGA):
        call, put = of_contract(desk, greek, "call"), of_contract(desk, greek, "put")
        held = [figure(shown[greek.name][column]) for column in (CALL_HELD, PUT_HELD, HELD)]
        assert held == pytest.approx([-3 * call, 5 * put, 5 * put - 3 * call], abs=0.005)
    assert figure(shown["Theta"][CALL_HELD]) > 0, "a call that was sold earns with time"
    assert hint(panel, 1, HELD).endswith("-3 calls and +5 puts")


async def test_contracts_are_typed_and_kept(desk: Rig, build: Build, qtbot: QtBot) -> None:
    panel = build()
    await opened(desk)
    put = field(panel, "put")
    put.setFocus()
    put.selectAll()
    with qtbot.waitSignal(panel.position_changed) as told:
        QTest.keyClicks(put, "-7")
    assert told.args == [Position(0, -7)]
    expected = -7 * of_contract(desk, DELTA, "put")
    assert figure(rows(panel)["Delta"][PUT_HELD]) == pytest.approx(expected, abs=0.005)
    with qtbot.waitSignal(panel.position_changed) as told:
        QTest.keyClick(put, Qt.Key.Key_Up)
    assert told.args == [Position(0, -6)]


async def test_a_position_goes_with_the_strike_that_is_shown(desk: Rig, build: Build) -> None:
    panel = build(0, 5)
    await opened(desk)
    panel.select(0)
    view, _ = shown_rung(desk)
    row = view.ladder[0].put
    assert row is not None
    shown = figure(rows(panel)["Delta"][PUT_HELD])
    assert shown == pytest.approx(5 * DELTA.per_contract(view, row), abs=0.005)


async def test_the_wheel_changes_no_position(desk: Rig, build: Build) -> None:
    panel = build(0, 5)
    await opened(desk)
    put = field(panel, "put")
    middle = QPointF(put.rect().center())
    turn = QWheelEvent(
        middle,
        put.mapToGlobal(middle),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(put, turn)
    assert put.value() == 5


def crossed_call(*others: int) -> Chain:
    """A chain whose call at 350 is crossed, and whose rows of `others` nobody bids for."""
    good = chain(MIDDLE)
    rows = list(good.rows)
    for row in others:
        rows[row] = replace(rows[row], bid=Decimal(0))
    rows[3] = replace(rows[3], bid=Decimal(30), ask=Decimal(29))
    return replace(good, rows=tuple(rows))


async def test_a_position_in_a_contract_without_any_volatility_has_no_figures(
    desk: Rig, build: Build
) -> None:
    desk.feed.chains[MIDDLE] = crossed_call(0, 1, 2, 4, 5)  # one call left: no forward, no curve
    panel = build(1, 1)
    await opened(desk)
    delta = rows(panel)["Delta"]
    assert (delta[CALL_HELD], delta[HELD]) == ("—", "—")
    assert figure(delta[PUT_HELD]) < 0
    assert hint(panel, 1, HELD) == "CROSSED: this quote prices nothing."
    assert text(panel, "greeks.position.delta") == "—"


async def test_a_position_in_a_refused_contract_is_an_estimate_and_says_so_everywhere(
    desk: Rig, build: Build
) -> None:
    await desk.pledge()
    desk.feed.chains[MIDDLE] = crossed_call()
    panel = build(1, 1)
    await opened(desk)
    delta = rows(panel)["Delta"]
    assert delta[CALL].startswith("≈")
    assert delta[CALL_HELD].startswith("≈")
    assert delta[HELD].startswith("≈")
    assert figure(delta[PUT_HELD]) < 0
    said = hint(panel, 1, HELD)
    assert "CROSSED: this quote prices nothing.\n≈ at 22.0" in said
    assert text(panel, "greeks.position.delta").startswith("≈")
    assert text(panel, "greeks.economic.ltv_delta").startswith("≈")
    assert not text(panel, "greeks.book.ltv_delta").startswith("≈")
    assert "of the curve" in label(panel, "greeks.economic.ltv_delta").toolTip()


async def test_a_large_position_is_printed_without_cents(desk: Rig, build: Build) -> None:
    panel = build(0, 1000)
    await opened(desk)
    value = 1000 * of_contract(desk, GREEKS[0], "put")
    assert rows(panel)["Price"][PUT_HELD] == f"{value:,.0f}"


@pytest.mark.parametrize(
    ("name", "bump", "of"),
    [
        ("Vanna", 1.0, "Delta"),
        ("Vomma", 1.0, "Vega"),
    ],
)
async def test_second_orders_are_what_a_point_of_volatility_does_to_the_first(
    desk: Rig, build: Build, name: str, bump: float, of: str
) -> None:
    """Against finite differences of the very figures that stand above them."""
    build()
    await opened(desk)
    view = desk.chain.view
    assert view is not None
    row = view.ladder[5].put
    assert row is not None
    by_name = {greek.name: greek for greek in GREEKS}

    def at(points: float) -> float:
        args = (view.kind, view.spot, view.strike, view.years, view.rate, 0.0)
        bumped = replace(view, greeks=american(*args, view.iv + points / 100))
        return by_name[of].per_contract(bumped, row)

    slope = (at(bump / 10) - at(-bump / 10)) / (bump / 5)
    assert by_name[name].per_contract(view, row) == pytest.approx(slope, rel=1e-3)


async def test_it_follows_each_tick(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    before = rows(panel)["Delta"]
    await desk.quote(priced("356.00"))
    after = rows(panel)["Delta"]
    assert figure(after[CALL]) > figure(before[CALL])
    assert text(panel, "greeks.contract") == "2026-09-18 · strike 350"


async def test_it_shows_the_rung_that_was_selected(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    panel.select(0)
    assert text(panel, "greeks.contract") == "2026-09-18 · strike 335"
    panel.select(99)
    assert text(panel, "greeks.contract") == "2026-09-18 · strike 335"


async def test_another_chain_begins_at_its_money_again(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    panel.select(0)
    desk.chain.request(FAR)
    await desk.chain.settled()
    assert text(panel, "greeks.contract") == "2028-01-21 · strike 350"


async def test_a_contract_without_any_volatility_has_dashes_and_the_reason(
    desk: Rig, build: Build
) -> None:
    desk.feed.chains[MIDDLE] = crossed_call(0, 1, 2, 4, 5)
    panel = build()
    await opened(desk)
    shown = rows(panel)
    assert {line[CALL] for line in shown.values()} == {"—"}
    assert "—" not in {line[PUT] for line in shown.values()}
    assert hint(panel, 0, CALL) == "CROSSED: this quote prices nothing."


async def test_no_finite_answer_reads_not_available(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    view = desk.chain.view
    assert view is not None
    endless = replace(view.greeks, gamma=np.full_like(view.greeks.gamma, np.inf))
    desk.chain.view = replace(view, greeks=endless)
    panel.refresh()
    assert rows(panel)["Gamma"][CALL : PUT + 1] == ["n/a", "n/a"]


async def test_a_position_without_a_finite_answer_is_not_in_the_book(
    desk: Rig, build: Build
) -> None:
    panel = build(0, 1)
    await opened(desk)
    view, _ = shown_rung(desk)
    endless = replace(view.greeks, delta=np.full_like(view.greeks.delta, np.nan))
    desk.chain.view = replace(view, greeks=endless)
    panel.refresh()
    assert rows(panel)["Delta"][PUT_HELD] == "n/a"
    assert text(panel, "greeks.position.delta") == "—"
    assert label(panel, "greeks.position.delta").toolTip().startswith("The formula has no finite")


async def test_the_book_is_the_pledge_and_no_options(desk: Rig, build: Build) -> None:
    panel = build()
    assert text(panel, "greeks.book.delta") == "—"
    assert text(panel, "greeks.book.source") == "No loan is set up."
    await desk.pledge()
    assert text(panel, "greeks.book.ltv_delta") == "—"
    await desk.quote(priced("350.00"))
    assert text(panel, "greeks.book.delta") == "10,000"
    assert text(panel, "greeks.book.ltv_delta") == "-0.594"
    assert text(panel, "greeks.book.ltv_vega") == "0"
    assert text(panel, "greeks.book.source") == "At GLD 350.00 · LIVE"
    assert text(panel, "greeks.economic.ltv_delta") == "—"


async def test_a_position_changes_the_economic_ltv_and_never_the_banks(
    desk: Rig, build: Build
) -> None:
    panel = build(0, 50)
    await desk.pledge()
    await opened(desk)
    delta = 50 * of_contract(desk, DELTA, "put")
    value, vega = (50 * of_contract(desk, greek, "put") for greek in (GREEKS[0], VEGA))
    assert figure(text(panel, "greeks.position.delta")) == pytest.approx(delta, abs=0.005)
    assert figure(text(panel, "greeks.economic.delta")) == pytest.approx(10_000 + delta, abs=0.005)
    owed, pledge = 2_100_000, 3_500_000
    before = owed / (pledge + value)
    after = owed / (1.01 * pledge + value + delta * 3.50)
    shown = figure(text(panel, "greeks.economic.ltv_delta"))
    assert shown == pytest.approx(100 * (after - before), abs=5e-4)
    after = owed / (pledge + value + vega)
    shown = figure(text(panel, "greeks.economic.ltv_vega"))
    assert shown == pytest.approx(100 * (after - before), abs=5e-4)
    assert text(panel, "greeks.book.ltv_delta") == "-0.594"
    assert "does not" in label(panel, "greeks.economic.ltv_delta").toolTip()


async def test_options_on_another_symbol_are_not_set_beside_the_pledge(
    desk: Rig, build: Build
) -> None:
    panel = build(0, 50)
    await desk.pledge(terms(symbol="IAU"))
    await opened(desk)
    assert text(panel, "greeks.position.delta") != "—"
    assert text(panel, "greeks.economic.delta") == "—"


async def test_a_change_of_the_loan_changes_the_book(desk: Rig, build: Build) -> None:
    panel = build(0, 50)
    await desk.pledge()
    await opened(desk)
    together = text(panel, "greeks.economic.ltv_delta")
    await desk.loan.save(terms(amount=Decimal(1_000_000)))
    assert text(panel, "greeks.economic.ltv_delta") != together


async def test_all_nine_fit_into_the_default_dock(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    panel.table.fit()
    assert panel.table.verticalScrollBar().maximum() == 0
    assert panel.table.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize(("width", "beside"), [(550, False), (950, True)])
async def test_the_book_stands_beside_the_table_where_there_is_room(
    desk: Rig, build: Build, width: int, beside: bool
) -> None:
    panel = build()
    await opened(desk)
    panel.resize(width, 316)
    layout = panel.layout()
    assert layout is not None
    layout.activate()

    def left(widget: QWidget) -> int:
        return widget.mapTo(panel, widget.rect().topLeft()).x()

    assert (left(label(panel, "greeks.book.delta")) > panel.table.width()) is beside


async def test_retired_it_hears_nothing_and_nothing_runs(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    panel.retire()
    await desk.quote(priced("360.00"))
    assert text(panel, "greeks.source") == "at GLD 350.00 test"
    assert running(panel) == []
