"""A whole chain valued: what is priced, what is refused and why, on made and on recorded chains."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.feed import START, chain
from vaultdesk.adapters.recorded.replay import RecordedFeed
from vaultdesk.core.market import Chain, Flag, OptionQuote, Quality
from vaultdesk.core.options.chain import revalued, value_chain, value_chains
from vaultdesk.core.options.valued import ValuedChain

EXPIRY = date(2026, 9, 18)
SPOT = Decimal(350)


def valued(**changes: object) -> ValuedChain:
    made = replace(chain(EXPIRY), **changes)  # type: ignore[arg-type]
    return value_chain(made, SPOT, START, default_rate=0.03)


def with_row(index: int, **changes: object) -> ValuedChain:
    rows = list(chain(EXPIRY).rows)
    rows[index] = replace(rows[index], **changes)  # type: ignore[arg-type]
    return valued(rows=tuple(rows))


def test_the_ladder_pairs_calls_and_puts_by_strike() -> None:
    view = valued()
    assert [rung.strike for rung in view.ladder] == [Decimal(k) for k in range(335, 370, 5)]
    for rung in view.ladder:
        assert rung.call is not None
        assert rung.put is not None
        assert view.chain.rows[rung.call].right == "C"
        assert view.chain.rows[rung.put].right == "P"
    assert view.ladder[view.at_the_money].strike == 350


def test_signs_are_those_of_bought_options() -> None:
    view = valued()
    calls = view.kind > 0
    assert np.all(view.greeks.delta[calls] > 0)
    assert np.all(view.greeks.delta[~calls] < 0)
    assert np.all(view.greeks.gamma > 0)
    assert np.all(view.greeks.vega > 0)
    assert np.all(view.greeks.theta[calls] < 0)


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"bid": Decimal(0)}, Flag.ZERO_BID),
        ({"bid": Decimal(99)}, Flag.CROSSED),
        ({"ask": None}, Flag.ONE_SIDED),
        ({"bid": None, "ask": None}, Flag.NO_QUOTE),
    ],
)
def test_a_faulty_quote_has_no_volatility_and_says_why(
    changes: dict[str, object], flag: Flag
) -> None:
    view = with_row(0, **changes)
    assert view.flags[0] is flag
    assert np.isnan(view.iv[0])
    assert str(flag) in view.refusals[0]
    assert view.refusals[1] == ""


def test_a_refused_quote_is_valued_by_the_curve_through_the_others() -> None:
    view = with_row(0, ask=None)
    assert np.isnan(view.iv[0])
    assert view.estimated(0)
    assert not view.estimated(1)
    assert view.smile is not None
    assert view.volatility[0] == view.smile.volatility(view.strike[0])
    honest = valued()
    assert view.greeks.price[0] == pytest.approx(honest.greeks.price[0], abs=0.02)
    assert view.greeks.delta[0] == pytest.approx(honest.greeks.delta[0], abs=1e-3)
    moved = revalued(view, Decimal(360), START, Quality.LIVE)
    assert moved.volatility[0] == view.volatility[0]
    assert moved.greeks.delta[0] > view.greeks.delta[0]


def test_many_expiries_at_once_are_valued_without_curves() -> None:
    rows = (replace(chain(EXPIRY).rows[0], ask=None), *chain(EXPIRY).rows[1:])
    (view,) = value_chains((replace(chain(EXPIRY), rows=rows),), SPOT, START, default_rate=0.03)
    assert view.smile is None
    assert np.isnan(view.greeks.delta[0])
    assert not view.estimated(0)


def test_a_quote_that_holds_its_exercise_value_tells_no_volatility() -> None:
    put = 13  # the put at 365, worth 15 exercised
    view = with_row(put, bid=Decimal("14.90"), ask=Decimal("19.10"))  # its mid has one, of 21 %
    assert np.isnan(view.iv[put])
    assert view.flags[put] is Flag.OK
    assert view.refusals[put].startswith("The bid is not above the intrinsic value")
    assert view.estimated(put)
    below = with_row(put, bid=Decimal("14.00"), ask=Decimal("14.90"))
    assert below.flags[put] is Flag.BELOW_INTRINSIC
    honest = with_row(put, bid=Decimal("15.10"), ask=Decimal("19.10"))
    assert np.isfinite(honest.iv[put])


def test_a_mid_under_the_discounted_exercise_value_is_refused() -> None:
    view = with_row(0, bid=Decimal("15.40"), ask=Decimal("15.60"))  # worth 15 and the interest
    assert view.flags[0] is Flag.BELOW_INTRINSIC
    assert "intrinsic" in view.refusals[0]
    assert np.isnan(view.iv[0])


def test_a_volatility_above_three_hundred_per_cent_is_a_broken_quote() -> None:
    view = with_row(6, bid=Decimal("180.00"), ask=Decimal("190.00"))
    assert np.isnan(view.iv[6])
    assert "300 %" in view.refusals[6]


def test_from_a_degenerate_chain_nothing_is_priced_though_everything_is_shown() -> None:
    rows = tuple(
        replace(row, bid=Decimal(0), ask=Decimal(0)) if index % 3 else row
        for index, row in enumerate(chain(EXPIRY).rows)
    )
    view = valued(rows=rows)
    assert view.verdict is not None
    assert np.all(np.isnan(view.iv))
    assert np.all(np.isnan(view.greeks.delta))
    assert set(view.refusals) == {view.verdict}
    assert view.at_the_money_volatility is None
    assert len(view.ladder) == 7


def test_without_pairs_the_rate_is_the_setting_s_and_says_so() -> None:
    puts = tuple(row for row in chain(EXPIRY).rows if row.right == "P")
    view = valued(rows=puts)
    assert view.rate == 0.03
    assert view.rate_source.startswith("from the settings: Within 4% of spot 0 calls")


def test_an_empty_chain_is_an_empty_view() -> None:
    view = valued(rows=())
    assert view.ladder == ()
    assert view.verdict is not None


def test_vendor_volatility_is_never_an_input() -> None:
    plain = valued()
    rows = tuple(
        replace(row, vendor=replace(row.vendor, iv=19.0, delta=9.0)) for row in chain(EXPIRY).rows
    )
    assert np.array_equal(valued(rows=rows).iv, plain.iv)


def test_a_tick_moves_the_greeks_and_the_money_but_not_the_volatility() -> None:
    view = valued()
    moved = revalued(view, Decimal(360), START, Quality.LIVE)
    assert np.array_equal(moved.iv, view.iv)
    assert moved.ladder[moved.at_the_money].strike == 360
    assert np.all(moved.greeks.delta > view.greeks.delta)


def test_time_alone_takes_value_away() -> None:
    view = valued()
    later = revalued(view, SPOT, START + timedelta(days=7), Quality.LIVE)
    assert later.years < view.years
    calls = view.kind > 0
    assert np.all(later.greeks.price[calls] < view.greeks.price[calls])


def test_after_its_expiry_a_chain_has_no_volatilities() -> None:
    late = datetime(2026, 9, 19, 12, tzinfo=UTC)
    view = valued(at=late, received=late)
    assert np.all(np.isnan(view.iv))


REFERENCE = [  # expiry, years, American implied rate, call and put volatility: reference-numbers
    (date(2026, 8, 21), 0.115, 4.77, 21.75, 21.87),
    (date(2026, 9, 18), 0.192, 4.53, 21.91, 21.79),
    (date(2026, 12, 18), 0.441, 4.48, 22.76, 22.69),
    (date(2027, 6, 17), 0.937, 4.34, 23.00, 22.96),
    (date(2028, 1, 21), 1.534, 4.42, 23.08, 23.08),
    (date(2028, 12, 15), 2.436, 4.47, 23.89, 23.92),
]


async def recorded_chain(path: Path, expiry: date) -> tuple[Chain, Decimal]:
    feed = RecordedFeed(path, position="end")
    quote = await feed.quote("GLD")
    assert quote.price is not None
    return await feed.chain("GLD", expiry), quote.price


@pytest.mark.recorded
@pytest.mark.parametrize(("expiry", "years", "rate", "call", "put"), REFERENCE)
async def test_the_recorded_close_gives_the_worked_values(
    recorded: Path, expiry: date, years: float, rate: float, call: float, put: float
) -> None:
    path = recorded / "options" / "GLD-2026-07-10.market.jsonl.gz"
    found, spot = await recorded_chain(path, expiry)
    view = value_chain(found, spot, found.at, default_rate=0.04)
    assert view.verdict is None
    assert view.years == pytest.approx(years, abs=1e-3)
    assert view.style == "american"
    assert 100 * view.rate == pytest.approx(rate, abs=0.05)
    near = (np.abs(view.strike / float(spot) - 1) <= 0.04) & np.isfinite(view.iv)
    calls, puts = (100 * np.median(view.iv[near & (view.kind == side)]) for side in (1, -1))
    assert calls == pytest.approx(call, abs=0.15)
    assert puts == pytest.approx(put, abs=0.15)
    assert calls == pytest.approx(puts, abs=0.3)


@pytest.mark.recorded
async def test_every_expiry_of_the_recorded_close_has_a_verdict_and_every_row_a_reason(
    recorded: Path,
) -> None:
    path = recorded / "options" / "GLD-2026-07-10.market.jsonl.gz"
    feed = RecordedFeed(path, position="end")
    for expiry in await feed.expirations("GLD"):
        found, spot = await recorded_chain(path, expiry)
        view = value_chain(found, spot, found.at, default_rate=0.04)
        told = np.array([bool(refusal) for refusal in view.refusals])
        assert np.array_equal(told, np.isnan(view.iv)), expiry


@pytest.mark.recorded
async def test_the_overnight_chain_prices_nothing_at_any_expiry(recorded: Path) -> None:
    path = recorded / "options" / "GLD-2026-07-15-overnight.market.jsonl.gz"
    feed = RecordedFeed(path, position="end")
    for expiry in await feed.expirations("GLD"):
        found, spot = await recorded_chain(path, expiry)
        view = value_chain(found, spot, found.at, default_rate=0.04)
        assert view.verdict is not None, expiry
        assert np.all(np.isnan(view.iv)), expiry
        assert view.chain.rows == found.rows


@pytest.mark.recorded
async def test_all_expiries_valued_together_are_each_valued_alone(recorded: Path) -> None:
    path = recorded / "options" / "GLD-2026-07-10.market.jsonl.gz"
    feed = RecordedFeed(path, position="end")
    pairs = [await recorded_chain(path, day) for day in (await feed.expirations("GLD"))[::6]]
    chains, spot = [found for found, _ in pairs], pairs[0][1]
    together = value_chains(chains, spot, chains[0].at, default_rate=0.04, smiles=True)
    for found, view in zip(chains, together, strict=True):
        alone = value_chain(found, spot, chains[0].at, default_rate=0.04)
        assert view.refusals == alone.refusals
        assert view.flags == alone.flags
        assert view.iv == pytest.approx(alone.iv, rel=1e-9, nan_ok=True)
        assert view.greeks.vega == pytest.approx(alone.greeks.vega, rel=1e-6, nan_ok=True)


def test_no_chains_are_no_views() -> None:
    assert value_chains((), SPOT, START, default_rate=0.03) == ()


def test_by_european_exercise_a_put_needs_more_volatility() -> None:
    view = valued()
    plain = value_chain(view.chain, SPOT, START, default_rate=0.03, style="european")
    puts = view.kind < 0
    assert plain.style == "european"
    # the same quotes: their rate differs by what early exercise is worth to the puts
    assert plain.rate < view.rate
    assert np.all(plain.greeks.price[puts] == pytest.approx(view.greeks.price[puts], abs=0.05))


def test_a_strange_row_is_data_and_not_an_exception() -> None:
    odd = OptionQuote("X", "C", Decimal("0.0001"), Decimal("1e-9"), Decimal("1e9"))
    view = valued(rows=(*chain(EXPIRY).rows, odd))
    assert view.refusals[-1] != ""
