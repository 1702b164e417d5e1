"""What a bar of named things asks for is done by the service that keeps them, and said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from vaultdesk.ui.named_bar import T
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.services.errands import Errands
    from vaultdesk.services.named import NamedService
    from vaultdesk.ui.named_bar import NamedBar

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class ShelfWords:
    """Sentences on what was done to `{name}`, and on why there is nothing to keep."""

    kept: str
    deleted: str
    nothing: str = ""


class Shelf(Generic[T, Content]):
    """Keeps what `content` gives; None where there is nothing to keep.

    `marked` is told the name that what there is now has got.
    """

    def __init__(
        self,
        bar: NamedBar[T],
        things: NamedService[T, Content],
        errands: Errands,
        content: Callable[[], Content | None],
        tell: Callable[[str], None],
        words: ShelfWords,
        marked: Callable[[str], None] | None = None,
    ) -> None:
        self._bar, self._things, self._words = bar, things, words
        self._marked = marked or bar.choose
        self._content, self._tell = content, tell
        bar.save_asked.connect(lambda name: errands.begin(self._save(name)))
        bar.rename_asked.connect(lambda old, new: errands.begin(self._rename(old, new)))
        bar.delete_asked.connect(lambda name: errands.begin(self._delete(name)))
        bar.undo_asked.connect(lambda: errands.begin(self._undo()))
        self.refresh()

    def refresh(self) -> None:
        """Offer what there is now."""
        things = self._things
        self._bar.show_kept(things.kept, usable=things.open, undoable=things.undoable)
        if things.problem:
            self._tell(things.problem)

    async def _save(self, name: str) -> None:
        content = self._content()
        if content is None:
            self._tell(self._words.nothing)
            return
        kept = await self._things.save(name, content)
        self._marked(kept.name)
        self._tell(self._words.kept.format(name=kept.name))

    async def _rename(self, old: str, new: str) -> None:
        kept = await self._things.rename(old, new)
        self._marked(kept.name)

    async def _delete(self, name: str) -> None:
        await self._things.delete(name)
        self._tell(self._words.deleted.format(name=name))

    async def _undo(self) -> None:
        what = await self._things.undo()
        self._tell(tr("Undone: {what}.").format(what=what))
