"""The quote and the loan: `/api/portfolio`, `portfolio_update` and `vaultdesk status` tell them."""

from msgspec import Struct

from vaultdesk.adapters.web.shapes.kinds import Day, Moment, Number, Quality, Seconds


class QuoteAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The newest quote; null prices are those the source does not give.

    `at` is the exchange's time and `received` the desk's. What is not confirmed jumped too far to
    be believed before a second trade: it is shown, and nothing is decided by it.
    """

    symbol: str
    bid: Number | None = None
    ask: Number | None = None
    last: Number | None = None
    at: Moment | None = None
    received: Moment | None = None
    source: str | None = None
    quality: Quality | None = None
    age_s: Seconds | None = None
    currency: str | None = None
    confirmed: bool | None = None


class CureAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What brings the LTV to `target`: one of the three, in the loan's currency."""

    target: Number | None = None
    repay: Number | None = None
    pledge: Number | None = None
    sell: Number | None = None


class CallWay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How probable a margin call is by one method; with null `reason` says why there is no answer.

    `probability` from 0 to 1 and its standard error are of float64. `basis` is what it rests on.
    """

    probability: float | None
    standard_error: float | None
    expected_days: float | None
    basis: str
    reason: str


class LoanAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The loan; money in `currency`, ratios as fractions, prices per unit of the watched symbol.

    Every number but `amount`, which is owed whatever gold costs, rests on prices: `source`, `at`,
    `age_s` and `quality` are those of the most doubtful and the oldest of them, and `reason` says
    why there are none.
    """

    currency: str
    value: Number | None = None
    lending_value: Number | None = None
    amount: Number | None = None
    interest: Number | None = None
    ltv: Number | None = None
    utilisation: Number | None = None
    cash_ltv: Number | None = None
    headroom: Number | None = None
    zone: str | None = None
    call_price: Number | None = None
    closeout_price: Number | None = None
    call_ounce: Number | None = None
    closeout_ounce: Number | None = None
    distance: Number | None = None
    distance_pct: Number | None = None
    cure: CureAnswer
    source: str | None = None
    at: Moment | None = None
    age_s: Seconds | None = None
    quality: Quality | None = None
    confirmed: bool | None = None
    reason: str = ""
    call_probability: Number | None = None
    call_probability_until: Day | None = None
    call_probability_by: dict[str, CallWay] | None = None


class Portfolio(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Both at one moment; `loan` is null where none is set up, `problem` what is wrong."""

    quote: QuoteAnswer
    loan: LoanAnswer | None
    problem: str = ""
