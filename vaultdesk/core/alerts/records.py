"""Rules, what they are read against, what they remember and what they say."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum

from vaultdesk.core.market import Quality

CHANNELS = ("desktop", "sound", "mail", "webhook")
"""The ways a notice leaves the desk, as rules name them."""

_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")


class Metric(StrEnum):
    """What a rule watches; `subject` of the rule says of what."""

    LTV = "ltv"
    """Market LTV, a fraction."""
    UTILISATION = "utilisation"
    """Loan by lending value, a fraction."""
    SIGMA = "sigma"
    """Distance to the margin call, in standard deviations of one day."""
    PRICE = "price"
    """Price of a symbol, in its currency."""
    FX = "fx"
    """Price of a currency pair such as EURUSD."""
    DATA = "data"
    """Seconds in session without an honest price of a symbol; of those the loan needs if empty."""
    EXPIRY = "expiry"
    """Calendar days to the last session of an expiry held, by New York dates."""
    COVERAGE = "coverage"
    """Fraction of the gold to be covered that puts protect at the margin call, on the day after
    the first of those held have ended."""


class Severity(IntEnum):
    """How bad it is; close-out overrides quiet hours."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2
    CLOSEOUT = 3


class Market(StrEnum):
    """Whose prices a desk shows; a value of any other quality than believed sets nothing off."""

    REAL = "real"
    """The market's own. A cached price was evaluated when it was live."""
    RECORDED = "recorded"
    """A recording that is replayed: told like the real ones, and said to be recorded."""
    SIMULATED = "simulated"
    """Made up: stays in the desk's own list."""

    @property
    def believed(self) -> frozenset[Quality]:
        """The qualities of honest values."""
        return _BELIEVED[self]

    @property
    def own(self) -> Quality:
        """The quality of what needs no price, such as the loss of data."""
        return {Market.REAL: Quality.LIVE, Market.RECORDED: Quality.CACHED}.get(
            self, Quality.SIMULATED
        )

    @property
    def mark(self) -> str:
        """What a sentence begins with, so that nobody takes it for today's market."""
        return "" if self is Market.REAL else f"{self.value.title()}: "


_BELIEVED = {
    Market.REAL: frozenset({Quality.LIVE, Quality.DELAYED}),
    Market.RECORDED: frozenset({Quality.LIVE, Quality.DELAYED, Quality.CACHED}),
    Market.SIMULATED: frozenset({Quality.SIMULATED}),
}


class Event(StrEnum):
    """What an alert tells."""

    CROSSED = "crossed"
    """The threshold was reached."""
    ESCALATED = "escalated"
    """Nobody acknowledged it in time."""
    REMINDED = "reminded"
    """A snooze is over and the value is still beyond the threshold."""
    CLEARED = "cleared"
    """The value came back; kept in the history, sent nowhere."""


Series = tuple[Metric, str]
"""What values are a sequence of: a metric and its subject."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line not to be crossed in silence.

    Attributes:
        id: short and lasting, such as "ltv-70": small letters, digits, dots and dashes.
        metric: what is watched.
        threshold: in the metric's unit; a value that equals it has reached it.
        severity: of the crossing.
        subject: symbol or pair, empty for the loan's own metrics.
        rising: True tells a value at or above the threshold, False one at or below.
        clear_band: how far the value must come back, in the metric's unit, to arm the rule again;
            with zero anything short of the threshold will do.
        cooldown: a second crossing so soon after the last notice waits for the end of this; it is
            told then if the value is still beyond.
        escalate_after: tell again, one degree graver, when nobody acknowledged for so long.
        channels: of `CHANNELS`, where it goes besides the list in the window, of those that the
            settings switch on.
        enabled: False keeps the rule and watches nothing.
    """

    id: str
    metric: Metric
    threshold: Decimal
    severity: Severity
    subject: str = ""
    rising: bool = True
    clear_band: Decimal = Decimal("0.005")
    cooldown: timedelta = timedelta(minutes=5)
    escalate_after: timedelta | None = None
    channels: frozenset[str] = frozenset(CHANNELS)
    enabled: bool = True

    @property
    def series(self) -> Series:
        """What the rule is read against."""
        return self.metric, self.subject

    def same_line(self, other: "Rule") -> bool:
        """Whether both watch the same line and find crossing it equally grave."""
        names = ("metric", "subject", "threshold", "rising", "clear_band", "enabled", "severity")
        return all(getattr(self, name) == getattr(other, name) for name in names)


def fault(rule: Rule) -> tuple[str, str] | None:
    """The field of a rule that cannot be used, and a sentence saying what to enter instead."""
    nothing, priced = timedelta(0), rule.metric in (Metric.PRICE, Metric.FX)
    band, again = rule.clear_band, rule.escalate_after
    checks = (
        (_ID.fullmatch(rule.id), "id", "Name it in up to 40 small letters, digits, dots, dashes."),
        (rule.subject or not priced, "subject", "Enter the symbol to watch, such as GLD."),
        (rule.threshold.is_finite(), "threshold", "Enter the threshold as a number."),
        (band.is_finite() and band >= 0, "clear_band", "Enter a clear band of zero or more."),
        (rule.cooldown >= nothing, "cooldown", "Enter a cooldown of zero or more."),
        (again is None or again > nothing, "escalate_after", "Enter how long to wait, or nothing."),
        (rule.channels <= set(CHANNELS), "channels", f"Choose among {', '.join(CHANNELS)}."),
    )
    return next(((name, sentence) for good, name, sentence in checks if not good), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric's value now, and what it was computed from.

    `price` is of `symbol`, from `source`, made at `price_at` by the exchange's time. `confirmed` is
    False for a value from a price that jumped and was not seen a second time. `note` is what
    belongs into the sentence besides, such as "margin call at 280.00".
    """

    metric: Metric
    subject: str
    value: Decimal
    at: datetime
    quality: Quality
    source: str = ""
    price: Decimal | None = None
    price_at: datetime | None = None
    confirmed: bool = True
    symbol: str = ""
    note: str = ""

    @property
    def series(self) -> Series:
        """The sequence of values it belongs to."""
        return self.metric, self.subject


@dataclass(frozen=True, slots=True)
class Latch:
    """What a rule remembers between two evaluations; a rule without one is armed.

    Attributes:
        crossings: how often it was crossed so far, those included that were over before the
            cooldown was and so were never told.
        beyond: whether the value is beyond the threshold and has not cleared it since.
        owed: crossed during the cooldown and not told yet.
        told_at: of the last notice, or None before the first.
        escalations: of this crossing.
        reminders: of this crossing.
        acknowledged: somebody has taken note of this crossing.
        snoozed_until: no notice before.
    """

    crossings: int = 0
    beyond: bool = False
    owed: bool = False
    told_at: datetime | None = None
    escalations: int = 0
    reminders: int = 0
    acknowledged: bool = False
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One row of the history. `id` is the same for the same crossing, however often computed.

    `crossing` counts those of the rule from 1. `age_s` is the price's age when it was evaluated,
    None where there was no price.
    """

    id: str
    rule: str
    event: Event
    severity: Severity
    at: datetime
    metric: Metric
    subject: str
    value: Decimal
    threshold: Decimal
    sentence: str
    price: Decimal | None = None
    source: str = ""
    quality: Quality = Quality.LIVE
    age_s: float | None = None
    channels: frozenset[str] = frozenset()
    crossing: int = 1
