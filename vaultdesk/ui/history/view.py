"""What of the LTV history is shown: as text that is remembered, as a plot, and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaultdesk.ui.charts.time_chart import Plot, Series
from vaultdesk.ui.format import local_minute, money, percent, price
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.loan.series import Floats, LtvSeries
    from vaultdesk.core.loan.snapshots import Snapshot

RANGES: dict[str, int | None] = {
    "7 days": 7,
    "30 days": 30,
    "90 days": 90,
    "1 year": 365,
    "All": None,
}
SPANS = {
    "7 days": tr("7 days"),
    "30 days": tr("30 days"),
    "90 days": tr("90 days"),
    "1 year": tr("1 year"),
    "All": tr("All"),
}
"""How they are called."""
USUAL = "30 days"
HOUR_S = 3600.0
"""Snapshots come each hour: more than this between two is a gap."""

_TURNS = {"zone": tr(" · zone became {}"), "alert": tr(" · an alert was raised in zone {}")}


@dataclass(frozen=True, slots=True)
class View:
    """A range of `RANGES`, and what is drawn beside the LTV."""

    range: str = USUAL
    price: bool = False
    loan: bool = False


def written(view: View) -> str:
    """A view as one line of text."""
    parts = (view.range, "price" * view.price, "loan" * view.loan)
    return ", ".join(part for part in parts if part)


def parsed(text: str) -> View:
    """The view of such a line; what is not understood is as in a new one."""
    words = {word.strip() for word in text.split(",")}
    chosen = next((name for name in RANGES if name in words), USUAL)
    return View(chosen, "price" in words, "loan" in words)


def told(point: Snapshot) -> str:
    """A snapshot in one line."""
    turned = _TURNS.get(point.reason, "").format(point.zone)
    zone = "" if turned else f" · {point.zone}"
    return tr(
        "{at} · LTV {ltv}{zone} · {symbol} {price} · loan {amount} · {source} · {quality}{turned}"
    ).format(
        at=local_minute(point.at),
        ltv=percent(point.ltv),
        zone=zone,
        symbol=point.symbol,
        price=price(point.price),
        amount=money(point.amount, point.currency),
        source=point.source,
        quality=point.quality,
        turned=turned,
    )


def plot_of(series: LtvSeries, view: View, now: float) -> Plot:
    """The LTV and the levels of each snapshot's own terms in per cent, price and loan beside.

    `now` is in seconds since 1970.
    """
    beside = {
        "price": (view.price, Series("price", "beside", series.price)),
        "loan": (view.loan, Series("loan", "muted", series.amount, level=True)),
    }
    return Plot(
        times=series.times,
        series=(
            Series("LTV", "accent", 100 * series.ltv),
            _level("call", "warning", series.call_ltv),
            _level("close-out", "down", series.closeout_ltv),
        ),
        overlays=tuple(line for shown, line in beside.values() if shown),
        cuts=series.gaps(),
        marks=series.crossed.nonzero()[0],
        until=now,
        stale=now - float(series.times[-1]) > HOUR_S,
        unit="%",
    )


def _level(name: str, tone: str, values: Floats) -> Series:
    return Series(f"{name} {percent(float(values[-1]))}", tone, 100 * values, level=True)
