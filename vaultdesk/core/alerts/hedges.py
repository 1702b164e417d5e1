"""The rules on what is held in options: how long each expiry lasts, and what protects after it.

They are made for what is held and go when it is gone. The user may edit them or switch them off;
they are told from rules of one's own by their ids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.alerts.records import Metric, Rule, Severity
from vaultdesk.core.calendar import NEW_YORK, trading_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

LADDER = {
    45: Severity.INFO,
    21: Severity.WARNING,
    7: Severity.WARNING,
    1: Severity.CRITICAL,
}
"""Days before the last session of an expiry, and how grave it is by then."""
PROTECTION = "protection-gap"
"""Id of the rule on what puts protect."""
WHOLE = Decimal("0.9999")
"""A fraction at or below which something is missing: one contract of ten thousand."""

_MADE = re.compile(r"expiry-.+-(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})-[0-9]+")
_NOT_IN_AN_ID = re.compile(r"[^a-z0-9.-]")
_LONGEST_SYMBOL = 15


@dataclass(frozen=True, slots=True)
class Ending:
    """Options held of one symbol and expiry; `last_trade` is the close of the last session."""

    symbol: str
    expiry: date
    last_trade: datetime

    @property
    def subject(self) -> str:
        """As rules name it: "GLD 2026-12-18"."""
        return f"{self.symbol} {self.expiry}"

    def days(self, now: datetime) -> int:
        """Calendar days to the last session, by New York dates."""
        return (trading_date(self.last_trade) - trading_date(now)).days

    @property
    def words(self) -> str:
        """Until when it trades: "it trades until 16:00 New York on 18 December 2026"."""
        close = self.last_trade.astimezone(NEW_YORK)
        return f"it trades until {close:%H:%M} New York on {close.day} {close:%B %Y}"


@dataclass(frozen=True, slots=True)
class Hedges:
    """What is held in options.

    Attributes:
        endings: each symbol and expiry once.
        hedged: puts are held on what the loan fears the fall of.
        protected: the least fraction of the gold to be covered that puts protect at the margin
            call, from now until the longest step of the ladder; None where that cannot be said.
        on: the first day on which it is so little.
        known: the broker has told its positions: what is not here is not held.
    """

    endings: tuple[Ending, ...] = ()
    hedged: bool = False
    protected: Decimal | None = None
    on: date | None = None
    known: bool = False


def expiry_rules(ending: Ending, days: int) -> tuple[Rule, ...]:
    """The ladder for one expiry; of the steps passed already, only the last is still told."""
    passed = min((step for step in LADDER if step >= days), default=max(LADDER))
    return tuple(
        Rule(
            id=f"expiry-{_slug(ending.symbol)}-{ending.expiry}-{step}",
            metric=Metric.EXPIRY,
            threshold=Decimal(step),
            severity=severity,
            subject=ending.subject,
            rising=False,
            clear_band=Decimal(0),
            cooldown=timedelta(0),
        )
        for step, severity in LADDER.items()
        if step <= passed
    )


def protection_rule() -> Rule:
    """Something that is to be covered is not, or will not be once puts have ended that do soon."""
    return Rule(
        id=PROTECTION,
        metric=Metric.COVERAGE,
        threshold=WHOLE,
        severity=Severity.WARNING,
        rising=False,
        clear_band=Decimal(0),
    )


def made(rule: Rule) -> bool:
    """Whether a rule came with what is held; the user may have edited it."""
    return rule.id == PROTECTION or _MADE.fullmatch(rule.id) is not None


def followed(rules: Iterable[Rule], held: Hedges, now: datetime) -> tuple[Rule, ...]:
    """The rules for what is held now: new ones join, those of what is gone or past leave.

    As long as the broker has not told what it has, only what is past leaves.
    """
    wanted = {
        rule.id: rule for ending in held.endings for rule in expiry_rules(ending, ending.days(now))
    }
    if held.hedged:
        wanted[PROTECTION] = protection_rule()
    prefixes = tuple(_prefix(ending) for ending in held.endings)
    kept = {
        rule.id: rule
        for rule in rules
        if not made(rule)
        or rule.id in wanted
        or rule.id.startswith(prefixes)
        or not (held.known or _past(rule, now))
    }
    return tuple({**wanted, **kept}[name] for name in {**kept, **wanted})


def without(rules: Iterable[Rule], rule_id: str) -> tuple[Rule, ...]:
    """The rules when the user removes one; one that is made is switched off: it would come back."""
    return tuple(
        replace(rule, enabled=False) if rule.id == rule_id else rule
        for rule in rules
        if rule.id != rule_id or made(rule)
    )


def _prefix(ending: Ending) -> str:
    return f"expiry-{_slug(ending.symbol)}-{ending.expiry}-"


def _slug(symbol: str) -> str:
    return _NOT_IN_AN_ID.sub("-", symbol.lower())[:_LONGEST_SYMBOL]


def _past(rule: Rule, now: datetime) -> bool:
    found = _MADE.fullmatch(rule.id)
    return found is not None and date.fromisoformat(found["day"]) < trading_date(now)
