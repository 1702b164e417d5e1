"""Find the cheapest hedge that holds, prove it, check it, explain it; or say what could be had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.cautions import with_cautions
from vaultdesk.core.hedge.finder import exact
from vaultdesk.core.hedge.finder.columns import columns_for
from vaultdesk.core.hedge.finder.ground import Ground, demand, ground, lowest, turning_days
from vaultdesk.core.hedge.finder.nearest import nearest_fall, nearest_ltv
from vaultdesk.core.hedge.finder.pool import Answer, Pool, holding
from vaultdesk.core.hedge.finder.program import CENT
from vaultdesk.core.hedge.finder.proof import checked, dispute, money, percent, proof
from vaultdesk.core.hedge.finder.request import FindRequest, Found, Work
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.core.loan.prices import Unvalued

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder.proof import Check

SECONDS = 10.0
"""For one search of the optimiser, unless another limit is given."""
LONGEST = 3660
"""Days a horizon may be away: listed options end long before."""
STOPPED = "The search was stopped before it was done: run it again to get an answer."


def find(
    config: StrategyConfig,
    request: FindRequest,
    stop: Callable[[], bool] = lambda: False,
    *,
    seconds: float = SECONDS,
) -> Found:
    """The cheapest hedge that holds; some tenths of a second, and seconds where there is none.

    Args:
        config: the loan, the listed contracts and the rules.
        request: what is asked.
        stop: polled between searches: whether to give up.
        seconds: the most that each search may take. What was found by then is given with the gap
            that is left.

    Returns:
        Never raises for what a market, a loan or a request brings: `problem` says it.
    """
    problem = config.problem or _unclear(config, request)
    if problem:
        return _nothing(config, request, problem)
    try:
        land = ground(config, request)
    except Unvalued as error:
        return _nothing(config, request, str(error))
    return _Task(config, request, land, stop, seconds).found()


def _unclear(config: StrategyConfig, request: FindRequest) -> str:
    """What is wrong with a request; empty where nothing is."""
    today = trading_date(config.at)
    numbers = (request.max_ltv, request.max_fall, request.budget or Decimal(0))
    if not all(number.is_finite() for number in numbers):
        return "The limits have to be numbers: correct them and search again."
    if request.max_ltv <= 0:
        return "The highest LTV allowed has to be above 0 %."
    if not 0 <= request.max_fall < 1:
        return "The fall has to be at least 0 % and less than 100 %."
    if request.horizon < today:
        return f"The horizon {request.horizon} is over: choose a day from {today} on."
    if (request.horizon - today).days > LONGEST:
        return f"The horizon {request.horizon} is too far off: choose one within ten years."
    return ""


def _nothing(config: StrategyConfig, request: FindRequest, problem: str) -> Found:
    return Found(
        request=request,
        position=Position(()),
        cost=Decimal(0),
        worst_ltv=float(config.portfolio.ltv),
        worst_move=0.0,
        worst_day=0,
        gap=0.0,
        checked=(0, 0),
        proof=(),
        problem=problem,
        nearest_ltv=None,
        nearest_fall=None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """One search and all it is made from."""

    config: StrategyConfig
    request: FindRequest
    ground: Ground
    stop: Callable[[], bool]
    seconds: float

    def found(self) -> Found:
        """The answer."""
        columns = columns_for(self.config, self.request)
        if self.config.rules.use is Use.BROKER or self._unneeded():
            columns = columns.of(np.zeros(0, dtype=np.intp))
        pool = Pool(self.ground, columns, self._floor)
        wish = demand(self.config, self.request.max_ltv)
        answer = holding(pool, wish, self._floor, self.seconds, self.stop)
        work = Work(columns.cost.size, answer.rows, answer.solves, answer.bound)
        if self.stop():
            return replace(self._none(pool, STOPPED), work=work)
        if answer.contracts is None:
            return replace(self._not_found(pool, answer), work=work)
        cost = pool.hedge(answer.contracts)[1].cost(self.config.rules.fees)
        if self.request.budget is not None and cost > self.request.budget:
            return replace(self._too_dear(pool, cost, answer), work=work)
        return self._holds(pool, answer, work)

    @property
    def _floor(self) -> Decimal:
        return lowest(self.config, self.request.max_fall)

    def _unneeded(self) -> bool:
        """Whether the loan holds by itself, decided exactly."""
        none = columns_for(self.config, self.request).of(np.zeros(0, dtype=np.intp))
        days = turning_days(self.ground, none, float(self._floor))
        wish = demand(self.config, self.request.max_ltv)
        return exact.missed(self.ground, wish, Position(()), days, self._floor) is None

    def _holds(self, pool: Pool, answer: Answer, work: Work) -> Found:
        assert answer.contracts is not None  # noqa: S101 - asked before
        hedge, position = pool.hedge(answer.contracts)
        check = checked(self.ground, hedge, float(self._floor))
        cost = position.cost(self.config.rules.fees)
        gap = _gap(float(cost), answer.bound)
        work = replace(work, tree_ltv=check.opinion.ltv, tree_difference=check.opinion.difference)
        wrong = dispute(check)
        if wrong:
            return replace(self._none(pool, wrong), work=work)
        return replace(
            self._by(check),
            position=with_cautions(self.config, position),
            cost=cost,
            gap=gap,
            proof=proof(self.request, check, work, gap),
            work=work,
        )

    def _not_found(self, pool: Pool, answer: Answer) -> Found:
        allowed = (
            f"the LTV at or below {percent(self.request.max_ltv)} for every fall to "
            f"{percent(self.request.max_fall)} until {self.request.horizon}"
        )
        if answer.bound < np.inf:
            return self._none(pool, f"No hedge that keeps {allowed} was found in the time allowed.")
        if self.config.rules.use is Use.BROKER:
            why = f"No hedge keeps {allowed}, as its payoff stays with the broker"
        elif not pool.columns.cost.size:
            why = f"No hedge keeps {allowed}, as no listed put is within your limits"
        else:
            why = f"No hedge of the listed contracts within your limits keeps {allowed}"
        return self._nearest(pool, why)

    def _too_dear(self, pool: Pool, cost: Decimal, answer: Answer) -> Found:
        budget = self.request.budget
        assert budget is not None  # noqa: S101 - asked before
        if answer.bound <= float(budget) + CENT:
            return self._none(
                pool,
                f"No hedge within the budget of {money(self.config, budget)} was found in the time "
                f"allowed, the best costs {money(self.config, cost)}.",
            )
        return self._nearest(
            pool,
            f"The cheapest hedge that holds costs {money(self.config, cost)}, more than the budget "
            f"of {money(self.config, budget)}",
        )

    def _nearest(self, pool: Pool, why: str) -> Found:
        """What could be had instead, in the same sentence."""
        ltv = nearest_ltv(pool, self.request, self.seconds, self.stop)
        fall = nearest_fall(pool, self.request, self.seconds, self.stop)
        if self.stop():
            return self._none(pool, STOPPED)
        asked = percent(self.request.max_fall)
        offers = [] if ltv is None else [f"allow an LTV of {percent(ltv)} for falls to {asked}"]
        if fall is not None:
            offers.append(f"be content with falls to {percent(fall)}")
        found = self._none(pool, f"{why}: {' or '.join(offers)}." if offers else f"{why}.")
        return replace(found, nearest_ltv=ltv, nearest_fall=fall)

    def _none(self, pool: Pool, problem: str) -> Found:
        """No legs, and what becomes of the loan without."""
        hedge, _ = pool.hedge(np.zeros(pool.columns.cost.size))
        bare = self._by(checked(self.ground, hedge, float(self._floor)))
        return replace(bare, problem=problem)

    def _by(self, check: Check) -> Found:
        spot = float(self.config.spot_price)
        return replace(
            _nothing(self.config, self.request, ""),
            worst_ltv=_at_most(check.worst.ltv, float(self.request.max_ltv)),
            worst_move=check.worst.spot / spot - 1.0,
            worst_day=check.worst.day,
            checked=check.size,
        )


def _gap(cost: float, bound: float) -> float:
    over = cost - bound
    return over / abs(cost) if over > CENT and cost else 0.0


def _at_most(ltv: float, limit: float) -> float:
    """An LTV that is the limit but for the last digits of a float is the limit."""
    return limit if abs(ltv - limit) < 1e-12 else ltv  # noqa: PLR2004
