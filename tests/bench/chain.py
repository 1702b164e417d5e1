"""Valuing whole chains in a thread, and the shown expiry on the loop at each tick."""

import asyncio
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import cycle, islice

from tests.bench.loop import LoopProbe
from vaultdesk.adapters.simulated import SimulatedFeed
from vaultdesk.core.calendar import Sessions, weekday_sessions
from vaultdesk.core.market import Chain, Quality
from vaultdesk.core.options.chain import revalued, value_chains
from vaultdesk.core.options.forward import ImpliedForward, implied_forward
from vaultdesk.core.options.slices import chain_slice
from vaultdesk.core.options.valued import ValuedChain

SPOT = Decimal("377.01")
START = datetime.fromisoformat("2026-07-10T11:00:00-04:00")
EXPIRIES = 32
"""Some of them twice: 27 are listed, with 4,800 contracts."""
ROUNDS, TICKS = 9, 200


def run() -> None:
    """Print both."""
    asyncio.run(_both())


async def _both() -> None:
    chains, sessions = await _listed()
    count = sum(len(chain.rows) for chain in chains)
    slices = [chain_slice(chain, SPOT, sessions) for chain in chains]
    print(f"a chain of {count:,} contracts in {len(chains)} expiries, American:")

    def value_all() -> tuple[ValuedChain, ...]:
        return value_chains(chains, SPOT, START, 0.04, sessions)

    def find_forwards() -> list[ImpliedForward]:
        return [implied_forward(one) for one in slices]

    first = time.perf_counter()
    views = await asyncio.to_thread(value_all)
    print(f"  the first time {1000 * (time.perf_counter() - first):.1f} ms")
    probe = LoopProbe()
    probe.start()
    took = [await _in_thread(value_all, find_forwards) for _ in range(ROUNDS)]
    probe.stop()
    whole, forwards = (statistics.median(times) for times in zip(*took, strict=True))
    print(
        f"  inverted and valued in a thread in {whole - forwards:.1f} ms (limit 100), "
        f"{whole:.1f} ms with the search for each expiry's forward"
    )
    print(
        f"  meanwhile the loop was late by p50 {probe.quantile(0.5):.1f}, "
        f"worst {max(probe.samples):.1f} ms"
    )
    priced = sum(not why for view in views for why in view.refusals)
    print(f"  {priced:,} have a volatility, {count - priced:,} say why not")
    for view in (max(views, key=lambda v: len(v.chain.rows)), max(views, key=lambda v: v.years)):
        _tick(view, sessions)


def _tick(view: ValuedChain, sessions: Sessions) -> None:
    """One expiry at another price of the underlying, as the loop does it."""

    def one(step: int) -> Callable[[], ValuedChain]:
        spot = SPOT + Decimal(step % 20) / 100
        return lambda: revalued(view, spot, view.chain.at, Quality.SIMULATED, sessions)

    took = sorted(_timed(one(step)) for step in range(TICKS))
    print(
        f"  a tick of {len(view.chain.rows)} contracts, {view.years:.2f} years: "
        f"median {statistics.median(took):.2f}, p99 {took[int(0.99 * TICKS)]:.2f} ms (limit 5)"
    )


async def _listed() -> tuple[list[Chain], Sessions]:
    """Simulated expiries, about 5,700 contracts altogether, and the sessions they trade in."""
    feed = SimulatedFeed(seed=7, start=START)
    listed = [await feed.chain("GLD", expiry) for expiry in await feed.expirations("GLD")]
    await feed.close()
    chains = list(islice(cycle(listed), EXPIRIES))
    return chains, weekday_sessions(START.date(), max(c.expiry for c in listed))


async def _in_thread(*works: Callable[[], object]) -> list[float]:
    """What each takes there, in milliseconds."""
    return [await asyncio.to_thread(_timed, work) for work in works]


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)
