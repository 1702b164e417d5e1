"""Reports: one is made, saved, mailed or shared, and those that are kept are brought out again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.events import ReportMade
from vaultdesk.services.errands import Errands
from vaultdesk.services.report_files import file_name
from vaultdesk.ui import theme
from vaultdesk.ui.format import local_minute
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label, say, sentence
from vaultdesk.ui.reports.form import Left, ReportForm, left
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable
    from datetime import date
    from pathlib import Path

    from vaultdesk.core.reports.kept import ReportRow
    from vaultdesk.events import Bus
    from vaultdesk.services.reports import ReportService

ROW = Qt.ItemDataRole.UserRole
ROW_HEIGHT, PROGRESS_HEIGHT = 28, 6


class ReportDialog(QDialog):
    """Call `open()`. What is chosen in the list is saved, mailed and shared; at first a new one.

    `open_file` shows a file in the system's viewer. `kept` is how the dialog was left.
    """

    view_changed = Signal(str)
    """How it was left, to be given as `kept` the next time."""

    def __init__(
        self,
        service: ReportService,
        bus: Bus,
        *,
        today: date,
        zone: str,
        kept: str = "",
        open_file: Callable[[Path], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "report.dialog", tr("Reports as PDF files"))
        self.setWindowTitle(tr("Reports"))
        was = left(kept)
        self._service, self._open_file = service, open_file or _in_viewer
        self._working: asyncio.Task[None] | None = None
        self._file: Path | None = None
        self._made: ReportRow | None = None
        self.errands = Errands(lambda told: say(self.said, told, role="down"))
        self.form = ReportForm(was, today, zone)
        self.list = named(QListWidget(), "report.list", tr("Reports kept, the newest first"))
        self.said = sentence("report.said", tr("What became of it, or what is wrong"))
        self.progress = named(QProgressBar(), "report.progress", tr("Something is under way"))
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(PROGRESS_HEIGHT)
        self.buttons = self._made_buttons()
        self._lay()
        self.form.changed.connect(self._wish)
        self.list.currentRowChanged.connect(self._picked)
        self.list.itemActivated.connect(lambda _item: self.save())
        self._show(())
        self._undo = bus.subscribe(ReportMade, lambda _event: self._read())
        self.resize(was.width, was.height)
        self._read()

    def save(self) -> None:
        """Write what is chosen to the file that is named, over no other."""
        self._do(self._saved)

    def mail(self) -> None:
        """Mail what is chosen."""
        self._do(self._mailed, again=True)

    def share(self) -> None:
        """Bring what is chosen into the shared folder."""
        self._do(self._shared, again=True)

    def cancel(self) -> None:
        """End what is under way; nothing of it stays."""
        if self._working is not None and not self._working.done():
            self._working.cancel()
            say(self.said, tr("Cancelled: nothing was made."), role="muted")

    def reject(self) -> None:
        """Escape ends what is under way, and closes the dialog when nothing is."""
        if self.busy:
            self.cancel()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Nothing goes on behind a closed dialog."""
        self._undo()
        self.errands.cancel()
        was = Left(self.form.chosen(), str(self.form.folder), self.width(), self.height())
        self.view_changed.emit(msgspec.json.encode(was).decode())
        super().done(result)

    @property
    def busy(self) -> bool:
        """Whether a report is being made or brought out."""
        return self._working is not None and not self._working.done()

    def _do(self, work: Callable[[str], Awaitable[str]], *, again: bool = False) -> None:
        """Begin it; `again` takes the report that was made last, if nothing was chosen since."""
        if self.busy:
            return
        before = self.focusWidget()
        row = self._chosen() or (self._made if again else None)
        self._working = self.errands.begin(self._through(row, work))
        self._working.add_done_callback(lambda _task: self._ended(before))
        self._look()
        self.buttons["cancel"].setFocus()

    def _ended(self, before: QWidget | None) -> None:
        """Give the keyboard back to where it was."""
        self._look()
        if before is not None:
            before.setFocus()

    async def _through(self, row: ReportRow | None, work: Callable[[str], Awaitable[str]]) -> None:
        """Make the report, unless one that is kept is given, and bring it out."""
        say(self.said, tr("Working…"), role="muted")
        if row is None:
            start, end = self.form.days()
            tell = partial(say, self.said, role="muted")
            row = (await self._service.make(self.form.chosen(), start, end, tell)).row
            self._made = row
        say(self.said, await work(row.id), role="up")

    async def _saved(self, number: str) -> str:
        path = await self._service.save_beside(number, self.form.file())
        self._file = path
        self.form.saved(path)
        return tr("✓ Saved as {path}").format(path=path)

    async def _mailed(self, number: str) -> str:
        return tr("✓ Mailed: {answer}").format(answer=await self._service.mail(number))

    async def _shared(self, number: str) -> str:
        return tr("✓ Shared as {path}").format(path=await self._service.share(number))

    def _read(self) -> None:
        self.errands.begin(self._list_kept())

    async def _list_kept(self) -> None:
        self._show(await self._service.rows())

    def _show(self, rows: tuple[ReportRow, ...]) -> None:
        """The kept ones below that which is new; what is chosen stays so."""
        before = self._chosen()
        self.list.blockSignals(True)
        self.list.clear()
        for row in (None, *rows):
            item = QListWidgetItem(_in_list(row))
            item.setData(ROW, row)
            item.setSizeHint(QSize(0, ROW_HEIGHT))
            self.list.addItem(item)
        ids = [None, *(row.id for row in rows)]
        self.list.setCurrentRow(ids.index(before.id) if before and before.id in ids else 0)
        self.list.blockSignals(False)
        self._look()

    def _chosen(self) -> ReportRow | None:
        item = self.list.currentItem()
        row: ReportRow | None = None if item is None else item.data(ROW)
        return row

    def _wish(self) -> None:
        """Another report is wanted than the one that was made."""
        self._made = self._file = None
        self._look()

    def _picked(self) -> None:
        row = self._chosen()
        self._file = None
        if row is not None:
            self.form.propose(file_name(row))
        else:
            self.form.propose_new()
        self._look()

    def _look(self) -> None:
        """Show what can be done now."""
        busy = self.busy
        self.form.allow(fields=not busy and self._chosen() is None, file=not busy)
        self.list.setEnabled(not busy)
        for name in ("save", "mail", "share"):
            self.buttons[name].setEnabled(not busy)
        self.buttons["cancel"].setEnabled(busy)
        self.buttons["view"].setEnabled(not busy and self._file is not None)
        self.progress.setRange(0, 0 if busy else 1)
        self.progress.setVisible(busy)

    def _made_buttons(self) -> dict[str, QPushButton]:
        wanted = (
            ("save", tr("&Save as PDF"), tr("Write it to the file named above"), self.save),
            ("mail", tr("&Mail"), tr("Mail it to those the settings name"), self.mail),
            ("share", tr("S&hare"), tr("Copy it into the shared folder"), self.share),
            ("view", tr("&Open"), tr("Show the saved file in the system's viewer"), self._view),
            ("cancel", tr("&Cancel"), tr("End what is under way"), self.cancel),
            ("close", tr("C&lose"), tr("Close the reports"), self.reject),
        )
        made = {}
        for name, text, meaning, work in wanted:
            made[name] = named(QPushButton(text), f"report.{name}", meaning)
            made[name].setToolTip(meaning)
            made[name].clicked.connect(lambda _checked, work=work: work())
            made[name].setAutoDefault(name == "save")
        theme.role(made["save"], "primary")
        made["save"].setDefault(True)
        return made

    def _view(self) -> None:
        if self._file is not None:
            self._open_file(self._file)

    def _lay(self) -> None:
        caption = label(role="muted")
        caption.setText(tr("&Kept reports"))
        caption.setBuddy(self.list)
        row = QHBoxLayout()
        for name, button in self.buttons.items():
            if name == "cancel":
                row.addStretch(1)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.form)
        column.addWidget(caption)
        column.addWidget(self.list, 1)
        column.addWidget(self.progress)
        column.addWidget(self.said)
        column.addLayout(row)


def _in_list(row: ReportRow | None) -> str:
    if row is None:
        return tr("A new report, as chosen above")
    return tr("{title}, made {when}").format(title=row.title, when=local_minute(row.made))


def _in_viewer(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
