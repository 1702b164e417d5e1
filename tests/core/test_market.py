"""Quotes, flags and verdicts: what may be trusted and what prices nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.market import (
    EXERCISE_STYLES,
    Chain,
    Flag,
    OptionQuote,
    Quality,
    Quote,
    consensus,
    degenerate,
    exercise_style,
    flag,
    judged,
    mid,
    nearest_expiry,
    worst,
)

NOON = datetime(2026, 7, 10, 16, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def quote(last: str | None = "377.01", **changes: object) -> Quote:
    made = Quote(
        symbol="GLD",
        bid=None,
        ask=None,
        last=None if last is None else Decimal(last),
        at=NOON,
        received=NOON,
        source="yahoo",
        quality=Quality.LIVE,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def option(bid: str | None, ask: str | None, right: str = "P", strike: str = "350") -> OptionQuote:
    return OptionQuote(
        contract=f"GLD260821{right}00{strike}000",
        right=right,  # type: ignore[arg-type]
        strike=Decimal(strike),
        bid=None if bid is None else Decimal(bid),
        ask=None if ask is None else Decimal(ask),
    )


@given(st.lists(st.sampled_from(Quality), min_size=1))
def test_quality_is_contagious(inputs: list[Quality]) -> None:
    result = worst(*inputs)
    assert result in inputs
    assert all(worst(result, one) is result for one in inputs)


def test_a_simulated_number_never_becomes_a_live_one() -> None:
    assert worst(Quality.LIVE, Quality.SIMULATED) is Quality.SIMULATED
    assert worst(Quality.STALE, Quality.SIMULATED) is Quality.SIMULATED


def test_a_live_price_is_stale_after_a_minute_in_session() -> None:
    assert judged(quote(), NOON + MINUTE, MINUTE).quality is Quality.LIVE
    assert judged(quote(), NOON + MINUTE + timedelta(seconds=1), MINUTE).quality is Quality.STALE


def test_a_delayed_price_is_allowed_its_delay() -> None:
    delayed = quote(quality=Quality.DELAYED)
    assert judged(delayed, NOON + 16 * MINUTE, MINUTE).quality is Quality.DELAYED
    assert judged(delayed, NOON + 22 * MINUTE, MINUTE).quality is Quality.STALE


def test_a_simulated_price_stays_simulated_whatever_its_age() -> None:
    old = quote(quality=Quality.SIMULATED)
    assert judged(old, NOON + timedelta(days=9), MINUTE).quality is Quality.SIMULATED


def test_the_price_is_the_last_trade_or_else_an_honest_mid() -> None:
    assert quote("377.01").price == Decimal("377.01")
    assert quote(None, bid=Decimal(10), ask=Decimal(12)).price == Decimal(11)
    assert quote(None, bid=Decimal(0), ask=Decimal(12)).price is None
    assert quote(None).price is None


def test_day_change_is_nothing_without_a_previous_close() -> None:
    assert quote().day_change is None
    assert quote(previous_close=Decimal("376.00")).day_change == Decimal("1.01")


def test_two_sources_that_agree_give_the_later_price() -> None:
    later = quote("377.50", source="yahoo stream", at=NOON + MINUTE)
    chosen, problem = consensus(quote(), later)
    assert chosen is later
    assert problem is None


def test_two_sources_that_disagree_give_the_lower_price_and_say_so() -> None:
    higher = quote("380.00", source="yahoo stream", at=NOON + MINUTE)
    chosen, problem = consensus(higher, quote())
    assert chosen.price == Decimal("377.01")
    assert problem is not None
    assert "380.00" in problem


@pytest.mark.parametrize(
    ("bid", "ask", "expected"),
    [
        ("1.00", "1.10", Flag.OK),
        ("0", "0", Flag.NO_QUOTE),
        (None, None, Flag.NO_QUOTE),
        ("1.00", "0", Flag.ONE_SIDED),
        ("1.00", None, Flag.ONE_SIDED),
        (None, "1.00", Flag.ONE_SIDED),
        ("0", "0.05", Flag.ZERO_BID),
        ("1.20", "1.10", Flag.CROSSED),
    ],
)
def test_each_fault_of_a_quote_has_its_flag(
    bid: str | None, ask: str | None, expected: Flag
) -> None:
    assert flag(option(bid, ask), Decimal("377.01"), Quality.LIVE) is expected


def test_an_ask_under_the_exercise_value_is_flagged() -> None:
    deep = option("20.00", "22.00", strike="400")
    assert flag(deep, Decimal("377.01"), Quality.LIVE) is Flag.BELOW_INTRINSIC
    assert flag(deep, None, Quality.LIVE) is Flag.OK


def test_quotes_of_a_stale_chain_are_stale() -> None:
    assert flag(option("1.00", "1.10"), None, Quality.STALE) is Flag.STALE


@given(st.decimals("0", "100", places=2), st.decimals("0", "100", places=2))
def test_a_mid_lies_between_an_honest_bid_and_ask(bid: Decimal, ask: Decimal) -> None:
    middle = mid(bid, ask)
    if bid <= 0 or ask < bid:
        assert middle is None
    else:
        assert middle is not None
        assert bid <= middle <= ask


def chain(*rows: OptionQuote) -> Chain:
    return Chain("GLD", date(2026, 8, 21), rows, NOON, NOON, "yahoo", Quality.LIVE)


def test_a_chain_with_most_quotes_near_the_money_missing_is_degenerate() -> None:
    spot = Decimal(350)
    bad = chain(option("0", "0"), option("0", "0", "C"), option("1", "2", strike="352"))
    assert "1 of 3" in (degenerate(bad, spot) or "")
    assert degenerate(chain(option("1", "2"), option("0", "0", "C")), spot) is None


def test_far_strikes_do_not_decide_whether_a_chain_is_degenerate() -> None:
    wings = [option("0", "0.05", strike=str(strike)) for strike in range(200, 240, 5)]
    assert degenerate(chain(option("1", "2"), *wings), Decimal(350)) is None


def test_an_empty_chain_says_so() -> None:
    assert degenerate(chain(), Decimal(350)) is not None


def test_the_expiry_nearest_to_sixty_days_is_chosen_among_those_to_come() -> None:
    today = date(2026, 7, 10)
    dates = (date(2026, 7, 10), date(2026, 8, 21), date(2026, 9, 18), date(2026, 12, 18))
    assert nearest_expiry(dates, today, 60) == date(2026, 9, 18)
    assert nearest_expiry(dates, today, 0) == date(2026, 8, 21)
    assert nearest_expiry((), today, 60) is None


@pytest.mark.parametrize("style", EXERCISE_STYLES)
def test_a_known_style_of_exercise_passes(style: str) -> None:
    assert exercise_style(style) == style


@pytest.mark.parametrize("style", ["bermudan", "", "American"])
def test_another_style_of_exercise_is_refused_by_its_name(style: str) -> None:
    with pytest.raises(ValueError, match=f"^Exercise is 'american' or 'european', not '{style}'.$"):
        exercise_style(style)
