"""The fake TWS as a process of its own: it serves until it is told to stop."""

import argparse
import asyncio
import signal
from datetime import UTC, date, datetime
from pathlib import Path

from tests.fakes.tws.faults import Fault, Policy
from tests.fakes.tws.market import gld_market
from tests.fakes.tws.server import FakeTws


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, help="the journal, in lines of JSON")
    parser.add_argument("--policy", default="work", choices=[each.name.lower() for each in Policy])
    parser.add_argument(
        "--fault", action="append", default=[], choices=[each.name.lower() for each in Fault]
    )
    parser.add_argument("--account", action="append", default=[])
    parser.add_argument("--next-id", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, help="the day of the listing")
    return parser.parse_args()


async def serve(chosen: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    tws = FakeTws(
        accounts=tuple(chosen.account) or ("DU1234567",),
        market=gld_market(today=chosen.today or datetime.now(UTC).date()),
        policy=Policy[chosen.policy.upper()],
        port=chosen.port,
        state=chosen.state,
        next_id=chosen.next_id,
    )
    tws.faults.update(Fault[name.upper()] for name in chosen.fault)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with tws:
        print(f"listening on {tws.host}:{tws.port}", flush=True)  # noqa: T201 - the caller reads it
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
