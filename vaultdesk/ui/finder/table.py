"""The legs the finder chose: what to buy and sell, at which price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.ui.format import MISSING, number, percent, price, units
from vaultdesk.ui.table import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.hedge.position import HedgeLeg

LEFT = Qt.AlignmentFlag.AlignLeft


def _of(
    field: str, heading: str, unit: str, rank: int, text: Callable[[HedgeLeg], str], meaning: str,
    sample: str, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignRight,
) -> Column[HedgeLeg]:  # fmt: skip
    return Column(
        field, heading, unit, text, sample=sample, align=align, rank=rank, meaning=meaning,
        hint=lambda leg: leg.wanted or leg.listed.words,
    )  # fmt: skip


def _interest(leg: HedgeLeg) -> str:
    count = leg.listed.quote.open_interest
    return MISSING if count is None else number(count, 0)


COLUMNS: tuple[Column[HedgeLeg], ...] = (
    _of("side", "", "", 0, lambda leg: "Buy" if leg.contracts > 0 else "Sell",
        "Whether it is bought or sold", "Sell", LEFT),
    _of("contracts", "Contracts", "", 0, lambda leg: units(abs(leg.contracts)),
        "How many", "000"),
    _of("strike", "Strike", "", 0, lambda leg: units(leg.listed.strike), "Per share", "000"),
    _of("right", "", "", 0, lambda leg: "call" if leg.listed.right == "C" else "put",
        "Call or put", "call", LEFT),
    _of("expiry", "Expiry", "", 0, lambda leg: str(leg.listed.expiry), "Its last day",
        "2026-12-18"),
    _of("price", "Price", "a share", 1, lambda leg: price(leg.price()),
        "Natural: the ask to buy, the bid to sell", "00.00"),
    _of("premium", "Premium", "in all", 2, lambda leg: number(leg.premium()),
        "Of all its contracts; negative is received", "-000,000.00"),
    _of("spread", "Spread", "of mid", 3, lambda leg: percent(leg.listed.spread),
        "Ask less bid by their mid", "00.0 %"),
    _of("interest", "Open", "interest", 4, _interest, "Contracts open", "00,000"),
    _of("contract", "Contract", "", 5, lambda leg: leg.listed.quote.contract,
        "As the exchange calls it", "GLD261218P00350000", LEFT),
)  # fmt: skip
"""All of them; money in the options' currency."""
