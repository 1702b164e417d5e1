"""The forward that calls and puts agree on: found again where it is known, refused where not."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.options.made import STRIKES, Market
from vaultdesk.adapters.recorded.replay import RecordedFeed
from vaultdesk.core.options.american import american
from vaultdesk.core.options.forward import (
    SPOT_ERROR,
    ImpliedForward,
    _belief,
    _fit,
    _near,
    implied_forward,
)
from vaultdesk.core.options.implied import implied_volatility
from vaultdesk.core.options.slices import ChainSlice, chain_slice, quotes_slice

if TYPE_CHECKING:
    from pathlib import Path

    from vaultdesk.core.options.types import FloatArray, Valuation

EVERY_PAIR = int(np.count_nonzero(np.abs(STRIKES / 377.0 - 1.0) <= 0.04))


def alone(market: Market, quotes: ChainSlice | None = None) -> ImpliedForward:
    """What the quotes say by themselves; exact up to the smile being no parabola."""
    return implied_forward(
        market.quotes() if quotes is None else quotes,
        market.dividend_yield,
        market.style,
        prior_error=math.inf,
    )


@given(
    rate=st.floats(0.001, 0.08),
    years=st.floats(0.1, 3.0),
    level=st.floats(0.15, 0.60),
    skew=st.floats(-0.7, 0.7),
)
def test_american_quotes_give_their_forward_rate_and_volatility_back(
    rate: float, years: float, level: float, skew: float
) -> None:
    market = Market(rate=rate, years=years, level=level, skew=skew)
    found = alone(market)
    assert found.reason == ""
    assert found.forward == pytest.approx(market.forward, rel=1e-5)
    assert found.rate == pytest.approx(rate, abs=1e-5 / years)
    assert found.volatility == pytest.approx(float(market.volatility(377.0)), abs=1e-3)


@given(rate=st.floats(-0.08, 0.12), years=st.floats(0.1, 3.0), paid=st.floats(0.0, 0.06))
def test_european_quotes_give_their_forward_back(rate: float, years: float, paid: float) -> None:
    market = Market(rate=rate, years=years, dividend_yield=paid, style="european")
    found = alone(market)
    assert found.forward == pytest.approx(market.forward, rel=1e-5)
    assert found.rate == pytest.approx(rate, abs=1e-5 / years)


@pytest.mark.parametrize(("rate", "paid"), [(0.043, 0.015), (0.02, 0.05), (0.043, 0.043)])
def test_a_dividend_yield_that_is_given_is_allowed_for(rate: float, paid: float) -> None:
    market = Market(rate=rate, dividend_yield=paid)
    found = alone(market)
    assert found.rate == pytest.approx(rate, abs=1e-5)
    assert found.dividend_yield == paid
    assert found.forward == pytest.approx(market.forward, rel=2e-6)


def test_rate_and_dividend_yield_are_told_by_the_forward_together_only() -> None:
    """A yield assumed too low comes out as a lower rate; the forward is nearly the same."""
    market = Market(rate=0.043, dividend_yield=0.013, style="european")
    found = implied_forward(market.quotes(), 0.0, "european", prior_error=math.inf)
    assert found.rate == pytest.approx(0.030, abs=3e-4)
    assert found.forward == pytest.approx(market.forward, rel=2e-4)


def test_european_parity_on_american_quotes_would_understate_the_rate() -> None:
    """Worth some tenths of a point at a year and a half (reference-numbers.md)."""
    quotes = Market(rate=0.0442, years=1.534).quotes()
    european = implied_forward(quotes, 0.0, "european", prior_error=math.inf)
    assert 0.003 < 0.0442 - european.rate < 0.007


def test_it_counts_the_pairs_near_the_money() -> None:
    assert implied_forward(Market().quotes()).pairs_used == EVERY_PAIR


def test_quotes_on_a_grid_of_ticks_tell_the_rate_within_a_few_standard_errors() -> None:
    for years in (0.1, 0.25, 0.5, 1.0, 2.4):
        market = Market(years=years, tick=0.05)
        found = implied_forward(market.quotes())
        assert abs(found.rate - market.rate) < 2.0 * found.standard_error
        assert found.forward == pytest.approx(market.forward, abs=0.03)


def test_calls_and_puts_need_no_common_strikes() -> None:
    market = Market()
    quotes = market.quotes()
    chosen = (quotes.kind > 0.0) == (quotes.strike % 10.0 == 0.0)
    columns = (quotes.kind, quotes.strike, quotes.bid, quotes.ask)
    kind, strike, bid, ask = (column[chosen] for column in columns)
    found = alone(market, quotes_slice(kind, strike, bid, ask, 377.0, market.years))
    assert found.forward == pytest.approx(market.forward, rel=2e-6)
    assert found.pairs_used == EVERY_PAIR // 2


def test_only_strikes_near_the_money_have_a_say() -> None:
    market = Market()
    quotes = market.quotes()
    far = (np.abs(quotes.strike / 377.0 - 1.0) > 0.04) & (quotes.kind > 0.0)
    moved = replace(quotes, bid=quotes.bid + 20.0 * far, ask=quotes.ask + 20.0 * far)
    assert alone(market, moved) == alone(market)


@pytest.mark.parametrize("kind", [1.0, -1.0])
@pytest.mark.parametrize("shift", [9.0, -4.0])
def test_one_wild_quote_hardly_moves_the_forward(kind: float, shift: float) -> None:
    market = Market()
    quotes = market.quotes()
    wild = np.where((quotes.strike == 375.0) & (quotes.kind == kind), shift, 0.0)
    found = alone(market, replace(quotes, bid=quotes.bid + wild, ask=quotes.ask + wild))
    assert found.forward == pytest.approx(market.forward, abs=0.05)


def test_a_quote_the_model_cannot_value_has_no_say() -> None:
    """Should a guess of the rate lie where a Greek is not known, the others tell the forward."""

    def gappy(kind: FloatArray, spot: float, strike: FloatArray, *terms: Any) -> Valuation:  # noqa: ANN401
        value = american(kind, spot, strike, *terms)
        return replace(value, rho=np.where(strike == 375.0, np.nan, value.rho))

    market = Market()
    quotes = market.quotes()
    growth, _, _ = _fit(_near(quotes), _belief(quotes, 0.0, 0.04, math.inf), gappy)
    assert growth == pytest.approx(market.rate * market.years, abs=1e-5)


def test_narrow_quotes_weigh_more_than_wide_ones() -> None:
    """Puts a dollar too dear at every other strike: the forward goes with the narrower half."""
    market = Market()
    quotes = market.quotes()
    dear = (quotes.kind < 0.0) & (quotes.strike % 10.0 == 0.0)
    lifted = replace(quotes, bid=quotes.bid + dear, ask=quotes.ask + dear)
    wide = np.where(quotes.strike % 10.0 == 0.0, 1.5, 0.0)
    trusted = replace(lifted, bid=lifted.bid - wide, ask=lifted.ask + wide)
    assert market.forward - alone(market, trusted).forward < 0.15
    assert market.forward - alone(market, lifted).forward > 0.30


def test_days_before_the_expiry_the_rate_is_the_prior_and_the_forward_the_quotes() -> None:
    """Quotes made at a spot 19 cents from the given one would make it 23 % a year."""
    market = Market(years=3.0 / 365.0, quoted_spot=376.81, strikes=tuple(np.arange(350, 401, 1.0)))
    found = implied_forward(market.quotes(), prior_rate=0.05)
    assert found.forward == pytest.approx(market.forward, abs=0.01)
    assert found.quoted_rate > 0.08
    assert 0.05 < found.rate < 0.06
    assert found.spot == pytest.approx(377.0, abs=0.05)
    assert 0.018 < found.standard_error < 0.02


def test_a_long_expiry_says_its_rate_whatever_was_expected() -> None:
    quotes = Market(rate=0.043, years=2.0).quotes()
    for prior in (0.0, 0.10):
        found = implied_forward(quotes, prior_rate=prior)
        assert found.rate == pytest.approx(0.043, abs=3e-4)
        assert found.standard_error == pytest.approx(SPOT_ERROR / 2.0, rel=0.05)


def test_the_parts_always_make_up_the_forward() -> None:
    for market in (Market(years=0.02, quoted_spot=376.7), Market(years=2.0, dividend_yield=0.01)):
        quotes = market.quotes()
        found = implied_forward(quotes, market.dividend_yield)
        growth = (found.rate - found.dividend_yield) * market.years
        assert found.spot * math.exp(growth) == pytest.approx(found.forward, rel=1e-12)
        quoted = (found.quoted_rate - found.dividend_yield) * market.years
        assert quotes.spot * math.exp(quoted) == pytest.approx(found.forward, rel=1e-12)


def test_wider_quotes_make_a_larger_standard_error() -> None:
    narrow, wide = (Market(years=1.0, tick=0.05, spread=spread) for spread in (0.1, 9.0))
    errors = [implied_forward(one.quotes()).standard_error for one in (narrow, wide)]
    assert errors[0] < errors[1]


def refused(found: ImpliedForward, reason: str) -> bool:
    numbers = (found.forward, found.rate, found.standard_error, found.quoted_rate, found.spot)
    return reason in found.reason and all(math.isnan(number) for number in numbers)


@pytest.mark.parametrize("spot", [0.0, -1.0, math.nan, math.inf])
def test_a_spot_that_is_none_tells_no_forward(spot: float) -> None:
    found = implied_forward(replace(Market().quotes(), spot=spot))
    assert refused(found, "no price of the underlying")
    assert found.pairs_used == 0


@pytest.mark.parametrize("years", [0.0, -0.01, math.nan, math.inf])
def test_an_expiry_that_is_over_tells_no_forward(years: float) -> None:
    assert refused(implied_forward(replace(Market().quotes(), years=years)), "over")


@pytest.mark.parametrize(("calls", "puts"), [(0, 0), (6, 0), (0, 6), (6, 1), (1, 6)])
def test_too_few_of_a_kind_tell_no_forward(calls: int, puts: int) -> None:
    strike = np.concatenate([370.0 + np.arange(calls), 370.0 + np.arange(puts)])
    kind = np.repeat([1.0, -1.0], [calls, puts])
    mids = np.full(strike.size, 12.0)
    found = implied_forward(quotes_slice(kind, strike, mids, mids, 377.0, 0.5))
    assert refused(found, f"{calls} calls and {puts} puts")
    assert found.pairs_used == min(calls, puts)


def test_two_calls_and_two_puts_are_enough() -> None:
    market = Market(strikes=(375.0, 380.0), skew=0.0)
    assert alone(market).forward == pytest.approx(market.forward, abs=0.05)


def test_the_verdict_on_a_chain_is_the_reason() -> None:
    found = implied_forward(replace(Market().quotes(), verdict="The market is closed."))
    assert refused(found, "The market is closed.")


def test_a_forward_that_no_market_has_is_refused() -> None:
    """Quotes made at 377 do not belong to a spot of 366."""
    assert refused(implied_forward(Market(years=0.1, quoted_spot=366.0).quotes()), "wrong")
    assert implied_forward(Market(years=0.1, quoted_spot=376.0).quotes()).reason == ""


@pytest.mark.parametrize("error", [0.0, -0.01, math.nan])
def test_a_prior_rate_without_an_error_is_refused(error: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        implied_forward(Market().quotes(), prior_error=error)


def test_another_style_is_refused() -> None:
    with pytest.raises(ValueError, match="bermudan"):
        implied_forward(Market().quotes(), style="bermudan")


GLD = "GLD-2026-07-10.market.jsonl.gz"
REFERENCE = [  # expiry, implied rate, forward, call and put volatility: reference-numbers.md
    (date(2026, 8, 21), 4.77, 379.08, 21.75, 21.87),
    (date(2026, 9, 18), 4.53, 380.30, 21.91, 21.79),
    (date(2026, 12, 18), 4.48, 384.53, 22.76, 22.69),
    (date(2027, 6, 17), 4.34, 392.67, 23.00, 22.96),
    (date(2028, 1, 21), 4.42, 403.44, 23.08, 23.08),
    (date(2028, 12, 15), 4.47, 420.35, 23.89, 23.92),
]


async def slices(path: Path, symbol: str) -> dict[date, ChainSlice]:
    feed = RecordedFeed(path, position="end")
    spot = (await feed.quote(symbol)).price
    expiries = await feed.expirations(symbol)
    return {one: chain_slice(await feed.chain(symbol, one), spot) for one in expiries}


def medians(quotes: ChainSlice, found: ImpliedForward) -> tuple[float, float]:
    """Median volatility of calls and of puts within 4 % of spot, in points."""
    mids = 0.5 * (quotes.bid + quotes.ask)
    terms: Any = (quotes.years, found.rate, found.dividend_yield)
    solved = implied_volatility(quotes.kind, mids, found.spot, quotes.strike, *terms)
    near = np.abs(quotes.strike / quotes.spot - 1.0) <= 0.04
    call, put = (
        float(np.nanmedian(solved.volatility[near & (quotes.kind == side)])) for side in (1, -1)
    )
    return 100.0 * call, 100.0 * put


@pytest.mark.recorded
async def test_a_real_close_gives_the_worked_rates_forwards_and_volatilities(
    recorded: Path,
) -> None:
    found = await slices(recorded / "options" / GLD, "GLD")
    for expiry, rate, forward, call, put in REFERENCE:
        implied = implied_forward(found[expiry])
        assert 100.0 * implied.rate == pytest.approx(rate, abs=0.05), expiry
        assert implied.forward == pytest.approx(forward, rel=5e-4), expiry
        calls, puts = medians(found[expiry], implied)
        assert calls == pytest.approx(call, abs=0.15), expiry
        assert puts == pytest.approx(put, abs=0.15), expiry
        assert abs(calls - puts) < 0.3, expiry


@pytest.mark.recorded
async def test_every_expiry_of_a_real_close_has_a_sensible_rate(recorded: Path) -> None:
    """Treasury bills paid 3.85 % for three months that day, notes 4.21 % for two years."""
    found = await slices(recorded / "options" / GLD, "GLD")
    assert len(found) == 25
    for expiry, quotes in found.items():
        implied = implied_forward(quotes)
        assert 0.04 < implied.rate < 0.06, expiry
        assert abs(implied.rate - 0.0415) < 2.0 * implied.standard_error + 0.005, expiry
        assert abs(implied.spot / quotes.spot - 1.0) < SPOT_ERROR, expiry
        calls, puts = medians(quotes, implied)
        assert abs(calls - puts) < 1.5, expiry


@pytest.mark.recorded
async def test_every_expiry_of_a_session_of_spy_has_a_rate_less_its_dividends(
    recorded: Path,
) -> None:
    found = await slices(recorded / "options" / "SPY-2026-07-14-in-session.market.jsonl.gz", "SPY")
    assert len(found) == 33
    last_hours = found.pop(date(2026, 7, 14))
    assert refused(implied_forward(last_hours), "near the money")
    for expiry, quotes in found.items():
        implied = implied_forward(quotes)
        assert 0.033 < implied.rate < 0.053, expiry


@pytest.mark.recorded
async def test_a_chain_recorded_overnight_tells_no_forward(recorded: Path) -> None:
    found = await slices(recorded / "options" / "GLD-2026-07-15-overnight.market.jsonl.gz", "GLD")
    assert len(found) == 25
    for expiry, quotes in found.items():
        assert np.all(quotes.fault), expiry
        assert refused(implied_forward(quotes), "near the money"), expiry
