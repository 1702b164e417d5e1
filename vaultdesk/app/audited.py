"""Changes of settings and alert rules, as the audit log keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.settings import declared, written

if TYPE_CHECKING:
    from vaultdesk.core.alerts import Rule
    from vaultdesk.services.audit import AuditService
    from vaultdesk.settings import Settings


def note_settings(audit: AuditService, before: Settings, chosen: Settings) -> None:
    """Write down each setting that is another now."""
    for setting in declared():
        old, new = (getattr(one, setting.name) for one in (before, chosen))
        if old != new:
            audit.setting_changed(setting.name, written(old), written(new))


def note_rule(audit: AuditService, name: str, old: Rule | None, new: Rule | None) -> None:
    """Write down that a rule was added, edited or removed."""
    audit.setting_changed(f"alert rule {name}", _in_words(old), _in_words(new))


def _in_words(rule: Rule | None) -> str:
    """An alert rule as the audit log keeps it; empty where there is none."""
    if rule is None:
        return ""
    side = "at or above" if rule.rising else "at or below"
    where = " ".join(sorted(rule.channels)) or "nowhere"
    return (
        f"{rule.metric} {rule.subject}".rstrip() + f" {side} {rule.threshold:f}, "
        f"{rule.severity.name.lower()}, cleared by {rule.clear_band:f}, cooldown {rule.cooldown}, "
        f"escalated after {rule.escalate_after}, sent to {where}{'' if rule.enabled else ', off'}"
    )
