"""Rows, numbers and times as TWS writes them, and as nobody should."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, strategies

from vaultdesk.adapters.ibkr import answers, figures, wire
from vaultdesk.adapters.ibkr.contracts import day_of, instrument_of, is_standard
from vaultdesk.adapters.ibkr.greeting import Greeting
from vaultdesk.adapters.ibkr.holdings import account_of
from vaultdesk.adapters.ibkr.link import Link
from vaultdesk.adapters.ibkr.reading import Reading
from vaultdesk.adapters.ibkr.wire import (
    CommissionRow,
    ContractRow,
    ErrorRow,
    ExecutionRow,
    StatusRow,
    UnreadRow,
)
from vaultdesk.core.orders.broker import OrderTold, Standing

FIELDS = strategies.lists(strategies.text(max_size=12), max_size=40)


@given(strategies.sampled_from(sorted(wire.READERS)), FIELDS)
def test_any_fields_make_a_row_and_never_an_error(kind: int, fields: list[str]) -> None:
    row = wire.row([str(kind), *fields])
    if isinstance(row, UnreadRow):
        assert (row.kind, row.number) == (kind, fields[0] if fields else "")
        assert row.why


@given(
    strategies.text(max_size=30) | strategies.floats().map(repr) | strategies.decimals().map(str)
)
@example("1E+50")
@example("1E-5000")
@example("sNaN")
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = figures.given(text)
    assert number is None or (number.is_finite() and abs(number) < figures.UNSET)


@pytest.mark.parametrize(
    "text",
    ["", " ", "[]", "1.7976931348623157E308", "1.7976931348623157e+308", "NaN", "inf", "-Infinity"],
)
def test_what_is_not_given_is_no_number(text: str) -> None:
    assert figures.given(text) is None


def test_minus_one_is_no_amount_and_a_loss_of_a_dollar_is_one() -> None:
    assert figures.amount("-1") is None
    assert figures.amount("-1.00") == -1
    assert figures.amount("0.00") == 0


@given(
    strategies.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    strategies.integers(-48, 56),
    strategies.floats(-400, 400),
)
def test_the_zone_of_tws_is_measured(local: datetime, quarters: int, late_s: float) -> None:
    offset = timedelta(minutes=15 * quarters)
    local = local.replace(microsecond=0)
    server = (local - offset).replace(tzinfo=UTC) + timedelta(seconds=late_s)
    zone = figures.zone_of(f"{local:%Y%m%d %H:%M:%S} Mitteleuropäische Zeit", server)
    assert zone == timezone(offset)
    assert zone is not None
    text = f"{local:%Y%m%d  %H:%M:%S}"
    assert figures.moment(text, zone) == (local - offset).replace(tzinfo=UTC)


@pytest.mark.parametrize("greeting", ["", "hello", "20260710", "20269999 11:00:00 EST"])
def test_a_greeting_without_a_time_gives_no_zone(greeting: str) -> None:
    assert figures.zone_of(greeting, datetime(2026, 7, 10, 15, tzinfo=UTC)) is None


def test_a_greeting_of_another_day_gives_no_zone() -> None:
    server = datetime(2026, 7, 10, 15, tzinfo=UTC)
    assert figures.zone_of("20260708 15:00:00 UTC", server) is None


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("20260710 11:00:00 America/New_York", "15:00"),
        ("20260710 11:00:00 US/Eastern", "15:00"),
        ("20260710 17:00:00 Europe/Zurich", "15:00"),
        ("20260710-15:00:00", "15:00"),
        ("20260710 15:00:00 UTC", "15:00"),
        ("20260710  11:00:00", "09:00"),
        ("20260710 11:00:00", "09:00"),
        ("20260710 11:00:00 EST", "09:00"),
        ("20260710 11:00:00 中国标准时间", "09:00"),
        ("20260710 11:00:00 Nowhere/Atall", "09:00"),
        ("20260710 11:00:00 ../../etc", "09:00"),
    ],
)
def test_a_time_with_a_zone_is_in_it_and_without_in_that_of_tws(text: str, utc: str) -> None:
    at = figures.moment(text, timezone(timedelta(hours=2)))
    assert (at.tzinfo, f"{at:%Y-%m-%d %H:%M}") == (UTC, f"2026-07-10 {utc}")


@given(strategies.text(max_size=30) | strategies.from_regex(figures._TIME))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        at = figures.moment(text, UTC)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either is right
    else:
        assert at.tzinfo is UTC


@pytest.mark.parametrize(
    ("exec_id", "split"),
    [
        ("0000e0d5.67fe667b.01.01", ("0000e0d5.67fe667b.01", 1)),
        ("0000e0d5.67fe667b.01.02", ("0000e0d5.67fe667b.01", 2)),
        ("U+2_123", ("U+2_123", 0)),
        ("a.b", ("a.b", 0)),
        (".1", (".1", 0)),
        ("x.²", ("x.²", 0)),
    ],
)
def test_a_correction_has_the_name_of_what_it_corrects(
    exec_id: str, split: tuple[str, int]
) -> None:
    assert answers.split(exec_id) == split


@pytest.mark.parametrize(
    ("status", "over", "standing"),
    [
        ("PreSubmitted", False, Standing.WORKING),
        ("PendingCancel", False, Standing.WORKING),
        ("Filled", False, Standing.FILLED),
        ("ApiCancelled", False, Standing.CANCELLED),
        ("Inactive", False, Standing.WORKING),
        ("Inactive", True, Standing.REJECTED),
        ("Dreaming", False, None),
    ],
)
def test_what_a_status_means(status: str, over: bool, standing: Standing | None) -> None:
    assert answers.standing_of(status, over=over) is standing


WORDS = strategies.one_of(
    strategies.builds(
        StatusRow,
        order_id=strategies.just(5),
        perm_id=strategies.sampled_from([0, 900]),
        client_id=strategies.just(17),
        status=strategies.sampled_from(["PreSubmitted", "Submitted", "Inactive", "PendingCancel"]),
        filled=strategies.integers(0, 2).map(Decimal),
        remaining=strategies.just(Decimal(1)),
    ),
    strategies.builds(
        ErrorRow,
        strategies.sampled_from([5, 6, -1]),
        strategies.sampled_from([399, 404, 2161, 10147, 10148, 10349, 202, 1100, 99_999]),
        strategies.text(max_size=5),
    ),
)


@given(strategies.lists(WORDS, max_size=12))
def test_no_note_in_any_order_ends_an_order(rows: list[wire.Row]) -> None:
    reading = Reading(17)
    reading.sent("VD-1", 5)
    told = [reading.told(row, datetime(2026, 7, 10, tzinfo=UTC), UTC) for row in rows]
    orders = [word.order for word in told if isinstance(word, OrderTold)]
    assert {order.standing for order in orders} <= {Standing.WORKING}
    assert {order.ref for order in orders} <= {"VD-1"}
    assert all(one != other for one, other in pairwise(orders))


def _contract(**changes: str) -> ContractRow:
    named = {
        "con_id": "1", "symbol": "GLD", "sec_type": "OPT", "expiry": "20261218", "strike": "350.0",
        "right": "P", "multiplier": "100", "currency": "USD", "trading_class": "GLD",
    }  # fmt: skip
    return ContractRow(**{**named, **changes})


def test_an_option_is_named_as_the_desk_names_it() -> None:
    instrument = instrument_of(_contract())
    assert (instrument.key, instrument.multiplier) == ("GLD 2026-12-18 350 P", 100)
    assert instrument_of(_contract(right="CALL")).right == "C"
    assert instrument_of(_contract(trading_class="GLD1")).key == "GLD 2026-12-18 350 P GLD1"
    assert instrument_of(_contract(sec_type="STK", trading_class="NMS")).key == "GLD"


@pytest.mark.parametrize(
    "changes",
    [
        {"sec_type": "BAG"},
        {"right": "?"},
        {"multiplier": ""},
        {"multiplier": "0"},
        {"multiplier": "1.5"},
        {"strike": "0"},
        {"strike": "x"},
        {"expiry": "2026"},
        {"expiry": "20261318"},
    ],
)
def test_what_has_no_name_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        instrument_of(_contract(**changes))


def test_classes_of_a_share_with_a_dot_are_standard() -> None:
    assert is_standard("BRK B", "BRKB")
    assert is_standard("BRK.B", "BRKB")
    assert not is_standard("GLD", "2GLD")


def test_an_expiry_may_carry_an_hour() -> None:
    assert day_of("20261218 16:00 US/Eastern") == date(2026, 12, 18)


class _Value:
    def __init__(self, tag: str, value: str, currency: str, model: str = "") -> None:
        self.account, self.tag, self.value = "DU1", tag, value
        self.currency, self.modelCode = currency, model


def test_an_account_is_in_its_base_currency_and_blanks_are_none() -> None:
    values = [
        _Value("NetLiquidation", "100.50", "EUR"),
        _Value("NetLiquidation", "55.00", "EUR", model="Growth"),
        _Value("TotalCashValue", "20.00", "EUR"),
        _Value("TotalCashValue", "99.00", "BASE"),
        _Value("TotalCashValue", "22.00", "USD"),
        _Value("BuyingPower", "", "EUR"),
        _Value("InitMarginReq", "1.7976931348623157E308", "EUR"),
        _Value("MaintMarginReq", "-1", "EUR"),
    ]
    account = account_of("DU1", values, datetime(2026, 7, 10, tzinfo=UTC), "IBKR")
    assert (account.currency, account.equity, account.cash) == (
        "EUR",
        Decimal("100.5"),
        Decimal(20),
    )
    assert account.buying_power is account.initial_margin is account.maintenance_margin is None
    assert account.excess_liquidity is None


@given(strategies.lists(strategies.integers(1, 7), min_size=1))
def test_a_greeting_is_whole_however_it_is_cut(sizes: list[int]) -> None:
    message = "176\0" + "20260710 11:00:00 Greenwich Mean Time\0"
    data, greeting = len(message).to_bytes(4, "big") + message.encode(), Greeting()
    while data:
        for size in sizes:
            greeting.take(data[:size])
            data = data[size:]
    assert greeting.whole
    assert greeting.time == "20260710 11:00:00 Greenwich Mean Time"


@given(strategies.binary(max_size=400))
def test_any_bytes_are_no_error_of_the_greeting(data: bytes) -> None:
    greeting = Greeting()
    greeting.take(data)
    assert len(greeting.received) == len(data)


@pytest.mark.recorded
def test_rows_of_real_servers_are_read(recorded: Path) -> None:
    lines = (recorded / "ibkr" / "tws-wire-messages.txt").read_text(encoding="utf-8").splitlines()
    rows = [wire.row(fields[:-1]) for fields in (line.split("|") for line in lines)
            if fields[0].isdecimal() and int(fields[0]) in wire.READERS]  # fmt: skip
    kinds = {kind: [row for row in rows if isinstance(row, kind)] for kind in
             (StatusRow, ErrorRow, ExecutionRow, CommissionRow)}  # fmt: skip
    assert all(kinds.values()), {kind.__name__: len(found) for kind, found in kinds.items()}
    executions = [row for row in rows if isinstance(row, ExecutionRow)]
    at = {row.exec_id: figures.moment(row.time, timezone(timedelta(hours=1))) for row in executions}
    # the server greeted at 19:38:30 British Summer Time, a second before
    assert at["0000e0d5.67fe667b.01.01"] == datetime(2025, 4, 15, 18, 38, 31, tzinfo=UTC)
    assert at["0001f4e5.58bbad52.01.01"] == datetime(2025, 7, 8, 6, 35, tzinfo=UTC)


@pytest.mark.recorded
async def test_completed_orders_of_real_servers_are_read(recorded: Path) -> None:
    lines = (recorded / "ibkr" / "tws-wire-messages.txt").read_text(encoding="utf-8").splitlines()
    rows: list[wire.Row] = []
    link = Link(rows.append, lambda: None)
    link.ib.client.decoder.serverVersion = 176
    asked = link.ib.wrapper.startReq("completedOrders")
    for fields in (line.split("|")[:-1] for line in lines if line.startswith("101|")):
        link.ib.client.decoder.interpret(fields)
    asked.cancel()
    read = {row.perm_id: row for row in rows if isinstance(row, wire.CompletedRow)}
    assert read[1377295418].filled == 100
    assert read[616088517].text == "Cancelled by Trader"
    assert sum(isinstance(row, UnreadRow) for row in rows) == sum(
        line.startswith("101|") and len(line) < 100 for line in lines
    )
