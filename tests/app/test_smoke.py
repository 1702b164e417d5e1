"""`vaultdesk --smoke`, and how the program starts itself again."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vaultdesk.app import itself
from vaultdesk.app.smoke import smoke
from vaultdesk.app.smoke_checks import CHECKS, Trial

ROOT = Path(__file__).resolve().parents[2]


def test_everything_is_there_in_a_source_tree_and_nothing_is_left_behind(tmp_path: Path) -> None:
    home, profile = tmp_path / "home", tmp_path / "profile"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "VAULTDESK_HOME": str(profile)}
    environment["VAULTDESK_FEED"] = "nonsense"  # the user's settings have no say
    done = subprocess.run(
        [sys.executable, "-m", "vaultdesk", "--smoke"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert list(said) == ["VaultDesk", *CHECKS, "result"]
    assert said["option"].startswith("an American put is worth 22.49")
    assert not profile.exists()
    assert list(home.iterdir()) == []


def test_a_check_that_fails_is_told_and_the_others_go_on(
    capfd: pytest.CaptureFixture[str],
) -> None:
    homes: list[Path] = []

    def broken(_: Trial) -> str:
        raise FileNotFoundError("no such font")

    def sound(trial: Trial) -> str:
        homes.append(trial.home)
        assert os.environ["VAULTDESK_HOME"] == str(trial.home)
        return "as it should be"

    before = dict(os.environ)
    assert smoke(argparse.ArgumentParser, {"first": broken, "second": sound}) == 1
    lines = capfd.readouterr().out.splitlines()
    assert lines[1:] == [
        "first: FAILED, FileNotFoundError: no such font",
        "second: as it should be",
        "result: 1 of 2 checks failed",
    ]
    assert dict(os.environ) == before
    assert not homes[0].exists()


@pytest.mark.parametrize("name", ["option", "database", "time", "report"])
def test_a_check_alone_is_sound(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert smoke(argparse.ArgumentParser, {name: CHECKS[name]}) == 0
    assert "FAILED" not in capfd.readouterr().out


def test_a_source_tree_starts_itself_as_a_module() -> None:
    assert itself.command("--demo", frozen=False) == (
        sys.executable,
        ["-m", "vaultdesk", "--demo"],
    )


def test_a_bundle_starts_itself_as_a_program() -> None:
    assert itself.command("--demo", frozen=True) == (sys.executable, ["--demo"])
