"""The command line: the desk by default, and what it answers without a window."""

import argparse
import gc
import json
import os
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from vaultdesk import __version__
from vaultdesk import settings as layers
from vaultdesk.cli.reading import (
    BAD_INPUT,
    FAILED,
    OK,
    decimal,
    flags,
    is_demo,
    profile,
    seconds,
    size,
)
from vaultdesk.core.loan.terms import TermsError
from vaultdesk.ports import InputError, KnownError
from vaultdesk.storage.profile_folder import PENDING

COMMANDS = {
    *("backup", "export", "health", "hedge", "import", "loan"),
    *("record", "report", "restore", "serve", "status", "verify"),
}
HELP = {"-h", "--help"}


class _Parser(argparse.ArgumentParser):
    """Refuses bad input in one sentence on stderr, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        self.exit(BAD_INPUT, f"{sentence.rstrip('.')}. See '{self.prog} --help'.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code: 0 done, 1 failed, 2 bad input."""
    namespace = _read(sys.argv[1:] if arguments is None else arguments)
    try:
        _finish_restore(namespace)
        code = int(namespace.command(namespace))
        if sys.stdout is not None:  # a windowed program on Windows has none
            sys.stdout.flush()
    except (InputError, layers.SettingsError, TermsError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return BAD_INPUT
    except KnownError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return FAILED
    except BrokenPipeError:  # whoever read the answer has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments understood; a window alone does not wait for what the commands bring."""
    if not (COMMANDS | HELP).intersection(arguments):
        namespace, unknown = _own_parser(_common()).parse_known_args(arguments)
        if not unknown:
            return namespace
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    """All there is, with every command."""
    from vaultdesk.cli import health, hedge, keep, loan, report, serve, verify  # noqa: PLC0415

    common = _common()
    parser = _own_parser(common)
    commands = parser.add_subparsers(title="without a window")
    for module in (loan, hedge, report, verify, health, keep, serve):
        module.add(commands, common)
    _add_status(commands, common)
    _add_record(commands, common)
    return parser


def _common() -> argparse.ArgumentParser:
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--demo", action="store_true", help="the demonstration profile")
    layers.add_flags(common)
    return common


def _own_parser(common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser = _Parser("vaultdesk", description="A desk for loans against gold.", parents=[common])
    parser.add_argument("--version", action="version", version=f"vaultdesk {__version__}")
    parser.add_argument("--screenshot", metavar="FILE", help="paint, save the picture and quit")
    parser.add_argument(
        "--after", type=seconds, default=3.0, metavar="SECONDS", help="paint it after so long"
    )
    parser.add_argument(
        "--size", type=size, metavar="WxH", help="the window's size in logical pixels"
    )
    parser.add_argument(
        "--smoke",
        action="store_const",
        dest="command",
        const=_smoke,
        help="try whether all that the desk needs is installed, in a home of its own",
    )
    parser.set_defaults(command=_desk)
    return parser


def _add_status(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    status = commands.add_parser("status", help="the quote and the loan now", parents=[common])
    status.add_argument("--json", action="store_true", help="as JSON")
    status.add_argument("--at-price", metavar="P", help="value the loan at this price")
    status.add_argument("--cure-to", metavar="0.65", help="the LTV a cure aims at")
    status.set_defaults(command=_status)


def _add_record(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    record = commands.add_parser("record", help="record the market", parents=[common])
    record.add_argument("--out", required=True, metavar="FILE", help="a .market.jsonl.gz file")
    record.add_argument("--seconds", type=seconds, metavar="N", help="stop after N seconds")
    record.set_defaults(command=_record)


def _finish_restore(namespace: argparse.Namespace) -> None:
    """Put a restored profile in its place before anything of the profile is read."""
    home = layers.home() / "demo" if is_demo(namespace) else layers.home()
    if not (home / PENDING).exists():  # one look: nothing is loaded where nothing waits
        return
    from vaultdesk.app.keeping import finish_pending  # noqa: PLC0415

    if said := finish_pending(home):
        _complain(said)


def _desk(namespace: argparse.Namespace) -> int:
    demo = is_demo(namespace)
    given = flags(namespace, demo=demo)
    chosen, problem = layers.load_or_default(given)
    gc.disable()  # until the first paint: collecting what is still being made costs a tenth
    from vaultdesk.app.parts import Profile, Screenshot  # noqa: PLC0415

    shot = None
    if namespace.screenshot:
        shot = Screenshot(Path(namespace.screenshot), namespace.after)
    # Only where a window is wanted, and last: once Qt is there, it reads the source of each module.
    from vaultdesk.app.locality import follow  # noqa: PLC0415

    follow(chosen.locale)
    from vaultdesk.app.desk import run  # noqa: PLC0415

    return run(Profile(chosen, demo=demo), shot, namespace.size, problem, given, _parser)


def _smoke(_namespace: argparse.Namespace) -> int:
    from vaultdesk.app.smoke import smoke  # noqa: PLC0415

    return smoke(_parser)


def _status(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers.status import status  # noqa: PLC0415

    at_price = decimal("--at-price", namespace.at_price)
    if at_price is not None and at_price <= 0:
        raise InputError(f"--at-price must be more than zero, not {namespace.at_price}.")
    cure_to = decimal("--cure-to", namespace.cure_to)
    if cure_to is not None and not 0 < cure_to < 1:
        raise InputError(f"--cure-to is an LTV between 0 and 1, such as 0.65, not {cure_to}.")
    answer = status(profile(namespace), at_price, cure_to)
    print(json.dumps(answer, indent=2) if namespace.json else _told(answer))  # noqa: T201
    return OK


def _record(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.recording import record  # noqa: PLC0415

    summary = record(profile(namespace), Path(namespace.out), namespace.seconds, _complain)
    print(summary)  # noqa: T201
    return OK


def _complain(sentence: str) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201


def _told(answer: dict[str, Any]) -> str:
    """The answer for a human, a line each."""
    quote, owed = answer["quote"], answer["loan"]
    lines = [f"problem: {answer['problem']}"] if "problem" in answer else []
    if quote["last"] is not None:
        lines.append(
            f"{quote['symbol']} {quote['last']} · {quote['source']} · {quote['quality']} · "
            f"{quote['at']} · {quote['age_s']:.0f} s old"
        )
    if owed is None:
        lines.append("No loan is set up: vaultdesk loan set --units N --amount N …")
    elif owed["ltv"] is not None:
        lines.append(f"LTV {Decimal(owed['ltv']) * 100:.2f} % ({owed['zone']})")
        lines.append(
            f"margin call at {owed['call_price']} ({owed['distance_pct']} % below), "
            f"close-out at {owed['closeout_price']}"
        )
    return "\n".join(lines)
