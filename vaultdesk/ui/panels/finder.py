"""The finder panel: the cheapest hedge that keeps the LTV, proven and checked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.events import Bus, HedgeChanged, HedgeRulesChanged
from vaultdesk.services.errands import Errands
from vaultdesk.ui.attending import AttendingPanel
from vaultdesk.ui.finder.form import FinderForm
from vaultdesk.ui.finder.result import FinderResult
from vaultdesk.ui.finder.wishes import Wishes, parsed, written
from vaultdesk.ui.format import dated
from vaultdesk.ui.loan.fields import level
from vaultdesk.ui.readout import NARROWEST
from vaultdesk.ui.scrolled import Scrolled
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from PySide6.QtGui import QResizeEvent

    from vaultdesk.core.hedge.finder import FindRequest, Found
    from vaultdesk.core.hedge.inputs import HedgeInputs
    from vaultdesk.core.hedge.pictures.found import Picture
    from vaultdesk.services.hedge import HedgeService

ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
WIDE = 820
"""Pixels of width from which on the answer stands beside the form."""
FORM_WIDTH = 370


class FinderPanel(AttendingPanel):
    """Searches when it is asked to; an answer stays until the next, and says how old it is.

    `save_record` is given "find", the inputs, the request and the answer, and asks for a file;
    `kept` is what was typed last time.
    """

    key = "finder"
    title = tr("Finder")

    view_changed = Signal(str)
    """What was typed, as text to be given as `kept` next time."""

    def __init__(
        self,
        bus: Bus,
        hedge: HedgeService,
        save_record: Callable[[str, HedgeInputs, FindRequest, Found], object],
        kept: str = "",
    ) -> None:
        super().__init__(bus, hedge.attend)
        self._hedge = hedge
        self._save_record = save_record
        self._answer: tuple[Found, HedgeInputs] | None = None
        self._picture: Picture | None = None
        self._sought: Wishes | None = None
        self._waited = 0
        self.errands = Errands(self._fail)
        self.form = FinderForm(parsed(kept))
        self.result = FinderResult()
        self.setMinimumWidth(NARROWEST)
        self._arrange()
        self.form.run_asked.connect(self._search)
        self.form.cancel_asked.connect(self._cancel)
        self.form.edited.connect(lambda: self.view_changed.emit(written(self.form.texts())))
        self.result.nearest_asked.connect(self.form.put)
        self.result.desk_asked.connect(self._put_on_desk)
        self.result.save_asked.connect(self._save)
        self.hear(HedgeChanged, lambda _event: self._heard())
        self.hear(HedgeRulesChanged, lambda event: self.form.show_rules(event.rules))
        self._heard()

    async def settled(self) -> None:
        """Return when nothing is being searched any more."""
        await self.errands.settled()

    def tick(self) -> None:
        """How long the search has taken."""
        if self._sought is not None:
            self._waited += 1
            self.result.head.show_nothing(tr("Searching… {waited} s").format(waited=self._waited))

    def recolour(self) -> None:
        """What carries colours of its own."""
        self.result.recolour()

    def retire(self) -> None:
        """Hear and search nothing any more."""
        super().retire()
        self.errands.cancel()
        self.result.table.retire()

    def looked_at(self, *, seen: bool) -> None:
        """Take defaults from what is known now."""
        super().looked_at(seen=seen)
        if seen:
            self._heard()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Beside or below, as there is room."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        self._halves.setDirection(ACROSS if wide else DOWN)
        self.form.setMinimumWidth(FORM_WIDTH if wide else 0)
        self.form.setMaximumWidth(FORM_WIDTH if wide else self.maximumWidth())

    def _arrange(self) -> None:
        inside = QWidget()
        self._halves = QBoxLayout(DOWN, inside)
        self._halves.setContentsMargins(0, 0, 0, 0)
        self._halves.setSpacing(0)
        self._halves.addWidget(self.form)
        self._halves.addWidget(self.result, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._page = Scrolled(inside)
        whole.addWidget(self._page)

    def _heard(self) -> None:
        """Take defaults from what is known now; an answer may have become old."""
        hedge = self._hedge
        self.form.show_rules(hedge.rules)
        if hedge.config is not None:
            state = hedge.config.portfolio
            self.form.show_loan(state.terms.call_ltv, state.quote.currency)
            self.form.show_expiries(hedge.expirations, trading_date(hedge.config.at))
        if self._answer is None and self._sought is None:
            self.result.banner.tell(hedge.problem)
        self._show_age()

    def _show_age(self) -> None:
        if self._picture is not None and self._sought is None:
            fresh = self._hedge.config
            older = fresh is not None and fresh.spot_price != self._picture.config.spot_price
            self.result.show_age(self._picture, older=older)

    def _search(self, wishes: Wishes) -> None:
        """Look for the cheapest hedge that does what is asked for."""
        self.errands.cancel()
        self._sought, self._waited = wishes, 0
        self._answer = self._picture = None
        self.form.begin()
        self.result.show_nothing(tr("Searching…"))
        self._hedge.use_rules(wishes.rules(self._hedge.rules))
        self.errands.begin(self._found(wishes))

    async def _found(self, wishes: Wishes) -> None:
        found, problem = None, ""
        try:
            request = await asyncio.to_thread(wishes.request)  # its module brings SciPy
            found, inputs, problem = await self._hedge.find(request)
            if found is not None and inputs is not None:
                self._picture = await _drawn(inputs, found)
                self._answer = found, inputs
        except Unvalued as error:
            problem = str(error)
        finally:
            if self._sought is wishes:  # else it was cancelled, and another may be under way
                self._end("", problem)
        if self._answer is not None and found is not None:
            self.result.show_found(found, self._picture)
            self._show_age()
            if self._halves.direction() is DOWN:
                self._page.ensureWidgetVisible(self.result.desk)

    def _cancel(self) -> None:
        self.errands.cancel()
        self._end(tr("The search was cancelled."))

    def _fail(self, why: str) -> None:
        self._end("", why)

    def _end(self, text: str, problem: str = "") -> None:
        """Nothing is searched any more; what there is to say without an answer."""
        self._sought, self._waited = None, 0
        self.form.rest()
        self.result.show_nothing(text, problem)

    def _put_on_desk(self) -> None:
        if self._answer is not None:
            found, _inputs = self._answer
            self._hedge.choose(found.position, _title(found.request.max_ltv, found))

    def _save(self) -> None:
        if self._answer is not None:
            found, inputs = self._answer
            self._save_record("find", inputs, found.request, found)


async def _drawn(inputs: HedgeInputs, found: Found) -> Picture:
    from vaultdesk.core.hedge.pictures.found import picture  # noqa: PLC0415 (NumPy)

    return await asyncio.to_thread(picture, inputs, found)


def _title(max_ltv: Decimal, found: Found) -> str:
    fall, until = level(found.request.max_fall), dated(found.request.horizon)
    return tr("Found: LTV {max_ltv} at most to -{fall} until {until}").format(
        max_ltv=level(max_ltv), fall=fall, until=until
    )
