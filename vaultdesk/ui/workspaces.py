"""Named arrangements of the window: where it stands, how its docks lie, how wide columns are."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QByteArray, QObject, QSize, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow

from vaultdesk.ui.layouts import BUILT_IN, DEFAULT, Layout, arrange, built_in, divide, settle
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.ui.tables.view import Table

VERSION = 1
"""Of the saved form; another version's workspaces are refused, not guessed at."""

TURNS = 5
"""Of the event loop, within which panels have heard of their new place."""

LAST = "(last)"
"""The arrangement the desk was closed with; kept beside the named ones, never listed."""


class WorkspaceStore(Protocol):
    """Keeps workspaces by name."""

    def load(self, name: str) -> bytes | None:
        """What was saved under this name, or None."""

    def save(self, name: str, data: bytes) -> None:
        """Keep this under the name, in place of what was there."""

    def names(self) -> tuple[str, ...]:
        """Every name something is kept under."""

    def delete(self, name: str) -> None:
        """Forget the name; one that is not kept is no error."""


class NameTaken(ValueError):  # noqa: N818
    """A workspace cannot be saved under this name; the text says why."""


class Workspaces(QObject):
    """Saves and restores a window's arrangement; a store's errors pass through."""

    changed = Signal()
    """Emitted when a name was added or deleted."""

    def __init__(
        self, window: QMainWindow, docks: Mapping[str, QDockWidget], store: WorkspaceStore
    ) -> None:
        super().__init__(window)
        self._window, self._docks, self._store = window, docks, store

    def saved(self) -> tuple[str, ...]:
        """The names the user gave, in alphabetical order."""
        return tuple(sorted(name for name in self._store.names() if name != LAST))

    def save(self, name: str) -> None:
        """Keep the present arrangement under a name of the user's.

        Raises:
            NameTaken: The name is empty or a built-in workspace's.
        """
        name = name.strip()
        if not name:
            raise NameTaken(tr("Give the workspace a name."))
        if name in BUILT_IN or name == LAST:
            raise NameTaken(tr("“{name}” is built in: choose another name.").format(name=name))
        self._store.save(name, self._now())
        self.changed.emit()

    def delete(self, name: str) -> None:
        """Forget a saved workspace."""
        self._store.delete(name)
        self.changed.emit()

    def restore(self, name: str) -> bool:
        """Arrange the window as saved or built in; False, and unchanged, if it cannot be."""
        if name in BUILT_IN:
            self._build(built_in(name, self._window.height()))
            return True
        data = self._store.load(name)
        return data is not None and self._apply(data)

    def remember(self) -> None:
        """Keep the present arrangement for the next start."""
        self._store.save(LAST, self._now())

    def resume(self) -> bool:
        """Arrange the window as it was closed; False, and unchanged, if that is not known."""
        data = self._store.load(LAST)
        return data is not None and self._apply(data)

    def reset(self) -> None:
        """Forget how the window was closed and go back to the default."""
        self._store.delete(LAST)
        self.restore(DEFAULT)

    def _build(self, layout: Layout) -> None:
        """Arrange it in the size the window has.

        A panel may ask for the room it took where it was wide until it hears of its new place, and
        the window grows with it: then it is divided once more when the panels have heard.
        """
        size = self._window.size()
        arrange(self._window, self._docks, layout)
        self._shrink(size, layout, TURNS)

    def _shrink(self, size: QSize, layout: Layout, turns: int) -> None:
        """Have the size back as soon as the panels let it be."""
        if self._window.size() == size or not turns:
            return
        self._window.resize(size)
        divide(self._window, self._docks, layout)
        QTimer.singleShot(0, self, lambda: self._shrink(size, layout, turns - 1))

    def _now(self) -> bytes:
        return json.dumps(
            {
                "version": VERSION,
                "geometry": _text(self._window.saveGeometry()),
                "docks": _text(self._window.saveState(VERSION)),
                "columns": {t.objectName(): t.layout_state().decode() for t in self._tables()},
            }
        ).encode()

    def _apply(self, data: bytes) -> bool:
        try:
            saved = json.loads(data)
            if saved["version"] != VERSION:
                return False
            geometry, docks = _bytes(saved["geometry"]), _bytes(saved["docks"])
            columns = {str(name): str(state) for name, state in saved["columns"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
            return False
        before = self._window.saveGeometry(), self._window.saveState(VERSION)
        if not self._arrange(geometry, docks):
            self._arrange(*before)
            return False
        for table in self._tables():
            if table.objectName() in columns:
                table.restore_layout(columns[table.objectName()].encode())
        return True

    def _arrange(self, geometry: QByteArray, docks: QByteArray) -> bool:
        """The geometry first, so that the docks divide the size they had; False for garbage."""
        placed = self._window.restoreGeometry(geometry)
        docked = self._window.restoreState(docks, VERSION)
        settle(self._window)
        return placed and docked

    def _tables(self) -> "list[Table]":
        from vaultdesk.ui.tables.view import Table  # noqa: PLC0415 (after the first paint)

        return [table for table in self._window.findChildren(Table) if table.objectName()]


def _text(data: QByteArray) -> str:
    return base64.b64encode(data.data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray(base64.b64decode(text, validate=True))
