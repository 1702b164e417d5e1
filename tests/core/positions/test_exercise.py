"""Options that end in shares which lie with the lender: what is said, of which, by when."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.core.positions.holdings import DECEMBER, SHARES, call, held, put
from vaultdesk.core.positions.exercise import Advice, Outcome, Scene, advice

if TYPE_CHECKING:
    from vaultdesk.core.orders.broker import Held

EARLY = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)
LAST_WEEK = datetime(2026, 12, 14, 16, 0, tzinfo=UTC)
AFTER_CLOSE = datetime(2026, 12, 18, 21, 30, tzinfo=UTC)
OVER = datetime(2026, 12, 18, 22, 30, tzinfo=UTC)


def said(
    *holdings: Held,
    spot: str | None = "320",
    now: datetime = LAST_WEEK,
    free: int = 0,
    **marks: str,
) -> tuple[Advice, ...]:
    """Of what is held at a price of GLD; `marks` of the puts and calls by right."""
    prices = {
        one.instrument.key: Decimal(marks[one.instrument.right])
        for one in holdings
        if one.instrument.right in marks
    }
    spots = {} if spot is None else {"GLD": Decimal(spot)}
    return advice(holdings, Scene(spots, prices, Decimal(free), now))


def test_a_put_in_the_money_will_be_exercised_into_a_short() -> None:
    (one,) = said(put("332.5", "63"), now=EARLY)
    assert (one.outcome, int(one.shares), one.sure) == (Outcome.SHORT, 6_300, True)
    assert one.sentence == (
        "63 GLD 332.5 put of 2026-12-18, 12.50 in the money: at expiry they are exercised into a "
        "short of 6,300 shares, as the gold lies with the lender: sell or roll them by 16:00 New "
        "York on 18 December 2026, or tell the broker by 17:30 not to exercise."
    )
    assert one.act_by == datetime(2026, 12, 18, 21, 0, tzinfo=UTC)
    assert one.instruct_by == datetime(2026, 12, 18, 22, 30, tzinfo=UTC)


def test_a_put_out_of_the_money_is_spoken_of_in_its_last_week_only() -> None:
    assert said(put("300", "63"), now=EARLY) == ()
    (one,) = said(put("300", "63"))
    assert not one.sure
    assert one.sentence.startswith(
        "63 GLD 300 put of 2026-12-18: should GLD end below 300, they are exercised"
    )
    (one,) = said(put("300", "63"), spot=None)
    assert not one.sure


def test_free_shares_are_delivered_first() -> None:
    assert said(put("332.5", "63"), free=6_300) == ()
    assert said(put("332.5", "63"), held(SHARES, "6300")) == ()
    (one,) = said(put("332.5", "63"), held(SHARES, "5000"))
    assert one.shares == 1_300
    assert said(put("332.5", "63"), held(SHARES, "6300", "elsewhere")) != ()


def test_after_the_close_only_an_instruction_is_left_and_then_nothing() -> None:
    (one,) = said(put("332.5", "63"), now=AFTER_CLOSE)
    assert one.sentence.endswith(
        "tell the broker by 17:30 New York on 18 December 2026 not to exercise."
    )
    assert said(put("332.5", "63"), now=OVER) == ()


def test_a_call_sold_may_call_shares_away_that_are_pledged() -> None:
    (one,) = said(call("310", "-63"))
    assert (one.outcome, int(one.shares), one.sure) == (Outcome.CALLED, 6_300, True)
    assert one.sentence == (
        "63 sold GLD 310 call of 2026-12-18, 10.00 in the money: at expiry 6,300 shares must be "
        "delivered that lie with the lender, which leaves you short of them: buy them back by "
        "16:00 New York on 18 December 2026."
    )


def test_a_call_without_time_value_may_be_assigned_any_day() -> None:
    (one,) = said(call("310", "-63"), C="10.04")
    assert "maybe on any day, as hardly any time value is left" in one.sentence
    (one,) = said(call("310", "-63"), C="10.06")
    assert "any day" not in one.sentence


def test_a_call_bought_covers_one_sold() -> None:
    assert said(call("310", "-63"), call("300", "63")) == ()


def test_a_put_sold_takes_shares_for_money() -> None:
    (one,) = said(put("332.5", "-10"))
    assert (one.outcome, int(one.shares)) == (Outcome.PUT, 1_000)
    assert "1,000 shares must be taken for 332,500 USD" in one.sentence


def test_a_spread_is_short_between_its_strikes() -> None:
    """The puts sold take what the others deliver only below their own strike."""
    found = said(put("332.5", "63"), put("300", "-63"))
    assert [(one.outcome, one.sure) for one in found] == [
        (Outcome.SHORT, True),
        (Outcome.PUT, False),
    ]


def test_what_is_sure_and_near_comes_first() -> None:
    found = said(
        put("332.5", "1", datetime(2027, 1, 15, tzinfo=UTC).date()),
        put("300", "1"),
        put("332.5", "1"),
    )
    assert [(one.instrument.expiry, one.sure) for one in found][:2] == [
        (DECEMBER, True),
        (DECEMBER, False),
    ]


HOLDINGS = st.lists(
    st.builds(
        lambda make, strike, count: make(str(strike), str(count)),
        st.sampled_from([put, call]),
        st.integers(280, 360),
        st.integers(-9, 9).filter(bool),
    ),
    max_size=5,
)


def delivered(options: list[Held], price: Decimal) -> Decimal:
    """Shares that come when these end at a price; negative go."""
    total = Decimal(0)
    for one in options:
        strike = one.instrument.strike or Decimal(0)
        if one.instrument.right == "P" and price < strike:
            total -= 100 * one.quantity
        if one.instrument.right == "C" and price > strike:
            total += 100 * one.quantity
    return total


@given(HOLDINGS)
def test_what_is_missing_is_the_most_at_any_price_where_it_is_exercised(
    holdings: list[Held],
) -> None:
    places = [Decimal(n) / 2 for n in range(550, 740)]
    for one in said(*holdings, spot=None):
        strike, put_held = one.instrument.strike, one.instrument.right == "P"
        assert strike is not None
        if one.outcome is Outcome.PUT:
            continue
        reached = [p for p in places if (p < strike if put_held else p > strike)]
        worst = max(-delivered(holdings, price) for price in reached)
        own = {abs(x.quantity) * 100 for x in holdings if x.instrument == one.instrument}
        assert one.shares in {min(worst, count) for count in own}


@given(HOLDINGS, st.integers(250, 400))
def test_whoever_would_be_short_at_todays_price_is_told(holdings: list[Held], spot: int) -> None:
    missing = -delivered(holdings, Decimal(spot))
    found = said(*holdings, spot=str(spot))
    short = [one for one in found if one.outcome is not Outcome.PUT and one.sure]
    if missing > 0:
        assert short
        assert sum(one.shares for one in short) >= missing
    assert all(one.shares > 0 for one in found)
