"""Lays a bundle out as a package installs it: program, menu entry, icons, manual, documents."""

from __future__ import annotations

import gzip
import os
import shutil
from email.utils import formatdate
from typing import TYPE_CHECKING

from dev_environment import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DATA = ("fontconfig-config", "libx11-data", "xkb-data")
"""What no library names and yet some read: where fonts are, how keys are composed and laid out."""
RECOMMENDED = ("gnome-keyring | kwalletmanager", "alsa-utils")
"""What the desk does without, but says so: a keyring for passwords, a player for sounds."""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: VaultDesk
Comment: /usr/lib/vaultdesk/_internal holds Python, Qt (LGPL-3, replaceable there) and other
 libraries under licences of their own. vaultdesk.cdx.json beside this file names each of them
 with its version and licence.

Files: *
Copyright: 2026 VaultDesk contributors
License: MIT

Files: usr/lib/vaultdesk/_internal/vaultdesk/resources/fonts/*
Copyright: the authors of Inter and JetBrains Mono, named in the OFL-*.txt beside them
License: OFL-1.1

License: OFL-1.1
 See OFL-Inter.txt and OFL-JetBrainsMono.txt beside the fonts.

License: MIT
"""
CHANGES = """\
vaultdesk ({version}) unstable; urgency=medium

  * See changelog.gz beside this file.

 -- VaultDesk contributors <vaultdesk@localhost>  {date}
"""


def lay_out(root: Path, bundle: Path, icons: Path, bill: Path, version: str, epoch: int) -> None:
    """Fills the folder `root` with `usr/`; everything in it is dated `epoch`.

    Args:
        root: is made; holds nothing yet.
        bundle: PyInstaller's folder.
        icons: `vaultdesk-SIZE.png`.
        bill: the bill of materials.
        version: of the program.
        epoch: seconds since 1970.
    """
    usr, desktop = root / "usr", ROOT / "resources" / "desktop"
    shutil.copytree(bundle, usr / "lib" / "vaultdesk", symlinks=True)
    (usr / "bin").mkdir()
    (usr / "bin" / "vaultdesk").symlink_to("../lib/vaultdesk/vaultdesk")
    share = usr / "share"
    place(desktop / "vaultdesk.desktop", share / "applications")
    place(desktop / "vaultdesk.metainfo.xml", share / "metainfo")
    hicolor = share / "icons" / "hicolor"
    svg = ROOT / "resources" / "icons" / "vaultdesk.svg"
    place(svg, hicolor / "scalable" / "apps")
    for png in sorted(icons.glob("vaultdesk-*.png")):
        size = png.stem.removeprefix("vaultdesk-")
        place(png, hicolor / f"{size}x{size}" / "apps", "vaultdesk.png")
    documents = share / "doc" / "vaultdesk"
    place(bill, documents, "vaultdesk.cdx.json")
    licence = (ROOT / "LICENSE").read_text("utf-8").strip()
    said = "".join(f" {line or '.'}\n" for line in licence.splitlines())
    (documents / "copyright").write_text(COPYRIGHT + said, "utf-8")
    changes = CHANGES.format(version=version, date=formatdate(epoch))
    compress((ROOT / "CHANGELOG.md").read_bytes(), documents / "changelog.gz")
    compress(changes.encode(), documents / "changelog.Debian.gz")
    manual = share / "man" / "man1"
    manual.mkdir(parents=True)
    compress((desktop / "vaultdesk.1").read_bytes(), manual / "vaultdesk.1.gz")
    settle(root, epoch)


def place(file: Path, folder: Path, name: str = "") -> None:
    """Copies a file into a folder that may not be there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, folder / (name or file.name))


def compress(data: bytes, file: Path) -> None:
    """Writes what gzip makes of it, which depends on the data alone."""
    file.write_bytes(gzip.compress(data, 9, mtime=0))


def settle(root: Path, epoch: int) -> None:
    """Gives everything one date, and the modes that a package has whatever this user's are."""
    for path in sorted(root.rglob("*"), reverse=True):
        if not path.is_symlink():
            runs = path.is_dir() or os.access(path, os.X_OK)
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def size_kb(folder: Path) -> int:
    """What a folder takes on a disk, in units of 1024 bytes."""
    sizes = (path.lstat().st_blocks for path in folder.rglob("*"))
    return sum(sizes) // 2
