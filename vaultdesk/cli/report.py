"""`vaultdesk report`: documents of what was decided, as PDF files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaultdesk.cli.reading import OK

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
    decision.add_argument("--out", required=True, metavar="FILE", help="a .pdf file")
    decision.set_defaults(command=_decision)


def _decision(namespace: argparse.Namespace) -> int:
    from vaultdesk.app import hedge_file  # noqa: PLC0415
    from vaultdesk.app.reports import save_report  # noqa: PLC0415

    record = hedge_file.read(Path(namespace.record).expanduser())
    path = Path(namespace.out).expanduser()
    print(f"{save_report(record, path)}  {path}")  # noqa: T201
    return OK
