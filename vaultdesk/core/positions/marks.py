"""What is held, matched with the market of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.market import Flag, Quality

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from vaultdesk.core.hedge.board import Board, Listed
    from vaultdesk.core.market import Right
    from vaultdesk.core.orders.broker import Held
    from vaultdesk.core.orders.instrument import Instrument

    ByContract = Mapping[tuple[date, Decimal, Right], Listed]


class Market:
    """A board that is asked for single instruments."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._listed: ByContract = {
            (one.expiry, one.strike, one.right): one for one in board.listed
        }

    def of(self, instrument: Instrument) -> Listed | None:
        """The listed contract that an option is; None for shares and what is not there.

        Contracts that a corporate action has adjusted are others than those on the board.
        """
        if not self.knows(instrument):
            return None
        if instrument.expiry is None or instrument.strike is None or instrument.right is None:
            return None
        found = self._listed.get((instrument.expiry, instrument.strike, instrument.right))
        return found if found and found.multiplier == instrument.multiplier else None

    def knows(self, instrument: Instrument) -> bool:
        """Whether it is on the board's underlying and stands for the usual shares."""
        return of_symbol(instrument, self.board.symbol)


def of_symbol(instrument: Instrument, symbol: str) -> bool:
    """Whether it is this share, or an unadjusted option on it."""
    return instrument.symbol == symbol and instrument.trading_class in ("", symbol)


def quality_of(listed: Listed) -> Quality:
    """How far its quote may be trusted: no further than that of a chain that may price nothing."""
    return Quality.STALE if listed.flag is Flag.STALE else listed.quality


def shares(held: Held) -> Decimal:
    """Of the underlying that it stands for; negative when short."""
    return held.quantity * held.instrument.multiplier


def is_put(instrument: Instrument) -> bool:
    """Whether it is a put."""
    return instrument.right == "P"
