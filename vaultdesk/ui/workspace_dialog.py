"""Asks under which name the window's arrangement is to be kept."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from vaultdesk.ports import KnownError
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr
from vaultdesk.ui.workspaces import NameTaken


class WorkspaceDialog(QDialog):
    """Calls `save` with the name; a name it refuses is told at the field."""

    failed = Signal(str)
    """It could not be kept; the sentence says why. The dialog closed."""

    def __init__(self, save: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "workspace.dialog", tr("Keep how the window is arranged"))
        self.setWindowTitle(tr("Save workspace"))
        self._keep = save
        self.name = named(QLineEdit(), "workspace.name", tr("A name for the arrangement"))
        self.name.setPlaceholderText(tr("Morning check"))
        self.name.setMaxLength(60)
        self.problem = named(QLabel(), "workspace.problem", tr("What is wrong with the name"))
        theme.role(self.problem, "down")
        label = QLabel(tr("&Name of the workspace"))
        label.setBuddy(self.name)
        box = QDialogButtonBox()
        self.save = box.addButton(tr("&Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = box.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        named(self.save, "workspace.save", tr("Keep it"))
        named(cancel, "workspace.cancel", tr("Keep nothing"))
        theme.role(self.save, "primary")
        box.accepted.connect(self._save)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (label, self.name, self.problem, box):
            column.addWidget(widget)
        self.setMinimumWidth(380)
        self.finished.connect(self.deleteLater)

    def _save(self) -> None:
        try:
            self._keep(self.name.text())
        except NameTaken as fault:
            self.problem.setText(str(fault))
        except KnownError as error:
            self.reject()
            self.failed.emit(str(error))
        else:
            self.accept()
