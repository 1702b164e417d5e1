"""Whether orders are sent, and to which account: read-only first, paper next, live on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.orders.life import Mode
from vaultdesk.core.orders.modes import forbids_live, forbids_order, forbids_paper
from vaultdesk.events import Bus, ModeChanged
from vaultdesk.ports import Broker, Clock, OrderRefused
from vaultdesk.services.orders.writer import Batch

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.alerts import Market
    from vaultdesk.services.orders.keeper import OrderKeeper


class ModeKeeper:
    """Keeps the mode and the account; every change is in the audit log before it counts.

    `changed` is called after each.
    """

    def __init__(
        self,
        broker: Broker,
        keeper: OrderKeeper,
        bus: Bus,
        wall: Clock,
        changed: Callable[[], None],
        *,
        live_allowed: bool,
        market: Market,
    ) -> None:
        self.mode = Mode.READ_ONLY
        self.account = ""
        self.live_allowed, self.market = live_allowed, market
        self._broker, self._keeper, self._bus, self._wall = broker, keeper, bus, wall
        self._changed = changed

    @property
    def forbidden(self) -> str:
        """Why no order may be sent as things are; empty where one may."""
        names = self._broker.status.accounts
        return forbids_order(self.mode, self.account, names, market=self.market)

    def follow(self) -> None:
        """Take the first account there is; other accounts than before switch orders off."""
        names = self._broker.status.accounts
        if not names:
            return
        if self.account not in names:
            self._off(names[0], "The broker has other accounts than before.")
        elif self.mode is not Mode.READ_ONLY and self.forbidden:
            self._off(self.account, self.forbidden)

    async def use_account(self, name: str) -> None:
        """Send to another of the broker's accounts; orders have to be switched on anew.

        Raises:
            OrderRefused: the broker does not have it.
        """
        if name not in self._broker.status.accounts:
            raise OrderRefused(f"The broker does not have the account {name}: choose another.")
        if name != self.account:
            self._off(name, "Another account was chosen.", who="user")

    async def switch_on(self) -> None:
        """Let orders go to paper accounts.

        Raises:
            OrderRefused: the connection reaches another than a paper account.
            StorageError: it could not be written down; nothing changed.
        """
        names, account = self._broker.status.accounts, self.account
        if why := forbids_paper(names, market=self.market):
            raise OrderRefused(why)
        await self._write(Mode.PAPER, "Orders were switched on, for paper accounts.")
        if account == self.account and not forbids_paper(
            self._broker.status.accounts, market=self.market
        ):
            self._set(Mode.PAPER, account)

    async def unlock_live(self, typed: str) -> None:
        """Let orders with real money go to the account that was typed, until the desk is closed.

        Raises:
            OrderRefused: the setting or what was typed does not allow it.
            StorageError: it could not be written down; nothing changed.
        """
        account = self.account
        if why := forbids_live(account, typed, allowed=self.live_allowed, market=self.market):
            raise OrderRefused(why)
        await self._write(Mode.LIVE, f"Live orders were unlocked by typing {typed}.")
        if account == self.account and account in self._broker.status.accounts:
            self._set(Mode.LIVE, account)

    async def switch_off(self) -> None:
        """Send nothing any more; what works at the broker goes on working."""
        if self.mode is not Mode.READ_ONLY:
            self._off(self.account, "Orders were switched off.", who="user")

    def _off(self, account: str, why: str, *, who: str = "desk") -> None:
        """At once: safety does not wait for the disk."""
        if self.mode is not Mode.READ_ONLY:
            fact = self._fact(Mode.READ_ONLY, why, who)
            self._keeper.writer.add(Batch(facts=(fact,)))
        self._set(Mode.READ_ONLY, account)

    async def _write(self, mode: Mode, text: str) -> None:
        await self._keeper.store.save((), (self._fact(mode, text, "user"),))

    def _fact(self, mode: Mode, text: str, who: str) -> Fact:
        text = f"{mode.value}: {text}"
        return Fact(FactKind.MODE, self._wall.now(), self.account, who, text)

    def _set(self, mode: Mode, account: str) -> None:
        if (mode, account) == (self.mode, self.account):
            return
        self.mode, self.account = mode, account
        self._changed()
        self._bus.tell(ModeChanged(mode, account))
