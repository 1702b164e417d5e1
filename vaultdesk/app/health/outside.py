"""How the desk is, asked from beside it: by what it wrote down, without a window or a feed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from vaultdesk.app.credentials import Credentials
from vaultdesk.app.health.gathering import alerts_health, broker_health, feed_health, health
from vaultdesk.app.parts import DATABASE, WallClock
from vaultdesk.core.calendar import new_york_sessions, trading_date
from vaultdesk.core.loan.terms import in_force
from vaultdesk.core.market import Quality, judged
from vaultdesk.ports import StorageError
from vaultdesk.services.standing import own_hours

if TYPE_CHECKING:
    from vaultdesk.adapters.web.shapes.health import Health
    from vaultdesk.app.parts import Profile
    from vaultdesk.core.market import Quote
    from vaultdesk.storage.glance import Glance

AROUND = timedelta(days=14)
"""Of sessions looked up around now: no exchange is closed for longer."""


async def health_outside(profile: Profile) -> Health:
    """The health of a profile, whether its desk is open or not; nothing is written or asked for."""
    chosen = profile.settings
    seen = await asyncio.to_thread(_seen, profile)
    now = await asyncio.to_thread(_market_time, profile, seen)
    quote = await asyncio.to_thread(_quote, profile, seen, now)
    credentials = Credentials(profile.home, chosen.secrets_in, "demo" if profile.demo else "")
    try:
        return await health(
            profile,
            feed=feed_health(chosen.feed.partition(":")[0], None, quote, now, chosen.fresh_for_s),
            broker=broker_health(None, None, "paper" if profile.demo else chosen.broker),
            alerts=alerts_health(seen.watched_at if profile.keeps_market else None, now),
            credentials=credentials,
        )
    finally:
        await credentials.close()


def _market_time(profile: Profile, seen: Glance) -> datetime:
    """The time now by the market's clock, which a simulated market sets as it likes.

    That one stood at the newest time written down when the file was last written; blocking.
    """
    wall = WallClock().now()
    stamps = [quote.received for quote in seen.quotes.values()]
    stamps += [seen.watched_at] if seen.watched_at else []
    if profile.mark != "SIMULATED" or not stamps:
        return wall
    path = profile.home / DATABASE
    files = (path, path.with_name(f"{path.name}-wal"))
    written = max(file.stat().st_mtime for file in files if file.exists())
    return max(stamps) + max(wall - datetime.fromtimestamp(written, UTC), timedelta(0))


def _seen(profile: Profile) -> Glance:
    """What was written down; nothing where it cannot be read, which the health says itself."""
    from vaultdesk.storage.glance import Glance, glance  # noqa: PLC0415 (SQLAlchemy, in a thread)

    try:
        return glance(profile.home / DATABASE)
    except StorageError:
        return Glance()


def _quote(profile: Profile, seen: Glance, now: datetime) -> Quote | None:
    """The last price of what the loan rests on, judged by the hour; blocking."""
    if not profile.keeps_market:
        return None
    terms = in_force(seen.versions, now)
    quote = seen.quotes.get(terms.symbol if terms else profile.settings.symbol)
    if quote is None or quote.quality is Quality.SIMULATED:
        return quote
    today = trading_date(now)
    hours = own_hours(quote.symbol, now)
    hours = hours or new_york_sessions(today - AROUND, today + AROUND).hours(now)
    last_traded = hours.last_traded(now) if hours else now
    return judged(quote, last_traded, timedelta(seconds=profile.settings.fresh_for_s))
