"""Prices an exchange takes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.broker import buying, collar, option
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.ticks import on_tick, stepped, tick, to_tick

SHARE = Instrument("GLD")


def of(symbol: str) -> Instrument:
    put = option()
    return Instrument(symbol, put.expiry, put.strike, "P", 100)


@pytest.mark.parametrize(
    ("instrument", "price", "step"),
    [
        (option(), "2.99", "0.01"),
        (option(), "3.00", "0.05"),
        (option(), "-2.99", "0.01"),
        (option(), "-3.00", "0.05"),
        (of("SPY"), "8.41", "0.01"),
        (of("XYZ"), "2.95", "0.05"),
        (of("XYZ"), "3.00", "0.10"),
        (SHARE, "350", "0.01"),
        (SHARE, "0.5", "0.0001"),
        (None, "8.41", "0.01"),
    ],
)
def test_the_tick_of_the_exchanges_rules(
    instrument: Instrument | None, price: str, step: str
) -> None:
    assert tick(instrument, Decimal(price)) == Decimal(step)


@pytest.mark.parametrize(
    ("draft", "price", "legal"),
    [
        (buying(option()), "8.52", "8.50"),
        (buying(option()), "3.02", "3.00"),
        (buying(option()), "2.994", "2.99"),
        (buying(option()), "0.004", "0.01"),
        (OrderDraft((OrderLeg(option(), -1),), 1, None), "-8.52", "-8.55"),
        (OrderDraft((OrderLeg(option(), -1),), 1, None), "-2.996", "-3.00"),
        (collar(), "1.237", "1.23"),
        (collar(), "-1.237", "-1.24"),
    ],
)
def test_a_limit_is_rounded_for_the_user(draft: OrderDraft, price: str, legal: str) -> None:
    assert to_tick(draft, Decimal(price)) == Decimal(legal)


SHAPES = st.sampled_from(
    [
        buying(option()),
        buying(of("XYZ")),
        buying(of("SPY")),
        OrderDraft((OrderLeg(option(), -1),), 1, None),
        collar(),
        buying(SHARE),
    ]
)
PRICES = st.decimals("0.01", "60", places=4)


@given(SHAPES, PRICES)
def test_a_rounded_limit_is_legal_never_worse_and_within_a_tick(
    draft: OrderDraft, price: Decimal
) -> None:
    signed = price if draft.legs[0].ratio > 0 else -price
    legal = to_tick(draft, signed)
    assert on_tick(draft, legal)
    assert to_tick(draft, legal) == legal
    if abs(legal) > Decimal("0.1"):
        assert legal <= signed
        assert signed - legal < Decimal("0.1")


@given(SHAPES, PRICES, st.integers(-5, 5))
def test_steps_go_from_legal_price_to_legal_price_and_back(
    draft: OrderDraft, price: Decimal, steps: int
) -> None:
    signed = price + 1 if draft.legs[0].ratio > 0 else -price - 1
    begin = to_tick(draft, signed)
    there = stepped(draft, begin, steps)
    assert on_tick(draft, there)
    assert (there > begin) == (steps > 0)
    assert stepped(draft, there, -steps) == begin


def test_a_step_over_three_dollars_changes_its_size() -> None:
    draft = buying(option())
    assert stepped(draft, Decimal("2.99"), 1) == Decimal("3.00")
    assert stepped(draft, Decimal("3.00"), 1) == Decimal("3.05")
    assert stepped(draft, Decimal("3.00"), -1) == Decimal("2.99")
    assert stepped(draft, Decimal("3.02"), 1) == Decimal("3.05")
