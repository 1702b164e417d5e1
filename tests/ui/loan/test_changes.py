"""What a version of the terms changed, in words."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from tests.ui.desk import NOW, TERMS
from tests.ui.loan.test_form import facilities
from vaultdesk.core.loan.terms import Facility, same_terms, with_advance
from vaultdesk.core.loan.vocabulary import Asset, CureTerms, Lot, Reserve, Tranche
from vaultdesk.ui.loan.changes import changes

GLD = TERMS.lots[0]
BAR = Lot(Asset.BAR, "XAU", Decimal(2), unit="kg", ounces_each=Decimal("32.15"))


def test_the_first_version_sets_the_loan_up() -> None:
    assert changes(None, TERMS) == ("set up",)


def test_a_quantity_that_changed_needs_no_name() -> None:
    after = replace(TERMS, lots=(replace(GLD, quantity=Decimal(12_000)),))
    assert changes(TERMS, after) == ("GLD 10,000 → 12,000",)


def test_other_fields_are_named() -> None:
    cut = with_advance(TERMS, Asset.FUND, Decimal("0.6"), NOW)
    assert changes(TERMS, cut) == ("GLD advance rate 70 % → 60 %",)
    called = replace(TERMS, call_ltv=Decimal("0.7"), cure=CureTerms(count=1))
    assert changes(TERMS, called) == (
        "margin call at ltv 75 % → 70 %",
        "time to cure 2 → 1",
    )


def test_rows_that_came_and_went_are_told_as_such() -> None:
    more = replace(TERMS, lots=(BAR, GLD), reserves=(Reserve(Decimal(5_000)),))
    assert changes(TERMS, more) == (
        "pledged 2 kg of gold · 70 %",
        "in reserve 5,000 USD · 1 d",
    )
    assert changes(more, TERMS) == (
        "released 2 kg of gold · 70 %",
        "no more reserve of 5,000 USD · 1 d",
    )


def test_one_more_of_the_same_is_told() -> None:
    twice = replace(TERMS, tranches=TERMS.tranches * 2)
    assert changes(TERMS, twice) == ("borrowed 2,100,000 USD · 0 %",)
    other = replace(TERMS, tranches=(*TERMS.tranches, Tranche(Decimal(5))))
    assert changes(twice, other) == ("USD 2,100,000 → 5",)


def test_when_and_by_whom_it_was_written_is_no_change() -> None:
    assert changes(TERMS, replace(TERMS, since=NOW, who="undo")) == ()


@given(facilities(), facilities())
def test_something_is_told_exactly_where_terms_differ(first: Facility, second: Facility) -> None:
    """Rows in another order are the same terms to a reader."""
    same = same_terms(first, second)
    assert changes(first, first) == ()
    if same:
        assert changes(first, second) == ()
    if first.currency != second.currency or len(first.lots) != len(second.lots):
        assert changes(first, second)
