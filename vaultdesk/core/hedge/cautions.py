"""What to read before a position is traded: sold calls without gold, exercise into a short."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.vocabulary import Use

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position


def with_cautions(config: StrategyConfig, position: Position) -> Position:
    """The position with every warning that applies.

    Raises:
        Lacking: it sells calls that nothing covers, which the rules do not allow.
    """
    naked = naked_calls(config, position)
    if naked and not config.rules.naked_calls:
        raise Lacking(
            f"{naked:f} of the calls would be sold without shares to deliver: the gold is "
            "pledged elsewhere. Allow naked calls, or enter the free shares you hold."
        )
    found = [*position.warnings]
    if naked:
        found.append(
            f"{naked:f} sold calls are a naked short: the gold is pledged, the broker will ask "
            "for margin, and a rise must be paid in cash while the pledge stays where it is."
        )
    if _exercised_short(config, position):
        found.append(
            "A put that ends in the money is exercised into a short of the shares, which lie with "
            "the lender: sell it before the close of its last day, or file a contrary "
            "instruction by 17:30 New York."
        )
    if config.rules.use is Use.BROKER and position.legs:
        found.append(
            "The payoff stays with the broker and does not lower the bank's LTV; only the "
            "economic LTV counts it."
        )
    return replace(position, warnings=tuple(dict.fromkeys(found)))


def naked_calls(config: StrategyConfig, position: Position) -> Decimal:
    """Contracts of calls sold that neither free shares nor calls bought cover.

    A bought call covers a sold one of the same or an earlier expiry and any strike not below its
    own.
    """
    calls = [leg for leg in position.legs if leg.listed.kind > 0]
    sold = [leg for leg in calls if leg.contracts < 0]
    bought = {id(leg): leg.contracts for leg in calls if leg.contracts > 0}
    free = config.rules.free_units
    naked = Decimal(0)
    for leg in sorted(sold, key=lambda one: -one.listed.strike):
        left = -leg.contracts
        for cover in calls:
            covers = (
                cover.contracts > 0
                and cover.listed.expiry >= leg.listed.expiry
                and cover.listed.strike <= leg.listed.strike
            )
            if covers:
                used = min(left, bought[id(cover)])
                bought[id(cover)] -= used
                left -= used
        by_shares = min(left, free // leg.listed.multiplier)
        free -= by_shares * leg.listed.multiplier
        naked += left - by_shares
    return naked


def _exercised_short(config: StrategyConfig, position: Position) -> bool:
    puts = sum((leg.shares for leg in position.legs if leg.listed.kind < 0), Decimal(0))
    return puts > config.rules.free_units
