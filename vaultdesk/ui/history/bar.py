"""What stands above the LTV history: its range, the newest value, overlays and the export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QPushButton, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.charts.time_chart import ink
from vaultdesk.ui.history.view import SPANS, View
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, label
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
ONE_ROW = 480
"""Pixels of width from which on everything stands in one row."""
SWATCH = QSize(18, 10)


class HistoryBar(QWidget):
    """Tells which View was chosen, and when an export is asked for."""

    chosen = Signal(object)
    """The View that was chosen."""
    export_asked = Signal()

    def __init__(self, view: View) -> None:
        super().__init__()
        self.range = named(QComboBox(), "history.range", tr("How far back the chart goes"))
        self.range.setAccessibleName(tr("Range"))
        for key, word in SPANS.items():
            self.range.addItem(word, key)
        self.range.setCurrentIndex(self.range.findData(view.range))
        self.range.currentIndexChanged.connect(lambda _index: self._tell())
        self.last = label("history.last", tr("The newest snapshot"))
        self.last.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        self.price = self._chip(tr("Price"), "history.price", tr("Draw the price beside the LTV"))
        self.loan = self._chip(tr("Loan"), "history.loan", tr("Draw what was owed beside the LTV"))
        for chip, checked in ((self.price, view.price), (self.loan, view.loan)):
            with QSignalBlocker(chip):
                chip.setChecked(checked)
        self.export = named(
            QPushButton(tr("Export CSV…")), "history.export", tr("Write it to a file")
        )
        self.export.clicked.connect(lambda _checked: self.export_asked.emit())
        self._arrange()
        self.recolour()

    def view(self) -> View:
        """What is chosen now."""
        return View(self.range.currentData(), self.price.isChecked(), self.loan.isChecked())

    def recolour(self) -> None:
        """Draw the overlays' lines on their buttons: these are the chart's legend."""
        self.price.setIcon(_swatch("beside", Qt.PenStyle.SolidLine, self.devicePixelRatioF()))
        self.loan.setIcon(_swatch("muted", Qt.PenStyle.DashLine, self.devicePixelRatioF()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In one row where there is room, else in two."""
        super().resizeEvent(event)
        self._rows.setDirection(ACROSS if self.width() >= ONE_ROW else DOWN)

    def _chip(self, text: str, identifier: str, meaning: str) -> QPushButton:
        chip = named(QPushButton(text), identifier, meaning)
        chip.setToolTip(meaning)
        chip.setCheckable(True)
        chip.setIconSize(SWATCH)
        theme.role(chip, "chip")
        chip.toggled.connect(lambda _checked: self._tell())
        return chip

    def _tell(self) -> None:
        self.chosen.emit(self.view())

    def _arrange(self) -> None:
        which, how = QHBoxLayout(), QHBoxLayout()
        which.addWidget(self.range)
        which.addSpacing(6)
        which.addWidget(self.last)
        which.addStretch(1)
        how.addWidget(self.price)
        how.addWidget(self.loan)
        how.addStretch(1)
        how.addWidget(self.export)
        self._rows = QBoxLayout(DOWN, self)
        self._rows.setContentsMargins(8, 6, 8, 4)
        self._rows.setSpacing(4)
        self._rows.addLayout(which, 1)
        self._rows.addLayout(how)


def _swatch(tone: str, style: Qt.PenStyle, scale: float) -> QIcon:
    """A short line as the chart draws it, sharp at a screen's scale."""
    picture = QPixmap(SWATCH * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    pen = QPen(QColor(ink(tone)), 2, style)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    middle = SWATCH.height() / 2
    painter.drawLine(QPointF(0, middle), QPointF(SWATCH.width() - 4, middle))
    painter.end()
    return QIcon(picture)
