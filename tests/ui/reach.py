"""What of a window the keyboard, a screen reader and a large scale do not reach, in sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from vaultdesk.ui.readout import Elided
from vaultdesk.ui.tables.model import TableModel
from vaultdesk.ui.tables.view import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from PySide6.QtGui import QImage

CONTROLS = (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTabBar,
)
MOUSE = ("mousePressEvent", "mouseReleaseEvent", "mouseDoubleClickEvent")
MOST_TABS = 600
"""Presses; a page of help has a hundred links."""
BESIDE = {
    "loan.ltv": "loan.zone",
    "whatif.ltv_unhedged": "whatif.zone_unhedged",
    "whatif.ltv_hedged": "whatif.zone_hedged",
}
"""Figures whose colour is that of the word beside them."""
SLACK = 1
"""Pixels that rounding at a scale may take."""
TONES = {"up", "down", "warning"}
SIGN = re.compile(r"[A-Za-z+\-\u2212▲▼◆■●○✓✗…—]")


def title(widget: QWidget) -> str:
    """What a sentence calls a widget."""
    said = widget.accessibleIdentifier() or widget.objectName()
    return f"{said or '?'} ({type(widget).__name__})"


def seen(root: QWidget) -> Iterator[QWidget]:
    """What is visible in it, itself first."""
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isVisible() and widget.window() is root.window():
            yield widget


def _mouse(widget: QWidget) -> bool:
    """Whether our own code does something when it is clicked."""
    own = [one for one in type(widget).__mro__ if one.__module__.startswith("vaultdesk")]
    return any(name in vars(one) for one in own for name in MOUSE)


def _inner(widget: QWidget) -> bool:
    """Whether it is a part of another control, or the frame around what is to be reached."""
    if isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    inside = isinstance(parent, QAbstractSpinBox | QComboBox | QTabBar | QDockWidget)
    return inside or type(widget).__name__ in {"QTableCornerButton", "QMenuBarExtension"}


def controls(root: QWidget) -> list[QWidget]:
    """What the mouse can do something with, besides what only scrolls."""
    found = []
    for widget in seen(root):
        wanted = isinstance(widget, CONTROLS) or _mouse(widget)
        if wanted and widget.isEnabled() and not _inner(widget) and not _scrolls(widget):
            found.append(widget)
    return found


def _scrolls(widget: QWidget) -> bool:
    """Whether it is a bare scroll area: what it holds is reached, and it follows the keyboard."""
    return type(widget).__mro__[1].__name__ == "QScrollArea" or type(widget).__name__ == (
        "QScrollArea"
    )


def tabbed(start: QWidget) -> list[QWidget]:
    """Where the Tab key leads from a widget on, until it comes back; some take several."""
    start.setFocus(Qt.FocusReason.TabFocusReason)
    found: list[QWidget] = []
    for _ in range(MOST_TABS):
        focus = QApplication.focusWidget()
        if focus is None or focus in found[:-1]:
            break
        if focus not in found:
            found.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    return found


def unreached(root: QWidget, reached: Iterable[QWidget]) -> list[str]:
    """The controls that no Tab leads to; arrow keys reach the others of a group."""
    there = {id(widget) for widget in reached}
    told = []
    for widget in controls(root):
        group = widget.group() if isinstance(widget, QAbstractButton) else None
        ways = [widget]
        if group is not None and group.exclusive():
            ways += group.buttons()
        proxied = (one.focusProxy() for one in list(ways))
        ways += [proxy for proxy in proxied if proxy is not None]
        around = (one for one in reached if widget.isAncestorOf(one) or one.isAncestorOf(widget))
        if next(around, None) is None and not there & {id(one) for one in ways}:
            told.append(f"{title(widget)} is reached by no Tab")
    return told


def unseen_focus(widgets: Iterable[QWidget]) -> list[str]:
    """Those that look the same with the keyboard and without."""
    told = []
    for widget in widgets:
        frame = widget.parentWidget() or widget
        widget.clearFocus()
        before = _picture(widget, frame)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if _picture(widget, frame) == before:
            told.append(f"{title(widget)} does not show that it has the keyboard")
    return told


def _picture(widget: QWidget, frame: QWidget) -> QImage:
    """A control and the pixels around it."""
    where = widget.geometry().adjusted(-3, -3, 3, 3) if frame is not widget else widget.rect()
    return frame.grab(where).toImage()


def nameless(widgets: Iterable[QWidget]) -> list[str]:
    """Those of which a screen reader has nothing to say."""
    told = []
    for widget in widgets:
        texts = (widget.accessibleName(), widget.accessibleDescription(), widget.toolTip())
        if not any(texts) and not (isinstance(widget, QAbstractButton) and widget.text()):
            told.append(f"{title(widget)} has neither a name nor a description")
    return told


def cut_off(root: QWidget) -> list[str]:
    """What has less room than its text, or stands beyond an edge that nothing scrolls to."""
    told = []
    for widget in seen(root):
        room = _needed(widget) - widget.width()
        if room > SLACK:
            told.append(f"{title(widget)} '{_text(widget)[:30]}' lacks {room} pixels of width")
        if isinstance(widget, QLabel | QAbstractButton) and _text(widget) and _beyond(widget, root):
            told.append(f"{title(widget)} '{_text(widget)[:30]}' stands beyond the edge")
    return told


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""


def _needed(widget: QWidget) -> int:
    """The width that a label or a button needs; 0 for what wraps or says itself what it leaves."""
    if isinstance(widget, QLabel) and widget.text():
        return 0 if widget.wordWrap() or isinstance(widget, Elided) else widget.sizeHint().width()
    if isinstance(widget, QAbstractButton) and widget.text() and not _inner(widget):
        return widget.minimumSizeHint().width()
    return 0


def _beyond(widget: QWidget, root: QWidget) -> bool:
    """Whether part of its width is outside of what holds it, where no bar scrolls sideways."""
    left, right = widget.mapTo(root, widget.rect().topLeft()).x(), 0
    right = left + widget.width()
    holder = widget.parentWidget()
    while holder is not None and holder is not root:
        area = holder.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is holder:
            bar = area.horizontalScrollBar()
            off = area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            if bar.maximum() > bar.minimum() and not off:
                return False
        edge = holder.mapTo(root, holder.rect().topLeft()).x()
        if left < edge - SLACK or right > edge + holder.width() + SLACK:
            return True
        holder = holder.parentWidget()
    return right > root.width() + SLACK


def colour_alone(root: QWidget, beside: Mapping[str, str]) -> list[str]:
    """Labels in a colour of good and bad that say it with no word and no sign.

    `beside` names the label that says it in words, by the identifier of the figure.
    """
    told = []
    for widget in seen(root):
        tone, text = widget.property("role"), _text(widget)
        if tone not in TONES or not text or SIGN.search(text):
            continue
        word = root.findChild(QLabel, beside.get(widget.objectName(), "-"))
        if word is None or not word.isVisible() or not SIGN.search(word.text()):
            told.append(f"{title(widget)} says '{text}' by its colour alone")
    return told


def cells_by_colour_alone(root: QWidget) -> list[str]:
    """Cells of tables, visible or not, of which the same is true; each column is told once.

    A column that is never hidden may say it for the whole row: "✕ call".
    """
    told = []
    for table in root.findChildren(Table):
        model = table.model()
        assert isinstance(model, TableModel)
        for place, column in enumerate(model.columns):
            mute = (row for row in range(len(model.rows)) if _mute(model, row, place))
            if (row := next(mute, None)) is not None:
                text = model.cell(row, place)[0]
                told.append(f"{title(table)} says '{text}' of {column.title} by its colour alone")
    return told


def _mute(model: TableModel[Any], row: int, place: int) -> bool:
    """Whether nothing but colour speaks, in the cell and in what is always beside it."""
    always = [at for at, column in enumerate(model.columns) if not column.rank and at != place]
    words = [model.cell(row, at) for at in always]
    said = any(tone in TONES and SIGN.search(text) for text, tone, _ground in words)
    text, tone, _ground = model.cell(row, place)
    return tone in TONES and bool(text) and not SIGN.search(text) and not said


def too_large(dialog: QWidget, width: int, height: int) -> list[str]:
    """Whether a dialog cannot be made as small as the screen."""
    least = dialog.minimumSizeHint().expandedTo(dialog.minimumSize())
    if least.width() <= width and least.height() <= height:
        return []
    return [f"{title(dialog)} needs {least.width()} by {least.height()} pixels"]
