"""Opens the whole demonstration and prints, as JSON, what of each panel and dialog is not reached.

`python -m tests.ui.reach_desk WIDTH HEIGHT THEME`, of a window in the units of its scale.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from demonstration import Stillness, heard, with_demonstration
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QTabWidget, QWidget

from tests.ui.reach import (
    BESIDE,
    cells_by_colour_alone,
    colour_alone,
    controls,
    cut_off,
    nameless,
    tabbed,
    too_large,
    unreached,
    unseen_focus,
)
from vaultdesk.events import HedgeChanged

if TYPE_CHECKING:
    from vaultdesk.app.desk import Desk
    from vaultdesk.ui.window import DeskWindow

Found = dict[str, list[str]]
SMALL = QSize(1024, 600)
"""The dialogs of the loan and of the alert rules are wider than 640 pixels."""


def looked_at(root: QWidget) -> list[str]:
    """Everything that is wrong with what is in it."""
    first = next(iter(controls(root)), None)
    chain = [one for one in tabbed(first) if root.isAncestorOf(one)] if first else []
    return [
        *unreached(root, chain),
        *unseen_focus(chain),
        *nameless(chain),
        *cut_off(root),
        *colour_alone(root, BESIDE),
        *cells_by_colour_alone(root),
    ]


async def settled(window: QWidget, still: Stillness) -> None:
    """It is painted, and has the keyboard: a window that lost it leads nowhere by Tab."""
    await still.reached()
    while not window.isActiveWindow():
        window.activateWindow()
        await still.reached()


async def panels(window: DeskWindow, still: Stillness) -> Found:
    """Every panel, and every page in it."""
    found: Found = {}
    for key, panel in window.panels.items():
        window.show_panel(key)
        await settled(window, still)
        found[key] = looked_at(panel)
        for tabs in panel.findChildren(QTabWidget):
            for page in range(tabs.count()):
                tabs.setCurrentIndex(page)
                await settled(window, still)
                found[f"{key}, {tabs.tabText(page)}"] = looked_at(panel)
    return found


async def dialogs(window: DeskWindow, still: Stillness) -> Found:
    """Every dialog that a command opens; none may need more room than a small screen has."""
    room = window.size().expandedTo(SMALL).toTuple()
    found: Found = {}
    for name, action in window.actions_by_id.items():
        if not action.text().endswith("…") or not action.isEnabled():
            continue
        action.trigger()
        await still.reached()
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                await settled(dialog, still)
                found[f"dialog of {name}"] = [*looked_at(dialog), *too_large(dialog, *room)]
                dialog.reject()
    return found


async def everything(desk: Desk, still: Stillness) -> Found:
    """The desk once its hedge is there."""
    window, hedge = desk.window, desk.services.hedge
    await still.reached()
    window.restore_workspace("Hedge")
    window.show_panel("whatif")
    await heard(desk.bus, HedgeChanged, lambda: hedge.config is not None)
    await settled(window, still)
    found = {"window": [*cut_off(window.header), *cut_off(window.status)]}
    found |= await panels(window, still)
    found |= await dialogs(window, still)
    least = window.minimumSizeHint()
    found["least"] = [f"[{least.width()}, {least.height()}]"]
    return found


def main(arguments: list[str]) -> None:
    """Print what is found."""
    size = int(arguments[0]), int(arguments[1])
    print(json.dumps(with_demonstration(everything, size, theme=arguments[2]), indent=1))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
