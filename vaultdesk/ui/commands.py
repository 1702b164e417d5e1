"""What the desk can be told to do, as data: menus, shortcuts and the palette come from one list."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QMenu, QMenuBar

from vaultdesk.ui.translation import tr

MENUS = ("&File", "&View", "&Market", "&Help")
"""The menus of the bar in their order; further ones follow these."""
TITLES = {
    "&File": tr("&File"),
    "&View": tr("&View"),
    "&Market": tr("&Market"),
    "&Help": tr("&Help"),
    "&Orders": tr("&Orders"),
    "&Pages": tr("&Pages"),
    "&Workspaces": tr("&Workspaces"),
    "&Delete": tr("&Delete"),
    "&Theme": tr("&Theme"),
    "&Panels": tr("&Panels"),
    "&Go to": tr("&Go to"),
}
"""How the menus are called whose paths `Command.menu` has."""


@dataclass(frozen=True, slots=True)
class Command:
    """One entry of a menu.

    `menu` is a path such as "&View" or "&View/&Theme"; `shortcut` may list several, "F5; Ctrl+R".
    A line is drawn where `group` changes within a menu. `checked`, if given, makes the entry a
    switch: it is asked for the truth each time the entry is about to be seen, so the state stays
    where it belongs and `run` only has to change it.
    """

    id: str
    menu: str
    text: str
    run: Callable[[], object]
    shortcut: str = ""
    meaning: str = ""
    group: str = ""
    checked: Callable[[], bool] | None = None


def fill(bar: QMenuBar, commands: Iterable[Command]) -> dict[str, QAction]:
    """Put the commands into the bar's menus, creating those it lacks; actions by command id."""
    made: dict[str, QAction] = {}
    rank = {title: place for place, title in enumerate(MENUS)}
    ordered = sorted(commands, key=lambda c: rank.get(c.menu.partition("/")[0], len(MENUS)))
    for path, entries in groupby(ordered, key=lambda c: c.menu):
        menu = menu_at(bar, path)
        for entry in entries:
            _separate(menu, entry)
            made[entry.id] = _action(menu, entry)
            menu.addAction(made[entry.id])
    return made


def offer(button: QAbstractButton, actions: Mapping[str, QAction]) -> None:
    """Let a button do what the command of its own id does; without one it is not seen."""
    action = actions.get(button.objectName())
    button.setVisible(action is not None)
    if action is not None:
        button.clicked.connect(action.trigger)


def menu_at(bar: QMenuBar, path: str) -> QMenu:
    """The menu of this path, created with its parents where missing."""
    holder: QMenuBar | QMenu = bar
    for title in path.split("/"):
        holder = _submenu(holder, title)
    assert isinstance(holder, QMenu)  # noqa: S101  split() gives at least one title
    return holder


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu's action together with the menus it stands under, "View > Workspaces"."""

    action: QAction
    path: str

    @property
    def text(self) -> str:
        """The action's text without the mark of its mnemonic."""
        return plain_text(self.action.text())

    @property
    def shown(self) -> str:
        """The text, ticked when the action is a switch that is on."""
        on = self.action.isCheckable() and self.action.isChecked()
        return f"✓ {self.text}" if on else self.text

    @property
    def keys(self) -> str:
        """The shortcut as a human reads it, alternatives with "or" between."""
        native = QKeySequence.SequenceFormat.NativeText
        return tr(" or ").join(keys.toString(native) for keys in self.action.shortcuts())


def clear(bar: QMenuBar, path: str) -> None:
    """Empty a menu; what runs from one of its actions right now may finish."""
    menu = menu_at(bar, path)
    menu.setProperty("group", None)
    for action in menu.actions():
        menu.removeAction(action)
        submenu = action.menu()
        (submenu if isinstance(submenu, QMenu) else action).deleteLater()


def entries(holder: QMenuBar | QMenu, path: str = "") -> list[Entry]:
    """Every action that does something, submenus' included, as they stand in the menus."""
    found: list[Entry] = []
    for action in holder.actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            _refresh(menu)
            title = plain_text(menu.title())
            found += entries(menu, f"{path} > {title}" if path else title)
        elif not action.isSeparator() and action.isVisible():
            found.append(Entry(action, path))
    return found


def plain_text(text: str) -> str:
    """A menu text without its mnemonic's mark."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def _submenu(holder: QMenuBar | QMenu, title: str) -> QMenu:
    for action in holder.actions():
        menu = action.menu()
        if isinstance(menu, QMenu) and menu.property("path") == title:
            return menu
    menu = holder.addMenu(TITLES.get(title, title))
    menu.setProperty("path", title)
    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(partial(_refresh, menu))
    return menu


def _separate(menu: QMenu, entry: Command) -> None:
    before = menu.property("group")
    if before is not None and before != entry.group:
        menu.addSeparator()
    menu.setProperty("group", entry.group)


def _action(menu: QMenu, entry: Command) -> QAction:
    action = QAction(entry.text, menu)
    action.setObjectName(entry.id)
    action.setShortcuts(QKeySequence.listFromString(entry.shortcut))
    action.setStatusTip(entry.meaning)
    if entry.checked is not None:
        action.setCheckable(True)
        action.setChecked(entry.checked())
        action.setProperty("checked-by", entry.checked)

    def run() -> None:
        entry.run()
        if entry.checked is not None:
            action.setChecked(entry.checked())

    action.triggered.connect(run)
    return action


def _refresh(menu: QMenu) -> None:
    for action in menu.actions():
        truth = action.property("checked-by")
        if truth is not None:
            action.setChecked(truth())
