"""The simulated chains: listed as the fund's are, free of arbitrage, on legal ticks."""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.tapes import FakeTime
from vaultdesk.adapters.simulated import SimulatedFeed, chains, listing, surface
from vaultdesk.adapters.simulated.exchange import Exchange
from vaultdesk.core.market import Chain, Flag, OptionQuote, Quality, flag
from vaultdesk.core.options import european
from vaultdesk.core.options.american import american
from vaultdesk.ports import FeedError, FeedFault

NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 7, 10, 10, 0, tzinfo=NEW_YORK)


def market(
    time: FakeTime | None = None,
    seed: int = 7,
    start: datetime = START,
    ticks_per_second: float = 1.0,
    speed: float = 1.0,
) -> SimulatedFeed:
    time = time or FakeTime()
    return SimulatedFeed(seed, start, ticks_per_second, speed, time.monotonic, time.sleep)


def new_york(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK)


async def test_the_expiries_follow_the_funds_pattern() -> None:
    listed = await market().expirations("GLD")
    assert list(listed) == sorted(set(listed))
    assert all(Exchange().trades(day) for day in listed)
    fridays = {date(2026, 7, 10) + timedelta(weeks=week) for week in range(6)}
    short = {date(2026, 7, day) for day in (13, 15, 20, 22)}
    months = {date(2026, 8, 21), date(2026, 9, 18), date(2026, 12, 18), date(2027, 1, 15)}
    ends = {date(2026, 9, 30), date(2026, 12, 31), date(2027, 3, 31), date(2027, 6, 30)}
    leaps = {date(2028, 1, 21), date(2028, 6, 16), date(2028, 12, 15)}
    assert fridays | short | months | ends | leaps <= set(listed)
    assert max(listed) - START.date() <= timedelta(days=900)
    assert 20 <= len(listed) <= 32


def test_a_third_friday_on_a_holiday_expires_the_day_before() -> None:
    listed = listing.expirations(
        date(2026, 5, 4), lambda day: day.weekday() < 5 and day != date(2026, 6, 19)
    )
    assert date(2026, 6, 18) in listed
    assert date(2026, 6, 19) not in listed
    assert listing.is_monthly(date(2026, 6, 18), lambda day: day != date(2026, 6, 19))


