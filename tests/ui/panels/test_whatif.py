"""The what-if panel: its sliders say a scenario, its figures are that scenario's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QMainWindow, QPushButton, QSlider, QTabWidget, QWidget

from tests.core.hedge import boards
from tests.core.hedge.positions import position
from tests.ui.panels.hedged import hedged, moved
from tests.ui.panels.rig import Rig, child, label, running, shown, text
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.scenarios import scenarios_of
from vaultdesk.core.hedge.scene import Scene
from vaultdesk.core.hedge.scenes import NamedScene
from vaultdesk.core.hedge.stress.episodes import EPISODES
from vaultdesk.core.hedge.stress.heat import heat_of
from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.core.hedge.vocabulary import HedgeRules, SmileRule, Use
from vaultdesk.core.market import DailyClose, Quality
from vaultdesk.events import HedgeChanged, HedgeLoading
from vaultdesk.ports import FeedError, FeedFault
from vaultdesk.services.scenes import SceneService
from vaultdesk.storage.database import Database
from vaultdesk.storage.scene_store import SqlSceneStore
from vaultdesk.ui.format import number, percent
from vaultdesk.ui.panels.whatif import WhatIfPanel
from vaultdesk.ui.whatif.crash import CrashPage
from vaultdesk.ui.whatif.pages import HeatPage, TornadoPage
from vaultdesk.ui.whatif.sliders import WhatIfSliders

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.views import Scenario

Build = Callable[..., WhatIfPanel]
PUTS = position(("P", "332.5", 100))
"""100 contracts of September, 70 days on."""
TITLE = "Protective put 95 %"
OPTIONS = ("payoff", "intrinsic", "time_value", "after_spread", "cost")


@pytest.fixture
def build(desk: Rig, qtbot: QtBot) -> Build:
    def made(kept: str = "", **more: object) -> WhatIfPanel:
        panel = WhatIfPanel(desk.bus, desk.hedge, SceneService(desk.bus), desk.clock, kept, **more)  # type: ignore[arg-type]
        return shown(panel, qtbot, height=640)

    return made


async def chosen(desk: Rig, held: Position = PUTS) -> None:
    """A hedge on the desk, in the market as it stands."""
    await hedged(desk)
    desk.hedge.choose(held, TITLE)


def control(panel: QWidget, name: str) -> QSlider:
    """A slider, found as assistive technology does."""
    return child(panel, QSlider, f"whatif.{name}")


def combo(panel: QWidget, name: str) -> QComboBox:
    return child(panel, QComboBox, f"whatif.{name}")


def button(panel: QWidget, name: str) -> QPushButton:
    return child(panel, QPushButton, f"whatif.{name}")


def figure(panel: QWidget, name: str) -> str:
    return text(panel, f"whatif.{name}")


def expected(desk: Rig, stress: Stress, held: Position = PUTS) -> Scenario:
    """The scenario view of the same hedge at the service's own quotes."""
    config = desk.hedge.config
    assert config is not None
    scene = Scene(float(stress.vol_pts), float(stress.fx), stress.smile)
    renewed = held.renewed(config.board)
    return scenarios_of(config, renewed, (stress.gold,), stress.days, scene, stress.advance)[0]


def turn(panel: WhatIfPanel, key: str) -> None:
    tabs = panel.findChild(QTabWidget, "whatif.tabs")
    assert isinstance(tabs, QTabWidget)
    tabs.setCurrentIndex([page.key for page in panel.body.pages].index(key))


# ---- what is seen -------------------------------------------------------------------------------


async def test_without_a_loan_it_says_what_is_missing(desk: Rig, build: Build) -> None:
    panel = build()
    assert "set up a loan" in figure(panel, "empty")
    desk.hedge.loading = True
    desk.bus.tell(HedgeLoading())
    assert "being fetched" in figure(panel, "empty")


