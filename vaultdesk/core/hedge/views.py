"""The three views of a strategy: what it costs, what it protects, what it does in scenarios.

Amounts are in the facility's currency unless they are said to be per share, which are in the
options'. Money is Decimal; what a pricing model is needed for comes from float64 and is marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from vaultdesk.core.hedge.position import HedgeLeg


@dataclass(frozen=True, slots=True)
class LegCost:
    """One leg's part of the cost.

    Attributes:
        leg: the contracts.
        weight: its contracts by all long puts' (1 for the only one); negative when sold.
        price: natural, per share.
        premium: natural, of all its contracts; negative when received.
        mid: the same at mid.
        commission: on opening it.
    """

    leg: HedgeLeg
    weight: Decimal
    price: Decimal
    premium: Decimal
    mid: Decimal
    commission: Decimal


@dataclass(frozen=True, slots=True)
class Cost:
    """What a strategy costs; negative is money received.

    Attributes:
        legs: one by one.
        per_share: natural premium for each share protected, options' currency.
        premium: at natural price, ask to buy and bid to sell, without commission.
        at_mid: premium if every leg were traded at mid.
        at_ask: premium if every leg were traded at its ask, those sold too.
        spread_cost: natural less mid: what patience might save.
        commission: on opening all legs.
        total: premium and commission.
        days: calendar days until the protection ends.
        annualised: total / days * 365.
        of_portfolio: total by the market value of the pledge, a fraction.
        financing: interest on the total at the loan's own rate until the protection ends.
        break_even: relative rise of gold that earns the total back, if the options end worthless;
            negative is the fall that money received makes up for.
        pays_below: price per share below which, at expiry, the options pay more than they cost;
            None where they never do.
    """

    legs: tuple[LegCost, ...]
    per_share: Decimal
    premium: Decimal
    at_mid: Decimal
    at_ask: Decimal
    spread_cost: Decimal
    commission: Decimal
    total: Decimal
    days: int
    annualised: Decimal
    of_portfolio: Decimal
    financing: Decimal
    break_even: Decimal
    pays_below: Decimal | None


@dataclass(frozen=True, slots=True)
class Protection:
    """What a strategy protects. Ratios are fractions.

    Attributes:
        threshold_price: per share, where the lender would call without a hedge; None if no fall
            brings it about, and then so are the next three.
        payoff_at_threshold: of all legs at expiry.
        hedged_ltv: there, the bank's.
        economic_ltv: there, the loan by pledge and payoff whoever holds it.
        buffer_kept: whether the hedged LTV is below the call level there.
        floor_value: the least that pledge and options are worth at expiry at any price of gold
            down to `max_fall`, options in the facility's currency.
        guaranteed_until: the last day on which all of the protection is there; None without any.
        protected_units: shares that the long puts cover, at most those there are.
        unprotected_units: the rest; a fraction where the gold is not in shares.
        worst_ltv: highest hedged LTV at any fall down to `max_fall` on any day until then, by the
            model.
        worst_move: at which move of gold, a fraction.
        worst_day: so many days from now.
        worst_unhedged: highest LTV over the same without the hedge.
    """

    threshold_price: Decimal | None
    payoff_at_threshold: Decimal | None
    hedged_ltv: Decimal | None
    economic_ltv: Decimal | None
    buffer_kept: bool | None
    floor_value: Decimal
    guaranteed_until: date | None
    protected_units: Decimal
    unprotected_units: Decimal
    worst_ltv: float
    worst_move: float
    worst_day: int
    worst_unhedged: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """The loan and the hedge in one scene.

    Attributes:
        change: relative move of gold.
        spot: the price then.
        days: calendar days from now.
        unhedged_ltv: the bank's without the hedge, a fraction.
        hedged_ltv: with it.
        economic_ltv: the loan by pledge and options, whoever holds them.
        utilisation: the hedged loan by the lending value, None where nothing has any.
        headroom: lending value less the hedged loan; negative is a shortfall.
        payoff: what the options are worth then.
        intrinsic: of it what exercising would bring; the rest is time value.
        after_spread: what selling them would bring, if spreads stay what they are now.
        cost: what they cost at natural price with commission.
        net_value: pledge and payoff less cost.
        equity: the same less the loan.
        cure: what has to be repaid to come back to the target LTV, hedged.
        call_triggered: whether the lender calls without the hedge.
        call_avoided: whether it would and, with the hedge, does not.
    """

    change: Decimal
    spot: Decimal
    days: int
    unhedged_ltv: Decimal
    hedged_ltv: Decimal | None
    economic_ltv: Decimal | None
    utilisation: Decimal | None
    headroom: Decimal
    payoff: Decimal
    intrinsic: Decimal
    after_spread: Decimal
    cost: Decimal
    net_value: Decimal
    equity: Decimal
    cure: Decimal
    call_triggered: bool
    call_avoided: bool
