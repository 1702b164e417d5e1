"""How long notices may be silent, as a menu."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from vaultdesk.ui.translation import tr

MORNING = time(8)


def tomorrow_morning(now: datetime) -> datetime:
    """08:00 of the next day by the clock of `now`'s zone."""
    return datetime.combine(now.date() + timedelta(days=1), MORNING, now.tzinfo)


CHOICES: dict[str, Callable[[datetime], datetime]] = {
    tr("15 minutes"): lambda now: now + timedelta(minutes=15),
    tr("1 hour"): lambda now: now + timedelta(hours=1),
    tr("4 hours"): lambda now: now + timedelta(hours=4),
    tr("Until tomorrow 08:00"): tomorrow_morning,
}
"""What the menu says, and until when that is; `now` is on this machine's clock."""


def snooze_menu(
    parent: QWidget, now: Callable[[], datetime], chosen: Callable[[datetime], object]
) -> QMenu:
    """A menu that calls `chosen` with the end of the silence, in the zone of `now`."""
    menu = QMenu(parent)
    for text, until in CHOICES.items():
        menu.addAction(text).triggered.connect(partial(_choose, until, now, chosen))
    return menu


def _choose(
    until: Callable[[datetime], datetime],
    now: Callable[[], datetime],
    chosen: Callable[[datetime], object],
    _checked: bool = False,
) -> None:
    chosen(until(now()))
