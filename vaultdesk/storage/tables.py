"""The columns of the desk's tables, and the two types SQLite does not have."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class DecimalText(TypeDecorator[Decimal]):
    """A Decimal kept as text, digit for digit: SQLite would make a float of it."""

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Refuse anything that is not a finite Decimal."""
        del dialect
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise TypeError(f"A money column takes a finite Decimal, not {value!r}.")
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401
        """The same Decimal again."""
        del dialect
        return None if value is None else Decimal(value)


class Moment(TypeDecorator[datetime]):
    """An aware moment kept as ISO-8601 text in UTC with microseconds: text order is time order."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Refuse a time without its zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"A time without a zone cannot be kept: {value!r}.")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """The same moment, aware, in UTC."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()

schema = Table("schema_version", metadata, Column("version", Integer, nullable=False))

loan_terms = Table(
    "loan_terms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("symbol", String(16), nullable=False),
    Column("units", DecimalText, nullable=False),
    Column("amount", DecimalText, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("call_ltv", DecimalText, nullable=False),
    Column("closeout_ltv", DecimalText, nullable=False),
    Column("since", Moment, nullable=False),
    Column("who", String(64), nullable=False),
)

facilities = Table(
    "facilities",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("effective", Moment),
    Column("who", String(64), nullable=False),
    Column("terms", Text, nullable=False),
)
"""Versions of the loan's terms; `terms` is JSON with decimals as text."""

quotes = Table(
    "quotes",
    metadata,
    Column("symbol", String(16), primary_key=True),
    Column("bid", DecimalText),
    Column("ask", DecimalText),
    Column("last", DecimalText),
    Column("at", Moment, nullable=False),
    Column("received", Moment, nullable=False),
    Column("source", String(64), nullable=False),
    Column("quality", String(16), nullable=False),
    Column("previous_close", DecimalText),
    Column("volume", Integer),
    Column("currency", String(3), nullable=False),
)

chains = Table(
    "chains",
    metadata,
    Column("symbol", String(16), primary_key=True),
    Column("expiry", String(10), primary_key=True),
    Column("received", Moment, nullable=False),
    Column("payload", Text, nullable=False),
)

expirations = Table(
    "expirations",
    metadata,
    Column("symbol", String(16), primary_key=True),
    Column("fetched", Moment, nullable=False),
    Column("dates", Text, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("reason", String(8), nullable=False),
    Column("symbol", String(16), nullable=False),
    Column("price", DecimalText, nullable=False),
    Column("value", DecimalText, nullable=False),
    Column("amount", DecimalText, nullable=False),
    Column("ltv", DecimalText, nullable=False),
    Column("zone", String(16), nullable=False),
    Column("call_ltv", DecimalText, nullable=False),
    Column("closeout_ltv", DecimalText, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("source", String(64), nullable=False),
    Column("quality", String(16), nullable=False),
    Column("price_at", Moment, nullable=False),
    Column("lending_value", DecimalText),
    UniqueConstraint("symbol", "at", "reason", name="one_snapshot_a_moment"),
    Index("snapshots_by_time", "at"),
)

alert_rules = Table(
    "alert_rules",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("rule", Text, nullable=False),
)
"""Rules as JSON with decimals as text."""

alert_latches = Table(
    "alert_latches",
    metadata,
    Column("rule", String(40), primary_key=True),
    Column("latch", Text, nullable=False),
)
"""What each rule remembers, as JSON; kept also when the rule is gone, for its numbers."""

alerts = Table(
    "alerts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(80), nullable=False, unique=True),
    Column("rule", String(40), nullable=False),
    Column("crossing", Integer, nullable=False),
    Column("event", String(16), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("metric", String(16), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("value", DecimalText, nullable=False),
    Column("threshold", DecimalText, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("price", DecimalText),
    Column("source", String(64), nullable=False),
    Column("quality", String(16), nullable=False),
    Column("age_s", Float),
    Column("channels", String(64), nullable=False),
    Index("alerts_by_time", "at"),
)
"""Rows are only ever added; `channels` are separated by spaces."""

alert_actions = Table(
    "alert_actions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("deed", String(16), nullable=False),
    Column("rule", String(40), nullable=False),
    Column("crossing", Integer, nullable=False),
    Column("who", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment),
    Index("alert_actions_by_crossing", "rule", "crossing"),
)
"""Rows are only ever added."""

alert_deliveries = Table(
    "alert_deliveries",
    metadata,
    Column("alert", String(80), primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Moment, nullable=False),
    Column("made", Moment, nullable=False),
    Column("result", Text, nullable=False),
    Column("at", Moment),
    Index("alert_deliveries_by_state", "state"),
)

alert_desk = Table(
    "alert_desk",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("profile", String(36), nullable=False),
    Column("watched_at", Moment),
    Column("call_ltv", DecimalText),
    Column("closeout_ltv", DecimalText),
)
"""One row: whose desk it is, when it watched last, by which levels its first rules were made."""

hedge_templates = Table(
    "hedge_templates",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("build", Text, nullable=False),
)
"""What each is made of as JSON with decimals as text."""

reports = Table(
    "reports",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("program", String(32), nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("record_sha256", String(64), nullable=False),
    Column("pdf_sha256", String(64), nullable=False),
    Index("reports_by_time", "made"),
)
"""Rows are only ever added; `record` is what the document is made from, as JSON, compressed."""

scenes = Table(
    "scenes",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("scene", Text, nullable=False),
)
"""What-if scenes by name, as JSON with decimals as text."""
