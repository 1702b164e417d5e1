"""The loan in words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.core.loan.test_facility import BARS, CASH, COINS, EURUSD, GLD, SHARES, XAU
from tests.fakes.loans import terms, valued
from vaultdesk.core.loan.first_passage import CallProbability
from vaultdesk.core.loan.snapshots import Snapshot, snapshot
from vaultdesk.core.loan.state import LoanState
from vaultdesk.core.loan.terms import Facility, with_advance
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.loan.vocabulary import Asset, CureTerms, Tranche
from vaultdesk.events import CallProbabilityChanged
from vaultdesk.ui.loan import words

FRIDAY = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
"""15:00 in Zurich, an hour before the cut-off."""
DAY = timedelta(days=1)


def value(loan: Facility, at: datetime) -> LoanState:
    return value_loan(loan, {"GLD": GLD}, at)


def nothing(loan: Facility, at: datetime) -> LoanState:
    return value_loan(loan, {}, at)


def test_a_call_now_must_be_cured_two_banking_days_on() -> None:
    text, hint = words.deadline(terms(), None, FRIDAY, ())
    assert text == "by Tue 24 Nov 16:00 Zurich"
    assert hint == "If the lender called now."


def test_a_call_that_stands_counts_down() -> None:
    text, _ = words.deadline(terms(), FRIDAY, FRIDAY + 3 * DAY, ())
    assert text == "by Tue 24 Nov 16:00 Zurich · 1 d 1 h left"
    text, _ = words.deadline(terms(), FRIDAY, FRIDAY + 5 * DAY, ())
    assert text.endswith("· over")


def test_holidays_move_the_deadline_and_unknown_ones_are_admitted() -> None:
    monday = date(2026, 11, 23)
    text, _ = words.deadline(terms(), None, FRIDAY, {monday})
    assert text == "by Wed 25 Nov 16:00 Zurich"
    _, hint = words.deadline(terms(), None, FRIDAY, None)
    assert "Holidays of XSWX are not counted" in hint


def test_hours_and_sales_without_notice() -> None:
    day = terms(cure=CureTerms(24, hours=True))
    text, hint = words.deadline(day, None, FRIDAY, None)
    assert text == "by Sat 21 Nov 15:00 Zurich"
    assert "Holidays" not in hint
    text, _ = words.deadline(terms(cure=CureTerms(0)), None, FRIDAY, None)
    assert text == "none: the lender may sell without notice"


def test_interest_alone_moves_the_ltv_in_half_a_year() -> None:
    """6 % act/360 for 180 days is 63,000: 60.0 becomes 61.8 % (worked value)."""
    tranche = Tranche(Decimal(2_100_000), rate=Decimal("0.06"), since=FRIDAY.date())
    text, hint = words.drift(terms(tranches=(tranche,)), FRIDAY, value)
    assert text == "61.8 %"
    assert "2027-05-19" in hint


def test_without_interest_or_prices_the_drift_is_a_dash_with_its_reason() -> None:
    assert words.drift(terms(), FRIDAY, value) == (
        "—",
        "No interest is agreed: the LTV moves with prices alone.",
    )
    tranche = Tranche(Decimal(1), rate=Decimal("0.06"), since=FRIDAY.date())
    loan = terms(tranches=(tranche,))
    assert words.drift(loan, FRIDAY, nothing) == ("—", "No price of GLD has come yet.")


def test_a_currency_is_told_with_what_it_does_to_the_ltv() -> None:
    """All of the loan in EUR: one per cent on it is one per cent of 60 points of LTV."""
    loan = terms(tranches=(Tranche(Decimal(1_680_000), "EUR"),))
    assert words.fx(valued(loan, GLD, EURUSD)) == "EUR +1 %: +0.60 points"
    assert words.fx(valued(terms(), GLD)) == ""


def test_the_basis_names_the_price_that_counts() -> None:
    loan = terms(lots=(SHARES, BARS))
    text, _ = words.basis(valued(loan, GLD, XAU))
    assert text.startswith("by GLD, XAU +")
    text, hint = words.basis(valued(loan, GLD))
    assert text == "by GLD"
    assert "not known" in hint


SMILE = CallProbability(0.1234, None, 41.2, "option chain")
HISTORY = CallProbability(0.09, 0.003, 30.0, "history resampled")
NONE = CallProbability(None, None, None, "option chain", "The option chain draws no smile to ask.")


def chance(smile: CallProbability, history: CallProbability) -> tuple[str, str]:
    event = CallProbabilityChanged(date(2026, 12, 18), smile, history)
    return words.probability(event)


def test_both_probabilities_are_told_each_with_its_basis() -> None:
    text, hint = chance(SMILE, HISTORY)
    assert text == "12 % by options, 9 % by history · if so, in 41 days"
    assert hint == "option chain\nhistory resampled"


def test_an_answer_that_is_missing_is_a_dash_with_its_reason_never_a_zero() -> None:
    text, hint = chance(NONE, HISTORY)
    assert text == "— by options, 9 % by history · if so, in 30 days"
    assert hint.startswith("The option chain draws no smile")
    assert words.probability(None)[0] == "—"


@pytest.mark.parametrize(("odds", "told"), [(0.0, "0 %"), (0.0004, "0.04 %"), (1.0, "100 %")])
def test_small_odds_are_not_rounded_to_nothing(odds: float, told: str) -> None:
    text, _ = chance(replace(SMILE, probability=odds), HISTORY)
    assert text.startswith(f"{told} by options")


def test_the_next_terms_are_announced_with_what_they_do() -> None:
    later = replace(
        with_advance(terms(), Asset.FUND, Decimal("0.60"), FRIDAY), effective=FRIDAY + 11 * DAY
    )
    assert words.coming(terms(), (later,), value) == (
        "From 1 Dec 15:00: GLD advance rate 70 % → 60 %: LTV 60.0 %, utilisation 100.0 %"
    )
    assert words.coming(terms(), (later,), nothing).endswith("No price of GLD has come yet.")
    assert words.coming(terms(), (), value) == ""


def test_a_lot_has_a_short_name() -> None:
    lots = (SHARES, BARS, COINS, CASH, replace(BARS, name="Vault 7"))
    assert [words.lot_name(lot) for lot in lots] == [
        "10,000 GLD",
        "2 kg of gold",
        "100 gold coins",
        "80,000 EUR",
        "Vault 7",
    ]


def row(hours: int, price: str) -> Snapshot:
    state = valued(terms(), replace(GLD, last=Decimal(price)))
    return snapshot(state, FRIDAY + timedelta(hours=hours), "hour")


def test_a_call_began_with_the_first_row_of_those_that_stand_in_it() -> None:
    past = [row(0, "262.50"), row(1, "350.00"), row(2, "280.00"), row(3, "240.00")]
    assert words.call_began(past) == FRIDAY + timedelta(hours=2)
    assert words.call_began(past[:2]) is None
    assert words.call_began([]) is None
