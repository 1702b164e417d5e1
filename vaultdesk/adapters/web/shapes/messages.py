"""What `/ws/updates` tells, each a JSON object with its `type`; one union of all of them.

`sequence` rises with every message of one run of the server, with gaps: a newer portfolio, loan or
chain replaces one that waits, and what is told to another on connecting is counted too. An alert or
an order is never left out.
"""

from msgspec import Struct

from vaultdesk.adapters.web.shapes.alerts import AlertAnswer
from vaultdesk.adapters.web.shapes.kinds import Day, Moment, Number, Quality, Seconds
from vaultdesk.adapters.web.shapes.portfolio import LoanAnswer, Portfolio


class _Message(Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What every message has; `told` is when the server told it."""

    sequence: int
    told: Moment


class PortfolioUpdate(_Message, frozen=True, kw_only=True, tag="portfolio_update"):
    """What `/api/portfolio` answers; at once after connecting and then regularly."""

    data: Portfolio


class AlertMessage(_Message, frozen=True, kw_only=True, tag="alert"):
    """An alert was raised."""

    data: AlertAnswer


class OrderAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order as the desk has it; limits and averages are net per share.

    `source` is the broker. `age_s` counts from the last change of its state. `quality` is SIMULATED
    for one on paper.
    """

    ref: str
    title: str
    words: str
    state: str
    mode: str
    account: str
    quantity: Number
    filled: Number
    average: Number | None
    commission: Number | None
    said: str
    source: str
    at: Moment
    age_s: Seconds
    quality: Quality


class OrderMessage(_Message, frozen=True, kw_only=True, tag="order"):
    """An order was confirmed, or something became known of it."""

    data: OrderAnswer


class ChainAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which chain is there anew: ask `/api/options/chain` for it."""

    symbol: str
    expiry: Day
    contracts: int
    at_the_money_volatility: Number | None
    source: str
    at: Moment
    age_s: Seconds
    quality: Quality


class ChainMessage(_Message, frozen=True, kw_only=True, tag="chain"):
    """An option chain was fetched."""

    data: ChainAnswer


class LoanMessage(_Message, frozen=True, kw_only=True, tag="loan"):
    """The loan was valued anew; null where there is none."""

    data: LoanAnswer | None


Message = PortfolioUpdate | AlertMessage | OrderMessage | ChainMessage | LoanMessage
