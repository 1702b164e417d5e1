"""Orders as the server tells them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.fakes.feed import START
from tests.fakes.orders import order
from vaultdesk.app.answers.orders import order_answer
from vaultdesk.core.orders.life import Mode


def test_an_order_on_paper_is_never_told_as_real() -> None:
    paper = order(mode=Mode.PAPER)
    told = order_answer(paper, paper.changed_at + timedelta(seconds=2))
    assert told.quality == "SIMULATED"
    assert order_answer(replace(paper, mode=Mode.LIVE), paper.changed_at).quality == "LIVE"


def test_what_is_not_known_is_null_and_amounts_are_exact() -> None:
    kept = order(average=None, commission=Decimal("1.30"), filled=Decimal(2))
    told = order_answer(kept, kept.changed_at + timedelta(seconds=2))
    assert (told.average, told.commission, told.filled) == (None, "1.30", "2")
    assert (told.source, told.age_s) == (kept.broker, 2)
    assert told.at == kept.changed_at.isoformat()
    assert str(kept.draft.legs[0].ratio * kept.draft.quantity) in told.words


def test_a_clock_that_went_back_makes_no_negative_age() -> None:
    kept = order(changed_at=START)
    assert order_answer(kept, START - timedelta(seconds=9)).age_s == 0
