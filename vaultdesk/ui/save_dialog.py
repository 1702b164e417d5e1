"""The question where a table is to be written."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from vaultdesk.ui.panel import named


def ask_for_csv(
    parent: QWidget, area: str, title: str, proposed: str, chosen: Callable[[Path], object]
) -> None:
    """Ask for a CSV file, `proposed` by name; `chosen` is called unless the user thinks better."""
    dialog = named(QFileDialog(parent, title), f"{area}.export.dialog", "Where the file is written")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter("CSV (*.csv)")
    dialog.setDefaultSuffix("csv")
    dialog.selectFile(f"{proposed}.csv")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    dialog.open()
