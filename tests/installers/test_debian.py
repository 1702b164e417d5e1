"""The Debian package on a bare Debian: installed, opened from its menu entry, tried, removed."""

import configparser
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QImage

from tests.e2e.desktop import NOWHERE, PICTURE, until
from tests.e2e.desktop import _screen as lasting_screen
from tests.installers.bare import ROOT, Bare
from tests.installers.conftest import Built
from tests.installers.test_bundle import CHECKS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("installers")]

DATA = "home/desk/.local/share/vaultdesk"
FONT_CACHE = "home/desk/.cache/fontconfig"
MENU = "usr/share/applications/vaultdesk.desktop"
KEPT_BY_OTHERS = (
    *("var/lib/dpkg/", "var/lib/apt/", "var/cache/", "var/log/", "var/lib/systemd/"),
    *("etc/ld.so.cache", "etc/apt/", "home/desk/.config/pip"),
)
"""What the package manager keeps of its own, whatever is installed and removed."""
LEAST_COLOURS, DRAWN_COLOURS = 500, 1500
"""What a window shows at least: at first, and once curves and gauges are drawn."""


@dataclass(frozen=True)
class Installed:
    """A bare system with the package in it."""

    system: Bare
    before: dict[str, str]


@pytest.fixture(scope="module")
def installed(built: Built, debian: Bare) -> Installed:
    """The package as apt installs it with what it depends on, and without what it recommends."""
    before = debian.files()
    shutil.copy(built.deb, debian.folder / "tmp" / "vaultdesk.deb")
    debian.apt("update")
    debian.apt("install", "--no-install-recommends", "/tmp/vaultdesk.deb")  # noqa: S108
    return Installed(debian, before)


def menu_entry(system: Bare, section: str) -> list[str]:
    """The command of the menu entry, as a desktop starts it."""
    entries = configparser.ConfigParser(interpolation=None, strict=True)
    entries.optionxform = str  # type: ignore[assignment,method-assign]
    entries.read(system.folder / MENU, "utf-8")
    return shlex.split(entries[section]["Exec"])


@dataclass(frozen=True)
class Screen:
    """A screen outside the bare system, which has none; `variables` lead to it from inside."""

    own: dict[str, str]
    variables: dict[str, str]

    def windows(self) -> list[str]:
        """The titles of the windows on it."""
        search = ["xdotool", "search", "--onlyvisible", "--name", "VaultDesk"]
        found = self._said(search).split()
        return [self._said(["xdotool", "getwindowname", number]).strip() for number in found]

    def picture(self, file: Path) -> QImage:
        """What it shows."""
        command = [sys.executable, "-c", PICTURE, str(file)]
        subprocess.run(command, env=self.own, check=True, timeout=60)  # noqa: S603
        return QImage(str(file))

    def _said(self, command: list[str]) -> str:
        done = subprocess.run(  # noqa: S603
            command, env=self.own, capture_output=True, text=True, timeout=60, check=False
        )
        return done.stdout


@pytest.fixture
def screen() -> Iterator[Screen]:
    with lasting_screen(os.environ) as number:
        inside = {"DISPLAY": f":{number}", "HTTPS_PROXY": NOWHERE, "WSS_PROXY": NOWHERE}
        yield Screen({**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}, inside)


