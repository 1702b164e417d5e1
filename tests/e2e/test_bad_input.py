"""What a desk finds wrong: one sentence that says what to do, and the desk lives on."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.conftest import Launch
from tests.e2e.program import App

pytestmark = pytest.mark.e2e


def corrupt(home: Path) -> None:
    (home / "desk.db").write_bytes(b"not a database " * 400)


def newer(home: Path) -> None:
    with closing(sqlite3.connect(home / "desk.db")) as database:
        database.execute("UPDATE schema_version SET version = 99")
        database.commit()


def malformed(home: Path) -> None:
    (home / "settings.toml").write_text("poll_interval_s = = 3")


def unusable(home: Path) -> None:
    (home / "settings.toml").write_text("poll_interval_s = 0")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (corrupt, r"desk\.db is damaged and was left as it is: .*\."),
        (newer, r"desk\.db was written by a newer VaultDesk \(version 99.*not touched\."),
        (malformed, r"settings\.toml is not valid TOML .*: mend that line or remove the file\."),
        (unusable, r"'poll_interval_s' in .*settings\.toml cannot be '0' .*defaults are used\."),
    ],
)
def test_a_bad_file_is_told_once_and_the_desk_lives_on(
    launch: Launch,
    loan_home: Path,
    gld_at_350: tuple[str, str],
    spoil: Callable[[Path], None],
    sentence: str,
) -> None:
    spoil(loan_home)
    spoilt = {file: file.read_bytes() for file in loan_home.iterdir() if file.is_file()}
    desk = launch(*gld_at_350)
    lives(desk, sentence)
    assert desk.quit() == 0
    assert {file: file.read_bytes() for file in spoilt} == spoilt


def test_a_home_that_cannot_be_written_is_told_and_nothing_is_lost_silently(
    launch: Launch, tmp_path: Path, gld_at_350: tuple[str, str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    desk = launch(*gld_at_350, home=tmp_path / "file" / "home")
    lives(desk, r"desk\.db cannot be opened .* VAULTDESK_HOME\. Until then nothing .* is kept\.")
    assert desk.quit() == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write into a read-only folder")
def test_a_read_only_home_is_told(
    launch: Launch, loan_home: Path, gld_at_350: tuple[str, str]
) -> None:
    loan_home.chmod(0o500)
    try:
        desk = launch(*gld_at_350)
        lives(desk, r"desk\.db .*writable")
        assert desk.quit() == 0
    finally:
        loan_home.chmod(0o700)


def test_without_a_network_the_desk_says_so_and_shows_the_loan_s_terms(
    launch: Launch, loan_home: Path
) -> None:
    assert loan_home.exists()
    desk = launch()
    desk.wait_text("desk.problem", r"\w.*\.$")
    desk.wait_text("loan.amount", r"^2,100,000\.00 USD$")
    desk.wait_text("loan.ltv", "^—$")
    desk.wait_text("quote.quality", "^NO PRICE$")
    assert desk.quit() == 0


def lives(desk: App, sentence: str) -> None:
    """The banner says the one sentence, and the price still comes in."""
    told = desk.wait_text("desk.problem", sentence)
    assert "\n" not in told
    assert "Traceback" not in told
    desk.wait_text("quote.last", r"^350\.00$")  # prices come after the welcome, if there is one
    if desk.shows("welcome.setup"):
        desk.key("Escape")
        desk.wait_gone("welcome.setup")
    desk.key("ctrl+k")
    desk.wait("palette.search", "focused")
    desk.key("Escape")
    desk.wait_gone("palette.search")
