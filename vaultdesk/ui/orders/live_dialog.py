"""What live means, and the account's name typed before it is unlocked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, label, say, sentence
from vaultdesk.ui.translation import tr

WIDTH = 520


class LiveDialog(QDialog):
    """Tells what was typed once it is the account's name; `refuse` says why it did not help."""

    unlocked = Signal(str)
    """The account as it was typed."""

    def __init__(
        self,
        account: str,
        broker: str,
        guard: str,
        forbidden: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`guard` says what stays in force; `forbidden` says why it cannot be."""
        super().__init__(parent)
        named(self, "broker.live.dialog", tr("Unlock orders with real money"))
        self.setWindowTitle(tr("Orders with real money"))
        self._account = account
        self._headline = label("broker.live.headline", tr("What is about to be unlocked"), "down")
        self._headline.setFont(theme.ui_font(13, SEMIBOLD))
        say(self._headline, tr("■ LIVE: real money in account {account}").format(account=account))
        self.meaning = sentence("broker.live.meaning", tr("What live means"), role="")
        say(self.meaning, "\n\n".join((*_meaning(account, broker), guard)))
        self.typed = named(
            QLineEdit(),
            "broker.live.account",
            tr("Type {account} exactly to unlock it").format(account=account),
        )
        self.typed.setAccessibleName(tr("Account"))
        self.problem = sentence("broker.live.problem", tr("Why it was not unlocked"), "down")
        self.unlock = named(
            QPushButton(tr("Unlock li&ve orders")),
            "broker.live.unlock",
            tr("Send orders with real money"),
        )
        self.stay = named(
            QPushButton(tr("Stay as it is")), "broker.live.cancel", tr("Unlock nothing")
        )
        self._build()
        self.typed.textChanged.connect(lambda _text: self._judge())
        self.typed.returnPressed.connect(self._unlock)
        self.unlock.clicked.connect(lambda _checked: self._unlock())
        self.stay.clicked.connect(self.reject)
        self.finished.connect(self.deleteLater)
        self.typed.setEnabled(not forbidden)
        say(self.problem, forbidden)
        self._judge()

    def refuse(self, why: str) -> None:
        """Say why it was not unlocked, and let it be tried again."""
        say(self.problem, why)
        self.typed.setEnabled(True)
        self._judge()

    def _judge(self) -> None:
        self.unlock.setEnabled(self.typed.isEnabled() and self.typed.text() == self._account)

    def _unlock(self) -> None:
        """Once: what was typed is fixed while it is under way."""
        if self.unlock.isEnabled():
            self.typed.setEnabled(False)
            self._judge()
            self.unlocked.emit(self.typed.text())

    def _build(self) -> None:
        caption = label()
        caption.setText(
            tr("&Type the account's name, {account}, to unlock it").format(account=self._account)
        )
        caption.setBuddy(self.typed)
        ending = QHBoxLayout()
        ending.addStretch(1)
        ending.addWidget(self.unlock)
        ending.addWidget(self.stay)
        for button in (self.unlock, self.stay):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        for widget in (self._headline, self.meaning, caption, self.typed, self.problem):
            column.addWidget(widget)
        column.addLayout(ending)
        self.setFixedWidth(WIDTH)


def _meaning(account: str, broker: str) -> tuple[str, str]:
    sent = tr(
        "Every order you send from now on goes to {broker} for account {account} "
        "and is traded at the exchange. A trade cannot be taken back, and "
        "options that are sold can cost many times what they bring in."
    ).format(broker=broker, account=account)
    lasts = tr(
        "Each order is still previewed and sent by one click of yours. The "
        "window has a red frame and the word LIVE while it lasts: until you "
        "switch orders off or close the desk. Both are written to the audit log."
    )
    return sent, lasts
