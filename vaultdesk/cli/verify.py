"""`vaultdesk verify`: whether the audit log, and orders and trades with it, are as written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from vaultdesk.cli.reading import BAD_INPUT, FAILED, OK, profile
from vaultdesk.ports import StorageError

if TYPE_CHECKING:
    import argparse

    from vaultdesk.storage.audit_check import Checked


def add(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the command to the parser's."""
    verify = commands.add_parser(
        "verify",
        help="find the first altered record of orders and audit log",
        description="Looks through the audit log, and compares orders, trades and positions "
        "entered by hand with it. Nothing is written; the desk may be open.",
        parents=[common],
    )
    verify.set_defaults(command=_verify)


def _verify(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.parts import DATABASE  # noqa: PLC0415
    from vaultdesk.storage.audit_check import check_file  # noqa: PLC0415

    try:
        found = check_file(profile(namespace).home / DATABASE)
    except StorageError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return BAD_INPUT
    print(_told(found))  # noqa: T201
    return FAILED if found.fault else OK


def _told(found: Checked) -> str:
    """The answer, a line each; times are UTC as the log has them."""
    lines = [f"{found.entries:,} entries are as they were written"]
    if found.entries:
        lines[0] += f", from {found.first} to {found.last}"
    if found.fault:
        return "\n".join([*lines, found.fault])
    lines.append(f"whole; orders: {found.orders:,}, trades: {found.trades:,}")
    if found.entries:
        lines.append(f"seal of the last entry: {found.seal}")
    return "\n".join(lines)
