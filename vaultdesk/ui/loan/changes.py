"""What a version of a loan's terms changed, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.ui.loan.fields import LENDER, Entry
from vaultdesk.ui.loan.form import PARTS, Texts, sheet_of, summary
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.loan.terms import Facility

SUBJECT = {"lots": "symbol", "tranches": "currency", "reserves": "currency"}
"""By what a row is called where something in it changed."""
ADDED = {"lots": tr("pledged"), "tranches": tr("borrowed"), "reserves": tr("in reserve")}
REMOVED = {"lots": tr("released"), "tranches": tr("repaid"), "reserves": tr("no more reserve of")}
NONE = tr("none")
OBVIOUS = ("quantity", "principal", "amount")
"""Fields whose change needs no name: "GLD 10,000 → 12,000"."""


def changes(before: Facility | None, after: Facility) -> tuple[str, ...]:
    """Each difference in words: "GLD 10,000 → 12,000"; when versions hold is none."""
    if before is None:
        return (tr("set up"),)
    old, new = sheet_of(before), sheet_of(after)
    found = [one for key in PARTS for one in _rows(key, old.rows(key), new.rows(key))]
    entries = tuple(entry for entry in LENDER if entry.name != "effective")
    return (*found, *_fields(entries, "", old.lender, new.lender))


def _rows(part: str, old: list[Texts], new: list[Texts]) -> list[str]:
    """Rows that are alike are left out; of the rest the first goes with the first, and so on."""
    gone, come = _without(old, new), _without(new, old)
    found: list[str] = []
    for before, after in zip(gone, come, strict=False):
        found += _fields(PARTS[part].entries, after[SUBJECT[part]], before, after)
    paired = min(len(gone), len(come))
    found += [f"{REMOVED[part]} {summary(part, row)}" for row in gone[paired:]]
    return found + [f"{ADDED[part]} {summary(part, row)}" for row in come[paired:]]


def _without(rows: list[Texts], others: list[Texts]) -> list[Texts]:
    """The rows less one for each of the others that is the same."""
    left, found = list(others), []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            found.append(row)
    return found


def _fields(entries: tuple[Entry, ...], subject: str, old: Texts, new: Texts) -> list[str]:
    found = []
    for entry in entries:
        before, after = old[entry.name], new[entry.name]
        if before != after:
            name = "" if entry.name in OBVIOUS else entry.label.replace("&", "").lower()
            words = (subject, name, before or NONE, "→", after or NONE)
            found.append(" ".join(word for word in words if word))
    return found
