"""The legs the finder chose: what to buy and sell, at which price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from vaultdesk.ui.format import MISSING, dated, number, percent, price, units
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.translation import tr

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
    _of("side", "", "", 0, lambda leg: tr("Buy") if leg.contracts > 0 else tr("Sell"),
        tr("Whether it is bought or sold"), tr("Sell"), LEFT),
    _of("contracts", tr("Contracts"), "", 0, lambda leg: units(abs(leg.contracts)),
        tr("How many"), "000"),
    _of("strike", tr("Strike"), "", 0, lambda leg: units(leg.listed.strike), tr("Per share"),
        "000"),
    _of("right", "", "", 0, lambda leg: "call" if leg.listed.right == "C" else "put",
        tr("Call or put"), "call", LEFT),
    _of("expiry", tr("Expiry"), "", 0, lambda leg: dated(leg.listed.expiry), tr("Its last day"),
        "2026-12-18"),
    _of("price", tr("Price"), tr("a share"), 1, lambda leg: price(leg.price()),
        tr("Natural: the ask to buy, the bid to sell"), "00.00"),
    _of("premium", tr("Premium"), tr("in all"), 2, lambda leg: number(leg.premium()),
        tr("Of all its contracts; negative is received"), "-000,000.00"),
    _of("spread", tr("Spread"), tr("of mid"), 3, lambda leg: percent(leg.listed.spread),
        tr("Ask less bid by their mid"), "00.0 %"),
    _of("interest", tr("Open"), tr("interest"), 4, _interest, tr("Contracts open"), "00,000"),
    _of("contract", tr("Contract"), "", 5, lambda leg: leg.listed.quote.contract,
        tr("As the exchange calls it"), "GLD261218P00350000", LEFT),
)  # fmt: skip
"""All of them; money in the options' currency."""
