"""Alerts on what is held: days to an expiry, the gap after it; made, kept, told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.feed import START, ManualClock
from tests.services.alert_rig import Desk
from vaultdesk.core.alerts import Event, Market, Rule, Severity
from vaultdesk.core.alerts.hedges import PROTECTION, Ending, Hedges, made
from vaultdesk.core.market import Quality
from vaultdesk.events import HedgesHeld
from vaultdesk.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

DECEMBER = Ending("GLD", date(2026, 12, 18), datetime(2026, 12, 18, 21, tzinfo=UTC))
AUGUST = Ending("GLD", date(2026, 8, 21), datetime(2026, 8, 21, 20, tzinfo=UTC))
DAY_45 = datetime(2026, 11, 3, 5, tzinfo=UTC)
"""Midnight in New York, 45 days before 18 December."""
LEFT = "expiry-gld-2026-12-18-"


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as made_here:
        yield made_here


def held(*endings: Ending, protected: str | None = None, known: bool = True) -> HedgesHeld:
    """So much is protected once the first of them has ended."""
    fraction = None if protected is None else Decimal(protected)
    until = endings[0].expiry if endings else None
    hedges = Hedges(endings, bool(endings), fraction, until, known)
    return HedgesHeld(hedges)


async def open_at(database: Database, at: datetime = START, **options: object) -> Desk:
    """The reference loan's desk at a moment, with a price."""
    desk = await Desk(database, ManualClock(at), **options).open()
    await desk.price("350")
    return desk


def names(rules: tuple[Rule, ...]) -> set[str]:
    return {rule.id for rule in rules if made(rule)}


async def test_exactly_45_days_are_told_and_a_second_before_is_not(database: Database) -> None:
    desk = await open_at(database, DAY_45 - timedelta(seconds=3))
    desk.bus.tell(held(DECEMBER))
    assert await desk.said() == []
    desk.clock.time = DAY_45 - timedelta(seconds=1)
    desk.alerts.look()
    assert await desk.said() == []
    desk.clock.time = DAY_45
    desk.alerts.look()
    assert await desk.said() == [f"{LEFT}45.1.crossed"]
    assert await desk.wait(3_600) == []


async def test_the_whole_ladder_grows_graver(database: Database) -> None:
    desk = await open_at(database)
    desk.bus.tell(held(DECEMBER))
    for days in range(160, -1, -1):
        desk.clock.time = DECEMBER.last_trade - timedelta(days=days, hours=1)
        desk.alerts.look()
    await desk.alerts.settled()
    found = [(int(a.threshold), a.severity) for a in desk.raised if a.rule.startswith("expiry")]
    assert found == [
        (45, Severity.INFO),
        (21, Severity.WARNING),
        (7, Severity.WARNING),
        (1, Severity.CRITICAL),
    ]


async def test_a_restart_tells_nothing_twice(database: Database) -> None:
    desk = await open_at(database, DAY_45)
    desk.bus.tell(held(DECEMBER, protected="0"))
    assert set(await desk.said()) == {f"{LEFT}45.1.crossed", f"{PROTECTION}.1.crossed"}
    await desk.alerts.close()
    again = await open_at(database, DAY_45 + timedelta(hours=9))
    again.bus.tell(held(known=False))  # the broker has told nothing yet
    again.bus.tell(held(DECEMBER, protected="0"))
    assert await again.wait(3_600) == []
    assert len(names(again.alerts.rules)) == 5


async def test_rules_come_and_go_with_what_is_held_and_edits_stay(database: Database) -> None:
    desk = await open_at(database)
    desk.bus.tell(held(AUGUST, DECEMBER, protected="1"))
    assert len(names(desk.alerts.rules)) == 9
    edited = next(rule for rule in desk.alerts.rules if rule.id == f"{LEFT}21")
    await desk.alerts.save_rule(replace(edited, threshold=Decimal(30)))
    await desk.alerts.remove_rule(f"{LEFT}7")
    desk.bus.tell(held(DECEMBER, protected="1"))
    rules = {rule.id: rule for rule in desk.alerts.rules}
    assert rules[f"{LEFT}21"].threshold == 30
    assert not rules[f"{LEFT}7"].enabled
    assert not any(AUGUST.subject == rule.subject for rule in desk.alerts.rules)
    desk.bus.tell(held())
    assert names(desk.alerts.rules) == set()


