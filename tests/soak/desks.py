"""The two desks of an endurance run, and what is done with and to each of them."""

import random
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.desktop import Desktop, until
from tests.e2e.program import command_line
from tests.fakes.tws import Fault as TwsFault
from tests.fakes.tws import Policy, Served
from tests.fakes.yahoo import FakeYahoo
from tests.fakes.yahoo import Fault as YahooFault
from tests.soak import checks, records
from tests.soak.desk import RECOVERS_S, SoakDesk
from tests.soak.market import HIGH, LOW, Walk
from tests.soak.records import Records
from tests.soak.schedule import Fault
from tests.soak.stage import Disk, Hook, WallTime
from vaultdesk.core.alerts import Metric, default_rules

if TYPE_CHECKING:
    from collections import Counter

LOAN = ("--symbol", "GLD", "--units", "10000", "--call-ltv", "0.75", "--closeout-ltv", "0.85")
AMOUNT = 2_550_000
"""USD lent, by which the walk's prices cross the lines."""


class DemoDesk(SoakDesk):
    """The demonstration: simulated prices five times a second, orders on the desk's own paper."""

    name = "demo"
    kinds = (Fault.DISK_FULL, Fault.CLOCK_JUMP, Fault.KILL)

    @property
    def profile(self) -> Path:
        return self.home / "demo"

    def arguments(self) -> tuple[str, ...]:
        return "--demo", "--simulated-ticks-per-s", "5"

    def variables(self) -> Mapping[str, str]:
        return {"VAULTDESK_PAPER_CASH": "5e8", "VAULTDESK_SECRETS_IN": "session"}

    def between_lives(self) -> None:
        """Nothing: the demonstration makes its loan itself."""

    def wait_well(self) -> None:
        self.app.wait_text("loan.ltv", r"^\d+\.\d %$", timeout=RECOVERS_S)
        # A large move of gold by the ounce stands there until the next poll confirms it.
        self.app.wait_gone("desk.problem", timeout=RECOVERS_S)

    def work(self) -> None:
        """A hedge of the builder is ordered and filled."""
        self.app.key("ctrl+7")
        self.app.wait_text("strategy.contracts", r"^\d+", timeout=RECOVERS_S)
        self.app.click("strategy.order")
        self.app.wait_text("orders.title", ".")
        self.orders_on()
        self.app.type("orders.quantity", "1")
        limit = Decimal(self.app.text("orders.limit"))
        self.app.type("orders.limit", f"{limit * Decimal('1.1'):.1f}0")
        self.place()
        self.over()


COOLDOWN_S = max(
    rule.cooldown for rule in default_rules() if rule.metric is Metric.LTV
).total_seconds()


