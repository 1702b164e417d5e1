"""Hedges side by side, as `/api/strategies` and `vaultdesk hedge compare --json` tell them."""

from typing import Literal

from msgspec import Struct

from vaultdesk.adapters.web.shapes.kinds import Count, Day, Moment, Number, Quality, Seconds


class HedgeMarket(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all were decided by."""

    symbol: str
    spot: Number
    at: Moment
    source: str
    quality: Quality
    currency: str
    use: str


class Leg(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Contracts of one kind, negative when sold; `price` per share."""

    symbol: str
    expiry: Day
    strike: Number
    right: Literal["C", "P"]
    contracts: int
    price: Number
    wanted: str


class Cost(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it costs, in the loan's currency; negative is money received."""

    per_share: Number
    premium: Number
    at_mid: Number
    at_ask: Number
    spread_cost: Number
    commission: Number
    total: Number
    days: Count
    annualised: Number | None
    of_portfolio: Number
    financing: Number
    break_even: Number | None
    pays_below: Number | None


class Protection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it protects; ratios are fractions."""

    threshold_price: Number | None
    payoff_at_threshold: Number | None
    hedged_ltv: Number | None
    economic_ltv: Number | None
    buffer_kept: bool | None
    floor_value: Number
    guaranteed_until: Day | None
    protected_units: Number
    unprotected_units: Number
    worst_ltv: Number | None
    worst_move: Number | None
    worst_day: Count
    worst_unhedged: Number | None


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Loan and hedge after gold moved by `change`, a fraction."""

    change: Number
    spot: Number
    days: Count
    unhedged_ltv: Number
    hedged_ltv: Number | None
    economic_ltv: Number | None
    utilisation: Number | None
    headroom: Number
    payoff: Number
    intrinsic: Number
    after_spread: Number
    cost: Number
    net_value: Number
    equity: Number
    cure: Number
    call_triggered: bool
    call_avoided: bool


class Strategy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One hedge; with a `problem` there are no legs, cost and protection."""

    name: str
    title: str
    problem: str
    legs: list[Leg]
    warnings: list[str]
    cost: Cost | None
    protection: Protection | None
    scenarios: list[Scenario]
    dominated: bool


class Place(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in a profile's order, from 1; `sentence` names the numbers it rests on."""

    name: str
    place: Count
    score: Number | None
    sentence: str


class Sensitivity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which hedge wins at other prices (columns) and volatilities (rows); null where none does.

    `flip_move` and `flip_vol_pts` are the smallest changes that take the first place away.
    """

    profile: str
    moves: list[Number]
    vol_pts: list[Number]
    winners: list[list[str | None]]
    winner: str | None
    stability: Number | None
    flip_move: Number | None
    flip_vol_pts: Number | None
    sentence: str
    quality: Quality


class Strategies(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All candidates, which each profile prefers, and whether that holds.

    `age_s` is that of the market it was decided by. `market` is null, and `problem` says why, where
    nothing can be decided.
    """

    market: HedgeMarket | None
    strategies: list[Strategy]
    recommendations: dict[str, list[Place]]
    problem: str
    age_s: Seconds | None = None
    sensitivity: Sensitivity | None = None
