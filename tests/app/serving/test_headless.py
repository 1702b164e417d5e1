"""`vaultdesk serve` as a process: no Qt, one desk per profile, a quick end."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fakes.serving import ROOT, free_port, process
from vaultdesk.cli import main
from vaultdesk.services.home_lock import HomeLock

SOON_S = 10
"""Two seconds on a machine that does nothing else."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_soon_and_in_good_order_without_ever_loading_qt(
    tmp_path: Path, number: signal.Signals
) -> None:
    with process(tmp_path) as server:
        began = time.monotonic()
        code, out, error = server.end(number)
        assert time.monotonic() - began < SOON_S
    assert (code, error) == (0, "")
    assert "QT []" in out


def test_no_token_is_in_the_log(tmp_path: Path) -> None:
    with process(tmp_path) as server:
        server.end()
    log = (tmp_path / "demo" / "log" / "desk.log").read_text()
    assert f"Listening at {server.url}" in log
    assert server.token not in log


def test_a_second_desk_on_the_profile_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with process(tmp_path) as server:
        for arguments in (("serve", "--demo", "--serve-port", str(free_port())), ("--demo",)):
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-m", "vaultdesk", *arguments],
                env={"VAULTDESK_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.returncode != 0
            assert f"serve {server.popen.pid}" in done.stderr
            assert done.stderr.count("\n") == 1
        assert server.popen.poll() is None


def test_a_killed_server_leaves_the_profile_free(tmp_path: Path) -> None:
    with process(tmp_path) as server:
        lock = HomeLock(tmp_path / "demo", "desk")
        assert not lock.acquire()
        assert lock.holder == f"serve {server.popen.pid}"
        server.popen.kill()
        server.popen.communicate()
        assert lock.acquire()
        lock.release()


@pytest.mark.usefixtures("home")
def test_a_token_of_one_session_cannot_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--demo", "--secrets-in", "session", "--show-token"]) == 2
    assert "one session only" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_no_other_machine_is_served_with_a_token_of_one_session(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wide = ("--serve-host", "0.0.0.0", "--secrets-in", "session", "--serve-port", str(free_port()))
    assert main(["serve", "--demo", *wide]) == 2
    refusal = capsys.readouterr()
    assert refusal.out == ""
    assert "keep passwords in the keyring first" in refusal.err
