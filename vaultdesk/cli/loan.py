"""`vaultdesk loan`: set or show the terms."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaultdesk.cli.reading import OK, day, decimal, profile, required
from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.loan.vocabulary import (
    ADVANCE_RATE,
    TWO_BANKING_DAYS,
    Asset,
    CureTerms,
    DayCount,
    Lot,
    Tranche,
)
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    import argparse

COMMAND_LINE = "command line"
"""Who wrote terms that were set here."""


def add(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the command to the parser's."""
    loan = commands.add_parser("loan", help="set or show the loan")
    verbs = loan.add_subparsers(title="loan", required=True)
    set_ = verbs.add_parser("set", help="write a version of the terms", parents=[common])
    set_.add_argument("--file", metavar="FILE", help="all terms, as `loan show --json` prints them")
    set_.add_argument("--units", metavar="N", help="units pledged")
    set_.add_argument("--amount", metavar="N", help="the loan")
    set_.add_argument("--currency", default="USD", metavar="CODE", help="the loan's, three letters")
    set_.add_argument("--call-ltv", metavar="0.75", help="the LTV at which the bank calls")
    set_.add_argument("--closeout-ltv", metavar="0.85", help="the LTV at which the bank sells")
    set_.add_argument("--advance-rate", metavar="0.70", help="lending value by market value")
    set_.add_argument("--rate", metavar="0.06", help="interest per year, a fraction")
    set_.add_argument("--interest-since", type=day, metavar="DATE", help="interest runs from")
    set_.add_argument(
        "--day-count", choices=[str(one) for one in DayCount], help="how interest counts its days"
    )
    set_.add_argument("--cure-days", type=int, metavar="N", help="banking days to cure a call")
    set_.set_defaults(command=_loan_set)
    show = verbs.add_parser("show", help="the terms in force", parents=[common])
    show.add_argument("--json", action="store_true", help="as JSON, for `loan set --file`")
    show.set_defaults(command=_loan_show)


def _loan_set(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers.status import save_loan  # noqa: PLC0415
    from vaultdesk.app.files import facility as facility_file  # noqa: PLC0415

    desk, now = profile(namespace), datetime.now(UTC)
    if namespace.file:
        terms = facility_file.read(Path(namespace.file).expanduser(), now, COMMAND_LINE)
    else:
        terms = _facility(namespace, desk.settings.symbol, now)
    save_loan(desk, terms)
    return OK


def _facility(namespace: argparse.Namespace, symbol: str, now: datetime) -> Facility:
    advance = decimal("--advance-rate", namespace.advance_rate)
    lot = Lot(
        Asset.FUND,
        symbol,
        required("--units", namespace.units),
        ADVANCE_RATE if advance is None else advance,
    )
    tranche = Tranche(
        required("--amount", namespace.amount),
        namespace.currency,
        rate=decimal("--rate", namespace.rate) or Decimal(0),
        day_count=DayCount(namespace.day_count or DayCount.ACT_360),
        since=namespace.interest_since,
    )
    days = namespace.cure_days
    return Facility(
        lots=(lot,),
        tranches=(tranche,),
        call_ltv=required("--call-ltv", namespace.call_ltv),
        closeout_ltv=required("--closeout-ltv", namespace.closeout_ltv),
        since=now,
        currency=namespace.currency,
        cure=TWO_BANKING_DAYS if days is None else CureTerms(count=days),
        who=COMMAND_LINE,
    )


def _loan_show(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers.status import kept_loan  # noqa: PLC0415
    from vaultdesk.app.files import facility as facility_file  # noqa: PLC0415

    terms = kept_loan(profile(namespace))
    if terms is None:
        raise InputError("No loan is set up: vaultdesk loan set --units N --amount N …")
    if namespace.json:
        print(facility_file.written(terms))  # noqa: T201
        return OK
    for lot in terms.lots:
        advance = f"advance rate {lot.advance_rate * 100:f} %"
        print(f"pledged  {lot.quantity:f} {lot.unit} {lot.symbol}, {advance}")  # noqa: T201
    for one in terms.tranches:
        print(f"owed     {one.principal:f} {one.currency} at {one.rate * 100:f} %")  # noqa: T201
    print(f"called at {terms.call_ltv * 100:f} %, closed out at {terms.closeout_ltv * 100:f} %")  # noqa: T201
    return OK
