"""The first start's choice: set up one's own loan, or look at the demonstration."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr


class Welcome(QDialog):
    """Two ways to begin, beside a desk that already runs; closing it chooses neither."""

    setup_chosen = Signal()
    demo_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "welcome", tr("How to begin"))
        self.setWindowTitle(tr("Welcome to VaultDesk"))
        heading = QLabel(tr("How far may gold fall before your bank calls?"))
        heading.setProperty("role", "section")
        sentence = QLabel(
            tr(
                "VaultDesk watches a loan that is secured by gold: its loan-to-value "
                "ratio on live prices, the price at which the bank calls, and what would "
                "cure it."
            )
        )
        sentence.setWordWrap(True)
        self.setup = named(
            QPushButton(tr("&Set up my loan")), "welcome.setup", tr("Enter your own loan")
        )
        self.demo = named(
            QPushButton(tr("&Explore the demonstration")),
            "welcome.demo",
            tr("A sample loan on a simulated market"),
        )
        self.setup.setProperty("role", "primary")
        self.setup.setDefault(True)
        for button, chosen in ((self.setup, self.setup_chosen), (self.demo, self.demo_chosen)):
            button.clicked.connect(self.accept)
            button.clicked.connect(chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(14)
        column.addWidget(heading)
        column.addWidget(sentence)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addLayout(
            self._way(self.setup, tr("Units pledged, amount owed and the bank's two levels."))
        )
        row.addLayout(
            self._way(self.demo, tr("A sample loan and made-up prices, marked SIMULATED.")), 1
        )
        column.addLayout(row)
        self.setFixedWidth(560)

    @staticmethod
    def _way(button: QPushButton, sentence: str) -> QVBoxLayout:
        button.setMinimumHeight(44)
        says = QLabel(sentence)
        says.setWordWrap(True)
        says.setAlignment(Qt.AlignmentFlag.AlignTop)
        theme.role(says, "muted")
        column = QVBoxLayout()
        column.addWidget(button)
        column.addWidget(says)
        return column
