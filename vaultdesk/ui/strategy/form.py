"""What a hedge is wished for by: its kind, life, strikes, contracts and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from vaultdesk.core.hedge.templates import MOST_CONTRACTS, MOST_DAYS, OWN, Anchor, Build
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.ui import theme
from vaultdesk.ui.format import dated, units
from vaultdesk.ui.panel import named
from vaultdesk.ui.reading import Unreadable, amount
from vaultdesk.ui.readout import Sentence, say, sentence
from vaultdesk.ui.strategy.fields import Choice, Line, Whole
from vaultdesk.ui.strategy.words import (
    STRIKE_HINT,
    USES,
    strike_read,
    strike_text,
    strikes_read,
    weights_read,
    weights_text,
)
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from vaultdesk.core.hedge.candidates import Kind

OWN_TITLE = tr("Own legs")
STRIKES = ("strike", "sold", "call")
"""Fields of strikes: the put bought, the put sold, the call."""
EXAMPLES = {"strike": tr("95 %, 340 or 25 delta"), "sold": "80 %", "call": "110 %"}


class Facts(NamedTuple):
    """What the form is shown with besides the build.

    Attributes:
        spot: that a strike typed is read by.
        today: in New York.
        expiries: listed.
        slots: side and strike of each leg wished for, with the kind's own where none is.
        titles: of the kind's strikes, in the order of its fields.
        fields: which of `STRIKES` the kind has, in the order of the slots.
        weights: of a ladder.
        near: days of each put of a roll; None for other kinds.
        days: of life that are looked for where no expiry is chosen.
        contracts: there are now, of the first leg's side; 0 where nothing is built.
        covered: in words.
        wanted: how each leg was chosen.
        chosen: expiry of the first leg; None where nothing is built.
    """

    spot: Decimal
    today: date
    expiries: Sequence[date]
    slots: Sequence[Anchor]
    fields: Sequence[str]
    titles: Sequence[str]
    weights: tuple[Decimal, ...]
    near: int | None
    days: int
    contracts: int
    covered: str
    wanted: Sequence[str]
    chosen: date | None


class StrategyForm(QWidget):
    """Shows a Build and the rules, and tells what they are to be instead."""

    edited = Signal(object)
    """The Build wished for instead."""
    ruled = Signal(object)
    """The HedgeRules to decide by instead."""

    def __init__(self) -> None:
        super().__init__()
        self._build, self._rules = Build(), HedgeRules()
        self._facts: Facts | None = None
        self.kind = Choice("strategy.kind", tr("What kind of hedge it is"))
        self.expiry = Choice(
            "strategy.expiry", tr("Its last day: chosen, or the nearest to some days")
        )
        self.days = Whole("strategy.days", tr("Days of life that are looked for"), 1, MOST_DAYS)
        self.days.setSuffix(" d")
        self.near = Whole("strategy.near", tr("Days that each put of the roll lives"), 1, MOST_DAYS)
        self.near.setSuffix(" d")
        self.strikes = {
            name: Line("strategy.strike" if name == "strike" else f"strategy.{name}", STRIKE_HINT)
            for name in STRIKES
        }
        self.weights = Line("strategy.weights", tr("Weights of the strikes, such as 50/50"))
        self.contracts = Whole(
            "strategy.contracts", tr("Whole contracts, of each side"), 0, MOST_CONTRACTS
        )
        self.all = named(
            QPushButton(tr("All gold")), "strategy.all", tr("As many as cover all the gold")
        )
        self.use = Choice("strategy.use", tr("What becomes of the payoff"))
        self.use.fill([(words, use) for use, (words, _) in USES.items()], Use.PLEDGED)
        self.drawn = _box(tr("Premium drawn on the loan"), "strategy.drawn",
                          tr("The premium raises the loan: no cash is paid"))  # fmt: skip
        self.naked = _box(tr("Allow naked calls"), "strategy.naked",
                          tr("Sell calls though their gold is pledged"))  # fmt: skip
        self.free = Line(
            "strategy.free_units", tr("Shares at the broker, not pledged, to cover calls")
        )
        self.remarks: dict[str, Sentence] = {}
        self._rows: dict[str, list[QWidget]] = {}
        self._arrange()
        self._connect()

    def offer(self, kinds: Mapping[str, Kind]) -> None:
        """Let these kinds be chosen, and own legs."""
        items: list[tuple[str, object]] = [(kind.title, key) for key, kind in kinds.items()]
        self.kind.fill([*items, (OWN_TITLE, OWN)], self._build.kind)

    def show_build(self, build: Build, rules: HedgeRules, facts: Facts) -> None:
        """Show what is wished for, and what came of it."""
        self._build, self._rules, self._facts = build, rules, facts
        own = build.kind == OWN
        self.kind.setCurrentIndex(self.kind.findData(build.kind))
        self._show_life(build, facts)
        self._show_strikes(facts)
        self.contracts.put(facts.contracts)
        with QSignalBlocker(self.all):
            self.all.setChecked(build.contracts is None and not own)
        self.all.setEnabled(not own)
        say(self.remarks["contracts"], facts.covered)
        self.remarks["contracts"].setVisible(bool(facts.covered))
        self.use.setCurrentIndex(self.use.findData(rules.use))
        say(self.remarks["use"], USES[rules.use][1])
        for box, checked in ((self.drawn, rules.drawn), (self.naked, rules.naked_calls)):
            with QSignalBlocker(box):
                box.setChecked(checked)
        if not self.free.isModified():
            self.free.put(units(rules.free_units))

    def _show_life(self, build: Build, facts: Facts) -> None:
        own = build.kind == OWN
        items: list[tuple[str, object]] = [(tr("By days"), None)]
        items += [(f"{dated(one)} · {(one - facts.today).days} d", one) for one in facts.expiries]
        self.expiry.fill(items, build.expiry)
        self._row("expiry", visible=not own)
        self.days.setVisible(build.expiry is None and not own)
        self.days.put(facts.days)
        by_days = build.expiry is None and facts.chosen is not None
        told = tr("{chosen} is listed").format(chosen=dated(facts.chosen)) if by_days else ""
        say(self.remarks["expiry"], told)
        self.remarks["expiry"].setVisible(bool(told) and not own)
        self._row("near", visible=facts.near is not None)
        self.near.put(facts.near or 1)

    def _show_strikes(self, facts: Facts) -> None:
        several = bool(facts.weights)
        for name in STRIKES:
            self._row(name, visible=name in facts.fields)
        for place, name in enumerate(facts.fields):
            anchors = facts.slots if several else facts.slots[place : place + 1]
            wanted = facts.wanted if several else facts.wanted[place : place + 1]
            self._captions[name].setText(facts.titles[place])
            line = self.strikes[name]
            if not line.isModified():
                line.put(", ".join(strike_text(one) for one in anchors))
                self._tell(name, "; ".join(wanted))
        self._row("weights", visible=bool(facts.weights))
        if not self.weights.isModified():
            self.weights.put(weights_text(facts.weights))
            self._tell("weights", "")

    def _connect(self) -> None:
        self.kind.activated.connect(lambda _i: self._make(self._of_kind(self.kind.currentData())))
        self.expiry.activated.connect(
            lambda _i: self._make(replace(self._build, expiry=self.expiry.currentData()))
        )
        self.days.valueChanged.connect(lambda days: self._make(replace(self._build, days=days)))
        self.near.valueChanged.connect(lambda days: self._make(replace(self._build, near=days)))
        self.contracts.valueChanged.connect(self._counted)
        self.all.clicked.connect(lambda _checked: self._make(replace(self._build, contracts=None)))
        for name, line in self.strikes.items():
            line.editingFinished.connect(lambda name=name: self._typed(name, self._strike_of))
        self.weights.editingFinished.connect(lambda: self._typed("weights", self._weights_of))
        self.free.editingFinished.connect(self._freed)
        self.use.activated.connect(
            lambda _i: self._rule(replace(self._rules, use=Use(self.use.currentData())))
        )
        self.drawn.toggled.connect(lambda on: self._rule(replace(self._rules, drawn=on)))
        self.naked.toggled.connect(lambda on: self._rule(replace(self._rules, naked_calls=on)))

    def _of_kind(self, kind: str) -> Build:
        """Another kind with its own strikes; the life and the number stay."""
        before = self._build
        return Build(kind, days=before.days, expiry=before.expiry, contracts=before.contracts)

    def _counted(self, contracts: int) -> None:
        from vaultdesk.core.hedge.draft import recounted  # noqa: PLC0415 (NumPy)

        self._make(recounted(self._build, contracts or None))

    def _typed(self, name: str, read: Callable[[str], Build]) -> None:
        """Take what was typed; what cannot be read stays and is told."""
        line = self.weights if name == "weights" else self.strikes[name]
        if not line.isModified() or self._facts is None or line.isHidden():
            return
        try:
            build = read(name)
        except ValueError as error:  # unreadable, or more strikes than a hedge may have
            self._tell(name, str(error), wrong=True)
            return
        line.setModified(False)
        theme.role(line, "")
        self._make(build)

    def _strike_of(self, name: str) -> Build:
        facts = self._facts
        assert facts is not None  # noqa: S101 - `_typed` has looked
        text = self.strikes[name].text()
        if facts.weights:
            anchors = strikes_read(text, facts.spot)
            if not anchors:
                raise Unreadable(tr("Type the strikes, such as 100 %, 95 %."))
            same = len(anchors) == len(facts.weights)
            weights = facts.weights if same else (Decimal(1),) * len(anchors)
            return replace(self._build, strikes=anchors, weights=weights)
        strikes = list(facts.slots)
        strikes[facts.fields.index(name)] = strike_read(text, facts.spot)
        return replace(self._build, strikes=tuple(strikes))

    def _weights_of(self, _name: str) -> Build:
        weights = weights_read(self.weights.text())
        facts = self._facts
        assert facts is not None  # noqa: S101 - `_typed` has looked
        if len(weights) != len(facts.slots):
            raise Unreadable(
                tr("Give {count} weights, one for each strike.").format(count=len(facts.slots))
            )
        return replace(self._build, strikes=tuple(facts.slots), weights=weights)

    def _freed(self) -> None:
        if not self.free.isModified():
            return
        try:
            free = amount(self.free.text() or "0")
        except Unreadable as error:
            self._tell("free", str(error), wrong=True)
            return
        if free < 0:
            self._tell("free", tr("Shares at the broker are not negative."), wrong=True)
            return
        self._tell("free", "")
        self.free.setModified(False)
        self._rule(replace(self._rules, free_units=free))

    def _make(self, build: Build) -> None:
        if build != self._build:
            self.edited.emit(build)

    def _rule(self, rules: HedgeRules) -> None:
        if rules != self._rules:
            self.ruled.emit(rules)

    def _tell(self, name: str, text: str, *, wrong: bool = False) -> None:
        remark = self.remarks[name]
        say(remark, text, "down" if wrong else "muted")
        remark.setVisible(bool(text))
        line = {"weights": self.weights, "free": self.free}.get(name) or self.strikes[name]
        theme.role(line, "wrong" if wrong else "")

    def _row(self, name: str, *, visible: bool) -> None:
        for widget in self._rows[name]:
            widget.setVisible(visible and (widget is not self.remarks.get(name) or bool(
                self.remarks[name].text())))  # fmt: skip

    def _arrange(self) -> None:
        self._captions: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self._add(grid, "kind", tr("&Hedge"), self.kind)
        self._add(grid, "expiry", tr("&Expiry"), self.expiry, self.days)
        for name, title in zip(
            STRIKES, (tr("Put strike"), tr("Put sold"), tr("Call strike")), strict=True
        ):
            self.strikes[name].setPlaceholderText(EXAMPLES[name])
            self._add(grid, name, title, self.strikes[name])
        self._add(grid, "weights", tr("Weights"), self.weights)
        self._add(grid, "near", tr("Each put lives"), self.near)
        self.all.setCheckable(True)
        theme.role(self.all, "chip")
        self.all.setToolTip(self.all.accessibleDescription())
        self._add(grid, "contracts", tr("&Contracts"), self.contracts, self.all)
        self._add(grid, "use", tr("&Payoff"), self.use)
        for box in (self.drawn, self.naked):
            grid.addWidget(box, grid.rowCount(), 1)
        self._add(grid, "free", tr("Free shares"), self.free)

    def _add(self, grid: QGridLayout, name: str, title: str, *fields: QWidget) -> None:
        caption = QLabel(title)
        caption.setBuddy(fields[0])
        theme.role(caption, "muted")
        fields[0].setAccessibleName(title.replace("&", ""))
        remark = sentence(f"strategy.{name}.remark", tr("What was read, or what is wrong"))
        remark.setFont(theme.ui_font(9))
        row = QHBoxLayout()
        row.setSpacing(6)
        for place, field in enumerate(fields):
            row.addWidget(field, 0 if place else 1)
        at = grid.rowCount()
        grid.addWidget(caption, at, 0)
        grid.addLayout(row, at, 1)
        grid.addWidget(remark, at + 1, 1)
        remark.setVisible(name in ("contracts", "use"))
        self.remarks[name], self._captions[name] = remark, caption
        self._rows[name] = [caption, *fields, remark]


def _box(text: str, identifier: str, meaning: str) -> QCheckBox:
    made = named(QCheckBox(text), identifier, meaning)
    made.setToolTip(meaning)
    return made
