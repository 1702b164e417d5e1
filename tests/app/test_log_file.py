"""The log: only its owner's, bounded, and silent where it cannot be written."""

import logging
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from vaultdesk.app import log_file
from vaultdesk.app.defence import Defence
from vaultdesk.app.log_file import LONGEST, MOST_FAULTS, OLDER, LogFile, faults_file, last_lines
from vaultdesk.app.redaction import REDACTOR

ROOT = Path(__file__).resolve().parents[2]


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("vaultdesk", logging.ERROR, "f", 1, text, (), None)


@pytest.mark.skipif(sys.platform == "win32", reason="rights are another matter there")
def test_only_its_owner_may_read_any_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "desk.log").write_text("of an older program\n")
    (tmp_path / "desk.log").chmod(0o644)
    made = LogFile(tmp_path / "desk.log")
    for _ in range(3):
        made.emit(record("x" * LONGEST))
    made.close()
    faults_file(tmp_path).close()
    files = list(tmp_path.iterdir())
    assert len(files) > 2
    assert {rights(path) for path in files} == {0o600}


def test_it_never_grows_beyond_its_bounds(tmp_path: Path) -> None:
    made = LogFile(tmp_path / "desk.log")
    for number in range(3 * (OLDER + 1)):
        made.emit(record(f"{number} " + "x" * (LONGEST // 2)))
    made.close()
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == OLDER + 1
    assert max(sizes) <= LONGEST


def test_a_log_that_cannot_be_rotated_is_silent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be removed stands where the oldest file belongs."""
    (tmp_path / f"desk.log.{OLDER}" / "in the way").mkdir(parents=True)
    for number in range(1, OLDER):
        (tmp_path / f"desk.log.{number}").write_text("older\n")
    made = LogFile(tmp_path / "desk.log")
    made.emit(record("x" * (LONGEST - 1000)))
    made.emit(record("y" * 2000))
    made.emit(record("z"))
    made.close()
    assert capsys.readouterr().err == ""
    assert (tmp_path / "desk.log").stat().st_size <= LONGEST


FULL = """
import logging, resource, signal, sys
from pathlib import Path
from vaultdesk.app.defence import Defence
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
home = Path(sys.argv[1])
made = Defence(home, "info", qt=False)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
log = logging.getLogger("vaultdesk")
for number in range(3000):
    log.error("%d %s", number, "x" * 1000)
made.stand_down()
print("lived")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits are Linux's")
def test_a_disk_that_fills_up_while_it_is_written_ends_nothing(tmp_path: Path) -> None:
    ran = subprocess.run(  # noqa: S603  this interpreter, our own code
        [sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "lived", "")
    assert (tmp_path / "log" / "desk.log").stat().st_size <= 100_000


def test_the_tracebacks_of_crashes_begin_anew_when_they_grew_long(tmp_path: Path) -> None:
    (tmp_path / "faults.log").write_text("old " * MOST_FAULTS)
    with faults_file(tmp_path) as file:
        file.write("new")
    assert (tmp_path / "faults.log").read_text() == "new"
    assert (tmp_path / "faults.old.log").read_text().startswith("old")
    (tmp_path / "faults.log").write_text("newer " * MOST_FAULTS)
    faults_file(tmp_path).close()
    assert (tmp_path / "faults.old.log").read_text().startswith("newer")
    assert len(list(tmp_path.iterdir())) == 2


def test_short_tracebacks_of_crashes_are_kept(tmp_path: Path) -> None:
    with faults_file(tmp_path) as file:
        file.write("first")
    with faults_file(tmp_path) as file:
        file.write(" second")
    assert (tmp_path / "faults.log").read_text() == "first second"


def test_the_newest_lines_are_read_over_the_rotation(tmp_path: Path) -> None:
    (tmp_path / "desk.log.1").write_text("1\n2\n3\n")
    (tmp_path / "desk.log").write_text("4\n5\n")
    assert last_lines(tmp_path, 3) == ["3", "4", "5"]
    assert last_lines(tmp_path, 99) == ["1", "2", "3", "4", "5"]
    assert last_lines(tmp_path / "nowhere", 5) == []


def test_a_secret_in_a_bug_s_text_reaches_neither_the_log_nor_the_window(tmp_path: Path) -> None:
    REDACTOR.learn("planted-in-a-bug")
    made = Defence(tmp_path, "info", qt=False)
    told: list[str] = []
    made.show = told.append
    try:
        int("planted-in-a-bug")
    except ValueError as error:
        made.report(error)
    logging.getLogger("vaultdesk").warning("again: %s", "planted-in-a-bug")
    made.stand_down()
    text = (tmp_path / log_file.FOLDER / log_file.FILE).read_text()
    assert "Traceback" in text
    assert "again" in text
    assert "planted" not in text
    assert "ValueError" in told[0]
    assert "planted" not in told[0]
