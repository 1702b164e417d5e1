"""Option chains: in short as `/api/options`, in full as `/api/options/chain`."""

from typing import Literal

from msgspec import Struct

from vaultdesk.adapters.web.shapes.kinds import Count, Day, Moment, Number, Quality, Seconds


class Contract(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One contract; prices per share, `volatility` a fraction per year, `delta` per share.

    `flag` is what is wrong with its quote, OK where nothing is. `refusal` says why there is no
    volatility of its own; volatility and delta are then the smile's, or null.
    """

    contract: str
    right: Literal["C", "P"]
    strike: Number
    bid: Number | None
    ask: Number | None
    last: Number | None
    mid: Number | None
    volatility: Number | None
    delta: Number | None
    flag: str
    refusal: str


class Row(Contract, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contract with everything known of it.

    Greeks of one long option per share: theta and charm per year, vega, vanna and vomma per 1.00 of
    volatility, rho per 1.00 of the rate. `estimated` where they rest on the smile.
    """

    volume: Count | None
    open_interest: Count | None
    last_trade: Moment | None
    spread_pct: Number | None
    estimated: bool
    price: Number | None
    gamma: Number | None
    theta: Number | None
    vega: Number | None
    rho: Number | None
    vanna: Number | None
    charm: Number | None
    vomma: Number | None


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The listed expiries, and of one of them the contracts within a tenth of the spot price.

    `verdict` says why nothing is priced from the chain, `reason` why there is none.
    """

    symbol: str
    expirations: list[Day]
    expiry: Day | None
    source: str | None
    at: Moment | None
    age_s: Seconds | None
    quality: Quality | None
    spot: Number | None
    at_the_money_volatility: Number | None
    verdict: str
    reason: str
    contracts: list[Contract]


class OptionChain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All contracts of one expiry; rate and dividend yield are fractions per year."""

    symbol: str
    expiry: Day
    source: str
    at: Moment
    age_s: Seconds
    quality: Quality
    spot: Number
    years: Number
    exercise: Literal["american", "european"]
    rate: Number
    rate_source: str
    dividend_yield: Number
    multiplier: Count
    at_the_money_volatility: Number | None
    verdict: str
    rows: list[Row]
