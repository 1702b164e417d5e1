"""Healths of a desk, well and ill."""

from typing import Any

from msgspec.structs import replace

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

WELL = Health(
    status="ok",
    version=__version__,
    environment=Environment(profile="desk", demo=False, mark=""),
    feed=FeedHealth(
        name="yahoo",
        state="streaming",
        sentence="",
        at="2026-11-20T15:32:00+00:00",
        age_s=7.0,
        quality="LIVE",
        fresh_for_s=60.0,
    ),
    broker=BrokerHealth(name="paper", state="ready", sentence="", account_mode="read-only"),
    database=DatabaseHealth(file="desk.db", schema=7, newest_schema=7, writable=True, sentence=""),
    cache=CacheHealth(enabled=True),
    alerts=AlertsHealth(last_evaluation="2026-11-20T15:32:06+00:00", age_s=1.0),
    disk=DiskHealth(free_bytes=12_300_000_000),
    keyring=KeyringHealth(place="keyring", state="Passwords are kept in the keyring."),
    problems=[],
)


async def healthy() -> Health:
    """A desk that is well."""
    return WELL


def with_part(part: str, **changes: Any) -> Health:  # noqa: ANN401
    """A desk that is well but for some fields of one part; its status stays what it was."""
    changed: Health = replace(WELL, **{part: replace(getattr(WELL, part), **changes)})
    return changed
