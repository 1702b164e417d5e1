"""The optimiser against enumeration, what may be left out, exact cuts, and the second pricer."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.hedge import boards
from vaultdesk.core.hedge.finder import FindRequest
from vaultdesk.core.hedge.finder.columns import columns_for, worths
from vaultdesk.core.hedge.finder.exact import Moment, cut, needed, shortfall
from vaultdesk.core.hedge.finder.ground import demand, fine_cells, ground, turning_days
from vaultdesk.core.hedge.finder.pool import Pool, Wanted
from vaultdesk.core.hedge.finder.program import Program
from vaultdesk.core.hedge.finder.proof import checked, dispute
from vaultdesk.core.hedge.finder.slim import deciding_columns, deciding_rows
from vaultdesk.core.hedge.finder.survey import second_opinion, surveyed
from vaultdesk.core.hedge.finder.whole import Search
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.scene import Scene, outlook
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.loan.vocabulary import Tranche

if TYPE_CHECKING:
    from vaultdesk.core.options.types import FloatArray

D = Decimal
MOST = 7
REQUEST = FindRequest(D("0.70"), D("0.30"), boards.EXPIRIES[1])


@st.composite
def programs(draw: st.DrawFn) -> Program:
    columns, rows = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    whole = st.integers(-3, 9)
    gain = [[draw(whole) for _ in range(columns)] for _ in range(rows)]
    sold = [draw(st.booleans()) for _ in range(columns)]
    return Program(
        cost=np.array([draw(st.integers(5, 60)) * (-1.0 if one else 1.0) for one in sold]),
        gain=np.array(gain, dtype=float),
        need=np.array([float(draw(st.integers(-5, 20))) for _ in range(rows)]),
        side=np.vstack([np.array(sold, dtype=float), np.where(sold, 1.0, -1.0)]),
        limit=np.array([float(draw(st.integers(0, 3))), 0.0]),
        group=np.array(sorted(draw(st.integers(0, 1)) for _ in range(columns))),
        fee=0.65,
        fee_minimum=draw(st.sampled_from([0.0, 1.0, 5.0, 25.0])),
        drawn=draw(st.sampled_from([0.0, 0.01])),
    )


def combinations(program: Program) -> FloatArray:
    return np.array(list(itertools.product(range(MOST + 1), repeat=program.cost.size)), dtype=float)


def allowed(program: Program, counts: FloatArray) -> FloatArray:
    lacks = np.where(counts > 0, np.maximum(program.fee_minimum - 0.65 * counts, 0.0), 0.0)
    brings = counts @ program.gain.T - program.drawn * lacks.sum(axis=1)[:, None]
    met = (brings >= program.need - 1e-9).all(axis=1)
    found: FloatArray = counts[met & (counts @ program.side.T <= program.limit + 1e-9).all(axis=1)]
    return found


@settings(max_examples=150, deadline=None)
@given(programs())
def test_no_combination_is_cheaper(program: Program) -> None:
    search = Search(program)
    search.run(10.0, lambda: False, draft=False)
    assert search.over
    every = allowed(program, combinations(program))
    cheapest = min((program.total(one) for one in every), default=np.inf)
    if search.contracts is None:
        assert cheapest == np.inf
        assert search.bound == np.inf
        return
    cost = program.total(search.contracts)
    assert len(allowed(program, search.contracts[np.newaxis])) == 1
    assert cost <= cheapest + 0.005
    assert cost - search.bound <= 0.005 + 1e-6


@settings(max_examples=150, deadline=None)
@given(programs())
def test_rows_that_are_left_out_are_implied(program: Program) -> None:
    kept = deciding_rows(program.gain, program.need)
    counts = combinations(program)
    met = counts @ program.gain.T >= program.need - 1e-9
    assert (met[:, kept].all(axis=1) == met.all(axis=1)).all()


@settings(max_examples=150, deadline=None)
@given(programs())
def test_columns_that_are_left_out_are_not_missed(program: Program) -> None:
    kept = deciding_columns(program.cost, program.gain, program.side)
    every = allowed(program, combinations(program))
    within = every[(every <= MOST // 2).all(axis=1)]  # what stands for two must be countable too
    few = every[(np.delete(every, kept, axis=1) == 0).all(axis=1)]
    for one in within[:50]:
        assert min((program.total(other) for other in few), default=np.inf) <= program.total(one)


def test_a_draft_is_a_solution_and_its_bound_is_one() -> None:
    program = Program(
        cost=np.array([10.0, 14.0, 19.0]),
        gain=np.array([[1.0, 1.5, 2.0], [0.0, 0.5, 1.0]]),
        need=np.array([7.0, 2.2]),
        side=np.zeros((0, 3)),
        limit=np.zeros(0),
        group=np.zeros(3, dtype=np.intp),
    )
    search = Search(program)
    search.run(10.0, lambda: False, draft=True)
    draft = search.contracts
    assert draft is not None
    search.run(10.0, lambda: False, draft=False)
    assert search.contracts is not None
    assert program.total(search.contracts) <= program.total(draft)
    assert program.met_by(draft)


def test_it_is_stopped_between_searches() -> None:
    program = replace(boards_program(), fee_minimum=25.0)
    search = Search(program)
    search.run(10.0, lambda: True, draft=False)
    assert search.contracts is None
    assert not search.over
    assert np.isfinite(search.bound)


def boards_program() -> Program:
    config = boards.config()
    pool = Pool(ground(config, REQUEST), columns_for(config, REQUEST), D(245))
    return pool.program(demand(config, D("0.70")), 245.0, Wanted())


@pytest.mark.parametrize("drawn", [False, True])
@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(0, 60), min_size=3, max_size=3),
    price=st.sampled_from([D(245), D("262.5"), D("299.99")]),
    use=st.sampled_from([Use.PLEDGED, Use.REPAYS]),
)
def test_a_cut_is_met_exactly_where_the_wish_is(
    drawn: bool, counts: list[int], price: Decimal, use: Use
) -> None:
    """Of puts that expire then; without the least commission, which a cut does not know."""
    config = boards.config(HedgeRules(use=use, drawn=drawn))
    columns = columns_for(config, REQUEST)
    chosen = [
        i
        for i, unit in enumerate(columns.units)
        if unit.listed.expiry == REQUEST.horizon and unit.listed.strike in (310, 325, 340)
    ]
    some = columns.of(np.array(chosen))
    land, wish = ground(config, REQUEST), demand(config, REQUEST.max_ltv)
    moment = Moment(price, land.last)
    made = cut(land, wish, some, np.zeros(3), moment)
    assert made is not None
    contracts = np.array([float(count) for count in counts])
    if any(count == 1 for count in counts):
        return
    short = shortfall(land, wish, Position(some.legs(contracts)), moment)
    assert (made.gain @ contracts >= made.need) == (short <= 0)
    assert needed(land, wish, moment) > 0


def test_the_pools_ltv_is_the_scenarios() -> None:
    config = boards.config(HedgeRules(use=Use.REPAYS, drawn=True))
    land, columns = ground(config, REQUEST), columns_for(config, REQUEST)
    contracts = np.zeros(len(columns.units))
    contracts[[5, 30, 60]] = (11, 7, 3)
    pool = Pool(land, columns, D(245))
    hedge, position = pool.hedge(contracts)
    cells = fine_cells(land, hedge.columns, 245.0)
    worth = worths(config, hedge.columns, cells.spots, land.passed[cells.days])
    mine = surveyed(land, hedge, cells, worth)
    prices, days = np.unique(cells.spots), np.unique(cells.days)
    seen = outlook(config, position, prices, land.passed[days], Scene())
    assert pytest.approx(seen.hedged, abs=2e-6) == mine.reshape(days.size, prices.size).T


@pytest.mark.parametrize("wrong", [1.02, 0.0, np.nan])
def test_a_wrong_price_is_seen_by_the_second_pricer(wrong: float) -> None:
    config = boards.config()
    land, columns = ground(config, REQUEST), columns_for(config, REQUEST)
    contracts = np.zeros(len(columns.units))
    contracts[[20, 40]] = (50, 40)
    hedge, _ = Pool(land, columns, D(245)).hedge(contracts)
    check = checked(land, hedge, 245.0)
    assert dispute(check) == ""
    assert check.opinion.ltv == pytest.approx(check.worst.ltv, abs=2e-4)
    planted = check.worth.copy()
    planted[:, 1] *= wrong
    opinion = second_opinion(land, hedge, check.cells, planted)
    said = dispute(check._replace(worth=planted, opinion=opinion))
    assert hedge.columns.units[1].listed.words in said
    assert "do not trade" in said


def test_a_wrong_volatility_is_priced_alike_by_both_and_is_no_dispute() -> None:
    """The second pricer checks the arithmetic, not the market's volatilities."""
    config = boards.config()
    listed = tuple(replace(one, volatility=2 * one.volatility) for one in config.board.listed)
    config = replace(config, board=replace(config.board, listed=listed))
    land, columns = ground(config, REQUEST), columns_for(config, REQUEST)
    contracts = np.zeros(len(columns.units))
    contracts[20] = 10
    hedge, _ = Pool(land, columns, D(245)).hedge(contracts)
    assert dispute(checked(land, hedge, 245.0)) == ""


def test_days_on_which_interest_was_paid_and_lots_leave_are_turning() -> None:
    """Interest is due every month and paid from elsewhere; the day before is the hardest."""
    terms = boards.pledge()
    tranche = Tranche(D(2_100_000), rate=D("0.06"), since=boards.NOW.date(), period_months=1)
    config = boards.config(terms=replace(terms, tranches=(tranche,)))
    land, columns = ground(config, REQUEST), columns_for(config, REQUEST)
    days = turning_days(land, columns, 245.0)
    paid = {i for i in range(land.last) if land.loan[i] > land.loan[i + 1]}
    assert len(paid) == 2
    assert paid <= set(days)
