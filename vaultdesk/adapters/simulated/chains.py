"""A simulated option chain: theory from the surface, a market around it on legal ticks."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from vaultdesk.adapters.simulated import surface
from vaultdesk.adapters.simulated.exchange import dollars
from vaultdesk.core.calendar import YEAR_S
from vaultdesk.core.market import Chain, OptionQuote, Quality, Right, VendorGreeks

NICKEL, NICKEL_FROM = 5, 300
"""Cents: prices move by five from three dollars on and by one below (the penny program's rule)."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_YEAR = timedelta(seconds=YEAR_S)
_OLDEST_SALE_S = 1800
_SPREAD, _INTEREST, _VOLUME, _VENDOR, _LAST, _AGE, _BID_SIZE, _ASK_SIZE = range(1, 9)
_TYPICAL_SIZE, _LARGEST_SIZE = 30, 999


@dataclass(frozen=True, slots=True)
class Moment:
    """The underlying when a chain is asked for; prices per share in dollars.

    `reference` is the previous close, which open interest gathers around; `share` the part of a
    day's volume traded so far.
    """

    symbol: str
    at: datetime
    opened: datetime
    spot: float
    reference: float
    share: float
    seed: int
    source: str


@dataclass(frozen=True, slots=True)
class Contracts:
    """The contracts of one expiry as columns: calls by strike, then puts by strike."""

    kind: Floats
    strike: Ints
    keys: Keys

    @classmethod
    def of(cls, strikes: tuple[int, ...], expiry: date, seed: int) -> "Contracts":
        """Both rights of every strike, each with a key of its own for its random figures."""
        strike = np.tile(np.array(strikes, dtype=np.int64), 2)
        kind = np.repeat((1.0, -1.0), len(strikes))
        keys = strike.astype(np.uint64) * np.uint64(2) + (kind < 0).astype(np.uint64)
        keys += np.uint64(expiry.toordinal()) * np.uint64(2**20)
        return cls(kind, strike, _mixed(keys ^ np.uint64(seed)))

    def uniform(self, purpose: int) -> Floats:
        """A number in (0, 1) for each contract, the same whenever it is asked for."""
        mixed = _mixed(self.keys + np.uint64(purpose))
        return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53

    def normal(self, purpose: int) -> Floats:
        """A standard normal number for each contract (Box and Muller 1958)."""
        radius = np.sqrt(-2 * np.log(self.uniform(purpose)))
        turn: Floats = radius * np.cos(2 * math.pi * self.uniform(purpose + 100))
        return turn


def build(
    moment: Moment, expiry: date, closes: datetime, strikes: tuple[int, ...], held: float
) -> Chain:
    """The chain of an expiry that ends at `closes`; `held` is the open interest of a busy strike.

    Options are American, as those on GLD are.
    """
    from vaultdesk.core.options.american import american  # noqa: PLC0415 (scipy: not at start)

    contracts = Contracts.of(strikes, expiry, moment.seed)
    kind, strike = contracts.kind, contracts.strike
    years = (closes - moment.at).total_seconds() / YEAR_S
    rate = surface.rate(years)
    log_moneyness = np.log(strike / moment.spot) - rate * years
    volatility = surface.volatility(log_moneyness, years)
    value = american(kind, moment.spot, strike, years, rate, 0.0, volatility)
    deviations = np.abs(log_moneyness) / (surface.atm_volatility(years) * math.sqrt(years))
    bid, ask = market(value.price, deviations, years, contracts.uniform(_SPREAD))
    interest, volume = _activity(moment, contracts, (closes - moment.opened) / _YEAR, held)
    greeks = (value.delta, value.gamma, value.theta / 365, value.vega / 100, value.rho / 100)
    iv = volatility * np.exp(0.03 * contracts.normal(_VENDOR)) + 0.005 * kind
    sales = _last_sales(moment, contracts, bid, ask, volume)
    sizes = _sizes(contracts, deviations, bid)
    columns = (strike, kind.astype(np.int64), bid, ask, *sales, volume, interest, *sizes)
    figures = np.stack(columns)
    vendor = np.round(np.stack((iv, *greeks)), 4).T.tolist()
    return Chain(
        symbol=moment.symbol,
        expiry=expiry,
        rows=tuple(
            _row(moment, expiry, row, VendorGreeks(*given))
            for row, given in zip(figures.T.tolist(), vendor, strict=True)
        ),
        at=moment.at,
        received=moment.at,
        source=moment.source,
        quality=Quality.SIMULATED,
        spot=dollars(round(moment.spot * 100)),
    )


def market(theory: Floats, deviations: Floats, years: float, luck: Floats) -> tuple[Ints, Ints]:
    """Bid and ask in cents around values in dollars, on legal ticks, the value between them.

    The spread grows with the value, the term and the deviations from the money; `luck` in (0, 1)
    makes it 80 to 130 % of that. A bid that falls below one tick is 0.
    """
    spread = (0.02 + 0.02 * np.sqrt(theory) * (1 + 2 * years)) * (0.8 + 0.5 * luck)
    half = np.maximum(spread * (1 + 0.15 * np.minimum(deviations, 6)) / 2, 0.005)
    low, high = 100 * (theory - half), 100 * (theory + half)
    bid = np.where(low < NICKEL_FROM, np.floor(low), NICKEL * np.floor(low / NICKEL))
    ask = np.where(high < NICKEL_FROM, np.ceil(high), NICKEL * np.ceil(high / NICKEL))
    return np.maximum(bid, 0).astype(np.int64), np.maximum(ask, 1).astype(np.int64)


def _activity(moment: Moment, contracts: Contracts, years: float, held: float) -> tuple[Ints, Ints]:
    """Open interest, fixed for the session, and the volume traded up to this part of it."""
    strike = contracts.strike
    width = 0.02 + surface.atm_volatility(years) * math.sqrt(years)
    far = np.abs(np.log(strike / moment.reference)) / width
    roundness = np.select(
        [strike % 50 == 0, strike % 10 == 0, strike % 5 == 0], [4.0, 2.5, 1.5], 1.0
    )
    lots = held * roundness * np.exp(-0.8 * far)
    interest = np.floor(lots * np.exp(0.9 * contracts.normal(_INTEREST)))
    eager = 0.08 * math.exp(-years) * moment.share
    volume = np.floor(lots * eager * np.exp(0.8 * contracts.normal(_VOLUME)))
    return interest.astype(np.int64), volume.astype(np.int64)


def _last_sales(
    moment: Moment, contracts: Contracts, bid: Ints, ask: Ints, volume: Ints
) -> tuple[Ints, Ints]:
    """The last price in cents, 0 where nothing traded today, and its age in seconds."""
    inside = bid + (ask - bid) * contracts.uniform(_LAST)
    ticks = np.where(inside < NICKEL_FROM, 1, NICKEL)
    last = np.where(volume > 0, np.maximum(inside // ticks * ticks, 1), 0)
    since_s = min((moment.at - moment.opened).total_seconds(), _OLDEST_SALE_S)
    return last.astype(np.int64), (contracts.uniform(_AGE) * since_s).astype(np.int64)


def _sizes(contracts: Contracts, deviations: Floats, bid: Ints) -> tuple[Ints, Ints]:
    """Contracts shown at the bid and at the ask: most at the money, none where nobody bids."""
    typical = _TYPICAL_SIZE * np.exp(-0.4 * np.minimum(deviations, 6))

    def shown(purpose: int) -> Ints:
        size: Floats = 1 + typical * np.exp(0.7 * contracts.normal(purpose))
        return np.minimum(size, _LARGEST_SIZE).astype(np.int64)

    bidden: Ints = np.where(bid > 0, shown(_BID_SIZE), 0)
    return bidden, shown(_ASK_SIZE)


def _row(moment: Moment, expiry: date, figures: list[int], vendor: VendorGreeks) -> OptionQuote:
    strike, kind, bid, ask, last, age_s, volume, interest, bid_size, ask_size = figures
    right: Right = "C" if kind > 0 else "P"
    return OptionQuote(
        contract=f"{moment.symbol}{expiry:%y%m%d}{right}{strike * 1000:08d}",
        right=right,
        strike=Decimal(strike),
        bid=dollars(bid),
        ask=dollars(ask),
        last=dollars(last) if last else None,
        volume=volume,
        open_interest=interest,
        last_trade=moment.at - timedelta(seconds=age_s) if last else None,
        vendor=vendor,
        bid_size=bid_size,
        ask_size=ask_size,
    )


def _mixed(keys: Keys) -> Keys:
    """Keys scattered over all 64-bit numbers (the finaliser of SplitMix64, Steele et al. 2014)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
