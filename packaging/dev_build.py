"""The installers: a folder made by PyInstaller, and the packages that carry it.

Everything is made below `build/` and what is to be given away ends in `dist/`. The same tree, locks
and system give the same files: times are SOURCE_DATE_EPOCH's, by default the last commit's.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dev_environment import (
    BUILD_LOCK,
    BUILD_PYTHON,
    BUILD_VENV,
    PROGRAMS,
    ROOT,
    install,
    say,
    step,
)
from dev_system import is_here, packages, prepare_system
from installed_tree import DATA, RECOMMENDED, lay_out, size_kb
from shared_libraries import WAYLAND, debian_packages, missing, programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

BUILD, DIST = ROOT / "build", ROOT / "dist"
BUNDLE = DIST / "vaultdesk"
ICONS = BUILD / "icons"
SUMS = "SHA256SUMS"
SUMMARY = "Watch a gold-backed loan and hedge it"
DESCRIPTION = """\
You have pledged gold for a loan. VaultDesk watches the loan-to-value ratio on
live prices, warns in time, finds and compares the option hedge that keeps the
loan safe, and documents it."""
MAINTAINER = "VaultDesk contributors <vaultdesk@localhost>"
NEEDED = {"dpkg-deb": "dpkg", "objdump": "binutils"}
WISHED = {"appstreamcli": "appstream", "desktop-file-validate": "desktop-file-utils"}


@dataclass(frozen=True)
class Release:
    """What is built: the version, the machine it is for and the time it is dated."""

    version: str
    machine: str
    epoch: int

    @property
    def debian_machine(self) -> str:
        """The machine by Debian's word."""
        return {"x86_64": "amd64", "aarch64": "arm64"}.get(self.machine, self.machine)

    @property
    def deb(self) -> Path:
        """The Debian package."""
        return DIST / f"vaultdesk_{self.version}_{self.debian_machine}.deb"

    @property
    def rpm(self) -> Path:
        """The RPM package."""
        return DIST / f"vaultdesk-{self.version}-1.{self.machine}.rpm"

    @property
    def tar(self) -> Path:
        """The archive to be unpacked anywhere."""
        return DIST / f"vaultdesk-{self.version}-linux-{self.machine}.tar.gz"

    @property
    def bill(self) -> Path:
        """The bill of materials."""
        return DIST / f"vaultdesk-{self.version}.cdx.json"


def this_release() -> Release:
    """The release that this tree would make on this machine."""
    text = (ROOT / "vaultdesk" / "__init__.py").read_text("utf-8")
    version = re.search(r'^__version__ = "(.+)"', text, re.MULTILINE)
    if version is None:
        raise SystemExit("vaultdesk/__init__.py names no version: write __version__ = there.")
    return Release(version[1], platform.machine(), _epoch())


def _epoch() -> int:
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    asked = ["git", "log", "-1", "--format=%ct"]
    if shutil.which("git"):
        said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
        if said.returncode == 0 and said.stdout.strip():
            return int(said.stdout)
    return int((ROOT / "CHANGELOG.md").stat().st_mtime)


def build(arguments: list[str]) -> int:
    """Makes the installers; `--only onedir,sbom,deb,rpm,tar` makes some of them."""
    if sys.platform != "linux":
        raise SystemExit(
            "`build` makes Linux packages. Here run PyInstaller itself:"
            f" {BUILD_PYTHON} -m PyInstaller packaging/vaultdesk.spec (untested)."
        )
    wanted = _wanted(arguments)
    prepare_system({**packages("qt"), **NEEDED}, WISHED, "The metadata will not be validated.")
    install(BUILD_LOCK, BUILD_VENV)
    release = this_release()
    started = time.monotonic()
    for name, make in STEPS.items():
        if name in wanted:
            make(release)
    sums()
    say(f"Built in {time.monotonic() - started:.0f} s:")
    for line in (DIST / SUMS).read_text("utf-8").splitlines():
        file = DIST / line.split()[1]
        print(f"  {file.relative_to(ROOT)}  {file.stat().st_size / 1e6:.0f} MB")
    return 0