async def test_rules_of_what_is_held_are_there_when_the_store_is_opened_later(
    database: Database,
) -> None:
    desk = Desk(database, ManualClock(DAY_45))
    desk.bus.tell(held(DECEMBER))
    await desk.open()
    assert await desk.said() == [f"{LEFT}45.1.crossed"]


async def test_a_gap_is_told_and_cleared_and_what_is_whole_is_not_told(
    database: Database,
) -> None:
    desk = await open_at(database)
    desk.bus.tell(held(AUGUST, DECEMBER, protected="1"))
    assert await desk.said() == ["expiry-gld-2026-08-21-45.1.crossed"]
    desk.bus.tell(held(AUGUST, DECEMBER, protected="0.99"))
    await desk.alerts.settled()
    (alert,) = desk.raised
    assert alert.sentence == (
        "Puts protect 99.00 % of the gold to be covered at the margin call, not more than "
        "99.99 %: GLD 350.00, margin call at 280.00, on 2026-08-21; buy puts that reach further, "
        "or roll those held."
    )
    desk.raised.clear()
    desk.bus.tell(held(AUGUST, DECEMBER, protected="1"))
    await desk.alerts.settled()
    newest = (await desk.alerts.history())[0].alert
    assert (newest.rule, newest.event) == (PROTECTION, Event.CLEARED)


async def test_without_a_hedge_nothing_is_said_of_protection(database: Database) -> None:
    desk = await open_at(database)
    desk.bus.tell(held())
    assert names(desk.alerts.rules) == set()
    assert await desk.wait(600) == []


async def test_a_gap_that_went_with_its_hedge_is_not_brought_up_again(
    database: Database,
) -> None:
    desk = await open_at(database)
    desk.bus.tell(held(DECEMBER, protected="0"))
    assert await desk.said() == [f"{PROTECTION}.1.crossed"]
    rule = next(rule for rule in desk.alerts.rules if rule.id == PROTECTION)
    await desk.alerts.save_rule(replace(rule, escalate_after=timedelta(minutes=10)))
    desk.bus.tell(held(DECEMBER))  # nothing values the loan now
    assert await desk.wait(3_600) == []
    desk.bus.tell(held(DECEMBER, protected="0"))
    assert await desk.said() == [f"{PROTECTION}.1.escalated.1"]


async def test_days_need_no_price_and_protection_an_honest_one(database: Database) -> None:
    desk = await Desk(database, ManualClock(DAY_45)).open()
    await desk.price("350", quality=Quality.STALE)
    desk.bus.tell(held(DECEMBER, protected="0"))
    assert await desk.said() == [f"{LEFT}45.1.crossed"]
    assert await desk.price("350") == [f"{PROTECTION}.1.crossed"]


async def test_a_jump_in_the_price_tells_no_gap_before_it_is_confirmed(
    database: Database,
) -> None:
    desk = await Desk(database).open()
    await desk.price("350", confirmed=False)
    desk.bus.tell(held(DECEMBER, protected="0"))
    assert await desk.said() == []


@pytest.mark.parametrize(
    ("market", "quality", "mark", "channels"),
    [
        (Market.RECORDED, Quality.CACHED, "Recorded: ", True),
        (Market.SIMULATED, Quality.SIMULATED, "Simulated: ", False),
    ],
)
async def test_other_markets_follow_their_rules(
    database: Database, market: Market, quality: Quality, mark: str, *, channels: bool
) -> None:
    desk = await Desk(database, ManualClock(DAY_45), market=market).open()
    desk.bus.tell(held(DECEMBER))
    await desk.alerts.settled()
    (alert,) = (one for one in desk.raised if one.rule.startswith("expiry"))
    assert alert.sentence.startswith(mark)
    assert (alert.quality, bool(alert.channels)) == (quality, channels)


async def test_after_a_sleep_it_is_said_that_nobody_watched(database: Database) -> None:
    desk = await open_at(database, DAY_45 - timedelta(hours=1))
    desk.bus.tell(held(DECEMBER))
    desk.clock.advance(8 * 3_600)
    desk.alerts.look()
    await desk.alerts.settled()
    (alert,) = (one for one in desk.raised if one.rule == f"{LEFT}45")
    assert "while the desk was not watching since" in alert.sentence
