"""The scenes of the what-if panel: chosen, kept and taken back, by keyboard alone."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QWidget

from tests.ui.panels.rig import child, text
from vaultdesk.core.hedge.scenes import READY, NamedScene
from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.events import Bus, ScenesChanged
from vaultdesk.services.scenes import SceneService
from vaultdesk.storage.database import Database
from vaultdesk.storage.scene_store import SqlSceneStore
from vaultdesk.ui.strategy.fields import Choice
from vaultdesk.ui.whatif.shelf import SceneShelf
from vaultdesk.ui.whatif.sliders import WhatIfSliders

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pytestqt.qtbot import QtBot

APRIL, FALL = "2013-04 April crash", Stress(gold=Decimal("-0.33"))


class Bench:
    """Sliders and the shelf above them, as the panel joins them."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.scenes = SceneService(self.bus)
        self.sliders = WhatIfSliders(SmileRule.STRIKE)
        self.sliders.fit(365, "", Decimal(70))
        self.shelf = SceneShelf(self.scenes, self.sliders)
        self.bus.subscribe(ScenesChanged, lambda _event: self.shelf.refresh())

    @property
    def chosen(self) -> str:
        return child(self.shelf, Choice, "whatif.scene").currentText()

    @property
    def note(self) -> str:
        return text(self.shelf, "whatif.scene.note")

    def pick(self, name: str) -> None:
        """Choose as the keyboard does: type the beginning, then Return."""
        combo = child(self.shelf, Choice, "whatif.scene")
        place = combo.findText(name)
        assert place >= 0, name
        combo.setCurrentIndex(place)
        combo.activated.emit(place)

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.scenes.kept]

    def dialog(self) -> QDialog:
        found = [one for one in self.shelf.findChildren(QDialog) if one.isVisible()]
        assert len(found) == 1
        return found[0]

    async def answer(self, name: str, *, replace: bool = False) -> None:
        """Type a name into the open dialog and press Return, twice to replace."""
        dialog = self.dialog()
        field = child(dialog, QLineEdit, "whatif.scene.name")
        field.selectAll()
        QTest.keyClicks(field, name)
        for _ in range(1 + replace):
            QTest.keyClick(field, Qt.Key.Key_Return)
        await self.shelf.errands.settled()

    async def save(self, name: str, *, replace: bool = False) -> None:
        self.shelf.bar.save.trigger()
        await self.answer(name, replace=replace)


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as made:
        yield made


@pytest_asyncio.fixture
async def bench(qtbot: QtBot, database: Database) -> AsyncIterator[Bench]:
    made = Bench()
    for widget in (made.sliders, made.shelf):
        qtbot.addWidget(widget)
        widget.show()
    await made.scenes.use(SqlSceneStore(database))
    yield made
    await made.shelf.errands.settled()


def gold(bench: Bench, percent: int) -> None:
    bench.sliders.gold.slider.setValue(percent)


@pytest.mark.usefixtures("qapp")
def test_before_the_database_is_open_scenes_can_be_assumed_and_none_kept() -> None:
    bench = Bench()
    assert not bench.shelf.bar.save.isEnabled()
    bench.pick(APRIL)
    assert bench.sliders.stress() == FALL


async def test_a_scene_is_assumed_named_while_it_stands_and_taken_back(bench: Bench) -> None:
    gold(bench, -5)
    bench.pick(APRIL)
    assert (bench.sliders.stress(), bench.chosen) == (FALL, APRIL)
    bench.sliders.vol.slider.setValue(3)
    assert bench.chosen == ""
    bench.sliders.take_back()
    assert (bench.sliders.stress(), bench.chosen) == (FALL, APRIL)
    bench.sliders.take_back()
    assert (bench.sliders.stress().gold, bench.chosen) == (Decimal("-0.05"), "")


async def test_a_ready_scene_keeps_the_smile_rule_and_an_own_one_has_its_own(bench: Bench) -> None:
    bench.sliders.smile.setCurrentIndex(2)
    bench.pick(APRIL)
    assert bench.sliders.stress().smile is SmileRule.DELTA
    await bench.save("mine")
    bench.sliders.smile.setCurrentIndex(0)
    bench.pick("mine")
    assert bench.sliders.stress().smile is SmileRule.DELTA


async def test_what_is_assumed_is_kept_under_a_name_and_comes_back(
    bench: Bench, database: Database
) -> None:
    gold(bench, -12)
    bench.sliders.advance.slider.setValue(60)
    bench.sliders.days.slider.setValue(30)
    await bench.save("  bank cuts   to 60 % ")
    kept = Stress(Decimal("-0.12"), 30, advance=Decimal("0.60"))
    assert bench.scenes.kept == (NamedScene("bank cuts to 60 %", kept),)
    assert bench.chosen == "bank cuts to 60 %"
    assert bench.note == "Kept as 'bank cuts to 60 %'."
    again = Bench()
    await again.scenes.use(SqlSceneStore(database))
    again.pick("bank cuts to 60 %")
    assert again.sliders.stress() == kept
    assert again.sliders.advance.slider.value() == 60


