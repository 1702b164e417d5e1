"""Above the comparison: whose recommendation, what becomes of the payoff, which figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QPushButton, QWidget

from vaultdesk.core.hedge.recommend import Profile
from vaultdesk.ui import theme
from vaultdesk.ui.compare.use import UseChoice
from vaultdesk.ui.compare.view import PROFILES, View
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import NARROWEST
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
ONE_ROW, TWO_ROWS = 1000, 600
"""Pixels of width from which on everything stands in one row, and in two."""


class CompareBar(QWidget):
    """Asks for things; what is shown is decided elsewhere and told to it."""

    profile_chosen = Signal()
    exact_toggled = Signal()
    mid_toggled = Signal()
    run_asked = Signal()
    save_asked = Signal()
    desk_asked = Signal()

    def __init__(self, view: View) -> None:
        super().__init__()
        self.profile = named(QComboBox(), "compare.profile", tr("By what the hedges are ranked"))
        named(self.profile.view(), "compare.profile.list", tr("By what the hedges may be ranked"))
        self.profile.setAccessibleName(tr("Profile"))
        for profile, (word, _meaning) in PROFILES.items():
            self.profile.addItem(word, profile)
        self.profile.setCurrentIndex(list(PROFILES).index(Profile(view.profile)))
        self.profile.currentIndexChanged.connect(lambda _place: self._profile_picked())
        self.use = UseChoice("compare.use")
        self.exact = _chip(
            tr("Before rounding"), "compare.exact", tr("Fractions of contracts"), view.exact
        )
        self.mid = _chip(
            tr("At mid"),
            "compare.mid",
            tr("Costs at mid; places stay by the natural price"),
            view.mid,
        )
        self.exact.toggled.connect(lambda _on: self.exact_toggled.emit())
        self.mid.toggled.connect(lambda _on: self.mid_toggled.emit())
        self.run = named(
            QPushButton(tr("Run again")), "compare.run", tr("Compare by the prices of now")
        )
        self.run.setToolTip(tr("Compare by the prices of now"))
        self.run.clicked.connect(lambda _on: self.run_asked.emit())
        self.desk = named(
            QPushButton(tr("Put on the desk")),
            "compare.desk",
            tr("Let other panels look at this hedge"),
        )
        self.desk.setToolTip(tr("Let the other panels look at the selected hedge (Enter)"))
        self.desk.clicked.connect(lambda _on: self.desk_asked.emit())
        self.save = named(
            QPushButton(tr("Save…")),
            "compare.save",
            tr("Keep this result with its inputs, or a report of it"),
        )
        self.save.setToolTip(tr("Keep this result and what it was made from in a file"))
        self.save.clicked.connect(lambda _on: self.save_asked.emit())
        self._explain()
        self._arrange()

    def chosen(self) -> Profile:
        """The profile."""
        return list(PROFILES)[self.profile.currentIndex()]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In one row where there is room, else in two or three."""
        super().resizeEvent(event)
        self._rows.setDirection(ACROSS if self.width() >= ONE_ROW else DOWN)
        self._last.setDirection(ACROSS if self.width() >= TWO_ROWS else DOWN)

    def _profile_picked(self) -> None:
        self._explain()
        self.profile_chosen.emit()

    def _explain(self) -> None:
        self.profile.setToolTip(PROFILES[self.chosen()][1])

    def _arrange(self) -> None:
        which, how, what = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row, parts in (
            (which, (self.profile, self.use)),
            (how, (self.exact, self.mid, self.run)),
            (what, (self.desk, self.save)),
        ):
            row.setSpacing(6)
            for part in parts:
                row.addWidget(part)
        how.insertStretch(2, 1)
        what.addStretch(1)
        self.setMinimumWidth(NARROWEST)  # in one row too, or it would keep its dock wide
        self._rows, self._last = QBoxLayout(DOWN, self), QBoxLayout(DOWN)
        self._rows.setContentsMargins(0, 0, 0, 0)
        for box in (self._rows, self._last):
            box.setSpacing(6)
        self._last.addLayout(how)
        self._last.addLayout(what)
        self._rows.addLayout(which, 1)
        self._rows.addLayout(self._last)


def _chip(text: str, identifier: str, meaning: str, checked: bool) -> QPushButton:
    chip = named(QPushButton(text), identifier, meaning)
    chip.setToolTip(meaning)
    chip.setCheckable(True)
    theme.role(chip, "chip")
    with QSignalBlocker(chip):
        chip.setChecked(checked)
    return chip
