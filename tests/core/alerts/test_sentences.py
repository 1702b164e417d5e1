"""What alerts say, of every metric."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from vaultdesk.core.alerts import Book, Metric, Reading, Rule, Severity, Watch, evaluate
from vaultdesk.core.market import Quality

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "value", "sentence"),
    [
        (
            Rule("a", Metric.UTILISATION, Decimal(1), Severity.CRITICAL),
            "1.0004",
            (
                "Utilisation of the lending value 100.04 % has reached 100 %; "
                "repay, pledge or sell as the loan panel says."
            ),
        ),
        (
            Rule("a", Metric.SIGMA, Decimal(2), Severity.WARNING, rising=False),
            "1.98765",
            (
                "The distance to the margin call, 1.99 daily standard deviations, has fallen to "
                "2 daily standard deviations; decide how you would cure it."
            ),
        ),
        (
            Rule("a", Metric.PRICE, Decimal(280), Severity.WARNING, "GLD", rising=False),
            "279.9",
            "GLD 279.90 has fallen to 280.00; see what it means on the loan panel.",
        ),
        (
            Rule("a", Metric.FX, Decimal("1.0525"), Severity.WARNING, "EURUSD"),
            "1.05257",
            "EURUSD 1.05257 has reached 1.0525; see what it means on the loan panel.",
        ),
        (
            Rule("a", Metric.EXPIRY, Decimal(7), Severity.INFO, "GLD 280 put", rising=False),
            "7",
            (
                "The time to the expiry of GLD 280 put, 7 days, has fallen to 7 days; "
                "close or roll the position."
            ),
        ),
        (
            Rule("a", Metric.LTV, Decimal("0.85"), Severity.CLOSEOUT),
            "0.9",
            "LTV 90.00 % has reached 85 %; call the lender now.",
        ),
    ],
)
def test_every_metric_has_its_sentence(rule: Rule, value: str, sentence: str) -> None:
    reading = Reading(rule.metric, rule.subject, Decimal(value), NOON, Quality.LIVE)
    (alert,) = evaluate(Book([rule]), Watch({}), [reading], NOON).alerts
    assert alert.sentence == sentence
