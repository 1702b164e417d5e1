"""One loan, one market: window, command line and engine tell the same hedges, to the cent."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QLabel

from tests.fakes.hedge_tape import hedge_tape
from vaultdesk.app.answers.status import ask_market, desk_at_hand
from vaultdesk.app.files import hedge as hedge_file
from vaultdesk.app.parts import Profile
from vaultdesk.cli import main
from vaultdesk.core.hedge.candidates import candidates
from vaultdesk.core.hedge.compare import compare
from vaultdesk.core.hedge.finder import find
from vaultdesk.core.hedge.inputs import configured
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.core.money import rounded
from vaultdesk.settings import load
from vaultdesk.ui.compare.table import COLUMNS
from vaultdesk.ui.format import MISSING, number, percent
from vaultdesk.ui.panels.compare import ComparePanel

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

PORTFOLIOS = [
    ("350", "10000", "2100000", Use.PLEDGED),
    ("377.01", "10050", "2262060", Use.REPAYS),
    ("212.5", "733", "99000", Use.PLEDGED),
    ("431.27", "25999.5", "7100000.55", Use.REPAYS),
    ("298.4", "4210", "800000", Use.BROKER),
]
"""Spot, shares, loan, and what becomes of the payoff."""
LEVELS = ("--call-ltv", "0.75", "--closeout-ltv", "0.85")
LIMITS = ("--max-ltv", "0.72", "--max-fall", "0.25", "--horizon", "2026-10-16")


@pytest.fixture(params=PORTFOLIOS, ids=lambda one: f"{one[1]} at {one[0]}, {one[3]}")
def asked(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Use]:
    """A loan in an empty home; the feed that has options on it, and the use of their payoff."""
    spot, units, amount, use = request.param
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path / "home"))
    assert main(["loan", "set", "--units", units, "--amount", amount, *LEVELS]) == 0
    return f"recorded:{hedge_tape(tmp_path / 'gold.market.jsonl.gz', spot)}", use


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["hedge", *arguments]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_comparison_is_the_same_in_window_command_line_and_engine(
    qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, Use]
) -> None:
    del qapp
    feed, use = asked
    kept = tmp_path / "kept.json"
    flags = ("--json", "--use", use.value, "--feed", feed, "--save", str(kept))
    told = answered(capsys, "compare", *flags)
    config = configured(hedge_file.read(kept).inputs)
    engine = compare(config, candidates(config))
    shown, reason = asyncio.run(_window(feed, use))
    names = [one.strategy.name for one in engine.candidates]
    assert names == [one["name"] for one in told["strategies"]]
    assert sorted(shown) == sorted(one.strategy.title for one in engine.candidates)
    for one, answer in zip(engine.candidates, told["strategies"], strict=True):
        row = shown[one.strategy.title]
        assert answer["problem"] == one.problem
        if one.cost is None or one.protection is None:
            assert row["total"] == MISSING
            continue
        assert Decimal(answer["cost"]["total"]) == rounded(one.cost.total, 2)
        assert row["total"] == number(one.cost.total, 0)
        assert float(answer["protection"]["worst_ltv"]) == round(one.protection.worst_ltv, 8)
        assert row["worst_ltv"] == percent(one.protection.worst_ltv)
    winners = [ranks[0].sentence for ranks in engine.ranks.values()]
    assert [places[0]["sentence"] for places in told["recommendations"].values()] == winners
    assert reason in winners


async def _window(feed: str, use: Use) -> tuple[dict[str, dict[str, str]], str]:
    """What the panel's table says in each row, by column, and its reason."""
    async with desk_at_hand(Profile(load({"feed": feed})), []) as (desk, stores):
        desk.hedge.use_rules(replace(desk.hedge.rules, use=use))
        await ask_market(desk, stores)
        desk.chains.use(stores.market)
        await desk.hedge.refresh()
        panel = ComparePanel(desk.bus, desk.hedge, lambda *_kept: None)
        try:
            panel.show()
            await panel.settled()
            rows = panel.body.table.rows
            reason = panel.findChild(QLabel, "compare.reason")
            assert isinstance(reason, QLabel)
            texts = {row.name: {one.field: one.text(row) for one in COLUMNS} for row in rows}
            return texts, reason.text()
        finally:
            panel.retire()
            panel.close()


def test_a_search_is_the_same_on_the_command_line_and_in_the_engine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, Use]
) -> None:
    feed, use = asked
    kept = tmp_path / "kept.json"
    flags = ("--json", "--use", use.value, "--feed", feed, "--save", str(kept))
    told = answered(capsys, "find", *LIMITS, *flags)
    record = hedge_file.read(kept)
    assert record.request is not None
    assert record.request.horizon == date(2026, 10, 16)
    engine = find(configured(record.inputs), record.request)
    assert told["problem"] == engine.problem
    assert Decimal(told["cost"]) == rounded(engine.cost, 2)
    assert told["worst_ltv"] == round(engine.worst_ltv, 8)
    legs = [(leg["symbol"], leg["contracts"]) for leg in told["legs"]]
    assert legs == [(leg.listed.quote.contract, leg.contracts) for leg in engine.position.legs]
