"""The HTTP session given to yfinance: it records what the client would hide, and keeps to time.

Its proxy and its certificates come from the environment alone (HTTPS_PROXY, REQUESTS_CA_BUNDLE, …).
"""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from curl_cffi import CurlECode
from curl_cffi.requests import Response, Session, exceptions
from curl_cffi.requests.session import HttpMethod

from vaultdesk.adapters.yahoo.call import Call
from vaultdesk.adapters.yahoo.faults import TOO_MANY, Exchange
from vaultdesk.ports import FeedFault

HANDSHAKE_SECONDS = 6.0
"""What a request for a cookie or a crumb may take at most; quotes are served without either."""

_CUT_OFF = (exceptions.IncompleteRead, exceptions.ContentDecodingError)


class HopelessError(Exception):
    """An answer that no further attempt with another cookie would mend."""


class RecordingSession(Session[Response]):
    """Keeps each exchange in the call it was made for and spends no more than the call's time.

    yfinance meets every error by changing its cookie and asking up to five times more. That mends a
    refused crumb; against an unknown symbol, a rate limit or a server's error it only adds load, so
    those end the call here, the last after a second attempt. Each thread serves a call of its own
    and has its own connection; the cookies are shared, so a new thread need not ask for new ones.
    """

    def __init__(self) -> None:
        super().__init__(impersonate="chrome")
        self._thread_local = threading.local()

    def serve(self, call: Call) -> None:
        """Make this thread's requests for `call` from now on."""
        self._thread_local.call = call

    def request(self, method: HttpMethod, url: str, *args: Any, **options: Any) -> Response:  # noqa: ANN401
        """Send a request and keep how it went; the client's own time-outs do not count.

        Raises:
            HopelessError: The data were refused for good.
        """
        send = partial(super().request, method, url, *args, **{**options, "timeout": None})
        exchange, response = self._sent(urlsplit(url).path, send)
        if exchange.asks_for_data and exchange.is_server_error:
            exchange, response = self._sent(exchange.path, send)
        if exchange.asks_for_data and exchange.is_hopeless:
            raise HopelessError(f"HTTP {exchange.status}")
        return response

    def _sent(self, path: str, send: Callable[..., Response]) -> tuple[Exchange, Response]:
        call: Call = self._thread_local.call
        asks_for_data = Exchange(path).asks_for_data
        seconds = call.left() if asks_for_data else min(call.left(), HANDSHAKE_SECONDS)
        try:
            if seconds <= 0:
                raise exceptions.Timeout("out of time", CurlECode.OPERATION_TIMEDOUT)
            response = send(timeout=seconds)
        except exceptions.RequestException as error:
            call.seen.append(Exchange(path, broken=_how_broken(error)))
            raise
        limited = response.status_code == TOO_MANY or (
            path.endswith("/getcrumb") and b"Too Many Requests" in response.content
        )
        exchange = Exchange(path, response.status_code, None, limited, response.content)
        call.seen.append(exchange)
        return exchange, response


def _how_broken(error: exceptions.RequestException) -> FeedFault:
    if isinstance(error, exceptions.Timeout):
        return FeedFault.TIMEOUT
    return FeedFault.MALFORMED if isinstance(error, _CUT_OFF) else FeedFault.OFFLINE
