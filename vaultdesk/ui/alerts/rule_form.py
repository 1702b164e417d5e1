"""A rule as a form: its fields as text, what is wrong with them, and what they would mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.alerts import CHANNELS, Metric, Rule, Severity, fault
from vaultdesk.core.alerts.sentences import shown
from vaultdesk.core.money import plain
from vaultdesk.ui import reading
from vaultdesk.ui.alerts.table import SEVERITIES
from vaultdesk.ui.format import how_many, units
from vaultdesk.ui.reading import Unreadable
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

MINUTE = timedelta(minutes=1)
WEEK = 7 * 24 * 60
"""In minutes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a metric is written: its name in sentences and lists, its unit beside the field.

    `subject` is an example of what it is of, empty where it is the loan's. `falls` is whether a
    new rule watches for a fall.
    """

    metric: Metric
    name: str
    unit: str
    subject: str = ""
    falls: bool = False
    band: str = "0"

    @property
    def per_cent(self) -> bool:
        """Whether the value is a fraction, typed in per cent."""
        return self.unit == "%"


WAYS = {
    "desktop": tr("desktop"),
    "sound": tr("sound"),
    "mail": tr("mail"),
    "webhook": tr("webhook"),
}
"""What the channels are called."""
KINDS = {
    kind.metric: kind
    for kind in (
        Kind(Metric.LTV, "LTV", "%", band="0.5"),
        Kind(Metric.UTILISATION, tr("Utilisation"), "%", band="0.5"),
        Kind(Metric.SIGMA, tr("Distance to the call"), tr("daily sigmas"), falls=True, band="0.25"),
        Kind(Metric.PRICE, tr("Price"), tr("in its currency"), "GLD", falls=True, band="1"),
        Kind(Metric.FX, tr("Exchange rate"), "", "EURUSD", falls=True, band="0.005"),
        Kind(Metric.DATA, tr("Time without a price"), "s", tr("empty for those the loan needs")),
        Kind(
            Metric.EXPIRY,
            tr("Time to an expiry held"),
            tr("days"),
            tr("GLD 2026-12-18"),
            falls=True,
        ),
        Kind(Metric.COVERAGE, tr("Gold protected by puts, soon"), "%", falls=True, band="0.5"),
    )
}
OFFERED = tuple(KINDS.values())
"""What a rule can be made of in the dialog."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A rule as it stands in the form; `is_new` ones may still be given another name."""

    id: str
    metric: Metric
    subject: str
    rising: bool
    threshold: str
    clear_band: str
    cooldown: str
    escalate_after: str
    severity: Severity
    channels: frozenset[str]
    enabled: bool
    is_new: bool = False


def typed(rule: Rule, *, is_new: bool = False) -> Typed:
    """The rule as it would be typed."""
    kind, again = KINDS[rule.metric], rule.escalate_after
    return Typed(
        id=rule.id,
        metric=rule.metric,
        subject=rule.subject,
        rising=rule.rising,
        threshold=_number(rule.threshold, kind) + " %" * kind.per_cent,
        clear_band=_number(rule.clear_band, kind) + " %" * kind.per_cent,
        cooldown=_minutes(rule.cooldown),
        escalate_after="" if again is None else _minutes(again),
        severity=rule.severity,
        channels=rule.channels,
        enabled=rule.enabled,
        is_new=is_new,
    )


def blank(taken: Collection[str]) -> Typed:
    """A new rule, its threshold still to be typed."""
    rule = Rule(free_name("rule", taken), Metric.LTV, Decimal(0), Severity.WARNING)
    return replace(typed(rule, is_new=True), threshold="")


