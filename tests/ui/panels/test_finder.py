"""The finder panel: what is asked for, what is found and proven, and what comes near."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCalendarWidget, QCheckBox, QLineEdit, QPushButton, QWidget

from tests.core.hedge import boards
from tests.ui.panels.hedged import hedged, moved
from tests.ui.panels.rig import Rig, child, label, shown, text
from vaultdesk.core.hedge.finder import FindRequest, Found, find
from vaultdesk.core.hedge.inputs import HedgeInputs, configured
from vaultdesk.core.hedge.position import At
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.events import HedgeChosen
from vaultdesk.ports import FeedError, FeedFault
from vaultdesk.ui.finder.table import COLUMNS
from vaultdesk.ui.finder.wishes import ENTRIES, collars_sentence, parsed, read_all, written
from vaultdesk.ui.format import money, number, percent
from vaultdesk.ui.panels.finder import FinderPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from vaultdesk.core.hedge.position import HedgeLeg

    Build = Callable[..., FinderPanel]

SEPTEMBER, DECEMBER = boards.EXPIRIES[1], boards.EXPIRIES[2]


@pytest.fixture
def saved() -> list[tuple[str, HedgeInputs, FindRequest, Found]]:
    return []


@pytest.fixture
def build(desk: Rig, qtbot: QtBot, saved: list[object]) -> Build:
    def made(kept: str = "") -> FinderPanel:
        panel = FinderPanel(desk.bus, desk.hedge, lambda *record: saved.append(record), kept)
        return shown(panel, qtbot)

    return made


@pytest.fixture
async def panel(desk: Rig, build: Build) -> FinderPanel:
    await hedged(desk)
    return build()


def field(panel: FinderPanel, identifier: str) -> QLineEdit:
    return child(panel, QLineEdit, identifier)


def button(panel: FinderPanel, identifier: str) -> QPushButton:
    return child(panel, QPushButton, identifier)


def retype(panel: FinderPanel, identifier: str, typed: str) -> None:
    line = field(panel, identifier)
    line.clear()
    QTest.keyClicks(line, typed)


def cell(leg: HedgeLeg, name: str) -> str:
    return next(column for column in COLUMNS if column.field == name).text(leg)


async def search(panel: FinderPanel, **typed: str) -> None:
    for name, value in typed.items():
        retype(panel, f"finder.{name}", value)
    button(panel, "finder.run").click()
    await panel.settled()


def answer(panel: FinderPanel) -> Found:
    assert panel._answer is not None
    return panel._answer[0]


async def test_it_begins_with_the_loans_own_limits(panel: FinderPanel) -> None:
    assert field(panel, "finder.max_ltv").text() == "70 %"
    assert field(panel, "finder.max_fall").text() == "30 %"
    assert field(panel, "finder.budget").text() == ""
    assert field(panel, "finder.budget").placeholderText() == "any, in USD"
    assert panel.form.horizon.day() == SEPTEMBER  # 70 days is nearer to 90 than 161
    assert text(panel, "finder.horizon.meaning") == (
        "70 days; 4 listed expiries last that long, the first 2026-09-18."
    )
    assert text(panel, "finder.remark") == (
        "The cheapest hedge with an LTV of 70 % at most, for every fall down to 30 %, on every day "
        "until 2026-09-18."
    )


async def test_what_was_typed_is_not_overwritten(desk: Rig, panel: FinderPanel) -> None:
    retype(panel, "finder.max_ltv", "72")
    panel.form.horizon.setDate(QDate(2026, 8, 3))
    await desk.loan.save(replace(boards.pledge(), call_ltv=Decimal("0.80")))
    await desk.hedge.refresh(use_cache=True)
    assert field(panel, "finder.max_ltv").text() == "72"
    assert panel.form.horizon.day() == date(2026, 8, 3)
    assert field(panel, "finder.max_fall").text() == "30 %"


async def test_a_usual_value_that_comes_while_one_is_about_to_type_gives_way(
    desk: Rig, panel: FinderPanel, qtbot: QtBot
) -> None:
    level = field(panel, "finder.max_ltv")
    panel.activateWindow()
    level.setFocus()
    qtbot.waitUntil(level.hasFocus)
    await desk.loan.save(replace(boards.pledge(), call_ltv=Decimal("0.80")))
    await desk.hedge.refresh(use_cache=True)
    assert level.text() == "75 %"
    QTest.keyClicks(level, "71 %")
    assert level.text() == "71 %"


async def test_the_cheapest_hedge_is_shown_as_the_core_finds_it(
    desk: Rig, panel: FinderPanel
) -> None:
    await search(panel)
    inputs, _problem = await desk.hedge.gather(
        lambda listed: tuple(e for e in listed if e >= SEPTEMBER), use_cache=True
    )
    assert inputs is not None
    expected = find(configured(inputs), FindRequest(Decimal("0.70"), Decimal("0.30"), SEPTEMBER))
    assert expected.position.legs
    rows = panel.result._model.rows
    assert tuple(rows) == expected.position.legs
    for leg in rows:
        assert cell(leg, "side") == "Buy"
        assert cell(leg, "contracts") == f"{leg.contracts:f}"
        assert cell(leg, "price") == f"{leg.listed.quote.ask:.2f}"
        assert cell(leg, "premium") == number(leg.premium())
        assert cell(leg, "interest") == "500"
    assert text(panel, "finder.cost") == money(expected.cost, "USD")
    at_mid = expected.position.cost(inputs.rules.fees, At.MID)
    assert money(at_mid, "USD") in text(panel, "finder.mid")
    assert money(expected.cost - at_mid, "USD") in text(panel, "finder.mid")
    assert percent(expected.worst_ltv, 2) in text(panel, "finder.worst")
    for one in expected.proof:
        assert one in text(panel, "finder.proof")


async def test_the_curves_are_the_loans_with_the_limit_over_the_fall_asked_for(
    panel: FinderPanel,
) -> None:
    await search(panel)
    plot = panel.result.chart.plot
    assert plot is not None
    by_name = {trace.name: trace for trace in plot.traces}
    limit = by_name["limit 70 %"]
    assert limit.x.tolist() == pytest.approx([245.0, 350.0])
    assert limit.y.tolist() == [0.7, 0.7]
    for name in ("hedged now", "hedged 2026-09-18"):
        hedge = by_name[name]
        inside = (hedge.x >= 245.0) & (hedge.x <= 350.0)
        assert hedge.y[inside].max() <= 0.7 + 1e-9
    bare = by_name["unhedged now"]
    assert bare.y == pytest.approx(2_100_000 / (10_000 * bare.x))


async def test_the_rules_typed_are_the_desks_from_then_on(desk: Rig, panel: FinderPanel) -> None:
    panel.form.use.setCurrentIndex(list(Use).index(Use.REPAYS))
    await search(panel, spread="12", open_interest="400")
    rules = desk.hedge.rules
    assert (rules.use, rules.max_spread, rules.min_open_interest) == (
        Use.REPAYS,
        Decimal("0.12"),
        400,
    )
    assert answer(panel).position.legs
    await search(panel, open_interest="501")
    assert not answer(panel).position.legs
    assert text(panel, "finder.problem") != ""


async def test_where_nothing_holds_the_nearest_that_does_is_one_click_away(
    panel: FinderPanel,
) -> None:
    await search(panel, budget="5000")
    first = answer(panel)
    assert first.nearest_ltv is not None
    assert text(panel, "finder.problem") == first.problem != ""
    assert label(panel, "finder.problem").isVisible()
    assert not button(panel, "finder.desk").isEnabled()
    offer = button(panel, "finder.nearest_ltv")
    assert offer.text() == f"Use {(100 * first.nearest_ltv).normalize():f} %"
    offer.click()
    await panel.settled()
    assert field(panel, "finder.max_ltv").text() == offer.text().removeprefix("Use ")
    assert answer(panel).problem == ""
    assert answer(panel).position.legs
    assert answer(panel).cost <= 5_000
    assert not offer.isVisible()


async def test_the_largest_fall_that_holds_is_offered_too(panel: FinderPanel) -> None:
    await search(panel, budget="5000")
    offer = button(panel, "finder.nearest_fall")
    assert offer.text().startswith("Use a fall of ")
    offer.click()
    await panel.settled()
    assert answer(panel).problem == ""
    assert field(panel, "finder.max_fall").text() == offer.text().removeprefix("Use a fall of ")


async def test_a_loan_that_holds_by_itself_needs_no_hedge(panel: FinderPanel) -> None:
    await search(panel, max_ltv="65", max_fall="5")
    assert text(panel, "finder.cost") == "No hedge is needed"
    assert not panel.result.table.isVisible()
    assert not button(panel, "finder.desk").isEnabled()
    assert button(panel, "finder.save").isEnabled()


async def test_a_payoff_that_stays_at_the_broker_cannot_help(panel: FinderPanel) -> None:
    panel.form.use.setCurrentIndex(list(Use).index(Use.BROKER))
    assert "what it is without a hedge" in text(panel, "finder.use.meaning")
    await search(panel)
    assert text(panel, "finder.problem") != ""
    assert not answer(panel).position.legs


@pytest.mark.parametrize(
    ("name", "typed", "why"),
    [
        ("max_ltv", "x", "LTV at most: “x” is not a number."),
        ("max_ltv", "0", "LTV at most: The LTV is between 1 % and 100 %."),
        ("max_fall", "99", "For every fall to: The fall is between 0 % and 95 %."),
        ("budget", "-1", "Budget: The budget is not below 0; leave it empty for any."),
        ("open_interest", "1.5", "Least open interest: Type a whole number."),
    ],
)
async def test_a_field_that_is_not_understood_says_so_and_nothing_is_searched(
    panel: FinderPanel, name: str, typed: str, why: str
) -> None:
    retype(panel, f"finder.{name}", typed)
    assert text(panel, "finder.remark") == why
    assert not button(panel, "finder.run").isEnabled()
    assert field(panel, f"finder.{name}").property("role") == "wrong"
    QTest.keyClick(field(panel, f"finder.{name}"), Qt.Key.Key_Return)
    assert panel._sought is None


async def test_run_becomes_cancel_and_a_cancelled_search_leaves_nothing(
    desk: Rig, panel: FinderPanel
) -> None:
    desk.clock.advance(4000)  # what was fetched is too old
    desk.feed.gates[SEPTEMBER] = asyncio.Event()
    run = button(panel, "finder.run")
    run.click()
    await desk.feed.waiting.wait()
    assert run.text() == "&Cancel"
    assert panel.form.progress.isVisible()
    panel.tick()
    assert text(panel, "finder.made") == "Searching… 1 s"
    run.click()
    desk.feed.gates[SEPTEMBER].set()
    await panel.settled()
    assert desk.feed.cancelled == [f"chain {SEPTEMBER}"]
    assert run.text() == "&Find the cheapest"
    assert not panel.form.progress.isVisible()
    assert text(panel, "finder.made") == "The search was cancelled."
    assert panel._answer is None


async def test_a_feed_that_fails_is_told_and_the_form_can_be_used_again(
    desk: Rig, panel: FinderPanel
) -> None:
    desk.clock.advance(4000)
    desk.feed.chains[SEPTEMBER] = FeedError(FeedFault.NO_DATA, "The feed is ill: try again.")
    await search(panel)
    assert text(panel, "finder.problem") == "The feed is ill: try again."
    assert button(panel, "finder.run").text() == "&Find the cheapest"


async def test_a_horizon_beyond_all_expiries_says_so(panel: FinderPanel) -> None:
    panel.form.horizon.setDate(QDate(2031, 1, 1))
    assert "no listed expiry lasts that long" in text(panel, "finder.horizon.meaning")
    await search(panel)
    assert text(panel, "finder.problem") == "No listed expiry of GLD lasts that long."


async def test_an_answer_stays_when_prices_move_and_says_that_it_is_old(
    desk: Rig, panel: FinderPanel
) -> None:
    await search(panel)
    made = text(panel, "finder.made")
    assert made.endswith("at 350.00")
    cost = text(panel, "finder.cost")
    await moved(desk, "345")
    assert text(panel, "finder.made") == f"{made} · older than the prices on screen: run again"
    assert text(panel, "finder.cost") == cost


async def test_it_goes_on_the_desk_and_into_a_record_that_gives_it_again(
    desk: Rig, panel: FinderPanel, saved: list[tuple[str, HedgeInputs, FindRequest, Found]]
) -> None:
    told: list[HedgeChosen] = []
    desk.bus.subscribe(HedgeChosen, told.append)
    await search(panel)
    button(panel, "finder.desk").click()
    (chosen,) = told
    assert chosen.position == answer(panel).position
    assert chosen.title == "Found: LTV 70 % at most to -30 % until 2026-09-18"
    await moved(desk, "345")  # what is saved is what is shown, not what holds now
    button(panel, "finder.save").click()
    ((kind, inputs, request, found),) = saved
    assert kind == "find"
    assert request == found.request
    again = find(configured(inputs), request)
    assert (again.position, again.cost, again.worst_ltv) == (
        found.position,
        found.cost,
        found.worst_ltv,
    )


async def test_enter_in_a_field_searches(panel: FinderPanel) -> None:
    QTest.keyClick(field(panel, "finder.max_ltv"), Qt.Key.Key_Return)
    await panel.settled()
    assert answer(panel).position.legs


async def test_tab_goes_down_the_form(panel: FinderPanel) -> None:
    panel.activateWindow()
    field(panel, "finder.max_ltv").setFocus()
    seen = []
    for _ in range(9):
        focused = panel.focusWidget()
        seen.append(focused.accessibleIdentifier())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert seen == [
        f"finder.{name}"
        for name in (
            *("max_ltv", "max_fall", "horizon", "budget", "use", "collars", "spread"),
            *("open_interest", "run"),
        )
    ]


async def test_listed_expiries_stand_out_in_the_calendar_and_all_of_it_has_ids(
    panel: FinderPanel,
) -> None:
    calendar = panel.form.horizon.calendarWidget()
    assert isinstance(calendar, QCalendarWidget)
    day = QDate(SEPTEMBER.year, SEPTEMBER.month, SEPTEMBER.day)
    assert calendar.dateTextFormat(day).fontUnderline()
    assert not calendar.dateTextFormat(day.addDays(1)).fontUnderline()
    assert calendar.minimumDate() == QDate(2026, 7, 10)
    for part in calendar.findChildren(QWidget):
        assert part.accessibleIdentifier().startswith("finder.horizon."), part


async def test_collars_say_what_selling_calls_means(desk: Rig, panel: FinderPanel) -> None:
    box = panel.findChild(QCheckBox, "finder.collars")
    assert isinstance(box, QCheckBox)
    assert text(panel, "finder.collars.meaning") == "Puts only: nothing is sold."
    box.click()
    assert "No call can be sold yet" in text(panel, "finder.collars.meaning")
    desk.hedge.use_rules(replace(desk.hedge.rules, naked_calls=True))
    assert "naked short" in text(panel, "finder.collars.meaning")
    await search(panel)
    assert answer(panel).request.collars
    sides = {cell(leg, "side") for leg in answer(panel).position.legs}
    assert sides == {"Buy", "Sell"}
    covered = HedgeRules(free_units=Decimal(500))
    assert "your 500 free shares" in collars_sentence(covered, allowed=True)


async def test_what_was_typed_is_remembered(panel: FinderPanel, build: Build) -> None:
    told: list[str] = []
    panel.view_changed.connect(told.append)
    retype(panel, "finder.max_ltv", "68")
    retype(panel, "finder.budget", "90k")
    panel.form.collars.setChecked(True)
    again = build(told[-1])
    assert field(again, "finder.max_ltv").text() == "68"
    assert field(again, "finder.budget").text() == "90k"
    assert again.form.collars.isChecked()
    assert field(again, "finder.max_fall").text() == "30 %"


@given(st.text())
def test_any_text_gives_what_was_typed_or_nothing(text: str) -> None:
    known = {entry.name for entry in ENTRIES} | {"collars"}
    assert set(parsed(text)) <= known
    assert parsed(written({"max_ltv": text})) == {"max_ltv": text}
    assert parsed('{"max_ltv": 7, "else": "x", "budget": "1"}') == {"budget": "1"}


@given(
    st.fixed_dictionaries({entry.name: st.text(max_size=8) for entry in ENTRIES}),
)
def test_every_field_is_read_or_says_why_not(texts: dict[str, str]) -> None:
    values, wrong = read_all(texts)
    assert set(values) | set(wrong) == {entry.name for entry in ENTRIES}
    assert not set(values) & set(wrong)
    assert all(wrong.values())
    if (limit := values.get("max_ltv")) is not None:
        assert Decimal("0.01") <= limit <= 1  # type: ignore[operator]
