"""The loan panel: what the eye meets first, and what it shows when there is nothing to show."""

from dataclasses import replace
from decimal import Decimal

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.panels.loan_rig import Build, figures, loan_panel
from tests.ui.panels.rig import TERMS, Rig, label, priced, running, text
from vaultdesk.core.loan.vocabulary import Tranche
from vaultdesk.core.market import Quality
from vaultdesk.events import (
    VolatilityChanged,
)
from vaultdesk.ui import theme
from vaultdesk.ui.loan.gauge import LtvGauge
from vaultdesk.ui.panels.loan import LoanPanel


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def build(desk: Rig, qtbot: QtBot, asked: list[str]) -> Build:
    return lambda: loan_panel(desk, qtbot, asked)


async def test_the_reference_loan_reads_as_the_bank_would_write_it(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    assert figures(panel, "ltv", "zone", "value", "amount") == [
        "60.0 %",
        "SAFE",
        "3,500,000.00 USD",
        "2,100,000.00 USD",
    ]
    assert figures(panel, "call_price", "closeout_price", "distance") == [
        "280.00 USD",
        "247.06 USD",
        "70.00 USD · 20.0 %",
    ]


async def test_every_figure_says_where_it_comes_from_and_how_old_it_is(
    desk: Rig, build: Build
) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00", Quality.DELAYED))
    assert text(panel, "loan.source").replace("\N{NO-BREAK SPACE}", " ") == (
        "from GLD 350.00 yahoo · DELAYED · 4 s ago"
    )
    assert text(panel, "loan.quality") == "DELAYED"


async def test_the_age_moves_on_without_a_new_price(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    desk.clock.advance(8)
    panel.tick()
    assert text(panel, "loan.source").endswith("12\N{NO-BREAK SPACE}s\N{NO-BREAK SPACE}ago")


@pytest.mark.parametrize(
    ("price", "word", "tone"),
    [
        ("350.00", "SAFE", "up"),
        ("300.00", "WARNING", "warning"),
        ("280.00", "MARGIN CALL", "down"),
        ("240.00", "CLOSE-OUT", "down"),
    ],
)
async def test_a_zone_has_its_word_and_its_colour(
    desk: Rig, build: Build, price: str, word: str, tone: str
) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced(price))
    assert text(panel, "loan.zone") == word
    assert label(panel, "loan.ltv").property("role") == tone


async def test_beyond_the_call_the_distance_is_negative_and_the_cure_stands(
    desk: Rig, build: Build
) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("262.50"))
    assert figures(panel, "distance", "cure_repay", "cure_pledge") == [
        "-17.50 USD · -6.7 %",
        "393,750.00 USD",
        "605,769.23 USD",
    ]


