"""A page of the help as it is read: its tables dressed, its hits marked, its links told."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QRegularExpression, QUrl, Signal
from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFragment,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from vaultdesk.ui import theme
from vaultdesk.ui.help.pages import slug
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr

ZOOMS = (70, 80, 90, 100, 110, 125, 150, 175, 200)
"""Per cent of the desk's own size of text."""
MARGIN = 18
CODE = 0.95
"""Of the text's size: the monospace font is the wider one."""
ABOVE = 1.6
"""Air above a heading, in points of the text."""
MOST_HITS = 500
"""Marked on one page: more tell nothing."""
_LETTER = r"[\p{L}\p{N}]"


class HelpView(QTextBrowser):
    """Shows Markdown; it follows no link by itself."""

    link_chosen = Signal(str)
    """Where the link leads that was chosen, as it stands in the page."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "help.view", tr("The page; Ctrl+plus and Ctrl+minus change its size"))
        self.setAccessibleName(tr("Help page"))
        self.setOpenLinks(False)
        self.setSearchPaths([])
        self.anchorClicked.connect(self._clicked)
        self.hits: list[QTextCursor] = []
        self.hit = -1
        self._words: Sequence[str] = ()
        self._text, self._zoom = "", 100
        self._page: QTextDocument | None = None

    @property
    def zoom(self) -> int:
        """The size of its text, per cent."""
        return self._zoom

    def zoom_to(self, per_cent: int) -> None:
        """Show it in this size; what was on top stays on top."""
        self._zoom = min(ZOOMS, key=lambda size: abs(size - per_cent))
        top = self.cursorForPosition(self.viewport().rect().topLeft()).position()
        kept = self.hit
        self._render()
        self._bring_up(self._at(top))
        self.mark(self._words)
        self._choose(kept)

    def step_zoom(self, by: int) -> None:
        """One size larger, or smaller."""
        place = ZOOMS.index(self._zoom) + by
        if 0 <= place < len(ZOOMS):
            self.zoom_to(ZOOMS[place])

    def show_page(self, markdown: str, anchor: str = "") -> None:
        """Show a page from its top, or from the heading of this slug."""
        self._text = markdown
        self._render()
        self.go_to(anchor)

    def go_to(self, anchor: str) -> bool:
        """Bring a heading to the top; False where there is none of this slug."""
        block = self.document().begin()
        while block.isValid():
            if anchor and block.blockFormat().headingLevel() and slug(block.text()) == anchor:
                self._bring_up(QTextCursor(block))
                return True
            block = block.next()
        self.verticalScrollBar().setValue(0)
        return not anchor

    def mark(self, words: Sequence[str]) -> None:
        """Mark what begins with one of these words; none is the current one yet."""
        self._words = tuple(words)
        self.hits, self.hit = list(self._found()), -1
        self._paint_hits()

    def step_hit(self, by: int) -> bool:
        """Go to the next hit, or the one before; False at the end, where nothing happens."""
        place = self.hit + by if self.hit >= 0 or by > 0 else len(self.hits) - 1
        if not 0 <= place < len(self.hits):
            return False
        self._choose(place)
        return True

    def step_from_top(self) -> None:
        """Go to the first hit that stands below what is on top now, else to the first of all."""
        top = self.cursorForPosition(self.viewport().rect().topLeft()).position()
        below = (at for at, hit in enumerate(self.hits) if hit.selectionEnd() >= top)
        self._choose(next(below, 0 if self.hits else -1))

    def recolour(self) -> None:
        """Dress it in the colours of the current theme."""
        at, kept = self.verticalScrollBar().value(), self.hit
        self._render()
        self.verticalScrollBar().setValue(at)
        self.mark(self._words)
        if kept >= 0:
            self.hit = kept
            self._paint_hits()

    def _render(self) -> None:
        document = QTextDocument(self)
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(MARGIN)
        points = theme.UI_POINTS * self._zoom / 100
        document.setDefaultFont(theme.ui_font(points, QFont.Weight.Normal))
        document.setMarkdown(self._text)
        _dress_tables(document)
        _dress_text(document, points)
        self.setDocument(document)  # dressed by then: each change laid 500 rows out anew
        if self._page is not None:
            self._page.deleteLater()
        self._page = document

    def _found(self) -> Iterable[QTextCursor]:
        if not self._words:
            return
        begins = "|".join(QRegularExpression.escape(word) for word in self._words)
        wanted = QRegularExpression(
            f"(?<!{_LETTER})(?:{begins}){_LETTER}*",
            QRegularExpression.PatternOption.CaseInsensitiveOption
            | QRegularExpression.PatternOption.UseUnicodePropertiesOption,
        )
        found = self.document().find(wanted, 0)
        for _ in range(MOST_HITS):
            if found.isNull():
                return
            yield found
            found = self.document().find(wanted, found)

    def _choose(self, place: int) -> None:
        self.hit = place if 0 <= place < len(self.hits) else -1
        self._paint_hits()
        if self.hit >= 0:
            at = QTextCursor(self.hits[self.hit])
            at.clearSelection()
            self.setTextCursor(at)
            self.ensureCursorVisible()

    def _paint_hits(self) -> None:
        now = theme.current()
        self.setExtraSelections(
            [
                _painted(hit, now.accent, now.on_accent)
                if place == self.hit
                else _painted(hit, now.selection, now.text)
                for place, hit in enumerate(self.hits)
            ]
        )

    def _at(self, position: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(position, self.document().characterCount() - 1))
        return cursor

    def _bring_up(self, cursor: QTextCursor) -> None:
        """Scroll so that the cursor's line is the top one."""
        cursor.clearSelection()
        self.setTextCursor(cursor)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(cursor).top() - MARGIN)

    def _clicked(self, link: QUrl) -> None:
        self.link_chosen.emit(link.toString())


def _painted(cursor: QTextCursor, ground: str, text: str) -> QTextEdit.ExtraSelection:
    look = QTextCharFormat()
    look.setBackground(theme.colour(ground))
    look.setForeground(theme.colour(text))
    made = QTextEdit.ExtraSelection()
    made.cursor, made.format = cursor, look
    return made


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


def _dress_text(document: QTextDocument, points: float) -> None:
    """Air above headings, and code in the desk's own monospace font: Qt gives neither."""
    family = theme.figures_font(points).family()
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        if level:
            _space(block, points * (ABOVE if level > 1 else 0))
        for piece in _pieces(block):
            if piece.charFormat().fontFixedPitch():
                _code(document, piece, family, points * CODE)
        block = block.next()


def _space(block: QTextBlock, above: float) -> None:
    cursor, look = QTextCursor(block), block.blockFormat()
    look.setTopMargin(above)
    look.setBottomMargin(above / 4)
    cursor.setBlockFormat(look)


def _code(document: QTextDocument, piece: QTextFragment, family: str, points: float) -> None:
    cursor = QTextCursor(document)
    cursor.setPosition(piece.position())
    cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
    look = QTextCharFormat()
    look.setFontFamilies([family])
    look.setFontPointSize(points)
    cursor.mergeCharFormat(look)


def _pieces(block: QTextBlock) -> list[QTextFragment]:
    """All pieces of a block before one is changed: changing joins and parts them."""
    found, at = [], block.begin()
    while not at.atEnd():
        found.append(at.fragment())
        at += 1
    return found
