"""The desk's own broker: orders are filled on paper, by the quotes the desk has."""

from vaultdesk.adapters.paper.book import ACCOUNT
from vaultdesk.adapters.paper.broker import PaperBroker

__all__ = ["ACCOUNT", "PaperBroker"]
