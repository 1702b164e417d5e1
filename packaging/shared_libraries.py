"""The system's libraries that a bundle links and does not bring, and the packages they are in."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from dev_system import packages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ELF = b"\x7fELF"
OF_THE_C_LIBRARY = re.compile(
    r"ld-linux|lib(c|m|dl|rt|pthread|util|resolv|nsl|anl|BrokenLocale|crypt)\.so"
)
WAYLAND = "libwayland"
"""What only the platform for Wayland links: a system without Wayland does not miss it."""


def programs(folder: Path) -> Iterator[Path]:
    """Every executable and library below a folder, links left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == ELF:
                    yield path


def dynamic_sections(paths: Iterable[Path]) -> str:
    """What objdump says of them: the libraries they need and the versions of those."""
    command = ["objdump", "-p", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def missing(folder: Path) -> tuple[set[str], str]:
    """The names of the libraries that are linked and not brought, and the newest glibc asked for.

    Those of the C library are in that version, as "2.35".
    """
    found = list(programs(folder))
    told = dynamic_sections(found)
    brought = {path.name for path in folder.rglob("*.so*")}
    needed = set(re.findall(r"^ +NEEDED +(\S+)$", told, re.MULTILINE)) - brought
    versions = {
        tuple(map(int, text.split(".")))
        for text in re.findall(r" GLIBC_([\d.]+)$", told, re.MULTILINE)
    }
    newest = max(versions, default=(2, 17))
    return {n for n in needed if not OF_THE_C_LIBRARY.match(n)}, ".".join(map(str, newest))


def debian_packages(names: Iterable[str]) -> dict[str, str]:
    """The Debian package of each library: by `debian.ini`, else as this system has it.

    Raises:
        SystemExit: neither knows a library.
    """
    known = packages("qt", "wayland", "x11")
    return {name: known.get(name) or owner(name) for name in sorted(names)}


def owner(library: str) -> str:
    """The package that a library of this system came with."""
    found = subprocess.run(
        ["dpkg", "-S", f"*/{library}"], capture_output=True, text=True, check=False
    )
    if found.returncode:
        raise SystemExit(
            f"The bundle links {library}, and no package here has it: name its package in"
            " packaging/debian.ini."
        )
    return found.stdout.partition(":")[0]
