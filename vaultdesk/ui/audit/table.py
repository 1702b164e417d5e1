"""The columns of the audit log, and an entry in full."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.ui.format import MISSING, local
from vaultdesk.ui.table import Column

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from vaultdesk.core.audit import Entry

LEFT = Qt.AlignmentFlag.AlignLeft


def utc(at: datetime) -> str:
    """A moment as the log has it, to the millisecond."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3]


def local_clock(at: datetime) -> str:
    """The same on this machine's clock."""
    return f"{at.astimezone():%m-%d %H:%M:%S}"


def one_line(text: str) -> str:
    """Without line breaks."""
    return " ".join(text.split())


def _of(
    field: str, heading: str, text: Callable[[Entry], str], sample: str, rank: int, meaning: str,
    *, prose: bool = False, unit: str = "", hint: Callable[[Entry], str] | None = None,
) -> Column[Entry]:  # fmt: skip
    return Column(
        field, heading, unit, text, sample=sample, rank=rank, meaning=meaning, align=LEFT,
        prose=prose, hint=hint,
    )  # fmt: skip


COLUMNS: tuple[Column[Entry], ...] = (
    Column("number", "No", "", lambda e: str(e.number), sample="00000",
           meaning="Its place in the log, from 1"),
    _of("utc", "Time", lambda e: utc(e.fact.at), "0000-00-00 00:00:00.000", 3,
        "When it happened, in UTC", unit="UTC", hint=lambda e: local(e.fact.at)),
    _of("local", "Time", lambda e: local_clock(e.fact.at), "00-00 00:00:00", 1,
        "When it happened, on this machine's clock", unit="local", hint=lambda e: local(e.fact.at)),
    _of("kind", "Kind", lambda e: str(e.fact.kind), "execution", 0, "What it is about"),
    _of("text", "What happened", lambda e: one_line(e.fact.text), "An order was confirmed", 0,
        "In words; in full below", prose=True, hint=lambda e: e.fact.text),
    _of("who", "Who", lambda e: e.fact.who, "desk paper", 2, "The user, the desk, or the broker"),
    _of("subject", "Subject", lambda e: one_line(e.fact.subject), "VD-00000000-000000000000", 4,
        "An order's reference, an alert's id, a setting's name"),
    _of("wire", "Wire", lambda e: "✓" if e.fact.wire else "", "✓", 5,
        "Whether the message as it came or went is kept: select the entry to read it"),
)  # fmt: skip


def in_full(entry: Entry) -> str:
    """Everything an entry says, the wire's own text and the seal included."""
    fact = entry.fact
    lines = [
        f"No       {entry.number}, {fact.kind}, by {fact.who}",
        f"Subject  {fact.subject or MISSING}",
        f"Time     {fact.at.astimezone(UTC).isoformat(timespec='microseconds')}",
        f"Local    {local(fact.at)}",
        f"Seal     {entry.hash}",
        "",
        fact.text,
    ]
    if fact.wire:
        lines += ["", "As it stood on the wire:", fact.wire]
    return "\n".join(lines)
