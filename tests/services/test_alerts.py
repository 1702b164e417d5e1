"""The alert service on a bus and a database: told once, in time, and never by mistake."""

import asyncio
import csv
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.feed import START, ManualClock
from tests.fakes.loans import terms
from tests.services.alert_rig import Desk, Naps
from vaultdesk.core.alerts import (
    Alert,
    DeliveryState,
    Event,
    HistoryQuery,
    Market,
    Metric,
    QuietHours,
    Rule,
    Severity,
    default_rules,
)
from vaultdesk.core.calendar import Hours
from vaultdesk.core.market import Quality, Quote
from vaultdesk.events import (
    AlertRaised,
    AlertsEvaluated,
    AssetQuoted,
    HoursChanged,
    LoanChanged,
)
from vaultdesk.ports import InputError, StorageError
from vaultdesk.storage.database import Database

MINUTE = timedelta(minutes=1)
IN_SESSION = Hours(True, START - timedelta(hours=19), START + timedelta(hours=5))
CLOSED = Hours(False, START, START + timedelta(hours=17))
GOLD_280 = Rule("gld-280", Metric.PRICE, Decimal(280), Severity.WARNING, "GLD", rising=False)


async def test_each_level_is_told_once_when_it_is_reached() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        assert await desk.price("350.00") == []
        assert await desk.price("300.01") == []  # 69.998 %
        assert await desk.price("300.00") == ["ltv-70.1.crossed"]  # exactly 70 %
        assert await desk.price("299.00") == []
        assert await desk.price("280.00") == ["ltv-75.1.crossed"]
        assert await desk.price("240.00") == ["ltv-85.1.crossed"]


async def test_the_sentence_has_value_line_price_and_what_to_do() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("350.00")
        heard: list[Alert] = []
        desk.bus.subscribe(AlertRaised, lambda event: heard.append(event.alert))
        await desk.price("279.10", at=START - 5 * MINUTE)
        assert heard[-1].sentence == (
            "LTV 75.24 % has reached 75 %: GLD 279.10, margin call at 280.00, close-out at 247.06; "
            "repay, pledge or sell as the loan panel says."
        )
        assert heard[-1].price == Decimal("279.10")
        assert heard[-1].age_s == 302


async def test_a_value_that_swings_around_a_level_is_one_notice() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        told = [
            name
            for price in ("350.00", *("299.90", "300.10") * 20)
            for name in await desk.price(price)
        ]
        assert told == ["ltv-70.1.crossed"]


async def test_a_value_that_came_back_is_in_the_history_and_nowhere_else() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("299.00")
        assert await desk.price("303.00") == []
        cleared, crossed = await desk.alerts.history()
        assert (cleared.alert.event, cleared.deliveries) == (Event.CLEARED, ())
        assert crossed.alert.id == "ltv-70.1.crossed"


@pytest.mark.parametrize(
    "doubt",
    [
        {"quality": Quality.STALE},
        {"quality": Quality.CACHED},
        {"quality": Quality.SIMULATED},
        {"confirmed": False},
    ],
)
async def test_a_price_in_doubt_neither_raises_nor_clears(doubt: dict[str, object]) -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        assert await desk.price("260.00", 1, **doubt) == []
        assert await desk.price("299.00") == ["ltv-70.1.crossed"]
        assert await desk.price("350.00", 1, **doubt) == []
        assert await desk.price("299.00", after=3600) == []
        assert len(await desk.alerts.history()) == 1


async def test_a_demonstration_says_so_and_stays_on_the_desk() -> None:
    with Database(None) as database:
        desk = await Desk(database, market=Market.SIMULATED).open()
        rule = Rule(
            "gld-280",
            Metric.PRICE,
            Decimal(280),
            Severity.WARNING,
            "GLD",
            rising=False,
            channels=frozenset({"desktop", "mail", "webhook", "sound"}),
        )
        await desk.alerts.save_rule(rule)
        assert await desk.price("270.00") == []  # a live price on a simulated desk is no input
        told = await desk.price("279.00", quality=Quality.SIMULATED)
        assert "gld-280.1.crossed" in told
        for record in await desk.alerts.history():
            assert record.alert.sentence.startswith("Simulated: ")
            assert record.alert.quality is Quality.SIMULATED
            assert record.deliveries == ()


