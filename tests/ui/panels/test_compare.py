"""The comparison panel: what is in the table, who comes first and why, and how old it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton

from tests.core.hedge import boards
from tests.ui.panels.hedged import hedged, moved
from tests.ui.panels.rig import Rig, child, label, shown, text
from vaultdesk.core.hedge.compare import Comparison, compare
from vaultdesk.core.hedge.inputs import HedgeInputs, configured
from vaultdesk.core.hedge.pictures.payoff import Measure, curves
from vaultdesk.core.hedge.position import HedgeLeg, Position
from vaultdesk.core.hedge.recommend import Profile
from vaultdesk.core.hedge.scene import Scene
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.events import HedgeChosen
from vaultdesk.ui.compare import table as compare_table
from vaultdesk.ui.compare.table import COLUMNS, Row
from vaultdesk.ui.compare.view import ALLOWED, View, parsed, written
from vaultdesk.ui.format import number, percent
from vaultdesk.ui.panels.compare import ComparePanel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Build = Callable[..., ComparePanel]
Saved = tuple[str, HedgeInputs, object, object]


@pytest.fixture
def saved() -> list[Saved]:
    return []


@pytest.fixture
def build(desk: Rig, qtbot: QtBot, saved: list[Saved]) -> Build:
    def made(kept: str = "") -> ComparePanel:
        panel = ComparePanel(desk.bus, desk.hedge, lambda *record: saved.append(record), kept)
        return shown(panel, qtbot)

    return made


@pytest.fixture
async def panel(desk: Rig, build: Build) -> ComparePanel:
    await hedged(desk)
    made = build()
    await made.settled()
    return made


def cell(row: Row, field: str) -> str:
    column = next(column for column in COLUMNS if column.field == field)
    return column.text(row)


def named_row(panel: ComparePanel, name: str) -> Row:
    return next(row for row in panel.body.table.rows if row.line.name == name)


def button(panel: ComparePanel, identifier: str) -> QPushButton:
    return child(panel, QPushButton, identifier)


def choose(panel: ComparePanel, identifier: str, word: str) -> None:
    child(panel, QComboBox, identifier).setCurrentText(word)


async def test_before_the_chains_are_there_it_says_what_is_missing(desk: Rig, build: Build) -> None:
    panel = build()
    assert "begins with the first option chains" in text(panel, "compare.loading")
    await desk.hedge.refresh()
    await panel.settled()
    assert text(panel, "compare.loading") == text(panel, "compare.problem")
    assert text(panel, "compare.problem") != ""
    assert not button(panel, "compare.save").isEnabled()


async def test_the_table_shows_what_the_core_computes(desk: Rig, panel: ComparePanel) -> None:
    assert desk.hedge.config is not None
    found = compare(desk.hedge.config)
    assert {row.line.name for row in panel.body.table.rows} == {
        one.strategy.name for one in found.candidates
    }
    for one in found.candidates:
        row = named_row(panel, one.strategy.name)
        if one.cost is None or one.protection is None:
            assert cell(row, "total") == cell(row, "worst_ltv") == "—"
            continue
        assert cell(row, "total") == number(one.cost.total, 0)
        assert cell(row, "annual") == number(one.cost.annualised, 0)
        assert cell(row, "share") == percent(one.cost.of_portfolio, 2)
        assert cell(row, "hedged_ltv") == percent(one.protection.hedged_ltv)
        assert cell(row, "worst_ltv") == percent(one.protection.worst_ltv)
        assert cell(row, "floor") == number(one.protection.floor_value, 0)
        assert cell(row, "open") == number(one.protection.unprotected_units, 0)


@pytest.mark.parametrize("profile", list(Profile))
async def test_each_profile_has_its_order_and_its_reason(
    desk: Rig, panel: ComparePanel, profile: Profile
) -> None:
    assert desk.hedge.config is not None
    ranks = compare(desk.hedge.config).ranks[profile]
    box = panel.findChild(QComboBox, "compare.profile")
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(list(Profile).index(profile))
    assert text(panel, "compare.reason") == ranks[0].sentence
    shown = [row.line.name for row in panel.body.table.rows]
    assert shown[: len(ranks)] == [rank.name for rank in ranks]
    second = named_row(panel, ranks[1].name)
    assert cell(second, "place") == "2"
    assert ranks[1].sentence in COLUMNS[0].hint(second)  # type: ignore[misc]


async def test_a_dominated_hedge_is_grey_and_says_so_in_a_word(panel: ComparePanel) -> None:
    rows = panel.body.table.rows
    beaten = [row for row in rows if row.line.dominated]
    assert beaten
    tone = COLUMNS[0].tone
    assert tone is not None
    assert {tone(row) for row in beaten} == {"muted"}
    assert all("dominated" in cell(row, "status") for row in beaten)
    better = [row for row in rows if not row.line.dominated and not row.line.problem]
    assert {tone(row) for row in better} == {"text"}
    assert not any("dominated" in cell(row, "status") for row in better)


async def test_a_hedge_that_cannot_be_built_keeps_its_row_with_the_reason(
    desk: Rig, panel: ComparePanel
) -> None:
    row = named_row(panel, "collar_95_110")
    assert cell(row, "status") == "not built"
    assert "without shares to deliver" in cell(row, "legs")
    panel.body.table.pick_name("collar_95_110")
    assert "without shares to deliver" in text(panel, "compare.detail")
    assert not button(panel, "compare.desk").isEnabled()
    panel.body.table.open()
    assert desk.hedge.chosen is None


async def test_without_honest_quotes_nothing_is_recommended(desk: Rig, build: Build) -> None:
    await hedged(desk)
    for expiry in boards.EXPIRIES:
        found = boards.chain(expiry)
        rows = tuple(replace(row, bid=Decimal(0)) for row in found.rows)
        desk.feed.chains[expiry] = replace(found, rows=rows)
    await desk.hedge.refresh()
    panel = build()
    await panel.settled()
    assert text(panel, "compare.reason") == "Nothing is recommended."
    assert text(panel, "compare.problem").startswith("No hedge can be priced.")
    assert {cell(row, "place") for row in panel.body.table.rows} == {"—"}
    assert {cell(row, "status") for row in panel.body.table.rows} == {"not built"}


async def test_enter_puts_the_selected_hedge_on_the_desk(desk: Rig, panel: ComparePanel) -> None:
    told: list[HedgeChosen] = []
    desk.bus.subscribe(HedgeChosen, told.append)
    table = panel.body.table
    table.pick_name("protective_put_otm_95")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    await panel.settled()
    row = named_row(panel, "protective_put_otm_95")
    assert told == [HedgeChosen(row.line.position, "Protective put 95 %")]
    assert cell(row, "status").startswith("on desk")
    assert not button(panel, "compare.desk").isEnabled()
    table.pick_name("protective_put_otm_90")
    spot = table.visualRect(table.currentIndex()).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert desk.hedge.title == "Protective put 95 %"
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    await panel.settled()
    assert desk.hedge.title == "Protective put 90 %"
    assert [row.line.name for row in table.rows if row.line.on_desk] == ["protective_put_otm_90"]


async def test_other_legs_on_the_desk_have_a_row_of_their_own(
    desk: Rig, panel: ComparePanel
) -> None:
    assert desk.hedge.config is not None
    listed = next(
        one
        for one in desk.hedge.config.board.of(boards.EXPIRIES[2], "P")
        if one.strike == Decimal(300)
    )
    desk.hedge.choose(Position((HedgeLeg(listed, Decimal(7), Decimal(7)),)), "Mine")
    await panel.settled()
    row = named_row(panel, "own_legs")
    assert (cell(row, "name"), cell(row, "place")) == ("Own legs", "—")
    assert cell(row, "legs") == "7 × 300 put"  # noqa: RUF001
    assert "on desk" in cell(row, "status")
    paid = 7 * 100 * listed.quote.ask + Decimal("4.55")  # type: ignore[operator]
    assert cell(row, "total") == number(paid, 0)
    desk.hedge.choose(None, "")
    await panel.settled()
    assert "own_legs" not in {row.line.name for row in panel.body.table.rows}


async def test_what_was_put_on_the_desk_while_nobody_looked_is_marked(
    desk: Rig, panel: ComparePanel
) -> None:
    panel.hide()
    desk.hedge.choose(named_row(panel, "protective_put_otm_90").line.position, "That")
    await panel.settled()
    panel.show()
    await panel.settled()
    assert named_row(panel, "protective_put_otm_90").line.on_desk


async def test_nothing_is_compared_while_nobody_looks(desk: Rig, build: Build) -> None:
    panel = build()
    panel.hide()
    await hedged(desk)
    await panel.settled()
    assert panel._result is None
    panel.show()
    await panel.settled()
    assert panel.body.table.rows


async def test_at_mid_only_the_costs_change(panel: ComparePanel) -> None:
    before = named_row(panel, "protective_put_atm")
    cost = before.line.cost
    assert cost is not None
    order = [row.line.name for row in panel.body.table.rows]
    button(panel, "compare.mid").click()
    row = named_row(panel, "protective_put_atm")
    assert cell(row, "total") == number(cost.at_mid + cost.commission, 0)
    assert cell(row, "total") != cell(before, "total")
    assert [row.line.name for row in panel.body.table.rows] == order


async def test_before_rounding_fractions_of_contracts_are_shown(desk: Rig, build: Build) -> None:
    await hedged(desk)
    await desk.loan.save(boards.pledge(units=Decimal(10_050)))
    await desk.hedge.refresh(use_cache=True)
    panel = build()
    await panel.settled()
    assert cell(named_row(panel, "protective_put_atm"), "legs") == "100 × 350 put"  # noqa: RUF001
    assert cell(named_row(panel, "protective_put_atm"), "open") == "50"
    button(panel, "compare.exact").click()
    await panel.settled()
    row = named_row(panel, "protective_put_atm")
    assert cell(row, "legs") == "100.50 × 350 put"  # noqa: RUF001
    assert cell(row, "open") == "0"
    panel.body.table.pick_name("protective_put_atm")
    panel.body.table.open()
    assert desk.hedge.chosen is not None
    assert [leg.contracts for leg in desk.hedge.chosen.legs] == [100]


async def test_another_use_of_the_payoff_is_everybodys_and_compared_at_once(
    desk: Rig, panel: ComparePanel
) -> None:
    before = cell(named_row(panel, "protective_put_atm"), "hedged_ltv")
    choose(panel, "compare.use", "Stays at the broker")
    assert desk.hedge.rules.use is Use.BROKER
    await panel.settled()
    assert cell(named_row(panel, "protective_put_atm"), "hedged_ltv") == "75.0 %" != before
    desk.hedge.use_rules(replace(desk.hedge.rules, use=Use.REPAYS))
    await panel.settled()
    assert panel.body.bar.use.use() is Use.REPAYS
    assert cell(named_row(panel, "protective_put_atm"), "hedged_ltv") not in (before, "75.0 %")


async def test_a_result_stays_when_prices_move_and_says_that_it_is_old(
    desk: Rig, panel: ComparePanel
) -> None:
    made = text(panel, "compare.made")
    assert "made · USD · at 350.00" in made
    assert "older" not in made
    assert text(panel, "compare.quality") == "LIVE"
    shown = [cell(row, "total") for row in panel.body.table.rows]
    await moved(desk, "340")
    await panel.settled()
    assert text(panel, "compare.made") == f"{made} · older than the prices on screen: run again"
    assert label(panel, "compare.made").property("role") == "warning"
    assert [cell(row, "total") for row in panel.body.table.rows] == shown
    button(panel, "compare.run").click()
    await panel.settled()
    assert "at 340.00" in text(panel, "compare.made")
    assert "older" not in text(panel, "compare.made")


async def test_the_record_gives_the_same_numbers_again(
    desk: Rig, panel: ComparePanel, saved: list[Saved]
) -> None:
    await moved(desk, "340")  # what is saved is what is shown, not what holds now
    button(panel, "compare.save").click()
    ((kind, inputs, request, answer),) = saved
    assert (kind, request) == ("compare", None)
    assert isinstance(answer, Comparison)
    again = compare(configured(inputs))
    assert [one.cost for one in again.candidates] == [one.cost for one in answer.candidates]
    assert again.ranks == answer.ranks


async def test_all_payoffs_are_drawn_and_the_selected_one_is_thick(
    desk: Rig, panel: ComparePanel
) -> None:
    panel.body.table.pick_name("protective_put_otm_95")
    plot = panel.body.payoff.chart.plot
    assert plot is not None
    built = [row.name for row in panel.body.table.rows if not row.line.problem]
    assert {trace.name for trace in plot.traces} == {*built, "unhedged"}
    (thick,) = [trace for trace in plot.traces if trace.width > 1]
    assert thick.name == "Protective put 95 %"
    config, position = desk.hedge.config, named_row(panel, "protective_put_otm_95").line.position
    assert config is not None
    assert position is not None
    days = (boards.EXPIRIES[1] - boards.NOW.date()).days
    expected = curves(config, position, thick.x, [days]).hedged(Measure.LTV)
    assert thick.y == pytest.approx(expected)


async def test_the_payoff_of_any_day_and_volatility_and_measure(
    desk: Rig, panel: ComparePanel
) -> None:
    panel.body.table.pick_name("protective_put_atm")
    choose(panel, "compare.measure", "P&L")
    choose(panel, "compare.when", "On a day")
    panel.body.payoff.days.set_value(Decimal(20))
    panel.body.payoff.volatility.set_value(Decimal(10))
    await panel.settled()
    plot = panel.body.payoff.chart.plot
    assert plot is not None
    (thick,) = [trace for trace in plot.traces if trace.width > 1]
    config, position = desk.hedge.config, named_row(panel, "protective_put_atm").line.position
    assert config is not None
    assert position is not None
    seen = curves(config, position, thick.x, [20], Scene(vol_pts=10.0))
    assert thick.y == pytest.approx(seen.hedged(Measure.PROFIT))
    assert panel.body.payoff.volatility.isVisible()
    choose(panel, "compare.when", "At expiry")
    assert not panel.body.payoff.volatility.isVisible()
    assert not panel.body.payoff.days.isVisible()


async def test_the_frontier_has_every_hedge_that_can_be_built(panel: ComparePanel) -> None:
    plot = panel.body.scatter.plot
    assert plot is not None
    built = {row.line.name: row for row in panel.body.table.rows if not row.line.problem}
    assert {point.key for point in plot.points} == set(built)
    for point in plot.points:
        line = built[point.key].line
        assert line.cost is not None
        assert line.protection is not None
        assert (point.x, point.y) == (float(line.cost.annualised), line.protection.worst_ltv)
        assert point.dominated == line.dominated
    panel.body.scatter.choose("protective_put_otm_90")
    assert panel.body.table.current is not None
    assert panel.body.table.current.line.name == "protective_put_otm_90"


async def test_the_map_of_winners_is_computed_when_it_is_asked_for(
    desk: Rig, panel: ComparePanel
) -> None:
    panel.body.tabs.setCurrentWidget(panel.body.sensitivity)
    assert panel.body.sensitivity.chart.plot is None
    run = button(panel, "compare.sensitivity_run")
    run.click()
    assert run.text() == "Cancel"
    await panel.settled()
    assert run.text() == "Compute"
    found = await desk.hedge.sensitivity(Profile.BALANCED)
    assert text(panel, "compare.sensitivity").startswith(found.sentence)
    plot = panel.body.sensitivity.chart.plot
    assert plot is not None
    expected = np.where(found.winners < 0, np.nan, found.winners)
    np.testing.assert_array_equal(plot.values, expected)
    assert np.isnan(expected).any()  # a fall of 20 % calls the loan, and nothing is recommended
    assert panel.body.sensitivity.progress.value() == found.winners.size


async def test_a_cancelled_map_leaves_nothing_behind(panel: ComparePanel) -> None:
    panel.body.tabs.setCurrentWidget(panel.body.sensitivity)
    run = button(panel, "compare.sensitivity_run")
    run.click()
    run.click()
    await panel.settled()
    assert text(panel, "compare.sensitivity") == "Cancelled."
    assert panel.body.sensitivity.chart.plot is None
    assert not panel.body.sensitivity.progress.isVisible()


async def test_what_was_chosen_is_remembered(desk: Rig, build: Build) -> None:
    await hedged(desk)
    panel = build()
    told: list[str] = []
    panel.view_changed.connect(told.append)
    await panel.settled()
    choose(panel, "compare.profile", "Conservative")
    choose(panel, "compare.measure", "Equity")
    choose(panel, "compare.when", "Today")
    button(panel, "compare.mid").click()
    await panel.settled()
    again = build(told[-1])
    assert again.body.bar.chosen() is Profile.CONSERVATIVE
    assert again.body.payoff.measure.currentText() == "Equity"
    assert again.body.payoff.day() == 0
    assert button(again, "compare.mid").isChecked()
    assert not button(again, "compare.exact").isChecked()


@given(st.builds(View, *(st.sampled_from(ALLOWED.get(f, (True, False))) for f in (
    "profile", "exact", "mid", "measure", "when"))))  # fmt: skip
def test_a_view_comes_back_as_it_was_written(view: View) -> None:
    assert parsed(written(view)) == view


@given(st.one_of(st.text(), st.dictionaries(st.text(), st.integers()).map(str)))
def test_any_text_gives_a_view(text: str) -> None:
    found = parsed(text)
    assert found.when in ALLOWED["when"]
    assert parsed('{"profile": 7, "mid": "x", "when": null, "exact": true}') == View(exact=True)


async def test_rows_are_copied_with_their_titles(panel: ComparePanel) -> None:
    panel.body.table.selectRow(0)
    panel.body.table.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["Hedge", "", "Cost (a year)"]
    assert lines[1].startswith(panel.body.table.rows[0].name)


async def test_chains_are_fetched_only_while_it_is_seen(desk: Rig, build: Build) -> None:
    panel = build()
    assert desk.hedge._attended == 1
    panel.hide()
    assert desk.hedge._attended == 0
    panel.show()
    panel.retire()
    assert desk.hedge._attended == 0


async def test_it_can_be_as_narrow_as_a_dock_and_comes_back(panel: ComparePanel) -> None:
    for width in (900, 320, 900, 320):
        panel.resize(width, 700)
        QGuiApplication.processEvents()
        assert panel.width() == width
        for identifier in ("compare.save", "compare.run", "compare.desk", "compare.exact"):
            part = button(panel, identifier)
            right = part.mapTo(panel, part.rect().topRight()).x()
            assert right < width, identifier


def test_the_module_brings_no_numpy() -> None:
    program = (
        "import sys, vaultdesk.ui.panels.compare, vaultdesk.ui.panels.finder\n"
        "heavy = {'pyqtgraph', 'numpy', 'pandas', 'scipy'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_sold_contracts_carry_a_sign_and_expiries_are_counted() -> None:
    config = boards.config()
    puts, calls = config.board.of(boards.EXPIRIES[0], "P"), config.board.of(boards.EXPIRIES[1], "C")
    put = next(one for one in puts if one.strike == Decimal(350))
    call = next(one for one in calls if one.strike == Decimal(385))
    both = Position(
        (
            HedgeLeg(put, Decimal(50), Decimal("50.5")),
            HedgeLeg(call, Decimal(-50), Decimal("-50.5")),
        )
    )
    assert compare_table.in_words(both) == "50 × 350 put, −50 × 385 call"  # noqa: RUF001
    assert compare_table.in_words(both.unrounded()) == "50.50 × 350 put, −50.50 × 385 call"  # noqa: RUF001
    assert compare_table.expiries(both) == "2026-08-21 +1"
    assert compare_table.expiries(Position(both.legs[:1])) == "2026-08-21"