async def test_without_a_hedge_the_loan_alone_is_put_to_the_test(desk: Rig, build: Build) -> None:
    await hedged(desk)
    panel = build()
    control(panel, "gold").setValue(-20)
    await panel.errands.settled()
    assert figure(panel, "ltv_unhedged") == "75.0 %"
    assert figure(panel, "zone_unhedged") == "MARGIN CALL"
    assert figure(panel, "ltv_hedged") == "—"
    assert "choose one in the Strategy, Compare or Finder panel" in figure(panel, "title")
    assert figure(panel, "cure_unhedged") == "280,000"  # to 65 % of 2.8 million
    assert figure(panel, "cure") == "—"
    assert len(panel.body.curves.chart.plot.traces) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("use", Use)
async def test_the_figures_are_the_scenario_s(desk: Rig, build: Build, use: Use) -> None:
    await chosen(desk)
    desk.hedge.use_rules(HedgeRules(use=use))
    panel = build()
    control(panel, "gold").setValue(-25)
    control(panel, "days").setValue(30)
    control(panel, "vol").setValue(5)
    control(panel, "advance").setValue(60)
    await panel.errands.settled()
    stress = Stress(Decimal("-0.25"), 30, Decimal(5), advance=Decimal("0.6"))
    row = expected(desk, stress)
    assert figure(panel, "ltv_hedged") == percent(row.hedged_ltv)
    assert figure(panel, "ltv_unhedged") == percent(row.unhedged_ltv) == "80.0 %"
    assert figure(panel, "utilisation") == percent(row.utilisation)
    assert figure(panel, "utilisation_unhedged") == "133.3 %"
    assert figure(panel, "headroom") == number(row.headroom, 0)
    assert figure(panel, "equity") == number(row.equity, 0)
    assert figure(panel, "equity_unhedged") == "525,000"
    assert figure(panel, "cure") == number(row.cure, 0)
    assert figure(panel, "economic") == percent(row.economic_ltv)
    time_value = row.payoff - row.intrinsic
    parts = (row.payoff, row.intrinsic, time_value, row.after_spread, row.cost)
    assert [figure(panel, name) for name in OPTIONS] == [number(part, 0) for part in parts]
    assert "350.00" in figure(panel, "source")
    assert figure(panel, "where") == "GLD 262.50 on 9 Aug 26"
    assert figure(panel, "moved") == "HYPOTHETICAL"


