"""Where drafts of a hedge are computed: in a thread, one at a time, the newest wish next."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.draft import Draft
    from vaultdesk.core.hedge.templates import Build
    from vaultdesk.services.errands import Errands


class Bench:
    """Shows every draft it made; of wishes that came while it made one, only the newest counts."""

    def __init__(self, errands: Errands, show: Callable[[Draft], None]) -> None:
        self._errands, self._show = errands, show
        self._wanted: tuple[StrategyConfig, Build, int | None, float] | None = None
        self._working = False

    def ask(self, config: StrategyConfig, build: Build, day: int | None, vol_pts: float) -> None:
        """Make a draft of this; see `draft`."""
        self._wanted = (config, build, day, vol_pts)
        if not self._working:
            self._working = True
            self._errands.begin(self._run())

    async def _run(self) -> None:
        from vaultdesk.core.hedge.draft import draft  # noqa: PLC0415 (NumPy)

        try:
            while self._wanted is not None:
                wanted, self._wanted = self._wanted, None
                self._show(await asyncio.to_thread(draft, *wanted))
        finally:
            self._working = False