def with_metric(form: Typed, metric: Metric) -> Typed:
    """The form for another metric: what was typed in the old one's unit is not carried over."""
    kind = KINDS[metric]
    band = kind.band + " %" * kind.per_cent
    subject = form.subject if kind.subject else ""
    return replace(
        form, metric=metric, subject=subject, rising=not kind.falls, threshold="", clear_band=band
    )


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The name itself, or with the first number that makes it one of its own."""
    names = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def judge(form: Typed, others: Collection[str]) -> tuple[Rule | None, dict[str, str]]:
    """The rule typed and, where it is not sound, a sentence for each field at fault.

    `others` are the names of the other rules.
    """
    wrong: dict[str, str] = {}
    rule = _read(form, wrong)
    if rule.id in others:
        wrong["id"] = tr("Another rule has this name: choose one of its own.")
    if (found := fault(rule)) and found[0] not in wrong:
        wrong[found[0]] = found[1]
    return (None, wrong) if wrong else (rule, {})


def _read(form: Typed, wrong: dict[str, str]) -> Rule:
    """The rule, with zero for each number that is none; `wrong` gets a sentence for it."""
    kind = KINDS[form.metric]

    def read(name: str, how: Callable[[str], Decimal]) -> Decimal:
        try:
            return how(getattr(form, name))
        except Unreadable as error:
            wrong[name] = str(error)
            return Decimal(0)

    threshold = read("threshold", reading.level if kind.per_cent else reading.amount)
    band = read("clear_band", points if kind.per_cent else reading.amount)
    cooldown = read("cooldown", minutes)
    again = read("escalate_after", minutes) if form.escalate_after.strip() else None
    return Rule(
        id=form.id.strip(),
        metric=form.metric,
        threshold=threshold,
        severity=form.severity,
        subject=form.subject.strip().upper() if kind.subject else "",
        rising=form.rising,
        clear_band=band,
        cooldown=float(cooldown) * MINUTE,
        escalate_after=None if again is None else float(again) * MINUTE,
        channels=form.channels,
        enabled=form.enabled,
    )


def points(text: str) -> Decimal:
    """A width typed in points of per cent, as a fraction: "0.5" and "0.5 %" are 0.005.

    Raises:
        Unreadable: Nothing, or no number.
    """
    return reading.amount(text.strip().removesuffix("%")) / 100


def minutes(text: str) -> Decimal:
    """A number of minutes, of a week at most.

    Raises:
        Unreadable: Nothing, no number, or longer than a week.
    """
    found = reading.amount(text)
    if abs(found) > WEEK:
        raise Unreadable(tr("Enter {week} minutes, a week, at most.").format(week=how_many(WEEK)))
    return found


def summary(rule: Rule) -> str:
    """The rule in a few words, for the list: "◆ LTV reaches 75 %"."""
    return f"{SEVERITIES[rule.severity][0]} {_watched(rule)} {_when(rule)}"


def preview(rule: Rule) -> str:
    """What the rule does, in sentences."""
    back = rule.threshold - rule.clear_band if rule.rising else rule.threshold + rule.clear_band
    told = [
        tr("Tells when {watched} {crosses};").format(
            watched=_mid_sentence(_watched(rule)), crosses=_when(rule)
        )
    ]
    if rule.clear_band:
        told.append(
            tr("again only after it came back to {value}.").format(value=_shown(rule, back))
        )
    else:
        told.append(tr("again only after it came back."))
    if rule.cooldown:
        told.append(
            tr("Never twice within {cooldown} min.").format(cooldown=_minutes(rule.cooldown))
        )
    if rule.escalate_after:
        told.append(
            tr("Told again, graver, if nobody notes it for {escalate_after} min.").format(
                escalate_after=_minutes(rule.escalate_after)
            )
        )
    ways = [WAYS[name] for name in CHANNELS if name in rule.channels]
    told.append(tr("Goes to {places}.").format(places=", ".join((tr("the list"), *ways))))
    if rule.severity is Severity.CLOSEOUT:
        told.append(tr("Quiet hours do not hold it back."))
    return (
        " ".join(told) if rule.enabled else tr("Switched off. {told}").format(told=" ".join(told))
    )


def restored(forms: Sequence[Typed], defaults: Sequence[Rule]) -> list[Typed]:
    """The default rules as they were, in the place of those of their names; others stay."""
    ids = {rule.id for rule in defaults}
    return [*(typed(rule) for rule in defaults), *(form for form in forms if form.id not in ids)]


def _watched(rule: Rule) -> str:
    name = KINDS[rule.metric].name
    return (
        tr("{name} of {subject}").format(name=name, subject=rule.subject) if rule.subject else name
    )


def _when(rule: Rule) -> str:
    told = tr("reaches {value}") if rule.rising else tr("falls to {value}")
    return told.format(value=_shown(rule, rule.threshold))


def _shown(rule: Rule, value: Decimal) -> str:
    return shown(rule.metric, value, None).replace("daily standard deviations", "daily sigmas")


def _mid_sentence(words: str) -> str:
    return words if words.startswith("LTV") else words[0].lower() + words[1:]


def _number(value: Decimal, kind: Kind) -> str:
    return units(plain(100 * value if kind.per_cent else value))


def _minutes(span: timedelta) -> str:
    return units(plain(Decimal(str(span / MINUTE))))
