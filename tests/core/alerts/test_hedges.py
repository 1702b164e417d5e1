"""Rules for what is held: made, kept as edited, removed; and what is said on each step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.alerts import (
    Book,
    Metric,
    Reading,
    Rule,
    Severity,
    Watch,
    default_rules,
    evaluate,
    fault,
)
from vaultdesk.core.alerts.hedges import (
    PROTECTION,
    Ending,
    Hedges,
    expiry_rules,
    followed,
    made,
    without,
)
from vaultdesk.core.market import Quality

NOW = datetime(2026, 7, 10, 20, tzinfo=UTC)
DECEMBER = Ending("GLD", date(2026, 12, 18), datetime(2026, 12, 18, 21, tzinfo=UTC))
AUGUST = Ending("GLD", date(2026, 8, 21), datetime(2026, 8, 21, 20, tzinfo=UTC))
BOTH = Hedges((AUGUST, DECEMBER), hedged=True, known=True)
NONE = Hedges(known=True)
OWN = default_rules()


def ids(rules: tuple[Rule, ...]) -> list[str]:
    return [rule.id for rule in rules if made(rule)]


def test_the_ladder_of_one_expiry() -> None:
    rules = expiry_rules(DECEMBER, 161)
    assert [(rule.id, int(rule.threshold), rule.severity) for rule in rules] == [
        ("expiry-gld-2026-12-18-45", 45, Severity.INFO),
        ("expiry-gld-2026-12-18-21", 21, Severity.WARNING),
        ("expiry-gld-2026-12-18-7", 7, Severity.WARNING),
        ("expiry-gld-2026-12-18-1", 1, Severity.CRITICAL),
    ]
    assert {rule.subject for rule in rules} == {"GLD 2026-12-18"}
    assert not any(rule.rising for rule in rules)
    assert all(fault(rule) is None and made(rule) for rule in rules)


@pytest.mark.parametrize(
    ("days", "steps"),
    [
        (46, [45, 21, 7, 1]),
        (45, [45, 21, 7, 1]),
        (44, [45, 21, 7, 1]),
        (21, [21, 7, 1]),
        (10, [21, 7, 1]),
        (7, [7, 1]),
        (1, [1]),
        (0, [1]),
    ],
)
def test_of_the_steps_passed_when_it_is_bought_only_the_last_is_told(
    days: int, steps: list[int]
) -> None:
    assert [int(rule.threshold) for rule in expiry_rules(DECEMBER, days)] == steps


def test_an_odd_symbol_makes_a_sound_id() -> None:
    odd = replace(DECEMBER, symbol="BRK B^LONGSYMBOLNAME")
    assert all(fault(rule) is None and made(rule) for rule in expiry_rules(odd, 100))


def test_rules_join_for_what_is_held_and_leave_with_it() -> None:
    first = followed(OWN, Hedges((DECEMBER,), hedged=True, known=True), NOW)
    assert len(ids(first)) == 5
    both = followed(first, BOTH, NOW)
    assert len(ids(both)) == 9
    assert followed(both, BOTH, NOW) == both
    assert followed(both, NONE, NOW) == OWN


def test_an_edited_rule_is_kept_as_it_is() -> None:
    rules = followed(OWN, BOTH, NOW)
    edited = replace(rules[-1], threshold=Decimal(30), severity=Severity.CLOSEOUT, enabled=False)
    assert followed((*rules[:-1], edited), BOTH, NOW) == (*rules[:-1], edited)


def test_a_made_rule_that_is_removed_is_switched_off_and_does_not_come_back() -> None:
    rules = followed(OWN, BOTH, NOW)
    for rule in rules:
        left = without(rules, rule.id)
        if made(rule):
            assert replace(rule, enabled=False) in left
            assert followed(left, BOTH, NOW) == left
        else:
            assert rule.id not in {one.id for one in left}


def test_steps_that_are_passed_stay_while_it_is_held() -> None:
    rules = followed(OWN, BOTH, NOW)
    eight_days_before = datetime(2026, 12, 10, 20, tzinfo=UTC)
    left = followed(rules, Hedges((DECEMBER,), hedged=True, known=True), eight_days_before)
    assert [name for name in ids(left) if name != PROTECTION] == [
        rule.id for rule in expiry_rules(DECEMBER, 161)
    ]


def test_until_the_broker_has_told_only_what_is_past_leaves() -> None:
    rules = followed(OWN, BOTH, NOW)
    assert followed(rules, Hedges(), NOW) == rules
    after = datetime(2026, 8, 22, 20, tzinfo=UTC)
    left = ids(followed(rules, Hedges(), after))
    assert PROTECTION in left
    assert len(left) == 5
    assert all("2026-08-21" not in name for name in left)


def test_a_rule_of_ones_own_on_an_expiry_is_left_alone() -> None:
    own = Rule("my-expiry", Metric.EXPIRY, Decimal(10), Severity.INFO, "GLD 2026-08-21")
    assert own in followed((own,), NONE, NOW)
    assert without((own,), own.id) == ()


@pytest.mark.parametrize(
    ("days", "told"),
    [(46, []), (45, [45]), (21, [45, 21]), (7, [45, 21, 7]), (1, [45, 21, 7, 1])],
)
def test_a_day_that_equals_a_step_has_reached_it(days: int, told: list[int]) -> None:
    rules = expiry_rules(DECEMBER, 161)
    reading = Reading(Metric.EXPIRY, DECEMBER.subject, Decimal(days), NOW, Quality.LIVE)
    alerts = evaluate(Book(rules), Watch({}), [reading], NOW).alerts
    assert sorted((int(alert.threshold) for alert in alerts), reverse=True) == told


@pytest.mark.parametrize(
    ("days", "advice"),
    [
        (45, "close or roll the position"),
        (21, "roll it as the positions panel proposes, or close it"),
        (7, "roll it as the positions panel proposes, or close it"),
        (1, "sell or roll it before it ends, or puts are exercised into a short"),
    ],
)
def test_each_step_says_what_to_do(days: int, advice: str) -> None:
    (rule,) = (rule for rule in expiry_rules(DECEMBER, 161) if rule.threshold == days)
    value = Decimal(days)
    reading = Reading(
        Metric.EXPIRY, DECEMBER.subject, value, NOW, Quality.LIVE, note=DECEMBER.words
    )
    (alert,) = evaluate(Book([rule]), Watch({}), [reading], NOW).alerts
    left = f"{days} day{'s' * (days > 1)}"
    assert alert.sentence == (
        f"The time to the expiry of GLD 2026-12-18, {left}, has fallen to {left}: it trades until "
        f"16:00 New York on 18 December 2026; {advice}."
    )


def test_days_change_at_new_yorks_midnight() -> None:
    assert DECEMBER.days(datetime(2026, 11, 3, 4, 59, 59, tzinfo=UTC)) == 46
    assert DECEMBER.days(datetime(2026, 11, 3, 5, 0, tzinfo=UTC)) == 45


HELD = st.builds(
    Hedges,
    st.lists(st.sampled_from([AUGUST, DECEMBER]), max_size=2, unique=True).map(tuple),
    st.booleans(),
    known=st.booleans(),
)


@given(st.lists(HELD, max_size=5))
def test_following_is_settled_at_once_and_never_touches_other_rules(steps: list[Hedges]) -> None:
    rules = OWN
    for held in steps:
        rules = followed(rules, held, NOW)
        assert followed(rules, held, NOW) == rules
        assert tuple(rule for rule in rules if not made(rule)) == OWN
        assert len({rule.id for rule in rules}) == len(rules)
        for ending in held.endings:
            assert sum(rule.subject == ending.subject for rule in rules) == 4