@given(day=st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_on_any_day_there_is_something_near_and_something_far(day: date) -> None:
    listed = listing.expirations(day, lambda d: d.weekday() < 5)
    assert (listed[0] - day).days <= 4
    assert 700 <= (listed[-1] - day).days <= 900
    assert min(abs((expiry - day).days - 60) for expiry in listed) <= 20


@given(days=st.integers(0, 900), level=st.floats(50, 2000), moved=st.floats(0.8, 1.25))
def test_strikes_are_dense_near_the_money_and_widen_with_term(
    days: int, level: float, moved: float
) -> None:
    low, high = min(level, level * moved), max(level, level * moved)
    strikes = listing.strikes(days, low, high)
    assert list(strikes) == sorted(set(strikes))
    assert strikes[0] >= 0.55 * low - 10
    assert strikes[-1] <= 1.60 * high
    near = [k for k in strikes if 0.95 * low <= k <= 1.05 * high]
    assert {b - a for a, b in pairwise(near)} <= ({1} if days <= 110 else {5})
    assert {b - a for a, b in pairwise(strikes)} <= {1, 2, 3, 4, 5, 10}


# --- the surface


GRID = np.linspace(-1.2, 1.0, 441)
TERMS = [1 / 365, 7 / 365, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5]


@pytest.mark.parametrize("years", TERMS)
def test_no_butterfly_costs_less_than_nothing(years: float) -> None:
    strikes = np.exp(GRID) * 377.0
    volatility = surface.volatility(np.log(strikes / 377.0), years)
    calls = european(1, 377.0, strikes, years, 0.0, 0.0, volatility).price
    slopes = np.diff(calls) / np.diff(strikes)
    assert np.all(slopes <= 1e-12)
    assert np.all(slopes >= -1 - 1e-12)
    assert np.all(np.diff(slopes) >= -1e-10)


@given(years=st.floats(0.001, 3))
def test_the_density_is_positive_by_durrlemans_condition(years: float) -> None:
    step = 1e-4
    w, up, down = (surface.total_variance(GRID + d, years) for d in (0, step, -step))
    first, second = (up - down) / (2 * step), (up - 2 * w + down) / step**2
    g = (1 - GRID * first / (2 * w)) ** 2 - first**2 / 4 * (1 / w + 0.25) + second / 2
    assert g.min() > -1e-4


def test_total_variance_never_falls_with_term() -> None:
    variances = np.array([surface.total_variance(GRID, years) for years in TERMS])
    assert np.all(np.diff(variances, axis=0) > 0)


def test_the_form_itself_rules_arbitrage_out() -> None:
    assert surface.ETA * (1 + abs(surface.RHO)) <= 2


@pytest.mark.parametrize(
    ("years", "measured"),
    [(0.115, 21.8), (0.192, 21.85), (0.441, 22.7), (0.937, 23.0), (1.534, 23.1), (2.436, 23.9)],
)
def test_at_the_money_it_is_near_the_real_chain_of_july_2026(years: float, measured: float) -> None:
    assert 100 * surface.atm_volatility(years) == pytest.approx(measured, abs=0.45)
    assert surface.rate(years) == pytest.approx(0.044, abs=0.002)


def test_puts_are_dearer_than_calls_equally_far_out() -> None:
    for years in TERMS[2:]:
        for far in (0.05, 0.1, 0.2, 0.4):
            put, call = surface.volatility(np.array([-far, far]), years)
            assert put > call


# --- chains


def cents(value: Decimal | None) -> int:
    assert value is not None
    return int(value * 100)


def legal(price: int) -> bool:
    return price < 300 or price % 5 == 0


async def every_chain(feed: SimulatedFeed) -> list[Chain]:
    return [await feed.chain("GLD", expiry) for expiry in await feed.expirations("GLD")]


def theory(chain: Chain, row: OptionQuote) -> float:
    close = datetime.combine(chain.expiry, datetime.min.time(), NEW_YORK).replace(hour=16)
    years = (close - chain.at).total_seconds() / (365 * 86_400)
    assert chain.spot is not None
    spot, strike, rate = float(chain.spot), float(row.strike), surface.rate(years)
    kind = 1 if row.right == "C" else -1
    smile = surface.volatility(np.array([math.log(strike / spot) - rate * years]), years)
    return float(american(kind, spot, strike, years, rate, 0.0, smile[0]).price)


async def test_every_market_stands_on_legal_ticks_around_its_theory() -> None:
    for chain in await every_chain(market()):
        for row in chain.rows[::7]:
            bid, ask, value = cents(row.bid), cents(row.ask), 100 * theory(chain, row)
            assert 0 <= bid <= value < ask
            assert legal(bid)
            assert legal(ask)


async def test_a_chain_names_its_contracts_as_the_occ_does_and_says_what_it_is() -> None:
    feed = market()
    chain = await feed.chain("GLD", date(2026, 8, 21))
    assert (chain.symbol, chain.multiplier, chain.problems) == ("GLD", 100, ())
    assert (chain.quality, chain.source) == (Quality.SIMULATED, "simulated (seed 7)")
    assert chain.at == chain.received == feed.clock.now()
    assert chain.spot == (await feed.quote("GLD")).last
    names = {row.contract: row for row in chain.rows}
    assert len(names) == len(chain.rows)
    assert names["GLD260821C00350000"].strike == 350
    assert names["GLD260821P00350000"].right == "P"


async def test_a_chain_can_be_priced_from_and_only_its_wings_have_no_bid() -> None:
    for chain in await every_chain(market()):
        assert chain.spot is not None
        flags = {row.contract: flag(row, chain.spot, chain.quality) for row in chain.rows}
        assert set(flags.values()) <= {Flag.OK, Flag.ZERO_BID}
        if chain.expiry - START.date() < timedelta(days=7):
            continue
        near = [r for r in chain.rows if abs(r.strike / chain.spot - 1) < Decimal("0.02")]
        assert all(flags[row.contract] is Flag.OK for row in near)
    short = await market().chain("GLD", date(2026, 7, 17))
    assert any(row.bid == 0 for row in short.rows)


def contract(chain: Chain, name: str) -> OptionQuote:
    return next(row for row in chain.rows if row.contract == name)


def spread(row: OptionQuote) -> int:
    return cents(row.ask) - cents(row.bid)


def relative_spread(row: OptionQuote) -> float:
    return spread(row) / (cents(row.ask) + cents(row.bid))


async def test_spreads_widen_in_the_wings_and_with_term() -> None:
    feed = market()
    near = await feed.chain("GLD", date(2026, 8, 21))
    far = await feed.chain("GLD", date(2028, 12, 15))
    money, call = contract(near, "GLD260821P00375000"), contract(near, "GLD260821C00375000")
    assert relative_spread(contract(near, "GLD260821P00330000")) > relative_spread(money)
    assert relative_spread(contract(near, "GLD260821C00420000")) > relative_spread(call)
    assert spread(contract(far, "GLD281215C00375000")) > 3 * spread(call)


@given(
    value=st.floats(0, 500), far=st.floats(0, 40), years=st.floats(0, 3), luck=st.floats(0.01, 0.99)
)
def test_no_prices_crossed_or_off_its_ticks(
    value: float, far: float, years: float, luck: float
) -> None:
    bids, asks = chains.market(np.array([value]), np.array([far]), years, np.array([luck]))
    bid, ask = int(bids[0]), int(asks[0])
    assert 0 <= bid < ask
    assert bid <= 100 * value <= ask
    assert legal(bid)
    assert legal(ask)


async def test_figures_that_are_not_prices_are_plausible_and_stay() -> None:
    time = FakeTime()
    feed = market(time)
    first = await feed.chain("GLD", date(2026, 9, 18))
    time.seconds += 3600
    later = await feed.chain("GLD", date(2026, 9, 18))
    assert first == await market().chain("GLD", date(2026, 9, 18))
    assert [r.open_interest for r in first.rows] == [r.open_interest for r in later.rows]
    for early, late in zip(first.rows, later.rows, strict=True):
        assert early.volume is not None
        assert late.volume is not None
        assert 0 <= early.volume <= late.volume
        assert (late.last is None) == (late.volume == 0)
        if late.last_trade is not None:
            assert new_york(2026, 7, 10, 9, 30) <= late.last_trade <= later.at
    assert sum(r.open_interest or 0 for r in first.rows) > 50_000


async def test_sizes_are_shown_where_there_is_a_price_and_are_largest_at_the_money() -> None:
    chain = await market().chain("GLD", date(2026, 9, 18))
    assert chain.spot is not None
    soon = await market().chain("GLD", date(2026, 7, 13))
    assert any(row.bid == 0 for row in soon.rows)
    assert all((row.bid_size == 0) == (row.bid == 0) for row in (*soon.rows, *chain.rows))
    assert all(1 <= (row.ask_size or 0) <= 999 for row in chain.rows)
    near = [row.ask_size or 0 for row in chain.rows if abs(row.strike - chain.spot) < 15]
    far = [row.ask_size or 0 for row in chain.rows if abs(row.strike - chain.spot) > 60]
    assert np.mean(near) > 2 * np.mean(far)


async def test_the_vendors_volatility_is_near_the_truth_but_not_it() -> None:
    chain = await market().chain("GLD", date(2026, 12, 18))
    errors = []
    for row in chain.rows:
        assert row.vendor.iv is not None
        years = (new_york(2026, 12, 18, 16) - START).total_seconds() / (365 * 86_400)
        moneyness = math.log(float(row.strike) / 377.01) - surface.rate(years) * years
        errors.append(row.vendor.iv / surface.volatility(np.array([moneyness]), years)[0] - 1)
    assert 0.01 < np.std(errors) < 0.06
    assert np.max(np.abs(errors)) < 0.25


async def test_chains_follow_the_spot() -> None:
    time = FakeTime()
    feed = market(time, speed=600)
    expiry = date(2026, 8, 21)
    early = await feed.chain("GLD", expiry)
    time.seconds += 30
    late = await feed.chain("GLD", expiry)
    assert late.spot == (await feed.quote("GLD")).last
    assert late.at == feed.clock.now()
    assert early.spot is not None
    assert late.spot is not None
    assert late.spot != early.spot
    row = contract(late, "GLD260821P00377000")
    assert cents(row.bid) <= 100 * theory(late, row) < cents(row.ask)


async def test_the_strikes_follow_the_market_over_days() -> None:
    time = FakeTime()
    feed = market(time, speed=23_400, seed=3)
    time.seconds += 500
    chain = (await every_chain(feed))[8]
    assert chain.spot is not None
    strikes = [row.strike for row in chain.rows]
    assert min(strikes) < chain.spot * Decimal("0.9")
    assert max(strikes) > chain.spot * Decimal("1.1")


@pytest.mark.parametrize("expiry", [date(2026, 7, 11), date(2026, 7, 3), date(2031, 1, 17)])
async def test_an_expiry_that_is_not_listed_is_no_data(expiry: date) -> None:
    with pytest.raises(FeedError, match="no options that expire on") as refused:
        await market().chain("GLD", expiry)
    assert refused.value.fault is FeedFault.NO_DATA


async def test_on_the_last_afternoon_everything_is_still_a_number() -> None:
    feed = market(start=new_york(2026, 7, 10, 15, 59) + timedelta(seconds=59))
    chain = await feed.chain("GLD", date(2026, 7, 10))
    for row in chain.rows:
        assert row.vendor.iv is not None
        assert math.isfinite(row.vendor.iv)
        assert cents(row.bid) < cents(row.ask)
