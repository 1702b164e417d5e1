"""Which columns of a table are shown, and how wide, in the room there is."""

from collections.abc import Collection, Sequence
from typing import Any

from vaultdesk.ui.tables.model import Column


def columns_shown(
    columns: Sequence[Column[Any]], widths: Sequence[int], room: int, picked: Collection[str] | None
) -> list[int]:
    """The columns of the picked fields; by rank, as many as fit, where nobody picked any.

    Columns of one rank come together or not at all, so both sides of a ladder stay alike. Rank 0
    is always shown.
    """
    if picked is not None:
        return [s for s, c in enumerate(columns) if c.rank == 0 or c.field in picked]
    highest = 0
    for rank in sorted({column.rank for column in columns} - {0}):
        needed = sum(w for w, c in zip(widths, columns, strict=True) if c.rank <= rank)
        if needed > room:
            break
        highest = rank
    return [section for section, column in enumerate(columns) if column.rank <= highest]


def shared_out(
    widths: Sequence[int], shown: Sequence[int], elastic: Sequence[int], room: int
) -> dict[int, int]:
    """The width of each shown column, with what room is left shared among the elastic ones."""
    spare = max(room - sum(widths[section] for section in shown), 0)
    final = {section: widths[section] for section in shown}
    for rank, section in enumerate(elastic):
        final[section] += spare * (rank + 1) // len(elastic) - spare * rank // len(elastic)
    return final
