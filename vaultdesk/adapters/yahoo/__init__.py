"""Yahoo Finance through the yfinance client: quotes, option chains and the price stream.

Importing this package is cheap; the client, pandas and aiohttp are loaded in the feed's thread at
the first call.
"""

from vaultdesk.adapters.yahoo.feed import YahooFeed

__all__ = ["YahooFeed"]
