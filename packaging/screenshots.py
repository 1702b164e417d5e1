"""Paints the pictures of the README: the demonstration at a fixed moment of a fixed market.

Run it by `python3 packaging/dev.py screenshots`; a picture changes when the look does.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from demonstration import Stillness, heard, with_demonstration
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QComboBox

from vaultdesk.core.hedge.scenes import NamedScene
from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.core.orders.life import OrderState
from vaultdesk.events import ChainChanged, HedgeChosen, LegPicked, OrderChanged
from vaultdesk.ui import theme

if TYPE_CHECKING:
    from vaultdesk.app.desk import Desk
    from vaultdesk.ui.window import DeskWindow

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "screenshots"
SIZE = (1600, 1000)
COLOURS = 256
"""Of a picture's palette: a third of the size, and nobody sees the difference."""
FALL = NamedScene("April 2013 again", Stress(gold=Decimal("-0.20"), vol_pts=Decimal(12)))
PUT = Decimal(350)
"""The strike of a put that is bought besides."""


async def take(desk: Desk, still: Stillness) -> None:
    """All pictures, one after the other."""
    window, application = desk.window, QApplication.instance()
    assert isinstance(application, QApplication)  # noqa: S101
    await heard(desk.bus, ChainChanged, lambda: desk.services.chain.view is not None)
    await still.reached()
    for chosen, name in ((theme.LIGHT, "desk-light"), (theme.DARK, "desk-dark")):
        theme.apply(application, chosen)
        window.restore_workspace("Loan")
        await _saved(window, still, name)
    await _hedge(desk, still)
    await _orders(desk, still)


async def _hedge(desk: Desk, still: Stillness) -> None:
    """A hedge built, and put to a scene that was kept."""
    window, hedge = desk.window, desk.services.hedge
    window.restore_workspace("Hedge")
    await heard(desk.bus, HedgeChosen, lambda: hedge.chosen is not None)
    await desk.hedging.scenes.save(FALL.name, FALL.stress)
    choice = window.panels["whatif"].findChild(QComboBox, "whatif.scene")
    assert isinstance(choice, QComboBox)  # noqa: S101
    choice.setCurrentText(FALL.name)
    choice.activated.emit(choice.currentIndex())
    await _saved(window, still, "hedge")


async def _orders(desk: Desk, still: Stillness) -> None:
    """A put bought on paper works, as the market stands still; the hedge is previewed."""
    window, hedge, orders = desk.window, desk.services.hedge, desk.trading.orders
    window.restore_workspace("Orders")
    await orders.switch_on()
    view = desk.services.chain.view
    assert view is not None  # noqa: S101
    strike = min((rung.strike for rung in view.ladder), key=lambda one: abs(one - PUT))
    desk.bus.tell(LegPicked(view.chain.expiry, "P", strike, sell=False, order=True))
    preview = await orders.make_preview()
    assert preview is not None  # noqa: S101 - nobody else changes the ticket
    await orders.place(preview.hash)
    await heard(desk.bus, OrderChanged, lambda: orders.orders()[0].state is OrderState.WORKING)
    assert hedge.chosen is not None  # noqa: S101
    desk.trading.order_hedge(hedge.chosen, hedge.title)
    await orders.make_preview()
    await _saved(window, still, "orders")


async def _saved(window: DeskWindow, still: Stillness, name: str) -> None:
    """Save what the window shows once it is still."""
    await still.reached()
    file = FOLDER / f"{name}.png"
    FOLDER.mkdir(exist_ok=True)
    if not _with_fewer_colours(window.grab().toImage()).save(str(file)):
        raise SystemExit(f"{file} cannot be written.")
    print(f"{file.name}  {file.stat().st_size / 1024:.0f} kB")


def _with_fewer_colours(picture: QImage) -> QImage:
    """In the colours it has most of; edges of letters take the nearest of these."""
    wide = picture.convertToFormat(QImage.Format.Format_RGB32)
    colours, counts = np.unique(np.frombuffer(wide.constBits(), np.uint32), return_counts=True)
    most = colours[np.argsort(counts)[::-1][:COLOURS]].tolist()
    return wide.convertToFormat(
        QImage.Format.Format_Indexed8, most, Qt.ImageConversionFlag.ThresholdDither
    )


if __name__ == "__main__":
    sys.exit(with_demonstration(take, SIZE))
