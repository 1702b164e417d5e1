"""What an alert says: the value, the line it reached, the price behind it and what to do."""

from datetime import datetime
from decimal import Decimal

from vaultdesk.core.alerts.records import Event, Metric, Reading, Rule, Severity
from vaultdesk.core.money import plain, rounded

_NAMES = {Metric.LTV: "LTV", Metric.UTILISATION: "Utilisation of the lending value"}
_FRACTIONS = frozenset({*_NAMES, Metric.COVERAGE})
_LOAN = frozenset({Metric.LTV, Metric.UTILISATION, Metric.SIGMA})
_DO_ABOUT_THE_LOAN = {
    Severity.INFO: "look at the loan panel",
    Severity.WARNING: "decide how you would cure it",
    Severity.CRITICAL: "repay, pledge or sell as the loan panel says",
    Severity.CLOSEOUT: "call the lender now",
}
_DO = {
    Metric.DATA: "check the connection, as no alert is raised without prices",
    Metric.COVERAGE: "buy puts that reach further, or roll those held",
}
_DO_ABOUT_AN_EXPIRY = {
    Severity.INFO: "close or roll the position",
    Severity.WARNING: "roll it as the positions panel proposes, or close it",
    Severity.CRITICAL: "sell or roll it before it ends, or puts are exercised into a short",
    Severity.CLOSEOUT: "sell it now",
}


def sentence(
    rule: Rule,
    reading: Reading,
    event: Event,
    now: datetime,
    told_at: datetime | None = None,
    unwatched_since: datetime | None = None,
) -> str:
    """One sentence on `event`.

    Args:
        rule: the rule that speaks.
        reading: the newest honest one.
        event: what happened.
        now: when.
        told_at: of the notice before, for escalations.
        unwatched_since: when nothing had been watched before this reading.
    """
    text = f"{_subject(rule, reading)} {_happened(rule, event, now, told_at)}"
    if unwatched_since is not None:
        text += f" while the desk was not watching since {moment(unwatched_since, now)}"
    basis = ", ".join(part for part in (_price(reading), reading.note) if part)
    if basis:
        text += f": {basis}"
    return text + "." if event is Event.CLEARED else f"{text}; {_advice(rule)}."


def moment(at: datetime, now: datetime) -> str:
    """A time in UTC, with its date if that is another day's than now's."""
    date = "" if at.date() == now.date() else f"{at.day} {at:%B %Y} "
    return f"{date}{at:%H:%M} UTC"


def shown(metric: Metric, value: Decimal, places: int | None = 2) -> str:
    """A metric's value with its unit, rounded to `places`; None keeps every digit."""
    if metric in _FRACTIONS:
        return f"{_digits(value * 100, places)} %"
    if metric in (Metric.PRICE, Metric.FX):
        return price_text(value)
    if metric is Metric.SIGMA:
        return f"{_digits(value, places)} daily standard deviations"
    if metric is Metric.DATA:
        return f"{_digits(value, 0)} s"
    return f"{_digits(value, None)} {'day' if value == 1 else 'days'}"


def price_text(price: Decimal) -> str:
    """A price with its own decimals, but two at least."""
    short = plain(price)
    return f"{short:.2f}" if short == rounded(short, 2) else f"{short:f}"


def _digits(value: Decimal, places: int | None) -> str:
    return f"{plain(value) if places is None else rounded(value, places):f}"


def _subject(rule: Rule, reading: Reading) -> str:
    value = shown(rule.metric, reading.value)
    of = reading.symbol or rule.subject
    match rule.metric:
        case Metric.LTV | Metric.UTILISATION:
            return f"{_NAMES[rule.metric]} {value}"
        case Metric.SIGMA:
            return f"The distance to the margin call, {value},"
        case Metric.DATA:
            return f"The time without an honest price of {of}, {value},"
        case Metric.EXPIRY:
            return f"The time to the expiry of {of}, {value},"
        case Metric.COVERAGE:
            return f"Puts protect {value} of the gold to be covered at the margin call,"
        case _:
            return f"{of} {value}"


def _happened(rule: Rule, event: Event, now: datetime, told_at: datetime | None) -> str:
    line = shown(rule.metric, rule.threshold, None)
    if rule.metric is Metric.COVERAGE and event is Event.CROSSED:
        return f"not more than {line}"
    beyond = "at or above" if rule.rising else "at or below"
    match event:
        case Event.CROSSED:
            return f"has {'reached' if rule.rising else 'fallen to'} {line}"
        case Event.CLEARED:
            return f"is back {'below' if rule.rising else 'above'} {line}"
        case Event.REMINDED:
            return f"is still {beyond} {line} after the snooze"
        case Event.ESCALATED:
            since = f" told at {moment(told_at, now)}" if told_at else ""
            return f"is {beyond} {line} and the notice{since} was not acknowledged"


def _price(reading: Reading) -> str:
    if reading.price is None or reading.metric in (Metric.PRICE, Metric.FX):
        return ""
    of = "the last was" if reading.metric is Metric.DATA else reading.symbol
    return f"{of} {price_text(reading.price)}".lstrip()


def _advice(rule: Rule) -> str:
    if rule.metric in _LOAN:
        return _DO_ABOUT_THE_LOAN[rule.severity]
    if rule.metric is Metric.EXPIRY:
        return _DO_ABOUT_AN_EXPIRY[rule.severity]
    return _DO.get(rule.metric, "see what it means on the loan panel")
