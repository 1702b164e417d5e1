"""How the desk is, as `/health` and `vaultdesk health --json` tell it."""

from typing import Literal

from msgspec import Struct

from vaultdesk.adapters.web.shapes.kinds import Count, Moment, Quality, Seconds


class Environment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which desk answers; `mark` is SIMULATED or RECORDED where the prices are."""

    profile: Literal["desk", "demo"]
    demo: bool
    mark: Literal["", "SIMULATED", "RECORDED"]


class FeedHealth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where prices come from and how old the newest is; `at` is the exchange's time."""

    name: str
    state: str
    sentence: str
    at: Moment | None
    age_s: Seconds | None
    quality: Quality | None
    fresh_for_s: Seconds


class BrokerHealth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where orders go; `account_mode` is none where nothing can be ordered at all."""

    name: str
    state: str
    sentence: str
    account_mode: Literal["none", "read-only", "paper", "live"]


class DatabaseHealth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The profile's database by its name; `sentence` says what is wrong with it, if anything."""

    file: str
    schema: Count | None
    newest_schema: Count
    writable: bool
    sentence: str


class CacheHealth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether fetched quotes and chains are kept on disk."""

    enabled: bool


class AlertsHealth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the rules were evaluated last; null where no desk watches."""

    last_evaluation: Moment | None
    age_s: Seconds | None


class DiskHealth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is free where the profile lies; null where that cannot be told."""

    free_bytes: Count | None


class KeyringHealth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where passwords are kept, and a sentence on that."""

    place: Literal["keyring", "session", "vault"]
    state: str


class Health(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of it; stale means that no honest price or no evaluation is there."""

    status: Literal["ok", "stale", "failing"]
    version: str
    environment: Environment
    feed: FeedHealth
    broker: BrokerHealth
    database: DatabaseHealth
    cache: CacheHealth
    alerts: AlertsHealth
    disk: DiskHealth
    keyring: KeyringHealth
    problems: list[str]
