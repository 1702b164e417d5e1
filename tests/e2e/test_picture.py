"""`--screenshot`: the desk painted into a file, with and without a display."""

import struct
from pathlib import Path

import pytest

from tests.e2e.desktop import Desktop
from tests.e2e.program import command_line

pytestmark = pytest.mark.e2e

PNG = b"\x89PNG\r\n\x1a\n"


def size_of(file: Path) -> tuple[int, int]:
    """Width and height as a PNG file's header gives them."""
    head = file.read_bytes()[:24]
    assert head.startswith(PNG)
    width, height = struct.unpack(">II", head[16:])
    return width, height


@pytest.mark.parametrize("display", [True, False], ids=["on a screen", "offscreen"])
def test_a_picture_has_the_size_asked_for(
    desktop: Desktop, own_home: Path, tmp_path: Path, display: bool
) -> None:
    file = tmp_path / "desk.png"
    where = {} if display else {"DISPLAY": "", "QT_QPA_PLATFORM": ""}
    arguments = ("--demo", "--screenshot", str(file), "--after", "2", "--size", "1280x800")
    done = command_line(desktop, own_home, *arguments, **where)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert size_of(file) == (1280, 800)
    assert file.stat().st_size > 20_000, "the picture is all but empty"


def test_without_a_display_the_desk_says_what_to_do(desktop: Desktop, own_home: Path) -> None:
    done = command_line(desktop, own_home, "--demo", DISPLAY="", QT_QPA_PLATFORM="")
    assert done.returncode == 1
    assert "set DISPLAY" in done.stderr
    assert done.stderr.count("\n") == 1
