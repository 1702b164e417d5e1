"""The command line: the desk by default, and what it answers without a window."""

import argparse
import gc
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from vaultdesk import __version__
from vaultdesk import settings as layers
from vaultdesk.core.loan.terms import LoanTerms, TermsError
from vaultdesk.core.money import exact
from vaultdesk.ports import InputError, KnownError

OK, FAILED, BAD_INPUT = 0, 1, 2


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
    loan = commands.add_parser("loan", help="set the loan")
    set_ = loan.add_subparsers(title="loan", required=True).add_parser("set", parents=[common])
    set_.add_argument("--units", required=True, metavar="N", help="units pledged")
    set_.add_argument("--amount", required=True, metavar="N", help="the loan")
    set_.add_argument("--currency", default="USD", metavar="CODE")
    set_.add_argument("--call-ltv", required=True, metavar="0.75")
    set_.add_argument("--closeout-ltv", required=True, metavar="0.85")
    set_.set_defaults(command=_loan_set)


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
    chosen, problem = layers.load_or_default(_flags(namespace, demo=demo))
    gc.disable()  # until the first paint: collecting what is still being made costs a tenth
    from vaultdesk.app.desk import run  # noqa: PLC0415 (Qt, only where a window is wanted)
    from vaultdesk.app.parts import Profile, Screenshot  # noqa: PLC0415

    shot = None
    if namespace.screenshot:
        shot = Screenshot(Path(namespace.screenshot), namespace.after)
    return run(Profile(chosen, demo=demo), shot, namespace.size, problem)


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
    from vaultdesk.app.answers import save_loan  # noqa: PLC0415

    profile = _profile(namespace)
    terms = LoanTerms(
        symbol=profile.settings.symbol,
        units=_required("--units", namespace.units),
        amount=_required("--amount", namespace.amount),
        currency=namespace.currency,
        call_ltv=_required("--call-ltv", namespace.call_ltv),
        closeout_ltv=_required("--closeout-ltv", namespace.closeout_ltv),
        since=datetime.now(UTC),
        who="command line",
    )
    save_loan(profile, terms)
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
