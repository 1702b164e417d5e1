"""The question where a file is to be written."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from vaultdesk.ui.panel import named


class Kind(NamedTuple):
    """A kind of file: what it is called, and how its name ends."""

    name: str
    ending: str


CSV = Kind("CSV", "csv")
RECORD = Kind("Record of a hedge", "json.gz")


def ask_where(
    parent: QWidget,
    area: str,
    title: str,
    proposed: str,
    chosen: Callable[[Path], object],
    kind: Kind = CSV,
) -> None:
    """Ask for a file, `proposed` by name; `chosen` is called unless the user thinks better."""
    dialog = named(QFileDialog(parent, title), f"{area}.export.dialog", "Where the file is written")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(f"{kind.name} (*.{kind.ending})")
    dialog.setDefaultSuffix(kind.ending)
    dialog.selectFile(f"{proposed}.{kind.ending}")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    dialog.open()
