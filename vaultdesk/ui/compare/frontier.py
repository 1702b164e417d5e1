"""The efficient frontier: what each hedge costs a year against the worst LTV it leaves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vaultdesk.ui.charts.lazy_chart import Axis, Limit
from vaultdesk.ui.charts.scatter_chart import Point, ScatterPlot
from vaultdesk.ui.format import number, percent
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.ui.compare.table import Row


def frontier(rows: Sequence[Row], config: StrategyConfig, chosen: str) -> ScatterPlot:
    """The hedges that have a price and an LTV; `chosen` is the name of one."""
    points = [
        Point(
            key=row.line.name,
            name=row.name,
            x=float(row.priced.annualised),
            y=row.line.protection.worst_ltv,
            dominated=row.line.dominated,
        )
        for row in rows
        if row.priced is not None
        and row.line.protection is not None
        and math.isfinite(row.line.protection.worst_ltv)
    ]
    terms = config.portfolio.terms
    return ScatterPlot(
        points=tuple(points),
        x=Axis(
            tr("cost a year, {currency}").format(currency=terms.currency),
            lambda cost: number(cost, 0),
        ),
        y=Axis(tr("worst LTV"), percent),
        limits=(
            Limit(
                tr("margin call {call_ltv}").format(call_ltv=percent(terms.call_ltv)),
                float(terms.call_ltv),
                "warning",
            ),
        ),
        chosen=chosen,
    )
