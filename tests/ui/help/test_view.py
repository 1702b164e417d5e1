"""The page: its headings are found, its hits marked, its size changed and kept in place."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vaultdesk.ui import theme
from vaultdesk.ui.help.view import ZOOMS, HelpView

LONG = "\n\n".join(f"## Part {n}\n\nmargin {n} " + "words to fill a line " * 30 for n in range(20))


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> HelpView:
    theme.apply(qapp, theme.DARK)
    made = HelpView()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    made.show_page(LONG)
    return made


def top(view: HelpView) -> str:
    return view.cursorForPosition(view.viewport().rect().topLeft()).block().text()


def test_a_heading_is_brought_to_the_top_by_its_slug(view: HelpView) -> None:
    assert view.go_to("part-7")
    assert top(view) in ("Part 7", "") or view.textCursor().block().text() == "Part 7"
    assert view.textCursor().block().text() == "Part 7"
    assert 0 <= view.cursorRect().top() < 60
    assert not view.go_to("part-77")
    assert view.verticalScrollBar().value() == 0


def test_hits_are_marked_and_gone_through_in_both_directions(view: HelpView) -> None:
    view.mark(["marg"])
    assert len(view.hits) == 20
    assert view.hits[3].selectedText() == "margin"
    assert [view.step_hit(1) for _ in range(21)] == [True] * 20 + [False]
    assert view.hit == 19
    assert view.step_hit(-1)
    assert view.hit == 18
    now = theme.current()
    grounds = [look.format.background().color().name() for look in view.extraSelections()]
    assert grounds.count(now.accent) == 1
    assert grounds[18] == now.accent


def test_a_hit_is_a_word_s_beginning_and_marks_are_taken_as_they_are(view: HelpView) -> None:
    view.mark(["argin"])
    assert view.hits == []
    view.mark(["m.rg"])
    assert view.hits == []


def test_backwards_from_the_top_begins_at_the_last_hit(view: HelpView) -> None:
    view.mark(["margin"])
    assert view.step_hit(-1)
    assert view.hit == 19


def test_the_size_of_the_text_changes_in_steps_and_ends_somewhere(view: HelpView) -> None:
    points = view.document().defaultFont().pointSizeF()
    view.step_zoom(1)
    assert view.document().defaultFont().pointSizeF() > points
    for _ in range(20):
        view.step_zoom(1)
    assert view.zoom == ZOOMS[-1]
    view.zoom_to(33)
    assert view.zoom == ZOOMS[0]


def test_another_size_keeps_the_place_and_the_hit(view: HelpView) -> None:
    view.mark(["margin"])
    for _ in range(10):
        view.step_hit(1)
    view.step_zoom(2)
    assert view.hit == 9
    assert view.hits[9].block().text().startswith("margin 9")
    assert view.verticalScrollBar().value() > 0


def test_another_theme_paints_the_hits_in_its_own_colours(
    view: HelpView, qapp: QApplication
) -> None:
    view.mark(["margin"])
    view.step_hit(1)
    theme.apply(qapp, theme.LIGHT)
    view.recolour()
    first = view.extraSelections()[0]
    assert first.format.background().color().name() == theme.LIGHT.accent
    theme.apply(qapp, theme.DARK)
