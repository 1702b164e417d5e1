"""A bare Debian to install into: nothing is there but what a package depends on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "bare_machine.sh"
PROXIES = ("http_proxy", "https_proxy", "no_proxy")
LONG_S = 600
FOREIGN = ("proc", "dev", "sys", "run", "tmp")
"""What is not the package's to leave behind."""


def missing() -> str:
    """Why no bare system can be made here, as a sentence; "" if it can."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "A bare system is made and entered by root on Linux only."
    for program in ("debootstrap", "unshare", "apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            return f"{program} is not installed."
    return ""


@dataclass(frozen=True)
class Bare:
    """The folder of a bare system, and how commands are run in it."""

    folder: Path

    def make(self) -> None:
        """Unpack it, as `bare_machine.sh` does, and give the user a home of one's own."""
        done = subprocess.run(  # noqa: S603
            self._script("make_root", str(self.folder)),
            capture_output=True,
            text=True,
            timeout=LONG_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        self.run("chown", "-R", "desk:", "/home/desk")

    def command(self, *words: str, user: str = "root", **variables: str) -> list[str]:
        """The command line, outside, that runs `words` inside as a user."""
        given = [f"{name}={value}" for name, value in variables.items()]
        return self._script("enter", str(self.folder), user, *given, *words)

    def run(self, *words: str, user: str = "root", **variables: str) -> str:
        """Run a command inside to its end, which has to be a good one."""
        done = subprocess.run(  # noqa: S603
            self.command(*words, user=user, **variables),
            capture_output=True,
            text=True,
            timeout=LONG_S,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def apt(self, *words: str) -> str:
        """Let apt do something, with this machine's proxies; gives what it says."""
        proxies = {name: os.environ[name] for name in PROXIES if name in os.environ}
        quiet = {"DEBIAN_FRONTEND": "noninteractive", **proxies}
        return self.run("apt-get", "-y", "-q", *words, **quiet)

    def files(self) -> dict[str, str]:
        """What every file is (a letter as `find` has it), by its path."""
        pruned = [word for name in FOREIGN for word in ("-path", f"./{name}", "-o")]
        command = ["find", ".", "(", *pruned[:-1], ")", "-prune", "-o", "-printf", "%y %P\n"]
        told = subprocess.run(  # noqa: S603
            command, cwd=self.folder, capture_output=True, text=True, check=True
        )
        return {line[2:]: line[0] for line in told.stdout.splitlines() if line[2:]}

    def _script(self, *words: str) -> list[str]:
        """A command line that calls a function of the script."""
        return ["bash", "-c", 'source "$1"; "${@:2}"', "bare", str(SCRIPT), *words]
