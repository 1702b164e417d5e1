"""The templates of hedges: saved, renamed, deleted, and each of these taken back."""

from __future__ import annotations

from vaultdesk.core.hedge.templates import READY, Build, Template
from vaultdesk.events import Bus, TemplatesChanged
from vaultdesk.services.named import NamedService


class TemplateService(NamedService[Template, Build]):
    """Keeps builds of hedges by name."""

    noun = "template"

    def __init__(self, bus: Bus) -> None:
        super().__init__(frozenset(one.name for one in READY))
        self._bus = bus

    @property
    def templates(self) -> tuple[Template, ...]:
        """One's own, in the order of their names."""
        return self.kept

    def _made(self, name: str, content: Build) -> Template:
        return Template(name, content)

    def _content(self, thing: Template) -> Build:
        return thing.build

    def _tell(self) -> None:
        self._bus.tell(TemplatesChanged())
