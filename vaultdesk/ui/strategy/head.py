"""Above the builder: what the hedge costs and does, its templates, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.ui import theme
from vaultdesk.ui.format import MISSING, age, local, money, number, percent, price
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import (
    SEMIBOLD,
    Banner,
    Chip,
    Elided,
    label,
    quality_colour,
    say,
    sentence,
)
from vaultdesk.ui.strategy.templates import TemplateBar
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from datetime import datetime

    from vaultdesk.core.hedge.building import Sheet
    from vaultdesk.core.hedge.config import StrategyConfig

NONE = tr("No hedge")
TOTAL = tr("Total at natural price with commission")


class StrategyHead(QWidget):
    """The two figures that matter most, and everything that speaks."""

    def __init__(self) -> None:
        super().__init__()
        self._config: StrategyConfig | None = None
        self.name = named(Elided(), "strategy.title", tr("What the hedge is called"))
        self.name.setFont(theme.ui_font(12, SEMIBOLD))
        self.quality = Chip("strategy.quality", tr("How far these figures may be trusted"))
        self.undo = _step("↶", "strategy.undo", tr("Undo the last edit (Ctrl+Z)"))
        self.redo = _step("↷", "strategy.redo", tr("Redo it (Ctrl+Shift+Z)"))
        self.order = named(
            QPushButton(tr("&Order…")), "strategy.order", tr("Make orders of this hedge")
        )
        self.order.setToolTip(tr("Put orders for this hedge on the desk; nothing is sent by that"))
        self.order.hide()
        self.templates = TemplateBar()
        self.cost = _headline("strategy.cost", TOTAL)
        self.cost_more = _small(
            "strategy.cost.more", tr("The same by year and share of the pledge")
        )
        self.hedged = _headline(
            "strategy.hedged_ltv", tr("The bank's LTV at the unhedged call price")
        )
        self.hedged_title = label(role="muted")
        self.hedged_more = _small("strategy.hedged.more", tr("Whether the lender calls there"))
        self.problem = Banner("strategy.problem", tr("What keeps the hedge from being built"))
        self.notice = Banner("strategy.notice", tr("What was done, or went wrong"))
        self.warnings = sentence("strategy.warnings", tr("What to read before trading"), "warning")
        self.other = label(
            "strategy.other", tr("The hedge on the desk, if it is not this one"), "muted"
        )
        self.take = named(
            QPushButton(tr("Edit it here")), "strategy.take", tr("Take it over as own legs")
        )
        self.status = sentence("strategy.status", tr("Prices, their source and their age"))
        self.status.setFont(theme.ui_font(9))
        self._arrange()
        self.show_other("")
        self.allow(undo=False, redo=False)

    def show_market(self, config: StrategyConfig, problem: str) -> None:
        """Show what everything is computed from; `problem` says why it cannot be."""
        self._config = config
        self.quality.tell(config.quality.value, quality_colour(config.quality))
        self.problem.tell(problem, theme.current().down)

    def show_sheet(self, sheet: Sheet | None) -> None:
        """Show the figures of the hedge; None for none."""
        config = self._config
        self.order.setEnabled(sheet is not None and bool(sheet.position.legs))
        say(self.name, sheet.strategy.title if sheet else NONE)
        warnings = sheet.position.warnings if sheet else ()
        say(self.warnings, "\n".join(f"⚠ {one}" for one in warnings))
        self.warnings.setVisible(bool(warnings))
        if sheet is None or config is None:
            for figure in (self.cost, self.hedged):
                say(figure, MISSING)
            say(self.hedged_title, tr("Hedged LTV"))
            for small in (self.cost_more, self.hedged_more):
                say(small, "")
            return
        currency, cost, view = config.portfolio.terms.currency, sheet.cost, sheet.protection
        total = money(cost.total, currency)
        say(self.cost, total, hint=f"{total}, {TOTAL}")
        a_year = tr("{annualised} a year").format(annualised=money(cost.annualised, currency, 0))
        say(
            self.cost_more,
            tr("{a_year} · {of_portfolio} of the pledge").format(
                a_year=a_year, of_portfolio=percent(cost.of_portfolio, 2)
            ),
        )
        say(self.hedged, percent(view.hedged_ltv, 2))
        at = number(view.threshold_price)
        say(
            self.hedged_title,
            tr("Hedged LTV at {at}").format(at=at) if view.threshold_price else tr("Hedged LTV"),
        )
        call = percent(config.portfolio.terms.call_ltv)
        if view.buffer_kept is None:
            say(self.hedged_more, tr("No fall brings a call about."), "muted")
        elif view.buffer_kept:
            say(self.hedged_more, tr("✓ below the call at {call}").format(call=call), "up")
        else:
            say(self.hedged_more, tr("✕ not below the call at {call}").format(call=call), "down")

    def show_age(self, now: datetime) -> None:
        """Say how old the prices are."""
        if self._config is None:
            return
        config = self._config
        parts = (
            f"{config.board.symbol} {price(config.spot_price)}",
            config.board.source,
            tr("{count} expiries").format(count=len(config.board.expiries)),
            tr("valued {age} ago").format(age=age(now - config.at)),
        )
        say(self.status, " · ".join(parts), hint=local(config.at))

    def allow(self, *, undo: bool, redo: bool) -> None:
        """Whether there is something to go back or forward to."""
        self.undo.setEnabled(undo)
        self.redo.setEnabled(redo)

    def show_other(self, title: str) -> None:
        """Say that another hedge is on the desk; "" where none is."""
        say(self.other, tr("On the desk: {title}").format(title=title) if title else "")
        for widget in (self.other, self.take):
            widget.setVisible(bool(title))

    def tell(self, text: str, colour: str) -> None:
        """Say what was done or went wrong; "" takes it away."""
        self.notice.tell(text, colour)

    def _arrange(self) -> None:
        top, other = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.name, 1)
        for widget in (self.quality, self.order, self.undo, self.redo):
            top.addWidget(widget)
        other.addWidget(self.other, 1)
        other.addWidget(self.take)
        cost_title = label(role="muted")
        cost_title.setText(tr("Cost"))
        tiles = QGridLayout()
        tiles.setSpacing(8)
        tiles.addWidget(_tile(cost_title, self.cost, self.cost_more), 0, 0)
        tiles.addWidget(_tile(self.hedged_title, self.hedged, self.hedged_more), 0, 1)
        for place, share in enumerate((4, 3)):
            tiles.setColumnStretch(place, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addLayout(top)
        column.addWidget(self.templates)
        for banner in (self.problem, self.notice):
            column.addWidget(banner)
        column.addLayout(other)
        column.addLayout(tiles)
        column.addWidget(self.warnings)


def _headline(identifier: str, meaning: str) -> QLabel:
    made = named(Elided(), identifier, meaning)
    made.setFont(theme.ui_font(14, SEMIBOLD))
    made.setToolTip(meaning)
    return made


def _small(identifier: str, meaning: str) -> QLabel:
    made = sentence(identifier, meaning)
    made.setFont(theme.ui_font(9))
    return made


def _step(text: str, identifier: str, meaning: str) -> QToolButton:
    made = named(QToolButton(), identifier, meaning)
    made.setText(text)
    made.setAccessibleName(meaning.partition(" (")[0])
    made.setToolTip(meaning)
    return made


def _tile(*widgets: QWidget) -> QFrame:
    frame = QFrame()
    theme.role(frame, "tile")
    column = QVBoxLayout(frame)
    column.setContentsMargins(10, 7, 10, 7)
    column.setSpacing(1)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return frame
