"""The builder's parts in one column, or in two where there is room."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.templates import OWN
from vaultdesk.ui.format import units
from vaultdesk.ui.readout import NARROWEST
from vaultdesk.ui.scrolled import Scrolled, empty
from vaultdesk.ui.strategy.facts import FactSheet
from vaultdesk.ui.strategy.form import Facts, StrategyForm
from vaultdesk.ui.strategy.head import StrategyHead
from vaultdesk.ui.strategy.legs import LegsTable, Row
from vaultdesk.ui.strategy.plot import PayoffView
from vaultdesk.ui.strategy.scenarios import ScenarioTable
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from vaultdesk.core.hedge.building import Sheet
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.draft import Draft
    from vaultdesk.core.hedge.templates import Build
    from vaultdesk.services.hedge import HedgeService
    from vaultdesk.ui.strategy.plot import Look

WIDE, LEFT_WIDTH, NARROW = 820, 380, 320
"""Pixels from which on there are two columns, how wide the left one is at most, and the least."""


class StrategyBody(QWidget):
    """Shows a build, a draft of it and the market; knows no more than what it is given."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.head = StrategyHead()
        self.form = StrategyForm()
        self.legs = LegsTable()
        self.facts = FactSheet()
        self.payoff = PayoffView(look)
        self.scenarios = ScenarioTable()
        self._offered = False
        self._arrange()

    def show_market(self, hedge: HedgeService, draft: Draft | None) -> None:
        """Show the prices and what is wrong with them, or with the hedge."""
        config = hedge.config
        if config is None:
            return
        problem = config.problem or hedge.problem or (draft.problem if draft else "")
        self.head.show_market(config, problem)

    def show_build(self, build: Build, hedge: HedgeService, draft: Draft | None) -> None:
        """Show what is wished for and what came of it."""
        config = hedge.config
        if config is None:
            return
        sheet = draft.sheet if draft is not None else None
        if not self._offered:
            from vaultdesk.core.hedge.candidates import KINDS  # noqa: PLC0415 (NumPy)

            self.form.offer(KINDS)
            self._offered = True
        self.form.show_build(build, hedge.rules, _facts(build, hedge, sheet))
        self.head.show_sheet(sheet)
        self._show_legs(hedge, sheet)
        self.facts.show_sheet(sheet, config.portfolio.terms.currency)
        self.payoff.show_draft(draft)
        self.scenarios.show_draft(draft)

    def recolour(self) -> None:
        """Take the colours of the current theme."""
        for part in (self.legs, self.payoff, self.scenarios):
            part.recolour()

    def retire(self) -> None:
        """Repaint nothing more."""
        self.legs.retire()
        self.scenarios.retire()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """That of one column: two must never keep a dock from becoming narrower."""
        return QSize(NARROW, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In two columns where there is room."""
        super().resizeEvent(event)
        self._stand(wide=self.width() >= WIDE)

    def _show_legs(self, hedge: HedgeService, sheet: Sheet | None) -> None:
        from vaultdesk.core.hedge.draft import strikes_of  # noqa: PLC0415 (NumPy)

        config = hedge.config
        if config is None or sheet is None:
            self.legs.show_legs((), {}, ())
            return
        currency = config.portfolio.terms.currency
        rows = [
            Row(cost, delta, currency)
            for cost, delta in zip(sheet.cost.legs, sheet.deltas, strict=True)
        ]
        strikes = {i: strikes_of(config, row.cost.leg) for i, row in enumerate(rows)}
        self.legs.show_legs(rows, strikes, hedge.expirations or config.board.expiries)

    def _arrange(self) -> None:
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        for column in (self._left, self._right):
            column.setSpacing(14)
        self._inside = QWidget()
        self._columns = QHBoxLayout(self._inside)
        self._columns.setContentsMargins(10, 8, 10, 10)
        self._columns.setSpacing(18)
        self._left_side, right_side = QWidget(), QWidget()
        for side, column in ((self._left_side, self._left), (right_side, self._right)):
            column.setContentsMargins(0, 0, 0, 0)
            side.setLayout(column)
        self._columns.addWidget(self._left_side, 2)
        self._columns.addWidget(right_side, 3)
        self._wide = True
        self._place()
        self._inside.setMinimumWidth(NARROWEST)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 2, 10, 6)
        foot.addWidget(self.head.status)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(Scrolled(self._inside), 1)
        whole.addLayout(foot)

    def _stand(self, *, wide: bool) -> None:
        if wide != self._wide:
            self._wide = wide
            self._place()

    def _place(self) -> None:
        left = [self.head, self.form, self.facts]
        right: list[QWidget] = [self.legs, self.payoff, self.scenarios]
        for column in (self._left, self._right):
            empty(column)
        if not self._wide:
            left, right = [], [self.head, self.form, self.legs, self.payoff, self.facts,
                               self.scenarios]  # fmt: skip
        self._left_side.setVisible(self._wide)
        self._left_side.setMaximumWidth(LEFT_WIDTH if self._wide else 0)
        self._columns.setSpacing(18 if self._wide else 0)
        for column, widgets in ((self._left, left), (self._right, right)):
            for widget in widgets:
                column.addWidget(widget, 1 if widget is self.payoff else 0)
            column.addStretch(0 if self.payoff in widgets else 1)


def _facts(build: Build, hedge: HedgeService, sheet: Sheet | None) -> Facts:
    from vaultdesk.core.hedge.building import slots  # noqa: PLC0415 (NumPy)
    from vaultdesk.core.hedge.candidates import KINDS  # noqa: PLC0415 (NumPy)

    config = hedge.config
    assert config is not None  # noqa: S101 - the body is shown with one only
    own = build.kind == OWN
    parameters = () if own else KINDS[build.kind].parameters
    strikes = [one for one in parameters if one.right]
    fields = [
        "call" if x.right == "C" else "sold" if x.name == "sold" else "strike" for x in strikes
    ]
    weights = next((one.default for one in parameters if one.what == "weights"), ())
    near = next((one.default for one in parameters if one.what == "days"), None)
    anchors = () if own else tuple(anchor for _, anchor in slots(build))
    if weights and len(anchors) != len(weights):  # type: ignore[arg-type]
        weights = (Decimal(1),) * len(anchors)
    legs = sheet.position.legs if sheet else ()
    return Facts(
        spot=config.spot_price,
        today=trading_date(config.at),
        expiries=hedge.expirations or config.board.expiries,
        slots=anchors,
        fields=fields,
        titles=[one.title for one in strikes],
        weights=build.weights or weights,  # type: ignore[arg-type]
        near=None if near is None else build.near or near,  # type: ignore[arg-type]
        days=build.days or (365 if build.kind == "leaps" else hedge.rules.days),
        contracts=_count(build, config, sheet),
        covered=_covered(sheet),
        wanted=[leg.wanted for leg in legs],
        chosen=legs[0].listed.expiry if legs else None,
    )


def _count(build: Build, config: StrategyConfig, sheet: Sheet | None) -> int:
    """Contracts of the first leg and those of its side; of own legs, of the first."""
    from vaultdesk.core.hedge.building import contracts_to_cover  # noqa: PLC0415 (NumPy)

    if sheet is None:
        return build.contracts or contracts_to_cover(config)
    legs = sheet.position.legs
    if build.kind == OWN:
        return int(abs(legs[0].contracts))
    same = [one for one in legs if (one.contracts > 0) == (legs[0].contracts > 0)]
    return int(sum(abs(leg.contracts) for leg in same if leg.listed.right == legs[0].listed.right))


def _covered(sheet: Sheet | None) -> str:
    if sheet is None:
        return ""
    view = sheet.protection
    left = view.unprotected_units.quantize(Decimal("0.01"))
    held = (view.protected_units + view.unprotected_units).quantize(Decimal("0.01"))
    covered = view.protected_units.quantize(Decimal("0.01"))
    rest = (
        tr("unprotected remainder {left} shares").format(left=units(left))
        if left > 0
        else tr("nothing left unprotected")
    )
    return tr("{covered} of {held} shares protected, {rest}").format(
        covered=units(covered), held=units(held), rest=rest
    )
