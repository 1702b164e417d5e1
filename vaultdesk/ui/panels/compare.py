"""The comparison panel: all hedges side by side, which one a profile prefers, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.events import Bus, HedgeChanged, HedgeChosen, HedgeLoading, HedgeRulesChanged
from vaultdesk.services.errands import Errands
from vaultdesk.services.off_loop import off_loop
from vaultdesk.ui import theme
from vaultdesk.ui.attending import AttendingPanel
from vaultdesk.ui.compare.body import CompareBody
from vaultdesk.ui.compare.frontier import frontier
from vaultdesk.ui.compare.table import Row, rows
from vaultdesk.ui.compare.view import View, parsed, written
from vaultdesk.ui.readout import NARROWEST, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.hedge.compare import Comparison
    from vaultdesk.core.hedge.inputs import HedgeInputs
    from vaultdesk.core.hedge.pictures.side_by_side import Line
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.vocabulary import Use
    from vaultdesk.services.hedge import HedgeService

COMPARE, LINES, FAN = "compare", "lines", "fan"
"""What can be asked for anew; each brings those after it."""


class ComparePanel(AttendingPanel):
    """Compares when it is first seen, when the rules change and when it is asked to.

    A result stays until then: it says how old it is and does not change under the reader's eyes.
    `save_record` is given "compare", the inputs, None and the Comparison, and asks for a file;
    `kept` is the view chosen last time.
    """

    key = "compare"
    title = tr("Compare")

    view_changed = Signal(str)
    """The view that was chosen, as text to be given as `kept` next time."""

    def __init__(
        self,
        bus: Bus,
        hedge: HedgeService,
        save_record: Callable[[str, HedgeInputs, None, Comparison], object],
        kept: str = "",
    ) -> None:
        super().__init__(bus, hedge.attend)
        self._hedge = hedge
        self._save_record = save_record
        self._result: tuple[Comparison, HedgeInputs] | None = None
        self._lines: tuple[Line, ...] = ()
        self._own: Position | None = None
        self._failure = ""
        self._wanted: set[str] = set()
        self._working = False
        self.errands = Errands(self._fail)
        self._mapping = Errands(lambda wrong: self.body.sensitivity.rest(wrong, "warning"))
        self.body = CompareBody(parsed(kept))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.body)
        self.setMinimumWidth(NARROWEST)
        self._connect()
        self._show()

    async def settled(self) -> None:
        """Return when nothing is being computed any more."""
        await self.errands.settled()
        await self._mapping.settled()

    def state(self) -> bytes:
        """Columns and widths, for the workspace."""
        return self.body.table.layout_state()

    def restore(self, state: bytes) -> bool:
        """Take back what `state` gave; False for anything else."""
        return self.body.table.restore_layout(state)

    def recolour(self) -> None:
        """The table, the chip and the banner carry colours of their own."""
        self.body.recolour()
        self._show()

    def retire(self) -> None:
        """Hear and compute nothing any more."""
        super().retire()
        self.errands.cancel()
        self._mapping.cancel()
        self.body.table.retire()

    def looked_at(self, *, seen: bool) -> None:
        """Compare by what is there now."""
        super().looked_at(seen=seen)
        if seen:
            self._heard()

    def _connect(self) -> None:
        body = self.body
        body.bar.profile_chosen.connect(self._viewed)
        body.bar.mid_toggled.connect(self._viewed)
        body.bar.exact_toggled.connect(self._rounded_otherwise)
        body.bar.use.chosen.connect(self._use_chosen)
        body.bar.run_asked.connect(lambda: self._ask(COMPARE))
        body.bar.save_asked.connect(self._save)
        body.table.opened.connect(self._put_on_desk)
        body.table.chosen.connect(self._picked)
        body.scatter.chosen.connect(body.table.pick_name)
        body.bar.desk_asked.connect(body.table.open)
        body.payoff.asked.connect(lambda: self._ask(FAN))
        body.payoff.viewed.connect(self._keep)
        body.sensitivity.asked.connect(self._map)
        body.sensitivity.cancelled.connect(self._cancel_map)
        self.hear(HedgeLoading, lambda _event: self._show())
        self.hear(HedgeChanged, lambda _event: self._heard())
        self.hear(HedgeRulesChanged, lambda event: body.bar.use.show_use(event.rules.use))
        self.hear(HedgeChosen, lambda _event: self._ask(LINES))

    def _heard(self) -> None:
        """Compare by what is new where there is no answer yet, or one by other rules."""
        config = self._hedge.config
        self.body.bar.use.show_use(self._hedge.rules.use)
        shown = self._result[0] if self._result else None
        if config is not None and (
            shown is None or shown.problem != "" or shown.config.rules != config.rules
        ):
            self._ask(COMPARE)
        elif shown is not None and self._own is not self._hedge.chosen:
            self._ask(LINES)
        self._show()

    def _ask(self, what: str) -> None:
        """Compute in the background; what is asked for meanwhile is done next, and once."""
        if not self._seen or self._retired or self._hedge.config is None:
            return
        self._wanted.add(what)
        if not self._working:
            self._working = True
            self.errands.begin(self._work())

    async def _work(self) -> None:
        try:
            while self._wanted:
                wanted, self._wanted = self._wanted, set()
                if COMPARE in wanted:
                    await self._compare()
                if COMPARE in wanted or LINES in wanted:
                    await self._line_up()
                await self._draw()
        except Unvalued as error:
            self._fail(str(error))
        finally:
            self._wanted.clear()
            self._working = False

    async def _compare(self) -> None:
        inputs = self._hedge.inputs
        comparison = await self._hedge.compare()
        if inputs is not None:
            self._result, self._failure = (comparison, inputs), ""

    async def _line_up(self) -> None:
        """The table's lines, with the hedge on the desk among them."""
        if self._result is None:
            return
        from vaultdesk.core.hedge.pictures.side_by_side import side_by_side  # noqa: PLC0415 (NumPy)

        comparison, own, title = self._result[0], self._hedge.chosen, self._hedge.title
        self._own = own
        whole = not self.body.bar.exact.isChecked()
        self._lines = await off_loop(
            lambda stop: side_by_side(comparison, own, title, whole=whole, stop=stop)
        )
        self._show()

    async def _draw(self) -> None:
        """The curves of all hedges."""
        if self._result is None:
            return
        from vaultdesk.core.hedge.pictures.fan import fan  # noqa: PLC0415 (NumPy)
        from vaultdesk.core.hedge.scene import Scene  # noqa: PLC0415

        config, tab = self._result[0].config, self.body.payoff
        positions = {line.name: line.seen for line in self._lines if line.seen is not None}
        day, scene = tab.day(), Scene(vol_pts=tab.vol_pts(), smile=config.rules.smile)
        drawn = await off_loop(lambda stop: fan(config, positions, day, scene, stop))
        tab.show_fan(drawn, config, self._titles(), self._selected())

    def _fail(self, why: str) -> None:
        self._failure = why
        self._show()

    def _show(self) -> None:
        """The result there is, and how it stands to the prices of now."""
        body, now = self.body, theme.current()
        comparison = self._result[0] if self._result else None
        problem = self._failure or (comparison.problem if comparison else "")
        body.banner.tell(problem or self._hedge.problem, now.warning)
        body.bar.save.setEnabled(comparison is not None)
        body.bar.run.setEnabled(self._hedge.config is not None)
        if comparison is None:
            say(body.reason, "")
            body.head.show_nothing("")
            body.show_waiting(self._waiting(), busy=self._hedge.loading)
            return
        self._show_head(comparison)
        made = rows(self._lines, comparison, body.bar.chosen(), mid=body.bar.mid.isChecked())
        best = next((row.rank for row in made if row.rank), None)
        say(body.reason, best.sentence if best else tr("Nothing is recommended."))
        body.table.show_lines(made)
        body.scatter.show_plot(frontier(made, comparison.config, self._selected()))
        body.show_row(body.table.current)
        body.show_result()

    def _show_head(self, comparison: Comparison) -> None:
        config, fresh = comparison.config, self._hedge.config
        older = fresh is not None and fresh.spot_price != config.spot_price
        source = f"{config.board.source} · {config.portfolio.terms.currency}"
        self.body.head.show_result(
            config.at, source, config.quality, config.spot_price, older=older
        )

    def _waiting(self) -> str:
        if self._hedge.loading or self._working:
            return tr("Fetching and comparing option chains…")
        return self._hedge.problem or tr("The comparison begins with the first option chains.")

    def _titles(self) -> dict[str, str]:
        return {row.line.name: row.name for row in self.body.table.rows}

    def _selected(self) -> str:
        current = self.body.table.current
        return current.line.name if current else ""

    def _picked(self, name: str) -> None:
        self.body.show_row(self.body.table.current)
        self.body.payoff.choose(name)
        if (plot := self.body.scatter.plot) is not None:
            self.body.scatter.show_plot(replace(plot, chosen=name))

    def _put_on_desk(self, row: Row) -> None:
        if row.line.position is not None and not row.line.on_desk:
            self._hedge.choose(row.line.position, row.line.title)

    def _use_chosen(self, use: Use) -> None:
        self._hedge.use_rules(replace(self._hedge.rules, use=use))

    def _view(self) -> View:
        bar, payoff = self.body.bar, self.body.payoff
        return View(
            profile=bar.chosen().value,
            exact=bar.exact.isChecked(),
            mid=bar.mid.isChecked(),
            measure=payoff.measure.currentText(),
            when=payoff.when.currentText(),
        )

    def _keep(self) -> None:
        self.view_changed.emit(written(self._view()))

    def _viewed(self) -> None:
        self._keep()
        self._show()

    def _rounded_otherwise(self) -> None:
        self._keep()
        self._ask(LINES)

    def _save(self) -> None:
        if self._result is not None:
            comparison, inputs = self._result
            self._save_record("compare", inputs, None, comparison)

    def _map(self) -> None:
        """Compute the map of winners by the prices of now."""
        self.body.sensitivity.begin()
        self._mapping.begin(self._mapped())

    def _cancel_map(self) -> None:
        self._mapping.cancel()
        self.body.sensitivity.rest(tr("Cancelled."))

    async def _mapped(self) -> None:
        from vaultdesk.core.hedge.sensitivity import MOVES, VOL_PTS  # noqa: PLC0415 (NumPy)

        config, tab = self._hedge.config, self.body.sensitivity
        cells = len(MOVES) * len(VOL_PTS)
        found = await self._hedge.sensitivity(
            self.body.bar.chosen(), lambda begun: tab.advance(min(begun, cells), cells)
        )
        if config is not None:
            tab.show_map(found, config, self._titles())
