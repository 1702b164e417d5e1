"""The left of the help: the search, below it the pages or what was found."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout
from PySide6.QtWidgets import QWidget as Widget

from vaultdesk.ui.help.pages import PAGES
from vaultdesk.ui.help.result_row import ResultRow
from vaultdesk.ui.help.search import Answer, Hit
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr

ROW_HEIGHT = 30
_TO_LIST = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class Contents(Widget):
    """Tells what is typed and what is picked; it knows nothing of what the pages hold."""

    page_chosen = Signal(str)
    """A page by its name."""

    hit_chosen = Signal(object)
    """One of the hits shown."""

    asked = Signal(str)
    """What stands in the search now."""

    next_asked = Signal(int)
    """The next hit is wanted, or the one before where -1."""

    def __init__(self) -> None:
        super().__init__()
        self.search = named(QLineEdit(), "help.search", tr("Words to find on any page"))
        self.search.setAccessibleName(tr("Search the help"))
        self.search.setPlaceholderText(tr("Search the help"))
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self.asked)
        self.pages = named(QListWidget(), "help.pages", tr("The pages of the help"))
        self.pages.setAccessibleName(tr("Pages"))
        for page, title in PAGES.items():
            item = QListWidgetItem(title, self.pages)
            item.setData(Qt.ItemDataRole.UserRole, page)
            item.setSizeHint(QSize(0, ROW_HEIGHT))
        self.pages.currentItemChanged.connect(self._page_picked)
        self.results = named(QListWidget(), "help.results", tr("Where the words stand"))
        self.results.setAccessibleName(tr("Results"))
        self.results.setItemDelegate(ResultRow(self.results))
        self.results.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.results.currentItemChanged.connect(self._hit_picked)
        self.results.itemActivated.connect(lambda _item: self.next_asked.emit(1))
        self.found = sentence("help.found", tr("How much was found, or what to try"))
        self.found.setContentsMargins(10, 4, 8, 4)
        self._lists = QStackedWidget()
        self._lists.addWidget(self.pages)
        self._lists.addWidget(self.results)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.search)
        column.addWidget(self.found)
        column.addWidget(self._lists, 1)
        self.found.hide()

    def show_pages(self) -> None:
        """The list of pages again."""
        self._lists.setCurrentWidget(self.pages)
        self.found.hide()

    def show_answer(self, answer: Answer, told: str) -> None:
        """The hits, and below the search a sentence on them."""
        self.results.blockSignals(True)
        self.results.clear()
        for hit in answer.hits:
            item = QListWidgetItem(_line(hit), self.results)
            item.setData(Qt.ItemDataRole.UserRole, hit)
            item.setToolTip(hit.snippet)
        self.results.blockSignals(False)
        say(self.found, told)
        self.found.show()
        self._lists.setCurrentWidget(self.results)

    def pick_page(self, page: str) -> None:
        """Show in the list which page is open; it is not told."""
        self.pages.blockSignals(True)
        self.pages.setCurrentRow(list(PAGES).index(page))
        self.pages.blockSignals(False)

    def pick_hit(self, place: int) -> None:
        """Show in the results which one is open; it is not told."""
        self.results.blockSignals(True)
        self.results.setCurrentRow(place)
        self.results.blockSignals(False)

    def hits(self) -> Sequence[Hit]:
        """What the results show."""
        rows = range(self.results.count())
        return [self.results.item(row).data(Qt.ItemDataRole.UserRole) for row in rows]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keys of the search that belong to the list below it, and Enter."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)  # noqa: S101  by its type
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self.next_asked.emit(-1 if back else 1)
                return True
            if event.key() in _TO_LIST:
                shown = self.pages if self._lists.currentWidget() is self.pages else self.results
                shown.setFocus(Qt.FocusReason.OtherFocusReason)
                shown.setCurrentRow(max(shown.currentRow(), 0))
                return True
        return super().eventFilter(watched, event)

    def _page_picked(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.page_chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def _hit_picked(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.hit_chosen.emit(item.data(Qt.ItemDataRole.UserRole))


def _line(hit: Hit) -> str:
    section = hit.section
    where = section.title
    if section.heading != section.title:
        where = f"{where}: {section.heading}"
    return f"{where}\n{hit.snippet}"
