"""Below the settings of a channel: a button that really sends, and what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.services.errands import Errands
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vaultdesk.settings import Settings

    Typed = Callable[[], Settings]
    Send = Callable[[str, Settings], Awaitable[str]]


class ChannelTest(QWidget):
    """Sends by what is typed above it, kept or not.

    `send` gives what the receiver said and raises KnownError; `secret` is what the channel needs
    from the page of credentials.
    """

    def __init__(self, channel: str, typed: Typed, send: Send, secret: str) -> None:
        super().__init__()
        self._channel, self._typed, self._send = channel, typed, send
        self.errands = Errands(self._refused)
        self.button = named(
            QPushButton(tr("Send a &test")),
            f"settings.{channel}.test",
            tr("Send a test by the settings as typed, whether or not they are saved"),
        )
        self.button.setAutoDefault(False)
        self.button.clicked.connect(lambda _checked: self.errands.begin(self._test()))
        self.answer = sentence(f"settings.{channel}.answer", tr("What came of the test"))
        say(self.answer, secret)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.addLayout(row)
        column.addWidget(self.answer)

    def allow(self, allowed: bool) -> None:
        """Whether what is typed is sound enough to send by."""
        self.button.setEnabled(allowed)

    async def _test(self) -> None:
        self.button.setEnabled(False)
        say(self.answer, tr("Sending …"), role="muted")
        try:
            said = await self._send(self._channel, self._typed())
        finally:
            self.button.setEnabled(True)
        say(self.answer, tr("✓ Sent. {said}").format(said=said).strip(), role="up")

    def _refused(self, told: str) -> None:
        say(self.answer, f"✗ {told}", role="down")
