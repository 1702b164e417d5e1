"""The terms of a loan in a document, and what a version of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.reports.figures import money, percent, quantity

if TYPE_CHECKING:
    from datetime import date

    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.loan.vocabulary import CureTerms, Lot, Reserve, Tranche

HELD = "GLD price and the ounces a share holds", "the ounce's own price"


def terms_rows(terms: Facility) -> tuple[tuple[str, str], ...]:
    """Each term by a name that is the same in every version."""
    lots = ((f"Pledged {n}", _lot(one)) for n, one in enumerate(terms.lots, 1))
    owed = ((f"Owed {n}", _tranche(one)) for n, one in enumerate(terms.tranches, 1))
    kept = ((f"Reserve {n}", _reserve(one)) for n, one in enumerate(terms.reserves, 1))
    return (
        *(*lots, *owed, *kept),
        ("Margin call", f"at an LTV of {percent(terms.call_ltv)}"),
        ("Close-out", f"at an LTV of {percent(terms.closeout_ltv)}"),
        ("Time to cure a call", cure_words(terms.cure)),
        ("Currency", terms.currency),
        ("Bars and coins by", HELD[terms.gold_from != "GLD"]),
    )


def changes(before: Facility | None, after: Facility) -> tuple[str, ...]:
    """What is otherwise than before, a sentence each; all of it where nothing was before."""
    old, new = dict(terms_rows(before)) if before else {}, dict(terms_rows(after))
    said = [
        f"{name}: {text}." if name not in old else f"{name}: {text}; it was {old[name]}."
        for name, text in new.items()
        if old.get(name) != text
    ]
    gone = [f"{name}: no more; it was {text}." for name, text in old.items() if name not in new]
    return (*said, *gone)


def cure_words(cure: CureTerms) -> str:
    """Until when a call has to be met."""
    if not cure.count:
        return "none: the lender may sell without notice"
    if cure.hours:
        return f"{cure.count} hours from the notice"
    return (
        f"{cure.count} banking days ({cure.calendar}), counted from the next one after "
        f"{cure.cut_off:%H:%M} {cure.zone}"
    )


def _lot(lot: Lot) -> str:
    name = f" ({lot.name})" if lot.name else ""
    ounces = f" of {quantity(lot.ounces_each)} oz" if lot.unit in ("bar", "coin") else ""
    return (
        f"{quantity(lot.quantity)} {lot.unit}{ounces} {lot.symbol}{name}, advance rate "
        f"{percent(lot.advance_rate)}{_span(lot.since, lot.until)}"
    )


def _tranche(one: Tranche) -> str:
    name = f" ({one.name})" if one.name else ""
    interest = f"{percent(one.rate)} a year, {one.day_count.value}" if one.rate else "no interest"
    fees = f", fees {money(one.fees, one.currency)}" if one.fees else ""
    how = ", interest added to the principal" if one.capitalising and one.rate else ""
    return (
        f"{money(one.principal, one.currency)}{name}, {interest}{how}{fees}"
        f"{_span(one.since, one.until)}"
    )


def _reserve(one: Reserve) -> str:
    name = f" ({one.name})" if one.name else ""
    return f"{money(one.amount, one.currency)}{name}, there in {one.banking_days} banking days"


def _span(since: date | None, until: date | None) -> str:
    """From when until when, as far as either is agreed."""
    return (f", from {since}" if since else "") + (f", until {until}" if until else "")
