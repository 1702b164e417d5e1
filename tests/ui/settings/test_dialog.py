"""The settings' dialog: every declared setting, its origin, what is wrong with it, and Save."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from vaultdesk import settings as layers
from vaultdesk.ports import DeliveryError, SecretError, SecretFault
from vaultdesk.settings import FILE, Layered, Settings, declared
from vaultdesk.ui.settings.dialog import SettingsDialog
from vaultdesk.ui.settings.fields import heading
from vaultdesk.ui.settings.secrets_page import LOCKED, NEW, Secret

SECRETS = (
    Secret("mail", "Mail password", "The password of the mail server."),
    Secret("webhook", "Webhook key", "The key that signs what is posted."),
)
PLANTED = "correct horse battery"


class Kept:
    """A store of secrets in memory that may wait for a passphrase or refuse."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.waits = ""
        self.refuses = ""

    async def describe(self) -> str:
        return "Secrets are kept in a test."

    async def keeps(self, name: str) -> bool:
        if self.refuses:
            raise SecretError(SecretFault.LOCKED, self.refuses)
        return name in self.secrets

    async def set(self, name: str, secret: str) -> None:
        if self.refuses:
            raise SecretError(SecretFault.LOCKED, self.refuses)
        self.secrets[name] = secret

    async def delete(self, name: str) -> None:
        self.secrets.pop(name, None)

    def awaits_passphrase(self) -> str:
        return self.waits

    async def unlock(self, passphrase: str) -> None:
        if passphrase != PLANTED:
            raise SecretError(SecretFault.REFUSED, "This is not the vault's passphrase.")
        self.waits = ""


class Desk:
    """What the dialog is given: real settings in a folder of their own, a channel, a store."""

    def __init__(self, flags: dict[str, Any]) -> None:
        self.flags = flags
        self.kept = Kept()
        self.sent: list[tuple[str, Settings]] = []
        self.answer: str | DeliveryError = "250 taken"
        self.answered = asyncio.Event()
        self.answered.set()
        self.told: list[Settings] = []

    def open(self, qtbot: QtBot) -> SettingsDialog:
        dialog = SettingsDialog(
            layers.layered(self.flags), self._keep, self._send, self.kept, SECRETS
        )
        dialog.saved.connect(self.told.append)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    async def _keep(self, changes: Mapping[str, Any]) -> Layered:
        layers.save(changes)
        return layers.layered(self.flags)

    async def _send(self, channel: str, chosen: Settings) -> str:
        self.sent.append((channel, chosen))
        await self.answered.wait()
        if isinstance(self.answer, DeliveryError):
            raise self.answer
        return self.answer


@pytest.fixture
def desk(home: Path) -> Desk:
    (home / FILE).write_text('symbol = "IAU"  # not GLD\n')
    return Desk({})


async def settled(dialog: SettingsDialog) -> None:
    for errands in (
        dialog.errands,
        dialog.secrets.errands,
        *(test.errands for test in dialog.tests.values()),
    ):
        await errands.settled()


def retype(dialog: SettingsDialog, name: str, text: str) -> None:
    editor = dialog.fields[name].editor
    assert isinstance(editor, QLineEdit)
    editor.clear()
    QTest.keyClicks(editor, text)


def press(dialog: QWidget, identifier: str) -> None:
    button = dialog.findChild(QPushButton, identifier)
    assert isinstance(button, QPushButton)
    assert button.isEnabled(), identifier
    button.click()


def says(dialog: QWidget, identifier: str) -> str:
    found = dialog.findChild(QLabel, identifier)
    assert isinstance(found, QLabel), identifier
    return found.text()


