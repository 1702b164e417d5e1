"""What the clients asked of the fake TWS, in order; also in a file, for other processes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

KINDS = {
    1: "market_data",
    2: "cancel_market_data",
    3: "place_order",
    4: "cancel_order",
    5: "open_orders",
    6: "account_updates",
    7: "executions",
    8: "ids",
    9: "contract_details",
    15: "auto_open_orders",
    16: "all_open_orders",
    17: "managed_accounts",
    49: "current_time",
    58: "global_cancel",
    59: "market_data_type",
    61: "positions",
    62: "account_summary",
    63: "cancel_account_summary",
    64: "cancel_positions",
    71: "start_api",
    76: "account_updates_multi",
    77: "cancel_account_updates_multi",
    78: "option_parameters",
    91: "market_rule",
    99: "completed_orders",
}
"""The requests by their numbers; any other is journalled by its number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of one client; the order's fields are empty or 0 where it is about none.

    `accepted` says whether the broker carried it out: not so when the connection was cut before.
    """

    number: int
    kind: str
    client_id: int
    fields: tuple[str, ...]
    order_id: int = 0
    perm_id: int = 0
    order_ref: str = ""
    what_if: bool = False
    accepted: bool = True


class Journal:
    """Keeps the entries; each is also a line of JSON in the file, when there is one."""

    def __init__(self, file: Path | None = None, entries: Sequence[Entry] = ()) -> None:
        self.entries = list(entries)
        self._file = file

    def add(self, kind: str, client_id: int, fields: Sequence[str], **order: object) -> Entry:
        """Write down a request; `order` are the fields of `Entry` about its order."""
        line = {"kind": kind, "client_id": client_id, "fields": tuple(fields), **order}
        entry = _entry({"number": len(self.entries) + 1, **line})
        self.entries.append(entry)
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(entry)) + "\n")
        return entry

    def of(self, kind: str) -> list[Entry]:
        """The requests of this kind, oldest first."""
        return [entry for entry in self.entries if entry.kind == kind]

    def orders(self, order_ref: str | None = None) -> list[Entry]:
        """The orders that came, without those that only asked what if."""
        real = (entry for entry in self.of("place_order") if not entry.what_if)
        return [entry for entry in real if order_ref is None or entry.order_ref == order_ref]


def read_journal(file: Path) -> Journal:
    """The journal that another process writes, as far as it is on the disk."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return Journal(entries=[_entry(json.loads(line)) for line in lines])


def _entry(values: dict[str, object]) -> Entry:
    fields = values["fields"]
    assert isinstance(fields, list | tuple)
    return Entry(**(values | {"fields": tuple(fields)}))  # type: ignore[arg-type]
