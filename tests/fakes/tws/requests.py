"""What a client asks, read from the fields of its message (server version 176)."""

from dataclasses import dataclass
from decimal import Decimal

CONTRACT_FIELDS = 12
AFTER_THE_COMBINATION = 30
"""Fields between a combination's parts and the delta-neutral order's type."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A contract as the client named it: what it left out is empty or 0."""

    con_id: int
    symbol: str
    sec_type: str
    expiry: str
    strike: Decimal
    right: str
    exchange: str


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of a combination: so many of this contract for each combination bought."""

    con_id: int
    ratio: int
    action: str
    exchange: str


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What placeOrder says; `limit` is None when it has no limit price."""

    order_id: int
    contract: Asked
    legs: tuple[Leg, ...]
    action: str
    quantity: Decimal
    order_type: str
    limit: Decimal | None
    tif: str
    account: str
    order_ref: str
    what_if: bool


@dataclass(frozen=True, slots=True)
class DataRequest:
    """What reqMktData says."""

    req_id: int
    contract: Asked
    generic: str
    snapshot: bool


class Fields:
    """Reads fields one after the other."""

    def __init__(self, fields: list[str]) -> None:
        self._rest = iter(fields)

    def text(self) -> str:
        """The next field.

        Raises:
            ValueError: There is none.
        """
        for field in self._rest:
            return field
        raise ValueError("The message is too short.")

    def whole(self) -> int:
        return int(self.text() or 0)

    def number(self) -> Decimal:
        return Decimal(self.text() or 0)

    def truth(self) -> bool:
        return self.text() == "1"

    def skip(self, fields: int) -> None:
        for _ in range(fields):
            self.text()


def asked(fields: Fields) -> Asked:
    """The twelve fields of a contract."""
    con_id, symbol, sec_type = fields.whole(), fields.text(), fields.text()
    expiry, strike, right = fields.text(), fields.number(), fields.text()
    fields.text()  # multiplier
    exchange = fields.text()
    fields.skip(4)
    return Asked(con_id, symbol, sec_type, expiry, strike, right[:1].upper(), exchange)


def order(message: list[str]) -> OrderRequest:
    """The order that a placeOrder message carries, or asks about."""
    fields = Fields(message[1:])
    order_id, contract = fields.whole(), asked(fields)
    fields.skip(2)  # another way to name the contract
    action, quantity, order_type = fields.text(), fields.number(), fields.text()
    limit = fields.text()
    fields.skip(1)
    tif, _, account = fields.text(), fields.text(), fields.text()
    fields.skip(2)
    order_ref = fields.text()
    fields.skip(8)
    legs = _legs(fields) if contract.sec_type == "BAG" else ()
    return OrderRequest(
        order_id,
        contract,
        legs,
        action,
        quantity,
        order_type,
        Decimal(limit) if limit else None,
        tif,
        account,
        order_ref,
        _what_if(fields),
    )


def _legs(fields: Fields) -> tuple[Leg, ...]:
    legs = []
    for _ in range(fields.whole()):
        legs.append(Leg(fields.whole(), fields.whole(), fields.text(), fields.text()))
        fields.skip(4)
    fields.skip(fields.whole())  # prices of the legs
    fields.skip(2 * fields.whole())  # how to route it
    return tuple(legs)


def _what_if(fields: Fields) -> bool:
    """Passes over all that may come before the flag."""
    fields.skip(AFTER_THE_COMBINATION)
    fields.skip(9 if fields.text() else 1)  # delta neutral
    fields.skip(6)
    fields.skip(7 if fields.number() > 0 else 0)  # scale
    fields.skip(3)
    fields.skip(1 if fields.text() else 0)  # hedge
    fields.skip(4)
    fields.skip(3 if fields.truth() else 0)  # delta-neutral contract
    if fields.text():  # algorithm
        fields.skip(2 * fields.whole())
    fields.skip(1)
    return fields.truth()


def market_data(message: list[str]) -> DataRequest:
    """What a reqMktData message asks for."""
    fields = Fields(message[2:])
    req_id, contract = fields.whole(), asked(fields)
    if contract.sec_type == "BAG":
        fields.skip(4 * fields.whole())
    fields.skip(3 if fields.truth() else 0)
    return DataRequest(req_id, contract, fields.text(), fields.truth())
