"""`vaultdesk health`: whether the desk still watches, for a human or for what watches the desk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from vaultdesk.cli.reading import FAILED, OK, profile

if TYPE_CHECKING:
    import argparse


def add(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the command to the parser's."""
    health = commands.add_parser(
        "health",
        help="whether prices are fresh and alerts watched",
        description="Reads what the desk wrote down, whether it is open or not; nothing is "
        "written. Exit code 0 is well, 1 stale or failing, 2 a wrong command.",
        parents=[common],
    )
    health.add_argument("--json", action="store_true", help="as JSON, the same as /health tells")
    health.set_defaults(command=_health)


def _health(namespace: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415

    from vaultdesk.app.health.outside import health_outside  # noqa: PLC0415
    from vaultdesk.app.health.told import told  # noqa: PLC0415

    health = asyncio.run(health_outside(profile(namespace)))
    if namespace.json:
        print(msgspec.json.format(msgspec.json.encode(health), indent=2).decode())  # noqa: T201
    else:
        print(told(health))  # noqa: T201
    return OK if health.status == "ok" else FAILED
