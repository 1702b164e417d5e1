"""What the fake TWS lists and quotes: a gold fund and its options, priced by Black and Scholes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from math import exp, log, sqrt
from statistics import NormalDist

from tests.fakes.tws.requests import Asked

CENT = Decimal("0.01")
NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Listed:
    """A contract in full: a stock has no expiry (""), strike (0) and right ("")."""

    con_id: int
    symbol: str
    sec_type: str
    expiry: str = ""
    strike: Decimal = Decimal(0)
    right: str = ""
    multiplier: str = ""
    exchange: str = "SMART"
    primary: str = ""
    currency: str = "USD"
    local_symbol: str = ""
    trading_class: str = ""

    @property
    def size(self) -> Decimal:
        """Shares a contract."""
        return Decimal(self.multiplier or 1)


@dataclass(frozen=True, slots=True)
class Quote:
    """Prices in USD a share, sizes in contracts or shares."""

    bid: Decimal
    ask: Decimal
    bid_size: int = 10
    ask_size: int = 10

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2


@dataclass(frozen=True, slots=True)
class Greeks:
    """Per share: vega a point of volatility, theta a day."""

    volatility: float
    price: float
    delta: float
    gamma: float
    vega: float
    theta: float


@dataclass
class Market:
    """The listing, the spot price in USD, and the quotes that a test has set by hand."""

    spot: Decimal
    today: date
    stock: Listed
    options: tuple[Listed, ...]
    volatility: float = 0.18
    rate: float = 0.04
    by_hand: dict[int, Quote] = field(default_factory=dict)
    all: dict[int, Listed] = field(init=False)
    """Every contract by its id."""

    def __post_init__(self) -> None:
        self.all = {listed.con_id: listed for listed in (self.stock, *self.options)}

    @property
    def expiries(self) -> list[str]:
        return sorted({option.expiry for option in self.options})

    @property
    def strikes(self) -> list[Decimal]:
        return sorted({option.strike for option in self.options})

    def by_id(self, con_id: int) -> Listed:
        """Raises: KeyError: No such contract is listed."""
        return self.all[con_id]

    def option(self, expiry: str, strike: Decimal | str, right: str) -> Listed:
        """Raises: KeyError: No such option is listed."""
        for option in self.options:
            if (option.expiry, option.strike, option.right) == (expiry, Decimal(strike), right):
                return option
        raise KeyError((expiry, strike, right))

    def matching(self, asked: Asked) -> list[Listed]:
        """All contracts that answer to what was asked: what is left out matches anything."""
        return [listed for listed in self.all.values() if _matches(asked, listed)]

    def quote(self, con_id: int) -> Quote:
        """The quote set by hand, or one around the formula's price."""
        if con_id in self.by_hand:
            return self.by_hand[con_id]
        listed = self.by_id(con_id)
        if not listed.expiry:
            return Quote(self.spot - CENT, self.spot + CENT, 500, 400)
        fair = Decimal(self.greeks(con_id).price).quantize(CENT)
        half = max(CENT, (fair / 50).quantize(CENT))
        return Quote(max(Decimal(0), fair - half), fair + half, 40, 30)

    def set_quote(
        self, con_id: int, bid: str, ask: str, bid_size: int = 10, ask_size: int = 10
    ) -> None:
        self.by_hand[con_id] = Quote(Decimal(bid), Decimal(ask), bid_size, ask_size)

    def greeks(self, con_id: int) -> Greeks:
        """The option's price and Greeks (Black and Scholes 1973, no dividend)."""
        option = self.by_id(con_id)
        days = (_date(option.expiry) - self.today).days
        years, strike, spot = max(days, 1) / 365, float(option.strike), float(self.spot)
        deviation = self.volatility * sqrt(years)
        d1 = (log(spot / strike) + self.rate * years) / deviation + deviation / 2
        sign = 1 if option.right == "C" else -1
        worth = NORMAL.cdf(sign * (d1 - deviation)) * strike * exp(-self.rate * years)
        price = sign * (spot * NORMAL.cdf(sign * d1) - worth)
        density = NORMAL.pdf(d1)
        decay = spot * density * self.volatility / (2 * sqrt(years)) + sign * self.rate * worth
        return Greeks(
            self.volatility,
            price,
            sign * NORMAL.cdf(sign * d1),
            density / (spot * deviation),
            spot * density * sqrt(years) / 100,
            -decay / 365,
        )


def gld_market(
    spot: str | Decimal = "310.00", today: date = date(2026, 3, 20), months: int = 6
) -> Market:
    """GLD with puts and calls on the third Fridays of the coming months, strikes 5 apart."""
    price = Decimal(spot)
    stock = Listed(9001, "GLD", "STK", primary="ARCA", local_symbol="GLD", trading_class="GLD")
    lowest = int((price * Decimal("0.7") / 5).to_integral_value(ROUND_FLOOR)) * 5
    strikes = range(lowest, int(price * Decimal("1.3")), 5)
    kinds = [(day, strike, right) for day in _fridays(today, months) for strike in strikes
             for right in "CP"]  # fmt: skip
    options = (_option(100_001 + number, *kind) for number, kind in enumerate(kinds))
    return Market(price, today, stock, tuple(options))


def _option(con_id: int, expiry: date, strike: int, right: str) -> Listed:
    local = f"GLD   {expiry:%y%m%d}{right}{strike * 1000:08d}"
    day = f"{expiry:%Y%m%d}"
    return Listed(con_id, "GLD", "OPT", day, Decimal(strike), right, "100", "SMART", "", "USD",
                  local, "GLD")  # fmt: skip


def _fridays(today: date, months: int) -> Iterator[date]:
    first = today.replace(day=1)
    while months:
        third = first + timedelta((4 - first.weekday()) % 7 + 14)
        if third > today:
            yield third
            months -= 1
        first = (first + timedelta(32)).replace(day=1)


def _matches(asked: Asked, listed: Listed) -> bool:
    if asked.con_id:
        return asked.con_id == listed.con_id
    return (
        asked.symbol == listed.symbol
        and asked.sec_type == listed.sec_type
        and listed.expiry.startswith(asked.expiry)
        and asked.strike in {Decimal(0), listed.strike}
        and asked.right in {"", "0", "?", listed.right}
    )


def _date(day: str) -> date:
    return date(int(day[:4]), int(day[4:6]), int(day[6:]))
