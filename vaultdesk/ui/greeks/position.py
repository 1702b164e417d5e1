"""How many contracts of the shown call and put are held: typed, as no broker is connected yet."""

from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label
from vaultdesk.ui.translation import tr

MOST = 9999


class Position(NamedTuple):
    """Contracts held of a call and of the put beside it: long is positive, short negative."""

    call: int = 0
    put: int = 0


NOTHING = Position()


def parsed(text: str) -> Position:
    """What `written` gave; no position for anything else."""
    try:
        call, put = (int(word) for word in text.split())
    except ValueError:
        return NOTHING
    return Position(call, put) if max(abs(call), abs(put)) <= MOST else NOTHING


def written(position: Position) -> str:
    """The position as text: "0 -5"."""
    return f"{position.call} {position.put}"


class _Contracts(QSpinBox):
    """A signed whole number; a turn of the wheel over it scrolls the panel and changes nothing."""

    def __init__(self, side: str) -> None:
        super().__init__()
        named(
            self,
            f"greeks.position.{side}",
            tr("Contracts of the {side} held, short below zero").format(side=side),
        )
        self.setAccessibleName(tr("Contracts of the {side}").format(side=side))
        self.setToolTip(
            tr("Contracts of the {side} held: long above zero, short below").format(side=side)
        )
        self.setRange(-MOST, MOST)
        self.setAccelerated(True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """A position is not to be changed by accident."""
        event.ignore()


class PositionEntry(QWidget):
    """Two fields, for the call and the put."""

    changed = Signal(object)
    """The Position typed."""

    def __init__(self, position: Position) -> None:
        super().__init__()
        self._sides = {"call": _Contracts("call"), "put": _Contracts("put")}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        for side, field in self._sides.items():
            caption = label(role="muted")
            caption.setText(tr("Call") if side == "call" else tr("Put"))
            caption.setBuddy(field)
            with QSignalBlocker(field):
                field.setValue(getattr(position, side))
            field.valueChanged.connect(lambda _value: self.changed.emit(self.position()))
            row.addWidget(caption)
            row.addWidget(field)

    def position(self) -> Position:
        """What is typed now."""
        return Position(**{side: field.value() for side, field in self._sides.items()})
