"""Where passwords are kept, and the fields to type new ones: what is kept is never shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label, say, sentence
from vaultdesk.ui.settings.vault_lock import CAPTION_WIDTH, VaultLock, password_field
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

NEW, LOCKED = "new", "locked"
UNKNOWN = "unknown"
"""Whether a secret is kept, while nobody could read that."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret the desk may need: its name in the store, what it is called, what it is for."""

    name: str
    heading: str
    meaning: str


class Credentials(Protocol):
    """Where secrets are kept as the settings say; each call may raise KnownError."""

    async def describe(self) -> str:
        """Where they are kept, or why nowhere, in one sentence."""

    async def keeps(self, name: str) -> bool:
        """Whether a secret of this name is kept."""

    async def set(self, name: str, secret: str) -> None:
        """Keep a secret in place of what was there."""

    async def delete(self, name: str) -> None:
        """Forget a secret; one that is not kept is no error."""

    def awaits_passphrase(self) -> str:
        """`NEW` or `LOCKED` while a vault waits for its passphrase, else empty."""

    async def unlock(self, passphrase: str) -> None:
        """Open the vault, or make a new one with this passphrase."""


class SecretsPage(QWidget):
    """Says what is kept and keeps what is typed at once, apart from the settings' own Save."""

    changed = Signal()
    """A secret was kept or forgotten, or a vault opened."""
    entered = Signal(str, bool)
    """The heading of a secret that was kept, or forgotten where False."""

    def __init__(self, credentials: Credentials, secrets: Sequence[Secret]) -> None:
        super().__init__()
        self._credentials, self._secrets = credentials, tuple(secrets)
        self.errands = Errands(self._refused)
        self.where = sentence("settings.secrets.where", tr("Where passwords are kept"), "note")
        self.answer = sentence("settings.secrets.answer", tr("What came of the last change"))
        self.fields: dict[str, QLineEdit] = {}
        self.states: dict[str, QLabel] = {}
        self._buttons: dict[str, tuple[QPushButton, QPushButton]] = {}
        self.lock = VaultLock()
        self.lock.given.connect(lambda typed: self.errands.begin(self._unlock(typed)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.where)
        column.addWidget(self.lock)
        column.addLayout(self._form())
        column.addWidget(self.answer)

    async def refresh(self) -> None:
        """Ask anew where secrets are kept and which there are."""
        say(self.where, await self._credentials.describe())
        waits = self._credentials.awaits_passphrase()
        self.lock.ask(waits=bool(waits), new=waits == NEW)
        for state in self.states.values():
            say(state, UNKNOWN)
        for secret in self._secrets:
            kept = not waits and await self._credentials.keeps(secret.name)
            say(
                self.states[secret.name],
                tr("locked") if waits else tr("kept") if kept else tr("not kept"),
            )
            self.fields[secret.name].setEnabled(not waits)
            self._allow(secret.name, kept=kept)

    def allow(self, allowed: bool) -> None:
        """Whether the choice above was saved: till then it is not known where to keep anything."""
        self.setEnabled(allowed)
        say(self.answer, "" if allowed else tr("Save the choice above first."), role="muted")

    def _form(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(5, 1)
        for place, secret in enumerate(self._secrets):
            self._add(grid, 2 * place, secret)
        return grid

    def _add(self, grid: QGridLayout, at: int, secret: Secret) -> None:
        identifier = f"settings.secret.{secret.name}"
        field = password_field(identifier, secret.meaning)
        field.setAccessibleName(secret.heading)
        state = label(f"{identifier}.state", tr("Whether it is kept"), "badge")
        keep = named(QPushButton(tr("Keep")), f"{identifier}.keep", tr("Keep what is typed"))
        forget = named(QPushButton(tr("Forget")), f"{identifier}.forget", tr("Forget what is kept"))
        keep.clicked.connect(lambda _checked: self.errands.begin(self._keep(secret)))
        forget.clicked.connect(lambda _checked: self.errands.begin(self._forget(secret)))
        field.returnPressed.connect(keep.click)
        field.textChanged.connect(lambda text: keep.setEnabled(bool(text)))
        caption = QLabel(secret.heading)
        caption.setBuddy(field)
        caption.setFixedWidth(CAPTION_WIDTH)
        for place, widget in enumerate((caption, field, state, keep, forget)):
            grid.addWidget(widget, at, place, Qt.AlignmentFlag.AlignVCenter)
        for button in (keep, forget):
            button.setAutoDefault(False)
            button.setEnabled(False)
        note = sentence(role="muted")
        note.setFont(theme.ui_font(9))
        say(note, secret.meaning)
        grid.addWidget(note, at + 1, 1, 1, 5)
        grid.setRowMinimumHeight(at + 1, 2 * self.fontMetrics().lineSpacing())
        self.fields[secret.name], self.states[secret.name] = field, state
        self._buttons[secret.name] = keep, forget

    def _allow(self, name: str, *, kept: bool) -> None:
        keep, forget = self._buttons[name]
        keep.setEnabled(bool(self.fields[name].text()))
        forget.setEnabled(kept)

    async def _keep(self, secret: Secret) -> None:
        await self._credentials.set(secret.name, self.fields[secret.name].text())
        self.fields[secret.name].clear()
        await self.refresh()
        say(self.answer, tr("✓ {heading} is kept.").format(heading=secret.heading), role="up")
        self.entered.emit(secret.heading, True)
        self.changed.emit()

    async def _forget(self, secret: Secret) -> None:
        await self._credentials.delete(secret.name)
        await self.refresh()
        say(self.answer, tr("{heading} is forgotten.").format(heading=secret.heading), role="muted")
        self.entered.emit(secret.heading, False)
        self.changed.emit()

    async def _unlock(self, passphrase: str) -> None:
        await self._credentials.unlock(passphrase)
        self.lock.clear()
        await self.refresh()
        say(self.answer, tr("✓ The vault is open until the desk closes."), role="up")
        self.changed.emit()

    def _refused(self, told: str) -> None:
        say(self.answer, told, role="down")
