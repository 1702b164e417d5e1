"""Rules as a form: read, refused at the field, told in sentences, and back without loss."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.alerts import CHANNELS, Metric, Rule, Severity, default_rules, fault
from vaultdesk.ui.alerts.rule_form import (
    KINDS,
    OFFERED,
    Kind,
    Typed,
    blank,
    free_name,
    judge,
    preview,
    restored,
    summary,
    typed,
    with_metric,
)

PRICED = {"metric": Metric.PRICE, "threshold": "280", "clear_band": "1"}
WARNING, CALL, CLOSEOUT, UTILISATION, DATA = default_rules()


def form(**changes: object) -> Typed:
    return replace(typed(WARNING), **changes)  # type: ignore[arg-type]


def test_a_default_rule_is_typed_as_people_write_it() -> None:
    shown = typed(CALL)
    assert (shown.threshold, shown.clear_band) == ("75 %", "0.5 %")
    assert (shown.cooldown, shown.escalate_after) == ("5", "15")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"threshold": ""}, "threshold", "Type a number."),
        ({"threshold": "high"}, "threshold", "is not a number"),
        ({"clear_band": "-1"}, "clear_band", "zero or more"),
        ({"cooldown": "-5"}, "cooldown", "zero or more"),
        ({"cooldown": "9999999999"}, "cooldown", "a week, at most"),
        ({"escalate_after": "0"}, "escalate_after", "how long to wait, or nothing"),
        ({**PRICED, "subject": " "}, "subject", "Enter the symbol"),
        ({"id": "Very Loud"}, "id", "small letters"),
        ({"id": "ltv-75"}, "id", "Another rule has this name"),
    ],
)
def test_nonsense_is_refused_at_its_field(
    changes: dict[str, object], field: str, words: str
) -> None:
    rule, wrong = judge(form(**changes), {"ltv-75"})
    assert rule is None
    assert list(wrong) == [field]
    assert words in wrong[field]


@pytest.mark.parametrize(
    ("text", "metric", "value"),
    [
        ("70", Metric.LTV, "0.70"),
        ("70 %", Metric.LTV, "0.70"),
        ("0.7", Metric.LTV, "0.7"),
        ("280", Metric.PRICE, "280"),
        ("1.5", Metric.SIGMA, "1.5"),
        ("1.085", Metric.FX, "1.085"),
        ("300", Metric.DATA, "300"),
    ],
)
def test_a_threshold_is_read_in_its_metrics_unit(text: str, metric: Metric, value: str) -> None:
    rule, wrong = judge(form(metric=metric, subject="EURUSD", threshold=text, clear_band="0"), ())
    assert not wrong
    assert rule is not None
    assert rule.threshold == Decimal(value)


@pytest.mark.parametrize("text", ["0.5", "0.5 %", " 0.5% "])
def test_a_clear_band_is_in_points_whatever_its_size(text: str) -> None:
    rule, _ = judge(form(clear_band=text), ())
    assert rule is not None
    assert rule.clear_band == Decimal("0.005")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (
            WARNING,
            ("Tells when LTV reaches 70 %; again only after it came back to 69.5 %. Never twice "
            "within 5 min. Goes to the list, desktop, "
            "sound, mail, webhook."),
        ),
        (
            DATA,
            ("Tells when time without a price reaches 300 s; again only after it came back. Never "
            "twice within 15 min. Goes to the list, desktop, "
            "sound, mail, webhook."),
        ),
        (
            Rule(
                "gold", Metric.PRICE, Decimal(280), Severity.INFO, "GLD", rising=False,
                clear_band=Decimal("1.5"), cooldown=timedelta(0),
                channels=frozenset({"mail", "sound"}), enabled=False,
            ),
            ("Switched off. Tells when price of GLD falls to 280.00; again only after it came back "
            "to 281.50. Goes to the list, sound, mail."),
        ),
        (
            CLOSEOUT,
            ("Tells when LTV reaches 85 %; again only after it came back to 84.5 %. Never twice "
            "within 5 min. Told again, graver, if nobody notes it for 5 min. Goes to the list, "
            "desktop, sound, mail, webhook. Quiet hours do not hold it back."),
        ),
    ],
)  # fmt: skip
def test_the_preview_says_what_the_rule_does(rule: Rule, told: str) -> None:
    assert preview(rule) == told


def test_the_list_says_each_rule_in_a_few_words() -> None:
    words = [summary(rule) for rule in default_rules()]
    assert words == [
        "▲ LTV reaches 70 %",
        "◆ LTV reaches 75 %",
        "■ LTV reaches 85 %",
        "◆ Utilisation reaches 100 %",
        "▲ Time without a price reaches 300 s",
    ]


def test_another_metric_drops_what_was_typed_in_the_old_unit() -> None:
    moved = with_metric(form(), Metric.PRICE)
    assert (moved.threshold, moved.clear_band, moved.rising) == ("", "1", False)
    back = with_metric(replace(moved, subject="GLD"), Metric.LTV)
    assert (back.subject, back.clear_band, back.rising) == ("", "0.5 %", True)


@pytest.mark.parametrize("kind", OFFERED, ids=lambda kind: kind.metric)
def test_every_offered_metric_makes_a_sound_rule(kind: Kind) -> None:
    moved = with_metric(blank(()), kind.metric)
    rule, wrong = judge(replace(moved, threshold="1", subject="EURUSD"), ())
    assert rule is not None, wrong


def test_names_are_never_taken_twice() -> None:
    assert free_name("rule", ()) == "rule"
    assert free_name("rule", ("rule", "rule-2", "rule-4")) == "rule-3"


def test_defaults_come_back_and_rules_of_other_names_stay() -> None:
    own = Rule("mine", Metric.SIGMA, Decimal(2), Severity.INFO, rising=False)
    forms = [typed(replace(WARNING, threshold=Decimal("0.6"))), typed(own)]
    after = [judge(one, ())[0] for one in restored(forms, default_rules())]
    assert after == [*default_rules(), own]


decimals = st.decimals(min_value=0, max_value=10**6, places=4)
rules = st.builds(
    Rule,
    id=st.from_regex(r"\A[a-z0-9][a-z0-9.-]{0,20}\Z"),
    metric=st.sampled_from([kind.metric for kind in OFFERED]),
    threshold=st.decimals(min_value="0.02", max_value=10**6, places=4),
    severity=st.sampled_from(Severity),
    subject=st.just("EURUSD"),
    rising=st.booleans(),
    clear_band=decimals,
    cooldown=st.integers(0, 10_000).map(lambda minutes: timedelta(minutes=minutes)),
    escalate_after=st.none() | st.integers(1, 10_000).map(lambda m: timedelta(minutes=m)),
    channels=st.frozensets(st.sampled_from(CHANNELS)),
    enabled=st.booleans(),
)


@given(rules)
def test_a_rule_comes_back_from_the_form_as_it_went_in(rule: Rule) -> None:
    rule = rule if KINDS[rule.metric].subject else replace(rule, subject="")
    assert judge(typed(rule), ()) == (rule, {})


@given(
    st.builds(
        Typed,
        id=st.text(max_size=12),
        metric=st.sampled_from(Metric),
        subject=st.text(max_size=8),
        rising=st.booleans(),
        threshold=st.text(max_size=12) | decimals.map(str),
        clear_band=st.text(max_size=12) | decimals.map(str),
        cooldown=st.text(max_size=12) | decimals.map(str),
        escalate_after=st.text(max_size=12) | decimals.map(str),
        severity=st.sampled_from(Severity),
        channels=st.frozensets(st.sampled_from(CHANNELS)),
        enabled=st.booleans(),
    )
)
def test_whatever_is_typed_is_a_sound_rule_or_refused_with_a_sentence(form: Typed) -> None:
    rule, wrong = judge(form, {"taken"})
    assert (rule is None) is bool(wrong)
    if rule is not None:
        assert fault(rule) is None
        assert preview(rule)
        assert summary(rule)
    assert all(sentence.endswith((".", "?")) for sentence in wrong.values())
