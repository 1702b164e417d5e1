"""The rules of the loan's form, without a window."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.ui.desk import NOW, TERMS, quote
from vaultdesk.core.loan.terms import Facility, TermsError, same_terms
from vaultdesk.core.loan.vocabulary import (
    OUNCES_PER_KILOGRAM,
    Asset,
    CureTerms,
    DayCount,
    Lot,
    Reserve,
    Tranche,
)
from vaultdesk.core.market import Quality, Quote
from vaultdesk.ui.loan.fields import SIMPLE as FIELDS
from vaultdesk.ui.loan.fields import echo
from vaultdesk.ui.loan.form import (
    SIMPLE,
    Proposal,
    Sheet,
    adapted,
    blank_sheet,
    judge,
    new_row,
    preview,
    sheet_of,
    summary,
    valued_at,
)

TYPED = {
    "symbol": "gld",
    "units": "10,000",
    "amount": "2.1M",
    "currency": "usd",
    "call_ltv": "75",
    "closeout_ltv": "0.85",
}


def sheet(**typed: str) -> Sheet:
    """The simple fields typed into a blank form; others by their place in the whole one."""
    made = blank_sheet("GLD", "USD")
    for name, text in (TYPED | typed).items():
        texts, key = made.place(SIMPLE.get(name, name))
        texts[key] = text
    return made


def judged(made: Sheet, at: Quote | None = None) -> tuple[Proposal | None, dict[str, str]]:
    return judge(made, NOW, valued_at(at, NOW))


def test_sound_terms_become_a_proposal() -> None:
    proposal, wrong = judged(sheet(), quote())
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
        ("lots.0.advance_rate", "101 %", "between 0 % and 100 %"),
        ("lots.0.since", "1.12.2026", "Write the day as 2026-12-01"),
        ("tranches.0.rate", "0.06", "Is it 0.06 % or 6 %"),
        ("tranches.0.fees", "-1", "must not be negative"),
        ("tranches.0.day_count", "act/act", "Choose one from the list"),
        ("cure.count", "2.5", "whole number"),
        ("cure.count", "31", "between 0 and 30 banking days"),
        ("cure.cut_off", "4 pm", "Write the time as 16:00"),
        ("cure.zone", "Zurich/Europe", "time zone"),
        ("effective", "tomorrow", "Write 2026-12-01"),
        ("effective", "2020-01-01", "from a later time"),
        ("effective", "2027-01-01 09:00+01:00", "Write 2026-12-01"),
    ],
)
def test_nonsense_is_refused_at_its_field(field: str, text: str, hint: str) -> None:
    proposal, wrong = judged(sheet(**{field: text}), quote())
    assert proposal is None
    assert list(wrong) == [SIMPLE.get(field, field)]
    assert hint in next(iter(wrong.values()))


def test_a_rate_beyond_reason_is_refused() -> None:
    _, wrong = judged(sheet(**{"tranches.0.rate": "120 %", "tranches.0.since": "2026-01-01"}))
    assert "between -5 % and 100 %" in wrong["tranches.0.rate"]


def test_interest_without_the_day_it_runs_from_is_refused_at_that_day() -> None:
    _, wrong = judged(sheet(**{"tranches.0.rate": "6"}))
    assert wrong == {"tranches.0.since": "Interest needs the day it runs from."}


def test_a_facility_of_cash_alone_is_refused() -> None:
    made = sheet()
    made.lots[0] = adapted(made.lots[0] | {"asset": "cash"}, "USD")
    _, wrong = judged(made)
    assert wrong == {"lots": "Only cash is pledged: add an asset whose price the desk can watch."}


def test_every_field_at_fault_is_told_in_the_order_of_the_form() -> None:
    _, wrong = judged(sheet(**dict.fromkeys(TYPED, "")))
    assert [name for field in wrong for name, place in SIMPLE.items() if place == field] == [
        entry.name for entry in FIELDS
    ]


def test_a_field_that_cannot_be_read_blames_no_other() -> None:
    _, wrong = judged(sheet(closeout_ltv="x"))
    assert list(wrong) == ["closeout_ltv"]


@pytest.mark.parametrize(
    ("amount", "sound"), [("3,499,999.99", True), ("3,500,000", False), ("4M", False)]
)
def test_a_loan_of_all_the_pledge_is_worth_is_refused(amount: str, sound: bool) -> None:
    proposal, wrong = judged(sheet(amount=amount), quote("350.00"))
    assert (proposal is not None) == sound
    assert ("3,500,000.00 USD" in wrong.get("tranches.0.principal", "")) != sound


def test_all_loans_together_must_stay_below_the_value() -> None:
    made = sheet()
    made.tranches.append(new_row("tranches", "USD") | {"principal": "1.4M"})
    _, wrong = judged(made, quote("350.00"))
    assert "An LTV of 100 % or more" in wrong["tranches.0.principal"]


def test_another_symbols_price_says_nothing_of_the_worth() -> None:
    proposal, _ = judged(sheet(amount="4M"), quote("350.00", symbol="SLV"))
    assert proposal is not None


def sound(**changes: str) -> Proposal:
    proposal, wrong = judged(sheet(**changes))
    assert wrong == {}
    assert proposal is not None
    return proposal


def test_the_preview_tells_ltv_zone_and_prices_with_their_quality() -> None:
    told = preview(sound(), valued_at(quote(quality=Quality.SIMULATED), NOW), NOW)
    assert told == (
        "LTV 60.0 % · safe at GLD 350.00 (SIMULATED) · "
        "margin call at 280.00, close-out at 247.06 USD · "
        "utilisation 85.7 % · headroom 350,000.00 USD"
    )


@pytest.mark.parametrize(
    ("price", "words"),
    [("280.00", "LTV 75.0 % · margin call at GLD"), ("240.00", "LTV 87.5 % · close-out at GLD")],
)
def test_the_preview_says_it_when_the_bank_would_call_at_once(price: str, words: str) -> None:
    assert preview(sound(), valued_at(quote(price), NOW), NOW).startswith(words)


def test_without_a_price_the_preview_still_tells_the_levels() -> None:
    assert preview(sound(), valued_at(None, NOW), NOW) == (
        "No price of GLD has come yet · margin call at 280.00, close-out at 247.06 USD"
    )


def test_the_rate_that_is_missing_is_named_as_the_obstacle() -> None:
    told = preview(sound(currency="CHF"), valued_at(quote(), NOW), NOW)
    assert "No price of USDCHF has come yet" in told


def test_a_quote_without_a_price_is_named_as_the_obstacle() -> None:
    told = preview(sound(), valued_at(replace(quote(), last=None), NOW), NOW)
    assert "No honest price" in told


def test_unsound_terms_explain_how_to_type() -> None:
    assert "75, 75 % and 0.75 all mean 75 %" in preview(None, valued_at(quote(), NOW), NOW)


def test_the_echo_says_how_a_number_was_read() -> None:
    entries = {entry.name: entry for entry in FIELDS}
    assert echo(entries["amount"], "2.1M") == "= 2,100,000"
    assert echo(entries["call_ltv"], "0.725") == "= 72.5 %"
    assert echo(entries["call_ltv"], "x") == ""
    assert echo(entries["symbol"], "GLD") == ""


def test_money_stays_decimal_to_the_last_digit() -> None:
    terms = sound(amount="2,100,000.07").at(NOW)
    assert terms.tranches[0].principal == Decimal("2100000.07")


@pytest.mark.parametrize(
    ("typed", "ounces"),
    [
        ("1 kg 999.9", OUNCES_PER_KILOGRAM * Decimal("0.9999")),
        ("1 kg", OUNCES_PER_KILOGRAM),
        ("1000 g", OUNCES_PER_KILOGRAM),
        ("400 oz 995", Decimal(398)),
        ("0.2354", Decimal("0.2354")),
    ],
)
def test_gold_is_weighed_in_ounces_kilograms_or_grams_and_by_its_fineness(
    typed: str, ounces: Decimal
) -> None:
    made = sheet()
    made.lots.append(
        adapted(new_row("lots", "USD") | {"asset": "bar"}, "USD")
        | {"quantity": "2", "ounces_each": typed}
    )
    proposal, wrong = judged(made)
    assert wrong == {}
    assert proposal is not None
    assert proposal.terms.lots[1].ounces_each == ounces


@pytest.mark.parametrize("typed", ["1 kg 9999", "1 kg 0.9999", "heavy kg", "1 stone", "0 kg"])
def test_a_weight_or_fineness_that_is_none_is_refused(typed: str) -> None:
    made = sheet()
    bar = adapted(new_row("lots", "USD") | {"asset": "bar"}, "USD")
    made.lots.append(bar | {"quantity": "2", "ounces_each": typed})
    _, wrong = judged(made)
    assert list(wrong) == ["lots.1.ounces_each"]


def test_dated_terms_come_into_force_in_the_lenders_time() -> None:
    terms = sound(**{"effective": "2026-12-01 09:00", "cure.zone": "Europe/Zurich"}).at(NOW)
    assert terms.holds_from == datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asset", "row"),
    [
        ("fund", ("GLD", "share", "70 %")),
        ("bar", ("XAU", "kg", "70 %")),
        ("coin", ("XAU", "coin", "50 %")),
        ("cash", ("CHF", "CHF", "100 %")),
    ],
)
def test_a_class_that_is_chosen_brings_its_symbol_and_its_unit(
    asset: str, row: tuple[str, str, str]
) -> None:
    made = adapted(new_row("lots", "CHF") | {"asset": asset}, "CHF")
    assert (made["symbol"], made["unit"], made["advance_rate"]) == row


def test_going_back_to_a_fund_from_bars_forgets_the_metal() -> None:
    bar = adapted(new_row("lots", "USD") | {"asset": "bar"}, "USD")
    assert adapted(bar | {"asset": "fund"}, "USD")["symbol"] == "GLD"


def test_a_row_is_told_in_one_line() -> None:
    assert summary("lots", sheet_of(TERMS).lots[0]) == "10,000 GLD · 70 %"
    bar = adapted(new_row("lots", "USD") | {"asset": "bar", "quantity": "2"}, "USD")
    assert summary("lots", bar) == "2 kg of gold · 70 %"
    assert summary("tranches", new_row("tranches", "EUR")) == "… EUR · 0 %"
    assert summary("reserves", new_row("reserves", "USD")) == "… USD · 1 d"


amounts = st.decimals("0.01", "1e9", places=4)
shares = st.decimals("0", "1", places=6)
currencies = st.sampled_from(["USD", "EUR", "CHF"])
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
names = st.text("abc 1-", max_size=8).map(str.strip)
since_until = st.tuples(st.none() | days, st.none() | st.integers(1, 900)).map(
    lambda pair: (pair[0], pair[0] + timedelta(pair[1]) if pair[0] and pair[1] else None)
)


@st.composite
def lots(draw: st.DrawFn) -> Lot:
    asset = draw(st.sampled_from(list(Asset)))
    since, until = draw(since_until)
    symbol, unit = {
        Asset.FUND: (draw(st.sampled_from(["GLD", "SPY", "IAU", "XAU.L"])), "share"),
        Asset.BAR: ("XAU", draw(st.sampled_from(["kg", "oz", "bar"]))),
        Asset.COIN: ("XAU", "coin"),
        Asset.CASH: (cash := draw(currencies), cash),
    }[asset]
    return Lot(
        asset, symbol, draw(amounts), draw(shares), unit, draw(amounts), since, until, draw(names)
    )


@st.composite
def tranches(draw: st.DrawFn) -> Tranche:
    since, until = draw(since_until)
    rate = draw(st.decimals("-0.05", "1", places=6)) if since else Decimal(0)
    period = draw(st.sampled_from([0, 1, 3, 6, 12]))
    return Tranche(
        draw(amounts), draw(currencies), rate, draw(st.sampled_from(list(DayCount))),
        draw(st.booleans()) and period > 0, period, since, until,
        draw(st.decimals(0, 1_000_000, places=2)), draw(names),
    )  # fmt: skip


@st.composite
def facilities(draw: st.DrawFn) -> Facility:
    fund = Lot(Asset.FUND, "GLD", draw(amounts), draw(shares))
    low, high = sorted(draw(st.tuples(*[st.decimals("0.01", "0.99", places=4)] * 2)))
    assume(low < high)
    hours = draw(st.booleans())
    cure = CureTerms(
        draw(st.integers(0, 720 if hours else 30)), hours, draw(st.times()).replace(microsecond=0),
        draw(st.sampled_from(["Europe/Zurich", "UTC", "Asia/Kolkata"])),
        draw(st.sampled_from(["XSWX", "XNYS", "XKRX"])),
    )  # fmt: skip
    noon = time(12, tzinfo=UTC)  # no clock is put back at noon
    later = draw(st.none() | st.dates(date(2027, 1, 1), date(2030, 1, 1)))
    return Facility(
        lots=(fund, *draw(st.lists(lots(), max_size=4))),
        tranches=tuple(draw(st.lists(tranches(), min_size=1, max_size=3))),
        call_ltv=low,
        closeout_ltv=high,
        since=NOW,
        currency=draw(currencies),
        reserves=tuple(
            draw(st.lists(st.builds(Reserve, amounts, currencies, st.integers(0, 30), names)))
        ),
        cure=cure,
        gold_from=draw(st.sampled_from(["GLD", "XAU"])),
        effective=datetime.combine(later, noon) if later else None,
    )


@given(facilities())
def test_what_is_written_into_the_form_is_read_back_to_the_last_digit(terms: Facility) -> None:
    proposal, wrong = judged(sheet_of(terms))
    assert wrong == {}
    assert proposal is not None
    assert proposal.at(NOW) == terms
    assert same_terms(proposal.terms, terms)


PLACES = ("lots.0.quantity", "lots.0.advance_rate", "tranches.0.principal", "call_ltv",
          "closeout_ltv", "tranches.0.rate", "tranches.0.fees", "cure.count")  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from(PLACES),
            st.text("0123456789.,-% kM", max_size=9) | st.floats().map(str) | shares.map(str),
        ),
        max_size=4,
    ),
    st.decimals("0.01", "1000", places=2),
)
def test_whatever_is_typed_only_a_loan_above_zero_and_below_its_pledge_passes(
    typed: list[tuple[str, str]], price: Decimal
) -> None:
    """Row 28: 0 < loan, LTV < 1, advance rates up to 1, and the call before the close-out."""
    value = valued_at(quote(str(price)), NOW)
    made = sheet()
    for field, text in typed:
        texts, name = made.place(field)
        texts[name] = text
    proposal, wrong = judge(made, NOW, value)
    assert (proposal is None) == bool(wrong)
    if proposal is None:
        return
    terms = proposal.at(NOW)
    state = value(terms)
    assert terms.tranches[0].principal > 0
    assert 0 < state.ltv < 1
    assert 0 <= terms.lots[0].advance_rate <= 1
    assert 0 < terms.call_ltv < terms.closeout_ltv <= 1


def test_a_proposal_is_checked_again_when_it_is_dated() -> None:
    with pytest.raises(TermsError):
        sound().at(datetime(2026, 11, 20))  # noqa: DTZ001
