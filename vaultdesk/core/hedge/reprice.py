"""The same loan and the same contracts at another price of gold and other volatilities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.config import StrategyConfig
from vaultdesk.core.hedge.scenarios import stressed
from vaultdesk.core.hedge.scene import moved as along_smile
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.core.market import Quality, flag
from vaultdesk.core.money import from_float
from vaultdesk.core.options.scenario import LEAST_VOLATILITY
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.options.types import FloatArray

POINT = Decimal("0.01")


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """A loan at another price of gold, and the contracts as they are quoted now.

    Attributes:
        config: at the price and the quotes of now.
        move: of gold, relative.
        portfolio: the loan at the other price.
        listed: the contracts that are priced; all have a bid, an ask and a volatility.
        columns: kind, strike, years, rate, yield and volatility at the other price, (6, listed).
        worth: by the model at the price and volatility of now, (listed,).
    """

    config: StrategyConfig
    move: Decimal
    portfolio: LoanState
    listed: tuple[Listed, ...]
    columns: FloatArray
    worth: FloatArray

    def at(self, vol_pts: Decimal) -> StrategyConfig:
        """The configuration at so many points of volatility more."""
        shift = float(vol_pts * POINT)
        volatility = np.maximum(self.columns[5] + shift, LEAST_VOLATILITY)
        now = _values(self.listed, float(self.portfolio.price), self.columns, volatility)
        moved = zip(self.listed, (now - self.worth).tolist(), volatility.tolist(), strict=True)
        listed = tuple(_requoted(*one, self.portfolio.price) for one in moved)
        board = replace(
            self.config.board,
            spot=self.portfolio.price,
            quality=Quality.HYPOTHETICAL,
            listed=listed,
            smiles={},
        )
        return StrategyConfig(self.portfolio, board, self.config.rules)


def moved(config: StrategyConfig, move: Decimal, only: Sequence[Listed] | None = None) -> Moved:
    """A configuration at another price of gold.

    Volatilities move with the price as the rules say, and no time passes.

    Args:
        config: at the price of now, and not stale.
        move: of gold, relative, above -1.
        only: the contracts to be priced; None for all. What has no two-sided quote or no
            volatility now has none elsewhere, and is left out.

    Raises:
        Unvalued: nothing is pledged.
    """
    portfolio = stressed(config, move, 0.0, 0.0, None)
    listed = tuple(x for x in (config.board.listed if only is None else only) if x.usable)
    columns = np.array(
        [(x.kind, float(x.strike), x.years, x.rate, x.dividend_yield, x.volatility) for x in listed]
    ).reshape(-1, 6)
    at = columns.T.copy()
    worth = _values(listed, float(config.spot_price), at, at[5])
    at[5] = [_moved_volatility(config, one, float(portfolio.price)) for one in listed]
    return Moved(config, move, portfolio, listed, at, worth)


def repriced(config: StrategyConfig, move: Decimal, vol_pts: Decimal) -> StrategyConfig:
    """The loan and all contracts at another price and other volatilities; HYPOTHETICAL.

    The mid of each moves by the model's difference, and half its spread stays either side. Smiles
    are not carried over, contracts keep volatilities of their own.

    Args:
        config: at the price of now, and not stale.
        move: of gold, relative, above -1.
        vol_pts: points added to every volatility (5 is +0.05 a year).

    Raises:
        Unvalued: nothing is pledged.
    """
    return moved(config, move).at(vol_pts)


def _values(
    listed: Sequence[Listed], spot: float, columns: FloatArray, volatility: FloatArray
) -> FloatArray:
    """By the model, all contracts of a style in one call."""
    values = np.zeros(len(listed))
    for style in {one.style for one in listed}:
        of_it = np.array([one.style == style for one in listed])
        kind, *terms = columns[:5, of_it]
        values[of_it] = formula(style)(kind, spot, *terms, volatility[of_it]).price
    return values


def _moved_volatility(config: StrategyConfig, one: Listed, spot: float) -> float:
    """The contract's at another price, no time having passed."""
    smile = config.board.smiles.get(one.expiry)
    rule = config.rules.smile
    if rule is SmileRule.STRIKE or smile is None:
        return one.volatility
    at = np.array([spot]), np.array([one.years])
    return float(along_smile(one, smile, config, *at, rule)[0])


def _requoted(one: Listed, difference: float, volatility: float, spot: Decimal) -> Listed:
    quote = one.quote
    assert quote.bid is not None and quote.ask is not None  # noqa: PT018, S101 - it is usable
    change = from_float(difference) or Decimal(0)
    bid, ask = max(quote.bid + change, Decimal(0)), quote.ask + change
    moved_to = replace(quote, bid=bid, ask=max(ask, bid), last=None)
    fault = flag(moved_to, spot, Quality.HYPOTHETICAL)
    return replace(
        one, quote=moved_to, flag=fault, quality=Quality.HYPOTHETICAL, volatility=volatility
    )
