"""`vaultdesk backup`, `restore`, `export` and `import`: a profile in files, and back."""

from __future__ import annotations

import sys
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaultdesk.cli.reading import OK, profile

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from vaultdesk.storage.backup import Manifest
    from vaultdesk.storage.backup_check import Verified

FORMS = ("csv", "json")


def add(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the commands to the parser's."""
    backup = commands.add_parser(
        "backup",
        help="keep the profile in one file",
        description="Writes database, settings and window layouts into one file; the desk may be "
        "open. Passwords, logs and caches are not in it.",
        parents=[common],
    )
    backup.add_argument("file", metavar="FILE", help="a .vaultdesk file")
    backup.add_argument("--verify", action="store_true", help="look whether FILE is whole instead")
    backup.add_argument(
        "--with-vault", action="store_true", help="with the vault of passwords, encrypted as it is"
    )
    backup.set_defaults(command=_backup)
    restore = commands.add_parser(
        "restore",
        help="put a backup in the profile's place",
        description="Looks through the backup, keeps the present profile in a backup beside it, "
        "and puts the other in its place. The desk must be closed.",
        parents=[common],
    )
    restore.add_argument("file", metavar="FILE", help="a .vaultdesk file")
    restore.set_defaults(command=_restore)
    _add_portable(commands, common)


def _add_portable(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    export = commands.add_parser(
        "export",
        help="write everything as CSV or JSON",
        description="Writes all that the profile keeps, for other programs or another desk; the "
        "desk may be open.",
        parents=[common],
    )
    export.add_argument("place", metavar="PLACE", help="a new folder, or a .zip file")
    export.add_argument("--format", choices=FORMS, default=FORMS[0], help="[csv]")
    export.set_defaults(command=_export)
    import_ = commands.add_parser(
        "import",
        help="take an export in",
        description="Checks every row and takes all of them in, or none. The desk must be closed.",
        parents=[common],
    )
    import_.add_argument("place", metavar="PLACE", help="a folder or .zip file of 'export'")
    import_.add_argument(
        "--replace", action="store_true", help="in place of the profile, which is backed up first"
    )
    import_.set_defaults(command=_import)


def _backup(namespace: argparse.Namespace) -> int:
    from vaultdesk.app import keeping  # noqa: PLC0415

    path = _path(namespace.file)
    if namespace.verify:
        print(_verified(keeping.verify(path, tell=_tell)))  # noqa: T201
        return OK
    desk = profile(namespace)
    manifest = keeping.back_up(desk, path, vault=namespace.with_vault, tell=_tell)
    print(f"{path}: {_told(manifest)}")  # noqa: T201
    return OK


def _restore(namespace: argparse.Namespace) -> int:
    from vaultdesk.app import keeping  # noqa: PLC0415

    found, kept = keeping.restore(profile(namespace), _path(namespace.file), tell=_tell)
    print(f"Restored: {_told(found.manifest)}")  # noqa: T201
    print(f"The profile before is kept in {kept}")  # noqa: T201
    print("Orders open then are compared with the broker at the next start.")  # noqa: T201
    return OK


def _export(namespace: argparse.Namespace) -> int:
    from vaultdesk.app import keeping  # noqa: PLC0415
    from vaultdesk.storage.portable.exporting import Form  # noqa: PLC0415

    path = _path(namespace.place)
    head = keeping.export(profile(namespace), path, Form(namespace.format), tell=_tell)
    print(f"{path}: {_counted(head.rows)}")  # noqa: T201
    return OK


def _import(namespace: argparse.Namespace) -> int:
    from vaultdesk.app import keeping  # noqa: PLC0415

    path = _path(namespace.place)
    rows, kept = keeping.import_(profile(namespace), path, replace=namespace.replace, tell=_tell)
    print(f"Imported: {_counted(rows)}")  # noqa: T201
    if kept:
        print(f"The profile before is kept in {kept}")  # noqa: T201
    return OK


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _tell(done: float) -> None:
    """How far it is, for somebody at a terminal."""
    if sys.stderr.isatty():
        print(f"\r{done:4.0%} ", end="" if done < 1 else "\r", file=sys.stderr, flush=True)  # noqa: T201


def _told(manifest: Manifest) -> str:
    size = sum(one.size for one in manifest.members)
    made = f"{manifest.made.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return (
        f"{len(manifest.members)} files of {size:,} bytes, made at {made} by VaultDesk "
        f"{manifest.program}, schema {manifest.schema}"
    )


def _verified(found: Verified) -> str:
    """The answer, a line each."""
    lines = [f"whole: {_told(found.manifest)}"]
    lines += [f"{one.sha256}  {one.name}" for one in found.manifest.members]
    if found.audit is not None:
        audit = found.audit
        lines.append(
            f"audit log: {audit.entries:,} entries, orders: {audit.orders:,}, trades: "
            f"{audit.trades:,}; seal of the last entry: {audit.seal or 'none'}"
        )
    return "\n".join(lines)


def _counted(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in rows.items() if count) or "nothing"
