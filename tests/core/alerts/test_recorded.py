"""GLD's worst weeks, replayed by their closes: the notices of a stated loan, twice the same."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from vaultdesk.core.alerts import (
    Book,
    Event,
    Metric,
    Reading,
    Rule,
    Watch,
    default_rules,
    evaluate,
)
from vaultdesk.core.calendar import CLOSE, NEW_YORK
from vaultdesk.core.market import Quality
from vaultdesk.core.money import from_float

pytestmark = pytest.mark.recorded

BEGUN_AT = Decimal("0.65")


def closes(recorded: Path, start: date, end: date) -> list[tuple[date, Decimal]]:
    with (recorded / "gold" / "GLD-daily.csv").open(newline="", encoding="utf-8") as file:
        rows = [
            (date.fromisoformat(row["Date"]), from_float(float(row["Close"]), 2))
            for row in csv.DictReader(file)
        ]
    return [(day, close) for day, close in rows if close is not None and start <= day <= end]


def replayed(prices: list[tuple[date, Decimal]], rules: tuple[Rule, ...]) -> list[str]:
    """Day and id of everything told on a loan that was `BEGUN_AT` at the first close."""
    book, watch, first, told = Book(rules), Watch({}), prices[0][1], []
    for day, close in prices:
        at = datetime.combine(day, CLOSE, NEW_YORK)
        ltv = BEGUN_AT * first / close
        reading = Reading(Metric.LTV, "", ltv, at, Quality.LIVE, "recorded", close, at)
        done = evaluate(book, watch, [reading], at)
        watch = done.watch
        told += [f"{day} {alert.id}" for alert in done.alerts if alert.event is not Event.CLEARED]
    return told


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (
            date(2008, 9, 29),
            date(2008, 11, 14),
            [
                "2008-10-02 ltv-70.1.crossed",  # 70.72 %
                "2008-10-13 ltv-70.2.crossed",  # 71.01 %, after 64.76 % on the 9th
                "2008-10-17 ltv-75.1.crossed",  # 75.41 %
                "2008-10-21 ltv-75.2.crossed",  # 76.58 %, after 74.17 % the day before
                "2008-10-22 ltv-75.2.escalated.1",
                "2008-10-23 ltv-75.2.escalated.2",
                "2008-10-24 ltv-75.2.escalated.3",
            ],
        ),
        (
            date(2013, 4, 1),
            date(2013, 4, 30),
            [
                "2013-04-15 ltv-70.1.crossed",  # from 69.84 % to 76.56 % in a day
                "2013-04-15 ltv-75.1.crossed",
                "2013-04-16 ltv-75.1.escalated.1",
                "2013-04-17 ltv-75.1.escalated.2",
                "2013-04-18 ltv-75.1.escalated.3",  # 74.86 %: not back by the band yet
            ],
        ),
        (date(2020, 3, 2), date(2020, 3, 31), ["2020-03-19 ltv-70.1.crossed"]),  # 70.26 %
        (
            date(2026, 1, 29),
            date(2026, 2, 6),
            ["2026-01-30 ltv-70.1.crossed", "2026-02-02 ltv-75.1.crossed"],  # 72.44, 75.47 %
        ),
    ],
)
def test_the_worst_weeks_raise_the_expected_alerts_twice_the_same(
    recorded: Path, start: date, end: date, told: list[str]
) -> None:
    prices = closes(recorded, start, end)
    assert prices[0][0] == start
    rules = tuple(rule for rule in default_rules() if rule.metric is Metric.LTV)
    first = replayed(prices, rules)
    assert first == told
    assert replayed(prices, rules) == first
