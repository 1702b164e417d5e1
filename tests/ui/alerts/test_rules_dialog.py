"""The rules' dialog: a copy is edited, Save hands over what changed, and nothing else."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from vaultdesk.core.alerts import Metric, Rule, Severity, default_rules
from vaultdesk.ports import InputError
from vaultdesk.ui.alerts.quiet_fields import Quiet
from vaultdesk.ui.alerts.rules_dialog import Edits, RulesDialog

RULES = default_rules()
Open = Callable[..., RulesDialog]


class Keeper:
    """Takes what the dialog hands over, or refuses."""

    def __init__(self) -> None:
        self.edits: list[Edits] = []
        self.refuses = ""

    async def keep(self, edits: Edits) -> None:
        if self.refuses:
            raise InputError(self.refuses)
        self.edits.append(edits)


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@pytest.fixture
def opened(qtbot: QtBot, keeper: Keeper) -> Open:
    def made(rules: tuple[Rule, ...] = RULES, quiet: Quiet | None = None) -> RulesDialog:
        dialog = RulesDialog(rules, RULES, quiet or Quiet("", ""), keeper.keep)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return made


def press(dialog: RulesDialog, identifier: str) -> None:
    button = dialog.findChild(QPushButton, identifier)
    assert isinstance(button, QPushButton)
    assert button.isEnabled(), identifier
    button.click()


def retype(dialog: RulesDialog, name: str, text: str) -> None:
    field = dialog.editor.fields[name]
    field.clear()
    QTest.keyClicks(field, text)


def listed(dialog: RulesDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def test_opening_changes_nothing(opened: Open) -> None:
    dialog = opened()
    assert dialog.edits() == Edits()
    assert not dialog.save.isEnabled()
    assert dialog.editor.preview.text().startswith("Tells when LTV reaches 70 %; again only")


async def test_a_threshold_is_changed_and_only_that_rule_is_handed_over(
    opened: Open, keeper: Keeper
) -> None:
    dialog = opened()
    dialog.list.setCurrentRow(1)
    retype(dialog, "threshold", "74")
    assert listed(dialog)[1] == "◆ LTV reaches 74 %"
    assert "LTV reaches 74 %" in dialog.editor.preview.text()
    press(dialog, "rules.save")
    await dialog.errands.settled()
    ((saved,),) = [edits.saved for edits in keeper.edits]
    assert (saved.id, str(saved.threshold)) == ("ltv-75", "0.74")
    assert not dialog.isVisible()


def test_nonsense_is_told_at_the_field_and_stops_save_also_from_another_row(opened: Open) -> None:
    dialog = opened()
    retype(dialog, "threshold", "much")
    assert "is not a number" in dialog.editor.remarks["threshold"].text()
    assert dialog.editor.fields["threshold"].property("role") == "wrong"
    assert listed(dialog)[0] == "▲ ltv-70 is not complete"
    dialog.list.setCurrentRow(2)
    assert dialog.editor.remarks["threshold"].text() == "%"
    assert not dialog.save.isEnabled()
    assert dialog.problem.text() == "▲ ltv-70 is not complete."
    dialog.list.setCurrentRow(0)
    assert dialog.editor.fields["threshold"].text() == "much"


async def test_unticking_switches_a_rule_off(opened: Open, keeper: Keeper) -> None:
    dialog = opened()
    dialog.list.item(4).setCheckState(Qt.CheckState.Unchecked)
    press(dialog, "rules.save")
    await dialog.errands.settled()
    assert [(rule.id, rule.enabled) for rule in keeper.edits[0].saved] == [("data-300", False)]


async def test_a_new_rule_is_built_from_its_metric(opened: Open, keeper: Keeper) -> None:
    dialog = opened()
    press(dialog, "rules.add")
    assert not dialog.save.isEnabled()
    dialog.editor.watch.setCurrentText("Price")
    dialog.editor.watch.activated.emit(dialog.editor.watch.currentIndex())
    retype(dialog, "id", "gold-280")
    retype(dialog, "subject", "gld")
    retype(dialog, "threshold", "280")
    box = dialog.editor.channels["mail"]
    box.click()
    press(dialog, "rules.save")
    await dialog.errands.settled()
    (rule,) = keeper.edits[0].saved
    assert (rule.id, rule.metric, rule.subject, rule.rising) == (
        "gold-280", Metric.PRICE, "GLD", False,
    )  # fmt: skip
    assert rule.channels == {"desktop", "sound", "webhook"}
    assert rule.severity is Severity.WARNING


def test_the_name_of_a_rule_with_a_history_stays(opened: Open) -> None:
    dialog = opened()
    assert not dialog.editor.fields["id"].isEnabled()
    press(dialog, "rules.duplicate")
    assert dialog.editor.fields["id"].isEnabled()
    assert dialog.editor.fields["id"].text() == "ltv-70-2"
    assert dialog.list.count() == 6


async def test_a_removed_rule_can_be_brought_back_and_else_goes_with_save(
    opened: Open, keeper: Keeper
) -> None:
    dialog = opened()
    dialog.list.setCurrentRow(3)
    press(dialog, "rules.remove")
    assert dialog.problem.text() == "utilisation-100 is removed when you save."
    press(dialog, "rules.undo")
    assert dialog.edits() == Edits()
    assert not dialog.undo.isVisible()
    dialog.list.setCurrentRow(3)
    press(dialog, "rules.remove")
    press(dialog, "rules.save")
    await dialog.errands.settled()
    assert keeper.edits == [Edits(removed=("utilisation-100",))]


def test_the_last_rule_can_be_removed_too(opened: Open) -> None:
    dialog = opened(RULES[:1])
    press(dialog, "rules.remove")
    assert dialog.list.count() == 0
    assert not dialog.editor.isEnabled()
    assert dialog.edits() == Edits(removed=("ltv-70",))
    assert dialog.save.isEnabled()


async def test_defaults_come_back_beside_own_rules(opened: Open, keeper: Keeper) -> None:
    dialog = opened(RULES[1:])
    press(dialog, "rules.defaults")
    press(dialog, "rules.save")
    await dialog.errands.settled()
    assert [rule.id for rule in keeper.edits[0].saved] == ["ltv-70"]


async def test_quiet_hours_are_handed_over_with_the_rules(opened: Open, keeper: Keeper) -> None:
    dialog = opened()
    QTest.keyClicks(dialog.quiet.start, "22:00")
    assert dialog.problem.text() == "Give quiet hours both a beginning and an end, or neither."
    QTest.keyClicks(dialog.quiet.end, "7")
    assert dialog.problem.text() == "Write quiet hours as HH:MM, such as 22:30."
    dialog.quiet.end.clear()
    QTest.keyClicks(dialog.quiet.end, "07:00")
    press(dialog, "rules.save")
    await dialog.errands.settled()
    assert keeper.edits == [Edits(quiet={"quiet_from": "22:00", "quiet_to": "07:00"})]


def test_quiet_hours_that_a_flag_sets_cannot_be_changed_here(opened: Open) -> None:
    dialog = opened(quiet=Quiet("22:00", "07:00", "Set by the flag --quiet-from."))
    assert not dialog.quiet.start.isEnabled()
    assert dialog.quiet.remark.text() == "Set by the flag --quiet-from."


async def test_what_the_desk_refuses_is_told_and_the_dialog_stays(
    opened: Open, keeper: Keeper
) -> None:
    keeper.refuses = "The disk is full: free some space."
    dialog = opened()
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    press(dialog, "rules.save")
    await dialog.errands.settled()
    assert dialog.isVisible()
    assert dialog.problem.text() == keeper.refuses
    assert dialog.save.isEnabled()


def test_every_control_has_a_name_and_a_meaning(opened: Open) -> None:
    dialog = opened()
    for widget in dialog.findChildren(QWidget):
        if widget.accessibleIdentifier():
            assert widget.accessibleDescription(), widget.accessibleIdentifier()
        elif isinstance(widget, QLineEdit | QPushButton | QComboBox | QCheckBox):
            assert widget.objectName().startswith("qt_"), widget
    assert isinstance(dialog.findChild(QLabel, "rules.preview"), QLabel)
