"""Recorded chains of GLD and a loan against it: what hedges are tried on in a real market."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.core.hedge import boards
from vaultdesk.adapters.recorded.replay import RecordedFeed
from vaultdesk.core.hedge.inputs import HedgeInputs, configured
from vaultdesk.core.loan.terms import single_pledge

if TYPE_CHECKING:
    from pathlib import Path

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.vocabulary import HedgeRules

CLOSE, NIGHT = "GLD-2026-07-10.market.jsonl.gz", "GLD-2026-07-15-overnight.market.jsonl.gz"
SIX = (*boards.EXPIRIES, date(2028, 12, 15))
"""Expiries of the close, from six weeks to two and a half years."""


async def recorded_config(
    folder: Path, name: str, expiries: tuple[date, ...], rules: HedgeRules
) -> StrategyConfig:
    """10,050 shares at 61 % when the file ends; the recording itself counts as fresh.

    Args:
        folder: where the recorded market data are.
        name: of the file with the chains.
        expiries: those on the board; without any the first six listed.
        rules: what the borrower decided.
    """
    feed = RecordedFeed(folder / "options" / name, position="end")
    quote = await feed.quote("GLD")
    assert quote.price is not None
    days = expiries or (await feed.expirations("GLD"))[:6]
    chains = tuple([await feed.chain("GLD", day) for day in days])
    loan = (quote.price * 10_050 * Decimal("0.61")).quantize(Decimal(1))
    terms = single_pledge(
        "GLD", Decimal(10_050), loan, "USD", boards.CALL_LTV, boards.CLOSEOUT_LTV, quote.at
    )
    return configured(HedgeInputs(terms, (quote,), chains, chains[0].at, rules, 0.04))
