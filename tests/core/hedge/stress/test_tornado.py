"""The tornado: every bar begins at the stress, is one input's own doing, and says how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.hedge.positions import CONFIG, SEPTEMBER, position, positions
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.core.hedge.stress.tornado import Ratio, Reached, Swing, Swings, swings_of
from vaultdesk.core.hedge.stress.views import pointed
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.loan.vocabulary import DayCount, Tranche
from vaultdesk.core.market import Quality, Quote

NOTHING = Position(())
PUTS = position(("P", "332.5", 100))
LATER = Stress(days=30)


def by_name(found: Swings) -> dict[str, Swing]:
    return {swing.name: swing for swing in found.swings}


@given(positions(SEPTEMBER), st.integers(-40, 30), st.integers(0, 60))
def test_the_centre_is_the_stress_itself(held: Position, gold: int, days: int) -> None:
    stress = Stress(gold=Decimal(gold) / 100, days=days)
    found, point = swings_of(CONFIG, held, stress), pointed(CONFIG, held, stress)
    assert found.centre == Reached(point.hedged.hedged_ltv, point.hedged.utilisation)


def test_each_end_is_the_stress_with_that_input_moved_alone() -> None:
    swings = by_name(swings_of(CONFIG, PUTS, LATER))

    def ltv(**moved: object) -> Decimal | None:
        there = replace(LATER, **moved)  # type: ignore[arg-type]
        return pointed(CONFIG, PUTS, there).hedged.hedged_ltv

    assert swings["Gold"].low.ltv == ltv(gold=Decimal("-0.1"))
    assert swings["Gold"].high.ltv == ltv(gold=Decimal("0.1"))
    assert swings["Volatility"].high.ltv == ltv(vol_pts=Decimal(10))
    assert swings["Time"].low.ltv == ltv(days=0)
    assert swings["Time"].high.ltv == ltv(days=60)
    assert (swings["Time"].low_text, swings["Time"].high_text) == ("-30 days", "+30 days")


def test_gold_moves_from_where_it_stands_in_the_stress() -> None:
    halved = Stress(gold=Decimal("-0.5"))
    low = by_name(swings_of(CONFIG, NOTHING, halved))["Gold"].low
    assert low.ltv == Decimal(2_100_000) / (10_000 * Decimal("157.5"))


def test_the_advance_rate_moves_the_utilisation_only() -> None:
    found = swings_of(CONFIG, PUTS, LATER)
    assert "Advance rate" in found.idle(Ratio.LTV)
    assert "Advance rate" not in {swing.name for swing, _, _ in found.bars(Ratio.LTV)}
    cut = by_name(found)["Advance rate"].low
    lower = pointed(CONFIG, PUTS, replace(LATER, advance=Decimal("0.60")))
    assert cut.utilisation == lower.hedged.utilisation
    assert "Advance rate" in {swing.name for swing, _, _ in found.bars(Ratio.UTILISATION)}


def test_without_a_hedge_volatility_plays_no_part() -> None:
    assert set(by_name(swings_of(CONFIG, NOTHING, LATER))) == {"Gold", "Time", "Advance rate"}


def test_an_end_that_nothing_bounds_has_no_bar() -> None:
    calls = position(("C", "350", -460))
    found = swings_of(CONFIG, calls, Stress(gold=Decimal("0.25"), days=69))
    assert by_name(found)["Gold"].high.ltv is None
    assert "Gold" not in {swing.name for swing, _, _ in found.bars(Ratio.LTV)}


def test_a_foreign_currency_has_a_bar() -> None:
    rate = Quote(
        symbol="USDCHF",
        bid=None,
        ask=None,
        last=Decimal("0.80"),
        at=boards.NOW,
        received=boards.NOW,
        source="made",
        quality=Quality.LIVE,
        currency="CHF",
    )
    terms = boards.pledge(loan=Decimal(1_680_000), currency="CHF")
    config = boards.config(terms=terms, quotes=(boards.gold(), rate))
    swing = by_name(swings_of(config, NOTHING, Stress()))["USD"]
    assert swing.low.ltv == Decimal(1_680_000) / (3_500_000 * Decimal("0.76"))
    assert swing.high.ltv == Decimal(1_680_000) / (3_500_000 * Decimal("0.84"))


@pytest.mark.parametrize(
    ("use", "value"),
    [(Use.PLEDGED, "1"), (Use.REPAYS, "0"), (Use.BROKER, "0")],
)
def test_loan_interest_moves_from_now_on_and_what_has_accrued_stays(use: Use, value: str) -> None:
    drawn = Tranche(
        Decimal(2_100_000), "USD", Decimal("0.06"), DayCount.ACT_360, since=date(2026, 1, 1)
    )
    terms = replace(boards.pledge(), tranches=(drawn,))
    config = boards.config(HedgeRules(use=use), terms=terms)
    stress = Stress(gold=Decimal("-0.2"), days=60)
    swing = by_name(swings_of(config, PUTS, stress))["Loan interest"]
    point = pointed(config, PUTS, stress)
    more = Decimal(2_100_000) * Decimal("0.02") * 60 / 360  # two points more for sixty days
    payoff = point.hedged.payoff
    pledge = point.bare.value + Decimal(value) * payoff
    paid = payoff if use is Use.REPAYS else 0
    assert swing.high.ltv == pytest.approx((point.bare.loan + more - paid) / pledge)
    assert swing.low.ltv == pytest.approx((point.bare.loan - more - paid) / pledge)
    lending = point.bare.lending_value + Decimal(value) * payoff
    assert swing.high.utilisation == pytest.approx((point.bare.loan + more - paid) / lending)
