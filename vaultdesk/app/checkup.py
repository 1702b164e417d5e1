"""Help > Health…: the live state of the running desk, and the diagnostics to be copied."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaultdesk import settings as layers
from vaultdesk.app import log_file
from vaultdesk.app.parts import WallClock
from vaultdesk.ui.commands import Command
from vaultdesk.ui.signs import Sign, State
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from vaultdesk.adapters.web.shapes.health import Health
    from vaultdesk.app.parts import Profile

STATUS = Path("/proc/self/statm")
"""Where Linux tells how many pages of memory a process has; the second number is in use."""
MEGABYTE = 1e6


class Checkup:
    """Opens the dialog; `health` looks at the desk, `server` gives its address or nothing."""

    def __init__(
        self,
        profile: Profile,
        flags: Mapping[str, Any],
        health: Callable[[], Awaitable[Health]],
        server: Callable[[], str],
    ) -> None:
        self._profile, self._flags = profile, dict(flags)
        self._health, self._server = health, server
        self._parent: QWidget | None = None

    def use(self, parent: QWidget) -> None:
        """Show the dialog over this window."""
        self._parent = parent

    def commands(self) -> list[Command]:
        """The entry of the menu Help."""
        meaning = tr("Whether prices are fresh, alerts watched and everything kept")
        return [
            Command(
                "health.open", "&Help", tr("Hea&lth…"), self.open, meaning=meaning, group="health"
            )
        ]

    def open(self) -> None:
        """Open the dialog."""
        from vaultdesk.ui.health_dialog import HealthDialog  # noqa: PLC0415 (after the first paint)

        folder = self._profile.home / log_file.FOLDER
        dialog = HealthDialog(self.signs, self.diagnostics, folder, self._parent)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def signs(self) -> tuple[Sign, ...]:
        """How every part is now."""
        from vaultdesk.app.health.told import overall, signs  # noqa: PLC0415

        health = await self._health()
        return (overall(health), *signs(health), *self._more())

    async def diagnostics(self) -> str:
        """The text for whoever is to help."""
        from vaultdesk.app.health.diagnostics import LINES, diagnostics  # noqa: PLC0415
        from vaultdesk.app.health.told import told  # noqa: PLC0415

        held = await asyncio.to_thread(layers.layered, self._flags)
        folder = self._profile.home / log_file.FOLDER
        log = await asyncio.to_thread(log_file.last_lines, folder, LINES)
        health = told(await self._health(), self._more())
        made = WallClock().now()
        return await asyncio.to_thread(diagnostics, health, held, log, made=made, home=Path.home())

    def _more(self) -> tuple[Sign, ...]:
        """What only a running desk has."""
        at = self._server()
        serving = Sign("server", State.OK, f"listening at {at}")
        silent = Sign("server", State.OFF, "not switched on")
        return (serving if at else silent, _memory())


def _memory() -> Sign:
    try:
        import resource  # noqa: PLC0415 (not on every system)

        pages = int(STATUS.read_text(encoding="ascii").split()[1])
    except (ImportError, OSError, ValueError, IndexError):
        return Sign("memory", State.OFF, "this system does not tell")
    size = pages * resource.getpagesize()
    return Sign("memory", State.OK, f"{size / MEGABYTE:,.0f} MB in use")
