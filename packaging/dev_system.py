"""What Qt wants of a Linux system, and where a window can open on it."""

from __future__ import annotations

import configparser
import contextlib
import ctypes
import enum
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dev_environment import ROOT, is_usable, say, step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


XVFB = ("Xvfb", "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-terminate")


class Display(enum.Enum):
    """Where a window would open; a Linux system needs the sections of `debian.ini` named here."""

    NATIVE = "natively", ()
    WAYLAND = "on the Wayland display", ("wayland",)
    X11 = "on the X display", ("x11",)
    VIRTUAL = "on a private virtual screen", ("x11", "screen")
    OFFSCREEN = "without a screen", ()

    @property
    def needs(self) -> dict[str, str]:
        """What must be there, and the package that brings it."""
        return packages(*self.value[1])


def packages(*sections: str) -> dict[str, str]:
    """Probes and packages from `debian.ini`."""
    table = configparser.ConfigParser(delimiters=["="], interpolation=None)
    table.optionxform = str  # type: ignore[assignment,method-assign]
    table.read(ROOT / "packaging" / "debian.ini", "utf-8")
    return {probe: package for name in sections for probe, package in table[name].items()}


def is_here(probe: str) -> bool:
    """Whether this system has what a name in `debian.ini`, or "ensurepip", stands for."""
    if probe == "ensurepip":
        importlib.invalidate_caches()
        return importlib.util.find_spec(probe) is not None
    if probe.startswith("/"):
        return any(Path("/").glob(probe[1:]))
    if ".so." not in probe:
        return shutil.which(probe) is not None
    try:
        ctypes.CDLL(probe)
    except OSError:
        return False
    return True


def apt_line(missing: Mapping[str, str]) -> str:
    """The one command that installs what is missing."""
    return f"sudo apt-get install -y {' '.join(sorted(set(missing.values())))}"


def prepare_system(
    needs: Mapping[str, str], likes: Mapping[str, str] | None = None, otherwise: str = ""
) -> None:
    """Sees to it that a Linux system has what a command needs; says so when it lacks what it likes.

    Raises:
        SystemExit: when something needed is missing and cannot be installed from here.
    """
    if sys.platform != "linux":
        return
    if not is_usable(ROOT):
        needs = {**needs, "ensurepip": "python{}.{}-venv".format(*sys.version_info)}
    wanted = {**needs, **(likes or {})}
    missing = {probe: package for probe, package in wanted.items() if not is_here(probe)}
    if not missing or obtain(missing):
        return
    if any(probe in needs and not is_here(probe) for probe in missing):
        raise SystemExit("VaultDesk cannot be set up without them.")
    say(otherwise)


def obtain(missing: Mapping[str, str]) -> bool:
    """Installs system packages when we are root on Debian; says how to otherwise."""
    if shutil.which("apt-get") is None:
        say(f"Missing on this system: {', '.join(missing)}.")
        return False
    if os.geteuid() != 0:
        say(f"System packages are missing. This installs them:\n\n    {apt_line(missing)}\n")
        return False
    names = sorted(set(missing.values()))
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    fetch = ("apt-get", "install", "-y", "--no-install-recommends", *names)
    headline = f"Installing {len(names)} system packages"
    known = subprocess.run(["apt-get", "install", "-s", *names], capture_output=True, check=False)
    if known.returncode == 0 and step(headline, *fetch, environ=quiet):
        return True
    update = step("Reading the package lists", "apt-get", "update", environ=quiet)
    return update and step(headline, *fetch, environ=quiet)


def answers(environ: Mapping[str, str]) -> Iterator[Display]:
    """The real displays that an environment names and that take a connection."""
    wayland = environ.get("WAYLAND_DISPLAY", "")
    if wayland and Path(environ.get("XDG_RUNTIME_DIR", "/"), wayland).is_socket():
        yield Display.WAYLAND
    host, _, number = environ.get("DISPLAY", "").rpartition(":")
    number = number.split(".")[0]
    if number.isdecimal() and x_server_listens(host, int(number)):
        yield Display.X11


def x_server_listens(host: str, number: int) -> bool:
    """Whether an X display takes connections, over TCP (as `ssh -X` has it) or a local socket."""
    if host not in {"", "unix"}:
        return connects(socket.AF_INET, (host, 6000 + number))
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - X says so
    return connects(socket.AF_UNIX, path) or connects(socket.AF_UNIX, f"\0{path}")


def connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    """Whether somebody listens there."""
    with contextlib.suppress(OSError), socket.socket(family) as probe:
        probe.settimeout(2)
        probe.connect(address)
        return True
    return False


def choose_display(
    environ: Mapping[str, str],
    has: Callable[[str], bool] = is_here,
    system: str = sys.platform,
) -> Display:
    """The best place for a window: a real display, else a virtual one, else none.

    Args:
        environ: its QT_QPA_PLATFORM is a wish that counts for more than all else.
        has: tells whether a probe of `debian.ini` is there; pass `bool` to learn what to install.
        system: as `sys.platform`.
    """
    if (wish := environ.get("QT_QPA_PLATFORM", "")) or system != "linux":
        return Display.OFFSCREEN if wish in {"offscreen", "minimal"} else Display.NATIVE
    places = (*answers(environ), Display.VIRTUAL, Display.OFFSCREEN)
    return next(place for place in places if all(map(has, place.needs)))


@contextlib.contextmanager
def virtual_screen() -> Iterator[dict[str, str]]:
    """An X server that only holders of its cookie may use; yields the variables that lead to it."""
    cookie = secrets.token_hex(16)
    out, into = os.pipe()
    with tempfile.TemporaryDirectory(prefix="vaultdesk-screen-") as folder, os.fdopen(out) as pipe:
        authority = str(Path(folder, "Xauthority"))

        def admit(display: str) -> None:
            command = ["xauth", "-q", "-f", authority, "source", "-"]
            line = f"add {display} . {cookie}\n"
            subprocess.run(command, input=line, text=True, stderr=subprocess.DEVNULL, check=True)

        admit(":0")  # the server takes the cookie and ignores the number, not yet known
        server = subprocess.Popen(
            [*XVFB, "-displayfd", str(into), "-auth", authority],
            pass_fds=(into,),
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the app alone
        )
        os.close(into)
        try:
            if not (number := pipe.readline().strip()):
                raise SystemExit("Xvfb did not start; QT_QPA_PLATFORM=offscreen does without it.")
            admit(f":{number}")
            yield {"DISPLAY": f":{number}", "XAUTHORITY": authority, "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()
            server.wait()
