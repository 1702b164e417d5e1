"""The row above the chain: which expiry and rungs, exercised how, and fetch it again."""

from datetime import date

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.core.market import EXERCISE_STYLES, nearest_expiry
from vaultdesk.ui import theme
from vaultdesk.ui.chain.filter import EXAMPLES, Filter, NotUnderstood, parsed
from vaultdesk.ui.format import dated
from vaultdesk.ui.panel import named
from vaultdesk.ui.pricing import STYLES
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr

LEAPS_DAYS = 365
"""Options that expire this many days out or later are LEAPS."""
CHIPS = {"30": 30, "60": 60, "90": 90, "LEAPS": LEAPS_DAYS}
ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
ONE_ROW = 760
"""From this width on, in pixels, everything stands in one row."""


class ChainBar(QWidget):
    """Asks for things; what is shown is decided elsewhere and told to it."""

    expiry_chosen = Signal(object)
    """A date."""
    filter_changed = Signal(object)
    """A Filter; a text that is not understood leaves the last one in force."""
    style_chosen = Signal(str)
    """One of `EXERCISE_STYLES`."""
    refresh_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._expirations: tuple[date, ...] = ()
        self._today = date.min
        self.expiry = named(
            QComboBox(), "chain.expiry", tr("Expiry of the chain shown, and its days")
        )
        self.expiry.setAccessibleName(tr("Expiry"))
        self.expiry.setMinimumContentsLength(16)
        self.expiry.currentIndexChanged.connect(self._chosen)
        self.chips = {word: self._chip(word, days) for word, days in CHIPS.items()}
        self.filter = named(
            QLineEdit(),
            "chain.filter",
            tr("Strikes to show, such as {examples}").format(examples=EXAMPLES),
        )
        self.filter.setAccessibleName(tr("Filter"))
        self.filter.setPlaceholderText(tr("Filter: 340-380, ±10%, delta 0.2-0.5 …"))
        self.filter.setToolTip(
            tr("Strikes to show, such as\n{examples}\nseveral of them together").format(
                examples=EXAMPLES
            )
        )
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filtered)
        self._wrong = sentence(
            "chain.filter.problem", tr("What the filter does not understand"), "down"
        )
        self._wrong.hide()
        self.style_choice = named(
            QComboBox(), "chain.style", tr("When options may be exercised; GLD's are American")
        )
        self.style_choice.setAccessibleName(tr("Exercise"))
        self.style_choice.setToolTip(tr("When the options may be exercised"))
        for style in EXERCISE_STYLES:
            self.style_choice.addItem(STYLES[style], style)
        self.style_choice.currentIndexChanged.connect(
            lambda place: self.style_chosen.emit(EXERCISE_STYLES[place])
        )
        self.refresh = named(
            QPushButton(tr("Refresh")), "chain.refresh", tr("Fetch this chain anew")
        )
        self.refresh.clicked.connect(lambda _checked: self.refresh_asked.emit())
        self._arrange()

    def show_expirations(self, expirations: tuple[date, ...], today: date) -> None:
        """List these expiries with their days from `today`."""
        if (expirations, today) == (self._expirations, self._today):
            return
        chosen = self.chosen()
        self._expirations, self._today = expirations, today
        with QSignalBlocker(self.expiry):
            self.expiry.clear()
            for expiry in expirations:
                self.expiry.addItem(f"{dated(expiry)} · {(expiry - today).days} d", expiry)
        for word, chip in self.chips.items():
            chip.setEnabled(self._nearest(word) is not None)
        self.show_expiry(chosen)

    def show_expiry(self, expiry: date | None) -> None:
        """Mark the expiry that is shown or being fetched."""
        with QSignalBlocker(self.expiry):
            self.expiry.setCurrentIndex(
                self._expirations.index(expiry) if expiry in self._expirations else -1
            )
        for word, chip in self.chips.items():
            chip.setChecked(expiry is not None and self._nearest(word) == expiry)

    def show_style(self, style: str) -> None:
        """Mark how options are exercised."""
        with QSignalBlocker(self.style_choice):
            self.style_choice.setCurrentIndex(EXERCISE_STYLES.index(style))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In one row where there is room, else in two."""
        super().resizeEvent(event)
        self._rows.setDirection(ACROSS if self.width() >= ONE_ROW else DOWN)

    def chosen(self) -> date | None:
        """The marked expiry."""
        index = self.expiry.currentIndex()
        return self._expirations[index] if index >= 0 else None

    def _arrange(self) -> None:
        which, how = QHBoxLayout(), QHBoxLayout()
        which.addWidget(self.expiry)
        for chip in self.chips.values():
            which.addWidget(chip)
        which.addStretch()
        how.addWidget(self.filter, 1)
        how.addWidget(self.style_choice)
        how.addWidget(self.refresh)
        self._rows = QBoxLayout(DOWN)
        self._rows.addLayout(which)
        self._rows.addLayout(how, 1)
        for row in (which, how, self._rows):
            row.setSpacing(5)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 4)
        column.setSpacing(3)
        column.addLayout(self._rows)
        column.addWidget(self._wrong)

    def _chip(self, word: str, days: int) -> QPushButton:
        leaps = days == LEAPS_DAYS
        meaning = (
            tr("a year or more out") if leaps else tr("nearest to {days} days").format(days=days)
        )
        chip = named(
            QPushButton(word),
            f"chain.days_{word.lower()}",
            tr("Show the expiry {meaning}").format(meaning=meaning),
        )
        chip.setCheckable(True)
        chip.setToolTip(tr("The expiry {meaning}").format(meaning=meaning))
        theme.role(chip, "chip")
        chip.clicked.connect(lambda _checked: self._jump(word))
        return chip

    def _nearest(self, word: str) -> date | None:
        days = CHIPS[word]
        among = self._expirations
        if days == LEAPS_DAYS:
            among = tuple(e for e in among if (e - self._today).days >= LEAPS_DAYS)
        return nearest_expiry(among, self._today, days)

    def _jump(self, word: str) -> None:
        expiry = self._nearest(word)
        if expiry is not None and expiry != self.chosen():
            self.expiry.setCurrentIndex(self._expirations.index(expiry))
        self.show_expiry(self.chosen())

    def _chosen(self, index: int) -> None:
        if index >= 0:
            self.show_expiry(self._expirations[index])
            self.expiry_chosen.emit(self._expirations[index])

    def _filtered(self, text: str) -> None:
        try:
            found: Filter | None = parsed(text)
            problem = ""
        except NotUnderstood as error:
            found, problem = None, str(error)
        theme.role(self.filter, "wrong" if problem else "")
        say(self._wrong, problem)
        self._wrong.setVisible(bool(problem))
        if found is not None:
            self.filter_changed.emit(found)
