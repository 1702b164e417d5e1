"""The help and the health of the desk: their panel, their dialog, and the menu that opens them.

Nothing of it is loaded before the first paint.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vaultdesk.ui.commands import Command
from vaultdesk.ui.panel import Later
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from vaultdesk.app.checkup import Checkup
    from vaultdesk.events import Bus
    from vaultdesk.storage.window_files import WindowFiles
    from vaultdesk.ui.panel import Panel
    from vaultdesk.ui.panels.help import HelpPanel
    from vaultdesk.ui.window import DeskWindow

KEY = "help"
MENU = "&Help"


class Helping:
    """Builds the help; `keep` remembers how it was left.

    `parser` makes what reads the command line, for its page; `checkup` shows the health.
    """

    def __init__(
        self,
        bus: Bus,
        files: WindowFiles,
        keep: Callable[[str, str], None],
        parser: Callable[[], argparse.ArgumentParser] | None,
        checkup: Checkup,
    ) -> None:
        self._checkup = checkup
        self._bus, self._files, self._keep, self._parser = bus, files, keep, parser
        self._window: DeskWindow | None = None
        self._panel: HelpPanel | None = None
        self._from = ""

    def use(self, window: DeskWindow) -> None:
        """Help with this window."""
        self._window = window
        self._checkup.use(window)

    def panels(self) -> list[Panel]:
        """The panel's place, filled after the first paint."""
        return [Later(self._bus, KEY, tr("Help"), self._build)]

    def commands(self) -> list[Command]:
        """The entries of the menu Help."""
        return [
            Command(
                "help.context", MENU, tr("&Help on this panel"), self.open_context, "F1",
                tr("Show the page on the panel that has the keyboard"), group="find",
            ),
            Command(
                "help.find", MENU, tr("&Search the help…"), self.look_for, "Shift+F1",
                tr("Find words on any page of the help"), group="find",
            ),
            *(
                Command(f"help.{page}", f"{MENU}/&Pages", text, partial(self.open, page))
                for page, text in _pages()
            ),
            *self._checkup.commands(),
            Command(
                "help.about", MENU, tr("&About VaultDesk"), partial(self.open, "about"),
                group="about",
            ),
        ]  # fmt: skip

    def open(self, page: str, anchor: str = "") -> None:
        """Show the help on this page and put the keyboard there."""
        panel = self._shown()
        if panel is not None:
            panel.open(page, anchor)
            panel.view.setFocus()

    def open_context(self) -> None:
        """Show what the help says of the panel with the keyboard; once more looks for words."""
        from vaultdesk.ui.help.pages import FIRST, OF_PANEL  # noqa: PLC0415

        here = self._window.focused_panel() if self._window is not None else ""
        if here == KEY:
            self.look_for()
            return
        page, _, anchor = OF_PANEL.get(here, FIRST).partition("#")
        self.open(page, anchor)

    def look_for(self) -> None:
        """Put the keyboard into the search."""
        panel = self._shown()
        if panel is not None:
            panel.look_for(panel.contents.search.text())

    def _shown(self) -> HelpPanel | None:
        """The panel in front of the others; where the keyboard was is remembered for Esc."""
        if self._window is None:
            return None
        here = self._window.focused_panel()
        if here != KEY:
            self._from = here
        place = self._window.panels[KEY]
        if isinstance(place, Later):
            place.fill()
        self._window.show_panel(KEY)
        return self._panel

    def _build(self) -> Panel:
        from vaultdesk.ui.help.generated import Writer  # noqa: PLC0415
        from vaultdesk.ui.panels.help import HelpPanel  # noqa: PLC0415

        window = self._window
        entries = window.entries if window is not None else list
        panel = HelpPanel(self._bus, Writer(entries, self._parser), self._files.choice(KEY))
        panel.view_changed.connect(partial(self._keep, KEY))
        panel.left.connect(self._go_back)
        self._panel = panel
        return panel

    def _go_back(self) -> None:
        if self._window is not None and self._from:
            self._window.focus_panel(self._from)


def _pages() -> tuple[tuple[str, str], ...]:
    """What the menu calls the pages; About stands by itself."""
    return (
        ("start", tr("&First loan")),
        ("loan", tr("Reading the &loan")),
        ("alerts", tr("Al&erts")),
        ("chain", tr("&Reading a chain")),
        ("hedge", tr("Building a &hedge")),
        ("orders", tr("Sending &orders")),
        ("tws", tr("Paper orders with &TWS")),
        ("positions", tr("&Positions and cover")),
        ("audit", tr("The a&udit log")),
        ("reports", tr("Reports")),
        ("quality", tr("&Quality marks")),
        ("model", tr("How the numbers are &made")),
        ("keyboard", tr("&Keyboard")),
        ("settings", tr("&Settings and passwords")),
        ("backup", tr("&Backup and moving")),
        ("remote-access", tr("Reaching it from else&where")),
        ("health", tr("Getting support")),
        ("command-line", tr("&Command line")),
        ("ids", tr("Accessible &ids")),
    )
