"""Names under which hedges and scenes are kept."""

import re

LONGEST = 60
"""Characters of a name."""


def tidy(name: str) -> str:
    """The name without needless or unprintable space."""
    return re.sub(r"\s+", " ", name).strip()


def check_name(name: str, noun: str) -> None:
    """Raise ValueError for a name nobody could read; `noun` is what has it, "template"."""
    if not name.strip() or len(name) > LONGEST:
        raise ValueError(f"Give the {noun} a name of {LONGEST} characters at most.")
    if name != tidy(name):
        raise ValueError(f"A {noun}'s name begins and ends with a letter or a figure.")
