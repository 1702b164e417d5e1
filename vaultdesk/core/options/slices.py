"""One expiry's quotes as plain arrays, each contract with the reason why it may price nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vaultdesk.core.calendar import years_to_expiry
from vaultdesk.core.market import Flag, degenerate, flag

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.market import Chain
    from vaultdesk.core.options.types import FloatArray

    FaultArray = npt.NDArray[np.int8]


class Fault(IntEnum):
    """Why a contract's quote has no say; `OK` where it has one.

    The first are found in the quote itself, those from `IN_THE_MONEY` on by the smile.
    """

    OK = 0
    MISSING = 1
    NO_QUOTE = 2
    ONE_SIDED = 3
    ZERO_BID = 4
    CROSSED = 5
    BELOW_INTRINSIC = 6
    STALE = 7
    DEGENERATE = 8
    IN_THE_MONEY = 9
    FAR_OUT = 10
    NO_VOLATILITY = 11
    TOO_WIDE = 12
    VERTICAL = 13
    BUTTERFLY = 14
    OUTLIER = 15


FAULTS: dict[Fault, str] = {
    Fault.OK: "The quote has its say.",
    Fault.MISSING: "There is no bid above 0 with an ask at or above it.",
    Fault.NO_QUOTE: "There is neither a bid nor an ask.",
    Fault.ONE_SIDED: "Only one of bid and ask is there.",
    Fault.ZERO_BID: "Nobody bids anything.",
    Fault.CROSSED: "The bid is above the ask.",
    Fault.BELOW_INTRINSIC: "The price is below what exercising now would bring.",
    Fault.STALE: "The quote is too old.",
    Fault.DEGENERATE: "The chain as a whole may price nothing.",
    Fault.IN_THE_MONEY: "In the money: the out-of-the-money side speaks for this strike.",
    Fault.FAR_OUT: "The strike is further from the forward than a curve can follow quotes.",
    Fault.NO_VOLATILITY: "The mid has no implied volatility.",
    Fault.TOO_WIDE: "Bid and ask are too far apart to tell a volatility.",
    Fault.VERTICAL: "A vertical spread with another quote would earn money for certain.",
    Fault.BUTTERFLY: "A butterfly with the neighbouring quotes would earn money for certain.",
    Fault.OUTLIER: "The quote is far off the curve through the others.",
}
_OF_FLAG = {
    Flag.OK: Fault.OK,
    Flag.NO_QUOTE: Fault.NO_QUOTE,
    Flag.ONE_SIDED: Fault.ONE_SIDED,
    Flag.ZERO_BID: Fault.ZERO_BID,
    Flag.CROSSED: Fault.CROSSED,
    Flag.BELOW_INTRINSIC: Fault.BELOW_INTRINSIC,
    Flag.STALE: Fault.STALE,
}
_FLAGS = {int(fault): flag for flag, fault in _OF_FLAG.items()}
_FLAGS |= {int(Fault.DEGENERATE): Flag.OK, int(Fault.MISSING): Flag.NO_QUOTE}


@dataclass(frozen=True, slots=True)
class ChainSlice:
    """The contracts of one expiry; arrays run along the contracts, in any order of strikes.

    Attributes:
        kind: +1 for a call, -1 for a put.
        strike: in the currency of spot.
        bid: per share; NaN wherever `fault` is not 0.
        ask: likewise.
        fault: codes of `Fault`; 0 where bid and ask are honest.
        spot: price of the underlying that came with the quotes; NaN if none did.
        years: time to expiry in years of 365 days; negative once it is over.
        verdict: why the chain as a whole may price nothing, or None.
    """

    kind: FloatArray
    strike: FloatArray
    bid: FloatArray
    ask: FloatArray
    fault: FaultArray
    spot: float
    years: float
    verdict: str | None = None

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What each quote itself is marked with; an honest one of a degenerate chain is OK."""
        return tuple(_FLAGS[code] for code in self.fault.tolist())


def quotes_slice(
    kind: npt.ArrayLike,
    strike: npt.ArrayLike,
    bid: npt.ArrayLike,
    ask: npt.ArrayLike,
    spot: float,
    years: float,
) -> ChainSlice:
    """A slice of plain numbers; a bid of 0 or NaN, an ask of NaN or below the bid is `MISSING`.

    Raises:
        ValueError: the arrays differ in length, are not one-dimensional or hold no numbers.
    """
    columns = [np.array(side, dtype=np.float64) for side in (kind, strike, bid, ask)]
    if len({column.shape for column in columns}) > 1 or columns[0].ndim != 1:
        raise ValueError("Kind, strike, bid and ask must be columns of one length.")
    kinds, strikes, bids, asks = columns
    honest = np.isfinite(kinds + strikes + asks) & (bids > 0.0) & (asks >= bids)
    fault = np.where(honest, Fault.OK, Fault.MISSING).astype(np.int8)
    return _of_faults(kinds, strikes, bids, asks, fault, float(spot), float(years))


def chain_slice(chain: Chain, spot: Decimal | None, sessions: Sessions | None = None) -> ChainSlice:
    """The desk's record of a chain as arrays along `chain.rows`, judged row by row.

    Args:
        chain: quotes whose `flag` is not OK lose bid and ask, all of them if it is `degenerate`.
        spot: serves where the chain brought no price of the underlying with it.
        sessions: of the exchange, for the time to the expiry's close.
    """
    own_spot = chain.spot if chain.spot is not None else spot
    verdict = degenerate(chain, own_spot)
    own = [_OF_FLAG[flag(row, own_spot, chain.quality)] for row in chain.rows]
    fault = np.array(own, dtype=np.int8)
    if verdict is not None:
        fault = np.where(fault == Fault.OK, Fault.DEGENERATE, fault).astype(np.int8)
    return _of_faults(
        np.array([1.0 if row.right == "C" else -1.0 for row in chain.rows], dtype=np.float64),
        floats(row.strike for row in chain.rows),
        floats(row.bid for row in chain.rows),
        floats(row.ask for row in chain.rows),
        fault,
        float("nan") if own_spot is None else float(own_spot),
        years_to_expiry(chain.expiry, chain.at, sessions),
        verdict,
    )


def _of_faults(
    kind: FloatArray,
    strike: FloatArray,
    bid: FloatArray,
    ask: FloatArray,
    fault: FaultArray,
    spot: float,
    years: float,
    verdict: str | None = None,
) -> ChainSlice:
    honest = fault == Fault.OK
    bid, ask = np.where(honest, bid, np.nan), np.where(honest, ask, np.nan)
    return ChainSlice(kind, strike, bid, ask, fault, spot, years, verdict)


def floats(values: Iterable[Decimal | None]) -> FloatArray:
    """Decimals become float64 here, and only here; None becomes NaN."""
    return np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
