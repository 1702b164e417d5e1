"""The rules a desk starts with, and how they follow the loan."""

from dataclasses import replace
from decimal import Decimal

from vaultdesk.core.alerts import Severity, default_rules
from vaultdesk.core.alerts.defaults import followed


def test_the_default_rules_are_those_of_the_issue() -> None:
    levels = {rule.id: (rule.threshold, rule.severity) for rule in default_rules()}
    assert levels["ltv-70"] == (Decimal("0.70"), Severity.WARNING)
    assert levels["ltv-75"] == (Decimal("0.75"), Severity.CRITICAL)
    assert levels["ltv-85"] == (Decimal("0.85"), Severity.CLOSEOUT)
    assert levels["utilisation-100"] == (Decimal(1), Severity.CRITICAL)
    assert levels["data-300"] == (Decimal(300), Severity.WARNING)


def test_default_rules_follow_the_levels_but_give_way_to_edited_ones() -> None:
    before, after = (Decimal("0.75"), Decimal("0.85")), (Decimal("0.70"), Decimal("0.80"))
    own = replace(default_rules(*before)[0], threshold=Decimal("0.71"))
    rules = followed((own, *default_rules(*before)[1:]), before, after)
    assert {rule.id for rule in rules} == {"ltv-70", "ltv-80", "utilisation-100", "data-300"}
    assert own in rules
