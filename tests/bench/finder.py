"""The cheapest hedge that holds on a recorded chain of six expiries, found in a thread."""

import asyncio
import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.bench.loop import LoopProbe
from vaultdesk.adapters.recorded.replay import RecordedFeed
from vaultdesk.core.hedge.config import StrategyConfig
from vaultdesk.core.hedge.finder import FindRequest, Found, find
from vaultdesk.core.hedge.inputs import HedgeInputs, configured
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.loan.terms import single_pledge

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "options"
CLOSE = DATA / "GLD-2026-07-10.market.jsonl.gz"
EXPIRIES = (
    date(2026, 8, 21),
    date(2026, 9, 18),
    date(2026, 12, 18),
    date(2027, 6, 17),
    date(2028, 1, 21),
    date(2028, 12, 15),
)
WISHES = (
    ("0.70", "0.30", EXPIRIES[2]),
    ("0.65", "0.25", EXPIRIES[3]),
    ("0.70", "0.40", EXPIRIES[4]),
    ("0.62", "0.30", EXPIRIES[1]),
    ("0.63", "0.35", EXPIRIES[0]),
)
"""Highest LTV, deepest fall, horizon; the last two are hard to prove."""
KINDS = ((Use.PLEDGED, False), (Use.REPAYS, False), (Use.PLEDGED, True))
ROUNDS = 5


def run() -> None:
    """Print time, gap and size for puts, both uses, and collars."""
    if not CLOSE.is_file():
        print("the finder: the recorded chain does not lie beside the project")
        return
    asyncio.run(_all())


async def _all() -> None:
    print(f"the cheapest hedge on a recorded chain of {len(EXPIRIES)} expiries (limit 1 s):")
    probe = LoopProbe()
    for use, collars in KINDS:
        config = await _config(HedgeRules(use=use, naked_calls=collars))
        print(f"  payoff {use}, {'collars' if collars else 'puts only'}")
        for ltv, fall, horizon in WISHES:
            request = FindRequest(Decimal(ltv), Decimal(fall), horizon, collars=collars)
            probe.start()
            print(await _line(config, request))
            probe.stop()
    late = probe.quantile(0.99), max(probe.samples)
    print(f"  meanwhile the loop was late by p99 {late[0]:.1f}, worst {late[1]:.1f} ms")
    config = await _config(HedgeRules())
    request = FindRequest(Decimal("0.70"), Decimal("0.30"), EXPIRIES[2], Decimal(20_000))
    found, took = await asyncio.to_thread(_timed, lambda: find(config, request))
    print(f"  beyond its budget, with the nearest that can be had: {took:.2f} s; {found.problem}")


async def _config(rules: HedgeRules) -> StrategyConfig:
    """10,050 shares at 61 %."""
    feed = RecordedFeed(CLOSE, position="end")
    quote = await feed.quote("GLD")
    price = quote.price
    assert price is not None
    chains = tuple([await feed.chain("GLD", day) for day in EXPIRIES])
    loan, units = (price * 10_050 * Decimal("0.61")).quantize(Decimal(1)), Decimal(10_050)
    terms = single_pledge("GLD", units, loan, "USD", Decimal("0.75"), Decimal("0.85"), quote.at)
    return configured(HedgeInputs(terms, (quote,), chains, chains[0].at, rules, 0.04))


async def _line(config: StrategyConfig, request: FindRequest) -> str:
    runs = [await asyncio.to_thread(_timed, lambda: find(config, request)) for _ in range(ROUNDS)]
    found, took = runs[0][0], statistics.median(seconds for _, seconds in runs)
    over = 10_000 * (found.work.tree_ltv - float(request.max_ltv))
    return (
        f"    LTV {request.max_ltv} to -{request.max_fall} until {request.horizon}: {took:.2f} s, "
        f"gap {found.gap:.1e}, {len(found.position.legs)} legs, cost {found.cost}, "
        f"{found.work.columns} columns, {found.work.rows} rows, {found.work.solves} solves; "
        f"worst LTV by the tree less the limit {over:+.2f} basis points"
        f"{'; ' + found.problem if found.problem else ''}"
    )


def _timed(work: Callable[[], Found]) -> tuple[Found, float]:
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start
