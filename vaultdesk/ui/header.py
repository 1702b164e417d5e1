"""The top of the window: menus, the banner of problems, and whether the prices are real."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenuBar, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.market import Quality
from vaultdesk.ui import theme
from vaultdesk.ui.banner import ProblemBanner
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import quality_colour
from vaultdesk.ui.translation import tr

MARKS = {
    "SIMULATED": tr("SIMULATED: made-up prices"),
    "RECORDED": tr("RECORDED: prices of the past"),
}
"""The words that stand on the mark of a feed that is not the market."""

ROOMY = 900
"""Pixels of width below which the row keeps to its shortest words."""


class Header(QWidget):
    """One row of menus, name and mark above the banner; the window's menu widget.

    Its button of settings is shown once there is a command for it.
    """

    def __init__(self, banner: ProblemBanner) -> None:
        super().__init__()
        self.menu_bar = named(QMenuBar(), "desk.menu", tr("Everything the desk can be told to do"))
        self.mark = named(QLabel(), "desk.mark", tr("Shown when the prices are not the market's"))
        self.mark.setProperty("role", "mark")
        self.search = named(QPushButton(), "desk.find", tr("Find any command by name"))
        self.settings = named(
            QPushButton(tr("&Settings…")), "settings.open", tr("Open the settings")
        )
        self.settings.hide()
        row = QHBoxLayout()
        row.setContentsMargins(10, 3, 8, 3)
        row.setSpacing(8)
        row.addWidget(_brand_icon())
        self._name = named(QLabel(tr("<b>VaultDesk</b>")), "desk.name", tr("The program"))
        row.addWidget(self._name)
        row.addWidget(self.menu_bar)
        row.addStretch(1)
        row.addWidget(self.mark)
        row.addWidget(self.settings)
        row.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(banner)
        theme.notifier().changed.connect(self._recolour)
        self.set_mark("")

    def set_mark(self, word: str) -> None:
        """Show what the prices are, "SIMULATED" or "RECORDED"; "" for the market's own."""
        self._word = word
        self._fit()
        self.mark.setVisible(bool(word))
        self._recolour()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        roomy = self.width() >= ROOMY
        self._name.setVisible(roomy)
        self.mark.setText(MARKS.get(self._word, self._word) if roomy else self._word)
        self.search.setText(tr("&Command…  Ctrl+K") if roomy else "Ctrl+K")

    def retire(self) -> None:
        """Change colours no more."""
        theme.notifier().changed.disconnect(self._recolour)

    def _recolour(self) -> None:
        """Violet for what no market made, as everywhere on the desk; amber for the past."""
        now = theme.current()
        invented = self._word == Quality.SIMULATED
        ground = quality_colour(Quality.SIMULATED) if invented else now.warning
        self.mark.setStyleSheet(f"color: {now.background}; background: {ground}")


def app_icon() -> QIcon:
    """The program's mark."""
    return QIcon(str(theme.resources() / "icons" / "vaultdesk.svg"))


def _brand_icon() -> QLabel:
    label = QLabel()
    label.setPixmap(app_icon().pixmap(QSize(22, 22)))
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
