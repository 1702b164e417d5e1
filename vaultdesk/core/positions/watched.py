"""What the alerts have to know of what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.alerts.hedges import Ending, Hedges

if TYPE_CHECKING:
    from vaultdesk.core.positions.survey import Survey


def watched(survey: Survey, before: Hedges, *, known: bool) -> Hedges:
    """Every symbol and expiry held, and what protects after the next one.

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
    until = coverage.next_expiry if coverage else None
    return Hedges(
        endings=tuple(Ending(symbol, expiry, last[expiry]) for symbol, expiry in sorted(places)),
        hedged=until is not None if coverage else before.hedged,
        protected=coverage.after_next if coverage else None,
        until=until,
        known=known,
    )
