"""How a comparison is looked at: as text that is remembered."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace

from vaultdesk.core.hedge.recommend import Profile

EXPIRY, TODAY, DAY = "At expiry", "Today", "On a day"
WHENS = (EXPIRY, TODAY, DAY)
MEASURES = {"P&L": "P&L", "LTV": "LTV", "Equity": "equity", "Cash to cure": "cash to cure"}
"""The word in the list to the `payoff.Measure` of that value."""
PROFILES = {
    Profile.CONSERVATIVE: ("Conservative", "The lower hedged LTV first, then the lower cost"),
    Profile.COST_SENSITIVE: ("Cost-sensitive", "The lower annual cost first, then the lower LTV"),
    Profile.BALANCED: ("Balanced", "The lowest sum of hedged LTV and annual cost by the pledge"),
}
ALLOWED = {
    "profile": tuple(str(profile) for profile in Profile),
    "when": WHENS,
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
