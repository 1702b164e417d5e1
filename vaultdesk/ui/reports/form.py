"""What a report is to be about and where it goes: its kind, its days, and the file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from vaultdesk.core.reports.kept import ReportKind
from vaultdesk.ui.day_field import DayField
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from datetime import date

BACK = timedelta(days=29)
"""From the first day that is offered to the last, which is today."""


class Left(msgspec.Struct, frozen=True):
    """How the dialog was left: the kind, the folder, and its size in logical pixels."""

    kind: ReportKind = ReportKind.LOAN
    folder: str = ""
    width: int = 760
    height: int = 560


def left(text: str) -> Left:
    """How it was left, as it was kept; as at first where that cannot be read."""
    try:
        return msgspec.json.decode(text, type=Left)
    except msgspec.MsgspecError:
        return Left()


class ReportForm(QWidget):
    """The fields; `changed` tells that another report is wanted."""

    changed = Signal()

    def __init__(self, kept: Left, today: date, zone: str) -> None:
        super().__init__()
        self._folder = Path(kept.folder or _documents())
        self._proposed = ""
        self.kind = named(QComboBox(), "report.kind", tr("What the report is about"))
        for kind, text in _kinds():
            self.kind.addItem(text, kind)
        self.kind.setCurrentIndex(self.kind.findData(kept.kind))
        clocks = tr("Days by the clocks of {zone}").format(zone=zone)
        self.start = DayField("report.from", tr("First day"), clocks)
        self.end = DayField("report.to", tr("Last day"), clocks)
        self.end.show_day(today)
        self.start.show_day(today - BACK)
        self.path = named(
            QLineEdit(), "report.path", tr("The file it is saved as; once saved, its place")
        )
        self.browse = named(
            QPushButton(tr("&Browse…")), "report.browse", tr("Choose the file in a dialog")
        )
        self.browse.setAutoDefault(False)
        self._lay()
        self.kind.currentIndexChanged.connect(self._edited)
        for field in (self.start, self.end):
            field.dateChanged.connect(self._edited)
        self.browse.clicked.connect(self._ask)
        self._edited()

    @property
    def folder(self) -> Path:
        """Where files were saved last, or are proposed."""
        return self._folder

    def chosen(self) -> ReportKind:
        """The kind."""
        return ReportKind(self.kind.currentData())

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of a diary; none of another kind."""
        if self.chosen() is not ReportKind.DIARY:
            return None, None
        return self.start.day(), self.end.day()

    def file(self) -> Path:
        """What is typed as the file: a PDF, in the folder proposed where none is named."""
        typed = Path(self.path.text().strip() or self._proposed).expanduser()
        path = typed if typed.is_absolute() else self._folder / typed
        if path.is_dir():
            path /= self._proposed
        return path if path.suffix.lower() == ".pdf" else path.with_name(f"{path.name}.pdf")

    def propose(self, name: str) -> None:
        """Offer a file of this name in the folder."""
        self._proposed = name
        self.path.setText(str(self._folder / name))
        self.path.setCursorPosition(0)

    def saved(self, path: Path) -> None:
        """Show where it is, and propose that folder from now on."""
        self._folder = path.parent
        self.path.setText(str(path))

    def allow(self, *, fields: bool, file: bool) -> None:
        """Whether another report can be chosen, and another file."""
        diary = self.chosen() is ReportKind.DIARY
        self.kind.setEnabled(fields)
        for field in (self.start, self.end):
            field.setEnabled(fields and diary)
        for part in (self.path, self.browse):
            part.setEnabled(file)

    def propose_new(self) -> None:
        """Offer a file for a report that is not made yet."""
        self.propose(_name(self.chosen(), *self.days()))

    def _edited(self) -> None:
        self.propose_new()
        self.changed.emit()

    def _lay(self) -> None:
        days = QHBoxLayout()
        days.addWidget(self.start)
        days.addWidget(self.end)
        days.addStretch(1)
        file = QHBoxLayout()
        file.addWidget(self.path, 1)
        file.addWidget(self.browse)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(10)
        form.addRow(_caption(tr("&Report on"), self.kind), self.kind)
        form.addRow(_caption(tr("&From and to"), self.start), days)
        form.addRow(_caption(tr("Save &as"), self.path), file)

    def _ask(self) -> None:
        dialog = named(
            QFileDialog(self, tr("Save the report")), "report.export.dialog",
            tr("Where the file is written"),
        )  # fmt: skip
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # no file is written over
        dialog.setNameFilter(tr("Report") + " (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(str(self.file()))
        dialog.fileSelected.connect(self.path.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _caption(text: str, field: QWidget) -> QLabel:
    made = label(role="muted")
    made.setText(text)
    made.setBuddy(field)
    return made


def _kinds() -> tuple[tuple[ReportKind, str], ...]:
    return (
        (ReportKind.LOAN, tr("The loan as it stands now")),
        (ReportKind.DIARY, tr("What happened between two days")),
        (ReportKind.DECISION, tr("The newest hedging decision")),
    )


def _name(kind: ReportKind, start: date | None, end: date | None) -> str:
    days = f"-{start}-to-{end}" if start and end else ""
    return f"vaultdesk-{kind.value}{days}.pdf"


def _documents() -> str:
    place = QStandardPaths.StandardLocation.DocumentsLocation
    folder = QStandardPaths.writableLocation(place)
    return folder if folder and Path(folder).is_dir() else str(Path.home())
