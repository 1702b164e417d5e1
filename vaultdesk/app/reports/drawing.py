"""Documents of kept records: computed again where they are decisions, laid out, and drawn."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

import vaultdesk
from vaultdesk.core.reports.kept import ReportKind
from vaultdesk.ports import InputError
from vaultdesk.services.report_records import hedge_of

if TYPE_CHECKING:
    from vaultdesk.app.files.hedge import HedgeRecord
    from vaultdesk.core.reports.document import Report
    from vaultdesk.core.reports.records import DiaryRecord, LoanRecord, Trail
    from vaultdesk.services.off_loop import Stop

R = TypeVar("R", bound="LoanRecord | DiaryRecord")


def draw(kind: ReportKind, record: bytes, stop: Stop = lambda: False) -> bytes:
    """The PDF of a report's record; the same bytes whenever and wherever it is drawn.

    Empty once it was told to stop.

    Raises:
        InputError: it is no record of this kind, or does not come out the same.
        StorageError: the fonts cannot be read.
    """
    from vaultdesk.adapters.documents import Stopped, pdf  # noqa: PLC0415 (reportlab, when asked)

    try:
        return pdf(document(kind, record, stop), fonts(), stop)
    except Stopped:
        return b""


def document(kind: ReportKind, record: bytes, stop: Stop = lambda: False) -> Report:
    """The document of a report's record.

    Raises:
        InputError: it is no record of this kind, or does not come out the same.
    """
    from vaultdesk.core.loan.prices import Unvalued  # noqa: PLC0415 (NumPy, when it is asked for)
    from vaultdesk.core.reports.diary import diary_report  # noqa: PLC0415
    from vaultdesk.core.reports.records import DiaryRecord, LoanRecord  # noqa: PLC0415
    from vaultdesk.core.reports.status import loan_report  # noqa: PLC0415

    sha = hashlib.sha256(record).hexdigest()
    try:
        match kind:
            case ReportKind.LOAN:
                return loan_report(_read(record, LoanRecord), sha)
            case ReportKind.DIARY:
                return diary_report(_read(record, DiaryRecord), sha)
            case _:
                hedge, trails = hedge_of(record)
                return report_of(_hedge(hedge), trails, sha, stop)
    except (msgspec.MsgspecError, Unvalued, ValueError) as error:
        raise InputError(f"The record of this report cannot be used: {error}") from error


def report_of(
    record: HedgeRecord,
    trails: tuple[Trail, ...] = (),
    sha256: str = "",
    stop: Stop = lambda: False,
) -> Report:
    """The document of a decision, from numbers that were computed again and came out the same.

    Args:
        record: of the hedge.
        trails: orders that may be of it.
        sha256: of the record of both; the hedge's own where it is empty.
        stop: asked between two parts of a long search.

    Raises:
        InputError: they did not, or cannot be computed.
    """
    from vaultdesk.app.answers.hedges import recomputed  # noqa: PLC0415
    from vaultdesk.app.plugins import strategies  # noqa: PLC0415
    from vaultdesk.core.hedge.candidates import candidates  # noqa: PLC0415
    from vaultdesk.core.hedge.compare import compare  # noqa: PLC0415
    from vaultdesk.core.reports.decision import (  # noqa: PLC0415
        Made,
        comparison_report,
        found_report,
    )
    from vaultdesk.core.reports.orders import decided  # noqa: PLC0415

    again = recomputed(record, stop)
    if again.answer != record.answer:
        raise InputError(
            "The record comes out with other numbers than it holds: it was altered, or written "
            f"by another version of VaultDesk ({record.program}), so ask again and save that."
        )
    sha, hedges = sha256 or fingerprint(record), decided(record.answer)
    made = Made(record.inputs, record.program, sha, hedges, trails)
    if again.comparison is not None:
        return comparison_report(made, again.comparison)
    assert again.found is not None  # noqa: S101 - it is one or the other
    usual = compare(again.config, candidates(again.config, strategies()))
    return found_report(made, again.found, usual)


def encoded(record: HedgeRecord) -> bytes:
    """What `hedge_file.write` writes, before it is compressed."""
    return msgspec.json.encode(record)


def fingerprint(record: HedgeRecord) -> str:
    """SHA-256 of that, in hexadecimal digits."""
    return hashlib.sha256(encoded(record)).hexdigest()


def fonts() -> Path:
    """Inside the package once it is installed, beside it in a source tree."""
    package = Path(vaultdesk.__file__).resolve().parent
    inside = package / "resources" / "fonts"
    return inside if inside.is_dir() else package.parent / "resources" / "fonts"


def _read(record: bytes, kind: type[R]) -> R:
    """A record, its path read point by point.

    msgspec lets no other thread run meanwhile: five years of hours in one call took 0.3 s.
    """
    from vaultdesk.core.reports.records import PathPoint  # noqa: PLC0415

    parts = msgspec.json.decode(record, type=dict[str, msgspec.Raw])
    points = msgspec.json.decode(parts.pop("path", msgspec.Raw(b"[]")), type=list[msgspec.Raw])
    read = msgspec.json.Decoder(PathPoint)
    path = tuple([read.decode(one) for one in points])
    return replace(msgspec.json.decode(msgspec.json.encode(parts), type=kind), path=path)


def _hedge(record: bytes) -> HedgeRecord:
    from vaultdesk.app.files.hedge import HedgeRecord  # noqa: PLC0415

    return msgspec.json.decode(record, type=HedgeRecord)
