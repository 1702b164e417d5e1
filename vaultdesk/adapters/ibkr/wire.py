"""What TWS sends, as rows of plain values: read beside the library, which alters what it keeps.

The library marks a live order as cancelled for a note, adds corrections to what they correct and
drops what it cannot place. Its decoder's handlers and its wrapper are therefore tapped: each
message is given to the library and then told as it came. What cannot be read is a row as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vaultdesk.adapters.ibkr.figures import given, number, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

STATUS, ERROR, OPEN, EXECUTION, COMMISSION, COMPLETED = 3, 4, 5, 11, 59, 101
HOLDINGS = (6, 61, 73)
"""Account values, in the two ways TWS tells them, and positions."""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """An error, a warning or a note; `req_id` is a request's, an order's, or -1."""

    req_id: int
    code: int
    text: str
    wire: str = ""


@dataclass(frozen=True, slots=True)
class StatusRow:
    """How an order stands; `filled` in units of the legs."""

    order_id: int
    perm_id: int
    client_id: int
    status: str
    filled: Decimal
    remaining: Decimal
    why_held: str = ""
    wire: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What an order does to the account, in the texts TWS sent."""

    initial: tuple[str, str] = ("", "")
    maintenance: tuple[str, str] = ("", "")
    equity: tuple[str, str] = ("", "")
    commission: str = ""
    least_commission: str = ""
    most_commission: str = ""
    currency: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """An order TWS has, or its answer to "what if"; always followed by a status where it lives."""

    order_id: int
    perm_id: int
    client_id: int
    ref: str
    account: str
    status: str
    what_if: bool
    figures: Figures
    wire: str = ""


@dataclass(frozen=True, slots=True)
class CompletedRow:
    """An order that is over; TWS forgets its order id and client."""

    perm_id: int
    ref: str
    account: str
    status: str
    filled: Decimal
    text: str
    wire: str = ""


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract's name, in TWS's texts."""

    con_id: str
    symbol: str
    sec_type: str
    expiry: str
    strike: str
    right: str
    multiplier: str
    currency: str
    trading_class: str


@dataclass(frozen=True, slots=True)
class ExecutionRow:
    """A trade of one contract, or the row that sums up a combination's legs (`sec_type` BAG)."""

    req_id: int
    order_id: int
    perm_id: int
    client_id: int
    exec_id: str
    time: str
    account: str
    side: str
    shares: Decimal
    price: Decimal
    ref: str
    contract: ContractRow
    wire: str = ""


@dataclass(frozen=True, slots=True)
class CommissionRow:
    """A trade's commission; None where TWS does not know it (yet)."""

    exec_id: str
    commission: Decimal | None
    currency: str
    wire: str = ""


@dataclass(frozen=True, slots=True)
class HoldingsRow:
    """A position or an account's value changed; the library keeps both as they come."""


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """A message that could not be read; `number` is its second field: an order or request id."""

    kind: int
    number: str
    why: str
    wire: str = ""


Row = (
    ErrorRow
    | StatusRow
    | OpenRow
    | CompletedRow
    | ExecutionRow
    | CommissionRow
    | HoldingsRow
    | UnreadRow
)


def row(fields: list[str]) -> Row:
    """The row of one message; the kinds are those of `READERS`."""
    kind, wire = whole(fields[0]), "|".join(fields)
    try:
        return READERS[kind](fields, wire)
    except (ValueError, IndexError) as error:
        return UnreadRow(kind, fields[1] if len(fields) > 1 else "", str(error), wire)


def _error(fields: list[str], wire: str) -> Row:
    return ErrorRow(whole(fields[2]), whole(fields[3]), fields[4], wire)


def _status(fields: list[str], wire: str) -> Row:
    return StatusRow(
        order_id=whole(fields[1]),
        perm_id=whole(fields[6]),
        client_id=whole(fields[9]),
        status=fields[2],
        filled=number(fields[3]),
        remaining=number(fields[4]),
        why_held=fields[10],
        wire=wire,
    )


