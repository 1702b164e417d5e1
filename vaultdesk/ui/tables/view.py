"""The view of a `TableModel`: paints text itself, fits its columns, copies rows."""

import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from vaultdesk.ui import theme
from vaultdesk.ui.manner import FILES, following
from vaultdesk.ui.tables.fit import columns_shown, shared_out
from vaultdesk.ui.tables.header import PAD, TableHeader
from vaultdesk.ui.tables.model import TableModel
from vaultdesk.ui.translation import tr

POINTS = 9.0
MEASURED_ROWS = 500
"""How many rows are looked at when columns are fitted; a wider text further down widens later."""
FLUSHES_PER_SECOND, BANDS = 15, 6
ELLIPSIS = "…"
PROSE = 2
"""How many times its least width a column of prose has before further columns are shown."""
NOTHING: tuple[range, list[int]] = range(0), []

Grounds = Mapping[str, tuple[str, float]]
"""A ground's name to the Theme colour it is filled with and its opacity."""


SIDES = {
    Qt.AlignmentFlag.AlignLeft: 0.0,
    Qt.AlignmentFlag.AlignHCenter: 0.5,
    Qt.AlignmentFlag.AlignRight: 1.0,
}
"""How much of a cell's spare room stands to the left of its text."""


class _Place(NamedTuple):
    """Where a column stands now: its room is its width less the air on both sides."""

    column: int
    x: int
    width: int
    room: int
    side: float


