"""A fake TWS: an Interactive Brokers server on loopback that the real ib_insync connects to."""

from tests.fakes.tws.faults import Fault, Policy
from tests.fakes.tws.journal import Entry, Journal, read_journal
from tests.fakes.tws.market import Listed, Market, Quote, gld_market
from tests.fakes.tws.messages import UNSET
from tests.fakes.tws.records import BrokerOrder, Execution, Position
from tests.fakes.tws.server import FakeTws
from tests.fakes.tws.threaded import Served, in_thread

__all__ = [
    "UNSET",
    "BrokerOrder",
    "Entry",
    "Execution",
    "FakeTws",
    "Fault",
    "Journal",
    "Listed",
    "Market",
    "Policy",
    "Position",
    "Quote",
    "Served",
    "gld_market",
    "in_thread",
    "read_journal",
]
