"""How a result looks in its list: where it stands, and below it a piece of the text."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from vaultdesk.ui import theme
from vaultdesk.ui.readout import SEMIBOLD

AIR = 6
LINES = 2
"""Of the piece of text."""
SMALLER = 9.0


class ResultRow(QStyledItemDelegate):
    """Paints an item whose text is two lines: the heading, and the piece of text."""

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows are as high."""
        del option, index
        heading, text = _metrics()
        return QSize(0, heading.height() + LINES * text.lineSpacing() + 2 * AIR)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The ground and the frame of the keyboard as the style has them, then the words."""
        self.initStyleOption(option, index)
        heading, _, piece = str(index.data()).partition("\n")
        option.text = ""
        style = option.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        room = QRect(option.rect).adjusted(AIR, AIR, -AIR, -AIR)
        bold, small = _metrics()
        painter.save()
        painter.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        painter.setPen(theme.colour(theme.current().text))
        where = bold.elidedText(heading, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignTop, where)
        painter.setFont(theme.ui_font(SMALLER))
        painter.setPen(theme.colour(theme.current().muted))
        below = room.adjusted(0, bold.height(), 0, 0)
        fits = small.elidedText(piece, Qt.TextElideMode.ElideRight, int(LINES * 0.9 * room.width()))
        wrapped = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(below, wrapped, fits)
        painter.restore()


def _metrics() -> tuple[QFontMetrics, QFontMetrics]:
    """Of the heading's font and of the text's."""
    heading = theme.ui_font(theme.UI_POINTS, SEMIBOLD)
    return QFontMetrics(heading), QFontMetrics(theme.ui_font(SMALLER))
