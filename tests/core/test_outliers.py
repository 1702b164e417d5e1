"""Crash or mistyped trade: what a tick means for the price that is believed."""

import csv
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vaultdesk.core.market import Quality, Quote
from vaultdesk.core.outliers import (
    DEFAULT_VOLATILITY,
    OUTLIER_SIGMAS,
    ROUND_THE_CLOCK,
    SESSION,
    Outlier,
    Verdict,
    doubt,
    sigma,
    vendor,
)

FRIDAY = datetime(2026, 7, 10, 19, 59, tzinfo=UTC)  # a minute before New York closes
MONDAY = datetime(2026, 7, 13, 13, 31, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


def tick(price: str, at: datetime = FRIDAY, source: str = "yahoo", symbol: str = "GLD") -> Quote:
    return Quote(symbol, None, None, Decimal(price), at, at, source, Quality.LIVE)


def verdicts(*ticks: Quote) -> list[Verdict]:
    known, said = Outlier(), []
    for one in ticks:
        known, verdict = known.weigh(one)
        said.append(verdict)
    return said


def by_minute(*prices: str, source: str = "yahoo") -> list[Quote]:
    return [tick(price, FRIDAY + i * MINUTE, source) for i, price in enumerate(prices)]


def test_the_first_price_after_the_start_is_believed() -> None:
    assert verdicts(tick("350")) == [Verdict.ACCEPTED]


def test_a_crash_is_believed_at_its_second_trade() -> None:
    assert verdicts(*by_minute("350", "322", "320", "319.50")) == [
        Verdict.ACCEPTED,
        Verdict.QUARANTINED,
        Verdict.CONFIRMED,
        Verdict.ACCEPTED,
    ]


def test_a_crash_that_goes_on_is_believed_at_its_second_trade_too() -> None:
    assert verdicts(*by_minute("350", "340", "332"))[1:] == [
        Verdict.QUARANTINED,
        Verdict.CONFIRMED,
    ]


def test_a_mistyped_trade_is_discarded_by_the_next_one() -> None:
    known = Outlier()
    for one in by_minute("350", "35.00", "350.10"):
        known, verdict = known.weigh(one)
    assert verdict is Verdict.DISCARDED
    assert known.suspect is None
    assert known.accepted is not None
    assert known.accepted.last == Decimal("350.10")


def test_the_same_trade_polled_again_confirms_nothing() -> None:
    fat = tick("300", FRIDAY + MINUTE)
    again = replace(fat, received=FRIDAY + 2 * MINUTE)
    assert verdicts(tick("350"), fat, again, again)[1:] == [
        Verdict.QUARANTINED,
        Verdict.REPEATED,
        Verdict.REPEATED,
    ]


def test_one_trade_that_a_poll_and_a_stream_time_differently_is_still_one() -> None:
    streamed = tick("300", FRIDAY + MINUTE + timedelta(milliseconds=940), "yahoo stream")
    polled = tick("300", FRIDAY + MINUTE)
    assert verdicts(tick("350"), streamed, polled)[2] is Verdict.REPEATED
    assert verdicts(tick("350"), polled, streamed)[2] is Verdict.REPEATED


def test_another_vendor_that_agrees_confirms_at_once() -> None:
    fall = tick("300", FRIDAY + MINUTE)
    assert verdicts(tick("350"), fall, replace(fall, source="cboe"))[2] is Verdict.CONFIRMED


def test_another_vendor_s_older_price_at_the_old_level_says_nothing() -> None:
    known = Outlier(tick("350"), tick("300", FRIDAY + MINUTE))
    late = tick("350.20", FRIDAY + MINUTE / 2, "cboe")
    assert known.weigh(late) == (known, Verdict.OVERTAKEN)
    assert Verdict.OVERTAKEN.believed


def test_a_wild_second_trade_takes_the_first_one_s_place() -> None:
    wild = by_minute("350", "343", "35", "36")
    assert verdicts(*wild)[1:] == [Verdict.QUARANTINED, Verdict.QUARANTINED, Verdict.CONFIRMED]


def test_a_second_trade_on_the_other_side_confirms_nothing() -> None:
    assert verdicts(*by_minute("350", "340", "360"))[2] is Verdict.QUARANTINED


@pytest.mark.parametrize(
    ("second", "verdict"),
    [
        ("345.05", Verdict.CONFIRMED),  # a little beyond half-way to the first
        ("345.20", Verdict.QUARANTINED),  # a little before it
        ("330.70", Verdict.CONFIRMED),  # a little less than twice as far
        ("330.60", Verdict.QUARANTINED),
    ],
)
def test_a_trade_agrees_between_half_and_twice_the_distance(second: str, verdict: Verdict) -> None:
    # 350 to 340.2 is ln = -0.02840; half of it is at 345.07, twice at 330.67
    first = tick("340.20", FRIDAY + MINUTE)
    assert verdicts(tick("350"), first, tick(second, FRIDAY + 2 * MINUTE))[2] is verdict


def test_over_a_weekend_a_gap_of_several_per_cent_is_no_outlier() -> None:
    friday = tick("350")
    assert verdicts(friday, tick("329", MONDAY))[1] is Verdict.ACCEPTED  # -6.2 %
    assert verdicts(friday, tick("300", MONDAY))[1] is Verdict.QUARANTINED  # -15.4 %
    assert verdicts(friday, tick("329", FRIDAY + MINUTE))[1] is Verdict.QUARANTINED


def test_a_night_counts_as_a_day_though_it_is_shorter() -> None:
    night = timedelta(hours=17, minutes=30)
    assert sigma(night, Decimal("0.18")) == sigma(timedelta(days=1), Decimal("0.18"))
    assert sigma(SESSION, Decimal("0.18")) == sigma(timedelta(days=1), Decimal("0.18"))


def test_one_day_s_sigma_at_eighteen_per_cent() -> None:
    # 0.18 / sqrt(252) = 0.0113389; a minute is 1/390 of a session: 0.0113389 / sqrt(390)
    assert math.isclose(sigma(timedelta(days=1), Decimal("0.18")), 0.0113389, rel_tol=1e-5)
    assert math.isclose(sigma(MINUTE, Decimal("0.18")), 0.000574168, rel_tol=1e-5)
    currency = sigma(MINUTE, Decimal("0.18"), ROUND_THE_CLOCK)
    assert math.isclose(currency, 0.0113389 / math.sqrt(1440), rel_tol=1e-5)


def test_volatility_beyond_reason_neither_flags_all_nor_none() -> None:
    assert sigma(MINUTE, Decimal(0)) == sigma(MINUTE, Decimal("0.05"))
    assert sigma(MINUTE, Decimal(20)) == sigma(MINUTE, Decimal(1))


def test_a_doubt_names_the_price_the_move_and_what_to_do() -> None:
    known, _ = Outlier(tick("350")).weigh(tick("300", FRIDAY + MINUTE))
    assert doubt(known) == (
        "yahoo says 300 for GLD, 14.3 % below 350: check another source, alerts wait until a "
        "second trade confirms it."
    )
    assert doubt(Outlier()) == ""
    up, _ = Outlier(tick("350")).weigh(tick("400", FRIDAY + MINUTE))
    assert "14.3 % above 350" in doubt(up)


def test_a_quote_without_a_price_cannot_be_weighed() -> None:
    for price in (None, Decimal(0), Decimal(-1)):
        with pytest.raises(ValueError, match="GLD"):
            Outlier().weigh(replace(tick("1"), last=price))


def test_what_a_vendor_polls_and_streams_is_its_word_alone() -> None:
    assert vendor("yahoo") == vendor("yahoo stream") == vendor("yahoo GC=F")
    assert vendor("simulated (seed 7)") == "simulated"


@pytest.mark.recorded
def test_twenty_years_of_glds_closes_have_nine_outliers_and_all_but_one_were_real(
    recorded: Path,
) -> None:
    with (recorded / "gold" / "GLD-daily.csv").open(encoding="utf-8") as file:
        rows = [(row["Date"], row["Close"]) for row in csv.DictReader(file)]
    closes = [tick(close, datetime.fromisoformat(f"{day}T20:00:00+00:00")) for day, close in rows]
    said = dict(zip((day for day, _ in rows), verdicts(*closes), strict=True))
    assert [day for day, verdict in said.items() if verdict is Verdict.QUARANTINED] == [
        *("2006-06-13", "2008-09-17", "2008-10-10", "2008-10-22", "2008-11-04", "2008-11-21"),
        *("2025-10-21", "2026-01-30", "2026-02-03"),
    ]
    assert list(said.values()).count(Verdict.CONFIRMED) == 8
    assert said["2008-11-05"] is Verdict.DISCARDED  # up 6.2 %, and 3.6 % down the day after


# --- what holds for any prices

steps = st.lists(
    st.tuples(st.floats(-0.2, 0.2), st.integers(0, 4 * 86_400), st.sampled_from(["a", "a s", "b"])),
    max_size=30,
)


def walk(moves: list[tuple[float, int, str]], first: float = 350.0) -> list[Quote]:
    at, price, ticks = FRIDAY, first, [tick(str(first), source="a")]
    for move, seconds, source in moves:
        at += timedelta(seconds=seconds)
        price *= math.exp(move)
        ticks.append(tick(f"{price:.6f}", at, source))
    return ticks


@dataclass
class Oracle:
    """The same rules told once more: floats, and a list of what was believed."""

    believed: list[tuple[float, datetime]]
    doubted: tuple[float, datetime, str] | None = None

    def hears(self, one: Quote) -> bool:
        """Whether it may be acted upon."""
        price, at, who = float(one.last or 0), one.at, one.source[0]
        base, since = self.believed[-1]
        gap_s = max(abs((at - since).total_seconds()), 60)
        days = gap_s / 23_400 if gap_s <= 23_400 else max(1, gap_s / 86_400)
        near = abs(math.log(price / base)) <= 5 * 0.18 * math.sqrt(days / 252)
        if self.doubted is None:
            if not near:
                self.doubted = price, at, who
                return False
        else:
            level, then, whose = self.doubted
            second = (at - then).total_seconds() >= 1
            share = math.log(price / base) / math.log(level / base)
            if 0.5 <= share <= 2:
                if not second and who == whose:
                    return False
            elif not near:
                if second:
                    self.doubted = price, at, who
                return False
            elif at < then:
                return True
        self.believed.append((price, at))
        self.doubted = None
        return True


@given(steps)
def test_an_independent_oracle_believes_the_same_ticks(moves: list[tuple[float, int, str]]) -> None:
    ticks = walk(moves)
    oracle = Oracle([(float(ticks[0].last or 0), ticks[0].at)])
    known, _ = Outlier().weigh(ticks[0])
    for one in ticks[1:]:
        known, verdict = known.weigh(one)
        assert verdict.believed == oracle.hears(one)
        assert (known.suspect is None) == (oracle.doubted is None)


@given(steps)
def test_what_is_not_believed_changes_nothing_that_is(moves: list[tuple[float, int, str]]) -> None:
    known = Outlier()
    for one in walk(moves):
        before, (known, verdict) = known, known.weigh(one)
        if verdict in (Verdict.ACCEPTED, Verdict.CONFIRMED, Verdict.DISCARDED):
            assert known == Outlier(one)
        else:
            assert known.accepted is before.accepted
            assert known.suspect is not None


@given(steps, st.sampled_from(["0.01", "0.5", "3", "1000"]))
def test_only_ratios_of_prices_matter(moves: list[tuple[float, int, str]], factor: str) -> None:
    def scaled(one: Quote) -> Quote:
        assert one.last is not None
        return replace(one, last=one.last * Decimal(factor))

    ticks = walk(moves)
    assert verdicts(*ticks) == verdicts(*map(scaled, ticks))


@given(st.lists(st.tuples(st.floats(-0.99, 0.99), st.integers(1, 60)), max_size=60))
def test_a_slow_grind_is_never_flagged_however_far_it_goes(
    moves: list[tuple[float, int]],
) -> None:
    reach = float(OUTLIER_SIGMAS * sigma(MINUTE, DEFAULT_VOLATILITY))
    grind = walk([(share * reach, seconds, "a") for share, seconds in moves])
    assert set(verdicts(*grind)) == {Verdict.ACCEPTED}


@given(st.floats(-2, 2), st.integers(1, 6 * 3600))
def test_a_lone_tick_out_of_reach_is_never_believed_and_its_like_is(
    move: float, seconds: int
) -> None:
    level, fallen = walk([(move, seconds, "a")])
    reach = OUTLIER_SIGMAS * sigma(timedelta(seconds=seconds), DEFAULT_VOLATILITY)
    assume(abs(move) > float(reach) * 1.001)
    known, first = Outlier(level).weigh(fallen)
    assert not first.believed
    _, second = known.weigh(replace(fallen, at=fallen.at + timedelta(seconds=1)))
    assert second is Verdict.CONFIRMED
    _, back = known.weigh(replace(level, at=fallen.at + timedelta(seconds=1)))
    assert back is Verdict.DISCARDED


@given(st.timedeltas(timedelta(0), WEEK), st.timedeltas(timedelta(0), WEEK))
def test_sigma_never_falls_as_time_goes_by(one: timedelta, other: timedelta) -> None:
    for day in (SESSION, ROUND_THE_CLOCK):
        shorter, longer = sorted((one, other))
        assert sigma(shorter, DEFAULT_VOLATILITY, day) <= sigma(longer, DEFAULT_VOLATILITY, day)
