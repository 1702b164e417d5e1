"""The table: formats late, repaints what changed, fits its columns, never cuts a figure."""

import sys
from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.ui.panels.rig import running
from vaultdesk.ui import theme
from vaultdesk.ui.tables.fit import columns_shown, shared_out
from vaultdesk.ui.tables.header import TableHeader
from vaultdesk.ui.tables.model import Column, TableModel
from vaultdesk.ui.tables.view import FLUSHES_PER_SECOND, Table

Row = list[float]
RIGHT = Qt.AlignmentFlag.AlignRight


class Spy:
    """Columns that count how often they were asked to format."""

    def __init__(self, count: int = 4, ranks: tuple[int, ...] = (0, 0, 0, 0)) -> None:
        self.formatted = 0
        self.columns = [
            Column(f"f{c}", f"H{c}", "$", self._text(c), sample="000.00", rank=ranks[c])
            for c in range(count)
        ]

    def _text(self, column: int) -> Callable[[Row], str]:
        def text(row: Row) -> str:
            self.formatted += 1
            return f"{row[column]:.2f}"

        return text


def filled(count: int = 500) -> list[Row]:
    return [[float(row + column) for column in range(4)] for row in range(count)]


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)


@pytest.fixture
def spy() -> Spy:
    return Spy()


@pytest.fixture
def model(spy: Spy) -> TableModel[Row]:
    made = TableModel(spy.columns)
    made.show_rows(filled())
    return made


@pytest.fixture
def table(model: TableModel[Row], qtbot: QtBot) -> Table:
    made = Table(model)
    made.resize(400, 240)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.fit()
    return made


