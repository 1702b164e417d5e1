"""Rules about hedges are remembered, but never the fees: those are settings."""

from decimal import Decimal

import pytest

from vaultdesk.app.hedge_rules import parsed, written
from vaultdesk.core.hedge.vocabulary import FeeSchedule, HedgeRules, SmileRule, Use

FEES = FeeSchedule(Decimal("0.25"), Decimal(0))


def test_rules_come_back_to_the_digit_with_todays_fees() -> None:
    rules = HedgeRules(
        use=Use.REPAYS,
        days=120,
        cover=Decimal("0.333"),
        smile=SmileRule.DELTA,
        naked_calls=True,
        free_units=Decimal("1200.5"),
    )
    kept = parsed(written(rules), FEES)
    assert kept.fees == FEES
    assert kept.cover == Decimal("0.333")
    assert (kept.use, kept.smile, kept.free_units) == (rules.use, rules.smile, rules.free_units)


@pytest.mark.parametrize("text", ["", "{", '{"use": "sold"}', "[]"])
def test_anything_else_is_the_usual_rules(text: str) -> None:
    assert parsed(text, FEES) == HedgeRules(fees=FEES)
