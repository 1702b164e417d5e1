"""The Greeks panel: the selected rung in full, and the book of pledged shares."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.feed import chain
from tests.ui.panels.rig import FAR, MIDDLE, Rig, label, priced, running, text
from vaultdesk.ui.greek_units import GREEKS
from vaultdesk.ui.panels.greeks import GreeksPanel

Build = Callable[[], GreeksPanel]


@pytest.fixture
def build(desk: Rig, qtbot: QtBot) -> Build:
    def made() -> GreeksPanel:
        panel = GreeksPanel(desk.bus, desk.chain, desk.loan)
        panel.resize(455, 280)
        qtbot.addWidget(panel, before_close_func=lambda p: p.retire())
        panel.show()
        return panel

    return made


async def opened(desk: Rig, price: str = "350.00") -> None:
    await desk.quote(priced(price))
    await desk.open_chain()


def rows(panel: GreeksPanel) -> dict[str, tuple[str, str, str]]:
    panel.table.flush()
    model = panel.table.model()
    return {
        model.index(row, 0).data(): (
            model.index(row, 1).data(),
            model.index(row, 2).data(),
            model.index(row, 3).data(),
        )
        for row in range(model.rowCount(QModelIndex()))
    }


async def test_before_a_chain_it_says_what_it_waits_for(build: Build) -> None:
    panel = build()
    assert text(panel, "greeks.contract") == "No chain yet"
    assert rows(panel) == {}


async def test_it_opens_on_the_rung_at_the_money(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    assert text(panel, "greeks.contract") == "2026-09-18 · strike 350"
    assert text(panel, "greeks.source") == "at GLD 350.00 test"


async def test_each_greek_carries_its_unit(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    shown = rows(panel)
    assert [shown[name][2] for name in ("Delta", "Theta", "Vega", "Vomma")] == [
        "$/share per $1",
        "$/calendar day/contract",
        "$/vol pt/contract",
        "vega per vol pt/contract",
    ]
    assert list(shown) == [greek.name for greek in GREEKS]


async def test_theta_is_per_calendar_day_and_contract(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    view = desk.chain.view
    assert view is not None
    row = view.ladder[3].call
    assert row is not None
    theta = float(rows(panel)["Theta"][0])
    assert theta == pytest.approx(view.greeks.theta[row] * 100 / 365, abs=0.005)
    assert theta < 0


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
    from vaultdesk.core.options import european, second_order  # noqa: PLC0415

    def at(points: float) -> float:
        args = (view.kind, view.spot, view.strike, view.years, view.rate, 0.0)
        volatility = view.iv + points / 100
        bumped = replace(
            view,
            greeks=european(*args, volatility),
            second=second_order(*args, volatility),
        )
        return by_name[of].read(bumped, row)

    slope = (at(bump / 10) - at(-bump / 10)) / (bump / 5)
    assert by_name[name].read(view, row) == pytest.approx(slope, rel=1e-3)


async def test_it_follows_each_tick(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    before = rows(panel)["Delta"]
    await desk.quote(priced("356.00"))
    after = rows(panel)["Delta"]
    assert float(after[0]) > float(before[0])
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


async def test_a_refused_contract_has_dashes_and_the_reason(desk: Rig, build: Build) -> None:
    good = chain(MIDDLE)
    crossed = replace(good.rows[3], bid=Decimal(30), ask=Decimal(29))
    desk.feed.chains[MIDDLE] = replace(good, rows=(*good.rows[:3], crossed, *good.rows[4:]))
    panel = build()
    await opened(desk)
    shown = rows(panel)
    assert {call for call, _, _ in shown.values()} == {"—"}
    assert "—" not in {put for _, put, _ in shown.values()}
    why = panel.table.model().index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert why == "CROSSED: this quote prices nothing."


async def test_no_finite_answer_reads_not_available(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    view = desk.chain.view
    assert view is not None
    endless = replace(view.greeks, gamma=np.full_like(view.greeks.gamma, np.inf))
    desk.chain.view = replace(view, greeks=endless)
    panel.refresh()
    assert rows(panel)["Gamma"][:2] == ("n/a", "n/a")


async def test_the_book_is_the_pledge_and_no_options(desk: Rig, build: Build) -> None:
    panel = build()
    assert text(panel, "greeks.book.delta") == "—"
    await desk.pledge()
    assert text(panel, "greeks.book.ltv_delta") == "—"
    await desk.quote(priced("350.00"))
    assert text(panel, "greeks.book.delta") == "10,000 GLD"
    assert text(panel, "greeks.book.ltv_delta") == "-0.594 pt per +1 %"
    assert text(panel, "greeks.book.ltv_vega") == "0 · no options held"
    assert text(panel, "greeks.book.source") == "Your book, from GLD 350.00 yahoo · LIVE"


async def test_all_nine_fit_into_the_default_dock(desk: Rig, build: Build) -> None:
    panel = build()
    await opened(desk)
    panel.table.fit()
    assert panel.table.verticalScrollBar().maximum() == 0
    assert panel.table.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize(("width", "beside"), [(455, False), (900, True)])
async def test_the_book_stands_beside_the_table_where_there_is_room(
    desk: Rig, build: Build, width: int, beside: bool
) -> None:
    panel = build()
    await opened(desk)
    panel.resize(width, 280)
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
