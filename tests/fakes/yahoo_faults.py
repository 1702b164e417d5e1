"""What can go wrong with Yahoo, and how its good answers look when it does."""

from enum import StrEnum

from tests.fakes.yahoo_market import Row


class Fault(StrEnum):
    """A fault of the fake; those of the answers hit the data alone, not cookie and crumb."""

    RATE_LIMITED = "429"
    CRUMB_LIMITED = "429-crumb"
    CRUMB_LIMITED_POLITELY = "200-crumb"
    BAD_CRUMB = "bad-crumb"
    REFUSED = "401"
    ERROR = "500"
    ERROR_ONCE = "500-once"
    TRUNCATED = "truncated"
    CUT_OFF = "cut-off"
    WEB_PAGE = "web-page"
    OTHER_SHAPE = "other-shape"
    SLOW = "slow"
    SLOW_HANDSHAKE = "slow-handshake"
    DROPPED = "dropped"
    NO_TRADES = "no-trades"
    ZERO_PRICE = "zero-price"
    NAN_PRICE = "nan-price"
    NO_TIME = "no-time"
    EMPTY_CHAIN = "empty-chain"
    NO_CHAIN = "no-chain"
    ZERO_QUOTES = "zero-quotes"
    PUTS_NONE = "puts-none"
    PUTS_MISSING = "puts-missing"
    ODD_ROWS = "odd-rows"
    STREAM_CLOSED = "stream-closed"
    STREAM_ABORTED = "stream-aborted"
    STREAM_SILENT = "stream-silent"
    STREAM_REFUSED = "stream-refused"
    STREAM_GARBLED = "stream-garbled"


def spoil_chart(body: Row, faults: set[Fault]) -> None:
    """Make a v8 answer wrong, in place."""
    result = body["chart"]["result"][0]
    meta = result["meta"]
    if Fault.NO_TRADES in faults:  # as recorded before the first trade of a day
        del result["timestamp"], meta["tradingPeriods"]
        result["indicators"] = {"quote": [{}]}
    if Fault.ZERO_PRICE in faults:
        meta["regularMarketPrice"] = 0
    if Fault.NAN_PRICE in faults:
        meta["regularMarketPrice"] = float("nan")
    if Fault.NO_TIME in faults:
        del meta["regularMarketTime"]


def spoil_options(body: Row, faults: set[Fault]) -> None:
    """Make a v7 answer wrong, in place."""
    result = body["optionChain"]["result"][0]
    if Fault.NO_CHAIN in faults:
        result["options"] = []
    for chain in result["options"]:
        if Fault.EMPTY_CHAIN in faults:
            chain["calls"] = chain["puts"] = []
        if Fault.ZERO_QUOTES in faults:  # as recorded overnight
            for row in chain["calls"] + chain["puts"]:
                row.update(bid=0, ask=0, impliedVolatility=1e-05)
        if Fault.ODD_ROWS in faults:
            chain["calls"] = odd_rows(chain["calls"])
        if Fault.PUTS_NONE in faults:
            chain["puts"] = None
        if Fault.PUTS_MISSING in faults:
            del chain["puts"]


def odd_rows(rows: list[Row]) -> list[Row]:
    """The rows with eight that cannot be used, and two more that lack much but can."""
    odd = [dict(row) for row in rows]
    first = odd[0]["contractSymbol"]
    del odd[0]["contractSymbol"]
    del odd[1]["strike"]
    odd[2]["strike"] = float("nan")
    for key in ("volume", "openInterest", "impliedVolatility", "lastTradeDate", "bid", "lastPrice"):
        odd[3].pop(key, None)
    odd[4]["contractSymbol"] = odd[4]["contractSymbol"].replace("GLD", "GLD1")
    odd[5]["contractSize"] = "MINI"
    odd[6]["contractSymbol"] = odd[7]["contractSymbol"]
    odd[6]["strike"] = odd[7]["strike"]
    odd[8]["contractSymbol"] = first[:-9] + "P" + first[-8:]
    odd[9]["contractSymbol"] = "NOT-A-CONTRACT"
    odd[10].update(bid=float("nan"), ask=-1.0)
    return odd
