"""The command line: the desk by default, and what it answers without a window."""

import argparse
import gc
import json
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from vaultdesk import __version__
from vaultdesk import settings as layers
from vaultdesk.core.loan.terms import Facility, TermsError
from vaultdesk.core.loan.vocabulary import (
    ADVANCE_RATE,
    TWO_BANKING_DAYS,
    Asset,
    CureTerms,
    DayCount,
    Lot,
    Tranche,
)
from vaultdesk.core.money import exact
from vaultdesk.ports import InputError, KnownError

OK, FAILED, BAD_INPUT = 0, 1, 2
COMMAND_LINE = "command line"
"""Who wrote terms that were set here."""


class _Parser(argparse.ArgumentParser):
    """Refuses bad input in one sentence on stderr, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        self.exit(BAD_INPUT, f"{sentence.rstrip('.')}. See '{self.prog} --help'.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code: 0 done, 1 failed, 2 bad input."""
    namespace = _parser().parse_args(arguments)
    try:
        return int(namespace.command(namespace))
    except (InputError, layers.SettingsError, TermsError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return BAD_INPUT
    except KnownError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return FAILED


def _parser() -> argparse.ArgumentParser:
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--demo", action="store_true", help="the demonstration profile")
    layers.add_flags(common)
    parser = _Parser("vaultdesk", description="A desk for loans against gold.", parents=[common])
    parser.add_argument("--version", action="version", version=f"vaultdesk {__version__}")
    parser.add_argument("--screenshot", metavar="FILE", help="paint, save the picture and quit")
    parser.add_argument("--after", type=_seconds, default=3.0, metavar="SECONDS")
    parser.add_argument(
        "--size", type=_size, metavar="WxH", help="the window's size in logical pixels"
    )
    parser.set_defaults(command=_desk)
    commands = parser.add_subparsers(title="without a window")
    _add_loan(commands, common)
    _add_status(commands, common)
    _add_record(commands, common)
    return parser


def _add_loan(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    loan = commands.add_parser("loan", help="set or show the loan")
    verbs = loan.add_subparsers(title="loan", required=True)
    set_ = verbs.add_parser("set", help="write a version of the terms", parents=[common])
    set_.add_argument("--file", metavar="FILE", help="all terms, as `loan show --json` prints them")
    set_.add_argument("--units", metavar="N", help="units pledged")
    set_.add_argument("--amount", metavar="N", help="the loan")
    set_.add_argument("--currency", default="USD", metavar="CODE")
    set_.add_argument("--call-ltv", metavar="0.75")
    set_.add_argument("--closeout-ltv", metavar="0.85")
    set_.add_argument("--advance-rate", metavar="0.70", help="lending value by market value")
    set_.add_argument("--rate", metavar="0.06", help="interest per year, a fraction")
    set_.add_argument("--interest-since", type=_day, metavar="DATE", help="interest runs from")
    set_.add_argument("--day-count", choices=[str(one) for one in DayCount])
    set_.add_argument("--cure-days", type=int, metavar="N", help="banking days to cure a call")
    set_.set_defaults(command=_loan_set)
    show = verbs.add_parser("show", help="the terms in force", parents=[common])
    show.add_argument("--json", action="store_true", help="as JSON, for `loan set --file`")
    show.set_defaults(command=_loan_show)


def _add_status(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    status = commands.add_parser("status", help="the quote and the loan now", parents=[common])
    status.add_argument("--json", action="store_true", help="as JSON")
    status.add_argument("--at-price", metavar="P", help="value the loan at this price")
    status.add_argument("--cure-to", metavar="0.65", help="the LTV a cure aims at")
    status.set_defaults(command=_status)


def _add_record(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    record = commands.add_parser("record", help="record the market", parents=[common])
    record.add_argument("--out", required=True, metavar="FILE", help="a .market.jsonl.gz file")
    record.add_argument("--seconds", type=_seconds, metavar="N", help="stop after N seconds")
    record.set_defaults(command=_record)


def _desk(namespace: argparse.Namespace) -> int:
    demo = _demo(namespace)
    flags = _flags(namespace, demo=demo)
    chosen, problem = layers.load_or_default(flags)
    gc.disable()  # until the first paint: collecting what is still being made costs a tenth
    from vaultdesk.app.desk import run  # noqa: PLC0415 (Qt, only where a window is wanted)
    from vaultdesk.app.parts import Profile, Screenshot  # noqa: PLC0415

    shot = None
    if namespace.screenshot:
        shot = Screenshot(Path(namespace.screenshot), namespace.after)
    return run(Profile(chosen, demo=demo), shot, namespace.size, problem, flags)


def _status(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers import status  # noqa: PLC0415

    at_price = _decimal("--at-price", namespace.at_price)
    if at_price is not None and at_price <= 0:
        raise InputError(f"--at-price must be more than zero, not {namespace.at_price}.")
    cure_to = _decimal("--cure-to", namespace.cure_to)
    if cure_to is not None and not 0 < cure_to < 1:
        raise InputError(f"--cure-to is an LTV between 0 and 1, such as 0.65, not {cure_to}.")
    answer = status(_profile(namespace), at_price, cure_to)
    print(json.dumps(answer, indent=2) if namespace.json else _told(answer))  # noqa: T201
    return OK


def _loan_set(namespace: argparse.Namespace) -> int:
    from vaultdesk.app import facility_file  # noqa: PLC0415
    from vaultdesk.app.answers import save_loan  # noqa: PLC0415

    profile, now = _profile(namespace), datetime.now(UTC)
    if namespace.file:
        terms = facility_file.read(Path(namespace.file).expanduser(), now, COMMAND_LINE)
    else:
        terms = _facility(namespace, profile.settings.symbol, now)
    save_loan(profile, terms)
    return OK


def _facility(namespace: argparse.Namespace, symbol: str, now: datetime) -> Facility:
    advance = _decimal("--advance-rate", namespace.advance_rate)
    lot = Lot(
        Asset.FUND,
        symbol,
        _required("--units", namespace.units),
        ADVANCE_RATE if advance is None else advance,
    )
    tranche = Tranche(
        _required("--amount", namespace.amount),
        namespace.currency,
        rate=_decimal("--rate", namespace.rate) or Decimal(0),
        day_count=DayCount(namespace.day_count or DayCount.ACT_360),
        since=namespace.interest_since,
    )
    days = namespace.cure_days
    return Facility(
        lots=(lot,),
        tranches=(tranche,),
        call_ltv=_required("--call-ltv", namespace.call_ltv),
        closeout_ltv=_required("--closeout-ltv", namespace.closeout_ltv),
        since=now,
        currency=namespace.currency,
        cure=TWO_BANKING_DAYS if days is None else CureTerms(count=days),
        who=COMMAND_LINE,
    )


def _loan_show(namespace: argparse.Namespace) -> int:
    from vaultdesk.app import facility_file  # noqa: PLC0415
    from vaultdesk.app.answers import kept_loan  # noqa: PLC0415

    terms = kept_loan(_profile(namespace))
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


def _record(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.recording import record  # noqa: PLC0415

    summary = record(_profile(namespace), Path(namespace.out), namespace.seconds, _complain)
    print(summary)  # noqa: T201
    return OK


def _complain(sentence: str) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201


def _profile(namespace: argparse.Namespace) -> Any:  # noqa: ANN401
    from vaultdesk.app.parts import Profile  # noqa: PLC0415

    demo = _demo(namespace)
    return Profile(layers.load(_flags(namespace, demo=demo)), demo=demo)


def _demo(namespace: argparse.Namespace) -> bool:
    return bool(getattr(namespace, "demo", False))


def _flags(namespace: argparse.Namespace, *, demo: bool) -> dict[str, Any]:
    flags = layers.flags_given(namespace)
    if demo and flags.setdefault("feed", "simulated") != "simulated":
        raise InputError("--demo is the simulated market: leave --feed or --demo out.")
    return flags


def _required(flag: str, text: str) -> Decimal:
    value = _decimal(flag, text)
    if value is None:
        raise InputError(f"{flag} is missing.")
    return value


def _decimal(flag: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return exact(text)
    except ValueError:
        raise InputError(f"{flag} takes a plain number such as 0.75, not '{text}'.") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date: write it as 2026-06-01") from None


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 86_400:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"'{text}' is not between 0 and 86400 seconds")
    return value


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"'{text}' is no size: write it as 1280x800")
    size = int(width), int(height)
    if not all(320 <= side <= 16_384 for side in size):  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"'{text}' is out of range: sides are 320 to 16384")
    return size


def _told(answer: dict[str, Any]) -> str:
    """The answer for a human, a line each."""
    quote, loan = answer["quote"], answer["loan"]
    lines = [f"problem: {answer['problem']}"] if "problem" in answer else []
    if quote["last"] is not None:
        lines.append(
            f"{quote['symbol']} {quote['last']} · {quote['source']} · {quote['quality']} · "
            f"{quote['at']} · {quote['age_s']:.0f} s old"
        )
    if loan is None:
        lines.append("No loan is set up: vaultdesk loan set --units N --amount N …")
    elif loan["ltv"] is not None:
        lines.append(f"LTV {Decimal(loan['ltv']) * 100:.2f} % ({loan['zone']})")
        lines.append(
            f"margin call at {loan['call_price']} ({loan['distance_pct']} % below), "
            f"close-out at {loan['closeout_price']}"
        )
    return "\n".join(lines)
