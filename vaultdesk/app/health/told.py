"""The health of a desk in rows, for the command line, the dialog and the diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.app.health.gathering import EVALUATED_WITHIN_S, LEAST_FREE
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.ui.signs import MARKS, Sign, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vaultdesk.adapters.web.shapes.health import Health

GIGABYTE, MEGABYTE = 1e9, 1e6
KEPT = "Passwords are kept"
"""How every place for passwords that can be used describes itself."""
PART_WIDTH, WORD_WIDTH = 10, 8


def signs(health: Health) -> tuple[Sign, ...]:
    """Every part in the order it matters."""
    return (
        _feed(health),
        _alerts(health),
        _database(health),
        _disk(health),
        _broker(health),
        _keyring(health),
    )


def overall(health: Health) -> Sign:
    """All of it in one: the worst that was found."""
    sentence = health.problems[0] if health.problems else "Everything is watched and kept."
    return Sign("desk", State(health.status), sentence)


def told(health: Health, more: Iterable[Sign] = ()) -> str:
    """For a human, a line each: a mark and its word, the part, a sentence and an age."""
    mark = f" · {health.environment.mark}" if health.environment.mark else ""
    head = f"VaultDesk {health.version}, profile {health.environment.profile}{mark}"
    return "\n".join([head, *(_line(sign) for sign in (overall(health), *signs(health), *more))])


def _line(sign: Sign) -> str:
    word = f"{MARKS[sign.state]} {sign.state.upper()}"
    age = "" if sign.age_s is None else f" ({sign.age_s:,.0f} s old)"
    return f"{word:<{WORD_WIDTH + 2}}{sign.part:<{PART_WIDTH}}{sign.sentence}{age}"


def _feed(health: Health) -> Sign:
    feed = health.feed
    if feed.quality is None:
        return Sign("feed", State.STALE, f"{feed.name}: no price yet")
    state = State.STALE if feed.quality == Quality.STALE else State.OK
    parts = (f"{feed.name}: {feed.quality}", feed.state, feed.sentence)
    return Sign("feed", state, " · ".join(part for part in parts if part), feed.age_s)


def _alerts(health: Health) -> Sign:
    age = health.alerts.age_s
    if age is None:
        return Sign("alerts", State.STALE, "nobody evaluates them")
    late = age > EVALUATED_WITHIN_S
    said = "not evaluated any more" if late else "evaluated"
    return Sign("alerts", State.STALE if late else State.OK, said, age)


def _database(health: Health) -> Sign:
    kept = health.database
    if kept.sentence:
        return Sign("database", State.FAILING, kept.sentence)
    if kept.schema is None:
        return Sign("database", State.OFF, f"{kept.file} is not there yet: open VaultDesk once.")
    version = f"version {kept.schema} of {kept.newest_schema}"
    cache = "on" if health.cache.enabled else "off"
    return Sign("database", State.OK, f"{kept.file}, {version}, writable · cache {cache}")


def _disk(health: Health) -> Sign:
    free = health.disk.free_bytes
    if free is None:
        return Sign("disk", State.OFF, "how much is free cannot be told")
    size = f"{free / GIGABYTE:,.1f} GB" if free >= GIGABYTE else f"{free / MEGABYTE:,.0f} MB"
    return Sign("disk", State.FAILING if free < LEAST_FREE else State.OK, f"{size} free")


def _broker(health: Health) -> Sign:
    """A broker that is away is no fault of the desk; it wants a look all the same."""
    broker = health.broker
    parts = (f"{broker.name}: {broker.state}", broker.account_mode, broker.sentence)
    sentence = " · ".join(part for part in parts if part and part != "none")
    try:
        known = BrokerState(broker.state)
    except ValueError:
        return Sign("broker", State.OFF, sentence)
    return Sign("broker", State.OK if known is BrokerState.READY else State.CHECK, sentence)


def _keyring(health: Health) -> Sign:
    """Where passwords are kept; a place that cannot be used says why instead."""
    said = health.keyring.state
    return Sign("keyring", State.OK if said.startswith(KEPT) else State.CHECK, said)
