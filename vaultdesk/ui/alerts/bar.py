"""The buttons below the list of alerts, and a line on what was done last."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.ui.alerts.snooze import snooze_menu
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr


class AlertBar(QWidget):
    """Tells what was asked for; `now` is on this machine's clock."""

    acknowledge = Signal()
    snooze = Signal(object)
    """Until when."""

    unsnooze = Signal()
    rules = Signal()
    export = Signal()

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.said = sentence("alerts.status", tr("How many are shown, and what was done last"))
        self.undo = _button(
            tr("Undo"), "alerts.snooze.undo", tr("End the snooze just begun"), self.unsnooze
        )
        self.undo.hide()
        note = tr("Take note of the selected alerts, or of all that are open")
        buttons = [_button(tr("&Acknowledge"), "alerts.acknowledge", note, self.acknowledge)]
        note = tr("Be silent about the selected alerts' rules, or about all")
        self.snooze_button = named(QPushButton(tr("&Snooze")), "alerts.snooze", note)
        self.snooze_button.setToolTip(note)
        self.snooze_button.setMenu(snooze_menu(self, now, self.snooze.emit))
        buttons.append(self.snooze_button)
        buttons.append(
            _button(tr("&Rules…"), "alerts.rules", tr("What is watched, and how"), self.rules)
        )
        note = tr("Write what the filter lets through to a file")
        buttons.append(_button(tr("&Export CSV…"), "alerts.export", note, self.export))
        above, below = QHBoxLayout(), QHBoxLayout()
        above.addWidget(self.said, 1)
        above.addWidget(self.undo)
        below.setSpacing(6)
        for button in buttons:
            below.addWidget(button)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(4)
        column.addLayout(above)
        column.addLayout(below)

    def say(self, text: str, role: str = "muted") -> None:
        """Say what was done or what is wrong."""
        say(self.said, text, role=role)


def _button(text: str, identifier: str, meaning: str, told: object) -> QPushButton:
    made = named(QPushButton(text), identifier, meaning)
    made.setToolTip(meaning)
    made.clicked.connect(lambda _checked: told.emit())  # type: ignore[attr-defined]
    return made
