"""From wishes to contracts: every kind, every way to wish for a strike, and edits of legs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.hedge.boards import EXPIRIES, chain, config, pledge, requoted
from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.building import (
    assess,
    by_hand,
    contracts_to_cover,
    days_of,
    slots,
    strategy_of,
    struck,
    with_leg,
)
from vaultdesk.core.hedge.candidates import KINDS
from vaultdesk.core.hedge.choosing import deltas_of
from vaultdesk.core.hedge.templates import OWN, Anchor, Build, How, OwnLeg, at_moneyness
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.money import plain

if TYPE_CHECKING:
    from vaultdesk.core.hedge.position import Position

RULES = HedgeRules(naked_calls=True)
AUGUST, SEPTEMBER, DECEMBER, JUNE, LONGEST = EXPIRIES


def position(build: Build, rules: HedgeRules = RULES) -> Position:
    return strategy_of(config(rules), build).position


def strikes(found: Position) -> list[int | float]:
    return [float(leg.listed.strike) for leg in found.legs]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_without_further_wishes_is_the_one_that_is_compared(kind: str) -> None:
    assert position(Build(kind)) == KINDS[kind].build(config(RULES)).position


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_lives_until_the_expiry_chosen_by_hand(kind: str) -> None:
    made = config(RULES)
    found = strategy_of(made, Build(kind, expiry=DECEMBER))
    if kind == "calendar_roll":
        assert f"until {DECEMBER}" in " ".join(found.position.warnings)
    else:
        assert {leg.listed.expiry for leg in found.position.legs} == {DECEMBER}


def test_strikes_are_wished_for_in_three_ways_and_what_is_listed_is_told() -> None:
    money = position(Build(strikes=(at_moneyness("0.951"),))).legs[0]
    assert money.wanted == "95.1 % of 350 is 332.85, 332.5 is listed"
    hand = position(Build(strikes=(Anchor(How.STRIKE, Decimal("317.5")),))).legs[0]
    assert (hand.listed.strike, hand.wanted) == (Decimal("317.5"), "317.5 chosen")
    near = position(Build(strikes=(Anchor(How.STRIKE, Decimal("318.3")),))).legs[0]
    assert near.wanted == "318.3 wished for, 317.5 is listed"
    delta = position(Build(strikes=(Anchor(How.DELTA, Decimal("0.25")),))).legs[0]
    (reached,) = deltas_of(config().board, [delta.listed])
    assert abs(abs(reached) - 0.25) < 0.02
    assert delta.wanted == f"delta 0.25 wished for, {abs(reached):.2f} is listed"


def test_the_three_ways_can_be_mixed_in_one_hedge() -> None:
    wishes = (
        Anchor(How.STRIKE, Decimal(330)),
        at_moneyness("0.85"),
        Anchor(How.DELTA, Decimal("0.2")),
    )
    found = position(Build("put_spread_collar", wishes))
    assert strikes(found)[:2] == [330, 297.5]
    assert found.legs[2].listed.kind > 0
    assert "delta 0.2 wished for" in found.legs[2].wanted


def test_leaps_by_delta_and_by_strike_keep_to_a_year_or_more() -> None:
    for anchor in (Anchor(How.DELTA, Decimal("0.3")), Anchor(How.STRIKE, Decimal(330))):
        leg = position(Build("leaps", (anchor,))).legs[0]
        assert leg.listed.expiry in (JUNE, LONGEST)


def test_a_ladder_has_as_many_strikes_as_are_wished_for() -> None:
    build = Build("ladder", tuple(at_moneyness(one) for one in ("1", "0.95", "0.9", "0.85")))
    assert [leg.contracts for leg in position(build).legs] == [25, 25, 25, 25]
    with pytest.raises(ValueError, match="one weight for each strike"):
        position(Build("ladder", build.strikes, weights=(Decimal(1),)))


def test_all_gold_is_covered_and_the_fraction_left_is_seen_before_rounding() -> None:
    made = config(RULES, pledge(units=Decimal(10_050), loan=Decimal(2_100_000)))
    assert contracts_to_cover(made) == 100
    leg = strategy_of(made, Build()).position.legs[0]
    assert (leg.contracts, leg.ideal) == (Decimal(100), Decimal("100.5"))


@given(
    contracts=st.integers(1, 500),
    units=st.decimals(1, 100_000, places=3, allow_nan=False),
)
@settings(max_examples=60, deadline=None)
def test_contracts_given_are_the_contracts_got(contracts: int, units: Decimal) -> None:
    made = config(RULES, pledge(units=units, loan=Decimal(1)))
    leg = strategy_of(made, Build(contracts=contracts)).position.legs[0]
    assert leg.contracts == plain(leg.ideal) == contracts


def test_contracts_given_are_split_between_the_strikes_of_a_ladder() -> None:
    build = Build("ladder", (), (), contracts=7)
    assert [leg.contracts for leg in position(build).legs] == [4, 3]


def test_own_legs_are_those_very_ones() -> None:
    legs = (
        OwnLeg("P", Anchor(How.STRIKE, Decimal(330)), Decimal(53), DECEMBER),
        OwnLeg("C", Anchor(How.DELTA, Decimal("0.2")), Decimal(-10), days=60),
    )
    found = position(Build(OWN, legs=legs))
    assert [leg.contracts for leg in found.legs] == [53, -10]
    assert [leg.listed.expiry for leg in found.legs] == [DECEMBER, SEPTEMBER]


def test_without_a_leg_there_is_nothing_to_price() -> None:
    with pytest.raises(Lacking, match="click a bid or an ask"):
        strategy_of(config(), Build(OWN))


def test_calls_that_nothing_covers_are_refused_unless_they_are_allowed() -> None:
    with pytest.raises(Lacking, match="Allow naked calls"):
        assess(strategy_of(config(), Build("collar")))
    assert assess(strategy_of(config(RULES), Build("collar"))).position.legs[1].contracts == -100


def test_an_expiry_without_an_honest_quote_says_so() -> None:
    empty = chain(AUGUST)
    for row in empty.rows:
        empty = requoted(empty, row.contract, None, None)
    made = config(chains=(empty, chain(DECEMBER)))
    with pytest.raises(Lacking, match="nothing is priced from this chain"):
        strategy_of(made, Build(expiry=AUGUST))


def test_an_unknown_kind_is_told_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="choose another"):
        strategy_of(config(), Build("butterfly"))


def test_the_sheet_has_each_view_before_and_after_rounding() -> None:
    made = config(RULES, pledge(units=Decimal(10_050)))
    sheet = assess(strategy_of(made, Build()))
    assert sheet.cost.total < sheet.exact_cost.total
    assert sheet.protection.unprotected_units == 50
    assert sheet.exact_protection.unprotected_units == 0
    assert -0.6 < sheet.deltas[0] < -0.4


def test_slots_are_the_strikes_in_the_order_of_the_legs() -> None:
    assert slots(Build("put_spread_collar")) == (
        ("P", at_moneyness("0.95")),
        ("P", at_moneyness("0.8")),
        ("C", at_moneyness("1.1")),
    )
    assert [right for right, _ in slots(Build("ladder"))] == ["P", "P"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "zero_cost_collar"])
def test_a_strike_that_is_moved_moves_its_own_leg_only(kind: str) -> None:
    before = position(Build(kind))
    number = len(before.legs) - 1
    to = before.legs[number].listed.strike + 5
    after = position(struck(Build(kind), number, Anchor(How.STRIKE, to)))
    assert after.legs[number].listed.strike == to
    assert strikes(after)[:number] == strikes(before)[:number]


def test_the_call_of_a_zero_cost_collar_follows_from_its_put() -> None:
    build = Build("zero_cost_collar")
    assert struck(build, 1, Anchor(How.STRIKE, Decimal(400))) == build


@pytest.mark.parametrize("kind", KINDS)
def test_taken_in_hand_a_kind_keeps_its_contracts(kind: str) -> None:
    before = position(Build(kind))
    after = position(by_hand(Build(kind), before))
    assert [(one.listed, one.contracts) for one in after.legs] == [
        (one.listed, one.contracts) for one in before.legs
    ]
    assert by_hand(by_hand(Build(kind), before), after).kind == OWN


def test_the_same_option_bought_and_sold_cancels_out() -> None:
    leg = OwnLeg("P", Anchor(How.STRIKE, Decimal(330)), Decimal(3), DECEMBER)
    other = OwnLeg("C", Anchor(How.STRIKE, Decimal(330)), Decimal(1), DECEMBER)
    sold = OwnLeg("P", leg.anchor, Decimal(-1), DECEMBER)
    build = with_leg(with_leg(Build(OWN), leg), other)
    assert len(build.legs) == 2
    less = with_leg(build, sold)
    assert [one.contracts for one in less.legs] == [2, 1]
    assert with_leg(with_leg(less, sold), sold).legs == (other,)


def test_days_are_counted_in_new_york() -> None:
    assert days_of(config(), AUGUST) == 42
