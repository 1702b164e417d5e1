"""Falls of gold that happened, replayed from today: what they would do to the loan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox

from vaultdesk.core.hedge.stress.episodes import EPISODES
from vaultdesk.core.market import DailyClose, Quality
from vaultdesk.ports import FeedError
from vaultdesk.ui.charts.line_chart import LineChart
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr
from vaultdesk.ui.whatif import plots, words
from vaultdesk.ui.whatif.lane import Lane
from vaultdesk.ui.whatif.pages import REST_S, Page, choice, column_of, line_of

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from vaultdesk.core.hedge.stress.crash import CrashReplay
    from vaultdesk.services.errands import Errands
    from vaultdesk.services.off_loop import Stop
    from vaultdesk.ui.whatif.look import Look

Closes = Callable[[], Awaitable[Sequence[DailyClose]]]
"""Daily closes of GLD from before the first episode on."""
RISE = Decimal(1)
"""Points of volatility for each per cent that gold has fallen."""
MADE_UP = (Quality.SIMULATED, Quality.HYPOTHETICAL)
"""Closes of such a market are not those of the episodes."""


class CrashPage(Page):
    """The loan through an episode that begins today."""

    key, title = "crash", tr("Crash replays")

    def __init__(
        self, errands: Errands, tell: Callable[[str], None], closes: Closes | None
    ) -> None:
        super().__init__()
        self._errands, self._ask_closes = errands, closes
        self._closes: Sequence[DailyClose] = ()
        self._asked = False
        self._reason = ""
        self._look: Look | None = None
        names = (words.episode_name(episode) for episode in EPISODES)
        self.episode = choice("whatif.crash", tr("The fall of gold that is replayed"), *names)
        self.rise = named(
            QCheckBox(tr("Volatility &rises 1 point for each 1 % fallen")),
            "whatif.crash_rise",
            tr("Options gain from a rise; without it volatilities are those of the slider"),
        )
        self.rise.setChecked(True)
        self.chart = LineChart("whatif.crash_chart", tr("The LTV day by day"))
        self.chart.setAccessibleName(tr("LTV through the crash"))
        self._told = sentence("whatif.crash_told", tr("What the crash does to the loan"), role="")
        self._basis = sentence("whatif.crash_basis", tr("What the path of gold is made of"))
        self._lane: Lane[tuple[Look, CrashReplay | None]] = Lane(
            errands, self._show, tell, rest_s=REST_S
        )
        self.episode.currentIndexChanged.connect(lambda _index: self._chosen())
        self.rise.toggled.connect(lambda _on: self._chosen())
        line = line_of(tr("Episode"), self.episode)
        column_of(self, line, self.rise, self._told, self.chart, self._basis)

    def look(self, look: Look) -> None:
        """Replay the episode by what volatility, currency and advance rate are set to."""
        before, self._look = self._look, look
        ask = None if self._asked else self._ask_closes
        if ask is not None and look.config.quality not in MADE_UP:
            self._asked = True
            self._errands.begin(self._fetch(ask))
        if before is None or not before.is_like(look):
            self._replay()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """A feed that had no closes is asked again when the page is seen again."""
        super().showEvent(event)
        self._asked = self._asked and bool(self._closes)

    def settle(self) -> str:
        """The episode, and whether volatility stays."""
        stays = "" if self.rise.isChecked() else tr(", calm")
        return EPISODES[self.episode.currentIndex()].key + stays

    def recall(self, said: Sequence[str]) -> None:
        """The same."""
        keys = [episode.key for episode in EPISODES]
        found = next((keys.index(word) for word in said if word in keys), 0)
        self.episode.setCurrentIndex(found)
        self.rise.setChecked("calm" not in said)

    async def _fetch(self, ask: Closes) -> None:
        try:
            self._closes, self._reason = await ask(), ""
        except FeedError as error:
            self._reason = str(error)
        self._replay()

    def _chosen(self) -> None:
        self._replay()
        self.chosen.emit()

    def _replay(self) -> None:
        look, closes = self._look, self._closes
        if look is not None:
            episode = EPISODES[self.episode.currentIndex()]
            rise = RISE if self.rise.isChecked() else Decimal(0)

            def work(stop: Stop) -> tuple[Look, CrashReplay | None]:
                from vaultdesk.core.hedge.stress.crash import (  # noqa: PLC0415
                    crash_path,
                    crash_replay,
                )

                path = crash_path(episode, closes)
                return look, crash_replay(look.config, look.position, path, look.stress, rise, stop)

            self._lane.ask(work)

    def _show(self, seen: tuple[Look, CrashReplay | None]) -> None:
        look, replay = seen
        if replay is not None:
            self.chart.show_plot(plots.crash_plot(look, replay))
            say(self._told, words.crash_told(look, replay))
            say(self._basis, words.basis(replay.path, self._reason))
