"""The loan panel: the facility behind the LTV, its other ratios, its cures and what is coming."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from tests.fakes.feed import START
from tests.ui.panels.loan_rig import Build, figures, loan_panel
from tests.ui.panels.rig import TERMS, Rig, label, priced, text
from vaultdesk.core.loan.first_passage import CallProbability
from vaultdesk.core.loan.gold import ounces_per_share
from vaultdesk.core.loan.snapshots import Snapshot, snapshot
from vaultdesk.core.loan.terms import with_advance
from vaultdesk.core.loan.vocabulary import Asset, Lot, Reserve, Tranche
from vaultdesk.events import (
    AssetQuoted,
    CallProbabilityChanged,
    ProblemRaised,
    QuoteChanged,
)
from vaultdesk.ui.format import money
from vaultdesk.ui.loan.advance_dialog import AdvanceDialog
from vaultdesk.ui.panels.loan import LoanPanel


@pytest.fixture
def build(desk: Rig, qtbot: QtBot) -> Build:
    return lambda: loan_panel(desk, qtbot, [])


def other(symbol: str, price: str) -> AssetQuoted:
    return AssetQuoted(replace(priced(price), symbol=symbol))


async def test_the_three_ratios_say_what_they_divide(desk: Rig, build: Build) -> None:
    """2.1 M on 3.5 M with 350,000 in reserve that arrives in time: 85.7 % and 50 %."""
    await desk.pledge(replace(TERMS, reserves=(Reserve(Decimal(350_000)),)))
    panel = build()
    await desk.quote(priced("350.00"))
    assert figures(panel, "utilisation", "cash_ltv") == ["85.7 %", "50.0 %"]
    assert figures(panel, "headroom", "lending_value") == ["350,000.00 USD", "2,450,000.00 USD"]
    shown = {found.text() for found in panel.findChildren(QLabel)}
    assert {"LTV: loan ÷ market value", "loan ÷ lending value", "(loan - cash) ÷ value"} <= shown


async def test_a_shortfall_of_lending_value_is_red_and_negative(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("280.00"))
    assert figures(panel, "utilisation", "headroom") == ["107.1 %", "-140,000.00 USD"]
    assert label(panel, "loan.utilisation").property("role") == "down"


async def test_the_third_way_to_cure_is_to_sell(desk: Rig, build: Build) -> None:
    """393,750 to be repaid at 65 %: sold are 393,750 / 0.35 (worked value)."""
    await desk.pledge()
    panel = build()
    await desk.quote(priced("262.50"))
    assert text(panel, "loan.cure_sell") == "1,125,000.00 USD"
    await desk.quote(priced("200.00"))
    assert text(panel, "loan.cure_sell") == "—"
    assert "selling it all would not do" in label(panel, "loan.cure_sell").toolTip()


async def test_a_target_that_is_typed_is_aimed_at(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("262.50"))
    field = panel.findChild(QLineEdit, "loan.cure_target")
    assert field is not None
    assert field.placeholderText() == "65 %"
    QTest.keyClicks(field, "70")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert figures(panel, "cure_repay", "cure_pledge") == ["262,500.00 USD", "375,000.00 USD"]
    assert field.text() == "70 %"
    assert desk.loan.cure_to == Decimal("0.70")
    field.clear()
    field.setModified(True)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.loan.cure_to is None
    assert text(panel, "loan.cure_repay") == "393,750.00 USD"


@pytest.mark.parametrize("typed", ["100 %", "0", "-5", "x"])
async def test_a_target_that_is_none_is_refused_at_the_field(
    desk: Rig, build: Build, typed: str
) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("262.50"))
    field = panel.findChild(QLineEdit, "loan.cure_target")
    assert field is not None
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.property("role") == "wrong"
    assert desk.loan.cure_to is None
    await desk.quote(priced("262.00"))
    assert field.text() == typed


async def test_ounces_are_told_for_who_asks_for_more(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    told: list[bool] = []
    panel.more_changed.connect(told.append)
    figure = label(panel, "loan.call_ounce")
    assert not figure.isVisible()
    button = panel.findChild(QPushButton, "loan.more")
    assert button is not None
    button.click()
    assert told == [True]
    assert figure.isVisible()
    ounces = ounces_per_share("GLD", START)
    assert ounces is not None
    assert figure.text() == money(280 / ounces, "USD")


async def test_where_no_fall_reaches_the_call_it_says_so(desk: Rig, build: Build) -> None:
    cash = Lot(Asset.CASH, "USD", Decimal(3_000_000), Decimal(1), "USD")
    await desk.pledge(replace(TERMS, lots=(*TERMS.lots, cash)))
    panel = build()
    await desk.quote(priced("350.00"))
    assert figures(panel, "call_price", "distance") == ["no fall reaches it"] * 2
    assert text(panel, "loan.call_ounce") == "—"
    assert "No fall of GLD" in label(panel, "loan.call_ounce").toolTip()


async def test_bars_and_currencies_show_their_rows_only_where_there_are_any(
    desk: Rig, build: Build
) -> None:
    await desk.pledge()
    panel = build()
    panel._body.expander.setChecked(True)
    await desk.quote(priced("350.00"))
    rows = ("loan.fx_delta", "loan.basis")
    assert [label(panel, row).isVisible() for row in rows] == [False, False]
    button = panel.findChild(QPushButton, "loan.fx_map")
    assert button is not None
    assert not button.isVisible()
    bar = Lot(Asset.BAR, "XAU", Decimal(2), unit="kg", ounces_each=Decimal("32.15"))
    await desk.pledge(
        replace(
            TERMS,
            lots=(*TERMS.lots, bar),
            tranches=(*TERMS.tranches, Tranche(Decimal(100_000), "EUR")),
        )
    )
    for asset in (other("EURUSD", "1.25"), other("XAUUSD", "3825")):
        desk.bus.tell(asset)
    assert [label(panel, row).isVisible() for row in rows] == [True, True]
    assert text(panel, "loan.fx_delta").startswith("EUR +1 %: +0.0")
    assert button.isVisible()
    table = panel.findChild(QTableWidget, "loan.lots")
    assert table is not None
    assert table.isVisible()
    item = table.item(1, 0)
    assert item is not None
    assert item.text() == "2 kg of gold"
    assert "and 1 more" in text(panel, "loan.source")


async def test_a_price_seen_once_is_marked_unconfirmed(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    chip = label(panel, "loan.unconfirmed")
    assert not chip.isVisible()
    desk.bus.tell(QuoteChanged(priced("300.00", confirmed=False)))
    assert chip.isVisible()
    assert chip.text() == "UNCONFIRMED"


async def test_coming_terms_are_announced(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    cut = with_advance(TERMS, Asset.FUND, Decimal("0.60"), desk.clock.now())
    await desk.loan.save(replace(cut, effective=desk.clock.now() + timedelta(days=10)))
    announced = text(panel, "loan.coming")
    assert "GLD advance rate 70 % → 60 %: LTV 60.0 %, utilisation 100.0 %" in announced
    assert text(panel, "loan.utilisation") == "85.7 %"
    desk.clock.advance(11 * 86_400)
    await desk.quote(priced("350.00"))
    assert text(panel, "loan.coming") == ""
    assert text(panel, "loan.utilisation") == "100.0 %"


async def test_the_probability_of_a_call_is_shown_when_it_is_known(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    assert text(panel, "loan.call_probability") == "—"
    smile = CallProbability(0.12, None, 41.2, "options")
    desk.bus.tell(CallProbabilityChanged(date(2026, 12, 18), smile, smile))
    assert text(panel, "loan.call_probability").startswith("12 % by options, 12 % by history")
    shown = {found.text() for found in panel.findChildren(QLabel)}
    assert "Call by 18 Dec" in shown


async def test_a_call_counts_down_to_its_deadline_from_when_it_was_seen(
    desk: Rig, qtbot: QtBot
) -> None:
    """START is Friday 2026-07-10 17:00 in Zurich, after the cut-off: it counts as Monday's."""
    asked: list[str] = []

    async def holidays(calendar: str) -> frozenset[date]:
        asked.append(calendar)
        return frozenset({date(2026, 7, 14)})

    panel = LoanPanel(desk.bus, desk.loan, desk.clock, asked.clear, asked.clear, holidays=holidays)
    qtbot.addWidget(panel, before_close_func=lambda p: p.retire())
    panel.show()
    await desk.pledge()
    await desk.quote(priced("350.00"))
    await panel.errands.settled()
    assert asked == ["XSWX"]
    assert text(panel, "loan.cure_deadline") == "by Thu 16 Jul 16:00 Zurich"
    desk.bus.tell(QuoteChanged(priced("262.50")))
    assert text(panel, "loan.cure_deadline").startswith("by Thu 16 Jul 16:00 Zurich · 5 d 2")
    desk.clock.advance(4 * 86_400)
    panel.tick()
    assert text(panel, "loan.cure_deadline").startswith("by Thu 16 Jul 16:00 Zurich · 1 d 2")