async def test_every_declared_setting_has_an_editor_of_its_kind(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    assert set(dialog.fields) == {setting.name for setting in declared()}
    kinds = {name: type(dialog.fields[name].editor) for name in ("notify_mail", "theme", "symbol")}
    assert kinds == {"notify_mail": QCheckBox, "theme": QComboBox, "symbol": QLineEdit}
    for setting in declared():
        field = dialog.fields[setting.name]
        assert field.editor.accessibleIdentifier() == f"settings.{setting.name}"
        assert setting.sentence in field.remark.text()
    await settled(dialog)


async def test_a_page_says_when_it_takes_effect(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    for section in dialog.sections:
        texts = [label.text() for label in section.findChildren(QLabel)]
        live = {field.setting.live for field in section.fields}
        assert len(live) == 1, section.name
        assert any("next start" in text for text in texts) is not live.pop(), section.name
    await settled(dialog)


async def test_opening_changes_nothing(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    assert not dialog.save.isEnabled()
    assert dialog.close_button.text() == "Close"
    await settled(dialog)


async def test_a_change_is_saved_and_the_comment_stays(
    qtbot: QtBot, desk: Desk, home: Path
) -> None:
    dialog = desk.open(qtbot)
    retype(dialog, "poll_interval_s", "45")
    assert dialog.close_button.text() == "Discard"
    assert dialog.pages.item(0).text() == "Market •"
    dialog.save.click()
    await settled(dialog)
    assert (home / FILE).read_text() == 'symbol = "IAU"  # not GLD\npoll_interval_s = 45.0\n'
    assert dialog.problem.text() == "✓ Saved. Takes effect at the next start: Poll interval (s)."
    assert dialog.fields["poll_interval_s"].origin.text() == "file"
    assert not dialog.save.isEnabled()
    assert desk.told[-1].poll_interval_s == 45


async def test_a_setting_that_is_followed_needs_no_start(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    retype(dialog, "quiet_from", "22:00")
    dialog.save.click()
    await settled(dialog)
    assert dialog.problem.text() == "✓ Saved."


async def test_nonsense_is_told_at_the_field_and_cannot_be_saved(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    retype(dialog, "mail_port", "70000")
    wrong = "a whole number of at most 65,535 is wanted"
    assert says(dialog, "settings.mail_port.remark") == f"This cannot be kept: {wrong}."
    assert dialog.problem.text() == f"Mail port cannot be kept: {wrong}."
    assert not dialog.save.isEnabled()
    assert not dialog.tests["mail"].button.isEnabled()
    retype(dialog, "mail_port", "465")
    assert dialog.problem.text() == "1 change to save."
    assert dialog.save.isEnabled()
    await settled(dialog)


async def test_typing_back_what_stood_is_no_change(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    retype(dialog, "symbol", "GLD")
    assert dialog.save.isEnabled()
    retype(dialog, "symbol", "IAU")
    assert not dialog.save.isEnabled()
    await settled(dialog)


async def test_reset_takes_the_line_out_of_the_file(qtbot: QtBot, desk: Desk, home: Path) -> None:
    dialog = desk.open(qtbot)
    press(dialog, "settings.symbol.reset")
    dialog.save.click()
    await settled(dialog)
    assert "symbol" not in (home / FILE).read_text()
    assert dialog.fields["symbol"].typed() == "GLD"
    assert dialog.fields["symbol"].origin.text() == "default"
    assert not dialog.fields["symbol"].reset.isVisibleTo(dialog)


async def test_a_variable_or_a_flag_wins_and_cannot_be_changed_here(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULTDESK_SYMBOL", "SGOL")
    desk.flags = {"feed": "simulated"}
    dialog = desk.open(qtbot)
    told = {name: dialog.fields[name].origin.text() for name in ("symbol", "feed")}
    assert told == {"symbol": "variable VAULTDESK_SYMBOL wins", "feed": "flag --feed wins"}
    for name, value in (("symbol", "SGOL"), ("feed", "simulated")):
        assert dialog.fields[name].typed() == value
        assert not dialog.fields[name].editor.isEnabled()
        assert not dialog.fields[name].reset.isEnabled()
    await settled(dialog)


async def test_a_broken_file_is_said_at_once_and_never_overwritten(
    qtbot: QtBot, desk: Desk, home: Path
) -> None:
    (home / FILE).write_text("symbol = \n")
    dialog = desk.open(qtbot)
    assert "not valid TOML" in dialog.problem.text()
    retype(dialog, "chain_days", "30")
    dialog.save.click()
    await settled(dialog)
    assert "not valid TOML" in dialog.problem.text()
    assert (home / FILE).read_text() == "symbol = \n"
    assert not desk.told


async def test_search_finds_settings_on_every_page(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    QTest.keyClicks(dialog.search, "mail server")
    shown = {name for name, field in dialog.fields.items() if field.isVisibleTo(dialog)}
    assert shown == {"mail_host", "mail_user"}
    dialog.search.setText("zebra")
    assert says(dialog, "settings.nothing") == "No setting is about “zebra”."
    dialog.show_page("Alerts")
    shown = {name for name, field in dialog.fields.items() if field.isVisibleTo(dialog)}
    assert {"notify_mail", "quiet_to"} <= shown
    assert "mail_host" not in shown
    await settled(dialog)


async def test_the_test_button_sends_what_is_typed_and_shows_the_answer(
    qtbot: QtBot, desk: Desk
) -> None:
    dialog = desk.open(qtbot)
    retype(dialog, "mail_host", "smtp.example.com")
    press(dialog, "settings.mail.test")
    await settled(dialog)
    ((channel, chosen),) = desk.sent
    assert (channel, chosen.mail_host, chosen.symbol) == ("mail", "smtp.example.com", "IAU")
    assert says(dialog, "settings.mail.answer") == "✓ Sent. 250 taken"


async def test_a_test_that_fails_says_why(qtbot: QtBot, desk: Desk) -> None:
    desk.answer = DeliveryError("The server refused the password: type it anew.")
    dialog = desk.open(qtbot)
    press(dialog, "settings.webhook.test")
    await settled(dialog)
    told = "✗ The server refused the password: type it anew."
    assert says(dialog, "settings.webhook.answer") == told
    assert dialog.tests["webhook"].button.isEnabled()


async def test_no_secret_is_asked_for_before_its_page_is_seen(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    await settled(dialog)
    assert says(dialog, "settings.secrets.where") == ""
    dialog.show_page("Credentials")
    await settled(dialog)
    assert says(dialog, "settings.secrets.where") == "Secrets are kept in a test."


async def test_a_secret_is_kept_and_never_shown(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    dialog.show_page("Credentials")
    await settled(dialog)
    field = dialog.secrets.fields["mail"]
    assert says(dialog, "settings.secret.mail.state") == "not kept"
    QTest.keyClicks(field, PLANTED)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    press(dialog, "settings.secret.mail.keep")
    await settled(dialog)
    assert desk.kept.secrets == {"mail": PLANTED}
    assert says(dialog, "settings.secret.mail.state") == "kept"
    texts = [w.text() for w in dialog.findChildren(QLineEdit)]
    texts += [w.text() for w in dialog.findChildren(QLabel)]
    assert not any(PLANTED in text for text in texts)
    press(dialog, "settings.secret.mail.forget")
    await settled(dialog)
    assert not desk.kept.secrets


async def test_a_store_that_refuses_is_told_and_the_typed_secret_stays(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.kept.refuses = "The keyring is locked: unlock it and try again."
    dialog = desk.open(qtbot)
    dialog.show_page("Credentials")
    await settled(dialog)
    QTest.keyClicks(dialog.secrets.fields["mail"], "x")
    QTest.keyClick(dialog.secrets.fields["mail"], Qt.Key.Key_Return)
    await settled(dialog)
    assert says(dialog, "settings.secrets.answer") == desk.kept.refuses
    assert dialog.secrets.fields["mail"].text() == "x"
    assert dialog.isVisible()


async def test_a_store_that_cannot_be_read_says_so_and_claims_nothing(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.kept.refuses = "This session has no keyring."
    dialog = desk.open(qtbot)
    dialog.show_page("Credentials")
    await settled(dialog)
    assert says(dialog, "settings.secrets.answer") == "This session has no keyring."
    assert says(dialog, "settings.secret.mail.state") == "unknown"
    assert says(dialog, "settings.secret.webhook.state") == "unknown"


async def test_a_locked_vault_is_opened_by_its_passphrase_alone(qtbot: QtBot, desk: Desk) -> None:
    desk.kept.waits = LOCKED
    dialog = desk.open(qtbot)
    dialog.show_page("Credentials")
    await settled(dialog)
    assert says(dialog, "settings.secret.mail.state") == "locked"
    assert not dialog.secrets.fields["mail"].isEnabled()
    lock = dialog.secrets.lock
    assert not lock.again.isVisibleTo(dialog)
    QTest.keyClicks(lock.passphrase, "wrong")
    press(dialog, "settings.vault.open")
    await settled(dialog)
    assert says(dialog, "settings.secrets.answer") == "This is not the vault's passphrase."
    lock.passphrase.setText(PLANTED)
    press(dialog, "settings.vault.open")
    await settled(dialog)
    assert not lock.isVisibleTo(dialog)
    assert lock.passphrase.text() == ""
    assert says(dialog, "settings.secret.mail.state") == "not kept"


async def test_a_new_vault_asks_for_its_passphrase_twice(qtbot: QtBot, desk: Desk) -> None:
    desk.kept.waits = NEW
    dialog = desk.open(qtbot)
    dialog.show_page("Credentials")
    await settled(dialog)
    lock = dialog.secrets.lock
    lock.passphrase.setText(PLANTED)
    lock.again.setText(PLANTED + "s")
    press(dialog, "settings.vault.open")
    assert "same passphrase in both" in says(dialog, "settings.vault.problem")
    assert desk.kept.waits == NEW
    lock.again.setText(PLANTED)
    press(dialog, "settings.vault.open")
    await settled(dialog)
    assert not lock.isVisibleTo(dialog)


async def test_secrets_wait_until_the_choice_of_their_place_is_saved(
    qtbot: QtBot, desk: Desk
) -> None:
    dialog = desk.open(qtbot)
    await settled(dialog)
    editor = dialog.fields["secrets_in"].editor
    assert isinstance(editor, QComboBox)
    editor.setCurrentText("session")
    assert not dialog.secrets.isEnabled()
    assert says(dialog, "settings.secrets.answer") == "Save the choice above first."
    dialog.save.click()
    await settled(dialog)
    assert dialog.secrets.isEnabled()
    assert desk.told[-1].secrets_in == "session"


async def test_closing_ends_what_is_under_way(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    desk.answered = asyncio.Event()
    press(dialog, "settings.mail.test")
    await asyncio.sleep(0)
    dialog.close_button.click()
    await asyncio.wait_for(settled(dialog), 5)
    assert not dialog.isVisible()
    assert dialog.tests["mail"].button.isEnabled()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("poll_interval_s", "Poll interval (s)"),
        ("simulated_ticks_per_s", "Simulated ticks per s"),
        ("call_horizon_days", "Call horizon (days)"),
    ],
)
def test_headings_are_words_with_their_unit(name: str, words: str) -> None:
    assert heading(next(s for s in declared() if s.name == name)) == words


async def test_every_control_has_a_name_and_a_meaning(qtbot: QtBot, desk: Desk) -> None:
    dialog = desk.open(qtbot)
    for widget in dialog.findChildren(QWidget):
        if widget.accessibleIdentifier():
            assert widget.accessibleDescription(), widget.accessibleIdentifier()
        elif isinstance(widget, QLineEdit | QPushButton | QComboBox | QCheckBox):
            assert widget.objectName().startswith("qt_"), widget
    await settled(dialog)
