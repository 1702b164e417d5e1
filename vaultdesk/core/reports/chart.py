"""The loan-to-value ratio over the price, with a hedge and without, between the lender's levels."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.pictures.payoff import HIGH, LOW, curves, price_grid
from vaultdesk.core.hedge.scene import Scene
from vaultdesk.core.reports.document import Chart, Curve, Stroke, Tick
from vaultdesk.core.reports.figures import number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.options.types import FloatArray

MOVES = tuple(move / 100 for move in range(round(100 * LOW), round(100 * HIGH) + 1, 10))
STEP, HIGHEST = 0.10, 1.30
"""Of the LTV axis: higher is not drawn, a loan is lost long before."""


def ltv_chart(config: StrategyConfig, position: Position, day: int) -> Chart:
    """On a day to come with and without the hedge, and now with it.

    Raises:
        Unvalued: nothing is pledged any more on that day.
    """
    spots = price_grid(config, [position])
    scene = Scene(smile=config.rules.smile)
    drawn = curves(config, position, spots, (day, 0), scene)
    terms, state = config.portfolio.terms, config.portfolio
    levels = [("Margin call", terms.call_ltv), ("Close-out", terms.closeout_ltv)]
    shown = [drawn.ltv_unhedged[:, 0], drawn.ltv[:, 0], drawn.ltv[:, 1]]
    until, spot = trading_date(config.at) + timedelta(days=day), float(config.spot_price)
    name, prices = state.quote.symbol, state.quote.currency
    return Chart(
        title=f"LTV by the price of {name}, protected and unprotected",
        x=tuple(Tick((1 + m) * spot, _price(m, spot)) for m in MOVES),
        y=_axis([*shown, np.array([float(level) for _, level in levels])]),
        x_title=f"price of {name}, {prices}, and its move from now",
        y_title="LTV",
        curves=(
            _curve(f"unprotected on {until}", spots, shown[0], Stroke.FAINT),
            _curve("protected now", spots, shown[2], Stroke.DASHED),
            _curve(f"protected on {until}", spots, shown[1], Stroke.MAIN),
        ),
        levels=tuple(Tick(float(at), f"{said} {percent(at)}") for said, at in levels),
        marks=(Tick(spot, f"now {number(config.spot_price)}"),),
    )


def _price(move: float, spot: float) -> str:
    return f"{number((1 + move) * spot, 0)}\n{percent(move, 0, signed=True)}"


def _axis(shown: Sequence[FloatArray]) -> tuple[Tick, ...]:
    """Even steps around all that is finite, up to the highest that is drawn."""
    values = np.concatenate([one[np.isfinite(one)] for one in shown])
    low = math.floor(round(float(values.min()) / STEP, 6))
    high = math.ceil(round(min(float(values.max()), HIGHEST) / STEP, 6))
    return tuple(Tick(n * STEP, percent(n * STEP, 0)) for n in range(low, max(high, low + 1) + 1))


def _curve(name: str, spots: FloatArray, values: FloatArray, stroke: Stroke) -> Curve:
    points = zip(spots.tolist(), values.tolist(), strict=True)
    return Curve(name, tuple((x, y) for x, y in points if math.isfinite(y)), stroke)
