"""Quiet hours from and to, on one line."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from vaultdesk.settings import refusal
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr

NOTE = tr("Only a close-out is told then; the rest waits. Leave both empty for none.")


@dataclass(frozen=True, slots=True)
class Quiet:
    """The two settings, HH:MM or empty; `fixed` says why they cannot be changed here."""

    start: str
    end: str
    fixed: str = ""


class QuietFields(QWidget):
    """Two times of day that belong together."""

    changed = Signal()

    def __init__(self, quiet: Quiet) -> None:
        super().__init__()
        self._quiet = quiet
        self.start = named(QLineEdit(quiet.start), "rules.quiet_from", tr("When quiet hours begin"))
        self.end = named(QLineEdit(quiet.end), "rules.quiet_to", tr("When quiet hours end"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for caption, field in ((tr("&Quiet from"), self.start), (tr("to"), self.end)):
            label = QLabel(caption)
            label.setBuddy(field)
            field.setPlaceholderText("HH:MM")
            field.setFixedWidth(76)
            field.setEnabled(not quiet.fixed)
            field.textEdited.connect(lambda _text: self.changed.emit())
            row.addWidget(label)
            row.addWidget(field)
        self.remark = sentence("rules.quiet.remark", tr("What quiet hours do"))
        say(self.remark, quiet.fixed or NOTE)
        row.addSpacing(8)
        row.addWidget(self.remark, 1)

    def change(self) -> dict[str, str]:
        """The settings that were changed."""
        typed = {"quiet_from": self.start.text().strip(), "quiet_to": self.end.text().strip()}
        before = {"quiet_from": self._quiet.start, "quiet_to": self._quiet.end}
        return {name: text for name, text in typed.items() if text != before[name]}

    def problem(self) -> str:
        """What is wrong with them; empty where nothing is."""
        told = ""
        for name, field in (("quiet_from", self.start), ("quiet_to", self.end)):
            wrong = bool(refusal(name, field.text().strip()))
            theme.role(field, "wrong" if wrong else "")
            told = tr("Write quiet hours as HH:MM, such as 22:30.") if wrong else told
        if not told and bool(self.start.text().strip()) is not bool(self.end.text().strip()):
            return tr("Give quiet hours both a beginning and an end, or neither.")
        return told
