"""One text for one preview, another for any other."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal

import pytest

from tests.fakes.broker import buying, market_of, option, ticket
from tests.fakes.feed import START
from vaultdesk.core.hedge.vocabulary import FeeSchedule
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.broker import WhatIf
from vaultdesk.core.orders.canonical import canonical, hashed
from vaultdesk.core.orders.estimate import estimated
from vaultdesk.core.orders.life import Mode
from vaultdesk.core.orders.preview import Caution, LoanEffect, Preview, Warned

TICKET = ticket()
ESTIMATE = estimated(TICKET.orders[0], [market_of(option())], FeeSchedule(), WhatIf())
PREVIEW = Preview(
    ticket=TICKET,
    account="DU1",
    mode=Mode.PAPER,
    broker="test",
    at=START,
    spot=Decimal(350),
    quality=Quality.LIVE,
    estimates=(ESTIMATE,),
    loan=LoanEffect(ltv_before=Decimal("0.6")),
    warnings=(Warned(Caution.LEGGING, "One may be filled."),),
    hash="",
)


def test_the_hash_is_of_the_canonical_text_and_does_not_count_itself() -> None:
    once = hashed(PREVIEW)
    assert once.hash == hashlib.sha256(canonical(PREVIEW).encode()).hexdigest()
    assert hashed(once) == once


@pytest.mark.parametrize(
    "other",
    [
        replace(PREVIEW, account="DU2"),
        replace(PREVIEW, mode=Mode.LIVE),
        replace(PREVIEW, at=START + timedelta(microseconds=1)),
        replace(PREVIEW, spot=Decimal("350.01")),
        replace(PREVIEW, spot=None),
        replace(PREVIEW, quality=Quality.STALE),
        replace(PREVIEW, broker="other"),
        replace(PREVIEW, ticket=ticket(buying(option(), 6))),
        replace(PREVIEW, ticket=ticket(buying(option(), 5, "8.55"))),
        replace(PREVIEW, ticket=replace(TICKET, title="Other")),
        replace(PREVIEW, estimates=(replace(ESTIMATE, commission=Decimal(1)),)),
        replace(PREVIEW, estimates=(replace(ESTIMATE, what_if=WhatIf(why="No.")),)),
        replace(PREVIEW, loan=LoanEffect(ltv_before=Decimal("0.61"))),
        replace(PREVIEW, warnings=()),
        replace(PREVIEW, warnings=(Warned(Caution.LEGGING, "One may be filled.", refuses=True),)),
    ],
)
def test_whatever_the_user_sees_changes_the_hash(other: Preview) -> None:
    assert hashed(other).hash != hashed(PREVIEW).hash


def test_the_same_number_and_the_same_moment_have_one_text() -> None:
    assert canonical(Decimal("8.50")) == canonical(Decimal("8.5")) == '"8.5"'
    assert canonical(Decimal("1E+3")) == '"1000"'
    there = START.astimezone(timezone(timedelta(hours=2)))
    assert canonical(there) == canonical(START) == '"2026-07-10T15:00:00.000000+00:00"'


def test_a_float_is_not_money() -> None:
    with pytest.raises(TypeError, match="float"):
        canonical(1.5)
