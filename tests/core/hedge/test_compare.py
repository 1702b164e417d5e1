"""Hedges side by side: ranks against plain sorting, the frontier against all pairs, refusals."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.hedge.positions import CONFIG
from tests.core.hedge.test_strategies import IDS, allowed
from vaultdesk.core.hedge.candidates import candidates
from vaultdesk.core.hedge.compare import Comparison, compare, measured
from vaultdesk.core.hedge.frontier import dominated
from vaultdesk.core.hedge.recommend import Measure, Profile, in_order, ranks
from vaultdesk.core.hedge.sensitivity import sensitivity
from vaultdesk.core.hedge.strategies.protective_put import ProtectivePut
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.loan.vocabulary import Asset, Lot, Tranche
from vaultdesk.core.market import Quality

UNITS, LOAN = Decimal(10_000), Decimal(2_100_000)
numbers = st.decimals("0.5", "0.8", places=2)
amounts = st.integers(-5, 20).map(lambda n: Decimal(n) * 10_000)
measures = st.lists(
    st.builds(
        lambda name, ltv, annual: Measure(name, name.upper(), ltv, annual, annual / 3_500_000),
        st.text("abc", min_size=1, max_size=3),
        numbers,
        amounts,
    ),
    max_size=8,
    unique_by=lambda one: one.name,
)


def naive(profile: Profile, compared: Comparison) -> list[str]:
    """The seed's rules once more, from the views themselves."""
    value = compared.config.portfolio.value
    rows = []
    for one in compared.candidates:
        if one.cost is None or one.protection is None or one.protection.hedged_ltv is None:
            continue
        ltv, cost = one.protection.hedged_ltv, one.cost.annualised
        keys = {
            "conservative": (ltv, cost),
            "cost_sensitive": (cost, ltv),
            "balanced": (ltv + cost / value,),
        }
        rows.append((keys[profile], one.strategy.name))
    return [name for _, name in sorted(rows)]


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("use", Use)
@pytest.mark.parametrize("drawn", [False, True])
def test_ranks_are_the_seeds(profile: Profile, use: Use, drawn: bool) -> None:
    compared = compare(allowed(use=use, drawn=drawn))
    assert compared.problem == ""
    assert [one.name for one in compared.ranks[profile]] == naive(profile, compared)
    assert [one.place for one in compared.ranks[profile]] == list(range(1, len(IDS) + 1))


def test_all_candidates_are_in_the_table_and_priced() -> None:
    compared = compare(allowed())
    assert tuple(one.strategy.name for one in compared.candidates) == IDS
    for one in compared.candidates:
        assert one.problem == ""
        assert one.cost == one.strategy.calculate_cost()
        assert one.protection == one.strategy.calculate_protection()
        assert one.position is one.strategy.position


def test_the_balanced_score_is_the_ltv_and_the_normalised_cost() -> None:
    compared = compare(allowed())
    for rank in compared.ranks[Profile.BALANCED]:
        one = compared.of(rank.name)
        assert one is not None
        assert one.cost is not None
        assert one.protection is not None
        assert one.protection.hedged_ltv is not None
        assert rank.score == one.protection.hedged_ltv + one.cost.annualised / (
            350 * Decimal(10_050)
        )
    assert all(one.score is None for one in compared.ranks[Profile.CONSERVATIVE])


def test_every_sentence_names_the_numbers_its_place_rests_on() -> None:
    compared = compare(allowed())
    for profile, places in compared.ranks.items():
        for rank in places:
            one = compared.of(rank.name)
            assert one is not None
            measure = measured(one.strategy)
            assert measure is not None
            assert rank.sentence.startswith(f"{one.strategy.title}, place {rank.place}: ")
            assert f"{100 * measure.ltv:.2f} %" in rank.sentence
            if profile is Profile.BALANCED:
                assert f"{100 * measure.share:.2f} %" in rank.sentence
                assert f"= {100 * measure.sum:.2f} %" in rank.sentence
            else:
                assert f"{abs(measure.annual):,.0f} USD a year" in rank.sentence
            assert rank.sentence.count(".") - rank.sentence.count(". ") >= 1
            assert ("lowest" in rank.sentence) is (rank.place == 1)


def test_a_candidate_without_quotes_keeps_its_place_in_the_table_and_has_no_rank() -> None:
    september = boards.chain(boards.EXPIRIES[1])
    for strike in boards.STRIKES:
        if 307 <= strike <= 323:
            name = f"GLD260918P{int(strike * 1000):08d}"
            september = boards.requoted(september, name, None, "3.00")
    chains = (september, boards.chain(boards.EXPIRIES[4]))
    compared = compare(boards.config(HedgeRules(free_units=UNITS), chains=chains))
    lacking = compared.of("protective_put_otm_90")
    assert lacking is not None
    assert "315 put of 2026-09-18 (ONE-SIDED)" in lacking.problem
    assert (lacking.position, lacking.cost, lacking.protection) == (None,) * 3
    assert not lacking.dominated
    for profile in Profile:
        names = {one.name for one in compared.ranks[profile]}
        assert names == set(IDS) - {
            "protective_put_otm_90",
            "laddered_put_33_33_33_atm_otm95_otm90",
        }


