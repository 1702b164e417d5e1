"""What a policy may be, how it is called, and which hedges on the desk can be rolled."""

from dataclasses import replace
from datetime import date

import pytest

from tests.core.hedge.boards import SPOT
from tests.core.hedge.positions import leg
from tests.core.hedge.rolls import D
from vaultdesk.core.hedge.position import HedgeLeg, Position
from vaultdesk.core.hedge.rolling.policy import PolicyError, RollPolicy, Rung, of_position
from vaultdesk.core.hedge.vocabulary import Use

TODAY = date(2026, 7, 10)
BASE = RollPolicy(roll_at=20, use=Use.REPAYS, drawn=True)


def policy_of(*legs: HedgeLeg, base: RollPolicy = BASE) -> RollPolicy:
    return of_position(Position(legs), SPOT, D(10_050), TODAY, base)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("puts", {"puts": ()}),
        ("puts", {"puts": (Rung(D(0)),)}),
        ("puts", {"puts": (Rung(D(1)), Rung(D("0.9"), D(0)))}),
        ("puts", {"puts": (Rung(D("3.1")),)}),
        ("lower", {"lower": D(1)}),
        ("lower", {"lower": D(0)}),
        ("call", {"call": D("0.99")}),
        ("call", {"call": D("3.1")}),
        ("days", {"days": 0}),
        ("days", {"days": 1101}),
        ("roll_at", {"roll_at": 90}),
        ("roll_at", {"roll_at": -1}),
        ("cover", {"cover": D(0)}),
        ("cover", {"cover": D("1.01")}),
    ],
)
def test_a_policy_that_breaks_a_rule_names_the_part(field: str, changes: dict[str, object]) -> None:
    with pytest.raises(PolicyError) as raised:
        replace(RollPolicy(), **changes)  # type: ignore[arg-type]
    assert raised.value.field == field
    assert str(raised.value).endswith(".")


def test_a_policy_is_told_in_words() -> None:
    assert RollPolicy().title == "Put 100 %, 90 days, rolled at expiry"
    ladder = RollPolicy((Rung(D("0.95"), D(2)), Rung(D("0.9"))), days=60, roll_at=20)
    assert ladder.title == (
        "Puts 95 % (67 % of them) and 90 % (33 % of them), 60 days, rolled 20 days before"
    )
    both = RollPolicy(lower=D("0.8"), call=D("1.125"))
    assert both.title == "Put 100 %, less put 80 %, less call 112.5 %, 90 days, rolled at expiry"


def test_sold_calls_are_cautioned_about() -> None:
    assert "margin is not counted" in RollPolicy(call=D("1.1")).caution
    assert RollPolicy(lower=D("0.8")).caution == ""


def test_the_hedge_on_the_desk_is_rolled_at_its_moneyness_days_and_cover() -> None:
    found = policy_of(leg("P", "350", 40), leg("P", "315", 20))
    assert found.puts == (Rung(D(1), D(40)), Rung(D("0.9"), D(20)))
    assert (found.days, found.roll_at) == (70, 20)
    assert found.cover == D(6000) / 10_050
    assert (found.use, found.drawn, found.lower, found.call) == (Use.REPAYS, True, None, None)


def test_a_collar_and_a_spread_keep_what_they_sell() -> None:
    found = policy_of(leg("P", "350", 100), leg("P", "280", -100), leg("C", "385", -100))
    assert (found.lower, found.call) == (D("0.8"), D("1.1"))


def test_a_hedge_that_covers_more_than_there_is_covers_all() -> None:
    assert policy_of(leg("P", "350", 200)).cover == 1


def test_a_hedge_nearer_than_the_roll_is_rolled_on_its_last_day_but_one() -> None:
    assert policy_of(leg("P", "350", 10), base=replace(BASE, roll_at=80)).roll_at == 69


@pytest.mark.parametrize(
    ("legs", "words"),
    [
        ((leg("C", "385", -10),), "buys no puts"),
        ((leg("P", "350", 10), leg("P", "315", 10, expiry=2)), "one expiry"),
        ((leg("P", "350", 10), leg("C", "385", -5)), "as many calls"),
        ((leg("P", "350", 10), leg("P", "280", -5), leg("P", "260", -5)), "as many puts"),
    ],
)
def test_a_hedge_of_another_shape_cannot_be_rolled(legs: tuple[HedgeLeg, ...], words: str) -> None:
    with pytest.raises(PolicyError, match=words):
        policy_of(*legs)


def test_calls_that_are_bought_cannot_be_rolled() -> None:
    with pytest.raises(PolicyError, match="buys calls"):
        policy_of(leg("P", "350", 10), leg("C", "385", 10))
