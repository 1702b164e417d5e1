"""The alerts panel: what was crossed, what nobody took note of yet, and that all is watched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from vaultdesk.events import AlertsChanged, AlertsEvaluated, Bus
from vaultdesk.services.errands import Errands
from vaultdesk.ui.alerts.bar import AlertBar
from vaultdesk.ui.alerts.detail import AlertDetail
from vaultdesk.ui.alerts.filter import SHOWN, AlertFilter
from vaultdesk.ui.alerts.list import AlertList
from vaultdesk.ui.alerts.pulse import AlertPulse
from vaultdesk.ui.alerts.table import is_open, watching
from vaultdesk.ui.format import hour_minute, weekday
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.save_dialog import ask_where
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtGui import QShowEvent

    from vaultdesk.core.alerts import AlertRecord
    from vaultdesk.ports import Clock
    from vaultdesk.services.alerts import AlertService

AT_ONCE = timedelta(seconds=1)
"""How soon a snooze that is undone ends: it must end in the future."""


class AlertsPanel(LivePanel):
    """Shows the alert service's history.

    `clock` is the market's, by which a snooze ends; `wall` the machine's, by which it is judged
    whether the rules are still evaluated, also while a recording plays at another speed. What is
    done here is done by `who`.
    """

    key = "alerts"
    title = tr("Alerts")

    def __init__(
        self,
        bus: Bus,
        alerts: AlertService,
        clock: Clock,
        wall: Clock,
        edit_rules: Callable[[], object],
        who: str = "desk",
    ) -> None:
        super().__init__(bus)
        self._alerts, self._clock, self._wall, self._who = alerts, clock, wall, who
        last = alerts.last_evaluated
        self._evaluated = None if last is None else wall.now() - (clock.now() - last)
        self._counted = 0, 0
        self._silent: tuple[Sequence[str | None], datetime] | None = None
        self.bar = AlertBar(lambda: clock.now().astimezone())
        self.errands = Errands(lambda wrong: self.bar.say(wrong, "down"))
        self.filter = AlertFilter()
        self.table = AlertList()
        self.detail = AlertDetail()
        self._pulse = AlertPulse()
        self._empty = sentence("alerts.empty", tr("What is watched, or why the list is empty"))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(16, 0, 16, 0)
        self._arrange()
        self._connect(edit_rules)
        self.hear(AlertsChanged, lambda _event: self._ask())
        self.hear(AlertsEvaluated, lambda _event: self._hear_evaluated())
        self._show(())

    async def reload(self) -> None:
        """Read what the filter lets through and show it."""
        query = self.filter.query()
        records = await self._alerts.history(query)
        if query == self.filter.query():  # else something else was asked for meanwhile
            self._show(records)

    async def acknowledge(self) -> None:
        """Take note of the selected alerts that are open; with none selected, of all."""
        selected = self.table.selected()
        if not selected:
            await self._alerts.acknowledge_all(self._who)
            await self.reload()
            self.bar.say(tr("Everything is noted."))
            return
        pending = list(filter(is_open, selected))
        for record in pending:
            await self._alerts.acknowledge(record.alert.id, self._who)
        await self.reload()
        self.bar.say(
            tr("{noted} of {chosen} selected noted.").format(
                noted=len(pending), chosen=len(selected)
            )
        )

    async def snooze(self, until: datetime) -> None:
        """No notice of the selected alerts' rules before `until`; with none selected, of any."""
        rules: Sequence[str | None] = sorted({r.alert.rule for r in self.table.selected()})
        await self._silence(rules or (None,), until.astimezone(UTC))
        self._silent = rules or (None,), until
        whom = ", ".join(filter(None, rules)) or tr("All rules")
        self.bar.say(
            tr("{whom}: silent until {weekday} {time}.").format(
                whom=whom, weekday=weekday(until), time=hour_minute(until)
            )
        )
        self.bar.undo.show()

    async def end_snooze(self) -> None:
        """Let the rules that were silenced last speak again."""
        if self._silent is not None:
            (rules, _until), self._silent = self._silent, None
            await self._silence(rules, self._clock.now() + AT_ONCE)
            self.bar.say(tr("The snooze is over."))
            self.bar.undo.hide()

    async def export_to(self, path: Path) -> None:
        """Write what the filter lets through to a file, all of it, and say so."""
        count = await self._alerts.export(path, self.filter.query(limit=None))
        self.bar.say(
            tr("{count} alerts written to {path}", "{count} alert written to {path}", count).format(
                count=count, path=path
            )
        )

    def tick(self) -> None:
        """How long ago the rules were evaluated, whether it is quiet, whether a snooze ended."""
        self._pulse.show_at(self._evaluated, self._alerts.quiet, self._wall.now())
        if self._silent is not None and self._silent[1] <= self._clock.now():
            self._silent = None
            self.bar.undo.hide()
            self._count(self.table.rows)

    def recolour(self) -> None:
        """The table paints itself."""
        self.table.recolour()

    def retire(self) -> None:
        """Hear nothing, read nothing any more."""
        super().retire()
        self.errands.cancel()
        self.table.retire()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Read what was raised while nobody looked."""
        super().showEvent(event)
        self._ask()

    def _arrange(self) -> None:
        self._rows = QStackedLayout()
        self._rows.addWidget(self._empty)
        self._rows.addWidget(self.table)
        top = QVBoxLayout()
        top.setContentsMargins(8, 6, 8, 5)
        top.setSpacing(5)
        top.addWidget(self.filter)
        top.addWidget(self._pulse)
        self._list = QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(self._rows, 1)
        column.addWidget(self.bar)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._list)
        self._pages.addWidget(self.detail)

    def _connect(self, edit_rules: Callable[[], object]) -> None:
        self.filter.changed.connect(self._ask)
        self.table.opened.connect(self._open_detail)
        self.table.acknowledged.connect(lambda: self.errands.begin(self.acknowledge()))
        self.table.snoozed.connect(self.bar.snooze_button.showMenu)
        self.detail.left.connect(self._close_detail)
        self.bar.acknowledge.connect(lambda: self.errands.begin(self.acknowledge()))
        self.bar.snooze.connect(lambda until: self.errands.begin(self.snooze(until)))
        self.bar.unsnooze.connect(lambda: self.errands.begin(self.end_snooze()))
        self.bar.rules.connect(edit_rules)
        self.bar.export.connect(self._choose_file)

    def _open_detail(self, record: AlertRecord) -> None:
        self.detail.show_record(record)
        self._pages.setCurrentWidget(self.detail)
        self.detail.back.setFocus()

    def _close_detail(self) -> None:
        self._pages.setCurrentWidget(self._list)
        self.table.setFocus()

    def _ask(self) -> None:
        """Read in the background; a panel nobody sees reads when it is next shown.

        Before the first evaluation the store is not open yet, and there is nothing to read.
        """
        if self.isVisible() and not self._retired and self._evaluated is not None:
            self.errands.begin(self.reload())

    def _hear_evaluated(self) -> None:
        first, self._evaluated = self._evaluated is None, self._wall.now()
        if first:
            self._ask()

    async def _silence(self, rules: Sequence[str | None], until: datetime) -> None:
        for rule in rules:
            await self._alerts.snooze(until, self._who, rule)

    def _choose_file(self) -> None:
        proposed = f"alerts-{self._clock.now():%Y-%m-%d}"
        ask_where(
            self, self.key, tr("Export the alerts"), proposed,
            lambda path: self.errands.begin(self.export_to(path)),
        )  # fmt: skip

    def _show(self, records: Sequence[AlertRecord]) -> None:
        self.table.show_keyed(records)
        self._rows.setCurrentWidget(self.table if records else self._empty)
        if not records:
            say(self._empty, self._why_empty())
        counted = len(records), sum(map(is_open, records))
        if counted != self._counted or not self.bar.said.text():
            self._counted = counted
            self._count(records)
        self.tick()

    def _why_empty(self) -> str:
        if self._evaluated is None:
            return tr("Alerts begin when the database is open.")
        if self.filter.narrows():
            return tr("No alert matches the filter.")
        return watching(self._alerts.rules)

    def _count(self, records: Sequence[AlertRecord]) -> None:
        """How many are shown, and how many of them are open."""
        pending = sum(map(is_open, records))
        shown = (
            tr("The newest {shown} alerts").format(shown=SHOWN)
            if len(records) == SHOWN
            else tr("{count} alerts").format(count=len(records))
        )
        text = tr("{shown}, {pending} open").format(shown=shown, pending=pending) if records else ""
        self.bar.say(text)
