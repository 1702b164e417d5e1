"""The cheapest hedge that holds on a recorded chain of six expiries, found in a thread."""

import asyncio
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from tests.bench.loop import LoopProbe
from tests.core.hedge.recorded_chains import CLOSE, SIX, recorded_config
from vaultdesk.core.hedge.config import StrategyConfig
from vaultdesk.core.hedge.finder import FindRequest, Found, find
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
WISHES = (
    ("0.70", "0.30", SIX[2]),
    ("0.65", "0.25", SIX[3]),
    ("0.70", "0.40", SIX[4]),
    ("0.62", "0.30", SIX[1]),
    ("0.63", "0.35", SIX[0]),
)
"""Highest LTV, deepest fall, horizon; the last two are hard to prove."""
KINDS = ((Use.PLEDGED, False), (Use.REPAYS, False), (Use.PLEDGED, True))
ROUNDS = 5


def run() -> None:
    """Print time, gap and size for puts, both uses, and collars."""
    if not (DATA / "options" / CLOSE).is_file():
        print("the finder: the recorded chain does not lie beside the project")
        return
    asyncio.run(_all())


async def _all() -> None:
    print(f"the cheapest hedge on a recorded chain of {len(SIX)} expiries (limit 1 s):")
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
    request = FindRequest(Decimal("0.70"), Decimal("0.30"), SIX[2], Decimal(20_000))
    found, took = await asyncio.to_thread(_timed, lambda: find(config, request))
    print(f"  beyond its budget, with the nearest that can be had: {took:.2f} s; {found.problem}")


async def _config(rules: HedgeRules) -> StrategyConfig:
    return await recorded_config(DATA, CLOSE, SIX, rules)


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
