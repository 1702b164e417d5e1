"""Orders and trades: kept once, written through, sealed, and read back as they were."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event, text

from tests.fakes.feed import START
from tests.fakes.orders import confirmation, execution, held, note, order
from tests.fakes.profiles import older
from vaultdesk.core.audit import FactKind
from vaultdesk.core.orders.broker import CommissionTold, Execution
from vaultdesk.core.orders.life import Order, OrderState
from vaultdesk.ports import OrderRefused, StorageError
from vaultdesk.storage.audit_check import check_file
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.database import MIGRATIONS, Database
from vaultdesk.storage.order_store import SqlOrderStore
from vaultdesk.storage.sealing import AT_ONCE

PAPER = "desk paper"
COMMISSION = CommissionTold(execution().exec_id, Decimal("40.95"), "USD")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "desk.db") as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> SqlOrderStore:
    return SqlOrderStore(database)


async def confirm(store: SqlOrderStore, *orders: Order) -> None:
    await store.confirm(orders, confirmation(*orders))


def fault(database: Database) -> str:
    assert database.path is not None
    return check_file(database.path).fault


async def test_an_order_comes_back_as_it_was_confirmed(store: SqlOrderStore) -> None:
    await confirm(store, order())
    assert await store.orders() == (order(),)


async def test_what_became_of_it_comes_back_and_its_facts_are_sealed(
    store: SqlOrderStore, database: Database
) -> None:
    await confirm(store, order())
    filled = replace(
        order(),
        state=OrderState.FILLED,
        changed_at=START + timedelta(microseconds=1),
        filled=Decimal(63),
        average=Decimal("-1.10"),
        commission=Decimal("81.90"),
        order_id=17,
        perm_id=2_000_000_017,
        said="Filled at -1.10.",
    )
    await store.save((filled,), (note("filled"),))
    assert await store.orders() == (filled,)
    facts = [entry.fact for entry in await SqlAuditStore(database).entries()]
    assert [fact.kind for fact in facts] == [
        FactKind.CONFIRMED,
        FactKind.KEPT,
        FactKind.NOTE,
        FactKind.KEPT,
    ]
    assert facts[3].text == "filled, 63 of 63 filled"
    assert facts[2] == note("filled")


async def test_the_newest_come_first_and_open_ones_can_be_asked_for(store: SqlOrderStore) -> None:
    states = (OrderState.FILLED, OrderState.UNKNOWN, OrderState.REJECTED, OrderState.WORKING)
    made = [order(number) for number in range(len(states))]
    await confirm(store, *made)
    changed = tuple(replace(one, state=state) for one, state in zip(made, states, strict=True))
    await store.save(changed, ())
    assert await store.orders() == changed[::-1]
    assert await store.orders(limit=2) == (changed[3], changed[2])
    assert await store.orders(open_only=True) == (changed[3], changed[1])


@pytest.mark.parametrize(
    "again",
    [
        order(),
        order(5, ref=order().ref),
        order(5, ticket=order().ticket),
    ],
    ids=["the same", "its ref", "its ticket"],
)
async def test_the_same_click_is_kept_once(
    store: SqlOrderStore, database: Database, again: Order
) -> None:
    await confirm(store, order())
    with pytest.raises(OrderRefused, match=f"as order {order().ref}: make a new preview"):
        await confirm(store, order(4), again)
    assert await store.orders() == (order(),), "none of a refused ticket is kept"
    assert await SqlAuditStore(database).count() == 2


async def test_two_clicks_at_once_keep_one(tmp_path: Path) -> None:
    with Database(tmp_path / "desk.db") as one, Database(tmp_path / "desk.db") as other:
        stores = [SqlOrderStore(one), SqlOrderStore(other)]
        clicks = [
            confirm(stores[i % 2], order(number, ref=f"VD-{i}-{number}"))
            for number in range(20)
            for i in range(2)
        ]
        answers = await asyncio.gather(*clicks, return_exceptions=True)
        refused = [answer for answer in answers if answer is not None]
        assert [type(answer) for answer in refused] == [OrderRefused] * 20
        assert len(await stores[0].orders()) == 20
        assert fault(one) == "", "two desks wrote one chain"


async def test_an_order_without_its_confirmation_is_a_bug(store: SqlOrderStore) -> None:
    with pytest.raises(ValueError, match="No fact says"):
        await store.confirm((order(), order(1)), confirmation(order()))
    assert await store.orders() == ()


async def test_nothing_is_kept_of_an_order_that_was_never_confirmed(
    store: SqlOrderStore, database: Database
) -> None:
    await confirm(store, order())
    working = order(state=OrderState.WORKING)
    with pytest.raises(StorageError, match="is not in the database"):
        await store.save((working, order(1)), (note(),))
    assert await store.orders() == (order(),)
    assert await SqlAuditStore(database).count() == 2


@pytest.mark.parametrize("state", [state for state in OrderState if state.over])
async def test_the_disk_itself_lets_no_order_come_back_to_life(
    store: SqlOrderStore, state: OrderState
) -> None:
    await confirm(store, order())
    await store.save((order(state=state),), ())
    with pytest.raises(StorageError, match="must stay as they were written"):
        await store.save((order(state=OrderState.WORKING),), ())
    late = order(state=state, filled=Decimal(3), said="Filled late.")
    await store.save((late,), ())
    assert await store.orders() == (late,)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM orders",
        "UPDATE orders SET account = 'U1'",
        "UPDATE audit SET text = ''",
        "DELETE FROM audit",
        "REPLACE INTO audit SELECT * FROM audit",
        "UPDATE audit_head SET count = 1",
        "DELETE FROM audit_head",
    ],
)
async def test_the_disk_refuses_to_change_what_happened(
    store: SqlOrderStore, database: Database, change: str
) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text(change))

    await confirm(store, order())
    with pytest.raises(StorageError, match="must stay as they were written"):
        await database.run(work)


async def test_a_trade_is_kept_once_and_a_correction_in_its_place(
    store: SqlOrderStore, database: Database
) -> None:
    first, corrected = execution(), execution(revision=2, quantity=Decimal(60))
    assert await store.record(PAPER, (first, first), ()) == (first,)
    assert await store.record(PAPER, (first,), ()) == ()
    assert await store.record(PAPER, (corrected,), ()) == (corrected,)
    assert await store.record(PAPER, (first,), ()) == (), "an old report changes nothing"
    assert await store.executions(PAPER) == (corrected,)
    assert await store.executions("IBKR") == ()
    assert fault(database) == ""


async def test_of_two_reports_of_one_revision_the_first_counts(store: SqlOrderStore) -> None:
    """And it takes from the other what it left blank."""
    first = execution(ref="", perm_id=0)
    await store.record(PAPER, (first,), ())
    other = execution(quantity=Decimal(1), commission=Decimal(5))
    (merged,) = await store.record(PAPER, (other,), ())
    assert merged == replace(first, ref=other.ref, perm_id=77, commission=Decimal(5))


async def test_the_same_number_at_another_broker_is_another_trade(store: SqlOrderStore) -> None:
    await store.record(PAPER, (execution(),), ())
    assert await store.record("IBKR", (execution(),), ()) == (execution(),)


async def test_trades_of_one_order_come_oldest_first(store: SqlOrderStore) -> None:
    late = execution("b", at=START + timedelta(seconds=1))
    other = execution("c", ref="another")
    await store.record(PAPER, (late, other, execution("a")), ())
    assert await store.executions(PAPER, order().ref) == (execution("a"), late)


async def test_a_commission_is_kept_once(store: SqlOrderStore) -> None:
    assert not await store.commission(PAPER, COMMISSION, ())
    await store.record(PAPER, (execution(),), ())
    assert await store.commission(PAPER, COMMISSION, ())
    assert not await store.commission(PAPER, COMMISSION, ())
    assert (await store.executions(PAPER))[0].commission == Decimal("40.95")
    await store.record(PAPER, (execution(revision=2),), ())
    assert (await store.executions(PAPER))[0].commission == Decimal("40.95"), "corrected, still due"
    assert await store.commission(PAPER, replace(COMMISSION, commission=Decimal(39)), ())


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What is asked of any database meanwhile."""
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield asked
    event.remove(Engine, "before_cursor_execute", hear)


