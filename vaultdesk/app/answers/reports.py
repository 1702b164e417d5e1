"""What the command line answers about reports, from the service the window uses."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from vaultdesk.app.answers.status import ask_market, desk_at_hand
from vaultdesk.app.credentials import Credentials
from vaultdesk.app.parts import WallClock, open_stores
from vaultdesk.app.reports.drawing import encoded
from vaultdesk.app.reports.service import Lent, report_service
from vaultdesk.core.reports.kept import ReportKind
from vaultdesk.events import Bus
from vaultdesk.ports import StorageError
from vaultdesk.services.loan import LoanService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date
    from pathlib import Path

    from vaultdesk.app.files.hedge import HedgeRecord
    from vaultdesk.app.parts import Profile, Stores
    from vaultdesk.core.reports.kept import KeptReport
    from vaultdesk.services.reports import ReportService

Answer = dict[str, Any]


def decision(profile: Profile, record: HedgeRecord, path: Path) -> Answer:
    """Report on a decision into a file, and keep that."""
    return asyncio.run(_decision(profile, record, path))


def loan(profile: Profile, path: Path) -> Answer:
    """Report on the loan at the newest prices into a file, and keep that."""
    return asyncio.run(_loan(profile, path))


def diary(profile: Profile, start: date, end: date, path: Path) -> Answer:
    """Report on what happened between two days into a file, and keep that."""
    return asyncio.run(_diary(profile, start, end, path))


def listed(profile: Profile) -> list[Answer]:
    """All reports kept, the newest first, as plain JSON values."""
    return asyncio.run(_listed(profile))


def again(profile: Profile, number: str, path: Path) -> Answer:
    """Write a kept report once more."""
    return asyncio.run(_again(profile, number, path))


async def _decision(profile: Profile, record: HedgeRecord, path: Path) -> Answer:
    async with _at_hand(profile) as service:
        return await _written(service, await service.make_decision(encoded(record)), path)


async def _loan(profile: Profile, path: Path) -> Answer:
    problems: list[str] = []
    async with desk_at_hand(profile, problems) as (desk, stores):
        _check(stores)
        await ask_market(desk, stores)
        service = report_service(_lent(profile, desk.bus, desk.loan))
        service.use(stores)
        return await _written(service, await service.make(ReportKind.LOAN), path)


async def _diary(profile: Profile, start: date, end: date, path: Path) -> Answer:
    async with _at_hand(profile) as service:
        return await _written(service, await service.make(ReportKind.DIARY, start, end), path)


async def _listed(profile: Profile) -> list[Answer]:
    async with _at_hand(profile) as service:
        return [
            {
                "id": row.id,
                "kind": row.kind.value,
                "title": row.title,
                "made": row.made.isoformat(),
                "pdf_sha256": row.pdf_sha256,
            }
            for row in await service.rows()
        ]


async def _again(profile: Profile, number: str, path: Path) -> Answer:
    async with _at_hand(profile) as service:
        drawn = await service.again(number)
        await service.save(number, path)
        return {"sha256": drawn.sha256, "path": str(path), "note": drawn.note}


@asynccontextmanager
async def _at_hand(profile: Profile) -> AsyncIterator[ReportService]:
    """The service on the profile's stores, without a market."""
    stores = open_stores(profile)
    try:
        _check(stores)
        bus, wall = Bus(), WallClock()
        service = report_service(_lent(profile, bus, LoanService(bus, wall, wall)))
        service.use(stores)
        yield service
    finally:
        stores.close()


def _check(stores: Stores) -> None:
    """A report that is not kept could not be drawn again."""
    if stores.problem:
        raise StorageError(stores.problem)


def _lent(profile: Profile, bus: Bus, valued: LoanService) -> Lent:
    chosen = profile.settings
    keys = Credentials(profile.home, chosen.secrets_in, "demo" if profile.demo else "")
    return Lent(bus, valued, keys, lambda: chosen)


async def _written(service: ReportService, made: KeptReport, path: Path) -> Answer:
    await service.save(made.row.id, path)
    drawn = await service.again(made.row.id)
    return {"sha256": drawn.sha256, "path": str(path), "note": drawn.note}
