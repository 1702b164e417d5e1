"""Templates: nothing in them dies, they survive being written and find their strikes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge.boards import EXPIRIES, SPOT, chain, config, gold
from vaultdesk.core.hedge.building import days_of, strategy_of
from vaultdesk.core.hedge.candidates import KINDS, candidates
from vaultdesk.core.hedge.naming import tidy
from vaultdesk.core.hedge.templates import (
    OWN,
    READY,
    Anchor,
    Build,
    How,
    OwnLeg,
    Template,
    anchored,
    at_moneyness,
    parsed,
    written,
)
from vaultdesk.core.hedge.vocabulary import HedgeRules

TODAY = date(2026, 7, 10)
RULES = HedgeRules(naked_calls=True)

fractions = st.decimals("0.01", "0.99", places=4)
anchors = st.builds(Anchor, st.sampled_from(How), fractions)
days = st.none() | st.integers(1, 3650)
dates = st.none() | st.dates(date(2026, 7, 1), date(2036, 1, 1))
own = st.builds(
    OwnLeg,
    st.sampled_from(("P", "C")),
    anchors,
    st.integers(-500, 500).filter(bool).map(Decimal),
    dates,
    days,
)
builds = st.builds(
    Build,
    st.sampled_from(tuple(KINDS)),
    st.lists(anchors, max_size=4).map(tuple),
    st.lists(st.decimals("0", "100", places=2), max_size=4).map(tuple),
    days,
    days,
    dates,
    st.none() | st.integers(1, 1000),
) | st.builds(lambda legs: Build(OWN, legs=tuple(legs)), st.lists(own, max_size=5))


@given(builds)
def test_a_build_survives_being_written(build: Build) -> None:
    assert parsed(written(build)) == build


@given(builds)
def test_what_is_anchored_has_nothing_that_dies_and_can_be_a_template(build: Build) -> None:
    kept = anchored(build, SPOT, TODAY)
    assert Template("mine", kept).build == kept
    assert anchored(kept, SPOT * 2, date(2030, 1, 1)) == kept


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", '{"kind": 3}', '{"contracts": 0}', '{"days": -4}', '{"strikes": [1]}'],
)
def test_what_is_no_build_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the reader says of it
        parsed(text)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        assert isinstance(parsed(text), Build)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda: Anchor(How.DELTA, Decimal(25)), "below 1"),
        (lambda: Anchor(How.STRIKE, Decimal(0)), "above 0"),
        (lambda: Anchor(How.MONEYNESS, Decimal(95)), "fraction"),
        (lambda: OwnLeg("P", at_moneyness("0.9"), Decimal("1.5")), "whole"),
        (lambda: OwnLeg("P", at_moneyness("0.9"), Decimal(0)), "whole"),
        (lambda: Build(contracts=0), "one contract"),
        (lambda: Build(days=0), "between 1"),
        (lambda: Build("collar", legs=(OwnLeg("P", at_moneyness("1"), Decimal(1)),)), "own legs"),
        (lambda: Template("  ", Build()), "name"),
        (lambda: Template("x" * 61, Build()), "60 characters"),
        (lambda: Template("two  words", Build()), "name"),
        (lambda: Template("dated", Build(expiry=TODAY)), "no date"),
        (lambda: Template("dead", Build(strikes=(Anchor(How.STRIKE, SPOT),))), "no strike"),
    ],
)
def test_what_nothing_can_be_made_of_is_refused_in_a_sentence(wrong: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        wrong()  # type: ignore[operator]


def test_a_name_is_tidied() -> None:
    assert tidy("  Winter \t hedge\n") == "Winter hedge"


def test_the_ready_ones_are_the_six_of_the_comparison() -> None:
    made = config(RULES)
    names = [strategy_of(made, one.build).name for one in READY]
    assert names == [one.name for one in candidates(made)[:6]]
    assert len(READY) == 6


def test_a_strike_by_hand_is_found_again_at_another_price() -> None:
    build = Build(strikes=(Anchor(How.STRIKE, Decimal("332.5")),), expiry=EXPIRIES[1])
    made = config(RULES)
    kept = anchored(build, SPOT, TODAY)
    assert kept.strikes == (at_moneyness("0.95"),)
    assert kept.days == 70
    assert strategy_of(made, kept).position.legs[0].listed.strike == Decimal("332.5")
    higher = Decimal(400)
    later = config(
        RULES, chains=tuple(chain(day, spot=higher) for day in EXPIRIES), quotes=(gold(higher),)
    )
    leg = strategy_of(later, kept).position.legs[0]
    assert leg.listed.strike == 380
    assert leg.wanted == "95 % of 400 is 380.00, 380 is listed"
    assert days_of(later, leg.listed.expiry) == 70


def test_own_legs_are_anchored_one_by_one() -> None:
    legs = (
        OwnLeg("P", Anchor(How.STRIKE, Decimal(315)), Decimal(10), EXPIRIES[0]),
        OwnLeg("C", Anchor(How.DELTA, Decimal("0.2")), Decimal(-5), days=30),
    )
    kept = anchored(Build(OWN, legs=legs), SPOT, TODAY)
    assert kept.legs[0] == replace(legs[0], anchor=at_moneyness("0.9"), expiry=None, days=42)
    assert kept.legs[1] == legs[1]
