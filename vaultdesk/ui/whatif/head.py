"""Above a stress: which hedge is looked at, where and when, and where its prices are from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vaultdesk.core.market import Quality
from vaultdesk.ui import theme
from vaultdesk.ui.format import age, price
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, Chip, Elided, quality_colour, say, sentence
from vaultdesk.ui.translation import tr
from vaultdesk.ui.whatif import words

if TYPE_CHECKING:
    from datetime import datetime

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.ui.whatif.look import Look


class WhatIfHead(QWidget):
    """Two chips: how far the inputs may be trusted, and that the scene is made up."""

    def __init__(self) -> None:
        super().__init__()
        self._title = sentence("whatif.title", tr("The hedge that is put to the test"), role="")
        self._title.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        self._where = named(
            Elided(), "whatif.where", tr("The price and the date that are looked at")
        )
        self._source = named(Elided(), "whatif.source", tr("What these figures are computed from"))
        self._source.setFont(theme.ui_font(9))
        theme.role(self._source, "muted")
        self._quality = Chip("whatif.quality", tr("How far these figures may be trusted"))
        self._moved = Chip("whatif.moved", tr("That this is not the world of today"))
        top, below = QHBoxLayout(), QHBoxLayout()
        for row in (top, below):
            row.setSpacing(8)
        top.addWidget(self._title, 1)
        top.addWidget(self._quality, alignment=Qt.AlignmentFlag.AlignTop)
        below.addWidget(self._where, 1)
        below.addWidget(self._moved)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 4)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self._source)
        column.addLayout(below)

    def show_look(self, look: Look, title: str, now: datetime) -> None:
        """What is looked at, and by what it is computed."""
        say(
            self._title,
            title if look.hedged else look.why,
            "" if look.hedged else "muted",
            words.contracts(look.position),
        )
        say(self._where, words.where(look.config, look.stress))
        self._quality.tell(look.config.quality.value, quality_colour(look.config.quality))
        invented = Quality.HYPOTHETICAL
        self._moved.tell(invented.value, quality_colour(invented))
        self._moved.setVisible(look.is_moved)
        self.show_age(look.config, now)

    def show_age(self, config: StrategyConfig, now: datetime) -> None:
        """How old the price and the quotes of options are now."""
        quote, board = config.portfolio.quote, config.board
        text = tr(
            "from {symbol} {spot_price} {source}, {age} old; "
            "options {options_source}, valued {options_age} ago"
        ).format(
            symbol=board.symbol,
            spot_price=price(config.spot_price),
            source=quote.source,
            age=age(quote.age(now)),
            options_source=board.source,
            options_age=age(now - board.at),
        )
        say(self._source, text, hint=text)
