"""Every setting once: name, type, default and a sentence; set by file, variable or flag.

A later layer wins: defaults, then `settings.toml` in the desk's home, then `VAULTDESK_…`
variables, then command-line flags.
"""

from vaultdesk.settings.declared import PREFIX, Setting, Settings, SettingsError, declared, written
from vaultdesk.settings.file import FILE, home, save
from vaultdesk.settings.layers import (
    Layered,
    Origin,
    add_flags,
    flags_given,
    layered,
    load,
    load_or_default,
    origins,
    refusal,
    revised,
)

__all__ = [
    "FILE",
    "PREFIX",
    "Layered",
    "Origin",
    "Setting",
    "Settings",
    "SettingsError",
    "add_flags",
    "declared",
    "flags_given",
    "home",
    "layered",
    "load",
    "load_or_default",
    "origins",
    "refusal",
    "revised",
    "save",
    "written",
]
