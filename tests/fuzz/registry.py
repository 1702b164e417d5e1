"""The targets there are, and what they share."""

import atexit
import contextlib
import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from vaultdesk.ports import KnownError

Target = Callable[[bytes], None]

TARGETS: dict[str, Target] = {}

Seed = bytes | Callable[[], tuple[bytes, ...]]
"""A sound input, or what makes some: those that take a database are not made before they are used.
"""

_SEEDS: dict[str, tuple[Seed, ...]] = {}


def target(*seeds: Seed) -> Callable[[Target], Target]:
    """Make a function one of the targets, with sound inputs to begin from."""

    def added(function: Target) -> Target:
        TARGETS[function.__name__] = function
        _SEEDS[function.__name__] = seeds
        return function

    return added


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    """Sound inputs of a target, to be altered."""
    made: list[bytes] = []
    for one in _SEEDS[name]:
        made += (one,) if isinstance(one, bytes) else one()
    return tuple(made)


@cache
def folder() -> Path:
    """Where files of this process lie."""
    made = tempfile.mkdtemp(prefix="fuzz-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def file(data: bytes, name: str = "input") -> Path:
    """A file that holds these bytes."""
    path = folder() / name
    path.write_bytes(data)
    return path


@contextlib.contextmanager
def known(*kinds: type[Exception]) -> Iterator[None]:
    """Let errors of these kinds pass, if they say something."""
    expected = kinds or (KnownError,)
    try:
        yield
    except expected as error:
        if not str(error).strip():
            raise AssertionError(f"{error!r} says nothing") from error


def decoded(data: bytes) -> Any:  # noqa: ANN401
    """JSON, or the text itself where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("utf-8", "replace")


def parts(value: object, kind: type) -> list[Any]:
    """Everything of a type in a JSON value, without going down for ever."""
    found: list[Any] = []
    waiting = [value]
    while waiting and len(found) < 1000:
        one = waiting.pop()
        if isinstance(one, kind):
            found.append(one)
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found


def overlaid(whole: bytes, data: bytes) -> bytes:
    """The whole with the data's third and later bytes where the first two say."""
    place = int.from_bytes(data[:2], "big") * 4 % len(whole)
    return whole[:place] + data[2:] + whole[place + len(data[2:]) :]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The library logs what it cannot decode."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
