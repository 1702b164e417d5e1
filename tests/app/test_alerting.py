"""Alerts put together: which channels are on, what their buttons do, and secrets that are amiss."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shiboken6
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.alerts import ALERT
from tests.fakes.feed import ManualClock, quote
from tests.fakes.loans import valued
from tests.ui.panels.rig import TERMS
from vaultdesk.app.alerting import Alerting, mail_channel, needs_secret, quiet_hours
from vaultdesk.app.credentials import Credentials
from vaultdesk.app.machine_zone import MachineZone
from vaultdesk.app.preferences import Preferences, quiet_of
from vaultdesk.core.alerts import Severity
from vaultdesk.events import Bus, LoanValued, ProblemCleared, ProblemRaised
from vaultdesk.ports import DeliveryError, SecretError, StorageError
from vaultdesk.settings import FILE, Settings, layered, load
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import Database
from vaultdesk.ui.alerts.rules_dialog import Edits, RulesDialog
from vaultdesk.ui.settings.dialog import SettingsDialog

PASSPHRASE = "four words are enough"


async def once(work: Callable[[], Awaitable[None]]) -> None:
    await work()


class Desk:
    """Alerting on a real store, with settings of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.bus = ManualClock(), Bus()
        self.problems: dict[str, str] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.endless: set[asyncio.Task[None]] = set()
        self.opened = 0
        self.database = Database(None)
        self.store = SqlAlertStore(self.database)
        self.credentials = Credentials(folder, "session")
        self.bus.subscribe(ProblemRaised, lambda e: self.problems.update({e.key: e.sentence}))
        self.bus.subscribe(ProblemCleared, self._clear)
        self.alerting = Alerting(
            Settings(notify_desktop=False, secrets_in="session"),
            self.credentials,
            self.bus,
            self.clock,
            self.clock,
            spawn=self.spawn,
            open_window=self.open_window,
        )

    def _clear(self, event: ProblemCleared) -> None:
        self.problems.pop(event.key, None)

    def open_window(self) -> None:
        self.opened += 1

    def spawn(self, work: Coroutine[object, object, object]) -> "asyncio.Task[None]":
        async def run() -> None:
            await work

        task = asyncio.get_running_loop().create_task(run())
        (self.endless if getattr(work, "__name__", "") == once.__name__ else self.tasks).add(task)
        return task

    async def cross(self) -> None:
        """The LTV reaches 75.3 %."""
        now = self.clock.now()
        self.bus.tell(LoanValued(valued(TERMS, quote("278.85", now))))
        await self.alerting.alerts.settled()

    async def breathe(self) -> None:
        """Let what was begun come to its end, but for what never ends."""
        while self.tasks:
            await self.tasks.pop()
            await self.alerting.alerts.settled()

    async def close(self) -> None:
        await self.breathe()
        for task in self.endless:
            task.cancel()
        for task in self.endless:
            with suppress(asyncio.CancelledError):
                await task
        await self.alerting.close()
        self.database.close()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await made.alerting.start(made.store, once)
    yield made
    await made.close()


def on(desk: Desk, **chosen: object) -> set[str]:
    """The channels that are on with these settings."""
    desk.alerting.follow(Settings(**{"secrets_in": "session"} | chosen))  # type: ignore[arg-type]
    return set(desk.alerting.outbox._channels)


async def test_only_what_is_switched_on_has_a_channel(desk: Desk) -> None:
    assert on(desk, notify_desktop=False) == set()
    assert on(desk) == {"desktop"}
    every = {f"notify_{name}": True for name in ("desktop", "sound", "mail", "webhook")}
    assert on(desk, **every) == {"desktop", "sound", "mail", "webhook"}


async def test_the_desktops_connection_outlives_a_change_of_settings(desk: Desk) -> None:
    on(desk)
    first = desk.alerting.outbox._channels["desktop"]
    on(desk, mail_port=25)
    assert desk.alerting.outbox._channels["desktop"] is first


async def test_the_mail_settings_make_the_account(desk: Desk) -> None:
    chosen = Settings(
        mail_host="smtp.example.com", mail_port=465, mail_security="tls", mail_user="u",
        mail_from="desk@example.com", mail_to="a@example.com, b@example.com",
    )  # fmt: skip
    account = mail_channel(chosen, desk.credentials, desk.clock)._account
    assert (account.host, account.port, account.security.value) == ("smtp.example.com", 465, "tls")
    assert (account.sender, account.user) == ("desk@example.com", "u")
    assert account.recipients == ("a@example.com", "b@example.com")
    assert mail_channel(Settings(), desk.credentials, desk.clock)._account.recipients == ()


