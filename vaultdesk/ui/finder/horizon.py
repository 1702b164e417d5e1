"""The day until which a hedge has to hold: typed or picked in a calendar that shows expiries."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtGui import QFont, QTextCharFormat
from PySide6.QtWidgets import QAbstractSpinBox, QCalendarWidget, QDateEdit, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.manner import current
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr

MEANING = tr(
    "The last day on which the hedge has to hold; listed expiries are bold in the calendar"
)


class HorizonField(QDateEdit):
    """Any day from today on; nothing is snapped."""

    chosen = Signal(object)
    """The date."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "finder.horizon", MEANING)
        self.setAccessibleName(tr("Horizon"))
        self.setToolTip(MEANING)
        self.setDisplayFormat(current().qt_day)
        self.setCalendarPopup(True)
        self.lineEdit().setAccessibleIdentifier("finder.horizon.text")
        self._calendar = QCalendarWidget()
        self._calendar.setVerticalHeaderFormat(
            QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader
        )
        self.setCalendarWidget(self._calendar)
        named(self._calendar, "finder.horizon.calendar", MEANING)
        for part in self._calendar.findChildren(QWidget):
            part.setAccessibleIdentifier(f"finder.horizon.{part.objectName() or 'part'}")
        self._expiries: tuple[date, ...] = ()
        self.dateChanged.connect(lambda day: self.chosen.emit(_date(day)))
        theme.notifier().changed.connect(self._mark)

    def day(self) -> date:
        """The date shown."""
        return _date(self.date())

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab leaves it at once; the arrow keys go from the year to the day."""
        return QAbstractSpinBox.focusNextPrevChild(self, forward)

    def show_day(self, day: date) -> None:
        """Show a date without calling it a choice."""
        with QSignalBlocker(self):
            self.setDate(QDate(day.year, day.month, day.day))

    def show_expiries(self, expiries: tuple[date, ...], today: date) -> None:
        """Mark these days in the calendar; none before today can be chosen."""
        if expiries != self._expiries:
            self._expiries = expiries
            with QSignalBlocker(self):
                self.setMinimumDate(QDate(today.year, today.month, today.day))
            self._mark()

    def _mark(self) -> None:
        mark = QTextCharFormat()
        mark.setFontWeight(QFont.Weight.Bold)
        mark.setFontUnderline(True)
        mark.setForeground(theme.colour(theme.current().accent))
        self._calendar.setDateTextFormat(QDate(), QTextCharFormat())
        for day in self._expiries:
            self._calendar.setDateTextFormat(QDate(day.year, day.month, day.day), mark)


def _date(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
