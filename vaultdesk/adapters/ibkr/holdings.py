"""Accounts and positions as the desk knows them, from what the library keeps of both."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from vaultdesk.adapters.ibkr.contracts import instrument_of, row_of
from vaultdesk.adapters.ibkr.figures import amount, number
from vaultdesk.core.money import plain
from vaultdesk.core.orders.broker import Account, Held

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

BASE = "BASE"
"""What TWS calls sums over all currencies, beside the same in the account's own."""

WORTH = "NetLiquidation"

_FIGURES = {
    "cash": "TotalCashValue",
    "equity": WORTH,
    "buying_power": "BuyingPower",
    "initial_margin": "InitMarginReq",
    "maintenance_margin": "MaintMarginReq",
    "excess_liquidity": "ExcessLiquidity",
}

_COST_PLACES = Decimal("0.000001")


def account_of(name: str, values: Iterable[Any], at: datetime, source: str) -> Account:
    """One account, from rows of (account, tag, value, currency, model code).

    Its currency is the one its worth is in; a figure that is blank, unset or -1 is None.
    """
    rows = [row for row in values if row.account == name and not row.modelCode]
    currency = next((r.currency for r in rows if r.tag == WORTH and r.currency != BASE), "")
    said = {row.tag: amount(row.value) for row in rows if row.currency == currency}
    figures = {ours: said.get(theirs) for ours, theirs in _FIGURES.items()}
    return Account(name=name, currency=currency, at=at, source=source, **figures)


class Positions:
    """What is held; a position that has not changed is not read again."""

    def __init__(self) -> None:
        self._read: dict[tuple[Any, ...], Held | str] = {}

    def read(self, positions: Sequence[Any]) -> tuple[tuple[Held, ...], tuple[str, ...]]:
        """What is held, and a sentence on each position the desk cannot show."""
        known, self._read = self._read, {}
        for position in positions:
            key = position.account, position.contract.conId, position.position, position.avgCost
            self._read[key] = known.get(key) or _held(position)
        read = self._read.values()
        return (
            tuple(one for one in read if isinstance(one, Held)),
            tuple(one for one in read if isinstance(one, str)),
        )


def _held(position: Any) -> Held | str:  # noqa: ANN401
    """A position, or why it is none; TWS's average cost is of a contract, the desk's of a share."""
    contract = position.contract
    try:
        instrument = instrument_of(row_of(contract))
        quantity = number(repr(position.position))
        cost = number(repr(position.avgCost)) / instrument.multiplier
    except ValueError as error:
        return f"A position in {contract.localSymbol or contract.symbol} is not shown: {error}."
    return Held(position.account, instrument, quantity, plain(cost.quantize(_COST_PLACES)))
