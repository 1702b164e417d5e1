"""What a roll through history came to: a table of windows, and each one's LTV as curves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.ui.charts.lazy_chart import Axis, Limit
from vaultdesk.ui.charts.line_chart import LinePlot, Mark, Trace
from vaultdesk.ui.format import dated, in_percent, number, percent, year_and_month
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.translation import tr

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
    return tr("on {days}").format(days=dated(row.days[path.worst]))


def _tone(hedged: bool, row: WindowResult) -> str:
    path = row.hedged if hedged else row.unhedged
    return "down" if path.closeouts else "warning" if path.calls else "text"


COLUMNS: tuple[Column[WindowResult], ...] = (
    Column("start", tr("Start"), "", lambda r: dated(r.start), sample="2026-01-30", align=LEFT),
    Column(
        "rate", tr("Cost"), "% p.a.", lambda r: number(100 * r.cost_rate, 1), sample="-00.0",
        meaning=tr("Premiums and commissions less what the options brought, a year, by the "
"pledge"),
        hint=lambda r: tr("{cost_per_year} a year").format(cost_per_year=number(r.cost_per_year,
                                                                                0)),
    ),
    Column(
        "avoided", tr("Avoided"), tr("calls"), lambda r: str(r.avoided), sample="00",
        meaning=tr("Margin calls of the loan alone less those with the hedge"),
    ),
    Column(
        "alone", tr("Worst alone"), "LTV", lambda r: _worst(False, r), sample="000.0 %",
        tone=lambda r: _tone(False, r), hint=lambda r: _worst_day(False, r),
    ),
    Column(
        "hedged", tr("Worst hedged"), "LTV", lambda r: _worst(True, r), sample="000.0 %",
        tone=lambda r: _tone(True, r), hint=lambda r: _worst_day(True, r),
    ),
    Column("calls", tr("Alone"), tr("calls"), lambda r: str(len(r.unhedged.calls)), sample="00",
           rank=1),
    Column("left", tr("Hedged"), tr("calls"), lambda r: str(len(r.hedged.calls)), sample="00",
           rank=1),
    Column(
        "paid", tr("Paid"), "", lambda r: number(r.paid, 0), sample="0,000,000", rank=2,
        meaning=tr("Premiums and commissions of all openings, less premiums of options sold"),
    ),
    Column(
        "received", tr("Received"), "", lambda r: number(r.received, 0), sample="0,000,000", rank=2,
        meaning=tr("What selling and expiring options brought"),
    ),
    Column(
        "cured", tr("Cure alone"), "", lambda r: number(r.unhedged.cured, 0), sample="0,000,000",
        rank=3, meaning=tr("Money from elsewhere that cured the calls of the loan alone"),
    ),
    Column(
        "cured_hedged", tr("Cure hedged"), "", lambda r: number(r.hedged.cured, 0),
        sample="0,000,000", rank=3, meaning=tr("The same with the hedge"),
    ),
    Column(
        "equity_alone", tr("Equity alone"), "", lambda r: number(r.unhedged.equity, 0),
        sample="0,000,000", rank=4,
        meaning=tr("Pledge at the end less the loan and all money from elsewhere"),
    ),
    Column(
        "equity", tr("Equity hedged"), "", lambda r: number(r.hedged.equity, 0), sample="0,000,000",
        rank=4, meaning=tr("The same with the hedge"),
    ),
)  # fmt: skip


def summed_up(history: History) -> str:
    """All windows in a few sentences."""
    all_ = history.summary
    first, last = history.results[0].start, history.results[-1].start
    count = tr("{n} windows", "{n} window", all_.windows).format(n=all_.windows)
    alone, hedged = all_.worst_unhedged, all_.worst_hedged
    return tr(
        "{count} of {months} months, begun {first} to {last}: the hedge costs "
        "{cost_rate} of the pledge a year, {costliest} in the costliest. The "
        "loan alone is called in {called_unhedged} of them ({calls_unhedged} "
        "calls), hedged in {called_hedged} ({calls_hedged} calls). Worst LTV "
        "{alone} on {alone_day} alone, {hedged} on {hedged_day} hedged. By {source}, "
        "{begin} to {end}; windows overlap."
    ).format(
        count=count,
        months=history.request.months,
        first=dated(first),
        last=dated(last),
        cost_rate=percent(all_.cost_rate),
        costliest=percent(all_.costliest),
        called_unhedged=all_.called_unhedged,
        calls_unhedged=all_.calls_unhedged,
        called_hedged=all_.called_hedged,
        calls_hedged=all_.calls_hedged,
        alone=percent(alone[0]),
        alone_day=dated(alone[1]),
        hedged=percent(hedged[0]),
        hedged_day=dated(hedged[1]),
        source=history.source,
        begin=dated(history.first),
        end=dated(history.last),
    )


def plot_of(history: History, row: WindowResult) -> LinePlot:
    """The LTV of the loan alone and of the hedged one, evening by evening."""
    import numpy as np  # noqa: PLC0415 (after the first paint)

    x = np.array([float(day.toordinal()) for day in row.days])
    places = sorted({round(place) for place in np.linspace(0, x.size - 1, TICKS)})
    loan = history.request.loan
    return LinePlot(
        traces=(
            Trace(tr("alone"), "muted", x, 100 * row.unhedged.ltv, "dash"),
            Trace(tr("hedged"), "accent", x, 100 * row.hedged.ltv),
        ),
        x=Axis(
            "",
            lambda at: dated(date.fromordinal(round(at))),
            tuple((x[i], year_and_month(row.days[i])) for i in places),
        ),
        y=Axis("LTV", in_percent),
        limits=(
            Limit(
                tr("call {call_ltv}").format(call_ltv=percent(loan.call_ltv)),
                100 * float(loan.call_ltv),
                "warning",
            ),
            Limit(
                tr("close-out {closeout_ltv}").format(closeout_ltv=percent(loan.closeout_ltv)),
                100 * float(loan.closeout_ltv),
            ),
        ),
        marks=tuple(Mark(tr("call"), float(day.toordinal())) for day in row.unhedged.calls),
    )
