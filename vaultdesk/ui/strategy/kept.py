"""What the strategy builder remembers: the hedge that was built, and how it was looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass

from vaultdesk.core.hedge import templates
from vaultdesk.core.hedge.templates import Build, at_moneyness
from vaultdesk.ui.strategy.plot import MEASURES, Look

FIRST = Build("protective_put", (at_moneyness("0.95"),))
"""Shown to who never built one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A hedge and the look at it."""

    build: Build = FIRST
    look: Look = Look()  # noqa: RUF009 - it is frozen


def written(kept: Kept) -> str:
    """It as text; the day and the shift of volatility are of the moment and not kept."""
    look = {"measure": kept.look.measure, "gold": kept.look.gold}
    return json.dumps(look | {"build": templates.written(kept.build)})


def parsed(text: str) -> Kept:
    """What `written` gave; what is shown first for anything else."""
    try:
        found = json.loads(text)
        build = templates.parsed(found["build"])
        measure, gold = found["measure"], bool(found["gold"])
    except (ValueError, TypeError, KeyError):
        return Kept()
    return Kept(build, Look(measure if measure in MEASURES else MEASURES[0], gold))