def _execution(fields: list[str], wire: str) -> Row:
    con_id, symbol, sec_type, expiry, strike, right, multiplier, _, currency = fields[3:12]
    trading_class = fields[13]
    exec_id, time, account, _, side, shares, price, perm_id, client_id = fields[14:23]
    if side not in {"BOT", "SLD"}:
        raise ValueError(f"'{side}' is neither bought nor sold")
    return ExecutionRow(
        req_id=whole(fields[1]),
        order_id=whole(fields[2]),
        perm_id=whole(perm_id),
        client_id=whole(client_id),
        exec_id=exec_id,
        time=time,
        account=account,
        side=side,
        shares=number(shares),
        price=number(price),
        ref=fields[26],
        contract=ContractRow(
            con_id, symbol, sec_type, expiry, strike, right, multiplier, currency, trading_class
        ),
        wire=wire,
    )


def _commission(fields: list[str], wire: str) -> Row:
    return CommissionRow(fields[2], given(fields[3]), fields[4], wire)


def _holdings(_: list[str], __: str) -> Row:
    return HoldingsRow()


READERS: dict[int, Callable[[list[str], str], Row]] = {
    STATUS: _status,
    ERROR: _error,
    EXECUTION: _execution,
    COMMISSION: _commission,
    **dict.fromkeys(HOLDINGS, _holdings),
}
"""The messages whose fields stand at fixed places, whatever TWS's version."""


def tap(ib: Any, hear: Callable[[Row], None]) -> None:  # noqa: ANN401
    """Tell `hear` each message of interest, once the library has dealt with it."""
    handlers = ib.client.decoder.handlers
    for kind in READERS:
        handlers[kind] = _beside(handlers[kind], hear)
    _tap_orders(ib, OPEN, "openOrder", _opened, hear)
    _tap_orders(ib, COMPLETED, "completedOrder", _completed, hear)


def _beside(
    handler: Callable[[list[str]], None], hear: Callable[[Row], None]
) -> Callable[[list[str]], None]:
    def handle(fields: list[str]) -> None:
        try:
            handler(fields)
        finally:  # the library may fail at what can be read here
            hear(row(fields))

    return handle


def _tap_orders(
    ib: Any,  # noqa: ANN401
    kind: int,
    method: str,
    read: Callable[..., Row],
    hear: Callable[[Row], None],
) -> None:
    """Orders have fields at places that depend on other fields: the library decodes them."""
    handler, keep = ib.client.decoder.handlers[kind], getattr(ib.wrapper, method)
    decoded: list[tuple[Any, ...]] = []

    def kept(*told: Any) -> None:  # noqa: ANN401
        decoded.append(told)
        keep(*told)

    def handle(fields: list[str]) -> None:
        decoded.clear()
        wire = "|".join(fields)
        try:
            handler(fields)
        finally:
            if decoded:
                hear(read(*decoded[0], wire))
            else:
                number = fields[1] if len(fields) > 1 else ""
                hear(UnreadRow(kind, number, "the library cannot decode it", wire))

    setattr(ib.wrapper, method, kept)
    ib.client.decoder.handlers[kind] = handle


def _opened(order_id: int, _: Any, order: Any, state: Any, wire: str) -> Row:  # noqa: ANN401
    figures = Figures(
        initial=(state.initMarginBefore, state.initMarginAfter),
        maintenance=(state.maintMarginBefore, state.maintMarginAfter),
        equity=(state.equityWithLoanBefore, state.equityWithLoanAfter),
        commission=repr(state.commission),
        least_commission=repr(state.minCommission),
        most_commission=repr(state.maxCommission),
        currency=state.commissionCurrency,
        warning=state.warningText,
    )
    return OpenRow(
        order_id=order_id,
        perm_id=order.permId,
        client_id=order.clientId,
        ref=order.orderRef,
        account=order.account,
        status=state.status,
        what_if=order.whatIf,
        figures=figures,
        wire=wire,
    )


def _completed(_: Any, order: Any, state: Any, wire: str) -> Row:  # noqa: ANN401
    done = state.status == "Filled"  # its own figure is 0 then at some servers
    return CompletedRow(
        perm_id=order.permId,
        ref=order.orderRef,
        account=order.account,
        status=state.status,
        filled=given(repr(order.totalQuantity if done else order.filledQuantity)) or number("0"),
        text=state.completedStatus,
        wire=wire,
    )
