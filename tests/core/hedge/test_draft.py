"""Drafts: every side of a hedge at once, why there is none, and edits of its legs."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tests.core.hedge.boards import EXPIRIES, config
from vaultdesk.core.hedge.draft import (
    DAY,
    END,
    NOW,
    draft,
    recounted,
    releg,
    restruck,
    same_contracts,
    strikes_of,
)
from vaultdesk.core.hedge.pictures.payoff import Measure
from vaultdesk.core.hedge.templates import OWN, Anchor, Build, How, OwnLeg, at_moneyness
from vaultdesk.core.hedge.vocabulary import HedgeRules

RULES = HedgeRules(naked_calls=True)
DECEMBER = EXPIRIES[2]


def test_a_draft_has_every_view_and_the_curves_of_three_days() -> None:
    made = draft(config(RULES), Build(), day=30, vol_pts=5)
    assert made.sheet is not None
    assert made.curves is not None
    assert made.curves.days == (made.sheet.cost.days, 0, 30)
    assert {row.days for row in made.scenarios} == {30}
    profit = [made.curves.hedged(Measure.PROFIT, which) for which in (END, NOW, DAY)]
    at_the_money = int(np.searchsorted(made.curves.spots, 350.0))
    assert profit[END][at_the_money] < profit[DAY][at_the_money]


def test_no_day_and_a_day_too_late_are_when_the_protection_ends() -> None:
    for day in (None, 5000):
        made = draft(config(RULES), Build(), day=day)
        assert made.sheet is not None
        assert made.day == made.sheet.cost.days


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (Build(OWN), "no leg yet"),
        (Build("butterfly"), "not known"),
        (Build("ladder", (at_moneyness("1"),), (Decimal(1), Decimal(1))), "one weight"),
        (Build(strikes=(Anchor(How.STRIKE, Decimal(20)),)), "honest bid and ask"),
    ],
)
def test_what_cannot_be_built_says_why_over_the_loan_without_a_hedge(
    build: Build, why: str
) -> None:
    made = draft(config(RULES), build)
    assert why in made.problem
    assert made.sheet is None
    assert made.curves is not None
    assert made.curves.hedged(Measure.LTV) == pytest.approx(made.curves.unhedged(Measure.LTV))


def test_a_strike_moves_within_its_kind_and_a_call_that_followed_is_taken_in_hand() -> None:
    made = config(RULES)
    build = Build("zero_cost_collar")
    first = draft(made, build)
    assert first.sheet is not None
    position = first.sheet.position
    put = restruck(build, position, 0, Decimal(320))
    assert put.kind == "zero_cost_collar"
    call = restruck(build, position, 1, Decimal(420))
    assert call.kind == OWN
    after = draft(made, call)
    assert after.sheet is not None
    assert [leg.listed.strike for leg in after.sheet.position.legs] == [
        position.legs[0].listed.strike,
        420,
    ]


def test_a_leg_that_is_counted_anew_keeps_its_wish_for_a_strike_and_a_life() -> None:
    wished = OwnLeg("P", Anchor(How.DELTA, Decimal("0.3")), Decimal(10), days=160)
    build = Build(OWN, legs=(wished,))
    made = draft(config(RULES), build)
    assert made.sheet is not None
    position = made.sheet.position
    listed = position.legs[0].listed
    asked = OwnLeg("P", Anchor(How.STRIKE, listed.strike), Decimal(11), listed.expiry)
    (counted,) = releg(build, position, 0, asked).legs
    assert counted == OwnLeg("P", wished.anchor, Decimal(11), days=160)
    later = OwnLeg("P", asked.anchor, Decimal(10), EXPIRIES[-1])
    (moved,) = releg(build, position, 0, later).legs
    assert moved == OwnLeg("P", wished.anchor, Decimal(10), EXPIRIES[-1])
    assert releg(build, position, 0, None).legs == ()


def test_a_count_is_of_the_kind_or_of_the_first_own_leg() -> None:
    assert recounted(Build(), 53).contracts == 53
    assert recounted(Build(contracts=53), None).contracts is None
    sold = OwnLeg("C", at_moneyness("1.1"), Decimal(-5), DECEMBER)
    assert recounted(Build(OWN, legs=(sold,)), 7).legs[0].contracts == -7
    assert recounted(Build(OWN, legs=(sold,)), None).legs == (sold,)


def test_the_same_contracts_are_the_same_at_any_price() -> None:
    one, other = (draft(config(rules), Build()).sheet for rules in (RULES, HedgeRules()))
    assert one is not None
    assert other is not None
    assert one.position is not other.position
    assert same_contracts(one.position, other.position)
    assert not same_contracts(one.position, None)
    fewer = draft(config(RULES), Build(contracts=3)).sheet
    assert fewer is not None
    assert not same_contracts(one.position, fewer.position)


def test_only_usable_strikes_are_offered() -> None:
    made = config(RULES)
    sheet = draft(made, Build()).sheet
    assert sheet is not None
    offered = strikes_of(made, sheet.position.legs[0])
    side = made.board.of(sheet.position.legs[0].listed.expiry, "P")
    assert 0 < len(offered) < len(side)
    assert list(offered) == sorted(offered)