class Table(QTableView):
    """Shows a TableModel; columns come and go with the room there is.

    Whoever wants other columns picks them in the header's menu; what was picked, and the widths
    that were dragged, are in `layout_state`. A figure that does not fit is never cut: it reads ###.
    `air` is the least and the most height, in pixels, that a row has beyond its text.
    """

    def __init__(
        self, model: TableModel[Any], grounds: Grounds | None = None, air: tuple[int, int] = (5, 5)
    ) -> None:
        super().__init__()
        self._air = air
        self.home_row: int | None = None
        self._model = model
        self._grounds = dict(grounds or {})
        self._picked: set[str] | None = None
        self._dragged: dict[str, int] = {}
        self._widest = [column.sample for column in model.columns]
        self._tones: dict[str, QColor] = {}
        self._fitting = False
        self._band = 0
        self._retired = False
        self._header = TableHeader(model)
        self.setModel(model)
        self.setHorizontalHeader(self._header)
        self._behave()
        self._flush_timer = self._once(1000 // FLUSHES_PER_SECOND // BANDS, self._flush_band)
        self._fit_timer = self._once(0, self.fit)
        model.touched.connect(self._touched)
        model.modelReset.connect(self._measure)
        self._header.picked.connect(self.pick)
        self._header.automatic.connect(self.pick_none)
        self._header.sectionResized.connect(self._dragged_to)
        self.recolour()

    def recolour(self) -> None:
        """Take the fonts and colours of the current theme."""
        font = theme.figures_font(POINTS)
        font.setStyleStrategy(
            QFont.StyleStrategy.PreferNoShaping
        )  # figures need none: 1.8 x faster
        self.setFont(font)
        metrics = QFontMetricsF(self.font())
        self._advance = metrics.horizontalAdvance("0")
        self._line = math.ceil(metrics.height())
        self._sink = (metrics.ascent() - metrics.descent()) / 2
        self._tones.clear()
        self._fit_timer.start()
        self.viewport().update()
        self._header.viewport().update()

    def retire(self) -> None:
        """Repaint nothing more by itself."""
        self._retired = True
        self._flush_timer.stop()
        self._fit_timer.stop()

    def flush(self) -> int:
        """Repaint what reads differently now, all of it at once; gives the number of cells."""
        return sum(self._flush_band() for _ in range(BANDS))

    def _flush_band(self) -> int:
        """Repaint the next quarter of the rows in sight, so that no repaint holds up the loop."""
        rows, columns = self._in_sight(self.viewport().rect()) if self.isVisible() else NOTHING
        self._model.forget_outside(rows)
        self._band = (self._band + 1) % BANDS
        start = rows.start + len(rows) * self._band // BANDS
        end = rows.start + len(rows) * (self._band + 1) // BANDS
        count = self._model.flush(range(start, end), columns)
        if self._model.is_dirty:
            self._flush_timer.start()
        return count

    def pick(self, field: str, shown: bool) -> None:
        """Show or hide the columns of a field, and leave the choice to the user from now on."""
        if self._picked is None:
            self._picked = {
                column.field
                for section, column in enumerate(self._model.columns)
                if not self.isColumnHidden(section)
            }
        (self._picked.add if shown else self._picked.discard)(field)
        self.fit()

    def pick_none(self) -> None:
        """Choose columns and widths by the room there is."""
        self._picked = None
        self._dragged.clear()
        self.fit()

    def layout_state(self) -> bytes:
        """The picked columns and dragged widths, to be kept in a workspace."""
        picked = None if self._picked is None else sorted(self._picked)
        return json.dumps({"columns": picked, "widths": self._dragged}).encode()

    def restore_layout(self, state: bytes) -> bool:
        """Take back what `layout_state` gave; False, and nothing changed, for anything else."""
        known = {column.field for column in self._model.columns}
        try:
            kept = json.loads(state)
            picked = None if kept["columns"] is None else known.intersection(kept["columns"])
            dragged = {str(key): int(width) for key, width in kept["widths"].items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return False
        self._picked, self._dragged = picked, dragged
        self.fit()
        return True

    def height_of(self, rows: int) -> int:
        """Pixels of so many rows and their heading: with those the page scrolls, not the table."""
        head = self.horizontalHeader().sizeHint().height()
        return head + rows * self.verticalHeader().defaultSectionSize()

    def fit(self) -> None:
        """Choose the columns that are shown and share the room among them."""
        count = len(self._model.rows) or 1
        spacious = self.viewport().height() // count - self._line
        least, most = self._air
        height = self._line + min(max(spacious, least), most)
        self.verticalHeader().setDefaultSectionSize(height)
        columns, room = self._model.columns, self.viewport().width()
        widths = [self._natural(section) for section in range(len(columns))]
        wanted = [w * (PROSE if c.prose else 1) for w, c in zip(widths, columns, strict=True)]
        shown = columns_shown(columns, wanted, room, self._picked)
        free = [s for s in shown if columns[s].key not in self._dragged]
        elastic = [s for s in free if columns[s].prose] or free
        final = shared_out(widths, shown, elastic, room)
        self._fitting = True
        for section in range(len(columns)):
            self.setColumnHidden(section, section not in final)
        for section, width in final.items():
            self._header.resizeSection(section, width)
        self._fitting = False

    def copy(self) -> None:
        """Put the selected rows, on the clipboard: tabs between, titles above."""
        columns = self._model.columns
        shown = [s for s in range(len(columns)) if not self.isColumnHidden(s)]
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        lines = ["\t".join(columns[s].title for s in shown)]
        with following(FILES):  # a spreadsheet reads it whatever the locale
            lines += [
                "\t".join(columns[s].text(self._model.rows[row]) for s in shown) for row in rows
            ]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")

    def go_home(self) -> None:
        """Select the home row and bring it to the middle."""
        row = self.home_row
        if row is not None and 0 <= row < len(self._model.rows):
            self.selectRow(row)
            self.scrollTo(self._model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Home goes home, End to the last row; sideways keys have nothing to select."""
        if event.key() == Qt.Key.Key_Home and self.home_row is not None:
            self.go_home()
        elif event.key() == Qt.Key.Key_End and self._model.rows:
            self.selectRow(len(self._model.rows) - 1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Other room, other columns."""
        super().resizeEvent(event)
        self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the rows of the exposed region.

        Several times as fast as a delegate, which Qt would call through Python for each cell.
        """
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        region, width = event.region(), self.viewport().width()
        rows, columns = self._in_sight(region.boundingRect())
        places = [self._place(column) for column in columns]
        for row in rows:
            line = QRect(0, self.rowViewportPosition(row), width, self.rowHeight(row))
            hit = region.intersected(line).boundingRect()
            if not hit.isEmpty():
                left, right = hit.left(), hit.right()
                within = [p for p in places if p.x <= right and p.x + p.width > left]
                self._paint_row(painter, row, line, within)
        painter.end()

    def _place(self, column: int) -> _Place:
        x, width = self.columnViewportPosition(column), self.columnWidth(column)
        return _Place(column, x, width, width - 2 * PAD, SIDES[self._model.columns[column].align])

    def _behave(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(10)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QAction(tr("&Copy rows"), self)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        self.addAction(copy)

    def _once(self, delay_ms: int, call: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(delay_ms)
        timer.timeout.connect(call)
        return timer

    def _touched(self) -> None:
        if not self._retired and not self._flush_timer.isActive():
            self._flush_timer.start()

    def _dragged_to(self, section: int, _old: int, width: int) -> None:
        if not self._fitting and width > 0:
            self._dragged[self._model.columns[section].key] = width

    def _measure(self) -> None:
        for section, column in enumerate(self._model.columns):
            rows = () if column.prose else self._model.rows[:MEASURED_ROWS]
            texts = (column.text(row) for row in rows)
            self._widest[section] = max((column.sample, *texts), key=len)
        self._fit_timer.start()

    def _natural(self, section: int) -> int:
        column = self._model.columns[section]
        if column.key in self._dragged:
            return self._dragged[column.key]
        text = math.ceil(len(self._widest[section]) * self._advance)
        return max(text + 2 * PAD, self._header.needed(column))

    def _in_sight(self, area: QRect) -> tuple[range, list[int]]:
        count = len(self._model.rows)
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        rows = range(first, (last if last >= 0 else count - 1) + 1) if first >= 0 else range(0)
        left, right = area.left(), area.right()
        columns = []
        for section in range(len(self._model.columns)):
            if not self.isColumnHidden(section):
                start = self.columnViewportPosition(section)
                if start <= right and start + self.columnWidth(section) > left:
                    columns.append(section)
        return rows, columns

    def _paint_row(self, painter: QPainter, row: int, line: QRect, places: list[_Place]) -> None:
        top, height, base = line.top(), line.height(), int(line.center().y() + 1 + self._sink)
        chosen = self.selectionModel().isRowSelected(row)
        if chosen or row % 2:
            painter.fillRect(line, self._colour("selection" if chosen else "alternate"))
        cells, advance, pen = self._model.cells(row), self._advance, ""
        for place in places:
            text, tone, ground = cells.get(place.column) or self._model.cell(row, place.column)
            if ground and not chosen:
                painter.fillRect(place.x, top, place.width, height, self._colour(ground))
            if text:
                length = len(text) * advance
                if length > place.room:
                    text = self._too_wide(place, text)
                    length = len(text) * advance
                if tone != pen:
                    painter.setPen(self._colour(tone))
                    pen = tone
                painter.drawText(
                    place.x + PAD + int((place.room - length) * place.side), base, text
                )
        if chosen and self.hasFocus() and row == self.currentIndex().row():
            painter.fillRect(0, top, 2, height, self._colour("accent"))

    def _too_wide(self, place: _Place, text: str) -> str:
        """Hashes in the place of a text that would be cut, and the column widened before long."""
        if self._model.columns[place.column].prose:
            return text[: max(int(place.room / self._advance) - 1, 0)].rstrip() + ELLIPSIS
        if self._model.columns[place.column].key not in self._dragged:
            self._widest[place.column] = max(text, self._widest[place.column], key=len)
            self._fit_timer.start()
        return "#" * int(place.room / self._advance)

    def _colour(self, name: str) -> QColor:
        kept = self._tones.get(name)
        if kept is None:
            token, opacity = self._grounds.get(name, (name, 1.0))
            kept = theme.colour(getattr(theme.current(), token), opacity)
            self._tones[name] = kept
        return kept
