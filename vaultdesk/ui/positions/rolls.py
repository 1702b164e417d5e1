"""Proposals to roll: what they cost, how long they protect, what lies between two orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vaultdesk.core.positions.difference import key_of
from vaultdesk.ui.format import MISSING, dated, how_many, number, percent, signed
from vaultdesk.ui.orders.words import contract, net
from vaultdesk.ui.panel import named
from vaultdesk.ui.positions.said import tell
from vaultdesk.ui.readout import label, say, sentence
from vaultdesk.ui.tables.keyed_table import KeyedTable
from vaultdesk.ui.tables.model import Column
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from decimal import Decimal

    from vaultdesk.core.positions.roll import RollProposal

LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
MOST_ROWS = 8
"""More proposals than these are scrolled to."""
NO_BID = tr("Nobody bids for what is held, so there is no natural price.")
NO_CALL = tr("No fall of gold brings about a margin call, or nothing is left to lend on.")


def key(proposal: RollProposal) -> Hashable:
    """What tells a proposal from all others."""
    return key_of(proposal.held), proposal.far.expiry, proposal.far.strike


def _points(value: Decimal | None) -> str:
    return MISSING if value is None else signed(100 * value, 2)


def _of(
    field: str, heading: str, unit: str, text: Callable[[RollProposal], str], sample: str,
    rank: int, meaning: str, align: Qt.AlignmentFlag = RIGHT,
    hint: Callable[[RollProposal], str] | None = None,
) -> Column[RollProposal]:  # fmt: skip
    return Column(
        field, heading, unit, text, sample=sample, rank=rank, meaning=meaning, align=align,
        hint=hint or (lambda roll: roll.sentence),
    )  # fmt: skip


def _no_bid(roll: RollProposal) -> str:
    return NO_BID if roll.natural is None else roll.sentence


def _no_call(roll: RollProposal) -> str:
    return NO_CALL if roll.gap is None else roll.sentence


COLUMNS: tuple[Column[RollProposal], ...] = (
    Column("near", tr("Sell"), "", lambda r: contract(r.held.instrument),
           sample="GLD 350 put 2026-08",
           align=LEFT, prose=True, rank=1, hint=lambda r: r.sentence,
           meaning=tr("What is held now")),
    _of("until", tr("New expiry"), "", lambda r: dated(r.until), "0000-00-00", 0,
        tr("The last day of what is bought"), LEFT),
    _of("strike", tr("Strike"), "$", lambda r: number(r.far.strike), "000.00", 0,
        tr("Of what is bought")),
    _of("cost", tr("Natural"), "$", lambda r: signed(r.cost_natural, 0), "-00,000", 0,
        tr("Cost at ask and bid with commission; negative is received"), RIGHT, _no_bid),
    _of("cost_mid", tr("Mid"), "$", lambda r: signed(r.cost_mid, 0), "-00,000", 1,
        tr("Cost half-way between bid and ask with commission")),
    _of("gap", tr("Gap"), tr("LTV pts"), lambda r: _points(r.gap), "+00.00", 1,
        tr("How much higher the LTV at the margin call is between two single orders"), RIGHT,
        _no_call),
    _of("after", tr("After"), tr("LTV at call"), lambda r: percent(r.at_call_after, 2), "00.00 %",
        2,
        tr("The hedged LTV at the margin call afterwards"), RIGHT, _no_call),
    _of("why", tr("Chosen by"), "", lambda r: ", ".join(r.why), tr("same moneyness"), 3,
        tr("Why this one is proposed"), LEFT),
    _of("contracts", tr("Ctr"), "", lambda r: how_many(r.contracts), "000", 4,
        tr("Contracts of each")),
    _of("price", tr("Limit"), tr("a share"), lambda r: MISSING if r.mid is None else net(r.mid),
        "receive 00.00", 5, tr("Net price per share at mid: where the order begins"), LEFT),
    _of("before", tr("Before"), tr("LTV at call"), lambda r: percent(r.at_call_before, 2),
        "00.00 %", 6,
        tr("The hedged LTV at the margin call as it is"), RIGHT, _no_call),
)  # fmt: skip


class RollView(QWidget):
    """Shows proposals and tells which one is to be put on the desk."""

    ordered = Signal(object)
    """The RollProposal."""

    def __init__(self) -> None:
        super().__init__()
        self.title = label("positions.roll.title", tr("What the table below is"), "section")
        say(self.title, tr("Roll proposals"))
        self.table: KeyedTable[RollProposal] = KeyedTable(
            "positions.roll", tr("Later puts in the place of those that end soon"), COLUMNS, key
        )
        self.table.setAccessibleName(tr("Roll proposals"))
        self.table.setSelectionMode(KeyedTable.SelectionMode.SingleSelection)
        self.empty = sentence("positions.roll.empty", tr("Why nothing is proposed"))
        self.sentence = sentence("positions.roll.sentence", tr("The selected proposal in words"))
        self.order = named(
            QPushButton(tr("Put &roll on the order desk")), "positions.roll.order",
            tr("Make one order of both legs and put it on the order desk"),
        )  # fmt: skip
        self.order.setToolTip(self.order.accessibleDescription())
        self.order.clicked.connect(lambda _checked: self._order())
        self.table.add(
            tr("Put on the &order desk"), self._order, Qt.Key.Key_Return, Qt.Key.Key_Enter
        )
        self.table.doubleClicked.connect(lambda _index: self._order())
        self.table.picked.connect(self._show_picked)
        self._arrange()
        self.show_rolls((), "")

    def show_rolls(self, rolls: Sequence[RollProposal], why: str) -> None:
        """Show these; `why` there are none."""
        self.table.show_keyed(rolls)
        self.table.setVisible(bool(rolls))
        self.order.setVisible(bool(rolls))
        tell(self.empty, "" if rolls else why)
        self._fit()
        self._show_picked()

    def recolour(self) -> None:
        """The table paints itself."""
        self.table.recolour()
        self._fit()

    def _order(self) -> None:
        picked = self.table.selected()
        if picked:
            self.ordered.emit(picked[0])

    def _show_picked(self) -> None:
        picked = self.table.selected()
        self.order.setEnabled(bool(picked))
        tell(self.sentence, picked[0].sentence if picked else "")

    def _fit(self) -> None:
        """As high as its rows, up to so many."""
        self.table.setFixedHeight(self.table.height_of(min(len(self.table.rows), MOST_ROWS)) + 4)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.order)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 8)
        column.setSpacing(5)
        for part in (self.title, self.empty, self.table, self.sentence):
            column.addWidget(part)
        column.addLayout(buttons)
