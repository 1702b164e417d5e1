"""How the desk is right now: its parts one below the other, renewed each second while open."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
)

from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.format import age
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, label, say, sentence
from vaultdesk.ui.signs import MARKS, Sign, State
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    Look = Callable[[], Awaitable[Sequence[Sign]]]
    Diagnose = Callable[[], Awaitable[str]]

EVERY_MS = 1000
WIDTH = 640
PARTS = {
    "desk": tr("The desk"),
    "feed": tr("Prices"),
    "alerts": tr("Alerts"),
    "database": tr("Database"),
    "disk": tr("Disk"),
    "broker": tr("Broker"),
    "keyring": tr("Passwords"),
    "server": tr("Server"),
    "memory": tr("Memory"),
}
"""By the key of a sign: what the dialog calls the part."""

WORDS = {
    State.OK: tr("OK"),
    State.CHECK: tr("CHECK"),
    State.STALE: tr("STALE"),
    State.FAILING: tr("FAILING"),
    State.OFF: tr("OFF"),
}
ROLES = {
    State.OK: "up",
    State.CHECK: "warning",
    State.STALE: "warning",
    State.FAILING: "down",
    State.OFF: "muted",
}


class Row:
    """The labels of one part, in a row of the grid."""

    def __init__(self, part: str, grid: QGridLayout) -> None:
        self.name = label(role="muted")
        self.name.setText(PARTS[part])
        self.state = label(f"health.{part}.state", tr("How this part is, in a word"))
        self.state.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        self.told = sentence(f"health.{part}", tr("What there is to say of it"), role="")
        self.age = label(f"health.{part}.age", tr("How old what it rests on is"), "muted")
        self.age.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        at = grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.name, at, 0, top)
        grid.addWidget(self.state, at, 1, top)
        grid.addWidget(self.told, at, 2)
        grid.addWidget(self.age, at, 3, top)

    def tell(self, sign: Sign) -> None:
        """Show how the part is now."""
        say(self.state, f"{MARKS[sign.state]} {WORDS[sign.state]}", role=ROLES[sign.state])
        say(self.told, sign.sentence)
        old = "" if sign.age_s is None else age(timedelta(seconds=sign.age_s))
        say(self.age, old)


class HealthDialog(QDialog):
    """Shows what `look` sees, without blocking the desk: call `open()`.

    `diagnose` writes the text for whoever is to help; `log_folder` is where the log lies.
    """

    def __init__(
        self, look: Look, diagnose: Diagnose, log_folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "health", tr("How the desk is"))
        self.setWindowTitle(tr("Health"))
        self._look, self._diagnose, self._log_folder = look, diagnose, log_folder
        self._looking = self._failed = False
        self.rows: dict[str, Row] = {}
        self.answer = sentence("health.answer", tr("What was done, or went wrong"))
        self.errands = Errands(self._fail)
        self._arrange()
        self._clock = QTimer(self)
        self._clock.setInterval(EVERY_MS)
        self._clock.timeout.connect(self.renew)

    def open(self) -> None:
        """Show it, and look at once and each second from then on."""
        super().open()
        self.renew()
        self._clock.start()

    def renew(self) -> None:
        """Look again, unless a look is still under way."""
        if not self._looking:
            self._looking = True
            self.errands.begin(self._renew())

    def done(self, result: int) -> None:
        """Nothing goes on behind a closed dialog."""
        self._clock.stop()
        self.errands.cancel()
        super().done(result)

    async def _renew(self) -> None:
        try:
            for sign in await self._look():
                self._row(sign.part).tell(sign)
            if self._failed:
                self._failed = False
                say(self.answer, "")
        finally:
            self._looking = False

    def _fail(self, told: str) -> None:
        self._failed = True
        say(self.answer, told, role="down")

    def _row(self, part: str) -> Row:
        if part not in self.rows:
            self.rows[part] = Row(part, self._grid)
        return self.rows[part]

    async def _copy(self) -> None:
        self.copy.setEnabled(False)
        try:
            text = await self._diagnose()
        finally:
            self.copy.setEnabled(True)
        QGuiApplication.clipboard().setText(text)
        lines = text.count("\n") + 1
        told = tr("Copied, {n} lines: read them before you send them.", "", lines)
        say(self.answer, told.format(n=lines), role="muted")

    def _open_log(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder))):
            told = tr("No program shows folders here: the log is in {folder}.")
            say(self.answer, told.format(folder=self._log_folder), role="down")

    def _arrange(self) -> None:
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(9)
        self._grid.setColumnStretch(2, 1)
        frame = QFrame()
        theme.role(frame, "tile")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(16, 14, 16, 14)
        inside.addLayout(self._grid)
        self._row("desk").told.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        for part in PARTS:
            self._row(part).tell(Sign(part, State.OFF, tr("Looking…")))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(frame)
        column.addWidget(self.answer)
        column.addLayout(self._ending())
        self.setMinimumWidth(WIDTH)

    def _ending(self) -> QHBoxLayout:
        self.copy = named(
            QPushButton(tr("&Copy diagnostics")),
            "health.copy",
            tr("Put a text for whoever is to help on the clipboard, without secrets"),
        )
        theme.role(self.copy, "primary")
        self.copy.clicked.connect(lambda _checked: self.errands.begin(self._copy()))
        self.log = named(
            QPushButton(tr("Open &log folder")), "health.log", tr("Show where the log lies")
        )
        self.log.clicked.connect(lambda _checked: self._open_log())
        self.leave = named(QPushButton(tr("Close")), "health.close", tr("Close this"))
        self.leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.log)
        row.addStretch(1)
        row.addWidget(self.copy)
        row.addWidget(self.leave)
        return row
