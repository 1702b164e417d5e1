"""A preview beside the reference loan: what the ticket does for its LTV."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.broker import PAPER, buying, collar, market_of, option, ticket
from tests.fakes.feed import chain
from tests.fakes.loans import REFERENCE
from tests.services.order_rig import OrderDesk, desk
from vaultdesk.core.money import rounded
from vaultdesk.core.orders.broker import Held
from vaultdesk.core.orders.preview import Caution
from vaultdesk.storage.database import Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.market_store import SqlMarketStore

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPIRY = date(2026, 10, 16)
PUT = option("335", expiry=EXPIRY)


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as made:
        yield made


async def loan(d: OrderDesk, database: Database) -> None:
    """The reference loan at 350, and one chain."""
    d.feed.expiries, d.feed.chains = (EXPIRY,), {EXPIRY: chain(EXPIRY)}
    d.chains.use(SqlMarketStore(database))
    d.market.show(market_of(PUT))
    await d.loan.use(SqlLoanStore(database, d.clock))
    await d.loan.save(REFERENCE)
    await d.prices.refresh()


async def test_a_preview_says_what_the_ticket_does_for_the_loan(database: Database) -> None:
    async with desk(database) as d:
        await loan(d, database)
        made = await d.previewed(ticket=ticket(buying(PUT, 63)))
        assert made.spot == 350
        assert made.loan.ltv_before == made.loan.ltv_after == Decimal("0.6")
        assert made.loan.at_call_after is not None
        # 2.1 M / (2.8 M + 6,300 x (335 - 280))
        assert rounded(made.loan.at_call_after, 9) == rounded(Decimal(2_100_000) / 3_146_500, 9)
        assert made.loan.until == "2026-10-16"
        assert made.loan.problem == ""


async def test_what_is_held_elsewhere_counts_for_the_loan_and_not_for_the_account(
    database: Database,
) -> None:
    async with desk(database) as d:
        await loan(d, database)
        call = option("380", "C", EXPIRY)
        d.market.show(market_of(option("335", expiry=EXPIRY)), market_of(call, "7.20", "7.40"))
        d.held = (Held("bank", PUT, Decimal(63)), Held("bank", option("350", "C"), Decimal(3)))
        covered = collar(3)
        made = await d.previewed(ticket=ticket(covered))
        assert made.loan.covered_before is not None
        assert made.loan.covered_before > 0
        assert (Caution.NAKED_CALL, True) in {(w.about, w.refuses) for w in made.warnings}
        d.held = (Held(PAPER, option("350", "C"), Decimal(3)),)
        made = await d.previewed(ticket=ticket(covered))
        assert Caution.NAKED_CALL not in {w.about for w in made.warnings}


async def test_without_a_loan_the_preview_says_so_and_stands(database: Database) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        assert made.loan.ltv_before is None
        assert made.loan.problem != ""
        assert made.refused == ()
