"""The desk speaks as its user does, from before the first window is loaded."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from vaultdesk.app.locality import follow
from vaultdesk.ui import manner, translation
from vaultdesk.ui.finder.horizon import HorizonField
from vaultdesk.ui.format import number


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    before = QLocale()
    yield
    QLocale.setDefault(before)
    manner.use(manner.FILES)
    translation.use(None)


def test_the_setting_decides_how_numbers_are_written_everywhere(qtbot: QtBot) -> None:
    follow("de_DE")
    counted = QSpinBox()
    counted.setGroupSeparatorShown(True)
    counted.setRange(0, 10_000)
    counted.setValue(1234)
    day = HorizonField()
    for field in (counted, day):
        qtbot.addWidget(field)
    assert number(Decimal("1234.5")) == "1.234,50"
    assert counted.text() == "1.234"
    assert day.displayFormat() == "dd.MM.yyyy"


def test_fields_have_the_digits_of_the_figures_beside_them(qtbot: QtBot) -> None:
    follow("ar_EG")
    field = QSpinBox()
    qtbot.addWidget(field)
    field.setValue(12)
    assert field.text() == "12"
    assert number(Decimal("1234.5")) == "1,234.50"


def test_a_machine_without_a_locale_has_iso() -> None:
    follow("C")
    assert manner.current() is manner.FILES


def test_without_the_setting_it_is_the_machines_own() -> None:
    follow("")
    assert manner.current() == manner.manner_of(QLocale.system())
