"""The figures of a stress: both LTVs large, and what follows from them side by side below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.format import MISSING, NOT_AVAILABLE, money, number, percent
from vaultdesk.ui.loan.head import ZONES
from vaultdesk.ui.readout import SEMIBOLD, Chip, Elided, Rule, label, say
from vaultdesk.ui.translation import tr
from vaultdesk.ui.whatif.words import USES

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from vaultdesk.core.hedge.stress.views import Point
    from vaultdesk.core.loan.cure import Zone
    from vaultdesk.ui.whatif.look import Look

UNLENT = tr("Nothing that is pledged has a lending value.")
UNBOUNDED = tr("The pledge and the options together are worth nothing.")


class _Tile(QFrame):
    """One LTV: whose it is, its value, and the zone in a word."""

    def __init__(self, side: str, title: str, meaning: str) -> None:
        super().__init__()
        self.setProperty("role", "tile")
        self._title = Elided()
        self._title.setText(title)
        self._figure = label(f"whatif.ltv_{side}", meaning)
        self._figure.setFont(theme.ui_font(24, QFont.Weight.Bold))
        self._zone = Chip(f"whatif.zone_{side}", tr("Where that LTV stands between the levels"))
        self._foot = Elided()
        self._foot.setFont(theme.ui_font(8))
        theme.role(self._foot, "muted")
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self._foot, 1)
        below.addWidget(self._zone)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 8, 7)
        column.setSpacing(1)
        column.addWidget(self._title)
        column.addWidget(self._figure)
        column.addLayout(below)

    def show_ltv(self, ltv: Decimal | None, zone: Zone, foot: str) -> None:
        """The LTV and its zone; None is one that nothing bounds."""
        word, tone = ZONES[zone]
        text = NOT_AVAILABLE if ltv is None else percent(ltv)
        say(self._figure, text, tone, UNBOUNDED if ltv is None else percent(ltv, 4))
        self._zone.tell(word, str(getattr(theme.current(), tone)))
        self._zone.show()
        self.tell(foot)

    def show_nothing(self, why: str) -> None:
        """There is none; why."""
        say(self._figure, MISSING, "", why)
        self._zone.hide()
        self.tell(why)

    def tell(self, foot: str) -> None:
        """A few words below the figure."""
        say(self._foot, foot, hint=foot)


class BothLtvs(QWidget):
    """The loan-to-value without the hedge and with it."""

    def __init__(self) -> None:
        super().__init__()
        self._bare = _Tile("unhedged", tr("Unprotected"), tr("The bank's LTV without the hedge"))
        self._hedged = _Tile("hedged", tr("Protected"), tr("The bank's LTV with the hedge"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._bare, 1)
        row.addWidget(self._hedged, 1)

    def show_point(self, look: Look, point: Point) -> None:
        """Both at a stress."""
        today = tr("today {ltv}").format(ltv=percent(look.config.portfolio.ltv))
        self._bare.show_ltv(point.bare.ltv, point.bare.zone, today)
        if look.why:
            self._hedged.show_nothing(look.why)
        else:
            use = USES[look.config.rules.use]
            self._hedged.show_ltv(point.hedged.hedged_ltv, point.hedged_zone, use)

    def show_nothing(self, why: str) -> None:
        """No loan to look at; why."""
        self._bare.show_nothing(why)
        self._hedged.show_nothing(why)


@dataclass(frozen=True, slots=True)
class Line:
    """A figure without the hedge, where there is such a thing, and with it; money or a ratio."""

    name: str
    title: str
    meaning: str
    hedged: Callable[[Point], Decimal | None]
    bare: Callable[[Point], Decimal | None] | None = None
    ratio: bool = False

    def text(self, value: Decimal | None) -> str:
        """As it is written."""
        if value is None:
            return MISSING
        return percent(value) if self.ratio else number(value, 0)

    def exact(self, value: Decimal | None, currency: str) -> str:
        """With all its digits."""
        if value is None:
            return UNLENT if self.ratio else ""
        return percent(value, 4) if self.ratio else money(value, currency)


LOAN = (
    Line(
        "utilisation",
        tr("Utilisation"),
        tr("Loan ÷ lending value, which is each asset times its advance rate"),
        lambda point: point.hedged.utilisation,
        lambda point: point.bare.utilisation,
        ratio=True,
    ),
    Line(
        "headroom",
        tr("Headroom"),
        tr("Lending value less the loan; negative is a shortfall"),
        lambda point: point.hedged.headroom,
        lambda point: point.bare.headroom,
    ),
    Line(
        "equity",
        tr("Equity after loan"),
        tr("Pledge and options less the loan and what the hedge costs"),
        lambda point: point.hedged.equity,
        lambda point: point.equity,
    ),
    Line(
        "cure",
        tr("Cash to cure"),
        tr("What has to be repaid to come back to the target LTV"),
        lambda point: point.hedged.cure,
        lambda point: point.bare.cure.repay,
    ),
    Line(
        "economic",
        tr("Economic LTV"),
        tr("Loan ÷ pledge and options, whoever holds them"),
        lambda point: point.hedged.economic_ltv,
        lambda point: point.bare.ltv,
        ratio=True,
    ),
)
OPTIONS = (
    Line("payoff", tr("Options are worth"), tr("By the model"), lambda point: point.hedged.payoff),
    Line(
        "intrinsic",
        tr("  of it intrinsic"),
        tr("What exercising them would bring"),
        lambda point: point.hedged.intrinsic,
    ),
    Line(
        "time_value",
        tr("  of it time value"),
        tr("What they are worth beyond exercising them"),
        lambda point: point.time_value,
    ),
    Line(
        "after_spread",
        tr("Sold at the bid"),
        tr("What selling them would bring, if spreads stay what they are now"),
        lambda point: point.hedged.after_spread,
    ),
    Line(
        "cost",
        tr("They cost"),
        tr("Bought now at natural price, with commission; negative is money received"),
        lambda point: point.hedged.cost,
    ),
)


class WhatIfFigures(QWidget):
    """The loan's figures on both sides, and what the options are worth in parts."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._currency = label(role="muted")
        self._grid.addWidget(self._currency, 0, 0)
        for column, title in ((1, tr("Unprotected")), (2, tr("Protected"))):
            heading = label(role="muted")
            heading.setText(title)
            self._grid.addWidget(heading, 0, column, Qt.AlignmentFlag.AlignRight)
        self._labels = {line.name: self._add(line) for line in LOAN}
        self._grid.addWidget(Rule(), self._grid.rowCount(), 0, 1, 3)
        self._labels |= {line.name: self._add(line) for line in OPTIONS}

    def show_point(self, point: Point, why: str) -> None:
        """The figures of a stress; `why` is why there is no hedge in them, if there is none."""
        currency = point.bare.terms.currency
        say(self._currency, currency)
        for line in (*LOAN, *OPTIONS):
            bare, hedged = self._labels[line.name]
            if bare is not None and line.bare is not None:
                _write(bare, line, line.bare(point), currency)
            if why:
                say(hedged, MISSING, "", why)
            else:
                _write(hedged, line, line.hedged(point), currency)

    def show_nothing(self, why: str) -> None:
        """No loan to look at; why."""
        for pair in self._labels.values():
            for figure in pair:
                if figure is not None:
                    say(figure, MISSING, "", why)

    def _add(self, line: Line) -> tuple[QLabel | None, QLabel]:
        at = self._grid.rowCount()
        caption = label(role="muted")
        caption.setText(line.title)
        caption.setToolTip(line.meaning)
        self._grid.addWidget(caption, at, 0)
        hedged = label(
            f"whatif.{line.name}", tr("{meaning}; with the hedge").format(meaning=line.meaning)
        )
        bare = None
        if line.bare is not None:
            bare = label(
                f"whatif.{line.name}_unhedged",
                tr("{meaning}; without the hedge").format(meaning=line.meaning),
            )
        for column, figure in ((1, bare), (2, hedged)):
            if figure is not None:
                figure.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
                self._grid.addWidget(figure, at, column, Qt.AlignmentFlag.AlignRight)
        return bare, hedged


def _write(figure: QLabel, line: Line, value: Decimal | None, currency: str) -> None:
    over = line.name == "utilisation" and value is not None and value > 1
    short = line.name in ("headroom", "equity") and value is not None and value < 0
    say(figure, line.text(value), "down" if over or short else "", line.exact(value, currency))
