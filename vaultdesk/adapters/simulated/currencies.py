"""Simulated exchange rates: each currency's price in dollars is a path, a pair is their quotient.

So the rates agree with each other: francs bought by way of euros cost what they cost at once.
"""

from decimal import Decimal

from vaultdesk.adapters.simulated.exchange import Exchange, Timeline
from vaultdesk.adapters.simulated.listing import DOLLAR, DOLLARS_FOR
from vaultdesk.adapters.simulated.path import PricePath
from vaultdesk.core.currencies import currency_pair
from vaultdesk.core.market import Quality, Quote
from vaultdesk.core.money import from_float

CALM = 0.35
"""How much a currency's logarithm moves for one of gold's: 7.7 % a year without the jumps."""

STEPS = 10**9
"""Where each currency's own path starts, in steps; as many as its price has digits to spare."""

HALF_SPREAD = 0.00004
"""From the middle to bid or ask, as a fraction of the rate."""


class Rates:
    """The rates at each tick of a market, drawn from its seed, in step with its `timeline`."""

    def __init__(self, seed: int, step_s: float, timeline: Timeline, exchange: Exchange) -> None:
        self._seed = seed
        self._step_s = step_s
        self._timeline = timeline
        self._exchange = exchange
        self._paths: dict[str, PricePath] = {}

    def paths(self, symbol: str) -> tuple[PricePath, PricePath]:
        """Those of a pair's two currencies."""
        base, quoted = _pair(symbol)
        return self._path(base), self._path(quoted)

    def quote(self, symbol: str, number: int, source: str) -> Quote:
        """The pair's quote at this tick, in units of its second currency."""
        ours, theirs = (path.at(number) for path in self.paths(symbol))
        rate = _rate(symbol, ours.last, theirs.last)
        return Quote(
            symbol=symbol,
            bid=_printed(rate * (1 - HALF_SPREAD)),
            ask=_printed(rate * (1 + HALF_SPREAD)),
            last=_printed(rate),
            at=ours.at,
            received=ours.at,
            source=source,
            quality=Quality.SIMULATED,
            previous_close=close(symbol, ours.previous_close, theirs.previous_close),
            currency=_pair(symbol)[1],
        )

    def _path(self, code: str) -> PricePath:
        if code not in self._paths:
            seed = (self._seed << 24) + int.from_bytes(code.encode(), "big")
            self._paths[code] = PricePath(seed, self._step_s, self._timeline, STEPS, self._exchange)
        return self._paths[code]


def close(symbol: str, ours: int, theirs: int) -> Decimal:
    """A pair's rate as printed, its two currencies' paths being at so many steps."""
    return _printed(_rate(symbol, ours, theirs))


def _rate(symbol: str, ours: int, theirs: int) -> float:
    base, quoted = _pair(symbol)
    return _dollars(base, ours) / _dollars(quoted, theirs)


def _pair(symbol: str) -> tuple[str, str]:
    pair = currency_pair(symbol)
    assert pair is not None  # noqa: S101 - asked for listed pairs only
    return pair


def _dollars(code: str, steps: int) -> float:
    """What a unit costs; a dollar costs one, whatever its path."""
    return 1.0 if code == DOLLAR else DOLLARS_FOR[code] * (steps / STEPS) ** CALM


def _printed(rate: float) -> Decimal:
    """A rate as the market prints it: six significant digits."""
    printed = from_float(float(f"{rate:.6g}"))
    assert printed is not None  # noqa: S101 - a quotient of positive numbers
    return printed
