"""The audit log as far as it was read: the newest entries that match, more of them page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.audit import Entry, FactKind
    from vaultdesk.services.audit import AuditService

PAGE = 1_000
"""Entries read at once."""
WANTED = 500
"""Matches that are looked for before a further page has to be asked for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which entries are shown: those of a kind, with these words; all of them without."""

    kind: FactKind | None = None
    text: str = ""

    @property
    def narrows(self) -> bool:
        """Whether any entry is left out."""
        return self.kind is not None or bool(self.text)

    def lets(self, entry: Entry) -> bool:
        """Whether an entry is shown; letters count as the same in both cases."""
        fact = entry.fact
        if self.kind is not None and fact.kind is not self.kind:
            return False
        wanted = self.text.casefold()
        return not wanted or any(
            wanted in text.casefold() for text in (fact.text, fact.subject, fact.who, fact.wire)
        )


class AuditLog:
    """What was read for a wish, the newest first; one reader at a time."""

    def __init__(self, audit: AuditService, wish: Wish) -> None:
        self._audit, self.wish = audit, wish
        self.entries: list[Entry] = []
        self.newest = 0
        self.oldest = 0
        """Numbers between which everything was looked at; 0 where nothing was."""
        self.count = 0

    @property
    def whole(self) -> bool:
        """Whether everything was looked at."""
        return self.count == 0 or self.oldest == 1

    async def begin(self) -> None:
        """Read the newest page.

        Raises:
            StorageError: it cannot be read.
        """
        self.count = await self._audit.count()
        page = await self._audit.entries(PAGE, before=self.count + 1)
        self.newest = self.count
        self._older(page)

    async def renew(self) -> None:
        """Read what was added since; where that is much, all anew.

        Raises:
            StorageError: it cannot be read.
        """
        count = await self._audit.count()
        added = count - self.newest
        if not self.newest or added > PAGE or added < 0:
            self.entries, self.newest, self.oldest = [], 0, 0
            await self.begin()
        elif added:
            page = await self._audit.entries(added, before=count + 1)
            self.entries[:0] = self._matching(page)
            self.newest = self.count = count

    async def more(self) -> None:
        """Read the page before.

        Raises:
            StorageError: it cannot be read.
        """
        if not self.whole:
            self._older(await self._audit.entries(PAGE, before=self.oldest))

    def _older(self, page: Sequence[Entry]) -> None:
        if page:
            self.oldest = page[0].number
        self.entries += self._matching(page)

    def _matching(self, page: Sequence[Entry]) -> list[Entry]:
        return [entry for entry in reversed(page) if self.wish.lets(entry)]
