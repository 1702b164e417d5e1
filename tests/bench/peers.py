"""The libraries that option prices are measured against, each at its best."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import QuantLib as ql  # noqa: N813 - as its own documentation has it
from scipy.special import ndtr

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.options.types import FloatArray

SCRIPT = Path(__file__).with_name("compiled_peers.py")
COMPILED = {
    # newer releases of what it stands on no longer compile
    "py_vollib_vectorized": (
        "py_vollib_vectorized==0.1.1",
        "py_vollib==1.0.1",
        "py_lets_be_rational==1.0.1",
    ),
    "financepy": ("financepy==1.1.2",),
}
"""What the peers that bring a compiler are installed from."""
TODAY, COUNT = ql.Date(1, 1, 2025), ql.Actual365Fixed()
GREEKS = ("delta", "gamma", "theta", "vega", "rho")


class Market(NamedTuple):
    """Options as arrays of one length, in the order of `european`'s arguments."""

    kind: FloatArray
    spot: FloatArray
    strike: FloatArray
    years: FloatArray
    rate: FloatArray
    dividend_yield: FloatArray
    volatility: FloatArray

    def first(self, count: int) -> Market:
        """The first so many."""
        return Market(*(column[:count] for column in self))


def plain_numpy(
    kind: FloatArray, s: FloatArray, k: FloatArray, t: FloatArray, r: FloatArray, q: FloatArray,
    v: FloatArray,
) -> tuple[FloatArray, ...]:  # fmt: skip
    """Price and five Greeks as the textbooks have them, one array expression each."""
    root = np.sqrt(t)
    d1 = (np.log(s / k) + (r - q + 0.5 * v * v) * t) / (v * root)
    d2 = d1 - v * root
    df, dq = np.exp(-r * t), np.exp(-q * t)
    n1, n2 = ndtr(kind * d1), ndtr(kind * d2)
    bell = np.exp(-0.5 * d1 * d1) / math.sqrt(2.0 * math.pi)
    price = kind * (s * dq * n1 - k * df * n2)
    delta = kind * dq * n1
    gamma = dq * bell / (s * v * root)
    vega = s * dq * bell * root
    theta = -s * dq * bell * v / (2.0 * root) - kind * (r * k * df * n2 - q * s * dq * n1)
    rho = kind * k * t * df * n2
    return price, delta, gamma, theta, vega, rho


class Quoted:
    """One QuantLib option whose market is four quotes, its engine chosen once; one year to live.

    Rates and variance are the whole life's, so any time to expiry is exact.
    """

    def __init__(self, engine: Callable[[Any], Any], kind: float, *, american: bool) -> None:
        ql.Settings.instance().evaluationDate = TODAY
        self.kind, self.engine, self.american = kind, engine, american
        self.quotes = [ql.SimpleQuote(value) for value in (100.0, 0.04, 0.0, 0.2)]
        spot, rate, yields, volatility = (ql.QuoteHandle(quote) for quote in self.quotes)
        self.process = ql.BlackScholesMertonProcess(
            spot,
            ql.YieldTermStructureHandle(ql.FlatForward(TODAY, yields, COUNT)),
            ql.YieldTermStructureHandle(ql.FlatForward(TODAY, rate, COUNT)),
            ql.BlackVolTermStructureHandle(
                ql.BlackConstantVol(TODAY, ql.NullCalendar(), volatility, COUNT)
            ),
        )

    def option(self, strike: float) -> Any:  # noqa: ANN401
        """An option of this strike on the quotes."""
        right = ql.Option.Call if self.kind > 0 else ql.Option.Put
        expiry = TODAY + 365
        exercise = (
            ql.AmericanExercise(TODAY, expiry) if self.american else ql.EuropeanExercise(expiry)
        )
        option = ql.VanillaOption(ql.PlainVanillaPayoff(right, float(strike)), exercise)
        option.setPricingEngine(self.engine(self.process))
        return option

    def move(self, spot: float, years: float, rate: float, q: float, volatility: float) -> None:
        """Set the market of an option with so many years left; it is priced anew at any rate."""
        self.quotes[0].setValue(0.0)
        market = (spot, rate * years, q * years, volatility * math.sqrt(years))
        for quote, value in zip(self.quotes, market, strict=True):
            quote.setValue(float(value))


def _on_quotes(
    market: Market, engine: Callable[[Any], Any], *, american: bool
) -> list[tuple[Any, ...]]:
    """A market, its option and where its quotes are to go, for each of the options."""
    sides = [Quoted(engine, kind, american=american) for kind in market.kind]
    options = [side.option(strike) for side, strike in zip(sides, market.strike, strict=True)]
    terms = (market.spot, *market[3:])
    return list(zip(sides, options, *(column.tolist() for column in terms), strict=True))


