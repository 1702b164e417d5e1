"""The endurance run's checks see each thing that must not happen."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.soak.checks import (
    Held,
    Posting,
    alerts_doubled,
    lost,
    orders_differ,
    posted_wrongly,
    undelivered,
)
from tests.soak.records import OrderRow, Records

FILLED, WORKING = OrderRow("filled", "1"), OrderRow("working", "0")
CROSSED, AGAIN = "ltv-75.1.crossed", "ltv-75.2.crossed"
BEFORE = Records(
    orders={"a": FILLED, "b": WORKING},
    trades=frozenset({"t1"}),
    alerts=(CROSSED,),
    crossings=Counter({"ltv-75": 1}),
    deliveries={CROSSED: "delivered"},
    terms=("one", "two"),
    entries=9,
    snapshots=5,
)
AT_BROKER = [Held("a", "1", alive=False), Held("b", "0", alive=True)]
POSTED = [Posting(CROSSED, "d1")]


def test_what_goes_on_as_it_should_is_no_finding() -> None:
    now = replace(BEFORE, orders={**BEFORE.orders, "b": FILLED}, terms=("one", "two", "three"))
    assert lost(BEFORE, now) == []
    assert alerts_doubled(BEFORE, {"ltv-75": 1}) == []
    assert posted_wrongly(POSTED, BEFORE, cuts=0) == []
    assert orders_differ(BEFORE, AT_BROKER, clicks=2) == []
    assert undelivered(BEFORE) == []


@pytest.mark.parametrize(
    ("now", "finding"),
    [
        (replace(BEFORE, orders={"a": FILLED}), "order b is gone"),
        (replace(BEFORE, orders={"a": WORKING, "b": WORKING}), "order a was filled"),
        (replace(BEFORE, trades=frozenset()), "trade t1 is gone"),
        (replace(BEFORE, alerts=()), f"alert {CROSSED} is gone"),
        (replace(BEFORE, terms=("one",)), "terms"),
        (replace(BEFORE, terms=("one", "other", "two")), "terms"),
        (replace(BEFORE, entries=8), "audit log"),
        (replace(BEFORE, snapshots=4), "snapshots"),
    ],
)
def test_what_is_lost_is_found(now: Records, finding: str) -> None:
    (found,) = lost(BEFORE, now)
    assert finding in found


@pytest.mark.parametrize("crossed", [0, 2])
def test_a_crossing_told_too_often_or_not_at_all_is_found(crossed: int) -> None:
    (found,) = alerts_doubled(BEFORE, {"ltv-75": crossed})
    assert found == f"ltv-75 was crossed {crossed} times and told 1 times"


def test_an_alert_that_stands_twice_is_found() -> None:
    assert alerts_doubled(replace(BEFORE, alerts=(CROSSED, CROSSED)), {})


@pytest.mark.parametrize(
    ("postings", "cuts", "finding"),
    [
        ([*POSTED, Posting(CROSSED, "d2")], 5, "as 2 different deliveries"),
        ([*POSTED, *POSTED], 0, "1 deliveries were repeated after 0 cuts"),
        ([*POSTED, Posting(AGAIN, "d2")], 0, "no such alert is kept"),
        ([], 0, "never posted"),
    ],
)
def test_a_notice_made_wrongly_is_found(postings: list[Posting], cuts: int, finding: str) -> None:
    (found,) = posted_wrongly(postings, BEFORE, cuts)
    assert finding in found


def test_a_delivery_repeated_after_a_cut_with_its_own_id_is_none() -> None:
    assert posted_wrongly([*POSTED, *POSTED], BEFORE, cuts=1) == []


@pytest.mark.parametrize(
    ("held", "clicks", "finding"),
    [
        ([*AT_BROKER, Held("a", "1", alive=False)], 2, "2 times at the broker"),
        ([*AT_BROKER, Held("c", "0", alive=True)], 2, "not in the desk"),
        ([Held("a", "2", alive=False), AT_BROKER[1]], 2, "2 filled at the broker, 1 here"),
        (AT_BROKER[:1], 2, "order b is working and not at the broker"),
        (AT_BROKER, 1, "2 orders of 1 clicks"),
    ],
)
def test_an_order_that_is_not_the_same_at_both_ends_is_found(
    held: list[Held], clicks: int, finding: str
) -> None:
    (found,) = orders_differ(BEFORE, held, clicks)
    assert finding in found


def test_a_delivery_that_waits_is_found() -> None:
    waiting = replace(BEFORE, deliveries={CROSSED: "pending"})
    assert undelivered(waiting) == [f"{CROSSED} waits: pending"]
