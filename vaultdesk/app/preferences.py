"""The dialogs of settings and alert rules, opened on what holds now and followed when saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vaultdesk.app.changes import Changes, fixed
from vaultdesk.core.alerts import default_rules
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from vaultdesk.app.alerting import Alerting
    from vaultdesk.core.alerts import Rule
    from vaultdesk.settings import Layered, Settings
    from vaultdesk.ui.alerts.quiet_fields import Quiet
    from vaultdesk.ui.alerts.rules_dialog import Edits


class Preferences(QObject):
    """Keeps changes in the file of settings; `flags` are those of the command line.

    `levels` gives the loan's call and close-out LTV, None without a loan.
    """

    changed = Signal(object)
    """The Settings that hold from now on."""

    kept = Signal(object, object)
    """The Settings before and after a change was written."""

    rule_changed = Signal(str, object, object)
    """An alert rule's id, and the rule before and after; None where there is none."""

    secret_changed = Signal(str, bool)
    """What a secret is called that was kept, or forgotten where False."""

    def __init__(
        self,
        flags: Mapping[str, Any],
        alerting: Alerting,
        levels: Callable[[], tuple[Any, Any] | None],
    ) -> None:
        super().__init__()
        self._alerting, self._levels = alerting, levels
        self.changes = Changes(flags, alerting.alerts, self._kept, self.rule_changed.emit)
        self.changed.connect(alerting.follow)

    async def open_settings(self, parent: QWidget | None, page: str = "") -> None:
        """Show the settings; `page` is one of their groups."""
        from vaultdesk.ui.settings.dialog import SettingsDialog  # noqa: PLC0415

        held = await self.changes.held()
        alerting = self._alerting
        dialog = SettingsDialog(
            held, self.keep, alerting.send_test, alerting.credentials, _secrets(), parent
        )
        dialog.secrets.changed.connect(alerting.look_for_secrets)
        dialog.secrets.entered.connect(self.secret_changed)
        dialog.finished.connect(dialog.deleteLater)
        if page:
            dialog.show_page(page)
        dialog.open()

    async def open_rules(self, parent: QWidget | None) -> None:
        """Show the rules of the alerts."""
        from vaultdesk.ui.alerts.rules_dialog import RulesDialog  # noqa: PLC0415

        held = await self.changes.held()
        levels = self._levels()
        defaults = default_rules(*levels) if levels else default_rules()
        rules: tuple[Rule, ...] = self._alerting.alerts.rules
        dialog = RulesDialog(rules, defaults, quiet_of(held), self.keep_rules, parent)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def keep(self, changes: Mapping[str, Any]) -> Layered:
        """Write the changes, follow what holds now, and give it.

        Raises:
            SettingsError: They cannot be used or written; nothing was changed.
        """
        return await self.changes.keep(changes)

    async def keep_rules(self, edits: Edits) -> None:
        """Go by the edited rules and quiet hours.

        Raises:
            KnownError: Some of it was not kept; what was is in force.
        """
        await self.changes.keep_rules(edits.saved, edits.removed, edits.quiet)

    def _kept(self, before: Settings, chosen: Settings) -> None:
        self.changed.emit(chosen)
        self.kept.emit(before, chosen)


def quiet_of(held: Layered) -> Quiet:
    """Quiet hours for the rules' dialog, and why they are fixed if they are."""
    from vaultdesk.ui.alerts.quiet_fields import Quiet  # noqa: PLC0415

    chosen: Settings = held.settings
    return Quiet(chosen.quiet_from, chosen.quiet_to, fixed(held))


def _secrets() -> tuple[Any, ...]:
    from vaultdesk.adapters import mail, webhook  # noqa: PLC0415
    from vaultdesk.adapters.web import access  # noqa: PLC0415
    from vaultdesk.ui.settings.secrets_page import Secret  # noqa: PLC0415

    return (
        Secret(
            mail.SECRET,
            tr("Mail password"),
            tr("With two-step log-in, the provider's app password."),
        ),
        Secret(
            webhook.SECRET, tr("Webhook signing key"), tr("Signs what is posted; Slack needs none.")
        ),
        Secret(
            webhook.ADDRESS,
            tr("Webhook address"),
            tr(
                "For an address that is a secret itself, as Slack's are; used while "
                "webhook_url is empty."
            ),
        ),
        Secret(
            access.TOKEN,
            tr("Server's token"),
            tr(
                "Other programs send it; made when the server first starts. 'vaultdesk "
                "serve --show-token' prints it."
            ),
        ),
    )