def refused(compared: Comparison, sentence: str) -> None:
    """It recommends nothing, and says why, but prices what it can."""
    assert sentence in compared.problem
    assert compared.ranks == {}
    assert compared.winner(Profile.BALANCED) is None
    assert len(compared.candidates) == len(IDS)


def test_stale_quotes_recommend_nothing() -> None:
    chains = tuple(boards.chain(day, quality=Quality.STALE) for day in boards.EXPIRIES)
    refused(compare(boards.config(chains=chains)), "refresh the chain")
    stale = boards.config(quotes=(boards.gold(quality=Quality.STALE),))
    refused(compare(stale), "stale")


def test_a_price_that_jumped_recommends_nothing() -> None:
    jumped = replace(boards.gold(), confirmed=False)
    refused(compare(boards.config(quotes=(jumped,))), "not confirmed yet")


def test_a_loan_already_called_is_cured_first() -> None:
    called = boards.config(terms=boards.pledge(loan=Decimal(2_625_000)))
    refused(compare(called), "cure it first")


def test_a_loan_that_no_fall_endangers_needs_no_hedge() -> None:
    lots = (Lot(Asset.FUND, "GLD", UNITS), Lot(Asset.CASH, "USD", Decimal(5_000_000), unit="USD"))
    terms = Facility(lots, (Tranche(LOAN),), boards.CALL_LTV, boards.CLOSEOUT_LTV, boards.NOW)
    refused(compare(boards.config(terms=terms)), "needs no hedge")


def test_a_hedge_that_outlives_the_pledge_has_a_problem_and_no_rank() -> None:
    lots = (Lot(Asset.FUND, "GLD", UNITS, until=date(2027, 12, 31)),)
    config = boards.config(HedgeRules(free_units=UNITS), replace(boards.pledge(), lots=lots))
    compared = compare(config)
    leaps = compared.of("lease_duration_analysis")
    assert leaps is not None
    assert leaps.problem == "Nothing is pledged on this day."
    for profile, places in compared.ranks.items():
        assert {one.name for one in places} == set(IDS) - {"lease_duration_analysis"}
        seen = sensitivity(config, profile, (Decimal(0),), (Decimal(0),))
        assert seen.winner == places[0].name


def test_simulated_quotes_are_compared_and_stay_simulated() -> None:
    chains = tuple(boards.chain(day, quality=Quality.SIMULATED) for day in boards.EXPIRIES)
    compared = compare(boards.config(chains=chains))
    assert compared.ranks
    assert compared.config.quality is Quality.SIMULATED


def test_nothing_to_compare_says_so() -> None:
    assert compare(CONFIG, ()).problem == "Choose a strategy first."
    tiny = boards.config(terms=boards.pledge(Decimal(50), Decimal(10_000)))
    only = compare(tiny, (ProtectivePut(tiny),))
    assert only.problem == only.candidates[0].problem
    assert "less than one contract" in only.problem


@given(found=measures, profile=st.sampled_from(Profile))
def test_equal_numbers_go_by_name_and_order_is_all_that_counts(
    found: list[Measure], profile: Profile
) -> None:
    order = in_order(profile, found)
    assert order == in_order(profile, list(reversed(found)))
    keys = {
        Profile.CONSERVATIVE: [(x.ltv, x.annual, x.name) for x in order],
        Profile.COST_SENSITIVE: [(x.annual, x.ltv, x.name) for x in order],
        Profile.BALANCED: [(x.ltv + x.share, Decimal(0), x.name) for x in order],
    }[profile]
    assert all(first < second for first, second in itertools.pairwise(keys))
    assert [one.name for one in ranks(profile, found, "USD")] == [one.name for one in order]


@given(
    points=st.lists(
        st.tuples(st.decimals(-3, 5, places=0), st.sampled_from((0.5, 0.6, 0.7, float("inf")))),
        max_size=12,
    )
)
def test_the_frontier_is_what_all_pairs_say(points: list[tuple[Decimal, float]]) -> None:
    naively = tuple(
        any(a <= cost and b <= ltv and (a < cost or b < ltv) for a, b in points)
        for cost, ltv in points
    )
    assert dominated(points) == naively


def test_what_costs_more_and_protects_worse_is_greyed() -> None:
    compared = compare(allowed())
    priced = [one for one in compared.candidates if one.cost and one.protection]
    points = [
        (x.cost.annualised, x.protection.worst_ltv) for x in priced if x.cost and x.protection
    ]
    assert tuple(one.dominated for one in priced) == dominated(points)
    assert {one.dominated for one in priced} == {True, False}


def test_only_what_is_asked_for_is_compared() -> None:
    config = allowed()
    some = candidates(config)[:3]
    compared = compare(config, some)
    assert [one.strategy for one in compared.candidates] == list(some)
    winner = compared.winner(Profile.CONSERVATIVE)
    assert winner is not None
    assert winner.strategy.name == "protective_put_atm"
