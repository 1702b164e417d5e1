"""The two questions of the orders panel: real money, and what became of an unknown order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.orders.modes import forbids_live
from vaultdesk.ports import KnownError
from vaultdesk.ui.format import how_many, number
from vaultdesk.ui.orders.live_dialog import LiveDialog
from vaultdesk.ui.orders.resolve import ResolveDialog
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from PySide6.QtWidgets import QWidget

    from vaultdesk.core.orders.life import Order, OrderState
    from vaultdesk.services.orders import OrderService


class Questions:
    """Asks over `parent`; `begin` begins what was answered and tells what goes wrong."""

    def __init__(
        self,
        parent: QWidget,
        orders: OrderService,
        begin: Callable[[Coroutine[object, object, object]], object],
    ) -> None:
        self._parent, self._orders, self._begin = parent, orders, begin
        self.live: LiveDialog | None = None

    def ask_live(self) -> None:
        """Say what live means and have the account typed."""
        orders, limits = self._orders, self._orders.limits
        forbidden = forbids_live(
            orders.account, orders.account, allowed=orders.live_allowed, market=orders.prices
        )
        guard = tr(
            "Your own limits stay in force: {max_contracts} contracts and "
            "{max_notional} of premium in one order."
        ).format(
            max_contracts=how_many(limits.max_contracts),
            max_notional=number(limits.max_notional, 0),
        )
        self.live = LiveDialog(orders.account, orders.status.name, guard, forbidden, self._parent)
        self.live.unlocked.connect(lambda typed: self._begin(self._unlock(typed)))
        self.live.finished.connect(self._left)
        self.live.open()

    def confirm(self, order: Order, state: OrderState) -> None:
        """Ask once more before an unknown order is decided."""
        dialog = ResolveDialog(order, state, self._parent)
        dialog.accepted.connect(lambda: self._begin(self._orders.resolve(order.ref, state)))
        dialog.open()

    async def _unlock(self, typed: str) -> None:
        """A refusal is read where the account was typed."""
        try:
            await self._orders.unlock_live(typed)
        except KnownError as error:
            if self.live is None:
                raise
            self.live.refuse(str(error))
        else:
            if self.live is not None:
                self.live.accept()

    def _left(self, _result: int) -> None:
        self.live = None
