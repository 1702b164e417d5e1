"""Tickets made of hedges, of single contracts, and of what is held."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import gcd
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.fakes.broker import PAPER, buying, collar, option
from vaultdesk.core.hedge.position import At, HedgeLeg, Position
from vaultdesk.core.orders.broker import Held
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Origin, Tif
from vaultdesk.core.orders.drafting import closing, combined, edited, fault, single, tickets_of
from vaultdesk.core.orders.ticks import on_tick

if TYPE_CHECKING:
    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.market import Right

CONFIG = boards.config()
DECEMBER = boards.EXPIRIES[2]


def listed(strike: str, right: Right = "P") -> Listed:
    found = CONFIG.board.of(DECEMBER, right)
    return next(one for one in found if one.strike == Decimal(strike))


def hedge(*legs: tuple[str, Right, int]) -> Position:
    return Position(
        tuple(HedgeLeg(listed(k, right), Decimal(n), Decimal(n)) for k, right, n in legs)
    )


def test_a_collar_is_one_order_of_two_legs() -> None:
    made = tickets_of(hedge(("332.5", "P", 63), ("380", "C", -63)), "Collar", "GLD", at=At.NATURAL)
    (draft,) = made.orders
    assert [(leg.instrument.words, leg.ratio) for leg in draft.legs] == [
        ("GLD 332.5 put of 2026-12-18", 1),
        ("GLD 380 call of 2026-12-18", -1),
    ]
    put, call = listed("332.5").quote, listed("380", "C").quote
    assert put.ask is not None
    assert call.bid is not None
    assert (draft.quantity, draft.limit) == (63, put.ask - call.bid)
    assert (made.title, made.origin) == ("Collar", Origin.STRATEGY)
    assert draft.legs[0].instrument.multiplier == 100


def test_a_ratio_of_two_to_one_is_one_order_still() -> None:
    made = tickets_of(hedge(("332.5", "P", 60), ("300", "P", -30)), "Ratio", "GLD")
    (draft,) = made.orders
    assert [leg.ratio for leg in draft.legs] == [2, -1]
    assert draft.quantity == 30


def test_a_ladder_is_an_order_for_each_rung() -> None:
    rungs = [("332.5", "P", 21), ("315", "P", 21), ("300", "P", 21)]
    made = tickets_of(hedge(*rungs), "Ladder", "GLD")  # type: ignore[arg-type]
    assert [(len(one.legs), one.quantity) for one in made.orders] == [(1, 21)] * 3


def test_legs_in_odd_ratios_are_orders_of_their_own_and_what_is_bought_goes_first() -> None:
    made = tickets_of(hedge(("380", "C", -50), ("332.5", "P", 63)), "Odd", "GLD")
    assert [(one.legs[0].ratio, one.quantity) for one in made.orders] == [(1, 63), (-1, 50)]


def test_a_mid_between_ticks_is_rounded_for_the_user() -> None:
    one = listed("332.5")
    odd = replace(one, quote=replace(one.quote, bid=Decimal("8.40"), ask=Decimal("8.65")))
    assert single(odd, 5, "GLD").orders[0].limit == Decimal("8.50")
    assert single(odd, -5, "GLD").orders[0].limit == Decimal("-8.55")
    assert single(odd, 5, "GLD", at=At.NATURAL).orders[0].limit == Decimal("8.65")
    assert single(odd, -5, "GLD").title == "Sell GLD 332.5 put of 2026-12-18"


def test_closing_goes_the_other_way() -> None:
    long = Held(PAPER, option(), Decimal(63))
    (draft,) = closing(long, 20, Decimal("8.50")).orders
    assert (draft.legs[0].ratio, draft.quantity, draft.limit) == (-1, 20, Decimal("-8.50"))
    (draft,) = closing(replace(long, quantity=Decimal(-3)), 3, Decimal("8.50")).orders
    assert (draft.legs[0].ratio, draft.limit) == (1, Decimal("8.50"))


def test_a_roll_is_one_order() -> None:
    near, far = option(), option(expiry=boards.EXPIRIES[3])
    made = combined(((near, -63), (far, 63)), Decimal("6.237"), "Roll")
    (draft,) = made.orders
    assert [leg.ratio for leg in draft.legs] == [-1, 1]
    assert (draft.quantity, draft.limit, made.origin) == (63, Decimal("6.23"), Origin.ROLL)


LEGS = st.lists(
    st.tuples(st.sampled_from(["300", "315", "332.5", "350"]), st.integers(-90, 90)),
    min_size=1,
    max_size=4,
    unique_by=lambda leg: leg[0],
).filter(lambda legs: any(n for _, n in legs))


@given(LEGS, st.sampled_from([At.NATURAL, At.MID]))
def test_a_ticket_trades_exactly_the_hedge_in_orders_that_can_be_sent(
    legs: list[tuple[str, int]], at: At
) -> None:
    made = tickets_of(hedge(*((k, "P", n) for k, n in legs)), "Any", "GLD", at=at)
    traded: dict[Decimal | None, int] = {}
    for draft in made.orders:
        assert fault(draft) == ""
        assert draft.limit is not None
        assert on_tick(draft, draft.limit)
        for leg in draft.legs:
            strike = leg.instrument.strike
            traded[strike] = traded.get(strike, 0) + leg.ratio * draft.quantity
    assert traded == {Decimal(k): n for k, n in legs if n}
    for draft in made.orders:
        assert gcd(*(leg.ratio for leg in draft.legs)) == 1


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (OrderDraft((), 1, Decimal(1)), "trades nothing"),
        (OrderDraft((OrderLeg(option(), 0),), 1, Decimal(1)), "trades nothing"),
        (OrderDraft((OrderLeg(option(), 1), OrderLeg(option(), -1)), 1, Decimal(1)), "twice"),
        (OrderDraft((OrderLeg(option(), 2),), 1, Decimal(1)), "divisor"),
        (buying(option(), 0), "at least"),
        (buying(option(), 1, "0"), "above 0"),
        (buying(option(), 1, "-1"), "above 0"),
        (OrderDraft((OrderLeg(option(), -1),), 1, Decimal(1)), "above 0"),
        (replace(buying(option()), limit=Decimal("NaN")), "not a number"),
    ],
)
def test_what_is_no_order_is_said(draft: OrderDraft, words: str) -> None:
    assert words in fault(draft)


@pytest.mark.parametrize(
    "draft", [buying(option()), buying(option(), 1, None), collar(1, "-1.20"), collar(1, "0")]
)
def test_what_is_an_order_has_no_fault(draft: OrderDraft) -> None:
    assert fault(draft) == ""


def test_an_edit_leaves_the_rest() -> None:
    draft = edited(buying(option()), quantity=7, tif=Tif.GTC)
    assert (draft.quantity, draft.limit, draft.tif) == (7, Decimal("8.50"), Tif.GTC)
    assert edited(draft, limit=Decimal("8.55")).limit == Decimal("8.55")