async def test_a_test_of_incomplete_settings_says_what_is_missing(desk: Desk) -> None:
    with pytest.raises(DeliveryError, match="Enter the mail server"):
        await desk.alerting.send_test("mail", Settings())
    with pytest.raises(DeliveryError, match="Enter the webhook's address"):
        await desk.alerting.send_test("webhook", Settings())


async def test_the_buttons_of_a_notification(desk: Desk) -> None:
    await desk.cross()
    desk.alerting._acted(ALERT, "open")
    assert desk.opened == 1
    desk.alerting._acted(ALERT, "snooze")
    await desk.breathe()
    until = desk.alerting.alerts._watch.latches["ltv-75"].snoozed_until
    assert until == desk.clock.now() + timedelta(hours=1)
    desk.alerting._acted(ALERT, "dismissed")
    await desk.breathe()
    before = await desk.alerting.alerts.history()
    assert all(record.acknowledged_at is None for record in before)
    desk.alerting._acted(ALERT, "acknowledge")
    await desk.breathe()
    noted = {r.alert.rule: r.acknowledged_by for r in await desk.alerting.alerts.history()}
    assert noted["ltv-75"] == "notification"
    assert noted["ltv-70"] == ""


@pytest.mark.parametrize(
    ("chosen", "needed"),
    [
        ({}, False),
        ({"notify_sound": True}, False),
        ({"notify_mail": True}, False),
        ({"notify_mail": True, "mail_user": "u"}, True),
        ({"notify_mail": True, "mail_user": "u", "mail_security": "none"}, False),
        ({"notify_webhook": True}, True),
    ],
)
def test_which_settings_need_a_secret(chosen: dict[str, object], needed: bool) -> None:
    assert needs_secret(Settings(**chosen)) is needed  # type: ignore[arg-type]


async def test_a_locked_vault_is_told_only_where_a_channel_needs_it(desk: Desk) -> None:
    on(desk, secrets_in="vault")
    await desk.breathe()
    assert not desk.problems
    on(desk, secrets_in="vault", notify_webhook=True)
    await desk.breathe()
    assert "vault is locked" in desk.problems["keyring"]
    await desk.credentials.unlock(PASSPHRASE)
    desk.alerting.look_for_secrets()
    await desk.breathe()
    assert not desk.problems


async def test_each_place_keeps_its_own_secrets(tmp_path: Path) -> None:
    kept = Credentials(tmp_path, "session")
    await kept.set("mail", "of the session")
    kept.use("vault")
    assert kept.awaits_passphrase() == "new"
    with pytest.raises(SecretError, match="vault is locked"):
        await kept.keeps("mail")
    await kept.unlock(PASSPHRASE)
    assert kept.awaits_passphrase() == ""
    assert not await kept.keeps("mail")
    await kept.set("mail", "of the vault")
    kept.use("session")
    assert await kept.get("mail") == "of the session"
    await kept.close()
    again = Credentials(tmp_path, "vault")
    assert again.awaits_passphrase() == "locked"
    with pytest.raises(SecretError, match="not the vault's passphrase"):
        await again.unlock("something else entirely")
    await again.unlock(PASSPHRASE)
    assert await again.get("mail") == "of the vault"
    await again.delete("mail")
    assert not await again.keeps("mail")
    await again.close()


@pytest.mark.parametrize(
    ("start", "end", "there"), [("", "", False), ("22:00", "", False), ("22:00", "07:00", True)]
)
def test_quiet_hours_need_both_ends(start: str, end: str, there: bool) -> None:
    assert (quiet_hours(Settings(quiet_from=start, quiet_to=end)) is not None) is there


