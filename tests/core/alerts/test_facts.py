"""An alert's facts as text: rounded to read, exact beside it."""

from dataclasses import replace
from decimal import Decimal

from tests.fakes.alerts import ALERT
from vaultdesk.core.alerts import Metric, Severity
from vaultdesk.core.alerts.facts import WORDS, facts, headline
from vaultdesk.core.market import Quality


def test_a_rounded_value_comes_with_the_exact_one() -> None:
    near = replace(ALERT, value=Decimal("0.749999"))
    assert dict(facts(near))["Value"] == "75.00 % (exactly 0.749999)"


def test_the_subject_of_a_rule_stands_before_its_value() -> None:
    pair = replace(ALERT, metric=Metric.FX, subject="EURUSD", value=Decimal("1.0712"))
    assert dict(facts(pair))["Value"] == "EURUSD 1.0712 (exactly 1.0712)"


def test_what_is_not_known_is_not_made_up() -> None:
    assert dict(facts(replace(ALERT, price=None)))["Price"] == "none"
    bare = replace(ALERT, source="", age_s=None, quality=Quality.STALE)
    assert dict(facts(bare))["Price"] == "278.85, STALE"


def test_a_simulated_alert_is_marked_in_its_headline() -> None:
    assert headline(ALERT) == "VaultDesk: Critical"
    simulated = replace(ALERT, quality=Quality.SIMULATED)
    assert headline(simulated) == "VaultDesk: Simulated: Critical"


def test_every_severity_has_a_word() -> None:
    assert set(WORDS) == set(Severity)
