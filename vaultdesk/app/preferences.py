"""The dialogs of settings and alert rules, opened on what holds now and followed when saved."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from vaultdesk import settings as layers
from vaultdesk.core.alerts import default_rules
from vaultdesk.ports import StorageError
from vaultdesk.settings import Origin, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from vaultdesk.app.alerting import Alerting
    from vaultdesk.core.alerts import Rule
    from vaultdesk.settings import Layered, Settings
    from vaultdesk.ui.quiet_fields import Quiet
    from vaultdesk.ui.rules_dialog import Edits

FIXED = (Origin.VARIABLE, Origin.FLAG)


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
        self._flags, self._alerting, self._levels = dict(flags), alerting, levels
        self.changed.connect(alerting.follow)

    async def open_settings(self, parent: QWidget | None, page: str = "") -> None:
        """Show the settings; `page` is one of their groups."""
        from vaultdesk.ui.settings_dialog import SettingsDialog  # noqa: PLC0415

        held = await asyncio.to_thread(layers.layered, self._flags)
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
        from vaultdesk.ui.rules_dialog import RulesDialog  # noqa: PLC0415

        held = await asyncio.to_thread(layers.layered, self._flags)
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
        before = await asyncio.to_thread(layers.layered, self._flags)
        await asyncio.to_thread(layers.save, changes)
        held = await asyncio.to_thread(layers.layered, self._flags)
        self.changed.emit(held.settings)
        self.kept.emit(before.settings, held.settings)
        return held

    async def keep_rules(self, edits: Edits) -> None:
        """Go by the edited rules and quiet hours.

        Raises:
            KnownError: Some of it was not kept; what was is in force.
        """
        if edits.quiet:
            try:
                await self.keep(edits.quiet)
            except SettingsError as error:
                raise StorageError(str(error)) from None
        alerts = self._alerting.alerts
        before = {rule.id: rule for rule in alerts.rules}
        for name in edits.removed:
            await alerts.remove_rule(name)
            self.rule_changed.emit(name, before.get(name), None)
        for rule in edits.saved:
            await alerts.save_rule(rule)
            self.rule_changed.emit(rule.id, before.get(rule.id), rule)


def quiet_of(held: Layered) -> Quiet:
    """Quiet hours for the rules' dialog, and why they are fixed if they are."""
    from vaultdesk.ui.quiet_fields import Quiet  # noqa: PLC0415

    chosen: Settings = held.settings
    fixed = {held.origins[name] for name in ("quiet_from", "quiet_to")}.intersection(FIXED)
    why = "A flag or a variable sets these; see Settings, Alerts." if fixed else ""
    return Quiet(chosen.quiet_from, chosen.quiet_to, why)


def _secrets() -> tuple[Any, ...]:
    from vaultdesk.adapters import mail, webhook  # noqa: PLC0415
    from vaultdesk.ui.secrets_page import Secret  # noqa: PLC0415

    return (
        Secret(mail.SECRET, "Mail password", "With two-step log-in, the provider's app password."),
        Secret(webhook.SECRET, "Webhook signing key", "Signs what is posted; Slack needs none."),
        Secret(
            webhook.ADDRESS,
            "Webhook address",
            "For an address that is a secret itself, as Slack's are; used while webhook_url is "
            "empty.",
        ),
    )