async def test_a_burst_takes_few_statements_however_much_is_in_it(
    store: SqlOrderStore, database: Database, statements: list[str]
) -> None:
    """Each one costs the loop's thread a turn; more than one statement may ask for at once."""
    many = AT_ONCE + 1
    orders = [order(number) for number in range(many)]
    await confirm(store, *orders)
    known = execution("e0", revision=2, price=Decimal(9))
    await store.record(PAPER, (known,), ())
    await store.record("IBKR", (execution("e1", price=Decimal(7)),), ())
    statements.clear()
    changed = tuple(replace(one, state=OrderState.WORKING, said=f"No {one.ref}") for one in orders)
    await store.save(changed, (note("said"),))
    trades = tuple(execution(f"e{number}") for number in range(many))
    later = execution("e2", revision=2, quantity=Decimal(62))
    new = await store.record(PAPER, (later, *trades), ())
    assert len(statements) < 30
    assert await store.orders() == changed[::-1]
    expected = (known, trades[1], later, *trades[3:])
    assert new == (later, trades[1], *trades[3:]), "a later report of an older revision is old"
    assert set(await store.executions(PAPER)) == set(expected)
    assert await store.executions("IBKR") == (execution("e1", price=Decimal(7)),)
    assert fault(database) == ""


reports = st.builds(
    lambda revision, commission, ref: execution(
        revision=revision,
        quantity=Decimal(63 - revision),
        commission=Decimal("0.65") if commission else None,
        ref=order().ref if ref else "",
    ),
    st.integers(1, 4),
    st.booleans(),
    st.booleans(),
)


