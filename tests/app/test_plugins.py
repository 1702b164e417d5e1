"""Strategies that other packages bring: found by their entry point, and harmless when broken."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.core.hedge.boards import config
from vaultdesk.app.plugins import strategies
from vaultdesk.core.hedge.candidates import candidates
from vaultdesk.core.hedge.compare import Profile, compare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE = """
from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.strategies.protective_put import ProtectivePut
from vaultdesk.core.hedge.strategy import Strategy


class Deep(ProtectivePut):
    title = "Deep put"
    name = "deep_put"

    def __init__(self, config):
        super().__init__(config, moneyness=__import__("decimal").Decimal("0.85"))


class Broken(Strategy):
    name = title = "broken"

    def build(self):
        return 1 / 0


class Unmade(Broken):
    def __init__(self, config):
        raise RuntimeError("no such luck")


class Choosy(Broken):
    def build(self):
        raise Lacking("No put is deep enough.")
"""
POINTS = """[vaultdesk.strategies]
deep_put = own_hedges:Deep
failing = own_hedges:Broken
choosy = own_hedges:Choosy
unmade = own_hedges:Unmade
missing = own_hedges:Nowhere
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package as pip would leave it behind."""
    (tmp_path / "own_hedges.py").write_text(CODE)
    info = tmp_path / "own_hedges-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-hedges\nVersion: 1\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    strategies.cache_clear()
    yield
    strategies.cache_clear()
    sys.modules.pop("own_hedges", None)


@pytest.mark.usefixtures("installed")
def test_a_strategy_of_ones_own_is_compared_and_a_broken_one_costs_its_own_row(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = config()
    comparison = compare(made, candidates(made, strategies()))
    own, broken = comparison.of("deep_put"), comparison.of("failing")
    assert own is not None
    assert own.strategy.title == "Deep put"
    assert own.cost is not None
    assert "deep_put" in [rank.name for rank in comparison.ranks[Profile.BALANCED]]
    assert broken is not None
    assert broken.problem == "The plug-in failing failed: division by zero."
    assert comparison.of("missing") is None
    assert "The plug-in missing failed" in caplog.text


@pytest.mark.usefixtures("installed")
def test_one_that_cannot_be_made_keeps_the_name_it_was_installed_by(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = config()
    unmade = compare(made, candidates(made, strategies())).of("unmade")
    assert unmade is not None
    assert unmade.strategy.title == "unmade"
    assert unmade.problem == "The plug-in unmade failed: no such luck."
    assert "RuntimeError: no such luck" in caplog.text


@pytest.mark.usefixtures("installed")
def test_one_that_finds_no_contracts_says_so_in_its_own_words_and_has_not_failed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = config()
    choosy = compare(made, candidates(made, strategies())).of("choosy")
    assert choosy is not None
    assert choosy.problem == "No put is deep enough."
    assert "choosy" not in caplog.text


def test_without_packages_there_are_none() -> None:
    strategies.cache_clear()
    assert strategies() == ()
