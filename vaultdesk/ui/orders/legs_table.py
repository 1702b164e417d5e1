"""The legs of a ticket's orders, with the quotes its preview was made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.ui.format import MISSING, how_many, local, price
from vaultdesk.ui.orders.words import contract, net
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Ticket
    from vaultdesk.core.orders.instrument import InstrumentQuote
    from vaultdesk.core.orders.preview import Preview

LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
QUOTED = {"bid", "ask", "size", "source"}
NOT_PREVIEWED = tr("Quotes come with the preview.")


@dataclass(frozen=True, slots=True)
class LegRow:
    """One leg of the order at `place`; `quote` is None before a preview.

    `past` says that the quote is of a preview that the ticket was edited after.
    """

    place: int
    draft: OrderDraft
    leg: OrderLeg
    quote: InstrumentQuote | None = None
    past: bool = False

    @property
    def contracts(self) -> int:
        """Of this leg in all, negative when sold."""
        return self.leg.ratio * self.draft.quantity


def rows(ticket: Ticket, preview: Preview | None) -> tuple[LegRow, ...]:
    """Every leg in the order of the ticket, with the quotes of the last preview of the same."""
    past = preview is not None and preview.ticket != ticket
    quotes = [one.quotes for one in preview.estimates] if preview is not None else []
    made = []
    for place, draft in enumerate(ticket.orders):
        known = quotes[place] if place < len(quotes) else ()
        for number, leg in enumerate(draft.legs):
            quote = known[number] if number < len(known) else None
            made.append(LegRow(place, draft, leg, quote, past))
    return tuple(made)


def _quoted(pick: Callable[[InstrumentQuote], Decimal | None]) -> Callable[[LegRow], str]:
    return lambda row: MISSING if row.quote is None else price(pick(row.quote))


def _size(row: LegRow) -> str:
    quote = row.quote
    if quote is None:
        return MISSING
    shown = [MISSING if size is None else f"{size}" for size in (quote.bid_size, quote.ask_size)]
    return " x ".join(shown)


def _source(row: LegRow) -> str:
    return MISSING if row.quote is None else f"{row.quote.source} {row.quote.quality}"


def _hint(row: LegRow) -> str:
    if row.quote is None:
        return NOT_PREVIEWED
    told = f"{row.quote.source} {row.quote.quality}, {local(row.quote.at)}"
    return tr("{told}; preview again for newer ones").format(told=told) if row.past else told


def _faded(row: LegRow) -> str:
    """Quotes of a preview that is gone step back."""
    return "muted" if row.past else "text"


def _of(
    field: str, heading: str, text: Callable[[LegRow], str], sample: str, rank: int, meaning: str,
    align: Qt.AlignmentFlag = RIGHT,
) -> Column[LegRow]:  # fmt: skip
    return Column(
        field, heading, "", text, sample=sample, rank=rank, meaning=meaning, align=align,
        hint=_hint, tone=_faded if field in QUOTED else None,
    )  # fmt: skip


COLUMNS: tuple[Column[LegRow], ...] = (
    _of("order", "#", lambda row: f"{row.place + 1}", "0", 5,
        tr("Which of the orders it belongs to")),
    Column("side", tr("Side"), "", lambda row: tr("▼ sell") if row.leg.ratio < 0 else tr("▲ buy"),
           sample="▼ sell", align=LEFT, tone=lambda r: "down" if r.leg.ratio < 0 else "up",
           meaning=tr("Bought or sold")),
    _of("contracts", tr("Ctr"), lambda row: how_many(abs(row.contracts)), "000", 0,
        tr("Contracts of this leg in all")),
    _of("contract", tr("Contract"), lambda row: contract(row.leg.instrument),
        "GLD 350 put 2026-12-18", 0, tr("Strike, side and last day"), LEFT),
    _of("bid", tr("Bid"), _quoted(lambda quote: quote.bid), "00.00", 1,
        tr("Highest bid per share")),
    _of("ask", tr("Ask"), _quoted(lambda quote: quote.ask), "00.00", 1, tr("Lowest ask per share")),
    _of("size", tr("Size"), _size, "000 x 000", 3,
        tr("Contracts at the best bid and at the best ask")),
    _of("limit", tr("Limit"), lambda row: net(row.draft.limit), "receive 00.00", 2,
        tr("Net price of one unit of its order, per share"), LEFT),
    _of("source", tr("Source"), _source, "simulated SIMULATED", 4, tr("Where the quote comes from"),
        LEFT),
)  # fmt: skip
