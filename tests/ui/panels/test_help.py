"""The help panel: pages, links, search, back and forward, and what it remembers."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.panels.rig import Rig, shown, text
from vaultdesk.ui import theme
from vaultdesk.ui.help.generated import Writer, listed_ids
from vaultdesk.ui.help.kept import Kept, parsed, written
from vaultdesk.ui.help.pages import OF_PANEL, PAGES
from vaultdesk.ui.panels.help import HelpPanel

Made = Callable[..., HelpPanel]


@pytest.fixture
def make(desk: Rig, qtbot: QtBot) -> Made:
    def made(kept: str = "", width: int = 900) -> HelpPanel:
        return shown(HelpPanel(desk.bus, Writer(list), kept), qtbot, width, 600)

    return made


@pytest.fixture
def panel(make: Made) -> HelpPanel:
    return make()


def heading(panel: HelpPanel) -> str:
    block = panel.view.document().begin()
    assert block.blockFormat().headingLevel() == 1
    return block.text()


def type_in(panel: HelpPanel, words: str) -> None:
    panel.contents.search.clear()
    QTest.keyClicks(panel.contents.search, words)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_its_heading_and_is_picked_in_the_list(
    panel: HelpPanel, page: str
) -> None:
    panel.open(page)
    assert heading(panel)
    assert panel.contents.pages.currentItem().text() == PAGES[page]


def test_every_panel_s_page_and_place_is_there(panel: HelpPanel) -> None:
    for where in OF_PANEL.values():
        page, _, anchor = where.partition("#")
        panel.open(page, anchor)
        assert panel.view.go_to(anchor), where


def test_a_page_picked_in_the_list_is_shown_and_remembered(panel: HelpPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.view_changed) as told:
        panel.contents.pages.setCurrentRow(list(PAGES).index("quality"))
    assert heading(panel) == "What the quality marks mean"
    assert parsed(told.args[0]).page == "quality"


def test_it_opens_as_it_was_left(make: Made) -> None:
    panel = make(written(Kept("orders", 125, 300, 500)))
    assert heading(panel) == "Orders"
    assert panel.view.zoom == 125
    left, right = panel.halves.sizes()
    assert left == pytest.approx(300, abs=5)
    assert right > left


def test_nothing_is_read_before_it_is_seen(desk: Rig, qtbot: QtBot) -> None:
    class Counting(Writer):
        written = 0

        def page(self, page: str) -> str:
            Counting.written += 1
            return super().page(page)

    panel = HelpPanel(desk.bus, Counting(list))
    qtbot.addWidget(panel, before_close_func=lambda _widget: panel.retire())
    assert Counting.written == 0
    panel.show()
    assert Counting.written == 1


def test_words_are_found_ranked_and_gone_through_with_enter(panel: HelpPanel) -> None:
    type_in(panel, "margin call")
    hits = panel.contents.hits()
    assert len(hits) > 3
    assert str(len(hits)) in text(panel, "help.found")
    first = hits[0].section
    QTest.keyClick(panel.contents.search, Qt.Key.Key_Return)
    assert panel.trail.here.page == first.page
    assert panel.contents.results.currentRow() == 0
    assert panel.view.hit >= 0
    before = panel.view.hit
    QTest.keyClick(panel.contents.search, Qt.Key.Key_Return)
    assert (panel.trail.here.page, panel.view.hit) != (first.page, before)
    assert text(panel, "help.hit").endswith(f"of {len(panel.view.hits)}")


def test_f3_goes_on_to_the_next_page_and_shift_f3_comes_back(panel: HelpPanel) -> None:
    type_in(panel, "deliver")
    pages = list(dict.fromkeys(hit.section.page for hit in panel.contents.hits()))
    assert len(pages) > 1
    seen = []
    for _ in range(500):
        QTest.keyClick(panel.contents.search, Qt.Key.Key_F3)
        seen.append(panel.trail.here.page)
        if set(seen) == set(pages):
            break
    assert list(dict.fromkeys(seen)) == pages
    QTest.keyClick(panel.contents.search, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert panel.trail.here.page == pages[-2]
    assert panel.view.hit == len(panel.view.hits) - 1


def test_a_result_picked_opens_its_section_at_the_hit(panel: HelpPanel) -> None:
    type_in(panel, "quiet hours")
    place = next(
        n for n, hit in enumerate(panel.contents.hits()) if hit.section.heading == "quiet_from"
    )
    panel.contents.results.setCurrentRow(place)
    assert panel.trail.here.page == "settings"
    block = panel.view.hits[panel.view.hit].block().text()
    assert "quiet" in block.lower()


def test_a_generated_page_is_searched_too(panel: HelpPanel) -> None:
    type_in(panel, "websocket_interval_seconds")
    assert panel.contents.hits()[0].section.page == "settings"


def test_nothing_found_says_so_and_what_to_try(panel: HelpPanel) -> None:
    type_in(panel, "colateral")
    assert panel.contents.hits() == []
    assert "No page says “colateral”" in text(panel, "help.found")
    assert "collateral" in text(panel, "help.found")
    type_in(panel, "qqqqqqqq")
    assert "shorter word" in text(panel, "help.found")
    assert not panel.bar.next.isEnabled()


def test_the_pages_are_back_when_the_search_is_cleared(panel: HelpPanel) -> None:
    type_in(panel, "loan")
    assert panel.contents.results.isVisible()
    panel.contents.search.clear()
    assert panel.contents.pages.isVisible()
    assert panel.view.extraSelections() == []


def test_links_lead_to_pages_and_back_again(panel: HelpPanel) -> None:
    panel.open("start")
    panel.view.link_chosen.emit("model.md#the-loan")
    assert (panel.trail.here.page, panel.trail.here.anchor) == ("model", "the-loan")
    assert panel.view.textCursor().block().text() == "The loan"
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Backspace)
    assert heading(panel) == "First loan"
    QTest.keyClick(panel.view, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ShiftModifier)
    assert heading(panel) == "How the numbers are made"
    assert panel.bar.back.isEnabled()
    assert not panel.bar.forward.isEnabled()


def test_back_comes_to_where_the_page_was_left(panel: HelpPanel) -> None:
    panel.open("loan")
    panel.view.verticalScrollBar().setValue(300)
    panel.open("chain")
    panel.step(-1)
    assert panel.view.verticalScrollBar().value() == 300


def test_a_link_out_of_the_help_is_the_browser_s(panel: HelpPanel, qtbot: QtBot) -> None:
    opened: list[str] = []
    handler = _Handler(opened)
    qtbot.addWidget(handler)
    QDesktopServices.setUrlHandler("https", handler, "take")  # type: ignore[arg-type]
    try:
        panel.view.link_chosen.emit("https://example.com/a")
        panel.view.link_chosen.emit("file:///etc/passwd")
    finally:
        QDesktopServices.unsetUrlHandler("https")
    assert opened == ["https://example.com/a"]
    assert panel.trail.here.page == "start"


class _Handler(QWidget):
    def __init__(self, opened: list[str]) -> None:
        super().__init__()
        self._opened = opened

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self._opened.append(url.toString())


def test_the_text_grows_and_shrinks_with_the_keys(panel: HelpPanel, qtbot: QtBot) -> None:
    panel.view.setFocus()
    control = Qt.KeyboardModifier.ControlModifier
    with qtbot.waitSignal(panel.view_changed) as told:
        QTest.keyClick(panel.view, Qt.Key.Key_Plus, control)
    assert parsed(told.args[0]).zoom == panel.view.zoom == 110
    QTest.keyClick(panel.view, Qt.Key.Key_Minus, control)
    QTest.keyClick(panel.view, Qt.Key.Key_Minus, control)
    assert panel.view.zoom == 90
    QTest.keyClick(panel.view, Qt.Key.Key_0, control)
    assert panel.view.zoom == 100


def test_escape_clears_the_search_and_then_leaves(panel: HelpPanel, qtbot: QtBot) -> None:
    type_in(panel, "loan")
    QTest.keyClick(panel.contents.search, Qt.Key.Key_Escape)
    assert panel.contents.search.text() == ""
    with qtbot.waitSignal(panel.left):
        QTest.keyClick(panel.contents.search, Qt.Key.Key_Escape)


def test_ctrl_f_searches_and_down_goes_into_the_results(panel: HelpPanel, qtbot: QtBot) -> None:
    panel.window().activateWindow()
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(panel.contents.search.hasFocus)
    type_in(panel, "gold")
    QTest.keyClick(panel.contents.search, Qt.Key.Key_Down)
    assert panel.contents.results.hasFocus()
    assert panel.contents.results.currentRow() == 0


def test_another_theme_recolours_the_page(panel: HelpPanel) -> None:
    panel.open("quality")
    theme.apply(_app(), theme.LIGHT)
    now = panel.view.document().rootFrame().childFrames()[0].frameFormat()
    assert now.borderBrush().color().name() == theme.LIGHT.line
    theme.apply(_app(), theme.DARK)


def test_every_control_is_listed_in_the_help(panel: HelpPanel) -> None:
    listed = listed_ids()
    for widget in panel.findChildren(QWidget):
        identifier = widget.accessibleIdentifier()
        if identifier:
            assert identifier in listed, identifier
            assert widget.accessibleDescription(), identifier
    assert {"help", "help.search", "help.view"} <= set(listed)


def test_in_a_narrow_dock_the_list_stands_above_the_page(make: Made) -> None:
    panel = make(width=320)
    assert panel.width() == 320
    assert panel.halves.orientation() is Qt.Orientation.Vertical
    assert panel.view.width() > 300
    assert 60 < panel.contents.height() < panel.view.height()
    panel.resize(900, 600)
    assert panel.halves.orientation() is Qt.Orientation.Horizontal
    assert panel.view.height() > 500


def test_the_border_is_kept_over_a_narrow_while(make: Made, qtbot: QtBot) -> None:
    panel = make(written(Kept("loan", 100, 300, 600)))
    panel.resize(320, 600)
    with qtbot.waitSignal(panel.view_changed) as told:
        panel.open("quality")
    assert parsed(told.args[0]).left == pytest.approx(300, abs=5)


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
