"""The audit log: facts in the order they happened, each sealed with the one before it.

An entry's hash is SHA-256 over the hash before it and the fact's own canonical JSON, so that
altering, removing or inserting an entry breaks every hash from there on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

FIRST = "0" * 64
"""What stands before the first entry."""


class FactKind(StrEnum):
    """What an entry is about."""

    PREVIEW = "preview"
    CONFIRMED = "confirmed"
    SENT = "sent"
    ORDER = "order"
    EXECUTION = "execution"
    NOTE = "note"
    CANCEL = "cancel"
    RESOLVED = "resolved"
    MODE = "mode"
    BROKER = "broker"
    ALERT = "alert"
    SETTING = "setting"
    POSITION = "position"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened; `at` is aware UTC.

    Attributes:
        kind: what it is about.
        at: when.
        subject: an order's ref, an alert's id, a setting's name.
        who: "user", "desk" or the broker's name.
        text: in words.
        wire: the message as it came or went, where there was one.
    """

    kind: FactKind
    at: datetime
    subject: str
    who: str
    text: str
    wire: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact at its place in the log, from 1, and its seal in hexadecimal."""

    number: int
    fact: Fact
    hash: str


def seal(before: str, number: int, fact: Fact) -> str:
    """The hash of a fact at its place, after the entry whose hash is `before`."""
    row = [
        before,
        number,
        fact.kind.value,
        fact.at.astimezone(UTC).isoformat(timespec="microseconds"),
        fact.subject,
        fact.who,
        fact.text,
        fact.wire,
    ]
    canonical = json.dumps(row, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_broken(entries: Iterable[Entry]) -> int | None:
    """The number of the first entry that is not what was written there; None where all are.

    A missing entry is found at the one after it, as that one's number or seal does not follow.
    """
    before, expected = FIRST, 1
    for entry in entries:
        if entry.number != expected or seal(before, expected, entry.fact) != entry.hash:
            return expected
        before, expected = entry.hash, expected + 1
    return None
