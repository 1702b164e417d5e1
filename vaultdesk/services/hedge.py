"""The hedge desk: chains of several expiries, one configuration for all that is decided by it."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.core.market import nearest_expiry
from vaultdesk.events import (
    Bus,
    ExerciseStyleChanged,
    HedgeChanged,
    HedgeChosen,
    HedgeLoading,
    HedgeRulesChanged,
    LoanChanged,
    LoanValued,
)
from vaultdesk.ports import FeedError, KnownError, StorageError
from vaultdesk.services.off_loop import off_loop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date

    from vaultdesk.core.hedge.compare import Comparison, Profile
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder import FindRequest, Found
    from vaultdesk.core.hedge.inputs import HedgeInputs
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.sensitivity import Sensitivity
    from vaultdesk.core.hedge.strategy import Strategy
    from vaultdesk.core.hedge.vocabulary import HedgeRules
    from vaultdesk.core.market import Chain
    from vaultdesk.services.chain import ChainService
    from vaultdesk.services.chains import Chains
    from vaultdesk.services.loan import LoanService
    from vaultdesk.services.market import MarketService

    Extra = Callable[[], Sequence[Callable[[StrategyConfig], Strategy]]]
    """Asked in a worker thread for what makes strategies besides the desk's own."""

LIVES = (30, 60, 90, 180, 365, 730)
"""Calendar days: the expiries nearest to these are on the board, beside the one wished for."""
AT_ONCE = 6
"""Expiries a hedge is looked for in."""
REST_S = 10.0
"""Between two configurations while prices move: each takes a core for some tenths of a second."""


