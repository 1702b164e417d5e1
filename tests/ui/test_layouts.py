"""Arrangements of docks as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from tests.ui.desk import desk
from vaultdesk.ui.layouts import (
    BUILT_IN,
    CHAIN,
    CHAIN_HIGH,
    HIGH,
    LOW,
    MIDDLE,
    Layout,
    Split,
    arrange,
    built_in,
)
from vaultdesk.ui.window import DeskWindow


@pytest.fixture
def window(qtbot: QtBot) -> DeskWindow:
    made = desk()
    qtbot.addWidget(made)
    made.resize(760, 700)
    made.show()
    return made


def corner(window: DeskWindow, key: str) -> tuple[int, int]:
    at = window.docks[key].mapTo(window, QPoint(0, 0))
    return at.x(), at.y()


@pytest.mark.parametrize("layout", [LOW, MIDDLE, HIGH])
def test_the_loan_is_the_first_thing_the_eye_meets(window: DeskWindow, layout: Layout) -> None:
    arrange(window, window.docks, layout)
    left, top = corner(window, "loan")
    others = [corner(window, key) for key in window.docks if key != "loan"]
    assert all(left <= x and top <= y for x, y in others)
    assert corner(window, "chain")[0] > left


def test_the_chain_layout_gives_the_chain_most_of_the_window(window: DeskWindow) -> None:
    arrange(window, window.docks, CHAIN)
    chain = window.docks["chain"]
    assert chain.width() > 0.65 * window.width()
    assert corner(window, "loan")[0] > chain.width()


@pytest.mark.parametrize("layout", [LOW, MIDDLE, HIGH, CHAIN_HIGH])
def test_every_built_in_layout_shows_every_panel_without_overlap(
    window: DeskWindow, layout: Layout
) -> None:
    arrange(window, window.docks, layout)
    areas = [dock.geometry() for dock in window.docks.values()]
    assert all(dock.isVisible() for dock in window.docks.values())
    for place, area in enumerate(areas):
        assert not any(area.intersects(other) for other in areas[place + 1 :])


def test_the_chain_layout_keeps_greeks_and_history_in_tabs_behind_the_quote(
    window: DeskWindow,
) -> None:
    arrange(window, window.docks, CHAIN)
    tabbed = {dock.objectName() for dock in window.tabifiedDockWidgets(window.docks["quote"])}
    assert tabbed == {"dock.greeks", "dock.history"}
    assert not window.docks["quote"].visibleRegion().isEmpty()


def test_weights_share_out_the_width(window: DeskWindow) -> None:
    arrange(window, window.docks, Split("across", ("loan", "chain"), (1, 3)))
    ratio = window.docks["chain"].width() / window.docks["loan"].width()
    assert ratio == pytest.approx(3, rel=0.05)


def test_inner_weights_do_not_disturb_outer_ones(window: DeskWindow) -> None:
    inner = Split("across", ("history", "greeks"), (1, 1))
    arrange(window, window.docks, Split("across", ("loan", inner), (1, 3)))
    assert window.docks["loan"].width() == pytest.approx(window.width() / 4, rel=0.05)


def test_a_panel_the_layout_does_not_name_is_a_tab_beside_the_last(window: DeskWindow) -> None:
    arrange(window, window.docks, Split("across", ("loan", "chain"), (1, 1)))
    tabbed = window.tabifiedDockWidgets(window.docks["chain"])
    assert {dock.objectName() for dock in tabbed} == {"dock.quote", "dock.greeks", "dock.history"}


def test_a_floating_or_closed_panel_comes_home(window: DeskWindow) -> None:
    window.docks["quote"].setFloating(True)
    window.docks["greeks"].close()
    arrange(window, window.docks, LOW)
    assert not window.docks["quote"].isFloating()
    assert window.docks["greeks"].isVisible()


def test_the_keyboard_stays_where_it_was(window: DeskWindow) -> None:
    window.focus_panel("chain")
    arrange(window, window.docks, CHAIN)
    focused = window.focusWidget()
    assert focused is not None
    assert focused.objectName() == "chain.first"


def test_a_layout_may_know_panels_this_desk_has_not(qtbot: QtBot) -> None:
    small = desk(keys=("chain", "history"))
    qtbot.addWidget(small)
    small.show()
    arrange(small, small.docks, LOW)
    assert corner(small, "chain")[1] < corner(small, "history")[1]


def test_no_panels_make_an_empty_window(qtbot: QtBot) -> None:
    empty = desk(keys=())
    qtbot.addWidget(empty)
    empty.show()
    assert empty.docks == {}


@pytest.mark.parametrize(
    ("height", "layout"), [(1440, HIGH), (1080, MIDDLE), (800, LOW), (300, "loan")]
)
def test_the_default_layout_goes_by_the_windows_height(height: int, layout: Layout) -> None:
    assert built_in("Loan", height) is layout


def test_every_built_in_name_has_a_layout_for_any_height() -> None:
    assert all(built_in(name, 1) for name in BUILT_IN)


@given(
    room=st.integers(0, 5000),
    parts=st.lists(st.tuples(st.integers(1, 100), st.integers(0, 800)), min_size=1, max_size=5),
)
def test_shares_fill_the_room_and_keep_their_limits(
    room: int, parts: list[tuple[int, int]]
) -> None:
    weights = (*(weight for weight, _ in parts), 1)
    most = (*(limit for _, limit in parts), 0)
    shares = Split("across", ("x",) * len(weights), weights, most).shares(room)
    assert room - 2 * len(shares) <= sum(shares) <= room
    assert all(share <= limit for share, limit in zip(shares, most, strict=True) if limit)


def test_without_limits_the_weights_alone_decide() -> None:
    assert Split("down", ("a", "b"), (1, 3)).shares(400) == [100, 300]


def test_what_a_limited_part_leaves_goes_to_the_others() -> None:
    assert Split("down", ("a", "b"), (1, 1), (150, 0)).shares(400) == [150, 250]
