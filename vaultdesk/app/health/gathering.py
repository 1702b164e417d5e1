"""How the desk is: what only its services know is handed in, the rest is looked at here."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Literal

from vaultdesk import __version__
from vaultdesk.adapters.web.shapes.health import (
    AlertsHealth,
    BrokerHealth,
    CacheHealth,
    DatabaseHealth,
    DiskHealth,
    Environment,
    FeedHealth,
    Health,
    KeyringHealth,
)
from vaultdesk.app.parts import DATABASE
from vaultdesk.core.market import Quality

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from vaultdesk.app.credentials import Credentials
    from vaultdesk.app.parts import Profile
    from vaultdesk.core.market import FeedStatus, Quote
    from vaultdesk.core.orders.broker import BrokerStatus
    from vaultdesk.core.orders.life import Mode

LEAST_FREE = 50_000_000
"""Bytes on the disk below which the desk is failing: a backup of the profile may not fit."""
EVALUATED_WITHIN_S = 60.0
"""Rules are evaluated every second; a machine that is busy may be late."""
SMALL_WAIT_S = 1.0
"""How long the look into the database waits for one who writes."""


def feed_health(
    name: str, status: FeedStatus | None, quote: Quote | None, now: datetime, fresh_for_s: float
) -> FeedHealth:
    """The feed and its newest quote, as it was judged; `status` None where no desk asks it."""
    return FeedHealth(
        name=name,
        state=status.state.value if status else "not asked",
        sentence=status.sentence if status else "",
        at=quote.at.isoformat() if quote else None,
        age_s=round(quote.age(now).total_seconds(), 3) if quote else None,
        quality=quote.quality.value if quote else None,
        fresh_for_s=fresh_for_s,
    )


def alerts_health(last: datetime | None, now: datetime) -> AlertsHealth:
    """When rules were evaluated last, both by the market's clock."""
    if last is None:
        return AlertsHealth(last_evaluation=None, age_s=None)
    age = max((now - last).total_seconds(), 0.0)
    return AlertsHealth(last_evaluation=last.isoformat(), age_s=round(age, 3))


def broker_health(
    status: BrokerStatus | None, mode: Mode | None, name: str = "none"
) -> BrokerHealth:
    """The broker's connection; None where nothing is connected to one."""
    return BrokerHealth(
        name=status.name if status else name,
        state=status.state.value if status else "not connected",
        sentence=status.sentence if status else "",
        account_mode=mode.value if mode else "none",
    )


async def health(
    profile: Profile,
    *,
    feed: FeedHealth,
    broker: BrokerHealth,
    alerts: AlertsHealth,
    credentials: Credentials,
    problem: str = "",
) -> Health:
    """All of it and what follows.

    Args:
        profile: whose.
        feed: as `feed_health` gives it.
        broker: as `broker_health` gives it.
        alerts: as `alerts_health` gives it.
        credentials: asked where passwords are kept; none is read.
        problem: why memory stands in for the disk, if it does.
    """
    kept = await asyncio.to_thread(_database, profile.home / DATABASE)
    if problem:
        kept = _without(kept, problem)
    free = await asyncio.to_thread(_free_bytes, profile.home)
    chosen = profile.settings
    return Health(
        status=_status(kept, free, feed, alerts),
        version=__version__,
        environment=Environment(
            profile="demo" if profile.demo else "desk",
            demo=profile.demo,
            mark=_mark(profile),
        ),
        feed=feed,
        broker=broker,
        database=kept,
        cache=CacheHealth(enabled=kept.writable and profile.keeps_market),
        alerts=alerts,
        disk=DiskHealth(free_bytes=free),
        keyring=KeyringHealth(place=chosen.secrets_in, state=await credentials.describe()),
        problems=_problems(kept, free, feed, alerts),
    )


def _mark(profile: Profile) -> Literal["", "SIMULATED", "RECORDED"]:
    if profile.mark == "SIMULATED":
        return "SIMULATED"
    return "RECORDED" if profile.mark else ""


def _status(
    kept: DatabaseHealth, free: int | None, feed: FeedHealth, alerts: AlertsHealth
) -> Literal["ok", "stale", "failing"]:
    if kept.sentence or (free is not None and free < LEAST_FREE):
        return "failing"
    return "stale" if _of_feed(feed) or _of_alerts(alerts) else "ok"


def _problems(
    kept: DatabaseHealth, free: int | None, feed: FeedHealth, alerts: AlertsHealth
) -> list[str]:
    full = ""
    if free is not None and free < LEAST_FREE:
        full = f"Only {free / 1e6:.0f} MB are free where the profile lies: free some space."
    return [one for one in (kept.sentence, full, _of_feed(feed), _of_alerts(alerts)) if one]


def _of_feed(feed: FeedHealth) -> str:
    if feed.quality is None:
        return f"{feed.name} has given no price yet: check its connection."
    if feed.quality == Quality.STALE:
        return f"The newest price from {feed.name} is {feed.age_s:.0f} s old: check its connection."
    return ""


def _of_alerts(alerts: AlertsHealth) -> str:
    if alerts.age_s is None:
        return "No desk evaluates the alerts: open VaultDesk, or run 'vaultdesk serve'."
    if alerts.age_s > EVALUATED_WITHIN_S:
        return f"Alerts were last evaluated {alerts.age_s:.0f} s ago: restart VaultDesk."
    return ""


def _free_bytes(home: Path) -> int | None:
    """Where the profile lies, or will once it is made."""
    there = next((one for one in (home, *home.parents) if one.exists()), None)
    try:
        return shutil.disk_usage(there).free if there else None
    except OSError:
        return None


def _database(path: Path) -> DatabaseHealth:
    """A look into the file that changes nothing in it; blocking."""
    newest = _newest_schema()
    if not path.exists():
        return _judged(path, None, newest, writable=_writable(path.parent), sentence="")
    try:
        with closing(
            sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=SMALL_WAIT_S)
        ) as database:
            row = database.execute("SELECT version FROM schema_version").fetchone()
    except sqlite3.Error as error:
        return _judged(path, None, newest, writable=False, sentence=_unreadable(path, error))
    schema = int(row[0]) if row else 0
    sentence = ""
    if schema > newest:
        sentence = f"{path.name} was written by a newer VaultDesk: install the newer program."
    elif not _writable(path):
        sentence = f"{path.name} cannot be written: make it and its folder writable."
    return _judged(path, schema, newest, writable=_writable(path), sentence=sentence)


def _newest_schema() -> int:
    from vaultdesk.storage.database import MIGRATIONS  # noqa: PLC0415 (SQLAlchemy, in a thread)

    return len(MIGRATIONS)


def _judged(
    path: Path, schema: int | None, newest: int, *, writable: bool, sentence: str
) -> DatabaseHealth:
    return DatabaseHealth(
        file=path.name,
        schema=schema,
        newest_schema=newest,
        writable=writable,
        sentence=sentence,
    )


def _without(kept: DatabaseHealth, problem: str) -> DatabaseHealth:
    return DatabaseHealth(
        file=kept.file,
        schema=kept.schema,
        newest_schema=kept.newest_schema,
        writable=False,
        sentence=problem,
    )


def _writable(path: Path) -> bool:
    there = next((one for one in (path, *path.parents) if one.exists()), path)
    return os.access(there, os.W_OK)


def _unreadable(path: Path, error: sqlite3.Error) -> str:
    return f"{path.name} cannot be read ({error}): restore a backup, or move it away to start anew."
