"""One declared setting as a row of a form: its editor, where its value comes from, its sentence."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from vaultdesk.settings import Origin, Setting, refusal
from vaultdesk.settings.declared import written
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import label, say, sentence
from vaultdesk.ui.settings.vault_lock import CAPTION_WIDTH, FIELD_WIDTH
from vaultdesk.ui.translation import tr

LAST_CHOSEN = tr("as last chosen in the window")


def heading(setting: Setting) -> str:
    """The setting's name in words, its unit in parentheses: "Poll interval (s)"."""
    name, unit = setting.name, ""
    for suffix, shown in (("_s", " (s)"), ("_days", " (days)")):
        if name.endswith(suffix) and not name.endswith("_per_s"):
            name, unit = name.removesuffix(suffix), shown
    return name.replace("_", " ").capitalize() + unit


def told_origin(setting: Setting, origin: Origin) -> str:
    """Where the value comes from, and what to change it with if not here."""
    return {
        Origin.DEFAULT: tr("default"),
        Origin.FILE: "file",
        Origin.VARIABLE: tr("variable {variable} wins").format(variable=setting.variable),
        Origin.FLAG: tr("flag {flag} wins").format(flag=setting.flag),
    }[origin]


class SettingField(QWidget):
    """Edits one setting; what a variable or a flag sets is shown and cannot be changed here."""

    changed = Signal()

    def __init__(self, setting: Setting, value: object, origin: Origin) -> None:
        super().__init__()
        self.setting = setting
        self._identifier = f"settings.{setting.name}"
        self._reset = False
        self.editor = self._editor()
        self.origin = label(f"{self._identifier}.origin", tr("Where the value comes from"), "badge")
        self.reset = named(
            QPushButton(tr("Reset")), f"{self._identifier}.reset", tr("Go back to the default")
        )
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(self._to_default)
        self.remark = sentence(f"{self._identifier}.remark", tr("What it is for, or what is wrong"))
        self.remark.setFont(theme.ui_font(9))
        self._arrange()
        self.rest_on(value, origin)

    def rest_on(self, value: object, origin: Origin) -> None:
        """Show this value as the one that holds now; nothing is changed."""
        self._value, self._origin, self._reset = written(value), origin, False
        self._type(self._value)
        fixed = origin in (Origin.VARIABLE, Origin.FLAG)
        self.editor.setEnabled(not fixed)
        self._judge()

    def typed(self) -> str:
        """What stands in the editor, as the setting is written."""
        editor = self.editor
        if isinstance(editor, QCheckBox):
            return written(editor.isChecked())
        if isinstance(editor, QComboBox):
            return self.setting.choices[editor.currentIndex()]
        return editor.text().strip()

    def problem(self) -> str:
        """Why what was typed cannot be kept; empty where it can."""
        return refusal(self.setting.name, self.typed())

    def change(self) -> dict[str, Any]:
        """What is to be saved: nothing, the value typed, or None for going back to the default."""
        if self._reset and self._origin is Origin.FILE:
            return {self.setting.name: None}
        return {} if self.typed() == self._value else {self.setting.name: self.typed()}

    def matches(self, words: str) -> bool:
        """Whether each of the words is in the setting's name, heading or sentence."""
        setting = self.setting
        text = f"{setting.name} {heading(setting)} {setting.sentence} {setting.group}".casefold()
        return all(word in text for word in words.casefold().split())

    def _editor(self) -> QCheckBox | QComboBox | QLineEdit:
        setting = self.setting
        editor: QCheckBox | QComboBox | QLineEdit
        if setting.kind is bool:
            editor = QCheckBox(tr("on"))
            editor.toggled.connect(lambda _on: self._edited())
        elif setting.choices:
            editor = QComboBox()
            editor.addItems([choice or LAST_CHOSEN for choice in setting.choices])
            editor.currentIndexChanged.connect(lambda _index: self._edited())
        else:
            editor = QLineEdit()
            editor.setPlaceholderText(written(setting.default) or tr("empty"))
            editor.textEdited.connect(lambda _text: self._edited())
        named(editor, self._identifier, setting.sentence)
        editor.setAccessibleName(heading(setting))
        return editor

    def _arrange(self) -> None:
        caption = QLabel(heading(self.setting))
        caption.setBuddy(self.editor)
        caption.setFixedWidth(CAPTION_WIDTH)
        caption.setWordWrap(True)
        self.editor.setFixedWidth(FIELD_WIDTH)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 6)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        for place, widget in enumerate((caption, self.editor, self.origin, self.reset)):
            grid.addWidget(widget, 0, place, Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnStretch(4, 1)
        grid.addWidget(self.remark, 1, 1, 1, 4)

    def _type(self, text: str) -> None:
        """Put a value into the editor without calling it an edit."""
        editor = self.editor
        editor.blockSignals(True)
        if isinstance(editor, QCheckBox):
            editor.setChecked(text == written(value=True))
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(self.setting.choices.index(text))
        else:
            editor.setText(text)
        editor.blockSignals(False)

    def _to_default(self) -> None:
        self._type(written(self.setting.default))
        self._reset = True
        self._judge()
        self.changed.emit()

    def _edited(self) -> None:
        self._reset = False
        self._judge()
        self.changed.emit()

    def _judge(self) -> None:
        wrong = self.problem()
        theme.role(self.editor, "wrong" if wrong else "")
        told = (
            tr("This cannot be kept: {wrong}.").format(wrong=wrong)
            if wrong
            else self.setting.sentence
        )
        say(self.remark, told, role="down" if wrong else "muted")
        plain = self._origin is Origin.DEFAULT and not self.change()
        origin = "changed" if self.change() else told_origin(self.setting, self._origin)
        say(self.origin, origin, role="muted" if plain else "badge")
        stands = self.typed() == written(self.setting.default)
        self.reset.setEnabled(self.editor.isEnabled() and not (stands and not self.in_file))
        self.reset.setVisible(self.reset.isEnabled())

    @property
    def in_file(self) -> bool:
        """Whether the file sets it and still will when this is saved."""
        return self._origin is Origin.FILE and not self._reset
