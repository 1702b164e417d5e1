"""The paper account's margin, against worked cases of the rules it names."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.paper.rig import SHARE, option
from tests.fakes.feed import START
from vaultdesk.adapters.paper.margin import UnmarkedError, margins, mark, needed, worth
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.instrument import Instrument, InstrumentQuote

D = Decimal
LATER, SOONER = date(2026, 12, 18), date(2026, 8, 21)


def quoted(spot: str, **values: str) -> dict[Instrument, InstrumentQuote | None]:
    """The share at `spot`, and options such as P335 at one price."""
    found: dict[Instrument, InstrumentQuote | None] = {SHARE: at(SHARE, spot, spot)}
    for name, value in values.items():
        for expiry in (SOONER, date(2026, 9, 18), LATER):
            one = option(int(name[1:]), "P" if name[0] == "P" else "C", expiry)
            found[one] = at(one, value, value)
    return found


def at(
    one: Instrument, bid: str | None, ask: str | None, last: str | None = None
) -> InstrumentQuote:
    low, high, trade = (None if text is None else D(text) for text in (bid, ask, last))
    return InstrumentQuote(one, low, high, START, "test", Quality.LIVE, last=trade)


def required(holding: dict[Instrument, int], spot: str, **values: str) -> Decimal:
    return margins(holding, D(0), quoted(spot, **values)).maintenance


# By hand from the Cboe Margin Manual's rules: the value of the option and 20 % of the underlying
# less what it is out of the money, at least 10 % of the strike (put) or the underlying (call).
@pytest.mark.parametrize(
    ("name", "spot", "value", "margin"),
    [
        ("P200", "209", "1.20", 3400),  # 1.20 + 41.80 - 9.00
        ("P80", "95", "2.00", 1000),  # 2.00 + 8.00, more than 19.00 - 15.00
        ("C120", "128.50", "8.40", 3410),  # 8.40 + 25.70, in the money
        ("C130", "100", "0.25", 1025),  # 0.25 + 10.00, more than 20.00 - 30.00
        ("P100", "90", "12.00", 3000),  # 12.00 + 18.00
    ],
)
def test_an_option_sold_without_cover(name: str, spot: str, value: str, margin: int) -> None:
    sold = option(int(name[1:]), "P" if name[0] == "P" else "C")
    assert required({sold: -1}, spot, **{name: value}) == margin
    assert required({sold: -7}, spot, **{name: value}) == 7 * margin


@pytest.mark.parametrize(
    ("sold", "bought", "margin"),
    [
        (option(125), option(120), 500),  # the strikes' difference
        (option(120), option(125), 0),  # bought for more: nothing beyond its price
        (option(120, "C"), option(125, "C"), 500),
        (option(125, "C"), option(120, "C"), 0),
        (option(125), option(120, expiry=LATER), 500),  # the long one lasts longer
    ],
)
def test_an_option_sold_against_another(sold: Instrument, bought: Instrument, margin: int) -> None:
    values = {"P120": "1", "P125": "2", "C120": "9", "C125": "6"}
    assert required({sold: -2, bought: 2}, "128", **values) == 2 * margin


def test_a_long_option_that_ends_first_covers_nothing() -> None:
    values = {"P120": "1", "P125": "2"}
    alone = required({option(125): -1}, "128", **values)
    assert required({option(125): -1, option(120, expiry=SOONER): 1}, "128", **values) == alone


def test_what_is_left_uncovered_is_charged_as_such() -> None:
    values = {"P120": "1", "P125": "2"}
    naked = required({option(125): -1}, "128", **values)
    assert required({option(125): -3, option(120): 1}, "128", **values) == 500 + 2 * naked


def test_calls_on_shares_that_are_there_are_covered() -> None:
    held = {SHARE: 250, option(120, "C"): -3}
    told = margins(held, D(0), quoted("128", C120="9"))
    shares, naked = 250 * D(128), 100 * (9 + D("25.6"))
    assert told.initial == shares / 2 + 2 * 800 + naked  # two are covered and 8 in the money
    assert told.maintenance == shares / 4 + 2 * 800 + naked
    assert told.loan_value == shares


def test_puts_on_shares_sold_short_are_covered() -> None:
    told = margins({SHARE: -100, option(125): -1}, D(30_000), quoted("128", P125="2"))
    assert (told.initial, told.maintenance) == (D(6_400), D(3_840))
    assert (told.loan_value, told.available) == (D(17_200), D(10_800))


def test_long_options_need_no_price_and_secure_nothing() -> None:
    told = margins({option(120): 5}, D(700), {})
    assert (told.initial, told.maintenance, told.loan_value) == (D(0), D(0), D(700))
    assert needed({option(120): 5}) == set()
    assert needed({option(120): -5}) == {option(120), SHARE}
    with pytest.raises(UnmarkedError, match="GLD shares"):
        margins({option(120): -5}, D(700), {})


@pytest.mark.parametrize(
    ("bid", "ask", "last", "long", "short"),
    [
        ("3.10", "3.20", None, "3.15", "3.15"),
        (None, "0.05", None, "0", "0.05"),  # nobody bids: worth nothing, owed at the ask
        ("0", "0.05", None, "0", "0.05"),
        ("3.30", "3.20", None, "3.20", "3.20"),  # crossed
        ("3.10", None, None, None, None),
        (None, None, None, None, None),
    ],
)
def test_marks_of_options(
    bid: str | None, ask: str | None, last: str | None, long: str | None, short: str | None
) -> None:
    one = option(335)
    for quantity, expected in ((1, long), (-1, short)):
        quotes = {one: at(one, bid, ask, last)}
        if expected is None:
            with pytest.raises(UnmarkedError):
                mark(one, quantity, quotes)
        else:
            assert mark(one, quantity, quotes) == D(expected)


def test_a_share_without_a_prices_marked_at_its_last_trade() -> None:
    assert mark(SHARE, 1, {SHARE: at(SHARE, None, None, "350.25")}) == D("350.25")
    assert worth({SHARE: -2}, D(1000), {SHARE: at(SHARE, None, None, "350.25")}) == D("299.50")


STRIKES = (320, 335, 350, 365, 380)
HOLDING = st.dictionaries(
    st.builds(option, st.sampled_from(STRIKES), st.sampled_from(["C", "P"])),
    st.integers(-5, 5).filter(bool),
    max_size=6,
)


@given(
    holding=HOLDING,
    shares=st.integers(-600, 600),
    extra=st.builds(option, st.sampled_from(STRIKES), st.sampled_from(["C", "P"])),
    spot=st.integers(300, 400),
)
def test_buying_an_option_never_raises_the_requirement_and_none_is_negative(
    holding: dict[Instrument, int], shares: int, extra: Instrument, spot: int
) -> None:
    values = {f"{right}{strike}": "5" for right in "CP" for strike in STRIKES}
    quotes = quoted(str(spot), **values)
    if shares:
        holding[SHARE] = shares
    before = margins(holding, D(0), quotes)
    assert 0 <= before.maintenance <= before.initial or shares < 0
    more = {**holding, extra: holding.get(extra, 0) + 1}
    after = margins({one: count for one, count in more.items() if count}, D(0), quotes)
    assert after.initial <= before.initial
