"""One process per home, with a window or without, however the last one ended."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vaultdesk.services.home_lock import HomeLock

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from vaultdesk.services.home_lock import HomeLock
lock = HomeLock(Path(sys.argv[1]), "serve")
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


@contextmanager
def holding(home: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLD, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_process_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    lock = HomeLock(tmp_path, "desk")
    with holding(tmp_path) as first:
        assert not lock.acquire()
        assert lock.holder == f"serve {first.pid}"


def test_death_lets_go(tmp_path: Path) -> None:
    with holding(tmp_path):
        pass
    lock = HomeLock(tmp_path, "desk")
    assert lock.acquire()
    lock.release()


def test_two_in_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    first, second = HomeLock(tmp_path, "desk"), HomeLock(tmp_path, "restore")
    assert first.acquire()
    assert not second.acquire()
    assert second.holder.startswith("desk ")
    first.release()
    assert second.acquire()
    second.release()


def test_another_home_is_another_lock(tmp_path: Path) -> None:
    with holding(tmp_path):
        (tmp_path / "other").mkdir()
        lock = HomeLock(tmp_path / "other", "desk")
        assert lock.acquire()
        lock.release()


def test_a_link_to_the_home_is_the_same_home(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with holding(tmp_path):
        assert not HomeLock(tmp_path / "link", "desk").acquire()


def test_a_home_that_cannot_be_written_to_is_guarded_beside_it(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with holding(missing):
        assert not HomeLock(missing, "desk").acquire()
