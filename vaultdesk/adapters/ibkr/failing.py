"""Why TWS is not there, in one sentence that says what to do."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from vaultdesk.ports import BrokerError, BrokerFault

if TYPE_CHECKING:
    from vaultdesk.adapters.ibkr.greeting import Greeting

IN_USE = 326
READ_ONLY = 321


class RequestRefused(BrokerError):  # noqa: N818
    """TWS answered a request with an error: `code` and `text` are its own."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(BrokerFault.NO_DATA, f"TWS answers: {one_line(text)} ({code}).")
        self.code = code
        self.text = text


def one_line(text: str) -> str:
    """TWS's words without line breaks and without a full stop at the end."""
    return " ".join(text.split()).rstrip(".")


def unreachable(error: BaseException, host: str, port: int, greeting: Greeting) -> str:
    """What went wrong while connecting."""
    where = f"{host}:{port}"
    if greeting.received and not greeting.whole:
        return f"What answers at {where} is not TWS: check the port in the settings."
    if isinstance(error, TimeoutError):
        return _silent_start(where, greeted=greeting.whole)
    if isinstance(error, ConnectionRefusedError):
        return (
            f"Nothing listens at {where}: start TWS or IB Gateway and allow socket clients in its "
            "API settings, or check the port in the settings."
        )
    if isinstance(error, socket.gaierror):
        return f"The machine {host} is not known: check the host of TWS in the settings."
    if isinstance(error, ConnectionError):
        return f"TWS at {where} hung up while connecting: look whether it is still starting."
    return f"{where} cannot be reached ({error}): check the host of TWS in the settings."


def _silent_start(where: str, *, greeted: bool) -> str:
    if greeted:
        return f"TWS at {where} greets and then says nothing: log in to it, or start it again."
    return (
        f"TWS at {where} says nothing: look whether it is still starting or a dialog in it waits, "
        "and check host and port in the settings."
    )


def in_use(client_id: int) -> str:
    """Another program has this client id."""
    return (
        f"Client id {client_id} is in use at TWS: close the other program that uses it, or set "
        "another one in the settings."
    )


def silent(timeout_s: float) -> BrokerError:
    """A request was not answered."""
    sentence = f"TWS did not answer within {timeout_s:g} s: look at TWS itself."
    return BrokerError(BrokerFault.TIMEOUT, sentence)


def lost() -> BrokerError:
    """The connection ended while a request was under way."""
    return BrokerError(
        BrokerFault.LOST, "The connection to TWS was lost: it is made again by itself."
    )
