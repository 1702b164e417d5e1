"""What TWS says of accounts, contracts and quotes, field by field, for server version 176."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tests.fakes.tws.frame import Field
from tests.fakes.tws.market import Greeks, Listed, Market, Quote
from tests.fakes.tws.records import Position

Message = tuple[Field, ...]

UNSET = "1.7976931348623157E308"
"""How TWS writes a number it does not have."""
UNSET_LOWER = "1.7976931348623157e+308"

DELAYED = {1: 66, 2: 67, 0: 69, 3: 70, 4: 68, 9: 75, 13: 83, 10: 80, 11: 81}
"""The tick types of delayed data, by those of live data."""

_EXCHANGES = "SMART,AMEX,CBOE,PHLX,ISE"
_ORDER_TYPES = "ACTIVETIM,DAY,GTC,LMT,MKT,NGCOMB,NONALGO,STP,STPLMT,WHATIF"


def error(req_id: int, code: int, text: str) -> Message:
    return 4, 2, req_id, code, text, ""


def contract_fields(listed: Listed) -> Message:
    """The eleven fields that name a contract in most messages."""
    return (
        listed.con_id,
        listed.symbol,
        listed.sec_type,
        listed.expiry,
        listed.strike,
        listed.right or ("?" if listed.sec_type == "BAG" else ""),
        listed.multiplier,
        listed.exchange,
        listed.currency,
        listed.local_symbol,
        listed.trading_class,
    )


def position(held: Position) -> Message:
    return 61, 3, held.account, *contract_fields(held.contract), held.contracts, held.cost


def portfolio(held: Position, price: Decimal) -> Message:
    """A position with its value at `price`, USD a share."""
    listed, value = held.contract, held.contracts * price * held.contract.size
    profit = value - held.contracts * held.cost
    names = list(contract_fields(listed))
    names[7] = listed.primary
    return 7, 8, *names, held.contracts, price, value, held.cost, profit, 0, held.account


def account_value(account: str, tag: str, value: str, currency: str) -> Message:
    return 6, 2, tag, value, currency, account


def account_value_multi(req_id: int, account: str, tag: str, value: str, ccy: str) -> Message:
    return 73, 1, req_id, account, "", tag, value, ccy


def summary(req_id: int, account: str, tag: str, value: str, currency: str) -> Message:
    return 63, 1, req_id, account, tag, value, currency


def details(req_id: int, listed: Listed, market: Market, padding: str = "") -> Message:
    """Contract details; `padding` makes the long name as long as a test wants."""
    option = listed.sec_type == "OPT"
    return (
        *(10, req_id, listed.symbol, listed.sec_type),
        f"{listed.expiry} 16:00 US/Eastern" if option else "",
        *(listed.strike, listed.right, listed.exchange, listed.currency, listed.local_symbol),
        *(listed.trading_class, listed.trading_class, listed.con_id, Decimal("0.01")),
        *(listed.multiplier, _ORDER_TYPES, _EXCHANGES, 1, market.stock.con_id if option else 0),
        *(f"SPDR GOLD SHARES{padding}", listed.primary, listed.expiry[:6], "", "", ""),
        *("US/Eastern", *_hours(market), "", 0, 0),
        *(1, market.stock.symbol if option else "", "STK" if option else "", "32,26"),
        *(listed.expiry, "" if option else "ETF", 1, 1, 1),
    )


def _hours(market: Market) -> tuple[str, str]:
    day = f"{market.today:%Y%m%d}"
    session = f"{day}:0930-{day}:1600"
    return session, session


def option_parameters(req_id: int, market: Market, exchange: str = "SMART") -> Message:
    """All expiries and all strikes of the listing: a union, not a table of what exists."""
    lists = (*_counted(market.expiries), *_counted(market.strikes))
    stock = market.stock
    return 75, req_id, exchange, stock.con_id, stock.trading_class, "100", *lists


def _counted(values: Sequence[Field]) -> Message:
    return len(values), *values


def market_rule(rule: int) -> Message:
    """Cents below 3 dollars and nickels from there on."""
    return 93, rule, 2, 0, Decimal("0.01"), 3, Decimal("0.05")


def quote_ticks(req_id: int, quote: Quote | None, *, delayed: bool) -> Iterator[Message]:
    """Bid and ask with their sizes; no quote is -1 and size 0, as TWS says it."""
    bid, ask = (quote.bid, quote.ask) if quote else (Decimal(-1), Decimal(-1))
    sizes = (quote.bid_size, quote.ask_size) if quote else (0, 0)
    for tick, size_tick, price, size in ((1, 0, bid, sizes[0]), (2, 3, ask, sizes[1])):
        yield 1, 6, req_id, _type(tick, delayed), price, size, 0
        yield 2, 6, req_id, _type(size_tick, delayed), size


def last_ticks(req_id: int, price: Decimal, *, delayed: bool) -> Iterator[Message]:
    """The last trade and yesterday's close."""
    yield 1, 6, req_id, _type(4, delayed), price, 1, 0
    yield 1, 6, req_id, _type(9, delayed), price, 0, 0


def generic_tick(req_id: int, tick: int, value: float) -> Message:
    return 45, 6, req_id, tick, str(value)


def option_tick(req_id: int, greeks: Greeks | None, spot: Decimal, *, delayed: bool) -> Message:
    """The model's Greeks; absent ones are -1 and -2, as TWS says it."""
    head = 21, req_id, _type(13, delayed), 0
    if greeks is None:
        return *head, "-1", "-2", "-1", "-1", "-2", "-2", "-2", "-1"
    values = (greeks.volatility, greeks.delta, greeks.price, 0.0, greeks.gamma, greeks.vega)
    return *head, *(repr(value) for value in (*values, greeks.theta)), spot


def _type(tick: int, delayed: bool) -> int:
    return DELAYED[tick] if delayed else tick
