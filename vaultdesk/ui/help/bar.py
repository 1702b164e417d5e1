"""The buttons above a page of the help: back and forward, from hit to hit, the size of the text."""

from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label
from vaultdesk.ui.translation import tr


class HelpBar(QWidget):
    """Holds the buttons; the panel says what they do."""

    def __init__(self) -> None:
        super().__init__()
        self.back = _button("help.back", "←", tr("Back to the page before (Backspace)"))
        self.forward = _button("help.forward", "→", tr("Forward again (Shift+Backspace)"))
        self.smaller = _button("help.smaller", "A-", tr("Smaller text (Ctrl+-)"))
        self.larger = _button("help.larger", "A+", tr("Larger text (Ctrl++)"))
        self.previous = _button("help.previous", "▲", tr("The hit before (Shift+F3)"))
        self.next = _button("help.next", "▼", tr("The next hit (F3 or Enter)"))
        self.place = label("help.hit", tr("Which hit of the page is shown"), "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(4)
        for button in (self.back, self.forward):
            row.addWidget(button)
        row.addStretch(1)
        for widget in (self.place, self.previous, self.next):
            row.addWidget(widget)
        row.addSpacing(8)
        for button in (self.smaller, self.larger):
            row.addWidget(button)


def _button(identifier: str, text: str, meaning: str) -> QToolButton:
    made = named(QToolButton(), identifier, meaning)
    made.setText(text)
    made.setToolTip(meaning)
    made.setAccessibleName(meaning)
    return made
