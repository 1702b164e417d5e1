"""The cheapest hedge that holds: found by whole-number optimisation, proven, checked, explained."""

from vaultdesk.core.hedge.finder.request import FindRequest, Found, Work
from vaultdesk.core.hedge.finder.search import find

__all__ = ["FindRequest", "Found", "Work", "find"]
