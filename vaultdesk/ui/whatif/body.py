"""How the what-if panel is laid out: controls and figures on the left, or on top of the charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QTabWidget, QVBoxLayout, QWidget

from vaultdesk.ui.own_undo import OwnUndo, undoes
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr
from vaultdesk.ui.whatif.crash import CrashPage
from vaultdesk.ui.whatif.figures import BothLtvs, WhatIfFigures
from vaultdesk.ui.whatif.pages import CurvePage, HeatPage, Page, TornadoPage
from vaultdesk.ui.whatif.shelf import SceneShelf
from vaultdesk.ui.whatif.sliders import WhatIfSliders

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from vaultdesk.core.hedge.vocabulary import SmileRule
    from vaultdesk.services.errands import Errands
    from vaultdesk.services.scenes import SceneService
    from vaultdesk.ui.whatif.crash import Closes
    from vaultdesk.ui.whatif.look import Look

ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
WIDE, LEFT = 780, 340
"""Pixels: from `WIDE` on the controls stand beside the charts, so wide."""
HISTORY = "history"


class _HistoryPage(Page):
    """A place for what is built when it is first seen."""

    key, title = HISTORY, tr("History")

    def __init__(self, build: Callable[[], QWidget]) -> None:
        super().__init__()
        self._build = build
        self._view: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 0, 0)

    def look(self, look: Look) -> None:
        """It looks at the past, whatever the sliders say."""
        del look
        if self._view is None:
            self._view = self._build()
            self._column.addWidget(self._view)

    def retire(self) -> None:
        """Leave nothing under way."""
        if self._view is not None:
            self._view.retire()  # type: ignore[attr-defined]  # as the panel asks


class WhatIfBody(OwnUndo):
    """Controls, figures and pages; `looked` tells that another page is to be filled."""

    looked = Signal()

    def __init__(
        self,
        smile: SmileRule,
        scenes: SceneService,
        errands: Errands,
        tell: Callable[[str], None],
        closes: Closes | None,
        history: Callable[[], QWidget] | None,
    ) -> None:
        super().__init__()
        self.sliders = WhatIfSliders(smile)
        self.scenes = SceneShelf(scenes, self.sliders)
        self.ltvs, self.figures = BothLtvs(), WhatIfFigures()
        self.curves = CurvePage()
        self.pages: list[Page] = [
            self.curves,
            HeatPage(errands, tell),
            TornadoPage(errands, tell),
            CrashPage(errands, tell, closes),
        ]
        self._history = _HistoryPage(history) if history is not None else None
        if self._history is not None:
            self.pages.append(self._history)
        self.tabs = named(QTabWidget(), "whatif.tabs", tr("Curves, maps, crashes and history"))
        self.tabs.setStyleSheet("QTabWidget::pane { border: none; }")
        self.tabs.setDocumentMode(True)
        for page in self.pages:
            self.tabs.addTab(page, page.title)
            page.chosen.connect(self.looked)
        self.tabs.currentChanged.connect(lambda _index: self.looked.emit())
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        self._halves = QBoxLayout(DOWN, self)
        self._wide: bool | None = None
        self._arrange()

    @property
    def page(self) -> Page:
        """The one that is seen."""
        return self.pages[self.tabs.currentIndex()]

    def settle(self) -> str:
        """The page and what was chosen on each, to be given to `recall`."""
        said = [self.page.key, *(page.settle() for page in self.pages)]
        return ", ".join(word for word in said if word)

    def recall(self, said: str) -> None:
        """Choose all that again; what is not understood stays as it is."""
        known = [word.strip() for word in said.split(",")]
        for page in self.pages:
            page.recall(known)
        keys = [page.key for page in self.pages]
        self.tabs.setCurrentIndex(keys.index(known[0]) if known[0] in keys else 0)

    def retire(self) -> None:
        """Leave nothing under way."""
        self.scenes.errands.cancel()
        if self._history is not None:
            self._history.retire()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Beside or below, as there is room."""
        super().resizeEvent(event)
        self._stand(wide=self.width() >= WIDE)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Ctrl+Z takes back the last move, wherever the keyboard is."""
        if undoes(event):
            self.sliders.take_back()
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        self._halves.setContentsMargins(12, 4, 12, 10)
        self._halves.setSpacing(14)
        for half in (self._left, self._right):
            half.setSpacing(10)
        self._side = QWidget()
        self._left.setContentsMargins(0, 0, 0, 0)
        self._side.setLayout(self._left)
        self._left.addWidget(self.scenes)
        self._left.addWidget(self.sliders)
        self._right.addWidget(self.tabs, 1)
        self._halves.addWidget(self._side)
        self._halves.addLayout(self._right, 1)
        self._stand(wide=False)

    def _stand(self, *, wide: bool) -> None:
        """Both LTVs stay beside the sliders that move them; the other figures go below."""
        if wide == self._wide:
            return
        self._wide = wide
        for part in (self.ltvs, self.figures):
            self._left.removeWidget(part)
            self._right.removeWidget(part)
        self._halves.setDirection(ACROSS if wide else DOWN)
        self._side.setFixedWidth(LEFT) if wide else self._side.setMaximumWidth(16_777_215)
        if wide:
            self._left.addWidget(self.figures)
            self._left.addStretch(1)
            self._right.insertWidget(0, self.ltvs)
        else:
            self._left.addWidget(self.ltvs)
            self._right.addWidget(self.figures)
