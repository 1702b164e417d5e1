"""Who may ask: the bearer token, the names this machine goes by, and the pages that may listen."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets

TOKEN = "api-token"  # noqa: S105 - the name of the secret, not the secret
"""The name under which the token is kept."""

PROTOCOL = "bearer"
"""What a browser's WebSocket offers before the token, as it cannot set headers."""

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^:\[\]/@\s]+)(?P<port>:[0-9]{1,5})?")


def new_token() -> str:
    """256 bits nobody can guess, in characters that fit a header and a shell."""
    return secrets.token_urlsafe(32)


class Gate:
    """Knows the token by its digest only, so that nothing that is shown or logged can tell it."""

    def __init__(self, token: str) -> None:
        self._digest = _digest(token)

    def admits(self, given: str) -> bool:
        """Whether this is the token; takes as long for one that is nearly right."""
        return hmac.compare_digest(_digest(given), self._digest)


def token_given(authorization: str, protocols: str) -> str:
    """The token of a request's headers; empty where there is none.

    Args:
        authorization: "Bearer TOKEN".
        protocols: of a WebSocket, "bearer, TOKEN".
    """
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() == PROTOCOL and token.strip():
        return token.strip()
    offered = [one.strip() for one in protocols.split(",")]
    return offered[1] if len(offered) == 2 and offered[0] == PROTOCOL else ""  # noqa: PLR2004


def is_loopback(host: str) -> bool:
    """Whether an address or a name reaches nobody but this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def names_this_machine(header: str) -> bool:
    """Whether a Host header is a loopback name: a page that bent its own name to it has another."""
    found = _HOST.fullmatch(header)
    return found is not None and is_loopback(found["name"])


def origins_of(text: str) -> frozenset[str]:
    """The pages named in a setting, with commas between."""
    return frozenset(one.strip().rstrip("/") for one in text.split(",") if one.strip())


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