def test_the_model_keeps_qts_rules(model: TableModel[Row], qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.touch(0, 0)
    model.flush(range(10), range(4))
    model.show_rows(filled(3))


def test_a_row_has_no_rows(model: TableModel[Row]) -> None:
    inside = model.index(0, 0)
    assert model.rowCount(inside) == model.columnCount(inside) == 0
    assert model.rowCount(QModelIndex()) == 500


def test_a_cell_is_formatted_once(model: TableModel[Row], spy: Spy) -> None:
    before = spy.formatted
    for _ in range(5):
        assert model.cell(7, 1) == ("8.00", "text", "")
    assert spy.formatted == before + 1


def test_a_flush_tells_exactly_what_reads_differently(model: TableModel[Row]) -> None:
    for row in range(3):
        for column in range(4):
            model.cell(row, column)
    told: list[tuple[int, int, int]] = []
    model.dataChanged.connect(lambda a, b: told.append((a.row(), a.column(), b.column())))
    model.rows[1][2] = 99.0
    model.rows[2][3] += 0.0001  # prints the same
    model.touch(1, 2)
    model.touch(2, 3)
    assert model.flush(range(3), range(4)) == 1
    assert told == [(1, 2, 2)]
    assert not model.is_dirty


def test_other_values_for_the_same_rows_reset_nothing(model: TableModel[Row]) -> None:
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.cell(0, 0)
    model.change_rows([[value + 1 for value in row] for row in filled()])
    assert model.flush(range(1), range(4)) == 1
    assert model.cell(0, 0)[0] == "1.00"
    assert resets == []
    model.change_rows(filled(3))
    assert resets == [1]


def test_what_is_out_of_sight_is_forgotten_and_right_when_seen(model: TableModel[Row]) -> None:
    assert model.cell(400, 0)[0] == "400.00"
    model.rows[400][0] = 7.0
    model.touch(400, 0)
    model.forget_outside(range(10))
    assert not model.is_dirty
    assert model.cell(400, 0)[0] == "7.00"


def test_a_column_out_of_sight_is_right_when_seen(model: TableModel[Row]) -> None:
    assert model.cell(0, 3)[0] == "3.00"
    model.rows[0][3] = 7.0
    model.touch(0, 3)
    model.flush(range(5), [0, 1])
    assert model.cell(0, 3)[0] == "7.00"


def test_touching_asks_for_one_flush_and_the_flushes_end(
    table: Table, model: TableModel[Row], qtbot: QtBot
) -> None:
    for column in range(4):
        model.touch(2, column)
    assert len(running(table)) == 1
    qtbot.waitUntil(lambda: running(table) == [], timeout=4000 // FLUSHES_PER_SECOND + 1000)
    assert not model.is_dirty


def test_a_hidden_table_does_no_work(table: Table, model: TableModel[Row], spy: Spy) -> None:
    table.hide()
    before = spy.formatted
    model.rows[0][0] = 5.0
    model.touch(0, 0)
    table.flush()
    assert spy.formatted == before
    assert model.cell(0, 0)[0] == "5.00"


def ink(table: Table, row: int, column: int) -> int:
    """How many pixels of a cell are not ground."""
    rect = table.visualRect(table.model().index(row, column))
    image = table.viewport().grab(rect).toImage()
    ground = image.pixelColor(1, 1)
    return sum(
        image.pixelColor(x, y) != ground
        for x in range(image.width())
        for y in range(image.height())
    )


def test_a_changed_value_is_painted(table: Table, model: TableModel[Row]) -> None:
    def picture() -> QImage:
        return table.viewport().grab(table.visualRect(model.index(1, 1))).toImage()

    before = picture()
    model.rows[1][1] = 88.88
    model.touch(1, 1)
    assert picture() == before
    table.flush()
    assert picture() != before
    assert ink(table, 1, 1) > 20


def test_a_selected_row_stands_on_the_colour_of_selections(table: Table) -> None:
    table.selectRow(1)
    rect = table.visualRect(table.model().index(1, 0))
    image = table.viewport().grab().toImage()
    corner = rect.topLeft() + QPoint(4, 2)
    assert image.pixelColor(corner) == QColor(theme.DARK.selection)


def test_a_theme_recolours_what_is_painted(table: Table, qapp: QApplication) -> None:
    dark = table.viewport().grab().toImage().pixelColor(2, 2)
    theme.apply(qapp, theme.LIGHT)
    table.recolour()
    assert table.viewport().grab().toImage().pixelColor(2, 2) != dark


def test_a_text_too_wide_is_never_cut_and_widens_its_column(
    table: Table, model: TableModel[Row], qtbot: QtBot
) -> None:
    table.resize(260, 240)
    table.fit()
    narrow = table.columnWidth(0)
    model.rows[0][0] = 123_456_789_012.0
    model.touch(0, 0)
    table.flush()
    table.viewport().grab()
    qtbot.waitUntil(lambda: table.columnWidth(0) > narrow)
    advance = table.fontMetrics().horizontalAdvance("0")
    assert table.columnWidth(0) >= len("123456789012.00") * advance


def test_where_the_user_made_it_too_narrow_it_reads_hashes(
    table: Table, model: TableModel[Row]
) -> None:
    drawn: list[str] = []
    place = table._place(0)._replace(room=20)
    drawn.append(table._too_wide(place, "123456.00"))
    assert set(drawn[0]) == {"#"}
    assert len(drawn[0]) < len("123456.00")
    assert model.cell(0, 0)[0] == "0.00"


def test_home_end_and_copy(table: Table) -> None:
    table.home_row = 250
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert table.currentIndex().row() == 250
    middle = table.viewport().height() // 2
    assert abs(table.rowViewportPosition(250) - middle) < 2 * table.rowHeight(250)
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.currentIndex().row() == 499
    table.copy()
    titles, line = QGuiApplication.clipboard().text().splitlines()
    assert titles == "H0 ($)\tH1 ($)\tH2 ($)\tH3 ($)"
    assert line == "499.00\t500.00\t501.00\t502.00"


def test_the_columns_fill_the_width_exactly(table: Table) -> None:
    for width in (300, 401, 777):
        table.resize(width, 240)
        table.fit()
        shared = sum(table.columnWidth(c) for c in range(4))
        assert shared == table.viewport().width()


COLUMNS = [
    Column("strike", "Strike", "$", str),
    Column("bid", "Bid", "$", str, group="Call"),
    Column("gamma", "Gamma", "", str, group="Call", rank=1),
    Column("gamma", "Gamma", "", str, group="Put", rank=1),
    Column("flag", "Flag", "", str, rank=2),
]


@pytest.mark.parametrize(
    ("room", "picked", "shown"),
    [
        (100, None, [0, 1]),
        (50, None, [0, 1]),
        (199, None, [0, 1]),
        (200, None, [0, 1, 2, 3]),
        (250, None, [0, 1, 2, 3, 4]),
        (900, {"flag"}, [0, 1, 4]),
        (900, set(), [0, 1]),
    ],
)
def test_which_columns_are_shown(room: int, picked: set[str] | None, shown: list[int]) -> None:
    assert columns_shown(COLUMNS, [50] * 5, room, picked) == shown


def test_room_that_is_left_is_shared_to_the_pixel() -> None:
    assert shared_out([50, 50, 50], [0, 1, 2], [0, 2], 157) == {0: 53, 1: 50, 2: 54}
    assert shared_out([50, 50], [0, 1], [], 300) == {0: 50, 1: 50}
    assert shared_out([50, 50], [0, 1], [0, 1], 60) == {0: 50, 1: 50}


@pytest.fixture
def ranked(qtbot: QtBot) -> Table:
    model = TableModel(Spy(4, (0, 0, 1, 2)).columns)
    model.show_rows(filled(5))
    made = Table(model)
    qtbot.addWidget(made)
    made.resize(150, 200)
    made.show()
    made.fit()
    return made


def test_more_room_shows_more_columns(ranked: Table) -> None:
    assert [ranked.isColumnHidden(c) for c in range(4)] == [False, False, True, True]
    ranked.resize(900, 200)
    assert not any(ranked.isColumnHidden(c) for c in range(4))


def test_a_picked_column_stays_whatever_the_room(ranked: Table) -> None:
    ranked.pick("f3", shown=True)
    assert not ranked.isColumnHidden(3)
    assert ranked.isColumnHidden(2)
    ranked.pick_none()
    assert ranked.isColumnHidden(3)


def test_the_headers_menu_picks(ranked: Table) -> None:
    header = ranked.horizontalHeader()
    assert isinstance(header, TableHeader)
    menu = header.menu()
    automatic, gamma = menu.actions()[0], menu.actions()[-1]
    assert not gamma.isChecked()
    gamma.trigger()
    assert not ranked.isColumnHidden(3)
    automatic.trigger()
    assert ranked.isColumnHidden(3)


def test_a_dragged_width_is_kept_and_remembered(ranked: Table, qtbot: QtBot) -> None:
    ranked.horizontalHeader().resizeSection(0, 91)
    ranked.resize(400, 200)
    ranked.fit()
    assert ranked.columnWidth(0) == 91
    again = Table(TableModel(Spy(4, (0, 0, 1, 2)).columns))
    qtbot.addWidget(again)
    again.resize(400, 200)
    assert again.restore_layout(ranked.layout_state())
    assert again.columnWidth(0) == 91


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\xff\x00",
        b"[]",
        b"{}",
        b'{"columns": 5, "widths": {}}',
        b'{"columns": null, "widths": 3}',
    ],
)
def test_a_state_that_is_garbage_changes_nothing(ranked: Table, garbage: bytes) -> None:
    ranked.pick("f3", shown=True)
    before = ranked.layout_state()
    assert not ranked.restore_layout(garbage)
    assert ranked.layout_state() == before


