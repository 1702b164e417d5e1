"""The form of one rule: its fields, what is wrong at each, and a sentence on what it does."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from vaultdesk.core.alerts import CHANNELS, Rule, Severity
from vaultdesk.ui import theme
from vaultdesk.ui.alerts.rule_form import KINDS, OFFERED, WAYS, Typed, preview, with_metric
from vaultdesk.ui.alerts.table import SEVERITIES
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import Sentence, say, sentence
from vaultdesk.ui.translation import tr

TEXTS = {
    "id": (tr("&Name"), tr("Short and lasting: it stands in the history")),
    "subject": (tr("S&ymbol"), tr("What the value is of")),
    "threshold": (tr("&Threshold"), tr("The value that is told")),
    "clear_band": (tr("Clear &band"), tr("How far it must come back before it can be told again")),
    "cooldown": (tr("&Cooldown"), tr("Minutes in which it is not told twice")),
    "escalate_after": (tr("&Escalate after"), tr("Minutes till it is told again; empty for never")),
}
MINUTES = ("cooldown", "escalate_after")
FIELD_WIDTH = 190


class RuleEditor(QWidget):
    """Tells `edited` with the form after each change; the dialog judges it and tells back."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._form: Typed | None = None
        self.fields: dict[str, QLineEdit] = {}
        self.remarks: dict[str, Sentence] = {}
        self.watch = _choice("rules.metric", tr("What is watched"), [kind.name for kind in OFFERED])
        self.direction = _choice(
            "rules.direction", tr("Rising or falling"), [tr("rises to"), tr("falls to")]
        )
        words = [f"{shape} {word}" for shape, word, _tone in SEVERITIES.values()]
        self.severity = _choice("rules.severity", tr("How grave a crossing is"), words)
        self.channels = {
            name: named(
                QCheckBox(WAYS[name]),
                f"rules.channel.{name}",
                tr("Send it by {name}").format(name=WAYS[name]),
            )
            for name in CHANNELS
        }
        self.preview = sentence("rules.preview", tr("What the rule does"), "note")
        self._arrange()
        self.watch.activated.connect(lambda _index: self._pick_metric())
        for combo in (self.direction, self.severity):
            combo.activated.connect(lambda _index: self._tell())
        for box in self.channels.values():
            box.clicked.connect(lambda _on: self._tell())

    def show_form(self, form: Typed | None) -> None:
        """Put another rule into the fields; None leaves nothing to edit."""
        self._form = form
        self.setEnabled(form is not None)
        if form is None:
            return
        kind = KINDS[form.metric]
        names = [offered.metric for offered in OFFERED]
        self.watch.setCurrentIndex(names.index(form.metric) if form.metric in names else -1)
        self.direction.setCurrentIndex(0 if form.rising else 1)
        self.severity.setCurrentIndex(list(Severity).index(form.severity))
        for name, field in self.fields.items():
            if field.text() != getattr(form, name):
                field.setText(getattr(form, name))
        self.fields["id"].setEnabled(form.is_new)
        self.fields["subject"].setEnabled(bool(kind.subject))
        self.fields["subject"].setPlaceholderText(kind.subject or tr("of the loan"))
        for name, box in self.channels.items():
            box.setChecked(name in form.channels)

    def tell(self, rule: Rule | None, wrong: dict[str, str]) -> None:
        """Say at each field what is wrong with it, and what the rule does if nothing is."""
        form = self._form
        if form is None:
            say(self.preview, tr("Choose a rule, or add one."))
            return
        for name, field in self.fields.items():
            told = wrong.get(name, "")
            theme.role(field, "wrong" if told else "")
            note = told or self._unit(name, form)
            say(self.remarks[name], note, role="down" if told else "muted")
        say(self.preview, preview(rule) if rule else tr("The rule is not complete yet."))

    def form(self) -> Typed | None:
        """The form as it stands in the fields."""
        if self._form is None:
            return None
        texts = {name: field.text() for name, field in self.fields.items()}
        return replace(
            self._form,
            id=texts["id"],
            subject=texts["subject"],
            threshold=texts["threshold"],
            clear_band=texts["clear_band"],
            cooldown=texts["cooldown"],
            escalate_after=texts["escalate_after"],
            rising=self.direction.currentIndex() == 0,
            severity=list(Severity)[self.severity.currentIndex()],
            channels=frozenset(name for name, box in self.channels.items() if box.isChecked()),
        )

    def _unit(self, name: str, form: Typed) -> str:
        kind = KINDS[form.metric]
        return {
            "id": "" if form.is_new else tr("stays: its history goes by it"),
            "threshold": kind.unit,
            "clear_band": tr("points of per cent") if kind.per_cent else kind.unit,
            "cooldown": tr("min"),
            "escalate_after": tr("min, empty for never"),
        }.get(name, "")

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        self._add_text(grid, "id")
        self._add(grid, tr("&Watch"), self.watch)
        self._add_text(grid, "subject")
        self._add(grid, tr("&Direction"), self.direction)
        for name in ("threshold", "clear_band", *MINUTES):
            self._add_text(grid, name)
        self._add(grid, tr("Se&verity"), self.severity)
        ways = QHBoxLayout()
        ways.setSpacing(14)
        for box in self.channels.values():
            ways.addWidget(box)
        ways.addStretch(1)
        grid.addWidget(QLabel(tr("Send to")), grid.rowCount(), 0)
        grid.addLayout(ways, grid.rowCount() - 1, 1, 1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(grid)
        column.addWidget(self.preview)
        column.addStretch(1)

    def _add_text(self, grid: QGridLayout, name: str) -> None:
        caption, meaning = TEXTS[name]
        field = named(QLineEdit(), f"rules.{name}", meaning)
        field.textEdited.connect(lambda _text: self._tell())
        remark = sentence(f"rules.{name}.remark", tr("Its unit, or what is wrong"))
        row = self._add(grid, caption, field)
        grid.addWidget(remark, row, 2, Qt.AlignmentFlag.AlignVCenter)
        self.fields[name], self.remarks[name] = field, remark

    def _add(self, grid: QGridLayout, caption: str, field: QWidget) -> int:
        row = grid.rowCount()
        label = QLabel(caption)
        label.setBuddy(field)
        field.setFixedWidth(FIELD_WIDTH)
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)
        return row

    def _pick_metric(self) -> None:
        form = self.form()
        chosen = OFFERED[self.watch.currentIndex()].metric
        if form is not None and chosen is not form.metric:
            self.show_form(with_metric(form, chosen))
            self._tell()

    def _tell(self) -> None:
        self._form = self.form()
        self.edited.emit(self._form)


def _choice(identifier: str, meaning: str, words: list[str]) -> QComboBox:
    made = named(QComboBox(), identifier, meaning)
    made.addItems(words)
    return made
