"""Quote tables as the CBOE's site exports them, read as values and opened as a feed."""

from vaultdesk.adapters.cboe.feed import CboeFeed, StoppedClock
from vaultdesk.adapters.cboe.table import looks_like_quote_table, read_quote_table

__all__ = ["CboeFeed", "StoppedClock", "looks_like_quote_table", "read_quote_table"]
