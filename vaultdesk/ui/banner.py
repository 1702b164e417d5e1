"""The strip under the menus that says what is wrong, one problem at a time, until it is over."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from vaultdesk.events import Bus, ProblemCleared, ProblemRaised
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr


class ProblemBanner(QFrame):
    """Shows the newest problem and steps through the others; hidden while there are none.

    A dismissed problem stays away until it is cleared or raised with another sentence: a feed
    that fails every 30 s with the same words is no news.
    """

    def __init__(self, bus: Bus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        named(self, "desk.banner", tr("What is wrong right now"))
        self._open: dict[str, str] = {}
        self._dismissed: dict[str, str] = {}
        self._shown = ""
        word = QLabel(tr("⚠ Problem"))
        word.setProperty("role", "warning")
        self.sentence = named(QLabel(), "desk.problem", tr("The problem and what to do about it"))
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.count = named(QLabel(), "desk.problem.count", tr("Which of how many problems"))
        self.next = named(
            QPushButton(tr("&Next problem")), "desk.problem.next", tr("Show the next one")
        )
        self.dismiss = named(
            QPushButton(tr("&Dismiss")), "desk.problem.dismiss", tr("Hide this problem")
        )
        self.next.clicked.connect(self._step)
        self.dismiss.clicked.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(10)
        row.addWidget(word)
        row.addWidget(self.sentence, 1)
        for widget in (self.count, self.next, self.dismiss):
            row.addWidget(widget)
        self._undo = [
            bus.subscribe(ProblemRaised, self._raised),
            bus.subscribe(ProblemCleared, self._cleared),
        ]
        self._show()

    def retire(self) -> None:
        """Hear nothing any more."""
        while self._undo:
            self._undo.pop()()

    def _raised(self, event: ProblemRaised) -> None:
        if self._dismissed.get(event.key) == event.sentence:
            return
        self._dismissed.pop(event.key, None)
        if self._open.get(event.key) != event.sentence:
            self._open[event.key] = event.sentence
            self._shown = event.key
            announced = QAccessibleAnnouncementEvent(self.sentence, event.sentence)
            announced.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(announced)
        self._show()

    def _cleared(self, event: ProblemCleared) -> None:
        self._open.pop(event.key, None)
        self._dismissed.pop(event.key, None)
        self._show()

    def _step(self) -> None:
        keys = list(self._open)
        self._shown = keys[(keys.index(self._shown) + 1) % len(keys)]
        self._show()

    def _dismiss(self) -> None:
        self._dismissed[self._shown] = self._open.pop(self._shown)
        self._show()

    def _show(self) -> None:
        if self._shown not in self._open:
            self._shown = next(reversed(self._open), "")
        several = len(self._open) > 1
        place = list(self._open).index(self._shown) + 1 if self._open else 0
        self.sentence.setText(self._open.get(self._shown, ""))
        self.count.setText(tr("{place} of {count}").format(place=place, count=len(self._open)))
        self.count.setVisible(several)
        self.next.setVisible(several)
        self.setVisible(bool(self._open))
