"""How docks are arranged, as data: areas split side by side or one above the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from vaultdesk.ui.translation import tr


@dataclass(frozen=True, slots=True)
class Split:
    """Parts beside each other ("across") or below each other ("down").

    `weights` share out the room; a part takes no more pixels than its `most`, 0 for no limit, and
    leaves the rest to those without one: figures need no more room than they fill, a chain does.
    """

    way: str
    parts: tuple["Layout", ...]
    weights: tuple[int, ...]
    most: tuple[int, ...] = ()

    def shares(self, room: int) -> list[int]:
        """The pixels each part gets of `room`."""
        most = self.most or (0,) * len(self.parts)
        wanted = [room * weight // sum(self.weights) for weight in self.weights]
        given = [min(want, limit or want) for want, limit in zip(wanted, most, strict=True)]
        free = [
            weight if not limit else 0 for weight, limit in zip(self.weights, most, strict=True)
        ]
        spare = room - sum(given)
        return [
            share + (spare * weight // sum(free) if weight else 0)
            for share, weight in zip(given, free, strict=True)
        ]


Layout = Split | str
"""A dock by its panel's key, or a split of layouts."""

SIDE, LOAN_MOST, QUOTE_MOST, GREEKS_MOST = 430, 460, 310, 560
"""Pixels beyond which figures would stand in air: the side's width, the loan's and the quote's
height, the Greeks' width, also where they stand at the side."""
GREEKS_HIGH = 384
"""The height at which the Greeks show every line, with the book below them."""

_LOAN_AND_QUOTE = Split("down", ("loan", "quote"), (60, 40))

LOW = Split(
    "across",
    (
        _LOAN_AND_QUOTE,
        Split(
            "down",
            ("chain", Split("across", ("history", "greeks"), (40, 60), (0, GREEKS_MOST))),
            (53, 47),
            (0, GREEKS_HIGH),
        ),
    ),
    (28, 72),
    (SIDE, 0),
)
"""For a window from 800 pixels on: every panel in sight, the chain in the middle."""

MIDDLE = Split(
    "down",
    (
        Split("across", (_LOAN_AND_QUOTE, "chain"), (28, 72), (SIDE, 0)),
        Split("across", ("greeks", "history"), (58, 42)),
    ),
    (71, 29),
)
"""For 1080 pixels: loan and quote fill the side of the chain, the rest lies below.

The Greeks are low there, so they are as wide as their table and their book beside each other.
"""

HIGH = Split(
    "down",
    (
        Split(
            "across",
            (
                Split(
                    "down", ("loan", "quote", "greeks"), (40, 28, 32), (LOAN_MOST, QUOTE_MOST, 0)
                ),
                "chain",
            ),
            (28, 72),
            (GREEKS_MOST, 0),
        ),
        "history",
    ),
    (79, 21),
)
"""For 1440 pixels: all figures at the side of the chain, history below from edge to edge."""

CHAIN = Split("across", ("chain", Split("down", ("loan", "quote"), (60, 40))), (74, 26), (0, SIDE))
"""The chain large, the loan still in sight; Greeks and history wait in tabs behind the quote."""

CHAIN_HIGH = Split(
    "across",
    (
        "chain",
        Split(
            "down",
            ("loan", "quote", "greeks", "history"),
            (30, 20, 26, 24),
            (LOAN_MOST, QUOTE_MOST, 0, 0),
        ),
    ),
    (74, 26),
    (0, GREEKS_MOST),
)
"""The same for 1440 pixels, where all find room at the side."""

HEDGE = Split(
    "across",
    (Split("down", ("loan", "quote"), (66, 34)), "strategy", "whatif"),
    (24, 40, 36),
    (SIDE, 0, 0),
)
"""A hedge built in the middle and put to the test beside it; chain, Compare and Finder wait in
tabs behind the first, history, Greeks and alerts behind the other."""

ORDERS = Split(
    "across",
    (
        Split("down", ("loan", "quote"), (66, 34)),
        Split("down", ("chain", "positions"), (50, 50)),
        "orders",
    ),
    (24, 46, 30),
    (SIDE, 0, 0),
)
"""A contract picked in the chain and sent at the side; below, what is held and for how long."""

TIGHT = 600
"""Pixels of height below which a window shows one panel and keeps the others in tabs: a screen of
800 lines at a scale of 200 %."""

BUILT_IN: Mapping[str, tuple[tuple[int, Layout], ...]] = {
    "Loan": ((1250, HIGH), (1060, MIDDLE), (TIGHT, LOW), (0, "loan")),
    "Chain": ((1250, CHAIN_HIGH), (TIGHT, CHAIN), (0, "chain")),
    "Hedge": ((TIGHT, HEDGE), (0, "strategy")),
    "Orders": ((TIGHT, ORDERS), (0, "orders")),
}
"""By name: from which height of the window on which layout, the highest first."""

