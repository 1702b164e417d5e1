"""One engine for every rule: what must be said, given what was read and what is remembered.

A rule is latched when its value reaches the threshold, exactly equal included, which is told once;
it is armed again when the value has come back by the clear band. Values count only if they are
honest: LIVE or DELAYED, and confirmed. CACHED is not honest enough: it is a price its source has
just failed to renew. It was read when it was live, so it can latch nothing new, and an all-clear
must not rest on it; if the source stays away, the loss of data is told by a rule of its own.

While the desk did not watch, nothing is assumed: what is due then (a crossing owed, an escalation,
a reminder) waits for the first honest value after, which may show that the matter is over.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush

from vaultdesk.core.alerts.book import Book, cleared, reached
from vaultdesk.core.alerts.latches import alert_id, held_until, next_due, severity_of
from vaultdesk.core.alerts.records import (
    Alert,
    Event,
    Latch,
    Market,
    Metric,
    Reading,
    Rule,
    Series,
)
from vaultdesk.core.alerts.sentences import sentence

"""Where a demonstration's alerts may go besides the list in the window."""

_ARMED = Latch()


@dataclass(frozen=True, slots=True)
class Watch:
    """What the engine remembers between two evaluations; only `latches` outlive the program.

    Attributes:
        latches: by rule, also of rules that are gone, so that crossing numbers are never reused.
        unwatched: since when nobody watched a sequence that was watched before.
        values: the newest honest reading of each sequence since watching began.
        timers: when a latched rule has something to say by itself; a heap, in which an entry that
            no longer agrees with its latch means nothing.
        at: of the last evaluation.
        book: which `scanned` and `timers` were made by.
        scanned: sequences whose every rule agrees with their value.
    """

    latches: Mapping[str, Latch]
    unwatched: Mapping[Series, datetime] = field(default_factory=dict)
    values: Mapping[Series, Reading] = field(default_factory=dict)
    timers: tuple[tuple[datetime, str], ...] = ()
    at: datetime | None = None
    book: Book | None = None
    scanned: frozenset[Series] = frozenset()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one evaluation brought: `changed` are the latches to be kept with the alerts."""

    watch: Watch
    alerts: tuple[Alert, ...] = ()
    changed: Mapping[str, Latch] = field(default_factory=dict)


def evaluate(
    book: Book,
    watch: Watch,
    readings: Iterable[Reading],
    now: datetime,
    *,
    market: Market = Market.REAL,
) -> Evaluation:
    """Read these values, then see whose time has come.

    What is not of the real `market` is marked as such; what is made up is sent nowhere.
    """
    run = _Run(book, watch, now, market)
    for reading in readings:
        if honest(reading, market):
            run.read(reading)
    run.ring()
    return run.result()


def honest(reading: Reading, market: Market = Market.REAL) -> bool:
    """Whether a value may latch or clear anything; the loss of data has no price to be honest."""
    believed = reading.quality in market.believed
    return believed and (reading.confirmed or reading.metric is Metric.DATA)


def acknowledged(watch: Watch, rule: str, crossing: int) -> Evaluation:
    """Somebody took note of a crossing: it is not told again. A past one changes nothing."""
    latch = watch.latches.get(rule, _ARMED)
    if latch.crossings != crossing or latch.owed or latch.acknowledged:
        return Evaluation(watch)
    return _changed(watch, rule, replace(latch, acknowledged=True))


def snoozed(watch: Watch, rule: Rule, until: datetime) -> Evaluation:
    """No notice of the rule before `until`; then it is told again if the matter is not over."""
    latch = replace(watch.latches.get(rule.id, _ARMED), snoozed_until=until)
    done = _changed(watch, rule.id, latch)
    due = next_due(rule, latch)
    if due is None:
        return done
    timers = list(watch.timers)
    heappush(timers, (due, rule.id))
    return replace(done, watch=replace(done.watch, timers=tuple(timers)))


def rearmed(watch: Watch, rule: str) -> Evaluation:
    """The rule's line was moved: what it was beyond before says nothing of the new one."""
    latch = watch.latches.get(rule)
    if latch is None or not latch.beyond:
        return Evaluation(watch)
    return _changed(watch, rule, replace(latch, beyond=False, owed=False))


def opened(book: Book, latches: Mapping[str, Latch], watched_at: datetime | None) -> Watch:
    """The watch of a desk that opens, having watched until then; None if it never did."""
    return Watch(latches, dict.fromkeys(book.series, watched_at) if watched_at else {})


def interrupted(watch: Watch, since: datetime) -> Watch:
    """Nothing was watched from `since` until now: the machine slept."""
    unwatched = {**dict.fromkeys(watch.values, since), **watch.unwatched}
    return Watch(watch.latches, unwatched, at=watch.at)


def forgotten(watch: Watch, metrics: Collection[Metric]) -> Watch:
    """The values of these metrics mean nothing any more: the loan is gone."""
    values = {series: value for series, value in watch.values.items() if series[0] not in metrics}
    unwatched = {series: at for series, at in watch.unwatched.items() if series[0] not in metrics}
    scanned = watch.scanned & values.keys()
    return replace(watch, values=values, scanned=scanned, unwatched=unwatched)


def _changed(watch: Watch, rule: str, latch: Latch) -> Evaluation:
    latches = {**watch.latches, rule: latch}
    return Evaluation(replace(watch, latches=latches), changed={rule: latch})


