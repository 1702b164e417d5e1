"""Option chains as plain values: what the chain panel shows, contract by contract."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from vaultdesk.adapters.web.shapes.messages import ChainAnswer
from vaultdesk.adapters.web.shapes.options import Contract, OptionChain, Options, Row
from vaultdesk.app.answers.portfolio import text
from vaultdesk.core.market import NEAR_THE_MONEY
from vaultdesk.core.money import plain, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from vaultdesk.core.options.valued import ValuedChain

RATIOS, GREEKS = 6, 8
"""Decimal places of what float64 computed: volatilities and rates, Greeks."""


def options_answer(
    symbol: str,
    expirations: Sequence[date],
    expiry: date | None,
    view: ValuedChain | None,
    now: datetime,
    reason: str,
) -> Options:
    """In short: near the money, without Greeks but delta; `reason` says why there is no chain."""
    listed = [one.isoformat() for one in expirations]
    if view is None:
        return Options(
            symbol=symbol,
            expirations=listed,
            expiry=expiry.isoformat() if expiry else None,
            source=None,
            at=None,
            age_s=None,
            quality=None,
            spot=None,
            at_the_money_volatility=None,
            verdict="",
            reason=reason,
            contracts=[],
        )
    chain, spot = view.chain, Decimal(repr(view.spot))
    near = [
        index
        for index, row in enumerate(chain.rows)
        if abs(row.strike - spot) <= NEAR_THE_MONEY * spot
    ]
    return Options(
        symbol=symbol,
        expirations=listed,
        expiry=chain.expiry.isoformat(),
        source=chain.source,
        at=chain.at.isoformat(),
        age_s=_age(chain.at, now),
        quality=view.quality.value,
        spot=_exact(view.spot),
        at_the_money_volatility=number(view.at_the_money_volatility, RATIOS),
        verdict=view.verdict or "",
        reason="",
        contracts=[Contract(**_contract(view, index)) for index in near],
    )


def chain_answer(view: ValuedChain, now: datetime) -> OptionChain:
    """In full: every contract with all its Greeks."""
    chain = view.chain
    return OptionChain(
        symbol=chain.symbol,
        expiry=chain.expiry.isoformat(),
        source=chain.source,
        at=chain.at.isoformat(),
        age_s=_age(chain.at, now),
        quality=view.quality.value,
        spot=_exact(view.spot),
        years=number(view.years, GREEKS) or "0",
        exercise="european" if view.style == "european" else "american",
        rate=number(view.rate, RATIOS) or "0",
        rate_source=view.rate_source,
        dividend_yield=number(view.dividend_yield, RATIOS) or "0",
        multiplier=chain.multiplier,
        at_the_money_volatility=number(view.at_the_money_volatility, RATIOS),
        verdict=view.verdict or "",
        rows=[_row(view, index) for index in range(len(chain.rows))],
    )


def chain_told(view: ValuedChain, now: datetime) -> ChainAnswer:
    """Which chain is there, without its contracts."""
    chain = view.chain
    return ChainAnswer(
        symbol=chain.symbol,
        expiry=chain.expiry.isoformat(),
        contracts=len(chain.rows),
        at_the_money_volatility=number(view.at_the_money_volatility, RATIOS),
        source=chain.source,
        at=chain.at.isoformat(),
        age_s=_age(chain.at, now),
        quality=view.quality.value,
    )


def number(value: float | None, places: int) -> str | None:
    """A float64 as text of so many places; null where it is none."""
    if value is None or not math.isfinite(value):
        return None
    return format(plain(rounded(Decimal(repr(float(value))), places)), "f")


def _exact(value: float) -> str:
    """A price that was a decimal before it went into float64."""
    return format(Decimal(repr(float(value))), "f")


def _age(at: datetime, now: datetime) -> float:
    return round(max((now - at).total_seconds(), 0.0), 3)


def _contract(view: ValuedChain, index: int) -> dict[str, Any]:
    row = view.chain.rows[index]
    return {
        "contract": row.contract,
        "right": row.right,
        "strike": text(plain(row.strike)),
        "bid": text(row.bid),
        "ask": text(row.ask),
        "last": text(row.last),
        "mid": number(float(view.mid[index]), RATIOS),
        "volatility": number(float(view.volatility[index]), RATIOS),
        "delta": number(float(view.greeks.delta[index]), GREEKS),
        "flag": view.flags[index].value,
        "refusal": view.refusals[index],
    }


def _row(view: ValuedChain, index: int) -> Row:
    quote, greeks, second = view.chain.rows[index], view.greeks, view.second
    return Row(
        **_contract(view, index),
        volume=quote.volume,
        open_interest=quote.open_interest,
        last_trade=quote.last_trade.isoformat() if quote.last_trade else None,
        spread_pct=number(float(view.spread_pct[index]), RATIOS),
        estimated=view.estimated(index),
        price=number(float(greeks.price[index]), RATIOS),
        gamma=number(float(greeks.gamma[index]), GREEKS),
        theta=number(float(greeks.theta[index]), GREEKS),
        vega=number(float(greeks.vega[index]), GREEKS),
        rho=number(float(greeks.rho[index]), GREEKS),
        vanna=number(float(second.vanna[index]), GREEKS),
        charm=number(float(second.charm[index]), GREEKS),
        vomma=number(float(second.vomma[index]), GREEKS),
    )
