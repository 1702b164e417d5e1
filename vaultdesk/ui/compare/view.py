"""How a comparison is looked at: as text that is remembered."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace

from vaultdesk.core.hedge.recommend import Profile
from vaultdesk.ui.translation import tr

EXPIRY, TODAY, DAY = "At expiry", "Today", "On a day"
WHENS = {EXPIRY: tr("At expiry"), TODAY: tr("Today"), DAY: tr("On a day")}
"""What is remembered of the day to the word in the list."""
MEASURES = {"P&L": "P&L", "LTV": "LTV", "Equity": "equity", "Cash to cure": "cash to cure"}
"""What is remembered of the measure to the `payoff.Measure` of that value."""
MEASURED = {
    "P&L": tr("P&L"),
    "LTV": tr("LTV"),
    "Equity": tr("Equity"),
    "Cash to cure": tr("Cash to cure"),
}
"""And to the word in the list."""
PROFILES = {
    Profile.CONSERVATIVE: (
        tr("Conservative"),
        tr("The lower hedged LTV first, then the lower cost"),
    ),
    Profile.COST_SENSITIVE: (
        tr("Cost-sensitive"),
        tr("The lower annual cost first, then the lower LTV"),
    ),
    Profile.BALANCED: (
        tr("Balanced"),
        tr("The lowest sum of hedged LTV and annual cost by the pledge"),
    ),
}
ALLOWED = {
    "profile": tuple(str(profile) for profile in Profile),
    "when": tuple(WHENS),
    "measure": tuple(MEASURES),
}


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of a comparison.

    Attributes:
        profile: whose places are shown.
        exact: before rounding to whole contracts.
        mid: costs at mid instead of the natural price.
        measure: on the y-axis of the payoff, one of `MEASURES`.
        when: the day it is drawn for, one of `WHENS`.
    """

    profile: str = Profile.BALANCED.value
    exact: bool = False
    mid: bool = False
    measure: str = "LTV"
    when: str = EXPIRY


def written(view: View) -> str:
    """A view as one line of text."""
    return json.dumps(asdict(view))


def parsed(text: str) -> View:
    """The view of such a line; what is not understood is as in a new one."""
    try:
        kept = json.loads(text or "{}")
    except ValueError:
        return View()
    made = View()
    for field in fields(View):
        value = kept.get(field.name) if isinstance(kept, dict) else None
        known = ALLOWED.get(field.name, (True, False))
        if type(value) is type(getattr(made, field.name)) and value in known:
            made = replace(made, **{field.name: value})  # type: ignore[arg-type]
    return made