def priced(market: Market, engine: Callable[[Any], Any], *, american: bool) -> Callable[[], Any]:
    """Price all options, made beforehand, by moving the quotes each has to itself."""
    rows = _on_quotes(market, engine, american=american)

    def work() -> FloatArray:
        found = []
        for quoted, option, *terms in rows:
            quoted.move(*terms)
            found.append(option.NPV())
        return np.array(found)

    return work


def engine_with_greeks(market: Market) -> Callable[[], Any]:
    """QuantLib's analytic engine, price and five Greeks."""
    rows = _on_quotes(market, ql.AnalyticEuropeanEngine, american=False)

    def work() -> list[float]:
        found = []
        for quoted, option, *terms in rows:
            quoted.move(*terms)
            found.append(option.NPV())
            found.extend(getattr(option, greek)() for greek in GREEKS)
        return found

    return work


def black_calculator(market: Market) -> Callable[[], Any]:
    """QuantLib's formula without engine or quotes, price and five Greeks."""
    rows = list(zip(*(column.tolist() for column in market), strict=True))

    def work() -> list[float]:
        found = []
        for kind, s, k, t, r, q, v in rows:
            payoff = ql.PlainVanillaPayoff(ql.Option.Call if kind > 0 else ql.Option.Put, k)
            forward, discount = s * math.exp((r - q) * t), math.exp(-r * t)
            one = ql.BlackCalculator(payoff, forward, v * math.sqrt(t), discount)
            found += [one.value(), one.delta(s), one.gamma(s)]
            found += [one.theta(s, t), one.vega(t), one.rho(t)]
        return found

    return work


def vollib_greeks(market: Market) -> Callable[[], Any]:
    """vollib's price and five Greeks, one option at a time, which is all it does."""
    from vollib.black_scholes_merton import black_scholes_merton  # noqa: PLC0415
    from vollib.black_scholes_merton.greeks import analytical  # noqa: PLC0415

    rows = list(zip(*(column.tolist() for column in market), strict=True))
    greeks = [getattr(analytical, greek) for greek in GREEKS]

    def work() -> list[float]:
        found = []
        for kind, s, k, t, r, q, v in rows:
            flag = "c" if kind > 0 else "p"
            found.append(black_scholes_merton(flag, s, k, t, r, v, q))
            found.extend(greek(flag, s, k, t, r, v, q) for greek in greeks)
        return found

    return work


def vollib_implied(market: Market, price: FloatArray) -> Callable[[], FloatArray]:
    """vollib's implied volatility (Jäckel's)."""
    from vollib.black_scholes.implied_volatility import implied_volatility  # noqa: PLC0415

    rows = list(zip(price.tolist(), *(column.tolist() for column in market), strict=True))

    def work() -> FloatArray:
        return np.array(
            [
                implied_volatility(p, s, k, t, r, "c" if kind > 0 else "p")
                for p, kind, s, k, t, r, _, _ in rows
            ]
        )

    return work


def quantlib_implied(market: Market, price: FloatArray) -> Callable[[], FloatArray]:
    """QuantLib's implied standard deviation of Black's formula, asked for as many digits."""
    rows = list(zip(price.tolist(), *(column.tolist() for column in market), strict=True))

    def one(p: float, kind: float, s: float, k: float, t: float, r: float, q: float) -> float:
        right = ql.Option.Call if kind > 0 else ql.Option.Put
        forward, discount = s * math.exp((r - q) * t), math.exp(-r * t)
        try:
            return float(
                ql.blackFormulaImpliedStdDev(right, k, forward, p, discount, 0.0, 0.2, 1e-13)
            )
        except RuntimeError:
            return math.nan

    def work() -> FloatArray:
        return np.array([one(*row[:7]) for row in rows]) / np.sqrt(market.years)

    return work


def compiled(name: str, inputs: dict[str, list[float]]) -> dict[str, Any] | str:
    """Run a peer that brings a compiler, in an environment of its own; or why it cannot be had."""
    pins = zlib.crc32(" ".join(COMPILED[name]).encode())
    folder = Path(tempfile.gettempdir()) / f"vaultdesk-bench-{name}-{pins:08x}"
    python = folder / "bin" / "python"
    if not python.exists():
        made = [sys.executable, "-m", "venv", str(folder)]
        got = [str(python), "-m", "pip", "install", "--quiet", *COMPILED[name]]
        for command in (made, got):
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
            if done.returncode:
                return f"cannot be installed ({done.stderr.strip().splitlines()[-1]})"
    done = subprocess.run(  # noqa: S603
        [str(python), "-W", "ignore", str(SCRIPT), name],
        input=json.dumps(inputs),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return f"does not run ({done.stderr.strip().splitlines()[-1]})"
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result
