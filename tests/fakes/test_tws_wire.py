"""The wire of the fake TWS: framing in pieces of any size, and orders as ib_insync writes them."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.tws import FakeTws
from tests.fakes.tws.frame import GREETING, Frames, encode, written
from tests.fakes.tws.requests import Leg, OrderRequest, market_data, order

TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=20)
MESSAGES = st.lists(st.lists(TEXT, min_size=1, max_size=8).map(tuple), max_size=6)
PRICES = st.decimals(Decimal(-50), Decimal(500), places=2).map(float)


@given(MESSAGES, st.data())
def test_messages_come_out_whole_however_the_bytes_are_cut(
    messages: list[tuple[str, ...]], data: st.DataObject
) -> None:
    stream = GREETING + b"".join(encode(message) for message in messages)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12).map(sorted))
    edges = [0, *cuts, len(stream)]
    frames = Frames()
    found = [fields for start, end in pairwise(edges) for fields in frames.feed(stream[start:end])]
    assert found == [list(message) for message in messages]


def test_who_does_not_greet_is_no_client() -> None:
    with pytest.raises(ValueError, match="TWS client"):
        list(Frames().feed(b"GET / HTTP/1.1"))


async def test_the_server_greets_with_its_version_and_new_yorks_time() -> None:
    at = datetime(2026, 3, 20, 14, 30, tzinfo=UTC)
    async with FakeTws(clock=lambda: at) as tws:
        reader, writer = await asyncio.open_connection(tws.host, tws.port)
        writer.write(GREETING + encode(("v157..176",)))
        length = int.from_bytes(await reader.readexactly(4))
        version, time, end = (await reader.readexactly(length)).decode().split("\0")
        assert (version, time[:17], end) == ("176", "20260320 10:30:00", "")
        writer.close()
        await writer.wait_closed()


def test_fields_are_written_as_tws_writes_them() -> None:
    fields = None, True, False, Decimal("1E+3"), Decimal("-0.40"), 7, "a"
    assert [written(field) for field in fields] == ["", "1", "0", "1000", "-0.40", "7", "a"]


async def sent(**requests: tuple[Any, ...]) -> dict[str, list[str]]:
    """What ib_insync's own client writes for these calls, as fields."""
    from ib_insync.client import Client  # noqa: PLC0415 - it wants an event loop when imported

    texts: list[str] = []

    class Written(Client):
        """A client whose messages end in a list."""

        def sendMsg(self, msg: str) -> None:  # noqa: N802 - the library's name
            texts.append(msg)

    client = Written(None)  # type: ignore[no-untyped-call]
    client.connState, client._serverVersion = Client.CONNECTED, 176
    for name, arguments in requests.items():
        getattr(client, name)(*arguments)
    return dict(zip(requests, (text.removesuffix("\0").split("\0") for text in texts), strict=True))


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of an ib_insync order, with and without all that comes between them on the wire."""
    extras = {
        "algoStrategy": "Adaptive",
        "hedgeType": "D",
        "hedgeParam": "1",
        "scalePriceIncrement": 0.05,
        "deltaNeutralOrderType": "MKT",
        "goodTillDate": "20261218 16:00:00",
    }
    chosen = draw(st.sets(st.sampled_from(sorted(extras))))
    return {
        "action": draw(st.sampled_from(["BUY", "SELL"])),
        "totalQuantity": draw(st.integers(1, 5000)),
        "orderType": "LMT",
        "lmtPrice": draw(PRICES),
        "tif": draw(st.sampled_from(["", "DAY", "GTC"])),
        "account": draw(st.sampled_from(["", "DU1234567"])),
        "orderRef": draw(TEXT),
        "whatIf": draw(st.booleans()),
        **{name: extras[name] for name in chosen},
    }


@given(
    orders(),
    st.lists(
        st.tuples(st.integers(1, 99), st.integers(1, 9), st.sampled_from(["BUY", "SELL"])),
        max_size=4,
    ),
    st.booleans(),
)
async def test_every_order_that_ib_insync_writes_is_read_back(
    fields: dict[str, Any], legs: list[tuple[int, int, str]], algorithm: bool
) -> None:
    from ib_insync import ComboLeg, Contract, Order, OrderComboLeg, TagValue  # noqa: PLC0415

    parts = [ComboLeg(con_id, ratio, action, "SMART") for con_id, ratio, action in legs]
    contract = Contract("BAG", symbol="GLD", exchange="SMART", comboLegs=parts)
    if not legs:
        contract = Contract("OPT", 5, "GLD", "20260417", 300.0, "P", exchange="SMART")
    made = Order(**fields)
    made.algoParams = [TagValue("adaptivePriority", "Normal")] if algorithm else []
    made.orderComboLegs = [OrderComboLeg(1.5) for _ in legs]
    made.smartComboRoutingParams = [TagValue("NonGuaranteed", "1")]
    message = (await sent(placeOrder=(17, contract, made)))["placeOrder"]
    read = order(message)
    assert read == OrderRequest(
        order_id=17,
        contract=read.contract,
        legs=tuple(Leg(*leg, "SMART") for leg in legs),
        action=fields["action"],
        quantity=Decimal(fields["totalQuantity"]),
        order_type="LMT",
        limit=Decimal(str(fields["lmtPrice"])),
        tif=fields["tif"],
        account=fields["account"],
        order_ref=fields["orderRef"],
        what_if=fields["whatIf"],
    )
    assert (read.contract.symbol, read.contract.sec_type) == ("GLD", "BAG" if legs else "OPT")
    assert (read.contract.con_id, read.contract.right) == ((0, "") if legs else (5, "P"))


@pytest.mark.parametrize("snapshot", [True, False])
async def test_a_request_for_data_of_a_combination_is_read_past_its_legs(snapshot: bool) -> None:
    from ib_insync import ComboLeg, Contract  # noqa: PLC0415

    parts = [ComboLeg(con_id, 1, "BUY", "SMART") for con_id in (5, 6)]
    of = Contract("BAG", symbol="GLD", comboLegs=parts)
    wanted: tuple[Any, ...] = (9, of, "100,101", snapshot, False, [])
    read = market_data((await sent(reqMktData=wanted))["reqMktData"])
    assert (read.req_id, read.contract.sec_type) == (9, "BAG")
    assert (read.generic, read.snapshot) == ("100,101", snapshot)