async def test_a_call_that_is_over_stops_the_countdown(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("262.50"))
    assert "left" in text(panel, "loan.cure_deadline")
    desk.bus.tell(QuoteChanged(priced("350.00")))
    assert text(panel, "loan.cure_deadline") == "by Wed 15 Jul 16:00 Zurich"


async def test_a_jump_seen_only_once_begins_no_countdown(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    desk.bus.tell(QuoteChanged(priced("262.50", confirmed=False)))
    assert text(panel, "loan.zone") == "MARGIN CALL"
    assert "left" not in text(panel, "loan.cure_deadline")
    desk.bus.tell(QuoteChanged(priced("262.50")))
    assert "left" in text(panel, "loan.cure_deadline")


async def test_a_call_that_stood_before_the_desk_began_counts_from_then(
    desk: Rig, qtbot: QtBot
) -> None:
    await desk.pledge()
    await desk.quote(priced("262.50"))
    state = desk.loan.state
    assert state is not None
    thursday = snapshot(state, desk.clock.now() - timedelta(days=1, hours=4), "zone")

    async def past() -> list[Snapshot]:
        return [thursday]

    panel = loan_panel(desk, qtbot, [], past=past)
    assert text(panel, "loan.cure_deadline").startswith("by Wed 15 Jul 16:00 Zurich")
    await panel.errands.settled()
    assert text(panel, "loan.cure_deadline").startswith("by Mon 13 Jul 16:00 Zurich")


async def test_a_calendar_that_is_not_known_is_told(desk: Rig, qtbot: QtBot) -> None:
    told: list[str] = []
    desk.bus.subscribe(ProblemRaised, lambda event: told.append(event.sentence))

    async def holidays(calendar: str) -> frozenset[date]:
        raise ValueError(f"There is no calendar of holidays named {calendar}.")

    panel = loan_panel(desk, qtbot, [], holidays)
    await desk.pledge()
    await desk.quote(priced("350.00"))
    await panel.errands.settled()
    assert told == ["There is no calendar of holidays named XSWX."]
    assert "are not counted" in label(panel, "loan.cure_deadline").toolTip()


async def test_a_cut_of_the_advance_rate_is_compared_and_kept(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    panel._body.expander.setChecked(True)
    await desk.quote(priced("350.00"))
    button = panel.findChild(QPushButton, "loan.advance")
    assert button is not None
    button.click()
    dialog = panel.findChild(AdvanceDialog)
    assert dialog is not None
    assert text(dialog, "loan.advance.utilisation.after") == "100.0 %"
    dialog.save.click()
    await panel.errands.settled()
    assert text(panel, "loan.utilisation") == "100.0 %"
    assert len(await desk.loan.versions()) == 2


async def test_the_map_opens_from_the_panel(desk: Rig, build: Build) -> None:
    await desk.pledge(replace(TERMS, tranches=(Tranche(Decimal(1_680_000), "EUR"),)))
    panel = build()
    panel._body.expander.setChecked(True)
    desk.bus.tell(other("EURUSD", "1.25"))
    await desk.quote(priced("350.00"))
    button = panel.findChild(QPushButton, "loan.fx_map")
    assert button is not None
    button.click()
    found = panel.findChild(QLabel, "loan.fx_map.readout")
    assert found is not None
    assert found.text() == "gold 0.0 %, EUR 0.0 %: LTV 60.0 %, safe"


@pytest.mark.parametrize("unfolded", [False, True])
async def test_it_fits_a_narrow_dock(desk: Rig, build: Build, unfolded: bool) -> None:
    await desk.pledge()
    panel = build()
    panel._body.expander.setChecked(unfolded)
    await desk.quote(priced("350.00"))
    assert panel.minimumSizeHint().width() <= 300
    assert panel.minimumSizeHint().height() <= 260
