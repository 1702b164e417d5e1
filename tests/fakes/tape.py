"""Small recordings in the `vaultdesk-market` format, written line by line."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HEADER = {"format": "vaultdesk-market", "version": 1, "timezone": "America/New_York"}
NOON = datetime.fromisoformat("2026-07-10T12:00:00-04:00")


def tape(path: Path, *quotes: tuple[str, str], every_s: float = 1) -> Path:
    """A recording of these (symbol, last) pairs, `every_s` apart from noon in New York on."""
    lines: list[dict[str, Any]] = [HEADER]
    for index, (symbol, last) in enumerate(quotes):
        at = NOON + timedelta(seconds=index * every_s)
        quote = {"symbol": symbol, "bid": None, "ask": None, "last": last, "source": "test"}
        lines.append({"at": at.isoformat(), "quote": quote})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path
