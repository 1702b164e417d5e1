"""Positions held elsewhere: asked for, kept, removed, and all of it taken back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vaultdesk.ports import InputError, KnownError
from vaultdesk.ui.positions.manual_dialog import ManualDialog
from vaultdesk.ui.strategy.edits import Edits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from vaultdesk.core.orders.broker import Held
    from vaultdesk.core.positions.rows import Row
    from vaultdesk.services.errands import Errands
    from vaultdesk.services.positions import PositionService

    Manual = tuple[Held, ...]
    Step = Callable[[Edits[Manual]], None]


class Elsewhere(QObject):
    """Changes are kept one after the other; what the disk refuses is told by `fail`."""

    changed = Signal()
    """There is something else to take back."""

    def __init__(
        self,
        parent: QWidget,
        positions: PositionService,
        errands: Errands,
        fail: Callable[[str], object],
    ) -> None:
        super().__init__(parent)
        self._parent, self._positions = parent, positions
        self._errands, self._fail = errands, fail
        self._edits: Edits[Manual] = Edits(positions.manual)
        self._one_by_one = asyncio.Lock()

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return self._edits.can_undo and self._edits.now == self._positions.manual

    def ask_new(self) -> None:
        """Ask for a position to add."""
        self._ask(None)

    def ask_change(self, row: Row) -> None:
        """Ask what a position is instead."""
        self._ask(row.held)

    def remove(self, rows: Sequence[Row]) -> None:
        """Remove these."""
        gone = [row.held for row in rows]
        self._begin(lambda held: tuple(one for one in held if one not in gone))

    def undo(self) -> None:
        """Take back the last change, if there is one."""
        self._errands.begin(self._keep(Edits.undo, Edits.redo))

    def redo(self) -> None:
        """Make it again."""
        self._errands.begin(self._keep(Edits.redo, Edits.undo))

    def _ask(self, before: Held | None) -> None:
        dialog = ManualDialog(before, self._parent)
        dialog.typed.connect(lambda held: self._errands.begin(self._typed(dialog, before, held)))
        dialog.open()

    async def _typed(self, dialog: ManualDialog, before: Held | None, typed: Held) -> None:
        def change(held: Manual) -> Manual:
            if before is None or before not in held:
                return (*held, typed)
            return tuple(typed if one == before else one for one in held)

        try:
            await self._keep(lambda edits: edits.make(change(edits.now)), Edits.undo)
        except InputError as error:
            dialog.refuse(error.field, str(error))
        except KnownError as error:
            dialog.refuse("", str(error))
        else:
            dialog.accept()

    def _begin(self, change: Callable[[Manual], Manual]) -> None:
        self._fail("")
        self._errands.begin(self._keep(lambda edits: edits.make(change(edits.now)), Edits.undo))

    async def _keep(self, step: Step, back: Step) -> None:
        """Keep what a step leads to; `back` leads from there to what stands if it cannot be."""
        async with self._one_by_one:
            if self._edits.now != self._positions.manual:
                self._edits = Edits(self._positions.manual)
            before = self._edits.now
            step(self._edits)
            if self._edits.now == before:
                return
            try:
                await self._positions.set_manual(self._edits.now)
            except KnownError:
                back(self._edits)
                raise
        self.changed.emit()
