"""The document of what happened between two days: the LTV's path, alerts, orders, terms, modes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.alerts import Event
from vaultdesk.core.alerts.deliveries import OPEN
from vaultdesk.core.alerts.facts import WORDS
from vaultdesk.core.audit import FactKind
from vaultdesk.core.market import Quality, worst
from vaultdesk.core.orders.life import Mode
from vaultdesk.core.reports.basis import mark
from vaultdesk.core.reports.document import Column, Fit, Lane, Paragraph, Report, Section, Table
from vaultdesk.core.reports.figures import moments, percent
from vaultdesk.core.reports.path import local, path_parts
from vaultdesk.core.reports.records import bounds, diary_title
from vaultdesk.core.reports.terms import changes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from vaultdesk.core.alerts import AlertRecord
    from vaultdesk.core.reports.records import DiaryRecord

DEEDS = {
    FactKind.CONFIRMED: "Order confirmed",
    FactKind.SENT: "Order sent",
    FactKind.ORDER: "Order",
    FactKind.EXECUTION: "Trade",
    FactKind.NOTE: "Broker's note",
    FactKind.CANCEL: "Cancellation asked",
    FactKind.RESOLVED: "Order resolved",
    FactKind.MODE: "Mode",
}
"""The kinds of facts that a diary tells of, and what it calls them."""
PAPER = (
    "Orders marked paper moved no money, and the prices they were filled at are simulated, so "
    "they are no evidence of what a real order costs."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the diary."""

    at: datetime
    what: str
    text: str


def diary_report(record: DiaryRecord, sha256: str) -> Report:
    """The document of a record; `sha256` is the record's own.

    Raises:
        ValueError: its dates are turned round.
    """
    start, end = bounds(record.start, record.end, record.zone)
    lines = entries(record, start, end)
    raised = [one.alert for one in record.alerts if start <= one.alert.at < end]
    quality = worst(Quality.LIVE, *(p.quality for p in record.path), *(a.quality for a in raised))
    sources = {one.source for one in record.path} | {one.source for one in raised}
    told = mark(sorted(sources), quality) or quality.value
    title = f"LTV from {record.start} to {record.end}"
    return Report(
        title=diary_title(record),
        subtitle="What the loan did in these days, what the desk told of it, and what was done.",
        mark=mark(sorted(sources), quality),
        summary=_summary(record, lines, end, told if sources else "there are no data"),
        sections=(
            Section("The path of the LTV", path_parts(title, record.path, start, end,
                                                      _lanes(record, start, end))),
            Section("What happened", _happened(record, lines)),
        ),
        footer=f"record SHA-256 {sha256}",
    )  # fmt: skip


def entries(record: DiaryRecord, start: datetime, end: datetime) -> tuple[Entry, ...]:
    """All that happened from `start` until before `end`, in its order."""
    found = [*_of_alerts(record), *_of_orders(record), *_of_terms(record)]
    return tuple(sorted((one for one in found if start <= one.at < end), key=lambda one: one.at))


def _of_alerts(record: DiaryRecord) -> Iterator[Entry]:
    for kept in record.alerts:
        alert = kept.alert
        told = f"{WORDS[alert.severity]}, {alert.quality.value}: {alert.sentence}"
        yield Entry(alert.at, f"Alert {alert.event.value}", told)
        for delivery in kept.deliveries:
            if delivery.at is not None and delivery.state not in OPEN:
                result = f": {delivery.result}" if delivery.result else ""
                by = f"{delivery.state.value} by {delivery.channel}{result}"
                yield Entry(delivery.at, "Delivery", f"{_which(kept)} {by}")
        if kept.acknowledged_at is not None and alert.event is Event.CROSSED:
            by = f"acknowledged by {kept.acknowledged_by}"
            yield Entry(kept.acknowledged_at, "Acknowledged", f"{_which(kept)} {by}")


def _which(kept: AlertRecord) -> str:
    return f"Alert of rule {kept.alert.rule}, crossing {kept.alert.crossing},"


def _of_orders(record: DiaryRecord) -> Iterator[Entry]:
    """Each order is called by its mode: paper says paper."""
    orders = {one.ref: one for one in record.orders}
    for fact in record.facts:
        order = orders.get(fact.subject)
        what = DEEDS[fact.kind]
        if order is not None:
            what = f"{what}, {order.mode.value}"
        named = f"{fact.subject}: " if fact.kind is not FactKind.MODE else ""
        account = f"{fact.subject}, " if fact.kind is FactKind.MODE and fact.subject else ""
        yield Entry(fact.at, what, f"{account}{named}{fact.text} (by {fact.who})")


def _of_terms(record: DiaryRecord) -> Iterator[Entry]:
    before = None
    for terms in record.versions:
        said = " ".join(changes(before, terms)) or "Written anew without a change."
        by = f" (by {terms.who})" if terms.who else ""
        yield Entry(terms.holds_from, "Terms of the loan", f"{said}{by}")
        before = terms


def _lanes(record: DiaryRecord, start: datetime, end: datetime) -> tuple[Lane, ...]:
    """Marks on the path where alerts were raised, and where orders were confirmed or traded."""
    alerts = [o.alert.at for o in record.alerts if o.alert.event is not Event.CLEARED]
    done = FactKind.CONFIRMED, FactKind.EXECUTION
    orders = [one.at for one in record.facts if one.kind in done]
    return tuple(
        Lane(name, tuple(at.timestamp() for at in moments_ if start <= at < end))
        for name, moments_ in (("alert", alerts), ("order or trade", orders))
    )


def _happened(record: DiaryRecord, lines: tuple[Entry, ...]) -> tuple[Paragraph | Table, ...]:
    if not lines:
        return (
            Paragraph(f"Nothing was told, ordered or changed from {record.start} to {record.end}."),
        )
    like = bounds(record.start, record.end, record.zone)[0]
    columns = (*(Column("When", Fit.WORDS), Column("What", Fit.WORDS), Column("", Fit.PROSE)),)
    rows = tuple((local(one.at, like), one.what, one.text) for one in lines)
    said = [Paragraph(f"Times are by the clocks of {record.zone}, with their offset from UTC.")]
    if any(order.mode is Mode.PAPER for order in record.orders):
        said.append(Paragraph(PAPER))
    return (*said, Table(columns, rows))


def _summary(
    record: DiaryRecord, lines: tuple[Entry, ...], end: datetime, quality: str
) -> tuple[tuple[str, str], ...]:
    counts = Counter(one.what.split(",")[0] for one in lines)
    until = "the whole of it" if record.at >= end else "until this document was made"
    kept = f"{percent(record.path[0].ltv)} to {percent(record.path[-1].ltv)}" if record.path else ""
    last = record.end + timedelta(days=1)
    return (
        ("Days", f"{record.start} to {record.end}, {(last - record.start).days} in all, {until}"),
        ("Clocks", record.zone),
        ("Made", moments(record.at)),
        ("Quality of the data", quality),
        ("LTV", kept or "no value was kept"),
        ("Entries", "; ".join(f"{name.lower()}: {n}" for name, n in counts.items()) or "none"),
        ("Computed by", f"VaultDesk {record.program}"),
    )