def test_quiet_hours_are_by_this_machines_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    import time  # noqa: PLC0415

    monkeypatch.setenv("TZ", "Europe/Zurich")
    time.tzset()
    try:
        quiet = quiet_hours(Settings(quiet_from="22:00", quiet_to="07:00"))
        assert quiet is not None
        night = datetime(2026, 10, 24, 21, 0, tzinfo=UTC)  # 23:00; the clocks go back at 03:00
        assert quiet.held_until(Severity.WARNING, night) == datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
        assert quiet.held_until(Severity.CLOSEOUT, night) is None
        summer = datetime(2026, 7, 10, 21, 0, tzinfo=UTC)  # 23:00
        assert quiet.held_until(Severity.WARNING, summer) == datetime(2026, 7, 11, 5, tzinfo=UTC)
        noon = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
        assert quiet.held_until(Severity.WARNING, noon) is None
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_machines_zone_shows_what_its_clock_shows(moment: datetime) -> None:
    shown = moment.astimezone(MachineZone())
    assert shown.replace(tzinfo=None) == moment.astimezone().replace(tzinfo=None)


async def test_rules_and_quiet_hours_of_the_dialog_are_kept_and_followed(
    desk: Desk, home: Path
) -> None:
    preferences = Preferences({}, desk.alerting, lambda: None)
    (first, *_) = desk.alerting.alerts.rules
    await preferences.keep_rules(
        Edits((), (first.id,), {"quiet_from": "22:00", "quiet_to": "07:00"})
    )
    assert first.id not in {rule.id for rule in desk.alerting.alerts.rules}
    assert desk.alerting.alerts.quiet is not None
    assert load({}).quiet_from == "22:00"
    assert "quiet_to" in (home / FILE).read_text()


async def test_a_file_that_cannot_be_written_leaves_rules_and_settings_as_they_were(
    desk: Desk, home: Path
) -> None:
    (home / FILE).write_text("symbol = \n")
    preferences = Preferences({}, desk.alerting, lambda: None)
    before = desk.alerting.alerts.rules
    with pytest.raises(StorageError, match="not valid TOML"):
        await preferences.keep_rules(Edits((), (before[0].id,), {"quiet_from": "22:00"}))
    assert desk.alerting.alerts.rules == before


@pytest.mark.usefixtures("home")
def test_quiet_hours_that_a_flag_sets_are_fixed() -> None:
    assert quiet_of(layered({})).fixed == ""
    fixed = quiet_of(layered({"quiet_from": "22:00", "quiet_to": "07:00"}))
    assert (fixed.start, fixed.end) == ("22:00", "07:00")
    assert "A flag or a variable" in fixed.fixed


@pytest.mark.usefixtures("home")
async def test_saved_settings_are_followed_at_once(desk: Desk) -> None:
    preferences = Preferences({}, desk.alerting, lambda: None)
    await preferences.keep({"notify_desktop": False, "notify_sound": "true"})
    assert set(desk.alerting.outbox._channels) == {"sound"}


@pytest.mark.usefixtures("home")
async def test_the_dialogs_open_on_what_holds_now(qtbot: QtBot, desk: Desk) -> None:
    preferences = Preferences({"symbol": "IAU"}, desk.alerting, lambda: None)
    parent = QWidget()
    qtbot.addWidget(parent)
    await preferences.open_settings(parent, "Credentials")
    settings = parent.findChild(SettingsDialog)
    assert isinstance(settings, SettingsDialog)
    assert settings.fields["symbol"].origin.text() == "flag --symbol wins"
    assert settings.pages.currentItem().text() == "Credentials"
    assert set(settings.secrets.fields) == {"mail", "webhook", "webhook-address", "api-token"}
    await settings.secrets.errands.settled()
    assert "this session only" in settings.secrets.where.text()
    settings.close()
    await preferences.open_rules(parent)
    rules = parent.findChild(RulesDialog)
    assert isinstance(rules, RulesDialog)
    assert [form.id for form in rules.forms] == [rule.id for rule in desk.alerting.alerts.rules]
    rules.close()


@pytest.mark.usefixtures("home", "qapp")
async def test_a_password_kept_in_the_dialog_is_the_one_the_channel_reads(desk: Desk) -> None:
    preferences = Preferences({}, desk.alerting, lambda: None)
    parent = QWidget()
    await preferences.open_settings(parent, "Credentials")
    dialog = parent.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    await dialog.secrets.errands.settled()
    dialog.secrets.fields["webhook-address"].setText("http://127.0.0.1:9/hook")
    dialog.secrets.fields["webhook-address"].returnPressed.emit()
    await dialog.secrets.errands.settled()
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1 cannot be reached"):
        await desk.alerting.send_test("webhook", Settings())
    dialog.close()
    shiboken6.delete(parent)
