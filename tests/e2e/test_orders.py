"""One click from the chain to the broker: filled, held, covered; and never lost by a kill -9."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.desktop import until
from tests.e2e.program import App
from tests.fakes.tws import FakeTws, Fault, Served, gld_market, in_thread

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("loan_home")]

STALL = """
CREATE TABLE stall (x INTEGER);
INSERT INTO stall WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5000)
  SELECT x FROM n;
CREATE TRIGGER stalled BEFORE {event} ON orders {when}
  BEGIN SELECT count(*) FROM stall a, stall b, stall c; END;
"""
"""Keeps the database busy for hours at one write: time enough for a kill -9 in the middle of it."""


@pytest.fixture
def tws() -> Iterator[Served]:
    """TWS with one paper account, whose orders work until the test fills them."""
    market = gld_market("350.00", datetime.now(UTC).date(), months=2)
    with in_thread(lambda: FakeTws(market=market)) as served:
        yield served


@pytest.fixture
def database(own_home: Path) -> Path:
    """The profile's database."""
    return own_home / "desk.db"


def at_tws(launch: Launch, tws: Served) -> App:
    """A desk whose market and broker are TWS, connected and compared."""
    desk = launch("--broker", "ibkr", "--feed", "ibkr", "--ibkr-port", str(tws.port))
    desk.key("Alt+1")
    desk.wait_text("broker.state", "(?i)ready")
    return desk


def previewed(desk: App, contracts: int = 1) -> None:
    """Orders are switched on, and puts of the shown chain are ready to be sent."""
    desk.click("broker.connect")
    desk.wait_text("broker.mode", "PAPER")
    desk.key("ctrl+3")
    desk.wait_text("chain.status", r"\d+ contracts")
    desk.focus("chain.table")
    desk.key("o")
    desk.wait_text("orders.title", "put")
    if contracts > 1:
        desk.type("orders.quantity", str(contracts))
    desk.click("orders.preview")
    desk.wait("orders.place", "enabled")


def states(database: Path) -> list[tuple[str, str]]:
    """Ref and state of every order in the database."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return list(connection.execute("SELECT ref, state FROM orders ORDER BY number"))


def trades(database: Path) -> list[tuple[str, str]]:
    """Id and quantity of every trade in the ledger."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return list(connection.execute("SELECT exec_id, quantity FROM order_executions"))


def stalls(database: Path, event: str, when: str = "") -> None:
    """Have the database take hours over the next write of this kind."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        connection.executescript(STALL.format(event=event, when=when))


def goes_on(database: Path) -> None:
    """The database is itself again."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        connection.executescript("DROP TRIGGER stalled; DROP TABLE stall;")


def test_one_click_is_one_order_filled_held_and_covering(
    launch: Launch, tws: Served, database: Path
) -> None:
    desk = at_tws(launch, tws)
    previewed(desk)
    assert re.search(r"\d", desk.text("orders.commission"))
    desk.click("orders.place")
    tws.wait(lambda it: it.orders_received() == 1)
    desk.wait_text("orders.status", "1 open")
    ((ref, _),) = states(database)
    tws.do(lambda it: it.fill(ref))
    until(lambda: states(database) == [(ref, "filled")], "the order being filled")
    desk.wait_cell("orders.table", "Filled")
    desk.key("Alt+2")
    desk.wait_cell("positions.table", "put")
    desk.wait_cell("positions.table", "agrees")
    assert "100 shares" in desk.facts("positions.coverage")["name"]
    assert tws.do(lambda it: it.orders_received()) == 1
    assert [quantity for _, quantity in trades(database)] == ["1"]


@pytest.mark.parametrize("moment", ["INSERT", "UPDATE"])
def test_a_click_whose_order_never_left_the_desk_is_not_sent_later(
    launch: Launch, tws: Served, database: Path, moment: str
) -> None:
    """Killed before the intent is on disk, and after it, before a byte of it was sent."""
    desk = at_tws(launch, tws)
    previewed(desk)
    stalls(database, moment, "WHEN NEW.state = 'sending'" if moment == "UPDATE" else "")
    desk.click("orders.place")
    if moment == "UPDATE":
        until(lambda: states(database), "the intent being on disk")
        ((ref, state),) = states(database)
        assert state == "confirmed"
    desk.end()
    goes_on(database)
    desk = at_tws(launch, tws)
    if moment == "INSERT":
        desk.wait("orders.empty")
        assert states(database) == []
    else:
        desk.wait_cell("orders.table", "Rejected")
        until(lambda: states(database) == [(ref, "rejected")], "the order being rejected")
    assert tws.do(lambda it: it.orders_received()) == 0


@pytest.mark.parametrize("moment", ["sent", "working", "partly filled"])
def test_an_order_that_reached_the_broker_is_found_again_and_filled_once(
    launch: Launch, tws: Served, database: Path, moment: str
) -> None:
    """Killed before the broker's answer, after it, and between two fills."""
    desk = at_tws(launch, tws)
    previewed(desk, contracts=2)
    if moment == "sent":
        tws.do(lambda it: it.faults.add(Fault.SILENT_ORDERS))
    desk.click("orders.place")
    tws.wait(lambda it: it.orders_received() == 1)
    ((ref, _),) = states(database)
    if moment != "sent":
        desk.wait_cell("orders.table", "Working")
    if moment == "partly filled":
        tws.do(lambda it: it.fill(ref, "1"))
        desk.wait_cell("orders.table", "1 of 2")
    desk.end()
    tws.do(lambda it: it.faults.clear())
    if moment == "sent":
        desk = at_tws(launch, tws)
        desk.wait_cell("orders.table", "Working")
        tws.do(lambda it: it.fill(ref))
    else:
        tws.do(lambda it: it.fill(ref))
        desk = at_tws(launch, tws)
    desk.wait_cell("orders.table", "2 of 2")
    until(lambda: states(database) == [(ref, "filled")], "the order being filled")
    ledger = trades(database)
    assert sum(int(quantity) for _, quantity in ledger) == 2
    assert len(ledger) == len(tws.do(lambda it: list(it.executions)))
    assert tws.do(lambda it: (it.orders_received(), len(it.orders_with(ref)))) == (1, 1)
