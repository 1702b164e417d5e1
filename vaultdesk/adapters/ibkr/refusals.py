"""Why TWS gives no market data, as the desk's errors: one sentence that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.adapters.ibkr.failing import RequestRefused, one_line
from vaultdesk.ports import BrokerError, BrokerFault, FeedError, FeedFault

if TYPE_CHECKING:
    from vaultdesk.core.orders.broker import BrokerStatus

NOT_LISTED = 200
TOO_MANY = (100, 101, 420)
NO_HISTORY = 162
NO_LIVE = (354, 10089, 10168, 10197)
"""There are no live prices for this account or session; there may be delayed ones."""
NO_PRICES = (*NO_LIVE, 10186)
COMPETING = 10197
NOT_SUBSCRIBED = "Prices are delayed: the account is not subscribed to live ones for the API."
NOTES = (10090, 10167, 2100, 2200)
"""A part is not subscribed to, and delayed prices follow; 2100 to 2200 are the farms' notes."""


def is_note(code: int) -> bool:
    """Whether TWS goes on to answer the request."""
    return code in NOTES[:2] or NOTES[2] <= code < NOTES[3]


def late_because(code: int) -> str:
    """What the status says while prices come late."""
    if code == COMPETING:
        return (
            "Prices are delayed: another session of the same user takes the live ones, so end that "
            "session and connect again."
        )
    return NOT_SUBSCRIBED


def of_ticks(words: str, code: int, text: str) -> FeedError:
    """A request for prices was refused, for good."""
    if code in NO_PRICES:
        return FeedError(
            FeedFault.UNAVAILABLE,
            f"TWS gives no prices of {words}, neither live nor delayed "
            f"({one_line(text)}, {code}): subscribe to them in the account, or choose another "
            "source of prices.",
        )
    return _of_code(words, code, text)


def of_request(error: BrokerError, words: str) -> FeedError:
    """Any other request was not answered with data."""
    if isinstance(error, RequestRefused):
        return _of_code(words, error.code, error.text)
    faults = {
        BrokerFault.TIMEOUT: FeedFault.TIMEOUT,
        BrokerFault.NO_DATA: FeedFault.UNKNOWN_SYMBOL,
        BrokerFault.REFUSED: FeedFault.UNAVAILABLE,
    }
    return FeedError(faults.get(error.fault, FeedFault.OFFLINE), str(error))


def unreached(status: BrokerStatus) -> FeedError:
    """There is no connection that could be asked."""
    return FeedError(FeedFault.OFFLINE, status.sentence, status.retry_at)


def unknown(symbol: str) -> FeedError:
    """It is nothing TWS could list."""
    return FeedError(
        FeedFault.UNKNOWN_SYMBOL,
        f"TWS does not know {symbol}: give a share or a fund such as GLD, or a pair such as "
        "EURUSD or XAUUSD.",
    )


def silent(words: str) -> FeedError:
    """The request is open and nothing came."""
    return FeedError(
        FeedFault.TIMEOUT, f"TWS sent no price of {words} in time; the desk asks again."
    )


def no_price(words: str) -> FeedError:
    """The answer is whole and holds no price."""
    return FeedError(FeedFault.NO_DATA, f"TWS has no price of {words} now; the desk asks again.")


def no_options(symbol: str, day: str = "") -> FeedError:
    """There is nothing to make a chain of."""
    of_day = f" of {day}: choose another expiry" if day else ": choose a symbol that has them"
    return FeedError(FeedFault.NO_DATA, f"TWS lists no standard options on {symbol}{of_day}.")


def ended() -> FeedError:
    """The feed was closed meanwhile."""
    return FeedError(FeedFault.ENDED, "The feed from TWS is closed.")


def _of_code(words: str, code: int, text: str) -> FeedError:
    said = f"{one_line(text)}, {code}"
    if code == NOT_LISTED:
        return FeedError(
            FeedFault.UNKNOWN_SYMBOL, f"TWS lists no {words} ({said}): check the symbol."
        )
    if code in TOO_MANY or "pacing" in text.lower():
        return FeedError(
            FeedFault.RATE_LIMITED,
            f"TWS takes no more requests for now ({said}); the desk asks again.",
        )
    if code == NO_HISTORY and "permission" not in text.lower():
        return FeedError(FeedFault.NO_DATA, f"TWS has no data of {words} ({said}).")
    return FeedError(
        FeedFault.UNAVAILABLE, f"TWS refuses the data of {words} ({said}): look at TWS itself."
    )
