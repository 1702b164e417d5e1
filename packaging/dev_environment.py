"""The environments that dev.py works in: made, filled from a hashed lock, known when complete.

`.venv` runs, tests and checks; `.venv-build` holds what a bundle is made of and with, and nothing
of the tests.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = "Scripts" if os.name == "nt" else "bin"
VENV = ROOT / ".venv"
BIN = VENV / PROGRAMS
PYTHON = str(BIN / "python")
BUILD_VENV = ROOT / ".venv-build"
BUILD_PYTHON = str(BUILD_VENV / PROGRAMS / "python")
PYTHONS = ("3.11", "3.12", "3.13")
RUN_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"  # a superset of RUN_LOCK
BUILD_LOCK = "requirements-build.lock"  # another superset of it


def say(sentence: str) -> None:
    """Progress goes to stderr, so that `run report > file` holds the report and no more."""
    print(sentence, file=sys.stderr, flush=True)


def python_complaint(major: int, minor: int) -> str | None:
    """One sentence for a Python that VaultDesk does not run on."""
    if f"{major}.{minor}" in PYTHONS:
        return None
    found = [f"python{version}" for version in PYTHONS if shutil.which(f"python{version}")]
    return (
        f"VaultDesk needs Python {', '.join(PYTHONS[:-1])} or {PYTHONS[-1]}, and this is"
        f" {major}.{minor}: start it with another, for example"
        f" `{(found or ['python3.12'])[-1]} packaging/dev.py run`."
    )


def stamp_of(venv: Path) -> Path:
    """Holds the fingerprint of what was last installed to its end."""
    return venv / "vaultdesk-installed"


def unfinished(venv: Path) -> Path:
    """Lies in an environment while packages are unpacked, and stays when that is killed."""
    return venv / "vaultdesk-installing"


def fingerprint(root: Path, lock: str) -> str:
    """Two lines: where the tree lies, and a digest of all that decides what is to be installed."""
    digest = hashlib.sha256(f"{platform.python_version()} {lock}".encode())
    digest.update((root / "pyproject.toml").read_bytes())
    digest.update((root / "packaging" / lock).read_bytes())
    return f"{root}\n{digest.hexdigest()}\n"


def is_usable(root: Path, name: str = VENV.name) -> bool:
    """False when it must be made anew: gone, half made, of another Python, or moved here."""
    venv = root / name
    suffix = ".exe" if os.name == "nt" else ""
    programs = [venv / PROGRAMS / (program + suffix) for program in ("python", "pip")]
    if unfinished(venv).exists() or not all(os.access(path, os.X_OK) for path in programs):
        return False
    config = (venv / "pyvenv.cfg").read_text("utf-8")
    version = re.search(r"^version(?:_info)? *= *(\d+)\.(\d+)", config, re.MULTILINE)
    if version is None or tuple(map(int, version.groups())) != sys.version_info[:2]:
        return False
    stamp = stamp_of(venv)
    return not stamp.exists() or stamp.read_text("utf-8").partition("\n")[0] == str(root)


def is_installed(root: Path, lock: str, name: str = VENV.name) -> bool:
    """Whether it holds what `lock` asks for; what serves development serves running too."""
    stamp = stamp_of(root / name)
    if not stamp.is_file() or not is_usable(root, name):
        return False
    serving = (lock, DEV_LOCK) if name == VENV.name else (lock,)
    return stamp.read_text("utf-8") in {fingerprint(root, one) for one in serving}


def step(headline: str, *command: str, environ: Mapping[str, str] | None = None) -> bool:
    """Runs a long command behind a line of progress; shows what it printed only when it fails."""
    say(f"{headline} …")
    started = shown = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=ROOT,
        env=environ,
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            if time.monotonic() > shown + 5:
                shown = time.monotonic()
                say(f"  {shown - started:3.0f} s: {line.strip()[:72]}")
    if process.returncode:
        say("".join(lines[-20:]) + f"{headline}: failed")
    elif time.monotonic() > started + 5:
        say(f"  done in {time.monotonic() - started:.0f} s")
    return process.returncode == 0


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Lets one process at a time install into a tree; the lock dies with its holder."""
    with (root / "pyproject.toml").open("rb") as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another setup is under way in this tree; waiting for it …")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install(lock: str, venv: Path = VENV) -> None:
    """Brings `venv` to what `lock` asks for; costs milliseconds when it is there already."""
    if is_installed(ROOT, lock, venv.name):
        return
    with alone(ROOT):
        if is_installed(ROOT, lock, venv.name):
            return
        if not is_usable(ROOT, venv.name):
            headline = f"Making {venv.name}" + (" anew" if venv.exists() else "")
            shutil.rmtree(venv, ignore_errors=True)
            if not step(headline, sys.executable, "-m", "venv", str(venv)):
                raise SystemExit(1)
        stamp_of(venv).unlink(missing_ok=True)
        unfinished(venv).touch()
        complete = any(fill(installer, lock) for installer in installers(venv))
        unfinished(venv).unlink()
        if not complete:
            raise SystemExit("VaultDesk could not be installed; run this again to go on from here.")
        stamp_of(venv).write_text(fingerprint(ROOT, lock), "utf-8")


def installers(venv: Path) -> list[list[str]]:
    """Ways to install into `venv`, best first: uv is quicker, but pip's settings are not its."""
    python = str(venv / PROGRAMS / "python")
    uv = shutil.which("uv")
    pip = [python, "-m", "pip", "install"]
    return [pip] if uv is None else [[uv, "pip", "install", "--python", python], pip]


def fill(installer: list[str], lock: str) -> bool:
    """Installs the locked packages, then the project so that `vaultdesk` runs this tree."""
    locked = ROOT / "packaging" / lock
    names = set(re.findall(r"^\S+(?===)", locked.read_text("utf-8"), re.MULTILINE))
    headline = f"Installing {len(names)} packages (the first time a minute or two)"
    unbuilt = ("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    return step(headline, *installer, "--no-deps", "--require-hashes", "-r", str(locked)) and step(
        "Installing VaultDesk itself", *installer, *unbuilt
    )


def venv_environ() -> dict[str, str]:
    """The environment of whoever works in an activated `.venv`."""
    path = os.pathsep.join((str(BIN), os.environ.get("PATH", os.defpath)))
    return {**os.environ, "VIRTUAL_ENV": str(VENV), "PATH": path}


def hand_over(*arguments: str, **variables: str) -> NoReturn:
    """Becomes `.venv`'s Python, so that nothing of ours is printed or waits behind it."""
    environ = {**venv_environ(), **variables}
    sys.stdout.flush()
    if os.name == "nt":  # execve there returns to the shell at once
        raise SystemExit(subprocess.call([PYTHON, *arguments], env=environ))
    os.execve(PYTHON, [PYTHON, *arguments], environ)  # noqa: S606 - no shell is wanted
