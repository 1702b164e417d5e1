"""Whether a recommendation holds elsewhere: every cell is what comparing there would say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.hedge.test_strategies import IDS, allowed
from vaultdesk.core.hedge.candidates import candidates
from vaultdesk.core.hedge.compare import compare
from vaultdesk.core.hedge.recommend import Profile
from vaultdesk.core.hedge.reprice import repriced
from vaultdesk.core.hedge.sensitivity import NOBODY, sensitivity
from vaultdesk.core.hedge.strategies.leaps import Leaps
from vaultdesk.core.hedge.strategies.protective_put import ProtectivePut
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.core.market import Flag, Quality
from vaultdesk.core.options.american import american

ZERO = Decimal(0)
MOVES = tuple(Decimal(x) for x in ("-0.25", "-0.08", "0", "0.07", "0.2"))
POINTS = tuple(Decimal(x) for x in (-6, 0, 5))


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("smile", SmileRule)
def test_every_cell_is_a_comparison_from_scratch(profile: Profile, smile: SmileRule) -> None:
    config = allowed(smile=smile)
    seen = sensitivity(config, profile, MOVES, POINTS)
    assert seen.names == IDS
    assert seen.winners.shape == (len(POINTS), len(MOVES))
    for row, points in enumerate(POINTS):
        for column, move in enumerate(MOVES):
            there = compare(repriced(config, move, points))
            winner = there.winner(profile)
            expected = NOBODY if winner is None else IDS.index(winner.strategy.name)
            assert seen.winners[row, column] == expected
    today = compare(config).winner(profile)
    assert today is not None
    assert seen.winner == today.strategy.name


@settings(max_examples=25)
@given(
    move=st.decimals("-0.2", "0.25", places=3),
    points=st.decimals(-8, 8, places=1),
    profile=st.sampled_from(Profile),
    days=st.sampled_from((40, 90, 340)),
    smile=st.sampled_from(SmileRule),
)
def test_any_cell_is_a_comparison_from_scratch(
    move: Decimal, points: Decimal, profile: Profile, days: int, smile: SmileRule
) -> None:
    config = allowed(days=days, smile=smile)
    seen = sensitivity(config, profile, (move,), (points,))
    winner = compare(repriced(config, move, points)).winner(profile)
    found = seen.winners[0, 0]
    assert (IDS[found] if found >= 0 else None) == (winner.strategy.name if winner else None)


def test_a_mid_moves_by_the_models_difference_and_half_its_spread_stays() -> None:
    config = allowed()
    there = repriced(config, Decimal("-0.05"), Decimal(3))
    assert there.spot_price == Decimal("332.5")
    assert there.portfolio.value == Decimal("332.5") * 10_050
    assert there.quality is there.board.quality is Quality.HYPOTHETICAL
    before = {one.quote.contract: one for one in config.board.listed}
    checked = 0
    for one in there.board.listed:
        old = before[one.quote.contract]
        terms = (float(one.strike), one.years, one.rate, one.dividend_yield)
        now = float(american(one.kind, 350.0, *terms, old.volatility).price)
        then = float(american(one.kind, 332.5, *terms, old.volatility + 0.03).price)
        assert one.volatility == pytest.approx(old.volatility + 0.03)
        assert old.mid is not None
        if one.flag is Flag.OK and one.quote.bid and one.mid:
            assert float(one.mid) == pytest.approx(float(old.mid) + then - now, abs=1e-6)
            assert one.quote.ask is not None
            assert one.quote.ask - one.quote.bid == Decimal("0.20")
            checked += 1
    assert checked > 900


def test_nowhere_else_is_here() -> None:
    config = allowed()
    here = repriced(config, ZERO, ZERO)
    assert {x.quote.contract: (x.quote.bid, x.quote.ask) for x in here.board.listed} == {
        x.quote.contract: (x.quote.bid, x.quote.ask) for x in config.board.listed if x.usable
    }
    for one, other in zip(compare(here).candidates, compare(config).candidates, strict=True):
        assert one.cost is not None
        assert other.cost is not None
        assert one.cost.total == other.cost.total


def test_an_option_that_falls_below_its_half_spread_has_no_bid() -> None:
    there = repriced(allowed(), Decimal("0.25"), Decimal(-5))
    worthless = [
        x for x in there.board.listed if x.right == "P" and x.strike < 330 and x.years < 0.2
    ]
    assert worthless
    assert all(x.flag is Flag.ZERO_BID for x in worthless)
    assert all(x.quote.bid == 0 < (x.quote.ask or 0) for x in worthless)


def test_strikes_follow_the_price() -> None:
    there = repriced(allowed(), Decimal("0.10"), ZERO)
    (leg,) = ProtectivePut(there, Decimal("0.95")).position.legs
    assert leg.listed.strike == Decimal("365.0")
    assert leg.wanted == "95 % of 385 is 365.75, 365 is listed"


@pytest.mark.parametrize("smile", [SmileRule.MONEYNESS, SmileRule.DELTA])
def test_a_sticky_smile_moves_with_the_price(smile: SmileRule) -> None:
    """Downward skew: at a lower price the same strike is further up the smile, and calmer."""
    config = allowed(smile=smile)
    there = repriced(config, Decimal("-0.10"), ZERO)
    before = {one.quote.contract: one for one in config.board.listed}
    for one in there.board.listed:
        if one.expiry == boards.EXPIRIES[2] and 300 <= one.strike <= 400:
            assert one.volatility < before[one.quote.contract].volatility


def test_where_the_loan_is_called_nobody_wins_and_the_cell_does_not_count() -> None:
    seen = sensitivity(allowed(), Profile.BALANCED, MOVES, POINTS)
    assert (seen.winners[:, 0] == NOBODY).all()
    rest = seen.winners[:, 1:]
    assert seen.stability == (rest == IDS.index(seen.winner)).mean()
    assert 0 < seen.stability <= 1


@pytest.mark.parametrize("profile", Profile)
def test_at_the_flip_another_wins_and_nearer_to_today_nobody_else_does(profile: Profile) -> None:
    config = allowed()
    seen = sensitivity(config, profile)
    here = compare(config).winner(profile)
    assert here is not None
    for change, at in (
        (seen.flips.move, lambda x: (x, ZERO)),
        (seen.flips.vol_pts, lambda x: (ZERO, x)),
    ):
        if change is None:
            continue
        other = compare(repriced(config, *at(change))).winner(profile)
        assert other is not None
        assert other.strategy.name != here.strategy.name
        for part in (Decimal("0.2"), Decimal("0.5")):
            near = compare(repriced(config, *at(change * part))).winner(profile)
            assert near is not None
            assert near.strategy.name == here.strategy.name
    row, column = seen.vol_pts.index(ZERO), seen.moves.index(ZERO)
    if seen.flips.move is None:
        assert set(seen.winners[row]) <= {NOBODY, IDS.index(seen.winner)}
    if seen.flips.vol_pts is None:
        assert set(seen.winners[:, column]) <= {IDS.index(seen.winner)}


def test_the_sentence_says_how_often_and_how_far() -> None:
    seen = sensitivity(allowed(), Profile.COST_SENSITIVE)
    won = int((seen.winners == IDS.index(seen.winner)).sum())
    cells = int((seen.winners != NOBODY).sum())
    assert f"stays first in {won} of {cells} cells" in seen.sentence
    title = next(x.title for x in candidates(allowed()) if x.name == seen.winner)
    assert seen.sentence.startswith(title)
    if seen.flips.move is not None:
        assert f"gold moves {100 * seen.flips.move:+.1f} %" in seen.sentence


def test_only_those_named_compete() -> None:
    names = ("protective_put_atm", "protective_put_otm_90")
    seen = sensitivity(allowed(), Profile.CONSERVATIVE, MOVES, POINTS, names)
    assert seen.names == names
    assert set(np.unique(seen.winners)) <= {NOBODY, 0, 1}
    assert seen.winner == "protective_put_atm"


class LastByName(Leaps):
    """Whatever is equal to it comes first."""

    @property
    def name(self) -> str:
        return "zz_leaps"


def test_an_expiry_without_the_quotes_wished_for_is_not_swapped_for_another() -> None:
    september = boards.chain(boards.EXPIRIES[1])
    for strike in boards.STRIKES:
        if 342 <= strike <= 358:
            name = f"GLD260918P{int(strike * 1000):08d}"
            september = boards.requoted(september, name, None, "9.00")
    config = boards.config(chains=(september, boards.chain(boards.EXPIRIES[4])))
    names = ("protective_put_atm", "zz_leaps")
    cell = ((ZERO,), (ZERO,))
    seen = sensitivity(config, Profile.COST_SENSITIVE, *cell, names, extra=(LastByName,))
    assert seen.winner == "zz_leaps"


def test_stale_prices_recommend_nothing_anywhere() -> None:
    chains = tuple(boards.chain(day, quality=Quality.STALE) for day in boards.EXPIRIES)
    seen = sensitivity(boards.config(chains=chains), Profile.BALANCED, MOVES, POINTS)
    assert (seen.winners == NOBODY).all()
    assert "refresh the chain" in seen.sentence
    assert (seen.winner, seen.stability) == ("", 0.0)


def test_a_loan_already_called_is_ranked_only_where_it_is_not() -> None:
    called = boards.config(terms=boards.pledge(loan=Decimal(2_625_000)))
    seen = sensitivity(called, Profile.CONSERVATIVE, (ZERO, Decimal("0.2")), (ZERO,))
    assert seen.winners[0, 0] == NOBODY
    assert seen.winners[0, 1] != NOBODY
    assert seen.winner == ""
    assert "cure it first" in seen.sentence


def test_it_stops_when_it_is_told_to() -> None:
    asked = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 4

    seen = sensitivity(allowed(), Profile.BALANCED, MOVES, POINTS, stop=stop)
    assert "stopped" in seen.sentence
    assert int((seen.winners != NOBODY).sum()) <= 3
    assert len(asked) == 5


def test_a_plug_in_competes_in_every_cell() -> None:
    class Cheapest(ProtectivePut):
        @property
        def name(self) -> str:
            return "deep_put"

    def deep(config: object) -> ProtectivePut:
        return Cheapest(config, Decimal("0.85"))  # type: ignore[arg-type]

    config = replace(allowed(), rules=replace(allowed().rules, free_units=ZERO))
    seen = sensitivity(config, Profile.COST_SENSITIVE, (ZERO,), (ZERO,), extra=(deep,))
    assert seen.names[-1] == seen.winner == "deep_put"