async def test_nothing_is_evaluated_before_the_store_is_there() -> None:
    with Database(None) as database:
        desk = Desk(database)
        await desk.loan.use(desk.loans)
        await desk.loan.save(terms())
        await desk.price("279.00")
        assert desk.alerts.last_evaluated is None
        with pytest.raises(StorageError, match="being opened"):
            await desk.alerts.history()
        await desk.alerts.use(desk.store)  # type: ignore[arg-type]
        assert "ltv-75.1.crossed" in await desk.said()


async def test_a_restart_repeats_nothing_and_forgets_nothing() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("299.00")
        await desk.alerts.close()
        clock = ManualClock(desk.clock.now() + timedelta(hours=3))
        desk = await Desk(database, clock).open()
        assert await desk.price("299.00") == []
        assert await desk.price("305.00") == []  # clears
        assert await desk.price("299.00") == ["ltv-70.2.crossed"]


async def test_what_was_crossed_while_nobody_watched_is_told_once_and_says_so() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("350.00")
        await desk.alerts.close()
        desk = await Desk(database, ManualClock(START + timedelta(hours=3))).open()
        heard: list[str] = []
        desk.bus.subscribe(AlertRaised, lambda event: heard.append(event.alert.sentence))
        assert await desk.price("299.00", quality=Quality.STALE) == []
        assert await desk.price("299.00") == ["ltv-70.1.crossed"]
        assert "has reached 70 % while the desk was not watching since 15:00 UTC" in heard[0]
        assert await desk.price("279.00") == ["ltv-75.1.crossed"]
        assert "not watching" not in heard[1]


async def test_a_machine_that_slept_knows_it() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("350.00")
        await desk.wait(60)
        woken = desk.woken
        heard: list[str] = []
        desk.bus.subscribe(AlertRaised, lambda event: heard.append(event.alert.sentence))
        assert await desk.wait(8 * 3600, every=8 * 3600) == []
        assert desk.woken == woken + 1  # what is due meanwhile is delivered now
        assert await desk.price("299.00") == ["ltv-70.1.crossed"]
        assert "not watching since 15:01 UTC" in heard[0]


async def test_nobody_acknowledged_so_it_is_told_again_until_somebody_does() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("279.00")
        assert await desk.wait(14 * 60) == []
        assert await desk.wait(2 * 60) == ["ltv-75.1.escalated.1"]
        await desk.alerts.acknowledge("ltv-75.1.crossed", "ann")
        assert await desk.wait(3600) == []
        records = await desk.alerts.history(HistoryQuery(text="ltv-75"))
        assert [record.acknowledged_by for record in records] == ["ann", "ann"]


async def test_a_snooze_is_over_with_a_reminder() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("279.00")
        await desk.alerts.snooze(desk.clock.now() + timedelta(hours=1), "ann", "ltv-75")
        assert await desk.wait(59 * 60) == []
        assert await desk.wait(2 * 60) == ["ltv-75.1.reminded.1"]


async def test_a_snooze_and_an_acknowledgement_outlive_the_program() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("279.00")
        await desk.alerts.acknowledge("ltv-75.1.crossed", "ann")
        await desk.alerts.snooze(desk.clock.now() + timedelta(hours=1), "ann", "ltv-85")
        # no close: as if the program had been killed
        desk = await Desk(database, desk.clock).open()
        assert await desk.price("240.00") == []  # 85 % is snoozed, 75 % acknowledged
        assert await desk.wait(3700) == ["ltv-85.1.crossed"]


@pytest.mark.parametrize("wrong", ["", "ltv-75", "ltv-75.9.crossed", "nothing.1.crossed"])
async def test_an_alert_that_never_was_cannot_be_acknowledged(wrong: str) -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("279.00")
        with pytest.raises(InputError, match="no alert"):
            await desk.alerts.acknowledge(wrong, "ann")


async def test_a_snooze_is_into_the_future_and_of_a_rule_there_is() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        with pytest.raises(InputError, match="in the future"):
            await desk.alerts.snooze(desk.clock.now(), "ann")
        with pytest.raises(InputError, match="no rule"):
            await desk.alerts.snooze(desk.clock.now() + MINUTE, "ann", "none")


async def test_all_at_once_are_acknowledged() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("240.00")
        await desk.alerts.acknowledge_all("ann")
        assert await desk.alerts.history(HistoryQuery(unacknowledged=True)) == ()
        assert await desk.wait(3600) == []


