"""The finder's answer as curves: the LTV with the hedge and without, and the limit to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.ui.charts.lazy_chart import Axis, Limit
from vaultdesk.ui.charts.line_chart import Dash, LinePlot, Mark, Trace
from vaultdesk.ui.format import dated, number, percent
from vaultdesk.ui.loan.fields import level
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vaultdesk.core.hedge.finder import Found
    from vaultdesk.core.hedge.pictures.found import Picture
    from vaultdesk.core.loan.series import Floats

THICK, LIMIT = 2.5, 4.0
HIGHEST = 1.5
"""An LTV is not drawn above this."""


def plot(found: Found, picture: Picture) -> LinePlot:
    """The curves for now and the horizon; the limit is thick over the range it has to hold in."""
    import numpy as np  # noqa: PLC0415

    config, request = picture.config, found.request
    spot, most = float(config.spot_price), float(request.max_ltv)
    limit = Trace(
        name=tr("limit {max_ltv}").format(max_ltv=level(request.max_ltv)),
        tone="down",
        x=np.array([picture.lowest, spot]),
        y=np.full(2, most),
        width=LIMIT,
    )
    call = config.portfolio.terms.call_ltv
    return LinePlot(
        traces=(limit, *_curves(found, picture)),
        x=Axis(f"{config.board.symbol}, {config.portfolio.quote.currency}", number),
        y=Axis("LTV", percent),
        limits=(
            Limit(tr("margin call {call}").format(call=percent(call)), float(call), "warning"),
        ),
        marks=(
            Mark(tr("now"), spot),
            Mark(
                tr("a fall of {max_fall}").format(max_fall=level(request.max_fall)), picture.lowest
            ),
        ),
    )


def _curves(found: Found, picture: Picture) -> Iterator[Trace]:
    """The loan without the hedge on both days, and with it where there is one."""
    import numpy as np  # noqa: PLC0415

    from vaultdesk.core.hedge.pictures.found import HORIZON, NOW  # noqa: PLC0415
    from vaultdesk.core.hedge.pictures.payoff import Measure  # noqa: PLC0415

    seen, then = picture.curves, dated(found.request.horizon)
    bare = seen.unhedged(Measure.LTV, NOW), seen.unhedged(Measure.LTV, HORIZON)
    held = seen.hedged(Measure.LTV, NOW), seen.hedged(Measure.LTV, HORIZON)
    drawn: list[tuple[str, str, Floats, Dash, float]] = [
        (tr("unhedged now"), "muted", bare[NOW], "dot", 1.0),
        (tr("unhedged {then}").format(then=then), "text", bare[HORIZON], "dash", 1.0),
    ]
    if found.position.legs:
        drawn += [
            (tr("hedged now"), "beside", held[NOW], "dash-dot", THICK),
            (tr("hedged {then}").format(then=then), "accent", held[HORIZON], "solid", THICK),
        ]
    for name, tone, y, dash, width in drawn:
        yield Trace(name, tone, seen.spots, np.where(y > HIGHEST, np.nan, y), dash, width)