def _wanted(arguments: list[str]) -> set[str]:
    """The steps asked for, and those they rest on where those were not done before."""
    if not arguments:
        return set(STEPS)
    flag, _, names = arguments[0].partition("=")
    wanted = set((names or ",".join(arguments[1:2])).split(","))
    if flag != "--only" or not wanted <= set(STEPS):
        raise SystemExit(f"`build` takes --only with some of {','.join(STEPS)}.")
    if not (BUNDLE / "vaultdesk").is_file():
        wanted.add("onedir")
    if wanted & {"deb", "rpm", "tar"} and not this_release().bill.is_file():
        wanted.add("sbom")
    return wanted


def must(headline: str, *command: object, remedy: str, **variables: str) -> None:
    """Runs a step of the build and ends it with a sentence when that fails."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "packaging"), **variables}
    if not step(headline, *map(str, command), environ=environ):
        raise SystemExit(remedy)


# --- the steps ------------------------------------------------------------------------------------


def onedir(release: Release) -> None:
    """The bundle: the program, its Python and its libraries in one folder."""
    svg = ROOT / "resources" / "icons" / "vaultdesk.svg"
    shutil.rmtree(ICONS, ignore_errors=True)
    must(
        "Painting the icons",
        *(BUILD_PYTHON, ROOT / "packaging" / "icons.py", svg, ICONS),
        remedy="The icons could not be painted: see above.",
    )
    shutil.rmtree(BUNDLE, ignore_errors=True)
    must(
        "Bundling the program (about a minute)",
        *(BUILD_PYTHON, "-m", "PyInstaller", ROOT / "packaging" / "vaultdesk.spec"),
        *("--noconfirm", "--clean", "--log-level", "WARN"),
        *("--distpath", DIST, "--workpath", BUILD),
        remedy="PyInstaller failed: the lines above say what it could not find.",
        PYTHONHASHSEED="1",
        SOURCE_DATE_EPOCH=str(release.epoch),
    )
    _strip()
    say(f"  {BUNDLE.relative_to(ROOT)} takes {size_kb(BUNDLE) * 1024 / 1e6:.0f} MB")


def _strip() -> None:
    """Takes the debugger's tables out of what was compiled for Python: a tenth of the bundle.

    Left alone are the libraries that wheels carry, in `*.libs`: their tables were moved, and strip
    spoils some of them.
    """
    if not shutil.which("strip"):
        return
    inside = BUNDLE / "_internal"
    compiled = [path for path in programs(inside) if not path.parent.name.endswith(".libs")]
    must(
        "Taking out what only debuggers want",
        *("strip", "--strip-unneeded", *compiled),
        remedy="strip failed: see above.",
    )


def sbom(release: Release) -> None:
    """The bill of materials."""
    must(
        "Writing the bill of materials",
        *(BUILD_PYTHON, ROOT / "packaging" / "bill_of_materials.py"),
        *(BUNDLE, BUILD / "vaultdesk", release.version, release.bill),
        remedy="The bill of materials could not be written: see above.",
        SOURCE_DATE_EPOCH=str(release.epoch),
    )


def staged(release: Release, name: str) -> Path:
    """A fresh folder laid out as the packages install it."""
    root = BUILD / name
    shutil.rmtree(root, ignore_errors=True)
    lay_out(root, BUNDLE, ICONS, release.bill, release.version, release.epoch)
    _validate(root)
    return root


def _validate(root: Path) -> None:
    """Has the desktop's own programs read the metadata, where they are installed."""
    share = root / "usr" / "share"
    for program, *command in (
        ("desktop-file-validate", share / "applications" / "vaultdesk.desktop"),
        ("appstreamcli", "validate", "--no-net", share / "metainfo" / "vaultdesk.metainfo.xml"),
    ):
        if is_here(program):
            must(
                f"Validating with {program}",
                *(program, *command),
                remedy="Mend the file in resources/desktop that is named above.",
            )


