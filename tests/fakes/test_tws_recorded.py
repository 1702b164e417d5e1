"""What the fake TWS says beside recorded messages of a real one, field by field."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.fakes.tws import gld_market
from tests.fakes.tws.frame import written
from tests.fakes.tws.market import Listed
from tests.fakes.tws.messages import Message, account_value_multi, details, portfolio, position
from tests.fakes.tws.order_messages import commission, completed_order, execution, open_order
from tests.fakes.tws.order_messages import order_status as status_of
from tests.fakes.tws.records import BrokerOrder, Execution, Position

pytestmark = pytest.mark.recorded

APPLE = Listed(265598, "AAPL", "STK", local_symbol="AAPL", trading_class="NMS")
TESLA = Listed(76792991, "TSLA", "STK", exchange="NASDAQ", local_symbol="TSLA",
               trading_class="NMS")  # fmt: skip
ZERO = {"0", "0.0"}


def order(**fields: object) -> BrokerOrder:
    made = BrokerOrder(100, 1001, 1377295418, "", "DU1236109", APPLE, (), "BUY", Decimal(100),
                       "LMT", Decimal("1.0"), "DAY", "PreSubmitted")  # fmt: skip
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def differing(recorded: Path, ours: Message, *start: str) -> dict[int, tuple[str, str]]:
    """Where the message differs from the recorded one with as many fields that starts so."""
    said = [written(field) for field in ours]
    text = (recorded / "ibkr/tws-wire-messages.txt").read_text(encoding="utf-8")
    messages = [line.removesuffix("|").split("|") for line in text.splitlines()]
    theirs = next(
        fields
        for fields in messages
        if len(fields) == len(said) and fields[: len(start)] == list(start)
    )
    pairs = enumerate(zip(said, theirs, strict=True))
    return {place: pair for place, pair in pairs if pair[0] != pair[1] and not set(pair) <= ZERO}


def test_an_open_order(recorded: Path) -> None:
    found = differing(recorded, open_order(order()), "5", "1001", "265598")
    assert found == {114: ("1.0", "2.0")}, "the price of a trail, which the desk never sets"


def test_a_completed_order(recorded: Path) -> None:
    done = order(order_type="MKT", limit=None, status="Filled", account="DU1234567")
    found = differing(recorded, completed_order(done, zone=True), "101", "265598")
    assert set(found) == {78, 81, 94}, "how it was randomised, trailed, and its time"


def test_an_orders_status(recorded: Path) -> None:
    made = order(status="Submitted", perm_id=123456)
    assert differing(recorded, status_of(made), "3", "1001", "Submitted") == {}


def test_an_execution_and_its_commission(recorded: Path) -> None:
    at = datetime(2023, 2, 24, 17, 4, 56, tzinfo=UTC)
    price = Decimal("201.94")
    made = Execution("00025b46.63f8f39c.01.01", "", 5, 100, 600745656, "DU1234567", APPLE, "BOT",
                     Decimal(100), price, Decimal(100), price, at, Decimal("1.0"))  # fmt: skip
    found = differing(recorded, execution(-1, made, zone=False), "11", "-1", "5")
    assert set(found) == {10, 14, 15, 17}, "exchange, id, time, exchange"
    assert len(found[15][0]) == len(found[15][1])
    assert len(commission(made)) == 8


def test_positions_and_account_values(recorded: Path) -> None:
    held = Position("DU1234567", TESLA, Decimal(500), Decimal("196.77"))
    assert differing(recorded, position(held), "61", "3", "DU1234567", "76792991") == {}
    assert len(portfolio(held, Decimal(200))) == 20
    value = account_value_multi(9000, "DU1234567", "CashBalance", "94629.71", "USD")
    assert differing(recorded, value, "73", "1", "9000", "DU1234567", "", "CashBalance") == {}


def test_contract_details(recorded: Path) -> None:
    listed = Listed(265598, "AAPL", "STK", exchange="NASDAQ", primary="NASDAQ",
                    local_symbol="AAPL", trading_class="NMS")  # fmt: skip
    found = differing(recorded, details(9000, listed, gld_market()), "10", "9000", "AAPL", "STK")
    names = {11, 15, 16, 17, 19, 22, 23, 24, 26, 27, 31, 34, 36}
    assert set(found) == names, "what the security is, not how it is written"