async def test_today_is_not_hypothetical(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    await panel.errands.settled()
    assert label(panel, "whatif.moved").isHidden()
    assert figure(panel, "quality") == "LIVE"
    assert figure(panel, "where") == "GLD 350.00 now"
    assert figure(panel, "ltv_unhedged") == "60.0 %"
    assert figure(panel, "title") == TITLE
    assert "100 of the 332.5 put of 2026-09-18" in label(panel, "whatif.title").toolTip()


async def test_the_chart_has_both_curves_the_levels_and_the_price(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    control(panel, "gold").setValue(-30)
    await panel.errands.settled()
    plot = panel.body.curves.chart.plot
    assert plot is not None
    assert [trace.name for trace in plot.traces] == ["Unprotected", "Protected"]
    assert [limit.at for limit in plot.limits] == [0.75, 0.85]
    assert [mark.at for mark in plot.marks] == [350.0, pytest.approx(245.0)]
    bare, held = panel.body.curves.chart.values_at(245.0)
    row = expected(desk, Stress(Decimal("-0.3")))
    assert bare == pytest.approx(float(row.unhedged_ltv), rel=1e-3)
    assert held == pytest.approx(float(row.hedged_ltv or 0), rel=1e-3)


async def test_prices_that_move_move_the_figures(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    control(panel, "gold").setValue(-10)
    await moved(desk, "340")
    await panel.errands.settled()
    assert figure(panel, "where") == "GLD 306.00 now"
    assert figure(panel, "ltv_unhedged") == percent(Decimal(2_100_000) / 3_060_000)


async def test_the_age_of_the_price_goes_on(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    desk.clock.advance(125)
    panel.tick()
    assert "2 min old" in figure(panel, "source")


# ---- the controls -------------------------------------------------------------------------------


async def test_sliders_obey_the_keyboard(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    gold = control(panel, "gold")
    gold.setFocus()
    for _ in range(3):
        QTest.keyClick(gold, Qt.Key.Key_Left)
    await panel.errands.settled()
    assert gold.value() == -3
    assert figure(panel, "where") == "GLD 339.50 now"
    QTest.keyClick(gold, Qt.Key.Key_Home)
    await panel.errands.settled()
    assert gold.value() == -60
    assert figure(panel, "ltv_unhedged") == "150.0 %"
    assert figure(panel, "zone_unhedged") == "CLOSE-OUT"


async def test_sliders_have_the_ranges_that_were_promised(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    spans = {
        name: (control(panel, name).minimum(), control(panel, name).maximum())
        for name in ("gold", "days", "vol")
    }
    assert spans == {"gold": (-60, 40), "days": (0, 70), "vol": (-20, 60)}
    assert control(panel, "advance").value() == 70
    assert panel.body.sliders.fx.isHidden()


async def test_days_reach_a_year_without_a_hedge_and_no_further_than_one(
    desk: Rig, build: Build
) -> None:
    await hedged(desk)
    panel = build()
    control(panel, "days").setValue(300)
    assert control(panel, "days").maximum() == 365
    desk.hedge.choose(PUTS, TITLE)
    await panel.errands.settled()
    assert control(panel, "days").maximum() == control(panel, "days").value() == 70
    assert panel.body.sliders.stress().days == 70
    assert figure(panel, "where").endswith("on 18 Sep 26")


async def test_reset_goes_back_to_today_and_undo_goes_back_one_move(
    desk: Rig, build: Build
) -> None:
    await chosen(desk)
    panel = build()
    sliders = panel.body.sliders
    assert not button(panel, "undo").isEnabled()
    for value in (-5, -10, -15):  # one move, of many steps
        control(panel, "gold").setValue(value)
    control(panel, "vol").setValue(20)
    QTest.keyClick(control(panel, "vol"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert sliders.stress() == Stress(gold=Decimal("-0.15"))
    button(panel, "undo").click()
    assert sliders.stress() == Stress()
    control(panel, "gold").setValue(-15)
    control(panel, "vol").setValue(20)
    button(panel, "reset").click()
    assert sliders.stress() == Stress()
    assert control(panel, "gold").value() == 0
    button(panel, "undo").click()
    assert sliders.stress() == Stress(gold=Decimal("-0.15"), vol_pts=Decimal(20))
    await panel.errands.settled()
    row = expected(desk, sliders.stress())
    assert figure(panel, "ltv_hedged") == percent(row.hedged_ltv)


async def test_the_smile_rule_is_a_choice_that_counts(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    control(panel, "gold").setValue(-5)
    await panel.errands.settled()
    before = figure(panel, "payoff")
    assert combo(panel, "smile").currentText() == "Sticky strike"
    combo(panel, "smile").setCurrentIndex(2)
    await panel.errands.settled()
    stress = Stress(gold=Decimal("-0.05"), smile=SmileRule.DELTA)
    assert figure(panel, "payoff") == number(expected(desk, stress).payoff, 0) != before


async def test_a_scene_moves_the_figures_and_days_beyond_the_hedge_are_said(
    desk: Rig, build: Build
) -> None:
    await chosen(desk)
    panel = build()
    scenes = panel.body.scenes
    far = NamedScene("Bank cuts", Stress(Decimal("-0.25"), 200, advance=Decimal("0.6")))
    scenes.bar.applied.emit(far)
    await panel.errands.settled()
    row = expected(desk, replace(far.stress, days=70))
    assert figure(panel, "ltv_hedged") == percent(row.hedged_ltv)
    assert figure(panel, "utilisation") == percent(row.utilisation)
    assert figure(panel, "scene.note").startswith("The scene looks 200 days ahead")
    button(panel, "reset").click()
    await panel.errands.settled()
    assert figure(panel, "ltv_unhedged") == "60.0 %"


async def test_a_scene_kept_elsewhere_is_offered_at_once(desk: Rig, qtbot: QtBot) -> None:
    scenes = SceneService(desk.bus)
    panel = shown(WhatIfPanel(desk.bus, desk.hedge, scenes, desk.clock), qtbot, height=640)
    with Database(None) as database:
        await scenes.use(SqlSceneStore(database))
        await scenes.save("bank cuts to 60 %", Stress(advance=Decimal("0.6")))
    assert combo(panel, "scene").itemText(0) == "bank cuts to 60 %"


async def test_undo_is_not_the_window_s_while_the_panel_has_the_keyboard(
    desk: Rig, build: Build, qtbot: QtBot
) -> None:
    await chosen(desk)
    window, undone = QMainWindow(), list[bool]()
    loan = window.menuBar().addMenu("File").addAction("Undo loan change")
    loan.setShortcut("Ctrl+Z")
    loan.triggered.connect(undone.append)
    panel = build()
    window.setCentralWidget(panel)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    gold = control(panel, "gold")
    gold.setValue(-15)
    gold.setFocus()
    qtbot.waitUntil(gold.hasFocus)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.body.sliders.stress() == Stress()
    assert not undone
    await panel.errands.settled()
    window.takeCentralWidget()  # or it would go with the window before it is retired


moves = st.lists(
    st.one_of(
        st.tuples(st.just("gold"), st.integers(-60, 40)),
        st.tuples(st.just("vol"), st.integers(-20, 60)),
        st.tuples(st.just("advance"), st.integers(30, 95)),
        st.tuples(st.just("days"), st.integers(0, 365)),
        st.tuples(st.just("undo"), st.just(0)),
        st.tuples(st.just("reset"), st.just(0)),
    ),
    max_size=12,
)


@pytest.mark.usefixtures("qapp")
@given(moves)
def test_the_sliders_always_show_what_they_say(done: list[tuple[str, int]]) -> None:
    sliders = WhatIfSliders(SmileRule.STRIKE)
    sliders.fit(365, "", Decimal(70))
    said: list[Stress] = []
    sliders.changed.connect(said.append)
    for name, value in done:
        before = sliders.stress()
        if name in ("undo", "reset"):
            button(sliders, name).click()
        else:
            control(sliders, name).setValue(value)
        assert not said or said[-1] == sliders.stress()
        stress = sliders.stress()
        assert control(sliders, "gold").value() == 100 * stress.gold
        assert control(sliders, "days").value() == stress.days
        assert control(sliders, "vol").value() == stress.vol_pts
        lent = Decimal("0.70") if stress.advance is None else stress.advance
        assert control(sliders, "advance").value() == 100 * lent
        if name == "reset" and before != stress:
            sliders.take_back()
            assert sliders.stress() == before
            sliders.clear()
    while button(sliders, "undo").isEnabled():
        sliders.take_back()
    assert sliders.stress() == Stress()


@pytest.mark.usefixtures("qapp")
def test_a_currency_that_is_gone_moves_nothing_any_more() -> None:
    sliders = WhatIfSliders(SmileRule.STRIKE)
    sliders.fit(365, "USD", Decimal(70))
    control(sliders, "fx").setValue(-10)
    assert sliders.stress().fx == Decimal("-0.1")
    sliders.fit(365, "", Decimal(70))
    assert sliders.stress().fx == 0
    assert sliders.fx.isHidden()


@pytest.mark.usefixtures("qapp")
def test_an_advance_rate_that_was_not_moved_follows_the_terms() -> None:
    sliders = WhatIfSliders(SmileRule.STRIKE)
    sliders.fit(365, "", Decimal(65))
    assert (control(sliders, "advance").value(), sliders.stress().advance) == (65, None)
    control(sliders, "advance").setValue(60)
    sliders.fit(365, "", Decimal(70))
    assert control(sliders, "advance").value() == 60
    assert sliders.stress().advance == Decimal("0.6")


# ---- the other pages ----------------------------------------------------------------------------


async def test_the_map_is_that_of_the_core_and_marks_the_sliders(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    control(panel, "vol").setValue(10)
    turn(panel, "heat")
    await panel.errands.settled()
    page = panel.body.page
    assert isinstance(page, HeatPage)
    config = desk.hedge.config
    assert config is not None
    heat = heat_of(config, PUTS.renewed(config.board), Stress(vol_pts=Decimal(10)))
    assert page.chart.plot is not None
    assert np.array_equal(page.chart.plot.values, heat.hedged)
    combo(panel, "heat_side").setCurrentIndex(1)
    assert np.array_equal(page.chart.plot.values, heat.unhedged)
    drawn = page.chart.plot.values
    control(panel, "gold").setValue(-20)
    control(panel, "days").setValue(30)
    await panel.errands.settled()
    spot = page.chart.plot.spot
    assert spot is not None
    assert (spot.x, spot.y) == (30.0, 280.0)
    assert np.array_equal(page.chart.plot.values, drawn)
    combo(panel, "heat_side").setCurrentIndex(0)
    control(panel, "vol").setValue(40)
    await panel.errands.settled()
    wilder = heat_of(config, PUTS.renewed(config.board), Stress(vol_pts=Decimal(40)))
    assert np.array_equal(page.chart.plot.values, wilder.hedged)


async def test_the_tornado_is_sorted_and_centred(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build("tornado")
    control(panel, "days").setValue(30)
    await panel.errands.settled()
    page = panel.body.page
    assert isinstance(page, TornadoPage)
    bars = page.chart.bars
    assert [bar.name for bar in bars][:2] == ["Gold", "Volatility"]
    assert [bar.width for bar in bars] == sorted((bar.width for bar in bars), reverse=True)
    centre = expected(desk, Stress(days=30)).hedged_ltv
    assert centre is not None
    gold = bars[0]
    assert gold.high < float(centre) < gold.low
    assert gold.low_text == f"-10 %: {percent(gold.low)}"
    assert "advance rate" in figure(panel, "tornado_note")
    combo(panel, "tornado_of").setCurrentIndex(1)
    assert "Advance rate" in [bar.name for bar in page.chart.bars]


async def test_a_crash_is_replayed_and_told(desk: Rig, build: Build) -> None:
    long = position(("P", "332.5", 100))
    long = Position(tuple(replace(one, listed=_june(one.listed.strike)) for one in long.legs))
    await chosen(desk, long)
    panel = build("crash, 2013-04")
    await panel.errands.settled()
    told = figure(panel, "crash_told").splitlines()
    assert told[0].startswith("Unprotected: the bank calls on ")
    assert "worst LTV 89.8 % on 2 Apr 27" in told[0]
    assert told[1].startswith("Protected: no call; worst LTV ")
    assert "not from daily data" in figure(panel, "crash_basis")
    assert "worst day 2013-04-15 -8.78 %" in figure(panel, "crash_basis")
    page = panel.body.page
    assert isinstance(page, CrashPage)
    assert page.chart.plot is not None
    assert [trace.name for trace in page.chart.plot.traces] == ["Unprotected", "Protected"]
    assert [mark.name for mark in page.chart.plot.marks] == ["call, unprotected"]
    combo(panel, "crash").setCurrentIndex(4)
    await panel.errands.settled()
    assert figure(panel, "crash_told").startswith("Unprotected: no call; worst LTV 69.7 %")


def _june(strike: Decimal) -> Listed:
    side = boards.config().board.of(boards.EXPIRIES[3], "P")
    return next(one for one in side if one.strike == strike)


async def test_a_hedge_that_ends_within_the_crash_is_said_to(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build("crash, 2008-10")
    await panel.errands.settled()
    assert "The hedge ends on 18 Sep 26" in figure(panel, "crash_told")


async def test_daily_closes_are_used_where_the_feed_has_them(desk: Rig, build: Build) -> None:
    asked = 0
    days = [date(2026, 1, 29), date(2026, 1, 30), date(2026, 2, 2)]

    async def closes() -> Sequence[DailyClose]:
        nonlocal asked
        asked += 1
        made = zip(days, ("500", "448", "430"), strict=True)
        return [DailyClose(day, Decimal(price)) for day, price in made]

    await chosen(desk)
    panel = build("crash, 2026-01", closes=closes)
    await panel.errands.settled()
    assert figure(panel, "crash_basis").startswith("By GLD's 3 daily closes of 2026-01-29")
    worst = Decimal("0.6") / (Decimal(430) / 500)
    assert f"worst LTV {percent(worst)}" in figure(panel, "crash_told")
    control(panel, "vol").setValue(10)
    await panel.errands.settled()
    assert asked == 1


async def test_a_feed_without_closes_is_said_to_have_none(desk: Rig, build: Build) -> None:
    async def closes() -> Sequence[DailyClose]:
        raise FeedError(FeedFault.NO_DATA, "The feed keeps no closes.")

    await chosen(desk)
    panel = build("crash", closes=closes)
    await panel.errands.settled()
    assert figure(panel, "crash_basis").endswith("The feed keeps no closes.")


async def test_an_invented_prices_not_asked_for_what_happened(desk: Rig, build: Build) -> None:
    asked: list[bool] = []

    async def closes() -> Sequence[DailyClose]:
        asked.append(True)
        return ()

    await chosen(desk)
    config = desk.hedge.config
    assert config is not None
    desk.hedge.config = replace(config, board=replace(config.board, quality=Quality.SIMULATED))
    panel = build("crash", closes=closes)
    await panel.errands.settled()
    assert figure(panel, "quality") == "SIMULATED"
    assert not asked
    assert "not from daily data" in figure(panel, "crash_basis")


async def test_history_is_built_when_it_is_first_looked_at_and_retired(
    desk: Rig, build: Build, qtbot: QtBot
) -> None:
    class View(QWidget):
        retired = False

        def retire(self) -> None:
            self.retired = True

    made: list[View] = []

    def history() -> View:
        made.append(View())
        return made[-1]

    await chosen(desk)
    panel = build(history=history)
    assert not made
    turn(panel, "history")
    turn(panel, "curves")
    turn(panel, "history")
    assert len(made) == 1
    qtbot.waitUntil(made[0].isVisible)
    panel.retire()
    assert made[0].retired


async def test_without_a_history_there_is_no_such_tab(desk: Rig, build: Build) -> None:
    await chosen(desk)
    assert "history" not in [page.key for page in build().body.pages]


async def test_the_view_is_kept(desk: Rig, build: Build) -> None:
    await chosen(desk)
    first, kept = build(), list[str]()
    first.view_changed.connect(kept.append)
    turn(first, "tornado")
    combo(first, "tornado_of").setCurrentIndex(1)
    turn(first, "crash")
    combo(first, "crash").setCurrentIndex(1)
    second = build(kept[-1])
    assert second.body.page.key == "crash"
    assert combo(second, "crash").currentIndex() == 1
    assert combo(second, "tornado_of").currentText() == "Utilisation"
    assert build("nonsense, 42").body.page.key == "curves"


# ---- what goes wrong ----------------------------------------------------------------------------


async def test_stale_quotes_show_no_hedge(desk: Rig, build: Build) -> None:
    await chosen(desk)
    config = desk.hedge.config
    assert config is not None
    desk.hedge.config = replace(config, board=replace(config.board, quality=Quality.STALE))
    panel = build()
    await panel.errands.settled()
    assert "stale" in figure(panel, "problem")
    assert figure(panel, "ltv_hedged") == "—"
    assert figure(panel, "ltv_unhedged") == "60.0 %"
    assert figure(panel, "quality") == "STALE"


async def test_a_contract_that_has_no_quote_any_more_is_named(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    name = PUTS.legs[0].listed.quote.contract
    expiry = boards.EXPIRIES[1]
    desk.feed.chains[expiry] = boards.requoted(boards.chain(expiry), name, None, None)
    await desk.hedge.refresh()
    await panel.errands.settled()
    assert "332.5 put of 2026-09-18" in figure(panel, "problem")
    assert figure(panel, "ltv_hedged") == "—"
    desk.feed.chains[expiry] = boards.chain(expiry)
    await desk.hedge.refresh()
    await panel.errands.settled()
    assert figure(panel, "ltv_hedged") != "—"
    assert not figure(panel, "problem")


async def test_a_pledge_that_ends_before_the_day_is_told(desk: Rig, build: Build) -> None:
    await chosen(desk)
    config = desk.hedge.config
    assert config is not None
    lot = replace(config.portfolio.terms.lots[0], until=date(2026, 8, 1))
    terms = replace(config.portfolio.terms, lots=(lot,))
    desk.hedge.config = replace(config, portfolio=replace(config.portfolio, terms=terms))
    panel = build()
    control(panel, "days").setValue(40)
    await panel.errands.settled()
    assert figure(panel, "problem") == "Nothing is pledged on this day."
    control(panel, "days").setValue(10)
    await panel.errands.settled()
    assert not figure(panel, "problem")


# ---- work and rest ------------------------------------------------------------------------------


async def test_chains_are_wanted_only_while_it_is_seen(desk: Rig, build: Build) -> None:
    attending = 0
    attend = desk.hedge.attend

    class Attended:
        def __init__(self) -> None:
            nonlocal attending
            attending += 1
            self._leave = attend()

        def __call__(self) -> None:
            nonlocal attending
            attending -= 1
            self._leave()

    await chosen(desk)
    desk.hedge.attend = Attended  # type: ignore[method-assign]
    panel = build()
    assert attending == 1
    panel.hide()
    assert attending == 0
    panel.show()
    assert attending == 1
    panel.retire()
    assert attending == 0
    assert not running(panel)


async def test_a_panel_nobody_sees_computes_nothing(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    await panel.errands.settled()
    panel.hide()
    before = figure(panel, "ltv_unhedged")
    control(panel, "gold").setValue(-50)
    desk.bus.tell(HedgeChanged(""))
    await panel.errands.settled()
    assert figure(panel, "ltv_unhedged") == before
    panel.show()
    await panel.errands.settled()
    assert figure(panel, "ltv_unhedged") == "120.0 %"


async def test_of_many_moves_the_last_one_is_shown(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build("heat")
    for value in range(-60, 41):
        control(panel, "gold").setValue(value)
    control(panel, "gold").setValue(-30)
    await panel.errands.settled()
    assert figure(panel, "ltv_hedged") == percent(
        expected(desk, Stress(gold=Decimal("-0.3"))).hedged_ltv
    )


async def test_every_control_has_a_name(desk: Rig, build: Build) -> None:
    await chosen(desk)
    panel = build()
    for kind in (QSlider, QComboBox, QPushButton, QTabWidget):
        for widget in panel.findChildren(kind):
            assert widget.accessibleIdentifier().startswith("whatif."), widget


BUILT = """
import sys
from PySide6.QtWidgets import QApplication
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.events import Bus
from vaultdesk.services.scenes import SceneService
from vaultdesk.services.errands import Errands
from vaultdesk.ui.panels import whatif
from vaultdesk.ui.whatif.body import WhatIfBody
application = QApplication([])
scenes = SceneService(Bus())
body = WhatIfBody(SmileRule.STRIKE, scenes, Errands(print), print, None, None)
print([page.key for page in body.pages])
print([name for name in ('numpy', 'scipy', 'pyqtgraph') if name in sys.modules])
"""


def test_neither_the_module_nor_building_its_pages_brings_numpy_and_pyqtgraph() -> None:
    ran = subprocess.run(  # noqa: S603  this interpreter, our own code
        [sys.executable, "-c", BUILT], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["['curves', 'heat', 'tornado', 'crash']", "[]"]


def test_every_episode_of_the_issue_can_be_chosen() -> None:
    keys = [episode.key for episode in EPISODES]
    assert keys == ["2008-10", "2013-04", "2020-03", "2022", "2026-01"]
