"""What may be shown to others: secrets never, addresses and accounts only so far as to tell them.

`Redactor.clean` is for the log: it takes out what was learned to be a secret and what looks like
one. `masked` is for texts that leave the machine: it hides whose desk it is as well.
"""

import base64
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus, urlsplit

GONE = "***"
SHORTEST = 4
"""Characters from which a secret is looked for: shorter ones stand in any text by chance."""
TELLS = 8
"""Characters from which the path of an address is taken for a secret by itself."""

_URL = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*)://(?P<rest>[^\s\"'<>)\]}]+)", re.IGNORECASE)
_TELLING = re.compile(r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{16,}")
"""A piece of a path that looks made by a machine: letters and digits, and long."""
_HOOKS = re.compile(r"(/(?:services|webhooks?|hooks)/).+", re.IGNORECASE)
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization['\"]?\s*[:=]\s*['\"]?)[^'\"\r\n,}]+")
_SCHEME = re.compile(r"(?i)\b(bearer|basic)([ ,]+)[\w.~+/=-]{8,}")
_FIELD = re.compile(
    r"(?i)((?:pass(?:word|wd|phrase)?|secret|token|crumb|api[_-]?key|signing[_-]?key|cookie)"
    r"['\"]?\s*[:=]\s*)(?:'[^'\r\n]+'|\"[^\"\r\n]+\"|[^\s'\",;&)}\]]+)"
)
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*")
_ACCOUNT = re.compile(r"\b(D?[UFI])\d{3,8}(\d{2})\b")
_IP = re.compile(r"(?<![\w.])(?!127\.|0\.0\.0\.0)(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")


class Redactor:
    """Knows the secrets that passed through this process."""

    def __init__(self) -> None:
        self._forms: set[str] = set()

    def learn(self, secret: str) -> None:
        """Never let this one through again, in whatever form texts may hold it."""
        for part in {secret, secret.strip(), *_path_of(secret)}:
            if len(part) >= SHORTEST:
                self._forms.update(_forms(part))

    def clean(self, text: str) -> str:
        """The text without secrets, those that were learned and those that look like one."""
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, GONE)
        text = _URL.sub(_plain_url, text)
        text = _HEADER.sub(rf"\1{GONE}", text)
        text = _SCHEME.sub(rf"\1\2{GONE}", text)
        return _FIELD.sub(rf"\1{GONE}", text)


REDACTOR = Redactor()
"""The one of the process, as its log is one."""


class CleanFormatter(logging.Formatter):
    """Writes records out, tracebacks included, without the secrets that may stand in them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines."""
        return REDACTOR.clean(super().format(record))


def masked(text: str, home: Path) -> str:
    """The text without whose it is: addresses gone, accounts shortened, the home folder `~`."""
    if len(home.parts) > 1:
        text = re.sub(re.escape(str(home)) + r"(?![\w.-])", "~", text)
    text = _MAIL.sub(f"{GONE}@{GONE}", text)
    text = _IP.sub(GONE, text)
    return _ACCOUNT.sub(r"\1…\2", text)


def _forms(secret: str) -> Iterator[str]:
    """How a text may hold a secret: as it is, and as JSON, an address, base64 or hex have it."""
    yield secret
    yield repr(secret)[1:-1]
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret)
    yield quote(secret, safe="")
    yield quote_plus(secret)
    plain = secret.encode("utf-8", "surrogatepass")
    yield repr(plain)[2:-1]
    yield plain.hex()
    for before in range(3):  # the ends depend on what stands beside it
        coded = base64.b64encode(bytes(before) + plain).decode()
        if len(coded) >= 12:  # noqa: PLR2004
            yield coded[4:-4]


def _path_of(secret: str) -> Iterator[str]:
    """Of a web address that is a secret: its path alone, which some texts give without the host."""
    if "://" in secret:
        parts = urlsplit(secret)
        yield from (one for one in (parts.path.strip("/"), parts.query) if len(one) >= TELLS)


def _plain_url(match: re.Match[str]) -> str:
    """The address without log-in, query and those pieces of its path that look like a secret."""
    rest, _, _ = match["rest"].partition("#")
    rest, asked, _ = rest.partition("?")
    host, slash, path = rest.partition("/")
    _, at, bare = host.rpartition("@")
    path = _HOOKS.sub(rf"\1{GONE}", f"{slash}{path}")
    path = _TELLING.sub(GONE, path)
    return (
        f"{match['scheme']}://{GONE + '@' if at else ''}{bare}{path}{'?' + GONE if asked else ''}"
    )
