"""What rules must say, told naively: each rule is a story of one affair after another."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from vaultdesk.core.alerts import Rule

Said = list[tuple[str, int, int]]
"""Event, crossing, severity."""


@dataclass(frozen=True)
class Page:
    """One moment in a rule's life: an honest value, or None for just the time."""

    now: datetime
    value: Decimal | None = None
    acknowledge: int | None = None
    snooze_until: datetime | None = None
    blind: bool = False
    """The desk was closed or asleep: nothing is known until the next honest value."""

    @property
    def evaluates(self) -> bool:
        return self.acknowledge is None and self.snooze_until is None and not self.blind


@dataclass
class Teller:
    """What stays in mind from one affair to the next."""

    rule: Rule
    crossing: int = 0
    last_notice: datetime | None = None
    quiet_until: datetime | None = None

    def turn(self, page: Page) -> None:
        """A page may bring a snooze, or show that the clock was set back."""
        if page.snooze_until:
            self.quiet_until = page.snooze_until
        if self.last_notice and self.last_notice > page.now:
            self.last_notice = page.now

    def first_word(self, now: datetime) -> str:
        cooling = self.last_notice is not None and now < self.last_notice + self.rule.cooldown
        return "" if cooling or self.snoozing(now) else "crossed"

    def next_word(self, now: datetime, repeats: int) -> str:
        wait = self.rule.escalate_after
        assert self.last_notice is not None
        if self.quiet_until is not None:
            return "" if self.snoozing(now) else "reminded"
        late = wait is not None and now - self.last_notice >= wait
        return "escalated" if late and repeats < 3 else ""

    def snoozing(self, now: datetime) -> bool:
        return self.quiet_until is not None and now < self.quiet_until

    def beyond(self, value: Decimal | None) -> bool:
        if value is None:
            return False
        return value >= self.rule.threshold if self.rule.rising else value <= self.rule.threshold

    def back(self, value: Decimal | None) -> bool:
        if value is None or self.beyond(value):
            return False
        return abs(value - self.rule.threshold) >= self.rule.clear_band


def story(rule: Rule) -> Generator[Said, Page, None]:
    """Turn a page, and hear what is said."""
    teller = Teller(rule)
    said: Said = []
    while True:
        page = yield said
        teller.turn(page)
        said = []
        if teller.beyond(page.value):
            teller.crossing += 1
            said = yield from affair(teller, page)


def affair(teller: Teller, page: Page) -> Generator[Said, Page, Said]:
    """From a crossing to its end; gives what is said then."""
    told, noted, seen, repeats = False, False, True, 0
    grave = int(teller.rule.severity)
    while not teller.back(page.value):
        seen = page.value is not None or (seen and not page.blind)
        noted = noted or (told and page.acknowledge == teller.crossing)
        word = ""
        if page.evaluates and seen and not noted:
            word = teller.next_word(page.now, repeats) if told else teller.first_word(page.now)
        if word:
            told, teller.last_notice, teller.quiet_until = True, page.now, None
            repeats += word == "escalated"
        severity = max(grave, min(grave + repeats, 2))
        page = yield [(word, teller.crossing, severity)] if word else []
        teller.turn(page)
    return [("cleared", teller.crossing, grave)] if told else []
