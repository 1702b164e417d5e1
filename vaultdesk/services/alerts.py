"""The alerts: rules evaluated at every price and every second, kept before they are told."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.alerts import (
    Action,
    AlertRecord,
    Batch,
    Book,
    Deed,
    Evaluation,
    HistoryQuery,
    Market,
    Metric,
    QuietHours,
    Reading,
    Rule,
    Series,
    Watch,
    default_rules,
    engine,
    evaluate,
    fault,
)
from vaultdesk.core.alerts import hedges as hedge_rules
from vaultdesk.core.alerts.defaults import CALL_LTV, CLOSEOUT_LTV, followed
from vaultdesk.core.alerts.deliveries import deliveries_of
from vaultdesk.core.alerts.hedges import Hedges
from vaultdesk.core.alerts.latches import crossing_of
from vaultdesk.events import (
    AlertsEvaluated,
    AssetQuoted,
    Bus,
    HedgesHeld,
    HoursChanged,
    LoanChanged,
    LoanValued,
    PricesNeeded,
    ProblemCleared,
    ProblemRaised,
    QuoteChanged,
)
from vaultdesk.ports import Clock, InputError, StorageError
from vaultdesk.services.alert_export import write_csv
from vaultdesk.services.alert_readings import (
    LOAN_METRICS,
    Silence,
    latched_silences,
    of_hedges,
    of_loan,
    of_quote,
)
from vaultdesk.services.alert_writer import AlertWriter
from vaultdesk.services.files import writing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.market import Quote
    from vaultdesk.stores import AlertStore

EVERY_S = 1.0

TELL_EVERY = timedelta(seconds=0.9)
"""At most so often it is told that rules were evaluated; by the wall, as a recording may stand."""

ASLEEP_AFTER = timedelta(seconds=90)
"""Nobody watched if the wall clock moved this far between two evaluations."""

REMEMBER_EVERY = timedelta(seconds=20)
"""How often it is written down that the desk watches: a look from outside calls a minute late."""

LOOK_AFTER_S, LOOKS = 5.0, 6
"""How often the watchdog looks, and after how many looks without an evaluation it barks."""

NOT_EVALUATED = (
    f"Alerts have not been evaluated for {LOOKS * LOOK_AFTER_S:.0f} s: restart VaultDesk, and "
    "watch the price yourself until then."
)


class AlertService:
    """Evaluates the rules, keeps what came of it, and only then tells it.

    `rules` are all there are. `last_evaluated` is by the market's `clock`, like every time in
    rules and alerts; deliveries are due by the `wall` clock, and `quiet` holds them back. `wake`
    is called when there is something to deliver, and when the machine slept. `market` is
    whose prices the desk shows.
    """

    def __init__(
        self,
        bus: Bus,
        clock: Clock,
        wall: Clock,
        *,
        market: Market = Market.REAL,
        quiet: QuietHours | None = None,
        wake: Callable[[], None] = lambda: None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.rules: tuple[Rule, ...] = ()
        self.last_evaluated: datetime | None = None
        self.evaluations = 0
        self.quiet = quiet
        self._bus, self._clock, self._wall = bus, clock, wall
        self._market, self._wake, self._sleep = market, wake, sleep
        self._store: AlertStore | None = None
        self._writer = AlertWriter(bus, wake)
        self._levels = self._loan_levels = CALL_LTV, CLOSEOUT_LTV
        self._book, self._watch = Book(()), Watch({})
        self._silence = Silence(market)
        self._hedges = Hedges()
        self._loan: LoanState | None = None
        self._newest: dict[Series, Reading] = {}
        self._wall_at = wall.now()
        self._remembered_at: datetime | None = None
        self._told_at: datetime | None = None
        self._undo = [
            bus.subscribe(LoanValued, self._on_loan),
            bus.subscribe(LoanChanged, self._on_terms),
            bus.subscribe(QuoteChanged, self._on_quote),
            bus.subscribe(AssetQuoted, self._on_asset),
            bus.subscribe(HoursChanged, self._on_hours),
            bus.subscribe(PricesNeeded, self._on_needed),
            bus.subscribe(HedgesHeld, self._on_hedges),
        ]

    async def use(self, store: AlertStore) -> None:
        """Go on where the last desk on this store ended; nothing is evaluated before.

        Raises:
            StorageError: It cannot be read.
        """
        kept = await store.load()
        self._store = store
        self._writer.use(store)
        self._levels = kept.levels or self._loan_levels
        self.rules = default_rules(*self._levels) if kept.rules is None else kept.rules
        self._book = Book(self.rules)
        self._watch = engine.opened(self._book, kept.latches, kept.watched_at)
        if kept.rules is None:
            self._writer.add(Batch(rules=self.rules, levels=self._levels))
        self._silence.begin(latched_silences(self._book, kept.latches))
        self._wall_at = self._wall.now()
        self._follow()
        self._follow_hedges()
        self._evaluate(tuple(self._newest.values()))

    async def run(self) -> None:
        """Evaluate every second until cancelled: for what time alone brings about."""
        while True:
            self.look()
            await self._sleep(EVERY_S)

    async def watchdog(self) -> None:
        """Say so when nothing is evaluated any more; runs beside `run`, until cancelled.

        It counts looks instead of reading a clock, so that a machine that slept is no alarm.
        """
        seen, in_vain = self.evaluations, 0
        while True:
            await self._sleep(LOOK_AFTER_S)
            if self.evaluations == seen:
                in_vain += 1
                if in_vain == LOOKS:
                    self._bus.tell(ProblemRaised("alerts", NOT_EVALUATED))
                continue
            if in_vain >= LOOKS:
                self._bus.tell(ProblemCleared("alerts"))
            seen, in_vain = self.evaluations, 0

    def look(self) -> None:
        """Evaluate what time alone brings about, and try again to write what was refused."""
        self._evaluate(())
        self._writer.go_on()

    async def save_rule(self, rule: Rule) -> None:
        """Add a rule, or put it in the place of the one with its id; evaluated at once.

        Raises:
            InputError: A field cannot be used.
            StorageError: It was not kept yet; the desk goes by it all the same.
        """
        if wrong := fault(rule):
            field, sentence = wrong
            raise InputError(sentence, field)
        others = tuple(one for one in self.rules if one.id != rule.id)
        await self._change((*others, rule))

    async def remove_rule(self, rule_id: str) -> None:
        """Watch this line no more; its history stays.

        A rule that was made for what is held is switched off and stays as long as that is held.

        Raises:
            StorageError: As in `save_rule`.
        """
        await self._change(hedge_rules.without(self.rules, rule_id))

    async def acknowledge(self, alert_id: str, who: str) -> None:
        """Take note of the crossing that this alert is about: it is not told again.

        Raises:
            InputError: There is no such alert.
            StorageError: It was not kept yet.
        """
        crossing = crossing_of(alert_id)
        if crossing is None or not self._happened(*crossing):
            raise InputError(f"There is no alert {alert_id}: choose one of the list.")
        self._take_note({crossing}, who)
        await self._kept()

    async def acknowledge_all(self, who: str) -> None:
        """Take note of everything nobody took note of.

        Raises:
            StorageError: The history cannot be read, or it was not kept yet.
        """
        await self._kept()
        open_ones = await self.history(HistoryQuery(unacknowledged=True))
        self._take_note({(one.alert.rule, one.alert.crossing) for one in open_ones}, who)
        await self._kept()

    async def snooze(self, until: datetime, who: str, rule_id: str | None = None) -> None:
        """No notice of this rule, or of any, before `until` by the market's clock.

        Raises:
            InputError: That is not in the future, or there is no such rule.
            StorageError: It was not kept yet.
        """
        now = self._clock.now()
        if until <= now:
            raise InputError("Choose a time in the future to snooze until.", "until")
        if rule_id is not None and rule_id not in self._book.rules:
            raise InputError(f"There is no rule {rule_id} in force: choose one of the list.")
        for rule in self._book.rules.values():
            if rule_id in (None, rule.id):
                action = Action(Deed.SNOOZED, rule.id, 0, who, now, until)
                self._accept(engine.snoozed(self._watch, rule, until), (action,))
        await self._kept()

    async def history(self, query: HistoryQuery | None = None) -> tuple[AlertRecord, ...]:
        """The alerts that were raised, newest first.

        Raises:
            StorageError: They cannot be read.
        """
        return await self._stored().history(query or HistoryQuery())

    async def export(self, path: Path, query: HistoryQuery | None = None) -> int:
        """Write the alerts as CSV and give their number.

        Raises:
            StorageError: They cannot be read, or the file not written.
        """
        records = await self.history(query)
        with writing(path):
            await asyncio.to_thread(write_csv, path, records)
        return len(records)

    async def settled(self) -> None:
        """Return when everything that was evaluated is kept and told.

        Raises:
            StorageError: The disk refused.
        """
        await self._writer.settled()

    async def close(self) -> None:
        """Hear nothing more and write down the rest.

        Raises:
            StorageError: The disk refused.
        """
        for undo in self._undo:
            undo()
        if self.last_evaluated is not None:
            self._writer.add(Batch(watched_at=self.last_evaluated))
        await self._writer.settled()

    def _stored(self) -> AlertStore:
        if self._store is None:
            raise StorageError("The database is still being opened: try again in a moment.")
        return self._store

    async def _kept(self) -> None:
        self._stored()
        await self._writer.settled()

    async def _change(self, rules: tuple[Rule, ...]) -> None:
        self._stored()
        self._set_rules(rules)
        await self._kept()

    def _set_rules(self, rules: tuple[Rule, ...]) -> None:
        """Go by these rules from now on; lines that moved are armed anew."""
        before, after = ({rule.id: rule for rule in each} for each in (self.rules, rules))
        self.rules, self._book = rules, Book(rules)
        self._writer.add(Batch(rules=rules, levels=self._levels))
        for name in before.keys() | after.keys():
            old, new = before.get(name), after.get(name)
            if old is None or new is None or not old.same_line(new):
                self._accept(engine.rearmed(self._watch, name))
        self._evaluate(tuple(self._newest.values()))

    def _follow(self) -> None:
        """Let the default rules follow the loan's levels, where nobody edited them."""
        if self._store is not None and self._levels != self._loan_levels:
            rules = followed(self.rules, self._levels, self._loan_levels)
            self._levels = self._loan_levels
            self._set_rules(rules)

    def _follow_hedges(self) -> None:
        """Let there be rules for what is held, and for nothing that is gone."""
        if self._store is not None:
            rules = hedge_rules.followed(self.rules, self._hedges, self._clock.now())
            if rules != self.rules:
                self._set_rules(rules)

    def _happened(self, rule: str, number: int) -> bool:
        latch = self._watch.latches.get(rule)
        return latch is not None and 1 <= number <= latch.crossings

    def _take_note(self, crossings: set[tuple[str, int]], who: str) -> None:
        now = self._clock.now()
        for rule, number in sorted(crossings):
            action = Action(Deed.ACKNOWLEDGED, rule, number, who, now)
            self._accept(engine.acknowledged(self._watch, rule, number), (action,))

    def _on_hedges(self, event: HedgesHeld) -> None:
        self._hedges = event.hedges
        if event.hedges.protected is None:
            self._watch = engine.forgotten(self._watch, (Metric.COVERAGE,))
        self._follow_hedges()
        self._evaluate(())

    def _on_loan(self, event: LoanValued) -> None:
        self._loan = event.state
        if event.state is not None:
            self._read(of_loan(event.state, self._clock.now()))

    def _on_terms(self, event: LoanChanged) -> None:
        if event.terms is None:
            self._watch = engine.forgotten(self._watch, LOAN_METRICS)
            gone = [series for series in self._newest if series[0] in LOAN_METRICS]
            for series in gone:
                del self._newest[series]
            self._silence.needed = frozenset()
        else:
            self._loan_levels = event.terms.call_ltv, event.terms.closeout_ltv
            self._follow()

    def _on_quote(self, event: QuoteChanged) -> None:
        self._silence.watched = event.quote.symbol
        self._hear(event.quote)

    def _on_asset(self, event: AssetQuoted) -> None:
        self._hear(event.quote)

    def _hear(self, quote: Quote) -> None:
        self._silence.hear(quote)
        self._read(of_quote(quote, self._clock.now()))

    def _on_hours(self, event: HoursChanged) -> None:
        self._silence.hours = event.hours

    def _on_needed(self, event: PricesNeeded) -> None:
        self._silence.needed = event.symbols

    def _read(self, readings: Iterable[Reading]) -> None:
        """Evaluate one value after the other, so that none is passed over."""
        for reading in readings:
            self._newest[reading.series] = reading
            self._evaluate((reading,))

    def _evaluate(self, readings: tuple[Reading, ...]) -> None:
        if self._store is None:
            return
        now = self._clock.now()
        self._notice_sleep()
        held = of_hedges(self._hedges, self._loan, now, self._market)
        everything = (*readings, *self._silence.readings(self._book, now), *held)
        done = evaluate(self._book, self._watch, everything, now, market=self._market)
        self.last_evaluated = now
        self.evaluations += 1
        self._accept(done)
        self._remember(now)
        if self._told_at is None or self._wall_at - self._told_at >= TELL_EVERY:
            self._told_at = self._wall_at
            self._bus.tell(AlertsEvaluated(now))

    def _notice_sleep(self) -> None:
        before, self._wall_at = self._wall_at, self._wall.now()
        if self._wall_at - before > ASLEEP_AFTER and self.last_evaluated is not None:
            self._watch = engine.interrupted(self._watch, self.last_evaluated)
            self._silence.begin(latched_silences(self._book, self._watch.latches))
            self._wake()

    def _remember(self, now: datetime) -> None:
        """Write down now and then that the desk watches, and with whatever else is written."""
        if self._remembered_at is None or self._wall_at - self._remembered_at >= REMEMBER_EVERY:
            self._remembered_at = self._wall_at
            self._writer.add(Batch(watched_at=now))

    def _accept(self, done: Evaluation, actions: tuple[Action, ...] = ()) -> None:
        self._watch = done.watch
        if not (done.changed or done.alerts or actions):
            return
        wall = self._wall.now()
        deliveries = tuple(
            delivery for alert in done.alerts for delivery in deliveries_of(alert, wall, self.quiet)
        )
        self._writer.add(Batch(done.changed, done.alerts, deliveries, actions))
