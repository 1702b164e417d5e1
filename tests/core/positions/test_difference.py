"""Where broker and ledger do not agree, and how it is said."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.core.positions.holdings import SHARES, call, held, option, put
from vaultdesk.core.orders.broker import Held
from vaultdesk.core.positions.difference import differences

PUT = option("332.5")


def test_the_same_is_no_difference_however_it_is_split() -> None:
    assert differences([put("332.5", "63")], [put("332.5", "60"), put("332.5", "3")]) == ()
    assert differences([], []) == ()


def test_more_at_the_broker_is_named() -> None:
    (one,) = differences([put("332.5", "63")], [put("332.5", "60")])
    assert [int(x) for x in (one.broker, one.ledger, one.amount)] == [63, 60, 3]
    assert one.sentence == (
        "The broker has 63 GLD 332.5 put of 2026-12-18, the desk's ledger 60: 3 were traded "
        "elsewhere or a report is missing; look at the broker's trades of the day."
    )


def test_what_only_one_of_them_has_is_named() -> None:
    found = differences([call("400", "-1")], [put("332.5", "1")])
    assert [(one.instrument.right, int(one.amount)) for one in found] == [("P", -1), ("C", -1)]
    assert "1 was traded elsewhere" in found[0].sentence


def test_shares_may_have_come_by_exercise() -> None:
    (one,) = differences([held(SHARES, "-6300")], [])
    assert "came by exercise or assignment" in one.sentence


def test_accounts_are_not_mixed() -> None:
    found = differences([held(PUT, "5", "A")], [held(PUT, "5", "B")])
    assert [(one.account, int(one.amount)) for one in found] == [("A", 5), ("B", -5)]


BOOKS = st.lists(
    st.builds(
        held,
        st.sampled_from([PUT, option("350"), SHARES]),
        st.integers(-9, 9).map(str),
        st.sampled_from(["A", "B"]),
    ),
    max_size=6,
)


@given(BOOKS, BOOKS)
def test_the_differences_make_the_ledger_the_brokers(broker: list[Held], ours: list[Held]) -> None:
    found = differences(broker, ours)
    mended = [*ours, *(Held(one.account, one.instrument, one.amount) for one in found)]
    assert differences(broker, mended) == ()
    assert all(one.amount != Decimal(0) for one in found)
