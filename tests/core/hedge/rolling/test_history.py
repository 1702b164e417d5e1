"""Windows over history: where they begin, what they amount to, and what 2008 to 2026 show."""

import csv
import pickle
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.core.hedge.rolls import AT_95, LOAN, D, closes, request, same
from vaultdesk.core.hedge.rolling.history import History, WindowResult, rolled, windows
from vaultdesk.core.hedge.rolling.model import RollModel
from vaultdesk.core.hedge.rolling.policy import PolicyError, RollPolicy, Rung
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.core.market import DailyClose

CRASHES = {
    date(2008, 10, 22): "the autumn of 2008",
    date(2013, 4, 15): "two days in April 2013",
    date(2020, 3, 18): "March 2020",
    date(2026, 1, 30): "the day of 2026-01-30",
}


def test_windows_begin_on_a_months_first_close_once_there_is_a_volatility() -> None:
    history = closes(400)  # 2015-01-01 to 2016-07-13
    found = windows(history, request())
    starts = [date.fromordinal(int(one.evenings.days[0])) for one in found]
    assert history[63].day == date(2015, 3, 31)
    assert starts[:3] == [date(2015, 4, 1), date(2015, 5, 1), date(2015, 6, 1)]
    assert starts[-1] == date(2016, 1, 1)
    last = date.fromordinal(int(found[-1].evenings.days[-1]))
    assert last == date(2016, 7, 1)
    assert all(np.isfinite(one.evenings.realised).all() for one in found)


def test_windows_may_begin_every_so_many_months() -> None:
    found = windows(closes(800), request(every=3))
    starts = [date.fromordinal(int(one.evenings.days[0])) for one in found]
    assert [(s.month - starts[0].month) % 3 for s in starts] == [0] * len(starts)
    assert len(starts) == 10
    assert starts[:2] == [date(2015, 4, 1), date(2015, 7, 1)]


def test_a_windows_volatility_is_that_of_the_closes_before_it() -> None:
    history = closes(400)
    changed = [replace(one, close=one.close + (i % 2)) for i, one in enumerate(history[:60])]
    calm, wild = (windows(h, request())[0].evenings for h in (history, (*changed, *history[60:])))
    assert (calm.prices == wild.prices).all()
    assert wild.realised[0] > calm.realised[0]


@pytest.mark.parametrize(
    ("parts", "field", "words"),
    [
        ({"months": 24}, "months", "take a longer history"),
        ({"loan": replace(LOAN, units=D(99))}, "cover", "no contract covers"),
        ({"policy": replace(AT_95, cover=D("0.05"))}, "cover", "cover more"),
        ({"loan": replace(LOAN, start_ltv=D("0.8"))}, "start_ltv", "a lower LTV"),
    ],
)
def test_what_cannot_be_tried_says_why(parts: dict[str, object], field: str, words: str) -> None:
    with pytest.raises(PolicyError, match=words) as raised:
        windows(closes(300), request(**parts))
    assert raised.value.field == field


def test_a_window_is_the_same_wherever_and_how_often_it_is_computed() -> None:
    for window in windows(closes(300), request()):
        first = rolled(window)
        copied = pickle.loads(pickle.dumps(window))  # noqa: S301 - our own
        assert same(first, rolled(copied))
        assert same(first, pickle.loads(pickle.dumps(first)))  # noqa: S301


def history_of(found: tuple[WindowResult, ...]) -> History:
    return History(request(), "test", found[0].start, found[-1].end, found)


def test_a_summary_counts_windows_and_calls_and_finds_the_worst_of_all() -> None:
    task = request(loan=replace(LOAN, start_ltv=D("0.70")))
    found = tuple(rolled(one) for one in windows(closes(800, volatility=0.35), task))
    summary = history_of(found).summary
    assert summary.windows == len(found)
    assert summary.called_unhedged == sum(len(one.unhedged.calls) > 0 for one in found) > 0
    assert summary.calls_hedged == sum(len(one.hedged.calls) for one in found)
    assert summary.cost_rate == sum((one.cost_rate for one in found), D(0)) / len(found)
    worst = max(found, key=lambda one: float(one.hedged.ltv.max()))
    level, day = summary.worst_hedged
    assert level == worst.hedged.ltv.max()
    assert worst.hedged.ltv[worst.days.index(day)] == level
    assert summary.worst_unhedged[0] >= level