async def test_a_rule_is_used_at_once_and_its_moved_line_is_told_anew() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("281.00")
        await desk.alerts.save_rule(replace(GOLD_280, threshold=Decimal(285)))
        assert "gld-280.1.crossed" in await desk.said()
        desk.clock.advance(3600)
        await desk.alerts.save_rule(replace(GOLD_280, threshold=Decimal(282)))
        assert await desk.said() == ["gld-280.2.crossed"]
        await desk.alerts.save_rule(replace(GOLD_280, threshold=Decimal(282), cooldown=MINUTE))
        assert await desk.said() == []


async def test_a_rule_that_is_removed_and_made_again_goes_on_counting() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.alerts.save_rule(GOLD_280)
        assert "gld-280.1.crossed" in await desk.price("279.00")
        await desk.alerts.remove_rule("gld-280")
        desk = await Desk(database, desk.clock).open()
        assert "gld-280" not in {rule.id for rule in desk.alerts.rules}
        await desk.alerts.save_rule(GOLD_280)
        assert "gld-280.2.crossed" in await desk.price("279.00", after=3600)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "No Spaces"),
        ("subject", ""),
        ("threshold", Decimal("NaN")),
        ("clear_band", Decimal(-1)),
        ("cooldown", -MINUTE),
        ("escalate_after", 0 * MINUTE),
        ("channels", frozenset({"pigeon"})),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused_by_its_field(
    field: str, value: object
) -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        before = desk.alerts.rules
        with pytest.raises(InputError) as refused:
            await desk.alerts.save_rule(replace(GOLD_280, **{field: value}))  # type: ignore[arg-type]
        assert refused.value.field == field
        assert desk.alerts.rules == before


async def test_the_default_rules_follow_the_loan_unless_edited() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        edited = replace(desk.alerts.rules[0], cooldown=MINUTE)
        await desk.alerts.save_rule(edited)
        await desk.loan.save(terms(call_ltv=Decimal("0.65"), closeout_ltv=Decimal("0.80")))
        ids = {rule.id for rule in desk.alerts.rules}
        assert ids == {"ltv-60", "ltv-65", "ltv-80", "utilisation-100", "data-300"} - {"ltv-60"} | {
            edited.id
        }
        for rule in default_rules(Decimal("0.65"), Decimal("0.80")):
            await desk.alerts.save_rule(rule)  # as "Restore defaults" of the rules' dialog does
        assert {"ltv-60", "ltv-65", "ltv-80"} < {rule.id for rule in desk.alerts.rules}
        await desk.loan.save(terms(call_ltv=Decimal("0.62"), closeout_ltv=Decimal("0.81")))
        followed = {rule.id for rule in desk.alerts.rules}
        assert {"ltv-57", "ltv-62", "ltv-81", edited.id} < followed
        assert not {"ltv-60", "ltv-65", "ltv-80"} & followed


async def test_five_minutes_without_an_honest_price_in_session_are_told() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        desk.bus.tell(HoursChanged(IN_SESSION))
        await desk.price("350.00")
        assert await desk.wait(240) == []
        await desk.price("350.00", quality=Quality.STALE)
        assert await desk.wait(120) == ["data-300.1.crossed"]
        assert await desk.price("350.00") == []
        assert (await desk.alerts.history())[0].alert.event is Event.CLEARED


async def test_a_price_nobody_confirmed_does_not_end_the_silence() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        desk.bus.tell(HoursChanged(IN_SESSION))
        await desk.price("350.00")
        await desk.wait(240)
        await desk.price("310.00", confirmed=False)
        assert await desk.wait(60) == ["data-300.1.crossed"]


async def test_a_closed_exchange_owes_no_prices() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("350.00")
        desk.bus.tell(HoursChanged(CLOSED))
        assert await desk.wait(3600) == []
        desk.bus.tell(HoursChanged(IN_SESSION))
        assert await desk.wait(240) == []
        assert await desk.wait(120) == ["data-300.1.crossed"]


async def test_a_loss_of_data_that_goes_on_over_a_restart_is_told_once() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        desk.bus.tell(HoursChanged(IN_SESSION))
        await desk.price("350.00")
        assert await desk.wait(360) == ["data-300.1.crossed"]
        await desk.alerts.close()
        desk = await Desk(database, desk.clock).open()
        desk.bus.tell(HoursChanged(IN_SESSION))
        assert await desk.wait(1800) == []
        assert len(await desk.alerts.history()) == 1


