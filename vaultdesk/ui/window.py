"""The desk's window: it docks the panels and turns commands into menus, and knows no more."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDockWidget,
    QMainWindow,
    QTabBar,
    QTabWidget,
    QWidget,
)

from vaultdesk.core.market import Quality
from vaultdesk.events import Bus, ProblemRaised, QuoteChanged
from vaultdesk.ports import KnownError
from vaultdesk.ui import theme
from vaultdesk.ui.banner import ProblemBanner
from vaultdesk.ui.commands import Command, Entry, clear, entries, fill, offer
from vaultdesk.ui.header import Header, app_icon
from vaultdesk.ui.layouts import DEFAULT, arrange, built_in, divide
from vaultdesk.ui.panel import Later, Panel, named
from vaultdesk.ui.status import StatusLine
from vaultdesk.ui.translation import tr
from vaultdesk.ui.window_commands import WORKSPACES, own_commands, workspace_commands
from vaultdesk.ui.workspaces import Workspaces, WorkspaceStore

if TYPE_CHECKING:
    from vaultdesk.ui.palette import Palette
    from vaultdesk.ui.workspace_dialog import WorkspaceDialog

SIZE = QSize(1280, 800)
PROBLEM = "workspace"


class DeskWindow(QMainWindow):
    """Panels in docks, commands in menus and palette, and what every desk shows around them.

    `panels` in the order of Ctrl+1 …; `commands` are the application's, beside the window's own;
    `now` is the desk's clock and `zone` the user's, the machine's if None. `mark` is "SIMULATED" or
    "RECORDED" unless the prices are the market's own; a simulated quote sets it, whoever forgot to.
    `tray_holds` says whether a closed window could be brought back.
    """

    quit_requested = Signal()
    """The user wants the desk to end; the window never ends it itself."""

    hidden_to_tray = Signal()
    """The window was closed and the desk goes on in the tray."""

    def __init__(
        self,
        bus: Bus,
        panels: Sequence[Panel],
        commands: Iterable[Command],
        store: WorkspaceStore,
        *,
        now: Callable[[], datetime],
        mark: str = "",
        tray_holds: Callable[[], bool] = lambda: False,
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__()
        named(self, "desk", tr("The desk"))
        self.setWindowIcon(app_icon())
        self._bus, self._tray_holds = bus, tray_holds
        self._resumed = self._shown = self._retired = False
        self.resize(SIZE.boundedTo(self.screen().availableSize()))
        self.banner = ProblemBanner(bus)
        self.header = Header(self.banner)
        self.setMenuWidget(self.header)
        self.status = StatusLine(bus, now, zone)
        self.setStatusBar(self.status)
        self.panels = {panel.key: panel for panel in panels}
        self.name_dialog: WorkspaceDialog | None = None
        self.docks = self._dock(panels)
        self.workspaces = Workspaces(self, self.docks, store)
        self.actions_by_id = self._fill_menus(commands)
        self._undo = [bus.subscribe(QuoteChanged, self._hear_quote)]
        self.set_mark(mark)
        self.guarded(self._resume)

    @cached_property
    def command_palette(self) -> "Palette":
        """Loaded and built when first asked for: the first paint does not wait for it."""
        from vaultdesk.ui.palette import Palette  # noqa: PLC0415

        return Palette(self, self.entries)

    def entries(self) -> list[Entry]:
        """Every command of the menus, as the palette and the help list them."""
        return entries(self.header.menu_bar)

    def waiting(self) -> list[Later]:
        """The panels that were kept for after the first paint, each to be filled in its turn."""
        return [panel for panel in self.panels.values() if isinstance(panel, Later)]

    def complete(self) -> None:
        """Build what panels are still missing, and arrange them anew."""
        for panel in self.waiting():
            panel.fill()
        self.guarded(self.workspaces.resume)

    def set_mark(self, word: str) -> None:
        """Say in the title and at the top what the prices are, unless the market's own."""
        self.mark = word
        self.header.set_mark(word)
        self.setWindowTitle(tr("{word} · VaultDesk").format(word=word) if word else "VaultDesk")

    def bring_up(self) -> None:
        """Show the window above the others, wherever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_panel(self, key: str) -> None:
        """Show a panel in front of those it shares a place with; the keyboard stays."""
        dock = self.docks[key]
        dock.show()
        dock.raise_()

    def focus_panel(self, key: str) -> None:
        """Show a panel and put the keyboard into its first control."""
        self.show_panel(key)
        _first_control(self.panels[key]).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def step_panel(self, by: int) -> None:
        """Put the keyboard into the next panel, or the one before."""
        keys = [key for key, dock in self.docks.items() if not dock.isHidden()]
        if not keys:
            return
        here = self.focused_panel()
        place = keys.index(here) + by if here in keys else min(by, 0)
        self.focus_panel(keys[place % len(keys)])

    def focused_panel(self) -> str:
        """The key of the panel that has the keyboard; empty where none has it."""
        focus = QApplication.focusWidget()
        docks = self.docks.items()
        return next((key for key, dock in docks if focus and dock.isAncestorOf(focus)), "")

    def open_palette(self) -> None:
        """List every command over the window."""
        self.command_palette.open_over(self)

    def save_workspace(self) -> None:
        """Ask for a name and keep the arrangement under it."""
        from vaultdesk.ui.workspace_dialog import WorkspaceDialog  # noqa: PLC0415

        self.name_dialog = WorkspaceDialog(self.workspaces.save, self)
        self.name_dialog.failed.connect(self._tell)
        self.name_dialog.open()

    def restore_workspace(self, name: str) -> None:
        """Arrange the window as kept under the name, or say that it cannot be."""

        def restore() -> None:
            if not self.workspaces.restore(name):
                self._tell(
                    tr(
                        "The workspace “{name}” was saved by another version or is damaged: "
                        "arrange the window anew and save it again."
                    ).format(name=name)
                )

        self.guarded(restore)

    def guarded(self, work: Callable[[], object]) -> None:
        """Do it; what the store could not do is told in the banner."""
        try:
            work()
        except KnownError as error:
            self._tell(str(error))
        self._dress_tabs()

    def wear(self, chosen: theme.Theme) -> None:
        """Change the look of the whole application."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, chosen)

    def retire(self) -> None:
        """Remember the arrangement, then hear nothing any more, the panels included."""
        if self._retired:
            return
        self._retired = True
        self._remember()
        while self._undo:
            self._undo.pop()()
        self.header.retire()
        self.banner.retire()
        self.status.retire()
        for panel in self.panels.values():
            panel.retire()

    def setVisible(self, visible: bool) -> None:  # noqa: N802
        """The first time, arrange the docks for the size the window was given by then.

        Placed before it is shown, for it grows to what badly placed panels ask for, unless they
        stand as that size wants them; divided after, for only then do panels know what they need.
        """
        first = visible and not self._shown
        if first and not self._resumed and built_in(DEFAULT, self.height()) is not self._placed:
            self.workspaces.restore(DEFAULT)
        super().setVisible(visible)
        if not first:
            return
        self._shown = True
        if not self._resumed:
            divide(self, self.docks, built_in(DEFAULT, self.height()))
        self.step_panel(1)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Go on in the tray where there is one, else ask the application to end."""
        self._remember()
        event.accept()
        (self.hidden_to_tray if self._tray_holds() else self.quit_requested).emit()

    def _dock(self, panels: Sequence[Panel]) -> dict[str, QDockWidget]:
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        docks: dict[str, QDockWidget] = {}
        for panel in panels:
            dock = named(
                QDockWidget(panel.title, self),
                f"dock.{panel.key}",
                tr("The panel {title}").format(title=panel.title),
            )
            panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            dock.setWidget(panel)
            dock.dockLocationChanged.connect(self._dress_tabs)
            dock.visibilityChanged.connect(panel.in_front)
            _name_buttons(dock, panel.key)
            docks[panel.key] = dock
        self._placed = built_in(DEFAULT, self.height())
        arrange(self, docks, self._placed)
        return docks

    def _fill_menus(self, commands: Iterable[Command]) -> dict[str, QAction]:
        made = fill(self.header.menu_bar, [*commands, *own_commands(self)])
        self._fill_workspaces()
        self.workspaces.changed.connect(self._fill_workspaces)
        self.header.search.clicked.connect(self.open_palette)
        for button in (self.header.settings, self.status.health):
            offer(button, made)
        return made

    def _fill_workspaces(self) -> None:
        clear(self.header.menu_bar, WORKSPACES)
        self.guarded(lambda: fill(self.header.menu_bar, workspace_commands(self)))

    def _resume(self) -> None:
        self._resumed = self.workspaces.resume()

    def _remember(self) -> None:
        if self._shown:
            self.guarded(self.workspaces.remember)

    def _tell(self, sentence: str) -> None:
        self._bus.tell(ProblemRaised(PROBLEM, sentence))

    def _hear_quote(self, event: QuoteChanged) -> None:
        if event.quote.quality is Quality.SIMULATED and not self.mark:
            self.set_mark(str(Quality.SIMULATED))

    def _dress_tabs(self) -> None:
        """Qt makes tab bars for docks as they come to share a place, bare ones."""
        for bar in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            bar.setDrawBase(False)
            bar.setElideMode(Qt.TextElideMode.ElideNone)  # what has no room is scrolled to
            bar.setAccessibleIdentifier("desk.tabs")
            bar.setAccessibleDescription(tr("Panels that share this place"))


def _name_buttons(dock: QDockWidget, key: str) -> None:
    """Qt makes a dock's buttons, describes them, and finds them by their object names."""
    for name in ("close", "float"):
        button = dock.findChild(QAbstractButton, f"qt_dockwidget_{name}button")
        if isinstance(button, QAbstractButton):
            button.setAccessibleIdentifier(f"dock.{key}.{name}")


def _first_control(panel: QWidget) -> QWidget:
    """The first of a panel's widgets that Tab reaches; the panel itself if none does."""
    widget = panel.nextInFocusChain()
    while widget is not None and widget is not panel:
        reachable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if reachable and panel.isAncestorOf(widget) and widget.isVisibleTo(panel):
            return widget
        widget = widget.nextInFocusChain()
    panel.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return panel
