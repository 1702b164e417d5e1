"""Opens the demonstration with every text in brackets, and prints what stands outside of them.

A program of its own, as the tables of texts are made when their modules are loaded.
"""

import asyncio
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QDoubleSpinBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTabBar,
    QTableView,
    QWidget,
)
from qasync import QEventLoop

from vaultdesk.ui import translation

OPEN, CLOSE = (
    "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}",
    "\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}",
)
INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
PATIENCE_S = 30.0
ROWS = 5
"""Rows of each table that are looked at."""
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


class Bracketed(QTranslator):
    """Puts each text in brackets: what has none never was given to `tr`."""

    def translate(
        self, _context: str, text: str, _disambiguation: str | None = None, n: int = -1
    ) -> str:
        """The text in brackets, that for one where there is one of it."""
        return f"{OPEN}{_disambiguation if n == 1 and _disambiguation else text}{CLOSE}"


class Opened(QObject):
    """Tells of each dialog that comes into sight."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: asyncio.Queue[QDialog] = asyncio.Queue()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Look at shows only."""
        if event.type() is QEvent.Type.Show and isinstance(watched, QDialog):
            self.seen.put_nowait(watched)
        return False


def outside(text: str) -> str:
    """What is left of a text without tags and without what stands in brackets."""
    left, before = re.sub(r"<[^>]*>", "", text), ""
    while before != left:
        before, left = left, INNERMOST.sub(" ", left)
    return left.strip()


def texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Every text of a widget that somebody sees or hears, with its kind."""
    yield "tooltip", widget.toolTip()
    yield "name", widget.accessibleName()
    yield "description", widget.accessibleDescription()
    for action in widget.actions():
        yield "action", action.text()
        yield "status", action.statusTip()
    if widget.isWindow() or isinstance(widget, QDockWidget):
        yield "title", widget.windowTitle()
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    if isinstance(widget, QGroupBox):
        yield "text", widget.title()
    if isinstance(widget, QLineEdit):
        yield "placeholder", widget.placeholderText()
    if isinstance(widget, QSpinBox | QDoubleSpinBox):
        yield from (("suffix", widget.suffix()), ("special", widget.specialValueText()))
    if isinstance(widget, QComboBox):
        yield from (("item", widget.itemText(place)) for place in range(widget.count()))
    if isinstance(widget, QTabBar):
        yield from (("tab", widget.tabText(place)) for place in range(widget.count()))
    if isinstance(widget, QTableView):
        yield from _table(widget)


def _table(table: QTableView) -> Iterator[tuple[str, str]]:
    model = table.model()
    for column in range(model.columnCount()):
        for role in ROLES:
            head = model.headerData(column, Qt.Orientation.Horizontal, role)
            yield "heading", str(head or "")
        for row in range(min(model.rowCount(), ROWS)):
            for role in ROLES[:2]:
                yield "cell", str(model.index(row, column).data(role) or "")


def report(application: QApplication) -> dict[str, list[list[str]]]:
    """What stands outside of brackets, and the identifiers of widgets and of columns."""
    from vaultdesk.ui.tables.model import TableModel  # noqa: PLC0415  (after the translator)

    found: set[tuple[str, str, str]] = set()
    seen = 0
    for widget in application.allWidgets():
        where = widget.accessibleIdentifier() or widget.objectName() or type(widget).__name__
        for kind, text in texts(widget):
            seen += OPEN in text
            if re.search(r"[A-Za-z]{2}", left := outside(text)):
                found.add((where, kind, left))
    ids = {widget.accessibleIdentifier() for widget in application.allWidgets()}
    models = [w.model() for w in application.allWidgets() if isinstance(w, QTableView)]
    ids.update(c.key for model in models if isinstance(model, TableModel) for c in model.columns)
    return {
        "found": [list(one) for one in sorted(found)],
        "identifiers": [sorted(ids)],
        "bracketed": [[str(seen)]],
    }


def main(home: Path) -> None:
    """Open the desk, its panels and its dialogs, and print the report as JSON."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["VAULTDESK_HOME"] = str(home)
    translation.use(Bracketed())
    from vaultdesk import settings as layers  # noqa: PLC0415  (after the translator)
    from vaultdesk.app.defence import Defence  # noqa: PLC0415
    from vaultdesk.app.desk import Desk  # noqa: PLC0415
    from vaultdesk.app.parts import Profile  # noqa: PLC0415
    from vaultdesk.events import ChainChanged, LoanValued  # noqa: PLC0415

    profile = Profile(layers.load({"feed": "simulated"}), demo=True)
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    desk = Desk(application, profile, Defence(profile.home, "warning"), None, (1600, 1000), {})
    opened = Opened()
    application.installEventFilter(opened)
    come = {kind: asyncio.Event() for kind in (ChainChanged, LoanValued)}
    for kind, event in come.items():
        desk.bus.subscribe(kind, lambda _told, event=event: event.set())  # type: ignore[misc]

    async def life() -> None:
        living = asyncio.ensure_future(desk.main(""))
        for event in come.values():
            await asyncio.wait_for(event.wait(), PATIENCE_S)
        doors: tuple[Callable[[], object], ...] = (
            desk.actions.edit_loan,
            desk.actions.edit_settings,
            desk.actions.edit_rules,
            desk.actions.welcome,
        )
        dialogs = []
        for door in doors:
            door()
            dialogs.append(await asyncio.wait_for(opened.seen.get(), PATIENCE_S))
        desk.window.open_palette()
        print(json.dumps(report(application)))  # noqa: T201
        for dialog in dialogs:
            dialog.close()
        desk.quit.set()
        await living

    with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
        runner.run(life())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
