"""A line that says whether the rules are still being evaluated, and whether it is quiet hours."""

from datetime import datetime, timedelta

from PySide6.QtWidgets import QHBoxLayout, QWidget

from vaultdesk.core.alerts import QuietHours, Severity
from vaultdesk.ui.format import age, hour_minute
from vaultdesk.ui.readout import label, say
from vaultdesk.ui.translation import tr

LATE = timedelta(seconds=10)
"""An evaluation older than this is said in amber: there is one each second."""


def told(evaluated: datetime | None, now: datetime) -> tuple[str, str]:
    """When the rules were last evaluated, and the role it is said in."""
    if evaluated is None:
        return tr("not evaluated yet"), "warning"
    since = now - evaluated
    late = since > LATE
    return tr("{late}last evaluated {since} ago").format(
        late="▲ " * late, since=age(since)
    ), "warning" if late else "muted"


def quiet_until(quiet: QuietHours | None, now: datetime) -> str:
    """When quiet hours end; empty outside of them."""
    until = quiet.held_until(Severity.INFO, now) if quiet else None
    return (
        tr("☾ quiet until {time}").format(time=hour_minute(until.astimezone(quiet.zone)))
        if quiet and until
        else ""
    )


class AlertPulse(QWidget):
    """Both, on one line."""

    def __init__(self) -> None:
        super().__init__()
        self.age = label("alerts.evaluated", tr("When the rules were last evaluated"), "muted")
        self.quiet = label("alerts.quiet", tr("When quiet hours end"), "muted")
        self.quiet.setToolTip(tr("Till then only a close-out is told outside this window."))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.age)
        row.addStretch(1)
        row.addWidget(self.quiet)

    def show_at(self, evaluated: datetime | None, quiet: QuietHours | None, now: datetime) -> None:
        """Say how it stands now, all by the machine's clock."""
        say(self.age, *told(evaluated, now))
        say(self.quiet, quiet_until(quiet, now))
