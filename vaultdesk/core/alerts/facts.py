"""An alert's facts as rows of text, the same for each way it leaves the desk."""

from datetime import UTC

from vaultdesk.core.alerts.records import Alert, Market, Severity
from vaultdesk.core.alerts.sentences import price_text, shown
from vaultdesk.core.market import Quality

WORDS = {
    Severity.INFO: "Note",
    Severity.WARNING: "Warning",
    Severity.CRITICAL: "Critical",
    Severity.CLOSEOUT: "Close-out",
}
"""How grave it is, in a word."""


def headline(alert: Alert) -> str:
    """How grave and whether real, in a few words that may stand as a title."""
    made_up = {Quality.SIMULATED: Market.SIMULATED, Quality.CACHED: Market.RECORDED}
    mark = made_up.get(alert.quality, Market.REAL).mark
    return f"VaultDesk: {mark}{WORDS[alert.severity]}"


def facts(alert: Alert) -> tuple[tuple[str, str], ...]:
    """Heading and text of value, threshold, price, rule and time; rounded figures come with exact.

    The time is UTC. The price is that of the rule's subject, or of the loan's collateral.
    """
    return (
        ("Value", _value(alert)),
        ("Threshold", shown(alert.metric, alert.threshold, None)),
        ("Price", _price(alert)),
        ("Rule", f"{alert.rule}, {alert.event}, {WORDS[alert.severity].lower()}"),
        ("Time", f"{alert.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"),
    )


def _value(alert: Alert) -> str:
    subject = f"{alert.subject} " if alert.subject else ""
    return f"{subject}{shown(alert.metric, alert.value)} (exactly {alert.value:f})"


def _price(alert: Alert) -> str:
    if alert.price is None:
        return "none"
    age = "" if alert.age_s is None else f", {alert.age_s:.0f} s old"
    source = f" from {alert.source}" if alert.source else ""
    return f"{price_text(alert.price)}{source}{age}, {alert.quality}"