async def test_a_currency_and_another_symbol_are_watched_too() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        euro = Rule("eur", Metric.FX, Decimal("1.05"), Severity.INFO, "EURUSD", rising=False)
        await desk.alerts.save_rule(euro)
        pair = Quote("EURUSD", None, None, Decimal("1.0499"), START, START, "test", Quality.LIVE)
        desk.bus.tell(AssetQuoted(pair))
        assert await desk.said() == ["eur.1.crossed"]
        (record,) = await desk.alerts.history()
        assert record.alert.sentence.startswith("EURUSD 1.0499 has fallen to 1.05")


async def test_quiet_hours_hold_what_is_no_close_out() -> None:
    quiet = QuietHours(time(16), time(7), ZoneInfo("Europe/Zurich"))  # 17:00 there, all night
    with Database(None) as database:
        desk = await Desk(database, quiet=quiet).open()
        assert await desk.price("240.00")  # the list in the window has it at once
        held = {
            record.alert.rule: (delivery.state, delivery.due)
            for record in await desk.alerts.history()
            for delivery in record.deliveries
        }
        morning = START.replace(hour=5) + timedelta(days=1)
        assert held["ltv-75"] == (DeliveryState.HELD, morning)
        assert held["ltv-85"] == (DeliveryState.PENDING, desk.clock.now())


async def test_a_full_disk_silences_nobody_and_is_made_up_for() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("350.00")
        desk.store.full = True
        with pytest.raises(StorageError, match="disk is full"):
            await desk.price("299.00")
        assert [alert.id for alert in desk.raised] == ["ltv-70.1.crossed"]
        assert "disk is full" in desk.problems["alerts.store"]
        desk.store.full = False
        desk.alerts.look()
        await desk.alerts.settled()
        assert desk.problems == {}
        assert [alert.id for alert in desk.raised] == ["ltv-70.1.crossed"]
        (record,) = await desk.alerts.history()
        assert record.deliveries[0].state is DeliveryState.PENDING


async def test_a_loan_that_is_gone_escalates_nothing() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("279.00")
        desk.bus.tell(LoanChanged(None))
        assert await desk.wait(7200) == []


async def test_the_watchdog_barks_when_nothing_is_evaluated_and_is_quiet_after() -> None:
    naps = Naps()
    with Database(None) as database:
        desk = await Desk(database, sleep=naps.sleep).open()
        watching = asyncio.ensure_future(desk.alerts.watchdog())
        for _ in range(5):
            await naps.end()
        assert desk.problems == {}
        await naps.end()
        assert "have not been evaluated for 30 s" in desk.problems["alerts"]
        desk.alerts.look()
        await naps.end()
        assert desk.problems == {}
        for _ in range(5):  # counted anew
            await naps.end()
        assert desk.problems == {}
        watching.cancel()


async def test_while_it_runs_it_evaluates_at_every_nap() -> None:
    naps = Naps()
    with Database(None) as database:
        desk = await Desk(database, sleep=naps.sleep).open()
        running = asyncio.ensure_future(desk.alerts.run())
        await naps.begun.wait()
        before = desk.alerts.evaluations
        for _ in range(3):
            await naps.end()
        assert desk.alerts.evaluations == before + 3
        running.cancel()


async def test_the_history_is_exported_to_the_digit(tmp_path: Path) -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        await desk.price("279.10", at=START - 5 * MINUTE)
        await desk.alerts.acknowledge("ltv-75.1.crossed", "ann")
        file = tmp_path / "alerts.csv"
        count = await desk.alerts.export(file)
        with file.open(newline="", encoding="utf-8") as text:
            rows = {row["rule"]: row for row in csv.DictReader(text)}
        assert count == len(rows)
        row = rows["ltv-75"]
        assert Decimal(row["value"]) == Decimal(2_100_000) / Decimal(2_791_000)
        assert (row["price"], row["source"], row["age_s"]) == ("279.10", "test", "301.0")
        ways = ("desktop", "mail", "sound", "webhook")
        assert row["deliveries"] == "; ".join(f"{way}: pending" for way in ways)
        assert row["acknowledged_by"] == "ann"
        assert row["acknowledged_at"].endswith("+00:00")
        with pytest.raises(StorageError, match="choose another place"):
            await desk.alerts.export(tmp_path / "none" / "alerts.csv")


async def test_it_shows_that_it_is_alive_once_a_second_at_most() -> None:
    with Database(None) as database:
        desk = await Desk(database).open()
        heard: list[object] = []
        desk.bus.subscribe(AlertsEvaluated, heard.append)
        for _ in range(20):
            await desk.price("350.00", after=0.1)
        assert desk.alerts.last_evaluated == desk.clock.now()
        assert 1 <= len(heard) <= 2
