"""The parts of a desk without its window: profile, feed, services, stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from vaultdesk import settings as layers
from vaultdesk.core.hedge.vocabulary import FeeSchedule, HedgeRules
from vaultdesk.core.money import exact
from vaultdesk.events import PricesNeeded
from vaultdesk.ports import InputError, StorageError
from vaultdesk.services.call_risk import CallRiskService
from vaultdesk.services.chain import ChainService
from vaultdesk.services.chains import Chains
from vaultdesk.services.hedge import HedgeService
from vaultdesk.services.history import HistoryService
from vaultdesk.services.loan import LoanService
from vaultdesk.services.market import MarketService

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from pathlib import Path

    from vaultdesk.adapters.ibkr.connection import Connection
    from vaultdesk.core.calendar import Sessions
    from vaultdesk.events import Bus
    from vaultdesk.ports import MarketFeed
    from vaultdesk.settings import Settings
    from vaultdesk.storage.database import Database
    from vaultdesk.stores import (
        AlertStore,
        AuditStore,
        LoanStore,
        MarketStore,
        OrderStore,
        PaperStore,
        ReportStore,
        SceneStore,
        SnapshotStore,
        TemplateStore,
    )

DATABASE = "desk.db"
RECORDED = "recorded:"


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Screenshot:
    """Paint the window into `file` after `after_s` seconds and quit."""

    file: Path
    after_s: float


@dataclass(frozen=True, slots=True)
class Profile:
    """Whose numbers these are: the demonstration keeps its own folder, loan and history."""

    settings: Settings
    demo: bool = False

    @property
    def home(self) -> Path:
        """The folder of this profile."""
        return layers.home() / "demo" if self.demo else layers.home()

    @property
    def keeps_market(self) -> bool:
        """Whether prices belong into the profile's database: those of a replay do not."""
        return self.demo or not self.mark

    @property
    def mark(self) -> str:
        """The word that stands over numbers that are not the market's; empty for real ones."""
        if self.settings.feed == "simulated":
            return "SIMULATED"
        return "RECORDED" if self.settings.feed.startswith(RECORDED) else ""


def build_feed(profile: Profile, *, at_end: bool = False) -> MarketFeed:
    """The feed the settings name; `at_end` opens a recording at its newest quote.

    Raises:
        KnownError: The recording cannot be read, or the simulation's start is no time.
    """
    chosen = profile.settings
    if chosen.feed == "simulated":
        return _simulated(chosen)
    if chosen.feed.startswith(RECORDED):
        return _recorded(chosen, at_end=at_end)
    if chosen.feed == "ibkr":
        return _ibkr(chosen)
    from vaultdesk.adapters.yahoo import YahooFeed  # noqa: PLC0415

    return YahooFeed(WallClock(), profile.home / "yahoo", timeout=chosen.request_timeout_s)


def _simulated(chosen: Settings) -> MarketFeed:
    from vaultdesk.adapters.simulated import SimulatedFeed  # noqa: PLC0415

    start = None
    if chosen.simulated_start:
        try:
            start = datetime.fromisoformat(chosen.simulated_start)
        except ValueError:
            start = None
        if start is None or start.tzinfo is None:
            raise InputError(
                f"--simulated-start cannot be '{chosen.simulated_start}': give a time with its "
                "offset, such as 2026-07-10T10:00:00-04:00."
            )
    return SimulatedFeed(
        seed=chosen.simulated_seed, start=start, ticks_per_second=chosen.simulated_ticks_per_s
    )


def _ibkr(chosen: Settings) -> MarketFeed:
    """The feed of TWS; its connection is the broker's too, where orders go to TWS as well."""
    from vaultdesk.adapters.ibkr.feed import IbkrFeed  # noqa: PLC0415

    return IbkrFeed(tws_connection(chosen), WallClock(), timeout_s=chosen.request_timeout_s)


def tws_connection(chosen: Settings) -> Connection:
    """The connection to TWS that the settings name; nothing is called yet."""
    from vaultdesk.adapters.ibkr.connection import Connection  # noqa: PLC0415

    return Connection(chosen.ibkr_host, chosen.ibkr_port, chosen.ibkr_client_id, WallClock())


def _recorded(chosen: Settings, *, at_end: bool) -> MarketFeed:
    from pathlib import Path  # noqa: PLC0415

    from vaultdesk.adapters.cboe import CboeFeed, looks_like_quote_table  # noqa: PLC0415
    from vaultdesk.adapters.recorded.replay import RecordedFeed  # noqa: PLC0415

    path = Path(chosen.feed.removeprefix(RECORDED)).expanduser()
    if not path.is_file():
        raise InputError(f"There is no recording at {path}: check the path after 'recorded:'.")
    if looks_like_quote_table(path):
        return CboeFeed(path)
    return RecordedFeed(path, speed=chosen.replay_speed, position="end" if at_end else "start")


def symbol_of(feed: MarketFeed, wanted: str) -> str:
    """The symbol to watch: the wanted one, unless a recording holds only others."""
    symbols: tuple[str, ...] = tuple(getattr(feed, "symbols", ()))
    return symbols[0] if symbols and wanted not in symbols else wanted


