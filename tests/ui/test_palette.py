"""The palette of commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.desk import desk
from vaultdesk.ui.commands import Command
from vaultdesk.ui.palette import ranked, score

WORDS = st.text("abcdefgh ", max_size=12)


def test_letters_must_stand_in_their_order() -> None:
    assert score("rm", "Record market") is not None
    assert score("mr", "Record market") == score("mr", "Record market".lower())
    assert score("tm", "Market") is None


def test_starts_of_words_beat_letters_in_the_middle() -> None:
    texts = ["Option chain", "Next expiry", "Export history"]
    assert ranked("eh", texts) == [2]
    assert ranked("ex", texts)[0] in (1, 2)
    assert ranked("ne", texts)[0] == 1


def test_letters_in_a_row_beat_scattered_ones() -> None:
    assert ranked("dark", ["Madam rocks", "The dark"])[0] == 1


def test_a_word_as_it_was_typed_beats_starts_of_many_words() -> None:
    texts = ["Reaching it from elsewhere Help > Pages", "Fresh start", "Refresh Market"]
    assert ranked("refresh", texts) == [2, 0]
    assert ranked("fresh st", texts)[0] == 1


def test_nothing_typed_keeps_the_menus_order() -> None:
    assert ranked("", ["b", "a", "c"]) == [0, 1, 2]


@given(text=WORDS, chosen=st.sets(st.integers(0, 11)))
def test_any_letters_left_out_still_find_the_text(text: str, chosen: set[int]) -> None:
    typed = "".join(letter for place, letter in enumerate(text) if place in chosen)
    assert score(typed, text) is not None


@given(typed=WORDS, text=WORDS)
def test_a_match_holds_the_typed_letters_in_order(typed: str, text: str) -> None:
    rest = iter(text)
    inside = all(letter in rest for letter in typed.replace(" ", ""))
    assert (score(typed, text) is not None) == inside


class Opened:
    """A desk with one command of its own and its palette open."""

    def __init__(self, qtbot: QtBot) -> None:
        self.ran: list[str] = []
        command = Command("x", "&Market", "&Zap the feed", lambda: self.ran.append("zap"), "Ctrl+J")
        self.window = desk(commands=[command])
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.open_palette()
        self.palette = self.window.command_palette
        qtbot.waitUntil(self.palette.isActiveWindow)

    def shown(self) -> list[str]:
        tree = self.palette.list
        items = [tree.topLevelItem(place) for place in range(tree.topLevelItemCount())]
        return [item.text(0) for item in items if item is not None]


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    return Opened(qtbot)


def test_the_keys_open_it_with_every_command(qtbot: QtBot) -> None:
    window = desk()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    tree = window.command_palette.list
    assert window.command_palette.isVisible()
    assert tree.topLevelItemCount() == len(window.entries()) > 20


def test_typing_narrows_and_enter_runs(opened: Opened) -> None:
    QTest.keyClicks(opened.palette.search, "zap")
    assert opened.shown() == ["Zap the feed"]
    item = opened.palette.list.topLevelItem(0)
    assert item is not None
    assert item.text(2) == "Ctrl+J"
    QTest.keyClick(opened.palette.search, Qt.Key.Key_Return)
    assert opened.ran == ["zap"]
    assert not opened.palette.isVisible()


def test_arrows_choose_while_the_field_keeps_the_keyboard(opened: Opened) -> None:
    QTest.keyClicks(opened.palette.search, "theme")
    first, second = opened.shown()[:2]
    QTest.keyClick(opened.palette.search, Qt.Key.Key_Down)
    chosen = opened.palette.list.currentItem()
    assert chosen is not None
    assert (first, chosen.text(0)) == (first, second)
    assert opened.palette.search.text() == "theme"


def test_a_screen_reader_hears_what_enter_would_do(opened: Opened) -> None:
    QTest.keyClicks(opened.palette.search, "zap")
    assert opened.palette.search.accessibleDescription() == "Enter runs: Zap the feed"
    QTest.keyClicks(opened.palette.search, "zzz")
    assert opened.palette.search.accessibleDescription() == "Nothing matches"


def test_enter_on_nothing_does_nothing(opened: Opened) -> None:
    QTest.keyClicks(opened.palette.search, "qqqq")
    QTest.keyClick(opened.palette.search, Qt.Key.Key_Return)
    assert opened.ran == []
    assert opened.palette.isVisible()


def test_escape_closes_it_and_runs_nothing(opened: Opened) -> None:
    QTest.keyClicks(opened.palette.search, "zap")
    QTest.keyClick(opened.palette.search, Qt.Key.Key_Escape)
    assert not opened.palette.isVisible()
    assert opened.ran == []


def test_a_disabled_command_is_not_offered(opened: Opened) -> None:
    opened.window.actions_by_id["x"].setEnabled(False)
    opened.window.open_palette()
    assert "Zap the feed" not in opened.shown()
