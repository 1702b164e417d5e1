"""What becomes of a hedge's payoff, as a choice that panels share."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox

from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.ui.panel import named
from vaultdesk.ui.strategy.words import USES
from vaultdesk.ui.translation import tr

LEAST_CHARACTERS = 10


class UseChoice(QComboBox):
    """Shows what the rules say and tells what the user wants instead."""

    chosen = Signal(object)
    """A Use."""

    def __init__(self, identifier: str) -> None:
        super().__init__()
        named(
            self, identifier, tr("What becomes of the options' payoff; it decides the bank's LTV")
        )
        named(self.view(), f"{identifier}.list", tr("What may become of the payoff"))
        self.setAccessibleName(tr("Payoff"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(LEAST_CHARACTERS)
        for use, (word, _sentence) in USES.items():
            self.addItem(word, use)
        self.currentIndexChanged.connect(self._picked)

    def use(self) -> Use:
        """What is chosen."""
        return list(USES)[self.currentIndex()]

    def show_use(self, use: Use) -> None:
        """Show what the rules say now."""
        with QSignalBlocker(self):
            self.setCurrentIndex(list(USES).index(use))
        self.setToolTip(USES[use][1])

    def _picked(self, _index: int) -> None:
        self.setToolTip(USES[self.use()][1])
        self.chosen.emit(self.use())
