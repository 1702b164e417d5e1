"""What nobody foresaw: logged with its traceback, shown once, and the desk lives on."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaultdesk.app import defence as module
from vaultdesk.app.defence import Defence
from vaultdesk.events import Bus


@pytest.fixture
def defence(tmp_path: Path) -> Iterator[Defence]:
    made = Defence(tmp_path, "info")
    yield made
    made.stand_down()


def shown(defence: Defence) -> list[str]:
    told: list[str] = []
    defence.show = told.append
    return told


def test_one_handler_s_bug_does_not_keep_the_event_from_the_others(
    defence: Defence, tmp_path: Path
) -> None:
    told = shown(defence)
    bus = Bus(defence.guard)
    heard: list[str] = []

    def broken(event: str) -> None:
        raise ZeroDivisionError(event)

    bus.subscribe(str, broken)
    bus.subscribe(str, heard.append)
    bus.tell("tick")
    bus.tell("tick")
    assert heard == ["tick", "tick"]
    assert len(told) == 1
    assert "ZeroDivisionError" in told[0]
    assert "Traceback" not in told[0]
    assert "Traceback" in (tmp_path / "log" / "desk.log").read_text()


def test_a_bug_in_a_task_nobody_awaits_reaches_the_log(defence: Defence) -> None:
    told = shown(defence)

    async def work() -> None:
        asyncio.get_running_loop().set_exception_handler(defence.on_loop)
        asyncio.get_running_loop().call_soon(dict[str, int]().__getitem__, "missing")
        await asyncio.sleep(0)

    asyncio.run(work())
    assert "KeyError" in told[0]


def test_a_thread_s_bug_reaches_the_log(defence: Defence) -> None:
    told = shown(defence)
    defence.install()
    thread = threading.Thread(target=dict[str, int]().__getitem__, args=("missing",))
    thread.start()
    thread.join()
    assert "KeyError" in told[0]


def test_the_hooks_are_given_back(tmp_path: Path) -> None:
    made = Defence(tmp_path, "info")
    made.install()
    assert sys.excepthook != sys.__excepthook__
    made.stand_down()
    assert sys.excepthook is sys.__excepthook__


def test_a_home_that_cannot_be_written_still_has_a_defence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    made = Defence(tmp_path / "file", "info")
    told = shown(made)
    made.report(ValueError("odd"))
    made.stand_down()
    assert "odd" in told[0]


async def test_work_that_fails_by_a_bug_is_begun_again(
    defence: Defence, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, begun = shown(defence), []
    monkeypatch.setattr(module, "BREATH_S", 0)

    async def work() -> None:
        begun.append(1)
        if len(begun) < 3:
            raise ZeroDivisionError

    await defence.keep_alive(work)
    assert len(begun) == 3
    assert len(told) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_log_on_a_full_disk_is_silent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "desk.log").symlink_to("/dev/full")
    made = Defence(tmp_path, "info")
    told = shown(made)
    made.report(ValueError("odd"))
    made.stand_down()
    assert "odd" in told[0]
    assert capsys.readouterr().err == ""
