"""Option mathematics beside QuantLib, vollib and plain NumPy, errors beside speeds.

All in one process, rounds interleaved, medians. Peers that bring a compiler of their own run in
environments of their own on the same options.
"""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import QuantLib as ql  # noqa: N813

from tests.bench import peers
from tests.bench.peers import Market
from tests.core.options.oracle import exact
from vaultdesk.core.options import american, european, implied_volatility
from vaultdesk.core.options.book import Leg
from vaultdesk.core.options.scenario import scenario_cube

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.options.types import FloatArray

    Works = dict[str, Callable[[], Any]]

SPOT = 380.0
FEW, SOME, MANY = 200, 5_000, 1_000_000
TURN_NS = 20e6
HIGH, ACCURATE, FAST = (
    ql.QdFpAmericanEngine.highPrecisionScheme(),
    ql.QdFpAmericanEngine.accurateScheme(),
    ql.QdFpAmericanEngine.fastScheme(),
)


def run() -> None:
    """Print every row."""
    _european()
    _implied()
    _american()
    _american_implied()
    _cube()
    _compiled()


def made(count: int, seed: int = 1, **limits: float) -> Market:
    """Options over r 0.1 to 10 %, sigma 5 to 60 %, a day to three years, S/K 0.6 to 1.6."""
    draw = np.random.default_rng(seed)
    kind = np.where(draw.random(count) < limits.get("calls", 0.5), 1.0, -1.0)
    return Market(
        kind,
        np.full(count, SPOT),
        SPOT / draw.uniform(0.6, 1.6, count),
        draw.uniform(limits.get("soonest", 1 / 365), 3.0, count),
        draw.uniform(0.001, 0.1, count),
        draw.uniform(0.0, 1.0, count) * limits.get("dividend_yield", 0.0),
        draw.uniform(limits.get("calmest", 0.05), limits.get("volatility", 0.6), count),
    )


def medians(works: Works, count: int, rounds: int) -> dict[str, float]:
    """Median nanoseconds an option of each, taking turns; the first calls of each are not counted.

    Short work is repeated for the length of a turn: once at a time it would mostly measure how
    the others had emptied the caches.
    """
    took: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    repeats = {name: max(1, round(TURN_NS / _took(work, 1))) for name, work in works.items()}
    for _ in range(rounds):
        for name, work in works.items():
            took[name].append(_took(work, repeats[name]) / count)
    return {name: statistics.median(times) for name, times in took.items()}


def _took(work: Callable[[], Any], repeats: int) -> float:
    """Nanoseconds each time."""
    start = time.perf_counter_ns()
    for _ in range(repeats):
        work()
    return (time.perf_counter_ns() - start) / repeats


def tell(title: str, ours: float, theirs: dict[str, float], wanted: dict[str, float]) -> None:
    """One row: our nanoseconds, and how many times as long each peer takes."""
    print(f"{title}: {ours:,.0f} ns")
    for name, ns in theirs.items():
        aim = f" (wanted {wanted[name]:g}x)" if name in wanted else ""
        print(f"    {name:<28}{ns:>14,.0f} ns {ns / ours:>10,.1f}x{aim}")


def _european() -> None:
    for count, rounds in ((FEW, 25), (SOME, 15), (MANY, 5)):
        market = made(count, soonest=0.05, calmest=0.1)
        works: Works = {
            "ours": partial(european, *market),
            "plain NumPy": partial(peers.plain_numpy, *market),
        }
        if count == FEW:
            works["QuantLib engine"] = peers.engine_with_greeks(market)
            works["vollib"] = peers.vollib_greeks(market)
        if count <= SOME:
            works["QuantLib BlackCalculator"] = peers.black_calculator(market)
        ns = medians(works, count, rounds)
        wanted: dict[str, float] = {}
        if count == FEW:
            wanted = {"QuantLib engine": 50, "vollib": 120}
        if count == SOME:
            wanted = {"QuantLib BlackCalculator": 150}
        if count == MANY:
            wanted = {"plain NumPy": 1 / 0.7}
        tell(f"European price and five Greeks, {count:,}", ns.pop("ours"), ns, wanted)
    few = made(FEW, soonest=0.05, calmest=0.1)
    value = european(*few)
    print(
        f"    error against 60 digits at S = 380: price {_worst(value.price, exact('price', *few))}"
        f" (wanted 1e-12), delta {_worst(value.delta, exact('delta', *few))} (wanted 1e-14)"
    )


