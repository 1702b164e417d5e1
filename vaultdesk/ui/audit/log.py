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
    """What was read for a wish, the newest first; one reader at a time.

    Attributes:
        entries: those that match.
        newest: the highest number that was looked at; 0 before the first.
        oldest: the lowest; everything between the two was looked at.
        count: how many there are.
    """

    def __init__(self, audit: AuditService, wish: Wish) -> None:
        self._audit, self.wish = audit, wish
        self.entries: list[Entry] = []
        self.newest = self.oldest = self.count = 0

    @property
    def whole(self) -> bool:
        """Whether everything was looked at."""
        return self.count == 0 or self.oldest == 1

    async def renew(self) -> None:
        """Read the newest page, or what was added since; where that is much, all anew.

        Raises:
            StorageError: it cannot be read.
        """
        count = await self._audit.count()
        added = count - self.count
        if not self.newest or not 0 <= added <= PAGE:
            await self._begin(count)
        elif added:
            page = await self._audit.entries(added, before=self.newest + added + 1)
            fresh = [entry for entry in page if entry.number > self.newest]
            self.entries[:0] = self._matching(fresh)
            self.newest, self.count = self.newest + added, count

    async def more(self) -> None:
        """Read the page before.

        Raises:
            StorageError: it cannot be read.
        """
        if not self.whole:
            self._older(await self._audit.entries(PAGE, before=self.oldest))

    async def _begin(self, count: int) -> None:
        page = await self._audit.entries(PAGE)
        self.entries, self.count = [], count
        self.newest = page[-1].number if page else 0
        self._older(page)

    def _older(self, page: Sequence[Entry]) -> None:
        """Below an empty page there is nothing, whatever the numbers say."""
        self.oldest = page[0].number if page else 1
        self.entries += self._matching(page)

    def _matching(self, page: Sequence[Entry]) -> list[Entry]:
        return [entry for entry in reversed(page) if self.wish.lets(entry)]
