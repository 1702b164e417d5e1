"""The finder on a recorded close of GLD with six expiries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.core.hedge.recorded_chains import CLOSE, NIGHT, SIX, recorded_config
from vaultdesk.core.hedge.finder import FindRequest, find
from vaultdesk.core.hedge.scene import Scene, days_passed, outlook
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use

if TYPE_CHECKING:
    from pathlib import Path

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder import Found

pytestmark = pytest.mark.recorded

REQUEST = FindRequest(Decimal("0.70"), Decimal("0.30"), SIX[2])


def holds(config: StrategyConfig, found: Found) -> bool:
    """By the views' scenarios on every fourth day and 241 prices."""
    spot, last = float(config.spot_price), (found.request.horizon - config.at.date()).days
    prices = np.linspace(spot * (1 - float(found.request.max_fall)), spot, 241)
    days = [days_passed(config, day) for day in (*range(0, last, 4), last)]
    seen = outlook(config, found.position, prices, days, Scene(smile=config.rules.smile))
    return float(seen.hedged.max()) <= float(found.request.max_ltv) + 2e-5


@pytest.mark.parametrize("collars", [False, True])
@pytest.mark.parametrize("use", [Use.PLEDGED, Use.REPAYS])
async def test_a_proven_hedge_that_the_tree_agrees_with(
    recorded: Path, use: Use, *, collars: bool
) -> None:
    rules = HedgeRules(use=use, naked_calls=collars)
    config = await recorded_config(recorded, CLOSE, SIX, rules)
    found = find(config, replace(REQUEST, collars=collars))
    assert found.problem == ""
    assert found.gap == 0.0
    assert holds(config, found)
    assert found.work.tree_ltv <= 0.70 + 5e-5
    assert found.work.tree_difference < 0.05
    assert found.cost == found.position.cost(rules.fees)
    assert float(found.cost) == pytest.approx(found.work.bound, abs=0.005)
    assert found.checked[0] >= 121
    assert found.checked[1] >= 40


async def test_the_broker_keeps_the_payoff(recorded: Path) -> None:
    config = await recorded_config(recorded, CLOSE, SIX, HedgeRules(use=Use.BROKER))
    found = find(config, REQUEST)
    assert "broker" in found.problem
    assert found.nearest_ltv == Decimal("0.872")
    assert find(config, replace(REQUEST, max_ltv=Decimal("0.872"))).problem == ""


async def test_a_horizon_that_no_expiry_reaches(recorded: Path) -> None:
    config = await recorded_config(recorded, CLOSE, SIX, HedgeRules())
    found = find(config, replace(REQUEST, horizon=date(2029, 1, 19)))
    assert "No hedge of the listed contracts" in found.problem
    assert found.nearest_fall is not None
    nearer = replace(REQUEST, horizon=date(2029, 1, 19), max_fall=found.nearest_fall)
    assert find(config, nearer).problem == ""


async def test_a_budget_of_a_third(recorded: Path) -> None:
    config = await recorded_config(recorded, CLOSE, SIX, HedgeRules())
    request = replace(REQUEST, budget=Decimal(16_000))
    found = find(config, request)
    assert "more than the budget of 16,000.00 USD" in found.problem
    assert found.nearest_ltv is not None
    assert found.nearest_fall is not None
    one = find(config, replace(request, max_ltv=found.nearest_ltv))
    other = find(config, replace(request, max_fall=found.nearest_fall))
    for can_be_had in (one, other):
        assert can_be_had.problem == ""
        assert 0 < can_be_had.cost <= 16_000


async def test_the_night_after_is_refused(recorded: Path) -> None:
    config = await recorded_config(recorded, NIGHT, (), HedgeRules())
    found = find(config, REQUEST)
    assert found.problem
    assert found.position.legs == ()