async def test_replacing_is_asked_and_can_be_declined_and_taken_back(bench: Bench) -> None:
    gold(bench, -10)
    await bench.save("mine")
    gold(bench, -20)
    bench.shelf.bar.save.trigger()
    await bench.answer("mine")
    dialog = bench.dialog()
    question = text(dialog, "whatif.scene.question")
    assert question.startswith("There is a scene 'mine' already. Replace it")
    save = child(dialog, QPushButton, "whatif.scene.save")
    assert save.text() == "&Replace"
    QTest.keyClicks(child(dialog, QLineEdit, "whatif.scene.name"), "x")
    assert (save.text(), child(dialog, QWidget, "whatif.scene.question").isHidden()) == (
        "&Save",
        True,
    )
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert [one.stress.gold for one in bench.scenes.kept] == [Decimal("-0.10")]
    await bench.save("mine", replace=True)
    assert [one.stress.gold for one in bench.scenes.kept] == [Decimal("-0.20")]
    assert bench.chosen == "mine"
    bench.shelf.bar.undo.trigger()
    await bench.shelf.errands.settled()
    assert [one.stress.gold for one in bench.scenes.kept] == [Decimal("-0.10")]
    assert bench.chosen == "", "the sliders do not stand at what is kept under that name now"


async def test_renamed_deleted_and_brought_back(bench: Bench) -> None:
    bar = bench.shelf.bar
    gold(bench, -10)
    await bench.save("mine")
    bar.rename.trigger()
    await bench.answer("yours")
    assert (bench.chosen, bench.names) == ("yours", ["yours"])
    bar.delete.trigger()
    await bench.shelf.errands.settled()
    assert bench.names == []
    assert "brings it back" in bench.note
    assert not bar.delete.isEnabled()
    assert bar.undo.text() == "&Undo deleting 'yours'"
    bar.undo.trigger()
    await bench.shelf.errands.settled()
    assert bench.names == ["yours"]
    assert bench.note == "Undone: deleting 'yours'."
    assert bench.chosen == "yours", "the sliders never left it"


async def test_those_that_come_with_the_desk_stay(bench: Bench) -> None:
    bar = bench.shelf.bar
    bench.pick(APRIL)
    assert not bar.rename.isEnabled()
    assert not bar.delete.isEnabled()
    await bench.save(APRIL)
    assert bench.names == []
    assert "choose another" in bench.note


async def test_what_cannot_be_assumed_here_is_left_out_and_said(bench: Bench) -> None:
    await bench.scenes.save("far", Stress(days=300, fx=Decimal("-0.1"), gold=Decimal("-0.2")))
    bench.sliders.fit(70, "", Decimal(70))
    bench.pick("far")
    assert bench.sliders.stress() == Stress(gold=Decimal("-0.2"), days=70)
    assert bench.chosen == "far"
    assert "looks 300 days ahead; the hedge ends in 70" in bench.note
    assert "currency is left out" in bench.note
    gold(bench, -21)
    assert bench.note == ""


async def test_one_of_a_newer_program_is_said_whenever_nothing_else_is(
    bench: Bench, database: Database
) -> None:
    await database.run(
        lambda connection: connection.exec_driver_sql(
            "INSERT INTO scenes VALUES ('Newer', '{\"rates\": 1}')"
        )
    )
    await bench.scenes.use(SqlSceneStore(database))
    assert "'Newer' cannot be read (it also assumes rates)" in bench.note
    await bench.save("Newer")
    assert "has that name: choose another" in bench.note
    gold(bench, -21)
    assert "'Newer' cannot be read" in bench.note
    assert [one.name for one in READY] == [
        bench.shelf.bar.list.itemText(i) for i in range(bench.shelf.bar.list.count())
    ]


async def test_the_keyboard_alone_chooses_and_opens_the_menu(bench: Bench) -> None:
    bar = bench.shelf.bar
    bar.list.setFocus()
    QTest.keyClick(bar.list, Qt.Key.Key_Down)
    assert (bench.chosen, bench.sliders.stress().gold) == (READY[0].name, Decimal("-0.29"))
    QTest.keyClick(bar.list, Qt.Key.Key_Down)
    assert bench.sliders.stress() == FALL
    assert bar.menu_button.focusPolicy() & Qt.FocusPolicy.TabFocus
