"""Workspaces: kept, restored, refused."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QTimer
from pytestqt.qtbot import QtBot

from tests.ui.desk import MemoryStore, desk
from vaultdesk.ui.layouts import CHAIN, arrange
from vaultdesk.ui.tables.view import Table
from vaultdesk.ui.window import DeskWindow
from vaultdesk.ui.workspaces import LAST, VERSION, NameTaken

SLACK = 6
"""Pixels that rounding and a frame may take."""


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def window(qtbot: QtBot, store: MemoryStore) -> DeskWindow:
    made = desk(store=store)
    qtbot.addWidget(made)
    made.resize(760, 700)
    made.show()
    return made


def places(window: DeskWindow) -> dict[str, QRect]:
    docks = window.docks.items()
    return {key: dock.geometry() for key, dock in docks if not dock.visibleRegion().isEmpty()}


def alike(first: dict[str, QRect], second: dict[str, QRect]) -> bool:
    """Whether every dock stands where it stood."""
    pairs = [(area, second.get(key, QRect())) for key, area in first.items()]
    return first.keys() == second.keys() and all(
        max(abs(a.x() - b.x()), abs(a.y() - b.y())) <= SLACK
        and max(abs(a.width() - b.width()), abs(a.height() - b.height())) <= SLACK
        for a, b in pairs
    )


def test_a_saved_workspace_comes_back_as_it_was(window: DeskWindow) -> None:
    arrange(window, window.docks, CHAIN)
    as_saved = places(window)
    window.workspaces.save("Mine")
    window.restore_workspace("Loan")
    assert not alike(places(window), as_saved)
    assert window.workspaces.restore("Mine")
    assert alike(places(window), as_saved)


def test_a_panel_that_was_wide_does_not_make_the_window_grow_for_good(
    window: DeskWindow, qtbot: QtBot
) -> None:
    """It asks for the room it had until it hears of its new place, a turn of the loop later."""
    window.resize(1000, 700)
    panel = window.panels["greeks"]
    panel.setMinimumWidth(1500)
    QTimer.singleShot(0, panel, lambda: panel.setMinimumWidth(100))
    window.restore_workspace("Chain")
    assert window.width() > 1000
    qtbot.waitUntil(lambda: window.width() == 1000)
    assert window.docks["chain"].width() > 600


def test_floating_and_hidden_panels_are_remembered(window: DeskWindow) -> None:
    window.docks["quote"].setFloating(True)
    window.docks["greeks"].close()
    window.workspaces.save("Odd")
    window.restore_workspace("Loan")
    assert window.workspaces.restore("Odd")
    assert window.docks["quote"].isFloating()
    assert window.docks["greeks"].isHidden()


def chain_table(window: DeskWindow) -> Table:
    table = window.findChild(Table, "chain.table")
    assert isinstance(table, Table)
    return table


def test_picked_columns_and_dragged_widths_are_remembered(window: DeskWindow) -> None:
    table = chain_table(window)
    table.horizontalHeader().resizeSection(1, 77)
    as_saved = table.layout_state()
    window.workspaces.save("Wide")
    table.pick_none()
    assert table.layout_state() != as_saved
    assert window.workspaces.restore("Wide")
    assert table.layout_state() == as_saved
    assert table.columnWidth(1) == 77


def test_a_closed_desk_opens_as_it_was(qtbot: QtBot, store: MemoryStore) -> None:
    first = desk(store=store)
    qtbot.addWidget(first)
    first.show()
    first.resize(700, 650)
    arrange(first, first.docks, CHAIN)
    as_closed = places(first)
    first.close()
    second = desk(store=store)
    qtbot.addWidget(second)
    second.show()
    assert second.size() == first.size()
    assert alike(places(second), as_closed)


def test_reset_forgets_how_the_desk_was_closed(window: DeskWindow, store: MemoryStore) -> None:
    default = places(window)
    arrange(window, window.docks, CHAIN)
    assert not alike(places(window), default)
    window.workspaces.remember()
    window.workspaces.reset()
    assert alike(places(window), default)
    assert LAST not in store.kept


def test_names_are_listed_in_order_without_the_last_arrangement(window: DeskWindow) -> None:
    for name in ("Zinc", "Argent"):
        window.workspaces.save(name)
    window.workspaces.remember()
    assert window.workspaces.saved() == ("Argent", "Zinc")
    window.workspaces.delete("Zinc")
    assert window.workspaces.saved() == ("Argent",)


@pytest.mark.parametrize("name", ["", "   ", "Loan", "Chain", " Chain ", LAST])
def test_a_built_in_or_empty_name_is_refused(
    window: DeskWindow, store: MemoryStore, name: str
) -> None:
    with pytest.raises(NameTaken):
        window.workspaces.save(name)
    assert store.kept == {}


def test_a_name_loses_the_spaces_around_it(window: DeskWindow) -> None:
    window.workspaces.save("  Mine ")
    assert window.workspaces.saved() == ("Mine",)


def garbage(window: DeskWindow) -> dict[str, bytes]:
    window.workspaces.save("good")
    good = json.loads(window.workspaces._store.load("good") or b"")
    return {
        "nothing": b"",
        "no text": b"\xff\x00\xfe",
        "no json": b"{",
        "other json": b"[1, 2]",
        "a number": b"7",
        "newer": json.dumps(good | {"version": VERSION + 1}).encode(),
        "no docks": json.dumps({k: v for k, v in good.items() if k != "docks"}).encode(),
        "docks not base64": json.dumps(good | {"docks": "***"}).encode(),
        "docks of noise": json.dumps(good | {"docks": "AAAA"}).encode(),
        "columns of noise": json.dumps(good | {"columns": ["chain.table"]}).encode(),
    }


def test_garbage_is_refused_and_changes_nothing(window: DeskWindow, store: MemoryStore) -> None:
    spoilt = garbage(window)
    window.resize(window.width() - 50, window.height() - 50)
    arrange(window, window.docks, CHAIN)
    before = places(window)
    for name, data in spoilt.items():
        store.kept[name] = data
        assert not window.workspaces.restore(name), name
        assert alike(places(window), before), name


def test_an_unknown_name_is_refused(window: DeskWindow) -> None:
    assert not window.workspaces.restore("never saved")


def test_a_desk_whose_last_arrangement_is_garbage_opens_as_the_default(qtbot: QtBot) -> None:
    plain, store = desk(), MemoryStore()
    qtbot.addWidget(plain)
    plain.show()
    store.kept[LAST] = b"noise"
    spoilt = desk(store=store)
    qtbot.addWidget(spoilt)
    spoilt.show()
    assert alike(places(spoilt), places(plain))


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(cut=st.floats(0, 1), flip=st.binary(min_size=0, max_size=3))
def test_a_damaged_workspace_never_breaks_the_window(
    window: DeskWindow, store: MemoryStore, cut: float, flip: bytes
) -> None:
    window.workspaces.save("good")
    good = json.loads(store.kept["good"])
    docks = good["docks"].encode()
    place = int(cut * len(docks))
    good["docks"] = (docks[:place] + flip + docks[place + len(flip) :]).decode("latin-1")
    store.kept["bad"] = json.dumps(good).encode()
    window.workspaces.restore("bad")
    window.restore_workspace("Loan")
    assert all(dock.isVisible() for dock in window.docks.values())
