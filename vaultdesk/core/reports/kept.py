"""A report as the database keeps it: what it was made from, so that it can be made again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReportKind(StrEnum):
    """What a report is about."""

    DECISION = "decision"
    LOAN = "loan"
    DIARY = "diary"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in a list.

    Attributes:
        id: the first 16 digits of the record's SHA-256.
        kind: what it is about.
        title: as on its first page, with its moment or dates.
        made: aware UTC.
        pdf_sha256: of the file that was drawn then, in hexadecimal digits.
    """

    id: str
    kind: ReportKind
    title: str
    made: datetime
    pdf_sha256: str


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report with all it was made from.

    Attributes:
        row: as lists show it.
        program: the version of VaultDesk that made it.
        record: JSON; drawn again it gives the same file, byte for byte, by the same version.
        record_sha256: of `record`, in hexadecimal digits; it stands in the file's footer.
    """

    row: ReportRow
    program: str
    record: bytes
    record_sha256: str
