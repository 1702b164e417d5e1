"""The book looks at few rules and passes over none that matters."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.alerts import Book, Metric, Rule, Severity
from vaultdesk.core.alerts.book import cleared, reached

lines = st.builds(
    lambda number, **values: Rule(f"r{number}", Metric.LTV, severity=Severity.INFO, **values),
    number=st.integers(0, 10**9),
    threshold=st.integers(0, 40).map(Decimal),
    rising=st.booleans(),
    clear_band=st.integers(0, 5).map(Decimal),
)


@given(
    st.lists(lines, max_size=20, unique_by=lambda rule: rule.id),
    st.none() | st.integers(0, 40).map(Decimal),
    st.integers(0, 40).map(Decimal),
)
def test_the_book_passes_over_no_rule_that_a_move_may_concern(
    rules: list[Rule], before: Decimal | None, value: Decimal
) -> None:
    looked_at = {rule.id for rule in Book(rules).passed((Metric.LTV, ""), before, value)}
    for rule in rules:
        newly = before is None or not reached(rule, before)
        if newly and reached(rule, value):
            assert rule.id in looked_at
        if (before is None or not cleared(rule, before)) and cleared(rule, value):
            assert rule.id in looked_at


def test_a_usual_move_among_many_rules_looks_at_few() -> None:
    rules = [
        Rule(f"r{number}", Metric.LTV, Decimal(number) / 10_000, Severity.INFO)
        for number in range(10_000)
    ]
    looked_at = Book(rules).passed((Metric.LTV, ""), Decimal("0.70"), Decimal("0.7003"))
    assert [rule.id for rule in looked_at] == ["r7001", "r7002", "r7003"]
