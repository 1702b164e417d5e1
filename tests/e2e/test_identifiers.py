"""The ids that other tools may rely on: all there, and no control without one."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.program import App

pytestmark = pytest.mark.e2e

FIXED = {
    "quote": ("symbol", "last", "bid", "ask", "time", "source", "quality", "age"),
    "loan": (
        *("ltv", "zone", "value", "amount", "call_price", "closeout_price"),
        *("distance", "edit", "utilisation", "cash_ltv", "call_probability"),
        *("cure_repay", "cure_pledge", "cure_sell"),
    ),
    "alerts": ("table", "acknowledge", "snooze", "rules", "export"),
    "strategy": (*("kind", "expiry", "strike", "contracts", "use", "table", "cost", "hedged_ltv"),),
    "compare": ("table", "profile", "reason"),
    "finder": (*("max_ltv", "max_fall", "budget", "use", "run", "table", "cost", "proof"),),
    "whatif": ("gold", "days", "vol", "advance", "ltv_hedged", "ltv_unhedged"),
    "orders": ("preview", "place", "cancel", "table", "problem", "limit", "quantity"),
    "broker": ("state", "account", "mode", "connect", "live"),
    "positions": ("table", "coverage", "roll"),
    "audit": ("table", "export"),
    "settings": ("open",),
    "chain": ("expiry", "filter", "style", "table", "status", "model", "refresh"),
    "greeks": ("table", "model", "position.call", "position.put", "position.delta"),
    "history": ("range", "export", "price", "loan"),
    "status": ("feed", "model", "market"),
}
ALWAYS = {f"{area}.{thing}" for area, things in FIXED.items() for thing in things}
DIALOG = {
    f"loan.dialog.{thing}"
    for thing in ("units", "amount", "call_ltv", "closeout_ltv", "save", "problem")
}


def named(controls: list[dict[str, object]]) -> list[dict[str, object]]:
    """Without bars of tabs: Qt tells their name and neither id nor description, only its own."""
    return [c for c in controls if c["role"] != "page tab list"]


def nameless(controls: list[dict[str, object]]) -> list[dict[str, object]]:
    """Those that nobody gave an id; Qt makes one up from class names."""
    return [c for c in named(controls) if not c["id"] or str(c["id"]).startswith("QApplication")]


def parked(extents: list[int]) -> bool:
    """Qt keeps the panels behind a tab far left of every screen, and calls them shown."""
    x, _, wide, _ = extents
    return x + wide <= 0


def test_every_fixed_id_is_in_the_window_and_every_control_has_one(demonstration: App) -> None:
    desk = demonstration
    desk.wait_text("quote.last", r"\d")
    assert ALWAYS - desk.ids() == set()
    assert nameless(desk.controls()) == []
    desk.key("ctrl+l")
    desk.wait("loan.dialog.units")
    assert DIALOG - desk.ids() == set()
    assert nameless(desk.controls()) == []
    desk.key("Escape")
    desk.wait_gone("loan.dialog.units")
    desk.click("settings.open")
    desk.wait("settings.dialog")
    assert nameless(desk.controls()) == []
    desk.key("Escape")
    desk.wait_gone("settings.dialog")
    desk.click("alerts.rules")
    desk.wait("rules.dialog")
    assert nameless(desk.controls()) == []
    desk.key("Escape")
    desk.wait_gone("rules.dialog")


def test_the_controls_of_palette_and_help_have_ids(demonstration: App) -> None:
    desk = demonstration
    desk.wait_text("quote.last", r"\d")
    desk.key("ctrl+k")
    desk.wait("palette.search", "focused")
    assert nameless(desk.controls()) == []
    desk.key("Escape")
    desk.wait_gone("palette")
    desk.key("F1")
    desk.wait("help.view", "focused")
    desk.key("shift+F1")
    desk.wait("help.search", "focused")
    assert nameless(desk.controls()) == []
    desk.key("Escape")
    desk.wait("help.search", without=("focused",))


def test_every_id_of_the_window_is_explained_in_the_help_page(demonstration: App) -> None:
    page = Path(__file__).parents[2] / "resources" / "help" / "ids.md"
    listed = set(page.read_text(encoding="utf-8").split("`"))
    assert listed >= ALWAYS | DIALOG
    desk = demonstration
    desk.wait_text("quote.last", r"\d")
    described = {c["id"] for c in desk.controls() if c["description"]}
    assert {c["id"] for c in named(desk.controls())} - listed - described == set()


def test_every_control_lies_inside_of_a_window_of_1280_by_800(launch: Launch) -> None:
    desk = launch("--demo", "--size", "1280x800")
    desk.wait_text("chain.status", r"^\d+ contracts")
    left, top, width, height = desk.facts("desk")["extents"]
    assert (width, height) == (1280, 800)
    shown = [
        control
        for control in desk.controls()
        if "showing" in control["states"] and not parked(control["extents"])
    ]
    assert len(shown) > 10
    for control in shown:
        x, y, wide, high = control["extents"]
        assert left <= x <= x + wide <= left + width, control
        assert top <= y <= y + high <= top + height, control
