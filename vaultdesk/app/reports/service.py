"""The report service of a desk, with a window or without: it draws, mails and shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from vaultdesk import __version__
from vaultdesk.app.machine_zone import zone_name
from vaultdesk.app.parts import WallClock
from vaultdesk.app.reports.drawing import draw
from vaultdesk.services.report_records import Records
from vaultdesk.services.reports import ReportService

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.app.credentials import Credentials
    from vaultdesk.core.orders.broker import Held
    from vaultdesk.events import Bus
    from vaultdesk.services.loan import LoanService
    from vaultdesk.settings import Settings


@dataclass(frozen=True, slots=True)
class Lent:
    """What the service is built on.

    Attributes:
        bus: hears of reports.
        loan: valued, for a report on it.
        credentials: with the mail server's password.
        chosen: the settings that hold now.
        held: what is held; None where only the desk's own trades can tell.
    """

    bus: Bus
    loan: LoanService
    credentials: Credentials
    chosen: Callable[[], Settings]
    held: Callable[[], tuple[Held, ...]] | None = None


def report_service(lent: Lent) -> ReportService:
    """A service that has no stores yet."""
    wall = WallClock()
    records = Records(lent.loan, wall, program=__version__, zone=zone_name, held=lent.held)

    async def post(subject: str, text: str, name: str, data: bytes) -> str:
        from vaultdesk.app.alerting import mail_channel  # noqa: PLC0415 (aiosmtplib, when it mails)

        chosen = lent.chosen()
        to = msgspec.structs.replace(chosen, mail_to=chosen.report_mail_to or chosen.mail_to)
        channel = mail_channel(to, lent.credentials, wall)
        return await channel.send_document(subject, text, name, data)

    return ReportService(
        lent.bus,
        wall,
        records,
        program=__version__,
        draw=draw,
        post=post,
        folder=lambda: lent.chosen().share_folder,
    )
