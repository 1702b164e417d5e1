"""The builder's button that makes orders of the hedge on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

from tests.ui.panels.orders_rig import child
from tests.ui.panels.rig import Rig, priced
from vaultdesk.services.templates import TemplateService
from vaultdesk.ui.panels.strategy import StrategyPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from vaultdesk.core.hedge.position import Position


async def opened(
    desk: Rig, qtbot: QtBot, order: Callable[[Position, str], object] | None
) -> tuple[StrategyPanel, QPushButton]:
    await desk.quote(priced("350.00"))
    await desk.pledge()
    panel = StrategyPanel(desk.bus, desk.hedge, TemplateService(desk.bus), desk.clock, order=order)
    qtbot.addWidget(panel, before_close_func=lambda p: p.retire())
    panel.show()
    await desk.hedge.refresh()
    await panel.settled()
    return panel, child(panel, QPushButton, "strategy.order")


async def test_it_gives_the_hedge_on_screen_and_its_title(desk: Rig, qtbot: QtBot) -> None:
    made: list[tuple[Position, str]] = []
    _panel, button = await opened(desk, qtbot, lambda hedge, title: made.append((hedge, title)))
    assert button.isVisible()
    button.click()
    [(hedge, title)] = made
    assert [leg.contracts for leg in hedge.legs] == [100]
    assert "put" in title.lower()
    desk.hedge.close()


async def test_where_nobody_takes_orders_there_is_no_button(desk: Rig, qtbot: QtBot) -> None:
    _panel, button = await opened(desk, qtbot, None)
    assert not button.isVisible()
    desk.hedge.close()


async def test_without_legs_there_is_nothing_to_order(desk: Rig, qtbot: QtBot) -> None:
    panel, button = await opened(desk, qtbot, lambda _hedge, _title: None)
    assert button.isEnabled()
    panel.body.head.show_sheet(None)
    assert not button.isEnabled()
    desk.hedge.close()
