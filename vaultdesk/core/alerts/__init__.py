"""What must be said when a number crosses a line: rules as data, one engine for all of them.

A rule watches one metric. It is latched when the value reaches the threshold, which is told once,
and armed again only when the value has come back by the clear band.
"""

from vaultdesk.core.alerts.book import Book
from vaultdesk.core.alerts.defaults import default_rules
from vaultdesk.core.alerts.deliveries import (
    Action,
    AlertRecord,
    Batch,
    Deed,
    Delivery,
    DeliveryState,
    HistoryQuery,
    Kept,
)
from vaultdesk.core.alerts.engine import Evaluation, Watch, evaluate
from vaultdesk.core.alerts.quiet import QuietHours
from vaultdesk.core.alerts.records import (
    CHANNELS,
    Alert,
    Event,
    Latch,
    Market,
    Metric,
    Reading,
    Rule,
    Series,
    Severity,
    fault,
)

__all__ = [
    "CHANNELS",
    "Action",
    "Alert",
    "AlertRecord",
    "Batch",
    "Book",
    "Deed",
    "Delivery",
    "DeliveryState",
    "Evaluation",
    "Event",
    "HistoryQuery",
    "Kept",
    "Latch",
    "Market",
    "Metric",
    "QuietHours",
    "Reading",
    "Rule",
    "Series",
    "Severity",
    "Watch",
    "default_rules",
    "evaluate",
    "fault",
]
