"""A comparison's lines: the candidates' own views, and the hedge on the desk beside them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge.boards import EXPIRIES, chain, config, pledge, requoted
from tests.core.hedge.positions import legs
from vaultdesk.core.hedge.compare import Comparison, compare
from vaultdesk.core.hedge.costs import cost_of
from vaultdesk.core.hedge.pictures.side_by_side import OWN, priced, same_legs, side_by_side
from vaultdesk.core.hedge.position import At, HedgeLeg, Position
from vaultdesk.core.hedge.protection import protection_of
from vaultdesk.core.hedge.vocabulary import HedgeRules


@lru_cache
def comparison() -> Comparison:
    return compare(config(terms=pledge(units=Decimal(10_050))))


def put(strike: int, contracts: int, expiry: int = 2) -> Position:
    listed = next(
        one for one in comparison().config.board.of(EXPIRIES[expiry], "P") if one.strike == strike
    )
    return Position((HedgeLeg(listed, Decimal(contracts), Decimal(contracts)),))


def test_whole_lines_are_the_candidates_own_views() -> None:
    lines = side_by_side(comparison())
    for line, one in zip(lines, comparison().candidates, strict=True):
        assert (line.name, line.problem) == (one.strategy.name, one.problem)
        assert (line.cost, line.protection) == (one.cost, one.protection)
        assert (line.position, line.seen) == (one.position, one.position)
        assert (line.dominated, line.on_desk) == (one.dominated, False)


def test_lines_before_rounding_keep_the_contracts_that_can_be_traded() -> None:
    lines = side_by_side(comparison(), whole=False)
    line = next(line for line in lines if line.name == "protective_put_atm")
    assert line.position is not None
    assert line.seen is not None
    assert line.protection is not None
    assert [leg.contracts for leg in line.position.legs] == [100]
    assert [leg.contracts for leg in line.seen.legs] == [Decimal("100.5")]
    assert line.protection.unprotected_units == 0
    whole = next(x for x in side_by_side(comparison()) if x.name == line.name)
    assert whole.protection is not None
    assert whole.protection.unprotected_units == 50


def test_what_cannot_be_built_keeps_its_line() -> None:
    line = next(x for x in side_by_side(comparison()) if x.name == "collar_95_110")
    assert line.problem != ""
    assert (line.position, line.seen, line.cost, line.protection) == (None, None, None, None)


def test_a_candidate_on_the_desk_is_marked_and_has_no_second_line() -> None:
    chosen = comparison().candidates[1].position
    lines = side_by_side(comparison(), chosen, "That one")
    assert [line.on_desk for line in lines].count(True) == 1
    assert lines[1].on_desk
    assert len(lines) == len(comparison().candidates)


def test_own_legs_are_priced_by_the_comparisons_quotes() -> None:
    own = put(300, 7)
    dear = replace(own.legs[0].listed.quote, ask=Decimal(99))
    old = Position((replace(own.legs[0], listed=replace(own.legs[0].listed, quote=dear)),))
    line = side_by_side(comparison(), old, "Mine")[-1]
    assert (line.name, line.title, line.on_desk) == (OWN, "Mine", True)
    assert line.cost == cost_of(comparison().config, own)
    assert line.protection == protection_of(comparison().config, own)


def test_own_legs_that_are_not_quoted_any_more_say_so() -> None:
    own = put(300, 7)
    contract = own.legs[0].listed.quote.contract
    bare = config(chains=(requoted(chain(EXPIRIES[2]), contract, None, None),))
    line = side_by_side(compare(bare), own, "Mine")[-1]
    assert "300 put of 2026-12-18" in line.problem
    assert line.on_desk
    assert line.position is None


def test_own_legs_are_dominated_by_a_candidate_that_costs_less_and_protects_better() -> None:
    brief, few = put(340, 100, expiry=0), put(300, 7)
    assert side_by_side(comparison(), brief, "Brief")[-1].dominated  # by that of two years
    assert not side_by_side(comparison(), few, "Cheap")[-1].dominated


def test_it_stops_between_two_hedges() -> None:
    asked = iter((False, False, True))
    assert len(side_by_side(comparison(), stop=lambda: next(asked))) == 2


@given(st.lists(legs(), max_size=4, unique_by=lambda leg: leg.listed.quote.contract))
def test_the_order_of_legs_does_not_matter(found: list[HedgeLeg]) -> None:
    one, other = Position(tuple(found)), Position(tuple(reversed(found)))
    assert same_legs(one, other)
    assert not same_legs(one, None)
    if found:
        more = replace(found[0], contracts=found[0].contracts + 1)
        assert not same_legs(one, Position((more, *found[1:])))


@pytest.mark.parametrize("whole", [True, False])
def test_a_price_at_mid_is_the_natural_one_less_half_the_spreads(whole: bool) -> None:
    rules = HedgeRules(naked_calls=True)
    found = compare(config(rules))
    value = found.config.portfolio.value
    for line in side_by_side(found, whole=whole):
        assert line.cost is not None
        assert line.seen is not None
        natural, mid = priced(line.cost, value, At.NATURAL), priced(line.cost, value, At.MID)
        assert (natural.total, natural.annualised) == (line.cost.total, line.cost.annualised)
        assert natural.of_portfolio == line.cost.of_portfolio
        assert mid.total == line.seen.cost(rules.fees, At.MID)
        assert mid.annualised == mid.total / line.cost.days * 365
        assert mid.of_portfolio == mid.total / value
        assert mid.total < natural.total
