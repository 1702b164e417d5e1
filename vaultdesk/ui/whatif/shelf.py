"""Named scenes above the sliders: chosen, kept, and what of one cannot be assumed now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vaultdesk.core.hedge.scenes import READY, NamedScene
from vaultdesk.services.errands import Errands
from vaultdesk.ui.named_bar import BarWords, NamedBar
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.shelf import Shelf, ShelfWords
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.hedge.stress.inputs import Stress
    from vaultdesk.services.scenes import SceneService
    from vaultdesk.ui.whatif.sliders import WhatIfSliders


class SceneShelf(QWidget):
    """The list names the scene that the sliders stand at, as long as they do."""

    def __init__(self, scenes: SceneService, sliders: WhatIfSliders) -> None:
        super().__init__()
        self._scenes, self._sliders = scenes, sliders
        self._stands: tuple[NamedScene, Stress] | None = None
        self.errands = Errands(self._tell)
        self.bar: NamedBar[NamedScene] = NamedBar(_bar_words(), READY)
        self.note = sentence("whatif.scene.note", tr("What became of a scene"))
        self.note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        self._shelf = Shelf(
            self.bar,
            scenes,
            self.errands,
            sliders.stress,
            self._tell,
            _shelf_words(),
            self._kept,
        )
        self.bar.applied.connect(self._apply)
        sliders.changed.connect(self._moved)

    def refresh(self) -> None:
        """Offer what there is now; the sliders stay."""
        self._shelf.refresh()
        self._name()

    def _apply(self, scene: NamedScene) -> None:
        now = self._sliders.stress()
        wanted = replace(scene.stress, smile=now.smile) if scene in READY else scene.stress
        self._sliders.assume(wanted)
        self._stands = scene, self._sliders.stress()
        self._name()
        self._tell(_left_out(wanted, self._sliders.stress()))

    def _kept(self, name: str) -> None:
        """What is assumed has this name now."""
        kept = (one for one in self._scenes.kept if one.name == name)
        self._stands = next(((one, self._sliders.stress()) for one in kept), None)
        self._name()

    def _moved(self, _stress: Stress) -> None:
        self._name()
        self._tell("")

    def _name(self) -> None:
        """Mark the scene that is assumed, or none."""
        scene, stress = self._stands or (None, None)
        stands = scene in (*self._scenes.kept, *READY) and stress == self._sliders.stress()
        self.bar.choose(scene.name if scene is not None and stands else "")

    def _tell(self, text: str) -> None:
        text = text or self._scenes.problem
        say(self.note, text)
        self.note.setVisible(bool(text))


def _left_out(wanted: Stress, now: Stress) -> str:
    """What of a scene cannot be assumed here; empty for nothing."""
    told = []
    if wanted.days != now.days:
        told.append(
            tr("The scene looks {wanted} days ahead; the hedge ends in {days}.").format(
                wanted=wanted.days, days=now.days
            )
        )
    if wanted.fx != now.fx:
        told.append(tr("Its move of a currency is left out: the loan has only its own."))
    return " ".join(told)


def _shelf_words() -> ShelfWords:
    return ShelfWords(
        kept=tr("Kept as '{name}'."),
        deleted=tr("The scene '{name}' is deleted; Undo in the menu brings it back."),
    )


def _bar_words() -> BarWords:
    return BarWords(
        area="whatif.scene",
        one=tr("Scene"),
        many=tr("Scenes"),
        choosing=tr("Assume a scene that was kept"),
        keeping=tr("Save, rename or delete a scene"),
        save=tr("&Save as scene…"),
        rename=tr("&Rename scene…"),
        delete=tr("&Delete scene"),
        save_title=tr("Save scene"),
        rename_title=tr("Rename scene"),
        caption=tr("&Name of the scene"),
        meaning=tr("The scene's name"),
        example=tr("The bank cuts to 60 %"),
        replacing=tr("There is a scene '{name}' already. Replace it with what is assumed now?"),
    )