class HedgeService:
    """Keeps the newest `config` and the `inputs` it was made from; `problem` says why it has none.

    Chains are fetched only while someone attends: what nobody looks at costs no request. `chosen`
    is the hedge on the desk, which the other panels look at; `title` is what it is called. `extra`
    tells, in a worker thread, what makes strategies to be compared besides the desk's own.
    """

    def __init__(
        self,
        chains: Chains,
        bus: Bus,
        market: MarketService,
        loan: LoanService,
        chain: ChainService,
        *,
        rules: HedgeRules,
        default_rate: float = 0.04,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.rules = rules
        self.inputs: HedgeInputs | None = None
        self.config: StrategyConfig | None = None
        self.problem = ""
        self.loading = False
        self.expirations: tuple[date, ...] = ()
        self.chosen: Position | None = None
        self.title = ""
        self.extra: Extra = tuple
        self._chains, self._bus, self._sleep = chains, bus, sleep
        self._market, self._loan, self._chain = market, loan, chain
        self._default_rate = default_rate
        self._asked: set[date] = set()
        self._attended = 0
        self._wanted, self._refreshing = asyncio.Event(), asyncio.Lock()
        self._undo = [
            bus.subscribe(LoanValued, lambda _event: self._wanted.set()),
            bus.subscribe(LoanChanged, lambda _event: self._wanted.set()),
            bus.subscribe(ExerciseStyleChanged, lambda _event: self._wanted.set()),
        ]

    @property
    def wanted(self) -> bool:
        """Whether something changed that the configuration does not know of."""
        return self._wanted.is_set()

    def attend(self) -> Callable[[], None]:
        """Keep the configuration up to date until the returned function is called."""
        self._attended += 1
        self._wanted.set()
        left = False

        def leave() -> None:
            nonlocal left
            self._attended -= 0 if left else 1
            left = True

        return leave

    async def run(self) -> None:
        """Follow prices, terms and rules while someone attends, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self._attended:
                priced = self._loan.state is not None
                await self.refresh(use_cache=True)
                if priced:  # else the first price is answered at once
                    await self._sleep(REST_S)

    def use_rules(self, rules: HedgeRules) -> None:
        """Decide by these from now on: at once by the chains at hand."""
        if rules == self.rules:
            return
        self.rules = rules
        self._bus.tell(HedgeRulesChanged(rules))
        if self.config is not None and self.inputs is not None:
            self.config = replace(self.config, rules=rules)
            self.inputs = replace(self.inputs, rules=rules)
            self._bus.tell(HedgeChanged(self.problem))
        self._wanted.set()

    def also(self, expiry: date) -> None:
        """Have this expiry on the board too, beside the usual ones."""
        if expiry not in self._asked:
            self._asked.add(expiry)
            self._wanted.set()

    def choose(self, position: Position | None, title: str) -> None:
        """Put a hedge on the desk for all panels to look at; None takes it away."""
        self.chosen, self.title = position, title
        self._bus.tell(HedgeChosen(position, title))

    async def refresh(self, *, use_cache: bool = False) -> None:
        """Make the configuration anew, by default from chains fetched now; one at a time."""
        async with self._refreshing:
            self.loading = True
            self._bus.tell(HedgeLoading())
            try:
                inputs, config, problem = await self._made(use_cache=use_cache)
            finally:
                self.loading = False
            self.inputs, self.config, self.problem = inputs, config, problem
            self._bus.tell(HedgeChanged(problem))

    async def compare(self) -> Comparison:
        """All candidates side by side, by the configuration at hand; there has to be one."""
        config, extra = self._at_hand(), self.extra
        return await asyncio.to_thread(_compared, config, extra)

    async def sensitivity(
        self, profile: Profile, told: Callable[[int], object] = lambda _begun: None
    ) -> Sensitivity:
        """The recommendation at other prices and volatilities.

        `told` hears how many of its cells were begun.
        """
        config, extra, loop = self._at_hand(), self.extra, asyncio.get_running_loop()
        begun = itertools.count(1)

        def work(stop: Callable[[], bool]) -> Sensitivity:
            def asked() -> bool:
                if stop():
                    return True
                loop.call_soon_threadsafe(told, next(begun))
                return False

            return _sensitivity(config, profile, extra, asked)

        return await off_loop(work)

    async def find(self, request: FindRequest) -> tuple[Found | None, HedgeInputs | None, str]:
        """The cheapest hedge that holds, what it was found from, and why there is no answer.

        It looks in the first expiries that last until the horizon.
        """
        inputs, problem = await self.gather(
            lambda listed: tuple(e for e in listed if e >= request.horizon)[:AT_ONCE],
            use_cache=True,
        )
        if inputs is None:
            return None, None, problem
        found = await off_loop(lambda stop: _found(inputs, request, stop))
        return found, inputs, found.problem

    async def gather(
        self, choose: Callable[[tuple[date, ...]], tuple[date, ...]], *, use_cache: bool
    ) -> tuple[HedgeInputs | None, str]:
        """What a hedge is decided from at this moment, with the chains of the expiries chosen.

        With None a sentence says what is missing.
        """
        state = self._loan.state
        if state is None:
            return None, self._unvalued()
        symbol = state.terms.symbol
        if symbol != self._market.symbol:
            return None, f"Options on {symbol} are needed; the feed has {self._market.symbol}."
        try:
            today = trading_date(self._chains.clock.now())
            listed = await self._chains.expirations(symbol)
            self.expirations = tuple(sorted(e for e in listed if e >= today))
            wanted = choose(self.expirations)
            if not wanted:
                return None, f"No listed expiry of {symbol} lasts that long."
            chains = [await self._chain_of(symbol, e, use_cache=use_cache) for e in wanted]
        except (FeedError, StorageError) as error:
            return None, str(error)
        inputs = self._inputs(chains)  # prices may have gone while chains came
        return inputs, self._unvalued() if inputs is None else ""

    def close(self) -> None:
        """Hear nothing more."""
        for undo in self._undo:
            undo()

    async def _made(
        self, *, use_cache: bool
    ) -> tuple[HedgeInputs | None, StrategyConfig | None, str]:
        """What is decided from, what it makes, and what is wrong; both None with a sentence why."""
        inputs, problem = await self.gather(self._board_expiries, use_cache=use_cache)
        if inputs is None:
            return None, None, problem
        try:
            config = await asyncio.to_thread(_configured, inputs)
        except Unvalued as error:
            return None, None, str(error)
        config = replace(config, rules=self.rules)  # they may have changed meanwhile
        return replace(inputs, rules=self.rules), config, config.problem

    def _unvalued(self) -> str:
        """Why there is no valuation of the loan."""
        return self._loan.problem or "There is no price yet to value the loan by."

    def _inputs(self, chains: Sequence[Chain]) -> HedgeInputs | None:
        from vaultdesk.core.hedge.inputs import HedgeInputs  # noqa: PLC0415 (NumPy)

        state, hours, left = self._loan.state, self._market.hours, self._chains.quality_left
        if state is None:
            return None
        return HedgeInputs(
            terms=state.terms,
            quotes=state.quotes,
            chains=tuple(replace(chain, quality=left(chain, hours)) for chain in chains),
            at=self._chains.clock.now(),
            rules=self.rules,
            default_rate=self._default_rate,
            style=self._chain.style,
            cure_to=self._loan.cure_to,
            sessions=self._market.sessions,
        )

    async def _chain_of(self, symbol: str, expiry: date, *, use_cache: bool) -> Chain:
        kept = await self._chains.kept(symbol, expiry) if use_cache else None
        return kept or await self._chains.fetch(symbol, expiry)

    def _board_expiries(self, listed: tuple[date, ...]) -> tuple[date, ...]:
        """Those nearest to the usual lives and to the one wished for, and those asked for."""
        today = trading_date(self._chains.clock.now())
        found = {nearest_expiry(listed, today, days) for days in (*LIVES, self.rules.days)}
        return tuple(sorted({e for e in found if e} | (self._asked & set(listed))))

    def _at_hand(self) -> StrategyConfig:
        if self.config is None:
            raise KnownError(self.problem or "The option chains are still being fetched.")
        return self.config


def _configured(inputs: HedgeInputs) -> StrategyConfig:
    from vaultdesk.core.hedge.inputs import configured  # noqa: PLC0415 (NumPy, SciPy)

    return configured(inputs)


def _compared(config: StrategyConfig, extra: Extra) -> Comparison:
    from vaultdesk.core.hedge.candidates import candidates  # noqa: PLC0415
    from vaultdesk.core.hedge.compare import compare  # noqa: PLC0415

    try:
        strategies = candidates(config, extra())
    except ValueError as error:  # a plug-in calls itself what another is called
        raise KnownError(str(error)) from error
    return compare(config, strategies)


def _sensitivity(
    config: StrategyConfig,
    profile: Profile,
    extra: Extra,
    stop: Callable[[], bool],
) -> Sensitivity:
    from vaultdesk.core.hedge.sensitivity import sensitivity  # noqa: PLC0415

    return sensitivity(config, profile, stop=stop, extra=extra())


def _found(inputs: HedgeInputs, request: FindRequest, stop: Callable[[], bool]) -> Found:
    from vaultdesk.core.hedge.finder import find  # noqa: PLC0415

    return find(_configured(inputs), request, stop)
