"""A fake Yahoo on loopback that the unmodified client reaches through environment variables alone.

In a test: `with serving() as yahoo, yahoo.environment(): …`. By hand, for a whole program:
`python -m tests.fakes.yahoo` prints the variables to set and reads commands from standard input.
"""

import argparse
import asyncio
import random
import shlex
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tests.fakes import yahoo_market
from tests.fakes.yahoo_faults import Fault
from tests.fakes.yahoo_market import Market
from tests.fakes.yahoo_server import PATIENCE, FakeYahoo, start

__all__ = ["FakeYahoo", "Fault", "Market", "ShiftedClock", "forget_the_session", "serving"]


class ShiftedClock:
    """The wall clock, shifted by what a test adds."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


def forget_the_session() -> None:
    """Bring the client into the state of a new installation."""
    import yfinance.data  # noqa: PLC0415
    from yfinance.cache import get_cookie_cache, get_tz_cache  # noqa: PLC0415

    from vaultdesk.adapters.yahoo import client  # noqa: PLC0415

    yfinance.data.SingletonMeta._instances.clear()
    client._session.cache_clear()
    get_cookie_cache().store("curlCffi", None)
    get_tz_cache().store("GLD", None)


@contextmanager
def serving(*markets: Market) -> Iterator[FakeYahoo]:
    """A fake Yahoo with these markets, by default a generated GLD, in a thread of its own."""
    yahoo = FakeYahoo()
    loop = yahoo.loop
    thread = threading.Thread(target=loop.run_forever, name="fake Yahoo", daemon=True)
    thread.start()
    stop = asyncio.run_coroutine_threadsafe(start(yahoo), loop).result(PATIENCE)
    yahoo.reset(*markets or (yahoo_market.generated_gld(datetime.now(UTC).date()),))
    try:
        yield yahoo
    finally:
        yahoo.release()
        asyncio.run_coroutine_threadsafe(stop(), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()


def main() -> None:
    """Serve until the input ends; commands: a fault's name (on or off), `none`, `price 371.2`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fault", action="append", type=Fault, default=[], choices=list(Fault))
    parser.add_argument("--delay", type=float, default=5.0, help="seconds a slow answer takes")
    parser.add_argument("--generated", action="store_true", help="not the recorded GLD chain")
    options = parser.parse_args()
    with serving(*yahoo_market.for_a_program(generated=options.generated)) as yahoo:
        yahoo.faults, yahoo.delay = set(options.fault), options.delay
        for name, value in yahoo.variables().items():
            print(f"export {name}={shlex.quote(value)}", flush=True)  # noqa: T201
        stop = threading.Event()
        threading.Thread(target=_walk, args=(yahoo, stop), daemon=True).start()
        for line in sys.stdin:
            print(_obeyed(yahoo, line.split()), file=sys.stderr, flush=True)  # noqa: T201
        stop.set()


def _walk(yahoo: FakeYahoo, stop: threading.Event) -> None:
    """Move GLD's price a little each second, and stream it."""
    gld, rng = yahoo.markets["GLD"], random.Random(1)  # noqa: S311
    while not stop.wait(1.0):
        gld.price = round(gld.price * (1 + rng.gauss(0, 0.0002)), 2)
        gld.bid, gld.ask = round(gld.price - 0.03, 2), round(gld.price + 0.03, 2)
        if Fault.STREAM_SILENT not in yahoo.faults:
            yahoo.tick("GLD", price=gld.price, time=gld.epoch() * 1000, bid=gld.bid, ask=gld.ask)


def _obeyed(yahoo: FakeYahoo, words: list[str]) -> str:
    match words:
        case ["price", price]:
            yahoo.markets["GLD"].price = float(price)
        case ["none"]:
            yahoo.faults.clear()
            yahoo.release()
        case [name] if name in list(Fault):
            yahoo.faults ^= {Fault(name)}
    return f"faults {sorted(map(str, yahoo.faults))}, requests {dict(yahoo.paths)}"


if __name__ == "__main__":
    main()
