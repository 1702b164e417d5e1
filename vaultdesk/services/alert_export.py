"""The history of alerts as CSV."""

import csv
from datetime import UTC, datetime
from pathlib import Path

from vaultdesk.core.alerts import AlertRecord

COLUMNS = (
    *("id", "at", "rule", "event", "severity", "metric", "subject", "value", "threshold"),
    *("price", "source", "quality", "age_s", "deliveries", "acknowledged_at", "acknowledged_by"),
    "sentence",
)


def write_csv(path: Path, records: tuple[AlertRecord, ...]) -> None:
    """Times are ISO-8601 UTC, numbers the exact decimals; may raise OSError."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for record in records:
            row = _row(record)
            writer.writerow([_text(row[column]) for column in COLUMNS])


def _row(record: AlertRecord) -> dict[str, object]:
    alert = record.alert
    results = (
        f"{one.channel}: {one.state}" + (f" ({one.result})" if one.result else "")
        for one in record.deliveries
    )
    own = {
        "severity": alert.severity.name,
        "deliveries": "; ".join(results),
        "acknowledged_at": record.acknowledged_at,
        "acknowledged_by": record.acknowledged_by,
    }
    return {name: getattr(alert, name) for name in COLUMNS if name not in own} | own


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
