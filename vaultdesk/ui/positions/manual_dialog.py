"""The question what is held elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.field_grid import FieldGrid
from vaultdesk.ui.panel import named
from vaultdesk.ui.positions.manual_form import BLANK, ENTRIES, LEFT_OUT, SHARES, judge, texts_of
from vaultdesk.ui.positions.said import tell
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.orders.broker import Held

WIDTH = 640
ABOUT = tr(
    "A hedge that another bank or broker holds counts for coverage, Greeks "
    "and alerts like any other. The desk sends no order for it."
)
FIELDS = {"instrument": "symbol"}
"""The field that stands for what the service calls otherwise."""


class ManualDialog(QDialog):
    """Tells a position once it is sound; `refuse` says why it was not kept."""

    typed = Signal(object)
    """The Held."""

    def __init__(self, before: Held | None = None, parent: QWidget | None = None) -> None:
        """`before` is the position that is changed; None where one is added."""
        super().__init__(parent)
        named(self, "positions.manual", tr("A position that is held elsewhere"))
        self.setWindowTitle(tr("Position held elsewhere"))
        self._before = before
        self._texts = dict(BLANK) if before is None else texts_of(before)
        self._tried = False
        about = sentence("positions.manual.about", tr("What such a position is for"))
        say(about, ABOUT)
        self.fields = FieldGrid("positions.manual", ENTRIES)
        self.problem = sentence("positions.manual.problem", tr("Why it was not kept"), "down")
        self.save = named(
            QPushButton(tr("&Keep")), "positions.manual.save", tr("Keep this position")
        )
        theme.role(self.save, "primary")
        self.save.setDefault(True)
        self.cancel = named(
            QPushButton(tr("Cancel")), "positions.manual.cancel", tr("Change nothing")
        )
        self.cancel.setAutoDefault(False)
        self.fields.show_texts(self._texts)
        self.fields.edited.connect(self._edited)
        self.save.clicked.connect(lambda _checked: self._save())
        self.cancel.clicked.connect(self.reject)
        self.finished.connect(self.deleteLater)
        ending = QHBoxLayout()
        ending.addStretch(1)
        ending.addWidget(self.save)
        ending.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(about)
        column.addWidget(self.fields, 1)
        column.addWidget(self.problem)
        column.addLayout(ending)
        self.setMinimumWidth(WIDTH)
        self._show({})

    def refuse(self, field: str, why: str) -> None:
        """Say why it was not kept, and let it be tried again."""
        self.save.setEnabled(True)
        name = FIELDS.get(field, field)
        known = name in self.fields.fields
        self._show({name: why} if known else {})
        tell(self.problem, "" if known else why)
        if known:
            self.fields.fields[name].setFocus()

    def _edited(self, name: str, text: str) -> None:
        self._texts[name] = text
        wrong = judge(self._texts, self._before)[1] if self._tried else {}
        self._show(wrong)

    def _show(self, wrong: dict[str, str]) -> None:
        tell(self.problem, "")
        self.fields.tell(wrong)
        for name in LEFT_OUT:
            self.fields.allow(name, usable=self._texts["kind"] != SHARES)

    def _save(self) -> None:
        """Once: the button is dead while it is being kept."""
        self._tried = True
        held, wrong = judge(self._texts, self._before)
        self._show(wrong)
        if held is not None:
            self.save.setEnabled(False)
            self.typed.emit(held)
        else:
            self.fields.fields[next(iter(wrong))].setFocus()
