"""The chain panel: calls and puts around the strike, with the desk's own Greeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout

from vaultdesk.core.calendar import trading_date
from vaultdesk.events import (
    Bus,
    ChainChanged,
    ChainFailed,
    ChainLoading,
    ExerciseStyleChanged,
    ExpirationsChanged,
    GreeksChanged,
    LegPicked,
)
from vaultdesk.ui import pricing, theme
from vaultdesk.ui.chain.bar import ChainBar
from vaultdesk.ui.chain.filter import Filter
from vaultdesk.ui.chain.table import GROUNDS, TRADES, Line, columns
from vaultdesk.ui.format import age, dated, local, local_time, number, units
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import (
    SEMIBOLD,
    Banner,
    Chip,
    Elided,
    Skeleton,
    label,
    quality_colour,
    say,
    sentence,
)
from vaultdesk.ui.tables.model import TableModel
from vaultdesk.ui.tables.view import Table
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from datetime import date

    from vaultdesk.core.market import Right
    from vaultdesk.core.options.valued import ValuedChain
    from vaultdesk.services.chain import ChainService

TRADE_KEYS: tuple[tuple[str, str, Right, bool, str], ...] = (
    ("B", "O", "P", False, tr("&Buy put")),
    ("S", "Ctrl+O", "P", True, tr("&Sell put")),
    ("Shift+B", "Shift+O", "C", False, tr("Buy c&all")),
    ("Shift+S", "Ctrl+Shift+O", "C", True, tr("Sell ca&ll")),
)
"""Keys that trade the selected strike, in the builder and on an order ticket: side, whether it is
sold, and the menu's words."""
PLACES = (tr("in the builder"), tr("on an order ticket"))


