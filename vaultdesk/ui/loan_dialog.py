"""The loan's terms, typed by a human: refused at the field until they are sound."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.core.loan.terms import LoanTerms
from vaultdesk.core.market import Quote
from vaultdesk.ui import theme
from vaultdesk.ui.format import units
from vaultdesk.ui.loan_form import FIELDS, Entry, Proposal, echo, judge, level, preview
from vaultdesk.ui.loan_versions import LoanVersions
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import sentence

WIDTH = 720


class LoanDialog(QDialog):
    """Edits a loan's terms without blocking the desk: call `open()`."""

    saved = Signal(object)
    """The Proposal to keep."""

    undo_requested = Signal()
    """The version before the newest is wanted back; the dialog closed."""

    def __init__(
        self,
        terms: LoanTerms | None,
        *,
        symbol: str = "GLD",
        currency: str = "USD",
        quote: Quote | None = None,
        versions: tuple[LoanTerms, ...] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "loan.dialog", "The loan's terms")
        self.setWindowTitle("Loan" if terms else "Set up the loan")
        self._quote, self._now = quote, now
        self._proposal: Proposal | None = None
        self._touched: set[str] = {entry.name for entry in FIELDS} if terms else set()
        self.fields: dict[str, QLineEdit] = {}
        self.remarks: dict[str, QLabel] = {}
        self.problem = sentence("loan.dialog.problem", "What is wrong with the terms", "down")
        self.preview = sentence("loan.dialog.preview", "What these terms mean today", "note")
        self._build(versions)
        self._fill(terms, symbol, currency)
        self._judge()
        first = "units" if terms is None else "amount"
        self.fields[first].setFocus()

    def set_quote(self, quote: Quote) -> None:
        """Preview at this price from now on."""
        self._quote = quote
        self._judge()

    def _build(self, versions: tuple[LoanTerms, ...]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addLayout(self._form())
        self.preview.setMinimumHeight(3 * self.fontMetrics().lineSpacing() + 8)
        column.addWidget(self.preview)
        if versions:
            history = LoanVersions(versions)
            history.undo.clicked.connect(self._undo)
            column.addWidget(history)
        column.addLayout(self._ending())
        self.setFixedWidth(WIDTH)

    def _form(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(1, 200)
        grid.setColumnStretch(2, 1)
        for row, entry in enumerate(FIELDS):
            grid.setRowMinimumHeight(row, 2 * self.fontMetrics().lineSpacing() + 4)
            self._add_field(grid, row, entry)
        return grid

    def _add_field(self, grid: QGridLayout, row: int, entry: Entry) -> None:
        """Label, field, and beside it what was read or what is wrong: the form never jumps."""
        identifier = f"loan.dialog.{entry.name}"
        field = named(QLineEdit(), identifier, entry.meaning)
        field.setPlaceholderText(entry.example)
        field.textEdited.connect(lambda: self._edited(entry.name))
        field.editingFinished.connect(lambda: self._edited(entry.name))
        label = QLabel(entry.label)
        label.setBuddy(field)
        remark = sentence(f"{identifier}.remark", "The value as read, or what is wrong")
        for place, widget in enumerate((label, field, remark)):
            grid.addWidget(widget, row, place)
        self.fields[entry.name], self.remarks[entry.name] = field, remark

    def _ending(self) -> QHBoxLayout:
        """What is wrong, beside the buttons that wait for it."""
        self.save = named(QPushButton("&Save"), "loan.dialog.save", "Keep these terms")
        theme.role(self.save, "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        cancel = named(QPushButton("Cancel"), "loan.dialog.cancel", "Change nothing")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.problem, 1)
        row.addWidget(self.save)
        row.addWidget(cancel)
        return row

    def _fill(self, terms: LoanTerms | None, symbol: str, currency: str) -> None:
        shown = {"symbol": symbol, "currency": currency}
        if terms is not None:
            shown = {
                "symbol": terms.symbol,
                "units": units(terms.units),
                "amount": units(terms.amount),
                "currency": terms.currency,
                "call_ltv": level(terms.call_ltv),
                "closeout_ltv": level(terms.closeout_ltv),
            }
        for name, text in shown.items():
            self.fields[name].setText(text)

    def _edited(self, name: str) -> None:
        if self.fields[name].text():
            self._touched.add(name)
        self._judge()

    def _judge(self) -> None:
        typed = {name: field.text() for name, field in self.fields.items()}
        self._proposal, wrong = judge(typed, self._quote)
        told = {name: words for name, words in wrong.items() if name in self._touched}
        for entry in FIELDS:
            self._remark(entry, told.get(entry.name, ""))
        self.problem.setText(next(iter(told.values()), ""))
        self.preview.setText(preview(self._proposal, self._quote, self._now()))
        self.save.setEnabled(self._proposal is not None)

    def _remark(self, entry: Entry, wrong: str) -> None:
        field, remark = self.fields[entry.name], self.remarks[entry.name]
        theme.role(field, "wrong" if wrong else "")
        field.setAccessibleDescription(wrong or entry.meaning)
        theme.role(remark, "down" if wrong else "muted")
        remark.setText(wrong or echo(entry, field.text()))

    def _save(self) -> None:
        if self._proposal is not None:
            self.accept()
            self.saved.emit(self._proposal)

    def _undo(self) -> None:
        self.reject()
        self.undo_requested.emit()
