"""The audit panel: everything that happened, in the order it did, and whether it still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from vaultdesk.events import AuditChanged, Bus
from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.audit.bar import AuditBar
from vaultdesk.ui.audit.log import WANTED, AuditLog
from vaultdesk.ui.audit.table import COLUMNS, in_full
from vaultdesk.ui.format import how_many
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import NARROWEST, say, sentence
from vaultdesk.ui.save_dialog import ask_where
from vaultdesk.ui.tables.keyed_table import KeyedTable
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from pathlib import Path

    from vaultdesk.core.audit import Entry
    from vaultdesk.services.audit import AuditService

NEAR = 20
"""Rows from the end at which the page before is read."""
LIST_HEIGHT, DETAIL_HEIGHT = 500, 170
LEAST_DETAIL = 80


class AuditPanel(LivePanel):
    """Reads the log while it is seen; `kept` is what `view_changed` told last."""

    key = "audit"
    title = tr("Audit")

    view_changed = Signal(str)
    """The kind that is shown, as text to be given as `kept` next time."""

    def __init__(self, bus: Bus, audit: AuditService, kept: str = "") -> None:
        super().__init__(bus)
        self._audit = audit
        self.bar = AuditBar(kept)
        self.errands = Errands(self._unread)
        self._doing = Errands(self._failed)
        self._problem = ""
        self._log = AuditLog(audit, self.bar.wish())
        self._wanted, self._reading = WANTED, False
        self._behind = False
        self.table: KeyedTable[Entry] = KeyedTable(
            "audit.table",
            tr("The log, the newest entry first"),
            COLUMNS,
            lambda entry: entry.number,
        )
        self.table.setAccessibleName(tr("Audit log"))
        self.detail = named(
            QPlainTextEdit(), "audit.detail", tr("The selected entry with the wire's own text")
        )
        self.detail.setAccessibleName(tr("Entry"))
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.empty = sentence("audit.empty", tr("Why the list is empty"))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.empty.setContentsMargins(12, 12, 12, 12)
        self.setMinimumWidth(NARROWEST)
        self._arrange()
        self.bar.changed.connect(self._wish)
        self.bar.verify_asked.connect(self._begin_verify)
        self.bar.export_asked.connect(self._choose_file)
        self.table.picked.connect(self._show_picked)
        self.table.verticalScrollBar().valueChanged.connect(lambda _value: self._scrolled())
        self.hear(AuditChanged, lambda _event: self._ask())
        self._show()

    async def settled(self) -> None:
        """Return when nothing is being read or written any more."""
        await self.errands.settled()
        await self._doing.settled()

    async def export_to(self, path: Path) -> None:
        """Write all entries, whatever is shown, and say how many."""
        count = await self._audit.export(path)
        say(
            self.bar.answer,
            tr("{count} entries written to {path}.").format(count=how_many(count), path=path),
            "muted",
        )

    def recolour(self) -> None:
        """The table paints itself."""
        self.table.recolour()
        self.detail.setFont(theme.figures_font(9))

    def tick(self) -> None:
        """Try again to read what could not be read."""
        if self._problem:
            self._ask()

    def retire(self) -> None:
        """Hear and read nothing any more."""
        super().retire()
        self.errands.cancel()
        self._doing.cancel()
        self.table.retire()

    def looked_at(self, *, seen: bool) -> None:
        """Read what was added while nobody looked."""
        super().looked_at(seen=seen)
        if seen:
            self._ask()

    def _wish(self) -> None:
        """Look for other entries."""
        self.view_changed.emit(str(self.bar.kind.currentData() or ""))
        self.errands.cancel()
        self._log, self._wanted = AuditLog(self._audit, self.bar.wish()), WANTED
        self._reading = False
        self._ask()

    def _ask(self) -> None:
        """Read what is new; what comes while this is read is read next."""
        self._behind = True
        if self._seen and not self._retired and not self._reading:
            self._reading = True
            self.errands.begin(self._read(self._log))

    def _scrolled(self) -> None:
        """Near the end, the page before is wanted too."""
        bar = self.table.verticalScrollBar()
        near = bar.maximum() > 0 and bar.value() >= bar.maximum() - NEAR
        if near and not self._log.whole and not self._reading:
            self._wanted = len(self._log.entries) + WANTED
            self._ask()

    async def _read(self, log: AuditLog) -> None:
        """Until there are as many matches as wanted, or no more entries."""
        try:
            while self._behind or (len(log.entries) < self._wanted and not log.whole):
                if self._behind:
                    self._behind = False
                    await log.renew()
                else:
                    await log.more()
                self._problem = ""
                if log is self._log:
                    self._show()
        finally:
            if log is self._log:
                self._reading = False
                self._show()

    def _show(self) -> None:
        entries = list(self._log.entries)
        bar = self.table.verticalScrollBar()
        rows, at = self.table.rows, bar.value()
        added = 0
        if at and rows and entries:
            top = rows[0].number
            added = next((n for n, entry in enumerate(entries) if entry.number <= top), 0)
        self.table.show_keyed(entries)
        if at:
            bar.setValue(at + added)
        self._pages.setCurrentWidget(self.table if entries else self.empty)
        said = self._problem if entries else ""
        counted = _counted(self._log, reading=self._reading)
        say(self.bar.status, said or counted, "down" if said else "muted")
        say(self.empty, self._problem or _why_empty(self._log, reading=self._reading))

    def _show_picked(self) -> None:
        picked = self.table.selected()
        text = in_full(picked[0]) if len(picked) == 1 else ""
        if self.detail.toPlainText() != text:
            self.detail.setPlainText(text)
        self.detail.setPlaceholderText(tr("Select an entry to read it in full."))

    def _begin_verify(self) -> None:
        """Once: the button is dead until there is an answer."""
        self.bar.verify.setEnabled(False)
        self._doing.begin(self._verify())

    async def _verify(self) -> None:
        say(self.bar.answer, tr("Every record is being looked at…"), "muted")
        try:
            count = await self._audit.count()
            broken = await self._audit.broken()
        finally:
            self.bar.verify.setEnabled(True)
        if broken:
            say(self.bar.answer, f"✕ {broken}", "down")
        else:
            say(
                self.bar.answer,
                tr("✓ All {count} records are as written.").format(count=how_many(count)),
                "up",
            )

    def _choose_file(self) -> None:
        ask_where(
            self, self.key, tr("Export the audit log"), "audit",
            lambda path: self._doing.begin(self.export_to(path)),
        )  # fmt: skip

    def _failed(self, problem: str) -> None:
        """What was asked for was not done."""
        if not self._retired:
            say(self.bar.answer, problem, "down")

    def _unread(self, problem: str) -> None:
        """The log cannot be read now."""
        self._problem = problem
        if not self._retired:
            self._show()

    def _arrange(self) -> None:
        rows = QWidget()
        self._pages = QStackedLayout(rows)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        self.detail.setFont(theme.figures_font(9))
        self.detail.setMinimumHeight(LEAST_DETAIL)
        self._halves = named(
            QSplitter(Qt.Orientation.Vertical), "audit.halves", tr("The log and the selected entry")
        )
        self._halves.setChildrenCollapsible(False)
        self._halves.addWidget(rows)
        self._halves.addWidget(self.detail)
        self._halves.setStretchFactor(0, 1)
        self._halves.setSizes([LIST_HEIGHT, DETAIL_HEIGHT])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._halves, 1)


def _counted(log: AuditLog, *, reading: bool) -> str:
    """How many entries are shown, of how many that were looked at."""
    shown, seen = len(log.entries), log.newest - log.oldest + 1 if log.newest else 0
    if not log.count:
        return ""
    if not log.wish.narrows:
        if log.whole:
            return tr("{n} entries", "{n} entry", shown).format(n=how_many(shown))
        return tr("The newest {shown} of {count}").format(
            shown=how_many(shown), count=how_many(log.count)
        )
    match = tr("{n} match", "{n} matches", shown).format(n=how_many(shown))
    of = (
        tr("all {count}").format(count=how_many(log.count))
        if log.whole
        else tr("the newest {seen} of {count}").format(
            seen=how_many(seen), count=how_many(log.count)
        )
    )
    return tr("{match} of {of}{value}").format(match=match, of=of, value="…" if reading else "")


def _why_empty(log: AuditLog, *, reading: bool) -> str:
    if reading:
        return tr("The log is being read…")
    if log.count:
        return tr("No entry matches: choose another kind or other words.")
    return tr("Nothing was written down yet.")
