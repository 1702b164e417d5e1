"""A slider with its field: exact values, one truth for both, and no change by accident."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.mouse import move
from vaultdesk.ui import theme
from vaultdesk.ui.reading import Unreadable
from vaultdesk.ui.slider_row import SliderRow, decimals, round_ticks, typed_number


def percent(value: Decimal) -> str:
    return f"{value:+} %"


def made(qtbot: QtBot, low: str = "-60", high: str = "40", step: str = "1") -> SliderRow:
    row = SliderRow(
        "test.gold",
        "Gold",
        Decimal(low),
        Decimal(high),
        Decimal(step),
        Decimal(0),
        percent,
        meaning="How far gold moves",
    )
    qtbot.addWidget(row)
    row.resize(420, 40)
    row.show()
    return row


@pytest.fixture
def row(qapp: QApplication, qtbot: QtBot) -> SliderRow:
    theme.apply(qapp, theme.DARK)
    return made(qtbot)


def heard(row: SliderRow) -> list[Decimal]:
    seen: list[Decimal] = []
    row.changed.connect(seen.append)
    return seen


def test_slider_and_field_show_the_same_value(row: SliderRow) -> None:
    seen = heard(row)
    row.slider.setValue(-20)
    assert row.field.text() == "-20 %"
    row.field.setValue(15)
    assert row.slider.value() == 15
    assert seen == [Decimal(-20), Decimal(15)]
    assert row.value() == Decimal(15)


def test_dragging_tells_each_value_on_the_way(row: SliderRow) -> None:
    seen = heard(row)
    middle = row.slider.height() // 2 - 3
    start = QPoint(int(row.slider.tick_x(0)), middle)
    QTest.mousePress(row.slider, Qt.MouseButton.LeftButton, pos=start)
    for value in (-10, -20, -30):
        move(row.slider, QPoint(int(row.slider.tick_x(value)), middle))
    assert row.slider.isSliderDown()
    assert len(seen) >= 3
    assert seen == sorted(seen, reverse=True)
    assert abs(seen[-1] + 30) <= 1
    QTest.mouseRelease(row.slider, Qt.MouseButton.LeftButton)


def test_assistive_technology_reads_and_sets_the_value_itself(row: SliderRow) -> None:
    assert row.slider.accessibleIdentifier() == "test.gold"
    assert row.field.accessibleIdentifier() == "test.gold.field"
    interface = QAccessible.queryAccessibleInterface(row.slider)
    value = interface.valueInterface()
    assert (value.minimumValue(), value.maximumValue(), value.currentValue()) == (-60, 40, 0)
    value.setCurrentValue(-25)
    assert row.value() == Decimal(-25)
    assert interface.text(QAccessible.Text.Name) == "Gold"
    assert interface.text(QAccessible.Text.Description) == "How far gold moves: -25 %"


@pytest.mark.parametrize(
    ("typed", "value"),
    [("-35", -35), ("-35 %", -35), ("+12", 12), ("7.4 %", 7), ("999", 40)],
)
def test_what_is_typed_is_read_with_or_without_its_unit(
    row: SliderRow, typed: str, value: int
) -> None:
    row.field.selectAll()
    QTest.keyClicks(row.field, typed)
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert row.value() == Decimal(value)


def test_what_is_no_number_changes_nothing(row: SliderRow) -> None:
    row.set_value(Decimal(5))
    row.field.selectAll()
    QTest.keyClicks(row.field, "much")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert row.value() == Decimal(5)
    assert row.field.text() == "+5 %"


@pytest.mark.parametrize("text", ["", "percent", "-"])
def test_no_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        typed_number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("30 days", "30"), ("\u2212 35 %", "-35"), ("1,000.5 USD", "1000.5"), ("-0.25 pts", "-0.25")],
)
def test_a_number_is_found_among_words(text: str, value: str) -> None:
    assert typed_number(text) == Decimal(value)


def test_values_are_exact_and_on_a_step(qtbot: QtBot) -> None:
    row = made(qtbot, "-20", "20", "0.5")
    seen = heard(row)
    for count in (1, 2, 3, 4, 5):
        row.slider.setValue(count)
    assert {value % Decimal("0.5") for value in seen} == {0}
    assert seen == [Decimal("0.5")]
    row.set_value(Decimal("0.1") + Decimal("0.2"))
    assert row.value() == Decimal("0.5")
    assert row.slider.value() == 5


LOWS, STEPS = st.integers(-500, 500), st.sampled_from(("0.01", "0.25", "0.5", "1", "5", "7"))


@given(LOWS, st.integers(1, 500), STEPS, st.decimals(-2000, 2000, places=3))
def test_any_value_becomes_the_nearest_step_or_end(
    low: int, width: int, step: str, wanted: Decimal
) -> None:
    row = SliderRow(
        "test.any", "Any", Decimal(low), Decimal(low + width), Decimal(step), wanted, str
    )
    value = row.value()
    assert low <= value <= low + width
    on_step = (value - low) % Decimal(step) == 0
    assert on_step or value == low + width
    inside = min(max(wanted, Decimal(low)), Decimal(low + width))
    assert abs(value - inside) <= Decimal(step) / 2
    row.slider.setValue(row.slider.value())
    assert row.value() == value
    row.deleteLater()


def test_the_same_value_again_is_not_told(row: SliderRow) -> None:
    seen = heard(row)
    row.set_value(Decimal(0))
    row.set_value(Decimal("0.3"))
    assert seen == []


def test_a_double_click_or_delete_goes_back(row: SliderRow) -> None:
    row.set_value(Decimal(-40))
    QTest.mouseDClick(row.slider, Qt.MouseButton.LeftButton)
    assert row.value() == 0
    row.default = Decimal(10)
    QTest.keyClick(row.slider, Qt.Key.Key_Delete)
    assert row.value() == 10


def test_arrow_keys_step_and_home_and_end_go_to_the_ends(row: SliderRow) -> None:
    seen = heard(row)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End):
        QTest.keyClick(row.slider, key)
    assert seen == [Decimal(1), Decimal(-9), Decimal(-60), Decimal(40)]


def test_the_high_end_is_reached_though_no_step_leads_there(qtbot: QtBot) -> None:
    row = made(qtbot, "0", "10", "7")
    QTest.keyClick(row.slider, Qt.Key.Key_End)
    assert row.value() == 10


def turn(target: QWidget) -> None:
    centre = QPointF(target.rect().center())
    event = QWheelEvent(
        centre,
        target.mapToGlobal(centre),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)


@pytest.mark.parametrize("part", ["slider", "field"])
def test_a_wheel_that_passes_by_changes_nothing(qtbot: QtBot, row: SliderRow, part: str) -> None:
    control: QWidget = getattr(row, part)
    row.activateWindow()
    other = row.field if part == "slider" else row.slider
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    turn(control)
    assert row.value() == 0
    control.setFocus()
    turn(control)
    assert row.value() > 0


def test_ticks_are_round_and_few() -> None:
    assert round_ticks(Decimal(-60), Decimal(40)) == [Decimal(at) for at in range(-60, 50, 10)]
    assert round_ticks(Decimal("0.55"), Decimal("0.75"))[:2] == [Decimal("0.56"), Decimal("0.58")]


@given(st.integers(-1000, 1000), st.integers(1, 2000))
def test_ticks_lie_between_the_ends_evenly(low: int, width: int) -> None:
    ticks = round_ticks(Decimal(low), Decimal(low + width))
    assert 3 <= len(ticks) <= 11
    assert ticks[0] >= low
    assert ticks[-1] <= low + width
    assert len({after - before for before, after in itertools.pairwise(ticks)}) == 1


@pytest.mark.parametrize(
    ("values", "places"), [(("1", "5"), 0), (("0.5", "20"), 1), (("1.50", "1E+2"), 1)]
)
def test_only_the_decimals_that_are_needed(values: tuple[str, ...], places: int) -> None:
    assert decimals(*(Decimal(value) for value in values)) == places


def test_a_tick_between_two_values_of_the_slider_is_left_out(qtbot: QtBot) -> None:
    assert made(qtbot, "0", "2").slider.ticks == [0, 1, 2]


def colour(row: SliderRow, value: int) -> str:
    image = row.slider.grab().toImage()
    y = int((row.slider.height() - 7) / 2)
    return str(image.pixelColor(int(row.slider.tick_x(value)), y).name())


def test_the_groove_is_filled_from_the_default_to_the_value(row: SliderRow) -> None:
    row.set_value(Decimal(-40))
    assert colour(row, -20) == theme.DARK.accent
    assert colour(row, 20) == theme.DARK.line
    assert colour(row, -50) == theme.DARK.line
