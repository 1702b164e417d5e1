"""The document of a loan as it stands: terms, prices, levels, cures, its last months, its cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.alerts.facts import WORDS
from vaultdesk.core.calendar import trading_date
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.market import worst
from vaultdesk.core.reports.basis import mark, quotes_table
from vaultdesk.core.reports.document import (
    Column,
    Fit,
    Heading,
    Paragraph,
    Report,
    Section,
    Table,
    facts,
)
from vaultdesk.core.reports.figures import MISSING, moments, money, number, percent, price, quantity
from vaultdesk.core.reports.loan import loan_section
from vaultdesk.core.reports.path import local, path_parts
from vaultdesk.core.reports.records import HISTORY, clocks
from vaultdesk.core.reports.terms import terms_rows

if TYPE_CHECKING:
    from datetime import date, datetime

    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.orders.broker import Held
    from vaultdesk.core.reports.records import LoanRecord

HELD = (
    "Quantities are the broker's as it told them last, or those of the desk's own trades where it "
    "has told none, and positions entered by hand; costs are per share, before commissions."
)
NOTHING_HELD = "The desk knows of no hedge that is held."
CALM = "There is no alert that nobody has acknowledged."


def loan_report(record: LoanRecord, sha256: str) -> Report:
    """The document of a record; `sha256` is the record's own.

    Raises:
        Unvalued: the record's prices do not value its terms.
        ValueError: there is no such zone.
    """
    quotes = {quote.symbol: quote for quote in record.quotes}
    state = value_loan(record.terms, quotes, record.at, cure_to=record.cure_to)
    path = [one for one in record.path if one.at <= record.at]
    quality = worst(state.quality, *(one.quality for one in path))
    sources = [quote.source for quote in state.quotes] + [one.source for one in path]
    there = record.at.astimezone(clocks(record.zone))
    title = f"LTV of the last {HISTORY.days} days"
    return Report(
        title="Loan status",
        subtitle="What is pledged and owed, where the lender acts, and what brings the loan back.",
        mark=mark(sources, quality),
        summary=_summary(record, state, mark(sources, quality) or quality.value),
        sections=(
            loan_section(state),
            _cure(state),
            _terms(record),
            Section("Prices", (quotes_table(state.quotes, record.at),)),
            Section(title, path_parts(title, path, there - HISTORY, there)),
            Section("Hedges held", _held(record)),
            Section("Alerts open", _alerts(record, there)),
        ),
        footer=f"record SHA-256 {sha256}",
    )


def _summary(record: LoanRecord, state: LoanState, quality: str) -> tuple[tuple[str, str], ...]:
    home, quote = state.terms.currency, state.quote
    levels = f"margin call at {percent(state.terms.call_ltv)}, close-out at "
    return (
        ("As of", moments(record.at)),
        ("Quality of the data", quality),
        ("Loan", f"{money(state.loan, home)} against {money(state.value, home)} pledged"),
        ("LTV", f"{percent(state.ltv)} ({state.zone})"),
        ("Levels", f"{levels}{percent(state.terms.closeout_ltv)}"),
        (
            "Margin call at a price of",
            (
                f"{money(state.call_price, quote.currency)} ({quote.symbol} is at "
                f"{number(state.price)}, from {quote.source})"
            ),
        ),
        ("Computed by", f"VaultDesk {record.program}"),
    )


def _cure(state: LoanState) -> Section:
    home, cure, symbol = state.terms.currency, state.cure, state.terms.symbol
    pledge = f"{money(cure.pledge, home)}, {number(cure.pledge_units)} of {symbol}"
    sell = "selling everything would not do"
    if cure.sell is not None:
        sell = f"{money(cure.sell, home)}, {number(cure.sell_units)} of {symbol}"
    said = "Each way alone brings the LTV back; all are zero where it is there already."
    return Section(
        "Cures",
        (
            Paragraph(said),
            facts(
                ("LTV aimed at", percent(cure.target)),
                ("Repay", money(cure.repay, home)),
                ("Pledge more", pledge),
                ("Sell and repay with it", sell),
                ("Margin call per ounce", money(state.call_ounce, state.quote.currency)),
                ("Close-out per ounce", money(state.closeout_ounce, state.quote.currency)),
            ),
        ),
    )  # fmt: skip


def _terms(record: LoanRecord) -> Section:
    terms = record.terms
    since = local(terms.holds_from, record.at.astimezone(clocks(record.zone)))
    written = (("In force since", since), ("Written by", terms.who or "the desk's user"))
    return Section("Terms", (facts(*terms_rows(terms), *written),))


def _held(record: LoanRecord) -> tuple[Paragraph | Table, ...]:
    if not record.held:
        return (Paragraph(NOTHING_HELD),)
    columns = (
        *(Column("Contract", Fit.PROSE), Column("Quantity"), Column("Cost a share")),
        *(Column("Currency", Fit.WORDS), Column("Days left"), Column("Where", Fit.WORDS)),
    )
    today = trading_date(record.at)
    rows = tuple(
        (
            *(one.instrument.words, quantity(one.quantity), price(one.average_cost)),
            *(one.instrument.currency, _days_left(one, today), one.account),
        )
        for one in record.held
    )
    return Paragraph(HELD), Table(columns, rows)


def _days_left(one: Held, today: date) -> str:
    expiry = one.instrument.expiry
    return MISSING if expiry is None else str((expiry - today).days)


def _alerts(record: LoanRecord, there: datetime) -> tuple[Paragraph | Heading | Table, ...]:
    if not record.alerts:
        return (Paragraph(CALM),)
    columns = (
        *(Column("Raised", Fit.WORDS), Column("Severity", Fit.WORDS)),
        *(Column("Quality", Fit.WORDS), Column("What was said", Fit.PROSE)),
    )
    rows = tuple(
        (local(one.at, there), WORDS[one.severity], one.quality.value, one.sentence)
        for one in record.alerts
    )
    return (Paragraph("Nobody has acknowledged these, newest first."), Table(columns, rows))
