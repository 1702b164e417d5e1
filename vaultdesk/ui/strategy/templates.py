"""Templates in the builder: chosen from a list, and a menu to save, rename and delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

from vaultdesk.core.hedge.templates import LONGEST, READY
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.strategy.fields import Choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.hedge.templates import Template


class TemplateBar(QWidget):
    """Tells what is asked for; whoever keeps the templates does it."""

    applied = Signal(object)
    """The Template chosen."""
    save_asked = Signal(str)
    """The name to keep the hedge under."""
    rename_asked = Signal(str, str)
    delete_asked = Signal(str)
    undo_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._own: tuple[Template, ...] = ()
        self.list = Choice("strategy.template", "Start from a template")
        self.list.setAccessibleName("Template")
        self.list.setPlaceholderText("Templates")
        self.menu_button = named(
            QToolButton(), "strategy.template.menu", "Save, rename or delete a template"
        )
        self.menu_button.setText("Keep…")
        self.menu_button.setToolTip("Save, rename or delete a template")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.menu_button)
        self.save = _entry(menu, "&Save as template…", self._ask_save)
        self.rename = _entry(menu, "&Rename template…", self._ask_rename)
        self.delete = _entry(menu, "&Delete template", self._ask_delete)
        menu.addSeparator()
        self.undo = _entry(menu, "&Undo", self.undo_asked.emit)
        self.menu_button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self.list, 1)
        row.addWidget(self.menu_button)
        self.list.activated.connect(self._apply)
        self.list.currentIndexChanged.connect(lambda _index: self._allow())
        self.show_templates((), usable=False, undoable="")

    def show_templates(self, own: Sequence[Template], *, usable: bool, undoable: str) -> None:
        """Offer the ready ones and one's own; `undoable` is what undoing would take back."""
        chosen = self.list.currentText()
        self._own = tuple(own)
        with QSignalBlocker(self.list):
            self.list.clear()
            for template in (*self._own, *READY):
                self.list.addItem(template.name, template)
            if self._own:
                self.list.insertSeparator(len(self._own))
            self.list.setCurrentIndex(self.list.findText(chosen) if chosen else -1)
        self.save.setEnabled(usable)
        self.undo.setEnabled(bool(undoable))
        self.undo.setText(f"&Undo {undoable}".strip())
        self._allow()

    def choose(self, name: str) -> None:
        """Mark a template without applying it; "" for none."""
        with QSignalBlocker(self.list):
            self.list.setCurrentIndex(self.list.findText(name) if name else -1)
        self._allow()

    def _allow(self) -> None:
        own = self._chosen_own() is not None
        self.rename.setEnabled(own)
        self.delete.setEnabled(own)

    def _chosen_own(self) -> Template | None:
        return next((one for one in self._own if one.name == self.list.currentText()), None)

    def _apply(self, index: int) -> None:
        template = self.list.itemData(index)
        if template is not None:
            self.applied.emit(template)

    def _ask_save(self) -> None:
        NameDialog("Save template", "", self.save_asked.emit, self).open()

    def _ask_rename(self) -> None:
        own = self._chosen_own()
        if own is not None:
            old = own.name
            NameDialog(
                "Rename template", old, lambda new: self.rename_asked.emit(old, new), self
            ).open()

    def _ask_delete(self) -> None:
        own = self._chosen_own()
        if own is not None:
            self.delete_asked.emit(own.name)


class NameDialog(QDialog):
    """Asks for a template's name."""

    def __init__(self, title: str, name: str, take: object, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "strategy.template.dialog", title)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.name = named(QLineEdit(name), "strategy.template.name", "The template's name")
        self.name.setMaxLength(LONGEST)
        self.name.setPlaceholderText("Winter collar")
        caption = QLabel("&Name of the template")
        caption.setBuddy(self.name)
        box = QDialogButtonBox()
        self.save = box.addButton("&Save", QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = box.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        named(self.save, "strategy.template.save", "Keep it under this name")
        named(cancel, "strategy.template.cancel", "Change nothing")
        theme.role(self.save, "primary")
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self.accepted.connect(lambda: take(self.name.text()))  # type: ignore[operator]
        self.name.textChanged.connect(lambda _text: self._allow())
        column = QVBoxLayout(self)
        for widget in (caption, self.name, box):
            column.addWidget(widget)
        self.setMinimumWidth(360)
        self.name.selectAll()
        self._allow()

    def _allow(self) -> None:
        self.save.setEnabled(bool(self.name.text().strip()))


def _entry(menu: QMenu, text: str, act: object) -> QAction:
    action = QAction(text, menu)
    action.triggered.connect(lambda _checked: act())  # type: ignore[operator]
    menu.addAction(action)
    return action
