"""The rules of the loan's form, without a window."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.ui.desk import NOW, TERMS, quote
from vaultdesk.core.market import Quality
from vaultdesk.ui.loan_form import FIELDS, Proposal, echo, judge, preview

TYPED = {
    "symbol": "gld",
    "units": "10,000",
    "amount": "2.1M",
    "currency": "usd",
    "call_ltv": "75",
    "closeout_ltv": "0.85",
}


def test_sound_terms_become_a_proposal() -> None:
    proposal, wrong = judge(TYPED, quote())
    assert wrong == {}
    assert proposal is not None
    assert proposal.at(NOW) == TERMS


@pytest.mark.parametrize(
    ("field", "text", "hint"),
    [
        ("symbol", "", "symbol"),
        ("symbol", "gold bar", "symbol"),
        ("units", "", "Type a number"),
        ("units", "-5", "more than zero"),
        ("units", "0", "more than zero"),
        ("amount", "lots", "not a number"),
        ("amount", "-1", "more than zero"),
        ("currency", "dollars", "three-letter"),
        ("call_ltv", "100", "between 0 % and 100 %"),
        ("call_ltv", "85", "before the close-out"),
        ("call_ltv", "90", "before the close-out"),
        ("call_ltv", "0", "between 0 % and 100 %"),
        ("closeout_ltv", "101", "between 0 % and 100 %"),
        ("closeout_ltv", "", "Type a number"),
    ],
)
def test_nonsense_is_refused_at_its_field(field: str, text: str, hint: str) -> None:
    proposal, wrong = judge(TYPED | {field: text}, quote())
    assert proposal is None
    assert list(wrong) == [field]
    assert hint in wrong[field]


def test_every_field_at_fault_is_told_in_the_order_of_the_form() -> None:
    _, wrong = judge(dict.fromkeys(TYPED, ""), None)
    assert list(wrong) == [entry.name for entry in FIELDS]


def test_a_field_that_cannot_be_read_blames_no_other() -> None:
    _, wrong = judge(TYPED | {"closeout_ltv": "x"}, None)
    assert list(wrong) == ["closeout_ltv"]


@pytest.mark.parametrize(
    ("amount", "sound"), [("3,499,999.99", True), ("3,500,000", False), ("4M", False)]
)
def test_a_loan_of_all_the_pledge_is_worth_is_refused(amount: str, sound: bool) -> None:
    proposal, wrong = judge(TYPED | {"amount": amount}, quote("350.00"))
    assert (proposal is not None) == sound
    assert ("3,500,000.00 USD" in wrong.get("amount", "")) != sound


def test_another_symbols_price_says_nothing_of_the_worth() -> None:
    proposal, _ = judge(TYPED | {"amount": "4M"}, quote("350.00", symbol="SLV"))
    assert proposal is not None


def sound(**changes: str) -> Proposal:
    proposal, wrong = judge(TYPED | changes, None)
    assert wrong == {}
    assert proposal is not None
    return proposal


def test_the_preview_tells_ltv_zone_and_prices_with_their_quality() -> None:
    assert preview(sound(), quote(quality=Quality.SIMULATED), NOW) == (
        "LTV 60.0 % · safe at GLD 350.00 (SIMULATED) · "
        "margin call at 280.00, close-out at 247.06 USD"
    )


def test_the_preview_says_it_when_the_bank_would_call_at_once() -> None:
    assert preview(sound(), quote("280.00"), NOW).startswith("LTV 75.0 % · margin call at GLD")
    assert preview(sound(), quote("240.00"), NOW).startswith("LTV 87.5 % · close-out at GLD")


def test_without_a_price_the_preview_still_tells_the_levels() -> None:
    assert preview(sound(), None, NOW) == (
        "No price of GLD yet · margin call at 280.00, close-out at 247.06 USD"
    )


def test_a_price_in_another_currency_is_named_as_the_obstacle() -> None:
    told = preview(sound(currency="CHF"), quote(), NOW)
    assert "quoted in USD and the loan is in CHF" in told


def test_a_quote_without_a_price_is_named_as_the_obstacle() -> None:
    assert "No honest price" in preview(sound(), replace(quote(), last=None), NOW)


def test_unsound_terms_explain_how_to_type() -> None:
    assert "75, 75 % and 0.75 all mean 75 %" in preview(None, quote(), NOW)


def test_the_echo_says_how_a_number_was_read() -> None:
    entries = {entry.name: entry for entry in FIELDS}
    assert echo(entries["amount"], "2.1M") == "= 2,100,000"
    assert echo(entries["call_ltv"], "0.725") == "= 72.5 %"
    assert echo(entries["call_ltv"], "x") == ""
    assert echo(entries["symbol"], "GLD") == ""


def test_money_stays_decimal_to_the_last_digit() -> None:
    assert sound(amount="2,100,000.07").amount == Decimal("2100000.07")
