"""How the program starts itself again: as a module of a Python, or as the bundle it lies in."""

import sys

FROZEN = bool(getattr(sys, "frozen", False))
"""Whether this is a bundle: its executable is the program, and takes no `-m`."""


def command(*arguments: str, frozen: bool = FROZEN) -> tuple[str, list[str]]:
    """The executable and the arguments that start another VaultDesk with these arguments."""
    return sys.executable, [*([] if frozen else ["-m", "vaultdesk"]), *arguments]