def trading_sessions(feed: MarketFeed) -> Sessions:
    """The sessions prices are judged by: the feed's own exchange's, else New York's.

    Takes about a second for New York: call it off the event loop.
    """
    from vaultdesk.core import calendar  # noqa: PLC0415

    own: Callable[[date, date], Sessions] = getattr(
        feed, "sessions_between", calendar.new_york_sessions
    )
    today = calendar.trading_date(feed.clock.now())
    return own(today - timedelta(days=14), today + timedelta(days=3 * 365))


def hedge_rules(chosen: Settings) -> HedgeRules:
    """The rules hedges are decided by until the borrower changes them."""
    fees = FeeSchedule(
        per_contract=exact(str(chosen.commission_per_contract)),
        minimum=exact(str(chosen.commission_minimum)),
    )
    return HedgeRules(fees=fees)


@dataclass(slots=True)
class Services:
    """The services of one desk, on one bus and one feed."""

    bus: Bus
    feed: MarketFeed
    market: MarketService
    chains: Chains
    chain: ChainService
    loan: LoanService
    hedge: HedgeService
    history: HistoryService
    call_risk: CallRiskService


def build_services(
    profile: Profile,
    feed: MarketFeed,
    bus: Bus,
    symbol: str,
    *,
    cure_to: Decimal | None = None,
) -> Services:
    """The services, wired to each other, not yet running and without their stores."""
    chosen = profile.settings
    market = MarketService(
        feed,
        bus,
        symbol,
        poll_interval_s=chosen.poll_interval_s,
        fresh_for_s=chosen.fresh_for_s,
        gold_symbol="XAUUSD" if chosen.feed in ("simulated", "ibkr") else chosen.gold_symbol,
    )
    chains = Chains(feed, bus, ttl_s=chosen.chain_ttl_s, fresh_for_s=chosen.fresh_for_s)
    chain = ChainService(
        chains,
        bus,
        market,
        default_days=chosen.chain_days,
        risk_free_rate=chosen.risk_free_rate,
    )
    bus.subscribe(PricesNeeded, lambda event: market.also(event.symbols))
    loan = LoanService(bus, feed.clock, WallClock(), cure_to=cure_to)
    horizon = timedelta(days=chosen.call_horizon_days)
    return Services(
        bus=bus,
        feed=feed,
        market=market,
        chains=chains,
        chain=chain,
        loan=loan,
        hedge=HedgeService(
            chains,
            bus,
            market,
            loan,
            chain,
            rules=hedge_rules(chosen),
            default_rate=chosen.risk_free_rate,
        ),
        history=HistoryService(bus, feed.clock),
        call_risk=CallRiskService(feed, bus, loan, chain, horizon=horizon),
    )


@dataclass(slots=True)
class Stores:
    """The opened databases and their stores; `problem` says why memory stands in for the disk."""

    loan: LoanStore
    market: MarketStore
    snapshots: SnapshotStore
    alerts: AlertStore
    templates: TemplateStore
    scenes: SceneStore
    orders: OrderStore
    paper: PaperStore
    audit: AuditStore
    reports: ReportStore
    databases: list[Database] = field(default_factory=list)
    problem: str = ""

    def close(self) -> None:
        """Finish what was begun and let the files go."""
        for database in self.databases:
            database.close()


def open_stores(profile: Profile) -> Stores:
    """Open the profile's database, or memory where the disk refuses. Blocking: not on the loop."""
    from vaultdesk.storage.alert_store import SqlAlertStore  # noqa: PLC0415
    from vaultdesk.storage.audit_store import SqlAuditStore  # noqa: PLC0415
    from vaultdesk.storage.database import Database  # noqa: PLC0415
    from vaultdesk.storage.loan_store import SqlLoanStore  # noqa: PLC0415
    from vaultdesk.storage.market_store import SqlMarketStore  # noqa: PLC0415
    from vaultdesk.storage.order_store import SqlOrderStore  # noqa: PLC0415
    from vaultdesk.storage.paper_store import SqlPaperStore  # noqa: PLC0415
    from vaultdesk.storage.report_store import SqlReportStore  # noqa: PLC0415
    from vaultdesk.storage.scene_store import SqlSceneStore  # noqa: PLC0415
    from vaultdesk.storage.snapshot_store import SqlSnapshotStore  # noqa: PLC0415
    from vaultdesk.storage.template_store import SqlTemplateStore  # noqa: PLC0415

    problem = ""
    try:
        own = Database(profile.home / DATABASE)
    except StorageError as error:
        own = Database(None)
        problem = str(error)
    market = own if profile.keeps_market else Database(None)
    return Stores(
        loan=SqlLoanStore(own, WallClock()),
        market=SqlMarketStore(market),
        snapshots=SqlSnapshotStore(market),
        alerts=SqlAlertStore(market),
        templates=SqlTemplateStore(own),
        scenes=SqlSceneStore(own),
        orders=SqlOrderStore(market),
        paper=SqlPaperStore(market),
        audit=SqlAuditStore(market),
        reports=SqlReportStore(market),
        databases=[own] if market is own else [own, market],
        problem=problem,
    )
