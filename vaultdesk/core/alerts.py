"""What must be said when a number crosses a line: rules as data, one engine for all of them.

A rule watches one metric. It is latched when the value reaches the threshold, which is told once,
and armed again only when the value has come back by the clear band.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum

from vaultdesk.core.market import Quality


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
    """Seconds in session without an honest price of a symbol."""
    EXPIRY = "expiry"
    """Days to an expiry."""


class Severity(IntEnum):
    """How bad it is; close-out overrides quiet hours."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2
    CLOSEOUT = 3


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


@dataclass(frozen=True, slots=True)
class Rule:
    """One line not to be crossed in silence.

    Attributes:
        id: short and lasting, such as "ltv-70".
        metric: what is watched.
        threshold: in the metric's unit; a value that equals it has reached it.
        severity: of the crossing.
        subject: symbol or pair, empty for the loan's own metrics.
        rising: True tells a value at or above the threshold, False one at or below.
        clear_band: how far the value must come back, in the metric's unit, to arm the rule again.
        cooldown: a second crossing so soon after the last notice waits for the end of this; it is
            told then if the value is still beyond.
        escalate_after: tell again, one degree graver, when nobody acknowledged for so long.
        channels: where it goes besides the list in the window: "desktop", "sound", "mail",
            "webhook".
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
    channels: frozenset[str] = frozenset({"desktop"})
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric's value now, and what it was computed from; `price_at` is the exchange's time.

    `confirmed` is False for a value from a price that jumped and was not seen a second time.
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


@dataclass(frozen=True, slots=True)
class Latch:
    """What a rule remembers between two evaluations; a rule without one is armed.

    Attributes:
        crossings: how often it was crossed so far.
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

    `age_s` is the price's age when it was evaluated, None where there was no price.
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
