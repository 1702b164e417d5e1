"""The named what-if scenes: saved, renamed, deleted, and each of these taken back."""

from __future__ import annotations

from vaultdesk.core.hedge.scenes import READY, NamedScene
from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.events import Bus, ScenesChanged
from vaultdesk.services.named import NamedService


class SceneService(NamedService[NamedScene, Stress]):
    """Keeps what is assumed in the what-if panel by name."""

    noun = "scene"

    def __init__(self, bus: Bus) -> None:
        super().__init__(frozenset(one.name for one in READY))
        self._bus = bus

    def _made(self, name: str, content: Stress) -> NamedScene:
        return NamedScene(name, content)

    def _content(self, thing: NamedScene) -> Stress:
        return thing.stress

    def _tell(self) -> None:
        self._bus.tell(ScenesChanged(tuple(one.name for one in self.kept)))
