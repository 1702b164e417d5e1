"""The probability of a margin call, by the chain and by history, and why there is none."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from tests.fakes.feed import START
from tests.fakes.loans import terms
from tests.ui.panels.rig import Rig, priced, rig
from vaultdesk.core.market import DailyClose
from vaultdesk.events import CallProbabilityChanged
from vaultdesk.ports import FeedError, FeedFault
from vaultdesk.services.call_risk import CallRiskService


@pytest.fixture
def desk() -> Iterator[Rig]:
    with rig() as made:
        yield made


def closes(days: int = 1_000) -> tuple[DailyClose, ...]:
    """A random walk of 16 % a year."""
    moves = np.random.default_rng(1).normal(0.0, 0.16 / math.sqrt(252), days)
    first = START.date() - timedelta(days=days)
    return tuple(
        DailyClose(first + timedelta(days=place), Decimal(f"{price:.2f}"))
        for place, price in enumerate(300.0 * np.exp(np.cumsum(moves)))
    )


def service(desk: Rig, days: int = 60) -> CallRiskService:
    horizon = timedelta(days=days)
    return CallRiskService(desk.feed, desk.bus, desk.loan, desk.chain, horizon=horizon)


async def test_both_answers_are_told_with_what_they_rest_on(desk: Rig) -> None:
    told: list[CallProbabilityChanged] = []
    desk.bus.subscribe(CallProbabilityChanged, told.append)
    desk.feed.daily = closes()
    risk = service(desk)
    await desk.pledge()
    await desk.quote(priced("350.00"))
    await desk.open_chain()
    await risk.ask()
    (answer,) = told
    assert answer is risk.newest
    assert answer.until == START.date() + timedelta(days=60)
    assert answer.smile.probability is not None
    assert answer.history.probability is not None
    # 20 % down within 60 days: 2.4 deviations of the chain's 22 %, 3.3 of history's 16 %
    assert 0.005 < answer.smile.probability < 0.05
    assert answer.history.probability < answer.smile.probability
    assert answer.smile.basis.startswith("option chain")
    assert answer.history.basis.startswith("history")
    risk.close()


async def test_interest_brings_the_call_nearer(desk: Rig) -> None:
    desk.feed.daily = closes()
    risk = service(desk, 365)
    loan = terms()
    dear = replace(loan.tranches[0], rate=Decimal("0.12"), since=date(2026, 7, 1))
    await desk.pledge(loan)
    await desk.quote(priced("350.00"))
    await desk.open_chain()
    await risk.ask()
    assert risk.newest is not None
    before = risk.newest.smile.probability
    await desk.loan.save(replace(loan, tranches=(dear,)))
    await risk.ask()
    assert before is not None
    assert risk.newest.smile.probability is not None
    assert risk.newest.smile.probability > before * 1.2


async def test_a_source_without_history_says_so_and_is_asked_again_after_an_hour(
    desk: Rig,
) -> None:
    desk.feed.daily = FeedError(FeedFault.NO_DATA, "A recording holds no daily closes.")
    risk = service(desk)
    await desk.pledge()
    await desk.quote(priced("350.00"))
    await risk.ask()
    assert risk.newest is not None
    assert risk.newest.history.probability is None
    assert risk.newest.history.reason == "A recording holds no daily closes."
    assert risk.newest.smile.probability is None
    assert "no smile" in risk.newest.smile.reason
    desk.feed.daily = closes()
    await risk.ask()
    assert risk.newest.history.probability is None
    desk.clock.advance(3_601)
    await desk.quote(priced("350.00", at=desk.clock.now()))
    await risk.ask()
    assert risk.newest.history.probability is not None


async def test_a_loan_that_is_called_already_is_certain(desk: Rig) -> None:
    desk.feed.daily = closes()
    risk = service(desk)
    await desk.pledge()
    await desk.quote(priced("279.00"))
    await risk.ask()
    assert risk.newest is not None
    assert risk.newest.history.probability == 1
    assert risk.newest.smile.expected_days == 0


async def test_without_a_value_nothing_is_told(desk: Rig) -> None:
    risk = service(desk)
    await risk.ask()
    assert risk.newest is None
