"""The library is loaded at every connection: nothing of that piles up, and nothing is printed."""

import logging

import pytest

from vaultdesk.adapters.ibkr._library import EVENTS, load


@pytest.mark.parametrize("name", ["ib_insync", EVENTS])
async def test_each_of_its_loggers_has_one_handler_however_often_it_is_loaded(name: str) -> None:
    for _ in range(3):
        load()
    (handler,) = logging.getLogger(name).handlers  # without one, Python prints on the terminal
    assert isinstance(handler, logging.NullHandler)
