"""The help panel: pages on the left, the page on the right, found by their words."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.help.bar import HelpBar
from vaultdesk.ui.help.contents import Contents
from vaultdesk.ui.help.kept import Kept, parsed, written
from vaultdesk.ui.help.pages import PAGES, target
from vaultdesk.ui.help.search import Answer, Hit, Index, sections, words_of
from vaultdesk.ui.help.trail import Place, Trail
from vaultdesk.ui.help.view import HelpView
from vaultdesk.ui.panel import Panel, named
from vaultdesk.ui.readout import NARROWEST, say
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.events import Bus
    from vaultdesk.ui.help.generated import Writer

WEB = ("http", "https", "mailto")
BESIDE = 560
"""Pixels of width from which list and page stand side by side."""
LIST_HEIGHT = 150


class HelpPanel(Panel):
    """Shows the pages that `writer` writes; `kept` is what `view_changed` told last."""

    key = "help"
    title = "Help"

    view_changed = Signal(str)
    """The page, its size and the border, as text to be given as `kept` next time."""

    left = Signal()
    """Esc was pressed: the keyboard may go back to where it came from."""

    def __init__(self, bus: Bus, writer: Writer, kept: str = "") -> None:
        super().__init__(bus)
        named(self, "help", tr("How to use the desk"))
        self._writer, self._retired = writer, False
        begin = parsed(kept)
        self.trail = Trail(Place(begin.page))
        self._answer, self._words = Answer(()), list[str]()
        self.contents, self.view, self.bar = Contents(), HelpView(), HelpBar()
        self._read = self._begun = False
        self._arrange(begin)
        self._listen()
        self.view.zoom_to(begin.zoom)
        self.contents.pick_page(begin.page)

    @cached_property
    def index(self) -> Index:
        """Every page by its words; made when something is first looked for."""
        return Index(
            section
            for page, title in PAGES.items()
            for section in sections(page, title, self._writer.page(page))
        )

    def open(self, page: str, anchor: str = "") -> None:
        """Show a page, or a place on it."""
        self.trail.go(Place(page, anchor), self._down())
        self._show(self.trail.here)
        self._tell_view()

    def look_for(self, words: str) -> None:
        """Put the keyboard into the search and these words there."""
        self.contents.search.setText(words)
        self.contents.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.contents.search.selectAll()

    def step(self, by: int) -> None:
        """Go back, or forward again."""
        place = self.trail.step(by, self._down())
        if place is not None:
            self._show(place)
            self._tell_view()

    def step_hit(self, by: int) -> None:
        """Go to the best place found, then to the next on its page, then to the other pages."""
        if not self._begun and self._answer.hits:
            first = 0 if by > 0 else len(self._answer.hits) - 1
            self.contents.pick_hit(first)
            self._open_hit(self._answer.hits[first])
            return
        if not self._answer.hits or self.view.step_hit(by):
            self._say_hit()
            return
        pages = list(dict.fromkeys(hit.section.page for hit in self._answer.hits))
        here = self.trail.here.page
        at = (pages.index(here) + by) % len(pages) if here in pages else min(by - 1, 0)
        self.open(pages[at])
        self.view.step_hit(by)
        self._say_hit()

    def looked_at(self, *, seen: bool) -> None:
        """Write the page when it is first seen: until then nobody needs it."""
        super().looked_at(seen=seen)
        if seen and not self._read:
            self._show(self.trail.here)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc drops what is looked for, then gives the keyboard back."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.contents.search.text():
            self.contents.search.clear()
        else:
            self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In a narrow dock the list stands above the page."""
        super().resizeEvent(event)
        across = event.size().width() >= BESIDE
        way = Qt.Orientation.Horizontal if across else Qt.Orientation.Vertical
        if way is not self.halves.orientation():
            self.halves.setOrientation(way)
            above = [LIST_HEIGHT, event.size().height() - LIST_HEIGHT]
            self.halves.setSizes(list(self._widths) if across else above)

    def retire(self) -> None:
        """Hear nothing any more."""
        super().retire()
        if not self._retired:
            self._retired = True
            theme.notifier().changed.disconnect(self._recolour)

    def _arrange(self, begin: Kept) -> None:
        self.halves = named(
            QSplitter(Qt.Orientation.Horizontal), "help.halves", tr("Moves the border of the page")
        )
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.view, 1)
        self.halves.setChildrenCollapsible(False)  # a dock that begins low would hide the page
        self.halves.addWidget(self.contents)
        self.halves.addWidget(right)
        self._widths = (begin.left, begin.right)
        self.halves.setSizes(list(self._widths))
        self.halves.setStretchFactor(1, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.halves)
        self.setMinimumWidth(NARROWEST)

    def _listen(self) -> None:
        self.contents.page_chosen.connect(self.open)
        self.contents.hit_chosen.connect(self._open_hit)
        self.contents.asked.connect(self._ask)
        self.contents.next_asked.connect(self.step_hit)
        self.view.link_chosen.connect(self._follow)
        self.halves.splitterMoved.connect(lambda _at, _which: self._tell_view())
        find = QKeySequence.StandardKey.Find
        for widget, keys, work in (
            (self, QKeySequence(find), lambda: self.look_for(self.contents.search.text())),
            (self, QKeySequence("F3"), partial(self.step_hit, 1)),
            (self, QKeySequence("Shift+F3"), partial(self.step_hit, -1)),
            (self, QKeySequence("Ctrl++"), partial(self._zoom, 1)),
            (self, QKeySequence("Ctrl+="), partial(self._zoom, 1)),
            (self, QKeySequence("Ctrl+-"), partial(self._zoom, -1)),
            (self, QKeySequence("Ctrl+0"), partial(self._zoom, 0)),
            (self.view, QKeySequence("Backspace"), partial(self.step, -1)),
            (self.view, QKeySequence("Shift+Backspace"), partial(self.step, 1)),
        ):
            _own_keys(widget, keys, work)
        for button, work in (
            (self.bar.back, partial(self.step, -1)),
            (self.bar.forward, partial(self.step, 1)),
            (self.bar.previous, partial(self.step_hit, -1)),
            (self.bar.next, partial(self.step_hit, 1)),
            (self.bar.smaller, partial(self._zoom, -1)),
            (self.bar.larger, partial(self._zoom, 1)),
        ):
            button.clicked.connect(lambda _checked, work=work: work())
        theme.notifier().changed.connect(self._recolour)
        self._say_hit()

    def _show(self, place: Place) -> None:
        self._read = True
        self.view.show_page(self._writer.page(place.page), place.anchor)
        if place.down:
            self.view.verticalScrollBar().setValue(place.down)
        self.view.mark(self._words)
        self.contents.pick_page(place.page)
        self._say_hit()

    def _open_hit(self, hit: Hit) -> None:
        self._begun = True
        self.open(hit.section.page, hit.section.anchor)
        self.view.step_from_top()
        self._say_hit()

    def _ask(self, query: str) -> None:
        self._words, self._begun = words_of(query), False
        self.view.mark(self._words)
        if not self._words:
            self._answer = Answer(())
            self.contents.show_pages()
        else:
            self._answer = self.index.search(query)
            self.contents.show_answer(self._answer, self._told(query))
        self._say_hit()

    def _told(self, query: str) -> str:
        hits = self._answer.hits
        if not hits:
            near = ", ".join(self.index.near(query)[:3])
            told = tr("No page says “{words}”.").format(words=query.strip())
            advice = tr("Did you mean {near}?") if near else tr("Try a shorter word, or clear it.")
            return f"{told} {advice.format(near=near)}"
        pages = len({hit.section.page for hit in hits})
        if not self._answer.whole:
            return tr("No place has all of these words; {n} have some.").format(n=len(hits))
        return tr("{n} places, pages: {pages}.", "{n} place.", len(hits)).format(
            n=len(hits), pages=pages
        )

    def _say_hit(self) -> None:
        count = len(self.view.hits)
        told = ""
        if self._words:
            told = tr("{hit} of {count}").format(hit=self.view.hit + 1 or "?", count=count)
        say(self.bar.place, told)
        for button in (self.bar.previous, self.bar.next):
            button.setEnabled(bool(self._answer.hits))
        self.bar.back.setEnabled(self.trail.behind > 0)
        self.bar.forward.setEnabled(self.trail.ahead > 0)

    def _follow(self, link: str) -> None:
        found = target(link, self.trail.here.page)
        if found is not None:
            self.open(*found)
        elif QUrl(link).scheme() in WEB:
            QDesktopServices.openUrl(QUrl(link))

    def _zoom(self, by: int) -> None:
        if by:
            self.view.step_zoom(by)
        else:
            self.view.zoom_to(100)
        self._say_hit()
        self._tell_view()

    def _tell_view(self) -> None:
        if self.halves.orientation() is Qt.Orientation.Horizontal:
            left, right = self.halves.sizes()
            self._widths = (left, right)
        self.view_changed.emit(written(Kept(self.trail.here.page, self.view.zoom, *self._widths)))

    def _down(self) -> int:
        return self.view.verticalScrollBar().value()

    def _recolour(self, _theme: object) -> None:
        if self._read:
            self.view.recolour()


def _own_keys(widget: QWidget, keys: QKeySequence, work: Callable[[], object]) -> None:
    """Keys that are the widget's while it, or what is in it, has the keyboard."""
    made = QShortcut(keys, widget)
    made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.activated.connect(work)
