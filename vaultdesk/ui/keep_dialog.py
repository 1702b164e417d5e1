"""Back up and restore in the window: which file, how far it is, and what went wrong."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.save_dialog import Kind, ask_where
from vaultdesk.ui.translation import tr

ENDING = "vaultdesk"
WIDTH = 460
WHOLE = 1000
"""Steps of the progress bar."""


class KeepDialog(QDialog):
    """What both have: a text, a progress bar, a sentence on what went wrong, and two buttons."""

    def __init__(self, title: str, text: str, go: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        named(self, "keep.dialog", title)
        self.text = named(QLabel(text), "keep.text")
        self.problem = named(QLabel(), "keep.problem", tr("Why it was not done"))
        for label in (self.text, self.problem):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        theme.role(self.problem, "down")
        self.bar = named(QProgressBar(), "keep.progress", tr("How much is done"))
        self.bar.setRange(0, WHOLE)
        self.bar.hide()
        self.problem.hide()
        self._closed = self._decided = False
        box = QDialogButtonBox()
        self.go: QPushButton = box.addButton(go, QDialogButtonBox.ButtonRole.AcceptRole)
        self.cancel: QPushButton = box.addButton(
            tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole
        )
        named(self.go, "keep.go", tr("Begins"))
        named(self.cancel, "keep.cancel", tr("Stops, and changes nothing"))
        theme.role(self.go, "primary")
        box.accepted.connect(self.begin)
        box.rejected.connect(self.reject)
        self.column = QVBoxLayout(self)
        for widget in (self.text, self.bar, self.problem, box):
            self.column.addWidget(widget)
        self.setMinimumWidth(WIDTH)
        self.finished.connect(self._close)

    def begin(self) -> None:
        """What the first button does."""
        raise NotImplementedError

    def working(self) -> None:
        """Show that it has begun; only stopping it is possible now."""
        self.go.setEnabled(False)
        self.problem.hide()
        self.bar.setValue(0)
        self.bar.show()

    def decided(self) -> None:
        """From here on it cannot be stopped any more; it takes a moment only."""
        self._decided = True
        self.cancel.setEnabled(False)

    def reject(self) -> None:
        """Stop it, where that is still possible."""
        if not self._decided:
            super().reject()

    def progress(self, done: float) -> None:
        """Show how much is done, from 0 to 1; once closed it does nothing."""
        if not self._closed:
            self.bar.setValue(round(done * WHOLE))

    def fail(self, sentence: str) -> None:
        """Say what went wrong; it can be begun again."""
        if not self._closed:
            self._decided = False
            self.bar.hide()
            self.go.setEnabled(True)
            self.cancel.setEnabled(True)
            self.problem.setText(sentence)
            self.problem.show()

    def _close(self) -> None:
        self._closed = True
        self.deleteLater()


class BackUpDialog(KeepDialog):
    """Asks where a backup is written."""

    chosen = Signal(object, bool)
    """Where, and whether with the vault of passwords."""

    def __init__(self, proposed: str, *, vault: bool, parent: QWidget | None = None) -> None:
        text = tr(
            "The backup holds the database, the settings and the window's layouts. Passwords of "
            "the keyring, logs and fetched prices are not in it."
        )
        super().__init__(tr("Back up"), text, tr("&Choose a file…"), parent)
        self._proposed = proposed
        self.vault = named(
            QCheckBox(tr("With the &vault of passwords, encrypted as it is")),
            "keep.vault",
            tr("Whether the vault is in the backup too"),
        )
        self.vault.setVisible(vault)
        self.column.insertWidget(1, self.vault)

    def begin(self) -> None:
        """Ask for the file."""
        backup = Kind(tr("Backup"), ENDING)
        ask_where(self, "keep", tr("Back up"), self._proposed, self._choose, backup)

    def _choose(self, path: Path) -> None:
        self.working()
        self.chosen.emit(path, self.vault.isChecked())


class RestoreDialog(KeepDialog):
    """Asks which backup takes the profile's place."""

    chosen = Signal(object)
    """The backup; it was confirmed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        text = tr(
            "The backup is looked through first. Then VaultDesk closes, and at its next start the "
            "backup takes the place of this profile, which is kept in a backup of its own beside "
            "it. Orders that were open then are compared with the broker."
        )
        super().__init__(tr("Restore"), text, tr("&Restore and close"), parent)
        self.path: Path | None = None
        self.file = named(QLabel(tr("No backup is chosen.")), "keep.file", tr("The backup"))
        self.file.setWordWrap(True)
        self.file.setTextFormat(Qt.TextFormat.PlainText)
        self.choose = named(
            QPushButton(tr("&Choose a backup…")), "keep.choose", tr("Asks for the backup's file")
        )
        self.choose.clicked.connect(self._ask)
        self.column.insertWidget(1, self.choose)
        self.column.insertWidget(2, self.file)
        self.go.setEnabled(False)

    def begin(self) -> None:
        """The backup was confirmed."""
        self.choose.setEnabled(False)
        self.working()
        self.chosen.emit(self.path)

    def fail(self, sentence: str) -> None:
        """Say what went wrong; another may be chosen."""
        if not self._closed:
            self.choose.setEnabled(True)
        super().fail(sentence)

    def _ask(self) -> None:
        dialog = named(
            QFileDialog(self, tr("Restore")), "keep.open.dialog", tr("Which backup is restored")
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Backup (*.{ending})").format(ending=ENDING))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._chose)
        dialog.open()

    def _chose(self, name: str) -> None:
        self.path = Path(name)
        self.file.setText(str(self.path))
        self.problem.hide()
        self.go.setEnabled(True)
