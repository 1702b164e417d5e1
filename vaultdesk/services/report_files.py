"""Files of reports: what they are called, and how they come whole into a folder."""

from __future__ import annotations

import re
from datetime import UTC
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from vaultdesk.ports import StorageError
from vaultdesk.services.files import whole, writing

if TYPE_CHECKING:
    from vaultdesk.core.reports.kept import ReportRow

_OTHER = re.compile(r"[^a-z0-9]+")


def file_name(row: ReportRow) -> str:
    """A name that tells what it is: "vaultdesk-diary-2026-01-01-to-2026-03-31-0a1b2c3d.pdf".

    The last eight digits are those the report's id begins with, so that no two reports share it.
    """
    told = row.title.partition(", ")[2].lower().replace(":", "").removesuffix(" utc")
    when = _OTHER.sub("-", told).strip("-") or f"{row.made.astimezone(UTC):%Y-%m-%d}"
    return f"vaultdesk-{row.kind.value}-{when}-{row.id[:8]}.pdf"


def put(path: Path, data: bytes) -> None:
    """Write a file wholly or not at all: what stood there stays until the new one is on the disk.

    Raises:
        StorageError: the system refused.
    """
    with whole(path) as part:
        part.write_bytes(data)


def put_beside(path: Path, data: bytes) -> Path:
    """Write a file over no other: to the next free name, or nowhere where it is there already.

    Raises:
        StorageError: the system refused.
    """
    for number in count(1):
        place = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        with writing(place):
            if not place.exists():
                break
            if place.is_file() and place.read_bytes() == data:
                return place
    put(place, data)
    return place


def share(folder: str, name: str, data: bytes) -> Path:
    """Bring a file whole into a folder of others, over none; the same one twice is one file.

    Raises:
        StorageError: there is no such folder, or the system refused.
    """
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise StorageError(
            f"There is no folder {place}: connect the drive, or enter another in Settings, Reports."
        )
    return put_beside(place / name, data)
