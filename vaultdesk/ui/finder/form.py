"""The finder's form: what is asked for, and a button that runs or cancels the search."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)

from vaultdesk.core.market import nearest_expiry
from vaultdesk.ui import theme
from vaultdesk.ui.compare.use import UseChoice
from vaultdesk.ui.finder.horizon import HorizonField
from vaultdesk.ui.finder.wishes import (
    BELOW_CALL,
    ENTRIES,
    USUAL_DAYS,
    USUAL_FALL,
    Wishes,
    collars_sentence,
    read_all,
)
from vaultdesk.ui.format import dated
from vaultdesk.ui.loan.fields import level
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.strategy.words import USES
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from vaultdesk.core.hedge.vocabulary import HedgeRules
    from vaultdesk.ui.loan.fields import Entry

IDS = {"min_open_interest": "open_interest", "max_spread": "spread"}
LEAST_FIELD = 110
RUN, CANCEL = tr("&Find the cheapest"), tr("&Cancel")


class FinderForm(QWidget):
    """Tells what is asked for; defaults come from the loan and the rules until one is typed."""

    run_asked = Signal(object)
    """The Wishes."""
    cancel_asked = Signal()
    edited = Signal()

    def __init__(self, kept: Mapping[str, str]) -> None:
        super().__init__()
        self._touched: set[str] = set(kept)
        self._rules: HedgeRules | None = None
        self._busy = False
        self.fields = {entry.name: self._field(entry) for entry in ENTRIES}
        for name, text in kept.items():
            if name in self.fields:
                self.fields[name].setText(text)
        self.horizon = HorizonField()
        self.horizon.chosen.connect(lambda _day: self._edit("horizon"))
        self.use = UseChoice("finder.use")
        self.use.chosen.connect(lambda _use: self._edit("use"))
        self.collars = named(
            QCheckBox(tr("Allow c&ollars")), "finder.collars", tr("Whether calls may be sold too")
        )
        self.collars.setChecked(kept.get("collars") == "yes")
        self.collars.toggled.connect(lambda _on: self._edit("collars"))
        self.run = named(QPushButton(RUN), "finder.run", tr("Find it, or cancel the search"))
        theme.role(self.run, "primary")
        self.run.clicked.connect(lambda _on: self._pressed())
        self.progress = named(QProgressBar(), "finder.progress", tr("The search is under way"))
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.use_told = sentence("finder.use.meaning", tr("What becomes of the payoff"))
        self.collars_told = sentence("finder.collars.meaning", tr("What selling calls would mean"))
        self.horizon_told = sentence("finder.horizon.meaning", tr("Which expiries last that long"))
        self.remark = sentence(
            "finder.remark", tr("What is asked for, or what is wrong with a field")
        )
        for told in (self.use_told, self.collars_told, self.horizon_told, self.remark):
            told.setFont(theme.ui_font(9))
        self._expiries: tuple[date, ...] = ()
        self._today: date | None = None
        self._arrange()
        self.rest()

    def show_rules(self, rules: HedgeRules) -> None:
        """What the desk's rules say now, where nothing else was typed."""
        self._rules = rules
        self.use.show_use(rules.use)
        self._default("max_spread", level(rules.max_spread))
        self._default("min_open_interest", str(rules.min_open_interest))
        self._explain()

    def show_loan(self, call_ltv: Decimal, currency: str) -> None:
        """The usual limit, below the lender's call level, where no other was typed.

        `currency` is the options', in which the budget is.
        """
        self.fields["budget"].setPlaceholderText(tr("any, in {currency}").format(currency=currency))
        self._default("max_ltv", level(call_ltv - BELOW_CALL))
        self._default("max_fall", level(USUAL_FALL))
        self._explain()

    def show_expiries(self, expiries: tuple[date, ...], today: date) -> None:
        """Listed expiries; the one nearest to the usual days is the horizon until it is chosen."""
        self._expiries, self._today = expiries, today
        self.horizon.show_expiries(expiries, today)
        usual = nearest_expiry(expiries, today, USUAL_DAYS)
        if usual is not None and "horizon" not in self._touched:
            self.horizon.show_day(usual)
        self._explain()

    def put(self, name: str, value: Decimal) -> None:
        """Put a fraction into a field, as if it were typed, and ask for a search."""
        self.fields[name].setText(level(value))
        self._edit(name)
        self._pressed()

    def texts(self) -> dict[str, str]:
        """What was typed, to be kept."""
        kept = {name: self.fields[name].text() for name in self.fields if name in self._touched}
        return kept | {"collars": "yes" if self.collars.isChecked() else "no"}

    def begin(self) -> None:
        """A search is under way."""
        self._busy = True
        self.run.setText(CANCEL)
        self.progress.setVisible(True)

    def rest(self) -> None:
        """None is."""
        self._busy = False
        self.run.setText(RUN)
        self.progress.setVisible(False)
        self._explain()

    def wishes(self) -> Wishes | None:
        """All that is asked for; None while a field is not understood."""
        values, wrong = read_all({name: field.text() for name, field in self.fields.items()})
        if wrong:
            return None
        return Wishes(
            **values,  # type: ignore[arg-type]
            horizon=self.horizon.day(),
            collars=self.collars.isChecked(),
            use=self.use.use(),
        )

    def _pressed(self) -> None:
        if self._busy:
            self.cancel_asked.emit()
        elif (wishes := self.wishes()) is not None:
            self.run_asked.emit(wishes)

    def _entered(self) -> None:
        """Enter begins a search and never ends one."""
        if not self._busy:
            self._pressed()

    def _default(self, name: str, text: str) -> None:
        """Put a usual value into a field; one about to be typed into has it replaced by that."""
        field = self.fields[name]
        if name not in self._touched and field.text() != text:
            field.setText(text)
            if field.hasFocus():
                field.selectAll()

    def _edit(self, name: str) -> None:
        self._touched.add(name)
        self._explain()
        self.edited.emit()

    def _explain(self) -> None:
        """What is asked for, or what is wrong, and what the choices mean."""
        _values, wrong = read_all({name: field.text() for name, field in self.fields.items()})
        for entry in ENTRIES:
            field, why = self.fields[entry.name], wrong.get(entry.name, "")
            theme.role(field, "wrong" if why else "")
            field.setAccessibleDescription(why or entry.meaning)
        wishes = None if wrong else self.wishes()
        first = next(iter(wrong), "")
        told = wishes.words if wishes else f"{_plain(first)}: {wrong[first]}"
        say(self.remark, told, "muted" if wishes else "down")
        self.run.setEnabled(self._busy or wishes is not None)
        say(self.use_told, USES[self.use.use()][1])
        if self._rules is not None:
            allowed = self.collars.isChecked()
            say(self.collars_told, collars_sentence(self._rules, allowed=allowed))
        say(self.horizon_told, self._lasting())

    def _lasting(self) -> str:
        if self._today is None:
            return ""
        day = self.horizon.day()
        lasting = [expiry for expiry in self._expiries if expiry >= day]
        days = tr("{days} days").format(days=(day - self._today).days)
        if not lasting:
            return tr("{days}; no listed expiry lasts that long.").format(days=days)
        several = (
            tr("{count} listed expiries last").format(count=len(lasting))
            if len(lasting) > 1
            else tr("one expiry lasts")
        )
        return tr("{days}; {several} that long, the first {lasting}.").format(
            days=days, several=several, lasting=dated(lasting[0])
        )

    def _field(self, entry: Entry) -> QLineEdit:
        identifier = f"finder.{IDS.get(entry.name, entry.name)}"
        field = named(QLineEdit(), identifier, entry.meaning)
        field.setPlaceholderText(entry.example)
        field.setToolTip(entry.meaning)
        field.setMinimumWidth(LEAST_FIELD)
        field.textEdited.connect(lambda _text: self._edit(entry.name))
        field.returnPressed.connect(self._entered)
        return field

    def _arrange(self) -> None:
        labels = {entry.name: entry.label for entry in ENTRIES}
        rows: list[tuple[str, QWidget] | QWidget] = [
            *((labels[name], self.fields[name]) for name in ("max_ltv", "max_fall")),
            (tr("&Until"), self.horizon),
            self.horizon_told,
            (labels["budget"], self.fields["budget"]),
            (tr("&Payoff"), self.use),
            self.use_told,
            self.collars,
            self.collars_told,
            *((labels[name], self.fields[name]) for name in ("max_spread", "min_open_interest")),
            self.remark,
            self.run,
            self.progress,
        ]
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 8, 10, 8)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for place, row in enumerate(rows):
            if isinstance(row, tuple):
                caption = QLabel(row[0])
                caption.setBuddy(row[1])
                grid.addWidget(caption, place, 0)
                grid.addWidget(row[1], place, 1)
            else:
                grid.addWidget(row, place, 0, 1, 2)
        grid.setRowStretch(len(rows), 1)
        grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        order = [row[1] if isinstance(row, tuple) else row for row in rows]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)


def _plain(name: str) -> str:
    """The label of a field without its mnemonic."""
    return next(entry.label for entry in ENTRIES if entry.name == name).replace("&", "")
