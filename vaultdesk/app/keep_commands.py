"""Backup and restore in the window's menu."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from vaultdesk.ports import KnownError
from vaultdesk.services.off_loop import off_loop
from vaultdesk.storage.profile_folder import VAULT
from vaultdesk.ui.commands import Command
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from vaultdesk.app.actions import Actions
    from vaultdesk.app.parts import Profile
    from vaultdesk.storage.backup import Tell
    from vaultdesk.ui.keep_dialog import BackUpDialog, KeepDialog, RestoreDialog


class KeepCommands:
    """Asks for a file, works in a thread beside the loop, and `close`s the desk to restore."""

    def __init__(self, profile: Profile, actions: Actions, close: Callable[[], None]) -> None:
        self._profile, self._actions, self._close = profile, actions, close
        self._window: QWidget | None = None

    def commands(self) -> list[Command]:
        """The entries for menus and palette."""
        return [
            Command(
                "keep.back_up", "&File", tr("&Back up…"), self.back_up,
                meaning=tr("Keep the profile in one file"), group="keep",
            ),
            Command(
                "keep.restore", "&File", tr("Res&tore…"), self.restore,
                meaning=tr("Put a backup in the profile's place"), group="keep",
            ),
        ]  # fmt: skip

    def use(self, window: QWidget) -> None:
        """Open dialogs over this window."""
        self._window = window

    def back_up(self) -> BackUpDialog:
        """Ask where, and write it."""
        from vaultdesk.ui.keep_dialog import BackUpDialog  # noqa: PLC0415 (after the first paint)

        vault = (self._profile.home / VAULT).exists()
        proposed = f"vaultdesk-{datetime.now().astimezone():%Y-%m-%d}"
        dialog = BackUpDialog(proposed, vault=vault, parent=self._window)
        dialog.chosen.connect(
            lambda path, with_vault: self._begin(dialog, self._back_up(dialog, path, with_vault))
        )
        dialog.open()
        return dialog

    def restore(self) -> RestoreDialog:
        """Ask which, lay it ready, and close the desk."""
        from vaultdesk.ui.keep_dialog import RestoreDialog  # noqa: PLC0415

        dialog = RestoreDialog(self._window)
        dialog.chosen.connect(lambda path: self._begin(dialog, self._restore(dialog, path)))
        dialog.open()
        return dialog

    def _begin(self, dialog: KeepDialog, work: Coroutine[object, object, object]) -> None:
        """Do it while the dialog is open; closing the dialog cancels it."""
        task = self._actions.spawn(work)
        dialog.rejected.connect(task.cancel)

    async def _back_up(self, dialog: BackUpDialog, path: Path, with_vault: bool) -> None:
        from vaultdesk.app.keeping import back_up  # noqa: PLC0415

        tell, profile = _on_loop(dialog), self._profile
        try:
            await off_loop(
                lambda stop: back_up(profile, path, vault=with_vault, tell=tell, stop=stop)
            )
        except KnownError as error:
            dialog.fail(str(error))
            return
        dialog.accept()
        self._actions.say(tr("Backed up into {path}").format(path=path))

    async def _restore(self, dialog: RestoreDialog, path: Path) -> None:
        from vaultdesk.app.keeping import decide, lay_ready  # noqa: PLC0415

        tell, profile = _on_loop(dialog), self._profile
        try:
            await off_loop(lambda stop: lay_ready(profile, path, tell=tell, stop=stop))
            dialog.decided()
            await asyncio.to_thread(decide, profile)
        except KnownError as error:
            dialog.fail(str(error))
            return
        dialog.accept()
        self._close()


def _on_loop(dialog: KeepDialog) -> Tell:
    """Tells the dialog from a thread."""
    loop = asyncio.get_running_loop()

    def tell(done: float) -> None:
        loop.call_soon_threadsafe(dialog.progress, done)

    return tell
