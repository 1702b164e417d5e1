"""A small made-up market in options on GLD, and loans against it: what hedges are tried on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.calendar import years_to_expiry
from vaultdesk.core.hedge.inputs import HedgeInputs, configured
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.loan.terms import Facility, single_pledge
from vaultdesk.core.market import Chain, OptionQuote, Quality, Quote
from vaultdesk.core.options.american import american

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig

NOW = datetime(2026, 7, 10, 20, 0, tzinfo=UTC)
"""The close of a Friday."""
SPOT = Decimal(350)
EXPIRIES = (
    date(2026, 8, 21),
    date(2026, 9, 18),
    date(2026, 12, 18),
    date(2027, 6, 17),
    date(2028, 1, 21),
)
STRIKES = tuple(Decimal(200) + Decimal("2.5") * i for i in range(121))
"""From 200 to 500."""
RATE = 0.043
NICKEL = Decimal("0.05")
CALL_LTV, CLOSEOUT_LTV = Decimal("0.75"), Decimal("0.85")
NO_RULES = HedgeRules()


def volatility(strike: float, level: float, skew: float, spot: float = float(SPOT)) -> float:
    """By ln(strike / spot), straight but for a little curvature."""
    k = np.log(strike / spot)
    return float(level + skew * k + 0.1 * k * k)


@lru_cache
def chain(
    expiry: date,
    level: float = 0.20,
    skew: float = -0.10,
    spread: Decimal = Decimal("0.20"),
    spot: Decimal = SPOT,
    strikes: tuple[Decimal, ...] = STRIKES,
    quality: Quality = Quality.LIVE,
    multiplier: int = 100,
) -> Chain:
    """One expiry, American values on nickels, half a spread either side."""
    sides = [(right, strike) for right in ("C", "P") for strike in strikes]
    prices = american(
        [1.0 if right == "C" else -1.0 for right, _ in sides],
        float(spot),
        [float(strike) for _, strike in sides],
        years_to_expiry(expiry, NOW),
        RATE,
        0.0,
        [volatility(float(strike), level, skew, float(spot)) for _, strike in sides],
    ).price
    rows = tuple(
        _row(expiry, right, strike, Decimal(str(price)), spread)
        for (right, strike), price in zip(sides, prices.tolist(), strict=True)
    )
    return Chain("GLD", expiry, rows, NOW, NOW, "made", quality, spot, multiplier)


def _row(expiry: date, right: str, strike: Decimal, price: Decimal, spread: Decimal) -> OptionQuote:
    mid = (price / NICKEL).to_integral_value() * NICKEL
    bid, ask = max(mid - spread / 2, Decimal(0)), mid + spread / 2
    name = f"GLD{expiry:%y%m%d}{right}{int(strike * 1000):08d}"
    return OptionQuote(name, "C" if right == "C" else "P", strike, bid, ask, open_interest=500)


def gold(price: Decimal = SPOT, quality: Quality = Quality.LIVE) -> Quote:
    """Of GLD, now."""
    return Quote("GLD", None, None, price, NOW, NOW, "made", quality)


def pledge(
    units: Decimal = Decimal(10_000),
    loan: Decimal = Decimal(2_100_000),
    currency: str = "USD",
) -> Facility:
    """Shares of GLD against one loan, called at 75 %."""
    return single_pledge("GLD", units, loan, currency, CALL_LTV, CLOSEOUT_LTV, NOW)


def config(
    rules: HedgeRules = NO_RULES,
    terms: Facility | None = None,
    chains: tuple[Chain, ...] | None = None,
    quotes: tuple[Quote, ...] | None = None,
) -> StrategyConfig:
    """10,000 shares at 350 against 2.1 million, unless something else is said."""
    made = _configured(
        pledge() if terms is None else terms,
        tuple(chain(day) for day in EXPIRIES) if chains is None else chains,
        (gold(),) if quotes is None else quotes,
    )
    return replace(made, rules=rules)


@lru_cache(maxsize=32)
def _configured(
    terms: Facility, chains: tuple[Chain, ...], quotes: tuple[Quote, ...]
) -> StrategyConfig:
    return configured(HedgeInputs(terms, quotes, chains, NOW, NO_RULES, RATE))


def requoted(chain_of: Chain, contract: str, bid: str | None, ask: str | None) -> Chain:
    """The chain with another market in one contract."""
    rows = tuple(
        replace(
            row,
            bid=None if bid is None else Decimal(bid),
            ask=None if ask is None else Decimal(ask),
        )
        if row.contract == contract
        else row
        for row in chain_of.rows
    )
    return replace(chain_of, rows=rows)
