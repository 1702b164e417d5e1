"""One alert in full: every input it was raised by, where it was sent, who took note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.ui import theme
from vaultdesk.ui.alerts.table import EVENTS, amount, delivery_lines, noted, origin, severity_word
from vaultdesk.ui.format import local, price, time_of_day
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, label, say, sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.alerts import AlertRecord

LINES: tuple[tuple[str, str, Callable[[AlertRecord], str]], ...] = (
    ("severity", tr("Severity"), lambda r: severity_word(r.alert)),
    (
        "event",
        tr("Event"),
        lambda r: tr("{events}, crossing {crossing}").format(
            events=EVENTS[r.alert.event], crossing=r.alert.crossing
        ),
    ),
    (
        "at",
        tr("When"),
        lambda r: tr("{at}, in UTC {time}").format(
            at=local(r.alert.at), time=time_of_day(r.alert.at)
        ),
    ),
    ("rule", tr("Rule"), lambda r: r.alert.rule),
    ("metric", tr("Watches"), lambda r: f"{r.alert.metric} {r.alert.subject}".strip()),
    ("value", tr("Value"), lambda r: f"{amount(r.alert.metric, r.alert.value)} ({r.alert.value})"),
    (
        "threshold",
        tr("Threshold"),
        lambda r: f"{amount(r.alert.metric, r.alert.threshold)} ({r.alert.threshold})",
    ),
    ("price", tr("Price"), lambda r: price(r.alert.price)),
    ("source", tr("Source, quality, age"), lambda r: origin(r.alert)),
    ("deliveries", tr("Sent"), lambda r: delivery_lines(r.deliveries)),
    ("noted", tr("Noted by"), noted),
    ("id", tr("Alert id"), lambda r: r.alert.id),
)
"""Name, caption and text of each line."""


class AlertDetail(QWidget):
    """Shows one record; Escape or the button goes back to the list."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.back = named(
            QPushButton(tr("← &List")), "alerts.detail.back", tr("Go back to the list")
        )
        self.back.clicked.connect(self.left)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.left)
        self.sentence = sentence("alerts.detail.sentence", tr("What happened"), role="")
        self.sentence.setFont(theme.ui_font(11, SEMIBOLD))
        self.lines = {
            name: sentence(f"alerts.detail.{name}", caption, role="") for name, caption, _ in LINES
        }
        self._arrange()

    def show_record(self, record: AlertRecord) -> None:
        """Show this one."""
        say(self.sentence, record.alert.sentence)
        for name, _caption, text in LINES:
            say(self.lines[name], text(record))

    def _arrange(self) -> None:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.sentence, 0, 0, 1, 2)
        for row, (name, caption, _text) in enumerate(LINES, 1):
            left = label(role="muted")
            left.setText(caption)
            grid.addWidget(left, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self.lines[name], row, 1)
            self.lines[name].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.setRowStretch(len(LINES) + 1, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        inside.setAutoFillBackground(False)
        top = QHBoxLayout()
        top.setContentsMargins(8, 6, 8, 2)
        top.addWidget(self.back)
        top.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(scroll, 1)
