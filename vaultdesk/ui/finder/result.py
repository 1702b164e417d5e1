"""The finder's answer: legs, cost, proof and curves; or why there is none and what comes near."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.hedge.position import HedgeLeg
from vaultdesk.ui import theme
from vaultdesk.ui.charts.line_chart import LineChart
from vaultdesk.ui.compare.head import ResultHead
from vaultdesk.ui.finder.chart import plot
from vaultdesk.ui.finder.table import COLUMNS
from vaultdesk.ui.format import MISSING, money, percent, signed_percent
from vaultdesk.ui.loan.fields import level
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, Banner, label, say, sentence
from vaultdesk.ui.tables.model import TableModel
from vaultdesk.ui.tables.view import Table
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.hedge.finder import Found
    from vaultdesk.core.hedge.pictures.found import Picture

CHART_HEIGHT = 220
MOST_ROWS = 10
"""More legs than these are scrolled to."""


class FinderResult(QWidget):
    """Shows one answer; the buttons ask for the nearest value that has one."""

    nearest_asked = Signal(str, object)
    """The field's name and the fraction to put there."""
    desk_asked = Signal()
    save_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._found: Found | None = None
        self.head = ResultHead("finder")
        self.banner = Banner("finder.problem", tr("Why there is no such hedge"))
        self.nearest_ltv = named(
            QPushButton(), "finder.nearest_ltv", tr("The lowest limit that holds")
        )
        self.nearest_fall = named(
            QPushButton(), "finder.nearest_fall", tr("The largest fall that can be held")
        )
        self.nearest_ltv.clicked.connect(lambda _on: self._nearest("max_ltv"))
        self.nearest_fall.clicked.connect(lambda _on: self._nearest("max_fall"))
        self.cost = label("finder.cost", tr("Natural premium and commission of all legs"))
        self.cost.setFont(theme.ui_font(16, SEMIBOLD))
        self.beside = sentence("finder.mid", tr("The cost at mid and what patience might save"))
        self.worst = sentence(
            "finder.worst", tr("The highest LTV with this hedge, and where it is"), ""
        )
        self._model = TableModel[HedgeLeg](COLUMNS)
        self.table = named(Table(self._model), "finder.table", tr("The legs of the cheapest hedge"))
        self.table.setAccessibleName(tr("Legs found"))
        self.proof = sentence("finder.proof", tr("What was proven, checked and assumed"))
        self.proof.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.chart = LineChart("finder.chart", tr("Left and right read the LTV out at a price"))
        self.chart.setAccessibleName(tr("LTV with the hedge and without"))
        self.chart.setMinimumHeight(CHART_HEIGHT)
        self.desk = named(
            QPushButton(tr("Put on the &desk")),
            "finder.desk",
            tr("Let other panels look at this hedge"),
        )
        self.save = named(
            QPushButton(tr("&Save…")),
            "finder.save",
            tr("Keep this result with its inputs, or a report of it"),
        )
        self.desk.clicked.connect(lambda _on: self.desk_asked.emit())
        self.save.clicked.connect(lambda _on: self.save_asked.emit())
        self._arrange()
        self.show_nothing(tr("Say what has to hold, then find the cheapest hedge."))

    def show_nothing(self, text: str, problem: str = "") -> None:
        """There is no answer; what is awaited, or why."""
        self._found = None
        self.head.show_nothing(text)
        self.banner.tell(problem, theme.current().warning)
        self._model.show_rows(())
        for part in self._answer:
            part.setVisible(False)
        for button in (self.nearest_ltv, self.nearest_fall):
            button.setVisible(False)

    def show_found(self, found: Found, picture: Picture | None) -> None:
        """An answer; `picture` is None where it could not be drawn."""
        self._found = found
        legs = found.position.legs
        self.banner.tell(found.problem, theme.current().warning)
        self._offer(self.nearest_ltv, tr("Use {}"), found.nearest_ltv)
        self._offer(self.nearest_fall, tr("Use a fall of {}"), found.nearest_fall)
        self._model.show_rows(legs)
        for part in self._answer:
            part.setVisible(bool(legs) or not found.problem)
        self.table.setVisible(bool(legs))
        self._fit_table(len(legs))
        self.desk.setEnabled(bool(legs) and not found.problem)
        self.save.setVisible(True)
        self._show_cost(found, picture)
        say(self.worst, _worst(found))
        sentences = [*found.proof, *found.position.warnings]
        say(self.proof, "\n".join(f"\N{BULLET} {one}" for one in sentences))
        self.proof.setVisible(bool(sentences))
        self.chart.setVisible(picture is not None)
        if picture is not None:
            self.chart.show_plot(plot(found, picture))

    def show_age(self, picture: Picture, *, older: bool) -> None:
        """What it was found from, and whether prices have moved on."""
        config = picture.config
        self.head.show_result(
            config.at, config.board.source, config.quality, config.spot_price, older=older
        )

    def recolour(self) -> None:
        """The table, the chip and the banner carry colours of their own."""
        self.table.recolour()
        self.head.recolour()
        self.banner.tell(self.banner.text(), theme.current().warning)

    def _show_cost(self, found: Found, picture: Picture | None) -> None:
        if not found.position.legs and not found.problem:
            say(self.cost, tr("No hedge is needed"))
            say(self.beside, "")
            return
        currency = picture.config.portfolio.quote.currency if picture else ""
        say(self.cost, money(found.cost, currency) if picture else MISSING)
        if picture is not None:
            saving = found.cost - picture.at_mid
            say(
                self.beside,
                tr("at natural prices with commission · at mid {at_mid}, {saving} less").format(
                    at_mid=money(picture.at_mid, currency), saving=money(saving, currency)
                ),
            )

    def _fit_table(self, count: int) -> None:
        """As high as its rows; what is scrolled is the page."""
        bar = self.table.horizontalScrollBar().sizeHint().height()
        self.table.setFixedHeight(self.table.height_of(min(count, MOST_ROWS)) + bar)

    def _offer(self, button: QPushButton, words: str, value: Decimal | None) -> None:
        button.setVisible(value is not None)
        if value is not None:
            button.setText(words.format(level(value)))

    def _nearest(self, name: str) -> None:
        if self._found is not None:
            value = self._found.nearest_ltv if name == "max_ltv" else self._found.nearest_fall
            self.nearest_asked.emit(name, value)

    def _arrange(self) -> None:
        offers, buttons = QHBoxLayout(), QHBoxLayout()
        for row, pair in (
            (offers, (self.nearest_ltv, self.nearest_fall)),
            (buttons, (self.desk, self.save)),
        ):
            row.setSpacing(6)
            for button in pair:
                row.addWidget(button)
            row.addStretch(1)
        self._answer: tuple[QWidget, ...] = (
            *(self.cost, self.beside, self.worst, self.table, self.proof, self.chart),
            *(self.desk, self.save),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addWidget(self.head)
        column.addWidget(self.banner)
        column.addLayout(offers)
        for part in (self.cost, self.beside, self.worst, self.table):
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(self.proof)
        column.addWidget(self.chart, 1)
        column.addStretch()


def _worst(found: Found) -> str:
    days = tr("{n} days", "{n} day", found.worst_day).format(n=found.worst_day)
    return tr("Worst LTV {worst_ltv} at {worst_move} in {days}, by the model").format(
        worst_ltv=percent(found.worst_ltv, 2),
        worst_move=signed_percent(found.worst_move, 1),
        days=days,
    )
