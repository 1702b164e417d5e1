"""Daily closes from TWS: the days that are over, as they were, split or not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.ibkr_feed import NOW, failed, feed_of
from tests.fakes.tws_prices import PricesTws, wide_market
from vaultdesk.adapters.ibkr import listing
from vaultdesk.core.market import DailyClose
from vaultdesk.ports import FeedFault

THURSDAY, FRIDAY = date(2026, 3, 19), date(2026, 3, 20)
AT_CLOSE = datetime(2026, 3, 20, 20, 0, tzinfo=UTC)  # 16:00 in New York


def with_bars(bars: dict[date, str]) -> PricesTws:
    market = wide_market()
    market.bars = bars
    return PricesTws(market)


TWO_DAYS = {THURSDAY: "308.15", FRIDAY: "310.07"}


async def test_the_day_that_still_trades_has_no_close_yet() -> None:
    async with with_bars(TWO_DAYS) as tws, feed_of(tws) as rig:
        before = await rig.feed.closes("GLD", THURSDAY)
        rig.clock.time = AT_CLOSE
        after = await rig.feed.closes("GLD", THURSDAY)
        pair = await rig.feed.closes("EURUSD", THURSDAY)
        rig.clock.advance(3600)
        late = await rig.feed.closes("EURUSD", THURSDAY)
    closes = (DailyClose(THURSDAY, Decimal("308.15")), DailyClose(FRIDAY, Decimal("310.07")))
    assert (before, after) == (closes[:1], closes)
    assert (pair, late) == (closes[:1], closes)


async def test_trades_of_the_regular_session_are_asked_for_and_the_middle_for_pairs() -> None:
    async with with_bars(TWO_DAYS) as tws, feed_of(tws) as rig:
        await rig.feed.closes("GLD", THURSDAY)
        await rig.feed.closes("EURUSD", date(2023, 3, 21))
        asked = [entry.fields[15:21] for entry in tws.journal.of("history")]
    assert asked == [
        ("", "1 day", "2 D", "1", "TRADES", "1"),
        ("", "1 day", "4 Y", "1", "MIDPOINT", "1"),
    ]


async def test_days_before_the_start_are_left_out_and_a_later_start_asks_nothing() -> None:
    async with with_bars(TWO_DAYS) as tws, feed_of(tws) as rig:
        assert await rig.feed.closes("GLD", FRIDAY) == ()
        assert await rig.feed.closes("GLD", FRIDAY + timedelta(1)) == ()
        assert len(tws.journal.of("history")) == 1


async def test_a_day_without_a_price_is_named_in_the_status() -> None:
    async with with_bars({THURSDAY: "0", date(2026, 3, 18): "307"}) as tws, feed_of(tws) as rig:
        assert len(await rig.feed.closes("GLD", date(2026, 3, 1))) == 1
        assert rig.feed.status().sentence == (
            "TWS is asked at intervals. Left out of the daily closes of GLD: 2026-03-19 has no "
            "close."
        )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("HMDS query returned no data: GLD@SMART Trades", FeedFault.NO_DATA),
        ("Historical data request pacing violation", FeedFault.RATE_LIMITED),
        ("No market data permissions for ARCA STK", FeedFault.UNAVAILABLE),
    ],
)
async def test_why_there_is_no_history(text: str, fault: FeedFault) -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.history_refusal = text
        error = await failed(rig.feed.closes("GLD", THURSDAY))
    assert error.fault is fault
    assert text in str(error)


@given(days=st.integers(0, 20_000))
def test_what_is_asked_for_reaches_back_to_the_start(days: int) -> None:
    today = NOW.date()
    count, unit = listing.lasting(today - timedelta(days), today).split()
    assert unit in {"D", "Y"}
    assert int(count) * (1 if unit == "D" else 365) >= days + 1
    assert unit == "Y" or int(count) <= 365
