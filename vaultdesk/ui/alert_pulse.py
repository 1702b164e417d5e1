"""A line that says whether the rules are still being evaluated, and whether it is quiet hours."""

from datetime import datetime, timedelta

from PySide6.QtWidgets import QHBoxLayout, QWidget

from vaultdesk.core.alerts import QuietHours, Severity
from vaultdesk.ui.format import age
from vaultdesk.ui.readout import label, say

LATE = timedelta(seconds=10)
"""An evaluation older than this is said in amber: there is one each second."""


def told(evaluated: datetime | None, now: datetime) -> tuple[str, str]:
    """When the rules were last evaluated, and the role it is said in."""
    if evaluated is None:
        return "not evaluated yet", "warning"
    since = now - evaluated
    late = since > LATE
    return f"{'▲ ' * late}last evaluated {age(since)} ago", "warning" if late else "muted"


def quiet_until(quiet: QuietHours | None, now: datetime) -> str:
    """When quiet hours end; empty outside of them."""
    until = quiet.held_until(Severity.INFO, now) if quiet else None
    return f"☾ quiet until {until.astimezone(quiet.zone):%H:%M}" if quiet and until else ""


class AlertPulse(QWidget):
    """Both, on one line."""

    def __init__(self) -> None:
        super().__init__()
        self.age = label("alerts.evaluated", "When the rules were last evaluated", "muted")
        self.quiet = label("alerts.quiet", "When quiet hours end", "muted")
        self.quiet.setToolTip("Till then only a close-out is told outside this window.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.age)
        row.addStretch(1)
        row.addWidget(self.quiet)

    def show_at(self, evaluated: datetime | None, quiet: QuietHours | None, now: datetime) -> None:
        """Say how it stands now, all by the machine's clock."""
        say(self.age, *told(evaluated, now))
        say(self.quiet, quiet_until(quiet, now))
