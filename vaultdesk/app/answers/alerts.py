"""Alert rules and alerts as plain values, and rules made of such values again."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from vaultdesk.adapters.web.shapes.alerts import AlertAnswer, AlertConfiguration, RuleAnswer
from vaultdesk.app.answers.portfolio import text
from vaultdesk.core.alerts import CHANNELS, Metric, Rule, Severity, fault
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.alerts import Alert
    from vaultdesk.settings import Settings


def configuration(rules: Sequence[Rule], chosen: Settings) -> AlertConfiguration:
    """The rules by their ids, and the quiet hours of the settings."""
    return AlertConfiguration(
        rules=[_rule_answer(rule) for rule in sorted(rules, key=lambda rule: rule.id)],
        quiet_from=chosen.quiet_from,
        quiet_to=chosen.quiet_to,
    )


def version_of(held: AlertConfiguration) -> str:
    """The same for the same configuration and for no other: 128 bits of its SHA-256, in hex."""
    return hashlib.sha256(msgspec.json.encode(held)).hexdigest()[:32]


def rules_of(wanted: AlertConfiguration) -> tuple[Rule, ...]:
    """The rules that are wanted.

    Raises:
        InputError: a field of one cannot be used, or two have the same id; the field is named.
    """
    rules = tuple(_rule(answer) for answer in wanted.rules)
    seen: set[str] = set()
    for place, rule in enumerate(rules):
        if wrong := fault(rule):
            raise InputError(wrong[1], f"rules[{place}].{wrong[0]}")
        if rule.id in seen:
            raise InputError(f"Two rules are called {rule.id}: rename one.", f"rules[{place}].id")
        seen.add(rule.id)
    return rules


def alert_answer(alert: Alert) -> AlertAnswer:
    """An alert as it was raised."""
    return AlertAnswer(
        id=alert.id,
        rule=alert.rule,
        event=alert.event.value,
        severity=_severity(alert.severity),
        at=alert.at.isoformat(),
        metric=alert.metric.value,
        subject=alert.subject,
        value=format(alert.value, "f"),
        threshold=format(alert.threshold, "f"),
        sentence=alert.sentence,
        price=text(alert.price),
        source=alert.source,
        quality=alert.quality.value,
        age_s=alert.age_s,
    )


def _rule_answer(rule: Rule) -> RuleAnswer:
    again = rule.escalate_after
    return RuleAnswer(
        id=rule.id,
        metric=rule.metric.value,
        threshold=format(rule.threshold, "f"),
        severity=_severity(rule.severity),
        subject=rule.subject,
        rising=rule.rising,
        clear_band=format(rule.clear_band, "f"),
        cooldown_s=rule.cooldown.total_seconds(),
        escalate_after_s=None if again is None else again.total_seconds(),
        channels=tuple(name for name in CHANNELS if name in rule.channels),  # type: ignore[misc]
        enabled=rule.enabled,
    )


def _rule(answer: RuleAnswer) -> Rule:
    again = answer.escalate_after_s
    return Rule(
        id=answer.id,
        metric=Metric(answer.metric),
        threshold=Decimal(answer.threshold),
        severity=Severity[answer.severity.upper()],
        subject=answer.subject,
        rising=answer.rising,
        clear_band=Decimal(answer.clear_band),
        cooldown=timedelta(seconds=answer.cooldown_s),
        escalate_after=None if again is None else timedelta(seconds=again),
        channels=frozenset(answer.channels),
        enabled=answer.enabled,
    )


def _severity(severity: Severity) -> Any:  # noqa: ANN401 (one of the four names)
    return severity.name.lower()
