"""What the positions panel consists of, arranged for narrow docks and wide screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.positions.coverage_view import CoverageView
from vaultdesk.ui.positions.head import PositionsHead
from vaultdesk.ui.positions.list import PositionList
from vaultdesk.ui.positions.rolls import RollView
from vaultdesk.ui.positions.words import several
from vaultdesk.ui.readout import Banner, Rule
from vaultdesk.ui.scrolled import Scrolled
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from PySide6.QtGui import QResizeEvent

    from vaultdesk.core.positions.exercise import Advice

WIDE = 1150
"""Pixels of width from which on coverage and rolls stand beside the list and not below it."""
DIFFERENCES = 1
"""Sentences on differences; the list marks them all, and says each of the selected row."""
DOWN, ACROSS = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight


class PositionsBody(QWidget):
    """The parts by name."""

    def __init__(self, now: Callable[[], datetime], kept: str) -> None:
        super().__init__()
        self.problem = Banner("positions.problem", tr("What went wrong, and what to do about it"))
        self.head = PositionsHead()
        self.advice = Banner("positions.advice", tr("Options that end in shares, and what to do"))
        self.apart = Banner("positions.differences", tr("Where broker and ledger do not agree"))
        self.note = Banner("positions.note", tr("What is counted and protects nothing"))
        self.list = PositionList(now, kept)
        self.coverage = CoverageView()
        self.rolls = RollView()
        self._advised: Sequence[Advice] = ()
        self._arrange()

    def show_advice(self, advice: Sequence[Advice]) -> None:
        """What to do until when about options that end in shares."""
        self._advised = advice
        tone = theme.current().down if any(one.sure for one in advice) else theme.current().warning
        self.advice.tell(several([one.sentence for one in advice], "▲"), tone)

    def show_differences(self, sentences: Sequence[str]) -> None:
        """Where broker and ledger do not agree."""
        self.apart.tell(several(sentences, "✕", DIFFERENCES), theme.current().down)

    def recolour(self) -> None:
        """What paints itself takes the colours of the current theme."""
        for part in (self.head, self.list, self.coverage, self.rolls):
            part.recolour()
        self.show_advice(self._advised)
        self.apart.tell(self.apart.text(), theme.current().down)
        self.note.tell(self.note.text(), theme.current().warning)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Beside or below, as there is room."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        self._halves.setDirection(ACROSS if wide else DOWN)
        self._halves.setStretch(0, 3 if wide else 0)
        self.list.may_grow(grow=wide)

    def _arrange(self) -> None:
        right = QWidget()
        below = QVBoxLayout(right)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self.coverage, 1)
        below.addWidget(Rule())
        below.addWidget(self.rolls)
        self._halves = QBoxLayout(DOWN)
        self._halves.setSpacing(0)
        self._halves.addWidget(self.list)
        self._halves.addWidget(right, 2)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.problem, self.head, self.advice, self.apart, self.note):
            column.addWidget(part)
        column.addLayout(self._halves, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scrolled(inside))
