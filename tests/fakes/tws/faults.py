"""The faults that a test can switch on in the fake TWS, and what becomes of a new order."""

from enum import Enum, auto


class Policy(Enum):
    """What the fake does with an order it accepts, when the test does not say by hand."""

    WORK = auto()
    """Submitted; it works until the test fills it."""
    PRESUBMIT = auto()
    """PreSubmitted: held by the broker, not at the exchange yet."""
    FILL_AT_ONCE = auto()
    PARTIAL = auto()
    """Filled up to the displayed size; the rest works."""


class Fault(Enum):
    """One way in which the connection, the broker or the wire goes wrong."""

    CUT_BEFORE_ORDER = auto()
    """Once: the next order is read and not accepted; the connection is reset."""
    CUT_AFTER_ORDER = auto()
    """Once: the next order is accepted; the connection is reset before it is acknowledged."""
    CUT_BEFORE_CANCEL = auto()
    CUT_AFTER_CANCEL = auto()
    DEAF = auto()
    """Half open: what the client sends is read and dropped, and the connection stays."""
    MUTE = auto()
    """Half open the other way: requests are carried out, their answers never arrive."""
    SILENT_ORDERS = auto()
    """Orders are accepted and not acknowledged; everything else answers."""
    SILENT_HANDSHAKE = auto()
    SILENT_START = auto()
    """What the client asks at the start is never ended."""
    NOTHING_UNUSUAL = auto()
    """Only what every client asks at the start is answered: neither all open orders nor the
    updates of several accounts."""
    CLIENT_ID_IN_USE = auto()
    READ_ONLY = auto()
    REJECT_ORDERS = auto()
    NOTE_10349 = auto()
    NOTE_399 = auto()
    NOTE_2161 = auto()
    NOTES_FIRST = auto()
    """Those notes come before the acknowledgement, not after it."""
    STATUS_FIRST = auto()
    """A fill changes the order's status before its executions come."""
    DUPLICATE_EXECUTIONS = auto()
    NO_COMMISSION = auto()
    COMMISSION_UNSET = auto()
    TIMES_WITHOUT_ZONE = auto()
    CANCEL_NOT_FOUND = auto()
    """10147, although the order lives."""
    CANCEL_TOO_LATE = auto()
    """The order fills as the cancel arrives: 10148."""
    CANCEL_IGNORED = auto()
    WHAT_IF_UNSET = auto()
    WHAT_IF_UNSET_LOWER = auto()
    """The same number in the spelling e+308."""
    WHAT_IF_BLANK = auto()
    WHAT_IF_SILENT = auto()
    WHAT_IF_REJECTED = auto()
    WHAT_IF_NO_COMMISSION = auto()
    NO_MARKET_DATA = auto()
    NO_API_MARKET_DATA = auto()
    COMPETING_SESSION = auto()
    DELAYED_ONLY = auto()
    NO_QUOTES = auto()
    """Bid and ask are -1."""
    NO_GREEKS = auto()
    ABSENT_GREEKS = auto()
    """The Greeks come as -1 and -2, which mean absent."""
    TINY_PACKETS = auto()
    LARGE_MESSAGES = auto()
    UNKNOWN_MESSAGES = auto()


NOTES = {
    Fault.NOTE_10349: 10349,
    Fault.NOTE_399: 399,
    Fault.NOTE_2161: 2161,
}

TEXTS = {
    103: "Duplicate order id",
    105: "Order being modified does not match original order",
    200: "No security definition has been found for the request",
    201: "Order rejected - reason:Available funds are insufficient",
    202: "Order Canceled - reason:",
    321: "Error validating request.-'bN' : cause - "
    "The API interface is currently in Read-Only mode.",
    326: "Unable to connect as the client id is already in use. Retry with a unique client id.",
    354: "Requested market data is not subscribed.",
    399: "Order Message:\nWarning: your order will not be placed at the exchange until the open",
    1100: "Connectivity between IBKR and Trader Workstation has been lost.",
    1101: "Connectivity between IBKR and Trader Workstation has been restored - data lost.",
    1102: "Connectivity between IBKR and Trader Workstation has been restored - data maintained.",
    2104: "Market data farm connection is OK:usfarm",
    2106: "HMDS data farm connection is OK:ushmds",
    2158: "Sec-def data farm connection is OK:secdefnj",
    2161: "In accordance with our regulatory obligations as a broker, we may cap your price.",
    10089: "Requested market data requires additional subscription for API.",
    10147: "OrderId {order_id} that needs to be cancelled is not found.",
    10148: "OrderId {order_id} that needs to be cancelled cannot be cancelled, state: {status}.",
    10167: "Requested market data is not subscribed. Displaying delayed market data.",
    10197: "No market data during competing live session",
    10349: "Order TIF was set to DAY based on order preset.",
}
"""What TWS says to each code."""
