"""The candidates on a recorded close of GLD, and what is refused on the night after."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.core.hedge.recorded_chains import CLOSE, NIGHT, SIX, recorded_config
from tests.core.hedge.shape import check_shape
from tests.core.hedge.test_strategies import IDS
from vaultdesk.core.hedge.compare import compare
from vaultdesk.core.hedge.recommend import Profile
from vaultdesk.core.hedge.sensitivity import MOVES, NOBODY, VOL_PTS, sensitivity
from vaultdesk.core.hedge.strategies.leaps import Leaps
from vaultdesk.core.hedge.strategies.zero_cost_collar import ZeroCostCollar
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.market import Quality

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.recorded

NAKED = HedgeRules(naked_calls=True)


async def test_all_candidates_are_priced_at_the_close(recorded: Path) -> None:
    config = await recorded_config(recorded, CLOSE, SIX, NAKED)
    compared = compare(config)
    assert compared.problem == ""
    assert tuple(one.strategy.name for one in compared.candidates) == IDS
    for one in compared.candidates:
        assert one.problem == ""
        check_shape(one.strategy, config)
    for places in compared.ranks.values():
        assert {one.name for one in places} == set(IDS)


async def test_on_pledged_gold_the_collars_are_refused_and_the_rest_is_ranked(
    recorded: Path,
) -> None:
    compared = compare(await recorded_config(recorded, CLOSE, SIX, HedgeRules()))
    refused = {one.strategy.name for one in compared.candidates if one.problem}
    assert refused == {name for name in IDS if "collar" in name}
    assert all("100 of the calls" in one.problem for one in compared.candidates if one.problem)
    assert len(compared.ranks[Profile.BALANCED]) == len(IDS) - len(refused)


async def test_figures_of_the_close_that_were_read_off_the_chain(recorded: Path) -> None:
    """The 358 put of September was 6.10 bid, 6.60 asked; the 400 call 6.60 bid."""
    config = await recorded_config(recorded, CLOSE, SIX, NAKED)
    compared = compare(config)
    put = compared.of("protective_put_otm_95")
    assert put is not None
    assert put.cost is not None
    assert (put.cost.premium, put.cost.at_mid) == (Decimal(66_000), Decimal(63_500))
    assert put.cost.total == Decimal(66_065)
    collar = ZeroCostCollar(config)
    assert collar.position.legs[1].listed.strike == 400
    assert collar.calculate_cost().premium == 0
    assert [one.expiry for one in Leaps(config).durations()] == [*SIX[4:]]


async def test_the_winner_holds_or_flips_in_every_cell_of_the_close(recorded: Path) -> None:
    config = await recorded_config(recorded, CLOSE, SIX, NAKED)
    seen = sensitivity(config, Profile.BALANCED)
    assert seen.winners.shape == (len(VOL_PTS), len(MOVES))
    called = seen.winners[:, 0]  # 20 % lower the loan is called
    assert (called == NOBODY).all()
    assert (seen.winners[:, 1:] != NOBODY).all()
    assert 0 < seen.stability <= 1


@pytest.mark.parametrize("profile", Profile)
async def test_the_night_recommends_nothing_and_says_what_it_lacks(
    recorded: Path, profile: Profile
) -> None:
    config = await recorded_config(recorded, NIGHT, (), NAKED)
    compared = compare(config)
    assert compared.ranks == {}
    assert "have a bid and an ask" in compared.problem
    for one in compared.candidates:
        assert one.problem
        assert one.cost is None
    assert (sensitivity(config, profile).winners == NOBODY).all()


async def test_a_close_grown_stale_recommends_nothing(recorded: Path) -> None:
    config = await recorded_config(recorded, CLOSE, SIX, NAKED)
    stale = replace(config, board=replace(config.board, quality=Quality.STALE))
    compared = compare(stale)
    assert compared.ranks == {}
    assert "refresh the chain" in compared.problem
