"""What went wrong at Yahoo, told from the HTTP answers the client saw; it hides most of it itself.

With a refused crumb, a rate limit or a server's error yfinance 1.7 returns an empty tuple or frame,
or stumbles over the text of the error page: neither its results nor its exceptions tell them apart.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vaultdesk.ports import FeedError, FeedFault

_SYMBOL = re.compile(r"\^?[A-Z0-9][A-Z0-9.=-]{0,20}")
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")

TOO_MANY = 429
_NOT_FOUND = 404
_UNAUTHORISED = (401, 403)
_SERVER_ERROR = 500
_OK = 200


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request as it went: a status, or 0 and how it broke off.

    `limited` tells a rate limit, which Yahoo also writes into an answer of status 200.
    """

    path: str
    status: int = 0
    broken: FeedFault | None = None
    limited: bool = False
    body: bytes = b""

    @property
    def asks_for_data(self) -> bool:
        """Whether it asked for market data, not for a cookie or a crumb."""
        return self.path.startswith(("/v7/", "/v8/"))

    @property
    def is_good(self) -> bool:
        """Whether an answer arrived in good order, whatever is in it."""
        return self.status == _OK

    @property
    def is_server_error(self) -> bool:
        """Whether Yahoo itself failed."""
        return self.status >= _SERVER_ERROR

    @property
    def is_hopeless(self) -> bool:
        """Whether asking again with another cookie is of no use."""
        return self.is_server_error or self.status in (_NOT_FOUND, TOO_MANY)


def checked_symbol(symbol: str) -> str:
    """The symbol as Yahoo writes it.

    Raises:
        FeedError: UNKNOWN_SYMBOL, without a request, for what cannot be a symbol.
    """
    plain = symbol.strip().upper()
    if _ISIN.fullmatch(plain):  # the client would look it up elsewhere
        raise FeedError(
            FeedFault.UNKNOWN_SYMBOL,
            f"{plain} looks like an ISIN; give the ticker symbol Yahoo lists it under, like GLD.",
        )
    if not _SYMBOL.fullmatch(plain):
        raise FeedError(
            FeedFault.UNKNOWN_SYMBOL,
            f"'{symbol}' is not a symbol Yahoo can know; check its spelling, like GLD or GC=F.",
        )
    return plain


def diagnosed(symbol: str, seen: Sequence[Exchange]) -> FeedError | None:
    """Why these exchanges brought no data; None when the last answer arrived in good order.

    A rate limit anywhere comes first: without a crumb the data are refused as unauthorised.
    """
    data = [exchange for exchange in seen if exchange.asks_for_data]
    last = data[-1] if data else (seen[-1] if seen else None)
    if last is None or last.is_good:
        return None
    if any(exchange.limited for exchange in seen):
        return rate_limited()
    if last.broken is not None:
        return broken(last.broken)
    if last.status == _NOT_FOUND:
        return unknown(symbol)
    if last.status in _UNAUTHORISED:
        return FeedError(
            FeedFault.AUTH_STALE,
            f"Yahoo did not accept the desk's session (HTTP {last.status}); "
            "the desk opens a new one at the next request.",
        )
    who = "is out of order" if last.is_server_error else "does not serve the desk"
    return FeedError(
        FeedFault.UNAVAILABLE,
        f"Yahoo {who} (HTTP {last.status}); the desk shows the last known values and asks again.",
    )


def broken(fault: FeedFault) -> FeedError:
    """A request that got no whole answer."""
    sentences = {
        FeedFault.TIMEOUT: "Yahoo did not answer in time; the desk asks again.",
        FeedFault.MALFORMED: "Yahoo's answer broke off half-way; the desk asks again.",
    }
    return FeedError(
        fault,
        sentences.get(
            fault,
            "Yahoo cannot be reached: check the network, or the proxy and its certificate; the "
            "desk asks again.",
        ),
    )


def rate_limited() -> FeedError:
    """Yahoo refused; the feed makes it `waiting` once it knows until when."""
    return FeedError(FeedFault.RATE_LIMITED, "Yahoo refuses more requests for now.")


def waiting(why: str, until: datetime) -> FeedError:
    """Nothing is asked before `until`."""
    return FeedError(
        FeedFault.RATE_LIMITED,
        f"{why} for now; the desk shows the last known values and asks again at "
        f"{until:%H:%M:%S} UTC.",
        until,
    )


def closed_for_repair() -> FeedError:
    """Yahoo's page that asks for patience, which comes with a good status."""
    return FeedError(
        FeedFault.UNAVAILABLE,
        "Yahoo is down for now; the desk shows the last known values and asks again.",
    )


def no_expiries(symbol: str, body: bytes) -> FeedError:
    """Why a v7 answer in good order lists no expiry: unknown, without options or unreadable."""
    try:
        results = json.loads(body)["optionChain"]["result"]
    except (ValueError, LookupError, TypeError):
        return malformed(symbol)
    if not results:
        return unknown(symbol)
    return no_data(f"Yahoo lists no options on {symbol}; choose a symbol that has listed options.")


def unknown(symbol: str) -> FeedError:
    """Yahoo lists no such symbol."""
    return FeedError(
        FeedFault.UNKNOWN_SYMBOL,
        f"Yahoo does not know the symbol {symbol}; check its spelling.",
    )


def malformed(symbol: str, what: str = "is not in the form the desk can read") -> FeedError:
    """An answer that arrived whole but cannot be used."""
    return FeedError(
        FeedFault.MALFORMED,
        f"Yahoo's answer for {symbol} {what}; the desk shows the last known values and asks again.",
    )


def no_data(sentence: str) -> FeedError:
    """An answer in good order that holds nothing."""
    return FeedError(FeedFault.NO_DATA, sentence)
