"""The header of a table: heading over unit, and a menu of the columns to show."""

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QMenu

from vaultdesk.ui import theme
from vaultdesk.ui.readout import SEMIBOLD
from vaultdesk.ui.tables.model import Column, TableModel
from vaultdesk.ui.translation import tr

PAD = 5
"""Pixels kept free on either side of a text, in the header and in the cells."""


def heading_font() -> QFont:
    """The font of a column's heading."""
    return theme.ui_font(8.5, SEMIBOLD)


def unit_font() -> QFont:
    """The font of the unit below it."""
    return theme.ui_font(7.5)


class TableHeader(QHeaderView):
    """Two lines to a column: what it is, and in what unit."""

    picked = Signal(str, bool)
    """A column's field was picked to be shown (True) or hidden."""
    automatic = Signal()
    """The columns shall be chosen by the room there is."""

    def __init__(self, model: TableModel[Any]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._model = model
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(24)
        self.setAccessibleName(tr("Columns"))

    def needed(self, column: Column[Any]) -> int:
        """The width a column's heading and unit need."""
        heading = QFontMetrics(heading_font()).horizontalAdvance(column.heading)
        unit = QFontMetrics(unit_font()).horizontalAdvance(column.unit)
        return max(heading, unit) + 2 * PAD

    def sizeHint(self) -> QSize:  # noqa: N802
        """Two lines and some air; one where no column has a unit."""
        lines = QFontMetrics(heading_font()).height()
        if any(column.unit for column in self._model.columns):
            lines += QFontMetrics(unit_font()).height()
        return QSize(super().sizeHint().width(), lines + 8)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802
        """Heading, unit, and a line below."""
        now, column = theme.current(), self._model.columns[section]
        painter.save()
        painter.fillRect(rect, QColor(now.raised))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(now.line))
        room = rect.adjusted(PAD, 3, -PAD, -4)
        painter.setFont(heading_font())
        painter.setPen(QColor(now.text))
        painter.drawText(room, column.align | Qt.AlignmentFlag.AlignTop, column.heading)
        painter.setFont(unit_font())
        painter.setPen(QColor(now.muted))
        painter.drawText(room, column.align | Qt.AlignmentFlag.AlignBottom, column.unit)
        painter.restore()

    def menu(self) -> QMenu:
        """A check mark for each field that may be hidden."""
        menu = QMenu(self)
        menu.setObjectName("table.columns")
        automatic = menu.addAction(tr("&As many as fit"))
        automatic.triggered.connect(self.automatic)
        menu.addSeparator()
        fields: dict[str, int] = {}
        for section, column in enumerate(self._model.columns):
            fields.setdefault(column.field, section)
        for field, section in fields.items():
            column = self._model.columns[section]
            unit = f"  ({column.unit})" if column.unit else ""
            action = menu.addAction(f"{column.heading}{unit}")
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(section))
            action.toggled.connect(lambda on, field=field: self.picked.emit(field, on))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Open the menu where it was asked for."""
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())
