"""What a row of each table must be besides its types: the domain's own words and records.

The records are read by the very types the stores read them by, so that what passes here is read by
the desk afterwards.
"""

import hashlib
import re
import zlib
from collections.abc import Callable, Mapping
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

import msgspec

from vaultdesk.core.alerts import Deed, DeliveryState, Event, Latch, Metric, Rule, Severity
from vaultdesk.core.alerts.records import CHANNELS, fault
from vaultdesk.core.audit import FactKind
from vaultdesk.core.hedge import scenes, templates
from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.draft import OrderDraft
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.life import Mode, OrderState
from vaultdesk.core.reports.kept import ReportKind

Row = Mapping[str, Any]
"""Columns of the database by name, as it is to hold them."""
LONGEST_RECORD = 64 << 20
"""Bytes that a report's record may have."""
_SHA256 = re.compile(r"[0-9a-f]{64}")

Check = Callable[[Row, str], None]
"""Raises ValueError with what is expected in the column of that name."""


def check(table: str, row: Row) -> tuple[str, str] | None:
    """The first column of a row that the desk could not read, and what is expected there."""
    for name, rule in RULES.get(table, {}).items():
        if row[name] is None:
            continue
        try:
            rule(row, name)
        except (ValueError, RecursionError) as error:  # the domain's own are the former
            return name, str(error)
    return None


def one_of(words: type[StrEnum]) -> Check:
    """One of the words there are."""
    return _among({word.value for word in words})


def _among(known: set[str]) -> Check:
    def rule(row: Row, name: str) -> None:
        if row[name] not in known:
            raise ValueError(f"one of {', '.join(sorted(known))}")

    return rule


def _number_of(words: type[IntEnum]) -> Check:
    return _between(min(words), max(words))


def _between(least: int, most: int | None = None) -> Check:
    def rule(row: Row, name: str) -> None:
        if row[name] < least or (most is not None and row[name] > most):
            raise ValueError(f"a whole number of {least} to {most}" if most else f"{least} or more")

    return rule


def _json(kind: type) -> Check:
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind)

    def rule(row: Row, name: str) -> None:
        try:
            decoder.decode(row[name])
        except ValueError as error:
            raise ValueError(f"{kind.__name__} as JSON ({error})") from None

    return rule


def _positive(row: Row, name: str) -> None:
    if row[name].startswith("-"):
        raise ValueError("a number that is not negative")


def _channels(row: Row, name: str) -> None:
    if not set(row[name].split()) <= set(CHANNELS):
        raise ValueError(f"names among {', '.join(CHANNELS)}, with spaces between")


def _rule(row: Row, name: str) -> None:
    _json(Rule)(row, name)
    rule = msgspec.json.decode(row[name], type=Rule)
    if rule.id != row["id"]:
        raise ValueError(f"a rule named '{row['id']}', as its row is")
    if wrong := fault(rule):
        raise ValueError(f"a rule that can be used: {wrong[1]}")


def _template(row: Row, name: str) -> None:
    templates.Template(row["name"], templates.parsed(row[name]))


def _scene(row: Row, name: str) -> None:
    scenes.NamedScene(row["name"], scenes.parsed(row[name]))


def _only(number: int) -> Check:
    def rule(row: Row, name: str) -> None:
        if row[name] != number:
            raise ValueError(f"{number}: there is one such row")

    return rule


def _profile(row: Row, name: str) -> None:
    try:
        msgspec.convert(row[name], UUID)
    except msgspec.ValidationError:
        raise ValueError("a UUID") from None


def _digest(row: Row, name: str) -> None:
    if not _SHA256.fullmatch(row[name]):
        raise ValueError("64 hexadecimal digits")


def _record(row: Row, name: str) -> None:
    """What a report was made from, compressed; its digest is the one that its PDF names."""
    unpacking = zlib.decompressobj()
    try:
        record = unpacking.decompress(row[name], LONGEST_RECORD)
    except zlib.error:
        raise ValueError("a compressed record") from None
    if not unpacking.eof or hashlib.sha256(record).hexdigest() != row["record_sha256"]:
        raise ValueError("the record that record_sha256 is of")


_SNAPSHOT: dict[str, Check] = {
    "reason": _among({"hour", "zone", "alert"}),
    "zone": one_of(Zone),
    "quality": one_of(Quality),
    **dict.fromkeys(
        ("price", "value", "amount", "ltv", "call_ltv", "closeout_ltv", "lending_value"), _positive
    ),
}

RULES: dict[str, dict[str, Check]] = {
    "facilities": {"terms": _json(Facility)},
    "snapshots": _SNAPSHOT,
    "alert_rules": {"rule": _rule},
    "alert_latches": {"latch": _json(Latch)},
    "alerts": {
        "event": one_of(Event),
        "severity": _number_of(Severity),
        "metric": one_of(Metric),
        "quality": one_of(Quality),
        "crossing": _between(0),
        "channels": _channels,
    },
    "alert_actions": {"deed": one_of(Deed), "crossing": _between(0)},
    "alert_deliveries": {"state": one_of(DeliveryState), "attempts": _between(0)},
    "alert_desk": {"id": _only(1), "profile": _profile},
    "hedge_templates": {"build": _template},
    "scenes": {"scene": _scene},
    "orders": {
        "place": _between(0),
        "draft": _json(OrderDraft),
        "mode": one_of(Mode),
        "state": one_of(OrderState),
    },
    "order_executions": {"revision": _between(0), "instrument": _json(Instrument)},
    "manual_positions": {"instrument": _json(Instrument)},
    "audit": {"kind": one_of(FactKind)},
    "audit_head": {"id": _only(1), "count": _between(0)},
    "reports": {
        "kind": one_of(ReportKind),
        "record": _record,
        "record_sha256": _digest,
        "pdf_sha256": _digest,
    },
}
