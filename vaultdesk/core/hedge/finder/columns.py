"""The contracts open to choice as columns of numbers: what each costs and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.position import HedgeLeg
from vaultdesk.core.hedge.scene import DAYS, HALF_A_DAY, moved
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.core.options.scenario import LEAST_VOLATILITY
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder.request import FindRequest
    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]
    Pricer = Callable[..., FloatArray]
    """Takes a style of exercise and what `european` takes, and gives prices."""

MOMENT = 1e-9
"""Years below which nothing is left of a life but rounding."""
WANTED = "chosen as part of the cheapest hedge that holds"


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Contracts that may be traded, an array element each: puts to buy and calls to sell.

    Attributes:
        units: a leg of one contract each, by expiry, side and strike.
        sign: +1 where it is bought, -1 where it is sold.
        shares: that a contract is on.
        cost: of a contract at its natural price, with commission but for the minimum, in the
            options' currency; negative is money received.
        group: a number for each side of each expiry, rising.
    """

    units: tuple[HedgeLeg, ...]
    sign: FloatArray
    shares: FloatArray
    cost: FloatArray
    group: IndexArray

    def legs(self, contracts: FloatArray) -> tuple[HedgeLeg, ...]:
        """Those of which there are any as legs; `contracts` are whole and not signed."""
        chosen = np.flatnonzero(contracts).tolist()
        return tuple(_times(self.units[i], round(contracts[i])) for i in chosen)

    def of(self, chosen: IndexArray) -> Columns:
        """Some of them."""
        return Columns(
            tuple(self.units[i] for i in chosen.tolist()),
            self.sign[chosen],
            self.shares[chosen],
            self.cost[chosen],
            self.group[chosen],
        )


def _times(unit: HedgeLeg, count: int) -> HedgeLeg:
    contracts = unit.contracts * count
    return replace(unit, contracts=contracts, ideal=contracts)


def columns_for(config: StrategyConfig, request: FindRequest) -> Columns:
    """What the rules leave open: usable and liquid.

    Calls only from today's price upward, and none that outlives the first expiry from the horizon
    on: what is received for the time after it would be taken for cheap protection.
    """
    last = min((day for day in config.board.expiries if day >= request.horizon), default=date.max)
    until = last if request.collars else date.min
    listed = [one for one in config.board.listed if _open(config, one, until)]
    listed.sort(key=lambda one: (one.expiry, one.right, one.strike))
    sides = sorted({(one.expiry, one.right) for one in listed})
    units = [HedgeLeg(one, Decimal(-one.kind), Decimal(-one.kind), WANTED) for one in listed]
    fee = config.rules.fees.per_contract
    return Columns(
        tuple(units),
        np.array([-float(one.kind) for one in listed]),
        np.array([float(one.multiplier) for one in listed]),
        np.array([float(unit.premium() + fee) for unit in units]),
        np.array([sides.index((one.expiry, one.right)) for one in listed], dtype=np.intp),
    )


def _open(config: StrategyConfig, one: Listed, calls_until: date) -> bool:
    rules, spread = config.rules, one.spread
    liquid = spread is not None and spread <= rules.max_spread
    held = (one.quote.open_interest or 0) >= rules.min_open_interest
    side = one.kind < 0 or (one.strike >= config.spot_price and one.expiry <= calls_until)
    return one.usable and liquid and held and side


def worths(
    config: StrategyConfig,
    columns: Columns,
    spots: FloatArray,
    passed: FloatArray,
    priced: Pricer | None = None,
) -> FloatArray:
    """Per share, what each contract is worth in each cell, in the options' currency, without sign.

    A contract pays its intrinsic value at the moment it expires and is worth nothing later.

    Args:
        config: whose smile rule says what volatility it has then.
        columns: the contracts.
        spots: the price in each cell.
        passed: the days that have passed there.
        priced: another pricer than the desk's own.

    Returns:
        (cells, columns).
    """
    found = np.zeros((spots.size, len(columns.units)))
    alike: dict[tuple[date, str], list[int]] = {}
    for number, unit in enumerate(columns.units):
        alike.setdefault((unit.listed.expiry, unit.listed.style), []).append(number)
    for (_, style), numbers in alike.items():
        listed = [columns.units[number].listed for number in numbers]
        gone = np.minimum(passed / DAYS, listed[0].years)
        alive = np.flatnonzero(passed / DAYS - gone <= HALF_A_DAY)
        left = listed[0].years - gone[alive]
        left[left < MOMENT] = 0.0
        at = _arguments(config, listed, spots[alive, np.newaxis], left[:, np.newaxis])
        found[np.ix_(alive, np.array(numbers))] = (priced or _priced)(style, *at)
    return found


def _arguments(
    config: StrategyConfig, listed: list[Listed], spots: FloatArray, left: FloatArray
) -> tuple[FloatArray, ...]:
    """Kind, spot, strike, years, rate, dividend yield, volatility of contracts of one expiry."""
    per = [(one.kind, float(one.strike), one.rate, one.dividend_yield) for one in listed]
    kind, strike, rate, dividend_yield = np.array(per, dtype=np.float64).T
    smile, rule = config.board.smiles.get(listed[0].expiry), config.rules.smile
    if rule is SmileRule.STRIKE or smile is None:
        volatility = np.array([one.volatility for one in listed])
    else:
        then = [moved(one, smile, config, spots, left, rule) for one in listed]
        volatility = np.maximum(np.hstack(then), LEAST_VOLATILITY)
    return kind, spots, strike, left, rate, dividend_yield, volatility


def _priced(style: str, *arguments: FloatArray) -> FloatArray:
    price: FloatArray = formula(style)(*arguments).price
    return price