def _worst(ours: FloatArray, theirs: FloatArray) -> str:
    return f"{np.nanmax(np.abs(ours - theirs)):.1e}"


def _implied() -> None:
    market = made(500, seed=2)
    outside = np.where(market.spot > market.strike, -1.0, 1.0)
    market = market._replace(kind=outside)
    price = exact("price", *market)
    kept = price > 1e-12
    market = Market(*(column[kept] for column in market))
    price = price[kept]
    terms = (market.kind, price, *market[1:6])
    works: Works = {
        "ours": lambda: implied_volatility(*terms, style="european"),
        "vollib": peers.vollib_implied(market, price),
        "QuantLib": peers.quantlib_implied(market, price),
    }
    ns = medians(works, price.size, 15)
    wanted = {"vollib": 60.0, "QuantLib": 6.0}
    tell(f"European implied volatility, {price.size} OTM", ns.pop("ours"), ns, wanted)
    for name, found in (
        ("ours", works["ours"]().volatility),
        ("vollib", works["vollib"]()),
        ("QuantLib", works["QuantLib"]()),
    ):
        good = np.isfinite(found) & (found > 0.0)
        error = np.abs(found / market.volatility - 1.0)[good].max()
        aim = " (wanted 1e-13)" if name == "ours" else ""
        zeros, none = np.count_nonzero(found == 0.0), np.count_nonzero(np.isnan(found))
        print(f"    {name}: relative error {error:.1e}{aim}, {zeros} silent zeros, {none} NaN")


def _scheme(scheme: object) -> Callable[[Any], Any]:
    return lambda process: ql.QdFpAmericanEngine(process, scheme)


def _errors(name: str, found: FloatArray, oracle: FloatArray) -> float:
    error = found - oracle
    rms = float(np.sqrt(np.mean(error * error)))
    print(f"    {name:<28}rms {rms:.1e} $, max {np.abs(error).max():.1e} $ at S = 380")
    return rms


def _american() -> None:
    for title, market, wanted in (
        ("American put, price and all Greeks, q = 0, sigma to 100 %",
         made(400, seed=3, calls=0.0, volatility=1.0), {"QdFp fast": 6.0, "QdFp accurate": 30.0}),
        ("American, price and all Greeks, q 0 to 5 %",
         made(256, seed=4, dividend_yield=0.05, volatility=1.0), {"QdFp accurate": 1.0}),
    ):  # fmt: skip
        works: Works = {
            "ours": partial(american, *market),
            "QdFp fast": peers.priced(market, _scheme(FAST), american=True),
            "QdFp accurate": peers.priced(market, _scheme(ACCURATE), american=True),
            "Bjerksund-Stensland": peers.priced(
                market, ql.BjerksundStenslandApproximationEngine, american=True
            ),
        }
        ns = medians(works, market.kind.size, 5)
        tell(f"{title}, {market.kind.size}", ns.pop("ours"), ns, wanted)
        oracle = peers.priced(market, _scheme(HIGH), american=True)()
        _errors("ours", american(*market).price, oracle)
        for name in ns:
            _errors(f"{name} (price only) ", works[name](), oracle)
    many = made(20_000, seed=3, calls=0.0, volatility=1.0)
    ns = medians({"ours": lambda: american(*many)}, many.kind.size, 5)
    print(f"    of 20,000 puts at a time: {ns['ours']:,.0f} ns each")


def _american_implied() -> None:
    market = made(600, seed=5, calls=0.0)
    oracle = peers.priced(market, _scheme(HIGH), american=True)()
    quoted = oracle - np.maximum(market.strike - market.spot, 0.0) > 0.01
    market = Market(*(column[quoted] for column in market))
    price = oracle[quoted]
    terms = (market.kind, price, *market[1:6])
    ours = medians({"ours": lambda: implied_volatility(*terms)}, price.size, 7)["ours"]
    few = 10
    sides = peers.Quoted(ql.AnalyticEuropeanEngine, -1.0, american=True)
    options = [sides.option(strike) for strike in market.strike[:few]]

    def quantlib() -> None:
        for i, option in enumerate(options):
            sides.move(*(column[i] for column in (market.spot, *market[3:])))
            option.impliedVolatility(float(price[i]), sides.process)

    theirs = medians({"QuantLib": quantlib}, few, 1)
    tell(f"American implied volatility, {price.size} puts", ours, theirs, {"QuantLib": 300})
    found = implied_volatility(*terms).volatility
    error = np.abs(found - market.volatility).max()
    print(f"    from QdFp's best prices: error {error:.1e} of volatility (wanted 5e-5)")


