"""A chain as the desk shows it: quotes, own volatilities, Greeks and what is wrong, row by row."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from vaultdesk.core.options.types import SecondOrder, Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    import numpy.typing as npt

    from vaultdesk.core.market import Chain, Flag, OptionQuote, Quality
    from vaultdesk.core.options.smile import Smile
    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]

Record = TypeVar("Record", Valuation, SecondOrder)


@dataclass(frozen=True, slots=True)
class Rung:
    """One strike of the ladder: where its call and put stand in the chain's rows, if listed."""

    strike: Decimal
    call: int | None
    put: int | None


@dataclass(frozen=True, slots=True)
class ValuedChain:
    """A chain and what the desk makes of it; arrays run along `chain.rows`, NaN is "none".

    `mid` per share, `spread_pct` in per cent of mid, `iv` a fraction per year. `refusals[i]` says
    why row i has no volatility of its own, empty where it has one. `verdict` is why nothing at all
    is priced from the chain. Greeks per share, in the units of `Valuation` and `SecondOrder`, at
    `spot` and `volatility`, which is `iv` and, for refused rows, that of `smile` if one was drawn.
    `style` is how the contracts may be exercised, "american" or "european"; `rate_error` the
    standard error of `rate`, NaN where the settings gave it.
    """

    chain: Chain
    verdict: str | None
    flags: tuple[Flag, ...]
    refusals: tuple[str, ...]
    ladder: tuple[Rung, ...]
    at_the_money: int
    spot: float
    years: float
    style: str
    dividend_yield: float
    rate: float
    rate_source: str
    rate_error: float
    quality: Quality
    kind: FloatArray
    strike: FloatArray
    mid: FloatArray
    spread_pct: FloatArray
    iv: FloatArray
    volatility: FloatArray
    smile: Smile | None
    greeks: Valuation
    second: SecondOrder

    def estimated(self, row: int) -> bool:
        """Whether a row has no volatility of its own but Greeks by that of the smile."""
        return bool(np.isnan(self.iv[row]) and np.isfinite(self.volatility[row]))

    @property
    def at_the_money_volatility(self) -> float | None:
        """Mean own volatility of the call and put of the nearest priced strike to the money."""
        order = sorted(range(len(self.ladder)), key=lambda i: abs(i - self.at_the_money))
        for position in order[:5]:
            rung = self.ladder[position]
            known = [self.iv[i] for i in (rung.call, rung.put) if i is not None]
            known = [iv for iv in known if np.isfinite(iv)]
            if known:
                return float(np.mean(known))
        return None


def columns(
    views: Sequence[ValuedChain], spots: Sequence[float], years: Sequence[float]
) -> tuple[FloatArray, ...]:
    """The contracts of all views one after the other: kind, spot, strike, years, rate, yield."""
    counts = [view.strike.size for view in views]
    return (
        np.concatenate([view.kind for view in views]),
        np.repeat(spots, counts),
        np.concatenate([view.strike for view in views]),
        np.repeat(years, counts),
        np.repeat([view.rate for view in views], counts),
        np.repeat([view.dividend_yield for view in views], counts),
    )


def cuts_between(views: Sequence[ValuedChain]) -> IndexArray:
    """Where to split what runs along `columns` into the views."""
    return np.cumsum([view.strike.size for view in views])[:-1]


def split_records(values: Record, cuts: IndexArray) -> list[Record]:
    """A record of arrays cut into one record a view."""
    parts = (np.split(getattr(values, field.name), cuts) for field in fields(values))
    return [type(values)(*part) for part in zip(*parts, strict=True)]


def ladder(rows: tuple[OptionQuote, ...]) -> tuple[Rung, ...]:
    """The strikes in ascending order, each with the positions of its call and its put."""
    sides: dict[Decimal, dict[str, int]] = {}
    for index, row in enumerate(rows):
        sides.setdefault(row.strike, {}).setdefault(row.right, index)
    return tuple(
        Rung(strike, side.get("C"), side.get("P")) for strike, side in sorted(sides.items())
    )


def nearest_rung(rungs: tuple[Rung, ...], spot: Decimal) -> int:
    """Position of the strike closest to spot, 0 in an empty ladder."""
    return min(range(len(rungs)), key=lambda i: abs(rungs[i].strike - spot), default=0)
