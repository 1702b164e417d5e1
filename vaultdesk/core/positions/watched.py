"""What the alerts have to know of what is held."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.alerts.hedges import LADDER, Ending, Hedges

if TYPE_CHECKING:
    from vaultdesk.core.positions.survey import Survey


def watched(survey: Survey, before: Hedges, *, known: bool) -> Hedges:
    """Every symbol and expiry held, and how weak the protection gets within the ladder's days.

    Args:
        survey: of what is held.
        before: what was watched last: whether puts protect the loan stays what it was while
            nothing values it.
        known: the broker has told its positions.
    """
    last = {end.expiry: end.last_trade for end in survey.countdowns}
    places = {
        (one.instrument.symbol, one.instrument.expiry)
        for one in survey.counted
        if one.instrument.expiry is not None
    }
    coverage = survey.coverage
    hedged = coverage is not None and coverage.next_expiry is not None
    weakest = coverage.weakest(timedelta(days=max(LADDER))) if coverage and hedged else None
    return Hedges(
        endings=tuple(Ending(symbol, expiry, last[expiry]) for symbol, expiry in sorted(places)),
        hedged=hedged if coverage else before.hedged,
        protected=weakest.fraction if weakest else None,
        on=weakest.day if weakest else None,
        known=known,
    )
