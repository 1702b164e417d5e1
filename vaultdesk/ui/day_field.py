"""A day: typed, stepped with the arrow keys, or picked in a calendar."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QAbstractSpinBox, QCalendarWidget, QDateEdit, QWidget

from vaultdesk.ui.manner import current
from vaultdesk.ui.panel import named


class DayField(QDateEdit):
    """Any day of the calendar, in the user's manner."""

    def __init__(self, identifier: str, name: str, meaning: str) -> None:
        super().__init__()
        named(self, identifier, meaning)
        self.setAccessibleName(name)
        self.setToolTip(meaning)
        self.setDisplayFormat(current().qt_day)
        self.setCalendarPopup(True)
        self.lineEdit().setAccessibleIdentifier(f"{identifier}.text")
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setCalendarWidget(calendar)
        named(calendar, f"{identifier}.calendar", meaning)
        for part in calendar.findChildren(QWidget):
            part.setAccessibleIdentifier(f"{identifier}.{part.objectName() or 'part'}")

    def day(self) -> date:
        """The date shown."""
        shown = self.date()
        return date(shown.year(), shown.month(), shown.day())

    def show_day(self, day: date) -> None:
        """Show a date."""
        self.setDate(QDate(day.year, day.month, day.day))

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab leaves it at once; the arrow keys go from the year to the day."""
        return QAbstractSpinBox.focusNextPrevChild(self, forward)
