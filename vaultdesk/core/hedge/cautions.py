"""What to read before a position is traded: shares that lie elsewhere, caps, thin markets."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.core.money import plain, rounded

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import HedgeLeg, Position
    from vaultdesk.core.hedge.vocabulary import HedgeRules


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
    found = [*position.warnings, *_of_calls(config, position, naked), *_of_puts(config, position)]
    if config.rules.use is Use.BROKER and position.legs:
        found.append(
            "The payoff stays with the broker and does not lower the bank's LTV; only the "
            "economic LTV counts it."
        )
    found += _of_premium(config, position)
    found += [said for leg in position.legs if (said := _of_market(config.rules, leg))]
    return replace(position, warnings=tuple(dict.fromkeys(found)))


def _of_calls(config: StrategyConfig, position: Position, naked: Decimal) -> list[str]:
    calls = [leg for leg in position.legs if leg.listed.kind > 0]
    found = []
    if naked:
        found.append(
            f"{naked:f} sold calls are a naked short: the gold is pledged, the broker will ask "
            "for margin, and a rise must be paid in cash while the pledge stays where it is."
        )
    if sum((leg.contracts for leg in calls), Decimal(0)) < 0:
        cap = min(leg.listed.strike for leg in calls if leg.contracts < 0)
        found.append(f"Above {_price(config, cap)} the calls sold give the rise of gold away.")
    return found


def _of_puts(config: StrategyConfig, position: Position) -> list[str]:
    found = []
    if most_exercised(position) > config.rules.free_units:
        found.append(
            "A put that ends in the money is exercised into a short of the shares, which lie with "
            "the lender: sell it before the close of its last day, or file a contrary "
            "instruction by 17:30 New York."
        )
    sold = [leg for leg in position.legs if leg.listed.kind < 0 and leg.contracts < 0]
    if sold:
        floor = max(leg.listed.strike for leg in sold)
        found.append(
            f"Below {_price(config, floor)} the puts sold take back what those bought pay, and "
            "they may be assigned on any day: keep the cash to take the shares."
        )
    return found


def _of_premium(config: StrategyConfig, position: Position) -> list[str]:
    state = config.portfolio
    cost = position.cost(config.rules.fees) * config.fx
    if not config.rules.drawn or cost <= 0:
        return []
    loans = (state.loan, state.loan + cost)
    before, after = (f"{rounded(100 * loan / state.value, 2):f} %" for loan in loans)
    if before == after:
        return []
    return [f"Drawing the premium on the loan raises its LTV from {before} to {after} at once."]


def _of_market(rules: HedgeRules, leg: HedgeLeg) -> str:
    """That the contract is hard to trade; empty where it is not."""
    spread, interest = leg.listed.spread, leg.listed.quote.open_interest
    if spread is not None and spread > rules.max_spread:
        return (
            f"The spread of the {leg.listed.words} is {rounded(100 * spread, 0):f} % of its mid, "
            f"more than the {plain(100 * rules.max_spread):f} % you allow: try a price "
            "between bid and ask first."
        )
    if interest is not None and interest < rules.min_open_interest:
        return (
            f"Of the {leg.listed.words} only {interest} are open, fewer than the "
            f"{rules.min_open_interest} you ask for: it may be hard to sell again."
        )
    return ""


def _price(config: StrategyConfig, price: Decimal) -> str:
    move = rounded(100 * (price / config.spot_price - 1), 1)
    return f"{plain(price):f} ({move:+f} %)"


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


def most_exercised(position: Position) -> Decimal:
    """Most shares that puts of one expiry deliver together, at the price where that is most.

    A put sold takes shares where it ends in the money, as low as its strike and below.
    """
    puts = [leg for leg in position.legs if leg.listed.kind < 0]
    most = Decimal(0)
    for expiry in {leg.listed.expiry for leg in puts}:
        ending = [leg for leg in puts if leg.listed.expiry == expiry]
        for at in {leg.listed.strike for leg in ending}:
            held = (leg.shares for leg in ending if leg.listed.strike >= at)
            most = max(most, sum(held, Decimal(0)))
    return most
