"""A facility as a JSON file: written by `loan show --json`, read by `loan set --file`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from vaultdesk.core.loan.terms import Facility
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def read(path: Path, since: datetime, who: str) -> Facility:
    """The terms in a file, as a version written now; its own "since" and "who" do not count.

    Raises:
        InputError: The file cannot be read, or its terms are not sound; the sentence says where.
    """
    try:
        text = path.read_text(encoding="utf-8")
        parts = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check its path.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path} is not valid JSON ({error}): mend it.") from None
    encode = msgspec.json.encode
    unknown = set(parts) - set(Facility.__slots__)
    if unknown:
        raise InputError(
            f"{path} has '{min(unknown)}', which no facility has: correct or remove it."
        )
    whole = {**parts, "since": msgspec.Raw(encode(since)), "who": msgspec.Raw(encode(who))}
    try:
        return msgspec.json.decode(encode(whole), type=Facility)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise InputError(f"{path}: {error}.".replace("..", ".")) from None


def written(terms: Facility) -> str:
    """The terms as JSON, decimals as text."""
    return json.dumps(msgspec.to_builtins(terms), indent=2)
