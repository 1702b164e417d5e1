"""What if the lender advances less: the ratios before and after, to keep or only to know."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.core.loan.terms import Facility, TermsError, with_advance
from vaultdesk.core.loan.vocabulary import Asset
from vaultdesk.ui import reading, theme
from vaultdesk.ui.field_grid import FieldGrid
from vaultdesk.ui.format import MISSING, money, percent
from vaultdesk.ui.loan.fields import Entry, choice, level, moment
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label, say, sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from vaultdesk.core.loan.state import LoanState

CUT = Decimal("0.10")
"""How much lower the rate is that is offered: from 70 to 60 %, as such notices read."""
ROWS = ("ltv", "utilisation", "lending_value", "headroom")
NAMES = ("LTV", tr("Utilisation"), tr("Lending value"), tr("Headroom"))
SHORT = tr("Headroom would be short by {short}: repay that much, or pledge more.")
WIDTH = 620


class AdvanceDialog(QDialog):
    """Compares; call `open()`. Nothing changes unless the version is saved."""

    saved = Signal(object)
    """The Facility to keep as a version."""

    def __init__(
        self,
        terms: Facility,
        value: Callable[[Facility], LoanState],
        now: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        """`value` values terms at the newest prices, or raises `Unvalued`."""
        super().__init__(parent)
        named(self, "loan.advance.dialog", tr("The ratios before and after another advance rate"))
        self.setWindowTitle(tr("The lender changes an advance rate"))
        self._terms, self._value, self._now = terms, value, now
        self._changed: Facility | None = None
        self._typed: dict[str, str] = {}
        self.form = FieldGrid("loan.advance", _entries(terms))
        self.form.edited.connect(self._edited)
        self.problem = sentence("loan.advance.problem", tr("What is wrong, or what it would take"))
        self._cells = {name: self._figures(name) for name in ROWS}
        self._build()
        self._offer(next(iter(_pledged(terms))))
        self._judge()

    def _edited(self, name: str, text: str) -> None:
        if self._typed[name] == text:
            return
        self._typed[name] = text
        if name == "asset":
            self._offer(Asset(text))
        self._judge()

    def _offer(self, asset: Asset) -> None:
        """The class with a rate ten points below the highest it has."""
        rate = max(lot.advance_rate for lot in self._terms.lots if lot.asset is asset)
        lower = level(max(rate - CUT, Decimal(0)))
        self._typed = {"asset": str(asset), "rate": lower, "from": self._typed.get("from", "")}
        self.form.show_texts(self._typed)

    def _judge(self) -> None:
        self._changed, wrong = proposed(self._terms, self._typed, self._now())
        self.form.tell(wrong)
        self.save.setEnabled(self._changed is not None)
        before, after, why = self._compared()
        for name, (left, right) in self._cells.items():
            say(left, _figure(before, name))
            say(right, _figure(after, name), role=_tone(after, name))
        if after is not None and after.headroom < 0:
            short = money(-after.headroom, after.terms.currency)
            say(self.problem, SHORT.format(short=short), role="down")
        else:
            say(self.problem, why, role="muted")

    def _compared(self) -> tuple[LoanState | None, LoanState | None, str]:
        """Both valued, the second only where it is sound, and why they cannot be."""
        try:
            after = self._value(self._changed) if self._changed else None
            return self._value(self._terms), after, ""
        except Unvalued as problem:
            return None, None, str(problem)

    def _figures(self, name: str) -> tuple[Any, Any]:
        before = label(
            f"loan.advance.{name}.before",
            tr("{name} by the terms in force").format(name=name),
            "muted",
        )
        after = label(
            f"loan.advance.{name}.after", tr("{name} by the rate typed").format(name=name)
        )
        for figure in (before, after):
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
        return before, after

    def _build(self) -> None:
        table = QGridLayout()
        table.setHorizontalSpacing(28)
        for column, heading in enumerate(("", tr("in force"), "changed")):
            cell = label(role="muted")
            cell.setText(heading)
            table.addWidget(cell, 0, column, Qt.AlignmentFlag.AlignRight)
        for row, (name, word) in enumerate(zip(ROWS, NAMES, strict=True), 1):
            caption = label()
            caption.setText(word)
            table.addWidget(caption, row, 0)
            table.addWidget(self._cells[name][0], row, 1)
            table.addWidget(self._cells[name][1], row, 2)
        table.setColumnStretch(3, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 20, 16)
        outer.setSpacing(12)
        outer.addWidget(self.form)
        outer.addLayout(table)
        outer.addWidget(self.problem)
        outer.addLayout(self._ending())
        self.setFixedWidth(WIDTH)

    def _ending(self) -> QHBoxLayout:
        self.save = named(
            QPushButton(tr("&Save as new terms")),
            "loan.advance.save",
            tr("Keep it as a dated version"),
        )
        theme.role(self.save, "primary")
        self.save.clicked.connect(self._save)
        close = named(
            QPushButton(tr("Close")),
            "loan.advance.close",
            tr("Leave it a scenario: nothing changes"),
        )
        close.setDefault(True)
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.save)
        row.addWidget(close)
        return row

    def _save(self) -> None:
        if self._changed is not None:
            self.accept()
            self.saved.emit(self._changed)


def proposed(
    terms: Facility, typed: dict[str, str], now: datetime
) -> tuple[Facility | None, dict[str, str]]:
    """The version typed ("asset", "rate", "from"), and what is wrong by field."""
    wrong: dict[str, str] = {}
    rate, starts = Decimal(0), None
    try:
        rate = reading.level(typed["rate"])
    except reading.Unreadable as fault:
        wrong["rate"] = str(fault)
    try:
        local = moment(typed["from"])
        starts = local and local.replace(tzinfo=ZoneInfo(terms.cure.zone))
    except reading.Unreadable as fault:
        wrong["from"] = str(fault)
    if starts is not None and starts <= now:
        wrong["from"] = tr("Terms hold from a later time, or from now: leave it empty.")
    try:
        changed = with_advance(terms, Asset(typed["asset"]), rate, now)
    except TermsError as error:
        wrong["rate"] = str(error)
    if wrong:
        return None, wrong
    return replace(changed, effective=starts, who=""), {}


def _pledged(terms: Facility) -> tuple[Asset, ...]:
    """The classes that are pledged, in the order of the lots."""
    return tuple(dict.fromkeys(lot.asset for lot in terms.lots))


def _entries(terms: Facility) -> tuple[Entry, ...]:
    classes = ((str(asset), asset) for asset in _pledged(terms))
    return (
        choice("asset", tr("&Class"), tr("The class of assets it concerns"), *classes),
        Entry("rate", tr("New &rate"), "60 %", tr("What the lender advances from then on"),
              reading.level, level, echoes=True),
        Entry("from", tr("&From"), tr("now, or 2026-12-01"),
              tr("When it comes into force, in the lender's time; empty for now"), moment),
    )  # fmt: skip


def _figure(state: LoanState | None, name: str) -> str:
    if state is None:
        return MISSING
    value: Decimal | None = getattr(state, name)
    ratio = name in ("ltv", "utilisation")
    return percent(value) if ratio else money(value, state.terms.currency)


def _tone(state: LoanState | None, name: str) -> str:
    if state is None:
        return ""
    over = state.utilisation is not None and state.utilisation > 1
    short = (name == "utilisation" and over) or (name == "headroom" and state.headroom < 0)
    return "down" if short else ""
