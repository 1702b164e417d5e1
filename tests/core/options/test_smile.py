"""The smile of one expiry: close to its quotes, free of arbitrage, frank about what it refused."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.options.made import STRIKES, Market
from vaultdesk.adapters.recorded.replay import RecordedFeed
from vaultdesk.core.options.european import european
from vaultdesk.core.options.forward import implied_forward
from vaultdesk.core.options.slices import FAULTS, ChainSlice, Fault, chain_slice, quotes_slice
from vaultdesk.core.options.smile import Smile, calendar_arbitrage, smile
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

WIDE = np.linspace(-4.0, 4.0, 4001)


def drawn(market: Market, quotes: ChainSlice | None = None) -> Smile:
    quotes = market.quotes() if quotes is None else quotes
    return smile(quotes, implied_forward(quotes, market.dividend_yield, market.style))


def at(quotes: ChainSlice, kind: float, strike: float) -> int:
    return int(np.flatnonzero((quotes.kind == kind) & (quotes.strike == strike))[0])


def moved(quotes: ChainSlice, contract: int, bid: float, ask: float) -> ChainSlice:
    """The same quotes but one, its bid and ask changed by so much."""
    bids, asks = quotes.bid.copy(), quotes.ask.copy()
    bids[contract] += bid
    asks[contract] += ask
    return replace(quotes, bid=bids, ask=asks)


@given(
    years=st.floats(0.05, 2.5),
    level=st.floats(0.12, 0.5),
    skew=st.floats(-0.7, 0.7),
    style=st.sampled_from(["american", "european"]),
)
def test_quotes_of_a_known_smile_give_it_back(
    years: float, level: float, skew: float, style: str
) -> None:
    market = Market(years=years, level=level, skew=skew, style=style)
    found = drawn(market)
    assert (found.method, found.reason) == ("SVI", "")
    strikes = np.linspace(found.lowest, found.highest, 30)
    assert found.volatility(strikes) == pytest.approx(market.volatility(strikes), abs=1.5e-3)
    assert found.inside_share == 1.0


def test_quotes_on_a_grid_of_ticks_give_the_smile_to_a_fraction_of_a_point() -> None:
    market = Market(tick=0.05)
    found = drawn(market)
    strikes = np.linspace(300.0, 480.0, 37)
    assert found.volatility(strikes) == pytest.approx(market.volatility(strikes), abs=1e-3)
    assert found.rms_error < 2e-3
    assert found.inside_share == 1.0


def test_strikes_without_an_honest_quote_are_priced_as_the_market_would() -> None:
    market = Market(tick=0.05)
    quotes = market.quotes()
    gap = (quotes.strike > 330.0) & (quotes.strike < 345.0)
    fault = np.where(gap, Fault.ONE_SIDED, quotes.fault).astype(np.int8)
    hidden = replace(quotes, bid=np.where(gap, np.nan, quotes.bid), fault=fault)
    found = drawn(market, hidden)
    strikes = np.array([335.0, 337.5, 340.0])
    terms = (market.years, market.rate, 0.0, market.volatility(strikes))
    for kind in (1.0, -1.0):
        honest = formula("american")(kind, 377.0, strikes, *terms).price
        assert found.price(kind, strikes) == pytest.approx(honest, abs=0.05)


def test_prices_are_those_of_the_style_at_the_smile_s_own_volatility() -> None:
    for style in ("american", "european"):
        found = drawn(Market(style=style, years=1.5))
        f = found.forward
        terms = (1.5, f.rate, 0.0, found.volatility(400.0))
        expected = formula(style)(-1, f.spot, 400.0, *terms).price
        assert found.price(-1, 400.0) == pytest.approx(float(expected), rel=1e-12)


def test_volatility_by_strike_and_by_moneyness_are_one_curve() -> None:
    found = drawn(Market())
    strikes = np.array([[300.0, 377.0], [390.0, 520.0]])
    k = np.log(strikes / found.forward.forward)
    assert found.volatility(strikes).shape == (2, 2)
    assert np.array_equal(found.volatility(strikes), found.volatility_at(k))
    total = found.volatility(strikes) ** 2 * found.years
    assert total == pytest.approx(found.curve.total_variance(k), rel=1e-12)


@given(
    noise=st.lists(st.floats(-1.0, 1.0), min_size=106, max_size=106),
    size=st.sampled_from([0.02, 0.3, 2.0]),
    years=st.floats(0.02, 2.0),
    every=st.integers(1, 9),
)
def test_however_rough_the_quotes_the_smile_allows_no_arbitrage(
    noise: list[float], size: float, years: float, every: int
) -> None:
    market = Market(years=years)
    quotes = market.quotes()
    rough = size * np.array(noise)
    chosen = np.arange(106) % every == 0
    columns = (quotes.kind, quotes.strike, quotes.bid + rough, quotes.ask + rough)
    kind, strike, bid, ask = (column[chosen] for column in columns)
    found = drawn(market, quotes_slice(kind, strike, bid, ask, 377.0, years))
    if found.reason:
        assert np.all(np.isnan(found.volatility(STRIKES)))
        return
    assert np.all(found.volatility_at(WIDE) > 0.0)
    assert np.min(found.curve.density(WIDE)) >= -1e-9
    f = found.forward
    strikes = np.linspace(150.0, 900.0, 751)
    terms = (years, f.rate, 0.0, found.volatility(strikes))
    falls = np.diff(european(1, f.spot, strikes, *terms).price)
    assert np.max(falls) <= 1e-9
    assert np.min(falls) >= -math.exp(-f.rate * years) - 1e-9
    assert np.min(np.diff(falls)) >= -1e-8


def test_out_of_the_money_quotes_speak_and_both_sides_near_the_forward() -> None:
    market = Market(strikes=tuple(np.arange(330.0, 430.0, 1.0)))
    quotes = market.quotes()
    found = drawn(market, quotes)
    used = found.fault == Fault.OK
    k = quotes.kind * np.log(quotes.strike / market.forward) / (0.22 * math.sqrt(0.5))
    assert np.array_equal(used, k > -0.25)
    assert set(found.fault[~used].tolist()) == {Fault.IN_THE_MONEY}
    assert found.quotes_used == np.count_nonzero(used)
    assert np.array_equal(np.isfinite(found.market), used)
    assert (found.lowest, found.highest) == (330.0, 429.0)


def test_where_calls_and_puts_disagree_near_the_forward_the_smile_is_between_them() -> None:
    """Calls half a dollar dearer than they should be are half a point of volatility dearer."""
    market = Market(strikes=tuple(np.arange(330.0, 430.0, 1.0)), level=0.2)
    quotes = market.quotes()
    dear = 0.5 * (quotes.kind > 0.0)
    found = smile(
        replace(quotes, bid=quotes.bid + dear, ask=quotes.ask + dear), implied_forward(quotes)
    )
    assert 0.2005 < float(found.volatility(market.forward)) < 0.2045


SPARSE = Market(strikes=tuple(np.arange(270.0, 500.0, 15.0)), spread=0.10)


@pytest.mark.parametrize(
    ("shift", "fault"),
    [(-0.6, Fault.OUTLIER), (0.5, Fault.OUTLIER), (-1.2, Fault.BUTTERFLY), (0.8, Fault.BUTTERFLY)],
)
def test_a_quote_off_the_others_is_refused_by_name(shift: float, fault: Fault) -> None:
    quotes = SPARSE.quotes()
    contract = at(quotes, -1.0, 330.0)
    found = drawn(SPARSE, moved(quotes, contract, shift, shift))
    assert found.fault[contract] == fault
    assert found.refusals()[contract] == FAULTS[fault]
    assert np.isnan(found.market[contract])
    others = np.delete(found.fault, contract)
    assert set(others.tolist()) <= {Fault.OK, Fault.IN_THE_MONEY, Fault.MISSING}
    assert found.volatility(330.0) == pytest.approx(float(SPARSE.volatility(330.0)), abs=1e-3)


def test_a_quote_within_its_spread_of_the_others_is_kept() -> None:
    quotes = SPARSE.quotes()
    contract = at(quotes, -1.0, 330.0)
    found = drawn(SPARSE, moved(quotes, contract, 0.04, 0.04))
    assert found.fault[contract] == Fault.OK
    assert found.market[contract] > float(SPARSE.volatility(330.0))


@pytest.mark.parametrize(
    ("kind", "strike", "shift"), [(1.0, 440.0, 3.0), (-1.0, 330.0, 4.0), (-1.0, 300.0, 2.0)]
)
def test_a_quote_that_makes_a_vertical_free_is_refused_by_name(
    kind: float, strike: float, shift: float
) -> None:
    market = Market()
    quotes = market.quotes()
    contract = at(quotes, kind, strike)
    found = drawn(market, moved(quotes, contract, shift, shift))
    assert found.fault[contract] == Fault.VERTICAL
    assert found.volatility(strike) == pytest.approx(float(market.volatility(strike)), abs=1e-3)


def test_a_wide_quote_is_refused_by_name() -> None:
    market = Market()
    quotes = market.quotes()
    contract = at(quotes, -1.0, 320.0)
    found = drawn(market, moved(quotes, contract, -0.5 * quotes.bid[contract], 9.0))
    assert found.fault[contract] == Fault.TOO_WIDE


def test_strikes_no_curve_can_follow_are_refused_by_name() -> None:
    """A bid of a cent for what is worth nothing by any smile: eighteen deviations away."""
    market = Market(years=0.02, strikes=tuple(np.arange(360.0, 395.0, 2.5)), spread=0.02)
    near = market.quotes()
    kind, strike = np.append(near.kind, 1.0), np.append(near.strike, 700.0)
    bid, ask = np.append(near.bid, 0.01), np.append(near.ask, 0.02)
    found = drawn(market, quotes_slice(kind, strike, bid, ask, 377.0, 0.02))
    assert found.fault[-1] == Fault.FAR_OUT
    assert found.volatility(365.0) == pytest.approx(float(market.volatility(365.0)), abs=1e-3)


def test_a_price_without_a_volatility_is_refused_by_name() -> None:
    """A put between spot and forward quoted below what exercising it brings."""
    market = Market(years=2.0, rate=0.09, spread=0.02)
    quotes = market.quotes()
    contract = at(quotes, -1.0, 440.0)
    worthless = moved(quotes, contract, 62.8 - quotes.bid[contract], 62.9 - quotes.ask[contract])
    found = drawn(market, worthless)
    assert found.fault[contract] == Fault.NO_VOLATILITY


def test_faults_of_the_slice_are_kept() -> None:
    market = Market()
    quotes = market.quotes()
    contract = at(quotes, 1.0, 400.0)
    fault = quotes.fault.copy()
    fault[contract] = Fault.CROSSED
    found = drawn(market, replace(quotes, fault=fault))
    assert found.fault[contract] == Fault.CROSSED
    assert found.refusals()[contract] == FAULTS[Fault.CROSSED]
    assert quotes.fault[contract] == Fault.OK


def test_without_a_forward_there_is_no_smile_and_it_says_so() -> None:
    quotes = replace(Market().quotes(), years=-0.1)
    found = smile(quotes, implied_forward(quotes))
    assert (found.method, found.quotes_used) == ("none", 0)
    assert found.reason == implied_forward(quotes).reason != ""
    assert np.all(np.isnan(found.volatility([300.0, 377.0])))
    assert np.all(np.isnan(found.price(-1, [300.0, 377.0])))


def test_without_a_quote_there_is_no_smile_and_it_says_so() -> None:
    market = Market()
    forward = implied_forward(market.quotes())
    none = quotes_slice([1, -1], [377, 377], [0, 0], [1, 1], 377.0, 0.5)
    found = smile(none, forward)
    assert found.method == "none"
    assert "No out-of-the-money quote" in found.reason
    empty = smile(quotes_slice([], [], [], [], 377.0, 0.5), forward)
    assert (empty.method, empty.fault.shape, empty.refusals()) == ("none", (0,), ())


@pytest.mark.parametrize(
    ("strikes", "method"),
    [((375.0, 380.0), "flat"), ((360.0, 375.0, 390.0, 400.0), "SVI of given shape")],
)
def test_a_sparse_chain_has_a_simple_smile(strikes: tuple[float, ...], method: str) -> None:
    market = Market(strikes=strikes)
    found = drawn(market)
    assert found.method == method
    assert found.volatility(strikes) == pytest.approx(market.volatility(strikes), abs=5e-3)
    wings = found.volatility([200.0, 700.0])
    assert np.all((wings > 0.1) & (wings < 0.6))


def test_a_strike_that_is_none_has_no_volatility() -> None:
    found = drawn(Market())
    assert np.isnan(found.volatility([0.0, -5.0, math.nan])).all()


def test_two_expiries_of_one_market_hold_no_calendar_arbitrage() -> None:
    smiles = [drawn(Market(years=years)) for years in (1.0, 0.25, 0.5)]
    assert calendar_arbitrage(smiles) == ()


def test_a_later_expiry_with_less_variance_is_named() -> None:
    near, far = drawn(Market(years=0.5, level=0.30)), drawn(Market(years=0.55, level=0.24))
    empty = quotes_slice([], [], [], [], 377.0, 0.52)
    nothing = smile(empty, implied_forward(empty))
    late = drawn(Market(years=2.0, level=0.24))
    (found,) = calendar_arbitrage([late, far, nothing, near])
    assert (found.near, found.far) == (3, 1)
    k = np.array(found.log_moneyness)
    needed = math.sqrt(float(near.curve.total_variance(k)) / 0.55)
    assert found.shortfall == pytest.approx(needed - float(far.volatility_at(k)))
    assert found.shortfall > 0.04


def test_expiries_without_common_moneyness_are_not_compared() -> None:
    dear, cheap = drawn(Market(years=0.5, level=0.3)), drawn(Market(years=0.6, level=0.2))
    assert len(calendar_arbitrage([dear, cheap])) == 1
    apart = [replace(dear, lowest=300.0, highest=380.0), replace(cheap, lowest=450.0)]
    assert calendar_arbitrage(apart) == ()


async def smiles(path: Path, symbol: str) -> dict[date, tuple[ChainSlice, Smile]]:
    feed = RecordedFeed(path, position="end")
    spot = (await feed.quote(symbol)).price
    found = {}
    for expiry in await feed.expirations(symbol):
        quotes = chain_slice(await feed.chain(symbol, expiry), spot)
        found[expiry] = quotes, smile(quotes, implied_forward(quotes))
    return found


@pytest.mark.recorded
async def test_every_expiry_of_a_real_close_has_a_smile_within_bid_and_ask(recorded: Path) -> None:
    found = await smiles(recorded / "options" / "GLD-2026-07-10.market.jsonl.gz", "GLD")
    assert len(found) == 25
    for expiry, (quotes, one) in found.items():
        assert one.method == "SVI", expiry
        assert one.inside_share > 0.95, expiry
        assert one.rms_error < 0.025, expiry
        assert np.min(one.curve.density(WIDE)) >= 0.0, expiry
        deviation = one.forward.volatility * math.sqrt(one.years)
        near = np.abs(np.log(quotes.strike / one.forward.forward)) < deviation
        missed = one.volatility(quotes.strike) - one.market
        assert np.sqrt(np.nanmean(missed[near] ** 2)) < 0.01, expiry
        assert not {Fault.STALE, Fault.DEGENERATE, Fault.NO_VOLATILITY} & set(one.fault.tolist())


@pytest.mark.recorded
async def test_a_session_of_spy_has_smiles_within_a_fifth_of_a_point(recorded: Path) -> None:
    found = await smiles(recorded / "options" / "SPY-2026-07-14-in-session.market.jsonl.gz", "SPY")
    drawn_ones = {expiry: pair for expiry, pair in found.items() if not pair[1].reason}
    assert len(drawn_ones) == 32
    for expiry, (quotes, one) in drawn_ones.items():
        assert np.min(one.curve.density(WIDE)) >= 0.0, expiry
        deviation = one.forward.volatility * math.sqrt(one.years)
        near = np.abs(np.log(quotes.strike / one.forward.forward)) < deviation
        missed = one.volatility(quotes.strike) - one.market
        assert np.sqrt(np.nanmean(missed[near] ** 2)) < 0.0025, expiry


@pytest.mark.recorded
async def test_a_chain_recorded_overnight_has_no_smile_and_every_contract_a_reason(
    recorded: Path,
) -> None:
    found = await smiles(recorded / "options" / "GLD-2026-07-15-overnight.market.jsonl.gz", "GLD")
    for expiry, (quotes, one) in found.items():
        assert (one.method, one.reason) == ("none", quotes.verdict), expiry
        assert all(one.refusals()), expiry
        assert np.all(np.isnan(one.volatility(quotes.strike))), expiry


def test_the_smile_is_a_value() -> None:
    found: Any = drawn(Market())
    with pytest.raises(AttributeError):
        found.years = 1.0
