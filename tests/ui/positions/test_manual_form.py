"""Positions held elsewhere as they are typed: what is read is what was meant, or is said."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.orders.broker import Held
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.positions.manual import fault
from vaultdesk.ui.positions.manual_form import BLANK, ENTRIES, judge, texts_of

OPTION = Instrument("GLD", date(2026, 12, 18), Decimal(335), "P", 100)
HELD = Held("Private bank", OPTION, Decimal(63), Decimal("4.35"))
SOUND = texts_of(HELD)

money = st.decimals(Decimal("0.01"), Decimal(100_000), places=2)
options = st.builds(
    Instrument,
    symbol=st.sampled_from(["GLD", "IAU", "GLDM"]),
    expiry=st.dates(date(2026, 1, 1), date(2040, 1, 1)),
    strike=money,
    right=st.sampled_from(["C", "P"]),
    multiplier=st.sampled_from([10, 100, 1000]),
    currency=st.sampled_from(["USD", "CHF"]),
    trading_class=st.sampled_from(["", "GLD1"]),
)
shares = st.builds(Instrument, symbol=st.sampled_from(["GLD", "IAU"]))
held = st.builds(
    Held,
    account=st.sampled_from(["Private bank", "U1"]),
    instrument=options | shares,
    quantity=st.integers(-9_999, 9_999).filter(bool).map(Decimal),
    average_cost=st.none() | money,
)


@given(held)
def test_what_is_written_back_is_read_as_the_same(one: Held) -> None:
    assert fault((one,)) is None
    assert judge(texts_of(one), one) == (one, {})


@given(st.fixed_dictionaries({name: st.text(max_size=12) for name in BLANK if name != "kind"}),
       st.sampled_from(["Put", "Call", "Shares"]))  # fmt: skip
def test_whatever_is_typed_is_read_or_said_in_a_sentence(texts: dict[str, str], kind: str) -> None:
    made, wrong = judge({**texts, "kind": kind})
    assert (made is None) is bool(wrong)
    assert all(sentence.endswith((".", "?")) for sentence in wrong.values())
    assert wrong.keys() <= {entry.name for entry in ENTRIES}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("expiry", "18.12.2026", "Write the day as 2026-12-01, or leave it empty."),
        ("expiry", "", "Enter the option's last day, such as 2026-12-18."),
        ("strike", "", "Enter the strike, such as 335."),
        ("strike", "335,5", "Write decimals with a point: 335.5."),
        ("multiplier", "1.5", "Type a whole number."),
        ("quantity", "", "Type a number."),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(field: str, typed: str, said: str) -> None:
    assert judge(SOUND | {field: typed}) == (None, {field: said})


def test_shares_need_neither_expiry_nor_strike() -> None:
    made, wrong = judge(BLANK | {"kind": "Shares", "account": "Bank", "quantity": "1,000"})
    assert wrong == {}
    assert made == Held("Bank", Instrument("GLD"), Decimal(1_000))


def test_an_adjusted_contract_stays_one_unless_the_symbol_changes() -> None:
    odd = Held("Bank", Instrument("GLD", date(2026, 12, 18), Decimal(335), "P", 100, "USD", "GLD1"),
               Decimal(1))  # fmt: skip
    same, _ = judge(texts_of(odd) | {"quantity": "2"}, odd)
    assert same is not None
    assert same.instrument == odd.instrument
    other, _ = judge(texts_of(odd) | {"symbol": "IAU"}, odd)
    assert other is not None
    assert other.instrument.trading_class == ""