DEFAULT = "Loan"
TITLES = {
    "Loan": tr("Loan"),
    "Chain": tr("Chain"),
    "Hedge": tr("Hedge"),
    "Orders": tr("Orders"),
}
"""How the built-in ones are called."""

BEHIND: Mapping[str, tuple[str, ...]] = {
    "history": ("positions", "whatif"),
    "alerts": ("history",),
    "strategy": ("chain",),
    "chain": ("strategy",),
    "compare": ("strategy", "chain"),
    "finder": ("strategy", "chain"),
    "whatif": ("chain",),
    "orders": ("whatif", "greeks"),
    "positions": ("orders", "greeks"),
    "audit": ("positions", "orders"),
    "help": ("chain", "strategy"),
}
"""A panel that a layout gives no place of its own: in a tab behind the first of these it has."""

_WAYS = {"across": Qt.Orientation.Horizontal, "down": Qt.Orientation.Vertical}


def built_in(name: str, height: int) -> Layout:
    """The built-in layout of this name for a window of this height."""
    return next(layout for least, layout in BUILT_IN[name] if height >= least)


def arrange(window: QMainWindow, docks: Mapping[str, QDockWidget], layout: Layout) -> None:
    """Dock, show and size every dock as the layout says; one it does not name joins as a tab.

    A name without a dock is left out, so layouts may know panels this desk does not have.
    """
    focused = window.focusWidget()
    for dock in docks.values():
        if dock.isFloating():
            dock.setFloating(False)
        window.removeDockWidget(dock)
    kept = _pruned(layout, docks)
    if kept is None:
        return
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks[_first(kept)])
    _split(window, docks, kept)
    for key, dock in docks.items():
        if key not in _names(kept):
            window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
            window.tabifyDockWidget(docks[_before(key, _names(kept), docks)], dock)
        dock.show()
    for key in _names(kept):
        docks[key].raise_()
    divide(window, docks, kept)
    if focused is not None:
        focused.setFocus()


def _before(key: str, placed: Sequence[str], docks: Mapping[str, QDockWidget]) -> str:
    """The panel behind which this one waits: one that has a place, else one that waits itself."""
    alone = len(placed) == 1
    wished = [] if alone else [name for name in BEHIND.get(key, ()) if name in docks]
    return next((name for name in wished if name in placed), (wished or [placed[-1]])[0])


def divide(window: QMainWindow, docks: Mapping[str, QDockWidget], layout: Layout) -> None:
    """Give docks that are arranged as the layout says their shares of the window."""
    kept = _pruned(layout, docks)
    if kept is not None:
        _size(window, docks, kept, (window.width(), window.height()))
        settle(window)


def settle(window: QMainWindow) -> None:
    """Qt lays docks out with the next event; do it now, so that what is saved is what is seen."""
    layout = window.layout()
    if layout is not None:
        layout.activate()


def _split(window: QMainWindow, docks: Mapping[str, QDockWidget], layout: Layout) -> None:
    if isinstance(layout, str):
        return
    for before, after in zip(layout.parts, layout.parts[1:], strict=False):
        window.splitDockWidget(docks[_first(before)], docks[_first(after)], _WAYS[layout.way])
    for part in layout.parts:
        _split(window, docks, part)


def _size(
    window: QMainWindow,
    docks: Mapping[str, QDockWidget],
    layout: Layout,
    area: tuple[int, int],
) -> None:
    """Give each part its share of the area, (width, height) in pixels, the outer splits first."""
    if isinstance(layout, str):
        return
    axis = 0 if layout.way == "across" else 1
    shares = layout.shares(area[axis])
    window.resizeDocks([docks[_first(part)] for part in layout.parts], shares, _WAYS[layout.way])
    for part, share in zip(layout.parts, shares, strict=True):
        _size(window, docks, part, (share, area[1]) if axis == 0 else (area[0], share))


def _pruned(layout: Layout, docks: Mapping[str, QDockWidget]) -> Layout | None:
    if isinstance(layout, str):
        return layout if layout in docks else None
    most = layout.most or (0,) * len(layout.parts)
    kept = [
        (part, weight, limit)
        for part, weight, limit in zip(
            (_pruned(part, docks) for part in layout.parts), layout.weights, most, strict=True
        )
        if part is not None
    ]
    if len(kept) < 2:  # noqa: PLR2004
        return kept[0][0] if kept else None
    parts, weights, limits = zip(*kept, strict=True)
    return Split(layout.way, parts, weights, limits if 0 in limits else ())


def _first(layout: Layout) -> str:
    return layout if isinstance(layout, str) else _first(layout.parts[0])


def _names(layout: Layout) -> Sequence[str]:
    if isinstance(layout, str):
        return (layout,)
    return tuple(name for part in layout.parts for name in _names(part))
