"""The question where a file is to be written."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr


class Kind(NamedTuple):
    """A kind of file: what it is called, and how its name ends."""

    name: str
    ending: str


CSV = Kind("CSV", "csv")
RECORD = Kind(tr("Record of a hedge"), "json.gz")
REPORT = Kind(tr("Report"), "pdf")


def ask_where(
    parent: QWidget,
    area: str,
    title: str,
    proposed: str,
    chosen: Callable[[Path], object],
    *kinds: Kind,
) -> None:
    """Ask for a file, `proposed` by name; `chosen` is called unless the user thinks better.

    Of several `kinds` the first is proposed; none at all is a table.
    """
    offered = kinds or (CSV,)
    dialog = named(
        QFileDialog(parent, title), f"{area}.export.dialog", tr("Where the file is written")
    )
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    endings = {f"{kind.name} (*.{kind.ending})": kind.ending for kind in offered}
    dialog.setNameFilters(list(endings))
    dialog.setDefaultSuffix(offered[0].ending)
    dialog.selectFile(f"{proposed}.{offered[0].ending}")
    dialog.filterSelected.connect(lambda name: _retype(dialog, proposed, endings[name]))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    dialog.open()


def _retype(dialog: QFileDialog, proposed: str, ending: str) -> None:
    """Propose a name of the kind that was chosen."""
    dialog.setDefaultSuffix(ending)
    dialog.selectFile(f"{proposed}.{ending}")
