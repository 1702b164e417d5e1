"""What was ordered of a decision and what became of it, found again by contracts and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from vaultdesk.core.orders.facts import draft_words
from vaultdesk.core.orders.life import Mode
from vaultdesk.core.reports.document import Column, Fit, Heading, Paragraph, Section, Table
from vaultdesk.core.reports.figures import MISSING, moment, price, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vaultdesk.core.orders.broker import Execution
    from vaultdesk.core.orders.instrument import Instrument
    from vaultdesk.core.orders.life import Order
    from vaultdesk.core.reports.document import Part
    from vaultdesk.core.reports.records import Trail

    Contract = tuple[date, Decimal, str]
    """Expiry, strike and right ("C" or "P") of an option on the loan's gold."""

TITLE = "Order and fills"
MATCHED = (
    "An order does not name the decision it came from. One is listed here where the contracts of "
    "its whole ticket are those of one hedge of this document, each on the same side, and it was "
    "confirmed after the prices above were taken and before this document was made. Numbers of "
    "contracts may differ and stand side by side."
)
NONE = (
    "When this document was made, the desk knew no order with the contracts of a hedge in it that "
    "was confirmed after these prices."
)
PAPER = (
    "Paper orders: nothing was bought or sold with money, and the prices they were filled at are "
    "simulated, so they are no evidence of what a real order costs."
)
LIVE = "Live orders: they were sent to an account with real money."


@dataclass(frozen=True, slots=True)
class Decided:
    """A hedge of a decision: contracts of each option, negative where sold."""

    title: str
    contracts: Mapping[Contract, int]


@dataclass(frozen=True, slots=True)
class Ordered:
    """One ticket and the hedge whose contracts it has."""

    hedge: Decided
    trails: tuple[Trail, ...]


def decided(answer: Mapping[str, Any]) -> tuple[Decided, ...]:
    """The hedges in an answer, as its record keeps them, without those that trade nothing."""
    found = [Decided(one["title"], _legs(one["legs"])) for one in answer.get("strategies", ())]
    if "legs" in answer:
        found.append(Decided("cheapest that holds", _legs(answer["legs"])))
    return tuple(one for one in found if one.contracts)


def ordered(hedges: Sequence[Decided], symbol: str, trails: Iterable[Trail]) -> tuple[Ordered, ...]:
    """The tickets that trade all contracts of one of the hedges, on the same sides, and no other.

    Args:
        hedges: the first that fits counts.
        symbol: the underlying of their contracts.
        trails: orders that were confirmed after the decision's prices, in their order.
    """
    tickets: dict[str, list[Trail]] = {}
    for trail in trails:
        tickets.setdefault(trail.order.ticket, []).append(trail)
    found = []
    for ticket in tickets.values():
        sides = {key: count > 0 for key, count in _ordered(ticket, symbol).items()}
        for hedge in hedges:
            if sides == {key: count > 0 for key, count in hedge.contracts.items()}:
                found.append(Ordered(hedge, tuple(ticket)))
                break
    return tuple(found)


def orders_section(hedges: Sequence[Decided], symbol: str, trails: Iterable[Trail]) -> Section:
    """What was ordered of these hedges, and each trade of it."""
    tickets = ordered(hedges, symbol, trails)
    if not tickets:
        return Section(TITLE, (Paragraph(NONE),))
    parts: list[Part] = [Paragraph(MATCHED)]
    for ticket in tickets:
        parts += _ticket(ticket, symbol)
    return Section(TITLE, tuple(parts))


def _legs(legs: Iterable[Mapping[str, Any]]) -> dict[Contract, int]:
    return {
        (date.fromisoformat(leg["expiry"]), Decimal(leg["strike"]), leg["right"]): leg["contracts"]
        for leg in legs
        if leg["contracts"]
    }


def _contract(instrument: Instrument, symbol: str) -> Contract | None:
    """None for what cannot be a leg of a hedge: a share, another underlying, an adjusted series."""
    expiry, strike, right = instrument.expiry, instrument.strike, instrument.right
    if expiry is None or strike is None or right is None:
        return None
    own = instrument.symbol == symbol and instrument.trading_class in ("", symbol)
    return (expiry, strike, right) if own else None


def _ordered(trails: Iterable[Trail], symbol: str) -> dict[Contract | None, int]:
    """Contracts of each option in a ticket; None stands for all that is no leg of a hedge."""
    found: dict[Contract | None, int] = {}
    for trail in trails:
        for leg in trail.order.draft.legs:
            key = _contract(leg.instrument, symbol)
            found[key] = found.get(key, 0) + leg.ratio * trail.order.draft.quantity
    return found


def _ticket(one: Ordered, symbol: str) -> list[Part]:
    first = one.trails[0].order
    trades = sorted((t for trail in one.trails for t in trail.trades), key=lambda t: t.at)
    parts: list[Part] = [
        Heading(f"{one.hedge.title}, confirmed {moment(first.confirmed_at)} UTC"),
        Paragraph(PAPER if first.mode is Mode.PAPER else LIVE, strong=True),
        _orders([trail.order for trail in one.trails]),
        _counted(one, trades, symbol),
    ]
    return [*parts, _trades(trades) if trades else Paragraph("Nothing of it was traded.")]


def _orders(orders: Sequence[Order]) -> Table:
    columns = (
        *(Column("Order", Fit.PROSE), Column("Account", Fit.WORDS), Column("Mode", Fit.WORDS)),
        *(Column("Broker", Fit.WORDS), Column("State", Fit.WORDS), Column("Units filled")),
        *(Column("Average"), Column("Commission")),
    )
    rows = tuple(
        (
            *(f"{draft_words(one.draft)} ({one.ref})", one.account, one.mode.value),
            *(one.broker, one.state.value, f"{quantity(one.filled)} of {one.draft.quantity}"),
            *(price(one.average), price(one.commission)),
        )
        for one in orders
    )
    return Table(columns, rows)


def _counted(one: Ordered, trades: Iterable[Execution], symbol: str) -> Table:
    """Contracts decided, ordered and traded, side by side."""
    columns = (
        *(Column("Contract", Fit.WORDS), Column("Decided"), Column("Ordered"), Column("Traded")),
    )
    asked = _ordered(one.trails, symbol)
    filled: dict[Contract | None, Decimal] = {}
    for trade in trades:
        key = _contract(trade.instrument, symbol)
        filled[key] = filled.get(key, Decimal(0)) + trade.quantity
    rows = tuple(
        (
            _words(key, symbol),
            f"{count:+d}",
            f"{asked[key]:+d}",
            f"{filled[key]:+f}" if filled.get(key) else MISSING,
        )
        for key, count in one.hedge.contracts.items()
    )
    return Table(columns, rows)


def _words(contract: Contract, symbol: str) -> str:
    expiry, strike, right = contract
    return f"{symbol} {quantity(strike)} {'call' if right == 'C' else 'put'} of {expiry}"


def _trades(trades: Iterable[Execution]) -> Table:
    columns = (
        *(Column("Traded (UTC)", Fit.WORDS), Column("Contract", Fit.PROSE), Column("Contracts")),
        *(Column("Price"), Column("Commission"), Column("Currency", Fit.WORDS)),
        *(Column("Account", Fit.WORDS), Column("Trade", Fit.PROSE)),
    )
    rows = tuple(
        (
            *(moment(one.at), one.instrument.words, f"{one.quantity:+f}", price(one.price)),
            *(price(one.commission), one.currency, one.account, one.exec_id),
        )
        for one in trades
    )
    return Table(columns, rows)
