"""Settings and alert rules are changed in one way, whoever asks: the dialogs or the server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from vaultdesk import settings as layers
from vaultdesk.ports import StorageError
from vaultdesk.settings import Origin, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from vaultdesk.core.alerts import Rule
    from vaultdesk.services.alerts import AlertService
    from vaultdesk.settings import Layered, Settings

    SettingsChanged = Callable[[Settings, Settings], object]
    RuleChanged = Callable[[str, Rule | None, Rule | None], object]

FIXED = (Origin.VARIABLE, Origin.FLAG)
QUIET = ("quiet_from", "quiet_to")
QUIET_FIXED = "A flag or a variable sets these; see Settings, Alerts."


class Changes:
    """Writes what was changed and tells it: the settings before and after, each rule likewise.

    `flags` are the settings that the command line gave, which win over the file.
    """

    def __init__(
        self,
        flags: Mapping[str, Any],
        alerts: AlertService,
        settings_changed: SettingsChanged,
        rule_changed: RuleChanged,
    ) -> None:
        self._flags, self._alerts = dict(flags), alerts
        self._settings_changed, self._rule_changed = settings_changed, rule_changed

    async def held(self) -> Layered:
        """What holds now, and which layer it is from.

        Raises:
            SettingsError: the flags cannot be used.
        """
        return await asyncio.to_thread(layers.layered, self._flags)

    async def keep(self, changes: Mapping[str, Any]) -> Layered:
        """Write changes of settings, tell them, and give what holds now.

        Raises:
            SettingsError: They cannot be used or written; nothing was changed.
        """
        before = await self.held()
        await asyncio.to_thread(layers.save, changes)
        held = await self.held()
        self._settings_changed(before.settings, held.settings)
        return held

    async def keep_rules(
        self, saved: Collection[Rule], removed: Collection[str], quiet: Mapping[str, Any]
    ) -> None:
        """Go by the changed rules, without those removed, and by changed quiet hours.

        Raises:
            KnownError: Some of it was not kept; what was is in force.
        """
        if quiet:
            try:
                await self.keep(quiet)
            except SettingsError as error:
                raise StorageError(str(error)) from None
        before = {rule.id: rule for rule in self._alerts.rules}
        for name in removed:
            await self._alerts.remove_rule(name)
            self._rule_changed(name, before.get(name), None)
        for rule in saved:
            await self._alerts.save_rule(rule)
            self._rule_changed(rule.id, before.get(rule.id), rule)


def fixed(held: Layered) -> str:
    """Why the quiet hours cannot be changed; empty where they can."""
    return QUIET_FIXED if {held.origins[name] for name in QUIET}.intersection(FIXED) else ""
