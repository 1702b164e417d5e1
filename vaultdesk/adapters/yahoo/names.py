"""What Yahoo calls the symbols of the desk: currency pairs and gold have names of their own."""

from vaultdesk.core.currencies import METALS, currency_pair
from vaultdesk.ports import FeedError, FeedFault

FUTURES = {"XAUUSD": "GC=F", "XAGUSD": "SI=F"}
"""Yahoo has no spot price of a metal; the nearest future on COMEX stands in for it."""


def listed(symbol: str) -> str:
    """The name Yahoo lists the desk's symbol under.

    Raises:
        FeedError: UNKNOWN_SYMBOL, without a request, for a metal in anything but dollars.
    """
    if symbol in FUTURES:
        return FUTURES[symbol]
    pair = currency_pair(symbol)
    if pair is None:
        return symbol
    if METALS & set(pair):
        raise FeedError(
            FeedFault.UNKNOWN_SYMBOL,
            f"Yahoo has no price of {symbol}; ask for XAUUSD and convert the dollars.",
        )
    return f"{symbol}=X"


def stands_in(symbol: str) -> str:
    """The name of what is quoted in the symbol's place, which every source must say; or empty."""
    return FUTURES.get(symbol, "")
