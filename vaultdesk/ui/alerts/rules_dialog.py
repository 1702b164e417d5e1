"""The rules of the alerts: what is watched, switched on or off, added, removed and brought back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.alerts.quiet_fields import QuietFields
from vaultdesk.ui.alerts.rule_editor import RuleEditor
from vaultdesk.ui.alerts.rule_form import Typed, blank, free_name, judge, restored, summary, typed
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import say, sentence
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from vaultdesk.core.alerts import Rule
    from vaultdesk.ui.alerts.quiet_fields import Quiet

    Keep = Callable[["Edits"], Awaitable[None]]

SIZE, LIST_WIDTH = QSize(860, 580), 300
ROW_HEIGHT = 28
UNSOUND = tr("▲ {} is not complete")


@dataclass(frozen=True, slots=True)
class Edits:
    """What is to be kept: rules that are new or changed, names of those removed, quiet hours."""

    saved: tuple[Rule, ...] = ()
    removed: tuple[str, ...] = ()
    quiet: dict[str, str] = field(default_factory=dict)


class RulesDialog(QDialog):
    """Edits a copy of the rules; `keep` takes what changed when Save is pressed.

    `keep` raises KnownError, and the dialog stays open. `defaults` are the rules that a new desk
    would have.
    """

    saved = Signal()

    def __init__(
        self,
        rules: Sequence[Rule],
        defaults: Sequence[Rule],
        quiet: Quiet,
        keep: Keep,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "rules.dialog", tr("The rules of the alerts"))
        self.setWindowTitle(tr("Alert rules"))
        self._before = {rule.id: rule for rule in rules}
        self._defaults, self._keep = tuple(defaults), keep
        self.forms: list[Typed] = [typed(rule) for rule in rules]
        self._undone: list[Typed] | None = None
        self.errands = Errands(lambda told: say(self.problem, told, role="down"))
        self.list = named(QListWidget(), "rules.list", tr("The rules; ticked ones are in force"))
        self.list.setFixedWidth(LIST_WIDTH)
        self.editor = RuleEditor()
        self.quiet = QuietFields(quiet)
        self.problem = sentence("rules.problem", tr("What is wrong, or what was removed"))
        self._arrange()
        self._connect()
        self._refill(0)
        self.resize(SIZE)

    def rules(self) -> tuple[list[Rule | None], list[dict[str, str]]]:
        """Each form as a rule, None where it is not sound, and what is wrong with each."""
        found: list[Rule | None] = []
        wrongs: list[dict[str, str]] = []
        for place, form in enumerate(self.forms):
            others = {other.id for at, other in enumerate(self.forms) if at != place}
            rule, wrong = judge(form, others)
            found.append(rule)
            wrongs.append(wrong)
        return found, wrongs

    def edits(self) -> Edits:
        """What changed, of the sound rules."""
        sound = [rule for rule in self.rules()[0] if rule is not None]
        names = {form.id for form in self.forms}
        return Edits(
            tuple(rule for rule in sound if self._before.get(rule.id) != rule),
            tuple(name for name in self._before if name not in names),
            self.quiet.change(),
        )

    def done(self, result: int) -> None:
        """Nothing goes on behind a closed dialog."""
        self.errands.cancel()
        super().done(result)

    def _arrange(self) -> None:
        buttons = QGridLayout()
        self._buttons = {}
        for place, (name, text, meaning) in enumerate(
            (
                ("add", tr("&Add"), tr("A new rule")),
                ("duplicate", tr("D&uplicate"), tr("A new rule like the chosen one")),
                ("remove", tr("&Remove"), tr("Watch this line no more; its history stays")),
                (
                    "defaults",
                    tr("Restore de&faults"),
                    tr("The default rules as they were; others stay"),
                ),
            )
        ):
            button = named(QPushButton(text), f"rules.{name}", meaning)
            button.setToolTip(meaning)
            button.setAutoDefault(False)
            buttons.addWidget(button, place // 2, place % 2)
            self._buttons[name] = button
        left, right, row = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        left.addWidget(self.list, 1)
        left.addLayout(buttons)
        right.addWidget(self.editor, 1)
        right.addWidget(self.quiet)
        row.setSpacing(20)
        row.addLayout(left)
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addLayout(row, 1)
        column.addLayout(self._ending())

    def _ending(self) -> QHBoxLayout:
        self.save = named(
            QPushButton(tr("&Save")), "rules.save", tr("Go by these rules from now on")
        )
        theme.role(self.save, "primary")
        self.save.setDefault(True)
        cancel = named(QPushButton(tr("Cancel")), "rules.cancel", tr("Change nothing"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.undo = named(
            QPushButton(tr("U&ndo")), "rules.undo", tr("Bring back what was there before")
        )
        self.undo.setAutoDefault(False)
        self.undo.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.problem, 1)
        for button in (self.undo, self.save, cancel):
            row.addWidget(button)
        return row

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._choose)
        self.list.itemChanged.connect(self._ticked)
        self.editor.edited.connect(self._edited)
        self.quiet.changed.connect(self._judge)
        self._buttons["add"].clicked.connect(lambda _on: self._add(blank(self._names())))
        self._buttons["duplicate"].clicked.connect(lambda _on: self._duplicate())
        self._buttons["remove"].clicked.connect(lambda _on: self._remove())
        self._buttons["defaults"].clicked.connect(lambda _on: self._restore())
        self.undo.clicked.connect(lambda _on: self._undo())
        self.save.clicked.connect(lambda _on: self.errands.begin(self._save()))

    def _names(self) -> list[str]:
        """Those in the list and those that were: a removed rule's history keeps its name."""
        return [*self._before, *(form.id for form in self.forms)]

    def _add(self, form: Typed) -> None:
        self.forms.append(form)
        self._refill(len(self.forms) - 1)
        self.editor.fields["threshold"].setFocus()
        self.editor.fields["threshold"].selectAll()

    def _duplicate(self) -> None:
        form = self.forms[self.list.currentRow()]
        self._add(replace(form, id=free_name(form.id, self._names()), is_new=True))

    def _remove(self) -> None:
        place = self.list.currentRow()
        self._undone = list(self.forms)
        gone = self.forms.pop(place)
        self._refill(min(place, len(self.forms) - 1))
        self._offer_undo(tr("{id} is removed when you save.").format(id=gone.id))

    def _restore(self) -> None:
        self._undone = list(self.forms)
        self.forms = restored(self.forms, self._defaults)
        self._refill(0)
        self._offer_undo(tr("The default rules are as they were."))

    def _offer_undo(self, told: str) -> None:
        say(self.problem, told, role="muted")
        self.undo.show()

    def _undo(self) -> None:
        if self._undone is not None:
            self.forms, self._undone = self._undone, None
            self._refill(self.list.currentRow())
        self.undo.hide()

    def _refill(self, place: int) -> None:
        """Show the list anew, with this row chosen."""
        with QSignalBlocker(self.list):
            self.list.clear()
            for _form in self.forms:
                item = QListWidgetItem()
                item.setSizeHint(QSize(0, ROW_HEIGHT))
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                self.list.addItem(item)
            self.list.setCurrentRow(max(place, 0) if self.forms else -1)
        self._choose(self.list.currentRow())

    def _choose(self, place: int) -> None:
        self.editor.show_form(self.forms[place] if 0 <= place < len(self.forms) else None)
        self._judge()

    def _ticked(self, item: QListWidgetItem) -> None:
        place = self.list.row(item)
        on = item.checkState() is Qt.CheckState.Checked
        if self.forms[place].enabled is not on:
            self.forms[place] = replace(self.forms[place], enabled=on)
            if place == self.list.currentRow():
                self.editor.show_form(self.forms[place])
            self._judge()

    def _edited(self, form: Typed) -> None:
        self.forms[self.list.currentRow()] = form
        self._undone = None
        self.undo.hide()
        self._judge()

    def _judge(self) -> None:
        """Say everywhere what the forms are worth now."""
        rules, wrongs = self.rules()
        with QSignalBlocker(self.list):
            for place, (form, rule) in enumerate(zip(self.forms, rules, strict=True)):
                item = self.list.item(place)
                item.setText(summary(rule) if rule else UNSOUND.format(form.id or tr("A rule")))
                ticked = Qt.CheckState.Checked if form.enabled else Qt.CheckState.Unchecked
                item.setCheckState(ticked)
        chosen = self.list.currentRow()
        known = 0 <= chosen < len(rules)
        self.editor.tell(rules[chosen] if known else None, wrongs[chosen] if known else {})
        unsound = next(
            (form.id for form, rule in zip(self.forms, rules, strict=True) if not rule), None
        )
        told = self.quiet.problem() or ("" if unsound is None else UNSOUND.format(unsound) + ".")
        say(self.problem, told, role="down")
        self.save.setEnabled(not told and self.edits() != Edits())
        for name in ("duplicate", "remove"):
            self._buttons[name].setEnabled(known)

    async def _save(self) -> None:
        self.save.setEnabled(False)
        try:
            await self._keep(self.edits())
        finally:
            self.save.setEnabled(True)
        self.accept()
        self.saved.emit()
