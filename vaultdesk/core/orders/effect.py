"""What a ticket does for the loan: its LTV, the LTV at the margin call, the ounces protected."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.at_call import AtCall
from vaultdesk.core.loan.gold import ounces_per_share
from vaultdesk.core.orders.legs import adjusted, filled, position
from vaultdesk.core.orders.preview import LoanEffect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.orders.instrument import Instrument


def loan_effect(
    config: StrategyConfig,
    held: Mapping[Instrument, Decimal],
    ticket: Ticket,
    cost: Decimal | None,
) -> LoanEffect:
    """The ticket's effect.

    What is held was paid for before; only the ticket's own cost is drawn on the loan, where the
    rules say so.

    Args:
        config: the loan, the market and the rules.
        held: contracts in all places.
        ticket: orders, all of which are taken to be filled.
        cost: premium and commissions together in the options' currency; None if not known.
    """
    state, symbol = config.portfolio, config.board.symbol
    before = position(held, symbol)
    after = position(filled(held, ticket), symbol)
    drawn = _drawn(config, cost)
    ounces = ounces_per_share(symbol, config.at)
    effect = LoanEffect(
        ltv_before=state.ltv,
        at_call_before=AtCall(config, before).now,
        ounces=None if ounces is None else config.units * ounces,
        covered_before=None if ounces is None else _covered(config, before) * ounces,
        covered_after=None if ounces is None else _covered(config, after) * ounces,
        until=str(after.guaranteed_until or ""),
        problem=_problem(config, held, ticket, drawn),
    )
    if drawn is None:
        return effect
    return replace(
        effect,
        ltv_after=(state.loan + drawn) / state.value,
        at_call_after=AtCall(config, after).ltv(cost=cost or Decimal(0)),
    )


def _drawn(config: StrategyConfig, cost: Decimal | None) -> Decimal | None:
    """What the ticket adds to the loan, in its currency; None where that is not known."""
    if not config.rules.drawn:
        return Decimal(0)
    return None if cost is None else cost * config.fx


def _covered(config: StrategyConfig, held: Position) -> Decimal:
    """Shares that long puts are on, no more than there are."""
    return min(sum((leg.shares for leg in held.long_puts), Decimal(0)), config.units)


def _problem(
    config: StrategyConfig,
    held: Mapping[Instrument, Decimal],
    ticket: Ticket,
    drawn: Decimal | None,
) -> str:
    traded = [leg.instrument for draft in ticket.orders for leg in draft.legs]
    if foreign := [one for one in traded if one.symbol != config.board.symbol]:
        return f"The loan is on {config.board.symbol}; the {foreign[0].words} is not counted."
    if odd := adjusted([*traded, *held], config.board.symbol):
        return f"The {odd[0].words} delivers something else than 100 shares and is not counted."
    if drawn is None:
        return "The premium is drawn on the loan and is not known: the LTV after it is left out."
    return config.problem
