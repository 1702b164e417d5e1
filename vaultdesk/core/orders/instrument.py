"""What can be traded at a broker: a share or one listed option."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from vaultdesk.core.market import Quality, Right
from vaultdesk.core.money import plain


@dataclass(frozen=True, slots=True)
class Instrument:
    """A share, or an option on it where `expiry`, `strike` and `right` are given.

    Attributes:
        symbol: of the share, the underlying's of an option.
        expiry: an option's last day.
        strike: per share, in `currency`.
        right: "C" for a call, "P" for a put.
        multiplier: shares a contract stands for; 1 for a share itself.
        currency: prices are in it.
        trading_class: as the broker calls the series where that is not the symbol: contracts that
            a corporate action has adjusted deliver something else than 100 shares.
    """

    symbol: str
    expiry: date | None = None
    strike: Decimal | None = None
    right: Right | None = None
    multiplier: int = 1
    currency: str = "USD"
    trading_class: str = ""

    @property
    def is_option(self) -> bool:
        """Whether it expires."""
        return self.expiry is not None

    @property
    def key(self) -> str:
        """A short text that no other instrument has: "GLD 2026-12-18 350 P"."""
        if self.expiry is None or self.strike is None:
            return self.symbol
        text = f"{self.symbol} {self.expiry} {plain(self.strike):f} {self.right}"
        return f"{text} {self.trading_class}" if self.trading_class else text

    @property
    def words(self) -> str:
        """As people say it: "GLD 350 put of 2026-12-18"."""
        if self.expiry is None or self.strike is None:
            return f"{self.symbol} shares"
        side = "call" if self.right == "C" else "put"
        return f"{self.symbol} {plain(self.strike):f} {side} of {self.expiry}"


@dataclass(frozen=True, slots=True)
class InstrumentQuote:
    """The market of one instrument, per share; None where the source gave nothing.

    Sizes are in contracts (shares of a share) at the best bid and ask. `last` is the last trade of
    a share: many sources tell nothing else of it.
    """

    instrument: Instrument
    bid: Decimal | None
    ask: Decimal | None
    at: datetime
    source: str
    quality: Quality
    bid_size: int | None = None
    ask_size: int | None = None
    last: Decimal | None = None
