"""Options that expire at the desk paper: exercised, assigned or worthless, as at a real broker."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.adapters.paper.rig import (
    CASH,
    EXPIRY,
    PUT,
    SHARE,
    Desk,
    buy,
    combo,
    new_york,
    offline,
    option,
    order,
    sell,
)
from vaultdesk.core.calendar import Sessions, weekday_sessions
from vaultdesk.core.market import DailyClose, Right
from vaultdesk.core.orders.broker import ExecutionTold, Standing
from vaultdesk.core.orders.draft import Tif
from vaultdesk.core.positions.ledger import ledger

D = Decimal
OVER = new_york(9, 18, 16)


def closed(price: str, day: date = EXPIRY) -> list[DailyClose]:
    return [DailyClose(day - timedelta(days=1), D("999")), DailyClose(day, D(price))]


async def held(right: Right, *, sold: bool, cash: Decimal = CASH) -> Desk:
    """Two contracts struck at 350, bought at 3.20 or sold at 3.10."""
    desk = await Desk(cash=cash).start()
    one = option(350, right)
    desk.market.show(one, "3.10", "3.20")
    desk.market.show(SHARE, "350.00", "350.02")
    await desk.place("a", sell(one, 2, "3.10") if sold else buy(one, 2, "3.20"))
    await desk.later()
    assert desk.standings[-1] == ("a", "filled", 2)
    desk.told.clear()
    return desk


@pytest.mark.parametrize(
    ("right", "sold", "close", "contracts", "shares"),
    [
        ("P", False, "340.00", -2, -200),  # exercised into shares that are not there
        ("P", False, "349.99", -2, -200),  # by a cent
        ("P", False, "350.00", -2, 0),
        ("P", False, "351.00", -2, 0),
        ("P", True, "340.00", 2, 200),  # assigned
        ("P", True, "350.00", 2, 0),
        ("C", False, "360.00", -2, 200),
        ("C", False, "350.00", -2, 0),
        ("C", True, "360.00", 2, -200),
        ("C", True, "349.00", 2, 0),
    ],
)
async def test_what_is_in_the_money_by_a_cent_becomes_shares_at_the_strike(
    right: Right, sold: bool, close: str, contracts: int, shares: int
) -> None:
    desk = await held(right, sold=sold)
    before = (await desk.broker.snapshot()).accounts[0].cash
    desk.closes, desk.clock.time = closed(close), OVER
    await desk.broker.look()
    expected = [(option(350, right).key, contracts, D(0))]
    expected += [("GLD", shares, D(350))] if shares else []
    assert desk.fills == expected
    snapshot = await desk.broker.snapshot()
    assert before is not None
    assert snapshot.accounts[0].cash == before - 350 * shares
    assert snapshot.positions == ledger(snapshot.executions)
    assert [(one.instrument, int(one.quantity)) for one in snapshot.positions] == (
        [(SHARE, shares)] if shares else []
    )
    trades = [told.execution for told in desk.of(ExecutionTold)]
    assert {trade.commission for trade in trades} == {D(0)}
    assert {trade.ref for trade in trades} == {""}
    assert len({trade.exec_id for trade in snapshot.executions}) == len(snapshot.executions)


async def test_a_put_exercised_into_a_short_has_the_margin_of_one() -> None:
    desk = await held("P", sold=False)
    desk.closes, desk.clock.time = closed("340.00"), OVER
    await desk.broker.look()
    desk.clock.time = new_york(9, 21, 10)
    desk.market.show(SHARE, "340.00", "340.02")
    await desk.later(61)
    account = (await desk.broker.snapshot()).accounts[0]
    short = 200 * D("340.01")
    assert account.cash == CASH - 640 - D("1.30") + 70_000
    assert account.equity == account.cash - short
    assert (account.initial_margin, account.maintenance_margin) == (short / 2, short * D("0.3"))


async def test_nothing_is_settled_before_the_close_or_by_another_days() -> None:
    desk = await held("P", sold=False)
    desk.closes = closed("340.00")
    desk.clock.time = OVER - timedelta(seconds=1)
    await desk.broker.look()
    assert desk.fills == []
    desk.closes, desk.clock.time = closed("340.00", EXPIRY - timedelta(days=1)), OVER
    await desk.broker.look()
    assert desk.fills == []
    (note,) = desk.notes
    assert "settled once GLD's close of that day is told" in note[1]
    desk.closes = closed("340.00")
    desk.clock.advance(30)
    await desk.broker.look()
    assert desk.fills == []  # the source is asked once a minute
    desk.clock.advance(31)
    await desk.broker.look()
    assert len(desk.fills) == 2


async def test_a_source_without_closes_leaves_the_position_and_says_why_once() -> None:
    desk = await held("P", sold=False)
    desk.closes, desk.clock.time = offline(), OVER
    for _ in range(3):
        await desk.broker.look()
        desk.clock.advance(61)
    assert desk.fills == []
    (note,) = desk.notes
    assert note[1].endswith("is not settled yet: GLD cannot be reached: check the connection.")


async def test_an_expiry_that_passed_while_the_desk_was_off_is_settled_once() -> None:
    desk = await held("P", sold=False)
    desk.closes = [*closed("340.00"), DailyClose(date(2026, 9, 21), D("1000"))]
    desk.clock.time = new_york(12, 1, 12)
    await desk.restart()
    await desk.broker.look()
    assert len(desk.fills) == 2
    lines = list(desk.disk.lines)
    await desk.restart()
    await desk.broker.look()
    assert desk.fills == []
    assert desk.disk.lines == lines


async def test_on_a_half_day_options_end_with_the_session() -> None:
    days = weekday_sessions(date(2026, 6, 1), date(2027, 2, 1))
    early = tuple(
        close - timedelta(hours=3) if close.date() == EXPIRY else close for close in days.closes
    )
    desk = await held("P", sold=False)
    desk.sessions = Sessions(days.opens, early)
    desk.closes, desk.clock.time = closed("340.00"), new_york(9, 18, 13)
    await desk.broker.look()
    assert len(desk.fills) == 2


async def test_an_expiry_on_a_day_without_a_session_is_settled_by_the_session_before() -> None:
    desk = await held("P", sold=False)
    days = weekday_sessions(date(2026, 6, 1), date(2027, 2, 1))
    traded = [i for i, close in enumerate(days.closes) if close.date() != EXPIRY]
    desk.sessions = Sessions(
        tuple(days.opens[i] for i in traded), tuple(days.closes[i] for i in traded)
    )
    desk.closes = [DailyClose(EXPIRY - timedelta(days=1), D("340.00"))]
    desk.clock.time = new_york(9, 17, 16)
    await desk.broker.look()
    assert [fill[1] for fill in desk.fills] == [-2, -200]


async def test_orders_for_what_has_expired_end_even_if_they_were_to_stay() -> None:
    desk = await held("P", sold=False)
    later = option(350, "P", date(2026, 12, 18))
    await desk.place("b", buy(option(350), 1, "1.00", Tif.GTC))
    await desk.place("c", buy(later, 1, "1.00", Tif.GTC))
    desk.closes, desk.clock.time = closed("360.00"), OVER
    await desk.broker.look()
    orders = {one.ref: one for one in (await desk.broker.snapshot()).orders}
    assert orders["b"].standing is Standing.CANCELLED
    assert "has expired" in orders["b"].text
    assert orders["c"].standing is Standing.WORKING
    await desk.broker.cancel(order("c", buy(later)))


async def test_a_spread_in_the_money_on_both_legs_leaves_no_shares() -> None:
    desk = await Desk().start()
    desk.market.show(PUT, "3.10", "3.20")
    desk.market.show(option(345), "6.10", "6.20")
    await desk.place("a", combo((option(345), 1), (PUT, -1), quantity=3))
    await desk.later()
    desk.market.show(SHARE, "350.00", "350.02")
    await desk.later()
    assert desk.standings[-1] == ("a", "filled", 3)
    paid = 300 * D("3.10") + D("3.90")
    desk.closes, desk.clock.time = closed("300.00"), OVER
    await desk.broker.look()
    snapshot = await desk.broker.snapshot()
    assert snapshot.positions == ()
    assert snapshot.accounts[0].cash == CASH - paid + 300 * 10  # the width of the strikes
