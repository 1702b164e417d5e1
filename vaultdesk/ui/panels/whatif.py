"""The what-if panel: what a fall of gold, time or the bank's own terms would do to the loan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.stress.inputs import Stress, advance_percent, last_day
from vaultdesk.events import (
    Bus,
    HedgeChanged,
    HedgeChosen,
    HedgeLoading,
    HedgeRulesChanged,
    ScenesChanged,
)
from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.attending import AttendingPanel
from vaultdesk.ui.readout import NARROWEST, Banner, Skeleton
from vaultdesk.ui.scrolled import Scrolled
from vaultdesk.ui.translation import tr
from vaultdesk.ui.whatif import words
from vaultdesk.ui.whatif.body import WhatIfBody
from vaultdesk.ui.whatif.head import WhatIfHead
from vaultdesk.ui.whatif.lane import Lane
from vaultdesk.ui.whatif.look import Look

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.pictures.payoff import Curves
    from vaultdesk.core.hedge.stress.views import Point
    from vaultdesk.ports import Clock
    from vaultdesk.services.hedge import HedgeService
    from vaultdesk.services.scenes import SceneService
    from vaultdesk.ui.whatif.crash import Closes

WAITING = tr("The option chains are being fetched.")
NOTHING = tr("There is nothing to put to the test yet: set up a loan and wait for its first price.")


class WhatIfPanel(AttendingPanel):
    """Puts the hedge on the desk to the test, or the loan alone where there is none.

    `closes` gives GLD's daily closes from before the first crash on, for replays; `history` makes
    the view of a policy rolled through the past, which has a `retire`, when it is first seen.
    `kept` is the view chosen last time.
    """

    key = "whatif"
    title = tr("What-if")

    view_changed = Signal(str)
    """The view that was chosen, as text to be given as `kept` next time."""

    def __init__(
        self,
        bus: Bus,
        hedge: HedgeService,
        scenes: SceneService,
        clock: Clock,
        kept: str = "",
        *,
        closes: Closes | None = None,
        history: Callable[[], QWidget] | None = None,
    ) -> None:
        super().__init__(bus, hedge.attend)
        self._hedge = hedge
        self._clock = clock
        self._shown: Look | None = None
        self.errands = Errands(self._tell)
        self._lane: Lane[tuple[Look, Point, Curves]] = Lane(self.errands, self._show, self._tell)
        self._banner = Banner("whatif.problem", tr("What is wrong with these figures"))
        self._head = WhatIfHead()
        self._empty = Skeleton("whatif.empty")
        self.body = WhatIfBody(hedge.rules.smile, scenes, self.errands, self._tell, closes, history)
        self.body.recall(kept)
        self.body.sliders.changed.connect(self._moved)
        self.body.looked.connect(self._turned)
        self.setMinimumWidth(NARROWEST)
        self._arrange()
        for kind in (HedgeChanged, HedgeChosen, HedgeRulesChanged, HedgeLoading):
            self.hear(kind, lambda _event: self.refresh())
        self.hear(ScenesChanged, lambda _event: self.body.scenes.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Look at what the hedge service has now."""
        config = self._hedge.config
        self._pages.setCurrentIndex(0 if config is None else 1)
        if config is None:
            self._shown = None
            loading = self._hedge.loading
            self._empty.tell(WAITING if loading else self._hedge.problem or NOTHING, busy=loading)
            return
        position, why = self._position(config)
        from vaultdesk.core.hedge.scene import foreign  # noqa: PLC0415 (NumPy, which made config)

        state, sliders = config.portfolio, self.body.sliders
        self._shown = Look(config, position, sliders.stress(), why)
        sliders.fit(last_day(config, position), foreign(state), advance_percent(state))
        self._look_at(sliders.stress())

    def tick(self) -> None:
        """How old the price is now."""
        if self._shown is not None:
            self._head.show_age(self._shown.config, self._clock.now())

    def recolour(self) -> None:
        """The chips carry colours of their own."""
        self.refresh()

    def retire(self) -> None:
        """Leave nothing under way."""
        super().retire()
        self.errands.cancel()
        self.body.retire()

    def looked_at(self, *, seen: bool) -> None:
        """Have the chains fetched while this is seen."""
        super().looked_at(seen=seen)
        if seen and not self._retired:
            self.refresh()

    def _position(self, config: StrategyConfig) -> tuple[Position, str]:
        """The hedge at the quotes of the moment, or none and why."""
        chosen, nothing = self._hedge.chosen, Position(())
        if chosen is None or not chosen.legs:
            return nothing, words.CHOOSE
        if config.problem:
            return nothing, config.problem
        try:
            return chosen.renewed(config.board), ""
        except Lacking as lacking:
            return nothing, str(lacking)

    def _moved(self, stress: Stress) -> None:
        if self._shown is not None:
            self._look_at(stress)

    def _turned(self) -> None:
        self.view_changed.emit(self.body.settle())
        if self._shown is not None and self._seen:
            self.body.page.look(self._shown)

    def _look_at(self, stress: Stress) -> None:
        """Compute what is seen; a panel that nobody sees does when it is next shown."""
        if self._shown is None:
            return
        look = self._shown = Look(self._shown.config, self._shown.position, stress, self._shown.why)
        self._head.show_look(look, self._hedge.title, self._clock.now())
        self._say_problem(look)
        if self._seen and not self._retired:
            self._lane.ask(lambda _stop: _computed(look))
            self.body.page.look(look)

    def _show(self, seen: tuple[Look, Point, Curves]) -> None:
        look, point, curves = seen
        self.body.ltvs.show_point(look, point)
        self.body.figures.show_point(point, look.why)
        self.body.curves.show_curves(look, curves)

    def _say_problem(self, look: Look) -> None:
        problem = look.config.problem or ("" if look.why == words.CHOOSE else look.why)
        self._banner.tell(problem, theme.current().warning)

    def _tell(self, sentence: str) -> None:
        self._banner.tell(sentence, theme.current().warning)

    def _arrange(self) -> None:
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._banner)
        column.addWidget(Scrolled(self.body), 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(shown)


def _computed(look: Look) -> tuple[Look, Point, Curves]:
    from vaultdesk.core.hedge.stress.views import curves_at, pointed  # noqa: PLC0415 (NumPy)

    point = pointed(look.config, look.position, look.stress)
    return look, point, curves_at(look.config, look.position, look.stress)