class ChainPanel(LivePanel):
    """Shows the chain service's view; a fetch under way shows as a skeleton of rows."""

    key = "chain"
    title = tr("Option chain")

    selected = Signal(int)
    """A rung was selected; its place on the ladder of the service's view."""

    def __init__(self, bus: Bus, chain: ChainService) -> None:
        super().__init__(bus)
        self._chain = chain
        self._filter = Filter()
        self._failure = ""
        self._shown: date | None = None
        self._picked: tuple[date | None, str] = (None, "")
        self._model = TableModel[Line](columns())
        self.table = named(
            Table(self._model, GROUNDS),
            "chain.table",
            tr("Calls left of the strike, puts right of it; Home goes to the money"),
        )
        self.table.setAccessibleName(tr("Option chain"))
        self._bar = ChainBar()
        self._banner = Banner("chain.problem", tr("What is wrong with the chain"))
        self._spot = label("chain.spot", tr("Price of the underlying the Greeks are computed at"))
        self._quality = Chip(
            "chain.quality", tr("How far the figures of this chain may be trusted")
        )
        self._status = sentence("chain.status", tr("Where the chain comes from and how old it is"))
        self._pricing = named(Elided(), "chain.model", tr("What the options are priced by"))
        for line in (self._status, self._pricing):
            line.setFont(theme.ui_font(9))
        self._skeleton = Skeleton("chain.loading")
        self._arrange()
        self._connect()
        self.refresh()

    def state(self) -> bytes:
        """Columns and widths, for the workspace."""
        return self.table.layout_state()

    def restore(self, state: bytes) -> bool:
        """Take back what `state` gave; False for anything else."""
        return self.table.restore_layout(state)

    def refresh(self) -> None:
        """Show what the chain service has now."""
        self._bar.show_expirations(self._chain.expirations, trading_date(self._chain.clock.now()))
        self._bar.show_expiry(self._chain.expiry)
        self._bar.show_style(self._chain.style)
        self._show_view()

    def tick(self) -> None:
        """How old the chain is."""
        say(self._status, self._status_text(), hint=self._status_hint())

    def recolour(self) -> None:
        """The table paints itself; the chip and the banner carry colours of their own."""
        self.table.recolour()
        self._show_view()

    def retire(self) -> None:
        """Hear nothing and repaint nothing any more."""
        super().retire()
        self.table.retire()

    def _connect(self) -> None:
        self._bar.expiry_chosen.connect(self._chain.request)
        self._bar.refresh_asked.connect(self._chain.refresh)
        self._bar.style_chosen.connect(self._chain.use_style)
        self._bar.filter_changed.connect(self._filter_by)
        self.table.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.table.clicked.connect(self._cell_clicked)
        for order, where in enumerate(PLACES):
            for *keys, right, sell, words in TRADE_KEYS:
                self._offer(keys[order], right, f"{words} {where}", sell=sell, order=bool(order))
        self.hear(ExpirationsChanged, lambda _event: self.refresh())
        self.hear(ExerciseStyleChanged, lambda event: self._bar.show_style(event.style))
        self.hear(ChainLoading, self._on_loading)
        self.hear(ChainFailed, self._on_failed)
        self.hear(ChainChanged, lambda _event: self.refresh())
        self.hear(GreeksChanged, lambda _event: self._show_rows())

    def _arrange(self) -> None:
        self._pages = QStackedLayout()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._skeleton)
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 4, 10, 6)
        foot.addWidget(self._status)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._banner)
        column.addLayout(self._heads())
        column.addLayout(self._pages, 1)
        column.addLayout(foot)

    def _heads(self) -> QHBoxLayout:
        """Three parts, the outer two of one width: the price stands over the strikes."""
        left, middle, right = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        left.addWidget(_head(tr("Calls")))
        left.addWidget(self._pricing, 1)
        middle.addStretch(1)
        middle.addWidget(self._spot)
        middle.addWidget(self._quality)
        middle.addStretch(1)
        right.addStretch(1)
        right.addWidget(_head(tr("Puts")))
        row = QHBoxLayout()
        row.setContentsMargins(10, 0, 10, 3)
        for part, share in ((left, 3), (middle, 2), (right, 3)):
            part.setSpacing(10)
            row.addLayout(part, share)
        return row

    def _on_loading(self, event: ChainLoading) -> None:
        self._failure = ""
        if event.expiry is not None:
            self._bar.show_expiry(event.expiry)
        self._show_view()

    def _on_failed(self, event: ChainFailed) -> None:
        self._failure = event.sentence
        self._show_view()

    def _view(self) -> ValuedChain | None:
        """The view of the expiry that was asked for; another's is not shown under its name."""
        view = self._chain.view
        return view if view is not None and view.chain.expiry == self._bar.chosen() else None

    def _show_view(self) -> None:
        view = self._view()
        now = theme.current()
        if self._failure:
            self._banner.tell(self._failure, now.down)
        else:
            self._banner.tell((view.verdict or "") if view else "", now.warning)
        self._pages.setCurrentWidget(self._skeleton if view is None else self.table)
        if view is None:
            self._shown = None
            self._skeleton.tell(self._waiting(), busy=self._chain.loading)
            say(self._spot, "")
            say(self._pricing, "", hint="")
            self._quality.tell("", now.muted)
        else:
            self._show_rows()
        self.tick()

    def _show_rows(self) -> None:
        view = self._view()
        if view is None:
            return
        say(self._spot, f"{view.chain.symbol} {number(view.spot)}")
        self._quality.tell(view.quality.value, quality_colour(view.quality))
        hint = pricing.details(view, pricing.term(view.years))
        say(self._pricing, pricing.pricing(view), pricing.role(view), hint)
        lines = [
            Line(view, position)
            for position, rung in enumerate(view.ladder)
            if self._filter.keeps(view, rung)
        ]
        another = self._shown != view.chain.expiry
        before = [line.rung.strike for line in self._model.rows]
        chosen = None if another else self._chosen_line()
        self.table.home_row = _home(lines)
        if not another and before == [line.rung.strike for line in lines]:
            self._model.change_rows(lines)
            return
        self._shown = view.chain.expiry
        self._model.show_rows(lines)
        self._select(lines, chosen)

    def _chosen_line(self) -> Line | None:
        row = self.table.currentIndex().row()
        return self._model.rows[row] if 0 <= row < len(self._model.rows) else None

    def _select(self, lines: list[Line], chosen: Line | None) -> None:
        """Keep the selected strike where it is still listed, else go to the money."""
        strikes = [line.rung.strike for line in lines]
        if chosen is not None and chosen.rung.strike in strikes:
            self.table.selectRow(strikes.index(chosen.rung.strike))
        else:
            self.table.go_home()

    def _row_chosen(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if self._picked[1]:
            self._picked = (None, "")
            self.tick()
        if current.isValid():
            self.selected.emit(self._model.rows[current.row()].position)

    def _cell_clicked(self, index: QModelIndex) -> None:
        """A price that is there is taken: the ask to buy, the bid to sell; with Ctrl to order."""
        column = self._model.columns[index.column()]
        if (column.field, column.side) in TRADES:
            right: Right = "C" if column.side == "call" else "P"
            held = QGuiApplication.keyboardModifiers()
            order = bool(held & Qt.KeyboardModifier.ControlModifier)
            sell = column.field == "bid"
            self._pick(self._model.rows[index.row()], right, sell=sell, order=order)

    def _offer(self, keys: str, right: Right, words: str, *, sell: bool, order: bool) -> None:
        """The same by keyboard and context menu, for the selected strike."""
        action = QAction(words, self.table)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(
            lambda _checked: self._pick(self._chosen_line(), right, sell=sell, order=order)
        )
        self.table.addAction(action)

    def _pick(self, line: Line | None, right: Right, *, sell: bool, order: bool) -> None:
        """Tell whoever builds hedges or orders, if there is such a price."""
        if line is None:
            return
        row = line.rung.call if right == "C" else line.rung.put
        quote = None if row is None else line.view.chain.rows[row]
        if quote is None or (quote.bid if sell else quote.ask) is None:
            return
        side = "call" if right == "C" else "put"
        deed = (
            (tr("to sell") if sell else tr("to buy")) if order else ("sold" if sell else "bought")
        )
        picked = f"{units(line.rung.strike)} {side} {deed} {PLACES[order]}"
        self._picked = (line.view.chain.expiry, picked)
        self._bus.tell(LegPicked(line.view.chain.expiry, right, line.rung.strike, sell, order))
        self.tick()

    def _filter_by(self, found: Filter) -> None:
        self._filter = found
        self._show_rows()
        self.tick()

    def _waiting(self) -> str:
        expiry = self._bar.chosen()
        which = (
            tr("the chain of {expiry}").format(expiry=dated(expiry))
            if expiry
            else tr("the list of expiries")
        )
        if self._chain.loading:
            return tr("Fetching {which}…").format(which=which)
        return tr("There is no chain to show. Refresh asks for it again.")

    def _status_text(self) -> str:
        view = self._view()
        hits, misses = self._chain.hits, self._chain.misses
        cache = tr("cache {hits}, {misses}").format(
            hits=tr("{n} hits", "{n} hit", hits).format(n=hits),
            misses=tr("{n} misses", "{n} miss", misses).format(n=misses),
        )
        if view is None:
            return (
                tr("No chain yet · {cache}").format(cache=cache)
                if not self._chain.loading
                else tr("Fetching… · {cache}").format(cache=cache)
            )
        refused = sum(bool(why) for why in view.refusals)
        parts = [
            tr("{count} contracts").format(count=len(view.chain.rows)),
            tr("{refused} refused").format(refused=refused),
        ]
        if self._picked[0] == view.chain.expiry:
            parts.insert(0, self._picked[1])
        if len(self._model.rows) < len(view.ladder):
            parts.insert(
                0,
                tr("{shown} of {all} strikes").format(
                    shown=len(self._model.rows), all=len(view.ladder)
                ),
            )
        if view.chain.problems:
            parts.append(tr("{count} unreadable").format(count=len(view.chain.problems)))
        parts += [
            view.chain.source,
            self._fetched(),
            cache,
            tr("{years} years left").format(years=number(view.years, 3)),
        ]
        return " · ".join(parts)

    def _fetched(self) -> str:
        at = self._chain.fetched_at
        if at is None:
            return tr("fetched at an unknown time")
        if self._chain.loading:
            return tr("refreshing, fetched {time}").format(time=local_time(at))
        how = tr("kept copy of") if self._chain.from_cache else "fetched"
        return tr("{how} {time}, {age} ago").format(
            how=how, time=local_time(at), age=age(self._chain.clock.now() - at)
        )

    def _status_hint(self) -> str:
        view = self._view()
        if view is None:
            return ""
        lines = [
            tr("Quotes of {at}, received {received}").format(
                at=local(view.chain.at), received=local(view.chain.received)
            )
        ]
        return "\n".join([*lines, *view.chain.problems[:10]])


def _home(lines: list[Line]) -> int | None:
    """The row nearest to the money among those shown."""
    if not lines:
        return None
    money = lines[0].view.at_the_money
    return min(range(len(lines)), key=lambda row: abs(lines[row].position - money))


def _head(word: str) -> QLabel:
    made = label()
    made.setText(word)
    made.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
    return made
