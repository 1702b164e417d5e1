"""What the help remembers: what was written comes back, anything else is the beginning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.ui.help.kept import Kept, parsed, written
from vaultdesk.ui.help.pages import PAGES


@given(
    st.builds(
        Kept,
        st.sampled_from(list(PAGES)),
        st.integers(10, 999),
        st.integers(0, 9_999),
        st.integers(0, 9_999),
    )
)
def test_what_was_written_comes_back(kept: Kept) -> None:
    assert parsed(written(kept)) == kept


@given(st.text())
def test_anything_else_is_the_beginning(text: str) -> None:
    assert parsed(text).page in PAGES


@pytest.mark.parametrize("text", ["", "loan", "nowhere 100 1 2", "loan 100 1 2 3", "loan x 1 2"])
def test_what_is_damaged_is_the_beginning(text: str) -> None:
    assert parsed(text) == Kept()
