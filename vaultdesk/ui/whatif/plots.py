"""What the charts of a stress show: levels, curves, maps and bars made of what core gives."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.stress.inputs import last_day
from vaultdesk.core.loan.cure import WARNING_BAND
from vaultdesk.ui.charts.bar_chart import Bar, Tornado
from vaultdesk.ui.charts.heat_chart import Band, Bands, Contour, HeatPlot, Spot
from vaultdesk.ui.charts.lazy_chart import Axis, Limit
from vaultdesk.ui.charts.line_chart import LinePlot, Mark, Trace
from vaultdesk.ui.format import percent, short_month
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.pictures.payoff import Curves
    from vaultdesk.core.hedge.stress.crash import CrashReplay
    from vaultdesk.core.hedge.stress.heat import Heat
    from vaultdesk.core.hedge.stress.tornado import Ratio, Swings
    from vaultdesk.core.loan.series import Floats
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.ui.whatif.look import Look

ABOVE = 0.20
"""LTV that a chart shows above the close-out level; what is higher leaves it at the top."""
AIR = 0.04
"""LTV that it shows beyond its values."""
SAFE_STEP = 0.10
"""LTV between the shades of the safe zone."""
UNBOUNDED = 10.0
"""An LTV from here on is as bad as any."""
CURVES = ((tr("Unprotected"), "down"), (tr("Protected"), "accent"))


def whole_percent(fraction: float) -> str:
    """A tick of an axis of ratios."""
    return percent(fraction, 0)


def ratio(fraction: float) -> str:
    """A ratio in a readout."""
    return percent(fraction) if fraction < UNBOUNDED else tr("without bound")


def limits(terms: Facility) -> tuple[Limit, ...]:
    """The lender's levels."""
    call, closeout = float(terms.call_ltv), float(terms.closeout_ltv)
    return (
        Limit(tr("margin call {call}").format(call=percent(call, 0)), call, "warning"),
        Limit(tr("close-out {closeout}").format(closeout=percent(closeout, 0)), closeout, "down"),
    )


def curve_plot(look: Look, seen: Curves) -> LinePlot:
    """The LTV over prices, without the hedge and with it."""
    config, stress, hedged = look.config, look.stress, look.hedged
    pairs = [(CURVES[0], seen.ltv_unhedged[:, 0], "dash"), (CURVES[1], seen.ltv[:, 0], "solid")]
    traces = tuple(
        Trace(name, tone, seen.spots, values, dash)  # type: ignore[arg-type]
        for (name, tone), values, dash in pairs[: 1 + hedged]
    )
    spot = float(config.spot_price)
    marks = [Mark(tr("now"), spot)]
    if stress.gold:
        marks.append(Mark(tr("here"), spot * float(1 + stress.gold), "accent"))
    low = min(float(trace.y.min()) for trace in traces if trace.y.size)
    return LinePlot(
        traces=traces,
        x=Axis(f"{config.board.symbol}, {config.portfolio.quote.currency}"),
        y=Axis("LTV", ratio),
        limits=limits(config.portfolio.terms),
        marks=tuple(marks),
        y_range=(low - AIR, _top(config)),
    )


def heat_plot(look: Look, heat: Heat, values: Floats) -> HeatPlot:
    """The LTV over dates and prices; `values` is one of the two maps."""
    config, stress = look.config, look.stress
    terms = config.portfolio.terms
    call, closeout = float(terms.call_ltv), float(terms.closeout_ltv)
    spot = float(config.spot_price) * float(1 + stress.gold)
    return HeatPlot(
        x_values=heat.days,
        y_values=heat.spots,
        values=values.clip(max=UNBOUNDED),
        x=Axis(tr("date"), lambda day: day_word(config, day)),
        y=Axis(f"{config.board.symbol}, {config.portfolio.quote.currency}"),
        colours=_bands(call, closeout),
        text=ratio,
        contours=(
            Contour(tr("call {call}").format(call=percent(call, 0)), call),
            Contour(tr("close-out {closeout}").format(closeout=percent(closeout, 0)), closeout),
        ),
        spot=Spot(tr("here"), float(stress.days), spot),
    )


