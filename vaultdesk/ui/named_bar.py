"""Things kept by their names: chosen from a list, and a menu to save, rename and delete them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.core.hedge.naming import LONGEST, tidy
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import sentence
from vaultdesk.ui.strategy.fields import Choice
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


@dataclass(frozen=True, slots=True)
class BarWords:
    """What the bar and its dialog say; `area` begins their accessible identifiers.

    Attributes:
        area: "strategy.template".
        one: what one of them is called.
        many: what stands in the list while none is chosen.
        choosing: what choosing one does.
        keeping: what the menu is for.
        save, rename, delete: the entries of the menu.
        save_title, rename_title: of the dialog.
        caption, meaning, example: of the name in it.
        replacing: the question before another of the name `{name}` is replaced; empty to ask none.
    """

    area: str
    one: str
    many: str
    choosing: str
    keeping: str
    save: str
    rename: str
    delete: str
    save_title: str
    rename_title: str
    caption: str
    meaning: str
    example: str
    replacing: str = ""


class NamedBar(QWidget, Generic[T]):
    """Tells what is asked for; whoever keeps the things does it.

    `ready` come with the desk and stand below one's own: they are neither renamed nor deleted.
    """

    applied = Signal(object)
    """The thing chosen."""
    save_asked = Signal(str)
    """The name to keep what there is now under."""
    rename_asked = Signal(str, str)
    delete_asked = Signal(str)
    undo_asked = Signal()

    def __init__(self, words: BarWords, ready: Sequence[T]) -> None:
        super().__init__()
        self._words, self._ready = words, ready
        self._own: tuple[T, ...] = ()
        self.list = Choice(words.area, words.choosing)
        self.list.setAccessibleName(words.one)
        self.list.setPlaceholderText(words.many)
        self.menu_button = named(QToolButton(), f"{words.area}.menu", words.keeping)
        self.menu_button.setText(tr("Keep…"))
        self.menu_button.setToolTip(words.keeping)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = named(QMenu(self.menu_button), f"{words.area}.entries", words.keeping)
        self.save = _entry(menu, words.save, self._ask_save)
        self.rename = _entry(menu, words.rename, self._ask_rename)
        self.delete = _entry(menu, words.delete, self._ask_delete)
        menu.addSeparator()
        self.undo = _entry(menu, tr("&Undo"), self.undo_asked.emit)
        self.menu_button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self.list, 1)
        row.addWidget(self.menu_button)
        self.list.activated.connect(self._apply)
        self.list.currentIndexChanged.connect(lambda _index: self._allow())
        self.show_kept((), usable=False, undoable="")

    def show_kept(self, own: Sequence[T], *, usable: bool, undoable: str) -> None:
        """Offer one's own and the ready ones; `undoable` is what undoing would take back."""
        chosen = self.list.currentText()
        self._own = tuple(own)
        with QSignalBlocker(self.list):
            self.list.clear()
            for thing in (*self._own, *self._ready):
                self.list.addItem(thing.name, thing)
            if self._own:
                self.list.insertSeparator(len(self._own))
            self.list.setCurrentIndex(self.list.findText(chosen) if chosen else -1)
        self.save.setEnabled(usable)
        self.undo.setEnabled(bool(undoable))
        undo = tr("&Undo {what}").format(what=undoable) if undoable else tr("&Undo")
        self.undo.setText(undo)
        self._allow()

    def choose(self, name: str) -> None:
        """Mark one without applying it; "" for none."""
        with QSignalBlocker(self.list):
            self.list.setCurrentIndex(self.list.findText(name) if name else -1)
        self._allow()

    def _allow(self) -> None:
        own = self._chosen_own() is not None
        self.rename.setEnabled(own)
        self.delete.setEnabled(own)

    def _chosen_own(self) -> T | None:
        return next((one for one in self._own if one.name == self.list.currentText()), None)

    def _apply(self, index: int) -> None:
        thing = self.list.itemData(index)
        if thing is not None:
            self.applied.emit(thing)

    def _ask_save(self) -> None:
        taken = {one.name for one in self._own} if self._words.replacing else set()
        words = self._words
        NameDialog(words, words.save_title, "", self.save_asked.emit, self, taken).open()

    def _ask_rename(self) -> None:
        own, words = self._chosen_own(), self._words
        if own is not None:
            old = own.name
            NameDialog(
                words, words.rename_title, old, lambda new: self.rename_asked.emit(old, new), self
            ).open()

    def _ask_delete(self) -> None:
        own = self._chosen_own()
        if own is not None:
            self.delete_asked.emit(own.name)


class NameDialog(QDialog):
    """Asks for a name; before one of the `taken` is replaced it is asked once more."""

    def __init__(
        self,
        words: BarWords,
        title: str,
        name: str,
        take: Callable[[str], object],
        parent: QWidget,
        taken: frozenset[str] | set[str] = frozenset(),
    ) -> None:
        super().__init__(parent)
        named(self, f"{words.area}.dialog", title)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._words, self._taken, self._asked = words, taken, False
        self.name = named(QLineEdit(name), f"{words.area}.name", words.meaning)
        self.name.setMaxLength(LONGEST)
        self.name.setPlaceholderText(words.example)
        self.question = sentence(f"{words.area}.question", tr("What replacing would lose"), "")
        self.question.hide()
        caption = QLabel(words.caption)
        caption.setBuddy(self.name)
        column = QVBoxLayout(self)
        for widget in (caption, self.name, self.question, self._buttons()):
            column.addWidget(widget)
        self.accepted.connect(lambda: take(self.name.text()))
        self.name.textChanged.connect(lambda _text: self._allow())
        self.setMinimumWidth(360)
        self.name.selectAll()
        self._allow()

    def accept(self) -> None:
        """Take the name, or ask whether what has it may go."""
        name = tidy(self.name.text())
        if name not in self._taken or self._asked:
            super().accept()
            return
        self._asked = True
        self.question.setText(self._words.replacing.format(name=name))
        self.question.show()
        self.save.setText(tr("&Replace"))

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        self.save = box.addButton(tr("&Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = box.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        named(self.save, f"{self._words.area}.save", tr("Keep it under this name"))
        named(cancel, f"{self._words.area}.cancel", tr("Change nothing"))
        theme.role(self.save, "primary")
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box

    def _allow(self) -> None:
        self._asked = False
        self.question.hide()
        self.save.setText(tr("&Save"))
        self.save.setEnabled(bool(self.name.text().strip()))


def _entry(menu: QMenu, text: str, act: Callable[[], object]) -> QAction:
    action = QAction(text, menu)
    action.triggered.connect(lambda _checked: act())
    menu.addAction(action)
    return action
