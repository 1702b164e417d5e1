"""What a roll through history came to: a table of windows, and each one's LTV as curves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.ui.format import number, percent
from vaultdesk.ui.lazy_chart import Axis, Limit
from vaultdesk.ui.line_chart import LinePlot, Mark, Trace
from vaultdesk.ui.table import Column

if TYPE_CHECKING:
    from vaultdesk.core.hedge.rolling.history import History, WindowResult

LEFT = Qt.AlignmentFlag.AlignLeft
TICKS = 6
"""Dates written under a chart."""


def _worst(hedged: bool, row: WindowResult) -> str:
    path = row.hedged if hedged else row.unhedged
    return percent(float(path.ltv[path.worst]))


def _worst_day(hedged: bool, row: WindowResult) -> str:
    path = row.hedged if hedged else row.unhedged
    return f"on {row.days[path.worst]}"


def _tone(hedged: bool, row: WindowResult) -> str:
    path = row.hedged if hedged else row.unhedged
    return "down" if path.closeouts else "warning" if path.calls else "text"


COLUMNS: tuple[Column[WindowResult], ...] = (
    Column("start", "Start", "", lambda r: str(r.start), sample="2026-01-30", align=LEFT),
    Column(
        "rate", "Cost", "% p.a.", lambda r: number(100 * r.cost_rate, 1), sample="-00.0",
        meaning="Premiums and commissions less what the options brought, a year, by the pledge",
        hint=lambda r: f"{number(r.cost_per_year, 0)} a year",
    ),
    Column(
        "avoided", "Avoided", "calls", lambda r: str(r.avoided), sample="00",
        meaning="Margin calls of the loan alone less those with the hedge",
    ),
    Column(
        "alone", "Worst alone", "LTV", lambda r: _worst(False, r), sample="000.0 %",
        tone=lambda r: _tone(False, r), hint=lambda r: _worst_day(False, r),
    ),
    Column(
        "hedged", "Worst hedged", "LTV", lambda r: _worst(True, r), sample="000.0 %",
        tone=lambda r: _tone(True, r), hint=lambda r: _worst_day(True, r),
    ),
    Column("calls", "Alone", "calls", lambda r: str(len(r.unhedged.calls)), sample="00", rank=1),
    Column("left", "Hedged", "calls", lambda r: str(len(r.hedged.calls)), sample="00", rank=1),
    Column(
        "paid", "Paid", "", lambda r: number(r.paid, 0), sample="0,000,000", rank=2,
        meaning="Premiums and commissions of all openings, less premiums of options sold",
    ),
    Column(
        "received", "Received", "", lambda r: number(r.received, 0), sample="0,000,000", rank=2,
        meaning="What selling and expiring options brought",
    ),
    Column(
        "cured", "Cure alone", "", lambda r: number(r.unhedged.cured, 0), sample="0,000,000",
        rank=3, meaning="Money from elsewhere that cured the calls of the loan alone",
    ),
    Column(
        "cured_hedged", "Cure hedged", "", lambda r: number(r.hedged.cured, 0),
        sample="0,000,000", rank=3, meaning="The same with the hedge",
    ),
    Column(
        "equity_alone", "Equity alone", "", lambda r: number(r.unhedged.equity, 0),
        sample="0,000,000", rank=4,
        meaning="Pledge at the end less the loan and all money from elsewhere",
    ),
    Column(
        "equity", "Equity hedged", "", lambda r: number(r.hedged.equity, 0), sample="0,000,000",
        rank=4, meaning="The same with the hedge",
    ),
)  # fmt: skip


def summed_up(history: History) -> str:
    """All windows in a few sentences."""
    all_ = history.summary
    first, last = history.results[0].start, history.results[-1].start
    count = f"{all_.windows} window{'s' * (all_.windows != 1)}"
    alone, hedged = all_.worst_unhedged, all_.worst_hedged
    return (
        f"{count} of {history.request.months} months, begun {first} to {last}: the hedge costs "
        f"{percent(all_.cost_rate)} of the pledge a year, {percent(all_.costliest)} in the "
        f"costliest. The loan alone is called in {all_.called_unhedged} of them "
        f"({all_.calls_unhedged} calls), hedged in {all_.called_hedged} ({all_.calls_hedged} "
        f"calls). Worst LTV {percent(alone[0])} on {alone[1]} alone, {percent(hedged[0])} on "
        f"{hedged[1]} hedged. By {history.source}, {history.first} to {history.last}; windows "
        "overlap."
    )


def plot_of(history: History, row: WindowResult) -> LinePlot:
    """The LTV of the loan alone and of the hedged one, evening by evening."""
    import numpy as np  # noqa: PLC0415 (after the first paint)

    x = np.array([float(day.toordinal()) for day in row.days])
    places = sorted({round(place) for place in np.linspace(0, x.size - 1, TICKS)})
    loan = history.request.loan
    return LinePlot(
        traces=(
            Trace("alone", "muted", x, 100 * row.unhedged.ltv, "dash"),
            Trace("hedged", "accent", x, 100 * row.hedged.ltv),
        ),
        x=Axis(
            "",
            lambda at: str(date.fromordinal(round(at))),
            tuple((x[i], f"{row.days[i]:%Y-%m}") for i in places),
        ),
        y=Axis("LTV", lambda level: f"{level:.1f} %"),
        limits=(
            Limit(f"call {percent(loan.call_ltv)}", 100 * float(loan.call_ltv), "warning"),
            Limit(f"close-out {percent(loan.closeout_ltv)}", 100 * float(loan.closeout_ltv)),
        ),
        marks=tuple(Mark("call", float(day.toordinal())) for day in row.unhedged.calls),
    )