def _bands(call: float, closeout: float) -> Bands:
    """The zones of an LTV, the safe one in three: far from the call, on the way, and nearer."""
    warning = call - float(WARNING_BAND)
    far, near = warning - 2 * SAFE_STEP, warning - SAFE_STEP
    return Bands(
        (
            Band(tr("safe, below {far}").format(far=percent(far, 0)), "up", 0.16),
            Band(tr("safe, below {near}").format(near=percent(near, 0)), "up", 0.30),
            Band("safe", "up", 0.46),
            Band("warning", "warning", 0.45),
            Band(tr("margin call"), "down", 0.42),
            Band("close-out", "down", 0.75),
        ),
        (far, near, warning, call, closeout),
    )


def tornado_plot(swings: Swings, terms: Facility, ratio_of: Ratio) -> Tornado:
    """What each input does to the LTV or to the utilisation, with the hedge."""
    centre = ratio_of.of(swings.centre)
    if centre is None:
        return Tornado((), math.nan, "")
    bars = tuple(
        Bar(
            swing.name,
            float(low),
            float(high),
            f"{swing.low_text}: {percent(low)}",
            f"{swing.high_text}: {percent(high)}",
        )
        for swing, low, high in swings.bars(ratio_of)
    )
    utilisation = ratio_of.value == "utilisation"
    levels = (Limit(tr("all lent"), 1.0, "down"),) if utilisation else limits(terms)
    ends = [end for bar in bars for end in (bar.low, bar.high)]
    near = tuple(one for one in levels if _is_near(one.at, ends))
    return Tornado(bars, float(centre), percent(centre), near)


def _is_near(at: float, ends: list[float]) -> bool:
    """Whether a level may be drawn without making the bars small."""
    if not ends:
        return False
    low, high = min(ends), max(ends)
    return low - (high - low) / 2 <= at <= high + (high - low) / 2


def crash_plot(look: Look, replay: CrashReplay) -> LinePlot:
    """The LTV day by day, without the hedge and with it."""
    config, hedged = look.config, look.hedged
    ended = last_day(config, look.position) if hedged else None
    import numpy as np  # noqa: PLC0415 (after the first paint)

    passed = np.array([float(point.stress.days) for point in replay.points])
    bare = np.array([float(point.bare.ltv) for point in replay.points])
    ltvs = [point.hedged.hedged_ltv for point in replay.points]
    held = np.array([math.nan if ltv is None else float(ltv) for ltv in ltvs])
    traces = [Trace(*CURVES[0], passed, bare, "dash"), Trace(*CURVES[1], passed, held)]
    marks = []
    if replay.called is not None:
        marks.append(Mark(tr("call, unprotected"), float(replay.called.stress.days), "down"))
    if hedged and replay.hedged_called is not None:
        marks.append(Mark(tr("call, protected"), float(replay.hedged_called.stress.days), "accent"))
    if ended is not None and ended < replay.points[-1].stress.days:
        marks.append(Mark(tr("hedge ends"), float(ended)))
    shown = np.concatenate([trace.y for trace in traces[: 1 + hedged]])
    top = max(float(config.portfolio.terms.closeout_ltv), float(np.nanmax(shown))) + AIR
    return LinePlot(
        traces=tuple(traces[: 1 + hedged]),
        x=Axis("", lambda day: day_word(config, day)),
        y=Axis("LTV", ratio),
        limits=limits(config.portfolio.terms),
        marks=tuple(marks),
        y_range=(float(np.nanmin(shown)) - AIR, min(top, _top(config))),
    )


def day_word(config: StrategyConfig, days: float) -> str:
    """The date so many days from now, in short."""
    day = trading_date(config.at) + timedelta(round(days))
    return short_month(day)


def _top(config: StrategyConfig) -> float:
    return float(config.portfolio.terms.closeout_ltv) + ABOVE
