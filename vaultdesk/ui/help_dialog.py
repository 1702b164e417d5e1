"""The help inside the program: the keys, the names of the controls, what the marks mean."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QTextDocument, QTextTable
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QTextBrowser,
    QWidget,
)

import vaultdesk
from vaultdesk.settings.declared import declared, written
from vaultdesk.ui import theme
from vaultdesk.ui.commands import Entry
from vaultdesk.ui.panel import named

PAGES = {
    "keyboard": "Keyboard",
    "loan": "Reading the loan",
    "chain": "Reading a chain",
    "hedge": "Building a hedge",
    "orders": "Sending orders",
    "positions": "Positions and cover",
    "quality": "Quality marks",
    "alerts": "Alerts",
    "settings": "Settings",
    "ids": "Accessible ids",
    "about": "About",
}
ROW_HEIGHT = 32
_LISTED = re.compile(r"^\| `([^`]+)` \| (.*) \|$", re.MULTILINE)


def page_text(page: str) -> str:
    """The written part of a help page, Markdown."""
    return (_directory() / f"{page}.md").read_text(encoding="utf-8")


def keyboard_table(entries: Iterable[Entry]) -> str:
    """Every command with its keys, those without keys last, as a Markdown table."""
    ordered = sorted(entries, key=lambda entry: not entry.keys)
    return _table(("Keys", "Command", "Menu"), ((e.keys or "—", e.text, e.path) for e in ordered))


def settings_table() -> str:
    """Every declared setting with its default and its sentence, as a Markdown table."""
    return _table(
        ("Setting", "Default", "Meaning"),
        ((f"`{s.name}`", written(s.default) or "empty", s.sentence) for s in declared()),
    )


def listed_ids() -> dict[str, str]:
    """The identifiers other tools may rely on and their meanings, from the help page."""
    return dict(_LISTED.findall(page_text("ids")))


def living_ids() -> dict[str, str]:
    """The identifiers of all controls that exist right now, and their meanings."""
    return {
        widget.accessibleIdentifier(): widget.accessibleDescription()
        for widget in QApplication.allWidgets()
        if widget.accessibleIdentifier()
    }


def ids_table(listed: Mapping[str, str], living: Mapping[str, str]) -> str:
    """Both, by identifier; the page's meaning before the control's own."""
    meanings = dict(living) | dict(listed)
    return _table(("Identifier", "Meaning"), ((f"`{i}`", meanings[i]) for i in sorted(meanings)))


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _dress_tables(document: QTextDocument) -> None:
    """Markdown says nothing of lines and air; Qt's own are black and tight."""
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            look = frame.format()
            look.setBorderCollapse(True)
            look.setBorder(1)
            look.setBorderBrush(theme.colour(theme.current().line))
            look.setCellPadding(6)
            look.setCellSpacing(0)
            look.setTopMargin(10)
            look.setBottomMargin(14)
            frame.setFormat(look)


def _directory() -> Path:
    return theme.resources() / "help"


class HelpDialog(QDialog):
    """Pages on the left, their text on the right; `entries` gives the commands there are."""

    def __init__(self, parent: QWidget, entries: Callable[[], Iterable[Entry]]) -> None:
        super().__init__(parent)
        named(self, "help", "How to use the desk")
        self.setWindowTitle("Help")
        self._entries = entries
        self.pages = named(QListWidget(), "help.pages", "The pages of the help")
        self.pages.addItems(list(PAGES.values()))
        for place in range(self.pages.count()):
            self.pages.item(place).setSizeHint(QSize(0, ROW_HEIGHT))
        self.pages.setFixedWidth(170)
        self.text = named(QTextBrowser(), "help.text", "The page")
        self.text.setOpenExternalLinks(True)
        self.text.document().setDocumentMargin(18)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.pages)
        row.addWidget(self.text, 1)
        self.pages.currentRowChanged.connect(self._show)
        self.resize(860, 620)

    def show_page(self, page: str) -> None:
        """Open on a page, written anew."""
        place = list(PAGES).index(page)
        self.pages.setCurrentRow(place)
        self._show(place)
        self.show()
        self.raise_()
        self.activateWindow()

    def _show(self, place: int) -> None:
        page = list(PAGES)[place]
        text = page_text(page)
        if page == "keyboard":
            text += "\n" + keyboard_table(self._entries())
        elif page == "ids":
            text = _LISTED.sub("", text).replace("| Identifier | Meaning |\n| --- | --- |", "")
            text += "\n" + ids_table(listed_ids(), living_ids())
        elif page == "settings":
            text += "\n" + settings_table()
        elif page == "about":
            text = text.replace("{version}", vaultdesk.__version__)
        self.text.document().setDefaultFont(theme.ui_font(theme.UI_POINTS, QFont.Weight.Normal))
        self.text.setMarkdown(text)
        _dress_tables(self.text.document())
