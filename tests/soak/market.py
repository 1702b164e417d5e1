"""The market of an endurance run: a gold price that walks to where it is sent, at two venues."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.fakes.tws.market import Listed
from tests.fakes.tws.market import Market as TwsMarket
from tests.fakes.yahoo import FakeYahoo
from tests.fakes.yahoo_market import Market, Row

HIGH, LOW = 377.0, 338.0
"""LTVs of 67.6 and 75.4 %, by the soak's loan: between them lie the lines at 70 and 75 %."""

STEP = 0.01
"""How far the price goes in a second at most: further would be held for an outlier."""


class Walk:
    """Moves GLD each second a little and towards `target`; both venues are told."""

    def __init__(self, yahoo: FakeYahoo, rng: random.Random) -> None:
        self._yahoo, self._rng = yahoo, rng
        self.target = HIGH
        yahoo.markets["GLD"].price = HIGH

    def go(self) -> None:
        """One second's move."""
        gld = self._yahoo.markets["GLD"]
        way = max(-STEP, min(STEP, self.target / gld.price - 1))
        gld.price = round(gld.price * (1 + way) + self._rng.uniform(-0.05, 0.05), 2)
        gld.bid, gld.ask = round(gld.price - 0.03, 2), round(gld.price + 0.03, 2)
        self._yahoo.tick("GLD", price=gld.price, time=gld.epoch() * 1000, bid=gld.bid, ask=gld.ask)


@contextmanager
def walking(walk: Walk) -> Iterator[None]:
    """The price moves until the end."""
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(1.0):
            walk.go()

    thread = threading.Thread(target=run, name="walk")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def tws_market(market: Market) -> TwsMarket:
    """TWS lists what Yahoo lists, so that an order for a row of one is known to the other."""
    stock = Listed(9001, "GLD", "STK", primary="ARCA", local_symbol="GLD", trading_class="GLD")
    rows = [(day, row) for day, rows in market.chains.items() for row in rows]
    options = tuple(_listed(100_001 + n, day, row) for n, (day, row) in enumerate(rows))
    made = TwsMarket(Decimal(str(market.price)), datetime.now(UTC).date(), stock, options)
    for option, (_, row) in zip(options, rows, strict=True):
        made.set_quote(option.con_id, str(row["bid"]), str(row["ask"]), 40, 30)
    return made


def _listed(con_id: int, expiry: date, row: Row) -> Listed:
    right = "P" if row["contractSymbol"][-9] == "P" else "C"
    strike = Decimal(str(row["strike"]))
    local = f"GLD   {expiry:%y%m%d}{right}{int(strike * 1000):08d}"
    return Listed(
        con_id, "GLD", "OPT", f"{expiry:%Y%m%d}", strike, right, "100", "SMART", "", "USD",
        local, "GLD",
    )  # fmt: skip
