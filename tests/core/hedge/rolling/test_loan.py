"""A loan through falls and rises: its LTV, when it is called, what cures it, what is left."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge.rolls import CALM, FIRST, LOAN, D, evenings, request, weekdays
from tests.fakes.feed import quote
from tests.fakes.loans import REFERENCE, valued
from vaultdesk.core.hedge.rolling.history import Window, WindowResult, rolled
from vaultdesk.core.hedge.rolling.loan import LoanPath, RollLoan, pledge_values, roll_loan, walk
from vaultdesk.core.hedge.rolling.policy import RollPolicy, Rung
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.core.loan.vocabulary import Asset, DayCount, Lot

ATM = RollPolicy((Rung(D(1)),), days=30)
TO_EXPIRY = [day for day in weekdays(FIRST, 90) if day <= date(2021, 2, 19)]


def alone(*prices: float, loan: RollLoan = LOAN) -> LoanPath:
    """The loan without a hedge at these closes."""
    seen = evenings(weekdays(FIRST, len(prices)), lambda _day: 1.0)
    at = np.array(prices)
    return walk(loan, seen.days, pledge_values(loan, at), np.zeros(at.size), {}, Use.BROKER)


def crash(policy: RollPolicy = ATM, loan: RollLoan = LOAN, to: float = 70.0) -> WindowResult:
    """A fall from 100.00 on the fifth evening, through the first expiry."""
    seen = evenings(TO_EXPIRY, lambda day: to if day >= TO_EXPIRY[4] else 100.0)
    return rolled(Window(seen, request(policy=policy, loan=loan, model=CALM)))


def test_a_loan_is_called_on_the_evening_its_level_is_reached_and_cured_to_its_target() -> None:
    path = alone(100.0, 81.0, 80.0, 80.0, 80.0)
    assert path.ltv == pytest.approx([0.6, 60 / 81, 0.75, 0.65, 0.65])
    assert path.calls == (weekdays(FIRST, 3)[2],)  # 75 % exactly counts as reached
    assert path.cured == 60_000 - D("0.65") * 80_000
    assert path.closeouts == 0
    # what was repaid came from elsewhere: nothing is won by it
    assert path.equity == 80_000 - 60_000


def test_each_further_fall_is_another_call_and_one_through_the_close_out_is_told() -> None:
    path = alone(100.0, 80.0, 69.0, 60.0, 40.0)
    days = weekdays(FIRST, 5)
    assert path.calls == (days[1], days[2], days[4])
    assert path.ltv[2] == pytest.approx(0.65 * 80 / 69)
    assert path.closeouts == 1  # 0.65 * 69 / 40 is 112 %
    assert path.worst == 4
    assert path.equity == 40_000 - 60_000


def test_interest_is_owed_by_the_day_and_not_paid() -> None:
    loan = replace(LOAN, rate=D("0.36"))
    path = alone(100.0, 100.0, loan=loan)  # a Friday, and the Monday three days later
    assert path.ltv[1] == pytest.approx(0.6 * (1 + 0.36 * 3 / 360))
    assert path.equity == 100_000 - D("60180.00")
    yearly = replace(loan, day_count=DayCount.ACT_365)
    assert alone(100.0, 100.0, loan=yearly).ltv[1] == pytest.approx(0.6 * (1 + 0.36 * 3 / 365))


def test_interest_after_a_cure_runs_on_what_is_left() -> None:
    loan = replace(LOAN, rate=D("0.36"))
    path = alone(100.0, 80.0, 80.0, loan=loan)  # Friday, Monday, Tuesday
    assert path.ltv[2] == pytest.approx(0.65 * (1 + 0.36 / 360), abs=2e-6)


def test_what_does_not_fall_keeps_its_value() -> None:
    loan = replace(LOAN, steady=D("0.5"))
    assert pledge_values(loan, np.array([100.0, 50.0])) == pytest.approx([200_000, 150_000])


def test_a_put_at_the_money_keeps_a_pledged_loan_from_its_call() -> None:
    done = crash()
    assert done.unhedged.calls == (TO_EXPIRY[4],)
    assert done.hedged.calls == ()
    assert done.avoided == 1
    assert done.unhedged.ltv[4] == pytest.approx(60 / 70)
    assert done.hedged.ltv[4] == pytest.approx(0.6)  # 70,000 and puts worth 30,000
    assert done.unhedged.closeouts == 1
    assert done.paid == D("0.01") * 1000 + D("6.50")
    assert done.received == 30_000 - D("6.50")
    assert done.cost == D("16.50") + D("6.50") - 30_000


def test_a_payoff_that_repays_lowers_the_loan() -> None:
    done = crash(replace(ATM, use=Use.REPAYS))
    assert done.hedged.ltv[4] == pytest.approx(30 / 70)
    assert done.hedged.ltv[-1] == pytest.approx((60_000 - (30_000 - 6.5)) / 70_000)
    assert done.hedged.calls == ()


def test_a_payoff_beyond_the_loan_is_kept() -> None:
    done = crash(replace(ATM, use=Use.REPAYS), to=35.0)
    assert done.hedged.ltv[-1] == 0
    assert done.hedged.equity == 35_000 + (65_000 - D("6.50") - 60_000) - D("16.50")


def test_a_payoff_that_stays_with_the_broker_changes_nothing_for_the_bank() -> None:
    done = crash(replace(ATM, use=Use.BROKER))
    assert done.hedged.ltv.tolist() == done.unhedged.ltv.tolist()
    assert done.avoided == 0
    assert done.hedged.equity == done.unhedged.equity - done.cost


def test_a_premium_drawn_on_the_loan_raises_it_at_once() -> None:
    costly = replace(request(policy=replace(ATM, drawn=True)).model, spread=0.0)
    seen = evenings(TO_EXPIRY, lambda _day: 100.0)
    paid, drawn = (
        rolled(Window(seen, request(policy=policy, model=costly)))
        for policy in (ATM, replace(ATM, drawn=True))
    )
    assert drawn.paid == paid.paid
    worth = float(seen.prices[0]) * 1000 + (float(drawn.trades[0].price) - 0.01) * 1000
    assert drawn.hedged.ltv[0] == pytest.approx((60_000 + float(drawn.paid)) / worth, abs=1e-4)
    assert drawn.hedged.ltv[-1] - paid.hedged.ltv[-1] == pytest.approx(float(paid.paid) / 100_000)
    assert drawn.hedged.equity == paid.hedged.equity


def test_a_hedged_loan_that_is_called_is_cured_with_the_payoff_counted() -> None:
    low = RollPolicy((Rung(D("0.8")),), days=30)
    done = crash(low, replace(LOAN, start_ltv=D("0.64")), to=75.0)
    assert done.hedged.calls == (TO_EXPIRY[4],)  # 64 / 80
    assert done.hedged.cured == D("64000") - D("0.65") * 80_000
    assert done.hedged.ltv[5] == pytest.approx(0.65)


@given(
    st.lists(st.integers(-60, 60), min_size=40, max_size=60),
    st.sampled_from(list(Use)),
    st.booleans(),
    st.sampled_from([None, D("1.05")]),
)
def test_money_is_neither_made_nor_lost(
    moves: list[int], use: Use, drawn: bool, call: Decimal | None
) -> None:
    """Without interest, the hedge changes what is left by its cost, and by nothing else."""
    prices = (100.0 * np.exp(np.cumsum(np.array(moves) / 1000.0))).tolist()
    days = weekdays(FIRST, len(prices))
    seen = evenings(days, lambda day: prices[days.index(day)])
    policy = replace(ATM, use=use, drawn=drawn, call=call)
    done = rolled(Window(seen, request(policy=policy)))
    assert done.hedged.equity == pytest.approx(done.unhedged.equity - done.cost, abs=D("0.02"))
    traded = sum(
        ((t.price - t.ending) * t.contracts * 100 for t in done.trades),
        D(0),
    )
    fees = sum((D("6.50") * (1 + (t.ending > 0)) for t in done.trades), D(0))
    assert done.cost == traded + fees


def test_a_loan_is_begun_from_the_one_on_the_desk() -> None:
    state = valued(REFERENCE, quote("350.00"))
    loan = roll_loan(state, D("0.05"))
    assert loan == RollLoan(
        *(D(10_000), D("0.6"), D("0.75"), D("0.85"), D("0.65"), D("0.05"), D(0)),
        day_count=DayCount.ACT_360,
    )
    assert roll_loan(state, D(0), D("0.5")).start_ltv == D("0.5")


def test_cash_in_the_pledge_stays_what_it_is() -> None:
    cash = Lot(Asset.CASH, "USD", D(3_500_000), unit="USD")
    state = valued(replace(REFERENCE, lots=(*REFERENCE.lots, cash)), quote("350.00"))
    loan = roll_loan(state, D(0))
    assert (loan.units, loan.steady, loan.start_ltv) == (D(10_000), D("0.5"), D("0.3"))


def test_a_loan_that_would_begin_above_its_call_is_refused() -> None:
    assert "above its call level" in replace(LOAN, start_ltv=D("0.75")).problem
    assert LOAN.problem == ""
