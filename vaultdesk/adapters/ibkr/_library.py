"""The library that speaks to TWS: ib_insync, or its continuation ib_async where that is installed.

It asks the policy for the event loop, at its import and at every connection, and the policy does
not know a loop that was made for a runner: it is imported on the main thread, once the loop runs,
and the policy is told. None of `util.useQt`, `patchAsyncio` and `startLoop` is ever called: they
would patch the loop the whole desk runs on.
"""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import Any

EVENTS = "eventkit"
"""What carries the library's events; it logs what a handler of theirs raises."""


def load() -> Any:  # noqa: ANN401 - the library has no types
    """The library's module; the first call takes some 80 ms.

    Raises:
        RuntimeError: no event loop runs here.
    """
    asyncio.set_event_loop(asyncio.get_running_loop())
    try:
        import ib_insync as library  # noqa: PLC0415
    except ModuleNotFoundError:
        library = import_module("ib_async")
    logging.getLogger(library.__name__).setLevel(logging.WARNING)  # it logs every position
    for name in (library.__name__, EVENTS):
        log = logging.getLogger(name)
        if not log.handlers:  # this is called for every connection
            log.addHandler(logging.NullHandler())  # else what it warns of is printed
    return library
