"""Asks for a vault's passphrase: once for one that exists, twice for a new one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr

CAPTION_WIDTH, FIELD_WIDTH = 150, 220


def password_field(identifier: str, meaning: str) -> QLineEdit:
    """A field that shows dots."""
    field = named(QLineEdit(), identifier, meaning)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setFixedWidth(FIELD_WIDTH)
    return field


class VaultLock(QWidget):
    """Hidden while no vault waits; `given` tells a passphrase that may open or make one."""

    given = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._new = False
        self.passphrase = password_field("settings.vault.passphrase", tr("The vault's passphrase"))
        self.again = password_field("settings.vault.again", tr("The same passphrase once more"))
        self.open = named(
            QPushButton(tr("Unlock")),
            "settings.vault.open",
            tr("Open the vault with the passphrase"),
        )
        self.problem = sentence("settings.vault.problem", tr("What is wrong with the passphrase"))
        self._captions = QLabel(tr("Passphrase")), QLabel(tr("Once more"))
        self.open.setAutoDefault(False)
        self.open.clicked.connect(lambda _checked: self._give())
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 8)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(3, 1)
        for row, (caption, field) in enumerate(
            zip(self._captions, (self.passphrase, self.again), strict=True)
        ):
            caption.setBuddy(field)
            caption.setFixedWidth(CAPTION_WIDTH)
            field.returnPressed.connect(self._give)
            grid.addWidget(caption, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self.open, 0, 2)
        grid.addWidget(self.problem, 2, 1, 1, 3)
        self.hide()

    def ask(self, *, waits: bool, new: bool) -> None:
        """Show what a vault in this state needs; nothing while none waits."""
        self._new = new
        self.open.setText(tr("Make the vault") if new else tr("Unlock"))
        for widget in (self.again, self._captions[1]):
            widget.setVisible(new)
        self.setVisible(waits)
        say(
            self.problem,
            tr("Nobody can bring back a forgotten passphrase.") if new else "",
            role="muted",
        )

    def clear(self) -> None:
        """Forget what was typed."""
        self.passphrase.clear()
        self.again.clear()

    def _give(self) -> None:
        typed = self.passphrase.text()
        differ = self._new and typed != self.again.text()
        wrong = tr("Type the same passphrase in both fields.") if differ else ""
        say(self.problem, wrong, role="down")
        if typed and not wrong:
            self.given.emit(typed)
