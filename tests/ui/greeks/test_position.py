"""A position as text, to be remembered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.ui.greeks.position import MOST, NOTHING, Position, parsed, written

contracts = st.integers(-MOST, MOST)


@given(contracts, contracts)
def test_what_was_written_is_read_again(call: int, put: int) -> None:
    assert parsed(written(Position(call, put))) == Position(call, put)


@pytest.mark.parametrize("text", ["", "5", "1 2 3", "a b", "1.5 0", f"{MOST + 1} 0", "0 -10000"])
def test_anything_else_is_no_position(text: str) -> None:
    assert parsed(text) == NOTHING
