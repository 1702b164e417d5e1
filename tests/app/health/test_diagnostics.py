"""The diagnostics: enough to help, nothing that is a secret or says whose desk it is."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

import vaultdesk
from tests.adapters.test_planted_secrets import KEY, PASSPHRASE, PASSWORD, PATH, found
from tests.fakes.health import WELL, healthy
from vaultdesk.app.checkup import Checkup
from vaultdesk.app.credentials import SESSION, VAULT, Credentials
from vaultdesk.app.health.diagnostics import PRIVATE, diagnostics
from vaultdesk.app.health.told import told
from vaultdesk.app.parts import Profile
from vaultdesk.settings import Layered, Origin, Settings, declared

MADE = datetime(2026, 11, 20, 15, 32, 7, tzinfo=UTC)
HOME = Path("/home/ann")
MINE = {
    "mail_host": "smtp.annsbank.example",
    "mail_user": "ann.meier",
    "mail_from": "ann@annsbank.example",
    "mail_to": "ben@annsbank.example, cat@annsbank.example",
    "report_mail_to": "dan@annsbank.example",
    "webhook_url": f"https://hooks.annsbank.example/{PATH}/x",
    "ibkr_host": "tws.annsbank.example",
    "share_folder": "/mnt/annsbank/reports",
    "serve_origins": "https://desk.annsbank.example",
    "cluster_address": "tcp://cluster.annsbank.example:8786",
}


def held(**changes: object) -> Layered:
    settings = msgspec.convert(changes, Settings)
    origins = {s.name: Origin.FILE if s.name in changes else Origin.DEFAULT for s in declared()}
    return Layered(settings, origins)


def text_of(settings: Layered, *log: str) -> str:
    return diagnostics(told(WELL), settings, log, made=MADE, home=HOME)


def test_it_says_what_runs_what_differs_how_it_is_and_what_was_logged() -> None:
    text = text_of(held(poll_interval_s=12, theme="light"), "a line of the log")
    assert "2026-11-20 15:32:07 UTC" in text
    assert f"VaultDesk {vaultdesk.__version__}" in text
    assert "PySide6-Essentials 6." in text
    assert "Python 3." in text
    assert "poll_interval_s = 12 (file)" in text
    assert "theme = light (file)" in text
    assert "fresh_for_s" not in text
    assert "yahoo: LIVE" in text
    assert "a line of the log" in text


def test_every_setting_that_tells_whose_desk_it_is_is_private() -> None:
    assert set(MINE) == PRIVATE
    text = text_of(held(**MINE), *(f"could not reach {value}" for value in MINE.values()))
    assert text.count("(set)") == len(MINE)
    assert "annsbank" not in text
    assert "ann.meier" not in text


def test_the_log_is_masked_too() -> None:
    text = text_of(
        held(), "order of DU1234567 kept in /home/ann/desk.db", "mail to x@y.example failed"
    )
    assert "order of DU…67 kept in ~/desk.db" in text
    assert "x@y.example" not in text


@pytest.mark.parametrize("place", [SESSION, VAULT])
async def test_no_planted_secret_is_in_the_diagnostics(
    tmp_path: Path, home: Path, place: str
) -> None:
    """Secrets are read by the desk, quoted by errors that are logged, and then copied."""
    del home
    credentials = Credentials(tmp_path, place)
    if place == VAULT:
        await credentials.unlock(PASSPHRASE)
    planted = {
        "mail": PASSWORD,
        "webhook": KEY,
        "webhook-address": f"https://hooks.example/{PATH}/y",
    }
    for name, secret in planted.items():
        await credentials.set(name, secret)
        await credentials.get(name)
    await credentials.close()
    log = [
        f"ERROR 535 rejected {PASSWORD}",
        f"ERROR Cannot POST /{PATH}/y with {KEY!r} {KEY.encode()!r}",
    ]
    if place == VAULT:
        log.append(f"ERROR opened by {PASSPHRASE}")
    text = text_of(held(), *log)
    assert text.count("ERROR") == len(log)
    assert found(text.encode()) == []


async def test_the_desk_s_own_log_and_settings_are_read(home: Path) -> None:
    (home / "log").mkdir()
    (home / "log" / "desk.log").write_text("".join(f"line {n}\n" for n in range(500)))
    (home / "settings.toml").write_text("poll_interval_s = 12\n")
    checkup = Checkup(Profile(Settings()), {"theme": "light"}, healthy, lambda: "127.0.0.1:8741")
    text = await checkup.diagnostics()
    assert "line 499" in text
    assert "line 300\n" in text
    assert "line 299\n" not in text
    assert "poll_interval_s = 12 (file)" in text
    assert "theme = light (flag)" in text
    assert "listening at 127.0.0.1:8741" in text


async def test_the_running_desk_s_signs_have_a_row_for_each_part(home: Path) -> None:
    del home
    checkup = Checkup(Profile(Settings()), {}, healthy, str)
    signs = {sign.part: sign for sign in await checkup.signs()}
    assert next(iter(signs)) == "desk"
    assert {"feed", "alerts", "database", "disk", "broker", "keyring"} <= set(signs)
    assert signs["server"].state == "off"
    assert "MB in use" in signs["memory"].sentence