def deb(release: Release) -> None:
    """The Debian package."""
    root = staged(release, "deb")
    libraries, glibc = missing(BUNDLE)
    found = debian_packages(libraries)
    wayland = {package for name, package in found.items() if name.startswith(WAYLAND)}
    depends = sorted({*found.values(), *DATA} - wayland)
    control = {
        "Package": "vaultdesk",
        "Version": release.version,
        "Section": "misc",
        "Priority": "optional",
        "Architecture": release.debian_machine,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size_kb(root)),
        "Depends": ", ".join([f"libc6 (>= {glibc})", *depends]),
        "Recommends": ", ".join([*RECOMMENDED, *sorted(wayland)]),
        "Description": "\n ".join([SUMMARY, *DESCRIPTION.splitlines()]),
    }
    (root / "DEBIAN").mkdir()
    fields = "".join(f"{name}: {value}\n" for name, value in control.items())
    (root / "DEBIAN" / "control").write_text(fields, "utf-8")
    (root / "DEBIAN" / "md5sums").write_text(_md5sums(root), "utf-8")
    must(
        "Packing the .deb",
        *("dpkg-deb", "--root-owner-group", "-Zzstd", "-z12", "--build", root, release.deb),
        remedy="dpkg-deb failed: see above.",
        SOURCE_DATE_EPOCH=str(release.epoch),
    )


def _md5sums(root: Path) -> str:
    """What `dpkg --verify` compares with."""
    lines = []
    for path in _files(root / "usr"):
        if not path.is_symlink():
            digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            lines.append(f"{digest}  {path.relative_to(root)}\n")
    return "".join(lines)


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())


def rpm(release: Release) -> None:
    """The RPM package; what it needs is named by the libraries themselves, as RPM has it."""
    root = staged(release, "rpm")
    libraries, glibc = missing(BUNDLE)
    wide = "()(64bit)" if sys.maxsize > 2**32 else ""
    wayland = sorted(name for name in libraries if name.startswith(WAYLAND))
    config = {
        "name": "vaultdesk",
        "arch": release.debian_machine,
        "platform": "linux",
        "version": release.version,
        "release": "1",
        "maintainer": MAINTAINER,
        "description": f"{SUMMARY}\n{DESCRIPTION}",
        "license": "MIT",
        "mtime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(release.epoch)),
        "depends": [f"libc.so.6(GLIBC_{glibc}){wide[2:]}"]
        + [f"{name}{wide}" for name in sorted(libraries) if name not in wayland],
        "recommends": [f"{name}{wide}" for name in wayland],
        "contents": [{"src": str(root / "usr"), "dst": "/usr", "type": "tree"}],
        "rpm": {"compression": "zstd", "buildhost": "localhost", "summary": SUMMARY},
    }
    file = BUILD / "nfpm.json"
    file.write_text(json.dumps(config, indent=1), "utf-8")
    nfpm = BUILD_VENV / PROGRAMS / "nfpm"
    must(
        "Packing the .rpm",
        *(nfpm, "package", "--config", file, "--packager", "rpm", "--target", release.rpm),
        remedy="nfpm failed: see above.",
    )


def tar(release: Release) -> None:
    """The archive: the bundle, and beside it what a desktop wants to know of it."""
    root = staged(release, "tar")
    top = release.tar.name.removesuffix(".tar.gz")
    say(f"Packing {release.tar.name} …")

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = release.epoch
        return member

    with (
        release.tar.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=release.epoch) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for source, place in (("lib/vaultdesk", top), ("share", f"{top}/share")):
            archive.add(root / "usr" / source, place, filter=plain)  # in the order of names


STEPS: dict[str, Callable[[Release], None]] = {
    "onedir": onedir,
    "sbom": sbom,
    "deb": deb,
    "rpm": rpm,
    "tar": tar,
}


def sums() -> None:
    """Writes the SHA-256 of everything in `dist/` that is to be given away."""
    lines = []
    for path in sorted(path for path in DIST.iterdir() if path.is_file() and path.name != SUMS):
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    (DIST / SUMS).write_text("".join(lines), "utf-8")
