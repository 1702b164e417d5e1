"""`vaultdesk report`: documents of decisions, of the loan and of what happened, as PDF files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaultdesk.cli.reading import OK, day, profile
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    import argparse


def add(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the command to the parser's."""
    report = commands.add_parser("report", help="documents as PDF files")
    verbs = report.add_subparsers(title="report", required=True)
    decision = verbs.add_parser("decision", help="why a hedge was chosen", parents=[common])
    decision.add_argument(
        "--record", required=True, metavar="FILE", help="written by hedge --save, or by the window"
    )
    loan = verbs.add_parser("loan", help="how the loan stands now", parents=[common])
    diary = verbs.add_parser("diary", help="what happened between two days", parents=[common])
    diary.add_argument(
        "--from", dest="start", required=True, type=day, metavar="DATE", help="the first day"
    )
    diary.add_argument(
        "--to", dest="end", required=True, type=day, metavar="DATE", help="the last day"
    )
    again = verbs.add_parser("again", help="one that is kept, once more", parents=[common])
    again.add_argument("id", metavar="ID", help="as `report list` prints it")
    for verb, work in ((decision, _decision), (loan, _loan), (diary, _diary), (again, _again)):
        verb.add_argument("--out", required=True, metavar="FILE", help="a .pdf file")
        verb.set_defaults(command=work)
    listed = verbs.add_parser("list", help="the reports kept", parents=[common])
    listed.add_argument("--json", action="store_true", help="as JSON")
    listed.set_defaults(command=_list)


def _decision(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers import reports as report_answers  # noqa: PLC0415
    from vaultdesk.app.files import hedge as hedge_file  # noqa: PLC0415

    record = hedge_file.read(Path(namespace.record).expanduser())
    return _told(report_answers.decision(profile(namespace), record, _out(namespace)))


def _loan(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers import reports as report_answers  # noqa: PLC0415

    return _told(report_answers.loan(profile(namespace), _out(namespace)))


def _diary(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers import reports as report_answers  # noqa: PLC0415

    start, end = namespace.start, namespace.end
    if start > end:
        raise InputError(f"--from {start} comes after --to {end}: turn them round.")
    return _told(report_answers.diary(profile(namespace), start, end, _out(namespace)))


def _again(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers import reports as report_answers  # noqa: PLC0415

    return _told(report_answers.again(profile(namespace), namespace.id, _out(namespace)))


def _list(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers import reports as report_answers  # noqa: PLC0415

    rows = report_answers.listed(profile(namespace))
    if namespace.json:
        print(json.dumps(rows, indent=2))  # noqa: T201
        return OK
    for row in rows:
        print(f"{row['id']}  {row['made']}  {row['title']}")  # noqa: T201
    return OK


def _out(namespace: argparse.Namespace) -> Path:
    return Path(namespace.out).expanduser()


def _told(answer: dict[str, Any]) -> int:
    """The file's SHA-256 and its place, as `sha256sum` prints them."""
    print(f"{answer['sha256']}  {answer['path']}")  # noqa: T201
    if answer["note"]:
        print(answer["note"], file=sys.stderr)  # noqa: T201
    return OK
