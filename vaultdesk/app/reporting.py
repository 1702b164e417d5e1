"""The report service put together from a desk's parts, and its dialog in the window.

Nothing of it is loaded before the first paint.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from vaultdesk.app.parts import WallClock
from vaultdesk.ui.commands import Command
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vaultdesk.app.actions import Actions
    from vaultdesk.app.alarm import Alarm
    from vaultdesk.app.files.hedge import HedgeRecord
    from vaultdesk.app.parts import Profile, Services, Stores
    from vaultdesk.app.trading import Trading
    from vaultdesk.services.reports import ReportService
    from vaultdesk.settings import Settings
    from vaultdesk.storage.window_files import WindowFiles
    from vaultdesk.ui.window import DeskWindow

CHOICE = "report"
"""The name under which the dialog's last choices are kept."""


class Reporting:
    """Builds the service and opens the dialog; `keep` remembers a choice by its name.

    `alarm` gives the credentials and the settings that hold now.
    """

    def __init__(
        self,
        profile: Profile,
        services: Services,
        actions: Actions,
        files: WindowFiles,
        keep: Callable[[str, str], None],
        trading: Trading,
        alarm: Callable[[], Alarm],
    ) -> None:
        self._profile, self._services, self._actions = profile, services, actions
        self._files, self._keep, self._trading, self._alarm = files, keep, trading, alarm
        self._service: ReportService | None = None
        self._window: DeskWindow | None = None
        self._chosen: Settings = profile.settings
        self._opened: Stores | None = None

    @property
    def service(self) -> ReportService:
        """Built when it is first asked for; it says so itself while the database is opened."""
        if self._service is None:
            from vaultdesk.app.reports.service import Lent, report_service  # noqa: PLC0415

            self._alarm().preferences.changed.connect(self._follow)
            services = self._services
            lent = Lent(
                services.bus,
                services.loan,
                self._alarm().alerting.credentials,
                lambda: self._chosen,
                lambda: self._trading.positions.counted,
            )
            self._service = report_service(lent)
            if self._opened is not None:
                self._service.use(self._opened)
        return self._service

    def commands(self) -> list[Command]:
        """The entry of the menu File."""
        return [
            Command(
                "report.open", "&File", tr("Re&port…"), self.open, "Ctrl+Shift+R",
                tr("Make a report of a decision, the loan, or what happened between two days"),
                group="report",
            ),
        ]  # fmt: skip

    def use(self, stores: Stores) -> None:
        """Make reports from these, and keep them there."""
        self._opened = stores
        if self._service is not None:
            self._service.use(stores)

    def show_in(self, window: DeskWindow) -> None:
        """Show the dialog over this window, and save a decision's report through the service."""
        self._window = window
        self._actions.report_decision = self.save_decision

    def open(self) -> None:
        """Open the dialog."""
        from vaultdesk.app.machine_zone import zone_name  # noqa: PLC0415
        from vaultdesk.ui.reports.dialog import ReportDialog  # noqa: PLC0415

        dialog = ReportDialog(
            self.service,
            self._services.bus,
            today=WallClock().now().astimezone(ZoneInfo(zone_name())).date(),
            zone=zone_name(),
            kept=self._files.choice(CHOICE),
            parent=self._window,
        )
        dialog.view_changed.connect(partial(self._keep, CHOICE))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def save_decision(self, record: HedgeRecord, path: Path) -> None:
        """Report on a decision, keep that, and write it to a file.

        Raises:
            KnownError: it was not kept, or not written.
        """
        from vaultdesk.app.reports.drawing import encoded  # noqa: PLC0415

        made = await self.service.make_decision(encoded(record))
        await self.service.save(made.row.id, path)

    def _follow(self, chosen: Settings) -> None:
        self._chosen = chosen