@contextmanager
def opened(
    system: Bare, screen: Screen, command: list[str], output: Path
) -> Iterator[psutil.Process]:
    """The desk, started inside by an ordinary user; closed in order at the end."""
    with output.open("wb") as said:
        outer = subprocess.Popen(  # noqa: S603
            system.command(*command, user="desk", **screen.variables),
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        desk = until(
            lambda: desk_below(psutil.Process(outer.pid)),
            f"the desk's process ({output.read_text()})",
        )
        yield desk
        desk.send_signal(signal.SIGTERM)
        assert outer.wait(30) == 0, output.read_text()
    finally:
        outer.kill()
        outer.wait()


def desk_below(parent: psutil.Process) -> psutil.Process | None:
    """The desk among those a process started; the shells in between may be gone at any time."""
    for one in parent.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if one.name() == "vaultdesk":
                return one
    return None


def colours(image: QImage) -> int:
    pixels = range(0, image.height(), 4), range(0, image.width(), 2)
    return len({image.pixel(x, y) for y in pixels[0] for x in pixels[1]})


def test_it_is_installed_with_all_it_needs(installed: Installed) -> None:
    linked = "find /usr/lib/vaultdesk -name '*.so*' | xargs ldd"
    own = "/usr/lib/vaultdesk/_internal"  # where the bundle's starter points the linker
    told = installed.system.run("sh", "-c", linked, LD_LIBRARY_PATH=f"{own}:{own}/PySide6/Qt/lib")
    lacking = {line.split()[0] for line in told.splitlines() if "not found" in line}
    assert {name for name in lacking if not name.startswith("libwayland")} == set()
    assert installed.system.run("dpkg", "--verify", "vaultdesk") == ""
    assert installed.system.run("dpkg", "--audit") == ""


def test_its_files_belong_to_root_and_nobody_else_may_write_them(installed: Installed) -> None:
    usr = installed.system.folder / "usr"
    files = [usr / "bin" / "vaultdesk", usr / "lib" / "vaultdesk"]
    files += (usr / "lib" / "vaultdesk").rglob("*")
    assert len(files) > 1000
    kinds = [path.lstat() for path in files]
    assert {(kind.st_uid, kind.st_gid) for kind in kinds} == {(0, 0)}
    assert [path for path in files if not path.is_symlink() and path.stat().st_mode & 0o022] == []


def test_the_smoke_passes_for_an_ordinary_user_without_a_network(installed: Installed) -> None:
    home = installed.system.folder / "home" / "desk"
    before = sorted(home.rglob("*"))
    words = installed.system.command("vaultdesk", "--smoke", user="desk")
    done = subprocess.run(  # noqa: S603
        ["unshare", "--net", *words],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    print(done.stdout, done.stderr)  # noqa: T201
    assert done.returncode == 0, done.stdout + done.stderr
    said = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert set(CHECKS) <= said.keys()
    assert said["keyring"].startswith("This session has no keyring")
    assert sorted(home.rglob("*")) == before


def test_the_menu_entry_opens_a_first_desk(
    installed: Installed, screen: Screen, tmp_path: Path
) -> None:
    command = menu_entry(installed.system, "Desktop Entry")
    assert command == ["vaultdesk"]
    with opened(installed.system, screen, command, tmp_path / "said.txt"):
        until(lambda: len(screen.windows()) > 1, "the desk's window and its welcome")
        image = screen.picture(tmp_path / "desk.png")
    assert (image.width(), image.height()) == (1600, 1000)
    assert colours(image) > LEAST_COLOURS
    home = installed.system.folder / DATA
    assert (home / "desk.db").is_file()
    assert " ERROR " not in (home / "log" / "desk.log").read_text()


def test_the_menu_s_demonstration_draws_its_market(
    installed: Installed, screen: Screen, tmp_path: Path
) -> None:
    command = menu_entry(installed.system, "Desktop Action demonstration")
    with opened(installed.system, screen, command, tmp_path / "said.txt"):
        until(screen.windows, "the desk's window")
        until(
            lambda: colours(screen.picture(tmp_path / "desk.png")) > DRAWN_COLOURS,
            "a window with its curves and gauge",
        )
    log = installed.system.folder / DATA / "demo" / "log" / "desk.log"
    assert " ERROR " not in log.read_text()


def test_what_the_desktop_reads_of_it_is_there(installed: Installed) -> None:
    share = installed.system.folder / "usr" / "share"
    icons = share / "icons" / "hicolor"
    assert (icons / "scalable" / "apps" / "vaultdesk.svg").is_file()
    for size in (16, 48, 128, 256):
        image = QImage(str(icons / f"{size}x{size}" / "apps" / "vaultdesk.png"))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(0, 0).alpha() == 0
        assert image.pixelColor(size // 2, size // 2).alpha() == 255
    for name in ("copyright", "changelog.gz", "changelog.Debian.gz", "vaultdesk.cdx.json"):
        assert (share / "doc" / "vaultdesk" / name).stat().st_size > 100
    assert (share / "man" / "man1" / "vaultdesk.1.gz").is_file()
    assert (share / "metainfo" / "vaultdesk.metainfo.xml").is_file()


@pytest.fixture
def removed(installed: Installed) -> Installed:
    """As `installed`, with the package and what came along for it taken away again."""
    data = installed.system.folder / DATA
    assert data.is_dir(), "the desk has not been opened: this runs after the tests above"
    installed.system.apt("purge", "--auto-remove", "vaultdesk")
    return installed


def test_removed_it_leaves_nothing_but_the_user_s_data(removed: Installed) -> None:
    left = removed.system.files().keys() - removed.before.keys()
    ours = sorted(name for name in left if not name.startswith(KEPT_BY_OTHERS))
    assert [name for name in ours if not name.startswith("home/desk/")] == []
    theirs = [name for name in ours if not name.startswith((DATA, FONT_CACHE))]
    assert theirs == ["home/desk/.cache", "home/desk/.local", "home/desk/.local/share"]
    assert f"{DATA}/desk.db" in ours
    gone = removed.before.keys() - removed.system.files().keys()
    assert sorted(name for name in gone if not name.startswith(KEPT_BY_OTHERS)) == []


def test_the_metainfo_tells_of_this_version() -> None:
    import xml.etree.ElementTree as ET  # noqa: PLC0415

    from vaultdesk import __version__  # noqa: PLC0415

    tree = ET.parse(ROOT / "resources" / "desktop" / "vaultdesk.metainfo.xml")  # noqa: S314
    releases = [one.get("version") for one in tree.iter("release")]
    assert releases[0] == __version__
