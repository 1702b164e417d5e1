"""Closes from tables that users supply: what is read, and what is told of the rest."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge.rolls import D, weekdays
from vaultdesk.core.hedge.rolling.closes import UnreadablePrices, checked, read_closes
from vaultdesk.core.market import DailyClose

MADE = (DailyClose(date(2026, 3, 26), D("413.5")), DailyClose(date(2026, 3, 27), D("414.70")))


@pytest.mark.parametrize(
    "lines",
    [
        ["Date,Close\n", "2026-03-26,413.5\n", "2026-03-27,414.70\n"],
        ["date;open;CLOSE\n", "2026-03-27;1;414.70\n", "2026-03-26;1;413.5\n"],
        ["\ufeffDay\tPrice\r\n", "2026-03-26\t413.5\r\n", "\r\n", " 2026-03-27 \t 414.70 \r\n"],
        ['"Date","Open","Close"\n', '"2026-03-26","1","413.5"\n', "20260327,1,414.70"],
    ],
)
def test_a_column_of_dates_and_one_of_closes_are_found_in_either_order_of_time(
    lines: list[str],
) -> None:
    assert read_closes(lines) == MADE


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "first line must name"),
        (["Date,Open\n"], "first line must name"),
        (["2026-03-26,413.5\n"], "first line must name"),
        (["Date,Close\n"], "no prices in it"),
        (["Date,Close\n", "2026-03-26\n"], "Line 2 has too few columns"),
        (["Date,Close\n", "2026-03-26,1\n", "26.3.2026,1\n"], "Line 3: “26.3.2026” is no date"),
        (["Date,Close\n", "2026-03-26,n/a\n"], "Line 2: “n/a” is no price"),
        (["Date,Close\n", "2026-03-26,0\n"], "Line 2: “0” is no price"),
        (["Date,Close\n", "2026-03-26,-5\n"], "“-5” is no price"),
        (["Date,Close\n", "2026-03-26,NaN\n"], "“NaN” is no price"),
        (["Date,Close\n", "2026-03-26,1e12\n"], "is no price"),
        (["Date;Close\n", "2026-03-26;413,5\n"], "write it as 1234.56"),
        (["Date,Close\n", "2026-03-26,1\n", "2026-03-26,1\n"], "2026-03-26 stands there twice"),
        (["Date,Close\n", "2026-03-26,10\n", "2026-03-27,1\n"], "adjust the prices for splits"),
        (["Date,Close\n", '2026-03-26,"10\n'], "not a table of text"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(lines: list[str], words: str) -> None:
    with pytest.raises(UnreadablePrices, match=words) as raised:
        read_closes(lines)
    assert str(raised.value).endswith(".")


def test_weekly_prices_are_no_daily_ones() -> None:
    weekly = [DailyClose(date(2026, 1, 2) + timedelta(7 * i), D(100)) for i in range(9)]
    with pytest.raises(UnreadablePrices, match="not daily"):
        checked(weekly)


PRICES = st.decimals(min_value=D(60), max_value=D(110), places=4)


@given(st.lists(PRICES, min_size=2, max_size=40), st.randoms(), st.sampled_from(",;\t"))
def test_what_is_written_is_read_back(
    prices: list[Decimal], chance: object, separator: str
) -> None:
    days = weekdays(date(2020, 1, 1), len(prices))
    made = tuple(DailyClose(d, p) for d, p in zip(days, prices, strict=True))
    rows = [f"{one.day}{separator}x{separator}{one.close}\n" for one in made]
    chance.shuffle(rows)  # type: ignore[attr-defined]
    assert read_closes([f"Date{separator}High{separator}Close\n", *rows]) == made


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_text_is_read_or_refused(lines: list[str]) -> None:
    for heading in ([], ["Date,Close"]):
        try:
            found = read_closes([*heading, *lines])
        except UnreadablePrices:
            continue
        assert all(one.close > 0 for one in found)


@pytest.mark.recorded
def test_the_recorded_closes_of_gld_are_read(recorded: Path) -> None:
    with (recorded / "gold" / "GLD-daily.csv").open(newline="", encoding="utf-8") as lines:
        found = read_closes(lines)
    assert len(found) == 5372
    assert (found[0].day, found[-1].day) == (date(2004, 11, 18), date(2026, 3, 27))
