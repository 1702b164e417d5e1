"""The audit log: facts in the order they happened, each sealed with the one before it.

An entry's hash is SHA-256 over the hash before it and the fact's own canonical JSON, so that
altering, removing or inserting an entry breaks every hash from there on.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

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
    REPORT = "report"
    KEPT = "kept"
    """A row of the database as it is from here on; `wire` is what was changed in it."""


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


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it stands in the database, whatever that is: `columns` as `columns_of` gives."""

    number: object
    columns: tuple[object, ...]
    hash: object


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries were written, and the seal of the last."""

    count: object
    hash: object


def columns_of(fact: Fact) -> tuple[str, ...]:
    """What is sealed, as the database keeps it: kind, time in UTC, subject, who, text, wire."""
    at = fact.at.astimezone(UTC).isoformat(timespec="microseconds")
    return fact.kind.value, at, fact.subject, fact.who, fact.text, fact.wire


def seal(before: str, number: int, fact: Fact) -> str:
    """The hash of a fact at its place, after the entry whose hash is `before`."""
    return _seal(before, number, columns_of(fact))


def first_fault(entries: Iterable[Written], head: Head | None) -> str:
    """A sentence on the first entry that is not what was written there; empty where all are.

    A missing entry is found at the one after it, and at the log's end by the head, as a number or
    seal does not follow.
    """
    before, expected = FIRST, 1
    for entry in entries:
        if sentence := _fault(entry, before, expected):
            return sentence
        before, expected = str(entry.hash), expected + 1
    return _end_fault(head, expected - 1, before)


def _seal(before: str, number: int, columns: tuple[object, ...]) -> str:
    canonical = json.dumps([before, number, *columns], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _fault(entry: Written, before: str, expected: int) -> str:
    number = entry.number
    if not isinstance(number, int) or number < expected:
        return f"Entry {number} was inserted: entry {expected} is expected there."
    if number > expected:
        return f"Entry {expected} is missing: entry {number} stands where it is expected."
    kind, at, subject, *_ = entry.columns
    which = f"Entry {number} ({kind}{f' of {subject}' if subject else ''} at {at})"
    if not all(isinstance(column, str) for column in entry.columns):
        return f"{which} was altered: a text is expected where something else is written."
    right = _seal(before, expected, entry.columns)
    if right == entry.hash:
        return ""
    return f"{which} was altered: its seal is {entry.hash}, and {right} is expected."


def _end_fault(head: Head | None, count: int, last: str) -> str:
    if head is None:
        return "The log's head is missing, so nothing says how many entries there were."
    if isinstance(head.count, int) and head.count > count:
        return f"Entry {count + 1} is missing: {head.count} entries are expected in all."
    if head.count != count:
        return f"The log has {count} entries, and its head was altered to {head.count}."
    if head.hash != last:
        return f"The log's head was altered: its seal is {head.hash}, and {last} is expected."
    return ""
