"""An answer about a hedge with all it was made from, in a file: it can be made again from that."""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from vaultdesk import __version__
from vaultdesk.core.hedge.finder import FindRequest
from vaultdesk.core.hedge.inputs import HedgeInputs
from vaultdesk.ports import InputError
from vaultdesk.services.files import whole

FORMAT = "vaultdesk-hedge"
NEWEST = 1
ZIPPED = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeRecord:
    """One answer.

    Attributes:
        kind: what was asked.
        inputs: terms, prices, chains and rules.
        request: of a search; None of a comparison.
        answer: as `hedge compare --json` or `hedge find --json` prints it.
        program: the version of VaultDesk that gave it.
    """

    kind: Literal["compare", "find"]
    inputs: HedgeInputs
    answer: dict[str, Any]
    request: FindRequest | None = None
    program: str = __version__
    format: str = FORMAT
    version: int = NEWEST


def write(path: Path, record: HedgeRecord) -> None:
    """Write the record, compressed where the name ends in .gz; wholly, or not at all.

    Raises:
        StorageError: the disk refused.
    """
    data = msgspec.json.encode(record)
    with whole(path) as part:
        part.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def read(path: Path) -> HedgeRecord:
    """The record in a file.

    Raises:
        InputError: it cannot be read, or is no record; the sentence says where.
    """
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if data.startswith(ZIPPED) else data
        record = msgspec.json.decode(data, type=HedgeRecord)
    except EOFError:
        raise InputError(f"{path} ends too early: save it again.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}).") from None
    except zlib.error as error:
        raise InputError(f"{path} is damaged ({error}): save it again.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path} is no record of a hedge ({error}).") from None
    if record.format != FORMAT or record.version > NEWEST:
        raise InputError(f"{path} was written by another program or a newer VaultDesk.")
    return record
