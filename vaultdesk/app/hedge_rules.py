"""The borrower's rules about hedges as a line of text that the window remembers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from vaultdesk.core.hedge.vocabulary import HedgeRules

if TYPE_CHECKING:
    from vaultdesk.core.hedge.vocabulary import FeeSchedule


def written(rules: HedgeRules) -> str:
    """The rules as JSON."""
    return msgspec.json.encode(rules).decode()


def parsed(text: str, fees: FeeSchedule) -> HedgeRules:
    """The rules in a text, with fees as the settings have them; the usual ones for no rules."""
    try:
        return replace(msgspec.json.decode(text, type=HedgeRules), fees=fees)
    except msgspec.MsgspecError:
        return HedgeRules(fees=fees)