def test_cost_is_by_the_year_and_by_the_pledge() -> None:
    (one, *_) = (rolled(w) for w in windows(closes(300), request()))
    years = D((one.end - one.start).days) / 365
    assert one.cost_per_year == pytest.approx(one.cost / years)
    assert one.pledge == D(str(windows(closes(300), request())[0].evenings.prices[0])) * 1000
    assert one.cost_rate == one.cost_per_year / one.pledge


# --- what is recorded ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gold(recorded: Path) -> tuple[DailyClose, ...]:
    """GLD's closes since 2004."""
    with (recorded / "gold" / "GLD-daily.csv").open(newline="", encoding="utf-8") as lines:
        return tuple(
            DailyClose(date.fromisoformat(row["Date"]), Decimal(row["Close"]))
            for row in csv.DictReader(lines)
        )


def around(gold: tuple[DailyClose, ...], day: date, policy: RollPolicy) -> WindowResult:
    """The first window of six months that holds a day."""
    task = request(policy=policy, loan=replace(LOAN, units=D(10_000)))
    for one in windows(gold, task):
        if one.evenings.days[0] < day.toordinal() - 10 and one.evenings.days[-1] > day.toordinal():
            return rolled(one)
    raise AssertionError(day)


@pytest.mark.recorded
@pytest.mark.parametrize("day", CRASHES, ids=list(CRASHES.values()))
@pytest.mark.parametrize("use", [Use.PLEDGED, Use.REPAYS])
def test_puts_at_the_money_lower_the_worst_ltv_of_each_crash(
    gold: tuple[DailyClose, ...], day: date, use: Use
) -> None:
    policy = RollPolicy((Rung(D(1)),), days=90, use=use)
    done = around(gold, day, policy)
    place = done.days.index(day)
    assert done.hedged.ltv[place] < done.unhedged.ltv[place]
    worst = (float(path.ltv[path.worst]) for path in (done.hedged, done.unhedged))
    hedged, unhedged = worst
    assert hedged < unhedged


@pytest.mark.recorded
def test_april_2013_calls_the_loan_alone_and_not_the_hedged_one(
    gold: tuple[DailyClose, ...],
) -> None:
    loan = replace(LOAN, units=D(10_000), start_ltv=D("0.62"))
    policy = RollPolicy((Rung(D(1)),), days=180, roll_at=60)
    found = windows(gold, request(policy=policy, loan=loan, months=12))
    (window,) = (w for w in found if w.evenings.days[0] == date(2012, 10, 1).toordinal())
    done = rolled(window)
    assert date(2013, 4, 15) in done.unhedged.calls
    assert done.hedged.calls == ()
    assert done.avoided == len(done.unhedged.calls)
    assert done.received > 0


@pytest.mark.recorded
def test_twenty_years_of_gold_cost_something_and_avoid_calls(gold: tuple[DailyClose, ...]) -> None:
    loan = replace(LOAN, units=D(10_000))
    task = request(policy=RollPolicy((Rung(D(1)),), days=90), loan=loan, months=12)
    found = tuple(rolled(one) for one in windows(gold, task))
    summary = History(task, "recorded", gold[0].day, gold[-1].day, found).summary
    assert summary.windows > 240
    assert summary.called_unhedged > 10
    assert summary.called_hedged < summary.called_unhedged / 4
    assert D("0.01") < summary.cost_rate < D("0.12")
    level, day = summary.worst_unhedged
    assert level == pytest.approx(0.8, abs=0.05)
    assert day.year == 2013


def test_the_usual_assumptions_are_told() -> None:
    assert RollModel().words.startswith("Option prices are modelled, not recorded")
