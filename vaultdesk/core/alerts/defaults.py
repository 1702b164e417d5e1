"""The rules a desk starts with."""

from datetime import timedelta
from decimal import Decimal

from vaultdesk.core.alerts.records import Metric, Rule, Severity
from vaultdesk.core.money import plain

CALL_LTV, CLOSEOUT_LTV = Decimal("0.75"), Decimal("0.85")
"""The levels of a loan that names none."""

WARNING_BAND = Decimal("0.05")
"""The first warning comes this many points of LTV below the margin call."""

DATA_LOSS_S = Decimal(300)


def default_rules(
    call_ltv: Decimal = CALL_LTV, closeout_ltv: Decimal = CLOSEOUT_LTV
) -> tuple[Rule, ...]:
    """Warning, margin call and close-out, the lending value used up, and the loss of data."""
    minutes = timedelta(minutes=1)
    return (
        _ltv(call_ltv - WARNING_BAND, Severity.WARNING, None),
        _ltv(call_ltv, Severity.CRITICAL, 15 * minutes),
        _ltv(closeout_ltv, Severity.CLOSEOUT, 5 * minutes),
        Rule("utilisation-100", Metric.UTILISATION, Decimal(1), Severity.CRITICAL),
        Rule(
            "data-300",
            Metric.DATA,
            DATA_LOSS_S,
            Severity.WARNING,
            clear_band=Decimal(0),
            cooldown=15 * minutes,
        ),
    )


def followed(
    rules: tuple[Rule, ...], before: tuple[Decimal, Decimal], levels: tuple[Decimal, Decimal]
) -> tuple[Rule, ...]:
    """The rules after the loan's levels changed: the default ones that nobody edited follow them.

    Levels are the margin call's and the close-out's LTV.
    """
    defaults = dict(zip(default_rules(*before), default_rules(*levels), strict=True))
    own = [rule for rule in rules if rule not in defaults]
    taken = {rule.id for rule in own}
    following = [defaults[rule] for rule in rules if rule in defaults]
    return (*(rule for rule in following if rule.id not in taken), *own)


def _ltv(level: Decimal, severity: Severity, escalate_after: timedelta | None) -> Rule:
    name = f"ltv-{plain(level * 100):f}"
    return Rule(name, Metric.LTV, level, severity, escalate_after=escalate_after)
