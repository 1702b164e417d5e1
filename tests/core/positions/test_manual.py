"""Positions entered by hand: what is refused, and what the audit log says of a change."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.core.positions.holdings import SHARES, call, held, option, put
from vaultdesk.core.positions.manual import changes, fault

if TYPE_CHECKING:
    from vaultdesk.core.orders.broker import Held

PUT = replace(put("332.5", "63"), account="Private bank")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(PUT, account="  "), "account"),
        (replace(PUT, instrument=option("332.5", symbol="")), "instrument"),
        (replace(PUT, instrument=replace(PUT.instrument, strike=None)), "instrument"),
        (replace(PUT, instrument=replace(PUT.instrument, right=None)), "instrument"),
        (replace(PUT, instrument=option("0")), "instrument"),
        (replace(PUT, instrument=option("1", multiplier=0)), "instrument"),
        (replace(PUT, quantity=Decimal(0)), "quantity"),
        (replace(PUT, quantity=Decimal("NaN")), "quantity"),
        (replace(PUT, quantity=Decimal("1.5")), "quantity"),
        (replace(PUT, average_cost=Decimal(-1)), "average_cost"),
        (replace(PUT, average_cost=Decimal("inf")), "average_cost"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_field(wrong: Held, field: str) -> None:
    found = fault([PUT, replace(wrong)])
    assert found is not None
    assert found[0] == field
    assert found[1].endswith(".")


def test_sound_ones_are_kept() -> None:
    shares = held(SHARES, "10.5", "Private bank", "350")
    assert fault([PUT, replace(PUT, account="Another bank"), shares]) is None
    assert fault([]) is None


def test_the_same_twice_is_refused() -> None:
    assert fault([PUT, replace(PUT, quantity=Decimal(1))]) == (
        "instrument",
        "The GLD 332.5 put of 2026-12-18 at Private bank is entered already: change that.",
    )


def test_each_change_is_a_fact() -> None:
    other = replace(call("400", "-5"), account="Private bank")
    dearer = replace(PUT, quantity=Decimal(70), average_cost=Decimal("11.2"))
    assert changes([PUT], [PUT]) == ()
    assert changes([PUT], [dearer, other]) == (
        (
            "GLD 2026-12-18 332.5 P",
            (
                "63 GLD 332.5 put of 2026-12-18 at Private bank was changed to 70 GLD 332.5 put of "
                "2026-12-18 for 11.2 each."
            ),
        ),
        ("GLD 2026-12-18 400 C", "-5 GLD 400 call of 2026-12-18 at Private bank was entered."),
    )
    assert changes([PUT], []) == (
        (
            "GLD 2026-12-18 332.5 P",
            "63 GLD 332.5 put of 2026-12-18 at Private bank was removed.",
        ),
    )
