"""The columns of the list of alerts, and how an alert reads in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.core.alerts import AlertRecord, DeliveryState, Event, Metric, Rule, Severity
from vaultdesk.core.alerts.sentences import shown
from vaultdesk.ui.format import MISSING, SIGMA, local, price, recent
from vaultdesk.ui.format import age as in_words
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from decimal import Decimal

    from vaultdesk.core.alerts import Alert, Delivery
    from vaultdesk.ui.tables.view import Grounds

GROUNDS: Grounds = {"open": ("accent", 0.12)}
"""What nobody has taken note of yet."""

SEVERITIES = {
    Severity.INFO: ("○", tr("Info"), "muted"),
    Severity.WARNING: ("▲", tr("Warning"), "warning"),
    Severity.CRITICAL: ("◆", tr("Critical"), "down"),
    Severity.CLOSEOUT: ("■", tr("Close-out"), "down"),
}
"""A shape, a word and a colour: nobody has to tell the colours apart."""

EVENTS = {
    Event.CROSSED: "crossed",
    Event.ESCALATED: "escalated",
    Event.REMINDED: "reminded",
    Event.CLEARED: "cleared",
}

STATES = {
    DeliveryState.PENDING: "…",
    DeliveryState.HELD: "held",
    DeliveryState.DELIVERED: "✓",
    DeliveryState.FAILED: "✗",
    DeliveryState.OFF: "off",
}

_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


def is_open(record: AlertRecord) -> bool:
    """Whether somebody still has to take note of it."""
    return record.acknowledged_at is None and record.alert.event is not Event.CLEARED


def severity_word(alert: Alert) -> str:
    """Shape and word: "◆ Critical"; what came back is neither."""
    if alert.event is Event.CLEARED:
        return tr("✓ Cleared")
    shape, word, _tone = SEVERITIES[alert.severity]
    return f"{shape} {word}"


def severity_tone(alert: Alert) -> str:
    """The colour that stands beside the word."""
    return "up" if alert.event is Event.CLEARED else SEVERITIES[alert.severity][2]


def amount(metric: Metric, value: Decimal) -> str:
    """A value in the column's few letters: "71.25 %", "380 s", sigmas as their sign."""
    text = shown(metric, value)
    return text.replace(" daily standard deviations", f" {SIGMA}").replace(" days", " d")


def origin(alert: Alert) -> str:
    """Where the price came from and how old it was: "yahoo LIVE 4 s"."""
    if not alert.source:
        return MISSING
    age = "" if alert.age_s is None else f" {aged(alert.age_s)}"
    return f"{alert.source} {alert.quality}{age}"


def aged(age_s: float) -> str:
    """An age given in seconds, in words."""
    return in_words(timedelta(seconds=age_s))


def delivered(deliveries: Sequence[Delivery]) -> str:
    """How far the notice came on each channel: "desktop ✓ mail …"."""
    sent = (one for one in deliveries if one.state is not DeliveryState.OFF)
    return " ".join(f"{one.channel} {STATES[one.state]}" for one in sent) or MISSING


def delivery_lines(deliveries: Sequence[Delivery]) -> str:
    """A line for each channel with what came back."""
    return "\n".join(_delivery_line(one) for one in deliveries) or tr(
        "Sent nowhere but to this list."
    )


def noted(record: AlertRecord) -> str:
    """Who took note and when; "open" while nobody did."""
    if record.acknowledged_at is not None:
        return f"{record.acknowledged_by} {moment(record.acknowledged_at)}"
    return "open" if is_open(record) else MISSING


def moment(at: datetime) -> str:
    """A time on this machine's clock, without year and zone."""
    return recent(at)


def told_at(record: AlertRecord) -> str:
    """When, with a dot before what nobody took note of."""
    return f"{'●' if is_open(record) else ' '} {moment(record.alert.at)}"


def watching(rules: Sequence[Rule]) -> str:
    """What an empty list says: how much is watched."""
    count = sum(rule.enabled for rule in rules)
    if not count:
        return tr("No rule is switched on, so nothing is watched: switch one on under Rules.")
    told = tr(
        "Watching {count} rules; nothing crossed yet.",
        "Watching {count} rule; nothing crossed yet.",
        count,
    )
    return told.format(count=count)


def columns() -> tuple[Column[AlertRecord], ...]:
    """What happened first; then the numbers, as there is room."""
    return (
        _column("at", tr("Time"), told_at, "● 00-00 00:00:00", 0, _time_hint),
        Column(
            "severity", tr("Severity"), "", lambda r: severity_word(r.alert), sample="■ Close-out",
            align=_LEFT, tone=lambda r: severity_tone(r.alert), ground=_ground,
            meaning=tr("How grave the crossing is: by its shape, its word and its colour"),
        ),
        _column("rule", tr("Rule"), lambda r: r.alert.rule, "ltv-00.0", 6),
        Column(
            "sentence", tr("What happened"), "", lambda r: r.alert.sentence,
            sample="LTV 00.00 % has reached 00", align=_LEFT, ground=_ground,
            hint=lambda r: r.alert.sentence, prose=True,
        ),
        _column("value", tr("Value"), lambda r: amount(r.alert.metric, r.alert.value), "00.00 %", 1,
                lambda r: tr("exactly {value}").format(value=r.alert.value), _RIGHT),
        _column("threshold", tr("Threshold"), lambda r: amount(r.alert.metric, r.alert.threshold),
                "00.00 %", 4,
                lambda r: tr("exactly {threshold}").format(threshold=r.alert.threshold), _RIGHT),
        _column("price", tr("Price"), lambda r: price(r.alert.price), "000.00", 3, None, _RIGHT),
        _column("source", tr("Source and age"), lambda r: origin(r.alert), "yahoo LIVE 0 s", 6),
        _column("deliveries", tr("Sent"), lambda r: delivered(r.deliveries), "desktop ✓", 5,
                lambda r: delivery_lines(r.deliveries)),
        Column(
            "acknowledged", tr("Noted by"), "", noted, sample="desk 00-00 00:00:00", align=_LEFT,
            rank=2, tone=lambda r: "accent" if is_open(r) else "muted", ground=_ground,
            meaning=tr("Who took note of it and when; open while nobody did"),
        ),
    )  # fmt: skip


def _column(
    field: str,
    heading: str,
    text: Callable[[AlertRecord], str],
    sample: str,
    rank: int,
    hint: Callable[[AlertRecord], str] | None = None,
    align: Qt.AlignmentFlag = _LEFT,
) -> Column[AlertRecord]:
    return Column(
        field, heading, "", text, sample=sample, rank=rank, hint=hint, align=align, ground=_ground
    )


def _ground(record: AlertRecord) -> str:
    return "open" if is_open(record) else ""


def _time_hint(record: AlertRecord) -> str:
    pending = tr("; nobody took note of it yet") if is_open(record) else ""
    return f"{local(record.alert.at)}{pending}"


def _delivery_line(one: Delivery) -> str:
    tries = (
        tr(" after {attempts} attempts").format(attempts=one.attempts) if one.attempts > 1 else ""
    )
    when = (
        tr(" at {at}").format(at=local(one.at))
        if one.at
        else tr(", due {due}").format(due=local(one.due))
    )
    said = f": {one.result}" if one.result else ""
    return f"{one.channel}: {one.state}{tries}{when}{said}"
