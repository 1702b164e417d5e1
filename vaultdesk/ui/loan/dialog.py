"""The loan's terms, typed by a human: refused at the field until they are sound."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.ui import theme
from vaultdesk.ui.field_grid import FieldGrid
from vaultdesk.ui.loan.fields import LENDER
from vaultdesk.ui.loan.fields import SIMPLE as SIMPLE_FIELDS
from vaultdesk.ui.loan.form import (
    SIMPLE,
    Proposal,
    blank_sheet,
    judge,
    preview,
    sheet_of,
    valued_at,
)
from vaultdesk.ui.loan.row_page import RowPage
from vaultdesk.ui.loan.versions import LoanVersions
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import sentence
from vaultdesk.ui.scrolled import Scrolled
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.market import Quote
    from vaultdesk.ui.loan.form import Texts, Value

WIDTH = 840
TABLES = (("lots", tr("Pledged"), "lot"), ("tranches", tr("Loans"), "loan"),
          ("reserves", tr("Reserves"), "reserve"))  # fmt: skip
"""Part of the sheet, title of its page, and what one row is called."""
LENDER_IDS = {entry.name: entry.name.replace("cure.", "cure_") for entry in LENDER}
LENDER_IDS["currency"] = "sum_currency"
FAULT = " !"
"""Stands after the title of a page on which something is wrong."""


class LoanDialog(QDialog):
    """Edits a loan's terms without blocking the desk: call `open()`."""

    saved = Signal(object)
    """The Proposal to keep."""

    undo_requested = Signal()
    """The version before the newest is wanted back; the dialog closed."""

    def __init__(
        self,
        terms: Facility | None,
        *,
        symbol: str = "GLD",
        currency: str = "USD",
        quote: Quote | None = None,
        versions: tuple[Facility, ...] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        preview: Value | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`preview` values terms at all prices known; without it `quote` alone does."""
        super().__init__(parent)
        named(self, "loan.dialog", tr("The loan's terms"))
        self.setWindowTitle(tr("Loan") if terms else tr("Set up the loan"))
        self._quote, self._now, self._value = quote, now, preview
        self._proposal: Proposal | None = None
        self._sheet = sheet_of(terms) if terms else blank_sheet(symbol, currency)
        self._sheet.lender["effective"] = ""
        self._touched = {*SIMPLE.values(), "lots", "tranches", "reserves"} if terms else set()
        self.problem = sentence("loan.dialog.problem", tr("What is wrong with the terms"), "down")
        self.preview = sentence("loan.dialog.preview", tr("What these terms mean today"), "note")
        self._more = sentence("loan.dialog.more", tr("What the facility has beyond these fields"))
        self._build_pages(versions)
        self._build()
        self._show()
        self._judge()
        self.resize(WIDTH, min(self.sizeHint().height(), self.screen().availableSize().height()))
        self.fields["units" if terms is None else "amount"].setFocus()

    def set_quote(self, quote: Quote) -> None:
        """There is a new price: preview at it from now on."""
        self._quote = quote
        self._judge()

    def _build_pages(self, versions: tuple[Facility, ...]) -> None:
        self.pages = named(
            QTabWidget(), "loan.dialog.pages", tr("The simple loan, and all its terms")
        )
        self.pages.setStyleSheet("QTabWidget::pane { border: none; }")
        for place, button in enumerate(self.pages.tabBar().findChildren(QToolButton)):
            named(
                button, f"loan.dialog.pages.scroll{place}", tr("Scroll to the pages out of sight")
            )
        self.simple = FieldGrid("loan.dialog", SIMPLE_FIELDS)
        self.simple.edited.connect(self._edited_simple)
        fields = self.simple.fields.items()
        self.fields = {name: field for name, field in fields if isinstance(field, QLineEdit)}
        self.remarks = self.simple.remarks
        first = self._add_page(tr("Loan"), self.simple, self._more)
        if versions:
            history = LoanVersions(versions, self._now())
            history.undo.clicked.connect(self._undo)
            first.addWidget(history)
        self.tables: dict[str, RowPage] = {}
        for part, title, word in TABLES:
            rows, area = self._sheet.rows(part), f"loan.dialog.{word}"
            page = RowPage(part, area, rows, lambda: self._sheet.lender["currency"])
            page.changed.connect(self._edited)
            self.pages.addTab(Scrolled(page), title)
            self.tables[part] = page
        self.lender = FieldGrid("loan.dialog.lender", LENDER[2:], LENDER_IDS)
        self.lender.edited.connect(self._edited_lender)
        self._add_page(tr("Lender"), self.lender)

    def _add_page(self, title: str, *parts: QWidget) -> QVBoxLayout:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 10, 0, 0)
        for part in parts:
            column.addWidget(part)
        self.pages.addTab(Scrolled(page), title)
        return column

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 16)
        column.setSpacing(10)
        column.addWidget(self.pages, 1)
        self.preview.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 22)
        column.addWidget(self.preview)
        column.addLayout(self._ending())
        self.setFixedWidth(WIDTH)

    def _ending(self) -> QHBoxLayout:
        """What is wrong, beside the buttons that wait for it."""
        self.save = named(QPushButton(tr("&Save")), "loan.dialog.save", tr("Keep these terms"))
        theme.role(self.save, "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        cancel = named(QPushButton(tr("Cancel")), "loan.dialog.cancel", tr("Change nothing"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.problem, 1)
        row.addWidget(self.save)
        row.addWidget(cancel)
        return row

    def _show(self) -> None:
        """The simple page repeats what the others say of the first lot and the first loan."""
        sheet = self._sheet
        shown: Texts = {}
        for name, field in SIMPLE.items():
            part, _, rest = field.partition(".")
            there = not rest or bool(sheet.rows(part))
            texts, key = sheet.place(field) if there else ({}, "")
            shown[name] = texts.get(key, "")
            listed = name != "symbol" or (there and texts["asset"] in ("fund", "cash"))
            self.simple.allow(name, usable=there and listed)
        self.simple.show_texts(shown)
        self.lender.show_texts(sheet.lender)
        beyond = [
            _others(part, len(rows) - 1)
            for part, _, _word in TABLES[:2]
            if len(rows := sheet.rows(part)) > 1
        ]
        told = tr("And {rows}: see the other pages.").format(rows=tr(" and ").join(beyond))
        self._more.setText(told if beyond else "")
        self._more.setVisible(bool(beyond))

    def _edited_simple(self, name: str, text: str) -> None:
        field = SIMPLE[name]
        texts, key = self._sheet.place(field)
        if name == "currency" and self._sheet.lender["currency"] == texts[key]:
            self._sheet.lender["currency"] = text
        texts[key] = text
        for page in self.tables.values():
            page.refresh()
        self._edited(field, filled=bool(text))

    def _edited_lender(self, name: str, text: str) -> None:
        self._sheet.lender[name] = text
        self._edited(name)

    def _edited(self, field: str, *, filled: bool = True) -> None:
        if filled:
            self._touched.add(field)
        self._show()
        self._judge()

    def _judge(self) -> None:
        value = self._value or valued_at(self._quote, self._now())
        self._proposal, wrong = judge(self._sheet, self._now(), value)
        told = {field: why for field, why in wrong.items() if self._is_told(field)}
        self.simple.tell({name: told[field] for name, field in SIMPLE.items() if field in told})
        self.lender.tell(told)
        for page in self.tables.values():
            page.tell(told)
        self._mark(told)
        self.problem.setText(next(iter(told.values()), ""))
        self.preview.setText(preview(self._proposal, value, self._now()))
        self.save.setEnabled(self._proposal is not None)

    def _is_told(self, field: str) -> bool:
        part = field.partition(".")[0]
        return bool({field, part} & self._touched) or field in LENDER_IDS.keys() - SIMPLE.values()

    def _mark(self, told: Mapping[str, str]) -> None:
        """Say which pages what is wrong is on."""
        owns: list[Callable[[str], bool]] = [
            lambda field: field in SIMPLE.values(),
            *(partial(_is_of, part) for part, _, _ in TABLES),
            lambda field: field in self.lender.entries,
        ]
        for page, own in enumerate(owns):
            title = self.pages.tabText(page).removesuffix(FAULT)
            self.pages.setTabText(page, title + FAULT * any(map(own, told)))

    def _save(self) -> None:
        if self._proposal is not None:
            self.accept()
            self.saved.emit(self._proposal)

    def _undo(self) -> None:
        self.reject()
        self.undo_requested.emit()


def _is_of(part: str, field: str) -> bool:
    return field.partition(".")[0] == part


def _others(part: str, n: int) -> str:
    """So many further rows of a table."""
    if part == "lots":
        return tr("{n} more lots", "{n} more lot", n).format(n=n)
    return tr("{n} more loans", "{n} more loan", n).format(n=n)
