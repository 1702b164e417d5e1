"""The columns of orders, trades, positions held elsewhere, the paper book and the audit log."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from vaultdesk.storage.tables import DecimalText, Moment, metadata

orders = Table(
    "orders",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("ref", String(64), nullable=False, unique=True),
    Column("ticket", String(64), nullable=False),
    Column("place", Integer, nullable=False),
    Column("draft", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("broker", String(64), nullable=False),
    Column("account", String(64), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("state", String(20), nullable=False),
    Column("confirmed_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("filled", DecimalText, nullable=False),
    Column("average", DecimalText),
    Column("commission", DecimalText),
    Column("order_id", Integer, nullable=False),
    Column("perm_id", Integer, nullable=False),
    Column("said", Text, nullable=False),
    UniqueConstraint("ticket", "place", name="one_order_a_place"),
)
"""Rows are never removed; `draft` is JSON with decimals as text, `number` the order of clicks."""

order_executions = Table(
    "order_executions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("broker", String(64), nullable=False),
    Column("exec_id", String(128), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("ref", String(64), nullable=False),
    Column("perm_id", Integer, nullable=False),
    Column("account", String(64), nullable=False),
    Column("instrument", Text, nullable=False),
    Column("quantity", DecimalText, nullable=False),
    Column("price", DecimalText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("at_text", Text, nullable=False),
    Column("commission", DecimalText),
    Column("currency", String(3), nullable=False),
    UniqueConstraint("broker", "exec_id", name="one_execution"),
    Index("order_executions_by_order", "broker", "ref", "at"),
)

manual_positions = Table(
    "manual_positions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("account", String(64), nullable=False),
    Column("instrument", Text, nullable=False),
    Column("quantity", DecimalText, nullable=False),
    Column("average_cost", DecimalText),
)

paper_events = Table(
    "paper_events",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("event", Text, nullable=False),
)
"""Rows are only ever added."""

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("subject", Text, nullable=False),
    Column("who", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("wire", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("audit_by_time", "at"),
)
"""Rows are only ever added, numbered from 1 without a gap."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""One row: how many entries there are and the last one's hash, so that a cut end is noticed."""