async def test_where_nothing_needs_curing_no_zero_is_shown(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    assert figures(panel, "cure_repay", "cure_pledge") == ["not needed", "not needed"]
    assert "65.0 %" in label(panel, "loan.cure_repay").toolTip()


async def test_the_distance_in_sigma_names_its_volatility(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    assert "not known yet" in text(panel, "loan.sigma")
    desk.bus.tell(VolatilityChanged("GLD", 0.2, "the chain", Quality.LIVE))
    assert text(panel, "loan.sigma") == "15.9 days' σ · σ from the chain"  # noqa: RUF001


async def test_without_a_price_only_what_the_terms_alone_give_is_a_number(
    desk: Rig, build: Build
) -> None:
    await desk.pledge()
    panel = build()
    needs_a_price = ("ltv", "value", "distance", "cure_repay", "cure_pledge")
    assert set(figures(panel, *needs_a_price)) == {"—"}
    assert text(panel, "loan.problem") == "No price of GLD has come yet."
    assert text(panel, "loan.amount") == "2,100,000.00 USD"
    assert text(panel, "loan.call_price") == "280.00 USD"
    assert text(panel, "loan.closeout_price") == "247.06 USD"
    assert label(panel, "loan.value").toolTip() == "No price of GLD has come yet."


async def test_a_price_that_comes_back_takes_the_problem_away(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    banner = label(panel, "loan.problem").parentWidget()
    assert banner is not None
    assert not banner.isHidden()
    await desk.quote(priced("350.00"))
    assert banner.isHidden()
    assert label(panel, "loan.value").toolTip() == ""


async def test_without_a_loan_the_panel_offers_the_two_ways_to_begin(
    desk: Rig, build: Build, asked: list[str]
) -> None:
    panel = build()
    assert not label(panel, "loan.ltv").isVisible()
    for name in ("loan.setup", "loan.demo"):
        button = panel.findChild(QPushButton, name)
        assert button is not None
        assert button.isVisible()
        button.click()
    assert asked == ["edit", "demo"]
    await desk.pledge()
    assert label(panel, "loan.ltv").isVisible()


async def test_the_edit_button_asks_for_the_dialog(
    desk: Rig, build: Build, asked: list[str]
) -> None:
    await desk.pledge()
    panel = build()
    button = panel.findChild(QPushButton, "loan.edit")
    assert button is not None
    button.click()
    assert asked == ["edit"]


async def test_the_gauge_stands_at_the_ltv_with_the_levels_of_the_terms(
    desk: Rig, build: Build
) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    gauge = panel.findChild(LtvGauge, "loan.gauge")
    assert gauge is not None
    assert gauge.accessibleName() == ("LTV 60.0 %; warning 70.0 %, call 75.0 %, close-out 85.0 %")


@pytest.mark.parametrize("units", ["10000", "123456789.5"])
async def test_no_figure_is_wider_than_its_label(desk: Rig, build: Build, units: str) -> None:
    pledged = Decimal(units)
    lot, tranche = replace(TERMS.lots[0], quantity=pledged), Tranche(pledged * 200)
    await desk.pledge(replace(TERMS, lots=(lot,), tranches=(tranche,)))
    panel = build()
    await desk.quote(priced("350.00"))
    panel.resize(panel.minimumSizeHint())
    for name in ("ltv", "value", "amount", "call_price", "distance", "cure_repay"):
        figure = label(panel, f"loan.{name}")
        assert figure.width() >= figure.fontMetrics().horizontalAdvance(figure.text()), name


async def test_a_theme_recolours_the_chips(desk: Rig, build: Build, qapp: QApplication) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    assert theme.DARK.up in label(panel, "loan.quality").styleSheet()
    theme.apply(qapp, theme.LIGHT)
    try:
        assert theme.LIGHT.up in label(panel, "loan.quality").styleSheet()
    finally:
        theme.apply(qapp, theme.DARK)


async def test_retired_it_no_longer_follows_the_theme(
    desk: Rig, build: Build, qapp: QApplication
) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    panel.retire()
    theme.apply(qapp, theme.LIGHT)
    theme.apply(qapp, theme.DARK)
    desk.loan.state = None
    theme.notifier().changed.emit(theme.DARK)
    assert text(panel, "loan.ltv") == "60.0 %"


async def test_retired_it_hears_nothing_and_nothing_ticks(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    await desk.quote(priced("350.00"))
    panel.retire()
    assert running(panel) == []
    await desk.quote(priced("300.00"))
    assert text(panel, "loan.ltv") == "60.0 %"
    panel.hide()
    panel.show()
    assert running(panel) == []


async def test_hidden_it_does_not_tick(desk: Rig, build: Build) -> None:
    await desk.pledge()
    panel = build()
    assert len(running(panel)) == 1
    panel.hide()
    assert running(panel) == []


async def test_deleted_without_retiring_it_leaves_no_live_wrapper_behind(
    desk: Rig, asked: list[str]
) -> None:
    panel = LoanPanel(desk.bus, desk.loan, desk.clock, lambda: asked.append(""), asked.clear)
    panel.retire()
    shiboken6.delete(panel)
    assert not shiboken6.isValid(panel)
    await desk.quote(priced("350.00"))
