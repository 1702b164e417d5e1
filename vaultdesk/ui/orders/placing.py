"""Whether the ticket can be sent now, and what stands on the button that sends it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from vaultdesk.core.orders.life import Mode
from vaultdesk.core.orders.preview import GOOD_FOR
from vaultdesk.ui.orders.words import account
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from datetime import datetime

    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.orders.preview import Preview

NO_TICKET = tr("There is nothing to send.")
NO_PREVIEW = tr("Preview it first: what is sent is what was seen.")
BUSY = tr("One moment: something is under way.")
SENT = tr("Sent. Preview again to send it once more.")
CHANGED = tr("Account or mode changed since the preview: preview again.")
OVER = tr("The preview is older than 30 s: preview again.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that decides it.

    `forbidden` is why nothing can be sent at all now, empty where something can. `used` says that
    the preview was clicked already, `busy` that something is under way.
    """

    ticket: Ticket | None
    preview: Preview | None
    forbidden: str
    mode: Mode
    account: str
    busy: bool = False
    used: bool = False


@dataclass(frozen=True, slots=True)
class Placing:
    """What the button says; `why` it cannot be pressed, empty where it can.

    `left_s` are whole seconds until the preview is over, rounded up, and `share` is that of the
    whole time; both 0 while nothing counts down. There are so many `warnings` to be read first.
    """

    text: str
    why: str
    left_s: int = 0
    share: float = 0.0
    warnings: int = 0


def placing(standing: Standing, now: datetime) -> Placing:
    """What can be done by the machine's clock at `now`."""
    text = (
        tr("Send to {account}").format(account=account(standing.account, standing.mode))
        if standing.account
        else tr("Send")
    )
    why = _why(standing, now)
    if standing.mode is Mode.READ_ONLY or why in (NO_TICKET, NO_PREVIEW):
        text = tr("Send")
    if why or standing.preview is None:
        return Placing(text, why)
    left = standing.preview.expires - now
    warned = len(standing.preview.warnings)
    return Placing(text, "", ceil(left.total_seconds()), min(left / GOOD_FOR, 1.0), warned)


def _why(standing: Standing, now: datetime) -> str:
    """The first thing to be done about it."""
    preview = standing.preview
    if standing.ticket is None:
        return NO_TICKET
    if preview is None or preview.ticket != standing.ticket:
        return BUSY if standing.busy else NO_PREVIEW
    seen = preview.mode, preview.account
    obstacles = (
        (standing.busy, BUSY),
        (standing.used, SENT),
        (bool(preview.refused), "".join(preview.refused[:1])),
        (bool(standing.forbidden), standing.forbidden),
        (seen != (standing.mode, standing.account), CHANGED),
        (now >= preview.expires, OVER),
    )
    return next((why for there, why in obstacles if there), "")
