"""The settings, as they are declared: pages, search, where each value comes from, and Save."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.services.errands import Errands
from vaultdesk.settings import SettingsError, declared, revised
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label, say, sentence
from vaultdesk.ui.settings.channel_page import ChannelTest
from vaultdesk.ui.settings.fields import SettingField, heading
from vaultdesk.ui.settings.secrets_page import SecretsPage
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from PySide6.QtGui import QShowEvent

    from vaultdesk.settings import Layered, Settings
    from vaultdesk.ui.settings.channel_page import Send
    from vaultdesk.ui.settings.secrets_page import Credentials, Secret

    Keep = Callable[[Mapping[str, Any]], Awaitable[Layered]]

SIZE = QSize(920, 600)
ROW_HEIGHT, PAGES_WIDTH = 32, 190
CHANGED = " •"
CREDENTIALS = tr("Credentials")
TESTED = {
    "mail": tr("The password is kept on the page Credentials."),
    "webhook": tr("The key that signs is kept on the page Credentials."),
}
"""Channels that can be tried on their page, and what else they need."""
NEXT_START = tr("What is changed on this page takes effect at the next start.")


class Section(QWidget):
    """The settings of one page under its heading, and what belongs below them."""

    def __init__(self, name: str, fields: Sequence[SettingField], below: QWidget | None) -> None:
        super().__init__()
        self.name, self.fields, self.below = name, tuple(fields), below
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(0)
        title = label(role="section")
        title.setText(name)
        column.addWidget(title)
        if not any(field.setting.live for field in fields):
            note = sentence()
            note.setText(NEXT_START)
            column.addWidget(note)
        column.addSpacing(6)
        for widget in (*fields, *([below] if below else [])):
            column.addWidget(widget)

    def narrow(self, words: str, *, chosen: bool) -> bool:
        """Show what the words are about, or all of the chosen page; gives whether anything is."""
        for field in self.fields:
            field.setVisible(not words or field.matches(words))
        found = chosen if not words else any(field.matches(words) for field in self.fields)
        self.setVisible(found)
        return found


class SettingsDialog(QDialog):
    """Edits the settings without blocking the desk: call `open()`.

    `keep` writes changes and gives what holds afterwards, or raises SettingsError; `send` sends a
    test through a channel. Secrets are kept by their own page, at once.
    """

    saved = Signal(object)
    """The Settings that hold now."""

    def __init__(
        self,
        held: Layered,
        keep: Keep,
        send: Send,
        credentials: Credentials,
        secrets: Sequence[Secret],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "settings.dialog", tr("The settings of the desk"))
        self.setWindowTitle(tr("Settings"))
        self._held, self._keep = held, keep
        self._asked = False
        self.problem = sentence("settings.problem", tr("What is wrong, or what was saved"))
        self.errands = Errands(lambda told: say(self.problem, told, role="down"))
        self.secrets = SecretsPage(credentials, secrets)
        self.tests = {
            name: ChannelTest(name, self.typed, send, note) for name, note in TESTED.items()
        }
        self.fields: dict[str, SettingField] = {}
        self.sections = self._made_sections()
        self._build()
        self._judge()
        say(self.problem, held.problem, role="down")
        self.resize(SIZE)

    def typed(self) -> Settings:
        """The settings as they stand in the fields.

        Raises:
            SettingsError: Some of what is typed cannot be used.
        """
        return revised(self._held.settings, self._changes())

    def show_page(self, name: str) -> None:
        """Open on this page."""
        names = [section.name for section in self.sections]
        self.search.clear()
        self.pages.setCurrentRow(names.index(name))

    def done(self, result: int) -> None:
        """Nothing goes on behind a closed dialog."""
        for errands in (
            self.errands,
            self.secrets.errands,
            *(t.errands for t in self.tests.values()),
        ):
            errands.cancel()
        super().done(result)

    def _made_sections(self) -> list[Section]:
        below = {name.capitalize(): test for name, test in self.tests.items()}
        pages = groupby(sorted(declared(), key=_place), key=lambda setting: setting.group)
        return [
            self._section(
                name, list(group), self.secrets if name == CREDENTIALS else below.get(name)
            )
            for name, group in pages
        ]

    def _section(self, name: str, settings: list[Any], below: QWidget | None) -> Section:
        made = []
        for setting in settings:
            value = getattr(self._held.settings, setting.name)
            field = SettingField(setting, value, self._held.origins[setting.name])
            field.changed.connect(self._judge)
            self.fields[setting.name] = field
            made.append(field)
        return Section(name, made, below)

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addLayout(self._left())
        row.addWidget(self._form(), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addLayout(self._ending())
        self._narrow()

    def _left(self) -> QVBoxLayout:
        """The search, and the pages below it."""
        self.search = named(
            QLineEdit(), "settings.search", tr("Words of a setting's name or sentence")
        )
        self.search.setAccessibleName(tr("Search"))
        self.search.setPlaceholderText(tr("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self._narrow())
        self.pages = named(QListWidget(), "settings.pages", tr("The pages of the settings"))
        self.pages.addItems([section.name for section in self.sections])
        for place in range(self.pages.count()):
            self.pages.item(place).setSizeHint(QSize(0, ROW_HEIGHT))
        self.pages.setCurrentRow(0)
        self.pages.currentRowChanged.connect(lambda _row: self.search.clear())
        self.pages.currentRowChanged.connect(lambda _row: self._narrow())
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.search.setFocus)
        left = QVBoxLayout()
        left.setContentsMargins(12, 12, 0, 0)
        left.addWidget(self.search)
        left.addWidget(self.pages, 1)
        self.search.setFixedWidth(PAGES_WIDTH)
        self.pages.setFixedWidth(PAGES_WIDTH)
        return left

    def _form(self) -> QScrollArea:
        self._nothing = sentence("settings.nothing", tr("That no setting matches the search"))
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 16, 20, 12)
        for section in self.sections:
            column.addWidget(section)
        column.addWidget(self._nothing)
        column.addStretch(1)
        self.form = named(QScrollArea(), "settings.form", tr("The settings of the chosen page"))
        self.form.setWidgetResizable(True)
        self.form.setFrameShape(QFrame.Shape.NoFrame)
        self.form.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.form.setWidget(inside)
        inside.setAutoFillBackground(False)
        return self.form

    def _ending(self) -> QHBoxLayout:
        self.save = named(QPushButton(tr("&Save")), "settings.save", tr("Keep what was changed"))
        theme.role(self.save, "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(lambda _checked: self.errands.begin(self._save()))
        self.close_button = named(
            QPushButton(tr("Close")), "settings.close", tr("Close; what was not saved is dropped")
        )
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setContentsMargins(20, 10, 20, 14)
        row.setSpacing(8)
        row.addWidget(self.problem, 1)
        row.addWidget(self.save)
        row.addWidget(self.close_button)
        return row

    def _narrow(self) -> None:
        words, chosen = self.search.text().strip(), self.pages.currentRow()
        found = [s.narrow(words, chosen=at == chosen) for at, s in enumerate(self.sections)]
        say(
            self._nothing,
            "" if any(found) else tr("No setting is about “{words}”.").format(words=words),
        )
        self._nothing.setVisible(not any(found))
        self.form.verticalScrollBar().setValue(0)
        self._look_at_secrets()

    def _look_at_secrets(self) -> None:
        """Ask the keyring once its page is seen, not before: it may ask for its password."""
        if not self._asked and self.secrets.isVisibleTo(self) and self.isVisible():
            self._asked = True
            self.secrets.errands.begin(self.secrets.refresh())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The page that is opened on may be that of the secrets."""
        super().showEvent(event)
        self._look_at_secrets()

    def _changes(self) -> dict[str, Any]:
        return {name: new for field in self.fields.values() for name, new in field.change().items()}

    def _judge(self) -> None:
        changes = self._changes()
        wrong = {name: why for name in changes if (why := self.fields[name].problem())}
        for place, section in enumerate(self.sections):
            touched = any(field.setting.name in changes for field in section.fields)
            self.pages.item(place).setText(section.name + CHANGED * touched)
        for name, why in wrong.items():
            told = tr("{setting} cannot be kept: {why}.").format(
                setting=heading(self.fields[name].setting), why=why
            )
            say(self.problem, told, role="down")
            break
        else:
            count = len(changes)
            told = (
                tr("{n} changes to save.", "{n} change to save.", count).format(n=count)
                if count
                else ""
            )
            say(self.problem, told, role="muted")
        self.save.setEnabled(bool(changes) and not wrong)
        self.close_button.setText(tr("Discard") if changes else tr("Close"))
        for test in self.tests.values():
            test.allow(not wrong)
        self.secrets.allow("secrets_in" not in changes)

    async def _save(self) -> None:
        changes = self._changes()
        try:
            self._held = await self._keep(changes)
        except SettingsError as error:
            say(self.problem, str(error), role="down")
            return
        for name, field in self.fields.items():
            field.rest_on(getattr(self._held.settings, name), self._held.origins[name])
        self._judge()
        later = [heading(s) for s in declared() if s.name in changes and not s.live]
        note = (
            tr(" Takes effect at the next start: {later}.").format(later=", ".join(later))
            if later
            else ""
        )
        say(self.problem, tr("✓ Saved.{note}").format(note=note), role="up")
        self.saved.emit(self._held.settings)
        if self._asked:
            await self.secrets.refresh()


def _place(setting: Any) -> int:  # noqa: ANN401
    """Where the setting's page stands: pages come in the order of their first settings."""
    return list(dict.fromkeys(s.group for s in declared())).index(setting.group)