def _cube() -> None:
    legs = [
        Leg(kind=kind, strike=strike, years=years, quantity=quantity, volatility=0.2, rate=0.043)
        for kind, strike, years, quantity in (
            (-1, 340.0, 0.5, 10), (-1, 300.0, 0.5, -10), (1, 400.0, 0.5, -5),
            (-1, 360.0, 1.0, 10), (1, 420.0, 1.0, -5), (-1, 380.0, 1.5, 5),
        )
    ]  # fmt: skip
    spots = np.linspace(190.0, 570.0, 201)
    volatilities, passed = np.linspace(0.05, 1.0, 101), np.linspace(0.0, 1.4, 50)
    cells = len(legs) * spots.size * volatilities.size * passed.size
    axes = (legs, spots, volatilities, passed)
    ns = medians(
        {
            "european": lambda: scenario_cube(*axes, style="european"),
            "american": lambda: scenario_cube(*axes),
        },
        cells,
        5,
    )
    sample = made(4_000, seed=6)
    quotes = medians(
        {"QuantLib": peers.priced(sample, ql.AnalyticEuropeanEngine, american=False)}, 4_000, 3
    )
    fast = made(200, seed=6, calls=0.0)
    engine = medians({"QdFp fast": peers.priced(fast, _scheme(FAST), american=True)}, 200, 3)
    print(f"scenario cube, {cells:,} cells (QuantLib on a sample, scaled):")
    for style, theirs, aim in (("european", quotes, 250), ("american", engine, 250)):
        name, each = next(iter(theirs.items()))
        print(
            f"    {style}: {ns[style] * cells / 1e6:,.0f} ms; {name} {each * cells / 1e9:,.1f} s, "
            f"{each / ns[style]:,.0f}x (wanted {aim}x)"
        )
    one = (legs, spots, [0.23], [0.1])
    slider = medians({"ours": lambda: scenario_cube(*one)}, 1, 20)
    print(f"    one volatility and day (a slider): {slider['ours'] / 1e6:.1f} ms (limit 16)")
    _cube_errors(legs, spots, volatilities, passed)


def _cube_errors(
    legs: list[Leg], spots: FloatArray, volatilities: FloatArray, passed: FloatArray
) -> None:
    cube = scenario_cube(legs, spots, volatilities, passed, per_leg=True)
    draw = np.random.default_rng(7)
    at = [draw.integers(0, size, 3_000) for size in cube.shape]
    chosen = [legs[i] for i in at[0]]
    left = np.array([leg.years for leg in chosen]) - passed[at[3]]
    alive = left > 0.0
    exactly = american(
        np.array([leg.kind for leg in chosen]), spots[at[1]],
        np.array([leg.strike for leg in chosen]), np.maximum(left, 0.0), 0.043, 0.0,
        volatilities[at[2]],
    ).price  # fmt: skip
    shares = np.array([leg.quantity * leg.multiplier for leg in chosen])
    error = np.abs(cube[tuple(at)] / shares - exactly)[alive].max()
    print(f"    American cells against `american`, one by one: max {error:.1e} $ a share")


def _compiled() -> None:
    market = made(SOME, seed=8)
    price = european(*market).price
    inputs = {name: getattr(market, name).tolist() for name in ("kind", "spot", "strike", "years")}
    inputs |= {"rate": market.rate.tolist(), "vol": market.volatility.tolist()}
    inputs["price"] = price.tolist()
    terms = (market.kind, price, *market[1:6])
    ns = medians(
        {
            "value": lambda: european(*market),
            "implied": lambda: implied_volatility(*terms, style="european"),
        },
        SOME,
        9,
    )
    for name, wanted in (("py_vollib_vectorized", 2.0), ("financepy", None)):
        found = peers.compiled(name, inputs)
        if isinstance(found, str):
            print(f"{name}: absent, it {found}")
            continue
        print(f"{name}, in its own environment, {SOME:,} options:")
        rows = [("value", "price and Greeks", None), ("implied", "implied volatility", wanted)]
        for key, title, aim in rows:
            if f"{key}_ns" in found:
                theirs = found[f"{key}_ns"]
                hope = f" (wanted {aim:g}x)" if aim else ""
                ratio = theirs / ns[key]
                print(f"    {title}: {theirs:,.0f} ns against {ns[key]:,.0f}, {ratio:.1f}x{hope}")
