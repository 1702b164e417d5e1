"""The commands every desk has, whatever its panels: about the window itself."""

from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING

from vaultdesk.ui import theme
from vaultdesk.ui.commands import Command
from vaultdesk.ui.layouts import BUILT_IN, TITLES
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.ui.window import DeskWindow

WORKSPACES = "&View/&Workspaces"
NUMBER_KEYS = (*(f"Ctrl+{digit}" for digit in "1234567890"), "Alt+1", "Alt+2", "Alt+3")
"""That put the keyboard into the panels, in their order; those beyond have none."""


def own_commands(window: "DeskWindow") -> list[Command]:
    """The window's part of the menus File and View."""
    return [
        Command("desk.close", "&File", tr("&Close window"), window.close, "Ctrl+W", group="end"),
        Command(
            "desk.quit", "&File", tr("&Quit"), window.quit_requested.emit, "Ctrl+Q", group="end"
        ),
        *_panel_commands(window),
        Command("desk.palette", "&View", tr("&Find a command…"), window.open_palette, "Ctrl+K"),
        *_theme_commands(window),
    ]


def workspace_commands(window: "DeskWindow") -> list[Command]:
    """The menu of workspaces as of now; raises what the store raises."""
    saved = window.workspaces.saved()
    return [
        *(_restore(window, name, "built in") for name in BUILT_IN),
        *(_restore(window, name, "saved") for name in saved),
        Command(
            "workspace.save",
            WORKSPACES,
            tr("&Save this as…"),
            window.save_workspace,
            "Ctrl+Shift+S",
            tr("Keep how the window is arranged under a name"),
            group="keep",
        ),
        Command(
            "workspace.reset",
            WORKSPACES,
            tr("&Reset to the default"),
            partial(window.guarded, window.workspaces.reset),
            meaning=tr("Arrange the window as it first was"),
            group="keep",
        ),
        *(
            Command(
                f"workspace.delete.{name}",
                f"{WORKSPACES}/&Delete",
                _literal(name),
                partial(window.guarded, partial(window.workspaces.delete, name)),
                meaning=tr("Forget this arrangement"),
            )
            for name in saved
        ),
    ]


def _restore(window: "DeskWindow", name: str, group: str) -> Command:
    return Command(
        f"workspace.{name}",
        WORKSPACES,
        _literal(TITLES.get(name, name)),
        partial(window.restore_workspace, name),
        meaning=tr("Arrange the window this way"),
        group=group,
    )


def _literal(name: str) -> str:
    """A name from outside, its ampersands kept from becoming mnemonics."""
    return name.replace("&", "&&")


def _panel_commands(window: "DeskWindow") -> list[Command]:
    made: list[Command] = []
    numbers = chain(NUMBER_KEYS, repeat(""))
    for place, ((key, dock), number) in enumerate(
        zip(window.docks.items(), numbers, strict=False), start=1
    ):
        shown = dock.toggleViewAction()
        title = dock.windowTitle()
        made += [
            Command(
                f"panel.{key}.show",
                "&View/&Panels",
                _literal(title),
                shown.trigger,
                meaning=tr("Show or hide the panel {title}").format(title=title),
                checked=shown.isChecked,
            ),
            Command(
                f"panel.{key}.focus",
                "&View/&Go to",
                f"&{place} {_literal(title)}",
                partial(window.focus_panel, key),
                number,
                tr("Put the keyboard into the panel {title}").format(title=title),
                group="panels",
            ),
        ]
    go = "&View/&Go to"
    return [
        *made,
        Command("panel.next", go, tr("&Next panel"), partial(window.step_panel, 1), "Ctrl+Tab"),
        Command(
            "panel.previous",
            go,
            tr("&Previous panel"),
            partial(window.step_panel, -1),
            "Ctrl+Shift+Tab",
        ),
    ]


def _theme_commands(window: "DeskWindow") -> list[Command]:
    return [
        Command(
            f"theme.{chosen.name}",
            "&View/&Theme",
            tr("&Dark theme") if chosen is theme.DARK else tr("&Light theme"),
            partial(window.wear, chosen),
            checked=lambda chosen=chosen: theme.current() is chosen,  # type: ignore[misc]
        )
        for chosen in (theme.DARK, theme.LIGHT)
    ]
