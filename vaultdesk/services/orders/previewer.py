"""Previews: quotes, the broker's what-if and the loan's side of a ticket, asked all at once."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.market import Quality, worst
from vaultdesk.core.orders.broker import WhatIf
from vaultdesk.core.orders.canonical import hashed
from vaultdesk.core.orders.drafting import fault
from vaultdesk.core.orders.estimate import estimated
from vaultdesk.core.orders.instrument import InstrumentQuote
from vaultdesk.core.orders.legs import holding
from vaultdesk.core.orders.preview import LoanEffect, Preview
from vaultdesk.core.orders.warnings import Circumstances, quality_of, warnings_of
from vaultdesk.events import Bus, HoursChanged
from vaultdesk.ports import (
    Broker,
    BrokerError,
    Clock,
    FeedError,
    FeedFault,
    InstrumentMarket,
    OrderRefused,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vaultdesk.core.calendar import Hours
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.orders.broker import Held
    from vaultdesk.core.orders.draft import OrderDraft, Ticket
    from vaultdesk.core.orders.instrument import Instrument
    from vaultdesk.core.orders.life import Mode, Order
    from vaultdesk.core.orders.limits import Limits
    from vaultdesk.core.orders.preview import Estimate
    from vaultdesk.services.hedge import HedgeService
    from vaultdesk.services.loan import LoanService

WITHIN_S = 10.0
"""A figure that has not come within this is not given."""
LOAN_WITHIN_S = 3.0
"""The chains of all expiries may take longer; then the effect on the loan is not given, and why."""


class Previewer:
    """Makes previews; `positions` gives what is held in all places."""

    def __init__(
        self,
        broker: Broker,
        market: InstrumentMarket,
        bus: Bus,
        clock: Clock,
        wall: Clock,
        hedge: HedgeService,
        loan: LoanService,
        positions: Callable[[], tuple[Held, ...]],
    ) -> None:
        self._broker, self._market, self._hedge, self._loan = broker, market, hedge, loan
        self._clock, self._wall = clock, wall
        self._positions = positions
        self._hours: Hours | None = None
        self._undo = bus.subscribe(HoursChanged, self._on_hours)

    async def made(
        self, ticket: Ticket, account: str, mode: Mode, limits: Limits, orders: Sequence[Order]
    ) -> Preview:
        """The ticket as it would be sent to the account in this mode, now.

        Raises:
            OrderRefused: it is no ticket that could be sent, or there is no account.
            FeedError: quotes cannot be had.
        """
        _check(ticket, account)
        quotes, told, config = await asyncio.gather(
            self._quotes(ticket),
            asyncio.gather(*(self._what_if(draft, account) for draft in ticket.orders)),
            self._config(),
        )
        estimates = self._estimates(ticket, quotes, told)
        held = self._positions()
        seen = self._seen(account, held, orders, limits, config)
        state = self._loan.state
        quality = quality_of(estimates)
        return hashed(
            Preview(
                ticket=ticket,
                account=account,
                mode=mode,
                broker=self._broker.name,
                at=self._wall.now(),
                spot=config.spot_price if config else state.price if state else None,
                quality=worst(quality, config.quality) if config else quality,
                estimates=estimates,
                loan=self._effect(config, held, ticket, estimates),
                warnings=warnings_of(ticket, estimates, seen),
                hash="",
            )
        )

    def close(self) -> None:
        """Hear nothing more."""
        self._undo()

    def _on_hours(self, event: HoursChanged) -> None:
        self._hours = event.hours

    async def _quotes(self, ticket: Ticket) -> dict[Instrument, InstrumentQuote]:
        wanted = list(dict.fromkeys(leg.instrument for o in ticket.orders for leg in o.legs))
        try:
            async with asyncio.timeout(WITHIN_S):
                found = await asyncio.gather(*(self._market.quote(one) for one in wanted))
        except TimeoutError:
            raise FeedError(
                FeedFault.TIMEOUT, "The quotes have not come within 10 s: preview it again."
            ) from None
        now = self._clock.now()
        return {
            one: quote or InstrumentQuote(one, None, None, now, "", Quality.STALE)
            for one, quote in zip(wanted, found, strict=True)
        }

    async def _what_if(self, draft: OrderDraft, account: str) -> WhatIf:
        """The broker's answer; what it does not give is not given, and the rest is shown."""
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._broker.what_if(draft, account)
        except TimeoutError:
            return WhatIf(why="The broker has not given margin and commission within 10 s.")
        except BrokerError as error:
            return WhatIf(why=str(error))

    async def _config(self) -> StrategyConfig | None:
        """The hedge desk's newest, made now if it has none; None where it cannot be."""
        if self._hedge.config is None and self._loan.state is not None:
            try:
                async with asyncio.timeout(LOAN_WITHIN_S):
                    await self._hedge.refresh(use_cache=True)
            except TimeoutError:
                return None  # the loan's side of the preview says so
        return self._hedge.config

    def _estimates(
        self,
        ticket: Ticket,
        quotes: dict[Instrument, InstrumentQuote],
        told: Sequence[WhatIf],
    ) -> tuple[Estimate, ...]:
        in_session = self._hours is None or self._hours.in_session
        return tuple(
            estimated(
                draft,
                [quotes[leg.instrument] for leg in draft.legs],
                self._hedge.rules.fees,
                what_if,
                in_session=in_session,
            )
            for draft, what_if in zip(ticket.orders, told, strict=True)
        )

    def _seen(
        self,
        account: str,
        held: tuple[Held, ...],
        orders: Sequence[Order],
        limits: Limits,
        config: StrategyConfig | None,
    ) -> Circumstances:
        return Circumstances(
            account=account,
            at=self._clock.now(),
            held=holding(held, account),
            orders=orders,
            limits=limits,
            rules=self._hedge.rules,
            config=config,
            hours=self._hours,
        )

    def _effect(
        self,
        config: StrategyConfig | None,
        held: tuple[Held, ...],
        ticket: Ticket,
        estimates: Sequence[Estimate],
    ) -> LoanEffect:
        if config is None:
            state = self._loan.state
            why = self._loan.problem or self._hedge.problem or "The option chains are not here yet."
            return LoanEffect(ltv_before=state.ltv if state else None, problem=why)
        from vaultdesk.core.orders.effect import loan_effect  # noqa: PLC0415 (NumPy)

        return loan_effect(config, holding(held), ticket, _cost(estimates))


def _check(ticket: Ticket, account: str) -> None:
    if not ticket.orders:
        raise OrderRefused("The ticket has no orders: build a hedge or pick a contract first.")
    for draft in ticket.orders:
        if why := fault(draft):
            raise OrderRefused(why)
    if not account:
        raise OrderRefused("The broker has told no account yet: wait until it is connected.")


def _cost(estimates: Sequence[Estimate]) -> Decimal | None:
    """Premiums and commissions of all orders; None where one is not known."""
    total = Decimal(0)
    for one in estimates:
        if one.cost is None:
            return None
        total += one.cost + one.commission
    return total
