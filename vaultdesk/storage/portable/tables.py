"""Which tables are exported, in which order, and what an export says of itself."""

from typing import Any

import msgspec
from sqlalchemy import Column, Table

from vaultdesk.storage import order_tables, tables

FORMAT, VERSION = "vaultdesk-export", 1
HEAD = "export.json"
DOCUMENT = "vaultdesk.json"
SETTINGS = "settings"
SETTING_COLUMNS = ("name", "value")

EXPORTED: tuple[Table, ...] = (
    *(tables.loan_terms, tables.facilities, tables.snapshots),
    *(tables.alert_desk, tables.alert_rules, tables.alert_latches),
    *(tables.alerts, tables.alert_actions, tables.alert_deliveries),
    *(tables.hedge_templates, tables.scenes),
    *(order_tables.orders, order_tables.order_executions, order_tables.manual_positions),
    order_tables.paper_events,
    *(order_tables.audit, order_tables.audit_head),
    tables.reports,
)
"""All that anybody entered, and all that happened."""

LEFT_OUT = (tables.schema, tables.quotes, tables.chains, tables.expirations)
"""The version, which the export says itself, and what is fetched again."""

ALWAYS = (tables.alert_desk, order_tables.audit_head)
"""Tables that hold a row in a profile where nothing was entered and nothing happened yet."""


class Head(msgspec.Struct, frozen=True):
    """What an export says of itself; `rows` is how many each table has, settings included."""

    format: str
    version: int
    program: str
    schema: int
    rows: dict[str, int]


def columns_of(table: Table) -> list[Column[Any]]:
    """A table's columns in their order."""
    return list(table.columns)


def names_of(table: Table) -> tuple[str, ...]:
    """What they are called."""
    return tuple(column.name for column in table.columns)