@given(
    st.lists(reports, min_size=1, max_size=6).flatmap(
        lambda told: st.tuples(st.just(told), st.permutations(told + told))
    )
)
@settings(max_examples=30)
def test_reports_in_any_order_and_repeated_leave_the_same_trade(
    told: tuple[list[Execution], list[Execution]],
) -> None:
    kept = []
    for reports_ in told:
        with Database(None) as database:
            store = SqlOrderStore(database)
            for report in reports_:
                asyncio.run(store.record(PAPER, (report,), ()))
            kept.append(asyncio.run(store.executions(PAPER)))
    assert kept[0] == kept[1]
    (trade,) = kept[0]
    assert trade.quantity == 63 - max(report.revision for report in told[0])
    assert (trade.commission is None) == all(report.commission is None for report in told[0])


async def test_positions_held_elsewhere_are_replaced_as_a_whole(
    store: SqlOrderStore, database: Database
) -> None:
    first = (held("20"), held("-5", "my other bank"))
    await store.set_manual(first, (note("entered"),))
    assert await store.manual() == first
    assert fault(database) == ""
    await store.set_manual((), ())
    assert await store.manual() == ()
    assert fault(database) == ""


async def test_on_a_full_disk_nothing_is_confirmed_and_later_all_of_it(
    store: SqlOrderStore, database: Database
) -> None:
    def pages(connection: Connection) -> int:
        return int(connection.execute(text("PRAGMA page_count")).scalar_one())

    def allow(count: int) -> Callable[[Connection], object]:
        return lambda on: on.execute(text(f"PRAGMA max_page_count = {count}")).scalar()

    await confirm(store, order())
    await database.run(allow(await database.run(pages)), durable=True)
    large = order(1, said="x" * 100_000)
    with pytest.raises(StorageError, match="The disk is full, so"):
        await confirm(store, large)
    assert await store.orders() == (order(),)
    assert await SqlAuditStore(database).count() == 2
    await database.run(allow(100_000), durable=True)
    await confirm(store, large)
    assert await store.orders() == (large, order())
    assert fault(database) == ""


@given(st.text(), st.text())
@settings(max_examples=50)
def test_whatever_a_broker_says_is_kept_and_sealed(said: str, wire: str) -> None:
    with Database(None) as database:
        store, log = SqlOrderStore(database), SqlAuditStore(database)
        odd = note(said + "\ud800", wire=wire + "\udfff\0")
        asyncio.run(store.confirm((order(said=said),), (*confirmation(order()), odd)))
        entry = asyncio.run(log.entries())[1]
        assert entry.fact.text == note_text(said)
        assert asyncio.run(store.orders()) == (order(said=said),)
        assert asyncio.run(log.broken()) == ""


def note_text(said: str) -> str:
    return said + "\\ud800"


async def test_an_order_that_cannot_be_read_says_what_to_do(
    store: SqlOrderStore, database: Database
) -> None:
    def spoil(connection: Connection) -> None:
        connection.execute(text("DROP TRIGGER orders_stays_8"))
        connection.execute(text("UPDATE orders SET draft = '{}'"))

    await confirm(store, order())
    await database.run(spoil)
    with pytest.raises(StorageError, match="run 'vaultdesk verify'"):
        await store.orders()


def test_kill_nine_loses_no_order_that_was_confirmed(tmp_path: Path) -> None:
    code = (
        "import asyncio, pathlib, sys\n"
        "from tests.fakes.orders import confirmation, order\n"
        "from vaultdesk.storage.database import Database\n"
        "from vaultdesk.storage.order_store import SqlOrderStore\n"
        "async def main():\n"
        "    store = SqlOrderStore(Database(pathlib.Path(sys.argv[1])))\n"
        "    number = 0\n"
        "    while True:\n"
        "        one, number = order(number), number + 1\n"
        "        await store.confirm((one,), confirmation(one))\n"
        "        print(one.ref, flush=True)\n"
        "asyncio.run(main())\n"
    )
    path = tmp_path / "desk.db"
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as child:
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(25)]
        os.kill(child.pid, signal.SIGKILL)
        told += child.stdout.readlines()
    refs = {line.strip() for line in told if line.endswith("\n")}
    assert len(refs) >= 25
    assert check_file(path).fault == "", "seen as it was left, before anybody else opened it"
    with closing(sqlite3.connect(path)) as raw:
        kept = {ref for (ref,) in raw.execute("SELECT ref FROM orders")}
    assert refs <= kept
    assert len(kept) <= len(refs) + 1
    assert check_file(path).orders == len(kept)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_file_of_every_older_program_gets_their_tables(tmp_path: Path, version: int) -> None:
    path = older(tmp_path / "desk.db", version)
    with Database(path) as database:
        asyncio.run(confirm(SqlOrderStore(database), order()))
        assert fault(database) == ""
    assert len(list(tmp_path.glob(f"desk-v{version}-*.backup.db"))) == 1
