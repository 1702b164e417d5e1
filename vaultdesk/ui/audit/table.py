"""The columns of the audit log, and an entry in full."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.ui.format import MISSING, local, recent
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.translation import tr

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
    return recent(at)


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
    Column("number", tr("No"), "", lambda e: str(e.number), sample="00000",
           meaning=tr("Its place in the log, from 1")),
    _of("utc", tr("Time"), lambda e: utc(e.fact.at), "0000-00-00 00:00:00.000", 3,
        tr("When it happened, in UTC"), unit="UTC", hint=lambda e: local(e.fact.at)),
    _of("local", tr("Time"), lambda e: local_clock(e.fact.at), "00-00 00:00:00", 1,
        tr("When it happened, on this machine's clock"), unit=tr("local"),
        hint=lambda e: local(e.fact.at)),
    _of("kind", tr("Kind"), lambda e: str(e.fact.kind), "execution", 0, tr("What it is about")),
    _of("text", tr("What happened"), lambda e: one_line(e.fact.text), "An order was confirmed", 0,
        tr("In words; in full below"), prose=True, hint=lambda e: e.fact.text),
    _of("who", tr("Who"), lambda e: e.fact.who, "desk paper", 2,
        tr("The user, the desk, or the broker")),
    _of("subject", tr("Subject"), lambda e: one_line(e.fact.subject), "VD-00000000-000000000000", 4,
        tr("An order's reference, an alert's id, a setting's name")),
    _of("wire", tr("Wire"), lambda e: "✓" if e.fact.wire else "", "✓", 5,
        tr("Whether the message as it came or went is kept: select the entry to "
"read it")),
)  # fmt: skip


def in_full(entry: Entry) -> str:
    """Everything an entry says, the wire's own text and the seal included."""
    fact = entry.fact
    lines = [
        tr("No       {number}, {kind}, by {who}").format(
            number=entry.number, kind=fact.kind, who=fact.who
        ),
        tr("Subject  {value}").format(value=fact.subject or MISSING),
        tr("Time     {isoformat}").format(
            isoformat=fact.at.astimezone(UTC).isoformat(timespec="microseconds")
        ),
        tr("Local    {at}").format(at=local(fact.at)),
        tr("Seal     {hash}").format(hash=entry.hash),
        "",
        fact.text,
    ]
    if fact.wire:
        lines += ["", tr("As it stood on the wire:"), fact.wire]
    return "\n".join(lines)
