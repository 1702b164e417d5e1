"""Reports of decisions: a record is computed again, made a document, drawn and kept."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import vaultdesk
from vaultdesk.app.hedge_answers import recomputed
from vaultdesk.app.plugins import strategies
from vaultdesk.core.hedge.candidates import candidates
from vaultdesk.core.hedge.compare import compare
from vaultdesk.core.reports.decision import Made, comparison_report, found_report
from vaultdesk.ports import InputError
from vaultdesk.services.files import writing
from vaultdesk.services.off_loop import off_loop

if TYPE_CHECKING:
    from vaultdesk.app.hedge_file import HedgeRecord
    from vaultdesk.core.reports.document import Report
    from vaultdesk.services.off_loop import Stop


async def write_report(record: HedgeRecord, path: Path) -> str:
    """Write the record's report in a thread, and give the SHA-256 of the file.

    One that is cancelled leaves the file as it was, unless it was being written already.

    Raises:
        InputError: the record does not come out the same.
        StorageError: the disk refused.
    """
    return await off_loop(lambda stop: save_report(record, path, stop))


def save_report(record: HedgeRecord, path: Path, stop: Stop = lambda: False) -> str:
    """Write the record's report and give the SHA-256 of the file, in hexadecimal digits.

    Raises:
        InputError: the record does not come out the same.
        StorageError: the disk refused.
    """
    from vaultdesk.adapters.documents import pdf  # noqa: PLC0415 (reportlab, once it is asked for)

    data = pdf(report_of(record, stop), _fonts())
    if not stop():
        with writing(path):
            path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def report_of(record: HedgeRecord, stop: Stop = lambda: False) -> Report:
    """The document of a record, from numbers that were computed again and came out the same.

    Raises:
        InputError: they did not, or cannot be computed.
    """
    made = Made(record.inputs, record.program, fingerprint(record))
    again = recomputed(record, stop)
    if again.answer != record.answer:
        raise InputError(
            "The record comes out with other numbers than it holds: it was altered, or written "
            f"by another version of VaultDesk ({record.program}), so ask again and save that."
        )
    if again.comparison is not None:
        return comparison_report(made, again.comparison)
    assert again.found is not None  # noqa: S101 - it is one or the other
    usual = compare(again.config, candidates(again.config, strategies()))
    return found_report(made, again.found, usual)


def fingerprint(record: HedgeRecord) -> str:
    """SHA-256 of what `hedge_file.write` writes, before it is compressed."""
    return hashlib.sha256(msgspec.json.encode(record)).hexdigest()


def _fonts() -> Path:
    """Inside the package once it is installed, beside it in a source tree."""
    package = Path(vaultdesk.__file__).resolve().parent
    inside = package / "resources" / "fonts"
    return inside if inside.is_dir() else package.parent / "resources" / "fonts"
