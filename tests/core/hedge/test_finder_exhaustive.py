"""The finder against every combination there is, on small chains."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.core.hedge import boards
from vaultdesk.core.hedge.finder import FindRequest, find
from vaultdesk.core.hedge.ltv import hedged_ltvs
from vaultdesk.core.hedge.position import HedgeLeg
from vaultdesk.core.hedge.scene import days_passed, leg_values, loan_path
from vaultdesk.core.hedge.vocabulary import FeeSchedule, HedgeRules, Use

if TYPE_CHECKING:
    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.options.types import FloatArray

D = Decimal
UNITS = 300
MOST = 6
"""Contracts of each: twice what there are shares for."""
BAND = 2e-6
"""Of an LTV: two ways to interpolate American values agree to this."""
SURELY = 5e-5
"""Of an LTV: between the points of the grid here it is higher by less than this."""
TRADED = 5_000


class Small:
    """A loan against 300 shares and a handful of contracts that may be traded."""

    def __init__(self, config: StrategyConfig, open_to_choice: tuple[Listed, ...]) -> None:
        self.config, self.open_to_choice = config, open_to_choice

    def __repr__(self) -> str:
        words = [one.words for one in self.open_to_choice]
        return f"Small({words}, loan={self.config.portfolio.loan}, {self.config.rules})"


@st.composite
def small(draw: st.DrawFn, *, collars: bool = False) -> Small:
    days = sorted(draw(st.sets(st.sampled_from(boards.EXPIRIES[:3]), min_size=1, max_size=2)))
    puts = [D(300), D(315), D(320), D(330), D("337.5"), D(345), D(350), D(360)]
    sides = [("P", day, strike) for day in days for strike in puts]
    wanted = draw(st.sets(st.sampled_from(sides), min_size=1, max_size=3))
    if collars:
        calls = [
            ("C", day, strike) for day in days for strike in (D(352) + D("0.5"), D(365), D(380))
        ]
        wanted |= draw(st.sets(st.sampled_from(calls), min_size=1, max_size=1))
    chains = []
    for day in days:
        made = boards.chain(day)
        rows = tuple(
            replace(row, open_interest=TRADED) if (row.right, day, row.strike) in wanted else row
            for row in made.rows
        )
        chains.append(replace(made, rows=rows))
    rules = HedgeRules(
        use=draw(st.sampled_from([Use.PLEDGED, Use.REPAYS])),
        fees=FeeSchedule(D("0.65"), draw(st.sampled_from([D(1), D(40), D(900)]))),
        drawn=draw(st.booleans()),
        naked_calls=collars and draw(st.booleans()),
        free_units=draw(st.sampled_from([D(0), D(150), D(220)])),
        max_spread=D(9),
        min_open_interest=TRADED,
    )
    loan = draw(st.integers(57_000, 68_000))
    config = boards.config(rules, boards.pledge(D(UNITS), D(loan)), tuple(chains))
    chosen = tuple(one for one in config.board.listed if one.quote.open_interest == TRADED)
    assume(all(one.usable for one in chosen))
    return Small(config, chosen)


def requests(*, collars: bool = False) -> st.SearchStrategy[FindRequest]:
    return st.builds(
        FindRequest,
        max_ltv=st.integers(62, 75).map(lambda x: D(x) / 100),
        max_fall=st.integers(0, 35).map(lambda x: D(x) / 100),
        horizon=st.integers(0, 75).map(lambda x: boards.NOW.date() + timedelta(x)),
        budget=st.none() | st.integers(100, 8_000).map(D),
        collars=st.just(collars),
    )


def unit(one: Listed) -> HedgeLeg:
    return HedgeLeg(one, D(-one.kind), D(-one.kind))


def every(market: Small) -> FloatArray:
    """All combinations that the rules allow, (combinations, contracts)."""
    counts = itertools.product(range(MOST + 1), repeat=len(market.open_to_choice))
    return allowed(market, np.array(list(counts), dtype=float))


def allowed(market: Small, counts: FloatArray) -> FloatArray:
    """Those whose calls are covered, and no more of a day than its puts."""
    rules = market.config.rules
    sold = np.array([one.kind > 0 for one in market.open_to_choice])
    cover = int(rules.free_units) + (UNITS if rules.naked_calls else 0)
    right = 100 * counts[:, sold].sum(axis=1) <= cover
    for day in {one.expiry for one in market.open_to_choice}:
        here = np.array([one.expiry == day for one in market.open_to_choice])
        right &= counts[:, here & sold].sum(axis=1) <= counts[:, here & ~sold].sum(axis=1)
    found: FloatArray = counts[right]
    return found


def costs(market: Small, counts: FloatArray) -> FloatArray:
    fees = market.config.rules.fees
    premium = [float(unit(one).premium()) for one in market.open_to_choice]
    least = np.maximum(counts * float(fees.per_contract), float(fees.minimum)) * (counts > 0)
    total: FloatArray = counts @ np.array(premium) + least.sum(axis=1)
    return total


def worst_ltvs(market: Small, request: FindRequest, counts: FloatArray) -> FloatArray:
    """The highest LTV of each combination, by scenarios on a grid of its own."""
    config, last = market.config, (request.horizon - boards.NOW.date()).days
    spot, floor = 350.0, 350.0 * (1 - float(request.max_fall))
    strikes = [float(one.strike) for one in market.open_to_choice]
    prices = np.unique([*np.linspace(floor, spot, 61), *(k for k in strikes if floor < k < spot)])
    ends = {(one.expiry - boards.NOW.date()).days for one in market.open_to_choice}
    days = sorted({*range(0, last, 8), last, *(d for e in ends for d in (e, e + 1) if d <= last)})
    passed = np.array([days_passed(config, day) for day in days])
    loan, value = loan_path(config, prices, passed)
    legs = [unit(one) for one in market.open_to_choice]
    payoff = np.tensordot(counts, leg_values(config, legs, prices, passed), axes=1)
    owed = loan + (costs(market, counts)[:, None, None] if config.rules.drawn else 0.0)
    found: FloatArray = hedged_ltvs(config.rules.use, owed, value, payoff).max(axis=(1, 2))
    return found


def agrees(market: Small, request: FindRequest) -> None:
    """What is found holds, and no combination that surely holds is cheaper."""
    if request.collars:
        last = min((d for d in market.config.board.expiries if d >= request.horizon), default=None)
        assume(
            last is None or all(one.kind < 0 or one.expiry <= last for one in market.open_to_choice)
        )
    found = find(market.config, request)
    counts = every(market)
    cost, ltvs = costs(market, counts), worst_ltvs(market, request, counts)
    holds = ltvs <= float(request.max_ltv) - SURELY
    unhedged = ltvs[(counts == 0).all(axis=1)][0] <= float(request.max_ltv)
    affordable = holds & (cost <= float(request.budget or 10**9))
    if found.problem:
        assert not affordable.any()
        return
    mine = {leg.listed.quote.contract: abs(leg.contracts) for leg in found.position.legs}
    count = np.array([[float(mine.get(x.quote.contract, 0)) for x in market.open_to_choice]])
    assert count.sum() == float(sum(mine.values()))
    assert len(allowed(market, count)) == 1
    assert worst_ltvs(market, request, count)[0] <= float(request.max_ltv) + BAND
    assert float(found.cost) == pytest.approx(costs(market, count)[0], abs=1e-6)
    assert found.gap == 0.0
    assert request.budget is None or found.cost <= request.budget
    if unhedged:
        assert not mine
    else:
        assert float(found.cost) <= cost[holds].min(initial=np.inf) + 0.01


@settings(max_examples=60, deadline=None)
@given(small(), requests())
def test_puts_against_every_combination(market: Small, request: FindRequest) -> None:
    agrees(market, request)


@settings(max_examples=60, deadline=None)
@given(small(collars=True), requests(collars=True))
def test_collars_against_every_combination(market: Small, request: FindRequest) -> None:
    agrees(market, request)


@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])
@given(small(), requests())  # of which one in five cannot be met
def test_the_nearest_can_be_had_and_nothing_nearer(market: Small, request: FindRequest) -> None:
    found = find(market.config, request)
    assume(found.problem)
    step = D("0.001")
    counts = every(market)
    cost = costs(market, counts)
    within = cost <= float(request.budget or 10**9)
    assert found.nearest_ltv is not None
    assert found.nearest_ltv > request.max_ltv
    assert find(market.config, replace(request, max_ltv=found.nearest_ltv)).problem == ""
    best = worst_ltvs(market, request, counts)[within].min()
    assert float(found.nearest_ltv - step) < best + SURELY
    if found.nearest_fall is not None:
        nearer = replace(request, max_fall=found.nearest_fall)
        assert nearer.max_fall < request.max_fall
        assert find(market.config, nearer).problem == ""
        request = replace(request, max_fall=found.nearest_fall + step)
    else:
        request = replace(request, max_fall=D(0))
    ltvs = worst_ltvs(market, request, counts)[within]
    assert (ltvs > float(request.max_ltv) - SURELY).all()


@settings(max_examples=15, deadline=None)
@given(small(), requests(), st.integers(1, 5), st.integers(1, 10))
def test_the_cost_falls_with_a_higher_limit_and_rises_with_a_deeper_fall(
    market: Small, request: FindRequest, higher: int, deeper: int
) -> None:
    request = replace(request, budget=None)
    found = find(market.config, request)
    assume(not found.problem)
    easier = find(market.config, replace(request, max_ltv=request.max_ltv + D(higher) / 100))
    assert easier.problem == ""
    assert easier.cost <= found.cost
    harder = find(market.config, replace(request, max_fall=request.max_fall + D(deeper) / 100))
    assert harder.problem or harder.cost >= found.cost
