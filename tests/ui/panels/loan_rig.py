"""The loan panel on a desk of real services, and its figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.ui.panels.rig import Rig, text
from vaultdesk.ui.panels.loan import LoanPanel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from vaultdesk.ui.panels.loan import Holidays, Past

Build = Callable[[], LoanPanel]


def loan_panel(
    desk: Rig,
    qtbot: QtBot,
    asked: list[str],
    holidays: Holidays | None = None,
    past: Past | None = None,
) -> LoanPanel:
    """A panel shown in a small dock; what its buttons ask for goes into `asked`."""
    panel = LoanPanel(
        desk.bus,
        desk.loan,
        desk.clock,
        lambda: asked.append("edit"),
        lambda: asked.append("demo"),
        holidays=holidays,
        past=past,
    )
    panel.resize(290, 420)
    qtbot.addWidget(panel, before_close_func=lambda p: p.retire())
    panel.show()
    return panel


def figures(panel: LoanPanel, *names: str) -> list[str]:
    """What these figures of the panel say."""
    return [text(panel, f"loan.{name}") for name in names]
