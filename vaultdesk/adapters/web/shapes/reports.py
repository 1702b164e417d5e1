"""The reports that are kept, as `/api/reports` lists them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from vaultdesk.adapters.web.shapes.kinds import Moment


class ReportAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One report; `/api/reports/{id}.pdf` is its file, of this SHA-256."""

    id: str
    kind: Literal["decision", "loan", "diary"]
    title: str
    made: Moment
    pdf_sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class Reports(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of them, the newest first."""

    reports: list[ReportAnswer]


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why there is no answer, in one sentence; `field` is the one at fault, if it is one."""

    error: str
    field: str = ""
