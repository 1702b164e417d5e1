"""Whatever happens to prices, clock and program: the engine says what the naive story says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    run_state_machine_as_test,
)
from hypothesis.stateful import (
    rule as step,
)

from tests.core.alerts.story import Page, Said, story
from vaultdesk.core.alerts import Alert, Book, Latch, Metric, Reading, Rule, Severity, evaluate
from vaultdesk.core.alerts.engine import Watch, acknowledged, interrupted, opened, rearmed, snoozed
from vaultdesk.core.market import Quality

if TYPE_CHECKING:
    from collections.abc import Generator

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
SERIES = ((Metric.LTV, ""), (Metric.PRICE, "GLD"))
minutes = st.integers(1, 40).map(lambda n: timedelta(minutes=n))
grid = st.integers(0, 12).map(lambda n: Decimal(n) / 4)  # often exactly on a line


def made_rules(name: str) -> st.SearchStrategy[Rule]:
    """Rules on the grid of the values."""
    return st.builds(
        lambda series, **values: Rule(id=name, metric=series[0], subject=series[1], **values),
        series=st.sampled_from(SERIES),
        threshold=st.integers(2, 10).map(lambda n: Decimal(n) / 4),
        severity=st.sampled_from(Severity),
        rising=st.booleans(),
        clear_band=st.sampled_from([Decimal(0), Decimal("0.25"), Decimal("0.6")]),
        cooldown=st.one_of(st.just(timedelta(0)), minutes),
        escalate_after=st.one_of(st.none(), minutes),
    )


class Desk(RuleBasedStateMachine):
    """A desk whose every step is told to the engine and to the stories."""

    @initialize(rules=st.tuples(*(made_rules(name) for name in "abc")))
    def open(self, rules: tuple[Rule, ...]) -> None:
        self.now = NOON
        self.lines = rules
        self.book = Book(rules)
        self.watch = Watch({})
        self.stories: dict[str, Generator[Said, Page, None]] = {}
        self.ids: set[str] = set()
        for one in rules:
            self._begin(one)

    def _begin(self, one: Rule) -> None:
        self.stories[one.id] = story(one)
        next(self.stories[one.id])

    def _evaluate(self, *readings: Reading, value: Decimal | None = None) -> None:
        done = evaluate(self.book, self.watch, readings, self.now)
        self.watch = done.watch
        assert not {alert.id for alert in done.alerts} & self.ids
        self.ids |= {alert.id for alert in done.alerts}
        for one in self.lines:
            heard = value is not None and one.series == readings[0].series
            page = Page(self.now, value if heard else None)
            said = [_said(alert) for alert in done.alerts if alert.rule == one.id]
            assert said == self.stories[one.id].send(page), one
        kept = {name: latch for name, latch in done.watch.latches.items() if name in done.changed}
        assert kept == done.changed

    def _reading(self, series: int, value: Decimal) -> Reading:
        metric, subject = SERIES[series]
        return Reading(metric, subject, value, self.now, Quality.LIVE, price_at=self.now)

    @step(
        series=st.integers(0, 1),
        value=grid,
        wait=st.integers(0, 600),
        quality=st.sampled_from([Quality.LIVE, Quality.DELAYED]),
    )
    def price(self, series: int, value: Decimal, wait: int, quality: Quality) -> None:
        self.now += timedelta(seconds=wait)
        self._evaluate(replace(self._reading(series, value), quality=quality), value=value)

    @step(
        series=st.integers(0, 1),
        value=grid,
        quality=st.sampled_from(
            [Quality.CACHED, Quality.STALE, Quality.SIMULATED, Quality.HYPOTHETICAL]
        ),
    )
    def doubtful_price(self, series: int, value: Decimal, quality: Quality) -> None:
        self._evaluate(replace(self._reading(series, value), quality=quality))

    @step(series=st.integers(0, 1), value=grid)
    def outlier(self, series: int, value: Decimal) -> None:
        self._evaluate(replace(self._reading(series, value), confirmed=False))

    @step(wait=minutes)
    def time_passes(self, wait: timedelta) -> None:
        self.now += wait
        self._evaluate()

    @step(back=minutes)
    def clock_is_set_back(self, back: timedelta) -> None:
        self.now -= back
        self._evaluate()

    @step(wait=minutes)
    def restart(self, wait: timedelta) -> None:
        text = msgspec.json.encode(dict(self.watch.latches))
        latches = msgspec.json.decode(text, type=dict[str, Latch])
        self.watch = opened(self.book, latches, self.now)
        self.now += wait
        self._blind()

    @step(wait=minutes)
    def machine_sleeps(self, wait: timedelta) -> None:
        self.watch = interrupted(self.watch, self.now)
        self.now += wait
        self._blind()

    def _blind(self) -> None:
        for tale in self.stories.values():
            assert tale.send(Page(self.now, blind=True)) == []
        self._evaluate()

    @step(which=st.integers(0, 2), back=st.integers(0, 1))
    def acknowledge(self, which: int, back: int) -> None:
        one = self.lines[which]
        crossing = self.watch.latches.get(one.id, Latch()).crossings - back
        self.watch = acknowledged(self.watch, one.id, crossing).watch
        assert self.stories[one.id].send(Page(self.now, acknowledge=crossing)) == []

    @step(which=st.integers(0, 2), wait=minutes)
    def snooze(self, which: int, wait: timedelta) -> None:
        one = self.lines[which]
        self.watch = snoozed(self.watch, one, self.now + wait).watch
        assert self.stories[one.id].send(Page(self.now, snooze_until=self.now + wait)) == []

    @step(which=st.integers(0, 2))
    def save_a_rule_unchanged(self, which: int) -> None:
        del which
        self.book = Book(self.lines)
        self._evaluate()

    @invariant()
    def latched_rules_are_not_clear(self) -> None:
        for one in getattr(self, "lines", ()):
            seen = self.watch.values.get(one.series)
            latch = self.watch.latches.get(one.id, Latch())
            if seen is not None:
                sign = 1 if one.rising else -1
                if sign * seen.value >= sign * one.threshold:
                    assert latch.beyond
                elif sign * (one.threshold - seen.value) >= one.clear_band:
                    assert not latch.beyond


def _said(alert: Alert) -> tuple[str, int, int]:
    return str(alert.event), alert.crossing, int(alert.severity)


def test_the_engine_says_what_the_story_says() -> None:
    run_state_machine_as_test(
        Desk, settings=settings(max_examples=400, stateful_step_count=60, deadline=None)
    )


def test_a_moved_line_is_armed_anew() -> None:
    one = Rule("a", Metric.LTV, Decimal("0.7"), Severity.WARNING, cooldown=timedelta(0))
    value = Reading(Metric.LTV, "", Decimal("0.76"), NOON, Quality.LIVE)
    done = evaluate(Book([one]), Watch({}), [value], NOON)
    moved = Book([replace(one, threshold=Decimal("0.75"))])
    again = evaluate(moved, rearmed(done.watch, "a").watch, [value], NOON)
    assert [alert.id for alert in (*done.alerts, *again.alerts)] == ["a.1.crossed", "a.2.crossed"]
