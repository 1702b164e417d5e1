"""How strikes and weights are read, what is remembered, and going back and forth in edits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.core.hedge.test_templates import builds
from vaultdesk.core.hedge.templates import Anchor, How, at_moneyness
from vaultdesk.ui.reading import Unreadable
from vaultdesk.ui.strategy.edits import Edits
from vaultdesk.ui.strategy.kept import Kept, parsed, written
from vaultdesk.ui.strategy.plot import MEASURES, Look
from vaultdesk.ui.strategy.words import (
    strike_read,
    strike_text,
    strikes_read,
    weights_read,
    weights_text,
)

SPOT = Decimal(350)


def strike(value: str) -> Anchor:
    return Anchor(How.STRIKE, Decimal(value))


def delta(value: str) -> Anchor:
    return Anchor(How.DELTA, Decimal(value))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("340", strike("340")),
        ("317.5", strike("317.5")),
        ("95 %", at_moneyness("0.95")),
        ("95%", at_moneyness("0.95")),
        ("95", at_moneyness("0.95")),
        ("0.95", at_moneyness("0.95")),
        ("110", at_moneyness("1.1")),
        ("180", strike("180")),
        ("1,000", strike("1000")),
        ("25 delta", delta("0.25")),
        ("delta 0.25", delta("0.25")),
        ("-0.25 delta", delta("0.25")),
        ("25d", delta("0.25")),
        ("Δ 0.3", delta("0.3")),
    ],
)
def test_a_strike_is_read_by_its_unit_or_its_size(typed: str, read: Anchor) -> None:
    assert strike_read(typed, SPOT) == read


@pytest.mark.parametrize("typed", ["", "cheap", "0", "-5 %", "100 delta", "2000 %", "delta", "%"])
def test_what_is_no_strike_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(Unreadable, match=r"\.$"):
        strike_read(typed, SPOT)


@given(st.sampled_from((How.MONEYNESS, How.DELTA)), st.decimals("0.01", "0.99", places=4))
def test_moneyness_and_delta_read_as_they_are_written(how: How, value: Decimal) -> None:
    anchor = Anchor(how, value)
    assert strike_read(strike_text(anchor), SPOT) == anchor


@given(st.decimals("175", "700", places=2))
def test_a_strike_near_the_price_reads_as_it_is_written(value: Decimal) -> None:
    anchor = Anchor(How.STRIKE, value)
    assert strike_read(strike_text(anchor), SPOT) == anchor


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        read = strike_read(text, SPOT)
    except Unreadable:
        return
    assert read.value > 0


def test_strikes_and_weights_are_parted() -> None:
    assert strikes_read("100 %, 95 %", SPOT) == (at_moneyness("1"), at_moneyness("0.95"))
    assert strikes_read("345/340; 25 delta", SPOT) == (strike("345"), strike("340"), delta("0.25"))
    assert list(weights_read("50/30 / 20 %")) == [50, 30, 20]
    assert weights_text((Decimal("0.5"), Decimal("0.5"))) == "50 / 50"
    assert weights_text((Decimal(1), Decimal(1), Decimal(1))) == "1 / 1 / 1"


@given(builds, st.sampled_from(MEASURES), st.booleans())
def test_what_is_remembered_comes_back(build: object, measure: str, gold: bool) -> None:
    kept = Kept(build, Look(measure, gold))  # type: ignore[arg-type]
    assert parsed(written(kept)) == kept


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"build": 3, "gold": 0, "measure": 1}'])
def test_what_cannot_be_remembered_is_what_is_shown_first(text: str) -> None:
    assert parsed(text) == Kept()


class GoingBackAndForth(RuleBasedStateMachine):
    """Against a list of all values and the place in it."""

    def __init__(self) -> None:
        super().__init__()
        self.edits = Edits(0)
        self.all, self.at = [0], 0

    @rule(value=st.integers(0, 3))
    def make(self, value: int) -> None:
        self.edits.make(value)
        if value != self.all[self.at]:
            self.all = [*self.all[: self.at + 1], value]
            self.at += 1

    @rule()
    def undo(self) -> None:
        self.edits.undo()
        self.at = max(self.at - 1, 0)

    @rule()
    def redo(self) -> None:
        self.edits.redo()
        self.at = min(self.at + 1, len(self.all) - 1)

    def teardown(self) -> None:
        assert self.edits.now == self.all[self.at]
        assert self.edits.can_undo == (self.at > 0)
        assert self.edits.can_redo == (self.at < len(self.all) - 1)


TestGoingBackAndForth = GoingBackAndForth.TestCase
TestGoingBackAndForth.settings = settings(max_examples=50, deadline=None)