class LiveDesk(SoakDesk):
    """Real clients throughout: prices of a fake Yahoo, orders at a fake TWS, alerts posted."""

    name = "live"
    kinds = tuple(Fault)

    def __init__(
        self, desktop: Desktop, disk: Disk, wall: WallTime, rng: random.Random, *,
        yahoo: FakeYahoo, tws: Served, hook: Hook, walk: Walk,
    ) -> None:  # fmt: skip
        super().__init__(desktop, disk, wall, rng)
        self.yahoo, self.tws, self.hook, self.walk = yahoo, tws, hook, walk
        self.dips = 0
        self._amount = AMOUNT
        self._turn, self._cooled = 0, 0.0

    def arguments(self) -> tuple[str, ...]:
        return "--broker", "ibkr", "--ibkr-port", str(self.tws.port), "--poll-interval-s", "2"

    def variables(self) -> Mapping[str, str]:
        return {
            **self.yahoo.variables(),
            "VAULTDESK_NOTIFY_WEBHOOK": "true",
            "VAULTDESK_WEBHOOK_URL": self.hook.address,
            "VAULTDESK_NOTIFY_DESKTOP": "false",
            "VAULTDESK_SECRETS_IN": "session",
        }

    def prepare(self) -> None:
        """Give the profile its loan."""
        self.between_lives()

    def between_lives(self) -> None:
        """A version of the loan is entered at the command line, and so acknowledged."""
        self._amount += 1
        done = command_line(
            self.desktop, self.home, "loan", "set", *LOAN, "--amount", str(self._amount)
        )
        assert done.returncode == 0, done.stderr
        terms = records.read(self.profile).terms
        assert str(self._amount) in terms[-1], "the loan's new amount was not kept"
        self.seen = records.read(self.profile)

    def wait_well(self) -> None:
        self.walk.target = HIGH
        self.app.wait_text("quote.quality", "^(LIVE|DELAYED)$", timeout=RECOVERS_S)
        self.app.wait_text("loan.ltv", r"^6[5-9]\.\d %$", timeout=RECOVERS_S)
        self.app.wait_text("broker.state", "(?i)ready", timeout=RECOVERS_S)

    def violations(self, now: Records) -> list[str]:
        found = super().violations(now)
        crossed = dict.fromkeys(("ltv-70", "ltv-75"), self.dips)
        found += checks.alerts_doubled(now, crossed)
        found += checks.posted_wrongly(self.hook.postings(), now, self.cuts)
        held = self.tws.do(
            lambda it: [
                checks.Held(one.order_ref, f"{one.filled.normalize():f}", one.alive)
                for one in it.orders
            ]
        )
        return found + checks.orders_differ(now, held, self.clicks)

    def work(self) -> None:
        """An order is placed; the price falls through the lines and comes back where it may.

        A second fall before the rules' cooldown is over is told when it is over, not at once.
        """
        self._turn += 1
        if self._turn % 2 or time.monotonic() < self._cooled:
            self._order()
        else:
            self._dip()
            self._cooled = time.monotonic() + COOLDOWN_S

    def _order(self) -> None:
        self.tws.do(lambda it: setattr(it, "policy", self.rng.choice(
            (Policy.FILL_AT_ONCE, Policy.PARTIAL, Policy.WORK))))  # fmt: skip
        self.orders_on()
        self.app.key("ctrl+3")
        self.app.wait_text("chain.status", r"\d+ contracts", timeout=RECOVERS_S)
        self.app.focus("chain.table")
        self.app.key("o")
        self.app.wait_text("orders.title", "put|call")
        if cut := self.rng.random() < 0.3:
            self.tws.do(lambda it: it.faults.add(TwsFault.CUT_AFTER_ORDER))
        self.place()
        if cut:
            self.app.wait_text("broker.state", "(?i)ready", timeout=RECOVERS_S)
        self.tws.do(lambda it: it.faults.discard(TwsFault.CUT_AFTER_ORDER))
        until(self._all_there, "the order at the broker", RECOVERS_S)
        self.tws.do(lambda it: [it.fill(one.order_ref) for one in it.orders if one.alive])
        self.over()

    def _all_there(self) -> bool:
        """Whether every order that stands in the database came to the broker."""
        refs = set(records.read(self.profile).orders)
        return self.tws.do(lambda it: refs <= {one.order_ref for one in it.orders})

    def _dip(self) -> None:
        self.walk.target = LOW
        # A clock that was set back since the last notice makes the cooldown begin anew.
        patience_s = COOLDOWN_S + RECOVERS_S
        until(lambda: self._counted("crossings", self.dips + 1), "both lines crossed", patience_s)
        self.walk.target = HIGH
        until(lambda: self._counted("cleared", self.dips + 1), "both lines cleared", RECOVERS_S)
        self.dips += 1
        until(
            lambda: not checks.undelivered(records.read(self.profile)),
            "every alert delivered",
            2 * RECOVERS_S,
        )

    def _counted(self, what: str, times: int) -> bool:
        counted: Counter[str] = getattr(records.read(self.profile), what)
        return counted["ltv-70"] >= times and counted["ltv-75"] >= times

    def strike(self, fault: Fault) -> None:
        super().strike(fault)
        if fault is Fault.FEED_DEATH:
            self.yahoo.faults |= {YahooFault.DROPPED, YahooFault.STREAM_REFUSED}
        if fault is Fault.BROKER_DROP:
            way = self.rng.choice(("drop", "restart", "deaf", "lost"))
            self.done[f"{fault}: {way}"] += 1
            if way == "drop":
                self.tws.do(lambda it: it.drop())
            elif way == "restart":
                self.tws.restart()
            elif way == "deaf":
                self.tws.do(lambda it: it.faults.add(TwsFault.DEAF))
            else:
                self.tws.do(lambda it: it.connectivity(1100))

    def heal(self, fault: Fault) -> None:
        super().heal(fault)
        if fault is Fault.FEED_DEATH:
            self.yahoo.faults.clear()
        if fault is Fault.BROKER_DROP:
            self.tws.do(lambda it: it.faults.discard(TwsFault.DEAF))
            self.tws.do(lambda it: it.connectivity(1102))
