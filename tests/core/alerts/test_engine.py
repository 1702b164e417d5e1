"""The engine by example: lines, bands, cooldowns, escalations, sleep, and what is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.alerts import (
    Alert,
    Book,
    Evaluation,
    Event,
    Latch,
    Market,
    Metric,
    Reading,
    Rule,
    Severity,
    Watch,
    evaluate,
)
from vaultdesk.core.alerts.engine import (
    acknowledged,
    forgotten,
    interrupted,
    opened,
    snoozed,
)
from vaultdesk.core.alerts.latches import alert_id, crossing_of
from vaultdesk.core.market import Quality

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LTV_75 = Rule("ltv-75", Metric.LTV, Decimal("0.75"), Severity.CRITICAL)
ESCALATING = replace(LTV_75, escalate_after=10 * MINUTE)


def ltv(value: str, at: datetime = NOON, **changes: object) -> Reading:
    reading = Reading(
        metric=Metric.LTV,
        subject="",
        value=Decimal(value),
        at=at,
        quality=Quality.LIVE,
        source="test",
        price=Decimal("279.1"),
        price_at=at - MINUTE,
        symbol="GLD",
        note="margin call at 280.00",
    )
    return replace(reading, **changes)  # type: ignore[arg-type]


class Desk:
    """Rules in force and what they remember."""

    def __init__(self, *rules: Rule) -> None:
        self.book, self.watch, self.now = Book(rules), Watch({}), NOON

    def read(self, value: str, minutes: float = 0, **changes: object) -> list[Alert]:
        self.now += minutes * MINUTE
        return self._take(
            evaluate(self.book, self.watch, [ltv(value, self.now, **changes)], self.now)
        )

    def wait(self, minutes: float) -> list[Alert]:
        self.now += minutes * MINUTE
        return self._take(evaluate(self.book, self.watch, (), self.now))

    def _take(self, done: Evaluation) -> list[Alert]:
        self.watch = done.watch
        return list(done.alerts)


def ids(alerts: list[Alert]) -> list[str]:
    return [alert.id for alert in alerts]


@pytest.mark.parametrize(
    ("value", "beyond"),
    [("0.75", True), ("0.7499999999999999999999999999", False), ("0.7500000000000000001", True)],
)
def test_a_threshold_is_compared_to_the_last_digit(value: str, beyond: bool) -> None:
    assert ids(Desk(LTV_75).read(value)) == (["ltv-75.1.crossed"] if beyond else [])


def test_a_value_of_more_digits_than_decimals_usually_have_is_not_rounded() -> None:
    below = "0." + "74" + "9" * 60
    for rising, shown in ((True, below), (False, "0.75" + "0" * 60 + "1")):
        assert Desk(replace(LTV_75, rising=rising)).read(shown) == []


def test_a_clear_level_is_not_rounded_either() -> None:
    last = "0" * 60 + "1"
    desk = Desk(replace(LTV_75, threshold=Decimal(f"0.75{last}")))
    desk.read("0.76")
    assert desk.read(f"0.745{last[1:]}1") == []
    assert ids(desk.read(f"0.745{last[1:]}")) == ["ltv-75.1.cleared"]


def test_an_alert_carries_what_it_was_made_from() -> None:
    (alert,) = Desk(LTV_75).read("0.7531")
    assert alert == Alert(
        id="ltv-75.1.crossed",
        rule="ltv-75",
        event=Event.CROSSED,
        severity=Severity.CRITICAL,
        at=NOON,
        metric=Metric.LTV,
        subject="",
        value=Decimal("0.7531"),
        threshold=Decimal("0.75"),
        sentence="LTV 75.31 % has reached 75 %: GLD 279.10, margin call at 280.00; "
        "repay, pledge or sell as the loan panel says.",
        price=Decimal("279.1"),
        source="test",
        quality=Quality.LIVE,
        age_s=60.0,
        channels=LTV_75.channels,
        crossing=1,
    )


def test_it_is_armed_again_by_the_band_and_not_before() -> None:
    desk = Desk(replace(LTV_75, cooldown=timedelta(0)))
    desk.read("0.75")
    assert desk.read("0.7451") == []
    assert desk.read("0.75") == []
    assert ids(desk.read("0.745")) == ["ltv-75.1.cleared"]
    assert ids(desk.read("0.75")) == ["ltv-75.2.crossed"]


def test_what_is_crossed_in_the_cooldown_is_told_at_its_end_if_still_so() -> None:
    desk = Desk(LTV_75)
    desk.read("0.75")
    desk.read("0.70", 1)
    assert desk.read("0.76", 1) == []
    assert desk.wait(2.9) == []
    assert ids(desk.wait(0.1)) == ["ltv-75.2.crossed"]
    assert desk.wait(60) == []


def test_what_is_over_before_the_cooldown_is_not_told_at_all() -> None:
    desk = Desk(LTV_75)
    desk.read("0.75")
    desk.read("0.70", 1)
    desk.read("0.76", 1)
    assert desk.read("0.70", 1) == []
    assert desk.wait(60) == []
    assert ids(desk.read("0.75", 1)) == ["ltv-75.3.crossed"]


def test_a_milder_rule_never_holds_back_a_graver_one() -> None:
    desk = Desk(replace(LTV_75, id="ltv-70", threshold=Decimal("0.7")), LTV_75)
    assert ids(desk.read("0.71")) == ["ltv-70.1.crossed"]
    assert ids(desk.read("0.76", 1)) == ["ltv-75.1.crossed"]


@pytest.mark.parametrize(
    ("severity", "told"),
    [
        (Severity.INFO, [Severity.WARNING, Severity.CRITICAL, Severity.CRITICAL]),
        (Severity.WARNING, [Severity.CRITICAL] * 3),
        (Severity.CRITICAL, [Severity.CRITICAL] * 3),
        (Severity.CLOSEOUT, [Severity.CLOSEOUT] * 3),
    ],
)
def test_nobody_acknowledges_so_it_grows_graver_three_times(
    severity: Severity, told: list[Severity]
) -> None:
    desk = Desk(replace(ESCALATING, severity=severity))
    desk.read("0.75")
    heard = [alert for _ in range(60) for alert in desk.wait(1)]
    assert [alert.severity for alert in heard] == told
    assert [alert.at - NOON for alert in heard] == [10 * MINUTE, 20 * MINUTE, 30 * MINUTE]
    assert heard[2].id == "ltv-75.1.escalated.3"
    assert "the notice told at 12:20 UTC was not acknowledged" in heard[2].sentence


def test_only_a_crossing_that_was_told_can_be_acknowledged() -> None:
    desk = Desk(ESCALATING)
    desk.read("0.75")
    desk.read("0.70", 1)
    desk.read("0.76", 1)  # owed
    desk.watch = acknowledged(desk.watch, "ltv-75", 2).watch
    assert ids(desk.wait(3)) == ["ltv-75.2.crossed"]
    assert ids(desk.wait(10)) == ["ltv-75.2.escalated.1"]


def test_an_old_acknowledgement_says_nothing_of_the_next_crossing() -> None:
    desk = Desk(replace(ESCALATING, cooldown=timedelta(0)))
    desk.read("0.75")
    desk.read("0.70")
    desk.read("0.75")
    assert acknowledged(desk.watch, "ltv-75", 1) == Evaluation(desk.watch)
    assert ids(desk.wait(10)) == ["ltv-75.2.escalated.1"]


def test_a_snooze_holds_back_a_new_crossing_too() -> None:
    desk = Desk(LTV_75)
    desk.watch = snoozed(desk.watch, LTV_75, NOON + 60 * MINUTE).watch
    assert desk.read("0.76") == []
    assert ids(desk.wait(60)) == ["ltv-75.1.crossed"]
    assert desk.wait(60) == []


def test_after_a_snooze_escalation_counts_from_the_reminder() -> None:
    desk = Desk(ESCALATING)
    desk.read("0.76")
    desk.watch = snoozed(desk.watch, ESCALATING, NOON + 60 * MINUTE).watch
    assert desk.wait(59) == []
    assert ids(desk.wait(1)) == ["ltv-75.1.reminded.1"]
    assert desk.wait(9) == []
    assert ids(desk.wait(1)) == ["ltv-75.1.escalated.1"]


def test_a_clock_that_was_set_back_delays_an_escalation_by_no_more_than_its_time() -> None:
    desk = Desk(ESCALATING)
    desk.read("0.76")
    assert desk.wait(-600) == []
    assert ids(desk.wait(10)) == ["ltv-75.1.escalated.1"]


def test_a_cooldown_of_the_future_is_none() -> None:
    desk = Desk(LTV_75)
    desk.read("0.76", 600)
    latches = desk.watch.latches
    desk = Desk(LTV_75)
    desk.watch = opened(desk.book, latches, None)
    desk.read("0.70")
    desk.read("0.76")
    assert ids(desk.wait(5)) == ["ltv-75.2.crossed"]


def test_after_a_sleep_nothing_is_said_before_an_honest_value() -> None:
    desk = Desk(ESCALATING)
    desk.read("0.76")
    desk.watch = interrupted(desk.watch, desk.now)
    assert desk.wait(600) == []
    assert desk.read("0.76", 1, quality=Quality.STALE) == []
    assert ids(desk.read("0.70", 1)) == ["ltv-75.1.cleared"]


def test_two_sleeps_without_a_price_between_them_are_one() -> None:
    desk = Desk(LTV_75)
    desk.read("0.70")
    desk.watch = interrupted(desk.watch, desk.now)
    desk.wait(60)
    desk.watch = interrupted(desk.watch, desk.now)
    (alert,) = desk.read("0.76", 60)
    assert "while the desk was not watching since 12:00 UTC: GLD" in alert.sentence


def test_a_rule_nobody_watched_before_was_not_missed_by_anyone() -> None:
    desk = Desk(LTV_75)
    price = Rule("gld", Metric.PRICE, Decimal(1), Severity.INFO, "GLD")
    desk.watch = opened(Book([price]), {}, NOON - 600 * MINUTE)
    (alert,) = desk.read("0.76")
    assert "not watching" not in alert.sentence


def test_a_loan_that_is_gone_has_nothing_to_say() -> None:
    desk = Desk(ESCALATING)
    desk.read("0.76")
    desk.watch = forgotten(desk.watch, {Metric.LTV})
    assert desk.wait(60) == []


def test_a_value_read_between_two_books_is_measured_by_the_new_one() -> None:
    desk = Desk(LTV_75)
    desk.read("0.72")
    desk.book = Book([LTV_75, replace(LTV_75, id="ltv-70", threshold=Decimal("0.7"))])
    assert ids(desk.read("0.72")) == ["ltv-70.1.crossed"]


def test_a_disabled_rule_watches_nothing() -> None:
    assert Desk(replace(LTV_75, enabled=False)).read("0.9") == []


def test_loss_of_data_needs_no_honest_price_but_simulated_is_not_real() -> None:
    rule = Rule("data", Metric.DATA, Decimal(300), Severity.WARNING, clear_band=Decimal(0))
    silence = Reading(
        Metric.DATA, "", Decimal(300), NOON, Quality.LIVE, confirmed=False, symbol="GLD"
    )
    (alert,) = evaluate(Book([rule]), Watch({}), [silence], NOON).alerts
    assert alert.sentence == (
        "The time without an honest price of GLD, 300 s, has reached 300 s; check the connection, "
        "as no alert is raised without prices."
    )
    shown = replace(silence, quality=Quality.SIMULATED)
    assert evaluate(Book([rule]), Watch({}), [shown], NOON).alerts == ()


def test_a_simulated_desk_believes_what_is_simulated_and_nothing_else() -> None:
    rule = replace(LTV_75, channels=frozenset({"desktop", "mail", "sound", "webhook"}))
    real = ltv("0.76")
    made_up = replace(real, quality=Quality.SIMULATED)
    assert evaluate(Book([rule]), Watch({}), [real], NOON, market=Market.SIMULATED).alerts == ()
    (alert,) = evaluate(Book([rule]), Watch({}), [made_up], NOON, market=Market.SIMULATED).alerts
    assert alert.sentence.startswith("Simulated: LTV")
    assert (alert.quality, alert.channels) == (Quality.SIMULATED, frozenset())


def test_a_replayed_recording_is_told_like_the_market_and_says_what_it_is() -> None:
    kept = replace(ltv("0.76"), quality=Quality.CACHED)
    assert evaluate(Book([LTV_75]), Watch({}), [kept], NOON).alerts == ()
    (alert,) = evaluate(Book([LTV_75]), Watch({}), [kept], NOON, market=Market.RECORDED).alerts
    assert alert.sentence.startswith("Recorded: LTV")
    assert alert.channels == LTV_75.channels
    made_up = replace(kept, quality=Quality.SIMULATED)
    assert evaluate(Book([LTV_75]), Watch({}), [made_up], NOON, market=Market.RECORDED).alerts == ()


@given(
    st.from_regex(r"[a-z0-9][a-z0-9.-]{0,39}", fullmatch=True),
    st.integers(1, 10**6),
    st.sampled_from(Event),
    st.integers(0, 3),
)
def test_an_id_names_its_crossing(name: str, crossing: int, event: Event, count: int) -> None:
    rule = replace(LTV_75, id=name)
    latch = Latch(crossing, escalations=count, reminders=count)
    assert crossing_of(alert_id(rule, latch, event)) == (name, crossing)
