"""The tray icon: what it says and the shape it takes."""

from itertools import combinations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from tests.fakes.alerts import ALERT
from tests.fakes.loans import valued
from tests.ui.desk import TERMS, quote
from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.market import Quality
from vaultdesk.events import Bus, LoanValued, QuoteChanged
from vaultdesk.ports import DeliveryError
from vaultdesk.ui.tray import BalloonChannel, Tray, tooltip, zone_icon

ZONES = [*map(str, Zone), "unknown"]


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def tray(qapp: QApplication, bus: Bus) -> Tray:
    del qapp
    return Tray(bus)


def test_the_tooltip_tells_price_ltv_and_zone() -> None:
    state = valued(TERMS, quote("377.01"))
    assert tooltip(state, None) == "GLD 377.01 · LTV 55.7 % · safe"


def test_a_price_that_is_not_live_says_so() -> None:
    state = valued(TERMS, quote("377.01", Quality.SIMULATED))
    assert tooltip(state, None).endswith("safe · SIMULATED")


def test_without_a_loan_the_price_still_stands() -> None:
    assert tooltip(None, quote("377.01")) == "GLD 377.01 · no loan set up"
    told = tooltip(None, quote("377.01", Quality.STALE), "No honest price.")
    assert told == "GLD 377.01 · No honest price. · STALE"


def test_before_any_price_it_says_so() -> None:
    assert tooltip(None, None) == "VaultDesk · no price yet"


def grey(name: str) -> QImage:
    image = zone_icon(name).pixmap(QSize(64, 64)).toImage()
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def test_every_zone_has_a_shape_of_its_own_even_without_colour(qapp: QApplication) -> None:
    del qapp
    images = {name: grey(name) for name in ZONES}
    for first, second in combinations(ZONES, 2):
        pixels = [
            abs(
                images[first].pixelColor(x, y).lightness()
                - images[second].pixelColor(x, y).lightness()
            )
            for x in range(0, 64, 2)
            for y in range(0, 64, 2)
        ]
        assert sum(difference > 60 for difference in pixels) > 15, (first, second)


@pytest.mark.parametrize(
    ("price", "zone"),
    [("350.00", "safe"), ("290.00", "warning"), ("280.00", "call"), ("240.00", "closeout")],
)
def test_the_icon_follows_the_loan(bus: Bus, tray: Tray, price: str, zone: str) -> None:
    before = tray.icon.icon().cacheKey()
    bus.tell(LoanValued(valued(TERMS, quote(price))))
    assert tray.zone == zone
    assert tray.icon.icon().cacheKey() != before
    assert zone in tray.text()


def test_a_loan_that_cannot_be_valued_has_no_zone(bus: Bus, tray: Tray) -> None:
    bus.tell(LoanValued(valued(TERMS, quote())))
    bus.tell(LoanValued(None, "No price of GLD."))
    assert tray.zone == "unknown"
    assert "No price of GLD." in tray.text()


def test_a_quote_is_told_before_any_loan(bus: Bus, tray: Tray) -> None:
    bus.tell(QuoteChanged(quote("377.01")))
    assert tray.text() == "GLD 377.01 · no loan set up"


def test_without_a_tray_it_cannot_hold_a_closed_window(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    tray.show()
    assert not tray.visible()


def test_clicking_opens_and_the_menu_quits(qtbot: QtBot, tray: Tray) -> None:
    with qtbot.waitSignal(tray.open_requested):
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    with qtbot.assertNotEmitted(tray.open_requested):
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    opened, *_others, left = tray.menu.actions()
    with qtbot.waitSignal(tray.open_requested):
        opened.trigger()
    with qtbot.waitSignal(tray.quit_requested):
        left.trigger()


def test_a_retired_tray_hears_nothing(bus: Bus, tray: Tray) -> None:
    tray.retire()
    bus.tell(QuoteChanged(quote("377.01")))
    assert tray.text() == "VaultDesk · no price yet"


def test_open_alerts_are_counted_in_the_tooltip(bus: Bus, tray: Tray) -> None:
    bus.tell(LoanValued(valued(TERMS, quote("377.01", Quality.SIMULATED))))
    tray.show_open(2)
    assert tray.text() == "GLD 377.01 · LTV 55.7 % · safe · SIMULATED · 2 open alerts"
    tray.show_open(1)
    assert tray.text().endswith(" · 1 open alert")
    tray.show_open(0)
    assert tray.text().endswith("SIMULATED")


def test_each_entry_of_the_menu_asks_for_what_it_says(qtbot: QtBot, tray: Tray) -> None:
    tray.show_open(1)
    asked = {
        "&Open VaultDesk": tray.open_requested,
        "&Alerts": tray.alerts_requested,
        "Ac&knowledge all alerts": tray.acknowledge_requested,
        "&Snooze all alerts for 1 h": tray.snooze_requested,
        "Edit the &loan…": tray.cure_requested,
        "&Quit": tray.quit_requested,
    }
    entries = [action for action in tray.menu.actions() if not action.isSeparator()]
    assert [action.text() for action in entries] == list(asked)
    for action, signal in zip(entries, asked.values(), strict=True):
        with qtbot.waitSignal(signal):
            action.trigger()


def test_nothing_open_leaves_nothing_to_acknowledge(tray: Tray) -> None:
    entry = next(a for a in tray.menu.actions() if a.text().startswith("Ac"))
    assert not entry.isEnabled()
    tray.show_open(3)
    assert entry.isEnabled()


async def test_without_a_tray_a_balloon_is_refused_with_a_sentence(tray: Tray) -> None:
    for there in (None, tray):
        with pytest.raises(DeliveryError, match="no tray to show alerts from"):
            await BalloonChannel(lambda there=there: there).deliver(ALERT, "1")  # type: ignore[misc]
