"""Which listed contract stands for a strike, a fraction of spot, a delta or a life wished for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.choosing import (
    by_delta,
    by_moneyness,
    by_strike,
    deltas_of,
    expiry_by_days,
    near,
)
from vaultdesk.core.market import Quality

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig

SEPTEMBER = boards.EXPIRIES[1]
BOARD = boards.config().board


def without(*strikes: str) -> StrategyConfig:
    """The usual market, but some September puts have no bid."""
    september = boards.chain(SEPTEMBER)
    for strike in strikes:
        name = f"GLD260918P{int(Decimal(strike) * 1000):08d}"
        september = boards.requoted(september, name, None, "9.00")
    return boards.config(chains=(september,))


def test_the_nearest_listed_strike_is_taken_and_said() -> None:
    pick = by_moneyness(BOARD, "P", SEPTEMBER, Decimal("0.96"))
    assert pick.listed.strike == Decimal("335.0")
    assert pick.wanted == "96 % of 350 is 336.00, 335 is listed"


def test_a_strike_picked_by_hand_is_that_strike() -> None:
    pick = by_strike(BOARD, "C", SEPTEMBER, Decimal("372.5"))
    assert (pick.listed.strike, pick.listed.right) == (Decimal("372.5"), "C")
    assert pick.wanted == "372.5 chosen"


def test_a_strike_that_is_not_listed_is_snapped_and_said() -> None:
    pick = by_strike(BOARD, "P", SEPTEMBER, Decimal(331))
    assert pick.wanted == "331 wished for, 330 is listed"


def test_a_one_sided_quote_is_passed_over_and_named() -> None:
    pick = by_moneyness(without("332.5").board, "P", SEPTEMBER, Decimal("0.95"))
    assert pick.listed.strike == Decimal("330.0")
    assert "not usable: 332.5 put of 2026-09-18 (ONE-SIDED)" in pick.wanted


def test_without_a_usable_quote_nearby_it_says_which_are_lacking() -> None:
    gone = tuple(str(Decimal(325) + Decimal("2.5") * i) for i in range(7))
    with pytest.raises(Lacking, match=r"near 332\.50: 332\.5 put of 2026-09-18 \(ONE-SIDED\)"):
        by_moneyness(without(*gone).board, "P", SEPTEMBER, Decimal("0.95"))


def test_a_strike_far_from_every_listed_one_is_another_hedge() -> None:
    with pytest.raises(Lacking, match="No put of 2026-09-18"):
        by_moneyness(BOARD, "P", SEPTEMBER, Decimal("0.50"))


def test_an_empty_board_says_why_nothing_is_chosen() -> None:
    stale = tuple(boards.chain(day, quality=Quality.STALE) for day in boards.EXPIRIES)
    board = boards.config(chains=stale).board
    with pytest.raises(Lacking, match=r"stale|honest"):
        expiry_by_days(board, 90)


@pytest.mark.parametrize(
    ("days", "expiry"), [(0, 0), (56, 1), (57, 1), (110, 1), (116, 2), (9999, 4)]
)
def test_the_expiry_nearest_to_the_days_is_taken(days: int, expiry: int) -> None:
    assert expiry_by_days(BOARD, days) == boards.EXPIRIES[expiry]


def test_days_are_counted_on_the_new_york_date() -> None:
    """Late in the evening it is tomorrow in London: 41 and 69 days, 42 and 70 in New York."""
    board = replace(BOARD, at=BOARD.at.replace(day=11, hour=3))
    assert expiry_by_days(board, 55) == boards.EXPIRIES[0]
    assert expiry_by_days(board, 56) == SEPTEMBER  # as near to both: the later


@given(delta=st.floats(0.05, 0.95))
def test_by_delta_no_other_usable_contract_is_nearer(delta: float) -> None:
    wanted = Decimal(f"{-delta:.4f}")
    pick = by_delta(BOARD, "P", SEPTEMBER, wanted)
    usable = [one for one in BOARD.of(SEPTEMBER, "P") if one.usable]
    gaps = [abs(abs(d) - float(-wanted)) for d in deltas_of(BOARD, usable)]
    gap = abs(abs(deltas_of(BOARD, [pick.listed])[0]) - float(-wanted))
    assert gap == pytest.approx(min(gaps), abs=1e-12)
    assert "is listed" in pick.wanted


@given(
    moneyness=st.decimals("0.60", "1.40", places=4),
    gone=st.sets(st.integers(0, len(boards.STRIKES) - 1), max_size=40),
)
def test_what_is_chosen_is_the_nearest_of_the_usable(moneyness: Decimal, gone: set[int]) -> None:
    board = without(*(str(boards.STRIKES[i]) for i in gone)).board
    target = moneyness * board.spot
    usable = [one for one in board.of(SEPTEMBER, "P") if one.usable]
    reach = [one for one in usable if abs(one.strike - target) <= Decimal("0.02") * board.spot]
    try:
        pick = by_moneyness(board, "P", SEPTEMBER, moneyness)
    except Lacking:
        assert not reach
        return
    assert abs(pick.listed.strike - target) == min(abs(one.strike - target) for one in reach)
    assert pick.listed in near(board, "P", SEPTEMBER, target)
    assert pick.listed.usable
