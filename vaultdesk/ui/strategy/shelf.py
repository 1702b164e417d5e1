"""The builder's templates: what the bar asks for is done by the service, and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.hedge.templates import Build
    from vaultdesk.services.templates import TemplateService
    from vaultdesk.ui.errands import Errands
    from vaultdesk.ui.strategy.templates import TemplateBar


class Shelf:
    """Keeps the hedge that `build` gives, without its dates; None where there is none to keep."""

    def __init__(
        self,
        bar: TemplateBar,
        templates: TemplateService,
        errands: Errands,
        build: Callable[[], Build | None],
        tell: Callable[[str], None],
    ) -> None:
        self._bar, self._templates = bar, templates
        self._build, self._tell = build, tell
        bar.save_asked.connect(lambda name: errands.begin(self._save(name)))
        bar.rename_asked.connect(lambda old, new: errands.begin(self._rename(old, new)))
        bar.delete_asked.connect(lambda name: errands.begin(self._delete(name)))
        bar.undo_asked.connect(lambda: errands.begin(self._undo()))
        self.refresh()

    def refresh(self) -> None:
        """Offer what there is now."""
        kept = self._templates
        self._bar.show_templates(kept.templates, usable=kept.open, undoable=kept.undoable)
        if kept.problem:
            self._tell(kept.problem)

    async def _save(self, name: str) -> None:
        build = self._build()
        if build is None:
            self._tell("There is no price yet to keep the strikes by: wait for the option chains.")
            return
        kept = await self._templates.save(name, build)
        self._bar.choose(kept.name)
        self._tell(f"Kept as '{kept.name}', by moneyness and days of life.")

    async def _rename(self, old: str, new: str) -> None:
        kept = await self._templates.rename(old, new)
        self._bar.choose(kept.name)

    async def _delete(self, name: str) -> None:
        await self._templates.delete(name)
        self._tell(f"The template '{name}' is deleted; Undo in the menu brings it back.")

    async def _undo(self) -> None:
        words = await self._templates.undo()
        self._tell(f"Undone: {words}.")