def test_the_header_says_its_units_and_has_a_full_title(table: Table) -> None:
    model = table.model()
    orientation = Qt.Orientation.Horizontal
    assert model.headerData(0, orientation) == "H0"
    assert model.headerData(0, orientation, Qt.ItemDataRole.AccessibleTextRole) == "H0 ($)"
    assert model.headerData(9, orientation) is None


def test_retired_and_deleted_it_leaves_nothing(model: TableModel[Row]) -> None:
    table = Table(model)
    table.show()
    table.retire()
    model.touch(0, 0)
    assert running(table) == []
    shiboken6.delete(table)
    assert not shiboken6.isValid(table)
    model.touch(1, 1)
    model.flush(range(5), range(4))


def test_setting_texts_steals_no_reference_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 loses one at every void call, and the desk dies of it."""
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(500):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 100


def test_prose_takes_the_room_that_is_left_and_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    columns: list[Column[str]] = [
        Column("number", "No", "", lambda _row: "1", sample="0"),
        Column(
            "text", "Text", "", str, sample="0" * 10, align=Qt.AlignmentFlag.AlignLeft, prose=True
        ),
        Column("more", "More", "", lambda _row: "x" * 10, sample="0" * 10, rank=1),
    ]
    model = TableModel(columns)
    shown = Table(model)
    qtbot.addWidget(shown)
    shown.resize(260, 100)
    shown.show()
    model.show_rows(["word " * 40])
    shown.fit()
    narrow = shown.columnWidth(0)
    assert narrow < shown.columnWidth(1) < 260
    place = shown._place(1)
    cut = shown._too_wide(place, "word " * 40)
    assert cut.endswith("…")
    assert len(cut) * shown._advance <= place.room
    assert model.cell(0, 1)[0] == "word " * 40
    assert shown.isColumnHidden(2)
    shown.resize(460, 100)
    shown.fit()
    assert not shown.isColumnHidden(2)
    assert shown.columnWidth(0) == narrow
    assert shown.columnWidth(1) >= 2 * 10 * shown._advance
