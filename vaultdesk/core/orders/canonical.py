"""Records as canonical JSON, the same text for the same values, and its hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from vaultdesk.core.money import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.orders.preview import Preview


def canonical(record: object) -> str:
    """Sorted keys, no spaces, decimals as text without trailing zeros, times in UTC."""
    return json.dumps(_plain(record), sort_keys=True, separators=(",", ":"))


def hashed(preview: Preview) -> Preview:
    """The preview with the SHA-256 of everything in it as its `hash`."""
    text = canonical(replace(preview, hash=""))
    return replace(preview, hash=hashlib.sha256(text.encode()).hexdigest())


def _plain(value: object) -> object:
    if value is None or (isinstance(value, str | int) and not isinstance(value, Enum)):
        return value
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no canonical form.")


_FORMS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (Enum, lambda value: value.value),
    (Decimal, lambda value: f"{plain(value):f}"),
    (datetime, lambda value: value.astimezone(UTC).isoformat(timespec="microseconds")),
    (date, lambda value: value.isoformat()),
    (tuple, lambda value: [_plain(one) for one in value]),
)
