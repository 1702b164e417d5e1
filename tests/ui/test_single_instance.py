"""One desk per home, across processes, however the first one ended."""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from vaultdesk.ui.single_instance import LONGEST_PATH, SingleInstance, address

HOLD = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from vaultdesk.ui.single_instance import SingleInstance
app = QCoreApplication([])
first = SingleInstance(Path(sys.argv[1]))
print(first.acquire(), flush=True)
first.raise_requested.connect(lambda: print("raised", flush=True))
app.exec()
"""
TRY = """
import sys
from pathlib import Path
from vaultdesk.ui.single_instance import SingleInstance
print(SingleInstance(Path(sys.argv[1])).acquire())
"""
PATIENCE_S = 20
ROOT = Path(__file__).resolve().parents[2]


def start(code: str, home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  this interpreter, our own code
        [sys.executable, "-c", code, str(home)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], PATIENCE_S)[0], "it says nothing"
    return process.stdout.readline().strip()


@pytest.fixture
def first(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = start(HOLD, tmp_path)
    assert said(process) == "True"
    yield process
    process.kill()
    process.communicate()


def test_the_first_start_gets_the_home(qtbot: QtBot, tmp_path: Path) -> None:
    del qtbot
    instance = SingleInstance(tmp_path)
    assert instance.acquire()
    instance.release()


def test_a_second_start_is_turned_away_and_raises_the_first(
    first: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert not SingleInstance(tmp_path).acquire()
    assert said(first) == "raised"


def test_the_running_desk_hears_a_second_process(qtbot: QtBot, tmp_path: Path) -> None:
    instance = SingleInstance(tmp_path)
    assert instance.acquire()
    with qtbot.waitSignal(instance.raise_requested, timeout=10_000):
        second = start(TRY, tmp_path)
    assert said(second) == "False"
    second.communicate()
    instance.release()


def test_the_home_is_free_again_after_kill_9(first: subprocess.Popen[str], tmp_path: Path) -> None:
    first.send_signal(signal.SIGKILL)
    first.wait()
    heir = SingleInstance(tmp_path)
    assert heir.acquire()
    heir.release()


def test_the_heir_of_a_killed_desk_can_be_raised(
    qtbot: QtBot, first: subprocess.Popen[str], tmp_path: Path
) -> None:
    first.send_signal(signal.SIGKILL)
    first.wait()
    heir = SingleInstance(tmp_path)
    assert heir.acquire()
    with qtbot.waitSignal(heir.raise_requested, timeout=10_000):
        second = start(TRY, tmp_path)
    second.communicate()
    heir.release()


def test_a_hanging_first_desk_does_not_hang_the_second(
    first: subprocess.Popen[str], tmp_path: Path
) -> None:
    first.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    assert not SingleInstance(tmp_path).acquire()
    assert time.monotonic() - began < 10
    first.send_signal(signal.SIGCONT)


def test_two_homes_do_not_meet(first: subprocess.Popen[str], tmp_path: Path) -> None:
    assert first.poll() is None
    other = tmp_path / "other"
    other.mkdir()
    instance = SingleInstance(other)
    assert instance.acquire()
    instance.release()


def test_a_released_home_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        instance = SingleInstance(tmp_path)
        assert instance.acquire()
        instance.release()


def test_the_same_home_by_another_path_is_the_same(
    first: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert first.poll() is None
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    assert not SingleInstance(link).acquire()


@pytest.mark.parametrize("runtime", ["", "/run/user/1000/" + "very-long-name/" * 20])
def test_the_address_fits_a_socket_whatever_the_paths(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, runtime: str
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    deep = tmp_path / ("d" * 200)
    deep.mkdir()
    assert len(os.fsencode(address(deep))) <= LONGEST_PATH
    assert address(deep) != address(tmp_path)


def test_the_runtime_directory_is_preferred(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as short:  # the test's own may be too long for a socket
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        assert str(Path(address(Path("/srv/desk"))).parent) == short


def test_a_home_that_cannot_be_written_to_is_still_guarded(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    first = start(HOLD, missing)
    assert said(first) == "True"
    assert not SingleInstance(missing).acquire()
    first.kill()
    first.communicate()
