"""The connection, the account and the mode, at the top of the orders panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.life import Mode
from vaultdesk.ui import theme
from vaultdesk.ui.format import age, local_time
from vaultdesk.ui.orders.words import CONNECTIONS, MEANINGS, MODES, funds
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import Chip, say, sentence
from vaultdesk.ui.strategy.fields import Choice
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtGui import QResizeEvent

    from vaultdesk.core.orders.broker import Account, BrokerStatus

ONE_ROW = 620
"""Pixels of width from which chips and buttons stand side by side."""
FACES = {
    "connect": (tr("Co&nnect now"), tr("Do not wait until it is tried again by itself")),
    "on": (tr("Switch orders &on"), tr("Let orders be sent to practice accounts")),
    "off": (tr("Switch orders &off"), tr("Send no more orders")),
}
"""What the button can do: its words and what they mean."""


class BrokerBar(QWidget):
    """Says where orders would go and whether they may; tells what the user wants instead."""

    account_chosen = Signal(str)
    switched = Signal(bool)
    """Orders are to be sent, or not any more."""
    connect_asked = Signal()
    """The broker is to be connected at once."""
    live_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._status: BrokerStatus | None = None
        self._mode = Mode.READ_ONLY
        self._pending = False
        self.state = Chip("broker.state", tr("How the connection to the broker is"))
        self.mode = Chip("broker.mode", tr("Whether orders are sent, and with which money"))
        self.account = Choice("broker.account", tr("The account that orders go to"))
        self.account.setAccessibleName(tr("Account"))
        self.account.setMinimumContentsLength(9)
        self.connect_button = named(
            QPushButton(), "broker.connect", tr("Connects the broker, switches orders on and off")
        )
        self.live = named(
            QPushButton(tr("&Live…")), "broker.live", tr("Unlock orders with real money")
        )
        self.sentence = sentence("broker.sentence", tr("What the connection and the mode mean now"))
        self.funds = sentence("broker.funds", tr("The account's money, as the broker told it last"))
        for line in (self.sentence, self.funds):
            line.setFont(theme.ui_font(9))
        self._arrange()
        self.account.activated.connect(lambda _at: self.account_chosen.emit(self._chosen()))
        self.connect_button.clicked.connect(self._switch)
        self.live.clicked.connect(lambda _checked: self.live_asked.emit())

    def show_broker(self, status: BrokerStatus, mode: Mode, account: str, now: datetime) -> None:
        """Show the connection and the mode."""
        self._status, self._mode = status, mode
        sign, meant = CONNECTIONS[status.state], MODES[mode]
        colours = theme.current()
        self.state.tell(f"{sign.text} · {status.name}", getattr(colours, sign.tone))
        self.mode.tell(meant.text, getattr(colours, meant.tone))
        self._show_accounts(status, account)
        words, meant_by = FACES[self._deed()]
        self.connect_button.setText(words)
        self.connect_button.setToolTip(meant_by)
        theme.role(self.connect_button, "" if self._deed() == "off" else "primary")
        self.live.setEnabled(mode is not Mode.LIVE and bool(account) and not self._pending)
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Say what the state means and when the broker is tried again."""
        if self._status is None:
            return
        parts = [self._status.sentence or _default(self._status.state)]
        if self._status.retry_at is not None:
            left = self._status.retry_at - now
            parts.append(tr("It is tried again in {left}.").format(left=age(left)))
        parts.append(MEANINGS[self._mode])
        role = "down" if self._mode is Mode.LIVE else "muted"
        say(self.sentence, " ".join(filter(None, parts)), role=role)

    def show_funds(self, account: Account | None) -> None:
        """Show the account's money; what the broker does not tell is not given."""
        self.funds.setVisible(account is not None)
        if account is not None:
            told = tr("{source}, as of {time}").format(
                source=account.source, time=local_time(account.at)
            )
            say(self.funds, f"{funds(account)} · {told}", role="muted")

    def pend(self, *, pending: bool) -> None:
        """Something that was asked for is under way: it cannot be asked for again meanwhile."""
        self._pending = pending
        self.connect_button.setEnabled(not pending)
        live_now = self._mode is Mode.LIVE
        self.live.setEnabled(not pending and not live_now and self.account.count() > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In one row where there is room, else in two."""
        super().resizeEvent(event)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._rows.setDirection(across if event.size().width() >= ONE_ROW else down)

    def _arrange(self) -> None:
        told, asked = QHBoxLayout(), QHBoxLayout()
        for row in (told, asked):
            row.setSpacing(6)
        told.addWidget(self.state)
        told.addWidget(self.mode)
        told.addStretch(1)
        asked.addWidget(self.account, 1)
        asked.addWidget(self.connect_button)
        asked.addWidget(self.live)
        self._rows = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._rows.setSpacing(6)
        self._rows.addLayout(told, 1)
        self._rows.addLayout(asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._rows)
        column.addWidget(self.sentence)
        column.addWidget(self.funds)

    def _show_accounts(self, status: BrokerStatus, account: str) -> None:
        names = status.accounts or ((account,) if account else ())
        self.account.fill([(name, name) for name in names], account)
        self.account.setEnabled(len(names) > 1)
        self.account.setPlaceholderText(tr("no account"))

    def _chosen(self) -> str:
        return str(self.account.currentData() or "")

    def _deed(self) -> str:
        """Which of `FACES` the button wears."""
        if self._mode is not Mode.READ_ONLY:
            return "off"
        ready = self._status is not None and self._status.state is BrokerState.READY
        return "on" if ready else "connect"

    def _switch(self, _checked: bool = False) -> None:
        if self._deed() == "connect":
            self.connect_asked.emit()
        else:
            self.switched.emit(self._deed() == "on")


def _default(state: BrokerState) -> str:
    return {
        BrokerState.OFFLINE: tr("The broker is not connected."),
        BrokerState.CONNECTING: tr("Connecting to the broker."),
        BrokerState.SYNCING: tr("Reading what the broker has before anything may be sent."),
        BrokerState.READY: "",
        BrokerState.DEGRADED: tr("Connected, but the broker does not answer: nothing is sent."),
        BrokerState.READ_ONLY: tr("The broker's own settings refuse orders."),
    }[state]
