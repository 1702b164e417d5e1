"""Pages that scroll, and columns that are filled anew."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from vaultdesk.ui.scrolled import empty


def test_an_emptied_column_keeps_its_widgets_for_another_place(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    labels = [QLabel(text) for text in ("cost", "protection")]
    for label in labels:
        column.addWidget(label)
    column.addStretch(1)
    empty(column)
    assert column.count() == 0
    assert [label.parentWidget() for label in labels] == [page, page]
    column.addWidget(labels[1])
    assert column.indexOf(labels[1]) == 0
