"""The loan in a document: what is pledged, what is owed, where the lender acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.reports.document import Column, Fit, Heading, Section, Table, facts
from vaultdesk.core.reports.figures import money, number, percent, price, quantity

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.loan.state import LoanState, Owed, Pledged


def loan_section(state: LoanState) -> Section:
    """What is pledged, what is owed, where the lender acts."""
    return Section(
        "The loan",
        (
            _standing(state),
            Heading("Pledged"),
            _pledged(state),
            Heading("Owed"),
            _owed(state),
        ),
    )


def _standing(state: LoanState) -> Table:
    home, terms = state.terms.currency, state.terms
    call, closeout = (
        f"at an LTV of {percent(level)}, {_level(state, at)}"
        for level, at in (
            (terms.call_ltv, state.call_price),
            (terms.closeout_ltv, state.closeout_price),
        )
    )
    return facts(
        ("Loan", f"{money(state.loan, home)}, {money(state.interest, home)} of it interest"),
        ("Market value pledged", money(state.value, home)),
        ("Lending value", money(state.lending_value, home)),
        ("LTV", f"{percent(state.ltv)} ({state.zone})"),
        ("Utilisation", percent(state.utilisation)),
        ("Headroom", money(state.headroom, home)),
        ("Margin call", call),
        ("Close-out", closeout),
        ("A cure aims at", f"{percent(state.cure_to)}; now: repay {money(state.cure.repay, home)}"),
        ("Money that can arrive in time", money(state.arriving, home)),
    )


def _level(state: LoanState, at: Decimal | None) -> str:
    if at is None:
        return "which no fall of gold brings about"
    move = percent(at / state.price - 1, signed=True)
    return f"{state.quote.symbol} at {number(at)} {state.quote.currency} ({move})"


def _pledged(state: LoanState) -> Table:
    home = state.terms.currency
    columns = (
        *(Column("Lot", Fit.PROSE), Column("Quantity"), Column("Unit", Fit.WORDS)),
        *(Column("Price"), Column("Currency", Fit.WORDS), Column("Advance")),
        *(Column(f"Value, {home}"), Column(f"Lending value, {home}")),
    )
    return Table(columns, tuple(_lot(one) for one in state.pledged))


def _lot(one: Pledged) -> tuple[str, ...]:
    lot = one.lot
    return (
        lot.name or f"{lot.symbol}, {lot.asset}",
        quantity(lot.quantity),
        lot.unit,
        price(one.price),
        one.currency,
        percent(lot.advance_rate),
        number(one.value),
        number(one.lending_value),
    )


def _owed(state: LoanState) -> Table:
    home = state.terms.currency
    columns = (
        *(Column("Tranche", Fit.PROSE), Column("Currency", Fit.WORDS)),
        *(Column("Rate a year"), Column("Days", Fit.WORDS)),
        *(Column(f"Principal, {home}"), Column("Interest"), Column("Fees")),
    )
    return Table(
        columns, tuple(_tranche(number_, one) for number_, one in enumerate(state.owed, 1))
    )


def _tranche(place: int, one: Owed) -> tuple[str, ...]:
    tranche = one.tranche
    return (
        tranche.name or f"Tranche {place}",
        one.currency,
        percent(tranche.rate),
        tranche.day_count.value,
        number(one.principal),
        number(one.interest),
        number(one.fees),
    )
