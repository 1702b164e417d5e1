"""What is held, as the service keeps it: truth, book, elsewhere; looked at or not; restarts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.core.positions.holdings import call, option, put, trade
from tests.services.positions_rig import AUGUST, BROKER, JUNE, ODD, PUT, Positions
from vaultdesk.core.alerts import Event
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.draft import Origin
from vaultdesk.core.positions.roll import Why
from vaultdesk.events import AlertRaised
from vaultdesk.ports import InputError, KnownError, StorageError
from vaultdesk.services.alerts import AlertService
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

AFTER_AUGUST = datetime(2026, 8, 22, 14, tzinfo=UTC)
ELSEWHERE = replace(put("335", "37", AUGUST), account="Private bank")


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as made:
        yield made


@pytest.fixture
def desk(database: Database) -> Positions:
    return Positions(database)


async def test_coverage_and_alerts_need_nobody_who_looks(desk: Positions) -> None:
    await desk.begin()
    desk.hold(PUT)
    await desk.service.refresh()
    assert desk.feed.asked == ["quote GLD"]
    assert desk.service.coverage is not None
    assert desk.service.coverage.today.protected == 6_300
    assert (desk.service.exposure, desk.service.rolls, desk.service.problem) == (None, (), "")
    (watched,) = desk.watched
    assert [one.subject for one in watched.endings] == ["GLD 2026-08-21"]
    assert (watched.hedged, watched.protected) == (True, Decimal(0))
    assert watched.on == AUGUST + timedelta(days=1)
    assert watched.known


async def test_alerts_are_told_once_of_the_same(desk: Positions) -> None:
    await desk.begin()
    desk.hold(PUT)
    await desk.service.refresh()
    desk.hold(PUT)
    await desk.service.refresh()
    assert (len(desk.watched), len(desk.changes)) == (1, 2)
    desk.hold()
    await desk.service.refresh()
    assert (desk.watched[-1].endings, desk.watched[-1].hedged) == ((), False)


async def test_what_was_told_counts_at_once_and_not_when_it_is_surveyed(desk: Positions) -> None:
    await desk.begin()
    desk.hold(PUT)
    await desk.service.set_manual((ELSEWHERE,))
    assert desk.service.counted == (PUT, ELSEWHERE)
    desk.clock.time = AFTER_AUGUST
    assert not desk.service.counted


async def test_what_is_held_reaches_the_alerts(desk: Positions, database: Database) -> None:
    """63 puts that end in 42 days: one step of the ladder, and nothing protects afterwards."""
    alerts = AlertService(desk.bus, desk.clock, desk.wall)
    raised: list[str] = []
    desk.bus.subscribe(AlertRaised, lambda event: raised.append(event.alert.id))
    await alerts.use(SqlAlertStore(database))
    await desk.begin()
    desk.hold(PUT)
    await desk.service.refresh()
    await alerts.settled()
    assert set(raised) == {"expiry-gld-2026-08-21-45.1.crossed", "protection-gap.1.crossed"}
    later = replace(ELSEWHERE, instrument=option("335", JUNE), quantity=Decimal(100))
    await desk.service.set_manual((later,))
    await desk.service.refresh()
    await alerts.settled()
    newest = (await alerts.history())[0].alert
    assert (newest.rule, newest.event) == ("protection-gap", Event.CLEARED)
    desk.clock.time = AFTER_AUGUST
    await desk.price("350")
    await desk.service.refresh()
    await alerts.settled()
    assert not any("2026-08-21" in rule.id for rule in alerts.rules)


async def test_who_attends_gets_marks_greeks_and_rolls(desk: Positions) -> None:
    await desk.begin()
    desk.hold(PUT)
    leave = desk.service.attend()
    await desk.service.refresh()
    assert desk.service.problem == "The option chains are still being fetched."
    await desk.hedge.refresh()
    await desk.service.refresh()
    assert desk.service.problem == ""
    assert desk.service.exposure is not None
    assert desk.service.exposure.net is not None
    assert desk.service.rows[0].line is not None
    assert {one.until for one in desk.service.rolls} >= {JUNE}
    leave()
    await desk.service.refresh()
    assert desk.service.exposure is None


async def test_an_expiry_held_is_asked_for_when_the_board_lacks_it(desk: Positions) -> None:
    await desk.begin()
    desk.hold(put("335", "1", ODD))
    desk.service.attend()
    await desk.hedge.refresh()
    await desk.service.refresh()
    assert desk.service.exposure is not None
    assert desk.service.exposure.missing == ("GLD 335 put of 2026-07-17 (not on the board)",)
    assert desk.hedge.wanted
    await desk.hedge.refresh(use_cache=True)
    await desk.service.refresh()
    assert desk.service.survey.exposure is not None
    assert not desk.service.survey.exposure.missing


async def test_leaving_twice_counts_once(desk: Positions) -> None:
    await desk.begin()
    desk.hold(PUT)
    leave = desk.service.attend()
    desk.service.attend()
    leave()
    leave()
    await desk.hedge.refresh()
    await desk.service.refresh()
    assert desk.service.exposure is not None


async def test_it_runs_when_something_is_told_and_rests_in_between(desk: Positions) -> None:
    await desk.begin()
    running = asyncio.create_task(desk.service.run())
    await desk.slept.wait()
    for quantity in ("1", "2", "3"):
        desk.hold(replace(PUT, quantity=Decimal(quantity)))
    desk.slept.clear()
    desk.wake.set()
    await desk.slept.wait()
    assert len(desk.changes) == 2
    assert [row.quantity for row in desk.service.rows] == [3]
    running.cancel()


async def test_a_tick_of_gold_needs_no_survey_a_day_and_a_dollar_do(desk: Positions) -> None:
    await desk.begin()
    await desk.service.refresh()

    async def needed(price: str) -> bool:
        await desk.price(price)
        wanted = desk.service.wanted
        await desk.service.refresh()
        return wanted

    assert not await needed("350.01")
    assert await needed("351.20")
    assert not await needed("351.10")
    desk.clock.advance(timedelta(hours=14).total_seconds())  # past midnight in New York
    assert await needed("351.10")


async def test_the_ledger_comes_back_and_grows_with_what_is_told(desk: Positions) -> None:
    first = trade("60", "11.20", instrument=PUT.instrument, name="e1")
    await desk.store.record(BROKER, (first,), ())
    await desk.store.record("another broker", (replace(first, exec_id="e9"),), ())
    await desk.begin()
    await desk.service.refresh()
    assert [(one.quantity, one.average_cost) for one in desk.service.ledger] == [
        (Decimal(60), Decimal("11.2"))
    ]
    assert not desk.watched[-1].known
    second = trade("3", "12", 1, instrument=PUT.instrument, name="e2")
    desk.service.hear_executions((second, first))
    desk.service.hear_executions((replace(second, revision=2, quantity=Decimal(4)),))
    desk.service.hear_executions((second,))
    await desk.service.refresh()
    assert [one.quantity for one in desk.service.ledger] == [64]
    desk.hold(PUT)
    await desk.service.refresh()
    (difference,) = desk.service.differences
    assert difference.amount == -1
    assert desk.service.held_at == desk.clock.now()


async def test_positions_elsewhere_count_are_audited_and_outlive_the_desk(
    desk: Positions, database: Database
) -> None:
    await desk.begin()
    desk.hold(PUT)
    await desk.service.set_manual((ELSEWHERE,))
    await desk.service.refresh()
    assert desk.service.coverage is not None
    assert desk.service.coverage.today.protected == 10_000
    assert desk.service.coverage.holds_until == AUGUST
    assert await desk.facts() == [
        ("user", "37 GLD 335 put of 2026-08-21 at Private bank was entered.")
    ]
    again = Positions(database)
    await again.begin()
    assert again.service.manual == (ELSEWHERE,)
    await again.service.set_manual(())
    assert not again.service.manual
    assert len(await again.facts()) == 2


async def test_what_cannot_be_kept_changes_nothing(desk: Positions) -> None:
    with pytest.raises(StorageError, match="still being opened"):
        await desk.service.set_manual((ELSEWHERE,))
    await desk.begin()
    with pytest.raises(InputError, match="Enter how many") as told:
        await desk.service.set_manual((replace(ELSEWHERE, quantity=Decimal(0)),))
    assert told.value.field == "quantity"
    assert desk.service.manual == ()
    assert await desk.facts() == []


async def test_tickets_to_roll_and_to_close(desk: Positions) -> None:
    await desk.begin()
    sold = call("365", "-5", AUGUST)
    desk.hold(PUT, sold)
    desk.service.attend()
    await desk.hedge.refresh()
    await desk.service.refresh()
    roll = next(one for one in desk.service.rolls if Why.SAME_STRIKE in one.why)
    assert desk.service.roll_ticket(roll).orders[0].combo
    ticket = desk.service.close_ticket(PUT)
    assert ticket.origin is Origin.CLOSE
    (order,) = ticket.orders
    assert (order.quantity, order.legs[0].ratio) == (63, -1)
    assert order.limit is not None
    assert order.limit < 0
    (order,) = desk.service.close_ticket(sold, 2).orders
    assert (order.quantity, order.legs[0].ratio) == (2, 1)


async def test_what_is_elsewhere_or_has_no_quote_cannot_be_traded_here(desk: Positions) -> None:
    await desk.begin()
    await desk.service.set_manual((ELSEWHERE,))
    desk.hold(PUT)
    with pytest.raises(KnownError, match="There is no quote of the GLD 335 put"):
        desk.service.close_ticket(PUT)
    desk.service.attend()
    await desk.hedge.refresh()
    await desk.service.refresh()
    with pytest.raises(KnownError, match="is held at Private bank: trade there"):
        desk.service.close_ticket(ELSEWHERE)
    roll = next(one for one in desk.service.rolls if one.held == ELSEWHERE)
    with pytest.raises(KnownError, match="is held at Private bank: trade there"):
        desk.service.roll_ticket(roll)


async def test_a_stale_price_makes_the_coverage_stale(desk: Positions) -> None:
    await desk.begin()
    desk.hold(PUT)
    desk.feed.quotes = [replace(desk.feed.quotes[0], quality=Quality.DELAYED)]  # type: ignore[type-var]
    desk.clock.advance(1)
    await desk.market.refresh()
    await desk.service.refresh()
    assert desk.service.coverage is not None
    assert desk.loan.state is not None
    assert desk.service.coverage.quality is desk.loan.state.quality


async def test_once_closed_it_hears_nothing(desk: Positions) -> None:
    await desk.begin()
    await desk.service.refresh()
    desk.service.close()
    await desk.price("380")
    assert desk.loan.terms is not None
    await desk.loan.save(replace(desk.loan.terms, call_ltv=Decimal("0.7")))
    desk.hedge.use_rules(replace(desk.hedge.rules, cover=Decimal("0.5")))
    await desk.hedge.refresh()
    assert not desk.service.wanted
