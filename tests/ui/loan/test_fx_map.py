"""The map of the LTV over gold and a currency."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.core.loan.test_facility import EURUSD, GLD, SHARES, quote
from tests.fakes.loans import terms, valued
from vaultdesk.core.loan.vocabulary import Tranche
from vaultdesk.ui import theme
from vaultdesk.ui.charts.heat_drawing import picture, places
from vaultdesk.ui.loan.fx_map import CURRENCY, GOLD, FxMap, zones


@pytest.fixture
def shown(qapp: QApplication, qtbot: QtBot) -> FxMap:
    theme.apply(qapp, theme.DARK)
    tranches = (Tranche(Decimal(1_680_000), "EUR"), Tranche(Decimal(1000), "CHF"))
    loan = replace(terms(), lots=(SHARES,), tranches=tranches)
    made = FxMap(valued(loan, GLD, EURUSD, quote("USDCHF", "0.80", "CHF")))
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_level_that_is_reached_exactly_counts_as_reached() -> None:
    ltv = np.array([[0.69, 0.70], [0.75, 0.85]])
    assert places(zones(terms()), ltv).tolist() == [[0, 1], [2, 3]]


def test_each_zone_has_its_colour_and_call_and_closeout_differ() -> None:
    drawn = picture(zones(terms()), np.array([[0.6, 0.72, 0.8, 0.9]]))
    assert drawn.shape == (1, 4, 4)
    up = QColor(theme.current().up)
    assert drawn[0, 0, :3].tolist() == [up.red(), up.green(), up.blue()]
    assert len({tuple(colour) for colour in drawn[0].tolist()}) == 4


def test_it_opens_at_the_prices_of_the_moment(shown: FxMap) -> None:
    assert shown.readout.text() == "gold 0.0 %, CHF 0.0 %: LTV 60.0 %, safe"


def test_the_arrow_keys_move_through_the_map(shown: FxMap) -> None:
    shown.currency.setCurrentText("EUR")
    for _ in range(40):
        QTest.keyClick(shown, Qt.Key.Key_Left)
    assert shown.readout.text() == "gold -20.0 %, EUR 0.0 %: LTV 75.0 %, margin call"
    for _ in range(10):
        QTest.keyClick(shown, Qt.Key.Key_Up)
    assert shown.readout.text() == "gold -20.0 %, EUR +5.0 %: LTV 78.8 %, margin call"


def test_the_cursor_stays_on_the_map(shown: FxMap) -> None:
    shown.chart.point(-5, 10_000)
    assert shown.readout.text().startswith("gold -40.0 %, CHF +20.0 %")
    assert (GOLD.size, CURRENCY.size) == (121, 81)


def test_the_levels_are_written_on_the_map_not_only_coloured(shown: FxMap) -> None:
    shown.currency.setCurrentText("EUR")
    items = shown.chart.canvas().getPlotItem().items
    texts = {item.toPlainText() for item in items if hasattr(item, "toPlainText")}
    assert texts == {"warning 70 %", "call 75 %", "close-out 85 %"}


def test_the_mouse_reads_the_cell_under_it(shown: FxMap) -> None:
    shown.currency.setCurrentText("EUR")
    box = shown.chart.canvas().getPlotItem().vb
    box.updateMatrix()
    where = box.mapViewToScene(QPointF(-20.0, 5.0))
    shown.chart.canvas().moved.emit(where)
    assert shown.readout.text().startswith("gold -20.0 %, EUR +5.0 %")


def test_without_a_cursor_it_reads_where_things_are_now(shown: FxMap) -> None:
    QTest.keyClick(shown, Qt.Key.Key_Left)
    assert shown.readout.text().startswith("gold -0.5 %")
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.readout.text().startswith("gold 0.0 %")
    assert shown.isVisible()
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.isVisible()
