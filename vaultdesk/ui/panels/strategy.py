"""The strategy panel: a hedge of listed options, built, priced and looked at from all sides."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.templates import OWN, Anchor, Build, How, OwnLeg, anchored, at_moneyness
from vaultdesk.events import (
    Bus,
    HedgeChanged,
    HedgeChosen,
    HedgeLoading,
    HedgeRulesChanged,
    LegPicked,
    TemplatesChanged,
)
from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.attending import AttendingPanel
from vaultdesk.ui.own_undo import OwnUndo, redoes, undoes
from vaultdesk.ui.readout import Skeleton
from vaultdesk.ui.shelf import Shelf
from vaultdesk.ui.strategy.bench import Bench
from vaultdesk.ui.strategy.body import StrategyBody
from vaultdesk.ui.strategy.edits import Edits
from vaultdesk.ui.strategy.kept import Kept, parsed, written
from vaultdesk.ui.strategy.templates import shelf_words
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from vaultdesk.core.hedge.draft import Draft
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.templates import Template
    from vaultdesk.core.hedge.vocabulary import HedgeRules
    from vaultdesk.ports import Clock
    from vaultdesk.services.hedge import HedgeService
    from vaultdesk.services.templates import TemplateService
    from vaultdesk.ui.strategy.plot import Look

CHOOSE_AFTER_MS = 250
"""Of rest, before the other panels are told of another hedge."""


class StrategyPanel(OwnUndo, AttendingPanel):
    """Edits a `Build`, has it computed, and puts what is valid on the desk.

    `kept` is what `view_changed` told last time; `order` is given the hedge and its title, to make
    orders of it.
    """

    key = "strategy"
    title = tr("Strategy")

    view_changed = Signal(str)
    """The hedge and the look at it, as text to be given as `kept` next time."""

    def __init__(
        self,
        bus: Bus,
        hedge: HedgeService,
        templates: TemplateService,
        clock: Clock,
        kept: str = "",
        order: Callable[[Position, str], object] | None = None,
    ) -> None:
        super().__init__(bus, hedge.attend)
        self._hedge = hedge
        self._order = order
        self._clock = clock
        found = parsed(kept)
        self._edits, self._view = Edits(found.build), found.look
        self._touched, self._edited = bool(kept), False
        self._dragged: Build | None = None
        self._draft: Draft | None = None
        self._mine: Position | None = None
        self._errands = Errands(self._tell)
        self._bench = Bench(self._errands, self._show_draft)
        self.body = StrategyBody(self._view)
        self._shelf = Shelf(
            self.body.head.templates,
            templates,
            self._errands,
            self._lasting,
            self._tell,
            shelf_words(),
        )
        self._skeleton = Skeleton("strategy.loading")
        self._pages = QStackedLayout()
        self._pages.addWidget(self._skeleton)
        self._pages.addWidget(self.body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._pages)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(CHOOSE_AFTER_MS)
        self._rest.timeout.connect(self._choose)
        self._connect()
        self._show_state()

    @property
    def build(self) -> Build:
        """What is wished for now."""
        return self._dragged or self._edits.now

    async def settled(self) -> None:
        """Return when nothing is being computed or written any more."""
        await self._errands.settled()

    def looked_at(self, *, seen: bool) -> None:
        """Have the chains kept up to date while the panel is seen."""
        super().looked_at(seen=seen)
        if seen and not self._retired:
            self._need(self.build)
            self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Ctrl+Z takes back the last edit, wherever the keyboard is; Ctrl+Shift+Z does it again."""
        if undoes(event) or redoes(event):
            self._step(self._edits.redo if redoes(event) else self._edits.undo)
        else:
            super().keyPressEvent(event)

    def tick(self) -> None:
        """How old the prices are."""
        self.body.head.show_age(self._clock.now())

    def recolour(self) -> None:
        """What is drawn takes the colours of the theme; the rest is styled."""
        self.body.recolour()
        self._show_state()

    def retire(self) -> None:
        """Hear nothing, compute nothing any more."""
        super().retire()
        self._rest.stop()
        self._errands.cancel()
        self.body.retire()

    def _connect(self) -> None:
        body, head = self.body, self.body.head
        body.form.edited.connect(self._edit)
        body.form.ruled.connect(self._rule)
        body.legs.struck.connect(lambda number, strike: self._strike(number, strike, left=True))
        body.legs.edited.connect(self._releg)
        body.legs.asked.connect(self._add_put)
        body.payoff.looked.connect(self._look_at)
        body.payoff.ruled.connect(lambda smile: self._rule(replace(self._hedge.rules, smile=smile)))
        body.payoff.struck.connect(lambda number, at, left: self._strike(number, at, left=left))
        head.order.clicked.connect(lambda _checked: self._ask_order())
        head.order.setVisible(self._order is not None)
        head.take.clicked.connect(lambda _checked: self._take_over())
        head.templates.applied.connect(self._apply)
        head.undo.clicked.connect(lambda _checked: self._step(self._edits.undo))
        head.redo.clicked.connect(lambda _checked: self._step(self._edits.redo))
        self.hear(HedgeLoading, lambda _event: self._show_state())
        self.hear(HedgeChanged, lambda _event: self._market_changed())
        self.hear(HedgeRulesChanged, lambda _event: self._show_state())
        self.hear(HedgeChosen, lambda _event: self._show_state())
        self.hear(LegPicked, self._picked)
        self.hear(TemplatesChanged, lambda _event: self._shelf.refresh())

    def _edit(self, build: Build) -> None:
        """Take another build, remember the one before, and show what it comes to."""
        self._dragged = None
        self._edits.make(build)
        self._changed()

    def _step(self, step: Callable[[], None]) -> None:
        before = self._edits.now
        self._dragged = None
        step()
        if self._edits.now != before:
            self._changed()

    def _changed(self) -> None:
        self._touched = self._edited = True
        self._tell("")
        self.body.head.templates.choose("")
        self._remember()
        self._need(self.build)
        self._ask()

    def _remember(self) -> None:
        self.view_changed.emit(written(Kept(self._lasting() or self._edits.now, self._view)))

    def _lasting(self) -> Build | None:
        """The hedge by moneyness and days; None before there is a price."""
        config = self._hedge.config
        if config is None:
            return None
        return anchored(self._edits.now, config.spot_price, trading_date(config.at))

    def _need(self, build: Build) -> None:
        """Have the chains of the expiries that were chosen by hand."""
        for expiry in (build.expiry, *(leg.expiry for leg in build.legs)):
            if expiry is not None:
                self._hedge.also(expiry)

    def _rule(self, rules: HedgeRules) -> None:
        self._edited = True
        self._hedge.use_rules(rules)

    def _look_at(self, look: Look) -> None:
        again = (look.day, look.vol_pts) != (self._view.day, self._view.vol_pts)
        self._view = look
        self._remember()
        if again:
            self._ask()

    def _strike(self, number: int, strike: Decimal, *, left: bool) -> None:
        """A strike was chosen, or is being dragged: one edit when it is let go."""
        from vaultdesk.core.hedge.draft import restruck  # noqa: PLC0415 (NumPy)

        position = self._position()
        if position is None or number >= len(position.legs):
            return
        build = restruck(self.build, position, number, strike)
        if left:
            self._edit(build)
        else:
            self._dragged = build
            self._ask()

    def _releg(self, number: int, leg: OwnLeg | None) -> None:
        from vaultdesk.core.hedge.draft import releg  # noqa: PLC0415 (NumPy)

        position = self._position()
        if position is not None and number < len(position.legs):
            self._edit(releg(self.build, position, number, leg))

    def _add_put(self) -> None:
        days = self.build.days or self._hedge.rules.days
        self._add(OwnLeg("P", at_moneyness("0.95"), self._count(), days=days), self._in_hand())

    def _picked(self, event: LegPicked) -> None:
        """A leg for all the gold, and one contract more or less when it is picked again."""
        if event.order:
            return
        sign = -1 if event.sell else 1
        anchor = Anchor(How.STRIKE, event.strike)
        base = self._in_hand() if self._touched else Build(OWN)
        known = any(
            (one.right, one.anchor, one.expiry) == (event.right, anchor, event.expiry)
            for one in base.legs
        )
        count = Decimal(1) if known else self._count()
        self._add(OwnLeg(event.right, anchor, sign * count, event.expiry), base)

    def _add(self, leg: OwnLeg, base: Build) -> None:
        from vaultdesk.core.hedge.building import with_leg  # noqa: PLC0415 (NumPy)

        try:
            self._edit(with_leg(base, leg))
        except ValueError as error:  # more legs than a hedge may have
            self._tell(str(error))

    def _in_hand(self) -> Build:
        """The hedge as own legs."""
        from vaultdesk.core.hedge.building import by_hand  # noqa: PLC0415 (NumPy)

        position = self._position()
        if self.build.kind == OWN:
            return self.build
        return Build(OWN) if position is None else by_hand(self.build, position)

    def _count(self) -> Decimal:
        from vaultdesk.core.hedge.building import contracts_to_cover  # noqa: PLC0415 (NumPy)

        config = self._hedge.config
        return Decimal(max(contracts_to_cover(config), 1) if config is not None else 1)

    def _position(self) -> Position | None:
        """The contracts on screen."""
        sheet = self._draft.sheet if self._draft is not None else None
        return None if sheet is None else sheet.position

    def _market_changed(self) -> None:
        self._show_state()
        self._ask()

    def _ask(self) -> None:
        config = self._hedge.config
        if config is not None and self._seen:
            self._bench.ask(config, self.build, self._view.day, self._view.vol_pts)

    def _show_draft(self, made: Draft) -> None:
        """Show it, and put it on the desk unless another panel's hedge is there."""
        self._draft = made
        self._show_state()
        if made.sheet is None or made.build != self._edits.now:
            return
        chosen = self._hedge.chosen
        if self._edited or chosen is None or chosen is self._mine:
            self._rest.start()
        self._edited = False

    def _choose(self) -> None:
        sheet = self._draft.sheet if self._draft is not None else None
        if sheet is not None:
            self._mine = sheet.position
            self._hedge.choose(sheet.position, sheet.strategy.title)

    def _ask_order(self) -> None:
        """Have orders made of the hedge on screen."""
        sheet = self._draft.sheet if self._draft is not None else None
        if self._order is not None and sheet is not None:
            self._order(sheet.position, sheet.strategy.title)

    def _take_over(self) -> None:
        """Edit the hedge that another panel put on the desk."""
        from vaultdesk.core.hedge.building import by_hand  # noqa: PLC0415 (NumPy)

        if self._hedge.chosen is not None:
            self._edit(by_hand(Build(), self._hedge.chosen))

    def _show_state(self) -> None:
        config, loading = self._hedge.config, self._hedge.loading
        self._pages.setCurrentWidget(self._skeleton if config is None else self.body)
        if config is None:
            idle = self._hedge.problem or tr("There is no option chain yet to build a hedge from.")
            waiting = tr("Fetching the option chains…") if loading else idle
            self._skeleton.tell(waiting, busy=loading)
            return
        self.body.show_market(self._hedge, self._draft)
        self.body.show_build(self.build, self._hedge, self._draft)
        self.body.head.allow(undo=self._edits.can_undo, redo=self._edits.can_redo)
        self.body.head.show_other(self._other())
        self.tick()

    def _other(self) -> str:
        """The title of a hedge on the desk that is not the one built here."""
        from vaultdesk.core.hedge.draft import same_contracts  # noqa: PLC0415 (NumPy)

        chosen = self._hedge.chosen
        if chosen is None or chosen is self._mine or same_contracts(chosen, self._position()):
            return ""
        return self._hedge.title

    def _apply(self, template: Template) -> None:
        self._edit(template.build)
        self.body.head.templates.choose(template.name)

    def _tell(self, text: str) -> None:
        self.body.head.tell(text, theme.current().warning)