class _Run:
    """One evaluation under way."""

    def __init__(self, book: Book, watch: Watch, now: datetime, market: Market) -> None:
        self._book, self._watch, self._now, self._market = book, watch, now, market
        self._changes: dict[str, Latch] = {}
        self._values = dict(watch.values)
        self._unwatched = dict(watch.unwatched)
        self._scanned = set(watch.scanned)
        self._timers = list(watch.timers)
        self._alerts: list[Alert] = []
        went_back = watch.at is not None and now < watch.at
        if went_back or watch.at is None:
            self._take_back_the_future()
        if went_back or book is not watch.book:
            self._scanned.clear()
            self._set_timers()

    def read(self, reading: Reading) -> None:
        """Latch and clear what this honest value passed."""
        series = reading.series
        before = self._values.get(series)
        self._values[series] = reading
        known = before.value if before is not None and series in self._scanned else None
        self._scanned.add(series)
        unwatched_since = self._unwatched.pop(series, None)
        for rule in self._book.passed(series, known, reading.value):
            latch = self._latch(rule)
            if not latch.beyond and reached(rule, reading.value):
                self._cross(rule, latch, unwatched_since)
            elif latch.beyond and cleared(rule, reading.value):
                self._clear(rule, latch, unwatched_since)
        if before is None:
            for rule in self._book.of(series):
                self._set_timer(rule)

    def ring(self) -> None:
        """Say what is due by now, once for each rule however late it is."""
        due: dict[str, Rule] = {}
        while self._timers and self._timers[0][0] <= self._now:
            at, name = heappop(self._timers)
            rule = self._book.rules.get(name)
            if rule and rule.series in self._values and next_due(rule, self._latch(rule)) == at:
                due[name] = rule
        for rule in due.values():
            latch = self._latch(rule)
            if latch.owed:
                self._tell(rule, latch, Event.CROSSED)
            elif latch.snoozed_until is not None:
                self._tell(rule, replace(latch, reminders=latch.reminders + 1), Event.REMINDED)
            else:
                self._tell(rule, replace(latch, escalations=latch.escalations + 1), Event.ESCALATED)

    def result(self) -> Evaluation:
        """What came of it."""
        old = self._watch
        latches = {**old.latches, **self._changes} if self._changes else old.latches
        watch = replace(
            old,
            latches=latches,
            unwatched=self._unwatched,
            values=self._values,
            timers=tuple(self._timers),
            at=self._now,
            book=self._book,
            scanned=frozenset(self._scanned),
        )
        return Evaluation(watch, tuple(self._alerts), self._changes)

    def _cross(self, rule: Rule, latch: Latch, unwatched_since: datetime | None) -> None:
        crossed = replace(
            latch,
            crossings=latch.crossings + 1,
            beyond=True,
            escalations=0,
            reminders=0,
            acknowledged=False,
        )
        until = held_until(rule, latch)
        if until is not None and self._now < until:
            self._keep(rule, replace(crossed, owed=True))
        else:
            self._tell(rule, crossed, Event.CROSSED, unwatched_since)

    def _clear(self, rule: Rule, latch: Latch, unwatched_since: datetime | None) -> None:
        """A crossing that was never told is over without a word."""
        if not latch.owed:
            self._say(rule, replace(latch, escalations=0), Event.CLEARED, unwatched_since)
        self._keep(rule, replace(latch, beyond=False, owed=False))

    def _tell(
        self, rule: Rule, latch: Latch, event: Event, unwatched_since: datetime | None = None
    ) -> None:
        self._say(rule, latch, event, unwatched_since)
        self._keep(rule, replace(latch, told_at=self._now, owed=False, snoozed_until=None))

    def _say(
        self, rule: Rule, latch: Latch, event: Event, unwatched_since: datetime | None
    ) -> None:
        reading, now = self._values[rule.series], self._now
        text = sentence(rule, reading, event, now, latch.told_at, unwatched_since)
        channels = frozenset() if event is Event.CLEARED else rule.channels
        made_at = reading.price_at
        self._alerts.append(
            Alert(
                id=alert_id(rule, latch, event),
                rule=rule.id,
                event=event,
                severity=severity_of(rule, latch),
                at=now,
                metric=rule.metric,
                subject=rule.subject,
                value=reading.value,
                threshold=rule.threshold,
                sentence=self._market.mark + text,
                price=reading.price,
                source=reading.source,
                quality=reading.quality,
                age_s=None if made_at is None else max((now - made_at).total_seconds(), 0.0),
                channels=frozenset() if self._market is Market.SIMULATED else channels,
                crossing=latch.crossings,
            )
        )

    def _latch(self, rule: Rule) -> Latch:
        return self._changes.get(rule.id) or self._watch.latches.get(rule.id, _ARMED)

    def _keep(self, rule: Rule, latch: Latch) -> None:
        self._changes[rule.id] = latch
        self._set_timer(rule)

    def _set_timer(self, rule: Rule) -> None:
        due = next_due(rule, self._latch(rule))
        if due is not None:
            heappush(self._timers, (due, rule.id))

    def _set_timers(self) -> None:
        self._timers.clear()
        for rule in self._book.rules.values():
            if rule.series in self._values:
                self._set_timer(rule)

    def _take_back_the_future(self) -> None:
        """A notice told later than now means the clock went back; its cooldown begins now."""
        for name, latch in self._watch.latches.items():
            if latch.told_at is not None and latch.told_at > self._now:
                self._changes[name] = replace(latch, told_at=self._now)
