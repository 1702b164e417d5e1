"""PySide6 6.12.0 took a reference to None with every void call, until Python 3.11 aborted."""

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel

CALLS = 500
UNRELATED = 100
"""References to None that come and go with whatever else the interpreter does meanwhile."""


@pytest.mark.usefixtures("qapp")
def test_calling_what_returns_nothing_takes_no_reference_to_none() -> None:
    label = QLabel()
    before = sys.getrefcount(None)
    for number in range(CALLS):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < UNRELATED


class Counter(QObject):
    """Counts the signals it hears in a slot that returns None."""

    rang = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.heard = 0
        self.rang.connect(self._hear)

    def _hear(self) -> None:
        self.heard += 1


@pytest.mark.usefixtures("qapp")
def test_a_slot_that_returns_nothing_takes_no_reference_to_none() -> None:
    counter = Counter()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        counter.rang.emit()
    assert counter.heard == CALLS
    assert abs(sys.getrefcount(None) - before) < UNRELATED


def test_events_take_no_reference_to_none(qapp: QApplication) -> None:
    label = QLabel()
    label.show()
    qapp.processEvents()
    before = sys.getrefcount(None)
    for number in range(CALLS):
        label.setText(str(number))
        label.repaint()
        qapp.processEvents()
    assert abs(sys.getrefcount(None) - before) < UNRELATED
